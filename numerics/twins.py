"""Twin rooms: what `theory.TOPIC.x` says and proves, `numerics.TOPIC.x` runs and measures."""

from __future__ import annotations

import importlib


def import_twin(module: str) -> None:
    """Import the room in `numerics` that has the same path as a room in `theory`, if there is one.

    `mine.theory.bounds` has the twin `mine.numerics.bounds`; a module outside any `theory` has none.
    """
    parts = module.split(".")
    if "theory" not in parts:
        return
    parts[parts.index("theory")] = "numerics"
    twin = ".".join(parts)
    try:
        importlib.import_module(twin)
    except ModuleNotFoundError as error:
        if error.name is None or not (twin + ".").startswith(error.name + "."):
            raise
