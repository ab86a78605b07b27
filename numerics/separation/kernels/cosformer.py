"""The kernel value that the running cosFormer gives the needle, at several distances."""

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import flint
import sympy as sp

from numerics.maps import cosine_weights as of_map
from numerics.maps.feature_maps import Cosformer
from numerics.maps.feature_products import Point, run
from numerics.measure import exact, measured
from theory.claim import Claim
from theory.evidence import Method, evidence_for
from theory.maps import cosine_weights as maps
from theory.rigor.evaluate import enclose_at
from theory.separation.kernels import cosformer as room
from theory.separation.self_attention.construction import a

POINTS: tuple[Point, ...] = (
    {"q": [0.75], "key": [0.5], "a": "3/4", "i": 3, "j": 1, "length": 5},
    {"q": [0.5, -0.25], "key": [1.0, 0.75], "a": "1/4", "i": 6, "j": 6, "length": 7},
    {"q": [0.5, 2.0, 1.25], "key": [1.0, -3.0, 0.75], "a": "3/2", "i": 0, "j": 37, "length": 1024},
)


def with_needle(point: Point) -> Point:
    """The needle's key, (1 + a) times an ordinary one, without rounding."""
    height = 1 + float(sp.Rational(point["a"]))
    return {**point, "k": [height * x for x in point["key"]]}


def reference(claim: Claim, point: Point, bits: int) -> Any:
    """The right side of the claim: a power of 1 + a, a cosine, and the score of the rectified vectors."""
    right: Any = claim.unfolded.rhs
    (wave,) = right.atoms(sp.cos)
    factor = sp.cancel(right / (wave * maps.scores)).subs(a, sp.Rational(point["a"]))
    places = {maps.i: point["i"], maps.j: point["j"], maps.M: point["length"]}
    pairs = zip(point["q"], point["key"], strict=True)
    score = sum((exact(max(x, 0.0)) * exact(max(y, 0.0)) for x, y in pairs), flint.arb(0))
    return exact(factor) * exact(enclose_at(wave, places, bits)) * score


evidence_for(room.gain, Method.MEASURED)(
    measured(
        lambda point: run(Cosformer(point["length"]), with_needle(point)),
        reference,
        lambda claim, point: of_map.allowed(claim, with_needle(point)),
        POINTS,
    )
)
