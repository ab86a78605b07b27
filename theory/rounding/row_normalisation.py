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
from theory.rounding.factors import COARSEST, u, v

n = sp.Symbol("n", integer=True, positive=True)
q = sp.Symbol("q", integer=True, positive=True)
entry = sp.Symbol("k", integer=True, nonnegative=True)

worst_factor = (1 + u) ** (q + entry) / (1 - u) ** (n - 1 + entry)
gamma = sp.exp(row_normalisation_exponent(entry, n, q, u)) - 1

weight = declare(
    "rounding.row-normalisation.weight",
    "a row-normalised weight is within exp((2k + n - 1 + q) v) - 1 of the exact one, relatively",
    sp.Le(worst_factor - 1, gamma, evaluate=False),
    Domain(
        {entry: sp.Range(0, sp.oo), n: sp.Range(1, sp.oo), q: sp.Range(1, sp.oo), u: sp.Interval(0, COARSEST)},
        (),
        {entry: "roundings in each entry", n: "length of the row", q: "roundings of a division", u: "unit roundoff"},
    ),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.MEASURED, Method.ATTACKED},
    module=__name__,
    rests_on=[factors.upper.id, factors.lower.id],
    spoiled=[Spoiled("a third of the allowance", sp.Le(worst_factor - 1, gamma / 3, evaluate=False))],
)


@evidence_for(weight, Method.DERIVED)
@derived
def _weight() -> Derivation:
    numerator, sums = q + entry, n - 1 + entry
    above = Monotone(
        lambda z: z / (1 - u) ** sums - 1, (1 + u) ** numerator, sp.Le, sp.exp(v) ** numerator,
        by=Monotone(lambda z: z**numerator, 1 + u, sp.Le, sp.exp(v), by=Lemma(factors.upper.id, {u: u})),
    )  # fmt: skip
    below = Monotone(
        lambda z: sp.exp(v) ** numerator / z - 1, (1 - u) ** sums, sp.Ge, sp.exp(-v) ** sums,
        by=Monotone(lambda z: z**sums, 1 - u, sp.Ge, sp.exp(-v), by=Lemma(factors.lower.id, {u: u})),
    )  # fmt: skip
    return (
        Derivation(worst_factor - 1)
        .at_most(sp.exp(v) ** numerator / (1 - u) ** sums - 1, by=above)
        .at_most(sp.exp(v) ** numerator / sp.exp(-v) ** sums - 1, by=below)
        .equal(gamma, by=Algebra())
    )
