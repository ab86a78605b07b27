"""Matrix products: the rounding of a product of length k, whatever the order of summation.

Hypotheses. Every product and every sum is rounded once, or a product and a sum together (fused); no overflow.
Claim. The factor that an addend meets, at most (1 + u)^k, is within gamma(k) = exp(k v) - 1 of 1, v = u/(1 - u). So the
computed sum of a_i b_i is within gamma(k) sum |a_i b_i| + 4 k s of the exact one (`theory.rounding.allowance`).
Source. Derived here; Higham, Accuracy and Stability of Numerical Algorithms, chapter 3, has k u/(1 - k u) in its place.
Why. Each rounding lies in G(1), and an addend meets at most k of them. Tight for k = 1, and for k > 1 where a sum is
accumulated in one chain and every rounding goes the same way.
"""

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone
from theory.rounding import factors
from theory.rounding.allowance import exponent
from theory.rounding.factors import COARSEST, u, v

k = sp.Symbol("k", integer=True, positive=True)

worst_factor = (1 + u) ** k
gamma = sp.exp(exponent(k, u)) - 1

length = declare(
    "rounding.matrix-product.length",
    "a product of length k is within exp(k v) - 1 of the exact one, relative to the sum of absolute values",
    sp.Le(worst_factor - 1, gamma, evaluate=False),
    Domain({k: sp.Range(1, sp.oo), u: sp.Interval(0, COARSEST)}, (), {k: "length", u: "unit roundoff"}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.MEASURED, Method.ATTACKED},
    module=__name__,
    rests_on=[factors.upper.id],
    spoiled=[Spoiled("a third of the allowance", sp.Le(worst_factor - 1, gamma / 3, evaluate=False))],
)


@evidence_for(length, Method.DERIVED)
@derived
def _length() -> Derivation:
    return (
        Derivation(worst_factor - 1)
        .at_most(
            sp.exp(v) ** k - 1,
            by=Monotone(lambda z: z**k - 1, 1 + u, sp.Le, sp.exp(v), by=Lemma(factors.upper.id, {u: u})),
        )
        .equal(gamma, by=Algebra())
    )
