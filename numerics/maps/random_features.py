"""Random features of the softmax kernel: trigonometric, positive (FAVOR+), hyperbolic, and optimal (FAVOR++).

`theory.maps.random_features` has the formulas. Each feature map holds its frequencies [m, d], a leaf of the pytree, and
estimates exp(scale q.k) without bias. The scale of the features, e^(-|x|^2/2) or e^(|x|^2/2) and the largest exponent,
goes into `log_scale`, so that nothing overflows. Where queries and keys are so large and so different that no feature
is within the range of a float of the largest one of both, the estimate underflows to 0.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from math import log, sqrt

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from numerics.maps.attention import leaf, map_class, temperature_scale
from numerics.maps.frequencies import frequencies
from numerics.maps.linear_attention import FeatureMap, Features, LinearAttention


@map_class
class RandomFeatures(FeatureMap):
    """Features of x sqrt(scale) at the frequencies, whose products estimate exp(scale q.k).

    frequencies: [m, d], such as those of `numerics.maps.frequencies`. scale: 1/temperature, 1/sqrt(d) by default.
    """

    frequencies: Float[Array, "m d"] = leaf()
    scale: float | None = None

    def __post_init__(self) -> None:
        temperature_scale(self.scale, 1)

    def dimension(self, d: int) -> int:
        return self.frequencies.shape[0]

    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        m, d = self.frequencies.shape
        if x.shape[-1] != d:
            raise ValueError(f"The frequencies have dimension {d} and the tokens {x.shape[-1]}; draw new ones.")
        w = self.frequencies.astype(x.dtype)
        x = x * sqrt(temperature_scale(self.scale, d))
        values, log_scale = self._of(jnp.einsum("...nd,md->...nm", x, w), w)
        return Features(values, log_scale + self.norm_weight * (x * x).sum(axis=-1) - log(m) / 2)

    norm_weight = -0.5

    @abstractmethod
    def _of(self, projected: Float[Array, "... n m"], w: Float[Array, "m d"]) -> tuple[Array, Array]:
        """Values and log scale of the part without |x|^2 and m, from w.x."""


def scaled(exponent: Float[Array, "... n r"]) -> tuple[Array, Array]:
    """exp(exponent) as values in (0, 1] and the logarithm of what was divided by, a constant to the gradient."""
    largest = jax.lax.stop_gradient(exponent.max(axis=-1))
    return jnp.exp(exponent - largest[..., None]), largest


@map_class
class Trigonometric(RandomFeatures):
    """e^(|x|^2/2) [cos w.x, sin w.x]: scores, and their sums, may be negative (arXiv 2009.14794, 2103.02143)."""

    norm_weight = 0.5

    def dimension(self, d: int) -> int:
        return 2 * self.frequencies.shape[0]

    def _of(self, projected: Array, w: Array) -> tuple[Array, Array]:
        return jnp.concatenate([jnp.cos(projected), jnp.sin(projected)], axis=-1), jnp.zeros_like(projected[..., 0])


@map_class
class Positive(RandomFeatures):
    """e^(w.x - |x|^2/2), as in FAVOR+ (arXiv 2009.14794)."""

    def _of(self, projected: Array, w: Array) -> tuple[Array, Array]:
        return scaled(projected)


@map_class
class Hyperbolic(RandomFeatures):
    """e^(-|x|^2/2) [e^(w.x), e^(-w.x)]/sqrt 2 (arXiv 2009.14794)."""

    def dimension(self, d: int) -> int:
        return 2 * self.frequencies.shape[0]

    def _of(self, projected: Array, w: Array) -> tuple[Array, Array]:
        values, largest = scaled(jnp.concatenate([projected, -projected], axis=-1))
        return values, largest - log(2) / 2


@map_class
class Optimal(RandomFeatures):
    """(1 - 4A)^(d/4) e^(A |w|^2 + sqrt(1 - 4A) w.x - |x|^2/2), as in FAVOR++ (arXiv 2205.15317).

    a: A, below 1/8, where the variance is finite; 0 gives positive features. By default the best one for the mean of
        |q + k|^2 in standard normal queries and keys, see `best_parameter`.
    """

    a: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.a is not None and not self.a < 1 / 8:
            raise ValueError(f"a = {self.a} must be below 1/8: from there on the variance of the features is infinite.")

    def _of(self, projected: Array, w: Array) -> tuple[Array, Array]:
        d = w.shape[1]
        a = best_parameter(2 * d * temperature_scale(self.scale, d), d) if self.a is None else self.a
        values, largest = scaled(a * (w * w).sum(axis=-1) + sqrt(1 - 4 * a) * projected)
        return values, largest + d / 4 * log(1 - 4 * a)


def best_parameter(squared_sum: float, d: int) -> float:
    """The A of optimal features with the smallest variance where |q + k|^2 = `squared_sum`, temperature absorbed.

    In practice an estimate, such as the mean over queries and keys. At most 0. Raises ValueError below 0.
    """
    if not squared_sum >= 0:
        raise ValueError(f"squared_sum = {squared_sum} must be >= 0: it is |q + k|^2, or its mean.")
    t = squared_sum / d
    return (1 - 2 * t - sqrt((1 + 2 * t) ** 2 + 8 * t)) / 16


def _drawn(kind: type[RandomFeatures], *, orthogonal: bool = True) -> Callable[[int, Array], LinearAttention]:
    """A builder with m = 4 d frequencies."""

    def build(d: int, key: Array) -> LinearAttention:
        return LinearAttention(kind(frequencies(key, 4 * d, d, orthogonal=orthogonal)))

    return build


BUILDERS = {
    "random-fourier": _drawn(Trigonometric),
    "favor-positive": _drawn(Positive),
    "favor-positive-iid": _drawn(Positive, orthogonal=False),
    "favor-hyperbolic": _drawn(Hyperbolic),
    "oprf": _drawn(Optimal),
}
