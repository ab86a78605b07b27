"""The weights of retention as they run, against the claims on how far back it looks.

Queries and keys are (1), so that the weights of a row are the powers of gamma. They are added up exactly; the allowance
is the running error of the weights (`definitions`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numerics.maps import definitions
from numerics.maps.recurrent import Retention
from numerics.measure import Point, measured
from numerics.rounding import allowance
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.maps import decay_weights as theory
from theory.rounding.allowance import arithmetic


def points(effort: Effort) -> list[Point]:
    """Windows from a token or two to many, with rows that end within them and rows that go far beyond."""
    settings = ((0.5, 12, 2),) if effort.quick else ((0.5, 2, 1), (0.5, 12, 2), (0.5, 40, 5), (0.875, 60, 16))
    return [
        {"decay": decay, "length": length, "age": age, "dtype": dtype}
        for decay, length, age in settings
        for dtype in ("float32", "float64")
    ]


def last_row(point: Point) -> NDArray:
    one = np.ones((point["length"], 1), point["dtype"])
    return np.asarray(Retention(point["decay"]).weights(one, one, causal=True))[-1]


def defined(point: Point) -> NDArray:
    """How far each weight of the last row may be off."""
    n, u = point["length"], float(arithmetic(point["dtype"]).unit_roundoff)
    one = np.ones((n, 1))
    allowed = definitions.allowed_keys(n, n, True, None)
    found = definitions.weights("retention", Retention(point["decay"]), one, one, allowed, 0, u)
    return np.asarray(found.error[-1], float) * allowance.OWN_ROUNDING


def added(weights: NDArray) -> NDArray:
    """The sum, exactly."""
    return np.asarray(sum((Fraction(float(weight)) for weight in weights), Fraction(0)), dtype=object)


def value(side: Any, point: Point) -> Any:
    """A side of a claim, a rational number."""
    tokens = {theory.t: point["length"], theory.w: point["age"], theory.r: point["length"] - point["age"]}
    number = side.subs({theory.gamma: sp.Rational(point["decay"]), **tokens}).doit()
    return Fraction(int(number.p), int(number.q))


def bound(claim: Claim, point: Point, bits: int) -> Any:
    return value(claim.unfolded.args[1], point)


def of_old(point: Point) -> NDArray:
    return added(last_row(point)[: point["length"] - point["age"]])


for claim in (theory.whole, theory.bounded):
    evidence_for(claim, Method.MEASURED)(
        measured(lambda point: added(last_row(point)), bound, lambda claim, point: defined(point).sum(), points)
    )
evidence_for(theory.window, Method.MEASURED)(
    measured(of_old, bound, lambda claim, point: defined(point)[: point["length"] - point["age"]].sum(), points)
)
