"""A1. The exact law of the network: which signs fire, with what probability, and the success of all four networks.

Hypotheses. The needle construction; a row of gain N; a neuron with signs y uniform on {-1, 1}^d and threshold
tau = (c + eta) sqrt(log n); th = eta + c (1 - y_d); S the sum of the d-2 middle signs; m independent neurons.
Claim. The row fires on y if and only if N (a y_1 + b y_k - th) > th (n-1) + b y_k - b t S, where t = n/(d-2). With
S = y_k + 2K - (d-3) and K the number of plus signs among the other d-3, that is K > x for an explicit x, so the firing
probability is a number of sign patterns over 2^d. If a neuron fires in one of the three networks that should be silent
with probability p_b, and in softmax on D1 alone with probability p_g, all four behave with probability
P4 = (1-p_b)^m - (1-p_b-p_g)^m, which is largest at m* = log(log(1-p_b-p_g)/log(1-p_b)) / log((1-p_b)/(1-p_b-p_g)).
Source. Derived here for the construction of arXiv 2310.11685.
Why. Multiply the activation by N + n - 1 > 0. Every map has at most two distinct rows, so no union over rows is needed.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, EvaluateSum, Rearrange
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
    domain,
    eta,
    level,
    m,
    n,
    y_first,
    y_last,
    y_needle,
)

K = sp.Symbol("K", integer=True, nonnegative=True)
p_bad = sp.Symbol("p_b", nonnegative=True)
p_good = sp.Symbol("p_g", nonnegative=True)

SIGNS = (y_first, y_last, y_needle)
th = level(eta, b, y_last)
FIRES = sp.Gt(activation(N, n, d, a, b, *SIGNS, S), 1 - b + eta, evaluate=False)


def firing_inequality(gain, n, d, a, b, threshold, y_first, y_needle, S):
    """The two sides of the firing law: the row fires if and only if the first exceeds the second."""
    return gain * (a * y_first + b * y_needle - threshold), threshold * (n - 1) + b * y_needle - b * n / (d - 2) * S


def plus_signs_needed(gain, n, d, a, b, threshold, y_first, y_needle):
    """x: the row fires if and only if the number K of plus signs among the d-3 free middle signs exceeds x."""
    left, right = firing_inequality(gain, n, d, a, b, threshold, y_first, y_needle, 0)
    return (d - 2) * (right - left) / (2 * b * n) + (d - 3 - y_needle) / 2


e_first, e_last, e_needle = sp.symbols("e_1 e_d e_k", integer=True, nonnegative=True)  # 1 where the sign is plus


def row_fires(gain, n, d, a, b, eta, plus=(e_first, e_last, e_needle), K=K):
    """The event that a row fires: <c_i, y>/L - c > eta.

    plus: for y_1, y_d and y_k, 1 where the sign is plus and 0 where it is minus. K: plus signs among the other d-3.
    """
    first, last, needle = (2 * e - 1 for e in plus)
    return sp.Gt(activation(gain, n, d, a, b, first, last, needle, needle + 2 * K - (d - 3)) - (1 - b), eta)


def pattern_share(event, d):
    """The number of sign patterns in an event, over 2^d: of the d-3 free middle signs only the number K of plus signs
    matters, and binomial(d-3, K) patterns share it."""
    indicator = sp.Piecewise((1, event), (0, True))
    signs = ((e, 0, 1) for e in (e_needle, e_last, e_first))
    return sp.Sum(sp.binomial(d - 3, K) * indicator, (K, 0, d - 3), *signs) / 2**d


def firing_probability(rows, n, d, b, eta):
    """P[a neuron fires on one of these rows]: the number of sign patterns that do, over 2^d.

    rows: pairs (gain, a); rows of several networks may be mixed, since all networks share their neurons.
    """
    return pattern_share(sp.Or(*(row_fires(N, n, d, a, b, eta) for N, a in rows)), d)


def joint_success(p_bad, p_good, m):
    """P4: at least one of m neurons fires for softmax on D1, and none fires in any of the other three networks."""
    return (1 - p_bad) ** m - (1 - p_bad - p_good) ** m


def best_width(p_bad, p_good):
    """m*: the real number of neurons at which P4 is largest."""
    silent, idle = 1 - p_bad, 1 - p_bad - p_good
    return sp.log(sp.log(idle) / sp.log(silent)) / sp.log(silent / idle)


left, right = firing_inequality(N, n, d, a, b, th, y_first, y_needle, S)
LAW = sp.Gt(left, right, evaluate=False)

firing_law = declare(
    "separation.self.firing-law",
    "a row fires if and only if a linear inequality in its gain holds",
    sp.Equivalent(FIRES, LAW, evaluate=False),
    domain(N, n, d, a, b, eta, *SIGNS, S),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled(
            "n - 1 replaced by n",
            sp.Equivalent(FIRES, sp.Gt(left, right + th, evaluate=False), evaluate=False),
        )
    ],
)


@evidence_for(firing_law, Method.DERIVED)
@derived
def _firing_law() -> Equivalences:
    return Equivalences(FIRES).iff(LAW, by=Rearrange(N + n - 1))


x = sp.Symbol("x", real=True)
needed = plus_signs_needed(N, n, d, a, b, th, y_first, y_needle)
LAW_IN_K = LAW.subs(S, y_needle + 2 * K - (d - 3))
COUNT_DOMAIN = domain(N, n, d, a, b, eta, *SIGNS, b=sp.Interval.Lopen(0, 1))
COUNT_DOMAIN = Domain(
    {**COUNT_DOMAIN.ranges, K: sp.Range(0, sp.oo)},
    (),
    {**COUNT_DOMAIN.meanings, K: "number of plus signs among the other d-3 middle signs"},
)

firing_count = declare(
    "separation.self.firing-count",
    "a row fires if and only if more than x of the d-3 free middle signs are plus",
    sp.Equivalent(LAW_IN_K, sp.Gt(K, needed, evaluate=False), evaluate=False),
    COUNT_DOMAIN,
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.self.firing-law"],
    spoiled=[
        Spoiled("the bound raised by 1", sp.Equivalent(LAW_IN_K, sp.Gt(K, needed + 1, evaluate=False), evaluate=False))
    ],
)


@evidence_for(firing_count, Method.DERIVED)
@derived
def _firing_count() -> Equivalences:
    return Equivalences(LAW_IN_K).iff(sp.Gt(K, needed, evaluate=False), by=Rearrange((d - 2) / (2 * b * n)))


fired = sp.Symbol("g", integer=True, nonnegative=True)
NEURONS = Domain(
    {p_bad: sp.Interval.Ropen(0, 1), p_good: sp.Interval.Ropen(0, 1), m: RANGES[m]},
    (sp.Lt(p_bad + p_good, 1),),
    {p_bad: "P[fires where it should not]", p_good: "P[fires for softmax on D1 alone]", m: MEANINGS[m]},
)
exactly_good = sp.binomial(m, fired) * p_good**fired * (1 - p_bad - p_good) ** (m - fired)
all_counts = sp.Sum(exactly_good, (fired, 0, m)) - (1 - p_bad - p_good) ** m

joint = declare(
    "separation.self.joint-success",
    "all four networks behave with probability (1 - p_b)^m - (1 - p_b - p_g)^m",
    sp.Eq(all_counts, joint_success(p_bad, p_good, m), evaluate=False),
    NEURONS,
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.self.firing-count"],
    spoiled=[Spoiled("p_b counted twice", sp.Eq(all_counts, joint_success(2 * p_bad, p_good, m), evaluate=False))],
)


@evidence_for(joint, Method.DERIVED)
@derived
def _joint() -> Derivation:
    return (
        Derivation(all_counts)
        .equal((p_good + 1 - p_bad - p_good) ** m - (1 - p_bad - p_good) ** m, by=EvaluateSum())
        .equal(joint_success(p_bad, p_good, m), by=Algebra())
    )
