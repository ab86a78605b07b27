"""The bias of an unfixed QR measured: positive features at the first column of the Q that LAPACK leaves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import sympy as sp
from flint import arb
from jaxtyping import Array

from numerics.maps.bounded_means import Point, bounded_mean
from numerics.maps.linear_attention import LinearAttention
from numerics.maps.random_features import Positive
from numerics.measure import exact
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.maps import orthogonal_features as room
from theory.maps.random_features import kk, qq, score
from theory.rigor.evaluate import enclose_at


def points(effort: Effort) -> Sequence[Point]:
    """q = k = (x, 0, .., 0) with x > 0, where the estimate over e^(q.k) is at most 1."""
    found = [{"d": 3, "x": 0.5}, {"d": 2, "x": 0.25}, {"d": 8, "x": 1.0}]
    return found[:1] if effort.quick else found


def relative_estimate(point: Point, key: Array) -> Array:
    """phi(q).phi(k)/e^(q.k) of one positive feature, its frequency from a QR factorisation as it comes."""
    d, x = point["d"], point["x"]
    of_matrix, of_length = (jax.random.fold_in(key, number) for number in range(2))
    q, _ = jnp.linalg.qr(jax.random.normal(of_matrix, (d, d), jnp.float64))
    length = jnp.linalg.norm(jax.random.normal(of_length, (d,), jnp.float64))
    token = jnp.zeros((1, d)).at[0, 0].set(x)
    (phi,) = LinearAttention(Positive((length * q[:, 0])[None], scale=1.0)).features(token)
    return phi @ phi * jnp.exp(-(x**2))


def expected(claim: Claim, point: Point) -> arb:
    """The claimed mean over e^(q.k)."""
    square = sp.Rational(point["x"]) ** 2
    at = {qq: square, kk: square, score: square, room.first: 2 * sp.Rational(point["x"])}
    side: Any = claim.unfolded.rhs  # type: ignore[attr-defined]
    return exact(enclose_at(side / sp.exp(score), {s: sp.sympify(v) for s, v in at.items()}))  # type: ignore[arg-type]


for _claim in (room.unfixed_bias, room.unfixed_unbiased):
    evidence_for(_claim, Method.MEASURED)(bounded_mean(relative_estimate, expected, points))
