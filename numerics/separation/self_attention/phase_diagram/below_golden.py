"""The mean sign that softmax needs below the golden threshold, attacked."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.separation.self_attention.construction import a, b, eta, n
from theory.separation.self_attention.phase_diagram import below_golden as room

# at a = 1/2, where g = 3/4, the hypothesis holds from n = (2 (a + b)/eta)^4 = 160000 on
EDGE = {n: 160_000, a: sp.Rational(1, 2), b: sp.Rational(1, 2), eta: sp.Rational(1, 10)}
BOX = {n: (2, 10**12), a: (0, 1), b: (0, 1), eta: (0, 2)}
evidence_for(room.silent, Method.ATTACKED)(attacked(box=BOX, declared_worst=[EDGE]))
