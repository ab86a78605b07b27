"""The factor between the weights of a fitted kernel and those of softmax, attacked."""

from __future__ import annotations

import sympy as sp

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.maps import minimax as theory

HALF = sp.Rational(1, 2)
WORST = {theory.w: sp.Rational(1, 1000), theory.alpha: 1, theory.beta: -1, theory.E: HALF}

evidence_for(theory.weight, Method.ATTACKED)(attacked(declared_worst=[WORST], restarts=32, steps=100))
