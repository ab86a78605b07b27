"""Feature maps with a closed kernel that need no random numbers: identity, elu + 1, ReLU and its square."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from numerics.maps.attention import map_class
from numerics.maps.linear_attention import FeatureMap, Features, LinearAttention


@map_class
class Elu(FeatureMap):
    """phi(x) = elu(x) + 1, which is x + 1 for x >= 0 and exp(x) below (arXiv 2006.16236)."""

    def dimension(self, d: int) -> int:
        return d

    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        return Features(jax.nn.elu(x) + 1)


@map_class
class Identity(FeatureMap):
    """phi(x) = x: the scores themselves. Normalised, it is the linear unit of arXiv 2310.11685, for positive scores."""

    def dimension(self, d: int) -> int:
        return d

    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        return Features(x)


@map_class
class Relu(FeatureMap):
    """phi(x) = relu(x)^power, power 1 or 2."""

    power: int = 1

    def __post_init__(self) -> None:
        if self.power not in (1, 2):
            raise ValueError(f"power = {self.power!r} must be 1 or 2.")

    def dimension(self, d: int) -> int:
        return d

    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        return Features(jnp.maximum(x, 0) ** self.power)


@map_class
class Exponential(FeatureMap):
    """phi(x) = [exp(x), exp(-x)], or softmax of [x, -x] over the features (Hedgehog with W = 1, arXiv 2402.04347)."""

    softmax: bool = False

    def dimension(self, d: int) -> int:
        return 2 * d

    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        both = jnp.concatenate([x, -x], axis=-1)
        if self.softmax:
            return Features(jax.nn.softmax(both, axis=-1))
        largest = both.max(axis=-1)
        return Features(jnp.exp(both - largest[..., None]), largest)


BUILDERS = {
    "identity-linear": lambda d, key: LinearAttention(Identity()),
    "identity-linear-unnormalised": lambda d, key: LinearAttention(Identity(), normalised=False),
    "elu": lambda d, key: LinearAttention(Elu()),
    "relu": lambda d, key: LinearAttention(Relu()),
    "relu-squared": lambda d, key: LinearAttention(Relu(2)),
    "exponential-features": lambda d, key: LinearAttention(Exponential()),
    "exponential-features-softmax": lambda d, key: LinearAttention(Exponential(softmax=True)),
}
