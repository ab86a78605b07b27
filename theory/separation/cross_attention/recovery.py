"""C3. Recovery of random signs: every exponent kappa > 1/2 suffices, half of what the majority flip takes.

Hypotheses. As in `random_signs`, with D coordinates whose signs are independent: all are recovered with probability
R^D.
Claim. A coordinate is lost with probability at most q, and all D are recovered with probability at least 1 - D q, as
soon as N^2 >= 2 (n - 1) log(1/q); with q = delta/D that is N >= sqrt(2 (n - 1) log(D/delta)). For softmax, N =
n^kappa exp(-l0), it is so as soon as (2 kappa - 1) log n >= 2 l0 + log(2 log(1/q)), which every kappa > 1/2 satisfies
from some n on.
Source. Derived here for the cross-attention variant of the construction of arXiv 2310.11685.
Why. Hoeffding's inequality for one coordinate, the union bound for D.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import probability as events
from theory.reasons import Algebra, Lemma, Monotone, Reason, Sign
from theory.rigor.checks import certified
from theory.separation.cross_attention.construction import MEANINGS, SOURCE, N, domain, kappa, l0, n, softmax_gain
from theory.separation.cross_attention.random_signs import failure, lost, recovered

D = sp.Symbol("D", integer=True, positive=True)
q = sp.Symbol("q", positive=True)
ALLOWED = sp.Interval.open(0, 1)
WORDS = {
    **MEANINGS,
    D: "number of coordinates",
    q: "failure allowed in a coordinate: delta/D for a failure delta in any",
}

FAR = sp.Ge(N**2, 2 * (n - 1) * sp.log(1 / q), evaluate=False)
enough = Domain({**domain(N, n).ranges, q: ALLOWED}, (FAR,), {key: WORDS[key] for key in (N, n, q)})
seldom_lost = declare(
    "separation.cross.recovery-seldom-lost",
    "a coordinate is lost with probability at most q once N^2 >= 2 (n - 1) log(1/q)",
    sp.Le(lost(n, N), q, evaluate=False),
    enough,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[failure.id],
    spoiled=[
        Spoiled(
            "the factor 2 dropped",
            domain=Domain(enough.ranges, (sp.Ge(N**2, (n - 1) * sp.log(1 / q), evaluate=False),), enough.meanings),
        )
    ],
)


@evidence_for(seldom_lost, Method.DERIVED)
@derived
def _seldom_lost() -> Derivation:
    return _lost_by_square(N, Sign("by hypothesis"))


def _lost_by_square(gain, reason: Reason) -> Derivation:
    """lost <= q, where the reason shows that the square of the gain is at least 2 (n - 1) log(1/q)."""
    least = 2 * (n - 1) * sp.log(1 / q)
    return (
        Derivation(lost(n, gain))
        .at_most(sp.exp(-(gain**2) / (2 * (n - 1))), by=Lemma(failure.id, {N: gain, n: n}))
        .at_most(
            sp.exp(-least / (2 * (n - 1))),
            by=Monotone(lambda z: sp.exp(-z / (2 * (n - 1))), gain**2, sp.Ge, least, by=reason),
        )
        .equal(q, by=Algebra())
    )


coordinates = Domain({**enough.ranges, D: sp.Range(1, sp.oo)}, (FAR,), {**enough.meanings, D: WORDS[D]})
every = declare(
    "separation.cross.recovery-all",
    "all D coordinates are recovered with probability at least 1 - D q once N^2 >= 2 (n - 1) log(1/q)",
    sp.Ge(recovered(n, N) ** D, 1 - D * q, evaluate=False),
    coordinates,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=[seldom_lost.id, events.union.id],
    spoiled=[Spoiled("q replaced by q/10", sp.Ge(recovered(n, N) ** D, 1 - D * q / 10, evaluate=False))],
)


def _all_of_them(gain, reason: Reason) -> Derivation:
    """R^D >= (1 - q)^D >= 1 - D q, where the reason shows that a coordinate is lost with probability at most q."""
    return (
        Derivation(recovered(n, gain) ** D)
        .at_least((1 - q) ** D, by=Monotone(lambda z: (1 - z) ** D, lost(n, gain), sp.Le, q, by=reason))
        .at_least(1 - D * q, by=Lemma(events.union.id, {events.p: q, events.m: D}))
    )


@evidence_for(every, Method.DERIVED)
@derived
def _every() -> Derivation:
    return _all_of_them(N, Lemma(seldom_lost.id, {N: N, n: n, q: q}))


SOFTMAX = softmax_gain(kappa, l0, n)


def steep(factor):
    """(2 kappa - 1) log n >= factor * l0 + log(2 log(1/q)): the gain of softmax is large enough, for factor = 2."""
    return sp.Ge((2 * kappa - 1) * sp.log(n), factor * l0 + sp.log(2 * sp.log(1 / q)), evaluate=False)


STEEP = {**domain(n, kappa, l0).ranges, q: ALLOWED}
softmax_enough = Domain(STEEP, (steep(2),), {key: WORDS[key] for key in (n, kappa, l0, q)})
exponent = declare(
    "separation.cross.recovery-exponent",
    "softmax has N^2 >= 2 (n - 1) log(1/q) once (2 kappa - 1) log n >= 2 l0 + log(2 log(1/q))",
    sp.Ge(SOFTMAX**2, 2 * (n - 1) * sp.log(1 / q), evaluate=False),
    softmax_enough,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.cross.softmax-gain"],
    spoiled=[Spoiled("2 l0 replaced by l0", domain=Domain(STEEP, (steep(1),), softmax_enough.meanings))],
)


@evidence_for(exponent, Method.DERIVED)
@derived
def _exponent() -> Derivation:
    power, least = (2 * kappa - 1) * sp.log(n), 2 * l0 + sp.log(2 * sp.log(1 / q))
    scale = n * sp.exp(-2 * l0)
    return (
        Derivation(SOFTMAX**2)
        .equal(scale * sp.exp(power), by=Algebra())
        .at_least(
            scale * sp.exp(least),
            by=Monotone(lambda z: scale * sp.exp(z), power, sp.Ge, least, by=Sign("by hypothesis")),
        )
        .equal(2 * n * sp.log(1 / q), by=Algebra())
        .at_least(2 * n * sp.log(1 / q) - 2 * sp.log(1 / q), by=Sign())
        .equal(2 * (n - 1) * sp.log(1 / q), by=Algebra())
    )


softmax_lost = declare(
    "separation.cross.softmax-seldom-lost",
    "softmax loses a coordinate with probability at most q once (2 kappa - 1) log n >= 2 l0 + log(2 log(1/q))",
    sp.Le(lost(n, SOFTMAX), q, evaluate=False),
    softmax_enough,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[failure.id, exponent.id],
    spoiled=[Spoiled("bound times 0.1", sp.Le(lost(n, SOFTMAX), q / 10, evaluate=False))],
)


@evidence_for(softmax_lost, Method.DERIVED)
@derived
def _softmax_lost() -> Derivation:
    return _lost_by_square(SOFTMAX, Lemma(exponent.id, {n: n, kappa: kappa, l0: l0, q: q}))


softmax_every = declare(
    "separation.cross.softmax-recovers",
    "softmax recovers all D coordinates with probability at least 1 - D q once"
    " (2 kappa - 1) log n >= 2 l0 + log(2 log(1/q))",
    sp.Ge(recovered(n, SOFTMAX) ** D, 1 - D * q, evaluate=False),
    Domain({**softmax_enough.ranges, D: sp.Range(1, sp.oo)}, (steep(2),), {**softmax_enough.meanings, D: WORDS[D]}),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[softmax_lost.id, events.union.id],
    spoiled=[Spoiled("q replaced by q/10", sp.Ge(recovered(n, SOFTMAX) ** D, 1 - D * q / 10, evaluate=False))],
)


@evidence_for(softmax_every, Method.DERIVED)
@derived
def _softmax_every() -> Derivation:
    return _all_of_them(SOFTMAX, Lemma(softmax_lost.id, {n: n, kappa: kappa, l0: l0, q: q}))


no_majority = declare(
    "separation.cross.recovery-needs-a-majority",
    "reading: softmax that cannot outvote the majority recovers a random sign with probability at most 99/100",
    sp.Le(recovered(n, SOFTMAX), sp.Rational(99, 100), evaluate=False),
    domain(n, kappa, l0, hypotheses=(sp.Le(SOFTMAX, n - 1, evaluate=False),)),
    Kind.REFUTATION,
    derived_here("a natural reading of the exponent kappa = 1 of the majority flip"),
    {Method.CERTIFIED},
    module=__name__,
    corrected_by=softmax_every.id,
)
evidence_for(no_majority, Method.CERTIFIED)(certified())
