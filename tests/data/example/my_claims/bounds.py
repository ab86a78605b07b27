"""The product of two numbers that sum to 1 is at most 1/4, with equality at 1/2.

Why: 1/4 - x (1 - x) = (x - 1/2)^2. The bound is tight, so that any smaller constant is refuted at x = 1/2.
"""

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.evidence import Method, evidence_for
from theory.rigor.checks import certified

x = sp.Symbol("x", real=True)
REALS = Domain({x: sp.Interval(-sp.oo, sp.oo)}, meanings={x: "any real number"})

quarter = declare(
    "bounds.product.quarter",
    "x (1 - x) is at most 1/4",
    sp.Le(x * (1 - x), sp.Rational(1, 4)),
    REALS,
    Kind.UPPER,
    derived_here(),
    {Method.CERTIFIED},
    spoiled=[Spoiled("bound times 0.99", sp.Le(x * (1 - x), sp.Rational(99, 400)))],
    module=__name__,
)

evidence_for(quarter, Method.CERTIFIED)(certified())
