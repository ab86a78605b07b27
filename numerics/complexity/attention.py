"""The operations of attention in each of its forms, as XLA counts them in the maps of `numerics.maps`."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from numerics.complexity.counting import counted, counted_operations
from numerics.maps.feature_maps import Relu
from numerics.maps.linear_attention import LinearAttention
from numerics.maps.low_rank import Linformer
from numerics.maps.softmax import Softmax
from theory.complexity import attention as theory
from theory.complexity.attention import block, c, d, e, n, r
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import m

# Sizes are these times t; the value dimension is one less, so that the values and the normaliser are 3 t columns.
LENGTH, DIMENSION, VALUES, BLOCK, PROJECTED, CHUNKS = 12, 5, 3, 4, 7, 3


def sizes(t: int) -> Mapping[sp.Symbol, int]:
    return {
        n: LENGTH * t,
        d: DIMENSION * t,
        r: DIMENSION * t,
        e: VALUES * t - 1,
        block: BLOCK * t,
        c: CHUNKS,
        m: PROJECTED * t,
    }


def shapes(t: int) -> tuple[tuple[int, int], ...]:
    """Of queries, keys and values."""
    return (LENGTH * t, DIMENSION * t), (LENGTH * t, DIMENSION * t), (LENGTH * t, VALUES * t - 1)


def softmax(t: int) -> int:
    import jax

    return counted_operations(lambda q, k, v: jax.nn.softmax(q @ k.T) @ v, *shapes(t))


def linear(t: int) -> int:
    """ReLU features: as many as the head has dimensions."""
    return counted_operations(LinearAttention(Relu()).attend, *shapes(t))


def linear_chunked(t: int) -> int:
    """At these sizes the chunks are done together, so that XLA counts all of them."""
    attention = LinearAttention(Relu(), chunk=BLOCK * t)
    return counted_operations(lambda q, k, v: attention.attend(q, k, v, causal=True), *shapes(t))


def softmax_blockwise(t: int) -> int:
    """XLA counts one block of queries, with the first block of keys and one of the others; here there are two."""
    return counted_operations(Softmax(block=BLOCK * t).attend, *shapes(t))


def linformer(t: int) -> int:
    import jax.numpy as jnp

    projection = jnp.ones((PROJECTED * t, LENGTH * t), jnp.float32)
    return counted_operations(Linformer(projection, projection).attend, *shapes(t))


evidence_for(theory.softmax, Method.MEASURED)(counted(softmax, sizes, sp.Integer(1)))
evidence_for(theory.linear, Method.MEASURED)(counted(linear, sizes, sp.Integer(1)))
evidence_for(theory.chunked, Method.MEASURED)(counted(linear_chunked, sizes, sp.Integer(1)))
evidence_for(theory.blockwise, Method.MEASURED)(counted(softmax_blockwise, sizes, c))
evidence_for(theory.linformer, Method.MEASURED)(counted(linformer, sizes, sp.Integer(1)))
