"""The contact rule: an inequality g >= 0 that is tight at a point of one variable.

At the touching point p the exact zeros of g, g', g'', ... are confirmed symbolically, whatever the other variables are.
The first derivative that does not vanish there has one sign on a rational neighbourhood, which interval arithmetic
shows; integrating back, g >= 0 there. Outside the neighbourhood there is room, and ordinary boxes do; or the rule once
more, where g touches zero at a second point, as a cosine and its chord do. In a certificate this is a `Collapse` of the
variable to p, whose derivative is proved by another `Collapse` to p, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal

import sympy as sp

from theory.rigor.certificate import Goal, Node, Split
from theory.rigor.evaluate import UnsupportedExpression, compile_expression
from theory.rigor.interval import Interval, precision
from theory.rigor.remedies import Continue, Prover, collapse, widen
from theory.rigor.rules import difference, inner_point, rational_bound, reduces_to_zero, split_goals

HIGHEST_ORDER = 8
RADII = tuple(Fraction(4) ** k for k in (2, 1, 0, -1, -2, -3))
SIMPLEST = 64  # denominators of touching points that are proposed


def contact(
    goal: Goal, v: sp.Symbol, prover: Prover, boxes: int, *, radii: Sequence[Fraction] = RADII, further: int = 1
) -> Node | None:
    """A proof through a point of `v` at which the goal's difference vanishes for every value of the other variables.

    radii: the neighbourhoods to try if no derivative has one sign on the whole span; none, to try only the whole span.
    further: at how many points outside the neighbourhood it may vanish again.
    """
    found, span = difference(goal.statement), goal.spans[v]
    if found is None or found[1] not in (">=", ">") or span.values is not None:
        return None

    def outside(rest: Goal) -> Node | None:
        node = prover.prove(rest, 0, boxes)
        if node is None and further > 0:
            node = contact(rest, v, prover, boxes, radii=radii, further=further - 1)
        return node

    for candidate in touching_points(found[0], goal, v):
        exact = sp.Rational(candidate.numerator, candidate.denominator)
        try:
            at_point = found[0].xreplace({v: exact})
        except ValueError:  # SymPy will not compare what is infinite there with the rest of a minimum
            continue
        others = {other: s for other, s in goal.spans.items() if other != v}
        if at_point.has(sp.nan, sp.zoo, sp.oo) or not reduces_to_zero(at_point, others):
            continue
        node = _at(goal, v, candidate, prover, boxes, radii, outside)
        if node is not None:
            return node
    return None


def _at(
    goal: Goal, v: sp.Symbol, point: Fraction, prover: Prover, boxes: int, radii: Sequence[Fraction], outside: Continue
) -> Node | None:
    """The contact rule at one point, which may lie inside the span, at an end, or outside."""
    span = goal.spans[v]
    exact = sp.Rational(point.numerator, point.denominator)
    if exact == span.low:
        return _one_side(goal, v, "low", prover, boxes, radii, outside)
    if exact == span.high:
        return _one_side(goal, v, "high", prover, boxes, radii, outside)
    if exact < span.low:
        wider = replace(span, low=exact, left_open=True, integer=False)
        return widen(goal, v, wider, prover, lambda inner: _one_side(inner, v, "low", prover, boxes, radii, outside))
    if exact > span.high:
        wider = replace(span, high=exact, right_open=True, integer=False)
        return widen(goal, v, wider, prover, lambda inner: _one_side(inner, v, "high", prover, boxes, radii, outside))
    below, above = split_goals(goal, v, point)
    left = prover.prove(below, 0, boxes) if span.integer else _one_side(below, v, "high", prover, boxes, radii, outside)
    right = _one_side(above, v, "low", prover, boxes, radii, outside) if left is not None else None
    return Split(v.name, point, left, right) if left is not None and right is not None else None


def _one_side(
    goal: Goal, v: sp.Symbol, end: Literal["low", "high"], prover: Prover, boxes: int, radii: Sequence[Fraction],
    outside: Continue,
) -> Node | None:  # fmt: skip
    """The whole side by iterated collapse to the touching end, or a neighbourhood of it and what lies outside."""
    node = towards(goal, v, end, prover, boxes, HIGHEST_ORDER)
    if node is not None:
        return node
    span = goal.spans[v]
    touching = rational_bound(span.low if end == "low" else span.high, "up")
    for radius in radii:
        at = touching + radius if end == "low" else touching - radius
        exact = sp.Rational(at.numerator, at.denominator)
        if not (exact > span.low and exact < span.high):
            continue
        below, above = split_goals(goal, v, at)
        near, far = (below, above) if end == "low" else (above, below)
        near_node = towards(near, v, end, prover, boxes, HIGHEST_ORDER)
        if near_node is None:
            continue
        far_node = outside(far)
        if far_node is None:
            return None
        return Split(v.name, at, *((near_node, far_node) if end == "low" else (far_node, near_node)))
    return None


def towards(
    goal: Goal, v: sp.Symbol, end: Literal["low", "high"], prover: Prover, boxes: int, order: int
) -> Node | None:
    """Collapse to the touching end, again and again, until a derivative is seen to have one sign."""
    slope: Continue = lambda inner: (  # noqa: E731
        prover.prove(inner, 0, min(boxes, 200))
        or (towards(inner, v, end, prover, boxes, order - 1) if order > 1 else None)
    )
    return collapse(goal, v, end, prover, slope, prover.quickly)


def touching_points(gap: Any, goal: Goal, v: sp.Symbol) -> Iterator[Fraction]:
    """Simple rationals at which the difference may vanish: 0, rational ends, and places where samples come close."""
    span = goal.spans[v]
    seen: set[Fraction] = set()
    ends = [rational_bound(end, "up") for end in (span.low, span.high) if end.is_Rational]
    for candidate in (*ends, Fraction(0), *_near_minima(gap, goal, v)):
        if candidate not in seen:
            seen.add(candidate)
            yield candidate


def _near_minima(gap: Any, goal: Goal, v: sp.Symbol) -> Iterator[Fraction]:
    """Simplest rationals near the sampled minima along v, the other variables held at some inner point."""
    symbols = tuple(goal.spans)
    try:
        program = compile_expression(gap, symbols)
    except UnsupportedExpression:
        return
    position = symbols.index(v)
    with precision(64):
        rest = [Interval.of(inner_point(s, k)) for k, s in enumerate(goal.spans.values())]

        def height(x: Fraction) -> float:
            value = program.interval([*rest[:position], Interval.of(x), *rest[position + 1 :]])
            return float(value.lo) if value.defined else float("inf")

        places = list(_places(goal.spans[v]))
        heights = [height(x) for x in places]
        for left, low, right in zip(range(len(places)), range(1, len(places)), range(2, len(places)), strict=False):
            if heights[left] >= heights[low] <= heights[right]:
                bottom, top = places[left], places[right]
                for _ in range(60):  # golden-section search would do as well; thirds keep the rationals short
                    third = (top - bottom) / 3
                    one, two = (bottom + third).limit_denominator(10**12), (top - third).limit_denominator(10**12)
                    if height(one) <= height(two):
                        top = two
                    else:
                        bottom = one
                yield ((bottom + top) / 2).limit_denominator(SIMPLEST)


def _places(span: Any) -> Iterator[Fraction]:
    """Forty-one places along a span, bent to reach far along an unbounded one."""
    for step in range(41):
        share = Fraction(2 * step + 1, 82)
        if span.low.is_finite and span.high.is_finite:
            low, high = rational_bound(span.low, "up"), rational_bound(span.high, "down")
            yield low + share * (high - low)
        elif span.low.is_finite:
            yield rational_bound(span.low, "up") + share / (1 - share)
        elif span.high.is_finite:
            yield rational_bound(span.high, "down") - (1 - share) / share
        else:
            yield (2 * share - 1) / (4 * share * (1 - share))
