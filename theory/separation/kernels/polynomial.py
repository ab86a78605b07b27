"""B1. Polynomial kernels: the degree that finds the needle, and why no other kernel of that degree does better.

Hypotheses. The needle construction; the kernel s^p of the score s, p a non-negative integer.
Claim. (gain) N = (1+a)^p in every row. (degree) The needle weight exceeds w if and only if p > log((n-1) w/(1-w)) /
log(1+a), so the least degree for more than half of the weight is floor(log(n-1)/log(1+a)) + 1. (class) Every kernel
c_0 + c_1 s + .. + c_p s^p with coefficients >= 0 has N <= (1+a)^p: in that class, which holds the Taylor polynomials
of exp, no kernel of degree p finds a needle that s^p does not find.
Source. Derived here for the construction of arXiv 2310.11685.
Why. The needle's score is 1+a times the others'. Term by term, (1+a)^j <= (1+a)^p for j <= p. When tight: (class) is
an equality for c_j = 0, j < p.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, ApplyMonotone, CombineSums, Monotone, Rearrange, Sign, TermwiseSum
from theory.separation.kernels.sequences import Sequence, derived_for_every_sequence
from theory.separation.kernels.weight import WEIGHTS, WORDS, gain_needed, w
from theory.separation.self_attention.construction import RANGES, SOURCE, a, domain, n, needle_weight
from theory.separation.self_attention.gain import log_n, row_height

p = sp.Symbol("p", integer=True, nonnegative=True)
s = sp.Symbol("s", positive=True)
j = sp.Symbol("j", integer=True)
DEGREES = sp.Range(0, sp.oo)
MEANINGS = {
    **WORDS,
    p: "degree",
    s: "score of a token that is not the needle",
    row_height: "1 + a in the needle's row, 1 in any other",
}


def polynomial_gain(a, p):
    """Gain of the kernel s^p, the same in every row."""
    return (1 + a) ** p


def _domain(ranges: dict, *hypotheses) -> Domain:
    words = {**domain(n, a).meanings, **MEANINGS}
    return Domain(ranges, hypotheses, {symbol: words[symbol] for symbol in ranges})


scores = (row_height * (1 + a) * log_n) ** p / (row_height * log_n) ** p
gain = declare(
    "separation.kernels.polynomial-gain",
    "the kernel s^p has the gain (1 + a)^p in every row",
    sp.Eq(scores, polynomial_gain(a, p), evaluate=False),
    _domain({n: RANGES[n], a: RANGES[a], p: DEGREES, row_height: sp.Interval(1, sp.oo)}),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("p replaced by p + 1", sp.Eq(scores, polynomial_gain(a, p + 1), evaluate=False))],
)


@evidence_for(gain, Method.DERIVED)
@derived
def _gain() -> Derivation:
    return Derivation(scores).equal(polynomial_gain(a, p), by=Algebra())


def degree_needed(a, w, n):
    """The real number that the degree must exceed for a weight above w."""
    return sp.log(gain_needed(w, n)) / sp.log(1 + a)


finds = sp.Gt(needle_weight(polynomial_gain(a, p), n), w, evaluate=False)
degree = declare(
    "separation.kernels.polynomial-degree",
    "s^p puts more than w on the needle if and only if p > log((n-1) w/(1-w))/log(1+a)",
    sp.Equivalent(finds, sp.Gt(p, degree_needed(a, w, n), evaluate=False), evaluate=False),
    _domain({n: RANGES[n], a: RANGES[a], p: DEGREES, w: WEIGHTS}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.kernels.polynomial-gain"],
    spoiled=[
        Spoiled(
            "n - 1 replaced by n",
            sp.Equivalent(finds, sp.Gt(p, degree_needed(a, w, n + 1), evaluate=False), evaluate=False),
        )
    ],
)


@evidence_for(degree, Method.DERIVED)
@derived
def _degree() -> Equivalences:
    power = polynomial_gain(a, p)
    return (
        Equivalences(finds)
        .iff(sp.Gt(power, gain_needed(w, n), evaluate=False), by=Rearrange((power + n - 1) / (1 - w)))
        .iff(
            sp.Gt(p * sp.log(1 + a), sp.log(gain_needed(w, n)), evaluate=False),
            by=ApplyMonotone(sp.log, sp.Interval.open(0, sp.oo)),
        )
        .iff(sp.Gt(p, degree_needed(a, w, n), evaluate=False), by=Rearrange(1 / sp.log(1 + a)))
    )


class c(Sequence):
    """The coefficients of a kernel polynomial."""


def kernel(score, p):
    """c_0 + c_1 s + .. + c_p s^p with coefficients >= 0."""
    return sp.Sum(c(j) * score**j, (j, 0, p))


nonnegative_class = declare(
    "separation.kernels.nonnegative-coefficients",
    "a kernel polynomial of degree p with coefficients >= 0 has a gain of at most (1 + a)^p",
    sp.Le(kernel((1 + a) * s, p), polynomial_gain(a, p) * kernel(s, p), evaluate=False),
    _domain({a: RANGES[a], s: sp.Interval.open(0, sp.oo), p: DEGREES}),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    spoiled=[
        Spoiled(
            "bound times 0.99",
            sp.Le(kernel((1 + a) * s, p), sp.Rational(99, 100) * polynomial_gain(a, p) * kernel(s, p), evaluate=False),
        ),
        Spoiled(
            "p replaced by p - 1",
            sp.Le(kernel((1 + a) * s, p + 1), polynomial_gain(a, p) * kernel(s, p + 1), evaluate=False),
        ),
    ],
)
MONOMIAL = {c: lambda index: sp.KroneckerDelta(index, p)}
ONES = {c: lambda index: sp.Integer(1)}


@evidence_for(nonnegative_class, Method.DERIVED)
@derived_for_every_sequence([MONOMIAL, ONES])
def _nonnegative_class() -> Derivation:
    factor_inside = sp.Sum(polynomial_gain(a, p) * c(j) * s**j, (j, 0, p))
    term = Monotone(lambda z: c(j) * s**j * z, (1 + a) ** j, sp.Le, (1 + a) ** p, by=Sign())
    return (
        Derivation(kernel((1 + a) * s, p))
        .at_most(factor_inside, by=TermwiseSum(by=term))
        .equal(polynomial_gain(a, p) * kernel(s, p), by=CombineSums())
    )
