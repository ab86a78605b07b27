"""Sums of linear attention over all keys, and what queries read from them, some tokens at a time.

    S = sum_j phi(k_j) exp(s_j - t) v_j^T,    o_i = phi(q_i) S,    t = max_j s_j

Where the features are exponentials exp(b_jr), every feature has a scale of its own: S_r = sum_j exp(b_jr - t_r) v_j^T,
t_r = max_j b_jr. Queries exp(a_ir) read sum_r exp(a_ir + t_r - m_i) S_r, m_i = max_r (a_ir + t_r), in which the largest
term is 1, so that no row underflows.

The features of a piece live only as long as it is added up or read, and are made again for the gradient, so that a
map with many features needs no array of that many numbers for every token.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from numerics.maps.attention import on_the_same_axes
from numerics.maps.causal_sums import Sums, no_sums
from numerics.maps.features import FeatureMap


@partial(jax.jit, static_argnums=0)
def total_sums(
    piece: int,
    phi: FeatureMap,
    k: Float[Array, "... m d"],
    v: Float[Array, "... m e"],
    mask: Bool[Array, "... m"] | None = None,
    decay: Float[Array, "... m"] | None = None,
    first: Any = 0,
) -> Sums:
    """S and t over the keys at positions first, first + 1, .., `piece` keys at a time. t is constant to the gradient.

    mask: False for keys that add nothing. decay: logarithms a_j, for feature maps without scales; key j then counts
        exp(a_(j+1) + .. + a_(m-1)) times.
    """
    m = k.shape[-2]
    weights = None if decay is None else jnp.exp(_sums_after(decay))[..., None]
    if mask is None and m > piece and m % piece:
        mask = jnp.ones(m, bool)

    def of_piece(k: Array, v: Array, mask: Array | None, weights: Array | None, positions: Array) -> Sums:
        if phi.exponential:
            return exponential_products(key_exponents(phi, k, positions, None if mask is None else mask[..., 0]), v)
        values, scale = phi.key(k, positions).masked(None if mask is None else mask[..., 0])
        values = values if weights is None else values * weights
        if scale is None:
            products = jnp.einsum("...jr,...je->...re", values, v)
            return Sums(products, jnp.full(products.shape[:-2], jnp.finfo(products.dtype).min, products.dtype))
        largest = finite(scale.max(axis=-1))
        values = values * jnp.exp(scale - largest[..., None])[..., None]
        products = jnp.einsum("...jr,...je->...re", values, v)
        return Sums(products, jnp.broadcast_to(largest, products.shape[:-2]))

    given = (k, v, None if mask is None else mask[..., None], weights)
    if m <= piece:
        return of_piece(*given, first + jnp.arange(m))

    def add(sums: Sums, now: tuple) -> tuple[Sums, None]:
        return together(sums, jax.checkpoint(of_piece)(*now)), None

    positions = first + jnp.arange(-(-m // piece) * piece).reshape(-1, piece)
    pieces = (*jax.tree.map(lambda x: _pieces(x, piece), given), positions)
    shape = jax.eval_shape(of_piece, *jax.tree.map(lambda x: x[0], pieces)).products
    r, e = shape.shape[-2:]
    nothing = no_sums(shape.shape[:-2], r, e, shape.dtype, exponential=phi.exponential)
    given, structure = jax.tree.flatten((nothing, pieces, phi))
    nothing, pieces, phi = jax.tree.unflatten(structure, on_the_same_axes(*given))
    return jax.lax.scan(add, nothing, pieces)[0]


@partial(jax.jit, static_argnums=0)
def read(
    piece: int, phi: FeatureMap, q: Float[Array, "... n d"], first: Any, sums: Sums
) -> tuple[Float[Array, "... n e"], Float[Array, "... n"] | None]:
    """What queries at positions first, first + 1, .. read, `piece` at a time, and the exponents to be added, if any."""
    n = q.shape[-2]

    def of_piece(q: Array, positions: Array) -> tuple[Array, Array | None]:
        if not phi.exponential:
            return phi.query(q, positions).values @ sums.products, None
        values, scale = phi.exponents(q, positions)
        values = values + sums.largest[..., None, :]
        largest = jax.lax.stop_gradient(values.max(axis=-1))
        return jnp.exp(values - largest[..., None]) @ sums.products, largest + scale

    if n <= piece:
        rows, exponents = of_piece(q, first + jnp.arange(n))
    else:
        positions = first + jnp.arange(-(-n // piece) * piece).reshape(-1, piece)
        rows, exponents = jax.lax.map(lambda now: jax.checkpoint(of_piece)(*now), (_pieces(q, piece), positions))
        rows = _whole(rows, rows.ndim - 3)[..., :n, :]
        exponents = None if exponents is None else _whole(exponents, exponents.ndim - 2)[..., :n]
    return rows, exponents if phi.exponential else _exponent(phi, q, first, sums.largest)


def _exponent(phi: FeatureMap, q: Array, first: Any, largest: Array) -> Array | None:
    """The scales of queries and keys, where the feature map has them; `largest` means nothing where it has none."""
    positions = first + jnp.arange(q.shape[-2])
    scale = phi.query(q, positions).log_scale
    if jax.eval_shape(phi.key, q, positions).log_scale is None:
        return scale
    return largest[..., None] if scale is None else scale + largest[..., None]


def together(one: Sums, other: Sums) -> Sums:
    """The sums over both sets of keys."""
    largest = jnp.maximum(one.largest, other.largest)
    axes = range(largest.ndim, one.products.ndim)
    factors = (jnp.expand_dims(jnp.exp(x.largest - largest), tuple(axes)) for x in (one, other))
    return Sums(sum(f * x.products for f, x in zip(factors, (one, other), strict=True)), largest)  # type: ignore[arg-type]


def key_exponents(
    phi: FeatureMap, k: Float[Array, "... m d"], positions: Array, mask: Bool[Array, "... m"] | None
) -> Float[Array, "... m r"]:
    """The logarithms of the features of keys, -inf for those that add nothing."""
    values, scale = phi.exponents(k, positions)
    values = values + scale[..., None]
    return values if mask is None else jnp.where(mask[..., None], values, -jnp.inf)


def exponential_products(exponents: Float[Array, "... m r"], v: Float[Array, "... m e"]) -> Sums:
    """S and t_r of keys with these exponents."""
    largest = finite(exponents.max(axis=-2))
    products = jnp.einsum("...jr,...je->...re", jnp.exp(exponents - largest[..., None, :]), v)
    return Sums(products, jnp.broadcast_to(largest, products.shape[:-1]))


def finite(largest: Array) -> Array:
    """A maximum that can be subtracted, a constant to the gradient: the least finite number in place of -inf."""
    return jax.lax.stop_gradient(jnp.maximum(largest, jnp.finfo(largest.dtype).min))


def _sums_after(decay: Array) -> Array:
    """a_(j+1) + .. + a_(m-1) for every j, added up from the end, where the sums are small."""
    after = jnp.cumsum(decay[..., ::-1], axis=-1)[..., :-1]
    return jnp.concatenate([jnp.zeros_like(decay[..., :1]), after], axis=-1)[..., ::-1]


def _whole(x: Array, axis: int) -> Array:
    """[pieces, .., piece, ..] as [.., m, ..] with m at this axis."""
    x = jnp.moveaxis(x, 0, axis)
    return x.reshape(*x.shape[:axis], -1, *x.shape[axis + 2 :])


def _pieces(x: Array, piece: int) -> Array:
    """[.., m, c] as [pieces, .., piece, c], with zeros (or False) at the end."""
    missing = -x.shape[-2] % piece
    x = jnp.pad(x, [(0, 0)] * (x.ndim - 2) + [(0, missing), (0, 0)])
    return jnp.moveaxis(x.reshape(*x.shape[:-2], -1, piece, x.shape[-1]), -3, 0)
