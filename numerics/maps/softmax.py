"""Softmax attention, whole or in blocks or by a fused kernel, and scalable softmax.

    softmax             w_ij = exp(s_ij) / sum_l exp(s_il),     s_ij = scale q_i.k_j
    scalable softmax    the same with s_ij = s log(n_i) scale q_i.k_j, n_i the number of keys that query i may look at
                        (arXiv 2501.19399), so that attention does not fade as the context grows

To decode, keep the keys and values and attend with one query, `attend(q[.., -1:, :], k, v, causal=True)`: softmax has
no state of constant size.
"""

from __future__ import annotations

from typing import Literal

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from numerics.maps.attention import (
    Attention,
    divide,
    leaf,
    map_class,
    masked_scores,
    positive_integer,
    temperature_scale,
)
from numerics.maps.blockwise import blockwise_softmax
from numerics.maps.inputs import Inputs

Kernel = Literal["xla", "fused", "pallas"]


@map_class
class Softmax(Attention):
    """Softmax attention.

    scale: of the scores, 1/sqrt(d) by default. block: queries, and half of the keys, at most that the form with O(n)
        memory takes at a time, whose gradient is reverse mode only; None for the form that holds all scores.
    kernel: "xla", compiled from the formulas; "fused", `jax.nn.dot_product_attention`, by cuDNN for bfloat16 on a
        GPU, whose softmax is float32, so that float64 is refused; "pallas", a flash kernel of this toolkit, interpreted
        and so slow on a CPU.
    """

    scale: float | None = None
    block: int | None = None
    kernel: Kernel = "xla"

    def __post_init__(self) -> None:
        if self.kernel not in ("xla", "fused", "pallas"):
            raise ValueError(f'kernel = {self.kernel!r} must be "xla", "fused" or "pallas".')
        if self.block is not None:
            positive_integer(self.block, "block")
            if self.kernel == "fused":
                raise ValueError('block has no meaning for kernel="fused", which chooses its own; leave it out.')

    def _weights(self, inputs: Inputs) -> Float[Array, "... n m"]:
        return normalised(_exponentials(inputs, self.scale))

    def _attend(self, inputs: Inputs) -> Float[Array, "... n e"]:
        if self.kernel == "fused":
            from numerics.maps.fused import dot_product_attention

            return dot_product_attention(inputs, temperature_scale(self.scale, inputs.q.shape[-1]))
        if self.kernel == "xla" and self.block is None:
            e = _exponentials(inputs, self.scale)
            return divide(e @ inputs.v, e.sum(axis=-1, keepdims=True))
        q = inputs.q * temperature_scale(self.scale, inputs.q.shape[-1])
        if self.kernel == "xla":
            assert self.block is not None
            form, block = blockwise_softmax, self.block
        else:
            from numerics.maps.flash import flash_softmax

            form, block = flash_softmax, 128 if self.block is None else self.block
        return form(q, inputs.k, inputs.v, inputs.key_mask, causal=inputs.causal, block=block)


@map_class
class ScalableSoftmax(Attention):
    """Softmax attention with scores times s log(n_i), n_i the number of keys that query i may look at.

    s: the learnt factor, a number or one for each head, (..) for queries (.., n, d). scale, block: as in `Softmax`.
    """

    s: ArrayLike = leaf(default=1.0)
    scale: float | None = None
    block: int | None = None

    def __post_init__(self) -> None:
        if self.block is not None:
            positive_integer(self.block, "block")

    def _scaled(self, inputs: Inputs) -> Inputs:
        growth = jnp.log(jnp.maximum(inputs.visible(), 1))
        s = jnp.asarray(self.s, inputs.q.dtype)[..., None]
        return inputs.with_queries(inputs.q * (s * growth)[..., None])

    def _weights(self, inputs: Inputs) -> Float[Array, "... n m"]:
        return Softmax(self.scale)._weights(self._scaled(inputs))

    def _attend(self, inputs: Inputs) -> Float[Array, "... n e"]:
        return Softmax(self.scale, self.block)._attend(self._scaled(inputs))


def normalised(e: Array) -> Array:
    """Each row divided by its sum; a row of zeros stays one."""
    return divide(e, e.sum(axis=-1, keepdims=True))


def below_maximum(s: Array) -> Array:
    """Scores less the largest of their row, -inf where they were; a row of -inf stays one."""
    largest = jnp.maximum(s.max(axis=-1, keepdims=True), jnp.finfo(s.dtype).min)
    return s - jax.lax.stop_gradient(largest)


def _exponentials(inputs: Inputs, scale: float | None) -> Array:
    return jnp.exp(below_maximum(masked_scores(inputs, scale)))


BUILDERS = {
    "softmax": lambda d, key: Softmax(),
    "softmax-blockwise": lambda d, key: Softmax(block=1024),
    "scalable-softmax": lambda d, key: ScalableSoftmax(),
}
