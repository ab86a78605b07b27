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

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas.binomial_half import M
from theory.reasons import Lemma, substitute
from theory.rigor.checks import certified
from theory.separation.kernels.favor import eps, x
from theory.separation.kernels.favor_found import found_late, late_exponent
from theory.separation.kernels.favor_found import level as found_level
from theory.separation.kernels.favor_missed import MISSED_WORDS, allowed, exception, gain_bound, level, missed
from theory.separation.kernels.favor_reached import delta, v, width
from theory.separation.self_attention.construction import SOURCE, a, n, needle_weight, softmax_needle_gain

LONG = {n: sp.Range(10**20, sp.oo)}
SHORT, NARROW = sp.Rational(3, 50), sp.Rational(1, 27)

# ------------------------------------------------------------------------------ below the threshold

FEWER = {a: 1, x: 2, eps: sp.Rational(4, 25), v: 2 - SHORT, delta: NARROW}  # E is 0.83..
small_gain, missed_bound = substitute(gain_bound, FEWER), substitute(allowed, FEWER)
missed_gain = declare(
    "separation.favor.missed-instance-gain",
    "at a = 1, x = 2 and n >= 10^20 the bound on the gain is at most n^(9/10), which is a weight of 1/100 at most",
    sp.And(
        sp.Le(small_gain / n ** sp.Rational(9, 10), 1, evaluate=False),
        sp.Le(needle_weight(n ** sp.Rational(9, 10), n), sp.Rational(1, 100), evaluate=False),
        evaluate=False,
    ),
    Domain(LONG),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=[level.id],
    spoiled=[
        Spoiled(
            "the gain of softmax", sp.Le(softmax_needle_gain(sp.S.One, n) / n ** sp.Rational(9, 10), 1, evaluate=False)
        ),
        Spoiled("n^(17/20)", sp.Le(small_gain / n ** sp.Rational(17, 20), 1, evaluate=False)),
    ],
)
evidence_for(missed_gain, Method.CERTIFIED)(certified())

missed_tenth = declare(
    "separation.favor.missed-instance-bound",
    "at a = 1, x = 2 and n >= 10^20 the bound on the probability of the exceptions is at most 1/10",
    sp.Le(missed_bound, sp.Rational(1, 10), evaluate=False),
    Domain(LONG),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    spoiled=[Spoiled("1/20 in place of 1/10", sp.Le(missed_bound, sp.Rational(1, 20), evaluate=False))],
)
evidence_for(missed_tenth, Method.CERTIFIED)(certified())

too_large = substitute(exception, FEWER)
missed_instance = declare(
    "separation.favor.missed-instance",
    "at a = 1 and n >= 10^20 positive features as many as the matrix has entries miss the needle, 9 times out of 10",
    sp.Le(too_large, sp.Rational(1, 10), evaluate=False),
    Domain(
        LONG | {M: sp.Range(1, sp.oo)},
        (sp.Ge(M, n**2, evaluate=False), sp.Le(M, 2 * n**2, evaluate=False)),
        {key: MISSED_WORDS[key] for key in (n, M)},
        {n: 10**20, M: 10**40},
    ),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[missed.id, missed_tenth.id, missed_gain.id],
    spoiled=[
        Spoiled("two tokens", domain=Domain({n: sp.FiniteSet(2), M: sp.FiniteSet(4)})),
    ],
)


@evidence_for(missed_instance, Method.DERIVED)
@derived
def _missed_instance() -> Derivation:
    return (
        Derivation(too_large)
        .at_most(missed_bound, by=Lemma(missed.id, {n: n, M: M} | FEWER))
        .at_most(sp.Rational(1, 10), by=Lemma(missed_tenth.id, {n: n}))
    )


# ------------------------------------------------------------------------------ above the threshold

MORE = {a: 1, x: 3, eps: sp.Rational(2, 25), v: 3 - SHORT, delta: NARROW}  # E - e is 1.2..
WEIGHT = sp.Rational(11, 10)
large_gain = substitute(width(n, delta) / 2 * n**late_exponent, MORE)
too_small = substitute(found_late.unfolded.lhs, MORE)
found_bound = substitute(found_late.unfolded.rhs, MORE)
found_gain = declare(
    "separation.favor.found-instance-gain",
    "at a = 1, x = 3 and n >= 10^20 the bound on the gain is at least n^(11/10), which is a weight of 99/100 at least",
    sp.And(
        sp.Ge(large_gain / n**WEIGHT, 1, evaluate=False),
        sp.Ge(needle_weight(n**WEIGHT, n), sp.Rational(99, 100), evaluate=False),
        evaluate=False,
    ),
    Domain(LONG),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=[found_level.id],
    spoiled=[Spoiled("n^(6/5)", sp.Ge(large_gain / n ** sp.Rational(6, 5), 1, evaluate=False))],
)
evidence_for(found_gain, Method.CERTIFIED)(certified())

found_tenth = declare(
    "separation.favor.found-instance-bound",
    "at a = 1, x = 3 and n >= 10^20 the bound on the probability of the exceptions is at most 1/10",
    sp.Le(found_bound, sp.Rational(1, 10), evaluate=False),
    Domain(LONG),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    spoiled=[Spoiled("1/25 in place of 1/10", sp.Le(found_bound, sp.Rational(1, 25), evaluate=False))],
)
evidence_for(found_tenth, Method.CERTIFIED)(certified())

FEATURES = n ** sp.Rational(9, 2)
found_instance = declare(
    "separation.favor.found-instance",
    "at a = 1 and n >= 10^20 positive features, n^(9/2) in number, find the needle, 9 times out of 10",
    sp.Le(too_small, sp.Rational(1, 10), evaluate=False),
    Domain(
        LONG | {M: sp.Range(1, sp.oo)},
        (sp.Ge(M, FEATURES, evaluate=False), sp.Le(M, 2 * FEATURES, evaluate=False)),
        {key: MISSED_WORDS[key] for key in (n, M)},
        {n: 10**20, M: 10**90},
    ),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[found_late.id, found_tenth.id, found_gain.id],
    spoiled=[Spoiled("two tokens", domain=Domain({n: sp.FiniteSet(2), M: sp.FiniteSet(23)}))],
)


@evidence_for(found_instance, Method.DERIVED)
@derived
def _found_instance() -> Derivation:
    return (
        Derivation(too_small)
        .at_most(found_bound, by=Lemma(found_late.id, {n: n, M: M} | MORE))
        .at_most(sp.Rational(1, 10), by=Lemma(found_tenth.id, {n: n}))
    )
