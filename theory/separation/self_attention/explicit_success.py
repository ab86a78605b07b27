"""A3, sufficient conditions: when all four networks behave with probability at least 1 - 2 delta, in the parameters.

Hypotheses. The needle construction, b > 0; heights a_1 on D1 and a_0 on D0; x(a, N; eta) as for the upper bound, and
x_min > 0 at most x for softmax on D0 (gain n^(a_0(1+a_0))), linear attention on D1 (1+a_1) and on D0 (1+a_0);
n^(a_1(1+a_1)) (a_1 + b - eta) >= eta (n-1) + b; m >= log(1/delta)/log(16/15); d >= 2 + 2 log(3m/delta)/x_min^2.
Claim. P4 >= 1 - 2 delta, where P4 = (1-p_b)^m - (1-p)^m, and p_b and p are numbers of sign patterns over 2^d. The same
for any attention maps, by their gains.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. A neuron fires for softmax on D1 with probability at least 1/16, as x <= 0 there, and in each of the three other
networks with at most exp(-(d-2) x_min^2/2) <= delta/(3m).
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import sign_tails
from theory.reasons import Lemma, Sign, Since, Unfold, substitute
from theory.separation.self_attention.construction import (
    SOURCE,
    N,
    a,
    b,
    d,
    eta,
    linear_gain,
    m,
    mean_sign_needed,
    n,
    softmax_needle_gain,
    softmax_ordinary_gain,
)
from theory.separation.self_attention.firing_law import firing_probability
from theory.separation.self_attention.firing_lower_bound import SIXTEENTH, half_fire, sixteenth
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
    P_ANY,
    P_BAD,
    P_FIRES,
    SILENT,
    a0,
    a1,
    fires,
    named,
    networks,
    q,
    r,
    silent_union,
    success,
    success_bound,
)
from theory.separation.self_attention.sufficient_conditions import (
    FAILURE,
    FAILURE_MEANINGS,
    FIFTEEN_SIXTEENTHS,
    delta,
    enough_dimensions,
    enough_neurons,
    fires_enough,
    silent_enough,
    sufficient_dimension,
    sufficient_width,
    tail_left,
    x_least,
)


def below_x(gain, a):
    """x_min <= x(a, N; eta)."""
    return sp.Le(x_least, mean_sign_needed(gain, n, a, b, eta), evaluate=False)


network = firing_probability([(N, a), (N_other, a)], n, d, b, eta)
QUIET = two_rows(n, d, a, b, eta, hypotheses=(below_x(N, a),))
QUIET = Domain(
    {**QUIET.ranges, x_least: FAILURE[x_least]}, QUIET.hypotheses, {**QUIET.meanings, x_least: "at most x(a, N; eta)"}
)
silent_tail = declare(
    "separation.self.silent-network-tail",
    "a network of largest gain N fires with probability at most exp(-(d-2) x_min^2/2) if 0 < x_min <= x(a, N; eta)",
    sp.Le(network, tail_left, evaluate=False),
    QUIET,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[gain_bound.id, sign_tails.tail_decreases.id],
    spoiled=[
        Spoiled(
            "the hypothesis on x_min dropped",
            domain=Domain({**QUIET.ranges, n: sp.FiniteSet(10), d: sp.Range(4, 6)}, QUIET.hypotheses[:1]),
        )
    ],
)


@evidence_for(silent_tail, Method.DERIVED)
@derived
def _silent_tail() -> Derivation:
    bound = firing_bound(N, n, d, a, b, eta)
    levels = (mean_sign_needed(N, n, a, b, th) for th in (eta, eta + 2 * (1 - b)))
    facts = {
        sp.Le(sign_tails.tail_bound(x, d - 2), tail_left, evaluate=False): Lemma(
            sign_tails.tail_decreases.id, {sign_tails.k: d - 2, sign_tails.x: x, sign_tails.y: x_least}
        )
        for x in levels
    }
    values = {symbol: symbol for symbol in (N, N_other, n, d, a, b, eta)}
    return (
        Derivation(network)
        .at_most(bound, by=Lemma(gain_bound.id, values))
        .at_most(tail_left, by=Since(facts, then=Sign(given=dict.fromkeys(facts, sp.Rational(1, 2)))))
    )


def sufficient(rows: dict) -> tuple:
    """The hypotheses of the theorem, with the gains that `rows` puts in place of the symbols."""
    conditions = (
        sp.Ge(N1 * (a1 + b - eta), eta * (n - 1) + b, evaluate=False),
        below_x(M1, a0),
        below_x(G1, a1),
        below_x(G0, a0),
    )
    return (*(substitute(condition, rows) for condition in conditions), enough_neurons, enough_dimensions)


TENTH = sp.Rational(1, 10)
POINT = {  # where the theorem says something; no search would come across it
    n: 10**6, d: 2002, m: 72, b: sp.Rational(1, 2), eta: TENTH, a1: 7 * TENTH, a0: TENTH / 2, x_least: TENTH,
    delta: sp.Rational(1, 100),
}  # fmt: skip
GAINS_THERE = {N1: 10**7, N2: 10**4, M1: 3, M2: 2, G1: sp.Rational(17, 10), G0: sp.Rational(21, 20)}
GENERAL = networks(m, b=POSITIVE_B)
GENERAL = Domain(
    {**GENERAL.ranges, **FAILURE},
    (sp.Le(M2, M1, evaluate=False), *sufficient({})),
    {**GENERAL.meanings, **FAILURE_MEANINGS},
    witness={**POINT, **GAINS_THERE},
)
# the needle stands out for nobody, and nothing is said about the number of neurons
WEAK = {symbol: sp.FiniteSet(1) for symbol in (N1, N2, M1, M2, G1, G0, a1, a0, b)}
WEAK |= {n: sp.FiniteSet(10), d: sp.FiniteSet(4), eta: sp.FiniteSet(2), m: sp.FiniteSet(1)}
gains_success = declare(
    "separation.self.explicit-success-of-gains",
    "P4 >= 1 - 2 delta for any attention maps, under explicit conditions on their gains, m and d",
    sp.Ge(success, 1 - 2 * delta, evaluate=False),
    GENERAL,
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[
        success_bound.id, silent_union.id, silent_tail.id, sixteenth.id, sufficient_dimension.id, sufficient_width.id,
    ],
    definitions=NAMES,
    spoiled=[Spoiled("the hypotheses dropped", domain=Domain({**GENERAL.ranges, **WEAK}))],
)  # fmt: skip


@evidence_for(gains_success, Method.DERIVED)
@derived
def _gains_success() -> Derivation:
    strong, one = sufficient({})[0], sp.S.One
    needle = {N: N1, N_other: N2, a: a1}
    same = {symbol: symbol for symbol in (n, d, b, eta)}
    clears = substitute(half_fire, needle)
    loud_enough = sp.Ge(P_FIRES, SIXTEENTH, evaluate=False)
    by_union = sp.Le(P_BAD, OWN, evaluate=False)
    few = sp.Le(P_BAD, delta / m, evaluate=False)
    largest = ((M1, M2, a0), (G1, G1, a1), (G0, G0, a0))
    tails = {
        sp.Le(fires(rows), tail_left, evaluate=False): Lemma(
            silent_tail.id, {N: gain, N_other: other, a: height, x_least: x_least} | same
        )
        for rows, (gain, other, height) in zip(SILENT, largest, strict=True)
    }
    facts = {
        clears: Sign(given={strong: 1 / (N1 + n - 1)}),
        loud_enough: Lemma(sixteenth.id, needle | same),
        silent_enough: Lemma(sufficient_dimension.id, {d: d, m: m, x_least: x_least, delta: delta}),
        **tails,
        by_union: Lemma(silent_union.id, {symbol: symbol for symbol in networks().ranges}),
        few: Sign(given={by_union: one, **dict.fromkeys(tails, one), silent_enough: 1 / m}),
    }
    values = {symbol: symbol for symbol in networks(m).ranges} | {q: SIXTEENTH, r: delta / m}
    by_width = Since({fires_enough: Lemma(sufficient_width.id, {m: m, delta: delta})}, Sign(given={fires_enough: one}))
    return (
        Derivation(success)
        .equal(NAMES[success], by=Unfold(NAMES))
        .at_least(1 - FIFTEEN_SIXTEENTHS**m - delta, by=Since(facts, then=Lemma(success_bound.id, values)))
        .at_least(1 - 2 * delta, by=by_width)
    )


SOFTMAX_AND_LINEAR = {
    N1: softmax_needle_gain(a1, n),
    N2: softmax_ordinary_gain(a1, n),
    M1: softmax_needle_gain(a0, n),
    M2: softmax_ordinary_gain(a0, n),
    G1: linear_gain(a1),
    G0: linear_gain(a0),
}
PARAMETERS = {symbol: values for symbol, values in GENERAL.ranges.items() if symbol not in SOFTMAX_AND_LINEAR}
WORDS = {symbol: words for symbol, words in GENERAL.meanings.items() if symbol in PARAMETERS}
NAMES_HERE = named(*(substitute(part, SOFTMAX_AND_LINEAR) for part in (P_BAD, P_ANY)))
explicit_success = declare(
    "separation.self.explicit-success",
    "P4 >= 1 - 2 delta for softmax and linear attention, under explicit conditions on n, d, m, a_1, a_0, b and eta",
    sp.Ge(success, 1 - 2 * delta, evaluate=False),
    Domain(PARAMETERS, sufficient(SOFTMAX_AND_LINEAR), WORDS, witness=POINT),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[gains_success.id],
    definitions=NAMES_HERE,
    spoiled=[
        Spoiled(
            "the hypotheses dropped",
            domain=Domain({**PARAMETERS, **{s: values for s, values in WEAK.items() if s in PARAMETERS}}),
        )
    ],
)


@evidence_for(explicit_success, Method.DERIVED)
@derived
def _explicit_success() -> Derivation:
    values = {symbol: symbol for symbol in PARAMETERS} | SOFTMAX_AND_LINEAR
    return (
        Derivation(success)
        .equal(NAMES_HERE[success], by=Unfold(NAMES_HERE))
        .at_least(1 - 2 * delta, by=Lemma(gains_success.id, values))
    )
