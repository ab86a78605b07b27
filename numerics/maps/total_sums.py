"""Sums of linear attention over all keys, and what queries read from them, some tokens at a time.

    S = sum_j phi(k_j) exp(s_j - t) v_j^T,    o_i = phi(q_i) S,    t = max_j s_j

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
    nothing = no_sums(shape.shape[:-2], *shape.shape[-2:], shape.dtype)  # type: ignore[call-arg]
    given, structure = jax.tree.flatten((nothing, pieces, phi))
    nothing, pieces, phi = jax.tree.unflatten(structure, on_the_same_axes(*given))
    return jax.lax.scan(add, nothing, pieces)[0]


@partial(jax.jit, static_argnums=0)
def read(
    piece: int,
    phi: FeatureMap,
    q: Float[Array, "... n d"],
    first: Any,
    products: Float[Array, "... r e"],
) -> Float[Array, "... n e"]:
    """phi(q_i) S for queries at positions first, first + 1, .., `piece` queries at a time."""
    n = q.shape[-2]

    def of_piece(q: Array, positions: Array) -> Array:
        return phi.query(q, positions).values @ products

    if n <= piece:
        return of_piece(q, first + jnp.arange(n))
    positions = first + jnp.arange(-(-n // piece) * piece).reshape(-1, piece)
    rows = jax.lax.map(lambda now: jax.checkpoint(of_piece)(*now), (_pieces(q, piece), positions))
    rows = jnp.moveaxis(rows, 0, -3)
    return rows.reshape(*rows.shape[:-3], -1, rows.shape[-1])[..., :n, :]


def together(one: Sums, other: Sums) -> Sums:
    """The sums over both sets of keys."""
    largest = jnp.maximum(one.largest, other.largest)
    factors = (jnp.exp(x.largest - largest)[..., None, None] for x in (one, other))
    return Sums(sum(f * x.products for f, x in zip(factors, (one, other), strict=True)), largest)  # type: ignore[arg-type]


def finite(largest: Array) -> Array:
    """A maximum that can be subtracted, a constant to the gradient: the least finite number in place of -inf."""
    return jax.lax.stop_gradient(jnp.maximum(largest, jnp.finfo(largest.dtype).min))


def _sums_after(decay: Array) -> Array:
    """a_(j+1) + .. + a_(m-1) for every j, added up from the end, where the sums are small."""
    after = jnp.cumsum(decay[..., ::-1], axis=-1)[..., :-1]
    return jnp.concatenate([jnp.zeros_like(decay[..., :1]), after], axis=-1)[..., ::-1]


def _pieces(x: Array, piece: int) -> Array:
    """[.., m, c] as [pieces, .., piece, c], with zeros (or False) at the end."""
    missing = -x.shape[-2] % piece
    x = jnp.pad(x, [(0, 0)] * (x.ndim - 2) + [(0, missing), (0, 0)])
    return jnp.moveaxis(x.reshape(*x.shape[:-2], -1, piece, x.shape[-1]), -3, 0)
