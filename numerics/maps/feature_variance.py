"""Variances measured: the second moment of what the running feature maps estimate, less the square of the first."""

from __future__ import annotations

from typing import Any

from numerics.maps.feature_moments import Point, points, reference, variance
from numerics.measure import measured
from theory.claim import Claim
from theory.evidence import Method, evidence_for
from theory.maps import feature_variance as room


def _measure(claim: Claim, kind: str) -> None:
    def run(point: Point) -> Any:
        return variance(point).value

    def allowance(examined: Claim, point: Point) -> float:
        return variance(point).allowance

    evidence_for(claim, Method.MEASURED)(measured(run, reference, allowance, points(kind)))


_measure(room.positive_is, "positive")
_measure(room.trigonometric_is, "trigonometric")
_measure(room.hyperbolic_is, "hyperbolic")
