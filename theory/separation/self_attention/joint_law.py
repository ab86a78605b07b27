"""A1, the joint law: m independent neurons in the four networks, which share the signs of every neuron.

Hypotheses. The networks of `four_networks`; a neuron is bad if it fires in a network that should be silent, good if it
fires in the first network and is not bad, idle otherwise. p_b and p_g are the shares of the 2^d sign patterns for which
it is bad and good, p that for which it fires in any of the four; m independent neurons.
Claim. (good-event) p_g = p - p_b: one pattern decides about all four networks, so p_g is no product of probabilities.
(first-good) All four networks behave if no neuron is bad and some is good; let number i be the first good one:
P4 = sum over i = 1..m of (1-p_b-p_g)^(i-1) p_g (1-p_b)^(m-i) = (1-p_b)^m - (1-p_b-p_g)^m. (four-networks) So for the
events of the networks P4 = (1-p_b)^m - (1-p)^m.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. The events are disjoint, and probabilities of independent neurons multiply: the first i-1 are idle, number i is
good, the others are not bad. The sum is shown by induction on its upper end.
When tight. Identities. That the neurons are independent is what the products of the middle expression say; `numerics`
enumerates all 2^(d m) networks instead.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, EvaluateSum, Indicators, Lemma, Sign, Since, TermwiseSum
from theory.separation.self_attention.construction import SOURCE, b, d, eta, m, n
from theory.separation.self_attention.firing_law import NEURONS, joint_success, p_bad, p_good, pattern_share, row_fires
from theory.separation.self_attention.four_networks import (
    BETWEEN,
    HEIGHTS,
    LOUD,
    P_ANY,
    P_BAD,
    P_FIRES,
    SILENT,
    SILENT_ROWS,
    WANTED,
    between,
    fires,
    networks,
    p_any,
)

HALF = sp.Rational(1, 2)


def _some(rows):
    """The event that a neuron fires on one of these rows."""
    return sp.Or(*(row_fires(gain, n, d, height, b, eta) for gain, height in rows))


P_GOOD = pattern_share(sp.And(_some(WANTED), sp.Not(_some(SILENT_ROWS))), d)
good_event = declare(
    "separation.self.joint-good-event",
    "the patterns that fire in any network are those that fire where they must not, and those in the first alone",
    sp.Eq(P_ANY - P_BAD, P_GOOD, evaluate=False),
    networks(),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("good although bad", sp.Eq(P_ANY, P_BAD + P_FIRES, evaluate=False), LOUD),
        Spoiled(
            "the silent networks' probabilities added up",
            sp.Eq(P_ANY, sp.Add(*(fires(rows) for rows in SILENT)) + P_GOOD, evaluate=False),
            LOUD,
        ),
    ],
)


@evidence_for(good_event, Method.DERIVED)
@derived
def _good_event() -> Derivation:
    """Over all patterns, the indicator of any of the four is that of bad plus that of good."""
    by_events = Indicators(by=Algebra(), words="as a neuron that fires is either bad or good")
    return Derivation(P_ANY).equal(P_BAD + P_GOOD, by=TermwiseSum(by=by_events))


# Two neurons in networks of gain 10, for which some patterns fire and some do not.
AUDIBLE = Domain(
    {**LOUD.ranges, m: sp.FiniteSet(2)},
    (),
    witness={
        **dict.fromkeys(LOUD.ranges, 10),
        **dict.fromkeys(HEIGHTS, 1),
        d: 4,
        b: HALF,
        eta: sp.Rational(1, 10),
        m: 2,
    },
)
i = sp.Symbol("i", integer=True, positive=True)


def first_good(p_bad, p_good, m):
    """P[number i is the first good neuron and no neuron is bad], summed over i = 1..m."""
    return sp.Sum((1 - p_bad - p_good) ** (i - 1) * p_good * (1 - p_bad) ** (m - i), (i, 1, m))


by_first = declare(
    "separation.self.joint-first-good",
    "no neuron is bad and some is good with probability (1-p_b)^m - (1-p_b-p_g)^m, by the number of the first good one",
    sp.Eq(first_good(p_bad, p_good, m), joint_success(p_bad, p_good, m), evaluate=False),
    NEURONS,
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "some neuron is good, bad or not",
            sp.Eq(first_good(p_bad, p_good, m), 1 - (1 - p_good) ** m, evaluate=False),
        ),
        Spoiled(
            "good and not bad as if they were independent",
            sp.Eq(first_good(p_bad, p_good, m), (1 - p_bad) ** m * (1 - (1 - p_good) ** m), evaluate=False),
        ),
    ],
)


@evidence_for(by_first, Method.DERIVED)
@derived
def _by_first() -> Derivation:
    silent, idle = 1 - p_bad, 1 - p_bad - p_good

    def up_to(last):
        return silent**m - silent ** (m - last) * idle**last

    return Derivation(first_good(p_bad, p_good, m)).equal(joint_success(p_bad, p_good, m), by=EvaluateSum(up_to))


POSSIBLE = sp.Lt(P_ANY, 1, evaluate=False)  # some pattern fires in none of the networks
EVENTS = {p_bad: P_BAD, p_good: P_GOOD, p_any: P_ANY}
BY_FIRST = first_good(p_bad, p_any - p_bad, m)
GOOD = sp.Eq(p_any - p_bad, p_good, evaluate=False)
four_networks_law = declare(
    "separation.self.four-networks-law",
    "P4 = (1-p_b)^m - (1-p)^m for m independent neurons that share their signs over the four networks",
    sp.And(GOOD, sp.Eq(BY_FIRST, (1 - p_bad) ** m - (1 - p_any) ** m, evaluate=False), evaluate=False),
    networks(m, hypotheses=(POSSIBLE,)),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=[good_event.id, by_first.id, between.id],
    definitions=EVENTS,
    spoiled=[
        Spoiled(
            "the union of the networks' events instead of the joint one",
            sp.And(GOOD, sp.Eq(BY_FIRST, 1 - (1 - p_any) ** m, evaluate=False), evaluate=False),
            AUDIBLE,
        ),
        Spoiled(
            "the first network and the silent ones as if they had signs of their own",
            sp.And(
                GOOD,
                sp.Eq(BY_FIRST, (1 - p_bad) ** m * (1 - (1 - P_FIRES) ** m), evaluate=False),
                evaluate=False,
            ),
            AUDIBLE,
        ),
    ],
)


@evidence_for(four_networks_law, Method.DERIVED)
@derived
def _four_networks_law() -> tuple[Derivation, ...]:
    same, one = {symbol: symbol for symbol in networks().ranges}, sp.S.One
    positive, _, contains_bad, _, _ = BETWEEN
    proper = {
        **{fact: Lemma(between.id, same) for fact in (positive, contains_bad)},
        sp.Lt(P_BAD, 1, evaluate=False): Sign(given={contains_bad: one, POSSIBLE: one}),
        sp.Ge(P_ANY - P_BAD, 0, evaluate=False): Sign(given={contains_bad: one}),
        sp.Lt(P_ANY - P_BAD, 1, evaluate=False): Sign(given={positive: one, POSSIBLE: one}),
    }
    by_neurons = Lemma(by_first.id, {p_bad: P_BAD, p_good: P_ANY - P_BAD, m: m})
    return (
        Derivation(P_ANY - P_BAD).equal(P_GOOD, by=Lemma(good_event.id, same)),
        Derivation(first_good(P_BAD, P_ANY - P_BAD, m)).equal(
            (1 - P_BAD) ** m - (1 - P_ANY) ** m, by=Since(proper, then=by_neurons)
        ),
    )
