"""Hard attention shares ties and has no gradient in the scores; sigmoid weights see only their own key."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np

from numerics.environment import prepare
from numerics.maps.hard import Hard
from numerics.maps.sigmoid import Sigmoid
from numerics.maps.softmax import Softmax

prepare()


def test_equal_keys_share_and_masked_ones_do_not() -> None:
    k = jnp.array([[2.0, 1.0], [0.0, 3.0], [2.0, 1.0], [2.0, 1.0], [9.0, 9.0]])
    q = jnp.array([[1.0, 0.0]])
    found = Hard().weights(q, k, key_mask=jnp.array([True, True, True, False, False]))
    np.testing.assert_array_equal(found, [[0.5, 0, 0.5, 0, 0]])
    assert (Hard().weights(q, k, key_mask=jnp.zeros(5, bool)) == 0).all()


def test_the_gradient_of_hard_attention_is_that_of_the_values() -> None:
    q, k, v = (jax.random.normal(jax.random.key(i), (6, 3), jnp.float64) for i in range(3))
    dq, dk, dv = jax.grad(lambda *x: Hard().attend(*x, causal=True).sum(), (0, 1, 2))(q, k, v)
    assert (dq == 0).all()
    assert (dk == 0).all()
    np.testing.assert_allclose(dv[:, 0], Hard().weights(q, k, causal=True).sum(axis=0))


def test_hard_attention_is_softmax_at_a_low_temperature() -> None:
    """Within (n - 1) exp(-gap/T): the claim maps.hard.limit."""
    q, k = (jax.random.normal(jax.random.key(i), (6, 3), jnp.float64) for i in range(2))
    cold = Softmax(scale=2.0**12).weights(q, k)
    ranked = jnp.sort(q @ k.T, axis=-1)
    assert (ranked[:, -1] - ranked[:, -2]).min() > 1e-2  # so that exp(-gap/T) is below 1e-17
    np.testing.assert_allclose(cold, Hard().weights(q, k), rtol=0, atol=1e-15)


def test_padding_and_later_tokens_leave_sigmoid_attention_alone() -> None:
    q, k, v = (jax.random.normal(jax.random.key(i), (9, 3), jnp.float64) for i in range(3))
    whole = Sigmoid().attend(q, k, v, causal=True)
    np.testing.assert_allclose(Sigmoid().attend(q[:5], k[:5], v[:5], causal=True), whole[:5], rtol=1e-12)
    padded = Sigmoid().attend(q, k, v, key_mask=jnp.arange(9) < 6)
    np.testing.assert_allclose(padded, Sigmoid().attend(q, k[:6], v[:6]), rtol=1e-12)


def test_the_bias_of_sigmoid_attention_can_be_given_for_each_head() -> None:
    q, k, _ = (jax.random.normal(jax.random.key(i), (2, 4, 3), jnp.float64) for i in range(3))
    b = jnp.array([-1.0, 2.0])
    s = 3**-0.5 * q @ jnp.swapaxes(k, -1, -2)
    np.testing.assert_allclose(Sigmoid(bias=b).weights(q, k), 1 / (1 + jnp.exp(-s - b[:, None, None])), rtol=1e-13)


def test_scores_of_zero_sum_to_n_over_n_plus_one() -> None:
    """The claim maps.sigmoid.row-sum."""
    w = Sigmoid().weights(jnp.zeros((1, 2)), jnp.ones((7, 2)))
    np.testing.assert_allclose(w.sum(), 7 / 8, rtol=1e-6)
