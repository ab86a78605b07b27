"""The second moment of optimal positive features measured at one frequency, for several A on both sides of 0."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from numerics.maps import feature_moments
from numerics.maps.feature_moments import Point, moment
from numerics.measure import measured
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.maps import optimal_features as room


def points(effort: Effort) -> Sequence[Point]:
    return [{**point, "m": 1} for point in feature_moments.points("optimal")(effort)]


def reference(claim: Claim, point: Point, bits: int) -> Any:
    return feature_moments.reference(claim, point, bits, {room.rho: 1 / (1 - 8 * sp.Rational(point["a"]))})


def run(point: Point) -> Any:
    return moment(point, 2).value


def allowance(claim: Claim, point: Point) -> float:
    return moment(point, 2).allowance


evidence_for(room.second_moment, Method.MEASURED)(measured(run, reference, allowance, points))
