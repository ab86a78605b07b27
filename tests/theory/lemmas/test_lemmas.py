"""Every lemma is proved, and the same check refutes each of its spoiled variants."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from theory.claim import claims
from theory.evidence import Method, Verdict, check_for, gather
from theory.headline import Headline, headline
from theory.lemmas import concentration, exponential, probability

LEMMAS = [
    exponential.cosh_gaussian,
    probability.union,
    probability.power_monotone,
    concentration.hoeffding_signs,
    concentration.symmetric_half,
]


def test_this_file_covers_all_lemmas_of_these_rooms():
    rooms = {module.__name__ for module in (exponential, probability, concentration)}
    assert {c.id for c in claims("lemma") if c.module in rooms} == {c.id for c in LEMMAS}


@pytest.mark.parametrize("claim", LEMMAS, ids=lambda claim: claim.id)
def test_a_lemma_holds_and_its_spoiled_variants_fall(claim):
    found = gather(claim, Method.DERIVED)
    assert found.verdict is Verdict.HOLDS, found.finding.message
    foundations = dict.fromkeys(claim.rests_on, Headline.PROVED)
    assert headline(claim, [found], foundations) is Headline.PROVED
    for variant, methods in claim.variants():
        assert methods == {Method.DERIVED}
        spoiled = gather(variant, Method.DERIVED)
        assert spoiled.verdict is Verdict.REFUTED, spoiled.finding.message


@pytest.mark.parametrize("claim", LEMMAS, ids=lambda claim: claim.id)
def test_no_equality_of_a_derivation_survives_a_change_of_its_right_side(claim):
    check: Any = check_for(claim, Method.DERIVED)
    chain = check.build()
    for place, (relation, expression, reason) in enumerate(chain.steps):
        if relation is not sp.Eq:
            continue
        changed = (relation, expression * sp.Rational(1001, 1000), reason)
        steps = (*chain.steps[:place], changed, *chain.steps[place + 1 :])
        found = replace(chain, steps=steps).verify(claim.domain)
        assert not found.accepted
        assert found.message.startswith(f"Step {place + 1} (=)")


@pytest.mark.parametrize(("signs", "level"), [(1, 0), (1, 1), (2, 1), (5, 3), (8, 0), (9, sp.Rational(5, 2))])
def test_the_probability_is_the_one_counted_over_all_sign_patterns(signs, level):
    sums = [sum(2 * (pattern >> place & 1) - 1 for place in range(signs)) for pattern in range(2**signs)]
    counted = sp.Rational(sum(bool(total >= level) for total in sums), 2**signs)
    written = concentration.probability_at_least(level).subs(concentration.k, signs).doit()
    assert sp.simplify(written) == counted
