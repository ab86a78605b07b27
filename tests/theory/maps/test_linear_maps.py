"""What the catalogue says of linear and polynomial maps: claims that exist, costs as derived, identities that fit."""

# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from itertools import product
from math import comb

import pytest
import sympy as sp

from theory.claim import get, load
from theory.complexity.attention import FORMULAS, c, e
from theory.maps import feature_maps, inline, minimax, monomials, polynomial_features, taylor_kernel
from theory.maps.attention_map import block, d, n, p, r
from theory.maps.catalogue import catalogue
from theory.maps.vectors import Key, Query, i, written_out
from theory.reasons import ProductsToSums, identical

load("theory.maps")
MAPS = [m for room in (feature_maps, polynomial_features, inline) for m in room.MAPS]


@pytest.mark.parametrize("attention_map", MAPS, ids=lambda m: m.name)
def test_claims_and_symbols(attention_map) -> None:
    assert catalogue()[attention_map.name] is attention_map
    assert attention_map.claims
    for claim in attention_map.claims:
        assert get(claim).module.startswith("theory.maps.")
    free = {n, d, p, block, feature_maps.shifts}
    assert all(cost.operations.free_symbols | cost.memory.free_symbols <= free for cost in attention_map.costs.values())


@pytest.mark.parametrize("attention_map", MAPS, ids=lambda m: m.name)
def test_operations_are_those_of_the_products(attention_map) -> None:
    """Room `theory.complexity.attention`, with values of dimension d and the features of the map."""
    own = {r: attention_map.features, e: d}
    whole, chunked = (attention_map.costs[form].operations for form in ("whole", "chunked"))
    assert sp.expand(whole - FORMULAS["linear"].xreplace(own)) == 0
    cheaper = 2 * n * block * (attention_map.features - d) if attention_map in polynomial_features.MAPS else 0
    listed = FORMULAS["linear-chunked"].subs(c, n / block).xreplace(own)
    assert sp.expand(chunked + cheaper - listed) == 0
    assert attention_map.costs["recurrent"].operations == whole


def test_the_number_of_monomials() -> None:
    for dimension, degree in product((1, 2, 5), (0, 1, 4)):
        found = len(list(monomials.indices(dimension, range(degree + 1))))
        assert found == comb(dimension + degree, degree)
        assert found == polynomial_features.UP_TO_DEGREE.subs({d: dimension, p: degree})


def test_one_more_coordinate_makes_the_features_of_the_next_dimension() -> None:
    """The induction in `monomials`, carried out: from dimension 2 to 3, in degree 3."""
    (*q, x), (*k, y) = monomials.vectors(3)
    whole = monomials.expanded.subs(monomials.p, 3).doit()
    step = whole.subs({monomials.s: sum(a * b for a, b in zip(q, k, strict=True)), monomials.x: x, monomials.y: y})
    assert sp.expand(step - monomials.power_features(3, 3)) == 0


def test_odd_taylor_polynomials_are_negative_somewhere_and_even_ones_are_not() -> None:
    for degree in range(1, 7):
        at = taylor_kernel.partial_sum(degree, sp.Integer(-5)).doit()
        assert (at < 0) == (degree % 2 == 1)


def test_the_divided_difference_vanishes_on_quadratics() -> None:
    for power in range(4):
        pairs = enumerate(zip(minimax.WEIGHTS, minimax.POINTS, strict=True))
        total = sum(minimax.side(place) * weight * x**power for place, (weight, x) in pairs)
        assert (total == 0) == (power < 3)


def test_the_addition_theorem_accepts_nothing_else() -> None:
    domain = get("maps.cosformer.decomposition").domain
    reason, (a, b) = ProductsToSums(), sp.symbols("i j", integer=True, nonnegative=True)
    left = sp.cos(a) * sp.cos(b) + sp.sin(a) * sp.sin(b)
    assert reason.check(left, sp.Eq, sp.cos(a - b), domain).accepted
    assert not reason.check(left, sp.Eq, sp.cos(a + b), domain).accepted
    assert not reason.check(left, sp.Le, sp.cos(a - b), domain).accepted
    assert not reason.check(sp.cos(a), sp.Eq, sp.sin(a), domain).accepted


def test_nothing_is_known_of_a_coordinate_but_that_it_is_real() -> None:
    assert Query(i).is_real
    assert Query(i).is_nonnegative is None
    assert not identical(Query(i), Key(i), get("maps.linear.exponential-kernel").domain)
    assert written_out(sp.Sum(Query(i) * Key(i), (i, 1, 2)), {Query: [1, 2], Key: [3, 4]}) == 11
