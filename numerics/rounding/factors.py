"""The factors of one rounding, attacked."""

from __future__ import annotations

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.rounding import factors as theory

for _claim in (theory.exponential, theory.upper, theory.lower, theory.distance):
    evidence_for(_claim, Method.ATTACKED)(attacked())
