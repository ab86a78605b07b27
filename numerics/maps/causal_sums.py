"""Causal sums of linear attention, some chunks at a time, with a gradient that stores no state.

    o_i = sum over j <= i of phi(q_i).phi(k_j) exp(s_j - t_i) v_j,    t non-decreasing and t_i >= s_j for j <= i

phi are the values of a feature map. s and t are one of three: absent, for factors of 1; the logarithms s that the
feature map takes out of its values, with t their running maximum; or s_i = t_i = -(a_1 + .. + a_i) for logarithms
a_i <= 0 of decays, so that the factor is exp(a_(j+1) + .. + a_i).

Inside a chunk the triangle of scores is formed; what lies before it enters through the state S = sum phi(k_j)
exp(s_j - t) v_j^T, an r x e matrix, t being the value at the last token before. A step of the scan takes several
chunks: their own sums are formed side by side, and a small triangle over chunks makes states of them. With g the
cotangent of o,

    dphi(q_i) = sum_(j <= i) (g_i.v_j) exp(s_j - t_i) phi(k_j)    the same steps and states, forwards,
    dphi(k_j) = sum_(i >= j) (g_i.v_j) exp(s_j - t_i) phi(q_i)    in reverse, with R = sum phi(q_i) exp(t - t_i) g_i^T,
    dv_j = sum_(i >= j) phi(q_i).phi(k_j) exp(s_j - t_i) g_i      likewise, with ds_j = phi(k_j).dphi(k_j), and
    da_l = sum_(i >= l) (phi(q_i).dphi(q_i) - phi(k_i).dphi(k_i)).

All exponents are <= 0 in all of these, and the features of a step live only as long as it lasts. Derived here; chunks
are those of linear attention in the literature (arXiv 2006.16236 for the recurrent form, 2312.06635 for chunks).
"""

# Scales, decays and masks are absent together or not at all, which a type checker cannot see.
# pyright: reportOptionalOperand=false, reportOptionalSubscript=false, reportOperatorIssue=false
# pyright: reportArgumentType=false, reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from numerics.maps.attention import on_the_same_axes
from numerics.maps.features import FeatureMap

FEW = 16  # chunks whose states are faster added up one by one than by `cumsum`


class Steps(NamedTuple):
    """How tokens are cut: a step of the scan takes `together` chunks of `chunk` tokens. first: position of token 0."""

    chunk: int
    together: int = 1
    first: int = 0


class Sums(NamedTuple):
    """S and what it is relative to. products: [.., r, e].

    largest: [..], t, the largest scale so far; of exponential features [.., r], the largest exponent of each.
    """

    products: Float[Array, "... r e"]
    largest: Float[Array, ...]


@partial(jax.jit, static_argnums=0)
def causal_sums(
    steps: Steps,
    phi: FeatureMap,
    q: Float[Array, "... n d"],
    k: Float[Array, "... n d"],
    v: Float[Array, "... n e"],
    mask: Bool[Array, "... n"] | None = None,
    decay: Float[Array, "... n"] | None = None,
    before: Sums | None = None,
) -> tuple[Float[Array, "... n e"], Float[Array, "... n"] | None]:
    """The sums above, and t where the feature map has scales. The leading axes broadcast against each other.

    mask: False for keys that add nothing. decay: the logarithms a_i, for feature maps without scales.
    before: what earlier tokens have added up to; its `largest` is a constant to the gradient, as t is, since the
        quotients that the sums are for do not depend on it.
    Time O(n (r e + chunk (r + e))). Beside inputs and outputs, memory O(together (chunk (r + chunk) + r e)), and as
    much for the gradient.
    """
    scalars = [x for x in (mask, decay) if x is not None]
    batch = jnp.broadcast_shapes(*(x.shape[:-2] for x in (q, k, v)), *(x.shape[:-1] for x in scalars))
    q, k, v = (jnp.broadcast_to(x, (*batch, *x.shape[-2:])) for x in (q, k, v))
    n = q.shape[-2]
    if mask is None and n % (steps.chunk * steps.together):
        mask = jnp.ones(n, bool)
    mask, decay = (None if x is None else jnp.broadcast_to(x, (*batch, n)) for x in (mask, decay))
    if before is None:
        r = jax.eval_shape(phi.key, k, jnp.arange(n)).values.shape[-1]
        before = no_sums(batch, r, v.shape[-1], v.dtype)
    products = jnp.broadcast_to(before.products, (*batch, *before.products.shape[-2:]))
    largest = jax.lax.stop_gradient(jnp.broadcast_to(before.largest, batch))
    given, structure = jax.tree.flatten((phi, q, k, v, mask, decay, Sums(products, largest)))
    return _sums(steps, *jax.tree.unflatten(structure, on_the_same_axes(*given)))


