"""The delta rule in chunks: what is stored under a key is replaced, not added to.

    S_t = (I - beta_t k_t k_t^T) S_(t-1) + beta_t k_t v_t^T = S_(t-1) + k_t x_t^T,    x_t = beta_t (v_t - S_(t-1)^T k_t)

So the state is a plain sum of k_t x_t^T, with the corrections x_t in place of the values. Inside a chunk that begins
with the state S, they solve a triangular system, whose rows are the definition of x_t with the earlier k_j x_j^T
written out: with L_tj = beta_t k_t.k_j for j < t, and 0 elsewhere,

    (I + L) X = Diag(beta) (V - K S),     O = Q S + lower(Q K^T) X,     the next state S + K^T X.

This is the WY representation of a product of I - beta_t k_t k_t^T (arXiv 2406.06484), X = U - W S there, solved for
once and not for U and W apart.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from numerics.maps.recurrence import in_chunks


@partial(jax.jit, static_argnames="chunk")
def delta_sums(
    q: Float[Array, "... n d"],
    k: Float[Array, "... n d"],
    v: Float[Array, "... n e"],
    beta: Float[Array, "... n 1"],
    chunk: int,
) -> Float[Array, "... n e"]:
    """O above, chunk by chunk; the leading axes broadcast against each other.

    It forgets rather than grows where 0 <= beta |k|^2 <= 2, which is for the caller to see to.
    Time O(n (d e + chunk (d + e))).
    """
    chunk = min(chunk, q.shape[-2])
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
    lower = jnp.tril(beta * (k @ _turned(k)), -1)
    return jax.lax.linalg.triangular_solve(
        lower, jnp.broadcast_to(beta * v, (*lower.shape[:-1], v.shape[-1])), left_side=True, lower=True,
        unit_diagonal=True,
    )  # fmt: skip


@jax.jit
def delta_matrix(
    q: Float[Array, "... n d"], k: Float[Array, "... n d"], beta: Float[Array, "... n 1"]
) -> Float[Array, "... n n"]:
    """The weights of the values: O for a state of 0 and the unit vectors as values."""
    return jnp.tril(q @ _turned(k)) @ corrections(k, beta, jnp.eye(k.shape[-2], dtype=k.dtype))


def _turned(x: Array) -> Array:
    return jnp.swapaxes(x, -1, -2)
