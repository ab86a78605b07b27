"""Sparsemax of two scores as it runs, and its optimality, attacked.

The scores are multiples of 1/16 up to 4 apart, so that every intermediate result is a multiple of 1/32 below 8: nothing
is rounded, the allowance is 0, and a weight that should be 0 has to be 0.
"""

# pyright: reportAttributeAccessIssue=false, reportArgumentType=false

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from numerics.attack import attacked
from numerics.maps.simplex import Entmax
from numerics.maps.softmax_rows import FORMATS, weights
from numerics.measure import Point, measured
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.maps import sparsemax as theory
from theory.rigor.evaluate import enclose_at


def points(effort: Effort) -> list[Point]:
    """Two scores 0, 1/16, .. apart, near 0 and near -100, in both formats; every fourth if quick."""
    return [
        {"x": number / 16, "base": base, "dtype": dtype}
        for dtype in FORMATS
        for base in (0, -100)
        for number in range(0, 65, 4 if effort.quick else 1)
    ]


def run(point: Point) -> Any:
    """The smaller of the two weights."""
    scores = np.asarray([point["base"], point["base"] + point["x"]], point["dtype"])
    return weights(scores, Entmax(alpha=2.0, scale=1.0))[0]


def smaller(claim: Claim, point: Point, bits: int) -> Any:
    (value,) = (part.rhs for part in claim.unfolded.args if part.rhs.has(theory.x))
    return enclose_at(value, {theory.x: sp.Rational(point["x"])}, bits)


evidence_for(theory.pair, Method.MEASURED)(measured(run, smaller, lambda claim, point: 0, points, relation="=="))
evidence_for(theory.coordinate, Method.ATTACKED)(
    attacked(
        box={theory.s: (-100, 100), theory.tau: (-100, 100), theory.q: (0, 100)},
        declared_worst=[{theory.s: 2, theory.tau: 1, theory.q: 2}],
        restarts=32,
        steps=100,
    )
)
