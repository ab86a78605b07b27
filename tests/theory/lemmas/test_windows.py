"""The lemmas about Gaussian windows and about counts up to half of their mean: proved, and true when counted out."""

from __future__ import annotations

from fractions import Fraction
from math import comb, exp, log
from statistics import NormalDist

import pytest
import sympy as sp

from theory.claim import claims
from theory.evidence import Verdict, gather
from theory.lemmas import binomial_half, gaussian_window

LEMMAS = [gaussian_window.mass, gaussian_window.fraction, gaussian_window.law, binomial_half.few]


def test_this_file_covers_all_lemmas_of_these_rooms() -> None:
    rooms = {gaussian_window.__name__, binomial_half.__name__}
    assert {c.id for c in claims("lemma") if c.module in rooms} == {c.id for c in LEMMAS}


@pytest.mark.parametrize("claim", LEMMAS, ids=lambda claim: claim.id)
def test_a_lemma_holds_and_its_spoiled_variants_fall(claim) -> None:
    import numerics.lemmas.gaussian_window  # noqa: F401  # registers the attack

    for method in claim.requires:
        found = gather(claim, method)
        assert found.verdict is Verdict.HOLDS, found.finding.message
    for variant, methods in claim.variants():
        for method in methods:
            assert gather(variant, method).verdict is Verdict.REFUTED


@pytest.mark.parametrize(("near", "far"), [(0, 1), (1, 3), (2, 2), (sp.Rational(1, 2), 6)])
def test_the_mass_of_a_window_is_that_of_the_normal_distribution(near, far) -> None:
    normal = NormalDist()
    assert float(gaussian_window.window(near, far)) == pytest.approx(normal.cdf(float(far)) - normal.cdf(float(near)))


@pytest.mark.parametrize(("events", "p"), [(1, Fraction(1, 2)), (7, Fraction(1, 3)), (20, Fraction(9, 10))])
@pytest.mark.parametrize("share", [Fraction(1), Fraction(1, 2)])
def test_few_events_are_counted_and_lie_below_the_bound(events: int, p: Fraction, share: Fraction) -> None:
    m = share * events * p
    counted = sum(comb(events, k) * p**k * (1 - p) ** (events - k) for k in range(events + 1) if 2 * k <= m)
    written = binomial_half.at_most(sp.Rational(m) / 2, sp.Integer(events), sp.Rational(p)).doit()
    assert written == sp.Rational(counted)
    assert counted <= exp(-(1 - log(2)) * m / 2)
