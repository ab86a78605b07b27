"""The bounds on the width of the transition, attacked."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.separation.self_attention.construction import n
from theory.separation.self_attention.phase_diagram import transition_width as room

FAR = {n: 10**300, room.q: sp.Integer(1)}
for claim in (room.transition, room.transition_upper):
    evidence_for(claim, Method.ATTACKED)(attacked(declared_worst=[FAR]))
