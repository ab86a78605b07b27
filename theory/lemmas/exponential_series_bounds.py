"""The partial sums T_p(z) of the exponential series on either side of p = z, compared with powers and with exp.

Hypotheses. p >= 1 an integer, z >= 0; z > 0 in (across).
Claims. (ratio) T_p(p r) <= r^p T_p(p) for r >= 1. (chernoff) T_p(z) <= (e z/p)^p for z >= p. (across) T_p(z r) <=
(z r/p)^p exp(p - z) T_p(z) for z <= p <= z r.
Source. Folklore; derived here.
Why. For j <= p <= z a term z^j/j! is at most (z/p)^p p^j/j!, and exp(-z) T_p(z) falls: so T_p grows at most like exp up
to p, and at most like z^p beyond.
When tight: (across) as r tends to 1.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas.exponential_series import (
    MEANINGS,
    RATIOS,
    below_exponential,
    decreasing,
    degree,
    j,
    p,
    partial_sum,
    x,
    z,
)
from theory.reasons import Algebra, CombineSums, Lemma, Monotone, Sign, TermwiseSum

r = sp.Symbol("r", positive=True)
WORDS = {**MEANINGS, r: "ratio of two arguments"}


def _domain(ranges: dict, *hypotheses) -> Domain:
    return Domain(ranges, hypotheses, {symbol: WORDS[symbol] for symbol in ranges})


ratio = declare(
    "lemma.exponential-series.ratio",
    "T_p(p r) is at most r^p T_p(p) for r >= 1",
    sp.Le(partial_sum(degree, degree * r), r**degree * partial_sum(degree, degree), evaluate=False),
    _domain({degree: sp.Range(1, sp.oo), r: RATIOS}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "bound times 0.99",
            sp.Le(
                partial_sum(degree, degree * r),
                sp.Rational(99, 100) * r**degree * partial_sum(degree, degree),
                evaluate=False,
            ),
        )
    ],
)


@evidence_for(ratio, Method.DERIVED)
@derived
def _ratio() -> Derivation:
    terms = sp.Sum((degree * r) ** j / sp.factorial(j), (j, 1, degree))
    larger = sp.Sum(r**degree * degree**j / sp.factorial(j), (j, 1, degree))
    one_term = Monotone(lambda w: degree**j / sp.factorial(j) * w, r**j, sp.Le, r**degree, by=Sign())
    return (
        Derivation(partial_sum(degree, degree * r))
        .at_most(1 + larger, by=Monotone(lambda w: 1 + w, terms, sp.Le, larger, by=TermwiseSum(by=one_term)))
        .at_most(r**degree + larger, by=Sign())
        .equal(r**degree * partial_sum(degree, degree), by=CombineSums())
    )


large = sp.Ge(z, degree, evaluate=False)
chernoff_bound = sp.exp(degree) * (z / degree) ** degree
chernoff = declare(
    "lemma.exponential-series.chernoff",
    "T_p(z) is at most (e z/p)^p for z >= p",
    sp.Le(partial_sum(degree, z), chernoff_bound, evaluate=False),
    _domain({degree: sp.Range(1, sp.oo), z: sp.Interval(0, sp.oo)}, large),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[ratio.id, below_exponential.id],
    spoiled=[
        Spoiled("bound times 7/10", sp.Le(partial_sum(degree, z), sp.Rational(7, 10) * chernoff_bound, evaluate=False))
    ],
)


@evidence_for(chernoff, Method.DERIVED)
@derived
def _chernoff() -> Derivation:
    power = (z / degree) ** degree
    return (
        Derivation(partial_sum(degree, z))
        .at_most(power * partial_sum(degree, degree), by=Lemma(ratio.id, {degree: degree, r: z / degree}))
        .at_most(
            chernoff_bound,
            by=Monotone(
                lambda w: power * w, partial_sum(degree, degree), sp.Le, sp.exp(degree),
                by=Lemma(below_exponential.id, {p: degree, z: degree}),
            ),
        )
    )  # fmt: skip


POSITIVE = sp.Interval.open(0, sp.oo)
on_either_side = sp.Ge(degree, z, evaluate=False), sp.Ge(z * r, degree, evaluate=False)
across_bound = (z * r / degree) ** degree * sp.exp(degree - z) * partial_sum(degree, z)
across = declare(
    "lemma.exponential-series.across",
    "T_p(z r) is at most (z r/p)^p exp(p - z) T_p(z) for z <= p <= z r",
    sp.Le(partial_sum(degree, z * r), across_bound, evaluate=False),
    _domain({degree: sp.Range(1, sp.oo), z: POSITIVE, r: RATIOS}, *on_either_side),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[ratio.id, decreasing.id],
    spoiled=[
        Spoiled(
            "bound times 0.9",
            sp.Le(partial_sum(degree, z * r), sp.Rational(9, 10) * across_bound, evaluate=False),
        )
    ],
)


@evidence_for(across, Method.DERIVED)
@derived
def _across() -> Derivation:
    power, middle = (z * r / degree) ** degree, partial_sum(degree, degree)
    scaled = sp.exp(-degree) * middle
    return (
        Derivation(partial_sum(degree, z * r))
        .at_most(power * middle, by=Lemma(ratio.id, {degree: degree, r: z * r / degree}))
        .equal(power * sp.exp(degree) * scaled, by=Algebra())
        .at_most(
            power * sp.exp(degree) * (sp.exp(-z) * partial_sum(degree, z)),
            by=Monotone(
                lambda w: power * sp.exp(degree) * w, scaled, sp.Le, sp.exp(-z) * partial_sum(degree, z),
                by=Lemma(decreasing.id, {p: degree, z: z, x: degree / z}),
            ),
        )
        .equal(across_bound, by=Algebra())
    )  # fmt: skip
