"""Polynomials in place of exp: Taylor's, Chebyshev's series cut off, and the best one on an interval.

Each function gives the coefficients c_0, .., c_p of c_0 + c_1 s + .. + c_p s^p. Taylor's are positive. Those on [-B, B]
may be negative, and the polynomial may be: it is positive on [-B, B] where its relative error is below 1.

    chebyshev   exp(s) = I_0(B) + 2 sum I_k(B) T_k(s/B), cut off after degree p: nearly the least absolute error
    minimax     the least relative error, max |P(s) exp(-s) - 1| over [-B, B]

The relative error is what attention needs: a row of weights is off by no more than a factor (1 + E)/(1 - E). Its
minimum is unique, and is attained where the error has p + 2 extrema of one size and alternating signs, since the
s^k exp(-s) are a Chebyshev system; the exchange algorithm of Remez (1934) finds it in a few steps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import mpmath
import numpy as np
from numpy.polynomial import chebyshev as series
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from numerics.maps.attention import positive_integer

EXCHANGES = 40
LEVELLED = 2.0**-30  # how far above the level that all extrema share the largest one may lie, beside rounding
LOST = 2.0**-7  # the share of the error that rounding may be
POINTS = 2049
LARGEST_BOUND = 300.0  # so that exp(2 bound) is finite


def taylor(degree: int) -> tuple[float, ...]:
    """1/k! for k = 0..degree."""
    return tuple(1 / math.factorial(k) for k in range(positive_integer(degree, "degree") + 1))


@lru_cache
def chebyshev(degree: int, bound: float) -> tuple[float, ...]:
    """The series of exp on [-bound, bound] in Chebyshev polynomials, up to `degree`, with more digits than cancel."""
    b = mpmath.mpf(positive_bound(bound))
    with mpmath.workdps(40 + positive_integer(degree, "degree")):
        total = [mpmath.mpf(0)] * (degree + 1)
        before, here = [1], [0, 1]  # the coefficients of T_k and T_(k + 1)
        for k in range(degree + 1):
            moment = (2 if k else 1) * mpmath.besseli(k, b)
            total = [t + moment * c for t, c in zip(total, before + [0] * (degree - k), strict=True)]
            padded = before + [0] * (len(here) + 1 - len(before))
            before, here = here, [2 * c - a for c, a in zip([0, *here], padded, strict=True)]
        return tuple(float(t / b**k) for k, t in enumerate(total))


@lru_cache
def minimax(degree: int, bound: float) -> tuple[tuple[float, ...], float]:
    """The polynomial with the least relative error to exp on [-bound, bound], and that error.

    Raises ValueError where float64 does not level the extrema of the error: for a bound so large that the polynomial
    is lost in its own rounding where exp is smallest, or an error that is itself as small as rounding.
    """
    positive_integer(degree, "degree")
    positive_bound(bound)
    signs = (-1.0) ** np.arange(degree + 2)
    points = np.cos(np.pi * np.arange(degree + 1, -1, -1) / (degree + 1))
    for _ in range(EXCHANGES):
        # P(t) exp(-bound t) + sign E = 1 at the points, scaled so that no column is large
        columns = np.exp(-bound * points)[:, None] * series.chebvander(points, degree)
        columns = np.concatenate([columns, signs[:, None]], axis=1)
        sizes = np.abs(columns).max(axis=0)
        try:
            *coefficients, level = np.linalg.solve(columns / sizes, np.ones(degree + 2)) / sizes
        except np.linalg.LinAlgError:
            break
        points, largest = _extrema(np.asarray(coefficients), bound, degree + 2)
        # the sum of the terms is largest relative to exp(bound t) at the lower end, where no T_k exceeds 1
        rounding = (degree + 2) * 2.0**-52 * (1 + math.exp(bound) * np.abs(coefficients).sum())
        if len(points) < degree + 2 or rounding > LOST * abs(level):
            break
        if largest <= abs(level) * (1 + LEVELLED) + 2 * rounding:
            return _in_powers(np.asarray(coefficients), bound), float(largest)
    raise ValueError(
        f"The best polynomial of degree {degree} on [-{bound}, {bound}] is lost in the rounding of float64; "
        f"choose a smaller bound, or a smaller degree."
    )


def _extrema(coefficients: NDArray, bound: float, number: int) -> tuple[NDArray, float]:
    """`number` extrema of alternating signs of the relative error, the largest among them, and its size."""

    def error(t: Any) -> Any:
        return series.chebval(t, coefficients) * np.exp(-bound * t) - 1

    grid = np.cos(np.pi * np.arange(POINTS - 1, -1, -1) / (POINTS - 1))
    values = error(grid)
    pieces = np.split(np.arange(POINTS), np.flatnonzero(np.diff(np.sign(values))) + 1)
    found = [_largest(error, grid, piece[np.argmax(np.abs(values[piece]))]) for piece in pieces]
    while len(found) > number:  # one at either end, which keeps the signs alternating
        found.pop(0 if abs(error(found[0])) < abs(error(found[-1])) else -1)
    return np.asarray(found), float(max(abs(error(t)) for t in found))


def _largest(error: Callable[[Any], Any], grid: NDArray, place: int) -> float:
    """The place of the largest error between the neighbours of a point of the grid."""
    low, high = grid[max(place - 1, 0)], grid[min(place + 1, POINTS - 1)]
    found: Any = minimize_scalar(lambda t: -abs(error(t)), bounds=(low, high), method="bounded")
    inside = float(found.x)
    return max((inside, low, high, grid[place]), key=lambda t: abs(error(t)))


def _in_powers(coefficients: NDArray, bound: float) -> tuple[float, ...]:
    """Coefficients of T_k(s/bound) as coefficients of s^k."""
    powers = series.cheb2poly(coefficients)
    return tuple(float(c) for c in powers / bound ** np.arange(len(powers)))


def positive_bound(bound: float) -> float:
    """`bound` as a float. Raises ValueError unless it is positive and at most 300."""
    if isinstance(bound, bool) or not (isinstance(bound, int | float) and 0 < bound <= LARGEST_BOUND):
        raise ValueError(
            f"bound = {bound!r} must be positive and at most {LARGEST_BOUND}: scores are to lie in [-bound, bound]."
        )
    return float(bound)
