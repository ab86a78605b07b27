"""Positive random features on the needle, simulated at any length: sums of n^(x^2/2) log-normal terms in log space.

The largest of r independent normals decide such a sum. The upper tail probabilities of the r normals, in order, are
partial sums of exponential variables over their total; the first TOP of them are drawn, the total is taken to be r,
which is right to a relative r^(-1/2), and turned into normal quantiles in log space, so that r = 10^5000 is no harder
than r = 10^5. The other r - TOP terms lie below the last one drawn; their sum is replaced by its conditional mean,
which is exact in the mean and right to a relative TOP^(-1/2) where they matter. Needle and rest share the frequencies,
as in the map.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, logsumexp, ndtri_exp

from theory.separation.kernels import favor as theory

TOP = 2048


def top_frequencies(log_r: float, draws: int, generator: np.random.Generator) -> NDArray[np.float64]:
    """The TOP largest of exp(log_r) independent standard normals, [draws, TOP], largest first."""
    gaps = generator.exponential(size=(draws, TOP))
    return -ndtri_exp(np.minimum(np.log(np.cumsum(gaps, axis=1)) - log_r, -1e-300))


def log_sum(tilt: float, log_r: float, top: NDArray[np.float64]) -> NDArray[np.float64]:
    """log of the sum of exp(tilt w) over exp(log_r) > TOP standard normals whose largest are `top`, for each draw."""
    last = top[:, -1]
    others = log_r + math.log1p(-TOP * math.exp(-log_r))  # log(r - TOP)
    below = others + tilt**2 / 2 + log_ndtr(last - tilt) - log_ndtr(last)
    return np.logaddexp(np.asarray(logsumexp(tilt * top, axis=1)), below)


@dataclass(frozen=True)
class Heights:
    """The needle construction for positive features: query and needle 1 + a, other keys 1, in units of sqrt(log n)."""

    log_n: float
    a: float

    def needle_weight(self, log_r: float, draws: int, generator: np.random.Generator) -> NDArray[np.float64]:
        """The weight that FAVOR+ with exp(log_r) features puts on the needle in its own row, for each draw."""
        unit, a = math.sqrt(self.log_n), self.a
        top = top_frequencies(log_r, draws, generator)
        log_gain = log_sum((2 + 2 * a) * unit, log_r, top) - log_sum((2 + a) * unit, log_r, top)
        log_gain -= (a + a**2 / 2) * self.log_n
        log_rest = self.log_n + math.log1p(-math.exp(-self.log_n))  # log(n - 1)
        return 1 / (1 + np.exp(np.minimum(log_rest - log_gain, 700.0)))


def exponent_at_half(log_n: float, a: float, draws: int = 200, seed: int = 0) -> float:
    """The rho for which the median weight on the needle with n^rho features is 1/2, by halving with common draws.

    log_n: of the length, which may be beyond every float. a: above the golden ratio. Raises ValueError where it is not.
    """
    if not a * (1 + a) > 1:
        raise ValueError(f"a = {a} is not above the golden ratio, so that no number of features finds the needle.")
    heights = Heights(log_n, a)
    low, high = 0.0, (2 + 2 * a) ** 2

    def median(rho: float) -> float:
        return float(np.median(heights.needle_weight(rho * log_n, draws, np.random.default_rng(seed))))

    least = math.log(4 * TOP) / log_n
    low = max(low, least)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if median(middle) >= 0.5 else (middle, high)
    return (low + high) / 2


def exponent_in_the_limit(a: float) -> float:
    """rho* = x*^2/2."""
    x = theory.early_threshold(a) if a * (a + 2) <= 2 else theory.late_threshold(a)
    return float(x) ** 2 / 2
