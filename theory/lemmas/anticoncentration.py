"""A sum of random signs is seldom close to 0.

Hypotheses. S is the sum of k = 2h + r independent uniform signs, r in {0, 1}; N > 0.
Claims. (ramp) the indicator of y > 0 is at most (|y + 2| - |y| + 2)/4. (lattice-count) at most N + 1 of the values
-k, 2 - k, .., k lie strictly between -N and N. (small-ball) P[|S| < N] <= (N + 1)/sqrt(3(h + r) + 1), which is at
most (N + 1) sqrt(2/(3k + 2)).
Source. Derived here; Littlewood and Offord's question for equal weights.
Why. The values of S are 2 apart, so the ramp, as a function of the value, climbs by a telescoping sum; each value has
at most the probability of the middle one (`lemma.binomial.largest-term`).
When tight. As N -> 0 for an even k, and to within 3 % for 1 << N << sqrt(k).
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import binomial
from theory.lemmas.binomial import HALVES, h, largest_probability, r
from theory.lemmas.concentration import j, k
from theory.reasons import Cases, CombineSums, EvaluateSum, Lemma, Monotone, Sign, TermwiseSum

y = sp.Symbol("y", real=True)
N = sp.Symbol("N", positive=True)
MEANINGS = {k: "number of signs", N: "how far from 0", **binomial.MEANINGS}


def indicator(condition: Any) -> Any:
    """1 where the condition holds, else 0."""
    return sp.Piecewise((1, condition), (0, True))


def above(value: Any, level: Any) -> Any:
    """value > level, as it is written."""
    return sp.Gt(value, level, evaluate=False)


def below(value: Any, level: Any) -> Any:
    """value < level, as it is written."""
    return sp.Lt(value, level, evaluate=False)


def lattice_points(k: Any, N: Any) -> Any:
    """How many of the values -k, 2 - k, .., k lie strictly between -N and N."""
    return sp.Sum(indicator(sp.And(above(2 * j - k, -N), below(2 * j - k, N))), (j, 0, k))


def probability_within(k: Any, N: Any) -> Any:
    """P[|S| < N] for the sum S of k independent uniform signs."""
    inside = sp.And(above(2 * j - k, -N), below(2 * j - k, N))
    return sp.Sum(sp.binomial(k, j) * indicator(inside), (j, 0, k)) / 2**k


def rising(y: Any) -> Any:
    """0 up to y = -2, 1 from y = 0 on, and a straight line in between."""
    return (sp.Abs(y + 2) - sp.Abs(y) + 2) / 4


ramp = declare(
    "lemma.anticoncentration.ramp",
    "the indicator of the positive numbers lies below a ramp that begins at -2",
    sp.Le(indicator(y > 0), rising(y), evaluate=False),
    Domain({y: sp.Interval(-sp.oo, sp.oo)}, (), {y: "any real number"}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("y > 0 replaced by y > -1", sp.Le(indicator(y > -1), rising(y), evaluate=False)),
        Spoiled("bound times 0.99", sp.Le(indicator(y > 0), sp.Rational(99, 100) * rising(y), evaluate=False)),
    ],
)


@evidence_for(ramp, Method.DERIVED)
@derived
def _ramp() -> Derivation:
    return Derivation(indicator(y > 0)).at_most(
        rising(y),
        by=Cases(above(y, 0), Sign(), Cases(sp.Ge(y, -2, evaluate=False), Sign(), Sign())),
    )


SIGNS = Domain({k: sp.Range(1, sp.oo), N: sp.Interval.open(0, sp.oo)}, (), {key: MEANINGS[key] for key in (k, N)})
lattice_count = declare(
    "lemma.anticoncentration.lattice-count",
    "at most N + 1 of the values -k, 2 - k, .., k lie strictly between -N and N",
    sp.Le(lattice_points(k, N), N + 1, evaluate=False),
    SIGNS,
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[ramp.id],
    spoiled=[Spoiled("N + 1 replaced by N", sp.Le(lattice_points(k, N), N, evaluate=False))],
)


def clamped(value: Any) -> Any:
    """The value, but at most N + 1 and at least -(N + 1)."""
    return (sp.Abs(value + N + 1) - sp.Abs(value - N - 1)) / 2


@evidence_for(lattice_count, Method.DERIVED)
@derived
def _lattice_count() -> Derivation:
    value = 2 * j - k
    high: Any = indicator(above(value, -N))
    low: Any = indicator(below(value, N))
    one_more = Cases(above(value, -N), Cases(below(value, N), Sign(), Sign()), Sign(), words="one of the two holds")
    sums: list[Any] = [sp.Sum(term, (j, 0, k)) for term in (high, low, sp.S.One)]
    many_high, many_low, all_of_them = sums
    ramps: list[Any] = [sp.Sum(rising(term), (j, 0, k)) for term in (value + N, N - value)]
    ramp_high, ramp_low = ramps
    whole = sp.Sum(rising(value + N) + rising(N - value) - 1, (j, 0, k))
    return (
        Derivation(lattice_points(k, N))
        .at_most(sp.Sum(high + low - 1, (j, 0, k)), by=TermwiseSum(by=one_more))
        .equal(many_high + many_low - all_of_them, by=CombineSums())
        .at_most(
            ramp_high + many_low - all_of_them,
            by=Monotone(
                lambda z: z + many_low - all_of_them, many_high, sp.Le, ramp_high,
                by=TermwiseSum(by=Lemma(ramp.id, {y: value + N})),
            ),
        )
        .at_most(
            ramp_high + ramp_low - all_of_them,
            by=Monotone(
                lambda z: ramp_high + z - all_of_them, many_low, sp.Le, ramp_low,
                by=TermwiseSum(by=Lemma(ramp.id, {y: N - value})),
            ),
        )
        .equal(whole, by=CombineSums())
        .equal(
            (clamped(k + 1) - clamped(-k - 1)) / 2,
            by=EvaluateSum(lambda last: (clamped(2 * last - k + 1) - clamped(-k - 1)) / 2, "as it telescopes"),
        )
        .at_most(N + 1, by=Cases(sp.Ge(k, N, evaluate=False), Sign(), Sign()))
    )  # fmt: skip


signs = 2 * h + r
ball = probability_within(signs, N)
small_ball = declare(
    "lemma.anticoncentration.small-ball",
    "a sum of k random signs is closer to 0 than N with probability at most (N + 1) sqrt(2/(3k + 2))",
    sp.Le(ball, (N + 1) * largest_probability(h, r), evaluate=False),
    Domain(
        {**HALVES, N: sp.Interval.open(0, sp.oo)},
        (sp.Ge(signs, 1),),
        {key: MEANINGS[key] for key in (h, r, N)},
    ),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[binomial.largest_term.id, lattice_count.id],
    spoiled=[Spoiled("N + 1 replaced by N", sp.Le(ball, N * largest_probability(h, r), evaluate=False))],
)


@evidence_for(small_ball, Method.DERIVED)
@derived
def _small_ball() -> Derivation:
    value = 2 * j - signs
    inside = sp.And(above(value, -N), below(value, N))
    one_value = sp.binomial(signs, j) / 2**signs
    by_value = Cases(
        above(value, -N),
        Cases(below(value, N), Lemma(binomial.largest_term.id, {binomial.h: h, binomial.r: r, binomial.j: j}), Sign()),
        Sign(),
        words="no value is likelier than the middle one",
    )
    largest = largest_probability(h, r)
    return (
        Derivation(ball)
        .equal(sp.Sum(one_value * indicator(inside), (j, 0, signs)), by=CombineSums())
        .at_most(sp.Sum(largest * indicator(inside), (j, 0, signs)), by=TermwiseSum(by=by_value))
        .equal(largest * lattice_points(signs, N), by=CombineSums())
        .at_most(
            (N + 1) * largest,
            by=Monotone(
                lambda z: z * largest, lattice_points(signs, N), sp.Le, N + 1,
                by=Lemma(lattice_count.id, {k: signs, N: N}),
            ),
        )
    )  # fmt: skip
