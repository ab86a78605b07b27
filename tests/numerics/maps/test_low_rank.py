"""Linformer and Nystrom attention: where they are exact, what padding does, and what is refused."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from numerics.environment import prepare
from numerics.maps import registry
from numerics.maps.low_rank import Linformer, Nystrom, iterated_inverse, row_softmax, segment_means

prepare()


def tokens(n: int = 6, d: int = 4) -> tuple:
    keys = (jax.random.fold_in(jax.random.key(3), number) for number in range(3))
    return tuple(jax.random.normal(key, (2, n, d), jnp.float64) for key in keys)


def softmax_weights(q, k):
    return jax.nn.softmax(jnp.einsum("bnd,bmd->bnm", q, k) / np.sqrt(q.shape[-1]))


def test_nystrom_with_all_keys_as_landmarks_is_softmax() -> None:
    """The pseudo-inverse loses as many digits as the condition number has."""
    q, k, _ = tokens()
    wanted = softmax_weights(q, k)
    lost = float(jnp.linalg.cond(wanted).max())
    np.testing.assert_allclose(Nystrom(6, None).weights(q, k), wanted, atol=64 * lost * 2.0**-53)
    assert float(jnp.abs(Nystrom(3, None).weights(q, k) - wanted).max()) > 1e-3


def test_linformer_with_identity_projections_is_softmax() -> None:
    q, k, v = tokens()
    one = jnp.eye(6, dtype=jnp.float64)
    np.testing.assert_allclose(Linformer(one, one).attend(q, k, v), softmax_weights(q, k) @ v, atol=1e-14)


def test_a_step_of_the_inverse_takes_the_error_to_its_cube() -> None:
    a = row_softmax(tokens(4)[0])
    error = jnp.eye(4) - a @ iterated_inverse(a, 1)
    after = jnp.eye(4) - a @ iterated_inverse(a, 2)
    cube = error @ error @ error @ (error + 3 * jnp.eye(4)) / 4
    np.testing.assert_allclose(after, cube, atol=1e-13)


@pytest.mark.parametrize("name", ["linformer", "nystrom"])
def test_padding_does_not_matter_and_an_empty_row_is_0(name: str) -> None:
    instance = registry.named(name, 4)
    q, k, v = tokens()
    mask = jnp.array([[True] * 4 + [False] * 2, [False] * 6])
    found = instance.attend(q, k, v, key_mask=mask)
    dirty = (x.at[:, 4:].set(jnp.nan) for x in (k, v))
    np.testing.assert_array_equal(found[0, :4], instance.attend(q, *dirty, key_mask=mask)[0, :4])
    np.testing.assert_array_equal(found[1], np.zeros((6, 4)))
    np.testing.assert_allclose(instance.weights(q, k, key_mask=mask)[0] @ v[0], found[0], atol=1e-12)


def test_landmarks_are_means_of_what_is_kept() -> None:
    x = jnp.arange(10.0).reshape(1, 5, 2)
    means, kept = segment_means(x, 3, jnp.array([[True, False, True, True, False]]))
    np.testing.assert_array_equal(means[0], [[0, 1], [5, 6], [0, 0]])
    np.testing.assert_array_equal(kept, [[True, True, False]])


@pytest.mark.parametrize("name", ["linformer", "nystrom"])
def test_there_is_no_causal_form(name: str) -> None:
    with pytest.raises(ValueError, match=r"has no causal form, as its .* mix the whole sequence"):
        registry.named(name, 4).attend(*tokens(), causal=True)


def test_mistakes_get_one_sentence() -> None:
    few = jnp.ones((2, 5))
    with pytest.raises(ValueError, match="There are 6 keys and the projections are for at most 5"):
        Linformer(few, few).attend(*tokens())
    with pytest.raises(ValueError, match="landmarks = 0 must be an integer of at least 1"):
        Nystrom(0)
