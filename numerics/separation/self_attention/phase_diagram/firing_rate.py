"""The bounds on the onset of firing, attacked."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.separation.self_attention.construction import a, b, eta, n
from theory.separation.self_attention.phase_diagram import firing_rate as room

HALF, TENTH = sp.Rational(1, 2), sp.Rational(1, 10)
EARLY = {n: 10**6, a: sp.Rational(53, 100), b: HALF, eta: TENTH}  # a little below the onset, 0.5429
LATE = {n: 10**6, a: sp.Rational(55, 100), b: HALF, eta: TENTH}
BOX = {n: (2, 10**12), a: (0, 3), b: (0, 1), eta: (0, 3)}

for claim, worst, box in (
    (room.firing_above, [LATE | {room.c: sp.Rational(19, 20)}], BOX | {room.c: (0, 4)}),
    (room.firing_below, [EARLY | {room.c: sp.Rational(93, 100)}], BOX | {room.c: (0, 4)}),
    (room.rate_below, [EARLY | {a: sp.Rational(51, 100)}], BOX),
    (room.rate_above, [LATE | {room.h: sp.Rational(54, 100)}], BOX | {room.h: (0, 3)}),
):
    evidence_for(claim, Method.ATTACKED)(attacked(box=box, declared_worst=worst))
