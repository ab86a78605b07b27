"""The table of gains covers the catalogue, and names claims that exist."""

from __future__ import annotations

import doctest

import pytest

from theory.claim import get, load
from theory.maps.catalogue import catalogue
from theory.separation.kernels import gain_table
from theory.separation.kernels.gain_table import GAINS


def test_example_in_docstring() -> None:
    assert doctest.testmod(gain_table).failed == 0


def test_every_map_of_the_catalogue_has_an_entry() -> None:
    assert set(GAINS) == set(catalogue())


@pytest.mark.parametrize("name", GAINS)
def test_claims_exist_and_a_verdict_rests_on_one(name: str) -> None:
    load("theory.separation")
    known = GAINS[name]
    assert known.gain
    assert known.outcome
    assert known.claims or known.separates is None
    for claim in known.claims:
        assert get(claim).id == claim
