"""Sigmoid attention: each weight by its own score, w_ij = sigma(s_ij + b), with no normaliser (arXiv 2409.04431)."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from numerics.maps.attention import Attention, leaf, map_class, masked_scores
from numerics.maps.inputs import Inputs


@map_class
class Sigmoid(Attention):
    """Sigmoid attention, s_ij = scale q_i.k_j.

    bias: b, a number or one for each head, (..) for queries (.., n, d). By default -log(n_i) with n_i the number of
        keys that query i may look at, so that neither padding nor later tokens matter and scores of 0 give a row that
        sums to n_i/(n_i + 1); the source takes the length of the whole sequence: give bias=-log(n) for that.
    scale: of the scores, 1/sqrt(d) by default.
    """

    bias: ArrayLike | None = leaf(default=None)
    scale: float | None = None

    def _weights(self, inputs: Inputs) -> Float[Array, "... n m"]:
        if self.bias is None:
            b = -jnp.log(jnp.maximum(inputs.visible(), 1))[..., None]
        else:
            b = jnp.asarray(self.bias, inputs.q.dtype)[..., None, None]
        return jax.nn.sigmoid(masked_scores(inputs, self.scale) + b)


BUILDERS = {"sigmoid": lambda d, key: Sigmoid()}
