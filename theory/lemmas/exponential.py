"""Hyperbolic cosine below a Gaussian.

Claim. cosh(x) <= exp(x^2/2) for every real x, with equality at x = 0 only.
Source. Folklore; the moment generating function of a random sign is at most that of a standard normal variable.
Why. log cosh(x) has value and slope 0 at 0, and its second derivative 1 - tanh(x)^2 is at most 1.
"""

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Monotone, Taylor

x = sp.Symbol("x", real=True)

cosh_gaussian = declare(
    "lemma.exponential.cosh-gaussian",
    "cosh(x) is at most exp(x^2/2)",
    sp.Le(sp.cosh(x), sp.exp(x**2 / 2), evaluate=False),
    Domain({x: sp.Interval(-sp.oo, sp.oo)}, (), {x: "any real number"}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("1/2 replaced by 49/100", sp.Le(sp.cosh(x), sp.exp(sp.Rational(49, 100) * x**2), evaluate=False))],
)


@evidence_for(cosh_gaussian, Method.DERIVED)
@derived
def _cosh_gaussian() -> Derivation:
    below = Monotone(lambda z: sp.exp(z), sp.log(sp.cosh(x)), sp.Le, x**2 / 2, by=Taylor(x, 0, order=2))
    return Derivation(sp.cosh(x)).equal(sp.exp(sp.log(sp.cosh(x))), by=Algebra()).at_most(sp.exp(x**2 / 2), by=below)
