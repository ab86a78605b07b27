"""A3, lower bound: with what probability a neuron fires at least, for every threshold and every dimension.

Hypotheses. The needle construction; some row of gain N; its excess is what it reads above the threshold, in units of
L: excess(y; S) = a w y_1 + b (om y_k + (1 - om) S/(d-2)) - c (1 - y_d) - eta, S the sum of the d-2 middle signs.
Claim. A neuron fires with probability p, the number of sign patterns that fire over 2^d, where p >= 1/16 if
excess(+,+,+; 1) > 0, that is x(a, N; eta) < 1/(d-2); for even d already if excess(+,+,+; 2) > 0, that is
x(a, N; eta) < 2/(d-2); p >= 1/8 if excess(+,+,+; 4-d) > 0, that is x(a, N; eta) < -1 + 2/(d-2); and p >= 1/4 if
excess(+,+,-; 2-d) > 0, that is N (a - b - eta) > eta (n-1) - b + b n.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. In the pattern y_1 = y_d = y_k = +1, one in eight, S is 1 plus the sum of d-3 free signs. That sum is >= 0 for at
least half of the patterns (and then >= 1 where d-3 is odd), and never below 3-d.
When tight. 1/16 is attained at d = 4: of the two values of the one free sign one fires.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import concentration
from theory.reasons import (
    Cases,
    Contradiction,
    EvaluateSum,
    Indicators,
    Lemma,
    Monotone,
    Sign,
    Since,
    TermwiseSum,
    substitute,
)
from theory.separation.self_attention.construction import (
    SOURCE,
    N,
    a,
    b,
    d,
    domain,
    eta,
    mean_sign_needed,
    n,
    softmax_needle_gain,
    softmax_ordinary_gain,
)
from theory.separation.self_attention.firing_law import K, e_needle, firing_probability, row_fires
from theory.separation.self_attention.firing_patterns import (
    ALL_PLUS_FIRES,
    SMALL,
    VALUES,
    all_plus,
    all_plus_share,
    plus_patterns,
    plus_share,
    probability,
    rows,
)
from theory.separation.self_attention.firing_upper_bound import POSITIVE_B, N_other, excess, scale

SIXTEENTH, EIGHTH, QUARTER = (sp.Rational(1, k) for k in (16, 8, 4))


def _lower(name: str, title: str, least: sp.Rational, of: Domain, lemmas: tuple[str, ...], tight: dict) -> Claim:
    """Declare that p >= `least` on a domain; the spoiled variant says 17/16 of it near `tight`, where p = `least`."""
    return declare(
        f"separation.self.{name}",
        title,
        sp.Ge(probability, least, evaluate=False),
        of,
        Kind.LOWER,
        derived_here(SOURCE),
        {Method.DERIVED},
        module=__name__,
        rests_on=lemmas,
        spoiled=[
            Spoiled(
                f"{least} times 1.01",
                sp.Ge(probability, least * sp.Rational(101, 100), evaluate=False),
                Domain({**of.ranges, **SMALL, **tight}, of.hypotheses),
            )
        ],
    )


half_fire = sp.Gt(excess(N, 1, 1, 1, 1), 0, evaluate=False)
sixteenth = _lower(
    "firing-sixteenth", "a neuron fires with probability at least 1/16 if S = 1 is enough where y_1 = y_d = y_k = +1",
    SIXTEENTH, rows(half_fire), (all_plus.id, concentration.symmetric_half.id),
    {d: sp.FiniteSet(4), eta: sp.Interval(sp.Rational(3, 4), sp.Rational(9, 10))},
)  # fmt: skip


@evidence_for(sixteenth, Method.DERIVED)
@derived
def _sixteenth() -> Derivation:
    upper_half = sp.Ge(2 * K - (d - 3), 0, evaluate=False)
    enough = Sign(given={half_fire: sp.S.One, upper_half: scale(N) / (d - 2)})
    half = concentration.probability_at_least(0).subs(concentration.k, d - 3)
    by_lemma = Lemma(concentration.symmetric_half.id, {concentration.k: d - 3})
    return (
        Derivation(probability)
        .at_least(all_plus_share, by=Lemma(all_plus.id, VALUES))
        .at_least(half / 8, by=TermwiseSum(by=Indicators(implied=[(upper_half, ALL_PLUS_FIRES, enough)])))
        .at_least(SIXTEENTH, by=Monotone(lambda z: z / 8, half, sp.Ge, sp.Rational(1, 2), by=by_lemma))
    )


all_fire = sp.Gt(excess(N, 1, 1, 1, 4 - d), 0, evaluate=False)
eighth = _lower(
    "firing-eighth", "a neuron fires with probability at least 1/8 if S = 4-d is enough where y_1 = y_d = y_k = +1",
    EIGHTH, rows(all_fire), (all_plus.id,), {d: sp.Range(4, 6), eta: sp.Interval(sp.Rational(1, 2), 1)},
)  # fmt: skip


@evidence_for(eighth, Method.DERIVED)
@derived
def _eighth() -> Derivation:
    return (
        Derivation(probability)
        .at_least(all_plus_share, by=Lemma(all_plus.id, VALUES))
        .at_least(
            sp.Sum(sp.binomial(d - 3, K), (K, 0, d - 3)) / 2**d,
            by=TermwiseSum(by=Indicators(certain=[(ALL_PLUS_FIRES, Sign(given={all_fire: sp.S.One}))])),
        )
        .equal(EIGHTH, by=EvaluateSum(words="by the binomial theorem"))
    )


both_fire = sp.Gt(excess(N, 1, 1, -1, 2 - d), 0, evaluate=False)
quarter = _lower(
    "firing-quarter", "a neuron fires with probability at least 1/4 if S = 2-d is enough where y_1 = y_d = -y_k = +1",
    QUARTER, rows(both_fire), (plus_patterns.id,), {d: sp.Range(10, 12), eta: sp.Interval.Lopen(0, sp.Rational(1, 50))},
)  # fmt: skip


@evidence_for(quarter, Method.DERIVED)
@derived
def _quarter() -> Derivation:
    plus_fires = row_fires(N, n, d, a, b, eta, plus=(1, 1, e_needle))
    every = Indicators(certain=[(plus_fires, Sign(given={both_fire: sp.S.One}))])
    return (
        Derivation(probability)
        .at_least(plus_share, by=Lemma(plus_patterns.id, VALUES))
        .at_least(sp.Sum(sp.binomial(d - 3, K), (K, 0, d - 3), (e_needle, 0, 1)) / 2**d, by=TermwiseSum(by=every))
        .equal(QUARTER, by=EvaluateSum(words="by the binomial theorem"))
    )


r = sp.Symbol("r", integer=True, positive=True)
EVEN = {d: 2 * r}
two_fire = substitute(sp.Gt(excess(N, 1, 1, 1, 2), 0, evaluate=False), EVEN)
ROWS_OF_EVEN = {symbol: values for symbol, values in rows().ranges.items() if symbol is not d} | {r: sp.Range(2, sp.oo)}
even_probability = substitute(probability, EVEN)
even = declare(
    "separation.self.firing-sixteenth-even",
    "in dimension d = 2r a neuron fires with probability at least 1/16 if S = 2 is enough where y_1 = y_d = y_k = +1",
    sp.Ge(even_probability, SIXTEENTH, evaluate=False),
    Domain(ROWS_OF_EVEN, (two_fire,), {**rows().meanings, r: "half of the dimension"}),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[all_plus.id, concentration.symmetric_half.id],
    spoiled=[
        Spoiled(
            "S = 2 replaced by S = 4",
            domain=Domain(
                {
                    **ROWS_OF_EVEN,
                    **SMALL,
                    r: sp.FiniteSet(2, 3),
                    eta: sp.Interval(sp.Rational(3, 4), sp.Rational(9, 10)),
                },
                (substitute(sp.Gt(excess(N, 1, 1, 1, 4), 0, evaluate=False), EVEN),),
            ),
        )
    ],
)


@evidence_for(even, Method.DERIVED)
@derived
def _even() -> Derivation:
    """d - 3 is odd, so that the sum of the free signs is not only >= 0 but >= 1."""
    upper_half = sp.Ge(2 * K - (2 * r - 3), 0, evaluate=False)
    whole = sp.Ge(K, r - 1, evaluate=False)
    enough = Since(
        {whole: Cases(whole, where=Sign(), otherwise=Contradiction(upper_half))},
        then=Sign(given={two_fire: sp.S.One, whole: 2 * substitute(scale(N), EVEN) / (2 * r - 2)}),
    )
    fires = substitute(ALL_PLUS_FIRES, EVEN)
    half = concentration.probability_at_least(0).subs(concentration.k, 2 * r - 3)
    by_lemma = Lemma(concentration.symmetric_half.id, {concentration.k: 2 * r - 3})
    return (
        Derivation(even_probability)
        .at_least(substitute(all_plus_share, EVEN), by=Lemma(all_plus.id, VALUES | EVEN))
        .at_least(half / 8, by=TermwiseSum(by=Indicators(implied=[(upper_half, fires, enough)])))
        .at_least(SIXTEENTH, by=Monotone(lambda z: z / 8, half, sp.Ge, sp.Rational(1, 2), by=by_lemma))
    )


needle_gain = softmax_needle_gain(a, n)
softmax_probability = firing_probability([(needle_gain, a), (softmax_ordinary_gain(a, n), a)], n, d, b, eta)
needs_little = sp.Lt(mean_sign_needed(needle_gain, n, a, b, eta), 1 / (d - 2), evaluate=False)
softmax_lower = declare(
    "separation.self.softmax-firing-lower-bound",
    "where x(a, N; eta) < 1/(d-2) softmax fires with probability at least 1/16",
    sp.Ge(softmax_probability, SIXTEENTH, evaluate=False),
    domain(n, d, a, b, eta, b=POSITIVE_B, hypotheses=(needs_little,)),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=[sixteenth.id],
    spoiled=[
        Spoiled(
            "1/16 replaced by 1/15",
            sp.Ge(softmax_probability, sp.Rational(1, 15), evaluate=False),
            Domain(
                {n: sp.FiniteSet(10), d: sp.FiniteSet(4), a: sp.FiniteSet(1), b: sp.FiniteSet(sp.Rational(1, 2)),
                 eta: sp.Interval(1, sp.Rational(3, 2))},
                (needs_little,),
            ),
        )
    ],
)  # fmt: skip


@evidence_for(softmax_lower, Method.DERIVED)
@derived
def _softmax_lower() -> Derivation:
    values = {N: needle_gain, N_other: softmax_ordinary_gain(a, n)}
    clears = substitute(half_fire, values)
    return Derivation(softmax_probability).at_least(
        SIXTEENTH,
        by=Since(
            {clears: Sign(given={needs_little: substitute(scale(N), values)})},
            then=Lemma(sixteenth.id, VALUES | values),
        ),
    )
