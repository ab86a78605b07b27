"""The quadratic form of the Jacobian of softmax, attacked."""

from __future__ import annotations

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.maps import softmax_jacobian as theory

evidence_for(theory.jacobian_spectral, Method.ATTACKED)(
    attacked(declared_worst=[{theory.q: 1, theory.mu: 0, theory.a: -1, theory.b: 1}], restarts=32, steps=100)
)
