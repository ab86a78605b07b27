"""Probabilities of several independent events.

Claims. (union) Of m independent events of probability p at least one happens with probability at most m p, that is 1
- (1-p)^m <= m p for p in [0, 1]. (power-monotone) x^m <= y^m for 0 <= x <= y and a positive integer m.
Source. Bernoulli's inequality; folklore.
Why. 1 - (1-p)^m is the sum of p (1-p)^j over j < m, and every term is at most p. The second is the sign of m z^(m-1).
"""

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import EvaluateSum, Monotone, Sign, TermwiseSum

m = sp.Symbol("m", integer=True, positive=True)
p = sp.Symbol("p", nonnegative=True)
x, y = sp.symbols("x y", nonnegative=True)
j = sp.Symbol("j", integer=True)

some_event = 1 - (1 - p) ** m
union = declare(
    "lemma.probability.union",
    "one of m independent events of probability p happens with probability at most m p",
    sp.Le(some_event, m * p, evaluate=False),
    Domain({p: sp.Interval(0, 1), m: sp.Range(1, sp.oo)}, (), {p: "a probability", m: "number of events"}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("bound times 0.99", sp.Le(some_event, sp.Rational(99, 100) * m * p, evaluate=False))],
)


@evidence_for(union, Method.DERIVED)
@derived
def _union() -> Derivation:
    first_event_at_j = sp.Sum(p * (1 - p) ** j, (j, 0, m - 1))
    return (
        Derivation(some_event)
        .equal(first_event_at_j, by=EvaluateSum(lambda last: 1 - (1 - p) ** (last + 1)))
        .at_most(sp.Sum(p, (j, 0, m - 1)), by=TermwiseSum(by=Sign()))
        .equal(m * p, by=EvaluateSum())
    )


power_monotone = declare(
    "lemma.probability.power-monotone",
    "x^m <= y^m where 0 <= x <= y",
    sp.Le(x**m, y**m, evaluate=False),
    Domain(
        {x: sp.Interval(0, sp.oo), y: sp.Interval(0, sp.oo), m: sp.Range(1, sp.oo)},
        (sp.Le(x, y),),
        {x: "the smaller base", y: "the larger base", m: "exponent"},
    ),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "the hypothesis x <= y dropped",
            domain=Domain({x: sp.Interval(0, sp.oo), y: sp.Interval(0, sp.oo), m: sp.Range(1, sp.oo)}),
        )
    ],
)


@evidence_for(power_monotone, Method.DERIVED)
@derived
def _power_monotone() -> Derivation:
    return Derivation(x**m).at_most(y**m, by=Monotone(lambda z: z**m, x, sp.Le, y, by=Sign("by hypothesis")))
