"""How often a sum of independent random signs exceeds a level.

Hypotheses. S is the sum of k independent uniform signs, so S = 2 J - k with J binomial: P[J = j] = binomial(k, j)/2^k.
Claims. (above-at-most-one) P[S > s] <= 1 for every real s. (hoeffding-above) P[S > s] <= exp(-s^2/(2k)) for s >= 0 and
k >= 1. (sign-tail) P[S > k x] <= h(x) for every real x, where h(x) is 1 for x <= 0, 0 for x >= 1, and exp(-k x^2/2)
between. (tail-decreases) h(x) <= exp(-k y^2/2) where x >= y > 0.
Source. Hoeffding's inequality for signs.
Why. P[S > s] <= P[S >= s]; and S never exceeds k.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import concentration
from theory.lemmas.concentration import MEANINGS, bound, j, k, s
from theory.reasons import Cases, Contradiction, EvaluateSum, Indicators, Lemma, Monotone, Sign, TermwiseSum

level = sp.Symbol("l", real=True)
x = sp.Symbol("x", real=True)


def exceeds(level: sp.Expr | int, j: sp.Expr = j, k: sp.Expr = k) -> sp.Piecewise:
    """The indicator of S > level, for j plus signs among k."""
    return sp.Piecewise((1, sp.Gt(2 * j - k, level, evaluate=False)), (0, True))


def probability_above(level: sp.Expr | int, k: sp.Expr = k) -> sp.Expr:
    """P[S > level] for the sum S of k independent uniform signs."""
    return sp.Sum(sp.binomial(k, j) * exceeds(level, j, k), (j, 0, k)) / 2**k


def tail_bound(x: sp.Expr, k: sp.Expr) -> sp.Piecewise:
    """h(x): the upper bound on P[S > k x] for the sum S of k independent uniform signs, k >= 1."""
    return sp.Piecewise((1, sp.Le(x, 0)), (0, sp.Ge(x, 1)), (sp.exp(-k * x**2 / 2), True))


at_most_one = declare(
    "lemma.concentration.above-at-most-one",
    "a sum of random signs exceeds a level with probability at most 1",
    sp.Le(probability_above(level), 1, evaluate=False),
    Domain({k: sp.Range(0, sp.oo), level: sp.Interval(-sp.oo, sp.oo)}, (), {k: MEANINGS[k], level: "level"}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("1 replaced by 0.99", sp.Le(probability_above(level), sp.Rational(99, 100), evaluate=False))],
)


@evidence_for(at_most_one, Method.DERIVED)
@derived
def _at_most_one() -> Derivation:
    return (
        Derivation(probability_above(level))
        .at_most(sp.Sum(sp.binomial(k, j), (j, 0, k)) / 2**k, by=TermwiseSum(by=Indicators()))
        .equal(sp.Integer(1), by=EvaluateSum(words="by the binomial theorem"))
    )


hoeffding_above = declare(
    "lemma.concentration.hoeffding-above",
    "a sum of k random signs exceeds s with probability at most exp(-s^2/(2k))",
    sp.Le(probability_above(s), bound, evaluate=False),
    Domain({k: sp.Range(1, sp.oo), s: sp.Interval(0, sp.oo)}, (), MEANINGS),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[concentration.hoeffding_signs.id],
    spoiled=[Spoiled("the factor 1/2 dropped", sp.Le(probability_above(s), sp.exp(-(s**2) / k), evaluate=False))],
)


@evidence_for(hoeffding_above, Method.DERIVED)
@derived
def _hoeffding_above() -> Derivation:
    above, reached = (relation(2 * j - k, s, evaluate=False) for relation in (sp.Gt, sp.Ge))
    return (
        Derivation(probability_above(s))
        .at_most(
            concentration.probability_at_least(s), by=TermwiseSum(by=Indicators(implied=[(above, reached, Sign())]))
        )
        .at_most(bound, by=Lemma(concentration.hoeffding_signs.id, {k: k, s: s}))
    )


sign_tail = declare(
    "lemma.concentration.sign-tail",
    "the mean of k random signs exceeds x with probability at most h(x)",
    sp.Le(probability_above(k * x), tail_bound(x, k), evaluate=False),
    Domain({k: sp.Range(1, sp.oo), x: sp.Interval(-sp.oo, sp.oo)}, (), {k: MEANINGS[k], x: "mean sign"}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[at_most_one.id, hoeffding_above.id],
    spoiled=[Spoiled("h(x) replaced by h(2x)", sp.Le(probability_above(k * x), tail_bound(2 * x, k), evaluate=False))],
)


@evidence_for(sign_tail, Method.DERIVED)
@derived
def _sign_tail() -> Derivation:
    never = TermwiseSum(by=Indicators(certain=[(sp.Le(2 * j - k, k * x, evaluate=False), Sign())]))
    positive = Cases(sp.Ge(x, 1), where=never, otherwise=Lemma(hoeffding_above.id, {k: k, s: k * x}))
    return Derivation(probability_above(k * x)).at_most(
        tail_bound(x, k), by=Cases(sp.Le(x, 0), where=Lemma(at_most_one.id, {k: k, level: k * x}), otherwise=positive)
    )


y = sp.Symbol("y", positive=True)
tail_decreases = declare(
    "lemma.concentration.tail-decreases",
    "h(x) is at most exp(-k y^2/2) where x >= y > 0",
    sp.Le(tail_bound(x, k), sp.exp(-k * y**2 / 2), evaluate=False),
    Domain(
        {k: sp.Range(1, sp.oo), x: sp.Interval(-sp.oo, sp.oo), y: sp.Interval.open(0, sp.oo)},
        (sp.Ge(x, y, evaluate=False),),
        {k: MEANINGS[k], x: "mean sign", y: "a smaller one"},
    ),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("1/2 dropped", sp.Le(tail_bound(x, k), sp.exp(-k * y**2), evaluate=False))],
)


@evidence_for(tail_decreases, Method.DERIVED)
@derived
def _tail_decreases() -> Derivation:
    falling = Monotone(lambda z: sp.exp(-k * z**2 / 2), x, sp.Ge, y, by=Sign("by hypothesis"))
    between = Cases(sp.Ge(x, 1), where=Sign(), otherwise=falling)
    return Derivation(tail_bound(x, k)).at_most(
        sp.exp(-k * y**2 / 2), by=Cases(sp.Le(x, 0), where=Contradiction(sp.Le(x, 0)), otherwise=between)
    )


tail_vanishes = declare(
    "lemma.concentration.tail-vanishes",
    "h(x) is 0 where x >= 1",
    sp.Le(tail_bound(x, k), 0, evaluate=False),
    Domain({k: sp.Range(1, sp.oo), x: sp.Interval(1, sp.oo)}, (), {k: MEANINGS[k], x: "mean sign"}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("x >= 1/2", domain=Domain({k: sp.Range(1, sp.oo), x: sp.Interval(sp.Rational(1, 2), sp.oo)}))],
)


@evidence_for(tail_vanishes, Method.DERIVED)
@derived
def _tail_vanishes() -> Derivation:
    never, less = Contradiction(sp.Le(x, 0)), Contradiction(sp.Lt(x, 1))
    return Derivation(tail_bound(x, k)).at_most(
        0, by=Cases(sp.Le(x, 0), where=never, otherwise=Cases(sp.Ge(x, 1), where=Sign(), otherwise=less))
    )
