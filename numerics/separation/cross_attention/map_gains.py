"""The gains of the running maps on the cross-attention needle, against the closed forms."""

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp

from numerics.separation.kernels.map_weights import NEEDLE, Point, gain_measured
from numerics.separation.kernels.two_scores import INDICES, support_measured
from theory.evidence import Effort, Method, evidence_for
from theory.separation.cross_attention import map_gains as room
from theory.separation.self_attention.construction import n

CASES = ((3, "4", "1"), (12, "6/5", "2"), (30, "1/2", "1/2"), (5, "1/4", "3"))  # n, kappa, l0


def points(*maps: Mapping[str, Any], cases: Sequence[tuple] = CASES) -> Callable[[Effort], list[dict[str, Any]]]:
    """Every map in every case; `--quick` keeps the first two cases."""

    def chosen(effort: Effort) -> list[dict[str, Any]]:
        return [
            {**one, "head": 2, "row": NEEDLE, "n": length, "kappa": height, "l0": rest}
            for length, height, rest in (cases[:2] if effort.quick else cases)
            for one in maps
        ]

    return chosen


def right(statement: Any, point: Point) -> Any:
    """The gain that an identity claims."""
    return statement.rhs


def sharpness(point: Point) -> Mapping:
    return {room.sharpness: sp.Rational(point["sharpness"])} if "sharpness" in point else {}


for claim, maps in (
    (room.scalable_softmax, [{"map": "scalable-softmax", "sharpness": factor} for factor in ("1", "1/2")]),
    (room.sigmoid, [{"map": "sigmoid"}]),
    (room.relu_squared, [{"map": "relu-squared"}]),
    (room.elu, [{"map": "elu"}]),
    (room.exponential, [{"map": "exponential-features"}]),
):
    evidence_for(claim, Method.MEASURED)(gain_measured(points(*maps), right, sharpness))

evidence_for(room.takes_all, Method.MEASURED)(
    support_measured(
        points({"map": "sparsemax"}, {"map": "entmax"}, cases=CASES[:3]),  # the needle's logit is the largest
        lambda statement: next(part for part in statement.args if part.lhs == n),
        lambda point: {room.alpha: INDICES[point["map"]]},
    )
)
