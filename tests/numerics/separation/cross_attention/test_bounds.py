"""The bounds with the gains of the cross-attention needle: below the exact law, attained, and refuted when spoiled."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from numerics.separation.cross_attention.bounds import cross_corrected_bound, cross_explicit_bound, cross_fires_at_least
from theory.separation.cross_attention.law import cross_law
from theory.separation.cross_attention.logits import Logits
from theory.separation.self_attention.law import SILENT_FOUR, Network
from theory.separation.self_attention.parameters import Parameters

BASE = Parameters(n=1000, d=12, a0="1/20", a1=1, b="1/2", eta="3/5")
LOUD = Logits(kappa=4, l0=1)


def joint(parameters: Parameters, logits: Logits, m: int, degree: int = 1) -> Fraction:
    value = cross_law(parameters, logits, degree).success(Network.SOFTMAX_NEEDLE, SILENT_FOUR).probability(m).exact
    assert value is not None
    return value


def test_the_bounds_are_below_the_exact_law() -> None:
    applied = {"explicit": 0, "corrected": 0, "idle": 0}
    for t, d, kappa, eta, degree in product(
        (10, 60, 1000), (3, 12, 402), ("4", "1", "11/10"), ("1/10", "3/10", "3/5"), (1, 2)
    ):
        parameters, logits = BASE.replace(n=t * (d - 2), d=d, eta=eta), Logits(kappa=kappa, l0=1)
        fires = cross_law(parameters, logits, degree).probability(Network.SOFTMAX_NEEDLE)
        assert cross_fires_at_least(parameters, logits) <= fires
        for m in (1, 30):
            exact = joint(parameters, logits, m, degree)
            explicit = cross_explicit_bound(parameters, logits, m, degree)
            corrected = cross_corrected_bound(parameters, logits, m, degree)
            assert 0 <= Fraction(explicit) <= exact
            assert corrected is None or Fraction(corrected) <= exact
            applied["explicit"] += explicit > 0
            applied["corrected"] += bool(corrected)
            applied["idle"] += corrected is None
    assert min(applied.values()) >= 10


def test_the_corrected_bound_begins_at_the_certified_length_and_is_attained() -> None:
    """At kappa = 4, l0 = a1 = 1, xi = 1/10 linear attention is silent from n = 190 on; then P4 = 1 - (7/8)^m."""
    assert cross_corrected_bound(BASE.replace(n=189), LOUD, 30) is None
    first = BASE.replace(n=190)
    bound = cross_corrected_bound(first, LOUD, 30)
    assert bound is not None
    assert cross_fires_at_least(first, LOUD) == Fraction(1, 8)
    assert 0 <= joint(first, LOUD, 30) - Fraction(bound) < Fraction(1, 10**15)
    assert 1 - Fraction(6, 7) ** 30 > joint(first, LOUD, 30)  # the bound with 1/7 in place of 1/8 is false
    assert joint(BASE.replace(n=180), LOUD, 30) < Fraction(bound)  # and without the silence so is this one


def test_without_a_needle_the_threshold_is_reached_by_a_high_token_in_a_short_sequence() -> None:
    """a0/n > xi: softmax on D0 fires on the all-plus pattern; at a0 = xi n it is a tie, and silent."""
    at = BASE.replace(n=10, d=3, a0=1, a1="1/100", tau="11/10")
    for n, silent in ((9, False), (10, True)):
        fires = cross_law(at.replace(n=n), LOUD).probability(Network.SOFTMAX_PLAIN) > 0
        assert fires is not silent
        assert (cross_corrected_bound(at.replace(n=n), LOUD, 5) is not None) is silent


def test_the_explicit_bound_says_something_in_a_large_dimension_only() -> None:
    published = BASE.replace(n=20_000, eta="1/10")
    bounds = [cross_explicit_bound(published.replace(d=d), LOUD, 30) for d in (12, 102, 402, 502)]
    assert bounds[:2] == [0, 0]
    assert 0.5 < bounds[2] < bounds[3] < float(joint(published.replace(d=502), LOUD, 30))


def test_mistakes_are_explained() -> None:
    with pytest.raises(ValueError, match="b > 0"):
        cross_explicit_bound(BASE.replace(b=0), LOUD, 5)
    with pytest.raises(ValueError, match="louder than the rest"):
        cross_explicit_bound(BASE, Logits(kappa="1/10", l0=1), 5)
