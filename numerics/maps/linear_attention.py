"""Linear attention for any feature map: phi(q_i).phi(k_j) in place of a score, in O(n) time, with a constant state.

    o_i = sum_j phi(q_i).phi(k_j) v_j / sum_j phi(q_i).phi(k_j)          (or without the denominator)

A feature map returns phi(x) = exp(log_scale) values with values of moderate size, so that neither exponentials nor
high powers overflow. The scales of queries cancel in the quotient. Those of keys are taken out by a running maximum
over the past, never over the whole sequence: a maximum that sees the future would let a change in the last key move
earlier outputs.

Causal sums run over chunks: a triangle of scores inside a chunk, the state for everything before it. Their gradient
runs over the chunks again, forwards and backwards, and stores no state (see `causal_sums`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from numerics.maps.attention import Attention, divide, leaf, map_class, positive_integer
from numerics.maps.causal_sums import causal_sums
from numerics.maps.inputs import ACCUMULATION, Inputs, check_dtypes


class Features(NamedTuple):
    """phi(x) = exp(log_scale) values. values: [.., n, r]. log_scale: [.., n], or None where it is 0 throughout."""

    values: Float[Array, "... n r"]
    log_scale: Float[Array, "... n"] | None = None

    def whole(self) -> Float[Array, "... n r"]:
        """phi(x) itself; it may overflow."""
        return self.values if self.log_scale is None else self.values * jnp.exp(self.log_scale)[..., None]


class FeatureMap(ABC):
    """phi, perhaps different for queries and keys, perhaps depending on the position of the token."""

    @abstractmethod
    def dimension(self, d: int) -> int:
        """r, the number of features of a head of dimension d."""

    @abstractmethod
    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        """phi of keys; positions: [n] integers."""

    def query(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        """phi of queries; that of keys unless a subclass says otherwise."""
        return self.key(x, positions)


class State(NamedTuple):
    """What decoding keeps: sums over the keys so far of exp(log_scale - largest) phi(k) v^T and the same with 1 for v.

    products: [.., r, e + 1], the last column for the normaliser. largest: [..], the largest log_scale so far.
    position: how many tokens were seen.
    """

    products: Float[Array, "... r e1"]
    largest: Float[Array, ...]
    position: Array


@map_class
class LinearAttention(Attention):
    """Linear attention with the given feature map.

    normalised: divide by the sum of the row; where that is exactly 0 (no key allowed, or no feature shared) the row
        is 0. Without it the scores themselves multiply the values.
    chunk: how many tokens a causal chunk holds.
    """

    feature_map: FeatureMap = leaf()
    normalised: bool = True
    chunk: int = 128

    def __post_init__(self) -> None:
        positive_integer(self.chunk, "chunk")

    def features(self, x: ArrayLike) -> Float[Array, "... n r"]:
        """phi(x) of keys x (.., n, d) at positions 0..n-1, in the dtype of the accumulation."""
        x = jnp.asarray(x)
        wide = ACCUMULATION[check_dtypes(x=x).name]
        return self.feature_map.key(x.astype(wide), jnp.arange(x.shape[-2])).whole()

    def _features(self, inputs: Inputs) -> tuple[Features, Features]:
        n, m = inputs.q.shape[-2], inputs.k.shape[-2]
        offset = m - n if inputs.causal else 0
        queries = self.feature_map.query(inputs.q, jnp.arange(n) + offset)
        keys = self.feature_map.key(inputs.k, jnp.arange(m))
        if inputs.key_mask is not None:
            values = jnp.where(inputs.key_mask[..., None], keys.values, 0)
            scale = keys.log_scale if keys.log_scale is None else jnp.where(inputs.key_mask, keys.log_scale, -jnp.inf)
            keys = Features(values, scale)
        return queries, keys

    def _weights(self, inputs: Inputs) -> Float[Array, "... n m"]:
        queries, keys = self._features(inputs)
        products = jnp.einsum("...nr,...mr->...nm", queries.values, keys.values)
        allowed = inputs.allowed()
        if keys.log_scale is not None:
            exponent = jnp.broadcast_to(keys.log_scale[..., None, :], products.shape)
            exponent = exponent if allowed is None else jnp.where(allowed, exponent, -jnp.inf)
            if self.normalised:
                exponent = exponent - finite(exponent.max(axis=-1, keepdims=True))
            else:
                exponent = exponent + _or_zero(queries.log_scale)[..., None]
            products = products * jnp.exp(exponent)
        elif queries.log_scale is not None and not self.normalised:
            products = products * jnp.exp(queries.log_scale)[..., None]
        products = products if allowed is None else jnp.where(allowed, products, 0)
        return divide(products, products.sum(axis=-1, keepdims=True)) if self.normalised else products

    def _attend(self, inputs: Inputs) -> Float[Array, "... n e"]:
        queries, keys = self._features(inputs)
        v = with_ones(inputs.v)
        if inputs.causal:
            sums, largest = self._causal(queries.values, keys, v, inputs)
        else:
            weighted, largest = keys.values, None
            if keys.log_scale is not None:
                largest = finite(keys.log_scale.max(axis=-1, keepdims=True))
                weighted = weighted * jnp.exp(keys.log_scale - largest)[..., None]
            sums = queries.values @ jnp.einsum("...mr,...me->...re", weighted, v)
        return self._output(sums, queries.log_scale, largest)

    def _causal(self, q: Array, keys: Features, v: Array, inputs: Inputs) -> tuple[Array, Array | None]:
        """Sums over the keys that each query sees, and the scale that was taken out."""
        n, m = inputs.q.shape[-2], inputs.k.shape[-2]
        scale = keys.log_scale
        largest = None if scale is None else finite(jax.lax.cummax(scale, axis=scale.ndim - 1))
        q = q if n == m else jnp.concatenate([jnp.zeros((*q.shape[:-2], m - n, q.shape[-1]), q.dtype), q], axis=-2)
        sums = causal_sums(q, keys.values, v, scale, largest, min(self.chunk, m))
        return sums[..., m - n :, :], None if largest is None else largest[..., m - n :]

    def _output(self, sums: Array, query_scale: Array | None, largest: Array | None) -> Array:
        numerator, denominator = sums[..., :-1], sums[..., -1:]
        if self.normalised:
            return divide(numerator, denominator)
        exponent = _or_zero(query_scale) + _or_zero(largest)
        return numerator * jnp.exp(exponent)[..., None] if jnp.ndim(exponent) else numerator

    # ------------------------------------------------------------------------------------------------- decoding

    def initial_state(self, batch: tuple[int, ...], d: int, e: int, dtype: Any = jnp.float32) -> State:
        """The state before the first token. batch: the leading axes; d, e: dimensions of keys and values."""
        wide = ACCUMULATION[jnp.dtype(dtype).name]
        products = jnp.zeros((*batch, self.feature_map.dimension(d), e + 1), wide)
        return State(products, jnp.full(batch, jnp.finfo(wide).min, wide), jnp.zeros((), jnp.int32))

    def step(self, state: State, q: ArrayLike, k: ArrayLike, v: ArrayLike) -> tuple[Float[Array, "... e"], State]:
        """The output for one more token, q (.., d), k (.., d), v (.., e), and the state after it."""
        q, k, v = (jnp.asarray(x)[..., None, :] for x in (q, k, v))
        dtype = check_dtypes(q=q, k=k, v=v)
        wide = ACCUMULATION[dtype.name]
        q, k, v = (x.astype(wide) for x in (q, k, v))
        queries = self.feature_map.query(q, state.position[None])
        keys = self.feature_map.key(k, state.position[None])
        scale = _or_zero(keys.log_scale)
        scale = scale if jnp.ndim(scale) == 0 else scale[..., 0]
        largest = finite(jnp.maximum(state.largest, scale))
        weighted = keys.values * jnp.exp(scale - largest)[..., None, None]
        old = state.products * jnp.exp(state.largest - largest)[..., None, None]
        products = old + jnp.einsum("...mr,...me->...re", weighted, with_ones(v))
        sums = queries.values @ products
        output = self._output(sums, queries.log_scale, largest[..., None])
        return output[..., 0, :].astype(dtype), State(products, largest, state.position + 1)


def with_ones(v: Array) -> Array:
    """The values with a column of ones, whose sums are the normaliser."""
    return jnp.concatenate([v, jnp.ones((*v.shape[:-1], 1), v.dtype)], axis=-1)


def finite(largest: Array) -> Array:
    """A running maximum that can be subtracted: the least finite number in place of -inf."""
    return jax.lax.stop_gradient(jnp.maximum(largest, jnp.finfo(largest.dtype).min))


def _or_zero(scale: Array | None) -> Any:
    return 0.0 if scale is None else scale
