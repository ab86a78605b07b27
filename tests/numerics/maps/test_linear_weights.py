"""Running linear maps against what the catalogue says of them: names, numbers of features and states, DPFP's shifts."""

# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from numerics.environment import prepare
from numerics.maps.feature_maps import Dpfp
from numerics.maps.laws import subject
from numerics.maps.registry import builders
from theory.maps import feature_maps, inline, polynomial_features
from theory.maps.attention_map import d, p
from theory.maps.catalogue import catalogue

prepare()
HEAD = 4
SIZES = {d: HEAD, p: 2, feature_maps.shifts: 3}
MAPS = [m for room in (feature_maps, polynomial_features, inline) for m in room.MAPS]


def test_the_catalogue_and_the_registry_have_the_same_names() -> None:
    assert set(catalogue()) == set(builders())


@pytest.mark.parametrize("attention_map", MAPS, ids=lambda m: m.name)
def test_features_and_state(attention_map) -> None:
    """A decoder's state has the numbers that are listed; the number of tokens counts where an output needs it."""
    instance = subject(attention_map.name, d=HEAD).instance
    assert instance.feature_map.dimension(HEAD) == attention_map.features.subs(SIZES)
    kept = instance.initial_state((), HEAD, HEAD, "float64")
    uncounted = 0 if attention_map.name == "inline" else kept.position.size
    assert sum(x.size for x in jax.tree.leaves(kept)) - uncounted == attention_map.state.subs(SIZES)


def test_shifts_of_dpfp_from_d_on_vanish_or_repeat() -> None:
    x = np.random.default_rng(0).normal(size=(3, HEAD))
    whole = Dpfp(2 * HEAD - 1).key(jnp.asarray(x), jnp.arange(3)).values
    by_shift = [np.sort(part, axis=-1) for part in np.split(whole, 2 * HEAD - 1, axis=-1)]
    assert (by_shift[HEAD - 1] == 0).all()
    for j in range(1, HEAD):
        np.testing.assert_array_equal(by_shift[j - 1], by_shift[2 * HEAD - j - 1])
    assert all((by_shift[0] != other).any() for other in by_shift[1 : HEAD - 1])
