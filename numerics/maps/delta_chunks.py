"""The corrections of a chunk of the delta rule as they are computed, against the system that they are claimed to solve.

Keys, strengths, values and the state before are random; their inner products are exact. The allowance is the running
error of the corrections one after the other.
"""

# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics.maps.delta_rule import FORMATS, evaluated
from numerics.maps.delta_sums import corrections
from numerics.maps.recurrent_definitions import below
from numerics.maps.running_error import Approximate, Rounding
from numerics.measure import Point, measured
from numerics.rounding import allowance
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.maps import delta_chunks as theory
from theory.rounding.allowance import arithmetic


def chunks(size: int) -> Any:
    """Points of `size` random tokens and a random column of the state before them."""

    def points(effort: Effort) -> list[Point]:
        generator = np.random.default_rng([effort.seed, size])
        return [
            {
                "keys": generator.normal(size=(size, 3)).astype(dtype),
                "strengths": generator.uniform(0.1, 0.9, size=(size, 1)).astype(dtype),
                "values": generator.normal(size=(size, 1)).astype(dtype),
                "state": generator.normal(size=(3, 1)).astype(dtype),
            }
            for dtype in FORMATS
            for _ in range(1 if effort.quick else 5)
        ]

    return points


def last_correction(point: Point) -> NDArray:
    missing = point["values"] - point["keys"] @ point["state"]
    return np.asarray(corrections(point["keys"], point["strengths"], missing))[-1, 0]


def correction_reference(claim: Claim, point: Point, bits: int) -> Fraction:
    size = len(point["keys"])
    symbols = theory.Chunk(size)
    keys, strengths, values, state = (
        [[Fraction(float(x)) for x in row] for row in point[name]] for name in ("keys", "strengths", "values", "state")
    )
    column = [entry for (entry,) in state]
    given = {symbols.beta[i]: strengths[i][0] for i in range(size)}
    given |= {symbols.values[i]: values[i][0] for i in range(size)}
    given |= {symbols.read[i]: inner(keys[i], column) for i in range(size)}
    given |= {symbols.gram[i, j]: inner(keys[i], keys[j]) for i in range(size) for j in range(i)}
    return evaluated(claim.unfolded.rhs, given)


def inner(x: list[Fraction], y: list[Fraction]) -> Fraction:
    return sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0))


def correction_allowance(claim: Claim, point: Point) -> float:
    """The running error of x_i = beta_i (v_i - k_i.s - sum over j < i of (k_i.k_j) x_j)."""
    rounding = Rounding(float(arithmetic(point["keys"].dtype.name).unit_roundoff))
    keys, beta, values, state = (rounding.exactly(point[name]) for name in ("keys", "strengths", "values", "state"))
    gram = rounding.product(keys, keys.T)
    missing = rounding.minus(values, rounding.product(keys, state))
    found: Approximate | None = None
    for i in range(len(point["keys"])):
        one = missing[i : i + 1]
        if found is not None:
            one = rounding.minus(one, rounding.product(gram[i : i + 1, :i], found))
        one = rounding.times(beta[i : i + 1], one)
        found = one if found is None else below([found, one])
    assert found is not None
    return float(found.error[-1, 0]) * allowance.OWN_ROUNDING


for size, claim in theory.corrections.items():
    evidence_for(claim, Method.MEASURED)(
        measured(last_correction, correction_reference, correction_allowance, chunks(size))
    )
