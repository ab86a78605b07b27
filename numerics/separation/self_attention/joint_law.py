"""The joint law measured: all 2^(d m) networks of m neurons, none sampled, on both datasets with both maps."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from functools import reduce

import numpy as np
import sympy as sp

from numerics.environment import devices
from numerics.measure import pinned_arithmetic
from numerics.separation.self_attention.firing_enumeration import BITS, compared, firing_vectors
from numerics.separation.self_attention.network import linear, softmax
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, Verdict, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.separation.self_attention import joint_law as room
from theory.separation.self_attention.construction import (
    b,
    d,
    eta,
    linear_gain,
    m,
    n,
    softmax_needle_gain,
    softmax_ordinary_gain,
)
from theory.separation.self_attention.four_networks import G0, G1, M1, M2, N1, N2, a0, a1
from theory.separation.self_attention.parameters import Parameters

GAINS = {
    N1: softmax_needle_gain(a1, n), N2: softmax_ordinary_gain(a1, n), M1: softmax_needle_gain(a0, n),
    M2: softmax_ordinary_gain(a0, n), G1: linear_gain(a1), G0: linear_gain(a0),
}  # fmt: skip


def cases(effort: Effort) -> list[tuple[Parameters, int]]:
    """Small networks with their numbers of neurons: 4096 and 32768 of them."""
    found = [
        (Parameters(n=12, d=6, a0="1/20", a1="7/10", b="1/2", eta="1/10"), 2),
        (Parameters(n=15, d=5, a0="1/20", a1="6/5", b="1/5", eta="3/10"), 3),
    ]
    return found[:1] if effort.quick else found


def some_neuron(fires: np.ndarray, width: int) -> np.ndarray:
    """For every network of `width` neurons, of shape (2^d, .., 2^d), whether some neuron fires."""
    return reduce(np.logical_or.outer, [fires] * width)


@evidence_for(room.four_networks_law, Method.MEASURED)
def every_network(claim: Claim, effort: Effort) -> Finding:
    """The number of networks of which all four behave is the probability of the claim times 2^(d m)."""
    scope = f"every network of {len(cases(effort))} sizes on {', '.join(devices())}"
    (law,) = (part for part in claim.unfolded.args if part.has(m))
    agreed = []
    with pinned_arithmetic():
        for case, width in cases(effort):
            good, *bad = (
                firing_vectors(case, attention, height)
                for attention, height in ((softmax, case.a1), (softmax, case.a0), (linear, case.a1), (linear, case.a0))
            )
            if good is None or any(fires is None for fires in bad):
                continue  # a tie: floats cannot count it
            behave = some_neuron(good, width) & ~some_neuron(np.logical_or.reduce(bad), width)
            count, total = int(behave.sum()), behave.size
            values = {n: case.n, d: case.d, a0: case.a0, a1: case.a1, b: case.b, eta: case.eta, m: width}
            point = {symbol: sp.Rational(str(value)) for symbol, value in values.items()}
            for side in law.args:
                verdict = compared(enclose_at(side.xreplace(GAINS), point, BITS), count, total)
                if verdict is not Verdict.HOLDS:
                    where = {"parameters": str(case), "m": width, "found": f"{count}/{total}"}
                    return Finding(verdict, scope, f"{count} of {total} networks behave, not as claimed.", {}, (where,))
            agreed.append(f"{count}/{total}")
    if not agreed:
        return Finding(Verdict.UNDECIDED, scope, "Every case had a vector within rounding of the threshold.")
    return Finding(Verdict.HOLDS, scope, f"All counts agree exactly: {', '.join(agreed)}.", {"counts": len(agreed)})
