"""The height of half weight lies below the golden ratio by 1/(sqrt 5 n log n), to leading order.

Hypotheses. The needle's row of softmax; a_(1/2)(n) is the height at which the needle's weight is 1/2; n >= 2;
a* = (sqrt 5 - 1)/2.
Claim. 1/(sqrt 5 n log n) <= a* - a_(1/2)(n) <= 1/(sqrt 5 (n-1) log n). So sqrt 5 n log n (a* - a_(1/2)(n)) lies between
1 and n/(n-1), and a_(1/2)(n) - a* = -(1 + o(1))/(sqrt 5 n log n).
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. The exponent x of half weight lacks 1 - x = -log(1 - 1/n)/log n of 1; h(x) lies between its tangent at 1 and a
parabola. When tight: both as n grows; with n - 1/2 in place of n - 1 the upper bound is false for every n.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Certificate, Lemma, Monotone
from theory.separation.self_attention.construction import MEANINGS, SOURCE, n
from theory.separation.self_attention.phase_diagram.height import (
    GOLDEN,
    height_at_exponent,
    parabola_bound,
    tangent_bound,
    v,
    x,
)
from theory.separation.self_attention.phase_diagram.log_space import log_n, weight_exponent

LENGTHS = Domain({n: sp.Range(2, sp.oo)}, (), {n: MEANINGS[n]})
step = -sp.log(1 - 1 / n)
half_exponent = weight_exponent(sp.Rational(1, 2), n)
gap = GOLDEN - height_at_exponent(half_exponent)


def gap_bound(n):
    """1/(sqrt 5 n log n), a lower bound on a* - a_(1/2)(n); with n - 1 before the logarithm it is an upper one."""
    return 1 / (sp.sqrt(5) * n * sp.log(n))


half_gap = declare(
    "separation.self.half-weight-gap",
    "a_(1/2)(n) lies below the golden ratio by at least 1/(sqrt 5 n log n)",
    sp.Ge(gap, gap_bound(n), evaluate=False),
    LENGTHS,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.golden-tangent", "separation.self.log-step"],
    spoiled=[Spoiled("bound doubled", sp.Ge(gap, 2 * gap_bound(n), evaluate=False))],
)


@evidence_for(half_gap, Method.DERIVED)
@derived
def _half_gap() -> Derivation:
    return (
        Derivation(gap)
        .at_least(tangent_bound(half_exponent), by=Lemma("separation.self.golden-tangent", {x: half_exponent}))
        .equal(step / (sp.sqrt(5) * log_n), by=Algebra())
        .at_least(
            gap_bound(n),
            by=Monotone(
                lambda z: z / (sp.sqrt(5) * log_n), step, sp.Ge, 1 / n, by=Lemma("separation.self.log-step", {v: 1 / n})
            ),
        )
    )


upper_bound = 1 / (sp.sqrt(5) * (n - 1) * log_n)
half_gap_upper = declare(
    "separation.self.half-weight-gap-upper",
    "a_(1/2)(n) lies below the golden ratio by at most 1/(sqrt 5 (n-1) log n)",
    sp.Le(gap, upper_bound, evaluate=False),
    LENGTHS,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.golden-parabola", "separation.self.log-step-upper"],
    spoiled=[
        Spoiled(
            "n - 1 replaced by n - 1/2",
            sp.Le(gap, 1 / (sp.sqrt(5) * (n - sp.Rational(1, 2)) * log_n), evaluate=False),
        )
    ],
)


@evidence_for(half_gap_upper, Method.DERIVED)
@derived
def _half_gap_upper() -> Derivation:
    root = sp.sqrt(1 - 1 / n)
    longest_step = 1 / (n * root)

    def in_step(z: sp.Expr) -> sp.Expr:
        return z * (1 + GOLDEN**2 * z / log_n) / (sp.sqrt(5) * log_n)

    def in_square(z: sp.Expr) -> sp.Expr:
        return longest_step * (1 + z * longest_step) / (sp.sqrt(5) * log_n)

    return (
        Derivation(gap)
        .at_most(parabola_bound(half_exponent), by=Lemma("separation.self.golden-parabola", {x: half_exponent}))
        .equal(in_step(step), by=Algebra())
        .at_most(
            in_step(longest_step),
            by=Monotone(in_step, step, sp.Le, longest_step, by=Lemma("separation.self.log-step-upper", {v: 1 / n})),
        )
        .at_most(
            in_square(1 / (1 + root)),
            by=Monotone(in_square, GOLDEN**2 / log_n, sp.Le, 1 / (1 + root), by=Certificate()),
        )
        .equal(upper_bound, by=Algebra())
    )


scaled_gap = sp.sqrt(5) * n * log_n * gap
half_limit = declare(
    "separation.self.half-weight-limit",
    "sqrt 5 n log n (a* - a_(1/2)(n)) lies between 1 and n/(n-1), so it tends to 1",
    sp.And(sp.Ge(scaled_gap, 1, evaluate=False), sp.Le(scaled_gap, n / (n - 1), evaluate=False)),
    LENGTHS,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.half-weight-gap", "separation.self.half-weight-gap-upper"],
    spoiled=[
        Spoiled(
            "sqrt 5 replaced by 2",
            sp.And(
                sp.Ge(2 * n * log_n * gap, 1, evaluate=False), sp.Le(2 * n * log_n * gap, n / (n - 1), evaluate=False)
            ),
        )
    ],
)


@evidence_for(half_limit, Method.DERIVED)
@derived
def _half_limit() -> tuple[Derivation, Derivation]:
    def scaled(z: sp.Expr) -> sp.Expr:
        return sp.sqrt(5) * n * log_n * z

    low = Monotone(scaled, gap, sp.Ge, gap_bound(n), by=Lemma("separation.self.half-weight-gap", {n: n}))
    high = Monotone(scaled, gap, sp.Le, upper_bound, by=Lemma("separation.self.half-weight-gap-upper", {n: n}))
    return (
        Derivation(scaled_gap).at_least(scaled(gap_bound(n)), by=low).equal(1, by=Algebra()),
        Derivation(scaled_gap).at_most(scaled(upper_bound), by=high).equal(n / (n - 1), by=Algebra()),
    )
