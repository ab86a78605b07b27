"""C3. Recovery of random signs below the exponent 1/2: no better than a coin, so that 1/2 is critical from both sides.

Hypotheses. As in `random_signs`, with n = 2h + r + 1 keys, r in {0, 1}; gain N > 0.
Claim. R(n, N) <= 1/2 + (N + 1)/sqrt(6n - 2). So for softmax, N = n^kappa exp(-l0), R <= 1/2 + n^(kappa - 1/2): for
every kappa < 1/2 it tends to 1/2, as fast as a power of n. For linear attention R <= 1/2 + (kappa log n/l0 +
1)/sqrt(6n - 2), and the same with the p-th power for (q . k)^p: no degree recovers a sign from long sequences.
Source. Derived here for the cross-attention variant of the construction of arXiv 2310.11685.
Why. R = 1/2 + P[|S| < N]/2, and a sum of random signs is seldom close to 0 (`lemma.anticoncentration.small-ball`).
When tight. To within 3 % of R - 1/2 for 1 << N << sqrt n; where N is of the order of sqrt n both bounds are
constants.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import anticoncentration
from theory.lemmas.anticoncentration import above, below, indicator, probability_within
from theory.lemmas.binomial import HALVES, h, largest_probability, r
from theory.lemmas.concentration import j
from theory.reasons import Algebra, Cases, CombineSums, EvaluateSum, Lemma, Monotone, ReverseSum, Sign, TermwiseSum
from theory.separation.cross_attention.construction import (
    MEANINGS,
    RANGES,
    SOURCE,
    N,
    kappa,
    l0,
    linear_gain,
    softmax_gain,
)
from theory.separation.cross_attention.random_signs import lost, recovered

signs = 2 * h + r
n = signs + 1
WORDS = {**MEANINGS, h: "half of n - 1, rounded down", r: "1 for an even n, else 0"}
SOME = sp.Ge(signs, 1)
HALF = sp.Rational(1, 2)


def lengths(*symbols: sp.Symbol, **changed: sp.Set) -> Domain:
    """All n = 2h + r + 1 >= 2, and the usual ranges of these symbols."""
    ranges = {symbol: changed.get(symbol.name, RANGES[symbol]) for symbol in symbols}
    return Domain({**HALVES, **ranges}, (SOME,), {key: WORDS[key] for key in (h, r, *symbols)})


def coin_bound(n, N):
    """The upper bound on R(n, N)."""
    return HALF + (N + 1) / sp.sqrt(6 * n - 2)


limit = declare(
    "separation.cross.recovery-limit",
    "a coordinate is recovered with probability at most 1/2 + (N + 1)/sqrt(6n - 2)",
    sp.Le(recovered(n, N), coin_bound(n, N), evaluate=False),
    lengths(N),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=[anticoncentration.small_ball.id, "separation.cross.recovery"],
    spoiled=[
        Spoiled("N + 1 replaced by N", sp.Le(recovered(n, N), HALF + N / sp.sqrt(6 * n - 2), evaluate=False)),
    ],
)


@evidence_for(limit, Method.DERIVED)
@derived
def _limit() -> Derivation:
    value, share = 2 * j - signs, 2 ** (signs + 1)
    low, high = indicator(sp.Le(value, -N, evaluate=False)), indicator(sp.Ge(value, N, evaluate=False))
    inside = indicator(sp.And(above(value, -N), below(value, N)))

    def total(term):
        return sp.Sum(sp.binomial(signs, j) * term, (j, 0, signs))

    everything = total(sp.S.One)
    one_of_three = Cases(
        sp.Le(value, -N, evaluate=False),
        Sign(),
        Cases(sp.Ge(value, N, evaluate=False), Sign(), Sign()),
        words="$|S| \\ge N$ or not",
    )
    within = (N + 1) * largest_probability(h, r)
    return (
        Derivation(lost(n, N))  # that it is at least 1 - coin_bound is the claim
        .equal(total(low) / share + total(high) / share, by=ReverseSum(total(high), "as $S$ and $-S$ have one law"))
        .equal(total(low + high) / share, by=CombineSums())
        .at_least(total(1 - inside) / share, by=TermwiseSum(by=one_of_three))
        .equal(everything / share - probability_within(signs, N) / 2, by=CombineSums())
        .at_least(
            everything / share - within / 2,
            by=Monotone(
                lambda z: everything / share - z / 2, probability_within(signs, N), sp.Le, within,
                by=Lemma(anticoncentration.small_ball.id, {h: h, r: r, N: N}),
            ),
        )
        .equal(HALF - within / 2, by=EvaluateSum())
        .equal(HALF - (N + 1) / sp.sqrt(6 * n - 2 + 6 * r), by=Algebra())
        .at_least(
            1 - coin_bound(n, N),
            by=Monotone(lambda z: HALF - (N + 1) / sp.sqrt(z), 6 * n - 2 + 6 * r, sp.Ge, 6 * n - 2, by=Sign()),
        )
    )  # fmt: skip


SOFTMAX = softmax_gain(kappa, l0, n)
half_exponent = n ** (kappa - HALF)
softmax_coin = declare(
    "separation.cross.softmax-coin",
    "softmax recovers a coordinate with probability at most 1/2 + n^(kappa - 1/2): for kappa < 1/2 this tends to 1/2",
    sp.Le(recovered(n, SOFTMAX), HALF + half_exponent, evaluate=False),
    lengths(kappa, l0),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=[limit.id, "separation.cross.softmax-gain"],
    spoiled=[
        Spoiled("the exponent lowered by 1", sp.Le(recovered(n, SOFTMAX), HALF + half_exponent / n, evaluate=False))
    ],
)


@evidence_for(softmax_coin, Method.DERIVED)
@derived
def _softmax_coin() -> Derivation:
    root = sp.sqrt(6 * n - 2)
    return (
        Derivation(recovered(n, SOFTMAX))
        .at_most(coin_bound(n, SOFTMAX), by=Lemma(limit.id, {h: h, r: r, N: SOFTMAX}))
        .at_most(HALF + 2 * n**kappa / root, by=Sign())
        .at_most(
            HALF + 2 * n**kappa / sp.sqrt(4 * n),
            by=Monotone(lambda z: HALF + 2 * n**kappa / sp.sqrt(z), 6 * n - 2, sp.Ge, 4 * n, by=Sign()),
        )
        .equal(HALF + half_exponent, by=Algebra())
    )


LINEAR = linear_gain(kappa, l0, n)
linear_coin = declare(
    "separation.cross.linear-coin",
    "linear attention recovers a coordinate with probability at most 1/2 + (kappa log n/l0 + 1)/sqrt(6n - 2)",
    sp.Le(recovered(n, LINEAR), coin_bound(n, LINEAR), evaluate=False),
    lengths(kappa, l0),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=[limit.id, "separation.cross.linear-gain"],
    spoiled=[
        Spoiled(
            "N + 1 replaced by N/2",
            sp.Le(recovered(n, LINEAR), HALF + LINEAR / 2 / sp.sqrt(6 * n - 2), evaluate=False),
        )
    ],
)


@evidence_for(linear_coin, Method.DERIVED)
@derived
def _linear_coin() -> Derivation:
    by_gain = Lemma(limit.id, {h: h, r: r, N: LINEAR})
    return Derivation(recovered(n, LINEAR)).at_most(coin_bound(n, LINEAR), by=by_gain)
