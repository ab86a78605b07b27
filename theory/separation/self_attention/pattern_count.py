"""A1, the firing probability as a number of sign patterns over 2^d: grouped by K, and as tails of binomials.

Hypotheses. The needle construction, b > 0; a network with rows of gains N and N_2; a neuron with uniform signs y.
Write K for the number of plus signs among the d-3 middle signs other than y_k, and x(N; y_1, y_d, y_k) for the number
of plus signs that a row of gain N needs.
Claim. (rise) Each further plus sign raises what a row reads by 2 b n / ((d-2)(N+n-1)) L > 0. (corner) Hence, for given
(y_1, y_d, y_k), the vectors of d-3 signs for which some row fires are those with K > min(x(N), x(N_2)), and there are
sum of binomial(d-3, K) over the K at which a row fires. (patterns) Their sum over the eight (y_1, y_d, y_k), over 2^d,
is the firing probability. (least-count) If K_min is the least integer above x, the corner has the sum of
binomial(d-3, K) over K = K_min..d-3.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. A row reads the middle signs only through y_k and their sum S = y_k + 2K - (d-3); binomial(d-3, K) vectors have K
plus signs. The pattern is made of three signs and a vector of d-3 signs: that the sum over all 2^d patterns is a sum
over these parts is the definition used here, and what `numerics` enumerates.
When tight. Identities; `probabilities.FiringProbability` evaluates the last one, exactly.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import sign_vectors
from theory.reasons import Algebra, Cases, Indicators, Lemma, Sign, TermwiseSum, VectorsAbove
from theory.separation.self_attention.construction import RANGES, SOURCE, N, a, activation, b, d, domain, eta, level, n
from theory.separation.self_attention.firing_law import (
    K,
    e_first,
    e_last,
    e_needle,
    firing_probability,
    plus_signs_needed,
    row_fires,
)
from theory.separation.self_attention.firing_upper_bound import POSITIVE_B, N_other

SIGNS = (e_first, e_last, e_needle)
HALF = sp.Rational(1, 2)
MEANINGS = {
    e_first: "1 where y_1 = +1, else 0",
    e_last: "1 where y_d = +1, else 0",
    e_needle: "1 where y_k = +1, else 0",
    N_other: "gain of the other rows",
}


def reads(gain, K):
    """What a row reads, in units of L, at K plus signs among the d-3 free middle signs."""
    first, last, needle = (2 * e - 1 for e in SIGNS)
    return activation(gain, n, d, a, b, first, last, needle, needle + 2 * K - (d - 3))


def needed(gain):
    """x: the row fires if and only if K > x."""
    first, last, needle = (2 * e - 1 for e in SIGNS)
    return plus_signs_needed(gain, n, d, a, b, level(eta, b, last), first, needle)


def fires(gain):
    """The event that the row of this gain fires, at K plus signs and the signs of the corner."""
    return row_fires(gain, n, d, a, b, eta)


def rows(*more: sp.Symbol, hypotheses: tuple = ()) -> Domain:
    """Two rows of any gains, b > 0, and where asked the signs of a corner and more."""
    plain = domain(N, n, d, a, b, eta, b=POSITIVE_B)
    extra = {symbol: sp.FiniteSet(0, 1) for symbol in more if symbol in SIGNS}
    extra |= {symbol: sp.Range(0, sp.oo) for symbol in more if symbol not in SIGNS}
    return Domain({**plain.ranges, N_other: RANGES[N], **extra}, hypotheses, {**plain.meanings, **MEANINGS})


# A corner of a small network: the row of gain 10 fires at fewer plus signs than that of gain 1.
UNLIKE = {N: 1, N_other: 10, n: 10, d: 7, a: 1, b: HALF, eta: HALF, e_first: 1, e_last: 1, e_needle: 1}

rise = declare(
    "separation.self.firing-rise",
    "each further plus sign among the middle signs raises what a row reads by 2 b n/((d-2)(N+n-1)) L, which is > 0",
    sp.And(
        sp.Eq(reads(N, K + 1) - reads(N, K), 2 * b * n / ((d - 2) * (N + n - 1)), evaluate=False),
        sp.Gt(reads(N, K + 1), reads(N, K), evaluate=False),
        evaluate=False,
    ),
    rows(K, *SIGNS),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("it falls", sp.Lt(reads(N, K + 1), reads(N, K), evaluate=False)),
        Spoiled(
            "the step of one sign instead of two",
            sp.Eq(reads(N, K + 1) - reads(N, K), b * n / ((d - 2) * (N + n - 1)), evaluate=False),
        ),
    ],
)


@evidence_for(rise, Method.DERIVED)
@derived
def _rise() -> tuple[Derivation, ...]:
    step = 2 * b * n / ((d - 2) * (N + n - 1))
    return (
        Derivation(reads(N, K + 1) - reads(N, K)).equal(step, by=Algebra()),
        Derivation(reads(N, K + 1)).greater(reads(N, K), by=Sign()),
    )


def scale(gain):
    """What turns K - x into the excess of the row over its threshold, in units of L."""
    return 2 * b * n / ((d - 2) * (gain + n - 1))


def firing_binomials(event, row=d - 3):
    """The sum of the binomials of a row over the K = 0..d-3 at which an event takes place."""
    return sp.Sum(sp.binomial(row, K) * sp.Piecewise((1, event), (0, True)), (K, 0, d - 3))


EITHER, BOTH = (connective(fires(N), fires(N_other)) for connective in (sp.Or, sp.And))
NEEDS_FEWER = sp.Le(needed(N), needed(N_other), evaluate=False)
ordered_corner = declare(
    "separation.self.firing-corner-ordered",
    "for given y_1, y_d and y_k, the row that needs the fewest plus signs counts the vectors of the others that fire",
    sp.Eq(VectorsAbove(d - 3, needed(N)), firing_binomials(EITHER), evaluate=False),
    rows(*SIGNS, hypotheses=(NEEDS_FEWER,)),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[sign_vectors.vectors_above.id],
    spoiled=[
        Spoiled("the row may need more", domain=Domain(rows(*SIGNS).ranges, witness=UNLIKE)),
        Spoiled(
            "both rows must fire",
            sp.Eq(VectorsAbove(d - 3, needed(N)), firing_binomials(BOTH), evaluate=False),
            Domain(rows(*SIGNS).ranges, (NEEDS_FEWER,), witness=UNLIKE | {N: 10, N_other: 1}),
        ),
    ],
)


@evidence_for(ordered_corner, Method.DERIVED)
@derived
def _ordered_corner() -> Derivation:
    above = sp.Gt(K, needed(N), evaluate=False)
    same = [
        (fires(N), above, Sign(given={fires(N): 1 / scale(N)})),
        (above, fires(N), Sign(given={above: scale(N)})),
        (fires(N_other), above, Sign(given={fires(N_other): 1 / scale(N_other), NEEDS_FEWER: sp.S.One})),
    ]
    return (
        Derivation(VectorsAbove(d - 3, needed(N)))
        .equal(
            firing_binomials(above),
            by=Lemma(sign_vectors.vectors_above.id, {sign_vectors.k: d - 3, sign_vectors.x: needed(N)}),
        )
        .equal(firing_binomials(EITHER), by=TermwiseSum(by=Indicators(implied=same, by=Algebra())))
    )


least_needed = sp.Piecewise((needed(N), NEEDS_FEWER), (needed(N_other), True))
patterns_of_corner = VectorsAbove(d - 3, least_needed)
SMALL = Domain(rows(*SIGNS).ranges, witness=UNLIKE)
corner = declare(
    "separation.self.firing-corner",
    "for given y_1, y_d and y_k, the vectors of the other signs for which a row fires are counted by binomials",
    sp.Eq(patterns_of_corner, firing_binomials(EITHER), evaluate=False),
    rows(*SIGNS),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[ordered_corner.id],
    spoiled=[
        Spoiled(
            "the binomials of d-2",
            sp.Eq(patterns_of_corner, firing_binomials(EITHER, row=d - 2), evaluate=False),
            SMALL,
        ),
        Spoiled("both rows must fire", sp.Eq(patterns_of_corner, firing_binomials(BOTH), evaluate=False), SMALL),
    ],
)


@evidence_for(corner, Method.DERIVED)
@derived
def _corner() -> Derivation:
    same = {symbol: symbol for symbol in rows(*SIGNS).ranges}
    by_first = Lemma(ordered_corner.id, same)
    by_other = Lemma(ordered_corner.id, same | {N: N_other, N_other: N})
    first_needs_fewer = least_needed.args[0][1]  # as SymPy writes it
    return Derivation(patterns_of_corner).equal(
        firing_binomials(EITHER), by=Cases(first_needs_fewer, where=by_first, otherwise=by_other)
    )


OUTER = tuple((e, 0, 1) for e in (e_needle, e_last, e_first))
probability = firing_probability([(N, a), (N_other, a)], n, d, b, eta)
patterns = declare(
    "separation.self.firing-patterns-counted",
    "the sign patterns that fire, counted as vectors for each y_1, y_d and y_k, are 2^d times the firing probability",
    sp.Eq(sp.Sum(patterns_of_corner, *OUTER) / 2**d, probability, evaluate=False),
    rows(),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[corner.id],
    spoiled=[
        Spoiled(
            "the binomials of d-2 over 2^(d+1)",
            sp.Eq(
                sp.Sum(patterns_of_corner, *OUTER) / 2**d,
                sp.Sum(firing_binomials(EITHER, row=d - 2), *OUTER) / 2 ** (d + 1),
                evaluate=False,
            ),
            Domain(rows().ranges, witness={symbol: UNLIKE[symbol] for symbol in rows().ranges}),
        ),
    ],
)


@evidence_for(patterns, Method.DERIVED)
@derived
def _patterns() -> Derivation:
    by_corner = Lemma(corner.id, {symbol: symbol for symbol in rows(*SIGNS).ranges})
    return Derivation(sp.Sum(patterns_of_corner, *OUTER) / 2**d).equal(probability, by=TermwiseSum(by=by_corner))


K_min = sign_vectors.least
LEAST = (
    NEEDS_FEWER,
    sp.Le(K_min - 1, needed(N), evaluate=False),
    sp.Lt(needed(N), K_min, evaluate=False),
    sp.Le(K_min, d - 2, evaluate=False),
)
LEAST_COUNT = rows(*SIGNS, K_min, hypotheses=LEAST)
COUNTED = Domain(LEAST_COUNT.ranges, LEAST, witness={**UNLIKE, N: 10, N_other: 1, K_min: 0})
least_count = declare(
    "separation.self.firing-least-count",
    "for given y_1, y_d and y_k some row fires for the binomials of d-3 from K_min on, the least integer above x",
    sp.Eq(firing_binomials(EITHER), sign_vectors.binomials_from(K_min, d - 3), evaluate=False),
    LEAST_COUNT,
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[sign_vectors.vectors_from.id, ordered_corner.id],
    spoiled=[
        Spoiled(
            "the binomials of d-2",
            sp.Eq(firing_binomials(EITHER), sign_vectors.binomials_from(K_min, d - 2), evaluate=False),
            COUNTED,
        ),
        Spoiled(
            "silent from K_min on instead of firing",
            sp.Eq(firing_binomials(EITHER), sp.Sum(sp.binomial(d - 3, K), (K, 0, K_min - 1)), evaluate=False),
            COUNTED,
        ),
    ],
)


@evidence_for(least_count, Method.DERIVED)
@derived
def _least_count() -> Derivation:
    by_corner = Lemma(ordered_corner.id, {symbol: symbol for symbol in rows(*SIGNS).ranges})
    from_least = {sign_vectors.k: d - 3, sign_vectors.x: needed(N), K_min: K_min}
    return (
        Derivation(firing_binomials(EITHER))
        .equal(VectorsAbove(d - 3, needed(N)), by=by_corner)
        .equal(sign_vectors.binomials_from(K_min, d - 3), by=Lemma(sign_vectors.vectors_from.id, from_least))
    )
