"""A4 as one theorem about softmax and linear attention: a threshold of b + 1/10 separates them from n = 12 on.

Hypotheses. The needle construction with heights a_1 = 7/10 and a_0 <= 1/10, b = 1/2, and threshold eta = 6/10, that is
tau = (1 + 1/10) sqrt(log n); softmax attention and row-normalised linear attention, by their gains; n >= 12; every
d >= 3; m neurons.
Claim. With probability at least 1 - (15/16)^m softmax fires on the dataset of height a_1, and it is silent on that of
height a_0, and linear attention is silent on both; with probability at least 1 - (7/8)^m from n = 24 on.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. The certified parts give what `corrected_separation` asks of the gains. Nothing is asked of d, in contrast to the
published threshold eta = 1/10. When tight: with y_1 = y_d = y_k = +1 needed to fire, 1/8 is the probability itself.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Lemma, Sign, Since, Unfold, substitute
from theory.rigor.checks import certified
from theory.separation.self_attention.construction import (
    SOURCE,
    N,
    a,
    b,
    d,
    eta,
    linear_gain,
    m,
    n,
    softmax_needle_gain,
    softmax_ordinary_gain,
)
from theory.separation.self_attention.corrected_separation import by_eighth, by_sixteenth, silent_condition
from theory.separation.self_attention.corrected_threshold import (
    linear_silent,
    softmax_fires,
    softmax_silent,
    softmax_slack,
)
from theory.separation.self_attention.firing_lower_bound import EIGHTH, SIXTEENTH, all_fire, half_fire
from theory.separation.self_attention.four_networks import (
    G0,
    G1,
    M1,
    M2,
    N1,
    N2,
    P_ANY,
    P_BAD,
    TENTH,
    a0,
    a1,
    joint_bound,
    named,
    networks,
    success,
)

SETTING = {a1: 7 * TENTH, b: 5 * TENTH, eta: 6 * TENTH}
GAINS = {
    N1: softmax_needle_gain(SETTING[a1], n), N2: softmax_ordinary_gain(SETTING[a1], n),
    M1: softmax_needle_gain(a0, n), M2: softmax_ordinary_gain(a0, n),
    G1: linear_gain(SETTING[a1]), G0: linear_gain(a0),
}  # fmt: skip
general = networks(m)
NAMES = named(*(substitute(part, SETTING | GAINS) for part in (P_BAD, P_ANY)))

LATE = sp.Range(24, sp.oo)
always_fires = declare(
    "separation.self.corrected-softmax-always-fires",
    "at a1 = 7/10, b = 1/2, xi = 1/10 softmax fires on D1 where y_1 = y_d = y_k = +1, for every n >= 24 and every d",
    sp.Gt(softmax_slack(SETTING[a1], SETTING[b], TENTH, n, d, (4 - d) / (d - 2)), 0, evaluate=False),
    Domain({n: LATE, d: general.ranges[d]}),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=["separation.self.plus-pattern"],
    spoiled=[Spoiled("n >= 23", domain=Domain({n: sp.Range(23, sp.oo), d: general.ranges[d]}))],
)
evidence_for(always_fires, Method.CERTIFIED)(certified())


def _separation(name: str, start: sp.Range, least: sp.Rational, condition, by: Claim, fires: Claim) -> Claim:
    """Declare P4 >= 1 - (1 - least)^m from the theorem about any gains and the claim that its condition holds."""
    bound = joint_bound(least, 0, m)
    ranges = {n: start, d: general.ranges[d], m: general.ranges[m], a0: sp.Interval.Lopen(0, TENTH)}
    point = {n: start.inf, d: 4, m: 1, a0: TENTH}
    claim = declare(
        f"separation.self.{name}",
        f"at a1 = 7/10, a0 <= 1/10, b = 1/2, xi = 1/10 softmax and linear attention are told apart with probability at"
        f" least 1 - ({1 - least})^m, for every n >= {start.inf} and in every dimension",
        sp.Ge(success, bound, evaluate=False),
        Domain(ranges, (), {symbol: general.meanings[symbol] for symbol in ranges}),
        Kind.SEPARATION,
        derived_here(SOURCE),
        {Method.DERIVED, Method.MEASURED, Method.ATTACKED},
        module=__name__,
        rests_on=[by.id, fires.id, softmax_silent.id, linear_silent.id],
        definitions=NAMES,
        spoiled=[
            Spoiled(
                f"1/{1 / least} replaced by 1/7",
                sp.Ge(success, joint_bound(sp.Rational(1, 7), 0, m), evaluate=False),
                Domain({symbol: sp.FiniteSet(value) for symbol, value in point.items()}),
            )
        ],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _proof() -> Derivation:
        def quiet(gain, height):
            values = {N: GAINS[gain], a: SETTING.get(height, height)} | SETTING
            return substitute(silent_condition(N, a), values)

        clears = substitute(condition, {N: GAINS[N1], a: SETTING[a1]} | SETTING)
        facts = {
            sp.Le(GAINS[M2], GAINS[M1], evaluate=False): Sign(),
            quiet(M1, a0): Lemma(softmax_silent.id, {N: GAINS[M1], n: n, a: a0}),
            quiet(G1, a1): Lemma(linear_silent.id, {n: n, a: SETTING[a1]}),
            quiet(G0, a0): Lemma(linear_silent.id, {n: n, a: a0}),
            clears: Lemma(fires.id, {n: n, d: d}),
        }
        values = {symbol: symbol for symbol in general.ranges} | SETTING | GAINS
        return (
            Derivation(success)
            .equal(NAMES[success], by=Unfold(NAMES))
            .at_least(bound, by=Since(facts, then=Lemma(by.id, values)))
        )

    return claim


separation = _separation(
    "corrected-softmax-linear", sp.Range(12, sp.oo), SIXTEENTH, half_fire, by_sixteenth, softmax_fires
)
separation_eighth = _separation("corrected-softmax-linear-eighth", LATE, EIGHTH, all_fire, by_eighth, always_fires)