def no_sums(batch: tuple[int, ...], r: int, e: int, dtype: Any, *, exponential: bool = False) -> Sums:
    """The sums over no token."""
    scales = (*batch, r) if exponential else batch
    return Sums(jnp.zeros((*batch, r, e), dtype), jnp.full(scales, jnp.finfo(dtype).min, dtype))


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _sums(steps: Steps, phi: Any, q: Any, k: Any, v: Any, mask: Any, decay: Any, before: Sums) -> tuple[Array, Any]:
    def step(sums: Sums, now: _Tokens) -> tuple[Sums, tuple[Array, Array | None]]:
        at = _sides(phi, phi, now)
        scales = _Scales.of(at.log_scale, now.decay, sums.largest)
        added = _turned(scales.of_keys(at.k)) @ now.v
        output = scales.triangle(at.scores) @ now.v
        output = output + scales.of_queries(at.q @ scales.before(sums.products, added))
        largest = None if at.log_scale is None else scales.t
        return Sums(scales.after(sums.products, added), scales.last(sums.largest)), (output, largest)

    _, outputs = _scan(steps, step, before, _Tokens(q, k, v, mask, decay), before.largest)
    return outputs


def _forward(steps: Steps, *given: Any) -> tuple[tuple[Array, Array | None], tuple]:
    outputs = _sums(steps, *given)
    return outputs, (*given, outputs[1])


def _backward(steps: Steps, residuals: tuple, cotangents: tuple[Array, Any]) -> tuple:
    phi, q, k, v, mask, decay, before, largest = residuals
    tokens = _Tokens(q, k, v, mask, decay, g=cotangents[0], t=largest)
    no_gradient = jax.tree.map(jnp.zeros_like, phi)

    def forwards(carry: tuple[Sums, Any], now: _Tokens) -> tuple[tuple[Sums, Any], tuple[Array, Any]]:
        sums, total = carry
        at, pull = jax.vjp(lambda phi_q, q: _sides(phi_q, phi, now._replace(q=q)), phi, now.q)
        scales = _Scales.of(at.log_scale, now.decay, sums.largest)
        added = _turned(scales.of_keys(at.k)) @ now.v
        dphi = scales.of_queries(now.g @ _turned(scales.before(sums.products, added)))
        dscores = scales.triangle(now.g @ _turned(now.v))
        of_phi, dq = pull(jax.tree.map(jnp.zeros_like, at)._replace(q=dphi, scores=dscores))
        own = None if now.decay is None else (at.q * dphi).sum(axis=-1) + (at.scores * dscores).sum(axis=-1)
        sums = Sums(scales.after(sums.products, added), scales.last(sums.largest))
        return (sums, _plus(total, of_phi)), (dq, own)

    def backwards(carry: tuple[Array, Any], now: _Tokens) -> tuple[tuple[Array, Any], tuple[Array, Array, Any]]:
        later, total = carry
        at, pull = jax.vjp(lambda phi_k, k: _sides(phi, phi_k, now._replace(k=k)), phi, now.k)
        scales = _Scales.of(at.log_scale, now.decay, now.t)
        added = _turned(scales.of_queries(at.q)) @ now.g
        beyond = scales.beyond(later, added)
        dphi = scales.of_keys(now.v @ _turned(beyond))
        dscores = scales.triangle(now.g @ _turned(now.v))
        dv = _turned(scales.triangle(at.scores)) @ now.g + scales.of_keys(at.k @ beyond)
        own = (at.k * dphi).sum(axis=-1) + (at.scores * dscores).sum(axis=-2)
        cotangent = _Sides(jnp.zeros_like(at.q), dphi, None if at.log_scale is None else own, dscores)
        of_phi, dk = pull(cotangent)
        own = None if now.decay is None else own
        return (scales.from_start(later, added), _plus(total, of_phi)), (dk, dv, own)

    (_, of_queries), (dq, q_own) = _scan(steps, forwards, (before, no_gradient), tokens, before.largest)
    later = jnp.zeros_like(before.products)
    (dbefore, of_keys), (dk, dv, k_own) = _scan(
        steps, backwards, (later, no_gradient), tokens, before.largest, reverse=True
    )
    ddecay = None if decay is None else jnp.cumsum((q_own - k_own)[..., ::-1], axis=-1)[..., ::-1]
    return _plus(of_queries, of_keys), dq, dk, dv, None, ddecay, Sums(dbefore, jnp.zeros_like(before.largest))


