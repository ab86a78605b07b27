"""The golden threshold: softmax finds the needle at every length if a(1+a) >= 1, linear attention at none.

Hypotheses. The needle's row of softmax, gain N = n^g with g = a(1+a), weight w = N/(N+n-1); linear attention, gain
1+a in every row.
Claim. 1 - w <= n^(1-g) and w <= n^(g-1), so w -> 1 if g > 1 and w -> 0 if g < 1; w >= 1/2 for every n if g >= 1. Linear
attention never concentrates: its weight is at most (1+a)/n.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. All of it is the gain identity: n^g is compared with the n - 1 other tokens.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Sign
from theory.rigor.checks import certified
from theory.separation.self_attention.construction import (
    SOURCE,
    a,
    domain,
    linear_gain,
    n,
    needle_weight,
    other_weight,
    softmax_needle_gain,
)
from theory.separation.self_attention.phase_diagram.log_space import POWERS, g, softmax_weight

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
