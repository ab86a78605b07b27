"""Causal sums of linear attention, a chunk at a time, with a gradient that stores no state.

    o_i = sum over j <= i of (q_i.k_j) exp(s_j - t_i) v_j,       t non-decreasing and t_i >= s_j for j <= i

Inside a chunk the triangle of scores is formed; what lies before it enters through the state S = sum k_j exp(s_j - t)
v_j^T, an r x e matrix, t being the value at the last token before. With g the cotangent of o,

    dq_i = sum_(j <= i) (g_i.v_j) exp(s_j - t_i) k_j        the same chunks and states, forwards,
    dk_j = sum_(i >= j) (g_i.v_j) exp(s_j - t_i) q_i        the chunks in reverse, with R = sum q_i exp(t - t_i) g_i^T,
    dv_j = sum_(i >= j) (q_i.k_j) exp(s_j - t_i) g_i        likewise, and ds_j = k_j.dk_j.

All exponents are <= 0 in all of these. Derived here; the chunks are those of linear attention in the literature
(arXiv 2006.16236 for the recurrent form, 2312.06635 for chunks).
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from numerics.maps.attention import on_the_same_axes


def causal_sums(
    q: Float[Array, "... n r"],
    k: Float[Array, "... n r"],
    v: Float[Array, "... n e"],
    log_scale: Float[Array, "... n"] | None,
    largest: Float[Array, "... n"] | None,
    chunk: int,
) -> Float[Array, "... n e"]:
    """The sums above with s = `log_scale` and t = `largest`, whose leading axes broadcast against each other.

    largest: finite, and a constant to the gradient, since the quotients that these sums are for do not depend on it.
        None for both scales means factors of 1.
    Time O(n (r e + chunk (r + e))). Beside inputs and outputs, memory O(r e + chunk^2), and as much for the gradient.
    """
    batch = jnp.broadcast_shapes(*(x.shape[:-2] for x in (q, k, v)))
    n = q.shape[-2]
    q, k, v = on_the_same_axes(*(jnp.broadcast_to(x, (*batch, *x.shape[-2:])) for x in (q, k, v)))
    if log_scale is not None and largest is not None:
        log_scale, largest = (jnp.broadcast_to(x, (*batch, n)) for x in (log_scale, largest))
        largest = jax.lax.stop_gradient(largest)
        q, k, v, log_scale, largest = on_the_same_axes(q, k, v, log_scale, largest)
    return _sums(q, k, v, log_scale, largest, chunk)


@partial(jax.custom_vjp, nondiff_argnums=(5,))
def _sums(q: Array, k: Array, v: Array, s: Array | None, t: Array | None, size: int) -> Array:
    def step(state: Array, at: _Chunk) -> tuple[Array, Array]:
        inside = at.triangle(_scores(at.q, at.k)) @ at.v
        return at.next_state(state), inside + at.decayed(at.q @ state)

    _, sums = jax.lax.scan(step, _no_state(q, v), _split(q, k, v, s, t, size))
    return _joined(sums, q.shape[-2])


def _with_residuals(q: Array, k: Array, v: Array, s: Array | None, t: Array | None, size: int) -> tuple[Array, tuple]:
    return _sums(q, k, v, s, t, size), (q, k, v, s, t)


def _gradient(size: int, residuals: tuple, g: Array) -> tuple:
    q, k, v, s, t = residuals
    n = q.shape[-2]
    chunks = _split(q, k, v, s, t, size)
    cotangents = _by_chunks(g, size)

    def forwards(state: Array, given: tuple[_Chunk, Array]) -> tuple[Array, Array]:
        at, g = given
        inside = at.triangle(_scores(g, at.v)) @ at.k
        return at.next_state(state), inside + at.decayed(g @ jnp.swapaxes(state, -1, -2))

    def backwards(later: Array, given: tuple[_Chunk, Array]) -> tuple[Array, tuple[Array, Array]]:
        at, g = given
        dk = jnp.swapaxes(at.triangle(_scores(g, at.v)), -1, -2) @ at.q
        dv = jnp.swapaxes(at.triangle(_scores(at.q, at.k)), -1, -2) @ g
        dk = dk + at.to_end(at.v @ jnp.swapaxes(later, -1, -2))
        dv = dv + at.to_end(at.k @ later)
        return at.previous_later(later, g), (dk, dv)

    _, dq = jax.lax.scan(forwards, _no_state(q, v), (chunks, cotangents))
    _, (dk, dv) = jax.lax.scan(backwards, _no_state(q, v), (chunks, cotangents), reverse=True)
    dq, dk, dv = (_joined(x, n) for x in (dq, dk, dv))
    if s is None or t is None:
        return dq, dk, dv, None, None
    return dq, dk, dv, (k * dk).sum(axis=-1), jnp.zeros_like(t)


_sums.defvjp(_with_residuals, _gradient)


class _Chunk(NamedTuple):
    """One chunk, or all of them with their axis first. before, end: t at the token before it, and at its last one."""

    q: Array
    k: Array
    v: Array
    s: Array | None
    t: Array | None
    before: Array | None
    end: Array | None

    def triangle(self, products: Array) -> Array:
        """Products of tokens i and j times exp(s_j - t_i) for j <= i, and 0 above the diagonal."""
        lower = jnp.tril(jnp.ones(products.shape[-2:], bool))
        if self.s is None or self.t is None:
            return jnp.where(lower, products, 0)
        return products * jnp.exp(jnp.where(lower, self.s[..., None, :] - self.t[..., :, None], -jnp.inf))

    def decayed(self, from_state: Array) -> Array:
        """What the state gives token i, brought to the scale exp(-t_i)."""
        if self.t is None or self.before is None:
            return from_state
        return from_state * jnp.exp(self.before[..., None] - self.t)[..., None]

    def to_end(self, rows: Array) -> Array:
        """Rows of tokens j times exp(s_j - t_end)."""
        if self.s is None or self.end is None:
            return rows
        return rows * jnp.exp(self.s - self.end[..., None])[..., None]

    def next_state(self, state: Array) -> Array:
        added = jnp.einsum("...jr,...je->...re", self.to_end(self.k), self.v)
        return self._kept(state) + added

    def previous_later(self, later: Array, g: Array) -> Array:
        """R before this chunk, from R after it."""
        return self._kept(later) + jnp.einsum("...ir,...ie->...re", self.decayed(self.q), g)

    def _kept(self, sums: Array) -> Array:
        if self.before is None or self.end is None:
            return sums
        return sums * jnp.exp(self.before - self.end)[..., None, None]


def _scores(a: Array, b: Array) -> Array:
    return jnp.einsum("...ic,...jc->...ij", a, b)


def _no_state(q: Array, v: Array) -> Array:
    return jnp.zeros_like(q, shape=(*q.shape[:-2], q.shape[-1], v.shape[-1]))  # with the mesh axes of q in shard_map


def _split(q: Array, k: Array, v: Array, s: Array | None, t: Array | None, size: int) -> _Chunk:
    q, k, v = (_by_chunks(x, size) for x in (q, k, v))
    if s is None or t is None:
        return _Chunk(q, k, v, None, None, None, None)
    s = _by_chunks(s[..., None], size, fill=-jnp.inf)[..., 0]
    t = _by_chunks(t[..., None], size, repeat=True)[..., 0]
    end = t[..., -1]
    before = jnp.concatenate([t[:1, ..., 0], end[:-1]])
    return _Chunk(q, k, v, s, t, before, end)


def _by_chunks(x: Array, size: int, fill: float = 0.0, *, repeat: bool = False) -> Array:
    """[.., n, c] as [chunks, .., size, c], with `fill`, or the last token again, at the end of the last chunk."""
    missing = -x.shape[-2] % size
    if missing:
        padding = [(0, 0)] * (x.ndim - 2) + [(0, missing), (0, 0)]
        x = jnp.pad(x, padding, mode="edge") if repeat else jnp.pad(x, padding, constant_values=fill)
    return jnp.moveaxis(x.reshape(*x.shape[:-2], -1, size, x.shape[-1]), -3, 0)


def _joined(chunks: Array, n: int) -> Array:
    """The reverse of `_by_chunks`: [chunks, .., size, c] as [.., n, c]."""
    x = jnp.moveaxis(chunks, 0, -3)
    return x.reshape(*x.shape[:-3], -1, x.shape[-1])[..., :n, :]
