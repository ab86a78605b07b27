"""Other kernels as running code in float64: plain functions of the scores, and one-feature maps in linear time.

A kernel turns scores into weights, f = k(score), row-normalised, and is run by `network.outputs` as softmax is. A
feature phi of the row sums h_i = 1^T x_i has the kernel phi(h_i) phi(h_j), and its outputs

    c_i = phi(h_i) sum_j phi(h_j) x_j / (phi(h_i) sum_j phi(h_j))

take O(n d) operations: nothing of size n x n is built.

Rounding. All entries are non-negative, so every result is the exact one times a factor in G(k) of
`theory.rounding.allowance`, and `Map.output_error` counts k: a score has 2 * ENTRY_ROUNDINGS + d^2 + 1 roundings, a
row sum ENTRY_ROUNDINGS + d; a power multiplies them by p and adds p - 1, whatever the order of its multiplications;
Horner's scheme for T_p takes each power through p products with a score, p products, p quotients and p sums.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float64

from numerics.environment import prepare
from numerics.separation.self_attention.network import (
    DIVISION_ROUNDINGS,
    ENTRY_ROUNDINGS,
    UNIT_ROUNDOFF,
    Attention,
    linear,
    outputs,
)
from theory.rounding.allowance import exponent, row_normalisation_exponent
from theory.separation.self_attention.parameters import Parameters

prepare()

Feature = Callable[[Float64[Array, " n"]], Float64[Array, " n"]]


def normalised(values: Float64[Array, "*rows n"]) -> Float64[Array, "*rows n"]:
    """Non-negative kernel values, row-normalised; each row must have a positive one."""
    return values / values.sum(axis=-1, keepdims=True)


def polynomial(p: int) -> Attention:
    """score^p, row-normalised; p >= 0."""
    return lambda score: normalised(score**p)


def taylor(p: int) -> Attention:
    """T_p(score) = 1 + score + .. + score^p/p!, row-normalised, by Horner's scheme; p >= 0, scores >= 0."""

    def attention(score: Float64[Array, "*rows n"]) -> Float64[Array, "*rows n"]:
        total = jnp.ones_like(score)
        for j in range(p, 0, -1):
            total = 1 + total * (score / j)
        return normalised(total)

    return attention


def power(p: int) -> Feature:
    """(1^T x)^p."""
    return lambda heights: heights**p


def elu_plus_one(heights: Float64[Array, " n"]) -> Float64[Array, " n"]:
    """elu + 1 of the scalar query or key."""
    return jax.nn.elu(heights) + 1


def relu(heights: Float64[Array, " n"]) -> Float64[Array, " n"]:
    """max(., 0) of the scalar query or key."""
    return jax.nn.relu(heights)


def outputs_in_linear_time(matrix: Float64[Array, "n d"], feature: Feature) -> Float64[Array, "n d"]:
    """The outputs of attention with one feature of the row sums: one weighted sum of the tokens, for every row."""
    features = feature(matrix @ jnp.ones(matrix.shape[1], jnp.float64))
    summary, total = features @ matrix, features.sum()
    return features[:, None] * summary[None, :] / (features * total)[:, None]


@dataclass(frozen=True)
class Map:
    """A map to run. run: from tokens to outputs. output_exponent: k v of an output entry, given n and d."""

    name: str
    run: Callable[[Float64[Array, "n d"]], Float64[Array, "n d"]]
    output_exponent: Callable[[int, int], float]

    def output_error(self, parameters: Parameters) -> float:
        """The largest relative error of an entry of the outputs."""
        return math.expm1(self.output_exponent(parameters.n, parameters.d) * 1.01)


def kernel_map(name: str, attention: Attention, of_value: Callable[[int], int]) -> Map:
    """A kernel of the scores by way of the tensor trick; of_value: roundings of a score -> of a kernel value."""

    def output_exponent(n: int, d: int) -> float:
        value = of_value(2 * ENTRY_ROUNDINGS + d * d + 1)
        weight = row_normalisation_exponent(value, n, DIVISION_ROUNDINGS, UNIT_ROUNDOFF)
        return float(weight + exponent(ENTRY_ROUNDINGS + n, UNIT_ROUNDOFF))

    return Map(name, lambda matrix: outputs(matrix, attention, kronecker=True), output_exponent)


def feature_map(name: str, feature: Feature, of_value: Callable[[int], int]) -> Map:
    """A feature of the row sums in linear time; of_value: roundings of a row sum -> of its feature."""

    def output_exponent(n: int, d: int) -> float:
        value = of_value(ENTRY_ROUNDINGS + d)
        summary, total, quotient = value + ENTRY_ROUNDINGS + n + 1, value + n, 2 + DIVISION_ROUNDINGS
        return float(exponent(summary + total + quotient, UNIT_ROUNDOFF))

    return Map(name, lambda matrix: outputs_in_linear_time(matrix, feature), output_exponent)


def polynomial_map(p: int) -> Map:
    """The kernel score^p by way of all n^2 scores."""
    return kernel_map(f"score^{p}", polynomial(p), lambda score: p * score + max(p - 1, 0))


def taylor_map(p: int) -> Map:
    """The kernel T_p of the scores."""
    return kernel_map(f"T_{p}(score)", taylor(p), lambda score: p * (score + 2 + DIVISION_ROUNDINGS) + 1)


def power_map(p: int) -> Map:
    """The kernel score^p as one feature, in linear time."""
    return feature_map(f"(1^T x)^{p}", power(p), lambda height: p * height + max(p - 1, 0))


LINEAR = kernel_map("linear", linear, lambda score: score)
RELU = feature_map("relu", relu, lambda height: height)
ELU_PLUS_ONE = feature_map("elu + 1", elu_plus_one, lambda height: height + 1)
