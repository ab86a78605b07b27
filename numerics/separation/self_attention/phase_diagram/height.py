"""The bounds on the height at an exponent, and on one step of the logarithm, attacked."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.separation.self_attention.phase_diagram import height as room

SMALL = sp.Rational(1, 10**6)
for claim, worst in (
    (room.tangent, []),
    (room.parabola, [{room.x: SMALL}, {room.x: 1 - SMALL}]),
    (room.log_step, [{room.v: SMALL}]),
    (room.log_step_upper, [{room.v: SMALL}]),
):
    evidence_for(claim, Method.ATTACKED)(attacked(declared_worst=worst))
