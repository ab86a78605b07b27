"""The bound on the joint success of the four networks, attacked."""

from __future__ import annotations

import sympy as sp

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.separation.self_attention import four_networks as room
from theory.separation.self_attention.firing_law import p_bad, p_good

BELOW_ONE = 1 - sp.Rational(1, 2**20)
evidence_for(room.joint_lower, Method.ATTACKED)(
    attacked(box={p_bad: (0, BELOW_ONE), p_good: (0, BELOW_ONE), room.p_fires: (0, BELOW_ONE), room.m: (1, 1000)})
)
