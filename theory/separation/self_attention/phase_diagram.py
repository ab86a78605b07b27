"""A5. The phase diagram in (n, a): the golden threshold a(1+a) = 1, its width at finite n, and where firing sets in.

Hypotheses. The needle's row of softmax, gain N = n^g with g = a(1+a), weight w = N/(N+n-1); linear attention, gain
1+a.
Claim. 1 - w <= n^(1-g) and w <= n^(g-1), so w -> 1 if g > 1 and w -> 0 if g < 1; linear attention never concentrates,
since its weight is at most (1+a)/n. The height at which the weight is w is a_w(n) = (-1 + sqrt(1 + 4x))/2 with x =
(log(n-1) + log(w/(1-w)))/log n; a_(1/2)(n) lies below the golden ratio a* = (sqrt 5 - 1)/2 by at least 1/(sqrt 5 n
log n); heights at two exponents x_- < x_+ of mean at most 1 differ by at least (x_+ - x_-)/sqrt 5, so the transition
from w = 1/10 to w = 9/10 is at least 2 log 9/(sqrt 5 log n) wide. In the all-plus pattern with S = 0 a neuron fires
if and only if N (a + b - eta) > eta (n-1) + b, which is a smaller weight than 1/2 when eta is small. In log space w =
1/(1 + exp(log(n-1) - g log n)), which holds at n = 10^1000 as well.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. All of it is the gain identity and the concavity of the square root.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone, Rearrange, Sign
from theory.rigor.checks import certified
from theory.separation.self_attention.construction import (
    SOURCE,
    N,
    a,
    activation,
    b,
    d,
    domain,
    eta,
    linear_gain,
    n,
    needle_weight,
    other_weight,
    softmax_needle_gain,
)

GOLDEN = (sp.sqrt(5) - 1) / 2
log_n = sp.log(n)
g = sp.Symbol("g", nonnegative=True)
w = sp.Symbol("w", positive=True)


def weight_exponent(w, n):
    """x: the weight is w where a(1+a) = x."""
    return (sp.log(n - 1) + sp.log(w / (1 - w))) / sp.log(n)


def height_at_exponent(x):
    """The needle height a >= -1/2 with a (1 + a) = x."""
    return (-1 + sp.sqrt(1 + 4 * x)) / 2


def height_at_weight(w, n):
    """a_w(n): the needle height at which softmax's needle row puts the weight w on the needle."""
    return height_at_exponent(weight_exponent(w, n))


def log_space_weight(g, log_length, log_length_minus_one):
    """w from logarithms alone, for lengths far beyond any float."""
    return 1 / (1 + sp.exp(log_length_minus_one - g * log_length))


POWERS = Domain({n: sp.Range(2, sp.oo), g: sp.Interval(0, sp.oo)}, (), {n: "number of tokens", g: "a(1+a)"})
softmax_weight = needle_weight(n**g, n)

log_space = declare(
    "separation.self.log-space-weight",
    "the weight from logarithms alone",
    sp.Eq(softmax_weight, log_space_weight(g, log_n, sp.log(n - 1)), evaluate=False),
    POWERS,
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("n - 1 replaced by n", sp.Eq(softmax_weight, log_space_weight(g, log_n, log_n), evaluate=False))],
)


@evidence_for(log_space, Method.DERIVED)
@derived
def _log_space() -> Derivation:
    return Derivation(softmax_weight).equal(log_space_weight(g, log_n, sp.log(n - 1)), by=Algebra())


exponent_weight = log_space_weight(weight_exponent(w, n), log_n, sp.log(n - 1))
exponent = declare(
    "separation.self.weight-exponent",
    "the weight is w exactly where a (1 + a) = x = (log(n-1) + log(w/(1-w)))/log n",
    sp.Eq(exponent_weight, w, evaluate=False),
    Domain({n: sp.Range(3, sp.oo), w: sp.Interval.open(0, 1)}),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.log-space-weight"],
    spoiled=[
        Spoiled(
            "n - 1 replaced by n",
            sp.Eq(log_space_weight(weight_exponent(w, n + 1), log_n, sp.log(n - 1)), w, evaluate=False),
        )
    ],
)


@evidence_for(exponent, Method.DERIVED)
@derived
def _exponent() -> Derivation:
    return Derivation(exponent_weight).equal(w, by=Algebra())


