"""The exhaustive measurements: the law on all sign vectors and on all networks, and spoiled laws refuted."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from numerics.lemmas import sign_vectors as _vectors
from numerics.separation.self_attention import firing_enumeration, joint_law
from theory.evidence import Effort, Method, Verdict, gather
from theory.lemmas import sign_vectors
from theory.separation.self_attention import firing_enumeration as enumeration_room
from theory.separation.self_attention import joint_law as joint_room

CLAIMS = [enumeration_room.enumerated, joint_room.four_networks_law, sign_vectors.vectors_above]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_the_law_holds_and_its_spoiled_variants_are_refuted(claim):
    found = gather(claim, Method.MEASURED, Effort(quick=True))
    assert found.verdict is Verdict.HOLDS, found.finding.message
    for variant, _ in claim.variants():
        assert gather(variant, Method.MEASURED, Effort(quick=True)).verdict is Verdict.REFUTED


def test_every_network_of_some_neurons_is_enumerated():
    fires = np.array([True, False, False])
    for width in (1, 2, 3):
        found = joint_law.some_neuron(fires, width)
        assert found.shape == (3,) * width
        for network in product(range(3), repeat=width):
            assert found[network] == any(fires[neuron] for neuron in network)


def test_an_enclosure_with_another_count_refutes_and_a_wide_one_decides_nothing():
    import sympy as sp
    from flint import arb

    assert firing_enumeration.compared(sp.Rational(3, 8), 3, 8) is Verdict.HOLDS
    assert firing_enumeration.compared(sp.Rational(3, 8), 4, 8) is Verdict.REFUTED
    assert firing_enumeration.compared(arb("0.375 +/- 0.2"), 3, 8) is Verdict.UNDECIDED


def test_plus_signs_are_those_of_all_vectors():
    assert sorted(_vectors.plus_signs(3).tolist()) == [0, 1, 1, 1, 2, 2, 2, 3]
