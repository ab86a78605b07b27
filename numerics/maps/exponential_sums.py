"""Causal sums of linear attention whose features are exponentials, with a scale for each feature.

    o_i = e^(-m_i) sum over j <= i and features r of exp(a_ir + b_jr) v_j,    m_i = max_r (a_ir + max_(j <= i) b_jr)

a are exponents of queries and b those of keys. One scale for a whole key would not do: where the features that are
large for a query are small for every key, all products underflow, and with them what the row is divided by. Here every
product is exp(a_ir + h_r - m_i) exp(b_jr - h_r) with h_r the largest exponent of feature r in a set of keys that holds
key j and no key after i. Both exponents are <= 0, so nothing overflows. The largest term of a row is exactly 1, so its
normaliser is at least 1 and gradients are finite; a product is lost only where it is below the smallest normal number
times that term. No h_r looks at a later key, which could otherwise move the output by rounding.

For the keys before a chunk the set is all of them, and S_r = sum_j exp(b_jr - h_r) v_j^T is the state. Inside a chunk
the triangle is halved: queries in the second half meet keys in the first, the set, and each half is a triangle again.

The gradient runs over the steps again. With R the cotangent of S after a step, that of queries comes from the steps
and states, forwards, and that of keys and values from R, in reverse: S enters every output linearly, so that neither
needs the other. Stored are the scales at the start of each step, no state. Derived here.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from numerics.maps.attention import on_the_same_axes
from numerics.maps.causal_sums import Steps, Sums, no_sums
from numerics.maps.features import FeatureMap
from numerics.maps.total_sums import exponential_products, finite, key_exponents, together
from numerics.maps.triangles import joined, power_of_two


@partial(jax.jit, static_argnums=0)
def exponential_sums(
    steps: Steps,
    phi: FeatureMap,
    q: Float[Array, "... n d"],
    k: Float[Array, "... n d"],
    v: Float[Array, "... n e"],
    mask: Bool[Array, "... n"] | None = None,
    before: Sums | None = None,
) -> tuple[Float[Array, "... n e"], Float[Array, "... n"]]:
    """The sums o above and m, a constant to the gradient. The leading axes broadcast against each other.

    steps: of chunks of a power of two of tokens. mask: False for keys that add nothing. before: what earlier tokens
    have added up to; its scales are constants to the gradient, on which no product of o and e^m depends.
    Time O(n (r e + chunk (r + e) + r log chunk)). Beside inputs and outputs, memory O(together (chunk (r + chunk) + r
    e) log chunk + n r/(chunk together)), for the gradient too.
    """
    batch = jnp.broadcast_shapes(*(x.shape[:-2] for x in (q, k, v)), () if mask is None else mask.shape[:-1])
    n, r = q.shape[-2], phi.dimension(q.shape[-1])
    size = steps.chunk * steps.together
    if mask is None and n % size:
        mask = jnp.ones(n, bool)
    if before is None:
        before = no_sums(batch, r, v.shape[-1], v.dtype, exponential=True)
    own = before.products.shape[-2:]
    products, scales = jnp.broadcast_to(before.products, (*batch, *own)), jnp.broadcast_to(before.largest, (*batch, r))
    before = Sums(products, jax.lax.stop_gradient(scales))

    def cut(x: Array) -> Array:
        """[.., n, c] as [steps, .., tokens of a step, c], with zeros (or False) at the end."""
        x = jnp.pad(jnp.broadcast_to(x, (*batch, *x.shape[-2:])), [(0, 0)] * len(batch) + [(0, -n % size), (0, 0)])
        return jnp.moveaxis(x.reshape(*batch, -1, size, x.shape[-1]), -3, 0)

    q, k, v = (cut(x) for x in (q, k, v))
    mask = None if mask is None else cut(mask[..., None])[..., 0]
    positions = steps.first + jnp.arange(q.shape[0] * size).reshape(-1, size)
    given, structure = jax.tree.flatten((phi, _Tokens(q, k, v, mask, positions), before))
    phi, tokens, before = jax.tree.unflatten(structure, on_the_same_axes(*given))
    outputs, largest = _sums(steps, phi, tokens, before)  # type: ignore[misc]

    def whole(x: Array) -> Array:
        x = jnp.moveaxis(x, 0, len(batch))
        return x.reshape(*batch, -1, *x.shape[len(batch) + 2 :])

    return whole(outputs)[..., :n, :], jax.lax.stop_gradient(whole(largest)[..., :n])


def triangle(a: Float[Array, "... n r"], b: Float[Array, "... n r"], largest: Float[Array, "... n"]) -> Array:
    """sum_r exp(a_ir + b_jr - largest_i) for j <= i, and 0 above the diagonal; [.., n, n], n a power of two.

    largest: at least a_ir + b_jr for all r and j <= i, a constant to the gradient.
    """
    n, lead = a.shape[-2], a.shape[:-2]
    sums = jnp.exp(a + b - largest[..., None]).sum(axis=-1)[..., None, None]  # triangles of one token each
    scales = finite(b)  # of one key each
    half = 1
    while half < n:
        queries, keys, tops = (x.reshape(*lead, -1, 2, half, x.shape[-1]) for x in (a, b, largest[..., None]))
        first = scales[..., ::2, :]
        later = jnp.exp(queries[..., 1, :, :] + first[..., None, :] - tops[..., 1, :, :])
        earlier = jnp.exp(keys[..., 0, :, :] - first[..., None, :])
        sums = joined(sums[..., ::2, :, :], later @ jnp.swapaxes(earlier, -1, -2), sums[..., 1::2, :, :])
        scales = jnp.maximum(first, scales[..., 1::2, :])
        half *= 2
    return sums[..., 0, :, :]


def largest_terms(a: Float[Array, "... n r"], b: Float[Array, "... n r"], start: Any) -> Float[Array, "... n"]:
    """max_r (a_ir + max(start_r, b_1r, .., b_ir)), a constant to the gradient."""
    a, b = (jax.lax.stop_gradient(x) for x in (a, b))
    return (a + jnp.maximum(jax.lax.cummax(b, axis=b.ndim - 2), start)).max(axis=-1)


@partial(jax.jit, static_argnums=0)
def exponential_matrix(
    causal: bool,
    phi: FeatureMap,
    q: Float[Array, "... n d"],
    k: Float[Array, "... m d"],
    mask: Bool[Array, "... m"] | None,
) -> tuple[Float[Array, "... n m"], Float[Array, "... n"]]:
    """phi(q_i).phi(k_j) divided by exp(exponent_i), 0 where not allowed, and the exponents.

    causal: query i sees the keys 0..i + m - n.
    """
    n, m = q.shape[-2], k.shape[-2]
    a, scale = phi.exponents(q, jnp.arange(n) + (m - n if causal else 0))
    b = key_exponents(phi, k, jnp.arange(m), mask)
    if not causal:
        first = finite(b.max(axis=-2, keepdims=True))
        largest = jax.lax.stop_gradient((a + first).max(axis=-1))
        products = jnp.exp(a + first - largest[..., None]) @ jnp.swapaxes(jnp.exp(b - first), -1, -2)
        return products, largest + scale
    batch = jnp.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = (jnp.broadcast_to(x, (*batch, *x.shape[-2:])) for x in (a, b))
    size, lead = power_of_two(m), [(0, 0)] * len(batch)
    a = jnp.pad(a, [*lead, (m - n, size - m), (0, 0)])
    b = jnp.pad(b, [*lead, (0, size - m), (0, 0)], constant_values=-jnp.inf)
    largest = largest_terms(a, b, jnp.finfo(b.dtype).min)
    return triangle(a, b, largest)[..., m - n : m, :m], largest[..., m - n : m] + scale


class _Tokens(NamedTuple):
    """q, k, v [steps, .., size, c], mask [steps, .., size], positions [steps, size]; in a step without `steps`."""

    q: Array
    k: Array
    v: Array
    mask: Array | None
    positions: Array


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _sums(steps: Steps, phi: Any, tokens: _Tokens, before: Sums) -> tuple[Array, Array]:
    return _forward(steps, phi, tokens, before)[0]


def _forward(steps: Steps, phi: Any, tokens: _Tokens, before: Sums) -> tuple[tuple[Array, Array], tuple]:
    def body(sums: Sums, now: _Tokens) -> tuple[Sums, tuple[Array, Array, Array]]:
        after, outputs, largest = _step(steps, phi, phi, now, sums)
        return after, (outputs, largest, sums.largest)

    _, (outputs, largest, starts) = jax.lax.scan(body, before, tokens)
    return (outputs, largest), (phi, tokens, before, starts)


def _backward(steps: Steps, residuals: tuple, cotangents: tuple[Array, Any]) -> tuple:
    phi, tokens, before, starts = residuals
    no_gradient = jax.tree.map(jnp.zeros_like, phi)

    def forwards(carry: tuple[Sums, Any], given: tuple[_Tokens, Array]) -> tuple[tuple[Sums, Any], Array]:
        (sums, total), (now, g) = carry, given

        def outputs(phi_q: Any, q: Array) -> tuple[Array, Sums]:
            after, found, _ = _step(steps, phi_q, phi, now._replace(q=q), sums)
            return found, after

        _, pull, after = jax.vjp(outputs, phi, now.q, has_aux=True)
        of_phi, dq = pull(g)
        return (after, jax.tree.map(jnp.add, total, of_phi)), dq

    def backwards(carry: tuple[Array, Any], given: tuple) -> tuple[tuple[Array, Any], tuple[Array, Array]]:
        (later, total), (now, g, start) = carry, given

        def everything(phi_k: Any, k: Array, v: Array, products: Array) -> tuple[Array, Array]:
            after, found, _ = _step(steps, phi, phi_k, now._replace(k=k, v=v), Sums(products, start))
            return found, after.products

        # linear in the products, so their values do not matter
        _, pull = jax.vjp(everything, phi, now.k, now.v, jnp.zeros_like(later))
        of_phi, dk, dv, dproducts = pull((g, later))
        return (dproducts, jax.tree.map(jnp.add, total, of_phi)), (dk, dv)

    (_, of_queries), dq = jax.lax.scan(forwards, (before, no_gradient), (tokens, cotangents[0]))
    later = jnp.zeros_like(before.products)
    (dbefore, of_keys), (dk, dv) = jax.lax.scan(
        backwards, (later, no_gradient), (tokens, cotangents[0], starts), reverse=True
    )
    of_phi = jax.tree.map(jnp.add, of_queries, of_keys)
    return of_phi, _Tokens(dq, dk, dv, None, None), Sums(dbefore, jnp.zeros_like(before.largest))  # type: ignore[arg-type]


_sums.defvjp(_forward, _backward)


def _step(steps: Steps, phi_q: Any, phi_k: Any, now: _Tokens, sums: Sums) -> tuple[Sums, Array, Array]:
    """The sums after a step, its outputs [.., size, e] and m [.., size]. phi_q, phi_k: one map with two gradients."""

    def in_chunks(x: Array) -> Array:
        return x.reshape(*x.shape[:-2], -1, steps.chunk, x.shape[-1])

    a = phi_q.exponents(now.q, now.positions).values
    b = key_exponents(phi_k, now.k, now.positions, now.mask)
    a, b, v = (in_chunks(x) for x in (a, b, now.v))
    start, after = _states(sums, exponential_products(b, v))
    largest = largest_terms(a, b, start.largest[..., None, :])
    outputs = jnp.exp(a + start.largest[..., None, :] - largest[..., None]) @ start.products
    outputs = outputs + triangle(a, b, largest) @ v
    return after, outputs.reshape(now.v.shape), largest.reshape(now.v.shape[:-1])


def _states(sums: Sums, added: Sums) -> tuple[Sums, Sums]:
    """The sums before each chunk, and after the last one; never a difference."""
    axis = added.largest.ndim - 2
    first = jax.tree.map(lambda x: jnp.expand_dims(x, axis), sums)
    ends = together(first, jax.lax.associative_scan(together, added, axis=axis))
    number = added.largest.shape[axis]

    def starts(x: Array, ends: Array) -> Array:
        return jnp.concatenate([x, jax.lax.slice_in_dim(ends, 0, number - 1, axis=axis)], axis=axis)

    return jax.tree.map(starts, first, ends), jax.tree.map(lambda x: jnp.take(x, number - 1, axis=axis), ends)
