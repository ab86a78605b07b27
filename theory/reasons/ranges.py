"""What the ranges and hypotheses of a domain say about its symbols, as SymPy assumptions on fresh symbols.

Reasons never trust the assumptions written on a symbol. They replace every symbol by an expression in fresh symbols
whose assumptions follow from the domain alone: `n in Range(2, oo)` becomes `2 + k` with an integer `k >= 0`. One such
replacement is a *case*; a *view* is a list of cases that together cover the domain. Different views show different
things, so a property counts as shown when all the cases of some view show it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.core.relational import Relational

from theory.reasons.base import Expression, Statement, rename_bound
from theory.rigor.evaluate import UnsupportedExpression, enclose_at

if TYPE_CHECKING:
    from theory.claim import Domain

Case = dict[sp.Symbol, Expression]
MOST_CASES = 64
FEW = 2  # a range of so many integers is taken apart
MOST_VIEWS = 60
SAMPLE = 4
SAMPLE_TRIES = 40
TINY = 1e-15


def range_of(symbol: sp.Symbol, domain: Domain) -> sp.Set:
    """The declared range, narrowed by the hypotheses that compare the symbol with a number."""
    values = domain.ranges[symbol]
    for hypothesis in domain.hypotheses:
        if not isinstance(hypothesis, Relational) or symbol not in hypothesis.args:
            continue
        relation: Any = hypothesis if hypothesis.lhs == symbol else hypothesis.reversed
        bound = relation.rhs
        if not bound.is_Rational or not isinstance(values, sp.Interval):
            continue
        if isinstance(relation, sp.Gt | sp.Ge):
            values = values.intersect(sp.Interval(bound, sp.oo, isinstance(relation, sp.Gt)))
        elif isinstance(relation, sp.Lt | sp.Le):
            values = values.intersect(sp.Interval(-sp.oo, bound, False, isinstance(relation, sp.Lt)))
        elif isinstance(relation, sp.Ne) and bound in (values.inf, values.sup):
            at_left, at_right = bound == values.inf, bound == values.sup
            left_open, right_open = bool(values.left_open) or at_left, bool(values.right_open) or at_right
            values = sp.Interval(values.inf, values.sup, left_open, right_open)
        if not isinstance(values, sp.Interval):
            return domain.ranges[symbol]
    return values


def implied_assumptions(values: sp.Set) -> dict[str, bool]:
    """The SymPy assumptions that every element of a range has."""
    members = list(values) if isinstance(values, sp.FiniteSet) else []
    integer = isinstance(values, sp.Range) or (bool(members) and all(member.is_integer for member in members))
    low, high = values.inf, values.sup
    left_open = isinstance(values, sp.Interval) and bool(values.left_open)
    right_open = isinstance(values, sp.Interval) and bool(values.right_open)
    assumptions = {"integer": True} if integer else {"real": True}
    if low > 0 or (low == 0 and left_open):
        assumptions["positive"] = True
    elif low == 0:
        assumptions["nonnegative"] = True
    elif high < 0 or (high == 0 and right_open):
        assumptions["negative"] = True
    elif high == 0:
        assumptions["nonpositive"] = True
    elif members and all(member.is_nonzero for member in members):
        assumptions["nonzero"] = True
    return assumptions


def excessive_assumptions(symbol: sp.Symbol, domain: Domain) -> list[str]:
    """Assumptions written on a symbol that its range does not grant, such as `positive` on the range [0, 1]."""
    granted = sp.Dummy(**implied_assumptions(range_of(symbol, domain))).assumptions0
    return sorted(
        name if value else f"not {name}"
        for name, value in symbol.assumptions0.items()
        if name != "commutative" and granted.get(name) is not value
    )


def views(symbols: set[Any], domain: Domain) -> Iterator[list[Case]]:
    """Lists of cases covering the domain, cheapest first; `symbols` are those that matter."""
    seen = 0
    ranges = {symbol: range_of(symbol, domain) for symbol in domain.ranges}
    for solved in _solved_hypotheses(symbols, domain):
        needed = set(symbols).union(*(value.free_symbols for value in solved.values())) & set(domain.ranges)
        needed -= set(solved)
        for style in (_plain, _shifted, _bounded):
            alternatives = [style(symbol, ranges[symbol]) for symbol in sorted(needed, key=str)]
            count = 1
            for options in alternatives:
                count *= len(options)
            if count > MOST_CASES or seen >= MOST_VIEWS:
                continue
            seen += 1
            cases = []
            for choice in itertools.product(*alternatives):
                ground = dict(zip(sorted(needed, key=str), choice, strict=True))
                cases.append(ground | {symbol: value.xreplace(ground) for symbol, value in solved.items()})
            yield cases


def grounded(name: str, assumptions: dict[str, bool]) -> sp.Symbol:
    """A symbol that no author writes. It is the same one every time, so that results about it can be remembered."""
    return sp.Symbol(f"{name}#", **assumptions)


def _plain(symbol: sp.Symbol, values: sp.Set) -> list[Expression]:
    return [grounded(sp.srepr(symbol), implied_assumptions(values))]


def _shifted(symbol: sp.Symbol, values: sp.Set) -> list[Expression]:
    if isinstance(values, sp.FiniteSet) or (isinstance(values, sp.Range) and values.size <= FEW):
        return list(values)  # type: ignore[arg-type]
    low, high = values.inf, values.sup
    integer = isinstance(values, sp.Range)
    if low.is_finite:
        return [low + _from_end(sp.srepr(symbol), integer, isinstance(values, sp.Interval) and bool(values.left_open))]
    if high.is_finite:
        return [
            high - _from_end(sp.srepr(symbol), integer, isinstance(values, sp.Interval) and bool(values.right_open))
        ]
    return _plain(symbol, values)


def _bounded(symbol: sp.Symbol, values: sp.Set) -> list[Expression]:
    few = isinstance(values, sp.FiniteSet) or (isinstance(values, sp.Range) and values.size <= FEW)
    if few or not (values.inf.is_finite and values.sup.is_finite):
        return _shifted(symbol, values)
    left_open = isinstance(values, sp.Interval) and bool(values.left_open)
    right_open = isinstance(values, sp.Interval) and bool(values.right_open)
    ratio = _from_end(sp.srepr(symbol), False, left_open)  # runs over [0, oo), which the map below takes to [low, high)
    inside = (values.inf + values.sup * ratio) / (1 + ratio)
    return [inside] if right_open else [inside, values.sup]


def _from_end(name: str, integer: bool, open_end: bool) -> sp.Symbol:
    kind = {"integer": True} if integer else {"real": True}
    return grounded(name, kind | ({"positive": True} if open_end else {"nonnegative": True}))


def _solved_hypotheses(symbols: set[Any], domain: Domain) -> Iterator[dict[sp.Symbol, Expression]]:
    """Ways to build hypotheses in: `a > xi` becomes `a = xi + slack` with a positive slack (or `xi = a - slack`)."""
    yield {}
    if not symbols:
        return
    singles = [
        (hypothesis, symbol, value)
        for number, hypothesis in enumerate(domain.hypotheses)
        if isinstance(hypothesis, Relational)
        for symbol, value in _solutions(hypothesis, domain, f"slack{number}")
    ]
    for _, symbol, value in singles:
        if symbol in symbols:
            yield {symbol: value}
    for (first, symbol, value), (second, other, other_value) in itertools.permutations(singles, 2):
        reached = symbol in symbols and (other in symbols or other in value.free_symbols)
        if reached and first is not second and symbol is not other and symbol not in other_value.free_symbols:
            yield {symbol: value.xreplace({other: other_value}), other: other_value}


def _solutions(hypothesis: Statement, domain: Domain, name: str) -> Iterator[tuple[sp.Symbol, Expression]]:
    if not isinstance(hypothesis, sp.Eq | sp.Ge | sp.Gt | sp.Le | sp.Lt) or counts_patterns(hypothesis):
        return
    downwards = isinstance(hypothesis, sp.Le | sp.Lt)
    sides: Any = hypothesis.args
    gap = sides[1] - sides[0] if downwards else sides[0] - sides[1]
    for symbol in sorted(gap.free_symbols, key=str):
        slope = sp.expand(gap).coeff(symbol, 1)
        rest = sp.expand(gap - slope * symbol)
        if symbol not in domain.ranges or symbol in rest.free_symbols or not slope.is_Rational or slope == 0:
            continue
        integer = (
            all(domain.is_integer(other) for other in gap.free_symbols if other in domain.ranges)
            and gap.is_polynomial(*gap.free_symbols)
            and all(c.is_integer for c in sp.Poly(gap, *gap.free_symbols).coeffs())
        )
        strict = isinstance(hypothesis, sp.Gt | sp.Lt)
        slack = sp.S.Zero if isinstance(hypothesis, sp.Eq) else _from_end(name, False, strict)
        if integer and slack != 0:
            slack = _from_end(name, True, False) + (1 if strict else 0)
        yield symbol, (slack - rest) / slope


@lru_cache(maxsize=256)
def _sample(ranges: tuple[tuple[sp.Symbol, sp.Set], ...], hypotheses: tuple) -> tuple[dict[sp.Symbol, Expression], ...]:
    random = Random(0)
    points = []
    for _ in range(SAMPLE_TRIES):
        point = {symbol: _member(values, random) for symbol, values in ranges}
        if all(_holds(hypothesis, point) for hypothesis in hypotheses):
            points.append(point)
        if len(points) == SAMPLE:
            break
    return tuple(points)


def counts_patterns(hypothesis: Statement) -> bool:
    """Whether a hypothesis holds a sum over cases, which would make every attempt to build it in a long one."""
    return any(part.has(sp.Piecewise) for part in hypothesis.atoms(sp.Sum, sp.Product))


def sample(domain: Domain) -> tuple[dict[sp.Symbol, Expression], ...]:
    """A few rational points of the domain, possibly none. They can only ever refuse a step, never accept one."""
    if any(counts_patterns(hypothesis) for hypothesis in domain.hypotheses):
        return ()  # to find out whether a point satisfies them would take longer than the step
    return _sample(tuple(domain.ranges.items()), domain.hypotheses)


def _member(values: sp.Set, random: Random) -> Expression:
    if isinstance(values, sp.FiniteSet):
        return random.choice(list(values))
    low, high = values.inf, values.sup
    part = sp.Rational(random.randint(1, 29), 30)
    if low.is_finite and high.is_finite:
        value = low + (high - low) * part
    elif low.is_finite:
        value = low + part / (1 - part)
    elif high.is_finite:
        value = high - part / (1 - part)
    else:
        value = part / (1 - part) - 1 / part + 1
    return sp.floor(value) if isinstance(values, sp.Range) else value


def _holds(hypothesis: Statement, point: dict[Any, Any]) -> bool:
    if isinstance(hypothesis, sp.Gt | sp.Ge | sp.Lt | sp.Le):
        gap = value_at(hypothesis.lhs - hypothesis.rhs, point)  # type: ignore[operator]
        if gap is not None:
            return (gap > 0) is isinstance(hypothesis, sp.Gt | sp.Ge)
    return at_point(hypothesis, point) is sp.true


def at_point(expression: Any, point: dict[Any, Any]) -> Any:
    """The expression with the point's values in place of its free symbols; an index of a sum may have such a name."""
    return rename_bound(expression, set(point)).xreplace(point)


def value_at(expression: Expression, point: dict[sp.Symbol, Expression]) -> float | None:
    """About the value at a rational point; None where it is not certain that it differs from 0 by more than `TINY`.

    None also for a sum over several indices, which would take too long.
    """
    if any(len(part.limits) > 1 for part in expression.atoms(sp.Sum)):
        return None
    try:
        enclosed = enclose_at(expression, point)
        ends = [float(end.mid()) for end in (enclosed.lo, enclosed.hi)] if enclosed.defined else [0.0]
    except UnsupportedExpression:
        whole = expression.has(sp.Sum, sp.Product, sp.Piecewise)
        try:  # elsewhere without writing the point in first: exact powers of large numbers take SymPy hours
            value = sp.N(at_point(expression, point) if whole else expression, 30, subs=point, maxn=200)
            ends = [float(value)]
        except (TypeError, ValueError, ArithmeticError, RecursionError):
            return None
    found = min(ends) if min(ends) > 0 else min(0.0, max(ends))
    return found if math.isfinite(found) and abs(found) > TINY else None
