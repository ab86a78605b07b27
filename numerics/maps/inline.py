"""InLine attention: weights that sum to one by subtraction, not by division (arXiv 2412.06590).

    w_ij = phi(q_i).phi(k_j) - mean_s phi(q_i).phi(k_s) + 1/n,    j and s over the n keys that query i may look at

The weights may be negative. With vbar the mean of the values, o_i = sum_j phi(q_i).phi(k_j) (v_j - vbar) + vbar, so the
map is linear in n like its normalised sibling. The paper is about all keys at once; the causal form takes the same
formula over the keys up to i, n being their number, and decodes with a state of constant size. A row that may look at
nothing is 0. The scores are phi(q).phi(k) as they are: a temperature belongs into q or into phi.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from numerics.maps.attention import Attention, divide, leaf, map_class, positive_integer
from numerics.maps.causal_sums import Sums, no_sums
from numerics.maps.feature_maps import Identity
from numerics.maps.features import FeatureMap
from numerics.maps.inputs import Inputs, accumulation, one_token
from numerics.maps.kernel_sums import kernel_matrix, kernel_sums, with_ones, without_padding
from numerics.maps.total_sums import read, together, total_sums


class State(NamedTuple):
    """What decoding keeps: that of `LinearAttention`, and the sum of the values. values: [.., e]."""

    products: Float[Array, "... r e1"]
    largest: Float[Array, ...]
    values: Float[Array, "... e"]
    position: Array


@map_class
class InLine(Attention):
    """InLine attention with the given feature map. chunk: how many tokens a causal chunk holds, or None."""

    feature_map: FeatureMap = leaf()
    chunk: int | None = None

    def __post_init__(self) -> None:
        if self.chunk is not None:
            positive_integer(self.chunk, "chunk")

    def _weights(self, inputs: Inputs) -> Float[Array, "... n m"]:
        inputs = without_padding(inputs)
        allowed = inputs.allowed()
        kernel = _whole(*kernel_matrix(self.feature_map, inputs))
        number = inputs.visible()[..., None]
        weights = kernel - divide(kernel.sum(axis=-1, keepdims=True), number) + divide(jnp.ones_like(number), number)
        return weights if allowed is None else jnp.where(allowed, weights, 0)

    def _attend(self, inputs: Inputs) -> Float[Array, "... n e"]:
        inputs = without_padding(inputs)
        sums = _whole(*kernel_sums(self.feature_map, inputs, with_ones(inputs.v), self.chunk))
        if inputs.causal:
            values = jnp.cumsum(inputs.v, axis=-2)[..., -inputs.q.shape[-2] :, :]
        else:
            values = inputs.v.sum(axis=-2, keepdims=True)
        return _output(sums, divide(values, inputs.visible()[..., None]))

    # ------------------------------------------------------------------------------------------------- decoding

    def initial_state(self, batch: tuple[int, ...], d: int, e: int, dtype: Any = jnp.float32) -> State:
        """The state before the first token. batch: the leading axes; d, e: dimensions of keys and values."""
        wide = accumulation(dtype)
        phi = self.feature_map
        nothing = no_sums(batch, phi.dimension(d), e + 1, wide, exponential=phi.exponential)
        return State(*nothing, jnp.zeros((*batch, e), wide), jnp.zeros((), jnp.int32))

    def step(self, state: State, q: ArrayLike, k: ArrayLike, v: ArrayLike) -> tuple[Float[Array, "... e"], State]:
        """The output for one more token, q (.., d), k (.., d), v (.., e), and the state after it."""
        inputs = one_token(q, k, v, state.products.dtype)
        added = total_sums(1, self.feature_map, inputs.k, with_ones(inputs.v), first=state.position)
        sums = together(Sums(state.products, state.largest), added)
        products, exponent = read(1, self.feature_map, inputs.q, state.position, sums)
        values, position = state.values + inputs.v[..., 0, :], state.position + 1
        output = _output(_whole(products, exponent), (values / position)[..., None, :])
        return output[..., 0, :].astype(inputs.dtype), State(*sums, values, position)


def _whole(products: Array, exponent: Array | None) -> Array:
    return products if exponent is None else products * jnp.exp(exponent)[..., None]


def _output(sums: Float[Array, "... n e1"], mean: Float[Array, "... n e"]) -> Float[Array, "... n e"]:
    """The output from sums of phi(q).phi(k) (v, 1) and the mean of the values."""
    return sums[..., :-1] - sums[..., -1:] * mean + mean


BUILDERS = {"inline": lambda d, key: InLine(Identity())}
