"""A3, upper bound: with what probability a neuron fires at most, with explicit constants, for every threshold.

Hypotheses. The needle construction, b > 0; for a row of gain N and a level th put x(a, N; th) =
(th (n-1) + b - N (a + b - th)) / (b n); h(x) = 1 for x <= 0, 0 for x >= 1, exp(-(d-2) x^2/2) between.
Claim. (containment) Where a row of gain at most N fires, S/(d-2) > x(a, N; th), S the sum of the d-2 middle signs and
th = eta + c (1 - y_d). (bound) So if N is the largest gain of a network, a neuron fires with probability
p <= h(x(a, N; eta))/2 + h(x(a, N; eta + 2c))/2, where p is the number of sign patterns that fire, over 2^d.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. A row reads most where y_1 = y_k = +1, and then the more the larger its gain is; Hoeffding's inequality for d-2
signs, which are the d-3 free ones and y_k by Pascal's rule; y_d = +-1 each for half of the patterns.
When tight. Never: the exact probability stays below by the usual Bahadur-Rao prefactor.
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
from theory.reasons import Algebra, Indicators, Lemma, Monotone, Pascal, Sign, Since, TermwiseSum, WriteOut
from theory.separation.self_attention.construction import (
    MEANINGS,
    RANGES,
    SOURCE,
    N,
    S,
    a,
    activation,
    b,
    d,
    domain,
    eta,
    level,
    linear_gain,
    mean_sign_needed,
    n,
    softmax_needle_gain,
    softmax_ordinary_gain,
    y_first,
    y_last,
    y_needle,
)
from theory.separation.self_attention.firing_law import (
    K,
    e_first,
    e_last,
    e_needle,
    firing_probability,
    pattern_share,
    row_fires,
)

N_other = sp.Symbol("N_2", positive=True)
POSITIVE_B = sp.Interval.Lopen(0, 1)


def firing_bound(gain, n, d, a, b, eta):
    """Upper bound on P[a neuron fires] for a network whose largest gain is `gain`."""
    levels = (level(eta, b, sign) for sign in (1, -1))
    return sum(sign_tails.tail_bound(mean_sign_needed(gain, n, a, b, th), d - 2) for th in levels) / 2


def excess(gain, y_first, y_last, y_needle, S):
    """How far a row clears the threshold, in units of L."""
    return activation(gain, n, d, a, b, y_first, y_last, y_needle, S) - (1 - b) - eta


def scale(gain):
    """What turns the mean middle sign above x into the excess of the row with y_1 = y_k = +1."""
    return b * n / (gain + n - 1)


def two_rows(*symbols: sp.Symbol, hypotheses: tuple = ()) -> Domain:
    """The usual domain of `symbols` with b > 0, and a second row whose gain is no larger than N."""
    plain = domain(N, *symbols, b=POSITIVE_B)
    return Domain(
        {**plain.ranges, N_other: RANGES[N]},
        (sp.Le(N_other, N), *hypotheses),
        {**plain.meanings, N: "largest gain of the network's rows", N_other: "gain of the other rows"},
    )


above_x = scale(N) * (S / (d - 2) - mean_sign_needed(N, n, a, b, level(eta, b, y_last)))
WORST = two_rows(n, d, a, b, eta, y_first, y_last, y_needle, S, hypotheses=(sp.Le(S, d - 2),))
worst_pattern = declare(
    "separation.self.firing-needs-mean-sign",
    "a row of gain at most N fires only if the mean middle sign exceeds x(a, N; th)",
    sp.Le(excess(N_other, y_first, y_last, y_needle, S), above_x, evaluate=False),
    WORST,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "the bound lowered by b/100",
            sp.Le(excess(N_other, y_first, y_last, y_needle, S), above_x - b / 100, evaluate=False),
        ),
        Spoiled("the other row's gain may be larger", domain=Domain(WORST.ranges, WORST.hypotheses[1:])),
    ],
)


@evidence_for(worst_pattern, Method.DERIVED)
@derived
def _worst_pattern() -> Derivation:
    return (
        Derivation(excess(N_other, y_first, y_last, y_needle, S))
        .at_most(excess(N_other, 1, y_last, 1, S), by=Sign())
        .at_most(
            excess(N, 1, y_last, 1, S),
            by=Monotone(lambda gain: excess(gain, 1, y_last, 1, S), N_other, sp.Le, N, by=Sign("by hypothesis")),
        )
        .equal(above_x, by=Algebra())
    )


x = sign_tails.x
mean_tail = sign_tails.probability_above((d - 2) * x, d - 2)
tail = declare(
    "separation.self.mean-sign-tail",
    "the mean of the d-2 middle signs exceeds x with probability at most h(x)",
    sp.Le(mean_tail, sign_tails.tail_bound(x, d - 2), evaluate=False),
    Domain({d: RANGES[d], x: sp.Interval(-sp.oo, sp.oo)}, (), {d: MEANINGS[d], x: "mean middle sign"}),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[sign_tails.sign_tail.id],
    spoiled=[Spoiled("d-2 replaced by d", sp.Le(mean_tail, sign_tails.tail_bound(x, d), evaluate=False))],
)


@evidence_for(tail, Method.DERIVED)
@derived
def _tail() -> Derivation:
    by_lemma = Lemma(sign_tails.sign_tail.id, {sign_tails.k: d - 2, x: x})
    return Derivation(mean_tail).at_most(sign_tails.tail_bound(x, d - 2), by=by_lemma)


middle = 2 * e_needle - 1 + 2 * K - (d - 3)  # S, for K plus signs among the d - 3 and y_k
x_plus, x_minus = sp.symbols("x_+ x_-", real=True)
share_above = pattern_share(sp.Gt(middle, (d - 2) * (e_last * x_plus + (1 - e_last) * x_minus)), d)
h_plus, h_minus = (sign_tails.tail_bound(x, d - 2) for x in (x_plus, x_minus))
patterns_above = declare(
    "separation.self.patterns-above",
    "the patterns with S/(d-2) above x_+ where y_d = +1 and above x_- where y_d = -1 are at most two halved tails",
    sp.Le(share_above, h_plus / 2 + h_minus / 2, evaluate=False),
    Domain(
        {d: RANGES[d], x_plus: sp.Interval(-sp.oo, sp.oo), x_minus: sp.Interval(-sp.oo, sp.oo)},
        (),
        {d: MEANINGS[d], x_plus: "mean middle sign where y_d = +1", x_minus: "the same where y_d = -1"},
    ),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[tail.id],
    spoiled=[
        Spoiled("bound times 0.98", sp.Le(share_above, sp.Rational(49, 100) * (h_plus + h_minus), evaluate=False))
    ],
)


@evidence_for(patterns_above, Method.DERIVED)
@derived
def _patterns_above() -> Derivation:
    def exceeds(x: sp.Expr, count: sp.Expr) -> sp.Expr:
        return sign_tails.exceeds((d - 2) * x, count, d - 2)

    def above(x: sp.Expr) -> sp.Expr:
        return sign_tails.probability_above((d - 2) * x, d - 2)

    def by_free_signs(x: sp.Expr) -> sp.Expr:  # K plus signs among the d - 3, and y_k = -1 or +1
        counts = (sp.Sum(sp.binomial(d - 3, K) * exceeds(x, K + e), (K, 0, d - 3)) for e in (0, 1))
        return sp.Add(*counts) / 2 ** (d - 2)

    def pascal(x: sp.Expr) -> Pascal:
        return Pascal(d - 2, lambda count: exceeds(x, count), sign_tails.j)

    def by_tail(x: sp.Expr) -> Lemma:
        return Lemma(tail.id, {d: d, sign_tails.x: x})

    return (
        Derivation(share_above)
        .equal(by_free_signs(x_plus) / 2 + by_free_signs(x_minus) / 2, by=WriteOut(e_first, e_last, e_needle))
        .equal(above(x_plus) / 2 + by_free_signs(x_minus) / 2, by=pascal(x_plus))
        .equal(above(x_plus) / 2 + above(x_minus) / 2, by=pascal(x_minus))
        .at_most(
            h_plus / 2 + above(x_minus) / 2,
            by=Monotone(lambda z: z / 2 + above(x_minus) / 2, above(x_plus), sp.Le, h_plus, by=by_tail(x_plus)),
        )
        .at_most(
            h_plus / 2 + h_minus / 2,
            by=Monotone(lambda z: h_plus / 2 + z / 2, above(x_minus), sp.Le, h_minus, by=by_tail(x_minus)),
        )
    )


probability = firing_probability([(N, a), (N_other, a)], n, d, b, eta)
gain_bound = declare(
    "separation.self.gain-firing-bound",
    "a network of largest gain N fires with probability at most the sum of two halved tails",
    sp.Le(probability, firing_bound(N, n, d, a, b, eta), evaluate=False),
    two_rows(n, d, a, b, eta),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[worst_pattern.id, patterns_above.id],
    spoiled=[Spoiled("bound times 1/2", sp.Le(probability, firing_bound(N, n, d, a, b, eta) / 2, evaluate=False))],
)


@evidence_for(gain_bound, Method.DERIVED)
@derived
def _gain_bound() -> Derivation:
    plus, minus = (mean_sign_needed(N, n, a, b, level(eta, b, sign)) for sign in (1, -1))
    needed = e_last * plus + (1 - e_last) * minus  # x(a, N; th), as th = eta + c (1 - y_d)
    above = sp.Gt(middle, (d - 2) * needed)
    signs = {y_first: 2 * e_first - 1, y_last: 2 * e_last - 1, y_needle: 2 * e_needle - 1, S: middle}
    contained = []
    for gain in (N, N_other):
        fires = row_fires(gain, n, d, a, b, eta)
        clear = sp.Le(fires.gts - fires.lts, scale(N) * (middle / (d - 2) - needed), evaluate=False)
        by_lemma = Lemma(worst_pattern.id, {N: N, N_other: gain, n: n, d: d, a: a, b: b, eta: eta} | signs)
        rate = (d - 2) / scale(N)
        contained.append((fires, above, Since({clear: by_lemma}, then=Sign(given={clear: rate, fires: rate}))))
    return (
        Derivation(probability)
        .at_most(pattern_share(above, d), by=TermwiseSum(by=Indicators(implied=contained)))
        .at_most(firing_bound(N, n, d, a, b, eta), by=Lemma(patterns_above.id, {d: d, x_plus: plus, x_minus: minus}))
    )


def _upper(name: str, title: str, gains: tuple[sp.Expr, sp.Expr], methods: set[Method]) -> Claim:
    """Declare the bound for one attention map, whose largest gain is the first."""
    fires = firing_probability([(gain, a) for gain in gains], n, d, b, eta)
    bound = firing_bound(gains[0], n, d, a, b, eta)
    claim = declare(
        f"separation.self.{name}",
        title,
        sp.Le(fires, bound, evaluate=False),
        domain(n, d, a, b, eta, b=POSITIVE_B),
        Kind.UPPER,
        derived_here(SOURCE),
        methods,
        module=__name__,
        rests_on=[gain_bound.id],
        spoiled=[Spoiled("bound times 1/2", sp.Le(fires, bound / 2, evaluate=False))],
    )
    values = {N: gains[0], N_other: gains[1], n: n, d: d, a: a, b: b, eta: eta}

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _instance() -> Derivation:
        return Derivation(fires).at_most(bound, by=Lemma(gain_bound.id, values))

    return claim


softmax_upper = _upper(
    "softmax-firing-bound", "softmax fires with probability at most the sum of two halved tails",
    (softmax_needle_gain(a, n), softmax_ordinary_gain(a, n)), {Method.DERIVED, Method.ATTACKED},
)  # fmt: skip
linear_upper = _upper(
    "linear-firing-bound", "linear attention fires with probability at most the sum of two halved tails",
    (linear_gain(a), linear_gain(a)), {Method.DERIVED, Method.ATTACKED},
)  # fmt: skip
