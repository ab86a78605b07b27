"""What a feature map makes of queries, keys and values: sums of phi(q_i).phi(k_j) v_j, and the matrix of the products.

Every linear map is built on these two. The matrix is for study, and for sequences so short that it takes less work than
features do: n m (d + e) <= (n + m) r e, where the products have a closed form. Longer ones never hold n x n numbers.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from numerics.maps.attention import over_heads
from numerics.maps.causal_sums import Steps, causal_sums
from numerics.maps.exponential_sums import exponential_matrix, exponential_sums
from numerics.maps.features import FeatureMap
from numerics.maps.inputs import Inputs
from numerics.maps.total_sums import finite, read, total_sums
from numerics.maps.triangles import power_of_two

LARGEST_CHUNK = 128
LEAST_PIECE = 128
LARGEST_MATRIX = 2**22  # numbers
STRIPS = 16  # at most, of the queries of a causal matrix: most of what is above its diagonal is not computed
LEAST_STRIP = 128


def kernel_sums(
    phi: FeatureMap,
    inputs: Inputs,
    v: Float[Array, "... m e"],
    chunk: int | None = None,
    decay: Float[Array, "... m"] | None = None,
) -> tuple[Float[Array, "... n e"], Float[Array, "... n"] | None]:
    """The sums over the keys that each query sees, divided by exp(exponent), and that exponent where it is not 0.

    v: what is added up: `inputs.v`, or columns made from it that are 0 where `inputs.key_mask` is False.
    chunk: tokens in a causal chunk; None for what `tokens_in_chunk` says, or for the whole matrix where it is
        less work.
    decay: logarithms a_j <= 0; key j then counts exp(a_(j+1) + .. + a_i) times for query i. Causal only.
    """
    n, m = inputs.q.shape[-2], inputs.k.shape[-2]
    r, e = phi.dimension(inputs.q.shape[-1]), v.shape[-1]
    heads = math.prod(inputs.batch)
    if chunk is None and decay is None and matrix_is_less(phi, inputs, v):
        return _by_matrix(phi, replace(inputs, v=v))
    chunk = chunk or tokens_in_chunk(r, exponentials=phi.exponential or decay is not None)
    piece = max(LEAST_PIECE, numbers_at_once(2**18) // (heads * r))  # only features: no triangles, no states
    q, k, mask = inputs.q, inputs.k, inputs.key_mask
    if not inputs.causal:
        return read(piece, phi, q, 0, total_sums(piece, phi, k, v, mask))
    first, earlier = m - n, None
    if first:
        parts = (None if x is None else x[..., :first] for x in (mask, decay))
        earlier = total_sums(piece, phi, k[..., :first, :], v[..., :first, :], *parts)
        k, v = k[..., first:, :], v[..., first:, :]
        mask, decay = (None if x is None else x[..., first:] for x in (mask, decay))
    if phi.exponential:
        chunk = power_of_two(min(n, chunk))
        copies = chunk.bit_length() + 1  # one for every halving, for single tokens, and for the state
        cut = steps(max(n, chunk), r, e, heads, first, chunk, copies)
        sums, largest = exponential_sums(cut, phi, q, k, v, mask, earlier)
        return sums, exponent(phi, q, first, largest)
    cut = steps(n, r, e, heads, first, chunk)
    if decay is not None:
        cut = cut._replace(together=1)  # exp loses the size of the sum of logarithms over a step
    sums, largest = causal_sums(cut, phi, q, k, v, mask, decay, earlier)
    return sums, exponent(phi, q, first, largest)


def matrix_is_less(phi: FeatureMap, inputs: Inputs, v: Float[Array, "... m e"]) -> bool:
    """Whether the products phi(q).phi(k) have a closed form, and all of them take less work than the features."""
    (n, d), m, e = inputs.q.shape[-2:], inputs.k.shape[-2], v.shape[-1]
    least_work = n * m * (d + e) <= (n + m) * phi.dimension(d) * e
    at_once = 1 if jax.default_backend() == "cpu" else math.prod(inputs.batch)  # see `over_heads`
    return type(phi).kernel is not FeatureMap.kernel and least_work and at_once * n * m <= LARGEST_MATRIX


def _by_matrix(phi: FeatureMap, inputs: Inputs) -> tuple[Array, Array | None]:
    """The matrix is made again for the gradient, so that the one of a single head at a time is held."""
    n, m, batch = inputs.q.shape[-2], inputs.k.shape[-2], inputs.batch
    size = max(LEAST_STRIP, -(-n // STRIPS)) if inputs.causal else n

    def one_axis(x: Array) -> Array:
        return jnp.broadcast_to(x, (*batch, *x.shape[-2:])).reshape(-1, *x.shape[-2:])

    @jax.checkpoint
    def of_head(given: tuple[Array, Array, Array, Array | None]) -> tuple[Array, Array | None]:
        q, k, v, mask = given
        sums, exponents = [], []
        for strip in replace(inputs, q=q, k=k, v=v, key_mask=mask).strips(size):
            matrix, exponent = kernel_matrix(phi, strip)
            sums.append(matrix @ strip.v)
            exponents.append(exponent)
        return jnp.concatenate(sums), None if exponents[0] is None else jnp.concatenate(exponents)

    mask = None if inputs.key_mask is None else jnp.broadcast_to(inputs.key_mask, (*batch, m)).reshape(-1, m)
    sums, exponent = over_heads(of_head, (*map(one_axis, (inputs.q, inputs.k, inputs.v)), mask))
    return sums.reshape(*batch, n, -1), None if exponent is None else exponent.reshape(*batch, n)


def tokens_in_chunk(r: int, *, exponentials: bool = False) -> int:
    """A power of two, about 4 sqrt(r): long enough for fast products, and short, as a triangle is half in vain.

    exponentials: whether each chunk takes some of its own, which a longer one makes fewer.
    """
    return LARGEST_CHUNK if exponentials else min(LARGEST_CHUNK, power_of_two(max(1, math.isqrt(8 * r))))


def steps(n: int, r: int, e: int, heads: int, first: int, chunk: int, copies: int = 1) -> Steps:
    """The cut of n tokens into chunks and steps, for r features and values of dimension e.

    copies: how many arrays of features a step has.
    """
    chunk = min(n, chunk)
    most, chunks = numbers_at_once() // (heads * (chunk * (copies * r + chunk) + r * e)), -(-n // chunk)
    most = max(1, min(most, chunks))
    even = next(number for number in range(most, 0, -1) if chunks % number == 0)  # needs no padding
    return Steps(chunk, even if 2 * even > most else most, first)


def numbers_at_once(on_a_processor: int = 2**15) -> int:
    """How many numbers the features, triangles and states of one step may take.

    The cache of a processor's core should hold them; an accelerator needs enough to be busy.
    """
    return on_a_processor if jax.default_backend() == "cpu" else 2**23


def exponent(phi: FeatureMap, q: Array, first: Any, largest: Array | None) -> Array | None:
    """What has to be added in the exponent to sums that were read by queries at positions first, first + 1, .."""
    scale = (phi.exponents if phi.exponential else phi.query)(q, first + jnp.arange(q.shape[-2])).log_scale
    if scale is None or largest is None:
        return largest if scale is None else scale
    return scale + largest


def kernel_matrix(phi: FeatureMap, inputs: Inputs) -> tuple[Float[Array, "... n m"], Float[Array, "... n"] | None]:
    """phi(q_i).phi(k_j) divided by exp(exponent_i), 0 where not allowed, and the exponents where they are not 0."""
    first = inputs.k.shape[-2] - inputs.q.shape[-2] if inputs.causal else 0
    if phi.exponential:
        return exponential_matrix(inputs.causal, phi, inputs.q, inputs.k, inputs.key_mask)
    return _matrix(phi, inputs.q, inputs.k, first, inputs.allowed())


@jax.jit
def _matrix(
    phi: FeatureMap,
    q: Float[Array, "... n d"],
    k: Float[Array, "... m d"],
    first: int,
    allowed: Array | None,
) -> tuple[Float[Array, "... n m"], Float[Array, "... n"] | None]:
    """first: the position of the first query; keys begin at 0."""
    queries = phi.query(q, first + jnp.arange(q.shape[-2]))
    keys = phi.key(k, jnp.arange(k.shape[-2]))
    products = phi.kernel(q, k)
    if products is None:
        products = jnp.einsum("...nr,...mr->...nm", queries.values, keys.values)
    exponent = queries.log_scale
    if keys.log_scale is not None:
        scale = jnp.broadcast_to(keys.log_scale[..., None, :], products.shape)
        scale = scale if allowed is None else jnp.where(allowed, scale, -jnp.inf)
        largest = finite(scale.max(axis=-1))
        products = products * jnp.exp(scale - largest[..., None])
        exponent = largest if exponent is None else exponent + largest
    return products if allowed is None else jnp.where(allowed, products, 0), exponent


def without_padding(inputs: Inputs) -> Inputs:
    """The inputs with 0 in place of the keys and values that take no part, whatever stood there."""
    if inputs.key_mask is None:
        return inputs
    kept = inputs.key_mask[..., None]
    return replace(inputs, k=jnp.where(kept, inputs.k, 0), v=jnp.where(kept, inputs.v, 0))


def with_ones(v: Float[Array, "... m e"]) -> Float[Array, "... m e1"]:
    """The values with a column of ones, whose sums are the normaliser."""
    return jnp.concatenate([v, jnp.ones((*v.shape[:-1], 1), v.dtype)], axis=-1)
