"""Gaussian frequencies of random features: independent, or orthogonal within blocks of d.

An orthogonal block is a Haar-distributed orthogonal matrix whose rows get independent norms, each that of a Gaussian
vector; so every frequency by itself is N(0, I_d), and those of a block point in orthogonal directions.

The Q of a QR factorisation of a Gaussian matrix is Haar-distributed only if the diagonal of R is made positive.
Householder's algorithm, as in LAPACK, does not: there the first entry of the first column of Q is never positive, and
features made from it are biased (`theory.maps.orthogonal_features`). Mezzadri, arXiv math-ph/0609050, has the remedy.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from numerics.maps.attention import positive_integer


def frequencies(
    key: Array, m: int, d: int, *, orthogonal: bool = True, dtype: Any = jnp.float32
) -> Float[Array, "m d"]:
    """m frequencies, each N(0, I_d).

    orthogonal: in blocks of d (the last may be shorter) whose directions are orthogonal; else independent.
    The blocks are drawn from fold_in(key, number), so more of them keep those there are. Raises ValueError for m or d
    below 1.
    """
    m, d = positive_integer(m, "m"), positive_integer(d, "d")
    if not orthogonal:
        return jax.random.normal(key, (m, d), dtype)
    numbers = jnp.arange(-(-m // d))
    blocks = jax.vmap(lambda number: _orthogonal_block(jax.random.fold_in(key, number), d, dtype))(numbers)
    return blocks.reshape(-1, d)[:m]


def _orthogonal_block(key: Array, d: int, dtype: Any) -> Float[Array, "d d"]:
    of_directions, of_norms = (jax.random.fold_in(key, number) for number in range(2))
    norms = jnp.linalg.norm(jax.random.normal(of_norms, (d, d), dtype), axis=1)
    return norms[:, None] * haar(of_directions, d, dtype)


def haar(key: Array, d: int, dtype: Any = jnp.float32) -> Float[Array, "d d"]:
    """A uniformly distributed orthogonal matrix."""
    q, r = jnp.linalg.qr(jax.random.normal(key, (d, d), dtype))
    return q * jnp.where(jnp.diagonal(r) < 0, -1, 1)
