"""Softmax: the rounding of a softmax shifted by its maximum, and the mean gap that it depends on.

Hypotheses. n floats x, D_j = max x - x_j, p the exact softmax. The gap of the maximum is subtracted first; exp has a
relative error of at most e; the sum is taken in any order; a division rounds q times; no overflow.
Claims. (gap-term) (t - w) exp(-t) <= exp(-1 - w), with equality at t = 1 + w. Summed over the n - 1 entries below the
maximum it gives sum p_l D_l <= W for every W with W exp(W) >= (n - 1)/e, that is for W >= W0((n - 1)/e), and n - 1 gaps
equal to 1 + W0((n - 1)/e) attain it.
(mean-gap) W0((n - 1)/e) < log n for n >= 2, as log n exp(log n) exceeds (n - 1)/e.
(weight, weight-below) The factor between the computed and the exact p_j lies between exp(-E_j) and exp(E_j), with
E_j = (D_j + W + n - 1 + q) v + 2 e/(1 - e), so |computed - p_j| <= (exp(E_j) - 1) p_j + 4 s.
Source. Derived here. Blanchard, Higham and Higham (2021) have, to first order, the largest gap in place of W.
Why. An error u D_l in the exponent of every term moves the sum by its p-mean only. Tight to first order as D_j grows:
a gap that is rounded by half a unit in its last place carries u D_j into the weight.
"""

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone, Sign
from theory.rounding import factors
from theory.rounding.allowance import softmax_exponent
from theory.rounding.factors import COARSEST, LESS

t = sp.Symbol("t", nonnegative=True)
w = sp.Symbol("w", nonnegative=True)
n = sp.Symbol("n", integer=True, positive=True)
q = sp.Symbol("q", integer=True, positive=True)
D = sp.Symbol("D", nonnegative=True)
W = sp.Symbol("W", nonnegative=True)

