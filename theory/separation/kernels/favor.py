"""Positive random features on the needle: how many features, as a power of n, it takes to put weight on the needle.

Hypotheses. FAVOR+ with r = n^(x^2/2) independent frequencies w_l ~ N(0, 1) and features exp(w k - k^2/2) of scalar
queries and keys in units of sqrt(log n): query q and needle k_n = 1 + a, all other keys 1. Put S(z) = sum_l
n^(z w_l/sqrt(log n)), so that the gain of the needle's row is N = S(z_n)/S(z_r) n^(-(k_n^2 - 1)/2) with z_n = 2 + 2a,
z_r = 2 + a, and let psi(x, z) = x^2/2 + z^2/2 for z <= x and z x beyond (Derrida's free energy).
Claims. (moment) For 0 <= t <= 1 the t-th moment of S(z) is at most n^(x^2/2 + t^2 z^2/2), so P[S(z) >= n^(psi + e)] <=
n^(-e min(1, x/z)): in logarithms to base n, S(z) exceeds psi(x, z) by e > 0 with a probability that tends to 0.
(window) The frequencies near u sqrt(log n), u <= x, number n^(x^2/2 - u^2/2) in the mean and contribute n^(z u) each;
the best u gives psi(x, z) again. (gain) The exponent of N, psi(x, z_n) - psi(x, z_r) - (k_n^2 - 1)/2, is 1 exactly at
x* = z_n - sqrt(2 (a^2 + a - 1)) for a <= sqrt 3 - 1 and x* = (1 + a + a^2/2)/a beyond, it exceeds 1 if and only if
x > x*, and x* >= 1 + sqrt 2 for every a: with fewer than n^((1 + sqrt 2)^2/2) features, 2.91.. in the exponent, more
than the n^2 entries of the exact matrix, positive features miss the needle at every height.
Source. Derived here; the features are those of arXiv 2009.14794, the free energy that of Derrida's random energy model.
Why. (a + b)^t <= a^t + b^t; the rest is squares. What is proved here is the upper half of the limit log_n S(z) -> psi
and the threshold that the limit gives. That S(z) reaches psi, by counting the window, is proved in `favor_reached`
with explicit constants; `favor_missed`, `favor_found` and `favor_threshold` join the halves on either side of x*.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import (
    Algebra,
    ApplyMonotone,
    Cases,
    Certificate,
    GaussianMoment,
    Monotone,
    Rearrange,
    Sign,
    expectation,
    normal,
)
from theory.separation.self_attention.construction import MEANINGS, SOURCE, a, n

x, z = sp.symbols("x z", positive=True)
t = sp.Symbol("t", nonnegative=True)
u, y = sp.symbols("u y", nonnegative=True)
eps = sp.Symbol("epsilon", positive=True)
HALF = sp.Rational(1, 2)

WORDS = {
    x: "r = n^(x^2/2) features",
    z: "query plus key, in units of sqrt(log n)",
    t: "the moment",
    u: "place of the window, in units of sqrt(log n)",
    eps: "excess over psi",
    a: MEANINGS[a],
}
POSITIVE = sp.Interval.open(0, sp.oo)


def free_energy(x, z):
    """psi(x, z): log_n of the sum of n^(z w/sqrt(log n)) over n^(x^2/2) standard normal w, in the limit."""
    return sp.Piecewise((x**2 / 2 + z**2 / 2, z <= x), (z * x, True))


def exponent_between(x, a):
    """log_n of the gain of the needle's row in the limit, for z_r <= x <= z_n; (k_n^2 - 1)/2 = a + a^2/2."""
    return (2 + 2 * a) * x - x**2 / 2 - (2 + a) ** 2 / 2 - (a + a**2 / 2)


def exponent_below(x, a):
    """The same for x <= z_r."""
    return (2 + 2 * a) * x - (2 + a) * x - (a + a**2 / 2)


def early_threshold(a):
    """x* for heights up to sqrt 3 - 1, where it is at least z_r."""
    return 2 + 2 * a - sp.sqrt(2 * (a**2 + a - 1))


def late_threshold(a):
    """x* for heights from sqrt 3 - 1 on, where it is at most z_r."""
    return (1 + a + a**2 / 2) / a


def moment_exponent(x, z, t):
    """log_n of the bound on the t-th moment: n^(x^2/2) terms of mean n^(t^2 z^2/2) each."""
    return x**2 / 2 + t**2 * z**2 / 2


# ------------------------------------------------------------------------------ the upper half of the free energy

best = sp.Piecewise((1, z <= x), (x / z, True))
exceeded = moment_exponent(x, z, best) - best * (free_energy(x, z) + eps)
moment = declare(
    "separation.favor.moment",
    "the sum over n^(x^2/2) features exceeds n^(psi + e) with probability at most n^(-e min(1, x/z))",
    sp.Eq(exceeded, -eps * best, evaluate=False),
    Domain({x: POSITIVE, z: POSITIVE, eps: POSITIVE}, (), {s: WORDS[s] for s in (x, z, eps)}),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("the first moment for every z", sp.Eq(exceeded, -eps, evaluate=False))],
)


