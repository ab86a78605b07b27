"""The simulated sums against sums that are written out, and the transition against its limit."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray
from scipy.special import logsumexp
from scipy.stats import ks_2samp

from numerics.probability import Count, compare
from numerics.separation.kernels.favor import (
    Heights,
    exponent_at_half,
    exponent_in_the_limit,
    log_sum,
    top_frequencies,
)
from theory.evidence import Verdict
from theory.lemmas import binomial_half
from theory.separation.kernels import favor_window

R = 100_000


def agreement(tilt: float, factor: int = 1) -> float:
    """The p-value for sums written out over R terms and sampled over factor R terms having one law."""
    generator = np.random.default_rng(0)
    written = [logsumexp(tilt * generator.standard_normal(R)) for _ in range(400)]
    log_r = math.log(factor * R)
    found: Any = ks_2samp(written, log_sum(tilt, log_r, top_frequencies(log_r, 400, generator)))
    return found.pvalue


@pytest.mark.parametrize("tilt", [4.0, 6.0])
def test_sums_have_the_law_of_sums_that_are_written_out(tilt: float) -> None:
    assert agreement(tilt) > 1e-4


def test_a_wrong_number_of_features_is_seen_in_the_law() -> None:
    assert agreement(6.0, factor=4) < 1e-4


def test_where_no_term_matters_the_sum_is_its_mean() -> None:
    sampled = log_sum(1.0, math.log(R), top_frequencies(math.log(R), 400, np.random.default_rng(0)))
    standard_error = math.sqrt((math.e - 1) / R)  # of the logarithm of the sum that is written out
    assert abs(np.mean(sampled) - (math.log(R) + 0.5)) < 4 * standard_error


@pytest.mark.parametrize("a", [0.7, 1.0, 2**0.5, 2.5])
def test_the_transition_tends_to_its_limit(a: float) -> None:
    found = [exponent_at_half(power * math.log(10), a, draws=51) for power in (30, 100, 1000)]
    gaps = [abs(rho - exponent_in_the_limit(a)) for rho in found]
    assert gaps[0] > gaps[1] > gaps[2]
    assert gaps[2] < gaps[0] / 10  # like (log n)^(-1) up to logarithms: a hundredth for thirty times the exponent


def test_softmax_finds_what_positive_features_miss() -> None:
    n, a = 200, 0.7
    gain = n ** (a * (1 + a))
    softmax = gain / (gain + n - 1)
    weights = Heights(math.log(n), a).needle_weight(math.log(R), 200, np.random.default_rng(0))
    assert np.median(weights) < softmax / 10


def test_below_the_golden_ratio_no_number_is_enough() -> None:
    with pytest.raises(ValueError, match="golden ratio"):
        exponent_at_half(100.0, 0.6)


@pytest.mark.parametrize("places", [2, 3])
def test_the_simulation_agrees_with_what_is_proved_at_1e20_tokens(places: int) -> None:
    """`missed-instance` and `found-instance`: n^2 features miss the needle, n^(9/2) find it, 9 times out of 10."""
    log_n, draws = 20 * math.log(10), 200
    weights = Heights(log_n, 1.0).needle_weight(places**2 / 2 * log_n, draws, np.random.default_rng(0))
    missed, found = np.mean(weights < 1 / 100), np.mean(weights > 99 / 100)
    assert (missed, found)[places - 2] >= 0.9
    assert (missed, found)[3 - places] <= 0.1


def test_the_sums_reach_the_level_of_the_window() -> None:
    """A window of width 1/5 in units of sqrt(log n), half of it expected: almost no sum stays below that level."""
    log_n, x, z, delta, gap = 20 * math.log(10), 2.0, 3.0, 0.2, 0.1
    v = x - gap
    width = delta * math.sqrt(log_n / (2 * math.pi))
    level = math.log(width / 2) + (x**2 / 2 - v**2 / 2 + z * (v - delta)) * log_n
    top = top_frequencies(x**2 / 2 * log_n, 400, np.random.default_rng(1))
    below = np.mean(log_sum(z * math.sqrt(log_n), x**2 / 2 * log_n, top) <= level)
    half = width / 2 * math.exp((x**2 - v**2) / 2 * log_n)
    assert below <= math.exp(-(1 - math.log(2)) * half)
    impossible = level + (x * z - (x**2 / 2 - v**2 / 2 + z * (v - delta)) + 0.2) * log_n
    assert np.mean(log_sum(z * math.sqrt(log_n), x**2 / 2 * log_n, top) <= impossible) > 0.9


def counts_in_a_window(features: int, draws: int) -> NDArray[np.int64]:
    """How many of independent frequencies lie in the window of width 1/2 below 1 at n = 20, for each draw."""
    unit = math.sqrt(math.log(20))
    frequencies = np.random.default_rng(0).standard_normal((draws, features))
    return np.sum((frequencies > unit / 2) & (frequencies <= unit), axis=1)


@pytest.mark.parametrize("level", range(4))
def test_a_window_holds_a_binomial_number_of_frequencies(level: int) -> None:
    """As `lemma.events.count-one-more` says; of two features more it would hold another number."""
    n, v, delta = favor_window.n, favor_window.v, favor_window.delta
    share = favor_window.in_window(v, delta).subs({n: 20, v: 1, delta: sp.Rational(1, 2)})
    features, draws = 20, 20_000
    found = Count.exactly(int(np.sum(counts_in_a_window(features, draws) <= level)), draws)
    exact: Any = binomial_half.at_most(sp.Integer(level), sp.Integer(features), share).doit()
    other: Any = binomial_half.at_most(sp.Integer(level), sp.Integer(features + 2), share).doit()
    assert compare(found, Fraction(str(sp.N(exact, 30)))).verdict is Verdict.HOLDS
    assert compare(found, Fraction(str(sp.N(other, 30)))).verdict is Verdict.REFUTED
