"""The front door of the room: what it names, and the examples that its modules show."""

from __future__ import annotations

import doctest
import importlib

import pytest

from theory.separation.cross_attention import exact

ROOM = "theory.separation.cross_attention."
MODULES = ("exact", "law", "lengths", "logits", "recovery_probability")


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name: str) -> None:
    found = doctest.testmod(importlib.import_module(ROOM + name))
    assert found.failed == 0
    assert found.attempted > 0


def test_the_front_door_names_public_functions_of_the_modules_behind_it() -> None:
    assert exact.__all__ == sorted(exact.__all__)
    for name in exact.__all__:
        home = importlib.import_module(getattr(exact, name).__module__)
        assert home.__name__.startswith(ROOM)
        assert getattr(home, name) is getattr(exact, name)
        assert getattr(exact, name).__doc__
