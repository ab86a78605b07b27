"""The kernel of cosFormer, measured: the running features multiplied, against the cosine of the distance."""

from __future__ import annotations

from typing import Any

import flint
import numpy as np
import sympy as sp

from numerics.maps import definitions
from numerics.maps.feature_maps import Cosformer
from numerics.maps.feature_products import Point, allowance, run
from numerics.maps.running_error import Approximate, Rounding
from numerics.measure import exact, measured
from theory.claim import Claim
from theory.evidence import Method, evidence_for
from theory.maps import cosine_weights as theory
from theory.rigor.evaluate import enclose_at

POINTS: tuple[Point, ...] = (
    {"q": [0.75], "k": [0.5], "i": 3, "j": 1, "length": 5},
    {"q": [0.5, -0.25], "k": [1.0, 0.75], "i": 0, "j": 6, "length": 7},
    {"q": [0.5, 2.0, 1.25], "k": [1.0, -3.0, 0.75], "i": 1000, "j": 37, "length": 1024},
)


def reference(claim: Claim, point: Point, bits: int) -> Any:
    """The right side of the claim: a cosine times the score of the rectified vectors."""
    right: Any = claim.unfolded.rhs  # type: ignore[attr-defined]
    (wave,) = right.atoms(sp.cos)
    assert right == wave * theory.scores, "the claim is no longer a cosine times the score"
    places = {theory.i: point["i"], theory.j: point["j"], theory.M: point["length"]}
    pairs = zip(point["q"], point["k"], strict=True)
    score = sum((exact(max(a, 0.0)) * exact(max(b, 0.0)) for a, b in pairs), flint.arb(0))
    return exact(enclose_at(wave, places, bits)) * score


def allowed(claim: Claim, point: Point) -> float:
    places = tuple(np.array([point[name]]) for name in ("i", "j"))

    def defined(rounding: Rounding, q: Approximate, k: Approximate) -> Approximate:
        return definitions.cosine_kernel(rounding, Cosformer(point["length"]), q, k, places)

    return allowance(defined, point)


evidence_for(theory.decomposition, Method.MEASURED)(
    measured(lambda point: run(Cosformer(point["length"]), point), reference, allowed, POINTS)
)
