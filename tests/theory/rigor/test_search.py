"""Branch and bound: exact covers, integer and unbounded variables, hypotheses, budgets."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from theory.domain import Domain
from theory.rigor.certificate import Leaf, Span, initial_goal
from theory.rigor.search import (
    Budget,
    End,
    Meter,
    Search,
    contains,
    cut,
    cut_point,
    region,
    search,
)

x, y = sp.symbols("x y", real=True)
n = sp.Symbol("n", integer=True)
oo = sp.oo


def run(statement: Any, ranges: dict, hypotheses: tuple = (), boxes: int = 3000) -> Search:
    goal = initial_goal(statement, Domain(ranges, hypotheses))
    return search(goal, Meter(Budget()), boxes)


def inside(leaf: Leaf, point: tuple[Fraction, ...]) -> bool:
    return all(
        (low == "-oo" or low <= value) and (high == "oo" or value <= high)  # type: ignore[operator]
        for (low, high), value in zip(leaf.box, point, strict=True)
    )


def test_a_proof_covers_every_point() -> None:
    found = run(sp.Ge(x**2 + y**2, 2 * x * y - 1), {x: sp.Interval(-4, 4), y: sp.Interval(-4, 4)})
    assert found.node is not None
    grid = [Fraction(k, 7) for k in range(-28, 29)]
    for point in itertools.product(grid, grid):
        assert any(inside(leaf, point) for leaf in found.node.leaves)


def test_what_is_left_and_the_leaves_cover_together() -> None:
    """Out of budget nothing is lost: the point where the inequality touches lies in a remaining box."""
    found = run(sp.Ge(x**2 - 2 * x + 1, 0, evaluate=False), {x: sp.Interval(-3, 3)}, boxes=60)
    assert found.node is None
    assert any(low <= 1 <= high for ((low, high),) in found.remaining)  # type: ignore[operator]


def test_a_false_statement_is_seen() -> None:
    found = run(sp.Le(x * (1 - x), sp.Rational(24, 100), evaluate=False), {x: sp.Interval(0, 1)})
    assert found.node is None
    assert found.false_at is not None


def test_unbounded_boxes() -> None:
    assert run(sp.Gt(sp.exp(x), x), {x: sp.Interval(-oo, 10)}).node is not None
    assert run(sp.Gt(sp.exp(-x), x), {x: sp.Interval(-oo, 10)}).false_at is not None


def test_an_unbounded_box_that_decides_nothing_is_not_cut_forever() -> None:
    found = run(sp.Ge(n**2, 3 * n - 2, evaluate=False), {n: sp.Range(0, oo)}, boxes=10_000)  # oo - oo
    assert found.node is None
    assert len(found.remaining) == 1


def test_integers_skip_the_gaps() -> None:
    assert run(sp.Ge((n - 2) * (n - 3), 0, evaluate=False), {n: sp.Range(-5, 20)}).node is not None
    as_real = run(sp.Ge((x - 2) * (x - 3), 0, evaluate=False), {x: sp.Interval(-5, 19)})
    assert as_real.node is None
    assert as_real.false_at is not None


def test_hypotheses_discharge_boxes() -> None:
    hypothesis = sp.Gt(x * y, 1)
    ranges = {x: sp.Interval(0, oo), y: sp.Interval(0, oo)}
    found = run(sp.Gt(x + y, 1), ranges, (hypothesis,))
    assert found.node is not None
    assert {leaf.by for leaf in found.node.leaves} == {"statement", 0}
    assert run(sp.Gt(x + y, 1), ranges).false_at is not None


def test_mean_value_form_saves_boxes() -> None:
    """x - x**2 >= -1/100 + ... close to its root: the natural form alone needs boxes as narrow as the margin."""
    found = run(sp.Ge(x - x**2, -sp.Rational(1, 1000), evaluate=False), {x: sp.Interval(0, 1)})
    assert found.node is not None
    assert "mean value" in {leaf.form for leaf in found.node.leaves}
    assert len(found.node.leaves) < 60


def test_an_empty_integer_range_has_nothing_to_prove() -> None:
    goal = initial_goal(sp.Gt(x, 5), Domain({x: sp.Interval(0, 1)}))
    empty = {v: Span(sp.Rational(1, 3), sp.Rational(2, 3), integer=True) for v in goal.spans}
    found = search(type(goal)(empty, (), goal.statement), Meter(Budget()), 10)
    assert found.node is not None
    assert found.node.leaves == ()


def test_variables_with_values_are_not_searched() -> None:
    assert run(sp.Gt(x, 0), {x: sp.FiniteSet(1, 2)}).node is None


def test_regions_round_outwards_for_reals_and_inwards_for_integers() -> None:
    ((low, high),) = region([Span(sp.sqrt(2), sp.pi)])  # type: ignore[misc]
    assert isinstance(low, Fraction)
    assert isinstance(high, Fraction)
    assert low**2 < 2 < (low + Fraction(1, 2**60)) ** 2
    assert Fraction(314159, 100000) < high < Fraction(314160, 100000)
    assert region([Span(sp.sqrt(2), sp.pi, integer=True)]) == ((2, 3),)
    assert region([Span(sp.sqrt(2), sp.Rational(3, 2), integer=True)]) is None


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (Fraction(0), Fraction(1)),
        (Fraction(1, 10), Fraction(4)),
        (Fraction(-7), Fraction(10**40)),
        (Fraction(1, 10**30), Fraction(1)),
        (Fraction(-(10**9)), Fraction(-1)),
        (Fraction(10**300), "oo"),
        (Fraction(-3), "oo"),
        ("-oo", Fraction(-(10**20))),
        ("-oo", "oo"),
    ],
)
def test_cut_points_lie_inside_and_are_dyadic(low: End, high: End) -> None:
    at = cut_point(low, high)
    assert low == "-oo" or low < at  # type: ignore[operator]
    assert high == "oo" or at < high  # type: ignore[operator]
    assert at.denominator & (at.denominator - 1) == 0


def test_cuts_meet_exactly() -> None:
    halves = cut(((Fraction(0), Fraction(3)), (Fraction(2), Fraction(3))), [Span(sp.S.Zero, sp.Integer(3))] * 2, ())
    assert halves is not None
    (first, second), (third, fourth) = halves
    assert second == fourth == (2, 3)
    assert (first[0], third[1]) == (0, 3)
    assert first[1] == third[0]
    whole = cut(((Fraction(0), Fraction(3)),), [Span(sp.S.Zero, sp.Integer(3), integer=True)], ())
    assert whole is not None
    assert whole[1][0][0] == whole[0][0][1] + 1  # type: ignore[operator]
    assert cut(((Fraction(1), Fraction(1)),), [Span(sp.S.One, sp.S.One)], ()) is None


def test_membership_is_exact() -> None:
    half_open = Span(sp.S.Zero, sp.sqrt(2), left_open=True)
    assert not contains(half_open, Fraction(0))
    assert contains(half_open, Fraction(1414213, 1000000))
    assert not contains(half_open, Fraction(1414214, 1000000))
    assert not contains(Span(sp.S.Zero, sp.oo, integer=True), Fraction(1, 2))
    assert not contains(Span(sp.S.Zero, sp.Integer(2), values=(sp.S.Zero, sp.Integer(2))), Fraction(1))
