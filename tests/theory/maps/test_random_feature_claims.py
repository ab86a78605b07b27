"""What the catalogue says of random and low-rank maps is there, and its formulas agree with independent ones."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from scipy.integrate import quad

from theory.claim import claims, get, load
from theory.maps import attention_map as symbols
from theory.maps.catalogue import catalogue
from theory.maps.feature_variance import shifted_variance, trigonometric_variance
from theory.maps.optimal_parameter import best_parameter, relative_second_moment
from theory.maps.orthogonal_variance import DIMENSIONS, confluent
from theory.maps.random_features import delta, kk, qq, score, sigma

load("theory.maps")
NAMES = ("random-fourier", "favor-positive", "favor-positive-iid", "favor-hyperbolic", "oprf", "linformer", "nystrom")


@pytest.mark.parametrize("name", NAMES)
def test_the_claims_of_a_map_exist(name: str) -> None:
    described = catalogue()[name]
    assert described.claims
    for claim_id in described.claims:
        assert get(claim_id).module.startswith("theory.maps.")
    free = {symbols.n, symbols.d, symbols.m, symbols.block}
    assert all(cost.operations.free_symbols | cost.memory.free_symbols <= free for cost in described.costs.values())


@pytest.mark.parametrize("d", DIMENSIONS)
def test_the_confluent_polynomial_is_kummers(d: int) -> None:
    for z in (sp.Rational(-7, 2), sp.Rational(1, 3), sp.Integer(5)):
        kummer = sp.hyper([d], [sp.Rational(d, 2)], z).evalf(30)
        assert abs(sp.exp(z).evalf(30) * confluent(d, z) - kummer) < 1e-20 * (1 + abs(kummer))


@pytest.mark.parametrize(("sigma", "d"), [(1, 2), (16, 64), (64, 64)])
def test_the_best_parameter_beats_its_neighbours(sigma: int, d: int) -> None:
    best = best_parameter(sp.Integer(sigma), sp.Integer(d)).evalf(30)

    def moment(a):
        return relative_second_moment(1 / (1 - 8 * a), sigma, d).evalf(30)

    assert best < 0
    for other in (2 * best, best / 2, sp.Integer(0), sp.Rational(1, 16)):
        assert moment(best) < moment(other)


@pytest.mark.parametrize(("q", "k"), [(0.3, 0.7), (-0.5, 0.8), (1.1, 1.0)])
def test_the_variance_of_shifted_cosines_is_that_of_the_integral(q: float, k: float) -> None:
    """One estimate e^(q^2/2 + k^2/2) 2 cos(w q + b) cos(w k + b): over w by quadrature, over b by eight equal phases.

    The mean over eight phases is exact, since the square is a trigonometric polynomial of degree 4 in b.
    """
    phases = np.arange(8) * np.pi / 4

    def moment(power: int) -> float:
        def density(w: float) -> float:
            estimate = np.exp((q**2 + k**2) / 2) * 2 * np.cos(w * q + phases) * np.cos(w * k + phases)
            return float((estimate**power).mean() * np.exp(-(w**2) / 2) / np.sqrt(2 * np.pi))

        return quad(density, -12, 12, epsabs=1e-13, limit=200)[0]

    exact = moment(2) - moment(1) ** 2
    scores = {"sigma": (q + k) ** 2, "delta": (q - k) ** 2, "score": q * k}
    assert moment(1) == pytest.approx(np.exp(q * k), rel=1e-10)
    assert float(shifted_variance(**scores, m=1)) == pytest.approx(exact, rel=1e-9)
    assert float(shifted_variance(**scores, m=4)) == pytest.approx(exact / 4, rel=1e-9)
    assert float(trigonometric_variance(**scores, m=1)) < exact * 0.99  # the shift is not free
    (stated,) = (claim for claim in claims("maps") if claim.id == "maps.random.shifted-variance")
    numbers = {"sigma": sp.Integer(5), "delta": sp.Integer(1), "score": sp.Integer(1), "m": sp.Integer(3)}
    squares = {qq: sp.Integer(2), kk: sp.Integer(1)}  # |q + k|^2 = 5 and |q - k|^2 = 1 for q.k = 1
    known = {sigma: numbers["sigma"], delta: numbers["delta"], score: numbers["score"], symbols.m: numbers["m"]}
    formula = stated.statement.args[1].subs(known | squares)
    assert sp.simplify(formula - shifted_variance(**numbers)) == 0


def test_ids_are_in_two_rooms() -> None:
    rooms = {claim.id.rsplit(".", 1)[0] for claim in claims("maps") if "random" in claim.id or "low-rank" in claim.id}
    assert rooms == {"maps.random", "maps.low-rank"}
