"""The cross-attention needle as it is written down, in float64: queries, keys, values, and their attention.

    queries  (queries, width)  every row is (L, 1, .., 1), with L = sqrt(log n)
    keys     (n, width)        the needle is (kappa L, 0, .., 0); any other key has l0 in one of columns 1..width-1
    values   (n, d)            the tokens of the self-attention needle, or +1 and -1, or random signs
    scores = queries keys^T,   weights = exp(scores), scores or scores^p, row-normalised,   output = weights values

so that the needle has the logit kappa log n for every query, and every other key l0. Nothing here uses that the scores
have two values. A map is named by its degree: None for softmax, p for the kernel (q . k)^p, 1 for linear attention.

Rounding. Entries, scores and weights are non-negative, so each computed weight is the exact one times a factor in G(k)
of `theory.rounding.allowance`; `weight_exponent` counts k. It assumes, as the self-attention network does, that
`math.log` errs by at most 2 u and `jnp.exp` by at most 8 u, relatively.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float64

from numerics.environment import prepare
from numerics.rounding.primitives import STATED_FLOAT64
from numerics.separation.self_attention.network import (
    DIVISION_ROUNDINGS,
    ENTRY_ROUNDINGS,
    UNIT_ROUNDOFF,
    linear,
    scale,
    softmax,
)
from theory.rounding.allowance import exponent, row_normalisation_exponent, softmax_exponent
from theory.separation.cross_attention.logits import Logits
from theory.separation.self_attention.parameters import exact_integer

prepare()

WIDTH = 4  # of queries and keys, where nothing else is asked for


def queries(n: int, count: int = 1, width: int = WIDTH) -> Float64[Array, "queries width"]:
    """`count` queries, which all read the same from the keys."""
    exact_integer(width, "width", 2)
    return jnp.ones((count, width), jnp.float64).at[:, 0].set(scale(n))


def keys(logits: Logits, n: int, needle: int | None = 0, width: int = WIDTH) -> Float64[Array, "n width"]:
    """One row per key; row `needle` (from 0) is the needle, None for keys without one.

    Raises ValueError unless 0 <= needle < n and width >= 2.
    """
    exact_integer(width, "width", 2)
    index = jnp.arange(n)
    matrix = jnp.zeros((n, width), jnp.float64)
    matrix = matrix.at[index, 1 + index % (width - 1)].set(float(logits.l0))
    if needle is None:
        return matrix
    if not 0 <= needle < n:
        raise ValueError(f"There is no key {needle} among n = {n}; take 0 <= needle < n, or None for no needle.")
    return matrix.at[needle].set(0.0).at[needle, 0].set(float(logits.kappa) * scale(n))


def attention_map(degree: int | None) -> Callable[[Float64[Array, "*rows n"]], Float64[Array, "*rows n"]]:
    """From scores to weights: softmax for None, else the kernel (q . k)^degree."""
    if degree is None:
        return softmax
    power = exact_integer(degree, "degree", 1)
    return lambda score: linear(jax.lax.integer_pow(score, power))


def attend(
    query: Float64[Array, "queries width"],
    key: Float64[Array, "n width"],
    value: Float64[Array, "n d"],
    degree: int | None,
) -> Float64[Array, "queries d"]:
    """The attention outputs, by way of the matrix of scores."""
    return attention_map(degree)(query @ key.T) @ value


def majority_values(n: int, needle: int = 0) -> Float64[Array, "n 1"]:
    """+1 at the needle, -1 elsewhere."""
    return jnp.full((n, 1), -1.0, jnp.float64).at[needle, 0].set(1.0)


def weight_exponent(logits: Logits, n: int, degree: int | None, width: int = WIDTH) -> float:
    """k v such that each computed weight is the exact one times a factor in G(k).

    A score is a sum of `width` non-negative products of two entries. For softmax a relative error of the scores moves
    each gap by at most that much times the largest score, once for each of two scores, and a gap enters a weight
    twice; a kernel (q . k)^p has p times the roundings of a score, and p - 1 of its own.
    """
    score = 2 * ENTRY_ROUNDINGS + width + 1
    if degree is not None:
        entry = degree * score + degree - 1
        return float(row_normalisation_exponent(entry, n, DIVISION_ROUNDINGS, UNIT_ROUNDOFF)) * 1.01
    largest = max(float(logits.kappa) * math.log(n), float(logits.l0)) * 1.01
    exponential = float(STATED_FLOAT64) * UNIT_ROUNDOFF
    weight = exponent(4 * score * largest, UNIT_ROUNDOFF) + softmax_exponent(
        largest, n, math.log(n) + 1, exponential, DIVISION_ROUNDINGS, UNIT_ROUNDOFF
    )
    return float(weight) * 1.01


def output_error(logits: Logits, n: int, degree: int | None, width: int = WIDTH) -> float:
    """The largest error of an output, over the largest value: the weights sum to 1, and a product adds n roundings.

    For non-negative values it is the largest relative error, where a value has at most ENTRY_ROUNDINGS of its own.
    """
    total = weight_exponent(logits, n, degree, width) + exponent(ENTRY_ROUNDINGS + n, UNIT_ROUNDOFF)
    return math.expm1(total) * 1.01
