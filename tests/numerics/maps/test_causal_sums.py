"""Chunked causal sums against the triangle written out: values, gradients, memory and causality."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import Array

from numerics.environment import prepare
from numerics.maps.attention import leaf, map_class
from numerics.maps.causal_sums import Steps, causal_sums
from numerics.maps.feature_maps import Elu
from numerics.maps.features import FeatureMap, Features

prepare()
N = 13
CUTS = (Steps(1), Steps(4), Steps(2, 3), Steps(13))


@map_class
class Projected(FeatureMap):
    """W x, or exp(W x) with its largest exponent taken out: every part of the sums has something to do."""

    weight: Array = leaf()
    scaled: bool = False

    def dimension(self, d: int) -> int:
        return self.weight.shape[0]

    def key(self, x: Array, positions: Array) -> Features:
        y = x @ self.weight.T
        if not self.scaled:
            return Features(y)
        largest = y.max(axis=-1)
        return Features(jnp.exp(y - largest[..., None]), largest)


def arguments(kind: str) -> tuple:
    keys = [jax.random.fold_in(jax.random.key(0), number) for number in range(5)]
    q, k = (jax.random.normal(key, (2, N, 4), jnp.float64) for key in keys[:2])
    v = jax.random.normal(keys[2], (1, N, 3), jnp.float64)
    phi = Projected(jax.random.normal(keys[3], (5, 4), jnp.float64), kind == "scales")
    decay = -jnp.abs(jax.random.normal(keys[4], (2, N), jnp.float64)) if kind == "decays" else None
    return phi, q, k, v, jnp.arange(N) != 4, decay


@jax.jit
def written_out(phi, q, k, v, mask, decay):
    keys = jnp.where(mask[..., None], phi.key(k, None).whole(), 0)
    lower = jnp.tril(jnp.ones((N, N), bool))
    products = phi.query(q, None).whole() @ jnp.swapaxes(keys, -1, -2)
    if decay is not None:
        past = jnp.cumsum(decay, axis=-1)
        products = products * jnp.exp(jnp.where(lower, past[..., :, None] - past[..., None, :], 0))
    return jnp.where(lower, products, 0) @ v


def summed(steps, phi, q, k, v, mask, decay):
    sums, largest = causal_sums(steps, phi, q, k, v, mask, decay)
    return sums if largest is None else sums * jnp.exp(largest + phi.query(q, None).log_scale)[..., None]


@pytest.mark.parametrize("kind", ["plain", "scales", "decays"])
@pytest.mark.parametrize("steps", CUTS)
def test_values_and_gradients_are_those_of_the_triangle(steps: Steps, kind: str) -> None:
    phi, q, k, v, mask, decay = arguments(kind)
    varied = (phi, q, k, v) if decay is None else (phi, q, k, v, decay)

    def loss(sums, *x):
        value = sums(*x[:4], mask, x[4] if len(x) > 4 else None)
        return (value * jnp.cos(jnp.arange(3.0))).sum(), value

    numbers = tuple(range(len(varied)))
    (_, found), gradients = jax.value_and_grad(partial(loss, partial(summed, steps)), numbers, has_aux=True)(*varied)
    (_, wanted), others = jax.value_and_grad(partial(loss, written_out), numbers, has_aux=True)(*varied)
    np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-11)
    for one, other in zip(jax.tree.leaves(gradients), jax.tree.leaves(others), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("steps", [Steps(4), Steps(2, 3)])
def test_a_later_token_leaves_earlier_sums_bit_identical(steps: Steps) -> None:
    phi, q, k, v, _, _ = arguments("scales")
    before = summed(steps, phi, q, k, v, None, None)
    after = summed(steps, phi, q, k.at[:, 9].set(7.0), v.at[:, 9].set(-50.0), None, None)
    np.testing.assert_array_equal(before[:, :9], after[:, :9])
    assert not np.array_equal(before[:, 9:], after[:, 9:])


def test_the_gradient_stores_no_state() -> None:
    n, r, e, chunk = 4096, 64, 64, 64
    x = jnp.ones((n, r), jnp.float32)
    gradient = jax.jit(jax.grad(lambda q, k, v: causal_sums(Steps(chunk), Elu(), q, k, v)[0].sum(), (0, 1, 2)))
    memory = gradient.lower(x, x, x).compile().memory_analysis()
    assert memory is not None
    states = (n // chunk) * r * e * 4
    inputs_and_outputs = 7 * n * e * 4  # q, k, v, the cotangent, and three gradients
    assert memory.temp_size_in_bytes < inputs_and_outputs + states / 2
