"""The product of two numbers that sum to 1 is at most 1/4, with equality at 1/2.

Why: 1/4 - x (1 - x) = (x - 1/2)^2. The bound is tight, so that any smaller constant is refuted at x = 1/2.
"""

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.evidence import Effort, Finding, Method, Verdict, evidence_for

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


@evidence_for(quarter, Method.CERTIFIED)
def complete_the_square(claim: Claim, effort: Effort) -> Finding:
    """A quadratic q = c (x - h)^2 + r with c > 0 is nowhere negative if and only if r >= 0; x = h is the witness."""
    quadratic = sp.Poly(claim.statement.args[1] - claim.statement.args[0], x)
    c, b, _ = quadratic.all_coeffs()
    vertex = -b / (2 * c)
    least = quadratic.eval(vertex)
    if c <= 0:
        return Finding(Verdict.UNDECIDED, "nothing", f"{quadratic.as_expr()} is not a quadratic with a minimum.")
    verdict = Verdict.HOLDS if least >= 0 else Verdict.REFUTED
    message = f"bound - value = {c} (x - {vertex})^2 + {least}"
    return Finding(verdict, claim.domain.describe(), message, {"least margin": least}, ({"x": vertex},))
