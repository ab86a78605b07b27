"""Softmax attention block by block, in memory O(n): online softmax, with a gradient that computes the scores again.

    o_i = sum_j exp(s_ij - t_i) v_j / l_i,     s_ij = q_i.k_j,     t_i = max_j s_ij,     l_i = sum_j exp(s_ij - t_i)

A block of queries runs over the blocks of keys with the t, l and sum so far; a new block with a larger maximum rescales
them (arXiv 1805.02867). Causal blocks above the diagonal are not visited, and only those on it are masked, in strips of
queries that leave out most of the half above it.

The gradient keeps o, t and l. With g the cotangent of o, g' = g/l, c = o.g/l and e_ij = exp(s_ij - t_i),

    dv_j = sum_i e_ij g'_i,     ds_ij = e_ij (g'_i.v_j - c_i),     dq_i = sum_j ds_ij k_j,     dk_j = sum_i ds_ij q_i.

Dividing g, and not e, by l costs nothing for each score; keeping t and l rather than t + log l keeps s - t exact to
the last bit where scores are large. As in arXiv 2205.14135 and 2307.08691, in other words.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float

from numerics.maps.attention import divide, on_the_same_axes, over_heads

STRIP = 256  # queries; fewer are too little for fast products, more compute more that is not needed


class Plan(NamedTuple):
    """How the n x m scores are cut. rows, columns: queries and keys in a block. offset: the position of query 0."""

    causal: bool
    offset: int
    rows: int
    columns: int

    def strips(self) -> list[tuple[slice, slice]]:
        """Queries of a block on the diagonal, and the keys of it that one of them may see."""
        if self.rows != self.columns or self.offset % self.columns:
            return [(slice(self.rows), slice(self.columns))]
        ends = [min(first + STRIP, self.rows) for first in range(0, self.rows, STRIP)]
        return [(slice(i * STRIP, end), slice(end)) for i, end in enumerate(ends)]


class Carry(NamedTuple):
    """Of some queries, over the keys so far: l and t, [rows], and the sum of exp(s_ij - t_i) v_j, [rows, e]."""

    total: Array
    largest: Array
    sums: Array


class Flat(NamedTuple):
    """Inputs with one leading axis, padded to whole blocks. mask: which keys take part, or None for all of them."""

    q: Float[Array, "b n d"]
    k: Float[Array, "b m d"]
    v: Float[Array, "b m e"]
    mask: Bool[Array, "b m"] | None


def blockwise_softmax(
    q: Float[Array, "... n d"],
    k: Float[Array, "... m d"],
    v: Float[Array, "... m e"],
    key_mask: Bool[Array, "... m"] | None,
    *,
    causal: bool,
    block: int,
) -> Float[Array, "... n e"]:
    """softmax(q k^T) v, 0 where a query may look at no key; q already scaled, all of one dtype.

    causal: the queries are the last n of the m positions. block: queries in a block, see `even_cut`.
    Time O(n m (d + e)), half of it if causal. Memory beside inputs and outputs O(n + block (block + d + e)), and as
    much for the gradient. Reverse mode only, once.
    """
    return flat(q, k, v, key_mask, even_cut(q.shape[-2], k.shape[-2], causal, block), _compiled)


def even_cut(n: int, m: int, causal: bool, block: int) -> Plan:
    """Blocks of equal size, so that little is padded: as many queries as `block` at most, and keys if causal.

    Twice as many keys otherwise, as the sums are rescaled less often then.
    """
    if causal and n != m:  # equal blocks, for the sake of the diagonal
        return Plan(causal, m - n, min(block, n), min(block, m))

    def size(length: int, most: int) -> int:
        return -(-length // -(-length // most))

    return Plan(causal, m - n, size(n, block), size(m, block if causal else 2 * block))


def flat(
    q: Array, k: Array, v: Array, key_mask: Array | None, plan: Plan, attention: Callable[[Flat, Plan], Array]
) -> Array:
    """`attention` on inputs brought to one leading axis and whole blocks, and its output brought back."""
    n, m = q.shape[-2], k.shape[-2]
    batch = jnp.broadcast_shapes(*(x.shape[:-2] for x in (q, k, v)), () if key_mask is None else key_mask.shape[:-1])
    short = -m % plan.columns
    if short and not plan.causal and key_mask is None:  # causal queries do not see what comes after the last key
        key_mask = jnp.ones((m,), bool)

    def one_axis(x: Array, size: int) -> Array:
        x = jnp.broadcast_to(x, (*batch, *x.shape[-2:])).reshape(-1, *x.shape[-2:])
        return jnp.pad(x, [(0, 0), (0, -x.shape[1] % size), (0, 0)])

    q, k, v = on_the_same_axes(one_axis(q, plan.rows), one_axis(k, plan.columns), one_axis(v, plan.columns))
    mask = None if key_mask is None else one_axis(key_mask[..., None], plan.columns)[..., 0]
    o = attention(Flat(q, k, v, mask), plan)
    return o[:, :n].reshape(*batch, n, o.shape[-1])


@partial(jax.custom_vjp, nondiff_argnums=(1,))
def _attention(inputs: Flat, plan: Plan) -> Array:
    return forward(inputs, plan)[0]


def _with_residuals(inputs: Flat, plan: Plan) -> tuple[Array, tuple]:
    o, largest, total = forward(inputs, plan)
    return o, (inputs, o, largest, total)


def forward(inputs: Flat, plan: Plan) -> tuple[Array, Array, Array]:
    """The outputs [b, n, e], the largest score of each row [b, n], and the sum of its exponentials [b, n]."""
    return over_heads(partial(_forward_head, plan), inputs)


def _forward_head(plan: Plan, inputs: Flat) -> tuple[Array, Array, Array]:
    q, k, v, mask = inputs
    number = k.shape[0] // plan.columns

    def of_rows(i: Array) -> tuple[Array, Array, Array]:
        rows = _block(q, i, plan.rows)

        def step(j: Array, carry: Carry | None) -> Carry:
            kept = None if mask is None else _block(mask, j, plan.columns)
            return _over(carry, rows, _block(k, j, plan.columns), _block(v, j, plan.columns), kept)

        def on_diagonal(j: Array, carry: Carry) -> Carry:
            columns, values, allowed = _block(k, j, plan.columns), _block(v, j, plan.columns), below(plan, i, j)
            if mask is not None:
                allowed = allowed & _block(mask, j, plan.columns)
            parts = []
            for at, seen in plan.strips():
                before = jax.tree.map(lambda x, at=at: x[at], carry)
                parts.append(_over(before, rows[at], columns[seen], values[seen], allowed[at, seen]))
            return Carry(*(jnp.concatenate(part) for part in zip(*parts, strict=True)))

        if plan.causal:
            none = jnp.zeros_like(rows[:, 0])
            carry = Carry(none, jnp.full_like(none, jnp.finfo(q.dtype).min), none[:, None] * jnp.zeros_like(v[0]))
            whole, end = causal_columns(plan, i, number)
            carry = lax.fori_loop(0, whole, step, carry)
            carry = lax.fori_loop(whole, end, on_diagonal, carry)
        else:
            carry = lax.fori_loop(1, number, step, step(jnp.asarray(0), None))
        total, largest, sums = carry
        return divide(sums, total[:, None]), largest, total

    o, largest, total = lax.map(of_rows, jnp.arange(q.shape[0] // plan.rows))
    return o.reshape(-1, v.shape[-1]), largest.reshape(-1), total.reshape(-1)


def _over(carry: Carry | None, rows: Array, columns: Array, values: Array, allowed: Array | None) -> Carry:
    """What the queries carry after these keys too. allowed: [columns] or [rows, columns], or None for all keys."""
    s = _dot(rows, columns, 1, 1)
    if allowed is not None:
        s = jnp.where(allowed, s, -jnp.inf)
    largest = jnp.maximum(s.max(axis=1), jnp.finfo(s.dtype).min if carry is None else carry.largest)
    e = jnp.exp(s - largest[:, None])
    total, sums = e.sum(axis=1), _dot(e, values, 1, 0)
    if carry is None:
        return Carry(total, largest, sums)
    kept = jnp.exp(carry.largest - largest)
    return Carry(carry.total * kept + total, largest, carry.sums * kept[:, None] + sums)


def gradient(plan: Plan, residuals: tuple, g: Array) -> tuple[Flat]:
    """The cotangents of the inputs, from what `forward` was given and returned and the cotangent of the outputs."""
    inputs, o, largest, total = residuals
    g = divide(g, total[..., None])
    dq, dk, dv = over_heads(partial(_gradient_head, plan), (inputs, g, (o * g).sum(axis=-1), largest))
    return (Flat(dq, dk, dv, None),)


def _gradient_head(plan: Plan, given: tuple[Flat, Array, Array, Array]) -> tuple[Array, Array, Array]:
    """Scores are transposed here, keys by queries, so that no product has to transpose its left factor."""
    (q, k, v, mask), g, shift, largest = given
    number = q.shape[0] // plan.rows
    k_transposed = k.T

    def of_columns(dq: Array, j: Array) -> tuple[Array, tuple[Array, Array]]:
        columns, values = _block(k, j, plan.columns), _block(v, j, plan.columns)
        columns_transposed = _block(k_transposed, j, plan.columns, axis=1)

        def step(diagonal: bool, i: Array, carry: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
            dq, dk, dv = carry
            rows, g_rows, shift_rows, largest_rows = (_block(x, i, plan.rows) for x in (q, g, shift, largest))
            s = _dot(columns, rows, 1, 1)
            if mask is not None:
                s = jnp.where(_block(mask, j, plan.columns)[:, None], s, -jnp.inf)
            if diagonal:
                s = jnp.where(below(plan, i, j).T, s, -jnp.inf)
            e = jnp.exp(s - largest_rows)
            ds = e * (_dot(values, g_rows, 1, 1) - shift_rows)
            added = _block(dq, i, plan.rows, axis=1) + _dot(columns_transposed, ds, 1, 0)
            dq = lax.dynamic_update_slice_in_dim(dq, added, i * plan.rows, axis=1)
            return dq, dk + _dot(ds, rows, 1, 0), dv + _dot(e, g_rows, 1, 0)

        carry = dq, jnp.zeros_like(columns), jnp.zeros_like(values)
        if plan.causal:
            last = (j + 1) * plan.columns - 1 - plan.offset  # the first query that sees every key of the block
            first = jnp.maximum(j * plan.columns - plan.offset, 0) // plan.rows
            whole = jnp.clip(-(-last // plan.rows), first, number)
            carry = lax.fori_loop(first, whole, partial(step, True), carry)
            carry = lax.fori_loop(whole, number, partial(step, False), carry)
        else:
            carry = lax.fori_loop(0, number, partial(step, False), carry)
        dq, dk, dv = carry
        return dq, (dk, dv)

    dq, (dk, dv) = lax.scan(of_columns, jnp.zeros_like(q.T), jnp.arange(k.shape[0] // plan.columns))
    return dq.T, dk.reshape(k.shape), dv.reshape(v.shape)


_attention.defvjp(_with_residuals, gradient)
_compiled = jax.jit(_attention, static_argnums=1)


def _block(x: Array, number: Array, size: int, axis: int = 0) -> Array:
    return lax.dynamic_slice_in_dim(x, number * size, size, axis)


def _dot(a: Array, b: Array, axis_of_a: int, axis_of_b: int) -> Array:
    return lax.dot_general(a, b, (((axis_of_a,), (axis_of_b,)), ((), ())))


def causal_columns(plan: Plan, i: Array, number: int) -> tuple[Array, Array]:
    """Of `number` blocks of keys: how many the queries of block i see whole, and how many they see any of."""
    position = i * plan.rows + plan.offset
    end = jnp.minimum(number, -(-(position + plan.rows) // plan.columns))
    return jnp.minimum((position + 1) // plan.columns, end), end


def below(plan: Plan, i: Array, j: Array) -> Array:
    """Which keys of block j the queries of block i may look at, [rows, columns]."""
    positions = i * plan.rows + plan.offset + jnp.arange(plan.rows)
    return j * plan.columns + jnp.arange(plan.columns) <= positions[:, None]
