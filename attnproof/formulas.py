"""Formulas and derivations for a terminal: drawn in two dimensions where they fit, on wrapped lines otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Equivalent
from sympy.printing.pretty.pretty import PrettyPrinter
from sympy.printing.pretty.stringpict import prettyForm

from attnproof.terminal import fold
from theory.derivation import Equivalences, Proof

SIGNS = {sp.Eq: "=", sp.Le: "≤", sp.Lt: "<", sp.Ge: "≥", sp.Gt: ">"}
CONNECTIVES: dict[type, str] = {Equivalent: "⇔", sp.Implies: "⇒", sp.And: "∧", sp.Or: "∨"}
GUTTER = 4


NARROW = 24  # columns; a formula is not broken at its signs into less than this
SHORT_INTEGER = 10**12  # a greater power of ten is written as one


@dataclass(frozen=True)
class Drawing:
    """Lines of equal standing; signs such as `=` belong beside line number `baseline`."""

    lines: tuple[str, ...]
    baseline: int = 0

    @property
    def width(self) -> int:
        return max(map(len, self.lines))

    def beside(self, sign: str) -> tuple[str, ...]:
        """The lines, moved to the right to make room for a sign at the baseline."""
        return tuple(
            f"{sign if number == self.baseline else '':<{GUTTER}}{line}".rstrip()
            for number, line in enumerate(self.lines)
        )


def readable(expression: sp.Basic) -> sp.Basic:
    """The expression with enormous powers of ten as powers."""
    powers = {}
    for number in expression.atoms(sp.Integer):
        digits = str(number)
        if number > SHORT_INTEGER and digits == "1" + "0" * (len(digits) - 1):
            powers[number] = sp.Pow(10, len(digits) - 1, evaluate=False)
    return expression.xreplace(powers) if powers else expression


def draw(expression: sp.Basic, width: int) -> Drawing:
    """A formula in at most `width` columns; what does not fit is broken at its relation, terms, factors or cases.

    Where even the parts do not fit they are written on wrapped lines; a single longer name still sticks out.
    """
    drawing = _print(expression)
    if drawing.width <= width:
        return drawing
    if width >= NARROW and (parts := _parts(expression, width - GUTTER)):
        drawings = [(sign, draw(part, width - GUTTER)) for sign, part in parts]
        lines = tuple(line for sign, part in drawings for line in part.beside(sign))
        return Drawing(lines, drawings[0][1].baseline)
    return Drawing(tuple(fold(sp.sstr(expression), max(width, 1))))


class _Printer(PrettyPrinter):
    """SymPy's, which writes the m-th power of 7/8 as that of 8 alone."""

    def _print_Pow(self, power: Any) -> Any:
        if power.base.is_Rational and not power.base.is_Integer and not power.exp.is_Rational:
            base: Any = self._print(power.base)
            return prettyForm(*base.parens()) ** self._print(power.exp)
        return super()._print_Pow(power)


def _print(expression: sp.Basic) -> Drawing:
    """A formula in two dimensions, however wide."""
    form: Any = _Printer({"use_unicode": True})._print(readable(expression))
    return Drawing(tuple(str(line).rstrip() for line in form.picture), form.baseline)


def _parts(expression: Any, width: int) -> list[tuple[str, Any]]:
    """Where an expression may be broken: each part with the sign before it."""
    if isinstance(expression, Relational):
        return [("", expression.args[0]), (SIGNS.get(type(expression), "≠"), expression.args[1])]
    if sign := CONNECTIVES.get(type(expression)):
        return [(sign if number else "", part) for number, part in enumerate(expression.args)]
    if isinstance(expression, sp.Piecewise):
        lines = [part for case in expression.args for part in zip(("or", "if"), case.args, strict=True)]
        return [("", lines[0][1]), *(part for part in lines[1:] if part != ("if", sp.true))]
    if isinstance(expression, sp.Add):
        return _lines_of_terms(expression, width)
    numerator, denominator = sp.fraction(expression)
    if denominator != 1:
        return [("", numerator), ("/", denominator)]
    if isinstance(expression, sp.Mul):
        return [("⋅" if number else "", factor) for number, factor in enumerate(expression.as_ordered_factors())]
    return []


def _lines_of_terms(total: Any, width: int) -> list[tuple[str, Any]]:
    """The terms of a sum, as many in a line as fit."""
    lines: list[list[Any]] = []
    for term in total.as_ordered_terms():
        if lines and _print(sp.Add(*lines[-1], term)).width <= width:
            lines[-1].append(term)
        else:
            lines.append([term])
    parts = []
    for number, terms in enumerate(lines):
        minus = len(terms) == 1 and terms[0].could_extract_minus_sign()
        parts.append(("-" if minus else "+" if number else "", -terms[0] if minus else sp.Add(*terms)))
    return parts if len(parts) > 1 else []


def range_words(name: sp.Symbol, values: sp.Set) -> str:
    """A symbol with its range: `a in (0, oo)` or `n = 2, 3, ...`."""
    symbol = sp.pretty(name, use_unicode=True)
    if isinstance(values, sp.Interval):
        left, right = "(" if values.left_open else "[", ")" if values.right_open else "]"
        return f"{symbol} in {left}{values.start}, {values.end}{right}"
    if isinstance(values, sp.Range):
        last = "" if values.sup is sp.oo else f", {values.sup}"
        return f"{symbol} = {values.inf}, {values.inf + 1}, ...{last}"
    return f"{symbol} in {sp.sstr(values)}"


def range_latex(name: sp.Symbol, values: sp.Set) -> str:
    """A symbol with its range, as LaTeX."""
    return f"{sp.latex(name)} \\in {sp.latex(values)}"


def draw_derivation(proof: Proof, width: int) -> Iterator[str]:
    """A chain, a step below the other: its sign, the formula, and the reason in brackets.

    The reason stands beside the formula where there is room, and below it otherwise.
    """
    if proof.given:
        yield "Given " + ", ".join(sp.sstr(condition) for condition in proof.given) + ":"
    yield from _step("", draw(proof.start, width - GUTTER), "", width)
    if isinstance(proof, Equivalences):
        steps = [(CONNECTIVES[Equivalent], relation, reason) for relation, reason in proof.steps]
    else:
        steps = [(SIGNS[relation], expression, reason) for relation, expression, reason in proof.steps]
    for sign, formula, reason in steps:
        yield from _step(sign, draw(formula, width - GUTTER), plain(reason.words), width)


def _step(sign: str, drawing: Drawing, words: str, width: int) -> Iterator[str]:
    note = f"({words})" if words else ""
    beside = drawing.width + GUTTER + 3 + len(note) <= width
    for number, line in enumerate(drawing.beside(sign)):
        yield f"{line:<{width - len(note)}}{note}" if note and beside and number == drawing.baseline else line
    if note and not beside:
        yield from (" " * GUTTER + line for line in fold(note, width - GUTTER))


def plain(words: str) -> str:
    """Words with formulas such as `$\\frac{a}{2 b}$` in them, as `(a)/(2 b)`."""
    while (simpler := re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"(\1)/(\2)", words)) != words:
        words = simpler
    return re.sub(r"\$|\\left|\\right|\\(?=[a-z])|[{}]", "", words)
