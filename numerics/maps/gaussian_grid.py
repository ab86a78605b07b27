"""Expectations over Gaussian frequencies by the trapezoidal rule, which errs in the last digits only.

For f(w) = e^(a w^2 + (s + i z) w) and the standard normal density, Poisson's summation formula gives

    h sum_j f(jh) density(jh) = E f sum_l exp(-2 pi^2 l^2 v/h^2 + 2 pi i l (s + i z) v/h),    v = 1/(1 - 2a),

over all integers l, so the error is at most 2 sum_(l >= 1) exp(-2 pi^2 l^2 v/h^2 + 2 pi l |z| v/h) times |E f|. What is
cut off beyond |w| = R is at most P[|N| > (R - |s| v)/sqrt v] times E |f|. Random draws would need as many trials as
the variance over the squared accuracy, which for such heavy-tailed estimates is hopeless.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

STEP = 2.0**-2
REACH = 16.0


@dataclass(frozen=True)
class Grid:
    """Points [N, k] that stand for draws of k independent standard normal numbers, and their weights [N].

    The weights are floats with a relative error of at most `weight_error`.
    """

    points: NDArray[np.float64]
    weights: NDArray[np.float64]
    weight_error: float


def grid(k: int) -> Grid:
    """The grid for k numbers; (2 REACH/STEP + 1)^k points."""
    axis = np.arange(-REACH, REACH + STEP, STEP)
    log_weights = -(axis**2) / 2 + math.log(STEP / math.sqrt(2 * math.pi))
    points = np.array(list(product(axis, repeat=k)))
    exponents = np.array([math.fsum(parts) for parts in product(log_weights, repeat=k)])
    # the exponents are off by three roundings of numbers below REACH^2/2 + 3, and exp by less than four units
    error = k * 4 * 2.0**-53 * (REACH**2 / 2 + 3) + 8 * 2.0**-53
    return Grid(points, np.exp(exponents), error)


def relative_error(k: int, growth: float = 0.0, wave: float = 0.0, quadratic: float = 0.0) -> float:
    """A bound on the error of the rule for E exp(a |w|^2 + (s + i z).w), relative to E of the absolute value.

    growth, wave: bounds on the entries of s and z. quadratic: a < 1/2. Raises ValueError where the bound exceeds 1e-13:
    such a point is no place to measure.
    """
    variance = 1 / (1 - 2 * quadratic)
    aliasing = 2 * math.fsum(
        math.exp(-2 * (math.pi * turns / STEP) ** 2 * variance + 2 * math.pi * turns * wave * variance / STEP)
        for turns in range(1, 6)
    )
    cut = math.erfc((REACH - growth * variance) / math.sqrt(2 * variance))
    bound = 1.01 * k * (aliasing + cut)  # the terms beyond the fifth, and the errors of k factors multiplied together
    if not bound <= 1e-13:
        raise ValueError(f"The rule errs by up to {bound:.3g} here; choose smaller vectors.")
    return bound
