"""A2, the reading that is true: d = n^0.02 suffices for the published threshold, for softmax and linear networks.

Hypotheses. The needle construction with b = 1/2, eta = 1/10, a_0 = 1/20, a_1 = 7/10; softmax attention and
row-normalised linear attention; n >= n_0 = 51 * 10^141, d >= n^(1/50), m = ceil(log(100 n)/log(16/15)) neurons.
Claim. Softmax fires on the dataset of height a_1 and stays silent on that of height a_0, and linear attention stays
silent on both, all four with probability at least 99/100.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. `lower_end` says so for any probabilities that the bounds on the firing of the networks allow, and these are the
networks'. When tight: see `lower_end`.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone, Sign, Since, Unfold, substitute
from theory.rigor.checks import certified
from theory.separation.self_attention import four_networks
from theory.separation.self_attention.construction import SOURCE, N, a, b, d, eta, m, n
from theory.separation.self_attention.explicit_success import SOFTMAX_AND_LINEAR, below_x, silent_tail
from theory.separation.self_attention.firing_lower_bound import SIXTEENTH, half_fire, sixteenth
from theory.separation.self_attention.firing_upper_bound import N_other
from theory.separation.self_attention.four_networks import (
    G0,
    G1,
    M1,
    M2,
    N1,
    N2,
    OWN,
    P_ANY,
    P_BAD,
    P_FIRES,
    RANGES_OF_GAINS,
    SILENT,
    a0,
    a1,
    joint_bound,
    q,
    r,
    silent_union,
    success,
    success_bound,
)
from theory.separation.self_attention.lower_end import (
    BASE,
    ETA,
    FEW,
    LEAST_SIGN,
    LENGTH,
    MANY,
    SMALL_NEEDLE,
    TALL_NEEDLE,
    WIDE,
    B,
    allowed,
    given,
    networks,
    one_network,
    silent,
    tails,
)
from theory.separation.self_attention.sufficient_conditions import x_least

SETTING = {b: B, eta: ETA, a1: TALL_NEEDLE, a0: SMALL_NEEDLE}
GAINS = {symbol: substitute(gain, SETTING) for symbol, gain in SOFTMAX_AND_LINEAR.items()}


def here(expression):
    """The expression at the gains and parameters of this theorem."""
    return substitute(expression, SETTING | GAINS)


fires_late = declare(
    "separation.self.lower-end-fires",
    "at b = 1/2, eta = 1/10, a_1 = 7/10 softmax fires on D1 where y_1 = y_d = y_k = +1 and S >= 1, for every n >= 12",
    here(substitute(half_fire, {N: N1, a: a1})),
    Domain({n: sp.Range(12, sp.oo), d: sp.Range(3, sp.oo)}),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=["separation.self.firing-law"],
    spoiled=[
        Spoiled(
            "the needle lowered to 1/20",
            substitute(half_fire, {N: GAINS[M1], a: SMALL_NEEDLE} | SETTING),
        )
    ],
)
evidence_for(fires_late, Method.CERTIFIED)(certified())


def with_numbers(expression):
    """The expression at the parameters of this theorem, for any gains."""
    return substitute(expression, SETTING)


def quiet(gain, height):
    """The network of largest gain `gain` on this height needs a mean middle sign of at least x."""
    return substitute(below_x(gain, SETTING[height]), SETTING | {x_least: LEAST_SIGN})


OF_GAINS = four_networks.named(*map(with_numbers, (P_BAD, P_ANY)))
LOUD_NEEDLE = with_numbers(substitute(half_fire, {N: N1, a: a1}))
ORDERED = sp.Le(M2, M1, evaluate=False)
LARGEST = ((M1, M2, a0), (G1, G1, a1), (G0, G0, a0))
PLAIN = networks(WIDE, FEW, MANY)
of_gains = declare(
    "separation.self.lower-end-of-gains",
    "the same for any attention maps whose gains keep three networks below the mean sign x and let the first fire",
    sp.Ge(success, sp.Rational(99, 100), evaluate=False),
    Domain(
        {**PLAIN.ranges, **dict.fromkeys(four_networks.GAINS, RANGES_OF_GAINS)},
        (*PLAIN.hypotheses, ORDERED, LOUD_NEEDLE, *(quiet(gain, height) for gain, _, height in LARGEST)),
        {**PLAIN.meanings, **four_networks.GAINS},
        PLAIN.witness | {N1: LENGTH, N2: 2, M1: 2, M2: 2, G1: 2, G0: 2},
    ),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[success_bound.id, silent_union.id, silent_tail.id, sixteenth.id, tails.id],
    definitions=OF_GAINS,
    spoiled=[
        Spoiled(
            "nothing asked of the gains",
            domain=Domain({
                n: sp.FiniteSet(12), d: sp.FiniteSet(4), m: sp.FiniteSet(1),
                **dict.fromkeys(four_networks.GAINS, sp.FiniteSet(1)),
            }),
        )
    ],
)  # fmt: skip


@evidence_for(of_gains, Method.DERIVED)
@derived
def _of_gains() -> Derivation:
    one, each = sp.S.One, one_network(d)
    idle, enough = 1 - SIXTEENTH, sp.log(100 * n) / sp.log(BASE)
    place = {n: n, d: d, b: B, eta: ETA}
    bad, total_of_three = with_numbers(P_BAD), with_numbers(OWN)
    single = {
        sp.Le(with_numbers(four_networks.fires(rows)), each, evaluate=False): Lemma(
            silent_tail.id, {N: gain, N_other: other, a: SETTING[height], x_least: LEAST_SIGN} | place
        )
        for rows, (gain, other, height) in zip(SILENT, LARGEST, strict=True)
    }
    by_union = sp.Le(bad, total_of_three, evaluate=False)
    few_tails = sp.Le(3 * m * each, allowed(n), evaluate=False)
    symbols = {symbol: symbol for symbol in (n, d, *four_networks.GAINS)} | SETTING
    facts = {
        sp.Ge(with_numbers(P_FIRES), SIXTEENTH, evaluate=False): Lemma(
            sixteenth.id, {N: N1, N_other: N2, a: TALL_NEEDLE} | place
        ),
        **single,
        by_union: Lemma(silent_union.id, symbols),
        sp.Le(bad, 3 * each, evaluate=False): Sign(given={by_union: one, **dict.fromkeys(single, one)}),
        few_tails: Lemma(tails.id, {n: n, d: d, m: m}),
        sp.Le(3 * each, 1, evaluate=False): Sign(given={few_tails: 1 / m}),
    }

    def total(z: sp.Expr) -> sp.Expr:
        return 1 - idle**m - z

    return (
        Derivation(success)
        .equal(OF_GAINS[success], by=Unfold(OF_GAINS))
        .at_least(
            joint_bound(SIXTEENTH, 3 * each, m),
            by=Since(facts, then=Lemma(success_bound.id, symbols | {m: m, q: SIXTEENTH, r: 3 * each})),
        )
        .at_least(
            total(allowed(n)),
            by=Monotone(total, 3 * m * each, sp.Le, allowed(n), by=Lemma(tails.id, {n: n, d: d, m: m})),
        )
        .at_least(
            1 - idle**enough - allowed(n),
            by=Monotone(lambda z: 1 - idle**z - allowed(n), m, sp.Ge, enough, by=given(MANY)),
        )
        .equal(sp.Rational(99, 100), by=Algebra())
    )


NAMES = four_networks.named(*map(here, (P_BAD, P_ANY)))
separation = declare(
    "separation.self.lower-end-separation",
    "at b = 1/2, eta = 1/10 softmax and linear networks of d >= n^0.02 dimensions are told apart with probability at"
    " least 99/100, for every n >= 51 * 10^141",
    sp.Ge(success, sp.Rational(99, 100), evaluate=False),
    PLAIN,
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[of_gains.id, silent.id, fires_late.id],
    definitions=NAMES,
    spoiled=[
        Spoiled("one neuron at n = 12", domain=Domain({n: sp.FiniteSet(12), d: sp.FiniteSet(4), m: sp.FiniteSet(1)}))
    ],
)


@evidence_for(separation, Method.DERIVED)
@derived
def _separation() -> Derivation:
    facts = {
        sp.Le(GAINS[M2], GAINS[M1], evaluate=False): Sign(),
        here(LOUD_NEEDLE): Lemma(fires_late.id, {n: n, d: d}),
        **{here(quiet(gain, height)): Lemma(silent.id, {n: n}) for gain, _, height in LARGEST},
    }
    values = {symbol: symbol for symbol in (n, d, m)} | GAINS
    return (
        Derivation(success)
        .equal(NAMES[success], by=Unfold(NAMES))
        .at_least(sp.Rational(99, 100), by=Since(facts, then=Lemma(of_gains.id, values)))
    )