missed = (n - 1) * other_weight(n**g, n)
above = declare(
    "separation.self.golden-above",
    "above the golden threshold the weight misses 1 by at most n^(1 - a(1+a))",
    sp.Le(missed, n ** (1 - g), evaluate=False),
    POWERS,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    spoiled=[Spoiled("bound times 0.99", sp.Le(missed, n ** (1 - g) * sp.Rational(99, 100)))],
)


@evidence_for(above, Method.DERIVED)
@derived
def _above() -> Derivation:
    return Derivation(missed).at_most(n / n**g, by=Sign()).equal(n ** (1 - g), by=Algebra())


below = declare(
    "separation.self.golden-below",
    "below the golden threshold the weight is at most n^(a(1+a) - 1)",
    sp.Le(softmax_weight, n ** (g - 1), evaluate=False),
    POWERS,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.CERTIFIED, Method.ATTACKED},
    module=__name__,
    spoiled=[Spoiled("bound times 0.99", sp.Le(softmax_weight, n ** (g - 1) * sp.Rational(99, 100)))],
)
evidence_for(below, Method.CERTIFIED)(certified())

golden = declare(
    "separation.self.golden-threshold",
    "where a(1+a) >= 1 softmax puts at least half of its weight on the needle, for every n",
    sp.Ge(needle_weight(softmax_needle_gain(a, n), n), sp.Rational(1, 2), evaluate=False),
    domain(n, a, hypotheses=(sp.Ge(a * (1 + a), 1),)),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.CERTIFIED, Method.ATTACKED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled(
            "the threshold lowered to 9/10",
            domain=domain(n, a, hypotheses=(sp.Ge(a * (1 + a), sp.Rational(9, 10)),)),
        )
    ],
)
evidence_for(golden, Method.CERTIFIED)(certified())

linear_never = declare(
    "separation.self.linear-never-concentrates",
    "linear attention's weight on the needle is at most (1 + a)/n",
    sp.Le(needle_weight(linear_gain(a), n), (1 + a) / n, evaluate=False),
    domain(n, a),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    spoiled=[Spoiled("bound times 0.99", sp.Le(needle_weight(linear_gain(a), n), (1 + a) / n * sp.Rational(99, 100)))],
)


@evidence_for(linear_never, Method.DERIVED)
@derived
def _linear_never() -> Derivation:
    return (
        Derivation(needle_weight(linear_gain(a), n))
        .equal((1 + a) / (n + a), by=Algebra())
        .at_most((1 + a) / n, by=Sign())
    )


x = sp.Symbol("x", real=True)
height = height_at_exponent(x)
inverse = declare(
    "separation.self.height-at-weight",
    "a_w = (-1 + sqrt(1 + 4x))/2 solves a (1 + a) = x",
    sp.Eq(height * (1 + height), x, evaluate=False),
    Domain({x: sp.Interval.open(-sp.Rational(1, 4), sp.oo)}, (), {x: "the exponent at which the weight is w"}),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.weight-exponent"],
    spoiled=[Spoiled("x replaced by 2x", sp.Eq(height * (1 + height), 2 * x, evaluate=False))],
)


@evidence_for(inverse, Method.DERIVED)
@derived
def _inverse() -> Derivation:
    return Derivation(height * (1 + height)).equal(x, by=Algebra())


tangent = declare(
    "separation.self.golden-tangent",
    "the height at exponent x lies below its tangent at the golden ratio: a* - a >= (1 - x)/sqrt 5",
    sp.Ge(GOLDEN - height, (1 - x) / sp.sqrt(5), evaluate=False),
    inverse.domain,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.height-at-weight"],
    spoiled=[Spoiled("bound times 1.01", sp.Ge(GOLDEN - height, (1 - x) / sp.sqrt(5) * sp.Rational(101, 100)))],
)


@evidence_for(tangent, Method.DERIVED)
@derived
def _tangent() -> Derivation:
    square = (sp.sqrt(5) - sp.sqrt(1 + 4 * x)) ** 2 / (4 * sp.sqrt(5))
    return (
        Derivation(GOLDEN - height)
        .equal((1 - x) / sp.sqrt(5) + square, by=Algebra())
        .at_least((1 - x) / sp.sqrt(5), by=Sign())
    )


