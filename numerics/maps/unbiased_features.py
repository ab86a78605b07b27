"""Unbiasedness measured: the mean of what the running feature maps estimate, against e^(q.k)."""

from __future__ import annotations

from typing import Any

from numerics.maps.feature_moments import Point, moment, points, reference
from numerics.measure import measured
from theory.claim import Claim
from theory.evidence import Method, evidence_for
from theory.maps import unbiased_features as room


def _measure(claim: Claim, kind: str) -> None:
    def run(point: Point) -> Any:
        return moment(point, 1).value

    def allowance(examined: Claim, point: Point) -> float:
        return moment(point, 1).allowance

    evidence_for(claim, Method.MEASURED)(measured(run, reference, allowance, points(kind)))


_measure(room.trigonometric_unbiased, "trigonometric")
_measure(room.positive_unbiased, "positive")
_measure(room.hyperbolic_unbiased, "hyperbolic")
_measure(room.optimal_unbiased, "optimal")
