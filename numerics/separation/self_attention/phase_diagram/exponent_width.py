"""The two inequalities between roots that bound the width of the transition, attacked."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.separation.self_attention.phase_diagram import exponent_width as room

SMALL = sp.Rational(1, 10**6)
for claim, worst in ((room.root_sum, {room.z: SMALL}), (room.golden_stretch, {room.epsilon: SMALL})):
    evidence_for(claim, Method.ATTACKED)(attacked(declared_worst=[worst]))
