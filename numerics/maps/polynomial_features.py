"""Polynomials of the score as feature maps: powers, Taylor polynomials of exp, and polynomials fitted to exp.

With s = scale q.k and x = sqrt(scale) q, y = sqrt(scale) k, the multinomial theorem gives

    s^k = sum over |a| = k of (k!/a!) x^a y^a,

so the monomials of degree k, sqrt(k!/a!) x^a, are the features of s^k: binom(d + k - 1, k) of them, and
binom(d + p, p) for all degrees up to p. A polynomial c_0 + .. + c_p s^p has those of degree k times sqrt|c_k|, and the
features of keys carry the signs of the c_k. Derived here; the powers are those of arXiv 2310.01655, Taylor's of degree
2 that of arXiv 2402.18668, and polynomials of the least error those of arXiv 2302.13214.

Of every token a power of two is taken out, L >= 2^-1 max_i |x_i|, and L^p goes into `log_scale`: the features of
degree k that are left, L^(k - p) times monomials in x/L, are all of moderate size. That product is exact.
"""

from __future__ import annotations

from abc import abstractmethod
from functools import lru_cache
from math import comb, log, sqrt
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from numpy.typing import NDArray

from numerics.maps import exponential_polynomials
from numerics.maps.attention import map_class, positive_integer, temperature_scale
from numerics.maps.features import FeatureMap, Features
from numerics.maps.linear_attention import LinearAttention

MOST_FEATURES = 2**24


class Monomials(NamedTuple):
    """The monomials of one degree, as those of the degree before times one more variable that is not an earlier one.

    parents: [r], the place of the monomial of the degree before. last: [r], the variable. weights: [r], k!/a!.
    """

    parents: NDArray
    last: NDArray
    weights: NDArray


@lru_cache(maxsize=64)
def monomials(d: int, degree: int) -> Monomials:
    """The binom(d + degree - 1, degree) monomials of this degree, at least 1, in d variables."""
    number = comb(d + degree - 1, degree)
    if number > MOST_FEATURES:
        raise ValueError(
            f"Degree {degree} in {d} dimensions takes {number} features, more than {MOST_FEATURES}; "
            f"choose a smaller degree or a smaller head."
        )
    last, weights, times = np.zeros(1, int), np.ones(1), np.zeros(1)  # of degree 0; times the last variable has come
    parents = np.zeros(1, int)
    for k in range(1, degree + 1):
        children = d - last
        parents = np.arange(len(last)).repeat(children)
        following = np.arange(len(parents)) - (np.cumsum(children) - children)[parents] + last[parents]
        times = np.where(following == last[parents], times[parents], 0) + 1
        last, weights = following, weights[parents] * k / times
    return Monomials(parents, last, weights)


