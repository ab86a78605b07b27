"""The threshold of positive random features, attacked: no height brings it below (1 + sqrt 2)^2/2 in the exponent."""

from __future__ import annotations

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.separation.kernels import favor_limit as theory

evidence_for(theory.floor, Method.ATTACKED)(attacked())
evidence_for(theory.early_floor, Method.ATTACKED)(attacked())
