"""Softmax in blocks, by a Pallas kernel and by JAX's own, against the form that holds all scores."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, PartitionSpec

from numerics.environment import prepare
from numerics.maps.blockwise import Plan
from numerics.maps.softmax import ScalableSoftmax, Softmax

prepare()
CLOSE: dict[str, Any] = {"rtol": 1e-12, "atol": 1e-13}


def inputs(n: int = 13, m: int = 13, dtype: Any = jnp.float64) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Three query heads that share one head of keys; the values have a dimension of their own."""
    keys = [jax.random.fold_in(jax.random.key(0), number) for number in range(3)]
    shapes = (2, 3, n, 5), (2, 1, m, 5), (2, 3, m, 4)
    q, k, v = (2 * jax.random.normal(key, shape, dtype) for key, shape in zip(keys, shapes, strict=True))
    return q, k, v


def padding(m: int = 13) -> jax.Array:
    """The first sequence has padding in front, so that causal queries see nothing there; the second in the middle."""
    return jnp.ones((2, 1, m), bool).at[0, 0, :3].set(False).at[1, 0, 6].set(False)


def both(attention: Any, *arrays: jax.Array, **options: Any) -> tuple[jax.Array, tuple[jax.Array, ...]]:
    """Outputs, and gradients of their product with fixed numbers."""
    ways = jnp.cos(jnp.arange(arrays[2].shape[-1]))

    def loss(*x: jax.Array) -> tuple[jax.Array, jax.Array]:
        o = attention.attend(*x, **options)
        return (o * ways).sum(), o

    gradients, o = jax.jit(jax.grad(loss, (0, 1, 2), has_aux=True))(*arrays)
    return o, gradients


def run(attention: Any, *arrays: jax.Array, **options: Any) -> jax.Array:
    """The outputs, compiled as a whole."""
    return jax.jit(lambda *x: attention.attend(*x, **options))(*arrays)


def assert_same(found: Any, wanted: Any) -> None:
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(wanted), strict=True):
        np.testing.assert_allclose(one, other, **CLOSE)


@pytest.mark.parametrize(
    ("n", "m", "causal", "masked", "block"),
    [(13, 13, True, True, 4), (7, 13, True, False, 5), (7, 13, False, False, 3)],
)
def test_blocks_that_do_not_divide_the_length(n: int, m: int, causal: bool, masked: bool, block: int) -> None:
    options = {"causal": causal, "key_mask": padding(m) if masked else None}
    assert_same(both(Softmax(block=block), *inputs(n, m), **options), both(Softmax(), *inputs(n, m), **options))


@pytest.mark.parametrize(("n", "m"), [(640, 640), (300, 940), (300, 700)])
def test_strips_of_the_diagonal(n: int, m: int) -> None:
    """Blocks of 320 are cut into strips of 256 and 64 queries where the diagonal runs from corner to corner."""
    aligned = (m - n) % 320 == 0
    assert len(Plan(True, m - n, 320, 320).strips()) == (2 if aligned else 1)
    options = {"causal": True, "key_mask": padding(m)}
    assert_same(both(Softmax(block=320), *inputs(n, m), **options), both(Softmax(), *inputs(n, m), **options))


def test_a_block_longer_than_the_sequence() -> None:
    q, k, v = inputs()
    assert_same(run(Softmax(block=256), q, k, v, causal=True), run(Softmax(), q, k, v, causal=True))


def test_causal_blocks_above_the_diagonal_are_not_visited() -> None:
    """0 times NaN is NaN, so that a block that was masked instead of skipped would show."""
    q, k, v = inputs(16, 16)
    spoiled = v.at[..., 8:, :].set(jnp.nan)
    o = run(Softmax(block=4), q, k, spoiled, causal=True)
    assert jnp.isfinite(o[..., :8, :]).all()
    assert jnp.isnan(o[..., 8:, :]).all()
    cotangent = jnp.ones_like(o).at[..., :8, :].set(jnp.nan)
    attend = Softmax(block=4).attend
    (dv,) = jax.jit(lambda v, g: jax.vjp(lambda v: attend(q, k, v, causal=True), v)[1](g))(v, cotangent)
    assert jnp.isfinite(dv[..., 8:, :]).all()
    assert jnp.isnan(dv[..., :8, :]).all()


def test_memory_does_not_grow_with_the_square_of_the_length() -> None:
    def temporary(n: int) -> int:
        x = jax.ShapeDtypeStruct((n, 64), jnp.float32)
        loss = jax.grad(lambda q, k, v: Softmax(block=128).attend(q, k, v, causal=True).sum(), (0, 1, 2))
        analysis = jax.jit(loss).lower(x, x, x).compile().memory_analysis()
        assert analysis is not None
        return analysis.temp_size_in_bytes

    one, two = temporary(4096), temporary(8192)
    assert two < 2.1 * one
    assert two < 8192**2 * 4 / 8


def test_large_scores_have_finite_gradients() -> None:
    q, k, v = inputs(dtype=jnp.float32)
    found = both(Softmax(scale=1000.0, block=4), q, k, v, causal=True, key_mask=padding())
    assert all(jnp.isfinite(x).all() for x in jax.tree.leaves(found))