_sums.defvjp(_forward, _backward)


class _Tokens(NamedTuple):
    """q, k, v and g [.., n, c], mask, decay and t [.., n]; in a step with [.., together, chunk] in place of [.., n].

    g: the cotangent of the outputs. t: in a step only its value at the token before, [..].
    positions: [together chunk], in a step only.
    """

    q: Array
    k: Array
    v: Array
    mask: Array | None = None
    decay: Array | None = None
    g: Array | None = None
    t: Array | None = None
    positions: Array | None = None


def _scan(
    steps: Steps, body: Callable[[Any, _Tokens], tuple[Any, Any]], carry: Any, tokens: _Tokens, start: Array,
    *, reverse: bool = False,
) -> tuple[Any, Any]:  # fmt: skip
    """`jax.lax.scan` over the steps; what the body returns of tokens, [.., together, chunk, c] or without c, joined.

    start: t before the first token.
    """
    n, lead = tokens.q.shape[-2], tokens.q.ndim - 2
    size = steps.chunk * steps.together
    missing = -n % size
    if missing:
        tokens = jax.tree.map(lambda x: jnp.pad(x, [(0, missing if i == lead else 0) for i in range(x.ndim)]), tokens)

    def cut(x: Array, number: Array) -> Array:
        piece = jax.lax.dynamic_slice_in_dim(x, number * size, size, axis=lead)
        return piece.reshape(*x.shape[:lead], steps.together, steps.chunk, *x.shape[lead + 1 :])

    def numbered(carry: Any, number: Array) -> tuple[Any, Any]:
        now = jax.tree.map(lambda x: cut(x, number), tokens._replace(t=None))
        positions = steps.first + number * size + jnp.arange(size)
        t = start
        if tokens.t is not None:
            before = jax.lax.dynamic_index_in_dim(tokens.t, jnp.maximum(number * size - 1, 0), lead, keepdims=False)
            t = jnp.where(number == 0, start, before)
        return body(carry, now._replace(t=t, positions=positions))

    carry, outputs = jax.lax.scan(numbered, carry, jnp.arange((n + missing) // size), reverse=reverse)

    def joined(x: Array) -> Array:
        x = jnp.moveaxis(x, 0, lead)
        return x.reshape(*x.shape[:lead], n + missing, *x.shape[lead + 3 :])[(slice(None),) * lead + (slice(n),)]

    return carry, jax.tree.map(joined, outputs)


class _Sides(NamedTuple):
    """The features of a step: values [.., together, chunk, r], scales [.., together, chunk], products of the values."""

    q: Array
    k: Array
    log_scale: Array | None
    scores: Array


def _sides(phi_q: Any, phi_k: Any, now: _Tokens) -> _Sides:
    """The features of queries by phi_q and of keys by phi_k, which are one map with two gradients."""
    queries = phi_q.query(_flat(now.q), now.positions)
    keys = phi_k.key(_flat(now.k), now.positions).masked(
        None if now.mask is None else _flat(now.mask[..., None])[..., 0]
    )
    q, k = (x.values.reshape(*now.q.shape[:-1], -1) for x in (queries, keys))
    scale = None if keys.log_scale is None else keys.log_scale.reshape(now.k.shape[:-1])
    scores = phi_q.kernel(now.q, now.k)
    if scores is None:
        scores = q @ _turned(k)
    elif now.mask is not None:
        scores = jnp.where(now.mask[..., None, :], scores, 0)
    return _Sides(q, k, scale, scores)


class _Scales(NamedTuple):
    """s and t of a step, [.., together, chunk], t before it, [..], and before and at the end of each chunk; or None."""

    s: Array | None = None
    t: Array | None = None
    start: Array | None = None
    first: Array | None = None
    end: Array | None = None

    @staticmethod
    def of(log_scale: Array | None, decay: Array | None, start: Array) -> _Scales:
        """From the scales of the keys, or from the decays, which count from the start of the step."""
        if decay is not None:
            s = t = -jnp.cumsum(decay.reshape(*decay.shape[:-2], -1), axis=-1).reshape(decay.shape)
            start = jnp.zeros_like(start)
        elif log_scale is not None:
            flat = log_scale.reshape(*log_scale.shape[:-2], -1)
            s, t = log_scale, jnp.maximum(start[..., None], jax.lax.cummax(flat, axis=flat.ndim - 1))
            t = t.reshape(log_scale.shape)
        else:
            return _Scales()
        s, t, start = (jax.lax.stop_gradient(x) for x in (s, t, start))
        end = t[..., -1]
        return _Scales(s, t, start, jnp.concatenate([start[..., None], end[..., :-1]], axis=-1), end)

    def triangle(self, products: Array) -> Array:
        """Products of tokens i and j times exp(s_j - t_i) for j <= i, and 0 above the diagonal."""
        lower = jnp.tril(jnp.ones(products.shape[-2:], bool))
        if self.s is None:
            return jnp.where(lower, products, 0)
        return products * jnp.exp(jnp.where(lower, self.s[..., None, :] - self.t[..., :, None], -jnp.inf))

    def of_queries(self, rows: Array) -> Array:
        """Rows of tokens i times exp(t before their chunk - t_i)."""
        return rows if self.s is None else rows * jnp.exp(self.first[..., None] - self.t)[..., None]

    def of_keys(self, rows: Array) -> Array:
        """Rows of tokens j times exp(s_j - t at the end of their chunk)."""
        return rows if self.s is None else rows * jnp.exp(self.s - self.end[..., None])[..., None]

    def before(self, sums: Array, added: Array) -> Array:
        """S before each chunk, from S before the step and what each chunk adds to it."""
        if self.s is None:
            return sums[..., None, :, :] + _sums_before(added)
        return _times(self.start[..., None] - self.first, sums[..., None, :, :]) + self._from_others(added)

    def after(self, sums: Array, added: Array) -> Array:
        """S after the step."""
        if self.s is None:
            return sums + added.sum(axis=-3)
        last = self.end[..., -1]
        return _times(self.start - last, sums) + _times(self.end - last[..., None], added).sum(axis=-3)

    def beyond(self, later: Array, added: Array) -> Array:
        """R after each chunk, from R after the step and what each chunk adds to it."""
        if self.s is None:
            return later[..., None, :, :] + jnp.flip(_sums_before(jnp.flip(added, -3)), -3)
        own = _times(self.end - self.end[..., -1:], later[..., None, :, :])
        return own + self._from_others(added, turned=True)

    def from_start(self, later: Array, added: Array) -> Array:
        """R before the step."""
        if self.s is None:
            return later + added.sum(axis=-3)
        own = _times(self.start - self.end[..., -1], later)
        return own + _times(self.start[..., None] - self.first, added).sum(axis=-3)

    def last(self, largest: Array) -> Array:
        """t after the step; decays count from there again."""
        return largest if self.s is None else self.t[..., -1, -1]

    def _from_others(self, added: Array, *, turned: bool = False) -> Array:
        """Sums over the chunks before each one (turned: after it) of what they add, times exp(end - first)."""
        if added.shape[-3] == 1:
            return jnp.zeros_like(added)
        earlier = jnp.tril(jnp.ones((added.shape[-3],) * 2, bool), -1)
        factors = jnp.exp(jnp.where(earlier, self.end[..., None, :] - self.first[..., :, None], -jnp.inf))
        return jnp.einsum("...hg,...hre->...gre" if turned else "...gh,...hre->...gre", factors, added)


def _sums_before(added: Array) -> Array:
    """Sums over the chunks before each one; never a difference, which would let a later chunk touch an earlier one."""
    number = added.shape[-3]
    if number > FEW:
        sums = jnp.cumsum(added[..., :-1, :, :], axis=-3)
        return jnp.concatenate([jnp.zeros_like(added[..., :1, :, :]), sums], axis=-3)
    sums = [jnp.zeros_like(added[..., 0, :, :])]
    for i in range(number - 1):
        sums.append(sums[-1] + added[..., i, :, :])
    return jnp.stack(sums, axis=-3)


def _times(exponent: Array, matrices: Array) -> Array:
    return jnp.exp(exponent)[..., None, None] * matrices


def _turned(x: Array) -> Array:
    return jnp.swapaxes(x, -1, -2)


def _flat(x: Array) -> Array:
    """[.., together, chunk, c] as [.., together chunk, c]."""
    return x.reshape(*x.shape[:-3], -1, x.shape[-1])


def _plus(one: Any, other: Any) -> Any:
    return jax.tree.map(jnp.add, one, other)
