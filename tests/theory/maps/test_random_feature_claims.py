"""What the catalogue says of random and low-rank maps is there, and its formulas agree with independent ones."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.claim import claims, get, load
from theory.maps import attention_map as symbols
from theory.maps.catalogue import catalogue
from theory.maps.optimal_parameter import best_parameter, relative_second_moment
from theory.maps.orthogonal_variance import DIMENSIONS, confluent

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


def test_ids_are_in_two_rooms() -> None:
    rooms = {claim.id.rsplit(".", 1)[0] for claim in claims("maps") if "random" in claim.id or "low-rank" in claim.id}
    assert rooms == {"maps.random", "maps.low-rank"}
