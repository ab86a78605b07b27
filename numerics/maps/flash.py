"""Softmax attention as a Pallas kernel, one program for each head and block of queries (arXiv 2205.14135, 2307.08691).

The recurrence is that of `blockwise`, which also computes the gradient. On TPUs and GPUs the kernel is compiled, on
CPUs Pallas interprets it, which shows that it is right and not how fast it is, and inside `jax.shard_map` only works
with check_vma=False. A program reads the keys and values of its head as a whole: on a TPU they have to fit into vector
memory.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.experimental import pallas as pl
from jaxtyping import Array, Bool, Float

from numerics.maps.blockwise import Flat, Plan, below, causal_columns, flat, gradient


def flash_softmax(
    q: Float[Array, "... n d"],
    k: Float[Array, "... m d"],
    v: Float[Array, "... m e"],
    key_mask: Bool[Array, "... m"] | None,
    *,
    causal: bool,
    block: int,
) -> Float[Array, "... n e"]:
    """As `blockwise.blockwise_softmax`, by the kernel. A GPU needs a block and dimensions that are powers of two."""
    n, m = q.shape[-2], k.shape[-2]
    return flat(q, k, v, key_mask, Plan(causal, m - n, min(block, n), min(block, m)), _compiled)


@partial(jax.custom_vjp, nondiff_argnums=(1,))
def _attention(inputs: Flat, plan: Plan) -> Array:
    return _forward(inputs, plan)[0]


def _with_residuals(inputs: Flat, plan: Plan) -> tuple[Array, tuple]:
    o, largest, total = _forward(inputs, plan)
    return o, (inputs, o, largest, total)


_attention.defvjp(_with_residuals, gradient)
_compiled = jax.jit(_attention, static_argnums=1)


def _forward(inputs: Flat, plan: Plan) -> tuple[Array, Array, Array]:
    q, k, v, mask = inputs
    (heads, n, d), (m, e) = q.shape, v.shape[1:]

    def rows(width: int) -> pl.BlockSpec:
        return pl.BlockSpec((None, plan.rows, width), lambda head, i: (head, i, 0))

    def whole(height: int, width: int) -> pl.BlockSpec:
        return pl.BlockSpec((None, height, width), lambda head, i: (head, 0, 0))

    arrays, specs = [q, k, v], [rows(d), whole(m, d), whole(m, e)]
    if mask is not None:  # TPUs have no blocks of booleans, nor of one axis
        arrays, specs = [*arrays, mask.astype(jnp.int32)[:, None]], [*specs, whole(1, m)]
    widths = (e, 1, 1)
    o, largest, total = pl.pallas_call(
        partial(_kernel, plan, m // plan.columns, mask is not None),
        grid=(heads, n // plan.rows),
        in_specs=specs,
        out_specs=[rows(width) for width in widths],
        out_shape=[jax.typeof(q).update(shape=(heads, n, width)) for width in widths],
        interpret=jax.default_backend() == "cpu",
    )(*arrays)
    return o, largest[..., 0], total[..., 0]


def _kernel(plan: Plan, number: int, masked: bool, q_ref: Any, k_ref: Any, v_ref: Any, *refs: Any) -> None:
    """One block of queries against all blocks of keys that it sees."""
    mask_ref, o_ref, largest_ref, total_ref = refs if masked else (None, *refs)
    q = q_ref[...]
    i = pl.program_id(1)

    def step(diagonal: bool, j: Array, carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        total, largest, sums = carry
        here = pl.ds(j * plan.columns, plan.columns)
        s = lax.dot_general(q, k_ref[here, :], (((1,), (1,)), ((), ())), preferred_element_type=q.dtype)
        if mask_ref is not None:
            s = jnp.where(mask_ref[:, here] != 0, s, -jnp.inf)
        if diagonal:
            s = jnp.where(below(plan, i, j), s, -jnp.inf)
        larger = jnp.maximum(largest, s.max(axis=1, keepdims=True))
        e = jnp.exp(s - larger)
        kept = jnp.exp(largest - larger)
        product = jnp.dot(e, v_ref[here, :], preferred_element_type=q.dtype)
        return total * kept + e.sum(axis=1, keepdims=True), larger, sums * kept + product

    column = jnp.zeros((plan.rows, 1), q.dtype)
    carry = column, jnp.full_like(column, jnp.finfo(q.dtype).min), jnp.zeros(o_ref.shape, q.dtype)
    if plan.causal:
        seen_whole, end = causal_columns(plan, i, number)
        carry = lax.fori_loop(0, seen_whole, partial(step, False), carry)
        carry = lax.fori_loop(seen_whole, end, partial(step, True), carry)
    else:
        carry = lax.fori_loop(0, number, partial(step, False), carry)
    total, largest, sums = carry
    o_ref[...] = jnp.where(total == 0, 0, sums / jnp.where(total == 0, 1, total))
    largest_ref[...] = largest
    total_ref[...] = total
