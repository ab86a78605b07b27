"""Row normalisation: the rounding of non-negative numbers divided by their sum.

Hypotheses. n non-negative floats a_j, summed in any order; a division rounds q times (q = 2 where it multiplies by a
rounded reciprocal); no overflow.
Claim. The factor between the computed and the exact a_j/sum a, at most (1 + u)^q/(1 - u)^(n - 1), is within
gamma(n - 1 + q) = exp((n - 1 + q) v) - 1 of 1. This is the normaliser of every linear attention with positive features.
Source. Derived here (`theory.rounding.allowance`).
Why. All addends are non-negative, so the sum has the relative error of its worst addend, n - 1 roundings.
"""

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone
from theory.rounding import factors
from theory.rounding.allowance import row_normalisation_exponent
from theory.rounding.factors import COARSEST

n = sp.Symbol("n", integer=True, positive=True)
q = sp.Symbol("q", integer=True, positive=True)
entry = sp.Symbol("k", integer=True, nonnegative=True)

v = sp.Symbol("v", nonnegative=True)
u = sp.Symbol("u", nonnegative=True)
# The domain is written in v, in which every exponent is a polynomial.
DEFINITIONS: dict[sp.Expr, sp.Expr] = {u: v / (1 + v)}

worst_factor = (1 + u) ** (q + entry) / (1 - u) ** (n - 1 + entry)
gamma = sp.exp(row_normalisation_exponent(entry, n, q, u)) - 1

weight = declare(
    "rounding.row-normalisation.weight",
    "a row-normalised weight is within exp((2k + n - 1 + q) v) - 1 of the exact one, relatively",
    sp.Le(worst_factor - 1, gamma, evaluate=False),
    Domain(
        {entry: sp.Range(0, sp.oo), n: sp.Range(1, sp.oo), q: sp.Range(1, sp.oo), v: sp.Interval(0, COARSEST)},
        (),
        {
            entry: "roundings in each entry",
            n: "length of the row",
            q: "roundings of a division",
            v: "u/(1 - u), u the unit roundoff",
        },
    ),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.MEASURED, Method.ATTACKED},
    module=__name__,
    rests_on=[factors.upper.id, factors.lower.id],
    definitions=DEFINITIONS,
    spoiled=[Spoiled("a third of the allowance", sp.Le(worst_factor - 1, gamma / 3, evaluate=False))],
)


@evidence_for(weight, Method.DERIVED)
@derived
def _weight() -> Derivation:
    numerator, sums = q + entry, n - 1 + entry
    above, below = 1 + DEFINITIONS[u], 1 - DEFINITIONS[u]
    lemmas = [Lemma(one.id, {factors.u: DEFINITIONS[u]}) for one in (factors.upper, factors.lower)]
    of_numerator = Monotone(
        lambda z: z / below**sums - 1, above**numerator, sp.Le, sp.exp(v) ** numerator,
        by=Monotone(lambda z: z**numerator, above, sp.Le, sp.exp(v), by=lemmas[0]),
    )  # fmt: skip
    of_sum = Monotone(
        lambda z: sp.exp(v) ** numerator / z - 1, below**sums, sp.Ge, sp.exp(-v) ** sums,
        by=Monotone(lambda z: z**sums, below, sp.Ge, sp.exp(-v), by=lemmas[1]),
    )  # fmt: skip
    return (
        Derivation(above**numerator / below**sums - 1)
        .at_most(sp.exp(v) ** numerator / below**sums - 1, by=of_numerator)
        .at_most(sp.exp(v) ** numerator / sp.exp(-v) ** sums - 1, by=of_sum)
        .equal(sp.exp((numerator + sums) * v) - 1, by=Algebra())
    )
