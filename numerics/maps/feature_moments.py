"""The first two moments of what random feature maps estimate, from the running code: its estimates on a grid.

The map is run with the points of the grid as its frequencies, as if these had been drawn, and the estimates
phi(q).phi(k) are averaged with the weights of the grid. Nothing is sampled.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numerics.maps.gaussian_grid import grid, relative_error
from numerics.maps.linear_attention import LinearAttention
from numerics.maps.random_features import Hyperbolic, Optimal, Positive, RandomFeatures, Trigonometric
from numerics.maps.running_error import FUNCTION, WIDE, Approximate, Rounding
from numerics.rounding.primitives import lookup
from theory.claim import Claim
from theory.evidence import Effort
from theory.maps.attention_map import d, m
from theory.maps.random_features import A, kk, qq, score
from theory.rigor.evaluate import enclose_at

Point = Mapping[str, Any]
KINDS: Mapping[str, type[RandomFeatures]] = {
    "trigonometric": Trigonometric, "positive": Positive, "hyperbolic": Hyperbolic, "optimal": Optimal,
}  # fmt: skip


def points(kind: str) -> Callable[[Effort], Sequence[Point]]:
    """Pairs of vectors in one and two dimensions, at one and two frequencies; `--quick` keeps the first two."""

    def chosen(effort: Effort) -> Sequence[Point]:
        pairs = [([0.75], [0.5]), ([1.25], [-0.5]), ([0.5, -0.25], [1.0, 0.75]), ([-0.5, 1.0], [0.75, -0.5])]
        found = [
            {"kind": kind, "q": q, "k": k, "m": 2 // len(q), **({"a": a} if kind == "optimal" else {})}
            for a, (q, k) in zip((0.0, -0.125, -0.375, 0.03125), pairs, strict=True)
        ]
        return found[1:3] if effort.quick else found

    return chosen


def symbols(point: Point) -> dict[sp.Symbol, sp.Expr]:
    """The point in the symbols of the claims, exactly."""
    q, k = ([sp.Rational(x) for x in point[name]] for name in ("q", "k"))
    values = {
        qq: sum(x * x for x in q), kk: sum(x * x for x in k), score: sum(x * y for x, y in zip(q, k, strict=True)),
        m: point["m"], d: len(q), A: sp.Rational(point.get("a", 0.0)),
    }  # fmt: skip
    return {symbol: sp.sympify(value) for symbol, value in values.items()}


def reference(claim: Claim, point: Point, bits: int, more: Mapping[sp.Symbol, sp.Expr] | None = None) -> Any:
    """What the right-hand side of the claim says at the point, in Arb."""
    known = symbols(point) | dict(more or {})
    ranged = {symbol: known[symbol] for symbol in claim.domain.ranges}
    return enclose_at(claim.unfolded.rhs, ranged, bits)  # type: ignore[attr-defined]


def estimates(point: Point) -> NDArray[np.float64]:
    """phi(q).phi(k) as the map computes it, for every point of the grid."""
    frequencies = jnp.asarray(_frequencies(point))
    both = jnp.asarray([point["q"], point["k"]], jnp.float64)
    options = {"a": point["a"]} if point["kind"] == "optimal" else {}

    def one(w: Any) -> Any:
        phi = LinearAttention(KINDS[point["kind"]](w, scale=1.0, **options)).features(both)
        return phi[0] @ phi[1]

    return np.asarray(jax.jit(jax.vmap(one))(frequencies))


def _frequencies(point: Point) -> NDArray[np.float64]:
    rows, dimension = point["m"], len(point["q"])
    return grid(rows * dimension).points.reshape(-1, rows, dimension)


@dataclass(frozen=True)
class Moment:
    """E X or E X^2 as the running code gives it, and how far it may be from the exact value."""

    value: float
    allowance: float


def moment(point: Point, power: int) -> Moment:
    """E of the estimate to the power 1 or 2."""
    found, roundings = estimates(point), estimate_errors(point)
    over = grid(_frequencies(point)[0].size)
    terms = over.weights * found**power
    carried = np.abs(found) ** (power - 1) * roundings * power + roundings**power
    size = float(np.abs(terms).sum())
    rounding = float((over.weights * carried).sum()) + (over.weight_error + 2.0**-50) * size
    beyond = _quadrature(point, power) * _largest_mean(point, power, size)
    return Moment(math.fsum(terms), 1.01 * (rounding + beyond))


def variance(point: Point) -> Moment:
    """E X^2 - (E X)^2."""
    first, second = moment(point, 1), moment(point, 2)
    allowed = second.allowance + (2 * abs(first.value) + first.allowance) * first.allowance
    return Moment(second.value - first.value**2, allowed + 2.0**-51 * second.value)


def _quadrature(point: Point, power: int) -> float:
    """The relative error of the grid for the estimates and their products up to this power."""
    numbers, a = _frequencies(point)[0].size, point.get("a", 0.0)
    largest = float(sum(np.abs(point[name]).max() for name in ("q", "k")))
    if point["kind"] == "trigonometric":
        return relative_error(numbers, wave=power * largest)
    growth = largest * np.sqrt(1 - 4 * a)
    return sum(relative_error(numbers, growth=p * growth, quadratic=2 * p * a) for p in range(1, power + 1))


def _largest_mean(point: Point, power: int, size: float) -> float:
    """A bound on the mean of the absolute value of each exponential that the estimate is a sum of."""
    if point["kind"] != "trigonometric":
        return 2 * size  # they are positive, so their means add up to that of the estimate
    squares = sum(x * x for name in ("q", "k") for x in point[name])
    return float(np.exp(power * squares / 2))


def estimate_errors(point: Point) -> NDArray[np.float64]:
    """How far rounding may carry each estimate, by running error analysis of the formula.

    Raises AllowanceUnavailable on a machine whose exponential nobody has measured.
    """
    lookup("float64")
    rounding = Rounding(2.0**-53)
    w = rounding.exactly(_frequencies(point))
    q, k = (_features(rounding, point, w, rounding.exactly(np.array(point[name]))) for name in ("q", "k"))
    one = rounding.times(q, k)
    return np.asarray(rounding.total(one, axis=1).error[:, 0], np.float64)


def _features(rounding: Rounding, point: Point, w: Approximate, x: Approximate) -> Approximate:
    """phi(x) at every point of the grid, [N, r]."""
    column = Approximate(x.value[:, None], x.error[:, None])
    projected = rounding.product(w, column)[..., 0]
    half = rounding.times(rounding.total(rounding.times(x, x), axis=0), rounding.exactly(0.5))
    rows = point["m"]
    if point["kind"] == "trigonometric":
        waves = rounding.beside(rounding.function(np.cos, projected), rounding.function(np.sin, projected))
        waves = Approximate(waves.value, waves.error + rounding.gamma(FUNCTION))  # accurate relative to 1
        whole = rounding.times(_exponential(rounding, half, rows), waves)
    elif point["kind"] == "optimal":
        a = WIDE(point["a"])
        norms = rounding.total(rounding.times(w, w), axis=2)[..., 0]
        turned = rounding.times(projected, rounding.rounded(np.sqrt(1 - 4 * a), 4))
        exponent = rounding.plus(rounding.minus(turned, half), rounding.times(norms, rounding.rounded(a)))
        factor = rounding.rounded((1 - 4 * a) ** (WIDE(len(point["q"])) / 4), 16)
        whole = rounding.times(_exponential(rounding, exponent, rows), factor)
    else:
        opposite = Approximate(-projected.value, projected.error)
        parts = (projected, opposite) if point["kind"] == "hyperbolic" else (projected,)
        rows *= len(parts)
        whole = _exponential(rounding, rounding.beside(*(rounding.minus(part, half) for part in parts)), rows)
    return rounding.times(whole, rounding.rounded(WIDE(rows) ** WIDE(-0.5), 16))


def _exponential(rounding: Rounding, exponent: Approximate, rows: int) -> Approximate:
    """exp of what the map splits into the largest exponent, with log(rows)/2 taken off it, and the rest."""
    largest = exponent.size.max(axis=-1, keepdims=True) + np.log(WIDE(rows))
    return rounding.exp(Approximate(exponent.value, exponent.error + rounding.gamma(4) * largest))
