"""Positive random features on the needle: the threshold in the number of features, as a power of n.

Hypotheses. As in `favor`, whose free energy gives log_n of the gain of the needle's row in the limit, psi(x, z_n) -
psi(x, z_r) - (k_n^2 - 1)/2, with n^(x^2/2) features.
Claims. (threshold-between, threshold-below) That exponent is 1 exactly at x* = z_n - sqrt(2 (a^2 + a - 1)) for a <=
sqrt 3 - 1 and x* = (1 + a + a^2/2)/a beyond, and it exceeds 1 if and only if x > x*. (more-than-quadratic,
early-threshold) x* >= 1 + sqrt 2 for every a: with fewer than n^((1 + sqrt 2)^2/2) features, 2.91.. in the exponent,
more than the n^2 entries of the exact matrix, positive features miss the needle at every height.
Source. Derived here; the features are those of arXiv 2009.14794, the free energy that of Derrida's random energy model.
Why. Squares. At finite length `favor_missed`, `favor_found` and `favor_threshold` say it with explicit constants.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, ApplyMonotone, Rearrange, Sign
from theory.separation.kernels import favor, favor_moment
from theory.separation.kernels.favor import POSITIVE, WORDS, exponent_below, exponent_between, late_threshold, x, y
from theory.separation.self_attention.construction import SOURCE, a

ABOVE_GOLDEN = sp.Gt(a * (1 + a), 1)
GOLDEN_MIDDLE = sp.sqrt(3) - 1
BETWEEN = Domain(
    {a: POSITIVE, y: sp.Interval(0, sp.oo)},
    (ABOVE_GOLDEN, sp.Le(y, a)),
    {a: WORDS[a], y: "z_n - x, by which the largest frequency stays below z_n"},
)
exceeds = sp.Gt(exponent_between(2 + 2 * a - y, a), 1, evaluate=False)
threshold_between = declare(
    "separation.favor.threshold-between",
    "for z_r <= x <= z_n the exponent of the gain exceeds 1 if and only if x > 2 + 2a - sqrt(2 (a^2 + a - 1))",
    sp.Equivalent(exceeds, sp.Lt(y, sp.sqrt(2 * (a**2 + a - 1)), evaluate=False), evaluate=False),
    BETWEEN,
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[favor_moment.moment.id, favor.window.id],
    spoiled=[
        Spoiled(
            "the factor 2 dropped",
            sp.Equivalent(exceeds, sp.Lt(y, sp.sqrt(a**2 + a - 1), evaluate=False), evaluate=False),
        )
    ],
)


@evidence_for(threshold_between, Method.DERIVED)
@derived
def _threshold_between() -> Equivalences:
    return (
        Equivalences(exceeds)
        .iff(sp.Lt(y**2, 2 * (a**2 + a - 1), evaluate=False), by=Rearrange(2))
        .iff(
            sp.Lt(y, sp.sqrt(2 * (a**2 + a - 1)), evaluate=False),
            by=ApplyMonotone(sp.sqrt, sp.Interval(0, sp.oo)),
        )
    )


late = late_threshold(a)
exceeds_below = sp.Gt(exponent_below(x, a), 1, evaluate=False)
threshold_below = declare(
    "separation.favor.threshold-below",
    "for x <= z_r the exponent of the gain exceeds 1 if and only if x > (1 + a + a^2/2)/a",
    sp.Equivalent(exceeds_below, sp.Gt(x, late, evaluate=False), evaluate=False),
    Domain({a: POSITIVE, x: POSITIVE}, (sp.Le(x, 2 + a),), {a: WORDS[a], x: WORDS[x]}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[favor_moment.moment.id, favor.window.id],
    spoiled=[Spoiled("x* doubled", sp.Equivalent(exceeds_below, sp.Gt(x, 2 * late, evaluate=False), evaluate=False))],
)


@evidence_for(threshold_below, Method.DERIVED)
@derived
def _threshold_below() -> Equivalences:
    return Equivalences(exceeds_below).iff(sp.Gt(x, late, evaluate=False), by=Rearrange(1 / a))


floor = declare(
    "separation.favor.more-than-quadratic",
    "(1 + a + a^2/2)/a >= 1 + sqrt 2 at every height: at least n^2.91 features, more than n^2",
    sp.Ge(late, 1 + sp.sqrt(2), evaluate=False),
    Domain({a: POSITIVE}, (), {a: WORDS[a]}),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=[threshold_below.id],
    spoiled=[Spoiled("bound times 1.01", sp.Ge(late, (1 + sp.sqrt(2)) * sp.Rational(101, 100)))],
)


@evidence_for(floor, Method.DERIVED)
@derived
def _floor() -> Derivation:
    """Equality at a = sqrt 2."""
    return (
        Derivation(late)
        .equal(1 + sp.sqrt(2) + (a - sp.sqrt(2)) ** 2 / (2 * a), by=Algebra())
        .at_least(1 + sp.sqrt(2), by=Sign())
    )


early_floor = declare(
    "separation.favor.early-threshold",
    "x* >= z_r = 2 + a for a <= sqrt 3 - 1, which is more than 1 + sqrt 2 above the golden ratio",
    sp.Le(2 * (a**2 + a - 1), a**2, evaluate=False),
    Domain({a: POSITIVE}, (ABOVE_GOLDEN, sp.Le(a, GOLDEN_MIDDLE)), {a: WORDS[a]}),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=[threshold_between.id],
    spoiled=[Spoiled("the height unbounded", domain=Domain({a: POSITIVE}, (ABOVE_GOLDEN,), {a: WORDS[a]}))],
)


@evidence_for(early_floor, Method.DERIVED)
@derived
def _early_floor() -> Derivation:
    """a^2 - 2 (a^2 + a - 1) = (sqrt 3 - 1 - a)(sqrt 3 + 1 + a)."""
    return Derivation(2 * (a**2 + a - 1)).at_most(a**2, by=Sign(given={sp.Le(a, GOLDEN_MIDDLE): sp.sqrt(3) + 1 + a}))
