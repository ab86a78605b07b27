"""Hard attention: the mean of the values of the keys with the largest score, softmax as its temperature goes to 0."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from numerics.maps.attention import Attention, map_class, masked_scores
from numerics.maps.inputs import Inputs
from numerics.maps.softmax import normalised


@map_class
class Hard(Attention):
    """Hard attention: c keys that share the largest score have the weight 1/c each, all others 0.

    Scores tie where the computed ones are equal, as they are for equal keys. The gradient is that of the values; the
    weights have none.
    """

    def _weights(self, inputs: Inputs) -> Float[Array, "... n m"]:
        s = masked_scores(inputs, None)
        largest = (s == s.max(axis=-1, keepdims=True)) & (s > -jnp.inf)
        return normalised(largest.astype(s.dtype))


BUILDERS = {"hard": lambda d, key: Hard()}
