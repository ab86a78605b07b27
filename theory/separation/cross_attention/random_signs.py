"""C3. One key against random signs: when the needle's sign is recovered, and with what probability.

Hypotheses. The cross-attention needle; the value at the needle is a sign, and those at the n - 1 other keys are
independent uniform signs; S is the sum of these, times the needle's sign; gain N > 0. The coordinate is recovered
when the output has the needle's sign.
Claim. It is recovered if and only if J > (n - 1 - N)/2, where J ~ Bin(n - 1, 1/2) counts the others that agree with
the needle. It is lost with probability P[S <= -N], which is at most exp(-N^2/(2(n - 1))) and at most 1/2. The
probability R(n, N) = 1 - P[S <= -N] is what `recovery` bounds from below and `recovery_limit` from above.
Source. Derived here for the cross-attention variant of the construction of arXiv 2310.11685.
Why. The output is (N + S)/(N + n - 1); Hoeffding's inequality, and symmetry.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import concentration
from theory.lemmas.anticoncentration import indicator
from theory.lemmas.concentration import j
from theory.reasons import Cases, CombineSums, EvaluateSum, Lemma, Monotone, Rearrange, ReverseSum, Sign, TermwiseSum
from theory.separation.cross_attention.construction import MEANINGS, SOURCE, N, domain, n
from theory.separation.self_attention.construction import needle_weight, other_weight

J = sp.Symbol("J", integer=True, nonnegative=True)
WORDS = {
    **MEANINGS,
    J: "how many of the n - 1 others agree with the needle",
}


def lost(n, N):
    """P[S <= -N] for the sum S of n - 1 random signs: a coordinate is not recovered."""
    fails = sp.Le(2 * j - (n - 1), -N, evaluate=False)
    return sp.Sum(sp.binomial(n - 1, j) * indicator(fails), (j, 0, n - 1)) / 2 ** (n - 1)


def recovered(n, N):
    """R(n, N) = P[S > -N]: a coordinate is recovered."""
    return 1 - lost(n, N)


OUTPUT = needle_weight(N, n) + other_weight(N, n) * (2 * J - (n - 1))
RIGHT = sp.Gt(OUTPUT, 0, evaluate=False)
ENOUGH = sp.Gt(J, (n - 1 - N) / 2, evaluate=False)
COUNTED = domain(N, n)
recovery = declare(
    "separation.cross.recovery",
    "a coordinate is recovered if and only if more than (n - 1 - N)/2 of the others agree with the needle",
    sp.Equivalent(RIGHT, ENOUGH, evaluate=False),
    Domain({**COUNTED.ranges, J: sp.Range(0, sp.oo)}, (sp.Le(J, n - 1),), {key: WORDS[key] for key in (N, n, J)}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled("n - 1 replaced by n", sp.Equivalent(RIGHT, sp.Gt(J, (n - N) / 2, evaluate=False), evaluate=False))
    ],
)


@evidence_for(recovery, Method.DERIVED)
@derived
def _recovery() -> Equivalences:
    return Equivalences(RIGHT).iff(ENOUGH, by=Rearrange((N + n - 1) / 2))


hoeffding = sp.exp(-(N**2) / (2 * (n - 1)))
failure = declare(
    "separation.cross.recovery-failure",
    "a coordinate is lost with probability at most exp(-N^2/(2(n - 1)))",
    sp.Le(lost(n, N), hoeffding, evaluate=False),
    domain(N, n),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED, Method.ATTACKED},
    module=__name__,
    rests_on=[concentration.hoeffding_signs.id, recovery.id],
    spoiled=[
        Spoiled("the factor 1/2 dropped", sp.Le(lost(n, N), sp.exp(-(N**2) / (n - 1)), evaluate=False)),
    ],
)


def reached(n, N):
    """P[S >= N], as the lemma writes it."""
    return concentration.probability_at_least(N).subs(concentration.k, n - 1)


@evidence_for(failure, Method.DERIVED)
@derived
def _failure() -> Derivation:
    (sum_of_lost,) = lost(n, N).atoms(sp.Sum)
    return (
        Derivation(lost(n, N))
        .equal(reached(n, N), by=ReverseSum(sum_of_lost, words="as $S$ and $-S$ have one law"))
        .at_most(hoeffding, by=Lemma(concentration.hoeffding_signs.id, {concentration.k: n - 1, concentration.s: N}))
    )


all_patterns = sp.Sum(sp.binomial(n - 1, j), (j, 0, n - 1))
coin = declare(
    "separation.cross.recovery-coin",
    "a coordinate is recovered with probability at least 1/2, whatever the gain",
    sp.Ge(recovered(n, N), sp.Rational(1, 2), evaluate=False),
    domain(N, n),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[concentration.symmetric_half.id, recovery.id],
    spoiled=[Spoiled("1/2 replaced by 51/100", sp.Ge(recovered(n, N), sp.Rational(51, 100), evaluate=False))],
)


@evidence_for(coin, Method.DERIVED)
@derived
def _coin() -> Derivation:
    value = 2 * j - (n - 1)
    not_negative = indicator(sp.Ge(value, 0, evaluate=False))
    negative = sp.Sum(sp.binomial(n - 1, j) * (1 - not_negative), (j, 0, n - 1))
    share = 2 ** (n - 1)
    half = concentration.probability_at_least(0).subs(concentration.k, n - 1)
    by_sign = Cases(sp.Le(value, -N, evaluate=False), Sign(), Cases(sp.Ge(value, 0, evaluate=False), Sign(), Sign()))
    return (
        Derivation(recovered(n, N))
        .at_least(
            1 - negative / share,
            by=Monotone(lambda z: 1 - z, lost(n, N), sp.Le, negative / share, by=TermwiseSum(by=by_sign)),
        )
        .equal(1 - all_patterns / share + half, by=CombineSums())
        .at_least(
            1 - all_patterns / share + sp.Rational(1, 2),
            by=Monotone(
                lambda z: 1 - all_patterns / share + z, half, sp.Ge, sp.Rational(1, 2),
                by=Lemma(concentration.symmetric_half.id, {concentration.k: n - 1}),
            ),
        )
        .equal(sp.Rational(1, 2), by=EvaluateSum())
    )  # fmt: skip
