"""A3, lower bound, attacked with the exact law of softmax."""

from __future__ import annotations

import numpy as np
import sympy as sp

from numerics.separation.self_attention.firing_bounds import NEAR, attack_on
from theory.separation.self_attention import firing_lower_bound as room
from theory.separation.self_attention.construction import d, eta
from theory.separation.self_attention.probabilities import SOFTMAX_ON_D1


def needle_fires(points: np.ndarray) -> np.ndarray:
    """1/(d-2) - x(a, N; eta), slightly less: the hypothesis of the lower bound."""
    length, dimension, height, weight, threshold = points.T
    gain = length ** (height * (1 + height))
    needed = (threshold * (length - 1) + weight - gain * (height + weight - threshold)) / (weight * length)
    return 1 / np.maximum(dimension - 2, 1) - needed - 1e-12


attack_on(room.softmax_lower, SOFTMAX_ON_D1, [NEAR | {d: 4, eta: sp.Rational(19, 20)}], needle_fires)
