"""Taylor polynomials of exp as kernels: of even degree they are positive for every score.

Hypotheses. T_p(s) = 1 + s + .. + s^p/p! of any real score s.
Claims. (least-2) T_2(s) = 1/2 + (1 + s)^2/2 >= 1/2, attained at s = -1. (above-exponential) T_p(-z) >= e^-z for z >= 0
and even p. (at-least-one) T_p(z) >= 1 for z >= 0. (positive) So T_p(s) >= min(1, e^s) > 0 for every real s and even p,
and all weights are positive. (odd-degree) For odd p it is the other way round, T_p(-z) <= e^-z, and T_1(s) = 1 + s is
negative below -1.
Source. Derived here; the features of degree 2 are those of arXiv 2402.18668, whose kernel is said there to be positive.
Why. The derivative of e^z T_p(-z) is e^z (-z)^p/p!, of one sign. When tight: at s = 0, and for T_2 at s = -1.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas.exponential_series import partial_sum
from theory.reasons import Algebra, Cases, CombineSums, EvaluateSum, Lemma, Monotone, Sign, TermwiseSum
from theory.reasons.slope import Slope

REALS, HALF_LINE, HALVES = sp.Interval(-sp.oo, sp.oo), sp.Interval(0, sp.oo), sp.Range(0, sp.oo)
s = sp.Symbol("s", real=True)
z = sp.Symbol("z", nonnegative=True)
h = sp.Symbol("h", integer=True, nonnegative=True)
p = sp.Symbol("p", integer=True, nonnegative=True)
j = sp.Symbol("j", integer=True, positive=True)
WORDS = {s: "score", z: "score, negated", h: "half of the degree, rounded down", p: "degree"}
TYPICAL = derived_here("the kernel of arXiv 2402.18668")


def _domain(*symbols: sp.Symbol) -> Domain:
    ranges = {s: REALS, z: HALF_LINE, h: HALVES, p: sp.Range(0, sp.oo)}
    return Domain({symbol: ranges[symbol] for symbol in symbols}, (), {symbol: WORDS[symbol] for symbol in symbols})


two = 1 + s + s**2 / 2
least = declare(
    "maps.taylor.least-2",
    "1 + s + s^2/2 is at least 1/2",
    sp.Ge(two, sp.Rational(1, 2), evaluate=False),
    _domain(s),
    Kind.LOWER,
    TYPICAL,
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("bound times 1.01", sp.Ge(two, sp.Rational(101, 200), evaluate=False))],
)


@evidence_for(least, Method.DERIVED)
@derived
def _least() -> Derivation:
    return Derivation(two).equal((1 + (1 + s) ** 2) / 2, by=Algebra()).at_least(sp.Rational(1, 2), by=Sign())


square = declare(
    "maps.taylor.square-2",
    "1 + s + s^2/2 is 1/2 and half of (1 + s)^2, so it is least at s = -1 alone",
    sp.Eq(two, sp.Rational(1, 2) + (1 + s) ** 2 / 2, evaluate=False),
    _domain(s),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("1 - s for 1 + s", sp.Eq(two, sp.Rational(1, 2) + (1 - s) ** 2 / 2, evaluate=False))],
)


@evidence_for(square, Method.DERIVED)
@derived
def _square() -> Derivation:
    return Derivation(two).equal(sp.Rational(1, 2) + (1 + s) ** 2 / 2, by=Algebra())


def with_factor(degree: Any) -> Any:
    """e^z T_p(-z), with the factor inside the sum."""
    return sp.exp(z) + sp.Sum(sp.exp(z) * (-z) ** j / sp.factorial(j), (j, 1, degree))


def _against_exponential(name: str, title: str, odd: bool) -> Claim:
    """Declare e^-z <= T_p(-z) for p = 2h, or the converse for p = 2h + 1; the spoiled variant is off by a hundredth."""
    degree, relation = (2 * h + 1, sp.Le) if odd else (2 * h, sp.Ge)
    kernel, spoil = partial_sum(degree, -z), sp.Rational(99 if odd else 101, 100)
    claim = declare(
        f"maps.taylor.{name}",
        title,
        relation(kernel, sp.exp(-z), evaluate=False),
        _domain(h, z),
        Kind.UPPER if odd else Kind.LOWER,
        derived_here(),
        {Method.DERIVED},
        module=__name__,
        spoiled=[Spoiled(f"bound times {spoil}", relation(kernel, spoil * sp.exp(-z), evaluate=False))],
    )
    slope = Slope(
        z,
        0,
        lambda t: sp.exp(t) * t**degree / sp.factorial(degree),
        by=lambda t: EvaluateSum(lambda last: sp.exp(t) * (-t) ** last / sp.factorial(last) - sp.exp(t)),
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _proof() -> Derivation:
        chain = Derivation(kernel).equal(sp.exp(-z) * with_factor(degree), by=CombineSums())
        step = Monotone(lambda v: sp.exp(-z) * v, with_factor(degree), relation, 1, by=slope)
        return (chain.at_most if odd else chain.at_least)(sp.exp(-z), by=step)

    return claim


above = _against_exponential(
    "above-exponential", "below 0 a Taylor polynomial of even degree lies above exp", odd=False
)
below = _against_exponential("odd-degree", "below 0 a Taylor polynomial of odd degree lies below exp", odd=True)

at_least_one = declare(
    "maps.taylor.at-least-one",
    "above 0 a Taylor polynomial of exp is at least 1",
    sp.Ge(partial_sum(p, z), 1, evaluate=False),
    _domain(p, z),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("bound times 1.01", sp.Ge(partial_sum(p, z), sp.Rational(101, 100), evaluate=False))],
)


@evidence_for(at_least_one, Method.DERIVED)
@derived
def _at_least_one() -> Derivation:
    terms, nothing = sp.Sum(z**j / sp.factorial(j), (j, 1, p)), sp.Sum(sp.Integer(0), (j, 1, p))
    return (
        Derivation(partial_sum(p, z))
        .at_least(1 + nothing, by=Monotone(lambda v: 1 + v, terms, sp.Ge, nothing, by=TermwiseSum(by=Sign())))
        .equal(1, by=EvaluateSum())
    )


kernel, floor = partial_sum(2 * h, s), sp.Piecewise((1, s >= 0), (sp.exp(s), True))
positive = declare(
    "maps.taylor.positive",
    "a Taylor polynomial of exp of even degree is at least min(1, e^s), and so positive for every score",
    sp.Ge(kernel, floor, evaluate=False),
    _domain(h, s),
    Kind.LOWER,
    TYPICAL,
    {Method.DERIVED},
    module=__name__,
    rests_on=[above.id, at_least_one.id],
    spoiled=[
        Spoiled("odd degrees as well", sp.Ge(partial_sum(h, s), floor, evaluate=False)),
        Spoiled("bound times 1.01", sp.Ge(kernel, sp.Rational(101, 100) * floor, evaluate=False)),
    ],
)


@evidence_for(positive, Method.DERIVED)
@derived
def _positive() -> Derivation:
    split = Cases(
        s >= 0, Lemma(at_least_one.id, {p: 2 * h, z: s}), Lemma(above.id, {h: h, z: -s}), words="on either side of 0"
    )
    return Derivation(kernel).at_least(floor, by=split)
