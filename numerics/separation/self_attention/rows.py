"""The few distinct rows of the four networks, as coefficients of a neuron's signs.

A row of gain N reads from a neuron, in units of L and with N kept as its logarithm,

    <c_i, y>/L - tau/L = a w y_1 + b om y_k + b (1-om)/(d-2) S + c y_d - (c + eta),                               (1)

    w = N/(N+n-1) = 1/(1 + exp(-z)),  om = w (1 - 1/N),  1-om = (1-w) n/(n-1),   z = log N - log(n-1),

and it fires where (1) is positive. A neuron enters only through y_1, y_k, y_d and the sum S of its d-2 middle signs;
softmax has two distinct rows, linear attention one (A0 and A1 of the theory). Lengths to 10^1000 and beyond do not
overflow.

Rounding. `margin` bounds the error of (1) computed in float64, in any order of its five terms: each coefficient is
right up to k roundings, and |S| <= d-2. Where |(1)| is within the margin, floats cannot tell whether the neuron fires.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from theory.rounding.allowance import FLOAT64, exponent
from theory.separation.self_attention.law import Network
from theory.separation.self_attention.parameters import Parameters

TERMS = 5  # four products and the threshold
OTHER_ROUNDINGS = 40


@dataclass(frozen=True)
class Rows:
    """The rows of the four networks, in the order of `Network`, as float64.

    coefficients: [networks, rows, 4], of the features (y_1, y_k, S, y_d). tau: the threshold in units of L, the same
    for all rows. margin: [networks], which bounds the error of (1).
    """

    coefficients: np.ndarray
    tau: float
    margin: np.ndarray


def softmax_log_gains(n: int, a: Fraction) -> tuple[float, float]:
    """log N of the needle's own row and of every other row: a(1+a) log n and a log n."""
    return float(a * (1 + a)) * math.log(n), float(a) * math.log(n)


def linear_log_gains(a: Fraction) -> tuple[float, float]:
    """log N = log(1+a), the same in every row."""
    return math.log1p(a), math.log1p(a)


def distinct_rows(parameters: Parameters) -> Rows:
    """The rows of the four networks; linear attention lists its one row twice."""
    n = parameters.n
    log_gains: Mapping[Network, tuple[Fraction, tuple[float, float]]] = {
        Network.SOFTMAX_NEEDLE: (parameters.a1, softmax_log_gains(n, parameters.a1)),
        Network.SOFTMAX_PLAIN: (parameters.a0, softmax_log_gains(n, parameters.a0)),
        Network.LINEAR_NEEDLE: (parameters.a1, linear_log_gains(parameters.a1)),
        Network.LINEAR_PLAIN: (parameters.a0, linear_log_gains(parameters.a0)),
    }
    chosen = [log_gains[network] for network in Network]
    coefficients = [[row_coefficients(parameters, a, log_gain) for log_gain in gains] for a, gains in chosen]
    margins = [max(row_margin(parameters, a, log_gain) for log_gain in gains) for a, gains in chosen]
    return Rows(np.array(coefficients), float(parameters.tau), np.array(margins))


def row_coefficients(parameters: Parameters, a: Fraction, log_gain: float) -> tuple[float, float, float, float]:
    """The coefficients of (1) for one row."""
    n, d = parameters.n, parameters.d
    z = log_gain - math.log(n - 1)
    weight = _logistic(z)
    contrast = -weight * math.expm1(-log_gain)
    rest = _logistic(-z) * (n / (n - 1))
    b, c = float(parameters.b), float(parameters.c)
    return float(a) * weight, b * contrast, b * rest / (d - 2), c


def row_margin(parameters: Parameters, a: Fraction, log_gain: float) -> float:
    """A bound on the error of (1) computed from `row_coefficients`.

    The C library's log, log1p, exp and expm1 are taken to err by at most 4 u. Then log N has at most 8 roundings
    relative to its size and log(n-1) has 4, so z is off by at most (9 |log N| + 5 log(n-1)) u, a factor of as many
    roundings on exp(z), and at most twice as many on w and 1-w. At most 40 more are those of the functions and
    products, and 2 * 5 those of the final sum of products.
    """
    from_logarithms = 9 * abs(log_gain) + 5 * math.log(parameters.n - 1)
    roundings = 2 * from_logarithms + OTHER_ROUNDINGS + 2 * TERMS
    size = float(a + 1 + abs(parameters.tau))
    return math.expm1(exponent(roundings, float(FLOAT64.unit_roundoff))) * size * 1.01


def _logistic(z: float) -> float:
    """1/(1 + exp(-z)) without overflow, to full relative accuracy on both sides."""
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))
