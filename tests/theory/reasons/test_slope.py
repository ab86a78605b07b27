"""The reason by the sign of a derivative: what it shows, and what it must not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy as sp

from theory.claim import Domain
from theory.reasons import Algebra, EvaluateSum
from theory.reasons.slope import Slope

x = sp.Symbol("x", real=True)
y = sp.Symbol("y", real=True)
p = sp.Symbol("p", integer=True, nonnegative=True)
j = sp.Symbol("j", integer=True, positive=True)
FROM_ZERO = Domain({x: sp.Interval(0, sp.oo)})


def accepted(reason: Slope, left: Any, relation: Any, right: Any, domain: Domain) -> bool:
    return reason.check(sp.sympify(left), relation, sp.sympify(right), domain).accepted


def test_the_exponential_lies_above_its_tangent() -> None:
    tangent = Slope(x, 0, lambda t: sp.exp(t) - 1)
    assert accepted(tangent, sp.exp(x), sp.Ge, 1 + x, FROM_ZERO)
    assert accepted(tangent, 1 + x, sp.Le, sp.exp(x), FROM_ZERO)
    assert not accepted(tangent, sp.exp(x), sp.Ge, 1 + x, Domain({x: sp.Interval(-1, sp.oo)}))


def test_a_strict_step_needs_a_difference_at_the_start_or_a_strict_slope_beyond_it() -> None:
    tangent = Slope(x, 0, lambda t: sp.exp(t) - 1)
    assert not accepted(tangent, sp.exp(x), sp.Gt, 1 + x, FROM_ZERO)  # they touch at 0
    assert accepted(tangent, sp.exp(x), sp.Gt, 1 + x, Domain({x: sp.Interval.open(0, sp.oo)}))
    assert accepted(tangent, 2 * sp.exp(x), sp.Gt, 1 + x, FROM_ZERO) is False  # another slope than the stated one
    assert accepted(Slope(x, 0, lambda t: 2 * sp.exp(t) - 1), 2 * sp.exp(x), sp.Gt, 1 + x, FROM_ZERO)


@pytest.mark.parametrize(
    ("slope", "left", "right", "domain", "why"),
    [
        (lambda t: t, sp.exp(x), 1 + x, FROM_ZERO, "not the derivative"),
        (lambda t: sp.cos(t), sp.sin(x), sp.Integer(0), FROM_ZERO, "the derivative has no sign"),
        (lambda t: 2 * t, x**2 - 1, sp.Integer(0), FROM_ZERO, "false at the start"),
        (lambda t: 1 / (2 - t) ** 2, 1 / (2 - x), sp.Rational(1, 2), FROM_ZERO, "a pole at 2, false beyond it"),
        (lambda t: sp.Integer(0), sp.floor(x), sp.Integer(0), FROM_ZERO, "not differentiable"),
        (lambda t: sp.sign(t - 1), sp.Abs(x - 1), sp.Integer(1), FROM_ZERO, "not differentiable at 1"),
    ],
)
def test_what_is_not_shown_is_rejected(slope: Callable, left: Any, right: Any, domain: Domain, why: str) -> None:
    assert not accepted(Slope(x, 0, slope), left, sp.Ge, right, domain), why


def test_the_slope_may_be_undefined_at_the_start() -> None:
    root = Slope(x, 0, lambda t: 1 / (2 * sp.sqrt(t)))
    assert accepted(root, sp.sqrt(x), sp.Ge, 0, FROM_ZERO)


def test_the_start_may_be_an_expression() -> None:
    domain = Domain({x: sp.Interval(0, sp.oo), y: sp.Interval(0, sp.oo)}, (sp.Le(y, x),))
    assert accepted(Slope(x, y, lambda t: 2 * t), x**2, sp.Ge, y**2, domain)
    unordered = Domain({x: sp.Interval(0, sp.oo), y: sp.Interval(0, sp.oo)})
    assert not accepted(Slope(x, y, lambda t: 2 * t), x**2, sp.Ge, y**2, unordered)
    assert not accepted(Slope(x, x / 2, lambda t: 2 * t), x**2, sp.Ge, x**2 / 4, domain)  # the start moves along


def test_equalities_and_unknown_symbols_are_rejected_with_a_sentence() -> None:
    assert "inequalities" in Slope(x, 0, lambda t: t).check(x, sp.Eq, x, FROM_ZERO).message
    assert "symbol of the domain" in Slope(y, 0, lambda t: t).check(x, sp.Ge, sp.S.Zero, FROM_ZERO).message


def test_a_sum_of_symbolic_length_by_its_telescoping_derivative() -> None:
    domain = Domain({x: sp.Interval(0, sp.oo), p: sp.Range(0, sp.oo)})
    poisson = sp.exp(-x) + sp.Sum(sp.exp(-x) * x**j / sp.factorial(j), (j, 1, p))

    def decreasing(power: sp.Expr) -> Slope:
        return Slope(
            x,
            0,
            lambda t: sp.exp(-t) * t**power / sp.factorial(power),
            by=lambda t: EvaluateSum(lambda last: sp.exp(-t) - sp.exp(-t) * t**last / sp.factorial(last)),
        )

    assert accepted(decreasing(p), poisson, sp.Le, 1, domain)
    assert not accepted(decreasing(p + 1), poisson, sp.Le, 1, domain)
    assert not accepted(decreasing(p), poisson, sp.Le, sp.Rational(99, 100), domain)


def test_the_reason_for_the_derivative_counts() -> None:
    class Refuses(Algebra):
        def check(self, left, relation, right, domain):  # type: ignore[no-untyped-def]
            return super().check(left, relation, right + 1, domain)

    assert not accepted(
        Slope(x, 0, lambda t: sp.exp(t) - 1, by=lambda t: Refuses()), sp.exp(x), sp.Ge, 1 + x, FROM_ZERO
    )
