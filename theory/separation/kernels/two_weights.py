"""What a neuron reads from a row with two weights, whether or not they add up to one.

Hypotheses. The needle construction; a row that puts the weight w on the needle and u on each other token; signs y, S
the sum of the d - 2 middle ones; heights in units of sqrt(log n), b + c = 1.
Claims. (reading) <c_i, y> = a w y_1 + b ((w - u) y_k + n u S/(d-2)) + c (w + (n-1) u) y_d. (reading-of-gain) For the
weights of a gain N this is the activation of `construction`. (all-plus) With all signs + it is a w plus the sum of the
row. (plus-fires) In a row that sums to one, the pattern y_1 = y_d = y_k = + fires at tau = 1 + xi if and only if
a w - xi > b n u (1 - S/(d-2)). (enough, needed) At a = 7/10, b = 1/2, xi = 1/10 a gain of at least 2 n makes this
pattern fire whatever the other signs are, so that p_1 >= 1/8; and every sign pattern is silent if and only if 6 N <=
n - 1. (loud) Where a neuron fires on D0 with probability q or more, m neurons tell D1 from D0 with probability at most
(1-q)^m.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. t = n/(d-2) tokens share an identity column. So a map separates for all long sequences if its gain grows faster
than n, and does not if it stays below n/6.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Monotone, Rearrange, Sign
from theory.separation.kernels.one_feature import HEIGHT, TENTH, slack
from theory.separation.self_attention.construction import (
    MEANINGS,
    RANGES,
    SOURCE,
    N,
    S,
    a,
    activation,
    b,
    d,
    m,
    n,
    needle_weight,
    other_weight,
    xi,
    y_first,
    y_last,
    y_needle,
)
from theory.separation.self_attention.firing_law import joint_success

w, u = sp.symbols("w u", real=True)
q, p_bad, p_good = sp.symbols("q p_b p_g", nonnegative=True)
REALS, UNIT = sp.Interval(-sp.oo, sp.oo), sp.Interval(0, 1)
WORDS = {
    **MEANINGS, w: "weight of the needle", u: "weight of each other token", q: "lower bound on p_b",
    p_bad: "P[a neuron fires on D0]", p_good: "P[it fires on D1 only]",
}  # fmt: skip
SIGNS = {symbol: RANGES[symbol] for symbol in (y_first, y_last, y_needle, S)}
SIZES = {symbol: RANGES[symbol] for symbol in (n, d, a, b)}
BOUNDED_SIGNS = (sp.Le(S, d - 2), sp.Ge(S, 2 - d))


def on(ranges: dict, *hypotheses) -> Domain:
    """A domain in the words of this room."""
    return Domain(ranges, hypotheses, {symbol: WORDS[symbol] for symbol in ranges if symbol in WORDS})


def reading(w, u, n, d, a, b, y_first, y_last, y_needle, S):
    """<c_i, y> / sqrt(log n) for a row with the weight w on the needle and u on each other token."""
    middle = (w - u) * y_needle + n * u * S / (d - 2)
    return a * w * y_first + b * middle + (1 - b) * (w + (n - 1) * u) * y_last


def _identity(name: str, title: str, left, right, wrong, why: str, of: Domain, *rests_on: str) -> Claim:
    claim = declare(
        f"separation.kernels.{name}",
        title,
        sp.Eq(left, right, evaluate=False),
        of,
        Kind.IDENTITY,
        derived_here(SOURCE),
        {Method.DERIVED},
        module=__name__,
        rests_on=rests_on,
        spoiled=[Spoiled(why, sp.Eq(left, wrong, evaluate=False))],
    )
    evidence_for(claim, Method.DERIVED)(derived(lambda: Derivation(left).equal(right, by=Algebra())))
    return claim


tokens = n / (d - 2)
signs = (y_first, y_last, y_needle, S)
columns = b * ((w + (tokens - 1) * u) * y_needle + tokens * u * (S - y_needle))
from_columns = a * w * y_first + columns + (1 - b) * (w + (n - 1) * u) * y_last
row_reading = _identity(
    "two-weights-reading", "a neuron reads a w y_1 + b ((w - u) y_k + n u S/(d-2)) + c (w + (n-1) u) y_d",
    from_columns, reading(w, u, n, d, a, b, *signs), reading(w, u, n + 1, d, a, b, *signs), "n replaced by n + 1",
    on({w: REALS, u: REALS, **SIZES, **SIGNS}),
)  # fmt: skip
of_gain = _identity(
    "two-weights-of-gain", "a row of gain N is read as the construction says",
    reading(needle_weight(N, n), other_weight(N, n), n, d, a, b, *signs), activation(N, n, d, a, b, *signs),
    activation(N + 1, n, d, a, b, *signs), "N + 1", on({N: RANGES[N], **SIZES, **SIGNS}), row_reading.id,
)  # fmt: skip
all_plus = _identity(
    "two-weights-all-plus", "where all signs are plus a neuron reads a w plus the sum of the row",
    reading(w, u, n, d, a, b, 1, 1, 1, d - 2), a * w + (w + (n - 1) * u), a * w + 1, "as if every row summed to one",
    on({w: REALS, u: REALS, **SIZES}), row_reading.id,
)  # fmt: skip

normalised = 1 - (n - 1) * u
PLUS = sp.Gt(reading(normalised, u, n, d, a, b, 1, 1, 1, S), 1 + xi, evaluate=False)


def _condition(last) -> sp.Basic:
    return sp.Gt(a * normalised - xi, b * n * u * (1 - S / last), evaluate=False)


plus_fires = declare(
    "separation.kernels.two-weights-fire",
    "in a row that sums to one y_1 = y_d = y_k = + fires if and only if a w - xi > b n u (1 - S/(d-2))",
    sp.Equivalent(PLUS, _condition(d - 2), evaluate=False),
    on({u: REALS, **SIZES, xi: RANGES[xi], S: RANGES[S]}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[row_reading.id],
    spoiled=[Spoiled("d - 2 replaced by d - 1", sp.Equivalent(PLUS, _condition(d - 1), evaluate=False))],
)


@evidence_for(plus_fires, Method.DERIVED)
@derived
def _plus_fires() -> Equivalences:
    return Equivalences(PLUS).iff(_condition(d - 2), by=Rearrange(sp.Integer(1)))


ENOUGH = sp.Ge(N, 2 * n, evaluate=False)
LARGE = {N: RANGES[N], n: RANGES[n], d: sp.Range(4, sp.oo)}
enough = declare(
    "separation.kernels.gain-enough",
    "at a = 7/10, b = 1/2, xi = 1/10 a gain of at least 2n makes every pattern with y_1 = y_d = y_k = + fire",
    sp.Gt(slack(N, n, d), 0, evaluate=False),
    on(LARGE, ENOUGH),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.plus-pattern", of_gain.id],
    spoiled=[Spoiled("2n replaced by n", domain=on(LARGE, sp.Ge(N, n, evaluate=False)))],
)


@evidence_for(enough, Method.DERIVED)
@derived
def _enough() -> Derivation:
    left = (HEIGHT - TENTH) * N - TENTH * (n - 1) - n * (d - 3) / (d - 2)
    return (
        Derivation(slack(N, n, d))
        .equal(left / (N + n - 1), by=Algebra())
        .greater(0, by=Sign(given={ENOUGH: (HEIGHT - TENTH) / (N + n - 1)}))
    )


SILENT = sp.Le(HEIGHT * needle_weight(N, n), TENTH, evaluate=False)


def silent(gain, n):
    """6 N <= n - 1: at a = 7/10 and xi = 1/10 a row of this gain is silent for every sign pattern."""
    return sp.Le(6 * gain, n - 1, evaluate=False)


needed = declare(
    "separation.kernels.gain-needed",
    "at a = 7/10, xi = 1/10 a row is silent for every sign pattern if and only if 6 N <= n - 1",
    sp.Equivalent(SILENT, silent(N, n), evaluate=False),
    on({N: RANGES[N], n: RANGES[n]}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.silence"],
    spoiled=[Spoiled("6 replaced by 5", sp.Equivalent(SILENT, sp.Le(5 * N, n - 1, evaluate=False), evaluate=False))],
)


@evidence_for(needed, Method.DERIVED)
@derived
def _needed() -> Equivalences:
    return Equivalences(SILENT).iff(silent(N, n), by=Rearrange(10 * (N + n - 1)))


LOUD = on({q: UNIT, p_bad: UNIT, p_good: UNIT, m: RANGES[m]}, sp.Ge(p_bad, q), sp.Le(p_bad + p_good, 1, evaluate=False))
loud = declare(
    "separation.kernels.loud-on-both",
    "where a neuron fires on D0 with probability q or more, m neurons succeed with probability at most (1-q)^m",
    sp.Le(joint_success(p_bad, p_good, m), (1 - q) ** m, evaluate=False),
    LOUD,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.joint-success"],
    spoiled=[Spoiled("m + 1", sp.Le(joint_success(p_bad, p_good, m), (1 - q) ** (m + 1), evaluate=False))],
)


@evidence_for(loud, Method.DERIVED)
@derived
def _loud() -> Derivation:
    return (
        Derivation(joint_success(p_bad, p_good, m))
        .at_most((1 - p_bad) ** m, by=Sign())
        .at_most((1 - q) ** m, by=Monotone(lambda z: (1 - z) ** m, p_bad, sp.Ge, q, by=Sign()))
    )
