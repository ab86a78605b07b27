"""How large a weight can be: softmax fades as the row grows, scalable softmax does not, hard attention is the limit.

Hypotheses. A row of n keys. R is the sum of exp(score) over the other keys, in units of exp(score) of the key looked
at, so that its weight is 1/(1 + R). If c keys tie, each has the weight 1/(c + R); the sum R of n - c terms of at most
exp(-g/T) is then written lambda (n - c) exp(-g/T), 0 <= lambda <= 1.
Claims. (dispersion) If no score is more than Delta below that of the key, its weight is at most exp(Delta)/n. So with
bounded scores every weight goes to 0 as n grows. (concentration) If scores are multiplied by s log n, if every other
score is at least delta below, and s delta >= 1, then the weight is at least n/(2n - 1), which is above 1/2 for every n.
(hard-limit) At temperature T > 0, with c keys sharing the largest score and every other one at least g below it, the
weight of each of the c is within (n - c) exp(-g/T)/c^2 of 1/c, and never above: hard attention is the limit T -> 0.
Source. Derived here; dispersion is in arXiv 2410.01104, scalable softmax in arXiv 2501.19399.
Why. R is at least (n - 1) exp(-Delta), at most (n - 1) n^(-s delta), at most (n - c) exp(-g/T).
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import MEANINGS, n
from theory.reasons import Algebra, Monotone, Sign

R = sp.Symbol("R", nonnegative=True)
Delta = sp.Symbol("Delta", nonnegative=True)
delta, sharpness, g, T = sp.symbols("delta s g T", positive=True)
c = sp.Symbol("c", integer=True, positive=True)

HALF_LINE, POSITIVE, LENGTHS = sp.Interval(0, sp.oo), sp.Interval.open(0, sp.oo), sp.Range(1, sp.oo)
OTHERS = "sum of exp(score) over the other keys, in units of the one looked at"
ALL = frozenset({Method.DERIVED, Method.MEASURED, Method.ATTACKED})

spread = sp.Ge(R, (n - 1) * sp.exp(-Delta), evaluate=False)
weight = 1 / (1 + R)
dispersion = declare(
    "maps.softmax.dispersion",
    "a softmax weight is at most exp(spread of the scores)/n",
    sp.Le(weight, sp.exp(Delta) / n, evaluate=False),
    Domain(
        {R: HALF_LINE, Delta: HALF_LINE, n: LENGTHS}, (spread,),
        {R: OTHERS, Delta: "how far the scores spread", n: MEANINGS[n]},
    ),
    Kind.UPPER,
    derived_here("dispersion is in arXiv 2410.01104"),
    ALL,
    module=__name__,
    spoiled=[Spoiled("bound times 0.99", sp.Le(weight, sp.Rational(99, 100) * sp.exp(Delta) / n, evaluate=False))],
)  # fmt: skip


@evidence_for(dispersion, Method.DERIVED)
@derived
def _dispersion() -> Derivation:
    least = (n - 1) * sp.exp(-Delta)
    return (
        Derivation(weight)
        .at_most(1 / (1 + least), by=Monotone(lambda z: 1 / (1 + z), R, sp.Ge, least, by=Sign("by hypothesis")))
        .equal(sp.exp(Delta) / (sp.exp(Delta) + n - 1), by=Algebra())
        .at_most(sp.exp(Delta) / n, by=Sign("as $\\Delta \\ge 0$"))
    )


clear = sp.Le(R, (n - 1) * n ** (-sharpness * delta), evaluate=False)
sharp = sp.Ge(sharpness * delta, 1, evaluate=False)
concentration = declare(
    "maps.scalable-softmax.concentration",
    "a score that leads by 1/s has a weight above one half in scalable softmax, at every length",
    sp.Ge(weight, n / (2 * n - 1), evaluate=False),
    Domain(
        {R: HALF_LINE, sharpness: POSITIVE, delta: POSITIVE, n: LENGTHS}, (clear, sharp),
        {R: OTHERS, sharpness: "factor of log n", delta: "lead of the score", n: MEANINGS[n]},
    ),
    Kind.LOWER,
    derived_here("scalable softmax is that of arXiv 2501.19399"),
    ALL,
    module=__name__,
    spoiled=[
        Spoiled("the bound enlarged by 1/100", sp.Ge(weight, sp.Rational(101, 100) * n / (2 * n - 1), evaluate=False)),
    ],
)  # fmt: skip


@evidence_for(concentration, Method.DERIVED)
@derived
def _concentration() -> Derivation:
    most = (n - 1) * n ** (-sharpness * delta)
    leading = Monotone(
        lambda z: 1 / (1 + (n - 1) * sp.exp(-z * sp.log(n))), sharpness * delta, sp.Ge, 1, by=Sign("by hypothesis")
    )
    return (
        Derivation(weight)
        .at_least(1 / (1 + most), by=Monotone(lambda z: 1 / (1 + z), R, sp.Le, most, by=Sign("by hypothesis")))
        .at_least(1 / (1 + (n - 1) / n), by=leading)
        .equal(n / (2 * n - 1), by=Algebra())
    )


share = sp.Symbol("lambda", nonnegative=True)
others = share * (n - c) * sp.exp(-g / T)
shortfall = 1 / c - 1 / (c + others)
rate = (n - c) * sp.exp(-g / T) / c**2
hard_limit = declare(
    "maps.hard.limit",
    "softmax at temperature T is within (n - c) exp(-g/T)/c^2 of hard attention, c keys sharing the largest score",
    sp.Le(shortfall, rate, evaluate=False),
    Domain(
        {share: sp.Interval(0, 1), g: POSITIVE, T: POSITIVE, c: LENGTHS, n: sp.Range(2, sp.oo)}, (sp.Lt(c, n),),
        {
            share: "sum over the other keys, in units of the largest that it can be", g: "gap below the largest score",
            T: "temperature", c: "keys that tie", n: MEANINGS[n],
        },
    ),
    Kind.UPPER,
    derived_here(),
    ALL,
    module=__name__,
    spoiled=[Spoiled("c^2 replaced by c^3", sp.Le(shortfall, rate / c, evaluate=False))],
)  # fmt: skip


@evidence_for(hard_limit, Method.DERIVED)
@derived
def _hard_limit() -> Derivation:
    return (
        Derivation(shortfall)
        .equal(others / (c * (c + others)), by=Algebra())
        .at_most(others / c**2, by=Sign())
        .at_most(rate, by=Sign("as $\\lambda \\le 1$"))
    )