@map_class
class PolynomialFeatures(FeatureMap):
    """Features of a polynomial of the score, whose coefficients a subclass gives.

    degree: p. scale: the score is scale q.k; 1/sqrt(d) by default.
    """

    degree: int = 2
    scale: float | None = None

    def __post_init__(self) -> None:
        positive_integer(self.degree, "degree")
        temperature_scale(self.scale, 1)

    @abstractmethod
    def coefficients(self) -> tuple[float, ...]:
        """c_0, .., c_p."""

    def dimension(self, d: int) -> int:
        return sum(comb(d + k - 1, k) for k, c in enumerate(self.coefficients()) if c)

    def key(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        return self._features(x, signed=True)

    def query(self, x: Float[Array, "... n d"], positions: Array) -> Features:
        return self._features(x, signed=False)

    def kernel(self, q: Float[Array, "... n d"], k: Float[Array, "... m d"]) -> Float[Array, "... n m"]:
        """By Horner's scheme in the product of the tokens that are left, which takes no features at all."""
        (q, of_q), (k, of_k) = self._scaled(q), self._scaled(k)
        product, p = jnp.einsum("...nd,...md->...nm", q, k), self.degree
        *lower, leading = self.coefficients()
        if not any(lower):
            return leading * product**p
        total = jnp.full_like(product, leading)
        for j, c in enumerate(reversed(lower), start=1):
            rows, columns = (_power_of_two(-j * exponent, q.dtype) for exponent in (of_q, of_k))
            total = total * product + (c * rows)[..., :, None] * columns[..., None, :]
        return total

    def _features(self, x: Array, *, signed: bool) -> Features:
        coefficients, p, d = self.coefficients(), self.degree, x.shape[-1]
        x, exponent = self._scaled(x)
        powers, parts = jnp.ones((*x.shape[:-1], 1), x.dtype), []
        for k, c in enumerate(coefficients):
            weights = np.ones(1)
            if k:
                parents, last, weights = monomials(d, k)
                powers = powers[..., parents] * x[..., last]
            if c:
                factors = jnp.asarray(np.sqrt(abs(c) * weights) * (np.sign(c) if signed else 1), x.dtype)
                parts.append(powers * factors * _power_of_two((k - p) * exponent, x.dtype)[..., None])
        log_scale = p * log(2) * exponent.astype(x.dtype)
        if not any(coefficients[:-1]):  # a token of zeros has no features at all
            log_scale = jnp.where((x == 0).all(axis=-1), -jnp.inf, log_scale)
        return Features(jnp.concatenate(parts, axis=-1), log_scale)

    def _scaled(self, x: Float[Array, "... n d"]) -> tuple[Array, Array]:
        """x sqrt(scale)/2^exponent, no entry above 1, and the exponents [.., n], constants to the gradient.

        Where there are terms of lower degree the exponents are not negative, so that those terms do not grow.
        """
        x = x * sqrt(temperature_scale(self.scale, x.shape[-1]))
        _, exponent = jnp.frexp(jax.lax.stop_gradient(jnp.abs(x).max(axis=-1)))
        least = 0 if any(self.coefficients()[:-1]) else int(jnp.finfo(x.dtype).minexp) + 1
        exponent = jnp.maximum(exponent, least)
        return x * _power_of_two(-exponent, x.dtype)[..., None], exponent


def _power_of_two(exponents: Array, dtype: jnp.dtype) -> Array:
    return jax.lax.stop_gradient(jnp.ldexp(jnp.ones(exponents.shape, dtype), exponents))


@map_class
class Polynomial(PolynomialFeatures):
    """s^p (arXiv 2310.01655). For an odd degree the weights are positive only where the scores are."""

    def coefficients(self) -> tuple[float, ...]:
        return (0.0,) * self.degree + (1.0,)


@map_class
class Taylor(PolynomialFeatures):
    """1 + s + .. + s^p/p!, positive for every score if p is even (arXiv 2402.18668 for p = 2)."""

    def coefficients(self) -> tuple[float, ...]:
        return exponential_polynomials.taylor(self.degree)


@map_class
class FittedPolynomial(PolynomialFeatures):
    """A polynomial fitted to exp on [-bound, bound]. Outside, and where its relative error is 1, it may be negative."""

    bound: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        exponential_polynomials.positive_bound(self.bound)
        self.coefficients()


@map_class
class Chebyshev(FittedPolynomial):
    """The series of exp in Chebyshev polynomials on [-bound, bound], cut off after the degree."""

    def coefficients(self) -> tuple[float, ...]:
        return exponential_polynomials.chebyshev(self.degree, float(self.bound))


@map_class
class Minimax(FittedPolynomial):
    """The polynomial with the least relative error to exp on [-bound, bound]."""

    def coefficients(self) -> tuple[float, ...]:
        return exponential_polynomials.minimax(self.degree, float(self.bound))[0]

    @property
    def relative_error(self) -> float:
        """max |P(s) exp(-s) - 1| over [-bound, bound]."""
        return exponential_polynomials.minimax(self.degree, float(self.bound))[1]


BUILDERS = {
    "polynomial": lambda d, key: LinearAttention(Polynomial()),
    "taylor": lambda d, key: LinearAttention(Taylor()),
    "chebyshev": lambda d, key: LinearAttention(Chebyshev()),
    "minimax": lambda d, key: LinearAttention(Minimax()),
}
