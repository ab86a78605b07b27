"""The four networks together: their neurons share the signs, so that their events are events of one sign pattern.

Hypotheses. The needle construction with any attention maps, each given by the gains of its distinct rows: N_1 and N_2
for the map that should fire on the dataset of height a_1, M_1 and M_2 for the same map on the dataset of height a_0,
G_1 and G_0 for the other map on either; all neurons of all networks have the same signs. Let p_1 be the probability
that a neuron fires in the first network, p_b that it fires in one of the other three, and p that it fires in any of
the four, all three numbers of sign patterns over 2^d; m independent neurons; P4 = (1-p_b)^m - (1-p)^m.
Claim. 0 <= p_b <= p <= 1 and 0 <= p_1 <= p; p_b is at most the sum of the three networks' own probabilities; and
P4 >= 1 - (1-q)^m - m r wherever q <= p_1 and p_b <= r.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. Events of one sign pattern are united; Bernoulli's inequality for the m neurons.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import probability as union
from theory.reasons import EvaluateSum, Indicators, Lemma, Monotone, Sign, Since, TermwiseSum, Unfold
from theory.separation.self_attention.construction import MEANINGS, RANGES, SOURCE, b, d, domain, eta, m, n
from theory.separation.self_attention.firing_law import (
    K,
    e_first,
    e_last,
    e_needle,
    firing_probability,
    joint_success,
    p_bad,
    p_good,
)

a0, a1 = sp.symbols("a_0 a_1", positive=True)
N1, N2, M1, M2, G1, G0 = sp.symbols("N_1 N_2 M_1 M_2 G_1 G_0", positive=True)
p_fires = sp.Symbol("p_1", nonnegative=True)

WANTED = ((N1, a1), (N2, a1))
SILENT = (((M1, a0), (M2, a0)), ((G1, a1),), ((G0, a0),))
SILENT_ROWS = tuple(row for rows in SILENT for row in rows)
GAINS = {
    N1: "gain of the needle's row in the network that should fire",
    N2: "gain of its other rows",
    M1: "gain of the needle's row in the same map on the other dataset",
    M2: "gain of its other rows there",
    G1: "gain of the other map on the first dataset",
    G0: "gain of the other map on the other dataset",
}
HEIGHTS = {a1: "height of the needle in the first dataset", a0: "height of the needle in the other dataset"}


def networks(*more: sp.Symbol, hypotheses: tuple = (), **changed: sp.Set) -> Domain:
    """The domain of the six gains, the two heights, n, d, b, eta and more."""
    plain = domain(n, d, b, eta, *more, **changed)
    ranges = {**dict.fromkeys(GAINS, RANGES_OF_GAINS), **dict.fromkeys(HEIGHTS, sp.Interval.open(0, sp.oo))}
    return Domain({**plain.ranges, **ranges}, hypotheses, {**plain.meanings, **GAINS, **HEIGHTS})


def fires(rows):
    """P[a neuron fires on one of these rows]."""
    return firing_probability(rows, n, d, b, eta)


RANGES_OF_GAINS = sp.Interval(1, sp.oo)
P_FIRES, P_BAD, P_ANY = fires(WANTED), fires(SILENT_ROWS), fires((*WANTED, *SILENT_ROWS))

p_any, success = sp.Symbol("p", nonnegative=True), sp.Symbol("P_4", real=True)


def named(p_b, p) -> dict:
    """What P_4, p_b and p stand for, so that a statement can be read; the last two are sums over sign patterns."""
    return {p_bad: p_b, p_any: p, success: (1 - p_bad) ** m - (1 - p_any) ** m}


NAMES = named(P_BAD, P_ANY)


def joint_bound(p_fires, p_bad, m):
    """Lower bound on P4 from the marginal probability of the good event and that of the bad one."""
    return 1 - (1 - p_fires) ** m - m * p_bad


UNIT, TENTH = sp.Interval(0, 1), sp.Rational(1, 10)
NEURONS = Domain(
    {p_bad: UNIT, p_good: UNIT, p_fires: UNIT, m: RANGES[m]},
    (sp.Le(p_bad + p_good, 1), sp.Le(p_fires, p_bad + p_good)),
    {
        p_bad: "P[fires where it should not]",
        p_good: "P[fires for softmax on D1 alone]",
        p_fires: "P[fires for softmax on D1]",
        m: MEANINGS[m],
    },
)
joint_lower = declare(
    "separation.self.joint-success-bound",
    "all four networks behave with probability at least 1 - (1-p_1)^m - m p_b",
    sp.Ge(joint_success(p_bad, p_good, m), joint_bound(p_fires, p_bad, m), evaluate=False),
    NEURONS,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.joint-success", "lemma.probability.union"],
    spoiled=[
        Spoiled(
            "m p_b halved",
            sp.Ge(joint_success(p_bad, p_good, m), joint_bound(p_fires, p_bad / 2, m), evaluate=False),
        )
    ],
)


@evidence_for(joint_lower, Method.DERIVED)
@derived
def _joint_lower() -> Derivation:
    """The second power is at most (1-p_1)^m, and the first at least 1 - m p_b by the union bound."""
    return (
        Derivation(joint_success(p_bad, p_good, m))
        .at_least(
            (1 - p_bad) ** m - (1 - p_fires) ** m,
            by=Monotone(lambda z: (1 - p_bad) ** m - (1 - z) ** m, p_bad + p_good, sp.Ge, p_fires, by=Sign()),
        )
        .at_least(
            joint_bound(p_fires, p_bad, m),
            by=Monotone(
                lambda z: z - (1 - p_fires) ** m,
                (1 - p_bad) ** m,
                sp.Ge,
                1 - m * p_bad,
                by=Lemma("lemma.probability.union", {union.p: p_bad, union.m: m}),
            ),
        )
    )


SMALL = {n: sp.FiniteSet(10), d: sp.FiniteSet(4, 5), b: sp.FiniteSet(sp.Rational(1, 2)), eta: sp.FiniteSet(TENTH)}
LOUD = Domain({**dict.fromkeys(GAINS, sp.FiniteSet(10)), **dict.fromkeys(HEIGHTS, sp.FiniteSet(1)), **SMALL})
ONLY_G1 = {**dict.fromkeys((M1, M2, G0), sp.FiniteSet(1)), a0: sp.FiniteSet(TENTH), eta: sp.FiniteSet(6 * TENTH)}
ONE_LOUD = Domain({**LOUD.ranges, **ONLY_G1})

BETWEEN = (
    sp.Ge(P_BAD, 0, evaluate=False),
    sp.Ge(P_FIRES, 0, evaluate=False),
    sp.Ge(P_ANY, P_BAD, evaluate=False),
    sp.Ge(P_ANY, P_FIRES, evaluate=False),
    sp.Le(P_ANY, 1, evaluate=False),
)
between = declare(
    "separation.self.network-events",
    "0 <= p_b <= p <= 1 and 0 <= p_1 <= p for the events that a neuron fires in some of the four networks",
    sp.And(*BETWEEN, evaluate=False),
    networks(),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("p at most 1/8", sp.And(*BETWEEN[:-1], sp.Le(P_ANY, sp.Rational(1, 8)), evaluate=False), LOUD),
        Spoiled("p at least p_b + p_1", sp.And(*BETWEEN[:3], sp.Ge(P_ANY, P_BAD + P_FIRES), evaluate=False), LOUD),
    ],
)


@evidence_for(between, Method.DERIVED)
@derived
def _between() -> tuple[Derivation, ...]:
    def by_events() -> TermwiseSum:
        return TermwiseSum(by=Indicators(words="as one event contains the other"))

    signs = ((e, 0, 1) for e in (e_needle, e_last, e_first))
    every = sp.Sum(sp.binomial(d - 3, K), (K, 0, d - 3), *signs) / 2**d
    return (
        Derivation(P_BAD).at_least(0, by=by_events()),
        Derivation(P_FIRES).at_least(0, by=by_events()),
        Derivation(P_ANY).at_least(P_BAD, by=by_events()),
        Derivation(P_ANY).at_least(P_FIRES, by=by_events()),
        Derivation(P_ANY).at_most(every, by=by_events()).equal(1, by=EvaluateSum(words="by the binomial theorem")),
    )


OWN = sp.Add(*(fires(rows) for rows in SILENT))
silent_union = declare(
    "separation.self.silent-networks-union",
    "p_b is at most the sum of the probabilities that a neuron fires in each of the three networks",
    sp.Le(P_BAD, OWN, evaluate=False),
    networks(),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("one network left out", sp.Le(P_BAD, fires(SILENT[0]) + fires(SILENT[2]), evaluate=False), ONE_LOUD)
    ],
)


@evidence_for(silent_union, Method.DERIVED)
@derived
def _silent_union() -> Derivation:
    by_events = Indicators(words="as one of several events is counted once or more")
    return Derivation(P_BAD).at_most(OWN, by=TermwiseSum(by=by_events))


q, r = sp.Symbol("q", nonnegative=True), sp.Symbol("r", nonnegative=True)
ENOUGH, FEW = sp.Ge(P_FIRES, q, evaluate=False), sp.Le(P_BAD, r, evaluate=False)
success_bound = declare(
    "separation.self.four-networks-bound",
    "P4 >= 1 - (1-q)^m - m r where a neuron fires with p_1 >= q in the first network, and with p_b <= r in the others",
    sp.Ge(success, joint_bound(q, r, m), evaluate=False),
    Domain(
        {**networks(m).ranges, q: UNIT, r: UNIT}, (ENOUGH, FEW),
        {**networks(m).meanings, q: "lower bound on p_1", r: "upper bound on p_b"},
    ),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[between.id, joint_lower.id],
    definitions=NAMES,
    spoiled=[
        Spoiled(
            "the hypothesis on p_b dropped",
            domain=Domain({**LOUD.ranges, m: sp.FiniteSet(1), q: UNIT, r: sp.FiniteSet(0)}, (ENOUGH,)),
        )
    ],
)  # fmt: skip


@evidence_for(success_bound, Method.DERIVED)
@derived
def _success_bound() -> Derivation:
    same = {symbol: symbol for symbol in networks().ranges}
    events = {fact: Lemma(between.id, same) for fact in BETWEEN}
    positive, _, contains_bad, contains_good, proper = BETWEEN
    one = sp.S.One
    ranges = {
        sp.Le(P_BAD, 1, evaluate=False): Sign(given={contains_bad: one, proper: one}),
        sp.Ge(P_ANY - P_BAD, 0, evaluate=False): Sign(given={contains_bad: one}),
        sp.Le(P_ANY - P_BAD, 1, evaluate=False): Sign(given={proper: one, positive: one}),
        sp.Le(q, P_ANY, evaluate=False): Sign(given={ENOUGH: one, contains_good: one}),
    }
    values = {p_bad: P_BAD, p_good: P_ANY - P_BAD, p_fires: q, m: m}
    return (
        Derivation(success)
        .equal(NAMES[success], by=Unfold(NAMES))
        .at_least(joint_bound(q, p_bad, m), by=Since(events | ranges, then=Lemma(joint_lower.id, values)))
        .at_least(joint_bound(q, r, m), by=Sign(given={FEW: m}))
    )
