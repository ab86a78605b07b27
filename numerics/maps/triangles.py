"""Triangles of weights that are halved: two triangles and the square below them, down to single tokens."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float


def joined(first: Float[Array, "... h h"], corner: Float[Array, "... h h"], second: Float[Array, "... h h"]) -> Array:
    """The lower triangles [[first, 0], [corner, second]]."""
    above = jnp.concatenate([first, jnp.zeros_like(corner)], axis=-1)
    return jnp.concatenate([above, jnp.concatenate([corner, second], axis=-1)], axis=-2)


def power_of_two(n: int) -> int:
    """The least power of two that is at least n."""
    return 1 << (n - 1).bit_length()
