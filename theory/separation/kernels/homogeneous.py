"""B3. Features that grow at most linearly share the fate of linear attention: elu+1, ReLU, and all the like.

Hypotheses. The needle construction, whose needle's key is 1+a times any other; a kernel sum_r phi_r(q) phi_r(k) of
non-negative features with phi_r((1+a) k) <= (1+a)^p phi_r(k).
Claim. (relu-homogeneous, elu-subhomogeneous) max(t x, 0) = t max(x, 0) and (elu+1)(t x) <= t (elu+1)(x) for t >= 1
and every real x: both have p = 1. (homogeneous-gain) N <= (1+a)^p, whatever the queries and the number of features
are. (homogeneous-weight) N <= 1+a puts at most (1+a)/(n+a) on the needle, as much as linear attention puts there.
(elu-gain) elu+1 of the scalar query and key has N = ((1+a) u + 1)/(u + 1) < 1+a, with u = sqrt(log n).
Source. Derived here for the construction of arXiv 2310.11685.
Why. Feature by feature. When tight: ReLU and the identity have N = 1+a.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Cases, CombineSums, Lemma, Monotone, Sign, TermwiseSum
from theory.separation.kernels.biased import rectified
from theory.separation.kernels.sequences import Sequence, derived_for_every_sequence
from theory.separation.kernels.weight import GAINS, WORDS, gain, larger_gain, monotone
from theory.separation.self_attention.construction import MEANINGS as CONSTRUCTION
from theory.separation.self_attention.construction import RANGES, SOURCE, a, linear_gain, n, needle_weight

x = sp.Symbol("x", real=True)
t = sp.Symbol("t", positive=True)
u = sp.Symbol("u", positive=True)
p = sp.Symbol("p", nonnegative=True)
features = sp.Symbol("R", integer=True, positive=True)
r = sp.Symbol("r", integer=True)
MEANINGS = {
    **CONSTRUCTION, **WORDS, x: "an entry of a key", t: "by how much it is longer", u: "sqrt(log n)",
    p: "growth of the features", features: "number of features",
}  # fmt: skip


def _domain(ranges: dict, *hypotheses) -> Domain:
    return Domain(ranges, hypotheses, {symbol: MEANINGS[symbol] for symbol in ranges})


def elu_plus_one(y):
    """elu(y) + 1: y + 1 for y > 0, else exp(y)."""
    return sp.Piecewise((y + 1, y > 0), (sp.exp(y), True))


STRETCH = _domain({x: sp.Interval(-sp.oo, sp.oo), t: sp.Interval(1, sp.oo)})
relu = declare(
    "separation.kernels.relu-homogeneous",
    "ReLU of t x is t times ReLU of x",
    sp.Eq(rectified(t * x), t * rectified(x), evaluate=False),
    STRETCH,
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("t replaced by t^2", sp.Eq(rectified(t * x), t**2 * rectified(x), evaluate=False))],
)


@evidence_for(relu, Method.DERIVED)
@derived
def _relu() -> Derivation:
    return Derivation(rectified(t * x)).equal(t * rectified(x), by=Cases(x > 0, Algebra(), Algebra()))


elu = declare(
    "separation.kernels.elu-subhomogeneous",
    "elu + 1 of t x is at most t times elu + 1 of x",
    sp.Le(elu_plus_one(t * x), t * elu_plus_one(x), evaluate=False),
    STRETCH,
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    spoiled=[
        Spoiled("bound times 0.99", sp.Le(elu_plus_one(t * x), sp.Rational(99, 100) * t * elu_plus_one(x))),
        Spoiled("exp in place of elu + 1", sp.Le(sp.exp(t * x), t * sp.exp(x), evaluate=False)),
    ],
)


@evidence_for(elu, Method.DERIVED)
@derived
def _elu() -> Derivation:
    between = sp.Piecewise((t * x + 1, x > 0), (sp.exp(x), True))
    shrinks = Monotone(sp.exp, t * x, sp.Le, x, by=Sign())
    return (
        Derivation(elu_plus_one(t * x))
        .at_most(between, by=Cases(x > 0, Sign(), shrinks))
        .at_most(t * elu_plus_one(x), by=Cases(x > 0, Sign(), Sign()))
    )


class query(Sequence):
    """phi_r(q), the features of the query."""


class key(Sequence):
    """phi_r(k), the features of an ordinary key."""


class deficit(Sequence):
    """(1+a)^p phi_r(k) - phi_r((1+a) k), by how much a feature of the needle stays below its bound."""


needle_score = sp.Sum(query(r) * ((1 + a) ** p * key(r) - deficit(r)), (r, 1, features))
rest_score = sp.Sum(query(r) * key(r), (r, 1, features))
homogeneous_gain = declare(
    "separation.kernels.homogeneous-gain",
    "non-negative features of growth p have a gain of at most (1 + a)^p",
    sp.Le(needle_score, (1 + a) ** p * rest_score, evaluate=False),
    _domain({a: RANGES[a], p: sp.Interval(0, sp.oo), features: sp.Range(1, sp.oo)}),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "bound times 0.99", sp.Le(needle_score, sp.Rational(99, 100) * (1 + a) ** p * rest_score, evaluate=False)
        )
    ],
)
TIGHT = {query: lambda r: sp.Integer(1), key: lambda r: sp.Integer(1), deficit: lambda r: sp.Integer(0)}


@evidence_for(homogeneous_gain, Method.DERIVED)
@derived_for_every_sequence([TIGHT])
def _homogeneous_gain() -> Derivation:
    inside = sp.Sum((1 + a) ** p * query(r) * key(r), (r, 1, features))
    return (
        Derivation(needle_score)
        .at_most(inside, by=TermwiseSum(by=Sign()))
        .equal((1 + a) ** p * rest_score, by=CombineSums())
    )


weight = declare(
    "separation.kernels.homogeneous-weight",
    "a gain of at most 1 + a puts at most (1 + a)/(n + a) on the needle",
    sp.Le(needle_weight(gain, n), (1 + a) / (n + a), evaluate=False),
    _domain({n: RANGES[n], a: RANGES[a], gain: GAINS[gain]}, sp.Le(gain, linear_gain(a))),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED, Method.MEASURED},
    module=__name__,
    rests_on=[monotone.id, homogeneous_gain.id, relu.id, elu.id],
    spoiled=[
        Spoiled("bound times 0.99", sp.Le(needle_weight(gain, n), sp.Rational(99, 100) * (1 + a) / (n + a))),
    ],
)


@evidence_for(weight, Method.DERIVED)
@derived
def _weight() -> Derivation:
    return (
        Derivation(needle_weight(gain, n))
        .at_most(
            needle_weight(linear_gain(a), n), by=Lemma(monotone.id, {gain: gain, larger_gain: linear_gain(a), n: n})
        )
        .equal((1 + a) / (n + a), by=Algebra())
    )


def elu_gain(a, u):
    """Gain of elu+1 on the scalar query and key; u = sqrt(log n) is the key of an ordinary token."""
    return ((1 + a) * u + 1) / (u + 1)


elu_below = declare(
    "separation.kernels.elu-gain",
    "elu + 1 of the scalar query and key has a gain below 1 + a",
    sp.Lt(elu_gain(a, u), linear_gain(a), evaluate=False),
    _domain({a: RANGES[a], u: sp.Interval.open(0, sp.oo)}),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("bound times 4/5", sp.Lt(elu_gain(a, u), sp.Rational(4, 5) * linear_gain(a)))],
)


@evidence_for(elu_below, Method.DERIVED)
@derived
def _elu_below() -> Derivation:
    return Derivation(elu_gain(a, u)).less(linear_gain(a), by=Sign())