def test_bfloat16_is_computed_in_float32() -> None:
    q, k, v = inputs(dtype=jnp.bfloat16)
    wide = run(Softmax(block=4), *(x.astype(jnp.float32) for x in (q, k, v)))
    found = run(Softmax(block=4), q, k, v)
    assert found.dtype == jnp.bfloat16
    assert (found == wide.astype(jnp.bfloat16)).all()


@pytest.mark.parametrize("attention", [Softmax(), ScalableSoftmax(block=4)])
def test_one_query_against_all_keys_is_the_last_row(attention: Any) -> None:
    q, k, v = inputs()
    last = run(attention, q[..., -1:, :], k, v, causal=True)
    assert_same(last, run(attention, q, k, v, causal=True)[..., -1:, :])


def test_a_row_that_may_look_at_nothing_is_zero() -> None:
    q, k, v = inputs()
    for attention in (Softmax(), Softmax(block=4), ScalableSoftmax()):
        assert (run(attention, q, k, v, causal=True, key_mask=padding())[0, :, :3] == 0).all()


# -------------------------------------------------------------------------------------------------- other kernels


@pytest.mark.parametrize(("n", "causal", "masked"), [(13, True, True), (7, False, False)])
def test_the_pallas_kernel(n: int, causal: bool, masked: bool) -> None:
    options = {"causal": causal, "key_mask": padding() if masked else None}
    assert_same(both(Softmax(block=4, kernel="pallas"), *inputs(n), **options), both(Softmax(), *inputs(n), **options))


@pytest.mark.parametrize(("n", "causal", "masked"), [(13, True, False), (7, True, True)])
def test_the_fused_kernel(n: int, causal: bool, masked: bool) -> None:
    q, k, v = inputs(n, dtype=jnp.float32)
    options = {"causal": causal, "key_mask": padding() if masked else None}
    found = run(Softmax(kernel="fused"), q, k, v, **options)
    np.testing.assert_allclose(found, run(Softmax(), q, k, v, **options), rtol=1e-4, atol=1e-5)


def test_what_cannot_be_chosen_is_refused_in_a_sentence() -> None:
    q, k, v = inputs()
    with pytest.raises(ValueError, match='must be "xla", "fused" or "pallas"'):
        Softmax(kernel="cuda")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least 1"):
        Softmax(block=0)
    with pytest.raises(ValueError, match="leave it out"):
        Softmax(block=4, kernel="fused")
    with pytest.raises(ValueError, match="must be positive"):
        Softmax(scale=-1.0).attend(q, k, v)
    with pytest.raises(TypeError, match="float64"):
        Softmax(kernel="fused").attend(q, k, v)


# ------------------------------------------------------------------------------------------------ transformations


def test_vmap_is_a_leading_axis() -> None:
    q, k, v = (x[:, 0] for x in inputs())
    attend = Softmax(block=4).attend
    mapped = jax.jit(jax.vmap(lambda q, k, v: attend(q, k, v, causal=True)))(q, k, v)
    assert_same(mapped, run(Softmax(block=4), q, k, v, causal=True))


def test_shard_map_with_queries_that_are_sharded_and_keys_that_are_not() -> None:
    q, k, v = (x[:, 0] for x in inputs(8, 8))
    mesh = Mesh(np.array(jax.devices()[:1]), ("x",))
    queries, keys = PartitionSpec(None, "x"), PartitionSpec()

    class Sharded:
        attend = staticmethod(
            jax.shard_map(Softmax(block=4).attend, mesh=mesh, in_specs=(queries, keys, keys), out_specs=queries)
        )

    assert_same(both(Sharded, q, k, v), both(Softmax(), q, k, v))


# ----------------------------------------------------------------------------------------------- scalable softmax


def test_scalable_softmax_counts_the_keys_that_a_query_sees() -> None:
    q, k, v = inputs()
    s = jnp.array([0.5, 1.0, 2.0])  # one for each head
    found = run(ScalableSoftmax(s=s), q, k, v, causal=True, key_mask=padding())
    for batch, head, row in ((0, 0, 7), (0, 2, 4), (1, 1, 12)):
        seen = np.flatnonzero(padding()[batch, 0, : row + 1])
        scores = 5**-0.5 * k[batch, 0, seen] @ q[batch, head, row] * s[head] * np.log(len(seen))
        np.testing.assert_allclose(found[batch, head, row], jax.nn.softmax(scores) @ v[batch, head, seen], **CLOSE)


def test_the_factor_of_scalable_softmax_can_be_learnt() -> None:
    q, k, v = inputs()

    def loss(block: int | None) -> Any:
        return lambda s: (ScalableSoftmax(s=s, block=block).attend(q, k, v, causal=True) ** 2).sum()

    found = jax.jit(jax.grad(loss(4)))(jnp.ones(3))
    assert_same(found, jax.jit(jax.grad(loss(None)))(jnp.ones(3)))
    assert (found != 0).all()
