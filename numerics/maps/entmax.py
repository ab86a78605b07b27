"""The optimality of 3/2-entmax, attacked."""

from __future__ import annotations

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.maps import entmax as theory

evidence_for(theory.coordinate, Method.ATTACKED)(
    attacked(
        box={theory.s: (-100, 100), theory.tau: (-100, 100), theory.kappa: (0, 10)},
        declared_worst=[{theory.s: 4, theory.tau: 1, theory.kappa: 2}],
        restarts=32,
        steps=100,
    )
)
