"""Positive random features miss the needle, at finite length: the gain and the probability, with explicit constants.

Hypotheses. As in `favor` and `favor_reached`: n^(x^2/2) <= M <= 2 n^(x^2/2) frequencies, so that M may be that power
rounded up, x <= z_n = 2 + 2a, z_r = 2 + a; e > 0; a window of width delta below v, D = delta sqrt(log n/(2 pi)).
Claims. (either) S(z_n)/S(z_r) >= Q/R only where S(z_n) >= Q or S(z_r) <= R. (markov) P[S(z) >= n^(psi(x, z) + e)] <=
2 n^(-e x/z) for z >= x. (missed, level) So the gain of the needle's row is below (2/D) n^E, E = x z_n + e - (x^2/2 -
v^2/2 + z_r (v - delta)) - (k_n^2 - 1)/2, but for a probability of at most 2 n^(-e x/z_n) + exp(-(1 - log 2) (D/2)
n^((x^2 - v^2)/2)). (limit) With v = min(x, z_r) - s, E exceeds the exponent of `favor`, which is below 1 if x < x*, by
e + s (z_r - x)_+ + s^2/2 + z_r delta, as small as one likes; the probability tends to 0 for any e, s, delta > 0.
Source. Derived here.
Why. The union of the two exceptions: `favor`'s moment for the numerator, `favor_reached`'s window for the denominator.
In words only: that the mean of an indicator is a probability, that W is binomial, and sums of terms as in `favor`. What
it gives at every height is in `favor_everywhere`, in numbers in `favor_instances`.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import binomial_half
from theory.lemmas.binomial_half import M
from theory.reasons import Algebra, Cases, GaussianMoment, Lemma, Monotone, Sign, expectation, normal
from theory.separation.kernels import favor_reached
from theory.separation.kernels.favor import POSITIVE, WORDS, eps, exponent_below, exponent_between, t, x, z
from theory.separation.kernels.favor_reached import (
    MANY,
    WINDOW_WORDS,
    delta,
    half_count,
    in_window,
    reached,
    s,
    too_few,
    v,
    width,
)
from theory.separation.self_attention.construction import RANGES, SOURCE, a, n

Q, R, S_n, S_r = sp.symbols("Q R S_n S_r", positive=True)
NEEDLE, REST, NORMS = 2 + 2 * a, 2 + a, a + a**2 / 2  # z_n, z_r and (k_n^2 - 1)/2
NOT_TOO_MANY = sp.Le(M, 2 * n ** (x**2 / 2), evaluate=False)
MISSED_WORDS = WORDS | WINDOW_WORDS | {x: "n^(x^2/2) features, rounded up"}

# ------------------------------------------------------------------------------ the two exceptions

high = sp.Ge(S_n / S_r, Q / R, evaluate=False)
low = sp.Le(S_r, R, evaluate=False)
too_high = sp.Piecewise((1, high), (0, True))
exceptions = (S_n / Q) ** t + sp.Piecewise((1, low), (0, True))
either = declare(
    "separation.favor.either",
    "the ratio of the sums reaches Q/R with probability at most E (S(z_n)/Q)^t + P[S(z_r) <= R]: between indicators",
    sp.Le(too_high, exceptions, evaluate=False),
    Domain(
        {S_n: POSITIVE, S_r: POSITIVE, Q: POSITIVE, R: POSITIVE, t: sp.Interval(0, 1)},
        (),
        {S_n: "S(z_n)", S_r: "S(z_r)", Q: "a level for S(z_n)", R: "a level for S(z_r)", t: WORDS[t]},
    ),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("the denominator forgotten", sp.Le(too_high, (S_n / Q) ** t, evaluate=False))],
)


@evidence_for(either, Method.DERIVED)
@derived
def _either() -> Derivation:
    numerator = Sign(given={high: S_r / Q, sp.Gt(S_r, R): 1 / R})
    by_power = Monotone(lambda y: y**t, 1, sp.Le, S_n / Q, by=numerator)
    return Derivation(too_high).at_most(
        exceptions, by=Cases(high, Cases(low, Sign(), by_power), Cases(low, Sign(), Sign()))
    )


w = normal("w")


def exceeds(n, x, z, eps, M):
    """M E f^t/n^(t (x z + eps)) for a term f and t = x/z: at least E S^t/n^(t ..), and so P[S(z) >= n^(x z + eps)]."""
    moment = expectation(sp.exp(x * sp.sqrt(sp.log(n)) * w), {(w, w): 1})
    return M * moment / n ** (x / z * (x * z + eps))


COUNTED = {n: RANGES[n], x: POSITIVE, M: sp.Range(1, sp.oo)}
markov = declare(
    "separation.favor.markov",
    "for z >= x the sum of at most 2 n^(x^2/2) features exceeds n^(x z + e) with probability at most 2 n^(-e x/z)",
    sp.Le(exceeds(n, x, z, eps, M), 2 * n ** (-eps * x / z), evaluate=False),
    Domain(
        COUNTED | {z: POSITIVE, eps: POSITIVE},
        (sp.Le(x, z), NOT_TOO_MANY),
        {key: MISSED_WORDS[key] for key in (n, x, M, z, eps)},
        {n: 2, x: 1, M: 2, z: 1, eps: 1},
    ),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.favor.subadditive"],
    spoiled=[Spoiled("e x/z doubled", sp.Le(exceeds(n, x, z, eps, M), 2 * n ** (-2 * eps * x / z), evaluate=False))],
)


@evidence_for(markov, Method.DERIVED)
@derived
def _markov() -> Derivation:
    level = n ** (x / z * (x * z + eps))
    return (
        Derivation(exceeds(n, x, z, eps, M))
        .equal(M * n ** (x**2 / 2) / level, by=GaussianMoment())
        .at_most(2 * n ** (x**2 / 2) * n ** (x**2 / 2) / level, by=Sign(given={NOT_TOO_MANY: n ** (x**2 / 2) / level}))
        .equal(2 * n ** (-eps * x / z), by=Algebra())
    )


# ------------------------------------------------------------------------------ the gain

half = half_count(n, x, v, delta)
exception = exceeds(n, x, NEEDLE, eps, M) + binomial_half.at_most(half, M, in_window(v, delta))
allowed = 2 * n ** (-eps * x / NEEDLE) + too_few(half)
MISSED = Domain(
    COUNTED | {a: POSITIVE, v: POSITIVE, eps: POSITIVE, delta: POSITIVE},
    (sp.Le(x, NEEDLE), sp.Le(delta, v), MANY, NOT_TOO_MANY),
    {key: MISSED_WORDS[key] for key in (n, x, M, a, v, eps, delta)},
    {n: 2, x: 1, M: 2, a: 1, v: 1, eps: 1, delta: sp.Rational(1, 4)},
)
missed = declare(
    "separation.favor.missed",
    "the gain is below (2/D) n^E but for a probability of 2 n^(-e x/z_n) + exp(-(1 - log 2) (D/2) n^((x^2 - v^2)/2))",
    sp.Le(exception, allowed, evaluate=False),
    MISSED,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[either.id, markov.id, favor_reached.term.id, favor_reached.count.id],
    spoiled=[
        Spoiled(
            "bound times 1/10",
            sp.Le(exception, allowed / 10, evaluate=False),
            Domain({key: sp.FiniteSet(value) for key, value in MISSED.witness.items()}),
        )
    ],
)


@evidence_for(missed, Method.DERIVED)
@derived
def _missed() -> Derivation:
    numerator, few = exception.args if isinstance(exception.args[1], sp.Sum) else exception.args[::-1]
    rare = 2 * n ** (-eps * x / NEEDLE)
    by_markov = Lemma(markov.id, {n: n, x: x, M: M, z: NEEDLE, eps: eps})
    by_count = Lemma(favor_reached.count.id, {n: n, x: x, M: M, v: v, delta: delta})
    return (
        Derivation(exception)
        .at_most(rare + few, by=Monotone(lambda y: y + few, numerator, sp.Le, rare, by=by_markov))
        .at_most(allowed, by=Monotone(lambda y: rare + y, few, sp.Le, too_few(half), by=by_count))
    )


gain_exponent = x * NEEDLE + eps - reached.subs(z, REST) - NORMS  # E: log_n of the gain, but for the factor 2/D
sums = n ** (x * NEEDLE + eps) / (width(n, delta) / 2 * n ** reached.subs(z, REST))
gain_bound = 2 / width(n, delta) * n**gain_exponent
level = declare(
    "separation.favor.missed-level",
    "the levels of the two sums and the norms of the keys, n^(-(k_n^2 - 1)/2), give the gain (2/D) n^E",
    sp.Eq(sums * n ** (-NORMS), gain_bound, evaluate=False),
    MISSED,
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("the norms forgotten", sp.Eq(sums, gain_bound, evaluate=False))],
)


@evidence_for(level, Method.DERIVED)
@derived
def _level() -> Derivation:
    return Derivation(sums * n ** (-NORMS)).equal(gain_bound, by=Algebra())


below_rest, between = gain_exponent.subs(v, x - s), gain_exponent.subs(v, REST - s)
lost_below, lost_between = eps + s * (REST - x) + s**2 / 2 + REST * delta, eps + s**2 / 2 + REST * delta
limit = declare(
    "separation.favor.missed-limit",
    "with the window s below min(x, z_r), E exceeds the limiting exponent by e + s (z_r - x)_+ + s^2/2 + z_r delta",
    sp.And(
        sp.Eq(below_rest, exponent_below(x, a) + lost_below, evaluate=False),
        sp.Eq(between, exponent_between(x, a) + lost_between, evaluate=False),
        evaluate=False,
    ),
    Domain(
        {a: POSITIVE, x: POSITIVE, eps: POSITIVE, s: POSITIVE, delta: POSITIVE}, (sp.Le(x, NEEDLE),),
        {key: MISSED_WORDS[key] for key in (a, x, eps, s, delta)},
    ),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "s^2/2 dropped",
            sp.And(
                sp.Eq(below_rest, exponent_below(x, a) + lost_below - s**2 / 2, evaluate=False),
                sp.Eq(between, exponent_between(x, a) + lost_between - s**2 / 2, evaluate=False),
                evaluate=False,
            ),
        )
    ],
)  # fmt: skip


@evidence_for(limit, Method.DERIVED)
@derived
def _limit() -> tuple[Derivation, Derivation]:
    return (
        Derivation(below_rest).equal(exponent_below(x, a) + lost_below, by=Algebra()),
        Derivation(between).equal(exponent_between(x, a) + lost_between, by=Algebra()),
    )
