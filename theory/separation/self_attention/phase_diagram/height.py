"""The height at an exponent, and its bounds around the golden ratio.

Hypotheses. a_w(n), the height at which softmax's needle row puts the weight w on the needle; x, the exponent of w.
Claim. a_w(n) = h(x) with h(x) = (-1 + sqrt(1 + 4x))/2. With a* = h(1) = (sqrt 5 - 1)/2: (1-x)/sqrt 5 <= a* - h(x), and
for x >= 0 also a* - h(x) <= (1-x)/sqrt 5 (1 + a*^2 (1-x)). One token more adds between 1/n and 1/sqrt(n (n-1)) to
log n: v <= -log(1-v) <= v/sqrt(1-v) at v = 1/n.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. h is concave, so it lies below its tangent at 1; a parabola through (0, 0) that touches it at 1 lies below it on
[0, oo). When tight: the tangent at x = 1, the parabola at x = 0 and x = 1, the logarithm as v tends to 0.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Monotone, Sign
from theory.rigor.checks import certified
from theory.separation.self_attention.construction import SOURCE
from theory.separation.self_attention.phase_diagram.log_space import weight_exponent

GOLDEN = (sp.sqrt(5) - 1) / 2
x = sp.Symbol("x", real=True)
v = sp.Symbol("v", nonnegative=True)


def height_at_exponent(x):
    """The needle height a >= -1/2 with a (1 + a) = x."""
    return (-1 + sp.sqrt(1 + 4 * x)) / 2


def height_at_weight(w, n):
    """a_w(n): the needle height at which softmax's needle row puts the weight w on the needle."""
    return height_at_exponent(weight_exponent(w, n))


height = height_at_exponent(x)
EXPONENT = {x: "the exponent at which the weight is w"}
inverse = declare(
    "separation.self.height-at-weight",
    "a_w = (-1 + sqrt(1 + 4x))/2 solves a (1 + a) = x",
    sp.Eq(height * (1 + height), x, evaluate=False),
    Domain({x: sp.Interval.open(-sp.Rational(1, 4), sp.oo)}, (), EXPONENT),
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


def tangent_bound(x):
    """Lower bound on a* - h(x): the distance of the tangent at x = 1 from a*."""
    return (1 - x) / sp.sqrt(5)


def parabola_bound(x):
    """Upper bound on a* - h(x) for x >= 0: from the parabola that touches h at 1 and meets it at 0."""
    return tangent_bound(x) * (1 + GOLDEN**2 * (1 - x))


SQUARE = (sp.sqrt(5) - sp.sqrt(1 + 4 * x)) ** 2 / (4 * sp.sqrt(5))  # how far h is below its tangent
tangent = declare(
    "separation.self.golden-tangent",
    "the height at exponent x lies below its tangent at the golden ratio: a* - a >= (1 - x)/sqrt 5",
    sp.Ge(GOLDEN - height, tangent_bound(x), evaluate=False),
    inverse.domain,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.height-at-weight"],
    spoiled=[Spoiled("bound times 1.01", sp.Ge(GOLDEN - height, tangent_bound(x) * sp.Rational(101, 100)))],
)


@evidence_for(tangent, Method.DERIVED)
@derived
def _tangent() -> Derivation:
    return (
        Derivation(GOLDEN - height).equal(tangent_bound(x) + SQUARE, by=Algebra()).at_least(tangent_bound(x), by=Sign())
    )


parabola = declare(
    "separation.self.golden-parabola",
    "the height lies above a parabola that touches it at 1: a* - a <= (1 - x)/sqrt 5 (1 + a*^2 (1 - x))",
    sp.Le(GOLDEN - height, parabola_bound(x), evaluate=False),
    Domain({x: sp.Interval(0, sp.oo)}, (), EXPONENT),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.height-at-weight"],
    spoiled=[Spoiled("bound times 0.99", sp.Le(GOLDEN - height, parabola_bound(x) * sp.Rational(99, 100)))],
)


@evidence_for(parabola, Method.DERIVED)
@derived
def _parabola() -> Derivation:
    root = sp.sqrt(1 + 4 * x)
    factor = (root - 1) * (root + 2 * sp.sqrt(5) + 1)

    def lowered(z: sp.Expr) -> sp.Expr:
        return parabola_bound(x) - SQUARE * GOLDEN**2 / 4 * z

    return (
        Derivation(GOLDEN - height)
        .equal(lowered(factor), by=Algebra())
        .at_most(parabola_bound(x), by=Monotone(lowered, factor, sp.Ge, 0, by=Sign()))
    )


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

log_step_upper = declare(
    "separation.self.log-step-upper",
    "-log(1 - v) is at most v/sqrt(1 - v); at v = 1/n: one token more adds at most 1/sqrt(n (n-1)) to log n",
    sp.Le(-sp.log(1 - v), v / sp.sqrt(1 - v), evaluate=False),
    log_step.domain,
    Kind.UPPER,
    derived_here(),
    {Method.CERTIFIED, Method.ATTACKED},
    module=__name__,
    spoiled=[Spoiled("bound times 0.99", sp.Le(-sp.log(1 - v), v / sp.sqrt(1 - v) * sp.Rational(99, 100)))],
)
evidence_for(log_step_upper, Method.CERTIFIED)(certified())