@evidence_for(moment, Method.DERIVED)
@derived
def _moment() -> Derivation:
    """Markov's inequality for the moment t = min(1, x/z), which is at most 1, so that the moments of terms add up."""
    return Derivation(exceeded).equal(-eps * best, by=Cases(sp.Le(z, x), where=Algebra(), otherwise=Algebra()))


one, other = sp.symbols("s_1 s_2", positive=True)
subadditive = declare(
    "separation.favor.subadditive",
    "a power t <= 1 of a sum is at most the sum of the powers: two terms, and so any number",
    sp.Le((one + other) ** t, one**t + other**t, evaluate=False),
    Domain({one: POSITIVE, other: POSITIVE, t: sp.Interval(0, 1)}, (), {one: "a term", other: "the rest", t: WORDS[t]}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("the power 1 + t", sp.Le((one + other) ** (1 + t), one ** (1 + t) + other ** (1 + t), evaluate=False))
    ],
)


@evidence_for(subadditive, Method.DERIVED)
@derived
def _subadditive() -> Derivation:
    """(s_1 + s_2)^t = s_1 (s_1 + s_2)^(t-1) + s_2 (s_1 + s_2)^(t-1), and the power t - 1 <= 0 decreases."""
    total = one + other
    return (
        Derivation(total**t)
        .equal(one * total ** (t - 1) + other * total ** (t - 1), by=Algebra())
        .at_most(
            one * one ** (t - 1) + other * total ** (t - 1),
            by=Monotone(lambda y: one * y ** (t - 1) + other * total ** (t - 1), total, sp.Ge, one, by=Sign()),
        )
        .at_most(
            one * one ** (t - 1) + other * other ** (t - 1),
            by=Monotone(lambda y: one * one ** (t - 1) + other * y ** (t - 1), total, sp.Ge, other, by=Sign()),
        )
        .equal(one**t + other**t, by=Algebra())
    )


w = normal("w")
terms = n ** (x**2 / 2) * expectation(sp.exp(t * z * sp.sqrt(sp.log(n)) * w), {(w, w): 1})
term_moment = declare(
    "separation.favor.term-moment",
    "the t-th moments of n^(x^2/2) terms add up to n^(x^2/2 + t^2 z^2/2)",
    sp.Eq(terms, n ** moment_exponent(x, z, t), evaluate=False),
    Domain(
        {n: sp.Range(2, sp.oo), x: POSITIVE, z: POSITIVE, t: sp.Interval(0, 1)},
        (),
        {n: MEANINGS[n], x: WORDS[x], z: WORDS[z], t: WORDS[t]},
    ),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("t in place of t^2", sp.Eq(terms, n ** (x**2 / 2 + t * z**2 / 2), evaluate=False))],
)


@evidence_for(term_moment, Method.DERIVED)
@derived
def _term_moment() -> Derivation:
    return (
        Derivation(terms)
        .equal(n ** (x**2 / 2) * sp.exp(t**2 * z**2 * sp.log(n) / 2), by=GaussianMoment())
        .equal(n ** moment_exponent(x, z, t), by=Algebra())
    )


# ------------------------------------------------------------------------------ the lower half: windows of frequencies

WINDOW = Domain({x: POSITIVE, z: POSITIVE, u: sp.Interval(0, sp.oo)}, (sp.Le(u, x),), {s: WORDS[s] for s in (x, z, u)})
best_place = sp.Piecewise((z, z <= x), (x, True))
contribution = x**2 / 2 - u**2 / 2 + z * u
window = declare(
    "separation.favor.window",
    "no window of frequencies contributes more than psi, and the window at min(x, z) contributes it",
    sp.And(
        sp.Le(contribution, free_energy(x, z), evaluate=False),
        sp.Eq(contribution.subs(u, best_place), free_energy(x, z), evaluate=False),
        evaluate=False,
    ),
    WINDOW,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "windows beyond x, where no frequency is",
            domain=Domain({x: POSITIVE, z: POSITIVE, u: sp.Interval(0, sp.oo)}),
        )
    ],
)


@evidence_for(window, Method.DERIVED)
@derived
def _window() -> tuple[Derivation, Derivation]:
    """psi less the contribution is (z - u)^2/2 for z <= x, and (x - u)(z - (x + u)/2) beyond."""
    chosen = Cases(sp.Le(z, x), where=Algebra(), otherwise=Algebra())
    return (
        Derivation(contribution).at_most(
            free_energy(x, z), by=Cases(sp.Le(z, x), where=Certificate(), otherwise=Certificate())
        ),
        Derivation(contribution.subs(u, best_place)).equal(free_energy(x, z), by=chosen),
    )


