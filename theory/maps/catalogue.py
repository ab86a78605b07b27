"""Every attention map by its name. Each module of this room that describes maps lists them in MAPS."""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module

from theory.maps.attention_map import AttentionMap

MODULES: tuple[str, ...] = (
    "softmax", "sigmoid", "simplex", "hard", "feature_maps", "polynomial_features", "inline", "random_features",
    "low_rank", "recurrent",
)  # fmt: skip


def catalogue() -> dict[str, AttentionMap]:
    """All maps: name -> map, in the order of the modules."""
    maps = [attention_map for module in MODULES for attention_map in import_module(f"theory.maps.{module}").MAPS]
    return {attention_map.name: attention_map for attention_map in maps}


def described(name: str) -> AttentionMap:
    """The map of this name. Raises KeyError that suggests the nearest names."""
    known = catalogue()
    if name not in known:
        near = get_close_matches(name, known, n=3, cutoff=0.4) or sorted(known)
        raise KeyError(f"There is no attention map {name!r}; did you mean {', '.join(near)}?")
    return known[name]
