"""The lemmas about binomial terms and sums near 0: proved, spoiled variants refuted, and true when counted out."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import comb, sqrt
from typing import Any

import pytest
import sympy as sp

from theory.claim import claims
from theory.evidence import Method, Verdict, check_for, gather
from theory.headline import Headline, headline
from theory.lemmas import anticoncentration, binomial

LEMMAS = [
    binomial.central,
    binomial.mode,
    binomial.largest_term,
    anticoncentration.ramp,
    anticoncentration.lattice_count,
    anticoncentration.small_ball,
]


def test_this_file_covers_all_lemmas_of_these_rooms():
    rooms = {binomial.__name__, anticoncentration.__name__}
    assert {c.id for c in claims("lemma") if c.module in rooms} == {c.id for c in LEMMAS}


@pytest.mark.parametrize("claim", LEMMAS, ids=lambda claim: claim.id)
def test_a_lemma_holds_and_its_spoiled_variants_fall(claim):
    found = gather(claim, Method.DERIVED)
    assert found.verdict is Verdict.HOLDS, found.finding.message
    assert headline(claim, [found], dict.fromkeys(claim.rests_on, Headline.PROVED)) is Headline.PROVED
    for variant, _ in claim.variants():
        assert gather(variant, Method.DERIVED).verdict is Verdict.REFUTED


@pytest.mark.parametrize("claim", LEMMAS, ids=lambda claim: claim.id)
def test_no_equality_of_a_derivation_survives_a_change_of_its_right_side(claim):
    check: Any = check_for(claim, Method.DERIVED)
    chain = check.build()
    for place, (relation, expression, reason) in enumerate(chain.steps):
        if relation is not sp.Eq:
            continue
        changed = (relation, expression + sp.Rational(1, 1000), reason)
        found = replace(chain, steps=(*chain.steps[:place], changed), given=chain.given).verify(claim.domain)
        assert not found.accepted
        assert found.message.startswith(f"Step {place + 1} (=)")


@pytest.mark.parametrize("k", [*range(1, 12), 40, 41, 1000, 1001])
def test_the_bound_on_the_largest_term_is_tight_to_a_few_percent(k):
    h, r = divmod(k, 2)
    largest = max(Fraction(comb(k, j), 2**k) for j in range(k + 1))
    bound = 1 / sqrt(3 * (h + r) + 1)
    assert largest <= bound <= sqrt(2 / (3 * k + 2)) + 1e-15
    if k >= 40:
        assert largest >= 0.96 * bound


@pytest.mark.parametrize("k", [1, 2, 5, 8])
@pytest.mark.parametrize("N", [sp.Rational(1, 10), 1, sp.Rational(5, 2), 3, 20])
def test_the_statements_are_what_they_say(k, N):
    values = [2 * j - k for j in range(k + 1)]
    near = [value for value in values if abs(value) < N]
    counted: Any = anticoncentration.lattice_points(k, N)
    assert counted.doit() == len(near) <= N + 1
    ball: Any = anticoncentration.probability_within(k, N)
    assert ball.doit() == sum(sp.binomial(k, (value + k) // 2) for value in near) / sp.Integer(2) ** k
