"""Sparsemax and entmax: the maximiser itself, exact zeros, ties, masks, and derivatives."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from numerics.environment import prepare
from numerics.maps.simplex import Entmax, entmax

prepare()
ALPHAS = (1.25, 1.5, 2.0)
compiled = jax.jit(entmax, static_argnums=1)
SCORES = arrays(np.float64, 6, elements=st.floats(-30, 30, width=32))


@pytest.mark.parametrize("alpha", ALPHAS)
@settings(deadline=None, max_examples=100)
@given(s=SCORES)
def test_optimality_conditions(alpha: float, s: np.ndarray) -> None:
    """On the support (alpha - 1) s - w^(alpha - 1) is one number tau; off it (alpha - 1) s is at most tau."""
    w = np.asarray(compiled(jnp.asarray(s), alpha))
    assert (w >= 0).all()
    assert abs(w.sum() - 1) < 1e-14
    tau = ((alpha - 1) * s - w ** (alpha - 1))[w > 0]
    rounding = 1e-14 * (1 + np.abs(s).max())
    assert np.ptp(tau) < rounding
    assert ((alpha - 1) * s[w == 0] <= tau.min() + rounding).all()


@settings(deadline=None, max_examples=50)
@given(s=SCORES)
def test_sorting_and_halving_find_the_same_threshold(s: np.ndarray) -> None:
    x = jnp.asarray(s)
    for alpha, near in ((1.5, 1.5 + 1e-13), (2.0, 2 - 1e-13)):
        np.testing.assert_allclose(compiled(x, alpha), compiled(x, near), rtol=0, atol=1e-10)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_ties_share(alpha: float) -> None:
    w = entmax(jnp.array([3.0, 3.0, 3.0, -40.0]), alpha)
    np.testing.assert_allclose(w, [1 / 3, 1 / 3, 1 / 3, 0], rtol=1e-15)
    assert w[3] == 0


def test_the_smaller_of_two_is_dropped_from_the_stated_distance_on() -> None:
    for alpha, distance in ((1.25, 4.0), (1.5, 2.0), (2.0, 1.0)):
        assert entmax(jnp.array([distance, 0.0]), alpha)[1] == 0
        assert entmax(jnp.array([distance - 1e-3, 0.0]), alpha)[1] > 0


@pytest.mark.parametrize("alpha", ALPHAS)
def test_masked_scores_do_not_move_the_threshold(alpha: float) -> None:
    s = jax.random.normal(jax.random.key(0), (5,), jnp.float64)
    masked = jnp.array([-jnp.inf, *s[:2], -jnp.inf, *s[2:], -jnp.inf])
    kept = np.array([1, 2, 4, 5, 6])
    found = entmax(masked, alpha)
    np.testing.assert_allclose(found[kept], entmax(s, alpha), rtol=1e-14)
    assert np.delete(np.asarray(found), kept).max() == 0
    q, k, v = jnp.ones((1, 1)), jnp.concatenate([s, jnp.array([1e6])])[:, None], jnp.ones((6, 1))
    assert Entmax(alpha).attend(q, k, v, key_mask=jnp.arange(6) < 5) == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize("alpha", ALPHAS)
def test_masked_rows_are_zero_with_zero_gradients(alpha: float) -> None:
    s = jnp.full((2, 4), -jnp.inf).at[1].set(jnp.array([1e4, -1e4, 0.0, 1e4]))
    w, pullback = jax.vjp(lambda s: entmax(s, alpha), s)
    (ds,) = pullback(jnp.arange(8.0).reshape(2, 4))
    assert (w[0] == 0).all()
    np.testing.assert_allclose(w[1], [0.5, 0, 0, 0.5], rtol=1e-14)
    assert (ds[0] == 0).all()
    assert jnp.isfinite(ds).all()


@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_jacobian_is_that_of_differences(alpha: float) -> None:
    s = jnp.array([0.3, -0.1, 0.25, -5.0, 0.1])
    step = 2.0**-18
    directions = step * jnp.eye(5)
    differences = (compiled(s + directions, alpha) - compiled(s - directions, alpha)).T / (2 * step)
    for mode in (jax.jacfwd, jax.jacrev):
        found = jax.jit(mode(lambda s: entmax(s, alpha)))(s)
        np.testing.assert_allclose(found, differences, rtol=0, atol=1e-8)
        np.testing.assert_allclose(found, found.T, rtol=0, atol=1e-15)
        assert (found[3] == 0).all()


def test_a_score_at_the_threshold_counts_as_off_the_support() -> None:
    jacobian = jax.jacrev(lambda s: entmax(s, 2.0))(jnp.array([1.0, 0.0]))
    assert (jacobian == 0).all()


@pytest.mark.parametrize("alpha", [1, 0.5, 2.5])
def test_an_index_outside_its_range_is_refused(alpha: Any) -> None:
    with pytest.raises(ValueError, match=r"must be in \(1, 2\]"):
        Entmax(alpha)


def test_long_rows_in_float32_sum_to_one() -> None:
    """Running sums over 20,000 ranks lose digits, which the last Newton step has to take out again."""
    s = jax.random.normal(jax.random.key(1), (4, 20_000), jnp.float32)
    for alpha in (1.5, 2.0):
        np.testing.assert_allclose(entmax(s, alpha).sum(axis=-1), 1, rtol=0, atol=2e-6)