# ------------------------------------------------------------------------------ the threshold

ABOVE_GOLDEN = sp.Gt(a * (1 + a), 1)
GOLDEN_MIDDLE = sp.sqrt(3) - 1
BETWEEN = Domain(
    {a: POSITIVE, y: sp.Interval(0, sp.oo)},
    (ABOVE_GOLDEN, sp.Le(y, a)),
    {a: WORDS[a], y: "z_n - x, by which the largest frequency stays below z_n"},
)
exceeds = sp.Gt(exponent_between(2 + 2 * a - y, a), 1, evaluate=False)
threshold_between = declare(
    "separation.favor.threshold-between",
    "for z_r <= x <= z_n the exponent of the gain exceeds 1 if and only if x > 2 + 2a - sqrt(2 (a^2 + a - 1))",
    sp.Equivalent(exceeds, sp.Lt(y, sp.sqrt(2 * (a**2 + a - 1)), evaluate=False), evaluate=False),
    BETWEEN,
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.favor.moment", "separation.favor.window"],
    spoiled=[
        Spoiled(
            "the factor 2 dropped",
            sp.Equivalent(exceeds, sp.Lt(y, sp.sqrt(a**2 + a - 1), evaluate=False), evaluate=False),
        )
    ],
)


@evidence_for(threshold_between, Method.DERIVED)
@derived
def _threshold_between() -> Equivalences:
    return (
        Equivalences(exceeds)
        .iff(sp.Lt(y**2, 2 * (a**2 + a - 1), evaluate=False), by=Rearrange(2))
        .iff(
            sp.Lt(y, sp.sqrt(2 * (a**2 + a - 1)), evaluate=False),
            by=ApplyMonotone(sp.sqrt, sp.Interval(0, sp.oo)),
        )
    )


late = late_threshold(a)
exceeds_below = sp.Gt(exponent_below(x, a), 1, evaluate=False)
threshold_below = declare(
    "separation.favor.threshold-below",
    "for x <= z_r the exponent of the gain exceeds 1 if and only if x > (1 + a + a^2/2)/a",
    sp.Equivalent(exceeds_below, sp.Gt(x, late, evaluate=False), evaluate=False),
    Domain({a: POSITIVE, x: POSITIVE}, (sp.Le(x, 2 + a),), {a: WORDS[a], x: WORDS[x]}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.favor.moment", "separation.favor.window"],
    spoiled=[Spoiled("x* doubled", sp.Equivalent(exceeds_below, sp.Gt(x, 2 * late, evaluate=False), evaluate=False))],
)


@evidence_for(threshold_below, Method.DERIVED)
@derived
def _threshold_below() -> Equivalences:
    return Equivalences(exceeds_below).iff(sp.Gt(x, late, evaluate=False), by=Rearrange(1 / a))


floor = declare(
    "separation.favor.more-than-quadratic",
    "(1 + a + a^2/2)/a >= 1 + sqrt 2 at every height: at least n^2.91 features, more than n^2",
    sp.Ge(late, 1 + sp.sqrt(2), evaluate=False),
    Domain({a: POSITIVE}, (), {a: WORDS[a]}),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.favor.threshold-below"],
    spoiled=[Spoiled("bound times 1.01", sp.Ge(late, (1 + sp.sqrt(2)) * sp.Rational(101, 100)))],
)


@evidence_for(floor, Method.DERIVED)
@derived
def _floor() -> Derivation:
    """Equality at a = sqrt 2."""
    return (
        Derivation(late)
        .equal(1 + sp.sqrt(2) + (a - sp.sqrt(2)) ** 2 / (2 * a), by=Algebra())
        .at_least(1 + sp.sqrt(2), by=Sign())
    )


early_floor = declare(
    "separation.favor.early-threshold",
    "x* >= z_r = 2 + a for a <= sqrt 3 - 1, which is more than 1 + sqrt 2 above the golden ratio",
    sp.Le(2 * (a**2 + a - 1), a**2, evaluate=False),
    Domain({a: POSITIVE}, (ABOVE_GOLDEN, sp.Le(a, GOLDEN_MIDDLE)), {a: WORDS[a]}),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.favor.threshold-between"],
    spoiled=[Spoiled("the height unbounded", domain=Domain({a: POSITIVE}, (ABOVE_GOLDEN,), {a: WORDS[a]}))],
)


@evidence_for(early_floor, Method.DERIVED)
@derived
def _early_floor() -> Derivation:
    """a^2 - 2 (a^2 + a - 1) = (sqrt 3 - 1 - a)(sqrt 3 + 1 + a)."""
    return Derivation(2 * (a**2 + a - 1)).at_most(a**2, by=Sign(given={sp.Le(a, GOLDEN_MIDDLE): sp.sqrt(3) + 1 + a}))
