"""The width of the transition: the height must grow by 2 log(w/(1-w))/(sqrt 5 log n) to take the weight from 1-w to w.

Hypotheses. The needle's row of softmax; 1/2 < w < 1 with the log-odds q = log(w/(1-w)) <= log(n-1), which says that 1-w
is at least 1/n, or a_(1-w)(n) >= 0; n >= 3; r = 1 + 5/(4 (n-1) log n).
Claim. 2 q/(sqrt 5 log n) <= a_w(n) - a_(1-w)(n) <= 2 q/(sqrt 5 log n) r (1 + r^4 q^2/(8 log^2 n)). So for every fixed w
the width is 2 q/(sqrt 5 log n) (1 + O(1/log^2 n)); for w = 9/10 that is 2 log 9/(sqrt 5 log n) (1 + O(1/log^2 n)).
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. The two exponents are 2 q/log n apart, and their mean lacks -log(1 - 1/n)/log n <= 1/((n-1) log n) of 1. When
tight: as n grows; the factor 1/8 would be 2/25.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Lemma, Monotone, Unfold
from theory.rounding import factors
from theory.separation.self_attention.construction import MEANINGS, SOURCE, n
from theory.separation.self_attention.phase_diagram.exponent_width import (
    alpha,
    delta,
    epsilon,
    greater,
    lesser,
    lower_width,
    stretch_bound,
    stretched,
    upper_width,
)
from theory.separation.self_attention.phase_diagram.half_weight import step
from theory.separation.self_attention.phase_diagram.height import height_at_weight
from theory.separation.self_attention.phase_diagram.log_space import log_n, w

q = sp.Symbol("q", positive=True)
WEIGHT = {w: 1 / (1 + sp.exp(-q))}  # w is the weight with the log-odds q
LOG_ODDS = Domain(
    {n: sp.Range(3, sp.oo), q: sp.Interval.open(0, sp.oo)},
    (sp.Le(q, sp.log(n - 1), evaluate=False),),
    {n: MEANINGS[n], q: "log(w/(1-w)), the log-odds of the greater weight"},
)
width = height_at_weight(w, n) - height_at_weight(1 - w, n)
INSTANCE = {alpha: (sp.log(n - 1) - q) / log_n, delta: q / log_n, epsilon: step / log_n}
in_exponents = (greater - lesser).xreplace(INSTANCE)

transition = declare(
    "separation.self.transition-width",
    "the transition from the weight 1-w to w is at least 2 log(w/(1-w))/(sqrt 5 log n) wide",
    sp.Ge(width, lower_width(q / log_n), evaluate=False),
    LOG_ODDS,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    definitions=WEIGHT,
    rests_on=["separation.self.weight-exponent", "separation.self.exponent-width"],
    spoiled=[Spoiled("bound times 1.01", sp.Ge(width, sp.Rational(101, 100) * lower_width(q / log_n)))],
)


@evidence_for(transition, Method.DERIVED)
@derived
def _transition() -> Derivation:
    return (
        Derivation(width)
        .equal(in_exponents, by=Unfold(WEIGHT))
        .at_least(lower_width(q / log_n), by=Lemma("separation.self.exponent-width", INSTANCE))
    )


last_stretch = stretch_bound(1 / ((n - 1) * log_n))
transition_upper = declare(
    "separation.self.transition-width-upper",
    "the transition is at most 2 q/(sqrt 5 log n) r (1 + r^4 q^2/(8 log^2 n)) wide, r = 1 + 5/(4 (n-1) log n)",
    sp.Le(width, upper_width(q / log_n, last_stretch), evaluate=False),
    LOG_ODDS,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    definitions=WEIGHT,
    rests_on=[
        "separation.self.weight-exponent", "separation.self.exponent-width-upper", "rounding.factors.exponential",
    ],
    spoiled=[Spoiled("1/8 replaced by 1/13", sp.Le(width, upper_width(q / log_n, last_stretch, sp.Rational(1, 13))))],
)  # fmt: skip


@evidence_for(transition_upper, Method.DERIVED)
@derived
def _transition_upper() -> Derivation:
    share, longest_step = q / log_n, 1 / (n - 1)

    def in_step(z: sp.Expr) -> sp.Expr:
        return stretch_bound(z / log_n)

    # 1 + x <= exp(x) at x = -log(1 - 1/n), whose exponential is 1 + 1/(n - 1)
    short_step = Lemma("rounding.factors.exponential", {factors.x: step}, words="as $-\\log(1 - 1/n) \\le 1/(n-1)$")
    longer = Monotone(in_step, step, sp.Le, longest_step, by=short_step)
    return (
        Derivation(width)
        .equal(in_exponents, by=Unfold(WEIGHT))
        .at_most(upper_width(share, in_step(step)), by=Lemma("separation.self.exponent-width-upper", INSTANCE))
        .at_most(
            upper_width(share, in_step(longest_step)),
            by=stretched(share, in_step(step), in_step(longest_step), by=longer),
        )
    )
