"""The partial sums T_p(z) = 1 + z + .. + z^p/p! of the exponential series.

Hypotheses. p a non-negative integer, z >= 0.
Claims. (decreasing) exp(-x z) T_p(x z) <= exp(-z) T_p(z) for x >= 1. (below-exponential) T_p(z) <= exp(z).
Source. Folklore; derived here.
Why. The derivative of exp(-z) T_p(z) is -exp(-z) z^p/p!, and all terms are positive.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import CombineSums, EvaluateSum, Monotone
from theory.reasons.slope import Slope

p = sp.Symbol("p", integer=True, nonnegative=True)
degree = sp.Symbol("p", integer=True, positive=True)
z = sp.Symbol("z", nonnegative=True)
x = sp.Symbol("x", positive=True)
j = sp.Symbol("j", integer=True, positive=True)

MEANINGS = {
    p: "degree",
    degree: "degree",
    z: "argument",
    x: "ratio of two arguments",
}


def partial_sum(p, z):
    """T_p(z), the terms of the exponential series up to z^p/p!."""
    return 1 + sp.Sum(z**j / sp.factorial(j), (j, 1, p))


def weighted_sum(p, z):
    """exp(-z) T_p(z), with the factor inside the sum."""
    return sp.exp(-z) + sp.Sum(sp.exp(-z) * z**j / sp.factorial(j), (j, 1, p))


def _domain(ranges: dict, *hypotheses) -> Domain:
    return Domain(ranges, hypotheses, {symbol: MEANINGS[symbol] for symbol in ranges})


DEGREES, RATIOS = sp.Range(0, sp.oo), sp.Interval(1, sp.oo)
ratio = sp.exp(-x * z) * partial_sum(p, x * z)
decreasing = declare(
    "lemma.exponential-series.decreasing",
    "exp(-z) T_p(z) does not grow with z",
    sp.Le(ratio, sp.exp(-z) * partial_sum(p, z), evaluate=False),
    _domain({p: DEGREES, z: sp.Interval(0, sp.oo), x: RATIOS}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("bound times 0.99", sp.Le(ratio, sp.Rational(99, 100) * sp.exp(-z) * partial_sum(p, z), evaluate=False))
    ],
)


@evidence_for(decreasing, Method.DERIVED)
@derived
def _decreasing() -> Derivation:
    return (
        Derivation(ratio)
        .equal(weighted_sum(p, x * z), by=CombineSums())
        .at_most(
            weighted_sum(p, z),
            by=Slope(
                x,
                1,
                lambda t: z * sp.exp(-t * z) * (t * z) ** p / sp.factorial(p),
                by=lambda t: EvaluateSum(
                    lambda last: z * (sp.exp(-t * z) - sp.exp(-t * z) * (t * z) ** last / sp.factorial(last))
                ),
            ),
        )
        .equal(sp.exp(-z) * partial_sum(p, z), by=CombineSums())
    )


below_exponential = declare(
    "lemma.exponential-series.below-exponential",
    "T_p(z) is at most exp(z)",
    sp.Le(partial_sum(p, z), sp.exp(z), evaluate=False),
    _domain({p: DEGREES, z: sp.Interval(0, sp.oo)}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("bound times 0.99", sp.Le(partial_sum(p, z), sp.Rational(99, 100) * sp.exp(z), evaluate=False))],
)


@evidence_for(below_exponential, Method.DERIVED)
@derived
def _below_exponential() -> Derivation:
    from_zero = Slope(
        z,
        0,
        lambda t: sp.exp(-t) * t**p / sp.factorial(p),
        by=lambda t: EvaluateSum(lambda last: sp.exp(-t) - sp.exp(-t) * t**last / sp.factorial(last)),
    )
    return (
        Derivation(partial_sum(p, z))
        .equal(sp.exp(z) * weighted_sum(p, z), by=CombineSums())
        .at_most(sp.exp(z), by=Monotone(lambda w: sp.exp(z) * w, weighted_sum(p, z), sp.Le, 1, by=from_zero))
    )
