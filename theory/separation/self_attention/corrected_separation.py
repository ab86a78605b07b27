"""A4 for the whole network: above b the separation needs no dimension, for the exact sum over sign patterns.

Hypotheses. The needle construction, 0 < b <= 1, threshold eta > b, that is tau = (1 + xi) sqrt(log n), xi = eta - b;
heights a_1 on D1 and a_0 on D0; any attention maps, by their gains. Each network that should be silent has a largest
gain N with N (a - xi) <= xi (n - 1), which is a w <= xi. In the network that should fire, the needle's row clears the
threshold for y_1 = y_d = y_k = +1 and S = 1 (or S = 4 - d, the least sum with y_k = +1).
Claim. (silent) A silent network fires with probability 0. (sixteenth) P4 >= 1 - (15/16)^m. (eighth) P4 >= 1 - (7/8)^m
under the stronger condition. Neither needs anything of d, and m >= log(1/delta)/log(8/7) is enough for 1 - delta.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. A row fires only if the mean middle sign exceeds x(a, N; eta), which is at least 1 for a silent one.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import sign_tails
from theory.reasons import Lemma, Sign, Since, Unfold, substitute
from theory.separation.self_attention.construction import SOURCE, N, a, b, d, eta, m, mean_sign_needed, n
from theory.separation.self_attention.firing_law import firing_probability
from theory.separation.self_attention.firing_lower_bound import (
    EIGHTH,
    SIXTEENTH,
    all_fire,
    eighth,
    half_fire,
    sixteenth,
)
from theory.separation.self_attention.firing_upper_bound import (
    POSITIVE_B,
    N_other,
    firing_bound,
    gain_bound,
    two_rows,
)
from theory.separation.self_attention.four_networks import (
    G0,
    G1,
    M1,
    M2,
    N1,
    N2,
    NAMES,
    OWN,
    P_BAD,
    P_FIRES,
    SILENT,
    a0,
    a1,
    fires,
    joint_bound,
    networks,
    q,
    r,
    silent_union,
    success,
    success_bound,
)

ABOVE_B = sp.Gt(eta, b)
TENTH, HALF = sp.Rational(1, 10), sp.Rational(1, 2)


def silent_condition(gain, a):
    """N (a - xi) <= xi (n - 1) with xi = eta - b, which is a w <= xi."""
    return sp.Le(gain * (a + b - eta), (eta - b) * (n - 1), evaluate=False)


network = firing_probability([(N, a), (N_other, a)], n, d, b, eta)
QUIET = two_rows(n, d, a, b, eta, hypotheses=(ABOVE_B, silent_condition(N, a)))
silent = declare(
    "separation.self.silent-network",
    "a network whose largest gain has N (a - xi) <= xi (n - 1) fires with probability 0",
    sp.Le(network, 0, evaluate=False),
    QUIET,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[gain_bound.id, sign_tails.tail_vanishes.id, "separation.self.silence"],
    spoiled=[
        Spoiled(
            "the condition on the gain dropped",
            domain=Domain({**QUIET.ranges, n: sp.FiniteSet(10), d: sp.Range(4, 6)}, (QUIET.hypotheses[0], ABOVE_B)),
        )
    ],
)


@evidence_for(silent, Method.DERIVED)
@derived
def _silent() -> Derivation:
    levels = [mean_sign_needed(N, n, a, b, th) for th in (eta, eta + 2 * (1 - b))]
    quiet = silent_condition(N, a)
    beyond = {sp.Ge(level, 1, evaluate=False): Sign(given={quiet: 1 / (b * n)}) for level in levels}
    none = {
        sp.Le(sign_tails.tail_bound(level, d - 2), 0, evaluate=False): Lemma(
            sign_tails.tail_vanishes.id, {sign_tails.k: d - 2, sign_tails.x: level}
        )
        for level in levels
    }
    values = {symbol: symbol for symbol in (N, N_other, n, d, a, b, eta)}
    return (
        Derivation(network)
        .at_most(firing_bound(N, n, d, a, b, eta), by=Lemma(gain_bound.id, values))
        .at_most(0, by=Since(beyond | none, then=Sign(given=dict.fromkeys(none, HALF))))
    )


# at n = 100, a_1 = 7/10, a_0 = 1/20, b = 1/2, xi = 1/10 softmax has gains 240 and 25 on D1, and 1.3 on D0
POINT = {
    n: 100, d: 12, m: 35, b: HALF, eta: 6 * TENTH, a1: 7 * TENTH, a0: TENTH / 2, N1: 239, N2: 25, M1: 2, M2: 1,
    G1: 17 * TENTH, G0: sp.Rational(21, 20),
}  # fmt: skip


def _separation(name: str, least: sp.Rational, clears, lower: Claim, witness: dict) -> Claim:
    """Declare P4 >= 1 - (1 - least)^m where the needle's row fires with probability at least `least`."""
    condition = substitute(clears, {N: N1, N_other: N2, a: a1})
    quiet = [silent_condition(gain, height) for gain, height in ((M1, a0), (G1, a1), (G0, a0))]
    general = networks(m, b=POSITIVE_B)
    domain = Domain(
        general.ranges, (sp.Le(M2, M1, evaluate=False), ABOVE_B, *quiet, condition), general.meanings, witness=witness
    )
    bound = joint_bound(least, 0, m)
    loud = Domain({**general.ranges, **{symbol: sp.FiniteSet(value) for symbol, value in LOUD.items()}})
    claim = declare(
        f"separation.self.{name}",
        f"above b all four networks behave with probability at least 1 - (1 - {least})^m, in every dimension",
        sp.Ge(success, bound, evaluate=False),
        domain,
        Kind.SEPARATION,
        derived_here(SOURCE),
        {Method.DERIVED},
        module=__name__,
        rests_on=[success_bound.id, silent_union.id, silent.id, lower.id],
        definitions=NAMES,
        spoiled=[Spoiled("the hypotheses dropped", domain=loud)],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _proof() -> Derivation:
        one = sp.S.One
        same = {symbol: symbol for symbol in (n, d, b, eta)}
        by_union = sp.Le(P_BAD, OWN, evaluate=False)
        largest = ((M1, M2, a0), (G1, G1, a1), (G0, G0, a0))
        none = {
            sp.Le(fires(rows), 0, evaluate=False): Lemma(silent.id, {N: gain, N_other: other, a: height} | same)
            for rows, (gain, other, height) in zip(SILENT, largest, strict=True)
        }
        facts = {
            sp.Ge(P_FIRES, least, evaluate=False): Lemma(lower.id, {N: N1, N_other: N2, a: a1} | same),
            **none,
            by_union: Lemma(silent_union.id, {symbol: symbol for symbol in networks().ranges}),
            sp.Le(P_BAD, 0, evaluate=False): Sign(given={by_union: one, **dict.fromkeys(none, one)}),
        }
        values = {symbol: symbol for symbol in networks(m).ranges} | {q: least, r: sp.S.Zero}
        return (
            Derivation(success)
            .equal(NAMES[success], by=Unfold(NAMES))
            .at_least(bound, by=Since(facts, then=Lemma(success_bound.id, values)))
        )

    return claim


# the needle stands out for nobody
LOUD = dict.fromkeys((N1, N2, M1, M2, G1, G0, a1, a0, b, m), 1) | {n: 10, d: 4, eta: 2}
by_sixteenth = _separation("corrected-separation", SIXTEENTH, half_fire, sixteenth, POINT)
by_eighth = _separation("corrected-separation-eighth", EIGHTH, all_fire, eighth, POINT)
