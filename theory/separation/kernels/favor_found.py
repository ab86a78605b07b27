"""Positive random features find the needle above the threshold, at finite length, with explicit constants.

Hypotheses. As in `favor_missed`: n^(x^2/2) <= M <= 2 n^(x^2/2) frequencies, z_n = 2 + 2a, z_r = 2 + a; e > 0; a window
of width delta below v, D = delta sqrt(log n/(2 pi)).
Claims. (either) S(z_n)/S(z_r) <= Q/R only where S(z_n) <= Q or S(z_r) >= R. (found) So the gain of the needle's row is
above (D/2) n^(E - e), E = x^2/2 - v^2/2 + z_n (v - delta) - psi(x, z_r) - (k_n^2 - 1)/2, but for a probability of at
most 2 n^(-e t) + exp(-(1 - log 2) (D/2) n^((x^2 - v^2)/2)), where t = 1 for x >= z_r (early) and x/z_r below (late).
(limit) With v = x - s, x <= z_n, E is the exponent of `favor`, which is above 1 if x > x*, less s (z_n - x) + s^2/2 +
z_n delta.
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
from theory.reasons import Algebra, Cases, GaussianMoment, Lemma, Monotone, Sign, expectation
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
from theory.separation.self_attention.construction import SOURCE, a, n

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
    "found-early", "for x >= z_r the gain is above (D/2) n^(E - e) but for 2 n^(-e) and what the window misses",
    mean_exceeds(n, x, REST, eps, M), 2 * n ** (-eps), first_moment, (sp.Ge(x, REST),), 3,
)  # fmt: skip
found_late = _found(
    "found-late", "for x <= z_r the gain is above (D/2) n^(E - e) but for 2 n^(-e x/z_r) and what the window misses",
    exceeds(n, x, REST, eps, M), 2 * n ** (-eps * x / REST), markov, (sp.Le(x, REST),), 1,
)  # fmt: skip

ABOVE = reached.subs(z, NEEDLE) - NORMS - eps  # E - e, but for psi(x, z_r)
early_exponent, late_exponent = ABOVE - x**2 / 2 - REST**2 / 2, ABOVE - x * REST
reach = width(n, delta) / 2 * n ** reached.subs(z, NEEDLE)  # what S(z_n) exceeds


def levels(norms):
    """The level of S(z_n) over those of S(z_r), times n^(-norms), is (D/2) n^(E - e) for x >= z_r and for x <= z_r."""
    rests = (n ** (x**2 / 2 + REST**2 / 2 + eps), early_exponent), (n ** (x * REST + eps), late_exponent)
    return sp.And(
        *(sp.Eq(reach / rest * n ** (-norms), width(n, delta) / 2 * n**own, evaluate=False) for rest, own in rests),
        evaluate=False,
    )


level = declare(
    "separation.favor.found-level",
    "the levels of the two sums and the norms of the keys, n^(-(k_n^2 - 1)/2), give the gain (D/2) n^(E - e)",
    levels(NORMS),
    Domain(found_late.domain.ranges, (), found_late.domain.meanings),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("the norms forgotten", levels(sp.S.Zero))],
)


@evidence_for(level, Method.DERIVED)
@derived
def _level() -> tuple[Derivation, ...]:
    return tuple(Derivation(part.lhs).equal(part.rhs, by=Algebra()) for part in levels(NORMS).args)


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
