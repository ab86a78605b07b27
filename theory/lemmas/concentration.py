"""Sums of independent random signs.

Hypotheses. S is the sum of k independent uniform signs, so S = 2 J - k with J binomial: P[J = j] = binomial(k, j)/2^k.
Claims. (hoeffding-signs) P[S >= s] <= exp(-s^2/(2k)) for s >= 0 and k >= 1. (symmetric-half) P[S >= 0] >= 1/2.
Source. Hoeffding's inequality for signs; the second is symmetry.
Why. The indicator of S >= s is at most exp(l (S - s)) for l >= 0; the binomial theorem turns the mean of that into
exp(-l s) cosh(l)^k, which cosh(l) <= exp(l^2/2) bounds, and l = s/k is the best choice. S and -S have the same law, and
one of them is >= 0.
"""

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import exponential
from theory.reasons import Cases, CombineSums, EvaluateSum, Lemma, Monotone, ReverseSum, Sign, TermwiseSum

k = sp.Symbol("k", integer=True, nonnegative=True)
s = sp.Symbol("s", nonnegative=True)
j = sp.Symbol("j", integer=True)


def probability_at_least(level: sp.Expr | int) -> sp.Expr:
    """P[S >= level] for the sum S of k independent uniform signs."""
    reached = sp.Ge(2 * j - k, level, evaluate=False)
    return sp.Sum(sp.binomial(k, j) * sp.Piecewise((1, reached), (0, True)), (j, 0, k)) / 2**k


MEANINGS = {k: "number of signs", s: "level"}
bound = sp.exp(-(s**2) / (2 * k))

hoeffding_signs = declare(
    "lemma.concentration.hoeffding-signs",
    "a sum of k random signs reaches s with probability at most exp(-s^2/(2k))",
    sp.Le(probability_at_least(s), bound, evaluate=False),
    Domain({k: sp.Range(1, sp.oo), s: sp.Interval(0, sp.oo)}, (), MEANINGS),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[exponential.cosh_gaussian.id],
    spoiled=[Spoiled("the factor 1/2 dropped", sp.Le(probability_at_least(s), sp.exp(-(s**2) / k), evaluate=False))],
)


@evidence_for(hoeffding_signs, Method.DERIVED)
@derived
def _hoeffding_signs() -> Derivation:
    tilt = s / k
    weight = sp.exp(tilt * (2 * j - k - s))
    reached = sp.Ge(2 * j - k, s, evaluate=False)
    indicator_below = Cases(
        reached,
        where=Monotone(lambda z: sp.binomial(k, j) * z, 1, sp.Le, weight, by=Sign()),
        otherwise=Sign(),
        words="the indicator is at most an exponential",
    )
    by_lemma = Monotone(
        lambda z: sp.exp(-tilt * s) * z**k,
        sp.cosh(tilt),
        sp.Le,
        sp.exp(tilt**2 / 2),
        by=Lemma(exponential.cosh_gaussian.id, {exponential.x: tilt}),
    )
    return (
        Derivation(probability_at_least(s))
        .at_most(sp.Sum(sp.binomial(k, j) * weight, (j, 0, k)) / 2**k, by=TermwiseSum(by=indicator_below))
        .equal(sp.exp(-tilt * s) * sp.cosh(tilt) ** k, by=EvaluateSum(words="by the binomial theorem"))
        .at_most(bound, by=by_lemma)
    )


symmetric_half = declare(
    "lemma.concentration.symmetric-half",
    "a sum of random signs is >= 0 with probability at least 1/2",
    sp.Ge(probability_at_least(0), sp.Rational(1, 2), evaluate=False),
    Domain({k: sp.Range(0, sp.oo)}, (), {k: MEANINGS[k]}),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("1/2 replaced by 51/100", sp.Ge(probability_at_least(0), sp.Rational(51, 100), evaluate=False))],
)


@evidence_for(symmetric_half, Method.DERIVED)
@derived
def _symmetric_half() -> Derivation:
    up, down = (relation(2 * j - k, 0, evaluate=False) for relation in (sp.Ge, sp.Le))
    indicator_up, indicator_down = (sp.Piecewise((1, condition), (0, True)) for condition in (up, down))
    all_terms = sp.Sum(sp.binomial(k, j), (j, 0, k))
    above, below = (sp.Sum(sp.binomial(k, j) * indicator, (j, 0, k)) for indicator in (indicator_up, indicator_down))
    both = sp.Sum(sp.binomial(k, j) * (indicator_up + indicator_down), (j, 0, k))
    one_holds = Cases(up, Cases(down, Sign(), Sign()), Sign(), words="as $S \\ge 0$ or $-S \\ge 0$")
    return (
        Derivation(probability_at_least(0))
        .equal(above / 2 ** (k + 1) + below / 2 ** (k + 1), by=ReverseSum(below, words="as $S$ and $-S$ have one law"))
        .equal(both / 2 ** (k + 1), by=CombineSums())
        .at_least(all_terms / 2 ** (k + 1), by=TermwiseSum(by=one_holds))
        .equal(sp.Rational(1, 2), by=EvaluateSum(words="by the binomial theorem"))
    )
