"""The catalogue entries of the maps that look at all scores: twins that run, claims that exist, costs that add up."""

# pyright: reportArgumentType=false, reportCallIssue=false

from __future__ import annotations

import pytest
import sympy as sp

from theory.claim import get, load
from theory.maps import hard, sigmoid, simplex, softmax
from theory.maps.attention_map import block, d, n
from theory.maps.catalogue import catalogue

MAPS = [m for room in (softmax, sigmoid, simplex, hard) for m in room.MAPS]


@pytest.mark.parametrize("attention_map", MAPS, ids=lambda m: m.name)
def test_twin_and_claims(attention_map) -> None:
    from numerics.maps.registry import builders

    load("theory.maps")
    assert catalogue()[attention_map.name] is attention_map
    assert attention_map.name in builders()
    assert attention_map.claims
    for claim in attention_map.claims:
        assert get(claim).id == claim


def test_causal_blocks_take_half_and_the_diagonal() -> None:
    """The sum over blocks of queries of the blocks of keys that they see, and no more."""
    for name, products in (("blockwise", 2), ("blockwise gradient", 5)):
        whole, causal = softmax.BLOCKWISE[name].operations, softmax.BLOCKWISE[f"{name} causal"].operations
        for length, size in ((256, 64), (250, 64), (64, 64)):
            values = {n: length, block: size, d: 32}
            number = -(-length // size)
            seen = sum(i + 1 for i in range(number))
            one = products * 2 * size * size * 32
            assert sp.sympify(whole).subs(values) == number**2 * one
            assert sp.sympify(causal).subs(values) == seen * one
