"""The Taylor kernel of degree 2, measured near its minimum: the running features multiplied, against 1/2."""

from __future__ import annotations

from typing import Any

from numerics.maps import definitions
from numerics.maps.feature_products import Point, allowance, run
from numerics.maps.polynomial_features import Taylor
from numerics.maps.running_error import Approximate, Rounding
from numerics.measure import measured
from theory.claim import Claim
from theory.evidence import Method, evidence_for
from theory.maps import taylor_kernel as theory
from theory.rigor.evaluate import enclose_at

MAP = Taylor(2, scale=1.0)
POINTS: tuple[Point, ...] = (
    {"q": [1.0], "k": [-1.0]},
    {"q": [0.75, -0.5], "k": [-1.0, 0.5]},
    {"q": [40.0, 0.25, -3.0], "k": [-0.025, 1.0, 0.125]},
    {"q": [2.0, 1.0, 0.5], "k": [1.0, -2.5, -1.0]},
)


def defined(rounding: Rounding, q: Approximate, k: Approximate) -> Approximate:
    return definitions.polynomial_kernel(rounding, MAP, definitions.taylor(MAP), q, k)


def reference(claim: Claim, point: Point, bits: int) -> Any:
    return enclose_at(claim.unfolded.rhs, {}, bits)  # type: ignore[attr-defined]


evidence_for(theory.least, Method.MEASURED)(
    measured(lambda p: run(MAP, p), reference, lambda claim, p: allowance(defined, p), POINTS)
)
