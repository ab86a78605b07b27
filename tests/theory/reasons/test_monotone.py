"""Monotone contexts, touching inequalities and case distinctions."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.claim import Domain
from theory.reasons import Algebra, Cases, Monotone, Sign, Taylor

x, y, z = sp.symbols("x y z", real=True)
a, b = sp.symbols("a b", positive=True)
n = sp.Symbol("n", integer=True, positive=True)
DOMAIN = Domain({
    x: sp.Interval(-sp.oo, sp.oo), y: sp.Interval(-sp.oo, sp.oo), a: sp.Interval.open(0, sp.oo),
    b: sp.Interval.open(0, sp.oo), n: sp.Range(2, sp.oo),
})  # fmt: skip
ORDERED = Domain(DOMAIN.ranges, (sp.Le(a, b), sp.Le(x, y)))


@pytest.mark.parametrize(
    ("context", "low", "high", "rising"),
    [
        (sp.exp, x, y, True),
        (lambda hole: 1 / (1 + hole * n**-a), a, b, False),
        (lambda hole: hole**n, a, b, True),
        (sp.log, a, b, True),
        (sp.sqrt, a, b, True),
        (lambda hole: -(hole**3) - hole, x, y, False),
        (sp.tanh, x, y, True),
        (lambda hole: a * hole - b, a, b, True),
    ],
)
def test_the_direction_is_the_sign_of_the_slope(context, low, high, rising):
    step = Monotone(context, low, sp.Le, high, by=Sign())
    right, wrong = (sp.Le, sp.Ge) if rising else (sp.Ge, sp.Le)
    assert step.check(context(low), right, context(high), ORDERED).accepted
    assert not step.check(context(low), wrong, context(high), ORDERED).accepted
    assert not step.check(context(low), right, context(high), DOMAIN).accepted  # the order of the sides is not known
    turned = Monotone(context, high, sp.Ge, low, by=Sign())
    assert turned.check(context(high), wrong, context(low), ORDERED).accepted


def test_only_the_hole_changes():
    """n occurs twice; replacing both, as `subs` would, gives another expression."""
    step = Monotone(lambda hole: hole / n, n, sp.Lt, n + 1, by=Sign())
    assert step.check(n / n, sp.Lt, (n + 1) / n, DOMAIN).accepted
    assert not step.check(n / n, sp.Lt, (n + 1) / (n + 1), DOMAIN).accepted
    assert "is not the context" in step.check(n / n, sp.Lt, (n + 1) / (n + 1), DOMAIN).message


@pytest.mark.parametrize(
    ("context", "low", "high", "sentence"),
    [
        (lambda hole: 1 / hole, x, y, "pole"),
        (lambda hole: -1 / hole, sp.Integer(-1), sp.Integer(1), "pole"),
        (lambda hole: hole**2, x, y, "slope"),
        (sp.floor, x, y, "not differentiable"),
        (sp.Abs, x, y, "not differentiable"),
        (lambda hole: sp.KroneckerDelta(hole, 3), x, y, "not differentiable"),
        (lambda hole: sp.Piecewise((0, hole < 0), (-1, True)), x, y, "not differentiable"),
    ],
)
def test_poles_jumps_and_turning_points_between_are_refused(context, low, high, sentence):
    found = Monotone(context, low, sp.Le, high, by=Sign()).check(context(low), sp.Le, context(high), ORDERED)
    assert not found.accepted
    assert sentence in found.message


def test_a_strict_step_needs_a_strict_inequality_inside():
    weak = Monotone(sp.exp, x, sp.Le, y, by=Sign())
    assert not weak.check(sp.exp(x), sp.Lt, sp.exp(y), ORDERED).accepted
    strict = Monotone(sp.exp, x, sp.Lt, x + 1, by=Sign())
    assert strict.check(sp.exp(x), sp.Lt, sp.exp(x + 1), DOMAIN).accepted
    flat = Monotone(lambda hole: 0 * hole + x, x, sp.Lt, x + 1, by=Sign())
    assert not flat.check(x, sp.Lt, x, DOMAIN).accepted


def test_the_inner_reason_must_hold():
    found = Monotone(sp.exp, x, sp.Le, y, by=Sign()).check(sp.exp(x), sp.Le, sp.exp(y), DOMAIN)
    assert "The sign of the difference was not shown: x  <=  y" in found.message


def test_nested_holes_stay_apart():
    inner = Monotone(sp.exp, a, sp.Le, b, by=Sign())
    outer = Monotone(lambda hole: hole**2 + a * hole, sp.exp(a), sp.Le, sp.exp(b), by=inner)
    context = outer.context
    assert outer.check(context(sp.exp(a)), sp.Le, context(sp.exp(b)), ORDERED).accepted


@pytest.mark.parametrize(
    ("left", "right", "order", "accepted"),
    [
        (sp.log(sp.cosh(x)), x**2 / 2, 2, True),
        (1 + x, sp.exp(x), 2, True),
        (1 - x**2 / 2, sp.cos(x), 4, False),  # cos is a derivative whose sign varies
        (1 + x, sp.exp(x), 1, False),  # an odd order inside the range
        (1 + 2 * x, sp.exp(x), 2, False),  # the slopes differ at the centre
        (sp.log(sp.cosh(x)), x**2 / 3, 2, False),
        (x**2 / 2 + 1, sp.cosh(x), 2, True),
    ],
)
def test_touching_inequalities(left, right, order, accepted):
    assert Taylor(x, 0, order).check(left, sp.Le, right, DOMAIN).accepted is accepted
    assert Taylor(x, 0, order).check(right, sp.Ge, left, DOMAIN).accepted is accepted
    assert not Taylor(x, 0, order).check(right, sp.Le, left, DOMAIN).accepted


def test_an_odd_order_from_the_lower_end():
    half_line = Domain({x: sp.Interval(0, sp.oo)})
    assert Taylor(x, 0, 1).check(sp.log(1 + x), sp.Le, x, half_line).accepted
    assert not Taylor(x, 1, 1).check(sp.log(1 + x), sp.Le, x, half_line).accepted


def test_taylor_does_not_use_hypotheses_that_may_fail_on_the_way():
    beyond = Domain({x: sp.Interval(-sp.oo, sp.oo)}, (sp.Ge(x, 2),))
    left = x**2 * (2 - x)  # negative from 2 on, but its second derivative is not of one sign between 0 and x
    assert not Taylor(x, 0, 2).check(left, sp.Le, sp.S.Zero, beyond).accepted
    assert not Taylor(x, 0, 2).check(sp.S.Zero, sp.Le, -left - 1, beyond).accepted


def test_cases_take_the_branch_that_holds():
    condition = sp.Ge(x, y)
    indicator = sp.Piecewise((1, condition), (0, True))
    step = Cases(condition, where=Sign(), otherwise=Sign())
    assert step.check(indicator * (x - y), sp.Ge, sp.S.Zero, DOMAIN).accepted
    assert not step.check(indicator * (y - x), sp.Ge, sp.S.Zero, DOMAIN).accepted
    assert not Sign().check(indicator * (x - y), sp.Ge, sp.S.Zero, DOMAIN).accepted
    largest = Cases(condition, where=Algebra(), otherwise=Algebra())
    pieces = sp.Piecewise((x, condition), (y, True))
    assert largest.check(pieces + sp.Piecewise((y, condition), (x, True)), sp.Eq, x + y, DOMAIN).accepted
    found = largest.check(pieces, sp.Eq, x, DOMAIN)
    assert not found.accepted
    assert "Where x < y" in found.message
