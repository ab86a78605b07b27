"""Trigonometric and hyperbolic against positive random features: which have the smaller variance, and where.

Hypotheses. m independent frequencies; sigma = |q + k|^2 and delta = |q - k|^2, which are independent of each other;
then |q|^2 + |k|^2 = (sigma + delta)/2 and q.k = (sigma - delta)/4.
Claims. (ratio) The variance of trigonometric features over that of positive ones is (cosh(delta) - 1)/(e^sigma - 1).
(iff) So they are at least as good if and only if cosh(delta) <= e^sigma. (sufficient) delta^2/2 <= sigma is enough.
(acute) Where q.k >= 0 they have at most half the variance. (hyperbolic) Of the same number of features, 2m, hyperbolic
ones have 1 - e^-sigma times the variance of positive ones.
Source. Derived here from the variances of arXiv 2009.14794, Lemma 2 (`feature_variance`).
Why. The difference of the variances is e^((sigma - delta)/2) (cosh(delta) - e^sigma)/m. The half is approached where
delta = sigma grows.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import exponential
from theory.maps.attention_map import m
from theory.maps.feature_variance import (
    hyperbolic_is,
    hyperbolic_variance,
    positive_is,
    positive_variance,
    trigonometric_is,
    trigonometric_variance,
)
from theory.maps.random_features import HALF_LINE
from theory.reasons import Algebra, Lemma, Monotone, Rearrange, Sign
from theory.rigor import hints
from theory.rigor.checks import certified

sigma, delta, slack = sp.symbols("sigma delta t", nonnegative=True)
score = (sigma - delta) / 4
of_positive, of_trigonometric = positive_variance(sigma, score, m), trigonometric_variance(sigma, delta, score, m)
common = sp.exp((sigma - delta) / 2) / m
FOUNDATIONS = [positive_is.id, trigonometric_is.id]

MEANINGS = {sigma: "|q + k|^2", delta: "|q - k|^2", m: "number of frequencies"}
RANGES = {sigma: HALF_LINE, delta: HALF_LINE, m: sp.Range(1, sp.oo)}
PAIRS = Domain(RANGES, (), MEANINGS)


def where(hypothesis: Any) -> Domain:
    return Domain(RANGES, (hypothesis,), MEANINGS)


quotient = (sp.cosh(delta) - 1) / (sp.exp(sigma) - 1)
ratio = declare(
    "maps.random.trigonometric-to-positive",
    "the variances of trigonometric and positive features have the ratio (cosh(delta) - 1)/(e^sigma - 1)",
    sp.Eq(of_trigonometric / of_positive, quotient, evaluate=False),
    Domain({**RANGES, sigma: sp.Interval.open(0, sp.oo)}, (), MEANINGS),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=FOUNDATIONS,
    spoiled=[
        Spoiled(
            "ratio times 1.01",
            sp.Eq(of_trigonometric / of_positive, sp.Rational(101, 100) * quotient, evaluate=False),
        )
    ],
)


@evidence_for(ratio, Method.DERIVED)
@derived
def _ratio() -> Derivation:
    return Derivation(of_trigonometric / of_positive).equal(quotient, by=Algebra())


no_worse = sp.Le(of_trigonometric, of_positive, evaluate=False)
condition = sp.Le(sp.cosh(delta), sp.exp(sigma), evaluate=False)
iff = declare(
    "maps.random.trigonometric-better-iff",
    "trigonometric features have no larger variance than positive ones if and only if cosh(delta) <= e^sigma",
    sp.Equivalent(no_worse, condition, evaluate=False),
    PAIRS,
    Kind.IFF,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=FOUNDATIONS,
    spoiled=[
        Spoiled(
            "cosh(delta) <= e^sigma replaced by delta <= sigma",
            sp.Equivalent(no_worse, sp.Le(delta, sigma), evaluate=False),
        )
    ],
)


@evidence_for(iff, Method.DERIVED)
@derived
def _iff() -> Equivalences:
    return Equivalences(no_worse).iff(condition, by=Rearrange(1 / common))


sufficient = declare(
    "maps.random.trigonometric-better-sufficient",
    "trigonometric features have no larger variance than positive ones where delta^2/2 <= sigma",
    no_worse,
    where(sp.Le(delta**2 / 2, sigma, evaluate=False)),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.CERTIFIED},
    module=__name__,
    rests_on=[exponential.cosh_gaussian.id, *FOUNDATIONS],
    spoiled=[Spoiled("delta^2/2 replaced by delta^2/4", domain=where(sp.Le(delta**2 / 4, sigma, evaluate=False)))],
)


@evidence_for(sufficient, Method.DERIVED)
@derived
def _sufficient() -> Derivation:
    def moved(z: Any) -> Any:
        return of_positive + common * (z - sp.exp(sigma))

    gaussian = sp.exp(delta**2 / 2)
    by_lemma = Lemma(exponential.cosh_gaussian.id, {exponential.x: delta})
    by_hypothesis = Monotone(sp.exp, delta**2 / 2, sp.Le, sigma, by=Sign("by hypothesis"))
    return (
        Derivation(of_trigonometric)
        .equal(moved(sp.cosh(delta)), by=Algebra())
        .at_most(moved(gaussian), by=Monotone(moved, sp.cosh(delta), sp.Le, gaussian, by=by_lemma))
        .at_most(moved(sp.exp(sigma)), by=Monotone(moved, gaussian, sp.Le, sp.exp(sigma), by=by_hypothesis))
        .equal(of_positive, by=Algebra())
    )


above = hints.Substitute({sigma: delta**2 / 2 + slack}, {slack: HALF_LINE}, {slack: sigma - delta**2 / 2})
evidence_for(sufficient, Method.CERTIFIED)(
    certified(hints=[hints.Rearrange(condition, common), above, hints.TakeLogarithms()])
)


acute = declare(
    "maps.random.trigonometric-acute",
    "where q.k >= 0, that is delta <= sigma, trigonometric features have at most half the variance of positive ones",
    sp.Le(of_trigonometric, of_positive / 2, evaluate=False),
    where(sp.Le(delta, sigma)),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.CERTIFIED},
    module=__name__,
    rests_on=FOUNDATIONS,
    spoiled=[
        Spoiled("half replaced by 49/100", sp.Le(of_trigonometric, sp.Rational(49, 100) * of_positive, evaluate=False))
    ],
)


@evidence_for(acute, Method.DERIVED)
@derived
def _acute() -> Derivation:
    def moved(z: Any) -> Any:
        return of_positive / 2 + common * (sp.cosh(delta) - sp.Rational(1, 2) - z / 2)

    by_hypothesis = Monotone(sp.exp, sigma, sp.Ge, delta, by=Sign("by hypothesis"))
    return (
        Derivation(of_trigonometric)
        .equal(moved(sp.exp(sigma)), by=Algebra())
        .at_most(moved(sp.exp(delta)), by=Monotone(moved, sp.exp(sigma), sp.Ge, sp.exp(delta), by=by_hypothesis))
        .equal(of_positive / 2 - common * (1 - sp.exp(-delta)) / 2, by=Algebra())
        .at_most(of_positive / 2, by=Sign())
    )


evidence_for(acute, Method.CERTIFIED)(certified())


of_hyperbolic, of_twice_as_many = hyperbolic_variance(sigma, score, m), positive_variance(sigma, score, 2 * m)
hyperbolic = declare(
    "maps.random.hyperbolic-better",
    "2m hyperbolic features have 1 - e^-sigma times the variance of 2m positive ones, so never a larger one",
    sp.And(
        sp.Eq(of_hyperbolic, (1 - sp.exp(-sigma)) * of_twice_as_many, evaluate=False),
        sp.Le(of_hyperbolic, of_twice_as_many, evaluate=False),
    ),
    PAIRS,
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[hyperbolic_is.id, positive_is.id],
    spoiled=[
        Spoiled("2m replaced by 3m", sp.Le(of_hyperbolic, positive_variance(sigma, score, 3 * m), evaluate=False))
    ],
)


@evidence_for(hyperbolic, Method.DERIVED)
@derived
def _hyperbolic() -> tuple[Derivation, Derivation]:
    smaller = (1 - sp.exp(-sigma)) * of_twice_as_many
    equal = Derivation(of_hyperbolic).equal(smaller, by=Algebra())
    return equal, equal.at_most(of_twice_as_many, by=Sign())
