"""InLine attention, measured: with all values equal to one the outputs are the sums of the weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from numerics.maps.definitions import allowed_keys, outputs, weights
from numerics.maps.feature_maps import Identity
from numerics.maps.inline import InLine
from numerics.measure import Point, measured
from numerics.rounding import allowance
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.maps import inline_weights as theory
from theory.rigor.evaluate import enclose_at

MAP = InLine(Identity(), chunk=4)


def points(effort: Effort) -> Sequence[Point]:
    """Normal queries and keys, all of them or causal."""
    generator = np.random.default_rng(effort.seed)
    lengths = (7,) if effort.quick else (1, 7, 33)
    return [
        {"q": generator.normal(size=(n, 5)), "k": generator.normal(size=(n, 5)), "causal": causal}
        for n in lengths
        for causal in (False, True)
    ]


def run(point: Point) -> Any:
    return MAP.attend(point["q"], point["k"], np.ones((len(point["k"]), 1)), causal=point["causal"])[:, 0]


def reference(claim: Claim, point: Point, bits: int) -> list[Any]:
    return [enclose_at(claim.unfolded.rhs, {}, bits)] * len(point["q"])  # type: ignore[attr-defined]


def allowed(claim: Claim, point: Point) -> Any:
    n, u = len(point["q"]), 2.0**-53
    row = weights("inline", MAP, point["q"], point["k"], allowed_keys(n, n, point["causal"], None), 0, u)
    return np.asarray(outputs(row, np.ones((n, 1)), u).error[:, 0], float) * allowance.OWN_ROUNDING


evidence_for(theory.row_sum, Method.MEASURED)(measured(run, reference, allowed, points))
