"""Goals, for the checker: the one at the root, made from a claim, and those that the rules derive from others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from theory.rigor import certificate as fmt
from theory.rigor import checker_spans as spans
from theory.rigor.checker_algebra import number
from theory.rigor.checker_spans import precision

if TYPE_CHECKING:
    from theory.claim import Domain

BITS = 4_096  # to tell irrational ends apart


class Rejected(Exception):
    """A node that does not prove its goal; the message names its path from the root."""


def renaming(domain: Domain) -> dict[sp.Symbol, sp.Symbol]:
    names = [symbol.name for symbol in domain.ranges]
    if len(set(names)) < len(names):
        raise Rejected("root: two symbols of the domain share a name")
    return {symbol: fmt.variable(symbol.name) for symbol in domain.ranges}


def renamed(statement: sp.Basic, domain: Domain) -> sp.Basic:
    """The statement in the symbols of certificates, relations left as they stand."""
    rename = renaming(domain)

    def walk(part: sp.Basic) -> sp.Basic:
        if isinstance(part, Relational):
            return type(part)(part.lhs.xreplace(rename), part.rhs.xreplace(rename), evaluate=False)  # type: ignore[arg-type]
        if isinstance(part, Boolean) and part.args:
            return type(part)(*[walk(argument) for argument in part.args], evaluate=False)  # type: ignore[call-arg]
        return part

    return walk(statement)


def initial_goal(statement: Boolean, domain: Domain) -> fmt.Goal:
    rename = renaming(domain)
    names = {symbol.name for symbol in rename}
    for part in (statement, *domain.hypotheses):
        if not isinstance(part, Boolean):
            raise Rejected(f"root: {part} is not a statement")
        if not part.free_symbols <= set(rename):
            raise Rejected(f"root: a symbol of {part} has no range")
        for series in part.atoms(sp.Sum, sp.Product):
            if {symbol.name for symbol in series.bound_symbols} & names:
                raise Rejected(f"root: {series} runs over a name that is also a variable")
    side = {rename[symbol]: _side(values) for symbol, values in domain.ranges.items()}
    hypotheses: tuple[Any, ...] = tuple(hypothesis.xreplace(rename) for hypothesis in domain.hypotheses)
    moved: Any = statement.xreplace(rename)
    return fmt.Goal(side, hypotheses, moved)


def _side(values: sp.Set) -> fmt.Span:
    """The span of a range of a domain."""
    if isinstance(values, sp.Interval):
        return fmt.Span(values.start, values.end, bool(values.left_open), bool(values.right_open))
    if isinstance(values, sp.Range):
        if values.step != 1:
            raise Rejected("root: a range has a step")
        low, high = values.inf, values.sup
        return fmt.Span(low, high, low is sp.S.NegativeInfinity, high is sp.oo, integer=True)
    if isinstance(values, sp.FiniteSet):
        points = _sorted(list(values))
        return fmt.Span(points[0], points[-1], integer=all(p.is_Integer for p in points), values=tuple(points))
    raise Rejected(f"root: the range {values} is none of Interval, Range and FiniteSet")


def _sorted(points: list[Any]) -> list[Any]:
    """Exact numbers in increasing order."""
    with precision(BITS):
        placed = [(number(point), point) for point in points]
        for index in range(1, len(placed)):  # insertion, so that an undecided comparison is noticed
            place = index
            while place and (before := spans.less(placed[place][0], placed[place - 1][0])) is not False:
                if before is None:
                    raise Rejected("root: two values of a finite set could not be told apart")
                placed[place - 1], placed[place] = placed[place], placed[place - 1]
                place -= 1
    return [point for _, point in placed]


def above_zero(expression: Any) -> Any:
    """The relation `expression > 0`, as it is written, whether or not SymPy knows that it is true."""
    return sp.Gt(expression, 0, evaluate=False)


def replaced(goal: fmt.Goal, put: Mapping[sp.Basic, sp.Basic]) -> fmt.Goal:
    """The goal with a replacement made in the statement and the hypotheses."""
    hypotheses: tuple[Any, ...] = tuple(hypothesis.xreplace(put) for hypothesis in goal.hypotheses)
    statement: Any = goal.statement.xreplace(put)
    return replace(goal, hypotheses=hypotheses, statement=statement)


def put_in(goal: fmt.Goal, symbol: sp.Symbol, value: sp.Expr) -> fmt.Goal:
    """The goal with a value put for a variable, which leaves the spans."""
    others = {other: side for other, side in goal.spans.items() if other != symbol}
    return replace(replaced(goal, {symbol: value}), spans=others)


def is_real_span(side: Any) -> bool:
    """Whether a span that a certificate brings is a nonempty range of reals with exact ends."""
    if not isinstance(side, fmt.Span) or side.integer is not False or side.values is not None:
        return False
    if type(side.left_open) is not bool or type(side.right_open) is not bool:
        return False
    if not all(isinstance(end, sp.Expr) and not end.free_symbols for end in (side.low, side.high)):
        return False
    if side.low is sp.oo or side.high is sp.S.NegativeInfinity:
        return False
    low, high = number(side.low), number(side.high)
    return spans.less(low, high) is True or side.low == side.high
