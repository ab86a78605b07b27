"""Stirling's bound on the factorial from above.

Claims. (logarithm) -log(1 - v) >= 2 v/(2 - v) for 0 <= v < 1. (growing) sqrt(p) (p/e)^p/p! >= 1/e for every integer p
>= 1. (upper) p! <= e sqrt(p) (p/e)^p.
Source. Folklore.
Why. The first has value 0 at 0 and the derivative v^2/((1 - v)(2 - v)^2); at v = 1/j it says that the sequence of the
second does not fall, and its first term is 1/e. When tight: at p = 1; for large p the sequence tends to 1/sqrt(2 pi).
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, EvaluateSum, Lemma, Monotone, TermwiseSum
from theory.reasons.slope import Slope

p = sp.Symbol("p", integer=True, positive=True)
v = sp.Symbol("v", nonnegative=True)
j = sp.Symbol("j", integer=True, positive=True)


def bound(p):
    """e sqrt(p) (p/e)^p."""
    return sp.sqrt(p) * p**p * sp.exp(1 - p)


def share(p):
    """sqrt(p) (p/e)^p/p!, which does not fall as p grows."""
    return sp.sqrt(p) * p**p * sp.exp(-p) / sp.factorial(p)


tangent = 2 * v / (2 - v)
logarithm = declare(
    "lemma.stirling.logarithm",
    "-log(1 - v) is at least 2 v/(2 - v)",
    sp.Ge(-sp.log(1 - v), tangent, evaluate=False),
    Domain({v: sp.Interval.Ropen(0, 1)}, (), {v: "1/j"}),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("bound times 1.01", sp.Ge(-sp.log(1 - v), sp.Rational(101, 100) * tangent, evaluate=False))],
)


@evidence_for(logarithm, Method.DERIVED)
@derived
def _logarithm() -> Derivation:
    return Derivation(-sp.log(1 - v)).at_least(tangent, by=Slope(v, 0, lambda t: t**2 / ((1 - t) * (2 - t) ** 2)))


DEGREES = Domain({p: sp.Range(1, sp.oo)}, (), {p: "a positive integer"})
growing = declare(
    "lemma.stirling.growing",
    "sqrt(p) (p/e)^p/p! is at least 1/e",
    sp.Ge(share(p), sp.exp(-1), evaluate=False),
    DEGREES,
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[logarithm.id],
    spoiled=[Spoiled("bound times 1.01", sp.Ge(share(p), sp.Rational(101, 100) * sp.exp(-1), evaluate=False))],
)


@evidence_for(growing, Method.DERIVED)
@derived
def _growing() -> Derivation:
    step = share(j) - share(j - 1)
    exponent = (j - sp.Rational(1, 2)) * -sp.log(1 - 1 / j)
    no_fall = Monotone(
        lambda w: share(j - 1) * (sp.exp(w - 1) - 1),
        exponent,
        sp.Ge,
        1,
        by=Monotone(
            lambda w: (j - sp.Rational(1, 2)) * w, -sp.log(1 - 1 / j), sp.Ge, 2 / (2 * j - 1),
            by=Lemma(logarithm.id, {v: 1 / j}),
        ),
    )  # fmt: skip
    return (
        Derivation(share(p))
        .equal(sp.exp(-1) + sp.Sum(step, (j, 2, p)), by=EvaluateSum(lambda last: share(last) - sp.exp(-1)))
        .at_least(
            sp.exp(-1) + sp.Sum(0 * j, (j, 2, p)),
            by=Monotone(lambda w: sp.exp(-1) + w, sp.Sum(step, (j, 2, p)), sp.Ge, sp.Sum(0 * j, (j, 2, p)),
                        by=TermwiseSum(by=no_fall)),
        )
        .equal(sp.exp(-1), by=EvaluateSum())
    )  # fmt: skip


upper = declare(
    "lemma.stirling.upper",
    "p! is at most e sqrt(p) (p/e)^p",
    sp.Le(sp.factorial(p), bound(p), evaluate=False),
    DEGREES,
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[growing.id],
    spoiled=[Spoiled("bound times 0.99", sp.Le(sp.factorial(p), sp.Rational(99, 100) * bound(p), evaluate=False))],
)


@evidence_for(upper, Method.DERIVED)
@derived
def _upper() -> Derivation:
    return (
        Derivation(sp.factorial(p))
        .equal(sp.exp(1) * sp.factorial(p) * sp.exp(-1), by=Algebra())
        .at_most(
            sp.exp(1) * sp.factorial(p) * share(p),
            by=Monotone(
                lambda w: sp.exp(1) * sp.factorial(p) * w, sp.exp(-1), sp.Le, share(p), by=Lemma(growing.id, {p: p})
            ),
        )
        .equal(bound(p), by=Algebra())
    )
