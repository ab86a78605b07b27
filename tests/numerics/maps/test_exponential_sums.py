"""Exponential features with a scale each: against the triangle, and where one scale for a key underflows."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from numerics.environment import prepare
from numerics.maps import registry
from numerics.maps.causal_sums import Steps
from numerics.maps.exponential_sums import exponential_sums, largest_terms, triangle
from numerics.maps.frequencies import frequencies
from numerics.maps.linear_attention import LinearAttention
from numerics.maps.random_features import Hyperbolic, Positive
from numerics.maps.total_sums import total_sums

prepare()
N = 13
NAMES = ("favor-positive", "favor-positive-iid", "favor-hyperbolic", "oprf")


def arguments(size: float = 1.0, dtype: Any = jnp.float64) -> tuple:
    keys = [jax.random.fold_in(jax.random.key(0), number) for number in range(4)]
    q, k = (size * jax.random.normal(key, (2, N, 3), jnp.float64) for key in keys[:2])
    v = jax.random.normal(keys[2], (1, N, 3), jnp.float64)
    return tuple(x.astype(dtype) for x in (frequencies(keys[3], 5, 3, dtype=jnp.float64), q, k, v))


def written_out(w: Any, q: Any, k: Any, v: Any, mask: Any) -> Any:
    phi = Hyperbolic(w)
    keys = jnp.where(mask[..., None], phi.key(k, jnp.arange(N)).whole(), 0)
    return jnp.tril(phi.query(q, jnp.arange(N)).whole() @ jnp.swapaxes(keys, -1, -2)) @ v


def summed(steps: Steps, w: Any, q: Any, k: Any, v: Any, mask: Any, first: int = 0) -> Any:
    """The sums themselves; the keys before `first` come in as what earlier tokens have added up to."""
    phi = Hyperbolic(w)
    before = total_sums(2, phi, k[:, :first], v[:, :first], mask[:first]) if first else None
    sums, largest = exponential_sums(steps, phi, q[:, first:], k[:, first:], v[:, first:], mask[first:], before)
    return sums * jnp.exp(largest + phi.exponents(q[:, first:], jnp.arange(N)).log_scale)[..., None]


@pytest.mark.parametrize(
    ("steps", "first"), [(Steps(1), 0), (Steps(4), 0), (Steps(2, 3), 0), (Steps(4, 2), 5), (Steps(16), 0)]
)
def test_values_and_gradients_are_those_of_the_triangle(steps: Steps, first: int) -> None:
    given = arguments()
    mask = jnp.arange(N) != 4

    def loss(sums: Any, skipped: int, *x: Any) -> Any:
        value = sums(*x, mask)[:, skipped:]
        return (value * jnp.cos(jnp.arange(3.0))).sum(), value

    def judged(sums: Any, skipped: int) -> Any:
        return jax.jit(jax.value_and_grad(partial(loss, sums, skipped), (0, 1, 2, 3), has_aux=True))(*given)

    (_, found), gradients = judged(partial(summed, steps, first=first), 0)
    (_, wanted), others = judged(written_out, first)
    np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-11)
    for one, other in zip(gradients, others, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("steps", [Steps(4), Steps(2, 3), Steps(16)])
@pytest.mark.parametrize("size", [1.0, 100.0])
def test_a_later_token_leaves_earlier_sums_bit_identical(steps: Steps, size: float) -> None:
    w, q, k, v = arguments(size, jnp.float32)
    sums = jax.jit(lambda k, v: exponential_sums(steps, Positive(w), q, k, v)[0])
    for j in (5, 9):
        before, after = sums(k, v), sums(k.at[:, j].set(0.0), v.at[:, j].set(-50.0))
        np.testing.assert_array_equal(before[:, :j], after[:, :j])
        assert not np.array_equal(before[:, j:], after[:, j:])


def test_the_triangle_has_a_largest_term_of_one() -> None:
    """Every row sums to at least 1, and to at most the number of its terms, at any size of the exponents."""
    a, b = (300 * jax.random.normal(jax.random.key(i), (16, 6), jnp.float32) for i in (1, 2))
    rows = triangle(a, b, largest_terms(a, b, -jnp.inf)).sum(axis=-1)
    assert bool((rows >= 1).all())
    assert bool((rows <= 6 * (1 + np.arange(16))).all())
    late = triangle(a, b, largest_terms(a, b, -jnp.inf) + 100).sum(axis=-1)  # what a scale that is no maximum does
    assert not bool((late >= 1).all())


def in_logarithms(instance: LinearAttention, q: Any, k: Any, v: Any, causal: bool) -> np.ndarray:
    """The outputs from logarithms of features in the widest float, with nothing taken out but the largest of a row."""
    phi = instance.feature_map
    of_queries, of_keys = (
        np.asarray(x.values, np.longdouble) + np.asarray(x.log_scale, np.longdouble)[..., None]
        for x in (phi.exponents(y.astype(jnp.float64), jnp.arange(N)) for y in (q, k))
    )
    logarithms = of_queries[:, :, None] + of_keys[:, None]
    if causal:
        logarithms = np.where(np.tril(np.ones((N, N), bool))[..., None], logarithms, -np.inf)
    terms = np.exp(logarithms - logarithms.max(axis=(2, 3), keepdims=True)).sum(axis=-1)
    return (terms @ np.asarray(v, np.longdouble)) / terms.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("causal", [False, True])
def test_no_row_underflows_at_scores_of_ten_thousand(name: str, causal: bool) -> None:
    """Against logarithms, in float64; with one scale for a key, rows of these inputs are 0 in float32."""
    _, q, k, v = arguments(130.0)
    instance: Any = replace(registry.named(name, 3), chunk=4)  # type: ignore[type-var]
    wanted = in_logarithms(instance, q, k, v, causal)
    found = instance.attend(q, k, v, causal=causal)
    # exponents are below 2^16, and rounded three times in attention and as often in the reference
    allowed = 16 * 6 * 2.0**-53 * 2**16 * np.abs(np.asarray(v)).max()
    assert float(np.abs(np.asarray(found) - wanted).max()) <= allowed

    few = tuple(x.astype(jnp.float32) for x in (q, k, v))
    outputs, back = jax.vjp(lambda *x: instance.attend(*x, causal=causal), *few)
    assert all(bool(jnp.isfinite(x).all()) for x in (outputs, *back(outputs)))
    assert bool((jnp.abs(outputs).max(axis=-1) > 1e-3).all())
    values = instance.feature_map.key(few[0], jnp.arange(N)).values, instance.feature_map.key(few[1], None).values
    one_scale = jnp.einsum("bnr,bmr->bnm", *values)
    if name != "favor-hyperbolic":  # each of its features is large for the opposite tokens
        assert bool((one_scale == 0).any())


@pytest.mark.parametrize("name", ["favor-positive"])
def test_decoding_agrees_with_the_causal_form_at_scores_of_ten_thousand(name: str) -> None:
    _, q, k, v = arguments(130.0)
    v = jnp.broadcast_to(v, (2, N, 3))
    instance: Any = registry.named(name, 3)
    state, found = instance.initial_state((2,), 3, 3, jnp.float64), []
    for i in range(N):
        output, state = instance.step(state, q[:, i], k[:, i], v[:, i])
        found.append(output)
    allowed = 16 * 6 * 2.0**-53 * 2**16 * float(jnp.abs(v).max())
    np.testing.assert_allclose(jnp.stack(found, 1), instance.attend(q, k, v, causal=True), rtol=0, atol=allowed)
    np.testing.assert_allclose(instance.weights(q, k, causal=True) @ v, jnp.stack(found, 1), rtol=0, atol=allowed)


def test_the_gradient_stores_no_state() -> None:
    n, r, d, chunk = 4096, 64, 16, 32
    x, w = jnp.ones((n, d), jnp.float32), jnp.ones((r, d), jnp.float32)
    gradient = jax.jit(
        jax.grad(lambda q, k, v: exponential_sums(Steps(chunk), Positive(w), q, k, v)[0].sum(), (0, 1, 2))
    )
    memory = gradient.lower(x, x, x).compile().memory_analysis()
    assert memory is not None
    states, scales, step = (n // chunk) * r * d * 4, (n // chunk) * r * 4, 40 * chunk * r * 4
    assert memory.temp_size_in_bytes < 7 * n * d * 4 + scales + step + states / 4
