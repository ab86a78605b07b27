"""The two ways to the sums of a feature map, by features and by the matrix of the products, and when each is taken."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from numerics.environment import prepare
from numerics.maps.feature_maps import Relu
from numerics.maps.inputs import checked
from numerics.maps.kernel_sums import matrix_is_less, steps, tokens_in_chunk
from numerics.maps.linear_attention import LinearAttention
from numerics.maps.polynomial_features import Polynomial, Taylor

prepare()


def inputs(n: int, m: int, *, causal: bool, d: int = 24, e: int = 32) -> Any:
    """Two heads, one of which has a padded key."""
    keys = [jax.random.fold_in(jax.random.key(0), number) for number in range(3)]
    shapes = (2, n, d), (2, m, d), (2, m, e)
    q, k, v = (jax.random.normal(key, shape) for key, shape in zip(keys, shapes, strict=True))
    return checked(q, k, v, causal=causal, key_mask=jnp.ones((2, m), bool).at[1, 2].set(False))


@pytest.mark.parametrize(
    ("feature_map", "n", "m", "causal"), [(Taylor(2), 140, 200, True), (Polynomial(2), 130, 90, False)]
)
def test_both_ways_agree(feature_map: Any, n: int, m: int, causal: bool) -> None:
    """Causal matrices are made in strips of 128 queries, so that the first case has two of them."""
    given = inputs(n, m, causal=causal)
    assert matrix_is_less(feature_map, given, given.v)
    ways = jnp.cos(jnp.arange(given.v.shape[-1]))

    def both(chunk: int | None) -> Any:
        def loss(q: Any, k: Any, v: Any) -> Any:
            attention = LinearAttention(feature_map, chunk=chunk)
            o = attention.attend(q, k, v, causal=causal, key_mask=given.key_mask)
            return (o * ways).sum(), o

        return jax.jit(jax.value_and_grad(loss, (0, 1, 2), has_aux=True))(given.q, given.k, given.v)

    for one, other in zip(jax.tree.leaves(both(None)), jax.tree.leaves(both(64)), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9 * np.abs(other).max())


def test_the_matrix_is_for_short_sequences_and_closed_products() -> None:
    square = Polynomial(2)  # 2080 features of 64 coordinates
    for n, short in ((16, True), (1024, True), (2100, False), (65536, False)):
        whole = checked(*(jnp.zeros((1, n, 64), jnp.float32),) * 3, causal=True)
        assert matrix_is_less(square, whole, whole.v) is short
    few = inputs(5, 5, causal=True)
    assert not matrix_is_less(Relu(), few, few.v)  # its products have no closed form
    long = checked(*(jnp.zeros((1, 4096, 64), jnp.float32),) * 3)
    assert not matrix_is_less(Polynomial(3), long, long.v)  # less work, but more numbers than LARGEST_MATRIX


@pytest.mark.parametrize(("r", "tokens"), [(1, 2), (64, 32), (384, 64), (2145, 128)])
def test_chunks_grow_with_the_root_of_the_number_of_features(r: int, tokens: int) -> None:
    assert tokens_in_chunk(r) == tokens
    assert tokens_in_chunk(r, exponentials=True) == 128
    cut = steps(4096, r, 64, 1, 0, tokens)
    assert cut.chunk == tokens
    assert cut.together >= 1


@pytest.mark.parametrize("causal", [True, False])
def test_strips_are_the_rows_of_the_whole(causal: bool) -> None:
    given = inputs(7, 10, causal=causal)
    allowed = np.asarray(given.allowed())
    rows = []
    for strip in given.strips(3):
        own = np.asarray(strip.allowed())
        rows.append(
            np.pad(
                np.broadcast_to(own, (2, strip.q.shape[-2], own.shape[-1])), [(0, 0), (0, 0), (0, 10 - own.shape[-1])]
            )
        )
    np.testing.assert_array_equal(np.concatenate(rows, axis=-2), np.broadcast_to(allowed, (2, 7, 10)))
