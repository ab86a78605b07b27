"""Peers compute the maps that the benchmark says they compute; without them there is nothing to compare."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from numerics.complexity.contenders import Setting, inputs
from numerics.complexity.peers import PEERS
from numerics.maps import definitions, registry

HALF_DIGITS = 2.0**-12  # float32 code of two authors: a wrong formula is off by far more


def installed(package: str) -> bool:
    needed = [package, "torch"] + (["triton"] if package == "fla" else [])
    return all(importlib.util.find_spec(one) for one in needed)


# the features of performer-pytorch are random, and reference gates and steps of the recurrent maps are not the same
SAME = [peer for peer in PEERS if peer.computes in ("softmax", "identity-linear-unnormalised", "taylor")]


@pytest.mark.parametrize("peer", SAME, ids=lambda peer: peer.name)
@pytest.mark.filterwarnings("ignore")
def test_a_peer_computes_the_map_of_the_same_name(peer) -> None:
    if not installed(peer.package):
        pytest.skip(f"{peer.package} is not installed (extra `peers`)")
    setting = Setting(128, d=8, heads=1, causal=not peer.full)
    found = np.asarray(peer.build(setting).run()).reshape(setting.n, setting.d)
    q, k, v = (x[0].astype(float) for x in inputs(setting))
    allowed = definitions.allowed_keys(setting.n, setting.n, setting.causal, None)
    weights = definitions.weights(peer.computes, registry.named(peer.computes, setting.d), q, k, allowed, 0, 2.0**-53)
    expected = (weights.value @ v).astype(float)
    assert np.abs(found - expected).max() <= HALF_DIGITS * np.abs(expected).max()


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
@pytest.mark.filterwarnings("ignore")
def test_a_peer_runs(peer) -> None:
    if not installed(peer.package):
        pytest.skip(f"{peer.package} is not installed (extra `peers`)")
    found = peer.build(Setting(64, d=8, heads=2, causal=not peer.full)).run()
    found = found[0] if isinstance(found, tuple) else found
    assert sorted(found.shape) == sorted((1, 2, 64, 8))
    assert np.isfinite(np.asarray(found)).all()


def test_every_peer_names_a_map_of_the_registry() -> None:
    assert {peer.computes for peer in PEERS} <= set(registry.builders())
