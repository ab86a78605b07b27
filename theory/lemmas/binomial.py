"""The largest term of the fair binomial distribution.

Hypotheses. k = 2h + r signs with r in {0, 1}; binomial(k, j)/2^k is the probability of j plus signs.
Claims. (central) (3h + 1) (binomial(2h, h)/4^h)^2 <= 1. (mode) binomial(k, h - i) <= binomial(k, h). (largest-term)
binomial(k, j)/2^k <= 1/sqrt(3(h + r) + 1), which is at most sqrt(2/(3k + 2)).
Source. Derived here; the first is a folklore form of Wallis' product.
Why. The left side of the first is 1 minus a telescoping sum of terms that are not negative; so is the gap of the
second. The third joins them: binomial(2h + 1, h) is half of binomial(2h + 2, h + 1), and binomials are symmetric.
When tight. At k = 0, and to within 3 % for large k, where the largest term is sqrt(2/(pi k)).
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Cases, EvaluateSum, Lemma, Monotone, Sign, TermwiseSum

h = sp.Symbol("h", integer=True, nonnegative=True)
r = sp.Symbol("r", integer=True, nonnegative=True)
i = sp.Symbol("i", integer=True, nonnegative=True)
j = sp.Symbol("j", integer=True, nonnegative=True)
step = sp.Symbol("l", integer=True)
MEANINGS = {
    h: "half of the signs, rounded down",
    r: "1 for an odd number of signs, else 0",
    i: "distance from the middle",
    j: "number of plus signs",
}
HALVES = {h: sp.Range(0, sp.oo), r: sp.FiniteSet(0, 1)}


def central_probability(m: Any) -> Any:
    """P[half of 2m signs are plus]."""
    return sp.binomial(2 * m, m) / 4**m


def largest_probability(h: Any, r: Any) -> Any:
    """The bound on P[j of 2h + r signs are plus], for every j."""
    return 1 / sp.sqrt(3 * (h + r) + 1)


square = (3 * h + 1) * central_probability(h) ** 2
central = declare(
    "lemma.binomial.central",
    "half of 2h signs are plus with a probability whose square is at most 1/(3h + 1)",
    sp.Le(square, 1, evaluate=False),
    Domain({h: HALVES[h]}, (), {h: MEANINGS[h]}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("3h + 1 replaced by 4h + 1", sp.Le((4 * h + 1) * central_probability(h) ** 2, 1, evaluate=False))],
)


@evidence_for(central, Method.DERIVED)
@derived
def _central() -> Derivation:
    lost = sp.Sum(central_probability(step) ** 2 * step / (2 * step + 2) ** 2, (step, 0, h - 1))
    nothing = sp.Sum(0, (step, 0, h - 1))
    return (
        Derivation(1 - square)
        .equal(lost, by=EvaluateSum(lambda upper: 1 - (3 * upper + 4) * central_probability(upper + 1) ** 2))
        .at_least(nothing, by=TermwiseSum(by=Sign()))
        .equal(sp.S.Zero, by=EvaluateSum())
    )


signs = 2 * h + r
mode = declare(
    "lemma.binomial.mode",
    "no binomial coefficient below the middle one exceeds it",
    sp.Le(sp.binomial(signs, h - i), sp.binomial(signs, h), evaluate=False),
    Domain({**HALVES, i: sp.Range(0, sp.oo)}, (sp.Le(i, h),), {key: MEANINGS[key] for key in (h, r, i)}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "bound times 0.99",
            sp.Le(sp.binomial(signs, h - i), sp.Rational(99, 100) * sp.binomial(signs, h), evaluate=False),
        )
    ],
)


@evidence_for(mode, Method.DERIVED)
@derived
def _mode() -> Derivation:
    falls = sp.Sum(sp.binomial(signs, h - step) - sp.binomial(signs, h - step - 1), (step, 0, i - 1))
    nothing = sp.Sum(0, (step, 0, i - 1))
    return (
        Derivation(sp.binomial(signs, h) - sp.binomial(signs, h - i))
        .equal(falls, by=EvaluateSum(lambda last: sp.binomial(signs, h) - sp.binomial(signs, h - last - 1)))
        .at_least(nothing, by=TermwiseSum(by=Sign()))
        .equal(sp.S.Zero, by=EvaluateSum())
    )


probability = sp.binomial(signs, j) / 2**signs
largest_term = declare(
    "lemma.binomial.largest-term",
    "any one number of plus signs among k has probability at most sqrt(2/(3k + 2))",
    sp.Le(probability, largest_probability(h, r), evaluate=False),
    Domain({**HALVES, j: sp.Range(0, sp.oo)}, (sp.Le(j, signs),), {key: MEANINGS[key] for key in (h, r, j)}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[central.id, mode.id],
    spoiled=[
        Spoiled("3 replaced by 4", sp.Le(probability, 1 / sp.sqrt(4 * (h + r) + 1), evaluate=False)),
        Spoiled("bound times 0.99", sp.Le(probability, sp.Rational(99, 100) * largest_probability(h, r))),
    ],
)


@evidence_for(largest_term, Method.DERIVED)
@derived
def _largest_term() -> Derivation:
    m = h + r
    below = Lemma(mode.id, {h: h, r: r, i: h - j})
    above = Lemma(mode.id, {h: h, r: r, i: j - h - r})
    middle = Cases(sp.Le(j, h, evaluate=False), below, above, words="the middle one is the largest")
    of_square = (3 * m + 1) * central_probability(m) ** 2
    return (
        Derivation(probability)
        .at_most(
            sp.binomial(signs, h) / 2**signs,
            by=Monotone(lambda z: z / 2**signs, sp.binomial(signs, j), sp.Le, sp.binomial(signs, h), by=middle),
        )
        .equal(central_probability(m), by=Algebra())
        .equal(sp.sqrt(of_square) * largest_probability(h, r), by=Algebra())
        .at_most(
            largest_probability(h, r),
            by=Monotone(
                lambda z: sp.sqrt(z) * largest_probability(h, r), of_square, sp.Le, 1, by=Lemma(central.id, {h: m})
            ),
        )
    )
