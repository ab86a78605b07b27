"""A4. The corrected separation: a threshold above b makes linear attention silent for certain, in every dimension.

Hypotheses. The needle construction with tau = (1 + xi) sqrt(log n), that is eta = b + xi with xi > 0; any b in [0, 1],
any d >= 3; gain N in the row, weight w = N/(N+n-1), contrast om = (N-1)/(N+n-1).
Claim. (i) A row of gain N is silent for every sign pattern if and only if N (a - xi) <= xi (n - 1). (ii) The pattern
y_1 = y_d = y_k = +1 fires if and only if a w - xi > b (1 - om) (1 - S/(d-2)); so a neuron fires with probability at
least 1/8 if a w - xi > b (1 - om)(2d-6)/(d-2), and at least 1/16 if a w - xi > b (1 - om)(1 - 1/(d-2)). (iii) With
linear attention and D0 silent, all four networks behave with probability at least 1 - (1 - p)^m, p = 1/8 or 1/16.
(iv) At a = 7/10, b = 1/2, xi = 1/10 and a0 <= 1/10 all of this holds for every n >= 12 and every d >= 3.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. The activation is largest when all signs are plus, where it is 1 + a w. When tight: (i) is an equivalence.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, ApplyMonotone, Monotone, Rearrange, Sign
from theory.rigor.checks import certified
from theory.separation.self_attention.construction import (
    SOURCE,
    N,
    S,
    a,
    activation,
    b,
    contrast,
    d,
    domain,
    linear_gain,
    m,
    n,
    needle_weight,
    softmax_needle_gain,
    xi,
    y_first,
    y_last,
    y_needle,
)
from theory.separation.self_attention.firing_law import joint_success

w, om = needle_weight(N, n), contrast(N, n)
p = sp.Symbol("p", nonnegative=True)
p_fires = sp.Symbol("p_1", nonnegative=True)
GAIN = domain(N, n, a, xi)
SIGNS = domain(N, n, d, a, b, y_first, y_last, y_needle, S, hypotheses=(sp.Le(S, d - 2), sp.Ge(S, 2 - d)))

peak = declare(
    "separation.self.activation-peak",
    "no sign pattern reads more than 1 + a w",
    sp.Le(activation(N, n, d, a, b, y_first, y_last, y_needle, S), 1 + a * w, evaluate=False),
    SIGNS,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    spoiled=[
        Spoiled(
            "a w times 0.99",
            sp.Le(activation(N, n, d, a, b, y_first, y_last, y_needle, S), 1 + a * w * sp.Rational(99, 100)),
        )
    ],
)


@evidence_for(peak, Method.DERIVED)
@derived
def _peak() -> Derivation:
    general = activation(N, n, d, a, b, y_first, y_last, y_needle, S)
    return (
        Derivation(general)
        .at_most(activation(N, n, d, a, b, 1, 1, 1, S), by=Sign())
        .at_most(activation(N, n, d, a, b, 1, 1, 1, d - 2), by=Sign())
        .equal(1 + a * w, by=Algebra())
    )


SILENT = sp.Le(a * w, xi, evaluate=False)
silence = declare(
    "separation.self.silence",
    "a row is silent for every sign pattern if and only if N (a - xi) <= xi (n - 1)",
    sp.Equivalent(SILENT, sp.Le(N * (a - xi), xi * (n - 1), evaluate=False), evaluate=False),
    GAIN,
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.self.activation-peak"],
    spoiled=[
        Spoiled(
            "n - 1 replaced by n",
            sp.Equivalent(SILENT, sp.Le(N * (a - xi), xi * n, evaluate=False), evaluate=False),
        )
    ],
)


@evidence_for(silence, Method.DERIVED)
@derived
def _silence() -> Equivalences:
    return Equivalences(SILENT).iff(sp.Le(N * (a - xi), xi * (n - 1), evaluate=False), by=Rearrange(N + n - 1))


PLUS_FIRES = sp.Gt(activation(N, n, d, a, b, 1, 1, 1, S), 1 + xi, evaluate=False)
PLUS_CONDITION = sp.Gt(a * w - xi, b * (1 - om) * (1 - S / (d - 2)), evaluate=False)
plus_pattern = declare(
    "separation.self.plus-pattern",
    "the pattern y_1 = y_d = y_k = +1 fires if and only if a w - xi > b (1 - om)(1 - S/(d-2))",
    sp.Equivalent(PLUS_FIRES, PLUS_CONDITION, evaluate=False),
    domain(N, n, d, a, b, xi, S),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "d - 2 replaced by d - 1",
            sp.Equivalent(
                PLUS_FIRES, sp.Gt(a * w - xi, b * (1 - om) * (1 - S / (d - 1)), evaluate=False), evaluate=False
            ),
        )
    ],
)


@evidence_for(plus_pattern, Method.DERIVED)
@derived
def _plus_pattern() -> Equivalences:
    return Equivalences(PLUS_FIRES).iff(PLUS_CONDITION, by=Rearrange(sp.Integer(1)))


def softmax_slack(a, b, xi, n, d, free_signs):
    """How far the all-plus pattern of softmax's needle row clears the threshold.

    free_signs: the mean middle sign that is assumed: 1/(d-2), which half of all patterns reach, for p >= 1/16, or its
        least value (4-d)/(d-2) for p >= 1/8.
    """
    gain = softmax_needle_gain(a, n)
    return a * needle_weight(gain, n) - xi - b * (1 - contrast(gain, n)) * (1 - free_signs)


tenth = sp.Rational(1, 10)
a1, half = sp.Rational(7, 10), sp.Rational(1, 2)
EVERY_DIMENSION = Domain({n: sp.Range(12, sp.oo), d: sp.Range(3, sp.oo)})
slack = softmax_slack(a1, half, tenth, n, d, 1 / (d - 2))
softmax_fires = declare(
    "separation.self.corrected-softmax-fires",
    "at a1 = 7/10, b = 1/2, xi = 1/10 softmax fires on D1 with p >= 1/16, for every n >= 12 and every d",
    sp.Gt(slack, 0, evaluate=False),
    EVERY_DIMENSION,
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.CERTIFIED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.self.plus-pattern", "lemma.concentration.symmetric-half"],
    spoiled=[
        Spoiled("xi raised to 11/25", sp.Gt(softmax_slack(a1, half, sp.Rational(11, 25), n, d, 1 / (d - 2)), 0)),
    ],
)
evidence_for(softmax_fires, Method.CERTIFIED)(certified())

A_RANGE = sp.Interval(0, a1)
linear_silent = declare(
    "separation.self.corrected-linear-silent",
    "at xi = 1/10 linear attention is silent for certain on every needle of height a <= 7/10, for every n >= 12",
    sp.Le(linear_gain(a) * (a - tenth), tenth * (n - 1), evaluate=False),
    Domain({n: sp.Range(12, sp.oo), a: sp.Interval.Lopen(0, a1)}),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.CERTIFIED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.self.silence"],
    spoiled=[
        Spoiled(
            "n >= 11 replaced by n >= 5",
            domain=Domain({n: sp.Range(5, sp.oo), a: sp.Interval.Lopen(0, a1)}),
        )
    ],
)
evidence_for(linear_silent, Method.CERTIFIED)(certified())

softmax_silent = declare(
    "separation.self.corrected-small-needle-silent",
    "at xi = 1/10 every row-stochastic attention is silent for certain on needles of height a0 <= 1/10",
    sp.Le(N * (a - tenth), tenth * (n - 1), evaluate=False),
    Domain({N: sp.Interval(1, sp.oo), n: sp.Range(2, sp.oo), a: sp.Interval.Lopen(0, tenth)}),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.CERTIFIED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.self.silence"],
    spoiled=[
        Spoiled(
            "a0 <= 1/10 replaced by a0 <= 1/5",
            domain=Domain(
                {N: sp.Interval(1, sp.oo), n: sp.Range(2, sp.oo), a: sp.Interval.Lopen(0, sp.Rational(1, 5))}
            ),
        )
    ],
)
evidence_for(softmax_silent, Method.CERTIFIED)(certified())

SUCCESS = Domain(
    {p_fires: sp.Interval.Ropen(0, 1), p: sp.Interval.Ropen(0, 1), m: sp.Range(1, sp.oo)},
    (sp.Ge(p_fires, p),),
    {p_fires: "P[a neuron fires for softmax on D1]", p: "its lower bound, 1/8 or 1/16", m: "number of neurons"},
)


def success_bound(p, m):
    """Lower bound on P4 when the three other networks are silent for certain: 1 - (1-p)^m."""
    return 1 - (1 - p) ** m


success = declare(
    "separation.self.corrected-success",
    "with the corrected threshold all four networks behave with probability at least 1 - (1-p)^m, in every dimension",
    sp.Ge(joint_success(0, p_fires, m), success_bound(p, m), evaluate=False),
    SUCCESS,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.joint-success", "separation.self.silence", "separation.self.plus-pattern"],
    spoiled=[
        Spoiled("m replaced by m + 1", sp.Ge(joint_success(0, p_fires, m), success_bound(p, m + 1), evaluate=False))
    ],
)


@evidence_for(success, Method.DERIVED)
@derived
def _success() -> Derivation:
    return Derivation(joint_success(0, p_fires, m)).at_least(
        success_bound(p, m), by=Monotone(lambda z: 1 - (1 - z) ** m, p_fires, sp.Ge, p, by=Sign())
    )


delta = sp.Symbol("delta", positive=True)
EIGHTH = sp.Rational(1, 8)
width = declare(
    "separation.self.corrected-width",
    "m >= log(1/delta)/log(8/7) neurons are enough for success 1 - delta, and no fewer make the bound say so",
    sp.Equivalent(
        sp.Ge(m, sp.log(1 / delta) / sp.log(sp.Rational(8, 7)), evaluate=False),
        sp.Ge(success_bound(EIGHTH, m), 1 - delta, evaluate=False),
        evaluate=False,
    ),
    Domain(
        {m: sp.Range(1, sp.oo), delta: sp.Interval.open(0, 1)},
        (),
        {m: "number of neurons", delta: "probability of failure allowed"},
    ),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.corrected-success"],
    spoiled=[
        Spoiled(
            "8/7 replaced by 16/15",
            sp.Equivalent(
                sp.Ge(m, sp.log(1 / delta) / sp.log(sp.Rational(16, 15)), evaluate=False),
                sp.Ge(success_bound(EIGHTH, m), 1 - delta, evaluate=False),
                evaluate=False,
            ),
        )
    ],
)


@evidence_for(width, Method.DERIVED)
@derived
def _width() -> Equivalences:
    seven_eighths = sp.Rational(7, 8)
    return (
        Equivalences(sp.Ge(m, sp.log(1 / delta) / sp.log(sp.Rational(8, 7)), evaluate=False))
        .iff(sp.Le(m * sp.log(seven_eighths), sp.log(delta), evaluate=False), by=Rearrange(-sp.log(sp.Rational(8, 7))))
        .iff(sp.Le(seven_eighths**m, delta, evaluate=False), by=ApplyMonotone(sp.exp, sp.Interval(-sp.oo, sp.oo)))
        .iff(sp.Ge(success_bound(EIGHTH, m), 1 - delta, evaluate=False), by=Rearrange(-1))
    )
