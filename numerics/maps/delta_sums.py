"""The delta rule in chunks: what is stored under a key is replaced, not added to.

    S_t = (I - beta_t k_t k_t^T) S_(t-1) + beta_t k_t v_t^T = S_(t-1) + k_t x_t^T,    x_t = beta_t (v_t - S_(t-1)^T k_t)

So the state is a plain sum of k_t x_t^T, with the corrections x_t in place of the values. Inside a chunk that begins
with the state S, they solve a triangular system, whose rows are the definition of x_t with the earlier k_j x_j^T
written out: with L_tj = beta_t k_t.k_j for j < t, and 0 elsewhere,

    (I + L) X = Diag(beta) (V - K S),     O = Q S + lower(Q K^T) X,     the next state S + K^T X.

This is the WY representation of a product of I - beta_t k_t k_t^T (arXiv 2406.06484), X = U - W S there, solved for
once and not for U and W apart. The triangle is inverted by halves,

    [[A, 0], [C, B]]^(-1) = [[A^(-1), 0], [-B^(-1) C A^(-1), B^(-1)]],

all blocks of one size together, from single tokens up. These are products of matrices, which run well anywhere, and
nothing large arises on the way: every block is the inverse for a shorter chunk, and keys of length 1 with beta <= 2
bound what a token can change later on.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from numerics.maps.recurrence import in_chunks
from numerics.maps.triangles import joined, power_of_two


@partial(jax.jit, static_argnames="chunk")
def delta_sums(
    q: Float[Array, "... n d"],
    k: Float[Array, "... n d"],
    v: Float[Array, "... n e"],
    beta: Float[Array, "... n 1"],
    chunk: int,
) -> Float[Array, "... n e"]:
    """O above, chunk by chunk; the leading axes broadcast against each other.

    chunk: a power of two. It forgets rather than grows where 0 <= beta |k|^2 <= 2, which is for the caller to see to.
    Time O(n (d e + chunk (d + e))).
    """
    chunk = min(chunk, power_of_two(q.shape[-2]))
    batch = jnp.broadcast_shapes(*(x.shape[:-2] for x in (q, k, v, beta)))
    state = jnp.zeros((*batch, k.shape[-1], v.shape[-1]), v.dtype)
    return in_chunks(chunk, _chunk, state, q, k, v, beta)


def _chunk(state: Array, q: Array, k: Array, v: Array, beta: Array) -> tuple[Array, Array]:
    x = corrections(k, beta, v - k @ state)
    return state + _turned(k) @ x, q @ state + jnp.tril(q @ _turned(k)) @ x


@jax.jit
def corrections(
    k: Float[Array, "... n d"], beta: Float[Array, "... n 1"], v: Float[Array, "... n e"]
) -> Float[Array, "... n e"]:
    """X for values v and a state of 0."""
    return inverse(jnp.tril(beta * (k @ _turned(k)), -1)) @ (beta * v)


def inverse(lower: Float[Array, "... n n"]) -> Float[Array, "... n n"]:
    """(I + L)^(-1) for a matrix L that is 0 on and above the diagonal."""
    n, batch = lower.shape[-1], lower.shape[:-2]
    size = power_of_two(n)
    lower = jnp.pad(lower, [(0, 0)] * len(batch) + [(0, size - n)] * 2)
    found = jnp.ones((*batch, size, 1, 1), lower.dtype)  # [.., number, half, half], of one token each
    half = 1
    while half < size:
        blocks = lower.reshape(*batch, size // (2 * half), 2 * half, size // (2 * half), 2 * half)
        corners = jnp.moveaxis(jnp.diagonal(blocks[..., half:, :, :half], axis1=-4, axis2=-2), -1, -3)
        first, second = (found[..., side::2, :, :] for side in (0, 1))
        found = joined(first, -(second @ corners @ first), second)
        half *= 2
    return found[..., 0, :n, :n]


@jax.jit
def delta_matrix(
    q: Float[Array, "... n d"], k: Float[Array, "... n d"], beta: Float[Array, "... n 1"]
) -> Float[Array, "... n n"]:
    """The weights of the values: O for a state of 0 and the unit vectors as values."""
    return jnp.tril(q @ _turned(k)) @ corrections(k, beta, jnp.eye(k.shape[-2], dtype=k.dtype))


def _turned(x: Array) -> Array:
    return jnp.swapaxes(x, -1, -2)
