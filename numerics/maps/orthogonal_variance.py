"""Cross moments measured: two frequencies of one block, as they are drawn, and the cosine of their sum."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax.numpy as jnp
import sympy as sp
from flint import arb
from jaxtyping import Array

from numerics.maps.bounded_means import Point, bounded_mean
from numerics.maps.frequencies import frequencies
from numerics.measure import exact
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.maps import orthogonal_variance as room
from theory.rigor.evaluate import enclose_at


def points(d: int) -> Callable[[Effort], Sequence[Point]]:
    """Squared lengths of z, which points along (1, .., 1); `--quick` keeps the first."""

    def chosen(effort: Effort) -> Sequence[Point]:
        found = [{"d": d, "delta": delta} for delta in (2, 1, 6)]
        return found[:1] if effort.quick else found

    return chosen


def half_wave(point: Point, key: Array) -> Array:
    """(1 + cos((w_1 + w_2).z))/2 for two frequencies of a block."""
    d = point["d"]
    w = frequencies(key, 2, d, dtype=jnp.float64)
    along = w.sum(axis=0).sum() * jnp.sqrt(point["delta"] / d)
    return (1 + jnp.cos(along)) / 2


def expected(claim: Claim, point: Point) -> arb:
    side: Any = claim.unfolded.rhs  # type: ignore[attr-defined]
    return exact(enclose_at((1 + side) / 2, {room.delta: sp.Integer(point["delta"])}))


for _d, _claim in room.wave_moments.items():
    evidence_for(_claim, Method.MEASURED)(bounded_mean(half_wave, expected, points(_d)))
