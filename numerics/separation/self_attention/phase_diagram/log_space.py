"""The weight from logarithms alone, in float64, against the exact one, up to n = 10^300."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import math
from typing import Any

import jax.numpy as jnp
import sympy as sp

from numerics.measure import measured
from theory.claim import Claim
from theory.evidence import Method, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.separation.self_attention.construction import n
from theory.separation.self_attention.phase_diagram import log_space as room

UNIT_ROUNDOFF = 2.0**-53


def log_space_weight(point: Any) -> Any:
    """The weight from logarithms alone, in float64."""
    length, power = point["n"], point["g"]
    gap = math.log1p(-1 / length) + (1 - float(sp.Rational(power))) * math.log(length)
    return 1 / (1 + jnp.exp(jnp.float64(gap)))


def log_space_allowance(claim: Claim, point: Any) -> float:
    """Forward error: g is rounded before it multiplies log n, and exp errs by at most 8 units (stated)."""
    exponent = (1 + float(sp.Rational(point["g"]))) * math.log(point["n"]) + 1
    return (8 * exponent + 16) * UNIT_ROUNDOFF


def log_space_claimed(claim: Claim, point: Any, bits: int) -> Any:
    where = {n: sp.Integer(point["n"]), room.g: sp.Rational(point["g"])}
    return enclose_at(claim.unfolded.rhs, where, bits)


LENGTHS = (2, 100, 10**6, 10**100, 10**300)
evidence_for(room.log_space, Method.MEASURED)(
    measured(
        log_space_weight, log_space_claimed, log_space_allowance,
        [{"n": length, "g": power} for length in LENGTHS for power in ("0", "1/2", "1", "1001/1000", "119/100", "3")],
    )
)  # fmt: skip
