"""The coefficients of the running Chebyshev map against Bessel functions, and the bound on their terms attacked."""

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from numerics.attack import attacked
from numerics.maps.polynomial_features import Chebyshev
from numerics.measure import measured
from theory.claim import Claim
from theory.evidence import Method, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.separation.kernels import fitted_series as room

Point = Mapping[str, Any]
BOUNDS = [{"bound": bound} for bound in ("1/8", "1", "2", "13/4")]
UNIT_ROUNDOFF = 2.0**-53


def coefficients(point: Point) -> list[float]:
    """c_0, c_1, c_2 as the map has them."""
    return list(Chebyshev(bound=float(Fraction(point["bound"]))).coefficients())


def claimed(claim: Claim, point: Point, bits: int) -> list[Any]:
    """Those of the right side."""
    in_powers = sp.Poly(claim.unfolded.rhs, room.s).all_coeffs()[::-1]
    return [enclose_at(one, {room.B: sp.Rational(point["bound"])}, bits) for one in in_powers]


def allowed(claim: Claim, point: Point) -> list[float]:
    """They are computed to 40 digits and more than cancel, and rounded once."""
    return [abs(one) * UNIT_ROUNDOFF * (1 + 2**-20) for one in coefficients(point)]


evidence_for(room.cut_off, Method.MEASURED)(measured(coefficients, claimed, allowed, BOUNDS, relation="=="))
evidence_for(room.terms, Method.ATTACKED)(
    attacked(box={room.k: (1, 40), room.h: (0, 40)}, declared_worst=[{room.k: 1, room.h: 0}], smooth=False)
)
