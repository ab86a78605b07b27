"""Positive random features at a = 1, in numbers: n^2 of them miss the needle, n^(9/2) find it, for n >= 10^20.

Hypotheses. The needle construction at a = 1, where the threshold is x* = 5/2, n^(25/8) features, and softmax puts more
than 1 - 1/n of the weight on the needle; M positive random features (FAVOR+), n >= 10^20.
Claims. (missed) For n^2 <= M <= 2 n^2, as many as the matrix has entries, the gain of the needle's row is below
n^(9/10) and its weight below 1/100 with probability at least 9/10. (found) For n^(9/2) <= M <= 2 n^(9/2) the gain is
above n^(11/10) and the weight above 99/100 with probability at least 9/10.
Source. Derived here.
Why. `favor_missed` and `favor_found` with numbers in them; every term falls or grows with n.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas.binomial_half import M
from theory.reasons import Lemma, substitute
from theory.rigor.checks import certified
from theory.separation.kernels.favor import eps, x
from theory.separation.kernels.favor_found import found_late, late_exponent
from theory.separation.kernels.favor_found import level as found_level
from theory.separation.kernels.favor_missed import allowed, gain_bound, level, missed
from theory.separation.kernels.favor_too_large import MISSED_WORDS
from theory.separation.kernels.favor_window import delta, v, width
from theory.separation.self_attention.construction import SOURCE, a, n, needle_weight, softmax_needle_gain

LONG = {n: sp.Range(10**20, sp.oo)}
SHORT, NARROW = sp.Rational(3, 50), sp.Rational(1, 27)


def _share(name: str, title: str, bound, tighter: str, tight) -> Claim:
    """Declare and certify that the bound on the probability of the exceptions is at most 1/10."""
    claim = declare(
        f"separation.favor.{name}-bound",
        title,
        sp.Le(bound, sp.Rational(1, 10), evaluate=False),
        Domain(LONG),
        Kind.UPPER,
        derived_here(SOURCE),
        {Method.CERTIFIED},
        module=__name__,
        spoiled=[Spoiled(f"{tighter} in place of 1/10", sp.Le(bound, tight, evaluate=False))],
    )
    evidence_for(claim, Method.CERTIFIED)(certified())
    return claim


def _gain(name: str, title: str, kind: Kind, gain, power, weight, leaning: Claim, spoiled: list) -> Claim:
    """Declare and certify that the gain lies on one side of n^power, and the weight that gives on that of `weight`."""
    relation = sp.Le if kind is Kind.UPPER else sp.Ge
    claim = declare(
        f"separation.favor.{name}-gain",
        title,
        sp.And(
            relation(gain / n**power, 1, evaluate=False),
            relation(needle_weight(n**power, n), weight, evaluate=False),
            evaluate=False,
        ),
        Domain(LONG),
        kind,
        derived_here(SOURCE),
        {Method.CERTIFIED},
        module=__name__,
        rests_on=[leaning.id],
        spoiled=spoiled,
    )
    evidence_for(claim, Method.CERTIFIED)(certified())
    return claim


def _instance(name: str, title: str, general: Claim, values: dict, few, numbers: tuple, by: tuple) -> Claim:
    """Declare that the general claim, with numbers in it, bounds the exceptions by 1/10 for few <= M <= 2 few.

    numbers: M in the witness, and for two tokens. by: the claims on the bound and on the gain.
    """
    exceptions, bound = substitute(general.unfolded.lhs, values), substitute(general.unfolded.rhs, values)
    tenth, gain = by
    claim = declare(
        f"separation.favor.{name}",
        title,
        sp.Le(exceptions, sp.Rational(1, 10), evaluate=False),
        Domain(
            LONG | {M: sp.Range(1, sp.oo)},
            (sp.Ge(M, few, evaluate=False), sp.Le(M, 2 * few, evaluate=False)),
            {key: MISSED_WORDS[key] for key in (n, M)},
            {n: 10**20, M: numbers[0]},
        ),
        Kind.UPPER,
        derived_here(SOURCE),
        {Method.DERIVED},
        module=__name__,
        rests_on=[general.id, tenth.id, gain.id],
        spoiled=[Spoiled("two tokens", domain=Domain({n: sp.FiniteSet(2), M: sp.FiniteSet(numbers[1])}))],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _numbers() -> Derivation:
        return (
            Derivation(exceptions)
            .at_most(bound, by=Lemma(general.id, {n: n, M: M} | values))
            .at_most(sp.Rational(1, 10), by=Lemma(tenth.id, {n: n}))
        )

    return claim


# ------------------------------------------------------------------------------ below the threshold

FEWER = {a: 1, x: 2, eps: sp.Rational(4, 25), v: 2 - SHORT, delta: NARROW}  # E is 0.83..
small_gain, missed_power = substitute(gain_bound, FEWER), sp.Rational(9, 10)
missed_gain = _gain(
    "missed-instance",
    "at a = 1, x = 2 and n >= 10^20 the bound on the gain is at most n^(9/10), which is a weight of 1/100 at most",
    Kind.UPPER, small_gain, missed_power, sp.Rational(1, 100), level,
    [
        Spoiled("the gain of softmax", sp.Le(softmax_needle_gain(sp.S.One, n) / n**missed_power, 1, evaluate=False)),
        Spoiled("n^(17/20)", sp.Le(small_gain / n ** sp.Rational(17, 20), 1, evaluate=False)),
    ],
)  # fmt: skip
missed_tenth = _share(
    "missed-instance", "at a = 1, x = 2 and n >= 10^20 the bound on the probability of the exceptions is at most 1/10",
    substitute(allowed, FEWER), "1/20", sp.Rational(1, 20),
)  # fmt: skip
missed_instance = _instance(
    "missed-instance",
    "at a = 1 and n >= 10^20 positive features as many as the matrix has entries miss the needle, 9 times out of 10",
    missed, FEWER, n**2, (10**40, 4), (missed_tenth, missed_gain),
)  # fmt: skip

# ------------------------------------------------------------------------------ above the threshold

MORE = {a: 1, x: 3, eps: sp.Rational(2, 25), v: 3 - SHORT, delta: NARROW}  # E - e is 1.2..
large_gain = substitute(width(n, delta) / 2 * n**late_exponent, MORE)
found_gain = _gain(
    "found-instance",
    "at a = 1, x = 3 and n >= 10^20 the bound on the gain is at least n^(11/10), which is a weight of 99/100 at least",
    Kind.LOWER, large_gain, sp.Rational(11, 10), sp.Rational(99, 100), found_level,
    [Spoiled("n^(6/5)", sp.Ge(large_gain / n ** sp.Rational(6, 5), 1, evaluate=False))],
)  # fmt: skip
found_tenth = _share(
    "found-instance", "at a = 1, x = 3 and n >= 10^20 the bound on the probability of the exceptions is at most 1/10",
    substitute(found_late.unfolded.rhs, MORE), "1/25", sp.Rational(1, 25),
)  # fmt: skip
found_instance = _instance(
    "found-instance",
    "at a = 1 and n >= 10^20 positive features, n^(9/2) in number, find the needle, 9 times out of 10",
    found_late, MORE, n ** sp.Rational(9, 2), (10**90, 23), (found_tenth, found_gain),
)  # fmt: skip
