"""How tight the bound is on what a neuron reads from a row of InLine attention."""

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.separation.kernels import inline_separation as room
from theory.separation.self_attention.construction import S, a, b, d, n, y_first, y_last, y_needle

ALL_PLUS = {y_first: 1, y_last: 1, y_needle: 1, S: 1, n: 4, d: 3, a: sp.Integer(1), b: sp.Rational(1, 2)}
evidence_for(room.peak, Method.ATTACKED)(attacked(declared_worst=[{room.g: sp.Rational(1, 2), **ALL_PLUS}]))
