"""Causal sums in which every channel of the keys forgets at its own rate: gated linear attention.

    o_i = S_i^T q_i,     S_i = Diag(exp(a_i)) S_(i-1) + k_i v_i^T,     a_i <= 0 the logarithms of the gates,
    o_i = sum over j <= i, channels c of q_ic exp(a_(j+1)c + .. + a_ic) k_jc v_j.

Inside a chunk the weights are a triangle. Taking exp(b_i) to the query and exp(-b_j) to the key, b the sum of all a
so far, overflows as soon as a channel forgets. Here the triangle is halved instead: a query i in the second half and a
key j in the first meet at the middle h, exp(a_(j+1) + .. + a_h) exp(a_(h+1) + .. + a_i), and each half is a triangle
again. Every exponent is a sum of numbers <= 0, added up from the middle and never a difference of two sums: nothing
overflows, and a channel that has forgotten everything costs no accuracy later on. A chunk of C tokens takes C (C - 1) d
operations in products, half of the square. Derived here; arXiv 2312.06635 cuts a chunk into blocks of one size instead.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from numerics.maps.recurrence import in_chunks
from numerics.maps.triangles import joined, power_of_two


@partial(jax.jit, static_argnames="chunk")
def gated_sums(
    q: Float[Array, "... n d"],
    k: Float[Array, "... n d"],
    v: Float[Array, "... n e"],
    log_gates: Float[Array, "... n d"],
    chunk: int,
) -> Float[Array, "... n e"]:
    """The sums above, chunk by chunk, from gates of any origin; the leading axes broadcast against each other.

    chunk: a power of two. Time O(n (d e + chunk (d + e))).
    """
    chunk = min(chunk, power_of_two(q.shape[-2]))
    batch = jnp.broadcast_shapes(*(x.shape[:-2] for x in (q, k, v, log_gates)))
    state = jnp.zeros((*batch, k.shape[-1], v.shape[-1]), v.dtype)
    return in_chunks(chunk, _chunk, state, q, k, v, log_gates)


def _chunk(state: Array, q: Array, k: Array, v: Array, a: Array) -> tuple[Array, Array]:
    so_far, to_come = sums_so_far(a), sums_to_come(a)
    outputs = (q * jnp.exp(so_far)) @ state + gated_triangle(q, k, a) @ v
    kept = jnp.exp(so_far[..., -1, :])[..., :, None] * state
    return kept + _turned(k * jnp.exp(to_come)) @ v, outputs


@jax.jit
def gated_triangle(
    q: Float[Array, "... n d"], k: Float[Array, "... n d"], log_gates: Float[Array, "... n d"]
) -> Float[Array, "... n n"]:
    """The weights of the values, 0 above the diagonal."""
    n = q.shape[-2]
    size = power_of_two(n)
    batch = jnp.broadcast_shapes(*(x.shape[:-2] for x in (q, k, log_gates)))
    q, k, a = (
        jnp.pad(jnp.broadcast_to(x, (*batch, *x.shape[-2:])), [(0, 0)] * len(batch) + [(0, size - n), (0, 0)])
        for x in (q, k, log_gates)
    )
    triangles = (q * k).sum(axis=-1)[..., None, None]  # [.., number, half, half], of one token each
    half = 1
    while half < size:
        queries, keys, gates = (x.reshape(*batch, -1, 2, half, x.shape[-1]) for x in (q, k, a))
        later = queries[..., 1, :, :] * jnp.exp(sums_so_far(gates[..., 1, :, :]))
        earlier = keys[..., 0, :, :] * jnp.exp(sums_to_come(gates[..., 0, :, :]))
        first, second = (triangles[..., side::2, :, :] for side in (0, 1))
        triangles = joined(first, later @ _turned(earlier), second)
        half *= 2
    return triangles[..., 0, :n, :n]


def sums_so_far(a: Float[Array, "... n d"]) -> Float[Array, "... n d"]:
    """a_1 + .. + a_i."""
    return jnp.cumsum(a, axis=-2)


def sums_to_come(a: Float[Array, "... n d"]) -> Float[Array, "... n d"]:
    """a_(j+1) + .. + a_n, added up from the end."""
    after = jnp.cumsum(a[..., :0:-1, :], axis=-2)[..., ::-1, :]
    return jnp.concatenate([after, jnp.zeros_like(a[..., :1, :])], axis=-2)


def _turned(x: Array) -> Array:
    return jnp.swapaxes(x, -1, -2)
