"""The golden threshold: softmax over the literal scores measured just above it, and the four bounds attacked."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import math
from typing import Any

import jax.numpy as jnp
import sympy as sp

from numerics.attack import attacked
from numerics.measure import measured
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.separation.self_attention.construction import a, n
from theory.separation.self_attention.phase_diagram import golden_threshold as room

UNIT_ROUNDOFF = 2.0**-53


def golden_weight(point: Any) -> Any:
    """The weight on the needle by softmax over the literal scores of the needle's row."""
    length, height = point["n"], float(sp.Rational(point["a"]))
    scores = jnp.full(length, (1 + height) * math.log(length)).at[0].set((1 + height) ** 2 * math.log(length))
    weights = jnp.exp(scores - scores.max())
    return weights[0] / weights.sum()


def golden_allowance(claim: Claim, point: Any) -> float:
    """Each score errs by a few units of its size, exp by at most 8 units (stated), the sum by n - 1."""
    largest = (1 + float(sp.Rational(point["a"]))) ** 2 * math.log(point["n"])
    return (16 * largest + 32 + point["n"]) * UNIT_ROUNDOFF


@evidence_for(room.golden, Method.MEASURED)
def golden_measured(claim: Claim, effort: Effort) -> Finding:
    """Needles just inside the claim's own hypothesis a(1+a) >= bound, and taller ones."""
    (hypothesis,) = claim.domain.hypotheses
    bound = float(hypothesis.rhs)
    lowest = sp.Rational(math.ceil((math.sqrt(1 + 4 * bound) - 1) / 2 * 10**6), 10**6)
    points = [{"n": length, "a": str(height)} for length in (3, 100, 1000, 100_000) for height in (lowest, lowest + 1)]

    def half(examined: Claim, point: Any, bits: int) -> Any:
        return enclose_at(examined.unfolded.rhs, {n: sp.Integer(point["n"])}, bits)

    return measured(golden_weight, half, golden_allowance, points)(claim, effort)


NEAR_GOLDEN = {n: 10**6, a: sp.Rational(618034, 10**6)}
for claim, worst in (
    (room.above, [{n: 10**9, room.g: sp.Integer(2)}]),
    (room.below, [{n: 10**9, room.g: sp.Integer(0)}]),
    (room.golden, [NEAR_GOLDEN]),
    (room.linear_never, [{n: 10**9, a: sp.Rational(1, 1000)}]),
):
    evidence_for(claim, Method.ATTACKED)(attacked(declared_worst=worst))
