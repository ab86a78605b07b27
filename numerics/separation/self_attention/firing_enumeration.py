"""The evaluated firing probability measured: the literal networks on all 2^d sign vectors, every row of them."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import sympy as sp
from flint import fmpq

from numerics.environment import devices
from numerics.measure import exact, pinned_arithmetic
from numerics.separation.self_attention.firing_law import cases, numbers
from numerics.separation.self_attention.network import activation_error, linear, outputs, scale, softmax, tokens
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, Verdict, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.separation.self_attention import firing_enumeration as room
from theory.separation.self_attention.parameters import Parameters
from theory.separation.self_attention.probabilities import FiringProbability

MAPS = (softmax, linear)  # in the order of the claim
BITS = 256


def firing_vectors(case: Parameters, attention: Any, height: Fraction) -> np.ndarray | None:
    """For each of the 2^d sign vectors whether some row of the network fires; None if rounding leaves one open."""
    signs = np.array(list(product((-1.0, 1.0), repeat=case.d)))
    output = np.asarray(outputs(tokens(case, height), attention, kronecker=True))
    margin = signs @ output.T - float(case.tau) * scale(case.n)
    return None if (abs(margin) <= activation_error(case, height, attention)).any() else (margin > 0).any(axis=1)


def compared(claimed: Any, count: int, total: int) -> Verdict:
    """Whether an enclosure of the claimed share is that of `count` among `total`, and of no other count."""
    counts = exact(claimed) * total
    if not counts.contains(count):
        return Verdict.REFUTED
    return Verdict.HOLDS if counts.rad() < fmpq(1, 2) else Verdict.UNDECIDED


@evidence_for(room.enumerated, Method.MEASURED)
def every_vector(claim: Claim, effort: Effort) -> Finding:
    """The literal count, the evaluated law and the sum over sign patterns are the same numbers."""
    scope = f"every sign vector of {len(cases(effort))} literal networks on {', '.join(devices())}"
    agreed = []
    with pinned_arithmetic():
        for case in cases(effort):
            for attention, equation in zip(MAPS, _in_order(claim), strict=True):
                fires = firing_vectors(case, attention, case.a1)
                if fires is None:
                    continue  # a tie: floats cannot count it
                count, total = int(fires.sum()), 2**case.d
                for side in equation.args:
                    law = side.xreplace(numbers(case))
                    claimed = law if law.is_Rational else enclose_at(side, numbers(case), BITS)
                    verdict = compared(claimed, count, total)
                    if verdict is not Verdict.HOLDS:
                        where = {"map": attention.__name__, "parameters": str(case), "found": f"{count}/{total}"}
                        return Finding(verdict, scope, f"{count} of {total} vectors fire, not {claimed}.", {}, (where,))
                agreed.append(f"{attention.__name__} {count}/{total}")
    if not agreed:
        return Finding(Verdict.UNDECIDED, scope, "Every case had a vector within rounding of the threshold.")
    return Finding(Verdict.HOLDS, scope, f"All counts agree exactly: {', '.join(agreed)}.", {"counts": len(agreed)})


def _in_order(claim: Claim) -> list[sp.Eq]:
    """The two equations of the claim, in the order of the networks."""
    return sorted(claim.unfolded.args, key=lambda equation: int(min(equation.atoms(FiringProbability)).args[0]))
