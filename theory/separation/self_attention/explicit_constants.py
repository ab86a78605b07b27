"""A3. The published regime with explicit constants, for every threshold.

Hypotheses. The needle construction; h(x) = 1 for x <= 0 and exp(-(d-2) x^2/2) for x > 0; for a row of gain N and a
level th put x(a, N; th) = (th (n-1) + b - N (a + b - th)) / (b n).
Claim. (upper) A row fires only if S/(d-2) > x(a, N; th); so if N is the largest gain of a network, a neuron fires
with probability p <= h(x(a, N; eta))/2 + h(x(a, N; eta + 2c))/2. (lower) If x(a, N; eta) < 1/(d-2) then p >= 1/16,
and if x(a, N; eta) < -1 + 2/(d-2) then p >= 1/8. (joint) With p_1 for softmax on D1 and p_b for the three others
together, P4 >= 1 - (1-p_1)^m - m p_b. (sufficient) P4 >= 1 - 2 delta as soon as n^(a1(1+a1)) (a1 + b - eta) >= eta
(n-1) + b, m >= log(1/delta)/log(16/15) and d >= 2 + 2 log(3m/delta)/x_min^2, x_min the least x of the three silent
networks.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. All signs plus is the worst case; Hoeffding's inequality for d-2 signs; the sign of y_d halves. The exact
probability is below the bound by the usual Bahadur-Rao prefactor, so the bound is an upper one, not a tight one.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import concentration
from theory.lemmas import probability as union
from theory.reasons import Algebra, ApplyMonotone, Lemma, Monotone, Rearrange, Sign
from theory.separation.self_attention.construction import (
    MEANINGS,
    RANGES,
    SOURCE,
    N,
    S,
    a,
    b,
    d,
    domain,
    eta,
    linear_gain,
    m,
    mean_sign_needed,
    n,
    softmax_needle_gain,
    y_first,
    y_needle,
)
from theory.separation.self_attention.firing_law import firing_inequality, joint_success, p_bad, p_good
from theory.separation.self_attention.probabilities import LINEAR_ON_D1, SOFTMAX_ON_D1, FiringProbability

th = sp.Symbol("theta", positive=True)
x = sp.Symbol("x", nonnegative=True)
p_fires = sp.Symbol("p_1", nonnegative=True)


def tail_bound(x, d):
    """h(x): Hoeffding's bound on P[S/(d-2) > x], S a sum of d-2 independent uniform signs."""
    return sp.Piecewise((1, x <= 0), (sp.exp(-(d - 2) * x**2 / 2), True))


def firing_bound(gain, n, d, a, b, eta):
    """Upper bound on P[a neuron fires] for a network whose largest gain is `gain`."""
    return sum(tail_bound(mean_sign_needed(gain, n, a, b, eta + shift), d) for shift in (0, 2 * (1 - b))) / 2


def joint_bound(p_fires, p_bad, m):
    """Lower bound on P4 from the marginal probability of the good event and that of the bad one."""
    return 1 - (1 - p_fires) ** m - m * p_bad


left, right = firing_inequality(N, n, d, a, b, th, y_first, y_needle, S)
excess = b * n * (S / (d - 2) - mean_sign_needed(N, n, a, b, th))
PATTERN = domain(N, n, d, a, b, y_first, y_needle, S, b=sp.Interval.Lopen(0, 1))
PATTERN = Domain(
    {**PATTERN.ranges, th: sp.Interval.open(0, sp.oo)}, (), {**PATTERN.meanings, th: "level, eta or eta + 2c"}
)

worst_pattern = declare(
    "separation.self.firing-needs-mean-sign",
    "a row fires only if the mean middle sign exceeds x(a, N; th)",
    sp.Le(left - right, excess, evaluate=False),
    PATTERN,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.firing-law"],
    spoiled=[Spoiled("the bound lowered by b/100", sp.Le(left - right, excess - b / 100, evaluate=False))],
)


@evidence_for(worst_pattern, Method.DERIVED)
@derived
def _worst_pattern() -> Derivation:
    plus_left, plus_right = firing_inequality(N, n, d, a, b, th, 1, 1, S)
    return Derivation(left - right).at_most(plus_left - plus_right, by=Sign()).equal(excess, by=Algebra())


k, j, s = concentration.k, concentration.j, concentration.s
mean_tail = concentration.probability_at_least((d - 2) * x).subs(k, d - 2)
tail = declare(
    "separation.self.mean-sign-tail",
    "the mean of the d-2 middle signs reaches x with probability at most exp(-(d-2) x^2/2)",
    sp.Le(mean_tail, sp.exp(-(d - 2) * x**2 / 2), evaluate=False),
    Domain({d: sp.Range(3, sp.oo), x: sp.Interval(0, sp.oo)}, (), {d: MEANINGS[d], x: "mean middle sign"}),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["lemma.concentration.hoeffding-signs"],
    spoiled=[Spoiled("the factor 1/2 dropped", sp.Le(mean_tail, sp.exp(-(d - 2) * x**2), evaluate=False))],
)


