"""B4. One feature, (1^T x)^p, solves the whole task in linear time: the separation is one of gain, not of cost.

Hypotheses. The needle construction; attention with the single feature phi(x) = (1^T x)^p of queries and keys,
normalised, in O(n d) operations; the threshold tau = (1 + xi) sqrt(log n) of the corrected separation.
Claim. (kernel) phi(q) phi(k) is the score to the power p, so N = (1+a)^p. (rows) All rows of its attention matrix are
the same: it has rank 1. (fires) At a = 7/10, b = 1/2, xi = 1/10 the all-plus pattern fires for every n >= 2, every d
>= 4 and every value of the other signs, as soon as (17/10)^p >= 2 n: p_1 >= 1/8. (silent) For a0 <= 1/10 no pattern
fires, whatever p is. (success) So m neurons tell D1 from D0 with probability at least 1 - (7/8)^m, as softmax does.
Source. Derived here for the construction of arXiv 2310.11685.
Why. Everything about a map enters through its gain, which one feature gives as well as any number of them.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Monotone, Sign
from theory.separation.kernels.polynomial import polynomial_gain
from theory.separation.kernels.weight import GAINS, gain
from theory.separation.self_attention.construction import MEANINGS as CONSTRUCTION
from theory.separation.self_attention.construction import RANGES, SOURCE, contrast, d, m, n, needle_weight
from theory.separation.self_attention.firing_law import joint_success
from theory.separation.self_attention.gain import kappa_needle, kappa_rest, log_n

p = sp.Symbol("p", integer=True, positive=True)
q_row, k_row = sp.symbols("s_i s_j", positive=True)
phi = sp.Symbol("phi", positive=True)
POSITIVE, TENTH = sp.Interval.open(0, sp.oo), sp.Rational(1, 10)
MEANINGS = {
    **CONSTRUCTION, p: "degree", q_row: "1^T q in units of sqrt(log n)", k_row: "1^T k in the same units",
    phi: "feature of the query", kappa_needle: "feature of the needle's key", kappa_rest: "feature of any other key",
    gain: "gain of the row",
}  # fmt: skip


def _domain(ranges: dict, *hypotheses) -> Domain:
    return Domain(ranges, hypotheses, {symbol: MEANINGS[symbol] for symbol in ranges})


def feature(row):
    """(1^T x)^p for a token whose entries add up to row sqrt(log n)."""
    return (row * sp.sqrt(log_n)) ** p


kernel = declare(
    "separation.kernels.one-feature-kernel",
    "one feature, (1^T x)^p, has the kernel score^p",
    sp.Eq(feature(q_row) * feature(k_row), (q_row * k_row * log_n) ** p, evaluate=False),
    _domain({n: RANGES[n], p: sp.Range(1, sp.oo), q_row: POSITIVE, k_row: POSITIVE}),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.kernels.polynomial-gain"],
    spoiled=[
        Spoiled(
            "p replaced by p + 1",
            sp.Eq(feature(q_row) * feature(k_row), (q_row * k_row * log_n) ** (p + 1), evaluate=False),
        )
    ],
)


@evidence_for(kernel, Method.DERIVED)
@derived
def _kernel() -> Derivation:
    return Derivation(feature(q_row) * feature(k_row)).equal((q_row * k_row * log_n) ** p, by=Algebra())


entry = phi * kappa_needle / (phi * kappa_needle + (n - 1) * phi * kappa_rest)
rows = declare(
    "separation.kernels.one-feature-rows",
    "with one feature every row of the attention matrix is the same",
    sp.Eq(entry, needle_weight(kappa_needle / kappa_rest, n), evaluate=False),
    _domain({n: RANGES[n], phi: POSITIVE, kappa_needle: POSITIVE, kappa_rest: POSITIVE}),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("n replaced by n + 1", sp.Eq(entry, needle_weight(kappa_needle / kappa_rest, n + 1), evaluate=False))
    ],
)


@evidence_for(rows, Method.DERIVED)
@derived
def _rows() -> Derivation:
    return Derivation(entry).equal(needle_weight(kappa_needle / kappa_rest, n), by=Algebra())


HEIGHT, WEIGHT = sp.Rational(7, 10), sp.Rational(1, 2)
power = polynomial_gain(HEIGHT, p)
long_enough = sp.Ge(power, 2 * n, evaluate=False)
least_mean = (4 - d) / (d - 2)  # all d-3 free middle signs minus


def slack(gain, n, d):
    """How far the all-plus pattern with the least mean middle sign clears the threshold, by plus-pattern."""
    return HEIGHT * needle_weight(gain, n) - TENTH - WEIGHT * (1 - contrast(gain, n)) * (1 - least_mean)


fires = declare(
    "separation.kernels.one-feature-fires",
    "with (17/10)^p >= 2n one feature fires on D1 with p >= 1/8, for every n and d",
    sp.Gt(slack(power, n, d), 0, evaluate=False),
    _domain({n: RANGES[n], d: sp.Range(4, sp.oo), p: sp.Range(1, sp.oo)}, long_enough),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.self.plus-pattern", kernel.id],
    spoiled=[
        Spoiled(
            "2n replaced by n",
            domain=_domain(
                {n: RANGES[n], d: sp.Range(4, sp.oo), p: sp.Range(1, sp.oo)}, sp.Ge(power, n, evaluate=False)
            ),
        )
    ],
)


@evidence_for(fires, Method.DERIVED)
@derived
def _fires() -> Derivation:
    enough = slack(power, n, d)
    left = (HEIGHT - TENTH) * power - TENTH * (n - 1) - 2 * WEIGHT * n * (d - 3) / (d - 2)
    return (
        Derivation(enough)
        .equal(left / (power + n - 1), by=Algebra())
        .greater(0, by=Sign(given={long_enough: (HEIGHT - TENTH) / (power + n - 1)}))
    )


a_0 = sp.Symbol("a_0", nonnegative=True)
MEANINGS[a_0] = "height of the needle of D0"
silent = declare(
    "separation.kernels.dominated-silence",
    "at xi = 1/10 a needle of height a0 <= 1/10 fires for no sign pattern, whatever the kernel is",
    sp.Le(a_0 * needle_weight(gain, n), TENTH, evaluate=False),
    _domain({n: RANGES[n], a_0: sp.Interval(0, TENTH), gain: GAINS[gain]}),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.silence"],
    spoiled=[Spoiled("bound times 0.99", sp.Le(a_0 * needle_weight(gain, n), sp.Rational(99, 100) * TENTH))],
)


@evidence_for(silent, Method.DERIVED)
@derived
def _silent() -> Derivation:
    return Derivation(a_0 * needle_weight(gain, n)).at_most(a_0, by=Sign()).at_most(TENTH, by=Sign())


p_fires = sp.Symbol("p_1", nonnegative=True)
MEANINGS[p_fires] = "P[a neuron fires on D1]"
success = declare(
    "separation.kernels.one-feature-success",
    "one feature tells D1 from D0 with probability at least 1 - (7/8)^m, in linear time",
    sp.Ge(joint_success(0, p_fires, m), 1 - sp.Rational(7, 8) ** m, evaluate=False),
    _domain({p_fires: sp.Interval(sp.Rational(1, 8), 1), m: RANGES[m]}),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED, Method.MEASURED},
    module=__name__,
    rests_on=[fires.id, silent.id, "separation.self.joint-success"],
    spoiled=[
        Spoiled(
            "7/8 replaced by 6/7",
            sp.Ge(joint_success(0, p_fires, m), 1 - sp.Rational(6, 7) ** m, evaluate=False),
        )
    ],
)


@evidence_for(success, Method.DERIVED)
@derived
def _success() -> Derivation:
    return (
        Derivation(joint_success(0, p_fires, m))
        .equal(1 - (1 - p_fires) ** m, by=Algebra())
        .at_least(
            1 - sp.Rational(7, 8) ** m,
            by=Monotone(lambda z: 1 - (1 - z) ** m, p_fires, sp.Ge, sp.Rational(1, 8), by=Sign()),
        )
    )
