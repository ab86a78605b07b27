"""How many vectors of k signs have more than x plus signs.

Hypotheses. k >= 0 an integer, x real; the 2^k vectors of k signs, each counted once.
Claim. (vectors-above) Of them, sum of binomial(k, K) over the K = 0..k with K > x have more than x plus signs.
(vectors-from) If K_min - 1 <= x < K_min for an integer K_min = 0..k+1, that is the sum over K = K_min..k; (all-or-none)
it is 2^k where x < 0, and 0 where x >= k.
Source. Derived here; Pascal's rule.
Why. Split the vectors by their last sign: where it is minus, the others have more than x plus signs, and where it is
plus, more than x-1. Pascal's rule splits the binomials in the same way, and without signs both sides are [0 > x].
When tight. An identity: uniform signs make K binomial, which is what every probability over sign patterns rests on.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import (
    Algebra,
    EvaluateSum,
    Indicators,
    LastSign,
    Lemma,
    Pascal,
    Sign,
    SkipZeros,
    TermwiseSum,
    VectorsAbove,
    WriteOut,
)

k = sp.Symbol("k", integer=True, nonnegative=True)
K = sp.Symbol("K", integer=True)
x = sp.Symbol("x", real=True)


def above(x, K=K):
    """The indicator of K > x."""
    return sp.Piecewise((1, sp.Gt(K, x, evaluate=False)), (0, True))


def binomials_above(k, x, row=None):
    """The sum of the binomials of a row, that of k by default, over the K = 0..k that exceed x."""
    return sp.Sum(sp.binomial(k if row is None else row, K) * above(x), (K, 0, k))


SHORT = Domain({k: sp.Range(0, 6), x: sp.Interval(-1, 6)}, witness={k: 2, x: sp.Rational(1, 2)})
vectors_above = declare(
    "lemma.counting.vectors-above",
    "of the vectors of k signs, the sum of binomial(k, K) over K > x have more than x plus signs",
    sp.Eq(VectorsAbove(k, x), binomials_above(k, x), evaluate=False),
    Domain(
        {k: sp.Range(0, sp.oo), x: sp.Interval(-sp.oo, sp.oo)},
        (),
        {k: "number of signs", x: "what the number of plus signs must exceed"},
    ),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled(
            "the binomials of k+1",
            sp.Eq(VectorsAbove(k, x), binomials_above(k, x, row=k + 1), evaluate=False),
            SHORT,
        ),
        Spoiled(
            "at least x + 1/2 plus signs instead of more than x",
            sp.Eq(VectorsAbove(k, x), binomials_above(k, x + sp.Rational(1, 2)), evaluate=False),
            SHORT,
        ),
    ],
)


@evidence_for(vectors_above, Method.DERIVED)
@derived
def _vectors_above() -> Derivation:
    by_last_sign = LastSign(
        binomials_above,
        start=WriteOut(K),
        step=lambda length, level: Pascal(length, lambda count: above(level, count), K),
    )
    return Derivation(VectorsAbove(k, x)).equal(binomials_above(k, x), by=by_last_sign)


least = sp.Symbol("K_min", integer=True, nonnegative=True)
BELOW, REACHED = sp.Le(least - 1, x, evaluate=False), sp.Lt(x, least, evaluate=False)
FROM_LEAST = Domain(
    {**vectors_above.domain.ranges, least: sp.Range(0, sp.oo)},
    (BELOW, REACHED, sp.Le(least, k + 1, evaluate=False)),
    {**vectors_above.domain.meanings, least: "least number of plus signs above x"},
)


def binomials_from(least, k):
    """The sum of binomial(k, K) from K = least on."""
    return sp.Sum(sp.binomial(k, K), (K, least, k))


SAME = {k: k, x: x}
vectors_from = declare(
    "lemma.counting.vectors-from",
    "if K_min is the least integer above x, the vectors with more than x plus signs are the binomials from K_min on",
    sp.Eq(VectorsAbove(k, x), binomials_from(least, k), evaluate=False),
    FROM_LEAST,
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[vectors_above.id],
    spoiled=[
        Spoiled(
            "K_min may be reached at x",
            domain=Domain(
                FROM_LEAST.ranges,
                (BELOW, sp.Le(x, least, evaluate=False), FROM_LEAST.hypotheses[2]),
                witness={k: 3, x: 2, least: 2},
            ),
        ),
        Spoiled(
            "the binomials up to K_min instead of from it",
            sp.Eq(VectorsAbove(k, x), sp.Sum(sp.binomial(k, K), (K, 0, least - 1)), evaluate=False),
            Domain(FROM_LEAST.ranges, FROM_LEAST.hypotheses, witness={k: 3, x: sp.Rational(1, 2), least: 1}),
        ),
    ],
)


@evidence_for(vectors_from, Method.DERIVED)
@derived
def _vectors_from() -> Derivation:
    exceeds = sp.Gt(K, x, evaluate=False)
    early, late = sp.Le(K, least - 1, evaluate=False), sp.Ge(K, least, evaluate=False)
    silent = Indicators(certain=[(exceeds.negated, Sign(given={early: 1, BELOW: 1}))], by=Algebra())
    counted = Indicators(certain=[(exceeds, Sign(given={late: 1, REACHED: 1}))], by=Algebra())
    whole = binomials_above(k, x)
    return (
        Derivation(VectorsAbove(k, x))
        .equal(whole, by=Lemma(vectors_above.id, SAME))
        .equal(sp.Sum(whole.function, (K, least, k)), by=SkipZeros(whole, least, by=silent))
        .equal(binomials_from(least, k), by=TermwiseSum(by=counted))
    )


NONE, ALL = sp.Ge(x, k, evaluate=False), sp.Lt(x, 0, evaluate=False)
all_or_none = declare(
    "lemma.counting.all-or-none",
    "all 2^k vectors of k signs have more than x plus signs where x < 0, and none has where x >= k",
    sp.And(
        sp.Implies(ALL, sp.Eq(VectorsAbove(k, x), 2**k, evaluate=False), evaluate=False),
        sp.Implies(NONE, sp.Eq(VectorsAbove(k, x), 0, evaluate=False), evaluate=False),
        evaluate=False,
    ),
    vectors_above.domain,
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[vectors_above.id],
    spoiled=[
        Spoiled(
            "all where x <= 0",
            sp.Implies(sp.Le(x, 0), sp.Eq(VectorsAbove(k, x), 2**k, evaluate=False), evaluate=False),
            Domain(vectors_above.domain.ranges, witness={k: 2, x: 0}),
        ),
        Spoiled(
            "none where x >= k-1",
            sp.Implies(sp.Ge(x, k - 1), sp.Eq(VectorsAbove(k, x), 0, evaluate=False), evaluate=False),
            Domain(vectors_above.domain.ranges, witness={k: 2, x: 1}),
        ),
    ],
)


@evidence_for(all_or_none, Method.DERIVED)
@derived
def _all_or_none() -> tuple[Derivation, ...]:
    exceeds, within = sp.Gt(K, x, evaluate=False), sp.Le(K, k, evaluate=False)
    always = Indicators(certain=[(exceeds, Sign(given={ALL: 1}))], by=Algebra())
    never = Indicators(certain=[(exceeds.negated, Sign(given={NONE: 1, within: 1}))], by=Algebra())
    whole = binomials_above(k, x)
    by_count = Lemma(vectors_above.id, SAME)
    return (
        Derivation(VectorsAbove(k, x), given=(ALL,))
        .equal(whole, by=by_count)
        .equal(sp.Sum(sp.binomial(k, K), (K, 0, k)), by=TermwiseSum(by=always))
        .equal(2**k, by=EvaluateSum(words="by the binomial theorem")),
        Derivation(VectorsAbove(k, x), given=(NONE,)).equal(whole, by=by_count).equal(0, by=TermwiseSum(by=never)),
    )
