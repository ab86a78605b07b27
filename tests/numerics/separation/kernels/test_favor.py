"""The simulated sums against sums that are written out, and the transition against its limit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import ks_2samp

from numerics.separation.kernels.favor import (
    Heights,
    exponent_at_half,
    exponent_in_the_limit,
    log_sum,
    top_frequencies,
)

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
