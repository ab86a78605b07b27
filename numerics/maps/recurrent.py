"""Recurrent maps: retention, gated linear attention and the delta rule. See `recurrence` for what they share.

In all of them the leading axes of parameters broadcast with those of the keys, as heads of shape (heads,) or
(heads, 1) may ask. Scores carry no factor 1/sqrt(d), and rotations of queries and keys are left to the caller.
Accumulation is in float64, in float32, or, for bfloat16, in float32, states and gates included.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Array, Float

from numerics.maps.attention import leaf, map_class, positive_integer
from numerics.maps.delta_sums import delta_matrix, delta_sums
from numerics.maps.feature_maps import Identity
from numerics.maps.gated_sums import gated_sums, gated_triangle
from numerics.maps.inputs import Inputs
from numerics.maps.kernel_sums import kernel_sums
from numerics.maps.recurrence import CHUNK, Recurrence, halving_chunk, with_all_queries

TEMPERATURE = 16.0


@map_class
class Retention(Recurrence):
    """S_t = gamma S_(t-1) + k_t v_t^T (arXiv 2307.08621).

    decay: gamma, in (0, 1]; one number, or one for each head, [..]; `usual_decays` has those of the paper.
    chunk: tokens in a chunk; None for a size that is fast. The gradient stores no state.
    """

    decay: Float[Array, ...] = leaf(default=1.0)
    chunk: int | None = None

    def __post_init__(self) -> None:
        if self.chunk is not None:
            positive_integer(self.chunk, "chunk")
        if not isinstance(self.decay, Tracer):
            decay = np.asarray(self.decay)
            if not ((decay > 0) & (decay <= 1)).all():
                raise ValueError(f"decay = {decay} must lie in (0, 1]: it multiplies the state at every token.")

    def _keys_and_gates(self, inputs: Inputs) -> tuple[Array, Array]:
        decay = jnp.asarray(self.decay, inputs.k.dtype)[..., None]
        logarithms = jnp.broadcast_to(jnp.log(decay), (*decay.shape[:-1], inputs.k.shape[-2]))
        if inputs.key_mask is not None:
            logarithms = jnp.where(inputs.key_mask, logarithms, 0)
        return inputs.k, logarithms[..., None]

    def _after(self, products: Array, key: Array, gate: Array, value: Array) -> Array:
        return jnp.exp(gate)[..., None] * products + key[..., :, None] * value[..., None, :]

    def _outputs(self, inputs: Inputs) -> Float[Array, "... n e"]:
        _, gates = self._keys_and_gates(inputs)
        sums, _ = kernel_sums(Identity(), inputs, inputs.v, self.chunk, gates[..., 0])
        return sums

    def _matrix(self, inputs: Inputs) -> Float[Array, "... n m"]:
        n, m = inputs.q.shape[-2], inputs.k.shape[-2]
        kept = jnp.ones(m, bool) if inputs.key_mask is None else inputs.key_mask
        number = jnp.cumsum(kept, axis=-1)
        between = number[..., m - n :, None] - number[..., None, :]  # tokens after the key, up to the query
        logarithm = jnp.log(jnp.asarray(self.decay, inputs.k.dtype))[..., None, None]
        later = jnp.arange(m) <= jnp.arange(n)[:, None] + (m - n)
        return (inputs.q @ jnp.swapaxes(inputs.k, -1, -2)) * jnp.exp(jnp.where(later, between * logarithm, -jnp.inf))


@map_class
class GatedLinear(Recurrence):
    """S_t = Diag(g_t) S_(t-1) + k_t v_t^T with a gate for each channel of the keys (arXiv 2312.06635).

    The gates are made of the keys, log g_t = log sigmoid(k_t W + b)/temperature, so that the map has the interface of
    all others; for gates of another origin there is `gated_sums`.
    weight: W, [.., d, d]. bias: b, [.., d], or None for 0. temperature: the larger, the closer are the gates to 1.
    chunk: tokens in a chunk, a power of two. The gradient keeps one state for each chunk.
    """

    weight: Float[Array, "... d d"] = leaf()
    bias: Float[Array, "... d"] | None = leaf(default=None)
    temperature: float = TEMPERATURE
    chunk: int = CHUNK

    def __post_init__(self) -> None:
        halving_chunk(self.chunk)
        if not self.temperature > 0:
            raise ValueError(f"temperature = {self.temperature} must be positive, so that gates are at most 1.")

    def _keys_and_gates(self, inputs: Inputs) -> tuple[Array, Array]:
        k = inputs.k
        if k.shape[-1] != self.weight.shape[-2] or k.shape[-1] != self.weight.shape[-1]:
            raise ValueError(
                f"weight has shape {self.weight.shape} and keys have dimension {k.shape[-1]}; make it (.., d, d)."
            )
        projected = k @ self.weight.astype(k.dtype)
        if self.bias is not None:
            projected = projected + self.bias.astype(k.dtype)[..., None, :]
        gates = jax.nn.log_sigmoid(projected) / self.temperature
        return k, gates if inputs.key_mask is None else jnp.where(inputs.key_mask[..., None], gates, 0)

    def _after(self, products: Array, key: Array, gate: Array, value: Array) -> Array:
        return jnp.exp(gate)[..., :, None] * products + key[..., :, None] * value[..., None, :]

    def _outputs(self, inputs: Inputs) -> Float[Array, "... n e"]:
        n, inputs = inputs.q.shape[-2], with_all_queries(inputs)
        keys, gates = self._keys_and_gates(inputs)
        return gated_sums(inputs.q, keys, inputs.v, gates, self.chunk)[..., -n:, :]

    def _matrix(self, inputs: Inputs) -> Float[Array, "... n m"]:
        n, inputs = inputs.q.shape[-2], with_all_queries(inputs)
        return gated_triangle(inputs.q, *self._keys_and_gates(inputs))[..., -n:, :]


@map_class
class DeltaRule(Recurrence):
    """S_t = (I - beta_t u_t u_t^T) S_(t-1) + beta_t u_t v_t^T with u_t = k_t/|k_t| (arXiv 2406.06484).

    Keys are always brought to length 1 (a key of 0 stays 0 and writes nothing), so that I - beta_t u_t u_t^T is no
    expansion; queries are taken as they are. beta_t = most sigmoid(k_t.w), or `most` itself where there is no w: with
    most = 1 a write replaces what was stored under the key, up to 2 it may be reflected.
    weight: w, [.., d], or None. most: in (0, 2]. chunk: tokens in a chunk, a power of two. The
    gradient keeps one state for each chunk.
    """

    weight: Float[Array, "... d"] | None = leaf(default=None)
    most: float = 1.0
    chunk: int = CHUNK

    def __post_init__(self) -> None:
        halving_chunk(self.chunk)
        if not 0 < self.most <= 2:
            raise ValueError(f"most = {self.most} must lie in (0, 2]: beyond 2 the state grows where keys repeat.")

    def _keys_and_gates(self, inputs: Inputs) -> tuple[Array, Array]:
        k = inputs.k
        if self.weight is None:
            return unit(k), jnp.full((*k.shape[:-1], 1), self.most, k.dtype)
        if k.shape[-1] != self.weight.shape[-1]:
            raise ValueError(
                f"weight has shape {self.weight.shape} and keys have dimension {k.shape[-1]}; make it (.., d)."
            )
        return unit(k), self.most * jax.nn.sigmoid(k @ self.weight.astype(k.dtype)[..., :, None])

    def _after(self, products: Array, key: Array, gate: Array, value: Array) -> Array:
        correction = gate * (value - jnp.einsum("...d,...de->...e", key, products))
        return products + key[..., :, None] * correction[..., None, :]

    def _outputs(self, inputs: Inputs) -> Float[Array, "... n e"]:
        n, inputs = inputs.q.shape[-2], with_all_queries(inputs)
        keys, beta = self._keys_and_gates(inputs)
        return delta_sums(inputs.q, keys, inputs.v, beta, self.chunk)[..., -n:, :]

    def _matrix(self, inputs: Inputs) -> Float[Array, "... n m"]:
        n, inputs = inputs.q.shape[-2], with_all_queries(inputs)
        return delta_matrix(inputs.q, *self._keys_and_gates(inputs))[..., -n:, :]


def unit(k: Float[Array, "... n d"]) -> Float[Array, "... n d"]:
    """k/|k|, and 0 for 0, whatever the size: |k|^2 is formed after a power of two is taken out."""
    _, exponent = jnp.frexp(jax.lax.stop_gradient(jnp.abs(k).max(axis=-1, keepdims=True)))
    k = k * jnp.ldexp(jnp.ones((), k.dtype), -exponent)
    square = (k * k).sum(axis=-1, keepdims=True)
    return k / jnp.sqrt(jnp.where(square == 0, 1, square))


def usual_decays(heads: int) -> Float[Array, " heads"]:
    """gamma = 1 - 2^(-5 - h) for the heads h = 0, 1, .., those of arXiv 2307.08621."""
    return 1 - 2.0 ** (-5 - jnp.arange(positive_integer(heads, "heads"), dtype=jnp.float32))


def _gated(d: int, key: Array) -> GatedLinear:
    return GatedLinear(jax.random.normal(key, (d, d), jnp.float32) * d**-0.5)


def _delta(d: int, key: Array) -> DeltaRule:
    return DeltaRule(jax.random.normal(key, (d,), jnp.float32) * d**-0.5)


BUILDERS = {
    "retention": lambda d, key: Retention(usual_decays(1)[0]),
    "gated-linear": _gated,
    "delta-rule": _delta,
}
