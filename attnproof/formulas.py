"""Formulas and derivations for a terminal: drawn in two dimensions where they fit, on wrapped lines otherwise."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sympy as sp
from sympy.printing.pretty.pretty import PrettyPrinter

from attnproof.terminal import fold
from theory.derivation import Equivalences, Proof

SIGNS = {sp.Eq: "=", sp.Le: "≤", sp.Lt: "<", sp.Ge: "≥", sp.Gt: ">"}
EQUIVALENT = "⇔"


@dataclass(frozen=True)
class Drawing:
    """Lines of equal standing; signs such as `=` belong beside line number `baseline`."""

    lines: tuple[str, ...]
    baseline: int = 0


def draw(expression: sp.Basic, width: int) -> Drawing:
    """A formula in at most `width` columns; only a single name or number that is longer still sticks out."""
    form: Any = PrettyPrinter({"use_unicode": True})._print(expression)
    lines = tuple(str(line).rstrip() for line in form.picture)
    if max(map(len, lines)) <= width:
        return Drawing(lines, form.baseline)
    return Drawing(tuple(fold(sp.sstr(expression), width)))


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
    yield from _step("", draw(proof.start, width - 4), "", width)
    if isinstance(proof, Equivalences):
        steps = [(EQUIVALENT, relation, reason) for relation, reason in proof.steps]
    else:
        steps = [(SIGNS[relation], expression, reason) for relation, expression, reason in proof.steps]
    for sign, formula, reason in steps:
        yield from _step(sign, draw(formula, width - 4), reason.words, width)


def _step(sign: str, drawing: Drawing, words: str, width: int) -> Iterator[str]:
    note = f"({words})" if words else ""
    beside = max(map(len, drawing.lines)) + 4 + 3 + len(note) <= width
    for number, line in enumerate(drawing.lines):
        on_line = number == drawing.baseline
        text = f"{sign if on_line else '':<4}{line}"
        yield f"{text:<{width - len(note)}}{note}" if on_line and beside and note else text
    if note and not beside:
        yield from textwrap.wrap(note, width, initial_indent=" " * 4, subsequent_indent=" " * 5)