LENGTHS = Domain({n: sp.Range(3, sp.oo)}, (), {n: "number of tokens"})
v = sp.Symbol("v", nonnegative=True)
log_step = declare(
    "separation.self.log-step",
    "-log(1 - v) is at least v; at v = 1/n: one token more adds at least 1/n to log n",
    sp.Ge(-sp.log(1 - v), v, evaluate=False),
    Domain({v: sp.Interval.Ropen(0, 1)}, (), {v: "1/n"}),
    Kind.LOWER,
    derived_here(),
    {Method.CERTIFIED, Method.ATTACKED},
    module=__name__,
    spoiled=[Spoiled("bound times 1.01", sp.Ge(-sp.log(1 - v), v * sp.Rational(101, 100), evaluate=False))],
)
evidence_for(log_step, Method.CERTIFIED)(certified())

step = -sp.log(1 - 1 / n)
half_exponent = weight_exponent(sp.Rational(1, 2), n)
gap = GOLDEN - height_at_exponent(half_exponent)
gap_bound = 1 / (sp.sqrt(5) * n * log_n)
half_gap = declare(
    "separation.self.half-weight-gap",
    "a_(1/2)(n) lies below the golden ratio by at least 1/(sqrt 5 n log n)",
    sp.Ge(gap, gap_bound, evaluate=False),
    LENGTHS,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.golden-tangent", "separation.self.log-step"],
    spoiled=[Spoiled("bound doubled", sp.Ge(gap, 2 * gap_bound, evaluate=False))],
)


@evidence_for(half_gap, Method.DERIVED)
@derived
def _half_gap() -> Derivation:
    return (
        Derivation(gap)
        .at_least((1 - half_exponent) / sp.sqrt(5), by=Lemma("separation.self.golden-tangent", {x: half_exponent}))
        .equal(step / (sp.sqrt(5) * log_n), by=Algebra())
        .at_least(
            gap_bound,
            by=Monotone(
                lambda z: z / (sp.sqrt(5) * log_n), step, sp.Ge, 1 / n, by=Lemma("separation.self.log-step", {v: 1 / n})
            ),
        )
    )


root_high, root_low = sp.symbols("r_plus r_minus", nonnegative=True)
roots_apart = (root_high**2 - root_low**2) ** 2
transition = declare(
    "separation.self.transition-width",
    "heights at two exponents of mean at most 1 differ by at least the exponents' difference over sqrt 5",
    sp.Ge(20 * (root_high - root_low) ** 2, roots_apart, evaluate=False),
    Domain(
        {root_high: sp.Interval(0, 4), root_low: sp.Interval(0, 4)},
        (sp.Le(root_high**2 + root_low**2, 10),),
        {root_high: "sqrt(1 + 4 x_+)", root_low: "sqrt(1 + 4 x_-)"},
    ),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.CERTIFIED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.height-at-weight"],
    spoiled=[Spoiled("20 replaced by 19", sp.Ge(19 * (root_high - root_low) ** 2, roots_apart, evaluate=False))],
)
evidence_for(transition, Method.CERTIFIED)(certified())

firing_onset = declare(
    "separation.self.firing-onset",
    "the all-plus pattern with S = 0 fires if and only if N (a + b - eta) > eta (n - 1) + b",
    sp.Equivalent(
        sp.Gt(activation(N, n, d, a, b, 1, 1, 1, 0), 1 - b + eta, evaluate=False),
        sp.Gt(N * (a + b - eta), eta * (n - 1) + b, evaluate=False),
        evaluate=False,
    ),
    domain(N, n, d, a, b, eta),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.firing-law"],
    spoiled=[
        Spoiled(
            "b dropped on the right",
            sp.Equivalent(
                sp.Gt(activation(N, n, d, a, b, 1, 1, 1, 0), 1 - b + eta, evaluate=False),
                sp.Gt(N * (a + b - eta), eta * (n - 1), evaluate=False),
                evaluate=False,
            ),
        )
    ],
)


@evidence_for(firing_onset, Method.DERIVED)
@derived
def _firing_onset() -> Equivalences:
    fires = sp.Gt(activation(N, n, d, a, b, 1, 1, 1, 0), 1 - b + eta, evaluate=False)
    return Equivalences(fires).iff(sp.Gt(N * (a + b - eta), eta * (n - 1) + b, evaluate=False), by=Rearrange(N + n - 1))
