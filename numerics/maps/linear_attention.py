"""Linear attention for any feature map: phi(q_i).phi(k_j) in place of a score, in O(n) time, with a constant state.

    o_i = sum_j phi(q_i).phi(k_j) v_j / sum_j phi(q_i).phi(k_j)          (or without the denominator)

A feature map returns phi(x) = exp(log_scale) values with values of moderate size, so that neither exponentials nor
high powers overflow. The scales of queries cancel in the quotient. Those of keys are taken out by a running maximum
over the past, never over the whole sequence: a maximum that sees the future would let a change in the last key move
earlier outputs. Features that are exponentials have a running maximum each (see `exponential_sums`).

Causal sums run over chunks: a triangle of scores inside a chunk, the state for everything before it. Their gradient
runs over the chunks again, forwards and backwards, and stores no state (see `causal_sums`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from numerics.maps.attention import Attention, divide, leaf, map_class, positive_integer
from numerics.maps.causal_sums import Sums, no_sums
from numerics.maps.features import FeatureMap, Features
from numerics.maps.inputs import ACCUMULATION, Inputs, accumulation, check_dtypes, one_token
from numerics.maps.kernel_sums import kernel_matrix, kernel_sums, with_ones, without_padding
from numerics.maps.total_sums import read, together, total_sums

__all__ = ["FeatureMap", "Features", "LinearAttention", "State"]


class State(NamedTuple):
    """What decoding keeps: sums over the keys so far of exp(log_scale - largest) phi(k) v^T and the same with 1 for v.

    products: [.., r, e + 1], the last column for the normaliser. largest: [..], the largest log_scale so far; of
    exponential features [.., r], the largest exponent of each. position: how many tokens were seen.
    """

    products: Float[Array, "... r e1"]
    largest: Float[Array, ...]
    position: Array


@map_class
class LinearAttention(Attention):
    """Linear attention with the given feature map.

    normalised: divide by the sum of the row; where that is exactly 0 (no key allowed, or no feature shared) the row
        is 0. Without it the scores themselves multiply the values.
    chunk: how many tokens a causal chunk holds; None for what takes the least work, see `kernel_sums`.
    least: what the sum of a row is replaced by where it is smaller; 0 for no such bound.
    """

    feature_map: FeatureMap = leaf()
    normalised: bool = True
    chunk: int | None = None
    least: float = 0.0

    def __post_init__(self) -> None:
        if self.chunk is not None:
            positive_integer(self.chunk, "chunk")
        if not self.least >= 0:
            raise ValueError(f"least = {self.least} must not be negative: it bounds the sum of a row from below.")

    def features(self, x: ArrayLike) -> Float[Array, "... n r"]:
        """phi(x) of keys x (.., n, d) at positions 0..n-1, in the dtype of the accumulation."""
        x = jnp.asarray(x)
        wide = ACCUMULATION[check_dtypes(x=x).name]
        return self.feature_map.key(x.astype(wide), jnp.arange(x.shape[-2])).whole()

    def _weights(self, inputs: Inputs) -> Float[Array, "... n m"]:
        products, exponent = kernel_matrix(self.feature_map, without_padding(inputs))
        return self._output(products, products.sum(axis=-1, keepdims=True), exponent)

    def _attend(self, inputs: Inputs) -> Float[Array, "... n e"]:
        inputs = without_padding(inputs)
        if not self.normalised:
            return _times(*kernel_sums(self.feature_map, inputs, inputs.v, self.chunk))
        sums, exponent = kernel_sums(self.feature_map, inputs, with_ones(inputs.v), self.chunk)
        return self._output(sums[..., :-1], sums[..., -1:], exponent)

    def _output(self, numerator: Array, denominator: Array, exponent: Array | None) -> Array:
        """Both times exp(exponent), and the quotient if the map is normalised."""
        if not self.normalised:
            return _times(numerator, exponent)
        if self.least > 0:
            bound = self.least if exponent is None else self.least * jnp.exp(-exponent)[..., None]
            denominator = jnp.maximum(denominator, bound)
        return divide(numerator, denominator)

    # ------------------------------------------------------------------------------------------------- decoding

    def initial_state(self, batch: tuple[int, ...], d: int, e: int, dtype: Any = jnp.float32) -> State:
        """The state before the first token. batch: the leading axes; d, e: dimensions of keys and values."""
        phi = self.feature_map
        nothing = no_sums(batch, phi.dimension(d), e + 1, accumulation(dtype), exponential=phi.exponential)
        return State(*nothing, jnp.zeros((), jnp.int32))

    def step(self, state: State, q: ArrayLike, k: ArrayLike, v: ArrayLike) -> tuple[Float[Array, "... e"], State]:
        """The output for one more token, q (.., d), k (.., d), v (.., e), and the state after it."""
        inputs = one_token(q, k, v, state.products.dtype)
        added = total_sums(1, self.feature_map, inputs.k, with_ones(inputs.v), first=state.position)
        sums = together(Sums(state.products, state.largest), added)
        output, exponent = read(1, self.feature_map, inputs.q, state.position, sums)
        output = self._output(output[..., :-1], output[..., -1:], exponent)
        return output[..., 0, :].astype(inputs.dtype), State(*sums, state.position + 1)


def _times(sums: Array, exponent: Array | None) -> Array:
    return sums if exponent is None else sums * jnp.exp(exponent)[..., None]
