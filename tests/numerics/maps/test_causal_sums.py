"""Chunked causal sums against the triangle written out, values and gradients."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from numerics.environment import prepare
from numerics.maps.causal_sums import causal_sums

prepare()
CHUNKS = (1, 4, 7, 32)


def arguments(scaled: bool, n: int = 13) -> tuple:
    keys = [jax.random.fold_in(jax.random.key(0), number) for number in range(4)]
    q, k = (jax.random.normal(key, (2, n, 5), jnp.float64) for key in keys[:2])
    v = jax.random.normal(keys[2], (1, n, 3), jnp.float64)
    s = 30 * jax.random.normal(keys[3], (2, n), jnp.float64) if scaled else None
    return q, k, v, s, None if s is None else jax.lax.cummax(s, axis=1)


def written_out(q, k, v, s, t):
    lower = jnp.tril(jnp.ones((q.shape[-2], k.shape[-2]), bool))
    factors = lower if s is None else jnp.exp(jnp.where(lower, s[..., None, :] - t[..., :, None], -jnp.inf))
    return ((q @ jnp.swapaxes(k, -1, -2)) * factors) @ v


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize("scaled", [False, True])
def test_values_are_those_of_the_triangle(chunk: int, scaled: bool) -> None:
    given = arguments(scaled)
    np.testing.assert_allclose(causal_sums(*given, chunk=chunk), written_out(*given), rtol=0, atol=1e-13)


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize("scaled", [False, True])
def test_gradients_are_those_of_the_triangle(chunk: int, scaled: bool) -> None:
    q, k, v, s, t = arguments(scaled)
    varied = (q, k, v) if s is None else (q, k, v, s)

    def loss(sums):
        return lambda *x: (sums(*x[:3], x[3] if len(x) > 3 else None) ** 2).sum()

    numbers = tuple(range(len(varied)))
    found = jax.grad(loss(lambda q, k, v, s: causal_sums(q, k, v, s, t, chunk)), numbers)(*varied)
    wanted = jax.grad(loss(lambda q, k, v, s: written_out(q, k, v, s, t)), numbers)(*varied)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-11)


def test_the_gradient_stores_no_state() -> None:
    n, r, e, chunk = 4096, 64, 64, 64
    x = jnp.ones((n, r), jnp.float32)
    gradient = jax.jit(jax.grad(lambda q, k, v: causal_sums(q, k, v, None, None, chunk).sum(), (0, 1, 2)))
    memory = gradient.lower(x, x, x).compile().memory_analysis()
    assert memory is not None
    temporary = memory.temp_size_in_bytes
    states = (n // chunk) * r * e * 4
    inputs_and_outputs = 7 * n * e * 4  # copies by chunks of q, k, v and the cotangent, and three gradients
    assert temporary < inputs_and_outputs + states / 2
