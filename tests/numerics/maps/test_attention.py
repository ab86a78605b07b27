"""What all maps share: their structure as pytrees."""

from __future__ import annotations

import itertools

import jax

from numerics.environment import prepare
from numerics.maps.attention import leaf, map_class
from numerics.maps.registry import builders, named

prepare()


@map_class
class One:
    x: float = leaf(default=1.0)
    size: int = 2


@map_class
class Other:
    x: float = leaf(default=1.0)
    size: int = 2


def test_maps_of_two_classes_have_two_structures() -> None:
    assert jax.tree.structure(One()) == jax.tree.structure(One())
    assert jax.tree.structure(One()) != jax.tree.structure(Other())
    assert jax.tree.structure(One()) != jax.tree.structure(One(size=3))


def test_all_registered_maps_have_different_structures() -> None:
    same_but_for_their_leaves = {"favor-positive-iid"}
    names = [name for name in builders() if name not in same_but_for_their_leaves]
    structures = {name: jax.tree.structure(named(name, 4)) for name in names}
    for one, other in itertools.combinations(structures, 2):
        assert structures[one] != structures[other], (one, other)


def test_a_map_comes_back_from_its_leaves() -> None:
    leaves, structure = jax.tree.flatten(One(3.0, 5))
    again = jax.tree.unflatten(structure, leaves)
    assert (again.x, again.size) == (3.0, 5)
