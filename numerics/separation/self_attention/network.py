"""The needle network as it is written down, in float64: the tokens, the tensor trick, attention, and the read-out.

    A in R^(n x d),  scores = A X A^T with X all ones, by vec(A X A^T) = (A kron A) vec(X),
    f = exp(scores) or scores, row-normalised,   c_i = A^T f_i,   F = relu(sum_i sum_k relu(<c_i, y_k> - tau)).

Nothing here uses that the scores have few distinct rows; `simulation` does, and is checked against this. There are
three modes: with the Kronecker product (small n and d), with the n x n matrix, and row by row, which never holds it.

Rounding. All entries of A, the scores and the weights are non-negative, so every computed output is the exact one times
a factor in G(k) of `theory.rounding.allowance`; `output_exponent` counts k. It assumes that `math.log` errs by at most
2 u and `jnp.exp` by at most 8 u, relatively (stated, not proved: see `numerics.rounding.primitives`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float64

from numerics.environment import prepare
from numerics.rounding.primitives import STATED_FLOAT64
from theory.rounding.allowance import FLOAT64, exponent, row_normalisation_exponent, softmax_exponent
from theory.separation.self_attention.parameters import Parameters

prepare()

Attention = Callable[[Float64[Array, "*rows n"]], Float64[Array, "*rows n"]]

UNIT_ROUNDOFF = float(FLOAT64.unit_roundoff)
KRONECKER_ENTRIES = 1 << 24
ENTRY_ROUNDINGS = 4  # a sqrt(log n): 1 for a, 2/2 for log n under the root, 1 for the root, 1 for the product
DIVISION_ROUNDINGS = 2  # XLA may multiply by a rounded reciprocal


def scale(n: int) -> float:
    """L = sqrt(log n), the unit of length of the construction."""
    return math.sqrt(math.log(n))


def tokens(parameters: Parameters, a: Fraction, needle: int = 0) -> Float64[Array, "n d"]:
    """The matrix A of the dataset whose needle has height `a`: one row per token, row `needle` (from 0) is the needle.

    Raises ValueError unless d - 2 divides n and 0 <= needle < n.
    """
    parameters.require_literal()
    n, d, unit = parameters.n, parameters.d, scale(parameters.n)
    if not 0 <= needle < n:
        raise ValueError(f"There is no token {needle} among n = {n}; take 0 <= needle < n.")
    index = np.arange(n)
    matrix = np.zeros((n, d))
    matrix[needle, 0] = float(a) * unit
    matrix[index, 1 + index % (d - 2)] = float(parameters.b) * unit
    matrix[:, d - 1] = float(parameters.c) * unit
    return jnp.asarray(matrix, jnp.float64)


def scores_by_tensor_trick(matrix: Float64[Array, "n d"]) -> Float64[Array, "n n"]:
    """A X A^T with X all ones, as the vector (A kron A) vec(X). The Kronecker product is really built: n^2 x d^2.

    Raises ValueError if it would have more than 2^24 entries.
    """
    n, d = matrix.shape
    if (n * d) ** 2 > KRONECKER_ENTRIES:
        raise ValueError(
            f"The Kronecker product would have {(n * d) ** 2} entries; use `scores` for n = {n} and d = {d}."
        )
    return (jnp.kron(matrix, matrix) @ jnp.ones(d * d, jnp.float64)).reshape(n, n)


def scores(matrix: Float64[Array, "n d"], queries: Float64[Array, "rows d"] | None = None) -> Float64[Array, "rows n"]:
    """A X A^T with X all ones, as matrix products; only the rows of `queries` where these are given."""
    d = matrix.shape[1]
    return (matrix if queries is None else queries) @ jnp.ones((d, d), jnp.float64) @ matrix.T


def softmax(score: Float64[Array, "*rows n"]) -> Float64[Array, "*rows n"]:
    """exp(score), row-normalised; the largest score of a row is subtracted first."""
    weights = jnp.exp(score - score.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def linear(score: Float64[Array, "*rows n"]) -> Float64[Array, "*rows n"]:
    """score, row-normalised; the scores must be positive, as they are in the construction."""
    return score / score.sum(axis=-1, keepdims=True)


def outputs(matrix: Float64[Array, "n d"], attention: Attention, *, kronecker: bool = False) -> Float64[Array, "n d"]:
    """c_i = A^T f_i for all rows i at once, by way of the n x n matrix of scores."""
    return attention(scores_by_tensor_trick(matrix) if kronecker else scores(matrix)) @ matrix


def outputs_by_blocks(matrix: Float64[Array, "n d"], attention: Attention, rows: int = 256) -> Float64[Array, "n d"]:
    """The same for large n: `rows` rows of scores at a time, all n rows in turn.

    The loop is Python's on purpose: inside `jax.lax.map`, XLA on CPUs (jaxlib 0.10.2) miscompiles a softmax of
    q @ ones @ A^T and reads one entry of q in place of their sum.
    """
    blocks = [matrix[start : start + rows] for start in range(0, matrix.shape[0], rows)]
    return jnp.concatenate([attention(scores(matrix, block)) @ matrix for block in blocks])


def read_out(output: Float64[Array, "n d"], signs: Float64[Array, "m d"], tau: float) -> Float64[Array, ""]:
    """F = relu(sum over rows i and neurons k of relu_tau(<c_i, y_k>)), where relu_tau(z) = max(z - tau, 0)."""
    return jax.nn.relu(jax.nn.relu(output @ signs.T - tau).sum())


def output_exponent(parameters: Parameters, a: Fraction, attention: Attention) -> float:
    """k v such that each entry of `outputs` is the exact one times a factor in G(k), in any of the three modes.

    A score is a sum of d^2 non-negative products A_ik X_kl A_jl, so it has 2 * ENTRY_ROUNDINGS + d^2 + 1 roundings. For
    softmax a relative error of the scores moves each gap by at most that much times the largest score, (1+a)^2 log n,
    once for each of the two scores, and a gap enters a weight twice: in its numerator and in its sum.
    """
    n, d = parameters.n, parameters.d
    score = 2 * ENTRY_ROUNDINGS + d * d + 1
    if attention is linear:
        weight = row_normalisation_exponent(score, n, DIVISION_ROUNDINGS, UNIT_ROUNDOFF)
    else:
        largest = float((1 + a) ** 2) * math.log(n) * 1.01
        exponential = float(STATED_FLOAT64) * UNIT_ROUNDOFF
        weight = exponent(4 * score * largest, UNIT_ROUNDOFF) + softmax_exponent(
            largest, n, math.log(n) + 1, exponential, DIVISION_ROUNDINGS, UNIT_ROUNDOFF
        )
    return float(weight + exponent(ENTRY_ROUNDINGS + n, UNIT_ROUNDOFF)) * 1.01


def output_error(parameters: Parameters, a: Fraction, attention: Attention) -> float:
    """The largest relative error of an entry of `outputs`, where no weight underflows."""
    return math.expm1(output_exponent(parameters, a, attention))


def activation_error(parameters: Parameters, a: Fraction, attention: Attention) -> float:
    """The largest absolute error of a computed <c_i, y> - tau, for any signs y.

    The exact output has l1 norm at most (a + b + c) L = (1 + a) L, and its scalar product with y adds d roundings.
    """
    total = output_exponent(parameters, a, attention) + exponent(parameters.d + ENTRY_ROUNDINGS, UNIT_ROUNDOFF)
    return math.expm1(total) * float(1 + a + abs(parameters.tau)) * scale(parameters.n) * 1.01
