"""Trigonometric features as they run: the needle's kernel value in its own row, and the gain for the drawn frequencies.

The mean of the cosines is taken in Arb, at the frequencies as they were drawn.
"""

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import sympy as sp

from numerics.attack import attacked
from numerics.maps import definitions
from numerics.maps.feature_products import allowance, run
from numerics.maps.running_error import Approximate, Rounding
from numerics.measure import exact, measured
from numerics.separation.kernels.map_weights import (
    NEEDLE,
    ORDINARY,
    enclosed,
    instance_of,
    points,
    quotient,
    quotient_error,
)
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.separation.kernels import trigonometric as room
from theory.separation.self_attention.construction import a, n

Point = Mapping[str, Any]
LOW = ((3, "7/10"), (12, "7/10"), (30, "1/20"), (100, "1/2"))  # n, a: heights at which C > 0 for the drawn frequencies
MAP = {"map": "random-fourier"}
FEATURES = instance_of(MAP).feature_map
OWN: tuple[Point, ...] = tuple({"q": [height], "k": [height]} for height in (0.25, 1.0, 3.5))


def of_pair(rounding: Rounding, q: Approximate, k: Approximate) -> Approximate:
    """phi(q).phi(k) by the definition of the features."""
    first, second = (definitions.trigonometric(rounding, FEATURES, x, np.arange(1)) for x in (q, k))
    return rounding.product(first, second.T)


def own(claim: Claim, point: Point, bits: int) -> Any:
    """The right side at the squared norm of the query."""
    return enclose_at(claim.unfolded.rhs, {room.qq: sp.Rational(point["q"][0]) ** 2}, bits)


evidence_for(room.own_key, Method.MEASURED)(
    measured(lambda point: run(FEATURES, point), own, lambda claim, point: allowance(of_pair, point), OWN)
)


def mean_cosine(point: Point) -> flint.arb:
    """C, the mean of cos(a u w) over the drawn frequencies w."""
    step = exact(sp.Rational(point["a"])) * exact(point["n"]).log().sqrt()
    drawn = [exact(w) for w in np.asarray(FEATURES.frequencies, float)[:, 0]]
    return sum(((step * w).cos() for w in drawn), flint.arb(0)) / len(drawn)


def gain(claim: Claim, point: Point, bits: int) -> Any:
    """The right side, which holds C as a factor, as a divisor or not at all."""
    right = claim.unfolded.rhs
    at_one = right.xreplace({room.C: sp.S.One})
    cosine, power = mean_cosine(point), sp.degree(sp.cancel(right / at_one * room.C), room.C) - 1  # -1, 0 or 1
    assert cosine > 0, "the claim is about draws with C > 0"
    return exact(enclosed(at_one, point, bits)) * cosine ** int(power)


for claim, row in ((room.gain, NEEDLE), (room.ordinary, ORDINARY)):

    def rows(effort: Effort, row: int = row) -> list[dict[str, Any]]:
        """This row in every case."""
        return [point for point in points(MAP, cases=LOW)(effort) if point["row"] == row]

    evidence_for(claim, Method.MEASURED)(measured(quotient, gain, lambda claim, point: quotient_error(point), rows))
evidence_for(room.least_gain, Method.ATTACKED)(
    attacked(
        box={n: (2, 10**6), a: (1, 4), room.C: (Fraction(1, 100), 1)},
        declared_worst=[{n: 1000, a: sp.Integer(1), room.C: sp.Integer(1)}],
    )
)
