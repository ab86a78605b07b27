"""A2. From which length on the lower end d = n^0.02 of the dimensions suffices at eta = 1/10: for all n >= n_0.

Hypotheses. The needle construction with b = 1/2, eta = 1/10, a_0 = 1/20, a_1 = 7/10; d >= n^(1/50), such as
d = ceil(n^0.02); m = ceil(log(100 n)/log(16/15)) neurons; n >= n_0 = 51 * 10^141.
Claim. The three networks that must stay silent need a mean middle sign of at least x = 199999/10^6 to fire; the
dimension is at least 2 + 2 log(3 m/delta)/x^2 with delta = (1 - 1/n)/100. So if each of the three fires with
probability at most exp(-(d-2) x^2/2), and softmax on D1 with at least 1/16, all four networks behave with probability
at least 99/100, for every n >= n_0. `lower_end_network` shows that softmax and linear networks do.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. The needle moves x from eta/b = 1/5 by N (a + b)/(b n), which is tiny; the dimension grows like a power of n, and
what is needed like log log n. When tight: n_0 is least for this bound, to two digits. The exact law succeeds earlier:
`smallest_length` finds from which power of ten on.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone, Sign
from theory.rigor.checks import certified
from theory.rigor.hints import Collapse, Substitute
from theory.separation.self_attention.construction import (
    MEANINGS,
    RANGES,
    SOURCE,
    d,
    linear_gain,
    m,
    mean_sign_needed,
    n,
    softmax_needle_gain,
)
from theory.separation.self_attention.firing_law import joint_success, p_bad, p_good
from theory.separation.self_attention.four_networks import NEURONS, joint_bound, p_fires

B, ETA = sp.Rational(1, 2), sp.Rational(1, 10)
SMALL_NEEDLE, TALL_NEEDLE = sp.Rational(1, 20), sp.Rational(7, 10)  # a_0, a_1
LENGTH = 51 * sp.Integer(10) ** 141
LEAST_SIGN = sp.Rational(199_999, 10**6)
BASE = sp.Rational(16, 15)


def lengths(least):
    return Domain({n: sp.Range(least, sp.oo)}, (), {n: MEANINGS[n]})


def silent_signs(least_sign):
    """Each of the three networks needs a mean sign of at least `least_sign`, also at the larger level eta + 2c."""
    gains = (
        (softmax_needle_gain(SMALL_NEEDLE, n), SMALL_NEEDLE),
        (linear_gain(TALL_NEEDLE), TALL_NEEDLE),
        (linear_gain(SMALL_NEEDLE), SMALL_NEEDLE),
    )
    return sp.And(*(
        sp.Ge(mean_sign_needed(gain, n, a, B, level), least_sign, evaluate=False)
        for gain, a in gains for level in (ETA, ETA + 2 * (1 - B))
    ))  # fmt: skip


silent = declare(
    "separation.self.lower-end-mean-sign",
    "from n = 51 * 10^141 on no silent network fires at a mean sign below 199999/10^6",
    silent_signs(LEAST_SIGN),
    lengths(LENGTH),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=["separation.self.firing-needs-mean-sign"],
    spoiled=[Spoiled("199999/10^6 replaced by 200001/10^6", silent_signs(sp.Rational(200_001, 10**6)))],
)
evidence_for(silent, Method.CERTIFIED)(certified())


def allowed(n):
    """delta: what is left of 1/100 once 1/(100 n) is allowed for softmax not to fire on D1."""
    return (1 - 1 / n) / 100


def most_neurons(n):
    """log(100 n)/log(16/15) + 1, which ceil(log(100 n)/log(16/15)) does not reach."""
    return sp.log(100 * n) / sp.log(BASE) + 1


def dimension_needed(n):
    """2 + 2 log(3 m/delta)/x^2 at the largest m."""
    return 2 + 2 * sp.log(3 * most_neurons(n) / allowed(n)) / LEAST_SIGN**2


log_length = sp.Symbol("l", positive=True)
FROM_HERE = sp.Interval(sp.Rational(3_285_955, 10**4), sp.oo)  # holds log n for every n >= 51 * 10^141
root = n ** sp.Rational(1, 50)
grows = declare(
    "separation.self.lower-end-dimension",
    "n^0.02 is at least 2 + 2 log(3 m/delta)/x^2 for every n >= 51 * 10^141",
    sp.Ge(root, dimension_needed(n), evaluate=False),
    lengths(LENGTH),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    spoiled=[Spoiled("51 replaced by 50", domain=lengths(50 * sp.Integer(10) ** 141))],
)
evidence_for(grows, Method.CERTIFIED)(
    certified(hints=[Substitute({n: sp.exp(log_length)}, ranges={log_length: FROM_HERE}), Collapse(log_length, "low")])
)

WIDE = sp.Ge(d, root, evaluate=False)  # ceil(n^0.02), or any larger dimension
FEW = sp.Le(m, most_neurons(n), evaluate=False)
MANY = sp.Ge(m, sp.log(100 * n) / sp.log(BASE), evaluate=False)
AT_LENGTH = {n: LENGTH, d: 715, m: 5163}


def one_network(d):
    """The largest probability with which a neuron fires in a network that needs a mean sign of at least x."""
    return 1 / sp.exp((d - 2) * LEAST_SIGN**2 / 2)


def networks(*hypotheses, **more):
    """n >= n_0, d >= n^0.02 and m neurons; `more` are further symbols with range, meaning and value at the witness."""
    symbols = {n: sp.Range(LENGTH, sp.oo), d: RANGES[d], m: RANGES[m]}
    return Domain(symbols, hypotheses, {symbol: MEANINGS[symbol] for symbol in symbols}, AT_LENGTH)


tails = declare(
    "separation.self.lower-end-tails",
    "for d >= n^0.02 and m = ceil(log(100 n)/log(16/15)) three tails of m neurons add up to at most (1 - 1/n)/100",
    sp.Le(3 * m * one_network(d), allowed(n), evaluate=False),
    networks(WIDE, FEW),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.lower-end-dimension", "separation.self.sufficient-dimension"],
    spoiled=[Spoiled("3 m replaced by 4 m", sp.Le(4 * m * one_network(d), allowed(n), evaluate=False))],
)


def given(hypothesis):
    return Sign("by hypothesis", given={hypothesis: sp.S.One})


@evidence_for(tails, Method.DERIVED)
@derived
def _tails() -> Derivation:
    most = most_neurons(n)

    def narrow(z: sp.Expr) -> sp.Expr:
        return 3 * most * one_network(z)

    return (
        Derivation(3 * m * one_network(d))
        .at_most(narrow(d), by=Monotone(lambda z: 3 * z * one_network(d), m, sp.Le, most, by=given(FEW)))
        .at_most(narrow(root), by=Monotone(narrow, d, sp.Ge, root, by=given(WIDE)))
        .at_most(
            narrow(dimension_needed(n)),
            by=Monotone(
                narrow, root, sp.Ge, dimension_needed(n), by=Lemma("separation.self.lower-end-dimension", {n: n})
            ),
        )
        .equal(allowed(n), by=Algebra())
    )


SIXTEENTH = sp.Rational(1, 16)
FIRES = sp.Ge(p_fires, SIXTEENTH, evaluate=False)
SILENT = sp.Le(p_bad, 3 * one_network(d), evaluate=False)


def with_probabilities(*hypotheses):
    plain = networks(*hypotheses)
    return Domain(
        {**plain.ranges, **NEURONS.ranges},
        (*hypotheses, *NEURONS.hypotheses),
        {**plain.meanings, **NEURONS.meanings},
        {**AT_LENGTH, p_fires: SIXTEENTH, p_good: SIXTEENTH, p_bad: sp.Rational(19, 10**7)},
    )


succeeds = declare(
    "separation.self.lower-end-success",
    "d >= n^0.02 dimensions are enough for success 99/100 at b = 1/2, eta = 1/10, for every n >= 51 * 10^141",
    sp.Ge(joint_success(p_bad, p_good, m), sp.Rational(99, 100), evaluate=False),
    with_probabilities(WIDE, FEW, MANY, FIRES, SILENT),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[
        "separation.self.lower-end-mean-sign", "separation.self.lower-end-tails",
        "separation.self.joint-success-bound", "separation.self.softmax-firing-lower-bound",
        "separation.self.softmax-firing-bound", "separation.self.linear-firing-bound",
    ],
    spoiled=[
        Spoiled(
            "99/100 replaced by 995/1000",
            sp.Ge(joint_success(p_bad, p_good, m), sp.Rational(995, 1000), evaluate=False),
        )
    ],
)  # fmt: skip


@evidence_for(succeeds, Method.DERIVED)
@derived
def _succeeds() -> Derivation:
    idle = 1 - SIXTEENTH
    same = {symbol: symbol for symbol in (p_bad, p_good, p_fires, m)}

    def bad(z: sp.Expr) -> sp.Expr:
        return joint_bound(SIXTEENTH, z, m)

    def total(z: sp.Expr) -> sp.Expr:
        return 1 - idle**m - z

    few_tails = Lemma("separation.self.lower-end-tails", {n: n, d: d, m: m})
    enough = sp.log(100 * n) / sp.log(BASE)
    return (
        Derivation(joint_success(p_bad, p_good, m))
        .at_least(joint_bound(p_fires, p_bad, m), by=Lemma("separation.self.joint-success-bound", same))
        .at_least(
            bad(p_bad),
            by=Monotone(lambda z: joint_bound(z, p_bad, m), p_fires, sp.Ge, SIXTEENTH, by=given(FIRES)),
        )
        .at_least(bad(3 * one_network(d)), by=Monotone(bad, p_bad, sp.Le, 3 * one_network(d), by=given(SILENT)))
        .at_least(total(allowed(n)), by=Monotone(total, 3 * m * one_network(d), sp.Le, allowed(n), by=few_tails))
        .at_least(
            1 - idle**enough - allowed(n),
            by=Monotone(lambda z: 1 - idle**z - allowed(n), m, sp.Ge, enough, by=given(MANY)),
        )
        .equal(sp.Rational(99, 100), by=Algebra())
    )
