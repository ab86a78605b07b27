"""C2. Softmax against a majority: the critical exponent is kappa = 1, from both sides.

Hypotheses. The cross-attention needle with the values of `majority_flip`; gain N = n^kappa exp(-l0), l0 > 0.
Claim. Softmax outvotes the majority if and only if kappa log n > l0 + log(n - 1). For kappa > 1 this holds as soon as
(kappa - 1) log n >= l0, and from n = kappa/(kappa - 1) on it lasts. For kappa <= 1 it fails as soon as n (1 -
exp(-l0)) >= 1. At kappa = 6/5, l0 = 1 it holds if and only if n >= 144. Below kappa/(kappa - 1) it need not last: at
kappa = 6/5, l0 = 4/5 softmax outvotes the majority of n = 2 keys and not that of n = 3.
Source. Derived here for the cross-attention variant of the construction of arXiv 2310.11685.
Why. n^kappa/(n - 1) falls up to n = kappa/(kappa - 1) and rises from there.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, ApplyMonotone, Monotone, Rearrange, Sign
from theory.separation.cross_attention.construction import SOURCE, domain, kappa, l0, n, softmax_gain
from theory.separation.cross_attention.majority_flip import exactly_from, flips
from theory.separation.self_attention.published_threshold import refuted_at

log_n = sp.log(n)
SOFTMAX = softmax_gain(kappa, l0, n)

SOFTMAX_CONDITION = sp.Gt(kappa * log_n, l0 + sp.log(n - 1), evaluate=False)
softmax_flip = declare(
    "separation.cross.softmax-flip",
    "softmax outvotes the majority if and only if kappa log n > l0 + log(n - 1)",
    sp.Equivalent(SOFTMAX_CONDITION, flips(SOFTMAX, n), evaluate=False),
    domain(n, kappa, l0),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.cross.flip", "separation.cross.softmax-gain"],
    spoiled=[
        Spoiled(
            "l0 dropped",
            sp.Equivalent(sp.Gt(kappa * log_n, sp.log(n - 1), evaluate=False), flips(SOFTMAX, n), evaluate=False),
        )
    ],
)


@evidence_for(softmax_flip, Method.DERIVED)
@derived
def _softmax_flip() -> Equivalences:
    powers = sp.Gt(sp.exp(kappa * log_n), sp.exp(l0 + sp.log(n - 1)), evaluate=False)
    return (
        Equivalences(SOFTMAX_CONDITION)
        .iff(powers, by=ApplyMonotone(sp.exp, sp.Interval(-sp.oo, sp.oo)))
        .iff(flips(SOFTMAX, n), by=Rearrange(sp.exp(-l0)))
    )


STEEP = sp.Ge((kappa - 1) * log_n, l0, evaluate=False)
softmax_flips = declare(
    "separation.cross.softmax-flips",
    "softmax outvotes the majority once (kappa - 1) log n >= l0",
    flips(SOFTMAX, n),
    domain(n, kappa, l0, hypotheses=(STEEP,)),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.cross.flip", "separation.cross.softmax-gain"],
    spoiled=[
        Spoiled(
            "l0 halved",
            domain=domain(n, kappa, l0, hypotheses=(sp.Ge((kappa - 1) * log_n, l0 / 2, evaluate=False),)),
        )
    ],
)


@evidence_for(softmax_flips, Method.DERIVED)
@derived
def _softmax_flips() -> Derivation:
    exponent = (kappa - 1) * log_n
    context = n * sp.exp(-l0)
    return (
        Derivation(SOFTMAX)
        .equal(context * sp.exp(exponent), by=Algebra())
        .at_least(
            context * sp.exp(l0),
            by=Monotone(lambda z: context * sp.exp(z), exponent, sp.Ge, l0, by=Sign("by hypothesis")),
        )
        .equal(n, by=Algebra())
        .greater(n - 1, by=Sign())
    )


LONG = sp.Ge(n * (1 - sp.exp(-l0)), 1, evaluate=False)
softmax_fails = declare(
    "separation.cross.softmax-flip-fails",
    "for kappa <= 1 softmax keeps the majority once n (1 - exp(-l0)) >= 1",
    sp.Le(SOFTMAX, n - 1, evaluate=False),
    domain(n, kappa, l0, hypotheses=(LONG,), kappa=sp.Interval.Lopen(0, 1)),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.cross.flip", "separation.cross.softmax-gain"],
    spoiled=[
        Spoiled(
            "kappa <= 1 replaced by kappa <= 11/10",
            domain=domain(n, kappa, l0, hypotheses=(LONG,), kappa=sp.Interval.Lopen(0, sp.Rational(11, 10))),
        )
    ],
)


@evidence_for(softmax_fails, Method.DERIVED)
@derived
def _softmax_fails() -> Derivation:
    return (
        Derivation(SOFTMAX)
        .equal(sp.exp(-l0) * sp.exp(kappa * log_n), by=Algebra())
        .at_most(
            sp.exp(-l0) * sp.exp(log_n),
            by=Monotone(lambda z: sp.exp(-l0) * sp.exp(z), kappa * log_n, sp.Le, log_n, by=Sign()),
        )
        .equal(n * sp.exp(-l0), by=Algebra())
        .at_most(n - 1, by=Sign(given={LONG: sp.S.One}))
    )


longer = sp.Symbol("n_2", integer=True, positive=True)
ONWARDS = sp.Ge(kappa, n / (n - 1), evaluate=False)
LONGER = Domain(
    {**domain(n, kappa).ranges, longer: sp.Range(2, sp.oo)},
    (sp.Le(n, longer), ONWARDS),
    {**domain(n, kappa).meanings, longer: "a larger number of keys"},
)


def lead(kappa, n):
    """By how much the logarithm of the gain exceeds that of the majority, up to l0."""
    return kappa * sp.log(n) - sp.log(n - 1)


softmax_lasts = declare(
    "separation.cross.softmax-flip-lasts",
    "from n = kappa/(kappa - 1) on, softmax gains on the majority: where it outvotes n keys it outvotes more",
    sp.Ge(lead(kappa, longer), lead(kappa, n), evaluate=False),
    LONGER,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.cross.softmax-flip"],
    spoiled=[
        Spoiled(
            "the hypothesis n >= kappa/(kappa - 1) dropped",
            domain=Domain(LONGER.ranges, LONGER.hypotheses[:1], LONGER.meanings),
        )
    ],
)


@evidence_for(softmax_lasts, Method.DERIVED)
@derived
def _softmax_lasts() -> Derivation:
    rises = Monotone(lambda z: lead(kappa, z), longer, sp.Ge, n, by=Sign("by hypothesis"))
    return Derivation(lead(kappa, longer)).at_least(lead(kappa, n), by=rises)


softmax_late = exactly_from(
    __name__, "softmax-flip-late", "at kappa = 6/5, l0 = 1 softmax outvotes the majority",
    sp.Gt(sp.Rational(6, 5) * log_n, 1 + sp.log(n - 1), evaluate=False), 144,
)  # fmt: skip


reading_once = declare(
    "separation.cross.flip-once-and-for-all",
    "reading: where softmax outvotes the majority of n keys it does so for every larger number of keys",
    sp.Implies(
        flips(SOFTMAX, n), sp.Gt(softmax_gain(kappa, l0, longer), longer - 1, evaluate=False), evaluate=False
    ),
    Domain(
        {**domain(n, kappa, l0).ranges, longer: sp.Range(2, sp.oo)},
        (sp.Le(n, longer), sp.Gt(kappa, 1)),
        {**domain(n, kappa, l0).meanings, longer: "a larger number of keys"},
    ),
    Kind.REFUTATION,
    derived_here("a natural reading of the exponent kappa > 1"),
    {Method.CERTIFIED},
    module=__name__,
    corrected_by="separation.cross.softmax-flip-lasts",
)  # fmt: skip
evidence_for(reading_once, Method.CERTIFIED)(
    refuted_at({n: 2, longer: 3, kappa: sp.Rational(6, 5), l0: sp.Rational(4, 5)})
)
