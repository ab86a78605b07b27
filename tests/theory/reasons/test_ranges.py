"""Views cover the domain: every point of it is the image of some value of the grounded symbols."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from theory.claim import Domain
from theory.reasons.ranges import excessive_assumptions, implied_assumptions, range_of, sample, value_at, views

x, y = sp.symbols("x y", real=True)
n = sp.Symbol("n", integer=True)


@pytest.mark.parametrize(
    ("values", "assumptions"),
    [
        (sp.Interval(-sp.oo, sp.oo), {"real": True}),
        (sp.Interval(0, 1), {"real": True, "nonnegative": True}),
        (sp.Interval.open(0, 1), {"real": True, "positive": True}),
        (sp.Interval(2, 3), {"real": True, "positive": True}),
        (sp.Interval(-3, -2), {"real": True, "negative": True}),
        (sp.Interval(-3, 0), {"real": True, "nonpositive": True}),
        (sp.Interval.Ropen(-3, 0), {"real": True, "negative": True}),
        (sp.Range(0, sp.oo), {"integer": True, "nonnegative": True}),
        (sp.Range(1, 7), {"integer": True, "positive": True}),
        (sp.Range(-sp.oo, sp.oo), {"integer": True}),
        (sp.FiniteSet(-1, 1), {"integer": True, "nonzero": True}),
        (sp.FiniteSet(-1, 0, 1), {"integer": True}),
        (sp.FiniteSet(sp.Rational(1, 2), 2), {"real": True, "positive": True}),
    ],
)
def test_implied_assumptions(values, assumptions):
    assert implied_assumptions(values) == assumptions


def test_hypotheses_about_one_symbol_narrow_its_range():
    domain = Domain({x: sp.Interval(0, 5)}, (x > 1, sp.Lt(x, 4), sp.Le(y, 2)))
    assert range_of(x, domain) == sp.Interval.open(1, 4)
    conditions: Any = [sp.Ne(x, value) for value in (0, 1)]
    not_zero, not_one = conditions
    assert range_of(x, Domain({x: sp.Interval(0, 5)}, (not_zero,))) == sp.Interval.Lopen(0, 5)
    assert range_of(x, Domain({x: sp.Interval(0, 5)}, (not_one,))) == sp.Interval(0, 5)


def test_excess_is_named():
    assert (
        excessive_assumptions(sp.Symbol("a", positive=True), Domain({sp.Symbol("a", positive=True): sp.Range(1, 3)}))
        == []
    )
    zero = sp.Symbol("a", positive=True)
    assert "positive" in excessive_assumptions(zero, Domain({zero: sp.Interval(0, 1)}))


def reached(cases, symbol, target):
    """Whether some case takes `symbol` to `target` at an admissible value of its one grounded symbol."""
    for case in cases:
        expression = sp.sympify(case[symbol])
        free = list(expression.free_symbols)
        if not free:
            if expression == target:
                return True
            continue
        assert len(free) == 1
        hidden = sp.Symbol("hidden")
        for value in sp.solve(expression.xreplace({free[0]: hidden}) - target, hidden):
            kind = free[0].assumptions0
            fits = all(
                value.assumptions0.get(name, value.is_number and getattr(value, f"is_{name}")) is truth
                for name, truth in kind.items()
                if name in ("positive", "nonnegative", "negative", "integer", "nonzero")
            )
            if fits:
                return True
    return False


@pytest.mark.parametrize(
    ("values", "points"),
    [
        (sp.Interval(0, 1), [0, sp.Rational(1, 3), 1]),
        (sp.Interval.open(0, 1), [sp.Rational(1, 10**6), sp.Rational(2, 3)]),
        (sp.Interval(-2, sp.oo), [-2, 0, 10**6]),
        (sp.Interval(-sp.oo, 3), [3, 0, -(10**6)]),
        (sp.Interval(-sp.oo, sp.oo), [-5, 0, 5]),
        (sp.Range(2, sp.oo), [2, 3, 100]),
        (sp.Range(2, 6), [2, 3, 5]),
        (sp.FiniteSet(-1, 1), [-1, 1]),
    ],
)
def test_every_view_covers_the_range(values, points):
    found = list(views({x}, Domain({x: values})))
    assert len(found) == 3
    for cases in found:
        for point in points:
            assert reached(cases, x, sp.sympify(point))


def test_a_hypothesis_is_built_in_with_a_slack():
    domain = Domain({x: sp.Interval(0, sp.oo), y: sp.Interval(0, sp.oo)}, (x > y,))
    built = [cases[0] for cases in views({x, y}, domain)]
    gaps = {(case[x] - case[y]).is_positive for case in built}
    assert True in gaps
    integers = Domain({n: sp.Range(0, sp.oo)}, (n > 3,))
    assert any((cases[0][n] - 4).is_nonnegative for cases in views({n}, integers))


def test_samples_lie_in_the_domain_and_tell_only_clear_signs():
    domain = Domain({x: sp.Interval.open(0, 1), n: sp.Range(2, 9)}, (n * x > 1,))
    points = sample(domain)
    assert points
    for point in points:
        assert 0 < point[x] < 1
        assert point[n] in sp.Range(2, 9)
        assert point[n] * point[x] > 1
    assert sample(Domain({x: sp.Interval(0, 1)}, (x > 2,))) == ()
    assert value_at(x - sp.Rational(1, 2), {x: sp.Rational(1, 2)}) is None
    assert value_at(sp.sqrt(x), {x: sp.Integer(-1)}) is None
    assert value_at(sp.exp(x), {x: sp.Integer(0)}) == 1.0


i = sp.Symbol("i", integer=True)


@pytest.mark.parametrize(
    ("expression", "sign"),
    [
        (x / (x - n), None),  # not defined at x = n, whatever a float would give there
        (x - n, None),
        (sp.sqrt(2) ** 2 * x - 2 * n, None),
        (sp.exp(-100 * x), None),  # positive, and too close to 0 to tell
        (sp.exp(300 * x) - sp.exp(300 * n), None),  # a difference of large numbers that is 0
        (x - n - sp.Rational(1, 10**6), -1),
        (n ** (sp.Integer(10) ** 9 * x) - 1, None),  # too large for a float; the exact power would take for ever
        (n ** (-(sp.Integer(10) ** 9) * x) - 1, -1),
        (sp.Sum(i, (i, 1, n)) - 5, 1),  # type: ignore[operator]
        (9 - 3 * sp.Function("f")(x), None),  # nothing is known of f
    ],
)
def test_a_value_is_told_only_where_its_sign_is_certain(expression, sign):
    found = value_at(expression, {x: sp.Integer(3), n: sp.Integer(3)})
    assert (found is None) if sign is None else (found is not None and found * sign > 0)


def test_a_point_leaves_the_index_of_a_sum_alone():
    """The index of a sum may bear the name of a symbol of the domain, as when sums are compared term by term."""
    total: Any = sp.Sum(n * x, (n, 1, 3))
    assert value_at(total, {n: sp.Integer(7), x: sp.Integer(2)}) == 12
    above: Any = sp.Ge(y, sp.Sum(n, (n, 0, 2)), evaluate=False)
    domain = Domain({n: sp.Range(0, sp.oo), y: sp.Interval(0, 10)}, (above,))
    assert all(point[y] >= 3 for point in sample(domain))
    assert sample(domain)