@evidence_for(tail, Method.DERIVED)
@derived
def _tail() -> Derivation:
    return Derivation(mean_tail).at_most(
        sp.exp(-(d - 2) * x**2 / 2),
        by=Lemma("lemma.concentration.hoeffding-signs", {k: d - 2, s: (d - 2) * x}),
    )


LAW_DOMAIN = Domain(
    {
        n: sp.Range(2, 2000), d: sp.Range(3, 403), a: sp.Interval(sp.Rational(1, 100), 2),
        b: sp.Interval(sp.Rational(1, 10), sp.Rational(9, 10)), eta: sp.Interval(sp.Rational(1, 20), 2),
    },
    (sp.Ge(n, d - 2),),
    {symbol: MEANINGS[symbol] for symbol in (n, d, a, b, eta)},
)  # fmt: skip


def _upper(name: str, title: str, network: sp.Integer, gain: sp.Expr, factor: sp.Rational) -> Claim:
    """Declare that one network's firing probability is below its bound; the spoiled variant multiplies by `factor`."""
    probability = FiringProbability(network, n, d, a, a, b, eta)
    bound = firing_bound(gain, n, d, a, b, eta)
    return declare(
        f"separation.self.{name}",
        title,
        sp.Le(probability, bound, evaluate=False),
        LAW_DOMAIN,
        Kind.UPPER,
        derived_here(SOURCE),
        {Method.ATTACKED},
        module=__name__,
        rests_on=["separation.self.firing-needs-mean-sign", "separation.self.mean-sign-tail"],
        spoiled=[Spoiled(f"bound times {factor}", sp.Le(probability, factor * bound, evaluate=False))],
    )


softmax_upper = _upper(
    "softmax-firing-bound", "softmax fires with probability at most the sum of two halved tails", SOFTMAX_ON_D1,
    softmax_needle_gain(a, n), sp.Rational(1, 2),
)  # fmt: skip
linear_upper = _upper(
    "linear-firing-bound", "linear attention fires with probability at most the sum of two halved tails",
    LINEAR_ON_D1, linear_gain(a), sp.Rational(1, 2),
)  # fmt: skip


needle_x = mean_sign_needed(softmax_needle_gain(a, n), n, a, b, eta)
softmax_probability = FiringProbability(SOFTMAX_ON_D1, n, d, a, a, b, eta)
LOWER_DOMAIN = Domain(
    LAW_DOMAIN.ranges,
    (*LAW_DOMAIN.hypotheses, sp.Lt(needle_x, 1 / (d - 2), evaluate=False), sp.Ge(d, 4)),
    LAW_DOMAIN.meanings,
)
softmax_lower = declare(
    "separation.self.softmax-firing-lower-bound",
    "where x(a, N; eta) < 1/(d-2) softmax fires with probability at least 1/16",
    sp.Ge(softmax_probability, sp.Rational(1, 16), evaluate=False),
    LOWER_DOMAIN,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.firing-law", "lemma.concentration.symmetric-half"],
    spoiled=[Spoiled("1/16 replaced by 1/15", sp.Ge(softmax_probability, sp.Rational(1, 15), evaluate=False))],
)


NEURONS = Domain(
    {
        p_bad: sp.Interval.Ropen(0, 1),
        p_good: sp.Interval.Ropen(0, 1),
        p_fires: sp.Interval.Ropen(0, 1),
        m: RANGES[m],
    },
    (sp.Lt(p_bad + p_good, 1), sp.Le(p_fires, p_bad + p_good)),
    {
        p_bad: "P[fires where it should not]",
        p_good: "P[fires for softmax on D1 alone]",
        p_fires: "P[fires for softmax on D1]",
        m: MEANINGS[m],
    },
)
joint_lower = declare(
    "separation.self.joint-success-bound",
    "all four networks behave with probability at least 1 - (1-p_1)^m - m p_b",
    sp.Ge(joint_success(p_bad, p_good, m), joint_bound(p_fires, p_bad, m), evaluate=False),
    NEURONS,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.joint-success", "lemma.probability.union"],
    spoiled=[
        Spoiled(
            "m p_b halved",
            sp.Ge(joint_success(p_bad, p_good, m), joint_bound(p_fires, p_bad / 2, m), evaluate=False),
        )
    ],
)


@evidence_for(joint_lower, Method.DERIVED)
@derived
def _joint_lower() -> Derivation:
    """The second power is at most (1-p_1)^m, and the first at least 1 - m p_b by the union bound."""
    return (
        Derivation(joint_success(p_bad, p_good, m))
        .at_least(
            (1 - p_bad) ** m - (1 - p_fires) ** m,
            by=Monotone(lambda z: (1 - p_bad) ** m - (1 - z) ** m, p_bad + p_good, sp.Ge, p_fires, by=Sign()),
        )
        .at_least(
            joint_bound(p_fires, p_bad, m),
            by=Monotone(
                lambda z: z - (1 - p_fires) ** m,
                (1 - p_bad) ** m,
                sp.Ge,
                1 - m * p_bad,
                by=Lemma("lemma.probability.union", {union.p: p_bad, union.m: m}),
            ),
        )
    )


