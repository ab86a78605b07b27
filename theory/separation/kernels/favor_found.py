"""Positive random features find the needle above the threshold, at finite length, with explicit constants.

Hypotheses. As in `favor_missed`: n^(x^2/2) <= M <= 2 n^(x^2/2) frequencies, z_n = 2 + 2a, z_r = 2 + a; e > 0; a window of
width delta below v, D = delta sqrt(log n/(2 pi)).
Claims. (either) S(z_n)/S(z_r) <= Q/R only where S(z_n) <= Q or S(z_r) >= R. (found) So the gain of the needle's row is
above (D/2) n^(E - e), E = x^2/2 - v^2/2 + z_n (v - delta) - psi(x, z_r) - (k_n^2 - 1)/2, but for a probability of at most
2 n^(-e t) + exp(-(1 - log 2) (D/2) n^((x^2 - v^2)/2)), where t = 1 for x >= z_r (early) and x/z_r below (late). (limit)
With v = x - s, x <= z_n, E is the exponent of `favor`, which is above 1 if x > x*, less s (z_n - x) + s^2/2 + z_n delta.
(instance) At a = 1 with n^(9/2) features and n >= 10^20: gain above n^(11/10), weight above 99/100, with probability at
least 9/10.
Source. Derived here.
Why. The two halves again, in exchanged roles: `favor_reached`'s window for the numerator, a moment for the denominator.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import binomial_half
from theory.lemmas.binomial_half import M
from theory.reasons import Algebra, Cases, GaussianMoment, Lemma, Monotone, Sign, expectation, substitute
from theory.rigor.checks import certified
from theory.separation.kernels import favor_reached
from theory.separation.kernels.favor import POSITIVE, eps, exponent_below, exponent_between, t, x, z
from theory.separation.kernels.favor_missed import (
    COUNTED,
    MISSED_WORDS,
    NEEDLE,
    NORMS,
    NOT_TOO_MANY,
    REST,
    Q,
    R,
    S_n,
    S_r,
    either,
    exceeds,
    markov,
    w,
)
from theory.separation.kernels.favor_reached import MANY, delta, half_count, in_window, reached, s, too_few, v, width
from theory.separation.self_attention.construction import SOURCE, a, n, needle_weight

small_ratio = sp.Le(S_n / S_r, Q / R, evaluate=False)
small_needle = sp.Le(S_n, Q, evaluate=False)
too_low = sp.Piecewise((1, small_ratio), (0, True))
exceptions = sp.Piecewise((1, small_needle), (0, True)) + (S_r / R) ** t
found_either = declare(
    "separation.favor.found-either",
    "the ratio of the sums is at most Q/R with probability at most P[S(z_n) <= Q] + E (S(z_r)/R)^t: between indicators",
    sp.Le(too_low, exceptions, evaluate=False),
    either.domain,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("the numerator forgotten", sp.Le(too_low, (S_r / R) ** t, evaluate=False))],
)


@evidence_for(found_either, Method.DERIVED)
@derived
def _found_either() -> Derivation:
    denominator = Sign(given={small_ratio: S_r / Q, sp.Gt(S_n, Q): 1 / Q})
    by_power = Monotone(lambda y: y**t, 1, sp.Le, S_r / R, by=denominator)
    return Derivation(too_low).at_most(
        exceptions, by=Cases(small_ratio, Cases(small_needle, Sign(), by_power), Cases(small_needle, Sign(), Sign()))
    )


def mean_exceeds(n, x, z, eps, M):
    """E S(z)/n^(x^2/2 + z^2/2 + eps): at least P[S(z) >= n^(psi + eps)] for z <= x."""
    moment = expectation(sp.exp(z * sp.sqrt(sp.log(n)) * w), {(w, w): 1})
    return M * moment / n ** (x**2 / 2 + z**2 / 2 + eps)


first_moment = declare(
    "separation.favor.first-moment",
    "the sum of at most 2 n^(x^2/2) features exceeds n^(x^2/2 + z^2/2 + e) with probability at most 2 n^(-e)",
    sp.Le(mean_exceeds(n, x, z, eps, M), 2 * n ** (-eps), evaluate=False),
    Domain(markov.domain.ranges, (NOT_TOO_MANY,), markov.domain.meanings, markov.domain.witness),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("e doubled", sp.Le(mean_exceeds(n, x, z, eps, M), 2 * n ** (-2 * eps), evaluate=False))],
)


@evidence_for(first_moment, Method.DERIVED)
@derived
def _first_moment() -> Derivation:
    level = n ** (x**2 / 2 + z**2 / 2 + eps)
    return (
        Derivation(mean_exceeds(n, x, z, eps, M))
        .equal(M * n ** (z**2 / 2) / level, by=GaussianMoment())
        .at_most(2 * n ** (x**2 / 2) * n ** (z**2 / 2) / level, by=Sign(given={NOT_TOO_MANY: n ** (z**2 / 2) / level}))
        .equal(2 * n ** (-eps), by=Algebra())
    )


half = half_count(n, x, v, delta)
few = binomial_half.at_most(half, M, in_window(v, delta))


def _found(name: str, title: str, denominator, rare, by: Claim, side: tuple, place) -> Claim:
    """Declare the sum of the two exceptions; `by` bounds that of the denominator by `rare`, for x as in `side`."""
    witness = {n: 2, x: place, M: 2 ** (place**2 // 2 + 1), a: 1, v: 1, eps: 1, delta: sp.Rational(1, 4)}
    bound = rare + too_few(half)
    claim = declare(
        f"separation.favor.{name}",
        title,
        sp.Le(denominator + few, bound, evaluate=False),
        Domain(
            COUNTED | {a: POSITIVE, v: POSITIVE, eps: POSITIVE, delta: POSITIVE},
            (*side, sp.Le(delta, v), MANY, NOT_TOO_MANY),
            {key: MISSED_WORDS[key] for key in (n, x, M, a, v, eps, delta)},
            witness,
        ),
        Kind.UPPER,
        derived_here(SOURCE),
        {Method.DERIVED},
        module=__name__,
        rests_on=[found_either.id, by.id, favor_reached.term.id, favor_reached.count.id],
        spoiled=[
            Spoiled(
                "bound times 1/10",
                sp.Le(denominator + few, bound / 10, evaluate=False),
                Domain({key: sp.FiniteSet(value) for key, value in witness.items()}),
            )
        ],
    )
    by_moment = Lemma(by.id, {n: n, x: x, M: M, z: REST, eps: eps})
    by_count = Lemma(favor_reached.count.id, {n: n, x: x, M: M, v: v, delta: delta})

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _sum() -> Derivation:
        return (
            Derivation(denominator + few)
            .at_most(rare + few, by=Monotone(lambda y: y + few, denominator, sp.Le, rare, by=by_moment))
            .at_most(bound, by=Monotone(lambda y: rare + y, few, sp.Le, too_few(half), by=by_count))
        )

    return claim


found_early = _found(
    "found-early", "for x >= z_r the gain is above (D/2) n^(E - e) but for 2 n^(-e) + exp(-(1 - log 2) (D/2) n^((x^2 - v^2)/2))",
    mean_exceeds(n, x, REST, eps, M), 2 * n ** (-eps), first_moment, (sp.Ge(x, REST),), 3,
)  # fmt: skip
found_late = _found(
    "found-late", "for x <= z_r the gain is above (D/2) n^(E - e) but for 2 n^(-e x/z_r) + exp(-(1 - log 2) (D/2) n^((x^2 - v^2)/2))",
    exceeds(n, x, REST, eps, M), 2 * n ** (-eps * x / REST), markov, (sp.Le(x, REST),), 1,
)  # fmt: skip

ABOVE = reached.subs(z, NEEDLE) - NORMS - eps  # E - e, but for psi(x, z_r)
early_exponent, late_exponent = ABOVE - x**2 / 2 - REST**2 / 2, ABOVE - x * REST
lost = eps + s * (NEEDLE - x) + s**2 / 2 + NEEDLE * delta


def limits(lost):
    """Both exponents, with the window s below x, are those of the limit less `lost`."""
    return sp.And(
        sp.Eq(early_exponent.subs(v, x - s), exponent_between(x, a) - lost, evaluate=False),
        sp.Eq(late_exponent.subs(v, x - s), exponent_below(x, a) - lost, evaluate=False),
        evaluate=False,
    )


limit = declare(
    "separation.favor.found-limit",
    "with the window s below x, E - e falls short of the limiting exponent by e + s (z_n - x) + s^2/2 + z_n delta",
    limits(lost),
    Domain(
        {a: POSITIVE, x: POSITIVE, eps: POSITIVE, s: POSITIVE, delta: POSITIVE}, (sp.Le(x, NEEDLE),),
        {key: MISSED_WORDS[key] for key in (a, x, eps, s, delta)},
    ),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("s^2/2 dropped", limits(lost - s**2 / 2))],
)  # fmt: skip


@evidence_for(limit, Method.DERIVED)
@derived
def _limit() -> tuple[Derivation, ...]:
    return tuple(Derivation(part.lhs).equal(part.rhs, by=Algebra()) for part in limits(lost).args)


CHOICE = {
    a: sp.S.One, x: sp.Integer(3), eps: sp.Rational(2, 25), v: 3 - sp.Rational(3, 50), delta: sp.Rational(1, 27)
}  # fmt: skip
WEIGHT = sp.Rational(11, 10)
gain = substitute(width(n, delta) / 2 * n**late_exponent, CHOICE)
exception = substitute(exceeds(n, x, REST, eps, M) + few, CHOICE)
seldom = substitute(2 * n ** (-eps * x / REST) + too_few(half), CHOICE)
LONG = {n: sp.Range(10**20, sp.oo)}
gain_of_instance = declare(
    "separation.favor.found-instance-gain",
    "at a = 1, x = 3 and n >= 10^20 the bound on the gain is at least n^(11/10), which is a weight of 99/100 at least",
    sp.And(
        sp.Ge(gain / n**WEIGHT, 1, evaluate=False),
        sp.Ge(needle_weight(n**WEIGHT, n), sp.Rational(99, 100), evaluate=False),
        evaluate=False,
    ),
    Domain(LONG),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    spoiled=[Spoiled("n^(6/5)", sp.Ge(gain / n ** sp.Rational(6, 5), 1, evaluate=False))],
)
evidence_for(gain_of_instance, Method.CERTIFIED)(certified())

tenth = declare(
    "separation.favor.found-instance-bound",
    "at a = 1, x = 3 and n >= 10^20 the bound on the probability of the exceptions is at most 1/10",
    sp.Le(seldom, sp.Rational(1, 10), evaluate=False),
    Domain(LONG),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    spoiled=[Spoiled("1/25 in place of 1/10", sp.Le(seldom, sp.Rational(1, 25), evaluate=False))],
)
evidence_for(tenth, Method.CERTIFIED)(certified())

FEATURES = n ** sp.Rational(9, 2)
instance = declare(
    "separation.favor.found-instance",
    "at a = 1 and n >= 10^20 positive features, n^(9/2) in number, find the needle, 9 times out of 10",
    sp.Le(exception, sp.Rational(1, 10), evaluate=False),
    Domain(
        LONG | {M: sp.Range(1, sp.oo)},
        (sp.Ge(M, FEATURES, evaluate=False), sp.Le(M, 2 * FEATURES, evaluate=False)),
        {key: MISSED_WORDS[key] for key in (n, M)},
        {n: 10**20, M: 10**90},
    ),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[found_late.id, tenth.id, gain_of_instance.id],
    spoiled=[Spoiled("two tokens", domain=Domain({n: sp.FiniteSet(2), M: sp.FiniteSet(23)}))],
)


@evidence_for(instance, Method.DERIVED)
@derived
def _instance() -> Derivation:
    return (
        Derivation(exception)
        .at_most(seldom, by=Lemma(found_late.id, {n: n, M: M} | CHOICE))
        .at_most(sp.Rational(1, 10), by=Lemma(tenth.id, {n: n}))
    )
