"""Attention by projection on the simplex: sparsemax and alpha-entmax, whose weights are exactly 0 below a threshold.

    alpha-entmax    w = max((alpha - 1) s - tau, 0)^(1/(alpha - 1)), with the tau for which the row sums to one

It maximises p.s + H(p) over the simplex, H the Tsallis entropy with index alpha: softmax is alpha -> 1, sparsemax
(arXiv 1602.02068) is alpha = 2, and alpha = 3/2 (arXiv 1905.05702) lies between. For these two tau is found by sorting,
else by halving an interval that holds it down to neighbouring floats.

The derivative is that of the definition, not of the search: with g = w^(2 - alpha) on the support and 0 off it,
dw = g (ds - sum(g ds)/sum(g)). Where a score meets the threshold exactly, its weight counts as off the support.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from numerics.maps.attention import Attention, divide, map_class, masked_scores
from numerics.maps.inputs import Inputs
from numerics.maps.softmax import below_maximum


@map_class
class Entmax(Attention):
    """alpha-entmax attention.

    alpha: above 1, where it is softmax, and at most 2, where it is sparsemax; beyond, the gradient is unbounded.
    scale: of the scores, 1/sqrt(d) by default.
    """

    alpha: float = 1.5
    scale: float | None = None

    def __post_init__(self) -> None:
        if not 1 < self.alpha <= 2:
            raise ValueError(f"alpha = {self.alpha} must be in (1, 2]; use Softmax for alpha = 1.")

    def _weights(self, inputs: Inputs) -> Float[Array, "... n m"]:
        return entmax(masked_scores(inputs, self.scale), self.alpha)


@partial(jax.custom_jvp, nondiff_argnums=(1,))
def entmax(s: Float[Array, "... m"], alpha: float) -> Float[Array, "... m"]:
    """alpha-entmax of each row, 1 < alpha <= 2; entries of -inf have weight 0, and a row of them is 0."""
    # A weight is 0 where z is 1 or more below the largest, so that z can be cut there, which -inf also becomes
    z = jnp.maximum((alpha - 1) * below_maximum(s), -1)
    if alpha == 2:
        tau = _sparsemax_threshold(z)
    elif alpha == 1.5:
        tau = _entmax15_threshold(z)
    else:
        tau = _bisected_threshold(z, 1 / (alpha - 1))
    tau = _newton(z, tau, 1 / (alpha - 1))
    return jnp.where(s > -jnp.inf, _power(z - tau, 1 / (alpha - 1)), 0)


@entmax.defjvp
def _entmax_jvp(alpha: float, primals: tuple[Array], tangents: tuple[Array]) -> tuple[Array, Array]:
    (s,), (ds,) = primals, tangents
    w = entmax(s, alpha)
    g = _power(w, 2 - alpha) if alpha < 2 else (w > 0).astype(w.dtype)
    ds = jnp.where(w > 0, ds, 0)
    mean = divide((g * ds).sum(axis=-1, keepdims=True), g.sum(axis=-1, keepdims=True))
    return w, g * (ds - mean)


def _sparsemax_threshold(z: Array) -> Array:
    """From the k largest entries, k the largest number for which the k-th of them is above their threshold."""
    ranked = jnp.flip(jnp.sort(z, axis=-1), axis=-1)
    k = jnp.arange(1, z.shape[-1] + 1, dtype=z.dtype)
    sums = jnp.cumsum(ranked, axis=-1)
    return _at_last((sums - 1) / k, 1 + k * ranked > sums)


def _entmax15_threshold(z: Array) -> Array:
    """Likewise: tau solves sum (z - tau)^2 = 1 over the k largest, a quadratic equation, and stays below the k-th."""
    ranked = jnp.flip(jnp.sort(z, axis=-1), axis=-1)
    k = jnp.arange(1, z.shape[-1] + 1, dtype=z.dtype)
    mean = jnp.cumsum(ranked, axis=-1) / k
    variance = jnp.cumsum(ranked**2, axis=-1) / k - mean**2
    tau = mean - jnp.sqrt(jnp.maximum(1 / k - variance, 0))
    return _at_last(tau, tau <= ranked)


def _at_last(tau: Array, holds: Array) -> Array:
    """tau at the last k for which the condition holds; it always holds for k = 1."""
    last = holds.sum(axis=-1, keepdims=True) - 1
    return jnp.take_along_axis(tau, last, axis=-1)


@partial(jax.jit, static_argnums=1)  # outside jit the loop would be compiled at every call
def _bisected_threshold(z: Array, exponent: float) -> Array:
    """Of the interval [-1, 0], in which the row sums to at least 1 at the left end and to 0 at the right, the left end
    after so many halvings that its ends are neighbouring floats."""

    def halve(_: int, ends: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = ends
        middle = (low + high) / 2
        above = _power(z - middle, exponent).sum(axis=-1, keepdims=True) >= 1
        return jnp.where(above, middle, low), jnp.where(above, high, middle)

    zero = jnp.zeros_like(z[..., :1])
    return jax.lax.fori_loop(0, jnp.finfo(z.dtype).nmant + 1, halve, (zero - 1, zero))[0]


def _newton(z: Array, tau: Array, exponent: float) -> Array:
    """One step of Newton's method for sum (z - tau)^exponent = 1, which takes out the rounding of the running sums.

    The sum is convex in tau, so that the step ends at or below the solution, up to rounding.
    """
    excess = _power(z - tau, exponent).sum(axis=-1, keepdims=True) - 1
    slope = exponent * _power(z - tau, exponent - 1).sum(axis=-1, keepdims=True)
    return tau + divide(excess, slope)


def _power(x: Array, exponent: float) -> Array:
    """max(x, 0)^exponent, and 0^0 = 0."""
    positive = x > 0
    return jnp.where(positive, jnp.where(positive, x, 1) ** exponent, 0)


BUILDERS = {
    "sparsemax": lambda d, key: Entmax(alpha=2.0),
    "entmax": lambda d, key: Entmax(alpha=1.5),
}
