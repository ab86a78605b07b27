"""Every map goes through jit, vmap, grad and shard_map, all in one program; the definition's running error judges."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, PartitionSpec

from numerics.environment import prepare
from numerics.maps import registry
from numerics.maps.definitions import allowed_keys, outputs, weights
from numerics.maps.laws import PROMISES

prepare()

HEADS, LENGTH, DIMENSION = 2, 6, 4
ROUNDOFF = 2.0**-53
QUICKLY = ("softmax-blockwise", "sparsemax", "relu", "favor-positive", "inline", "delta-rule")  # one of each kind


def inputs(name: str) -> tuple[jax.Array, ...]:
    generator = np.random.default_rng(5)
    arrays = [generator.standard_normal((HEADS, LENGTH, DIMENSION)) for _ in range(3)]
    if PROMISES[name].positive:
        arrays[:2] = map(np.abs, arrays[:2])
    return tuple(jnp.asarray(x) for x in arrays)


@pytest.mark.parametrize(
    "name",
    [
        name if name in QUICKLY else pytest.param(name, marks=pytest.mark.slow)  # each is compiled anew
        for name in sorted(registry.builders())
    ],
)
def test_a_map_goes_through_all_transformations_at_once(name: str) -> None:
    attention = registry.named(name, DIMENSION)
    q, k, v = inputs(name)
    causal = not PROMISES[name].full

    def attend(q: jax.Array, k: jax.Array, v: jax.Array) -> jax.Array:
        return attention.attend(q, k, v, causal=causal)

    def with_gradient(q: jax.Array, k: jax.Array, v: jax.Array) -> tuple[jax.Array, jax.Array]:
        """Of one head: the outputs, and the gradient of their sum for the values."""
        gradient = jax.grad(lambda v: attend(q, k, v).sum())(v)
        return attend(q, k, v), gradient

    mesh = Mesh(np.array(jax.devices()[:1]), ("heads",))
    spec = PartitionSpec("heads")
    sharded = jax.shard_map(jax.vmap(with_gradient), mesh=mesh, in_specs=(spec,) * 3, out_specs=(spec, spec))
    found, gradient = map(np.asarray, jax.jit(sharded)(q, k, v))
    allowed = allowed_keys(LENGTH, LENGTH, causal, None)
    for head in range(HEADS):
        queries, keys, values = (np.asarray(x[head]) for x in (q, k, v))
        matrix = weights(name, attention, queries, keys, allowed, 0, ROUNDOFF)
        expected = outputs(matrix, values, ROUNDOFF)
        assert (np.abs(found[head] - expected.value) <= expected.error).all()
        # the sum of the outputs changes with a value by the sum of the column of weights
        columns = outputs(type(matrix)(matrix.value.T, matrix.error.T), np.ones((LENGTH, 1)), ROUNDOFF)
        assert (np.abs(gradient[head] - columns.value) <= 2 * columns.error).all()