x_least, delta = sp.Symbol("x_min", positive=True), sp.Symbol("delta", positive=True)
enough_dimensions = sp.Ge(d, 2 + 2 * sp.log(3 * m / delta) / x_least**2, evaluate=False)
silent_enough = sp.Le(3 * m * sp.exp(-(d - 2) * x_least**2 / 2), delta, evaluate=False)
sufficient_dimension = declare(
    "separation.self.sufficient-dimension",
    "d >= 2 + 2 log(3m/delta)/x_min^2 is what it takes for three tails of m neurons to stay below delta",
    sp.Equivalent(enough_dimensions, silent_enough, evaluate=False),
    Domain(
        {d: RANGES[d], m: RANGES[m], x_least: sp.Interval.open(0, sp.oo), delta: sp.Interval.open(0, 1)},
        (),
        {d: MEANINGS[d], m: MEANINGS[m], x_least: "least x of the silent networks", delta: "failure allowed"},
    ),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.mean-sign-tail"],
    spoiled=[
        Spoiled(
            "the factor 2 dropped",
            sp.Equivalent(
                sp.Ge(d, 2 + sp.log(3 * m / delta) / x_least**2, evaluate=False), silent_enough, evaluate=False
            ),
        )
    ],
)


@evidence_for(sufficient_dimension, Method.DERIVED)
@derived
def _sufficient_dimension() -> Equivalences:
    power = -(d - 2) * x_least**2 / 2
    return (
        Equivalences(enough_dimensions)
        .iff(sp.Le(power, sp.log(delta / (3 * m)), evaluate=False), by=Rearrange(-(x_least**2) / 2))
        .iff(
            sp.Le(sp.exp(power), delta / (3 * m), evaluate=False),
            by=ApplyMonotone(sp.exp, sp.Interval(-sp.oo, sp.oo)),
        )
        .iff(silent_enough, by=Rearrange(3 * m))
    )


strong_needle = sp.Ge(N * (a + b - eta), eta * (n - 1) + b, evaluate=False)
sufficient_gain = declare(
    "separation.self.sufficient-gain",
    "half of all middle signs let the needle's row fire when N (a + b - eta) >= eta (n-1) + b",
    sp.Equivalent(sp.Le(mean_sign_needed(N, n, a, b, eta), 0, evaluate=False), strong_needle, evaluate=False),
    domain(N, n, a, b, eta, b=sp.Interval.Lopen(0, 1)),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.firing-law"],
    spoiled=[
        Spoiled(
            "n - 1 replaced by n",
            sp.Equivalent(
                sp.Le(mean_sign_needed(N, n, a, b, eta), 0, evaluate=False),
                sp.Ge(N * (a + b - eta), eta * n + b, evaluate=False),
                evaluate=False,
            ),
        )
    ],
)


@evidence_for(sufficient_gain, Method.DERIVED)
@derived
def _sufficient_gain() -> Equivalences:
    return Equivalences(sp.Le(mean_sign_needed(N, n, a, b, eta), 0, evaluate=False)).iff(
        strong_needle, by=Rearrange(b * n)
    )


SIXTEENTH = sp.Rational(1, 16)
enough_neurons = sp.Le((1 - SIXTEENTH) ** m, delta, evaluate=False)
few_bad = sp.Le(m * p_bad, delta, evaluate=False)
explicit_success = declare(
    "separation.self.explicit-success",
    "P4 >= 1 - 2 delta when p_1 >= 1/16, (15/16)^m <= delta and m p_b <= delta",
    sp.Ge(joint_success(p_bad, p_good, m), 1 - 2 * delta, evaluate=False),
    Domain(
        {**NEURONS.ranges, delta: sp.Interval.open(0, 1)},
        (*NEURONS.hypotheses, sp.Ge(p_fires, SIXTEENTH), enough_neurons, few_bad),
        {**NEURONS.meanings, delta: "failure allowed"},
    ),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[
        "separation.self.joint-success-bound", "separation.self.sufficient-dimension",
        "separation.self.sufficient-gain", "separation.self.softmax-firing-lower-bound",
        "separation.self.softmax-firing-bound", "separation.self.linear-firing-bound",
    ],
    spoiled=[
        Spoiled("2 delta replaced by delta", sp.Ge(joint_success(p_bad, p_good, m), 1 - delta, evaluate=False))
    ],
)  # fmt: skip


@evidence_for(explicit_success, Method.DERIVED)
@derived
def _explicit_success() -> Derivation:
    return (
        Derivation(joint_success(p_bad, p_good, m))
        .at_least(
            joint_bound(p_fires, p_bad, m),
            by=Lemma("separation.self.joint-success-bound", {p_bad: p_bad, p_good: p_good, p_fires: p_fires, m: m}),
        )
        .at_least(
            joint_bound(SIXTEENTH, p_bad, m),
            by=Monotone(lambda z: 1 - (1 - z) ** m - m * p_bad, p_fires, sp.Ge, SIXTEENTH, by=Sign()),
        )
        .at_least(1 - 2 * delta, by=Sign(given={enough_neurons: sp.S.One, few_bad: sp.S.One}))
    )
