"""Attention: the rounding of weights followed by a product with the values.

Hypotheses. A weight p was computed with a factor of at most exp(E) and an absolute error of at most a; the product
with n values of size at most 1 is taken in any order; no overflow.
Claim. What one weight adds to the output is off by at most (exp(E + n v) - 1) p + exp(n v) a, v = u/(1 - u). Summed
with the sizes of the values this is the allowance of an attention output, up to 4 n s of underflow.
Source. Derived here (`theory.rounding.allowance`).
Why. The factors of the weight and of the product multiply.
"""

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone
from theory.rounding import factors
from theory.rounding.factors import COARSEST

n = sp.Symbol("n", integer=True, positive=True)
p = sp.Symbol("p", nonnegative=True)
a = sp.Symbol("a", nonnegative=True)
E = sp.Symbol("E", nonnegative=True)
v = sp.Symbol("v", nonnegative=True)
u = sp.Symbol("u", nonnegative=True)
DEFINITIONS: dict[sp.Expr, sp.Expr] = {
    u: v / (1 + v)
}  # the domain is written in v, in which every exponent is a polynomial

largest = (1 + u) ** n * (sp.exp(E) * p + a)
bound = (sp.exp(E + n * v) - 1) * p + sp.exp(n * v) * a

WEIGHTS = Domain(
    {
        p: sp.Interval(0, 1), a: sp.Interval(0, 1), E: sp.Interval(0, 1), n: sp.Range(1, sp.oo),
        v: sp.Interval(0, COARSEST),
    },
    (),
    {
        p: "exact weight", a: "absolute error of the weight", E: "exponent of its relative error",
        n: "number of values", v: "u/(1 - u), u the unit roundoff",
    },
)  # fmt: skip

output = declare(
    "rounding.attention.output",
    "what one weight adds to an attention output is off by at most (exp(E + n v) - 1) p + exp(n v) a",
    sp.Le(largest - p, bound, evaluate=False),
    WEIGHTS,
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=[factors.upper.id],
    definitions=DEFINITIONS,
    spoiled=[Spoiled("a tenth of the allowance", sp.Le(largest - p, bound / 10, evaluate=False))],
)


@evidence_for(output, Method.DERIVED)
@derived
def _output() -> Derivation:
    rounded_once = 1 + DEFINITIONS[u]
    by_lemma = Lemma(factors.upper.id, {factors.u: DEFINITIONS[u]})
    rounded = Monotone(
        lambda z: z * (sp.exp(E) * p + a) - p, rounded_once**n, sp.Le, sp.exp(v) ** n,
        by=Monotone(lambda z: z**n, rounded_once, sp.Le, sp.exp(v), by=by_lemma),
    )  # fmt: skip
    return (
        Derivation(rounded_once**n * (sp.exp(E) * p + a) - p)
        .at_most(sp.exp(v) ** n * (sp.exp(E) * p + a) - p, by=rounded)
        .equal(bound, by=Algebra())
    )
