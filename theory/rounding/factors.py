"""Factors: what one rounding multiplies a result by, and that it lies in G(1).

Hypotheses. u is the unit roundoff, v = u/(1 - u); a rounding multiplies by 1 + delta with |delta| <= u.
Claims. (exponential) 1 + x <= exp(x) for every real x, with equality at 0 only.
(upper, lower) exp(-v) <= 1 - u and 1 + u <= exp(v).
(distance) 1 - exp(-x) <= exp(x) - 1 for x >= 0: a factor between exp(-x) and exp(x) is at most exp(x) - 1 away from 1.
Source. Folklore; the calculus with exp(k v) in place of Higham's 1/(1 - k u) is derived here
(`theory.rounding.allowance`).
Why. The exponential lies above its tangent; 1/(1 - u) = 1 + v; exp(x) + exp(-x) >= 2.
"""

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone, Sign, Taylor

x = sp.Symbol("x", real=True)
u = sp.Symbol("u", nonnegative=True)
v = u / (1 - u)

COARSEST = sp.Rational(1, 256)  # the unit roundoff of bfloat16; float32 and float64 are far below
ROUNDING = Domain({u: sp.Interval(0, COARSEST)}, (), {u: "unit roundoff"})
LESS = sp.Rational(99, 100)

exponential = declare(
    "rounding.factors.exponential",
    "the exponential lies above its tangent at 0",
    sp.Le(1 + x, sp.exp(x), evaluate=False),
    Domain({x: sp.Interval(-sp.oo, sp.oo)}, (), {x: "any real number"}),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("the slope 1 replaced by 101/100", sp.Le(1 + sp.Rational(101, 100) * x, sp.exp(x), evaluate=False))
    ],
)


@evidence_for(exponential, Method.DERIVED)
@derived
def _exponential() -> Derivation:
    return Derivation(1 + x).at_most(sp.exp(x), by=Taylor(x, 0, order=2))


upper = declare(
    "rounding.factors.upper",
    "one rounding multiplies by at most exp(v)",
    sp.Le(1 + u, sp.exp(v), evaluate=False),
    ROUNDING,
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[exponential.id],
    spoiled=[Spoiled("v times 0.99", sp.Le(1 + u, sp.exp(LESS * v), evaluate=False))],
)


@evidence_for(upper, Method.DERIVED)
@derived
def _upper() -> Derivation:
    return (
        Derivation(1 + u)
        .at_most(sp.exp(u), by=Lemma(exponential.id, {x: u}))
        .at_most(sp.exp(v), by=Monotone(sp.exp, u, sp.Le, v, by=Sign()))
    )


lower = declare(
    "rounding.factors.lower",
    "one rounding multiplies by at least exp(-v)",
    sp.Ge(1 - u, sp.exp(-v), evaluate=False),
    ROUNDING,
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[exponential.id],
    spoiled=[Spoiled("v times 0.99", sp.Ge(1 - u, sp.exp(-LESS * v), evaluate=False))],
)


@evidence_for(lower, Method.DERIVED)
@derived
def _lower() -> Derivation:
    above_tangent = Monotone(lambda z: 1 / z, 1 + v, sp.Le, sp.exp(v), by=Lemma(exponential.id, {x: v}))
    return (
        Derivation(1 - u)
        .equal(1 / (1 + v), by=Algebra())
        .at_least(1 / sp.exp(v), by=above_tangent)
        .equal(sp.exp(-v), by=Algebra())
    )


distance = declare(
    "rounding.factors.distance",
    "a factor of at least exp(-x) falls short of 1 by no more than exp(x) exceeds it",
    sp.Le(1 - sp.exp(-x), sp.exp(x) - 1, evaluate=False),
    Domain({x: sp.Interval(0, sp.oo)}, (), {x: "a count of roundings times v"}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("the right side times 0.99", sp.Le(1 - sp.exp(-x), LESS * (sp.exp(x) - 1), evaluate=False))],
)


@evidence_for(distance, Method.DERIVED)
@derived
def _distance() -> Derivation:
    square = (sp.exp(x / 2) - sp.exp(-x / 2)) ** 2
    return Derivation(1 - sp.exp(-x)).equal(sp.exp(x) - 1 - square, by=Algebra()).at_most(sp.exp(x) - 1, by=Sign())
