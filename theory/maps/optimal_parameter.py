"""The parameter A at which optimal positive random features have the smallest variance.

Hypotheses. rho = 1/(1 - 8A) > 0, sigma = |q + k|^2; F is the relative second moment of `optimal_features`.
Claims. (stationary) 2 sigma rho^2 + (2 sigma + d) rho = d has the positive root
rho* = 2d/(2 sigma + d + sqrt((2 sigma + d)^2 + 8 d sigma)) <= 1. (parameter) It belongs to
A* = (1 - 2t - sqrt((1 + 2t)^2 + 8t))/16, t = sigma/d. (convexity, stationary-minimum) A stationary rho is a minimum.
(minimum) F(rho*) <= F(rho) for every rho > 0, so no A < 1/8 is better than A*, A = 0 of positive features included.
Source. Derived here for the features of Likhosherstov et al., arXiv 2205.15317. At least one public summary of it has
1/8 in place of 1/16 in A*.
Why. log F is convex in log rho, and its slope there is (2 sigma rho^2 + (2 sigma + d) rho - d)/(2 (rho + 1)).
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import d
from theory.maps.optimal_features import POSITIVE, RHO, SOURCE, relative_second_moment, rho, second_moment, sigma
from theory.maps.random_features import HALF_LINE, REAL
from theory.reasons import Algebra, Lemma, Monotone, Sign, Taylor

best = sp.Symbol("rho_0", positive=True)
x = sp.Symbol("x", real=True)


def best_rho(sigma, d):
    """rho*, the rho = 1/(1 - 8A) at which the second moment is smallest."""
    return 2 * d / (2 * sigma + d + sp.sqrt((2 * sigma + d) ** 2 + 8 * d * sigma))


def best_parameter(sigma, d):
    """A*, the A at which the second moment is smallest."""
    t = sigma / d
    return (1 - 2 * t - sp.sqrt((1 + 2 * t) ** 2 + 8 * t)) / 16


STATISTIC = Domain({sigma: HALF_LINE, d: sp.Range(1, sp.oo)}, (), {s: RHO.meanings[s] for s in (sigma, d)})
root = best_rho(sigma, d)


def slope(rho):
    return 2 * sigma * rho**2 + (2 * sigma + d) * rho


stationary = declare(
    "maps.random.optimal-stationary",
    "rho* solves 2 sigma rho^2 + (2 sigma + d) rho = d, and is at most 1",
    sp.And(sp.Eq(slope(root), d, evaluate=False), sp.Le(root, 1, evaluate=False)),
    STATISTIC,
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("rho* doubled", sp.Eq(slope(2 * root), d, evaluate=False))],
)


@evidence_for(stationary, Method.DERIVED)
@derived
def _stationary() -> tuple[Derivation, Derivation]:
    whole, square = (2 * sigma + d) ** 2 + 8 * d * sigma, (2 * sigma + d) ** 2
    at_most_one = (
        Derivation(root)
        .at_most(
            d / (2 * sigma + d),
            by=Monotone(lambda z: 2 * d / (2 * sigma + d + sp.sqrt(z)), whole, sp.Ge, square, by=Sign()),
        )
        .at_most(1, by=Sign())
    )
    return Derivation(slope(root)).equal(d, by=Algebra()), at_most_one


parameter = declare(
    "maps.random.optimal-parameter",
    "rho* = 1/(1 - 8 A*) with A* = (1 - 2t - sqrt((1 + 2t)^2 + 8t))/16, t = sigma/d",
    sp.Eq(1 / (1 - 8 * best_parameter(sigma, d)), root, evaluate=False),
    STATISTIC,
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[stationary.id],
    spoiled=[Spoiled("16 replaced by 8", sp.Eq(1 / (1 - 16 * best_parameter(sigma, d)), root, evaluate=False))],
)


@evidence_for(parameter, Method.DERIVED)
@derived
def _parameter() -> Derivation:
    return Derivation(1 / (1 - 8 * best_parameter(sigma, d))).equal(root, by=Algebra())


def gap(best, x, sigma, d):
    """(log F(best e^x) - log F(best))/d."""
    return sp.log((best * sp.exp(x) + 1) / (best + 1)) - x / 2 + best * (sp.exp(x) - 1) * sigma / d


AT_ROOT = Domain(
    {**STATISTIC.ranges, best: POSITIVE},
    (sp.Eq(slope(best), d, evaluate=False),),
    {**STATISTIC.meanings, best: "a stationary rho"},
)
convexity = declare(
    "maps.random.optimal-convexity",
    "around a stationary rho, log F increases on both sides",
    sp.Le(0, gap(best, x, sigma, d), evaluate=False),
    Domain({**AT_ROOT.ranges, x: REAL}, AT_ROOT.hypotheses, {**AT_ROOT.meanings, x: "log(rho/rho_0)"}),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("the hypothesis that rho_0 is stationary dropped", domain=Domain({**AT_ROOT.ranges, x: REAL}))],
)


@evidence_for(convexity, Method.DERIVED)
@derived
def _convexity() -> Derivation:
    return Derivation(sp.S.Zero).at_most(gap(best, x, sigma, d), by=Taylor(x, 0, order=2))


at_root = relative_second_moment(best, sigma, d)
moment = relative_second_moment(rho, sigma, d)
stationary_minimum = declare(
    "maps.random.optimal-stationary-minimum",
    "where rho_0 is stationary, F(rho_0) <= F(rho) for every rho > 0",
    sp.Le(at_root, moment, evaluate=False),
    Domain({**AT_ROOT.ranges, rho: POSITIVE}, AT_ROOT.hypotheses, {**AT_ROOT.meanings, rho: RHO.meanings[rho]}),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[convexity.id],
    spoiled=[
        Spoiled(
            "the hypothesis that rho_0 is stationary dropped",
            domain=Domain({**AT_ROOT.ranges, rho: POSITIVE}),
        )
    ],
)


@evidence_for(stationary_minimum, Method.DERIVED)
@derived
def _stationary_minimum() -> Derivation:
    to_rho = sp.log(rho / best)
    grown = gap(best, to_rho, sigma, d)
    larger = Monotone(
        lambda z: at_root * sp.exp(d * z), 0, sp.Le, grown,
        by=Lemma(convexity.id, {sigma: sigma, d: d, best: best, x: to_rho}),
    )  # fmt: skip
    return Derivation(at_root).at_most(at_root * sp.exp(d * grown), by=larger).equal(moment, by=Algebra())


least = relative_second_moment(root, sigma, d)
minimum = declare(
    "maps.random.optimal-minimum",
    "F(rho*) <= F(rho) for every rho > 0",
    sp.Le(least, moment, evaluate=False),
    RHO,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[stationary_minimum.id, stationary.id, second_moment.id],
    spoiled=[Spoiled("F(rho*) times 1.01", sp.Le(sp.Rational(101, 100) * least, moment, evaluate=False))],
)


@evidence_for(minimum, Method.DERIVED)
@derived
def _minimum() -> Derivation:
    return Derivation(least).at_most(
        moment, by=Lemma(stationary_minimum.id, {sigma: sigma, d: d, best: root, rho: rho})
    )
