"""Every attention map by its name, that of its twin in `theory.maps.catalogue`, with usual settings.

    named("favor-positive", d=64, key=jax.random.key(0))

Each module that holds maps has a dictionary BUILDERS from names to functions of the head dimension and a random key;
maps without randomness ignore the key.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module

import jax
from jaxtyping import Array

from numerics.maps.attention import Attention

MODULES = (
    "softmax", "sigmoid", "simplex", "hard", "feature_maps", "polynomial_features", "inline", "random_features",
    "low_rank", "recurrent",
)  # fmt: skip
Builder = Callable[[int, Array], Attention]


def builders() -> dict[str, Builder]:
    """All maps: name -> function of (d, key)."""
    found: dict[str, Builder] = {}
    for module in MODULES:
        found |= import_module(f"numerics.maps.{module}").BUILDERS
    return found


def named(name: str, d: int, key: Array | None = None) -> Attention:
    """The map of this name for heads of dimension d. Raises KeyError that suggests the nearest names."""
    known = builders()
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.4) or sorted(known)
        raise KeyError(f"There is no attention map {name!r}; did you mean {', '.join(near)}?")
    return known[name](d, jax.random.key(0) if key is None else key)
