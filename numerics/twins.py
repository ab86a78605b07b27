"""Twin rooms: what `theory.TOPIC.x` says and proves, `numerics.TOPIC.x` runs and measures."""

from __future__ import annotations

import importlib


def twin_of(module: str) -> str | None:
    """The name of the room in `numerics` with the same path as a room in `theory`, whether or not there is one.

    `mine.theory.bounds` has the twin `mine.numerics.bounds`; a module outside any `theory` has none.
    """
    parts = module.split(".")
    if "theory" not in parts:
        return None
    parts[parts.index("theory")] = "numerics"
    return ".".join(parts)


def import_twin(module: str) -> None:
    """Import the twin of a room in `theory`, if there is one."""
    twin = twin_of(module)
    if twin is None:
        return
    try:
        importlib.import_module(twin)
    except ModuleNotFoundError as error:
        if error.name is None or not (twin + ".").startswith(error.name + "."):
            raise
