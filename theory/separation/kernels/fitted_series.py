"""Chebyshev's series of exp on [-B, B] has no negative coefficient for B <= 2, at whatever degree it is cut off.

Hypotheses. P = I_0(B) + 2 I_1(B) T_1(s/B) + .. + 2 I_p(B) T_p(s/B), with the modified Bessel functions I_j and
Chebyshev's polynomials T_j, written in powers of s.
Claims. (quadratic) For p = 2 the coefficients are I_0(B) - 2 I_2(B), 2 I_1(B)/B and 4 I_2(B)/B^2, and
(quadratic-positive) all three are positive for B <= 3, though not up to 7/2. For any p the coefficient of s^k is a sum
of alternating signs over j = k, k+2, .. <= p: T_j has (-1)^h t(k, h) at s^k for j = k + 2h, with t(k, h) = 2^(k-1)
(k+2h) (k+h-1)!/(h! k!), since (recurrence) t(k, h) = 2 t(k-1, h) + t(k, h-1) as T_(j+1) = 2 s T_j - T_(j-1) demands.
Its terms fall for B <= 2: (bessel) I_(j+2)(B) <= (B/2)^2/((j+1)(j+2)) I_j(B), for each partial sum of their series and
so for the functions; (terms) t(k, h+1) <= (j+2) t(k, h), so that a term is at most (B/2)^2/(j+1) of the one before; at
k = 0, where T_j has (-1)^h and I_0 comes once, at most (B/2)^2. (alternating) So no sum is negative.
So the gain is at most (1+a)^p at every degree p for B <= 2 (`nonnegative-coefficients`).
Source. The series is the generating function of the Bessel functions; derived here from it.
Why. The second term of such a sum, the first that is subtracted, is already smaller than the first. When tight:
(terms) at h = 0.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.minimax import quadratic
from theory.reasons import Algebra, CombineSums, Sign, TermwiseSum
from theory.rigor.checks import certified

B = sp.Symbol("B", positive=True)
s = sp.Symbol("s", real=True)
k = sp.Symbol("k", integer=True, positive=True)
h = sp.Symbol("h", integer=True, nonnegative=True)
order, last = sp.symbols("j M", integer=True, nonnegative=True)
place = sp.Symbol("i", integer=True)
ratio, rest = sp.symbols("r S", nonnegative=True)
POSITIVE, WHOLE, UNIT = sp.Interval.open(0, sp.oo), sp.Range(0, sp.oo), sp.Interval(0, 1)
MEANINGS = {
    B: "end of the interval", s: "score", k: "power of s", h: "half of j - k", order: "order of the Bessel function",
    last: "last term of its series", ratio: "a term over the one before", rest: "the sum from there on, over its first",
}  # fmt: skip


def on(ranges: dict, *hypotheses) -> Domain:
    """A domain in the words of this room."""
    return Domain(ranges, hypotheses, {symbol: MEANINGS[symbol] for symbol in ranges})


def series_quadratic(B):
    """The coefficients of the series cut off after degree 2."""
    zeroth, first, second = (sp.besseli(j, B) for j in range(3))
    return zeroth - 2 * second, 2 * first / B, 4 * second / B**2


series = sp.besseli(0, B) + 2 * sp.Add(*(sp.besseli(j, B) * sp.chebyshevt(j, s / B) for j in (1, 2)))
wrong = (sp.besseli(0, B), *series_quadratic(B)[1:])
cut_off = declare(
    "separation.kernels.series-quadratic",
    "Chebyshev's series of exp, cut off after degree 2, is I_0 - 2 I_2 + 2 I_1 s/B + 4 I_2 s^2/B^2",
    sp.Eq(series, quadratic(series_quadratic(B), s), evaluate=False),
    on({B: POSITIVE, s: sp.Interval(-sp.oo, sp.oo)}),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("I_0 alone", sp.Eq(series, quadratic(wrong, s), evaluate=False))],
)


@evidence_for(cut_off, Method.DERIVED)
@derived
def _cut_off() -> Derivation:
    return Derivation(series).equal(quadratic(series_quadratic(B), s), by=Algebra())


positive = declare(
    "separation.kernels.series-quadratic-positive",
    "the coefficients of Chebyshev's series cut off after degree 2 are positive for B <= 3",
    sp.And(*(sp.Gt(one, 0, evaluate=False) for one in series_quadratic(B)), evaluate=False),
    on({B: sp.Interval.Lopen(0, 3)}),
    Kind.LOWER,
    derived_here(),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=[cut_off.id],
    spoiled=[Spoiled("B <= 7/2", domain=on({B: sp.Interval.Lopen(0, sp.Rational(7, 2))}))],
)
evidence_for(positive, Method.CERTIFIED)(certified())


def partial_sum(order):
    """(2/B)^order I_order(B) up to the term with (B/2)^(2 M)."""
    return sp.Sum((B / 2) ** (2 * place) / (sp.factorial(place) * sp.factorial(place + order)), (place, 0, last))


def _falls(factor) -> sp.Basic:
    bound = factor * partial_sum(order) / ((order + 1) * (order + 2))
    return sp.Le(partial_sum(order + 2), bound, evaluate=False)


bessel = declare(
    "separation.kernels.series-bessel",
    "I_(j+2)(B) is at most (B/2)^2/((j+1)(j+2)) times I_j(B), term by term of their series",
    _falls(1),
    on({B: POSITIVE, order: WHOLE, last: WHOLE}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("bound times 0.99", _falls(sp.Rational(99, 100)))],
)


@evidence_for(bessel, Method.DERIVED)
@derived
def _bessel() -> Derivation:
    term = (B / 2) ** (2 * place) / (sp.factorial(place) * sp.factorial(place + order))
    inside = sp.Sum(term / ((order + 1) * (order + 2)), (place, 0, last))
    return (
        Derivation(partial_sum(order + 2))
        .at_most(inside, by=TermwiseSum(by=Sign()))
        .equal(partial_sum(order) / ((order + 1) * (order + 2)), by=CombineSums())
    )


def coefficient(k, h):
    """t(k, h): the absolute value of the coefficient of s^k in T_(k + 2h), k + h >= 1."""
    return 2 ** (k - 1) * (k + 2 * h) * sp.factorial(k + h - 1) / (sp.factorial(h) * sp.factorial(k))


def _recurrence(factor) -> sp.Basic:
    return sp.Eq(coefficient(k, h + 1), factor * coefficient(k - 1, h + 1) + coefficient(k, h), evaluate=False)


POWERS = on({k: sp.Range(1, sp.oo), h: WHOLE})
recurrence = declare(
    "separation.kernels.series-recurrence",
    "the coefficients of Chebyshev's polynomials obey t(k, h+1) = 2 t(k-1, h+1) + t(k, h)",
    _recurrence(2),
    POWERS,
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("without the factor 2", _recurrence(1))],
)


@evidence_for(recurrence, Method.DERIVED)
@derived
def _recurrence_proof() -> Derivation:
    return Derivation(coefficient(k, h + 1)).equal(2 * coefficient(k - 1, h + 1) + coefficient(k, h), by=Algebra())


def _terms(factor) -> sp.Basic:
    return sp.Le(coefficient(k, h + 1), factor * coefficient(k, h), evaluate=False)


terms = declare(
    "separation.kernels.series-terms",
    "t(k, h+1) is at most k + 2h + 2 times t(k, h)",
    _terms(k + 2 * h + 2),
    POWERS,
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=[recurrence.id],
    spoiled=[Spoiled("k + 2h + 1", _terms(k + 2 * h + 1))],
)


@evidence_for(terms, Method.DERIVED)
@derived
def _terms_proof() -> Derivation:
    return Derivation(coefficient(k, h + 1)).at_most((k + 2 * h + 2) * coefficient(k, h), by=Sign())


def _alternates(ratio) -> sp.Basic:
    value = 1 - ratio * rest
    return sp.And(sp.Ge(value, 0, evaluate=False), sp.Le(value, 1, evaluate=False), evaluate=False)


alternating = declare(
    "separation.kernels.series-alternating",
    "where terms of alternating signs fall, the sum is between 0 and its first term: one more term in front",
    _alternates(ratio),
    on({ratio: UNIT, rest: UNIT}),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[bessel.id, terms.id],
    spoiled=[Spoiled("terms that grow", _alternates(2 * ratio))],
)


@evidence_for(alternating, Method.DERIVED)
@derived
def _alternating() -> tuple[Derivation, Derivation]:
    value = 1 - ratio * rest
    return Derivation(value).at_least(0, by=Sign()), Derivation(value).at_most(1, by=Sign())
