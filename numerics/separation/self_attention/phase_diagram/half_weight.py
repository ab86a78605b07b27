"""The distance of half weight from the golden ratio, attacked."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.separation.self_attention.construction import n
from theory.separation.self_attention.phase_diagram import half_weight as room

for claim in (room.half_gap, room.half_gap_upper):
    evidence_for(claim, Method.ATTACKED)(attacked(declared_worst=[{n: 10**6}]))
