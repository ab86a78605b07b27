"""How tight the bound is on the success of networks that fire on both datasets: no neuron that fires on D1 only."""

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.separation.kernels import two_weights as room
from theory.separation.self_attention.construction import m

HALF = sp.Rational(1, 2)
evidence_for(room.loud, Method.ATTACKED)(
    attacked(declared_worst=[{room.q: HALF, room.p_bad: HALF, room.p_good: HALF, m: 3}])
)
