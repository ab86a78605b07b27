"""The cosine of the running cosFormer against its chord, at distances up to the length of the map; and an attack."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from numerics.attack import attacked
from numerics.maps.cosine_weights import allowed
from numerics.maps.feature_maps import Cosformer
from numerics.maps.feature_products import Point, run
from numerics.measure import measured
from theory.claim import Claim
from theory.evidence import Method, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.separation.kernels import cosformer_weight as room

DISTANCES = ((0, 1), (1, 1), (1, 5), (5, 5), (3, 7), (511, 1024), (1023, 1024))  # of two tokens, and lengths
POINTS: tuple[Point, ...] = tuple(
    {"q": [1.0], "k": [1.0], "i": distance, "j": 0, "length": length} for distance, length in DISTANCES
)


def bound(claim: Claim, point: Point, bits: int) -> Any:
    """The right side of the claim at the distance over the length."""
    right: Any = claim.unfolded.rhs  # type: ignore[attr-defined]
    return enclose_at(right, {room.z: Fraction(point["i"], point["length"])}, bits)


evidence_for(room.chord, Method.MEASURED)(
    measured(lambda point: run(Cosformer(point["length"]), point), bound, allowed, POINTS)
)
evidence_for(room.chord, Method.ATTACKED)(attacked(declared_worst=[{room.z: sp.S.Zero}, {room.z: sp.S.One}]))
