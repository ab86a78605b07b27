"""How far a wrong bias moves a sigmoid weight, attacked."""

from __future__ import annotations

from fractions import Fraction

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.maps import sigmoid_weights as theory
from theory.maps.attention_map import s

evidence_for(theory.difference, Method.ATTACKED)(
    attacked(
        box={s: (-50, 50), theory.b: (-50, 50), theory.x: (Fraction(1, 1000), 100)},  # at x = 0 both sides are 0
        declared_worst=[{s: 0, theory.b: 0, theory.x: Fraction(1, 1000)}],
        restarts=32,
        steps=100,
    )
)
