"""C1. The read-out of A4 on the cross-attention needle: where softmax fires, and the separation from linear attention.

Hypotheses. As in `linear_silence`: eta = b + xi, and a gain N = n^kappa exp(-l0) of at least 1.
Claim. The pattern y_1 = y_d = y_k = +1 fires if and only if N (a - xi) > (b + xi)(n - 1) + b - b n S/(d-2). So
softmax fires with probability at least 1/8, in every dimension, as soon as (kappa - 1) log n >= l0 + log((2b + xi)/(a
- xi)), and it is silent for every pattern as soon as (1 - kappa) log n >= log(2 (a - xi)/xi) - l0: the critical
exponent is kappa = 1. At kappa = 4, l0 = 1, a = 1, b = 1/2 it fires with probability at least 1/8 for every n >= 2,
every d >= 3, every xi <= 1/2, so with xi = 1/10 and n >= 190 all four networks behave with probability at least 1 -
(7/8)^m.
Source. Derived here for the cross-attention variant of the construction of arXiv 2310.11685.
Why. The firing law is stated for any gain; the sum S of the middle signs is at least 4 - d where y_k = +1.
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
from theory.separation.cross_attention.construction import (
    MEANINGS,
    RANGES,
    SOURCE,
    N,
    S,
    a,
    b,
    d,
    domain,
    kappa,
    l0,
    n,
    softmax_gain,
    xi,
)
from theory.separation.cross_attention.linear_silence import ABOVE, NEEDLE_LOUDER, silent_tenth
from theory.separation.self_attention import corrected_threshold as rows
from theory.separation.self_attention import firing_law
from theory.separation.self_attention.construction import (
    activation,
    contrast,
    eta,
    needle_weight,
    y_first,
    y_last,
    y_needle,
)

SOFTMAX = softmax_gain(kappa, l0, n)


def plus_level(n, b, xi, mean_sign):
    """What N (a - xi) must exceed for the all-plus pattern to fire; mean_sign = S/(d - 2)."""
    return (b + xi) * (n - 1) + b - b * n * mean_sign


PLUS_FIRES = sp.Gt(activation(SOFTMAX, n, d, a, b, 1, 1, 1, S), 1 + xi, evaluate=False)
PLUS_CONDITION = sp.Gt(SOFTMAX * (a - xi), plus_level(n, b, xi, S / (d - 2)), evaluate=False)
plus_pattern = declare(
    "separation.cross.softmax-plus-pattern",
    "softmax fires on y_1 = y_d = y_k = +1 if and only if N (a - xi) > (b + xi)(n - 1) + b - b n S/(d-2)",
    sp.Equivalent(PLUS_FIRES, PLUS_CONDITION, evaluate=False),
    domain(n, d, kappa, l0, a, b, xi, S, hypotheses=(NEEDLE_LOUDER,)),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.firing-law"],
    spoiled=[
        Spoiled(
            "d - 2 replaced by d - 1",
            sp.Equivalent(
                PLUS_FIRES,
                sp.Gt(SOFTMAX * (a - xi), plus_level(n, b, xi, S / (d - 1)), evaluate=False),
                evaluate=False,
            ),
        )
    ],
)


@evidence_for(plus_pattern, Method.DERIVED)
@derived
def _plus_pattern() -> Equivalences:
    level = b + xi
    values = {N: SOFTMAX, n: n, d: d, a: a, b: b, eta: level, y_first: 1, y_last: 1, y_needle: 1, S: S}
    fires = sp.Gt(activation(SOFTMAX, n, d, a, b, 1, 1, 1, S), 1 - b + level, evaluate=False)
    left, right = firing_law.firing_inequality(SOFTMAX, n, d, a, b, level, 1, 1, S)
    return (
        Equivalences(PLUS_FIRES)
        .iff(fires, by=Rearrange())
        .iff(sp.Gt(left, right, evaluate=False), by=Lemma(firing_law.firing_law.id, values))
        .iff(PLUS_CONDITION, by=Rearrange())
    )


LEAST_MEAN_SIGN = (4 - d) / (d - 2)  # y_k = +1 and all d - 3 others minus
large_exponent = sp.Ge((kappa - 1) * sp.log(n), l0 + sp.log((2 * b + xi) / (a - xi)), evaluate=False)
softmax_fires = declare(
    "separation.cross.softmax-fires",
    "softmax fires with p >= 1/8 in every dimension once (kappa - 1) log n >= l0 + log((2b + xi)/(a - xi))",
    sp.Gt(SOFTMAX * (a - xi), plus_level(n, b, xi, LEAST_MEAN_SIGN), evaluate=False),
    domain(n, d, kappa, l0, a, b, xi, hypotheses=(NEEDLE_LOUDER, ABOVE, large_exponent)),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.cross.softmax-plus-pattern"],
    spoiled=[
        Spoiled(
            "2b replaced by b",
            domain=domain(
                n, d, kappa, l0, a, b, xi,
                hypotheses=(
                    NEEDLE_LOUDER,
                    ABOVE,
                    sp.Ge((kappa - 1) * sp.log(n), l0 + sp.log((b + xi) / (a - xi)), evaluate=False),
                ),
            ),
        )
    ],
)  # fmt: skip


@evidence_for(softmax_fires, Method.DERIVED)
@derived
def _softmax_fires() -> Derivation:
    exponent, needed = (kappa - 1) * sp.log(n), l0 + sp.log((2 * b + xi) / (a - xi))
    scale = n * sp.exp(-l0) * (a - xi)
    return (
        Derivation(SOFTMAX * (a - xi))
        .equal(scale * sp.exp(exponent), by=Algebra())
        .at_least(
            scale * sp.exp(needed),
            by=Monotone(lambda z: scale * sp.exp(z), exponent, sp.Ge, needed, by=Sign("by hypothesis")),
        )
        .equal((2 * b + xi) * n, by=Algebra())
        .greater(plus_level(n, b, xi, LEAST_MEAN_SIGN), by=Sign())
    )


small_exponent = sp.Ge((1 - kappa) * sp.log(n), sp.log(2 * (a - xi) / xi) - l0, evaluate=False)
softmax_silent = declare(
    "separation.cross.softmax-silent",
    "softmax is silent for every sign pattern once (1 - kappa) log n >= log(2 (a - xi)/xi) - l0",
    sp.Le(SOFTMAX * (a - xi), xi * (n - 1), evaluate=False),
    domain(n, kappa, l0, a, xi, hypotheses=(NEEDLE_LOUDER, ABOVE, small_exponent)),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.silence"],
    spoiled=[
        Spoiled(
            "the factor 2 dropped",
            domain=domain(
                n, kappa, l0, a, xi,
                hypotheses=(
                    NEEDLE_LOUDER,
                    ABOVE,
                    sp.Ge((1 - kappa) * sp.log(n), sp.log((a - xi) / xi) - l0, evaluate=False),
                ),
            ),
        )
    ],
)  # fmt: skip


@evidence_for(softmax_silent, Method.DERIVED)
@derived
def _softmax_silent() -> Derivation:
    exponent, least = (kappa - 1) * sp.log(n), l0 - sp.log(2 * (a - xi) / xi)
    scale = n * sp.exp(-l0) * (a - xi)
    return (
        Derivation(SOFTMAX * (a - xi))
        .equal(scale * sp.exp(exponent), by=Algebra())
        .at_most(
            scale * sp.exp(least),
            by=Monotone(lambda z: scale * sp.exp(z), exponent, sp.Le, least, by=Sign("by hypothesis")),
        )
        .equal(xi * n / 2, by=Algebra())
        .at_most(xi * (n - 1), by=Sign())
    )


HALF = sp.Rational(1, 2)
loud = n**4 * sp.exp(-1)  # the gain at kappa = 4, l0 = 1
slack = needle_weight(loud, n) - xi - HALF * (1 - contrast(loud, n)) * (2 * d - 6) / (d - 2)
fires_at_once = declare(
    "separation.cross.softmax-fires-at-once",
    "at kappa = 4, l0 = 1, a = 1, b = 1/2 softmax fires with p >= 1/8 for every n >= 2, every d and every xi <= 1/2",
    sp.Gt(slack, 0, evaluate=False),
    domain(n, d, xi, xi=sp.Interval.Lopen(0, HALF)),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.CERTIFIED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.self.plus-pattern"],
    spoiled=[
        Spoiled(
            "xi <= 1/2 replaced by xi <= 9/10", domain=domain(n, d, xi, xi=sp.Interval.Lopen(0, sp.Rational(9, 10)))
        ),
        Spoiled(
            "xi <= 1/2 replaced by xi <= 3/5",  # false only where d is larger than a literal network of n = 2 has
            domain=domain(n, d, xi, xi=sp.Interval.Lopen(0, sp.Rational(3, 5))),
            methods=frozenset({Method.CERTIFIED}),
        ),
    ],
)
evidence_for(fires_at_once, Method.CERTIFIED)(certified())

EIGHTH = sp.Rational(1, 8)
p_fires, m = rows.p_fires, firing_law.m
success = declare(
    "separation.cross.success",
    "at kappa = 4, l0 = 1, a = 1, b = 1/2, xi = 1/10, n >= 190 all four networks behave with P4 >= 1 - (7/8)^m",
    sp.Ge(firing_law.joint_success(0, p_fires, m), rows.success_bound(EIGHTH, m), evaluate=False),
    Domain(
        {p_fires: sp.Interval.Ropen(EIGHTH, 1), m: RANGES[m]},
        (),
        {p_fires: "P[a neuron fires for softmax on D1]", m: MEANINGS[m]},
    ),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=[rows.success.id, silent_tenth.id, fires_at_once.id],
    spoiled=[
        Spoiled(
            "m replaced by m + 1",
            sp.Ge(firing_law.joint_success(0, p_fires, m), rows.success_bound(EIGHTH, m + 1), evaluate=False),
        )
    ],
)


@evidence_for(success, Method.DERIVED)
@derived
def _success() -> Derivation:
    values = {p_fires: p_fires, rows.p: EIGHTH, m: m}
    return Derivation(firing_law.joint_success(0, p_fires, m)).at_least(
        rows.success_bound(EIGHTH, m), by=Lemma(rows.success.id, values)
    )
