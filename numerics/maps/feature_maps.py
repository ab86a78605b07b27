"""Feature maps without random numbers: identity, elu + 1, ReLU and its square, exponentials, DPFP, cosFormer."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from numerics.maps.attention import leaf, map_class, positive_integer
from numerics.maps.features import FeatureMap, Features
from numerics.maps.linear_attention import LinearAttention

LONGEST = 2**16


@map_class
class Identity(FeatureMap):
    """phi(x) = x: the scores themselves. Normalised, it is the linear unit of arXiv 2310.11685, for positive scores."""

    def dimension(self, d: int) -> int:
        return d

    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        return Features(x)


@map_class
class Elu(FeatureMap):
    """phi(x) = elu(x) + 1, which is x + 1 for x >= 0 and exp(x) below (arXiv 2006.16236)."""

    def dimension(self, d: int) -> int:
        return d

    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        # elu(x) + 1 rounds exp(x) - 1 + 1, which is 0 for x below -17 in float32 and -37 in float64
        return Features(jnp.where(x > 0, x + 1, jnp.exp(jnp.minimum(x, 0))))


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
    """phi(x) = [exp(W x), exp(-W x)], or the softmax of [W x, -W x] over the features (arXiv 2402.04347, Hedgehog).

    weight: W for keys, [h, d], or None for the identity. query_weight: W for queries, or None for that of the keys.
    """

    weight: Float[Array, "h d"] | None = leaf(default=None)
    query_weight: Float[Array, "h d"] | None = leaf(default=None)
    softmax: bool = False

    def dimension(self, d: int) -> int:
        return 2 * (d if self.weight is None else self.weight.shape[0])

    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        return self._features(x, self.weight)

    def query(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        return self._features(x, self.weight if self.query_weight is None else self.query_weight)

    def _features(self, x: Array, weight: Array | None) -> Features:
        y = x if weight is None else x @ weight.T.astype(x.dtype)
        both = jnp.concatenate([y, -y], axis=-1)
        largest = jnp.abs(y).max(axis=-1)
        values = jnp.exp(both - largest[..., None])
        if self.softmax:
            return Features(values / values.sum(axis=-1, keepdims=True))
        return Features(values, largest)


@map_class
class Dpfp(FeatureMap):
    """Products of rectified coordinates and their neighbours (arXiv 2102.11174): with z = [relu(x), relu(-x)], the
    features are z_i z_(i + j) for every i and the shifts j = 1..shifts, indices modulo 2 d. Below d they all differ;
    those of the shift d are 0, as relu(x) relu(-x) = 0, and those of 2 d - j are those of j again."""

    shifts: int = 3

    def __post_init__(self) -> None:
        positive_integer(self.shifts, "shifts")

    def dimension(self, d: int) -> int:
        if self.shifts >= 2 * d:
            raise ValueError(f"shifts = {self.shifts} must be below 2 d = {2 * d}, the number of coordinates z.")
        return 2 * d * self.shifts

    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        self.dimension(x.shape[-1])
        z = jnp.maximum(jnp.concatenate([x, -x], axis=-1), 0)
        return Features(jnp.concatenate([z * jnp.roll(z, -j, axis=-1) for j in range(1, self.shifts + 1)], axis=-1))


@map_class
class Cosformer(FeatureMap):
    """relu(q_i).relu(k_j) cos(pi (i - j)/(2 length)), by cos(a - b) = cos a cos b + sin a sin b (arXiv 2202.08791).

    length: M of the paper, at least the number of tokens, so that no weight is negative.
    """

    length: int

    def __post_init__(self) -> None:
        positive_integer(self.length, "length")

    def dimension(self, d: int) -> int:
        return 2 * d

    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        if x.shape[-2] > self.length:
            raise ValueError(f"There are {x.shape[-2]} tokens and length = {self.length}; make the map longer.")
        angles = (jnp.pi / (2 * self.length) * positions.astype(x.dtype))[:, None]
        z = jnp.maximum(x, 0)
        return Features(jnp.concatenate([z * jnp.cos(angles), z * jnp.sin(angles)], axis=-1))


BUILDERS = {
    "identity-linear": lambda d, key: LinearAttention(Identity()),
    "identity-linear-unnormalised": lambda d, key: LinearAttention(Identity(), normalised=False),
    "elu": lambda d, key: LinearAttention(Elu()),
    "relu": lambda d, key: LinearAttention(Relu()),
    "relu-squared": lambda d, key: LinearAttention(Relu(2)),
    "exponential-features": lambda d, key: LinearAttention(Exponential()),
    "exponential-features-softmax": lambda d, key: LinearAttention(Exponential(softmax=True)),
    "dpfp": lambda d, key: LinearAttention(Dpfp(min(3, 2 * d - 1))),
    "cosformer": lambda d, key: LinearAttention(Cosformer(LONGEST), least=1e-6),
}
