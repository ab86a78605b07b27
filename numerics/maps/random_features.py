"""Random features of the softmax kernel: trigonometric, positive (FAVOR+), hyperbolic, and optimal (FAVOR++).

`theory.maps.random_features` has the formulas. Each feature map holds its frequencies [m, d], a leaf of the pytree, and
estimates exp(scale q.k) without bias. The scale e^(-|x|^2/2) or e^(|x|^2/2) goes into `log_scale`. Features that are
exponentials give their exponents, so that the sums over keys can take a scale out of each: nothing overflows, and no
row underflows, whatever the scores.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from math import log, sqrt

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from numerics.maps.attention import leaf, map_class, temperature_scale
from numerics.maps.features import Exponents, FeatureMap, Features
from numerics.maps.frequencies import frequencies
from numerics.maps.linear_attention import LinearAttention


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

    norm_weight = -0.5

    def _at_frequencies(self, x: Float[Array, "... n d"]) -> tuple[Float[Array, "... n m"], Float[Array, "... n"]]:
        """w.x for every frequency, and the logarithm of what depends on the norm of x and on m alone."""
        m, d = self.frequencies.shape
        if x.shape[-1] != d:
            raise ValueError(f"The frequencies have dimension {d} and the tokens {x.shape[-1]}; draw new ones.")
        scale = temperature_scale(self.scale, d)
        w = self.frequencies.astype(x.dtype) * sqrt(scale)
        return x @ w.T, self.norm_weight * scale * (x * x).sum(axis=-1) - log(m) / 2


@map_class
class Trigonometric(RandomFeatures):
    """e^(|x|^2/2) [cos w.x, sin w.x]: scores, and their sums, may be negative (arXiv 2009.14794, 2103.02143)."""

    norm_weight = 0.5

    def dimension(self, d: int) -> int:
        return 2 * self.frequencies.shape[0]

    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        projected, log_scale = self._at_frequencies(x)
        return Features(jnp.concatenate([jnp.cos(projected), jnp.sin(projected)], axis=-1), log_scale)


@map_class
class Exponentials(RandomFeatures):
    """Random features that are exponentials, so that each can have its own scale."""

    exponential = True

    def exponents(self, x: Float[Array, "... n d"], positions: Array) -> Exponents:
        projected, log_scale = self._at_frequencies(x)
        values, constant = self._of(projected)
        return Exponents(values, log_scale + constant)

    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        values, log_scale = self.exponents(x, positions)
        largest = jax.lax.stop_gradient(values.max(axis=-1))
        return Features(jnp.exp(values - largest[..., None]), log_scale + largest)

    @abstractmethod
    def _of(self, projected: Float[Array, "... n m"]) -> tuple[Float[Array, "... n r"], float]:
        """The exponents without |x|^2 and m, from w.x, and a constant to add to all of them."""


@map_class
class Positive(Exponentials):
    """e^(w.x - |x|^2/2), as in FAVOR+ (arXiv 2009.14794)."""

    def _of(self, projected: Array) -> tuple[Array, float]:
        return projected, 0.0


@map_class
class Hyperbolic(Exponentials):
    """e^(-|x|^2/2) [e^(w.x), e^(-w.x)]/sqrt 2 (arXiv 2009.14794)."""

    def dimension(self, d: int) -> int:
        return 2 * self.frequencies.shape[0]

    def _of(self, projected: Array) -> tuple[Array, float]:
        return jnp.concatenate([projected, -projected], axis=-1), -log(2) / 2


@map_class
class Optimal(Exponentials):
    """(1 - 4A)^(d/4) e^(A |w|^2 + sqrt(1 - 4A) w.x - |x|^2/2), as in FAVOR++ (arXiv 2205.15317).

    a: A, below 1/8, where the variance is finite; 0 gives positive features. By default the best one for the mean of
        |q + k|^2 in standard normal queries and keys, see `best_parameter`.
    """

    a: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.a is not None and not self.a < 1 / 8:
            raise ValueError(f"a = {self.a} must be below 1/8: from there on the variance of the features is infinite.")

    def _of(self, projected: Array) -> tuple[Array, float]:
        w, d = self.frequencies.astype(projected.dtype), self.frequencies.shape[1]
        a = best_parameter(2 * d * temperature_scale(self.scale, d), d) if self.a is None else self.a
        return a * (w * w).sum(axis=-1) + sqrt(1 - 4 * a) * projected, d / 4 * log(1 - 4 * a)


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