gap_term = declare(
    "rounding.softmax.gap-term",
    "one entry's share of the mean gap",
    sp.Le((t - w) * sp.exp(-t), sp.exp(-1 - w), evaluate=False),
    Domain({t: sp.Interval(0, sp.oo), w: sp.Interval(0, sp.oo)}, (), {t: "gap", w: "bound on the mean gap"}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[factors.exponential.id],
    spoiled=[Spoiled("bound times 0.99", sp.Le((t - w) * sp.exp(-t), LESS * sp.exp(-1 - w), evaluate=False))],
)


@evidence_for(gap_term, Method.DERIVED)
@derived
def _gap_term() -> Derivation:
    below_exponential = Monotone(
        lambda z: z * sp.exp(-t),
        t - w,
        sp.Le,
        sp.exp(t - w - 1),
        by=Lemma(factors.exponential.id, {factors.x: t - w - 1}),
    )
    return (
        Derivation((t - w) * sp.exp(-t))
        .at_most(sp.exp(t - w - 1) * sp.exp(-t), by=below_exponential)
        .equal(sp.exp(-1 - w), by=Algebra())
    )


mean_gap = declare(
    "rounding.softmax.mean-gap",
    "the largest mean gap W0((n - 1)/e) is below log n",
    sp.Lt((n - 1) / sp.E, sp.log(n) * sp.exp(sp.log(n)), evaluate=False),
    Domain({n: sp.Range(2, sp.oo)}, (), {n: "length of the row"}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[factors.exponential.id],
    spoiled=[
        Spoiled("the left side times 4", sp.Lt(4 * (n - 1) / sp.E, sp.log(n) * sp.exp(sp.log(n)), evaluate=False))
    ],
)


@evidence_for(mean_gap, Method.DERIVED)
@derived
def _mean_gap() -> Derivation:
    logarithm = Monotone(
        lambda z: n - n * z, 1 / n, sp.Ge, 1 - sp.log(n), by=Lemma(factors.exponential.id, {factors.x: -sp.log(n)})
    )
    return (
        Derivation((n - 1) / sp.E)
        .less(n - 1, by=Sign())
        .equal(n - n * (1 / n), by=Algebra())
        .at_most(n - n * (1 - sp.log(n)), by=logarithm)
        .equal(sp.log(n) * sp.exp(sp.log(n)), by=Algebra())
    )


# The domain is written in v = u/(1 - u) and g = e/(1 - e), in which every exponent is a polynomial.
v = sp.Symbol("v", nonnegative=True)
g = sp.Symbol("g", nonnegative=True)
u, e = sp.Symbol("u", nonnegative=True), sp.Symbol("e", nonnegative=True)
DEFINITIONS: dict[sp.Expr, sp.Expr] = {u: v / (1 + v), e: g / (1 + g)}
FACTORS = Domain(
    {
        D: sp.Interval(0, sp.oo), W: sp.Interval(0, sp.oo), g: sp.Interval(0, 1),
        n: sp.Range(1, sp.oo), q: sp.Range(1, sp.oo), v: sp.Interval(0, COARSEST),
    },
    (),
    {
        D: "gap of the entry below the maximum", W: "bound on the mean gap", g: "e/(1 - e), e the error of exp",
        n: "length of the row", q: "roundings of a division", v: "u/(1 - u), u the unit roundoff",
    },
)  # fmt: skip
losses = softmax_exponent(D, n, W, e, q, u)
largest_factor = (1 + u) ** q * sp.exp(u * D) * (1 + e) / ((1 - u) ** (n - 1) * sp.exp(-u * W) * (1 - e))
smallest_factor = (1 - u) ** q * sp.exp(-u * D) * (1 - e) / ((1 + u) ** (n - 1) * sp.exp(v * W) * (1 + e))

weight = declare(
    "rounding.softmax.weight",
    "a softmax weight is at most exp(E) - 1 above the exact one, relatively",
    sp.Le(largest_factor - 1, sp.exp(losses) - 1, evaluate=False),
    FACTORS,
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.MEASURED, Method.ATTACKED},
    module=__name__,
    rests_on=[factors.upper.id, factors.lower.id, factors.exponential.id],
    definitions=DEFINITIONS,
    spoiled=[Spoiled("a third of the allowance", sp.Le(largest_factor - 1, (sp.exp(losses) - 1) / 3, evaluate=False))],
)

weight_below = declare(
    "rounding.softmax.weight-below",
    "a softmax weight is at least exp(-E) times the exact one",
    sp.Ge(smallest_factor, sp.exp(-losses), evaluate=False),
    FACTORS,
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[factors.upper.id, factors.lower.id, factors.exponential.id],
    definitions=DEFINITIONS,
    spoiled=[Spoiled("E times 0.99", sp.Ge(smallest_factor, sp.exp(-LESS * losses), evaluate=False))],
)

ROUNDED = {factors.u: DEFINITIONS[u]}  # the lemmas of one rounding, at this u


@evidence_for(weight, Method.DERIVED)
@derived
def _weight() -> Derivation:
    u, e = DEFINITIONS.values()

    def factor(quotient, gap, numerator, summed, mean, denominator):
        return quotient**q * gap * numerator / (summed ** (n - 1) * mean * denominator)

    gap, mean = sp.exp(u * D), sp.exp(-u * W)
    up, down = sp.exp(v), sp.exp(-v)
    of_quotient = Monotone(
        lambda z: z * factor(1, gap, 1 + e, 1 - u, mean, 1 - e) - 1, (1 + u) ** q, sp.Le, up**q,
        by=Monotone(lambda z: z**q, 1 + u, sp.Le, up, by=Lemma(factors.upper.id, ROUNDED)),
    )  # fmt: skip
    of_sum = Monotone(
        lambda z: factor(up, gap, 1 + e, 1, mean, 1 - e) / z - 1, (1 - u) ** (n - 1), sp.Ge, down ** (n - 1),
        by=Monotone(lambda z: z ** (n - 1), 1 - u, sp.Ge, down, by=Lemma(factors.lower.id, ROUNDED)),
    )  # fmt: skip
    of_numerator = Monotone(
        lambda z: factor(up, gap, z, down, mean, 1 - e) - 1, 1 + e, sp.Le, 1 + g, by=Sign("as $e \\le g$")
    )
    of_tangent = Monotone(
        lambda z: factor(up, gap, z, down, mean, 1 / z) - 1, 1 + g, sp.Le, sp.exp(g),
        by=Lemma(factors.exponential.id, {factors.x: g}),
    )  # fmt: skip
    of_gaps = Monotone(
        lambda z: factor(up, z, sp.exp(g), down, 1, sp.exp(-g)) - 1, sp.exp(u * (D + W)), sp.Le, sp.exp(v * (D + W)),
        by=Monotone(lambda z: sp.exp(z * (D + W)), u, sp.Le, v, by=Sign("as $u \\le v$")),
    )  # fmt: skip
    return (
        Derivation(factor(1 + u, gap, 1 + e, 1 - u, mean, 1 - e) - 1)
        .at_most(factor(up, gap, 1 + e, 1 - u, mean, 1 - e) - 1, by=of_quotient)
        .at_most(factor(up, gap, 1 + e, down, mean, 1 - e) - 1, by=of_sum)
        .at_most(factor(up, gap, 1 + g, down, mean, 1 - e) - 1, by=of_numerator)
        .at_most(factor(up, gap, sp.exp(g), down, mean, sp.exp(-g)) - 1, by=of_tangent)
        .at_most(factor(up, sp.exp(v * D), sp.exp(g), down, sp.exp(-v * W), sp.exp(-g)) - 1, by=of_gaps)
        .equal(sp.exp((D + W + n - 1 + q) * v + 2 * g) - 1, by=Algebra())
    )


@evidence_for(weight_below, Method.DERIVED)
@derived
def _weight_below() -> Derivation:
    u, e = DEFINITIONS.values()

    def factor(quotient, gap, numerator, summed, denominator):
        return quotient**q * gap * numerator / (summed ** (n - 1) * sp.exp(v * W) * denominator)

    gap = sp.exp(-u * D)
    up, down = sp.exp(v), sp.exp(-v)
    of_quotient = Monotone(
        lambda z: z * factor(1, gap, 1 - e, 1 + u, 1 + e), (1 - u) ** q, sp.Ge, down**q,
        by=Monotone(lambda z: z**q, 1 - u, sp.Ge, down, by=Lemma(factors.lower.id, ROUNDED)),
    )  # fmt: skip
    of_sum = Monotone(
        lambda z: factor(down, gap, 1 - e, 1, 1 + e) / z, (1 + u) ** (n - 1), sp.Le, up ** (n - 1),
        by=Monotone(lambda z: z ** (n - 1), 1 + u, sp.Le, up, by=Lemma(factors.upper.id, ROUNDED)),
    )  # fmt: skip
    of_denominator = Monotone(lambda z: factor(down, gap, 1 - e, up, z), 1 + e, sp.Le, 1 + g, by=Sign("as $e \\le g$"))
    of_tangent = Monotone(
        lambda z: factor(down, gap, 1 / z, up, z), 1 + g, sp.Le, sp.exp(g),
        by=Lemma(factors.exponential.id, {factors.x: g}),
    )  # fmt: skip
    of_gap = Monotone(
        lambda z: factor(down, z, sp.exp(-g), up, sp.exp(g)), gap, sp.Ge, sp.exp(-v * D),
        by=Monotone(lambda z: sp.exp(-z * D), u, sp.Le, v, by=Sign("as $u \\le v$")),
    )  # fmt: skip
    return (
        Derivation(factor(1 - u, gap, 1 - e, 1 + u, 1 + e))
        .at_least(factor(down, gap, 1 - e, 1 + u, 1 + e), by=of_quotient)
        .at_least(factor(down, gap, 1 - e, up, 1 + e), by=of_sum)
        .at_least(factor(down, gap, 1 - e, up, 1 + g), by=of_denominator)
        .at_least(factor(down, gap, sp.exp(-g), up, sp.exp(g)), by=of_tangent)
        .at_least(factor(down, sp.exp(-v * D), sp.exp(-g), up, sp.exp(g)), by=of_gap)
        .equal(sp.exp(-((D + W + n - 1 + q) * v + 2 * g)), by=Algebra())
    )
