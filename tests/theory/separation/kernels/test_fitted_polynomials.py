"""Quadratics at the threshold, the series at every degree, and the polynomials that attain the bounds on the gain."""

from __future__ import annotations

import pytest
import sympy as sp
from flint import arb, ctx

from theory.rigor.evaluate import truth_at
from theory.rigor.truth import Truth
from theory.separation.kernels import fitted_polynomials, fitted_series, leading_term
from theory.separation.kernels.fitted_polynomials import B, largest_error, least_leading, quadratic, through
from theory.separation.kernels.polynomial import polynomial_gain
from theory.separation.self_attention.construction import a


def test_at_the_threshold_the_quadratic_with_the_worst_errors_is_a_straight_line() -> None:
    *_, last = through(B, largest_error(B), -1, 1, -1)
    assert sp.simplify(last.rewrite(sp.exp)) == 0
    assert sp.simplify(least_leading(B, largest_error(B)).rewrite(sp.exp)) == 0


def test_beyond_the_threshold_a_quadratic_turns_negative_and_its_gain_is_no_quotient_of_weights() -> None:
    at = fitted_polynomials.FAR_OFF
    inside = [truth_at(bound.xreplace(at), {}) for bound in fitted_polynomials.FITTED.values()]
    assert inside == [Truth.TRUE] * 6
    coefficients = [at[one] for one in fitted_polynomials.c]
    rest, needle = (quadratic(coefficients, sp.Integer(score)) for score in (60, 102))
    assert rest > 0 > needle


def coefficients_of_series(degree: int, bound: arb) -> list[arb]:
    """Of s^k, from the formula for the coefficients of Chebyshev's polynomials."""
    found = []
    for k in range(degree + 1):
        total = arb(0)
        for h in range((degree - k) // 2 + 1):
            twice = int(2 * fitted_series.coefficient(sp.Integer(k), sp.Integer(h))) if k + h else 1
            total += (-1) ** h * twice * bound.bessel_i(k + 2 * h)
        found.append(total / bound**k)
    return found


@pytest.mark.parametrize("degree", range(13))
def test_the_formula_is_that_of_chebyshevs_polynomials(degree: int) -> None:
    s = sp.Symbol("s")
    exact = sp.Poly(sp.chebyshevt(degree, s), s).all_coeffs()[::-1]
    for h in range(degree // 2 + 1):
        k = degree - 2 * h
        size = fitted_series.coefficient(sp.Integer(k), sp.Integer(h)) if degree else 1
        assert exact[k] == (-1) ** h * size


@pytest.mark.parametrize("degree", range(21))
def test_no_coefficient_of_the_series_is_negative_up_to_2_at_any_degree(degree: int) -> None:
    with ctx.workprec(256):
        for bound in (arb(1) / 8, arb(1), arb(2)):
            assert all(one > 0 for one in coefficients_of_series(degree, bound))


def test_on_a_longer_interval_one_is_negative() -> None:
    with ctx.workprec(256):
        assert coefficients_of_series(2, arb(7) / 2)[0] < 0


@pytest.mark.parametrize("degree", [1, 2, 5])
@pytest.mark.parametrize("sign", [-1, 1])
def test_the_bounds_on_the_gain_are_those_of_two_polynomials(degree: int, sign: int) -> None:
    height, score, size = sp.Rational(7, 10), sp.Integer(5), sp.Rational(3, 2)

    def value(z: sp.Expr) -> sp.Expr:
        return z**degree + sign * size * z ** (degree - 1)

    gain = value((1 + height) * score) / value(score)
    bound = leading_term.least_gain if sign > 0 else leading_term.most_gain
    power = polynomial_gain(a, degree).subs(a, height)
    assert gain == bound(height, degree, score, size)
    assert gain < power if sign > 0 else gain > power
