"""Positive random features miss the needle at every height: with fewer than n^((1 + sqrt 2)^2/2) features, in numbers.

Hypotheses. As in `favor_missed`, whose parameters are chosen here. D = delta sqrt(log n/(2 pi)).
Claims. (floor) With n^(x^2/2) features, x = 1 + sqrt 2 - h, 0 < h <= 1, and e = a h/6, delta = e/z_r, v = x - delta,
E <= 1 - a h/2 at every height a above the golden ratio. (everywhere) So the gain of the needle's row is at most (2/D)
n^(1 - a h/2), and its weight n^(-a h/2) up to such a factor, but for a probability of 2 n^(-e x/z_n) + exp(-(1 - log 2)
(D/2) n^((x^2 - v^2)/2)), which tends to 0. (instance) At a = 1 with n^2 features, as many as the matrix has entries,
and n >= 10^20: gain below n^(9/10), weight below 1/100, with probability at least 9/10; softmax has more than 1 - 1/n.
Source. Derived here.
Why. 1 - a h/2 - E is (a - sqrt 2)^2/2 and delta (x - delta/2), both not negative.
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
from theory.reasons import Algebra, Cases, Lemma, Sign, Since, substitute
from theory.rigor.checks import certified
from theory.separation.kernels.favor import ABOVE_GOLDEN, POSITIVE, eps, x
from theory.separation.kernels.favor_missed import (
    MISSED_WORDS,
    REST,
    allowed,
    exception,
    gain_bound,
    gain_exponent,
    level,
    missed,
)
from theory.separation.kernels.favor_reached import delta, v
from theory.separation.self_attention.construction import RANGES, SOURCE, a, n, needle_weight, softmax_needle_gain

h = sp.Symbol("h", positive=True)
WORDS_HERE = MISSED_WORDS | {h: "how far x stays below 1 + sqrt 2"}
place, spare = 1 + sp.sqrt(2) - h, a * h / 6
FLOOR = {a: a, x: place, eps: spare, v: place - spare / REST, delta: spare / REST}
floor_exponent = substitute(gain_exponent, FLOOR)
floor = declare(
    "separation.favor.missed-floor",
    "with n^((1 + sqrt 2 - h)^2/2) features the gain of the needle's row is n^(1 - a h/2) at most, at every height",
    sp.Le(floor_exponent, 1 - a * h / 2, evaluate=False),
    Domain(
        {a: POSITIVE, h: sp.Interval.Lopen(0, 1)}, (ABOVE_GOLDEN,),
        {a: WORDS_HERE[a], h: WORDS_HERE[h]},
        {a: 1, h: 1},
    ),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[missed.id, level.id],
    spoiled=[
        Spoiled("a h/2 replaced by a h", sp.Le(floor_exponent, 1 - a * h, evaluate=False)),
    ],
)  # fmt: skip


@evidence_for(floor, Method.DERIVED)
@derived
def _floor() -> Derivation:
    """1 - a h/2 - E is (a - sqrt 2)^2/2 and s (x - s/2), where s is less than h/6."""
    margin, own = (a - sp.sqrt(2)) ** 2 / 2, spare / REST
    lost = own * (place - own / 2)
    return (
        Derivation(floor_exponent)
        .equal(1 - a * h / 2 - margin - lost, by=Algebra())
        .at_most(1 - a * h / 2 - lost, by=Sign())
        .at_most(1 - a * h / 2, by=Sign())
    )


most = n ** (place**2 / 2)
everywhere = declare(
    "separation.favor.missed-everywhere",
    "at every height positive features of n^((1 + sqrt 2 - h)^2/2) frequencies keep the gain below (2/D) n^(1 - a h/2)",
    sp.Le(substitute(exception, FLOOR), substitute(allowed, FLOOR), evaluate=False),
    Domain(
        {n: RANGES[n], M: sp.Range(1, sp.oo), a: POSITIVE, h: sp.Interval.Lopen(0, 1)},
        (ABOVE_GOLDEN, sp.Ge(M, most, evaluate=False), sp.Le(M, 2 * most, evaluate=False)),
        {key: WORDS_HERE[key] for key in (n, M, a, h)},
        {n: 2, M: 3, a: 1, h: 1},
    ),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[missed.id, floor.id],
    spoiled=[
        Spoiled(
            "bound times 1/10",
            sp.Le(substitute(exception, FLOOR), substitute(allowed, FLOOR) / 10),
            Domain({n: sp.FiniteSet(2), M: sp.FiniteSet(3), a: sp.FiniteSet(1), h: sp.FiniteSet(1)}),
        )
    ],
)


@evidence_for(everywhere, Method.DERIVED)
@derived
def _everywhere() -> Derivation:
    golden = sp.Gt(a, sp.Rational(1, 2), evaluate=False)
    rational = sp.Le(place, sp.Rational(5, 2) - h, evaluate=False)
    facts = {
        rational: Sign(),
        golden: Cases(golden, Sign("by hypothesis"), Sign(given={ABOVE_GOLDEN: sp.S.One})),
        sp.Le(place, REST, evaluate=False): Sign(given={rational: sp.S.One, golden: sp.S.One}),
        sp.Le(2 * spare / REST, place, evaluate=False): Sign(),
    }
    conclusion = Lemma(missed.id, FLOOR | {n: n, M: M})
    return Derivation(substitute(exception, FLOOR)).at_most(
        substitute(allowed, FLOOR), by=Since(facts, then=conclusion)
    )


HEIGHT, SQUARE = sp.S.One, sp.Integer(2)  # a = 1 and x = 2, for which E is 0.83..
CHOICE = {a: HEIGHT, x: SQUARE, eps: sp.Rational(4, 25), v: SQUARE - sp.Rational(3, 50), delta: sp.Rational(1, 27)}
LONG = {n: sp.Range(10**20, sp.oo)}
small_gain, seldom = substitute(gain_bound, CHOICE), substitute(allowed, CHOICE)
gain_of_instance = declare(
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
            "the gain of softmax", sp.Le(softmax_needle_gain(HEIGHT, n) / n ** sp.Rational(9, 10), 1, evaluate=False)
        ),
        Spoiled("n^(17/20)", sp.Le(small_gain / n ** sp.Rational(17, 20), 1, evaluate=False)),
    ],
)
evidence_for(gain_of_instance, Method.CERTIFIED)(certified())

tenth = declare(
    "separation.favor.missed-instance-bound",
    "at a = 1, x = 2 and n >= 10^20 the bound on the probability of the exceptions is at most 1/10",
    sp.Le(seldom, sp.Rational(1, 10), evaluate=False),
    Domain(LONG),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    spoiled=[Spoiled("1/20 in place of 1/10", sp.Le(seldom, sp.Rational(1, 20), evaluate=False))],
)
evidence_for(tenth, Method.CERTIFIED)(certified())

own_exception = substitute(exception, CHOICE)
instance = declare(
    "separation.favor.missed-instance",
    "at a = 1 and n >= 10^20 positive features as many as the matrix has entries miss the needle, 9 times out of 10",
    sp.Le(own_exception, sp.Rational(1, 10), evaluate=False),
    Domain(
        LONG | {M: sp.Range(1, sp.oo)},
        (sp.Ge(M, n**2, evaluate=False), sp.Le(M, 2 * n**2, evaluate=False)),
        {key: WORDS_HERE[key] for key in (n, M)},
        {n: 10**20, M: 10**40},
    ),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[missed.id, tenth.id, gain_of_instance.id],
    spoiled=[
        Spoiled("two tokens", domain=Domain({n: sp.FiniteSet(2), M: sp.FiniteSet(4)})),
    ],
)


@evidence_for(instance, Method.DERIVED)
@derived
def _instance() -> Derivation:
    return (
        Derivation(own_exception)
        .at_most(seldom, by=Lemma(missed.id, {n: n, M: M} | CHOICE))
        .at_most(sp.Rational(1, 10), by=Lemma(tenth.id, {n: n}))
    )
