"""The gains of the running maps, against the closed forms; and the bounds on them, attacked."""

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from numerics.attack import attacked
from numerics.separation.kernels.map_weights import Point, gain_measured, points
from theory.evidence import Method, evidence_for
from theory.separation.kernels import map_gains as room
from theory.separation.self_attention.construction import a, n

UNIT = {room.u: sp.sqrt(sp.log(n))}


def right(statement: Any, point: Point) -> Any:
    """The gain that an identity claims."""
    return statement.rhs


def in_units(point: Point) -> Mapping:
    """sqrt(log n), the sharpness and the degree, where a point has them."""
    known = {room.sharpness: "sharpness", room.p: "degree"}
    return UNIT | {symbol: sp.Rational(point[name]) for symbol, name in known.items() if name in point}


for claim, maps in (
    (room.scalable_softmax, [{"map": "scalable-softmax", "sharpness": sharpness} for sharpness in ("1", "1/2")]),
    (room.sigmoid, [{"map": "sigmoid"}]),
    (room.exponential, [{"map": "exponential-features"}]),
    (room.bounded_exponential, [{"map": "exponential-features-softmax"}]),
    (room.elu, [{"map": "elu"}]),
    (room.scores, [{"map": "identity-linear"}, {"map": "identity-linear-unnormalised"}]),
):
    evidence_for(claim, Method.MEASURED)(gain_measured(points(*maps), right, in_units))

DEGREES = [
    {"map": "identity-linear", "degree": 1}, {"map": "relu", "degree": 1}, {"map": "relu-squared", "degree": 2},
    {"map": "dpfp", "degree": 2, "head": 2}, {"map": "polynomial", "degree": 2},
]  # fmt: skip


def factor(statement: Any, point: Point) -> Any:
    """(1 + a)^p, which multiplies the kernel of any other token."""
    return statement.rhs.xreplace({room.rest_score: sp.S.One})


evidence_for(room.homogeneous, Method.MEASURED)(gain_measured(points(*DEGREES), factor, in_units))

FAR = {a: sp.Integer(3), room.row_height: sp.Integer(4)}
evidence_for(room.sigmoid_below, Method.ATTACKED)(
    attacked(declared_worst=[{n: 10**6, a: sp.Integer(3), room.row_height: sp.Integer(1)}])
)
evidence_for(room.exponential_below, Method.ATTACKED)(
    attacked(box={a: (1, 5), room.row_height: (1, 6), room.u: (1, 5)}, declared_worst=[{**FAR, room.u: sp.Integer(2)}])
)
evidence_for(room.bounded_below, Method.ATTACKED)(
    attacked(declared_worst=[{a: sp.Integer(10), room.row_height: sp.Integer(11), room.u: sp.Rational(1, 5)}])
)
