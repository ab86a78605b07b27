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
from theory.lemmas import exponential_series, exponential_series_bounds, exponential_series_last_term, stirling

ROOMS = (exponential_series, exponential_series_bounds, exponential_series_last_term, stirling)
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
        total, last = partial_sum(p, z), z**p / mp.factorial(p)
        slack = 1 + mp.mpf(10) ** -100
        assert total < mp.exp(z)
        earlier = (p - z + mp.sqrt((p - z) ** 2 + 4 * z)) / 2
        assert earlier <= partial_sum(p - 1, z) * mp.factorial(p - 1) / z ** (p - 1) * slack
        assert total * slack >= last * (1 + p * earlier / z)
        assert total >= (mp.e * z / p) ** p / (mp.e * mp.sqrt(p)) * (1 + p * earlier / z) / slack
        if z >= p:
            assert total <= (mp.e * z / p) ** p
            assert total <= last * (z + 1) / (z + 1 - p) * slack
        else:
            assert total >= mp.exp(z - 1) * (1 + 1 / mp.sqrt(p)) / slack
            assert partial_sum(p, 2 * p) <= (2 * mp.mpf(1)) ** p * mp.exp(p - z) * total
        assert mp.factorial(p) <= mp.e * mp.sqrt(p) * (p / mp.e) ** p * (1 + mp.mpf(10) ** -100)


def test_the_two_bounds_on_the_last_terms_meet_far_below_the_argument() -> None:
    """Both tend to 1/(1 - p/z) at a fixed p/z; at p = z they leave the factors that the docstring names."""
    share = exponential_series_last_term.last_share, exponential_series_last_term.share_beyond
    low, high = (float(one(10**6, 2 * 10**6)) for one in share)
    assert low == pytest.approx(2, rel=1e-5)
    assert high == pytest.approx(2, rel=1e-5)
    p = 3000
    with mp.workdps(30):
        exact = mp.factorial(p) * mp.exp(p) * mp.gammainc(p + 1, p, regularized=True) / mp.mpf(p) ** p
        low, high = (float(one(p, p)) / float(exact) for one in share)
    assert low == pytest.approx(float(mp.sqrt(2 / mp.pi)), rel=0.02)
    assert high == pytest.approx(float(mp.sqrt(2 * p / mp.pi)), rel=0.02)
