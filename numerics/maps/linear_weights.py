"""The kernel of exponential features, measured: the running features multiplied, against sums of hyperbolic cosines."""

from __future__ import annotations

from typing import Any

import sympy as sp

from numerics.maps import definitions
from numerics.maps.feature_maps import Exponential
from numerics.maps.feature_products import Point, allowance, run
from numerics.maps.running_error import Approximate, Rounding
from numerics.measure import measured
from theory.claim import Claim
from theory.evidence import Method, evidence_for
from theory.maps import linear_weights as theory
from theory.maps.vectors import Key, Query, written_out
from theory.rigor.evaluate import enclose_at

POINTS: tuple[Point, ...] = (
    {"q": [0.75], "k": [-0.5]},
    {"q": [0.5, -0.25], "k": [1.0, 0.75]},
    {"q": [3.0, -1.5, 0.0], "k": [2.0, 4.0, -20.0]},
)


def reference(claim: Claim, point: Point, bits: int) -> Any:
    """The right side of the claim for the two vectors."""
    side = claim.unfolded.rhs.subs(theory.d, len(point["q"]))  # type: ignore[attr-defined]
    vectors = {kind: list(map(sp.Rational, point[name])) for kind, name in ((Query, "q"), (Key, "k"))}
    return enclose_at(written_out(side, vectors), {}, bits)


def defined(rounding: Rounding, q: Approximate, k: Approximate) -> Approximate:
    of_query, of_key = (definitions.exponential(rounding, None, x, None) for x in (q, k))  # type: ignore[arg-type]
    return rounding.product(of_query, of_key.T)


evidence_for(theory.exponential_kernel, Method.MEASURED)(
    measured(lambda p: run(Exponential(), p), reference, lambda claim, p: allowance(defined, p), POINTS)
)
