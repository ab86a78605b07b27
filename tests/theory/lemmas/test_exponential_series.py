"""The bounds on partial sums of the exponential series and on the factorial, against numbers computed from scratch."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.claim import claims
from theory.evidence import Method, Verdict, gather
from theory.headline import Headline, headline
from theory.lemmas import exponential_series, exponential_series_bounds, stirling

ROOMS = (exponential_series, exponential_series_bounds, stirling)
LEMMAS = [claim for room in ROOMS for claim in claims("lemma") if claim.module == room.__name__]


@pytest.mark.parametrize("claim", LEMMAS, ids=lambda claim: claim.id)
def test_a_lemma_holds_and_its_spoiled_variants_fall(claim) -> None:  # type: ignore[no-untyped-def]
    found = gather(claim, Method.DERIVED)
    assert found.verdict is Verdict.HOLDS, found.finding.message
    assert headline(claim, [found], dict.fromkeys(claim.rests_on, Headline.PROVED)) is Headline.PROVED
    for variant, _ in claim.variants():
        spoiled = gather(variant, Method.DERIVED)
        assert spoiled.verdict is Verdict.REFUTED, spoiled.finding.message


def partial_sum(p: int, z: Any) -> Any:
    return mp.fsum(z**j / mp.factorial(j) for j in range(p + 1))


@given(st.integers(1, 60), st.fractions(min_value=1, max_value=90, max_denominator=30))
@settings(max_examples=80, deadline=None)
def test_the_bounds_hold_numerically_on_either_side_of_p(p: int, ratio) -> None:  # type: ignore[no-untyped-def]
    with mp.workdps(150):
        z = mp.mpf(ratio.numerator) / ratio.denominator
        total = partial_sum(p, z)
        assert total < mp.exp(z)
        assert total >= (mp.e * z / p) ** p / (mp.e * mp.sqrt(p))
        if z >= p:
            assert total <= (mp.e * z / p) ** p
        else:
            assert total >= mp.exp(z - mp.mpf(3) / 2) / mp.sqrt(z)
        assert mp.factorial(p) <= mp.e * mp.sqrt(p) * (p / mp.e) ** p * (1 + mp.mpf(10) ** -100)
