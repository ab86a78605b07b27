"""What the measurements of fitted polynomials take for granted, and what they refuse."""

from __future__ import annotations

from itertools import pairwise

import pytest
import sympy as sp

from numerics.maps.exponential_polynomials import chebyshev, minimax
from numerics.measure import pinned_arithmetic
from numerics.separation.kernels import fitted_polynomials, leading_term, map_weights
from theory.claim import get


@pytest.mark.parametrize("point", fitted_polynomials.FITS, ids=str)
def test_the_quadratics_that_are_measured_are_within_the_error_that_makes_them_positive(point) -> None:
    assert fitted_polynomials.is_close(point)
    assert min(fitted_polynomials.coefficients(point)) > 0


def test_a_quadratic_that_is_too_far_from_exp_is_refused() -> None:
    assert not fitted_polynomials.is_close({"map": "chebyshev", "p": 2, "bound": "3/2"})  # at -3/2 it is 1.6 exp(-3/2)
    hypotheses = get("separation.kernels.fitted-usual").domain.hypotheses
    assert fitted_polynomials.is_fitted(minimax(2, 1.0)[0], hypotheses)
    assert not fitted_polynomials.is_fitted((1.0, 1.0, 0.25), hypotheses)


@pytest.mark.parametrize("degree", range(1, 13))
def test_the_running_series_has_no_negative_coefficient_up_to_2(degree: int) -> None:
    assert all(min(chebyshev(degree, bound)) > 0 for bound in (0.125, 1.0, 2.0))


def test_the_polynomials_in_the_measurement_of_the_limit_have_coefficients_of_either_sign_and_long_rows() -> None:
    maps = leading_term.FITS
    assert any(min(map_weights.instance_of(one).feature_map.coefficients()) < 0 for one in maps)
    for one in maps:
        for length, _ in leading_term.LONG:
            assert leading_term.size_of(one) < sp.log(length)
            assert sp.log(length) >= 3


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
def test_the_gain_of_the_running_series_is_at_most_that_of_the_power_and_nears_it(degree: int) -> None:
    gains = []
    with pinned_arithmetic():
        for length in (20, 100, 500):
            point = {"map": "chebyshev", "p": degree, "bound": "1", "row": 0, "n": length, "a": "7/10"}
            gains.append(float(map_weights.quotient(point)) - map_weights.quotient_error(point))
    assert all(one < two for one, two in pairwise([*gains, 1.7**degree]))
