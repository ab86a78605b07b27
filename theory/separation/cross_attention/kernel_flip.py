"""C2. Linear and polynomial attention against a majority: short sequences only, and the degree that it takes.

Hypotheses. The cross-attention needle with the values of `majority_flip`; gain kappa log n/l0 of linear attention,
and its p-th power for the kernel (q . k)^p.
Claim. Linear attention outvotes the majority if and only if kappa log n > (n - 1) l0, so only where n < (kappa/l0)^2:
up to n = 10 at (kappa, l0) = (4, 1), up to 27 at (4, 1/2), up to 3 at (2, 1). Where B = kappa log n/l0 > 1 the kernel
(q . k)^p does so if and only if p > log(n - 1)/log B; where B <= 1 no degree does.
Source. Derived here for the cross-attention variant of the construction of arXiv 2310.11685.
Why. log n <= (n - 1)/sqrt n, and both sides of N > n - 1 may be compared by their logarithms.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import ApplyMonotone, Lemma, Monotone, Rearrange, Sign
from theory.rigor.checks import certified
from theory.separation.cross_attention.construction import (
    MEANINGS,
    RANGES,
    SOURCE,
    domain,
    kappa,
    l0,
    linear_gain,
    n,
    p,
)
from theory.separation.cross_attention.majority_flip import exactly_from, flips

log_n = sp.log(n)
LINEAR = linear_gain(kappa, l0, n)


def _linear_until(name: str, kappa: int, l0: sp.Rational, least: int) -> Claim:
    return exactly_from(
        __name__, f"linear-flip-{name}", f"at kappa = {kappa}, l0 = {l0} linear attention keeps the majority",
        sp.Le(kappa * log_n, (n - 1) * l0, evaluate=False), least,
    )  # fmt: skip


def linear_condition(kappa, l0, n):
    """kappa log n > (n - 1) l0, as it is written."""
    return sp.Gt(kappa * sp.log(n), (n - 1) * l0, evaluate=False)


linear_flip = declare(
    "separation.cross.linear-flip",
    "linear attention outvotes the majority if and only if kappa log n > (n - 1) l0",
    sp.Equivalent(flips(LINEAR, n), linear_condition(kappa, l0, n), evaluate=False),
    domain(n, kappa, l0),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.cross.flip", "separation.cross.linear-gain"],
    spoiled=[
        Spoiled(
            "n - 1 replaced by n",
            sp.Equivalent(
                flips(LINEAR, n), sp.Gt(kappa * sp.log(n), n * l0, evaluate=False), evaluate=False
            ),
        )
    ],
)  # fmt: skip


@evidence_for(linear_flip, Method.DERIVED)
@derived
def _linear_flip() -> Equivalences:
    return Equivalences(flips(LINEAR, n)).iff(linear_condition(kappa, l0, n), by=Rearrange(l0))


x = sp.Symbol("x", positive=True)
log_below_root = declare(
    "separation.cross.log-below-root",
    "log x is at most (x - 1)/sqrt x for x >= 1",
    sp.Le(sp.log(x), (x - 1) / sp.sqrt(x), evaluate=False),
    Domain({x: sp.Interval(1, sp.oo)}, (), {x: "a number of keys"}),
    Kind.UPPER,
    derived_here(),
    {Method.CERTIFIED, Method.ATTACKED},
    module=__name__,
    spoiled=[Spoiled("bound times 0.99", sp.Le(sp.log(x), sp.Rational(99, 100) * (x - 1) / sp.sqrt(x)))],
)
evidence_for(log_below_root, Method.CERTIFIED)(certified())

OUTVOTED = linear_condition(kappa, l0, n)
linear_short = declare(
    "separation.cross.linear-flip-short",
    "linear attention outvotes the majority only where n < (kappa/l0)^2",
    sp.Lt(n, (kappa / l0) ** 2, evaluate=False),
    domain(n, kappa, l0, hypotheses=(OUTVOTED,)),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.cross.linear-flip", "separation.cross.log-below-root"],
    spoiled=[Spoiled("bound times 0.6", sp.Lt(n, sp.Rational(3, 5) * (kappa / l0) ** 2, evaluate=False))],
)


@evidence_for(linear_short, Method.DERIVED)
@derived
def _linear_short() -> Derivation:
    share = log_n * kappa / ((n - 1) * l0)
    return (
        Derivation(n)
        .less(
            n * share**2,
            by=Monotone(
                lambda z: n * z**2, 1, sp.Lt, share, by=Sign("by hypothesis", given={OUTVOTED: 1 / ((n - 1) * l0)})
            ),
        )
        .at_most(
            (kappa / l0) ** 2,
            by=Monotone(
                lambda z: n * (z * kappa / ((n - 1) * l0)) ** 2, log_n, sp.Le, (n - 1) / sp.sqrt(n),
                by=Lemma(log_below_root.id, {x: n}),
            ),
        )
    )  # fmt: skip


linear_four = _linear_until("four", 4, sp.S.One, 11)
linear_eight = _linear_until("eight", 4, sp.Rational(1, 2), 28)
linear_two = _linear_until("two", 2, sp.S.One, 4)

B = sp.Symbol("B", positive=True)


def degree_needed(base, n):
    """A kernel whose gain is base^p, base > 1, outvotes the majority if and only if p exceeds this."""
    return sp.log(n - 1) / sp.log(base)


DEGREE = sp.Gt(p, degree_needed(B, n), evaluate=False)
polynomial_flip = declare(
    "separation.cross.polynomial-flip",
    "the kernel (q . k)^p outvotes the majority if and only if p > log(n - 1)/log B, where B = kappa log n/l0 > 1",
    sp.Equivalent(DEGREE, flips(B**p, n), evaluate=False),
    Domain(
        {n: RANGES[n], p: RANGES[p], B: sp.Interval.open(1, sp.oo)},
        (),
        {n: MEANINGS[n], p: MEANINGS[p], B: "gain of linear attention, kappa log n/l0"},
    ),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.cross.flip", "separation.cross.polynomial-gain"],
    spoiled=[
        Spoiled(
            "n - 1 replaced by n + 1",
            sp.Equivalent(sp.Gt(p, degree_needed(B, n + 2), evaluate=False), flips(B**p, n), evaluate=False),
        )
    ],
)


@evidence_for(polynomial_flip, Method.DERIVED)
@derived
def _polynomial_flip() -> Equivalences:
    return (
        Equivalences(DEGREE)
        .iff(sp.Gt(p * sp.log(B), sp.log(n - 1), evaluate=False), by=Rearrange(sp.log(B)))
        .iff(
            sp.Gt(sp.exp(p * sp.log(B)), sp.exp(sp.log(n - 1)), evaluate=False),
            by=ApplyMonotone(sp.exp, sp.Interval(-sp.oo, sp.oo)),
        )
        .iff(flips(B**p, n), by=Rearrange())
    )
