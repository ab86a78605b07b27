"""A3, the conditions on d, m and the gain solved for what they ask: each is an equivalence.

Hypotheses. Three networks that need a mean middle sign of at least x_min > 0 to fire, m neurons, a failure delta in
(0, 1); a row of gain N on height a with threshold eta.
Claim. Three tails of m neurons stay below delta, 3 m exp(-(d-2) x_min^2/2) <= delta, if and only if
d >= 2 + 2 log(3m/delta)/x_min^2; half of all middle signs let the row fire, x(a, N; eta) <= 0, if and only if
N (a + b - eta) >= eta (n-1) + b; (15/16)^m <= delta if and only if m >= log(1/delta)/log(16/15).
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. Rearranged, and the logarithm is increasing.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import ApplyMonotone, Rearrange
from theory.separation.self_attention.construction import (
    MEANINGS,
    RANGES,
    SOURCE,
    N,
    a,
    b,
    d,
    domain,
    eta,
    m,
    mean_sign_needed,
    n,
)

x_least, delta = sp.Symbol("x_min", positive=True), sp.Symbol("delta", positive=True)
FAILURE = {x_least: sp.Interval.open(0, sp.oo), delta: sp.Interval.open(0, 1)}
FAILURE_MEANINGS = {x_least: "at most x of every silent network", delta: "failure allowed"}
tail_left = sp.exp(-(d - 2) * x_least**2 / 2)
enough_dimensions = sp.Ge(d, 2 + 2 * sp.log(3 * m / delta) / x_least**2, evaluate=False)
silent_enough = sp.Le(3 * m * tail_left, delta, evaluate=False)
sufficient_dimension = declare(
    "separation.self.sufficient-dimension",
    "d >= 2 + 2 log(3m/delta)/x_min^2 is what it takes for three tails of m neurons to stay below delta",
    sp.Equivalent(enough_dimensions, silent_enough, evaluate=False),
    Domain({d: RANGES[d], m: RANGES[m], **FAILURE}, (), {d: MEANINGS[d], m: MEANINGS[m], **FAILURE_MEANINGS}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.mean-sign-tail"],
    spoiled=[
        Spoiled(
            "the factor 2 dropped",
            sp.Equivalent(
                sp.Ge(d, 2 + sp.log(3 * m / delta) / x_least**2, evaluate=False), silent_enough, evaluate=False
            ),
        )
    ],
)


@evidence_for(sufficient_dimension, Method.DERIVED)
@derived
def _sufficient_dimension() -> Equivalences:
    power = -(d - 2) * x_least**2 / 2
    return (
        Equivalences(enough_dimensions)
        .iff(sp.Le(power, sp.log(delta / (3 * m)), evaluate=False), by=Rearrange(-(x_least**2) / 2))
        .iff(
            sp.Le(sp.exp(power), delta / (3 * m), evaluate=False),
            by=ApplyMonotone(sp.exp, sp.Interval(-sp.oo, sp.oo)),
        )
        .iff(silent_enough, by=Rearrange(3 * m))
    )


strong_needle = sp.Ge(N * (a + b - eta), eta * (n - 1) + b, evaluate=False)
sufficient_gain = declare(
    "separation.self.sufficient-gain",
    "half of all middle signs let the needle's row fire when N (a + b - eta) >= eta (n-1) + b",
    sp.Equivalent(sp.Le(mean_sign_needed(N, n, a, b, eta), 0, evaluate=False), strong_needle, evaluate=False),
    domain(N, n, a, b, eta, b=sp.Interval.Lopen(0, 1)),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.firing-law"],
    spoiled=[
        Spoiled(
            "n - 1 replaced by n",
            sp.Equivalent(
                sp.Le(mean_sign_needed(N, n, a, b, eta), 0, evaluate=False),
                sp.Ge(N * (a + b - eta), eta * n + b, evaluate=False),
                evaluate=False,
            ),
        )
    ],
)


@evidence_for(sufficient_gain, Method.DERIVED)
@derived
def _sufficient_gain() -> Equivalences:
    return Equivalences(sp.Le(mean_sign_needed(N, n, a, b, eta), 0, evaluate=False)).iff(
        strong_needle, by=Rearrange(b * n)
    )


FIFTEEN_SIXTEENTHS = sp.Rational(15, 16)
enough_neurons = sp.Ge(m, sp.log(1 / delta) / sp.log(sp.Rational(16, 15)), evaluate=False)
fires_enough = sp.Le(FIFTEEN_SIXTEENTHS**m, delta, evaluate=False)
sufficient_width = declare(
    "separation.self.sufficient-width",
    "m >= log(1/delta)/log(16/15) is what it takes for (15/16)^m to stay below delta",
    sp.Equivalent(enough_neurons, fires_enough, evaluate=False),
    Domain({m: RANGES[m], delta: FAILURE[delta]}, (), {m: MEANINGS[m], delta: FAILURE_MEANINGS[delta]}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "16/15 replaced by 8/7",
            sp.Equivalent(
                sp.Ge(m, sp.log(1 / delta) / sp.log(sp.Rational(8, 7)), evaluate=False), fires_enough, evaluate=False
            ),
        )
    ],
)


@evidence_for(sufficient_width, Method.DERIVED)
@derived
def _sufficient_width() -> Equivalences:
    return (
        Equivalences(enough_neurons)
        .iff(
            sp.Le(m * sp.log(FIFTEEN_SIXTEENTHS), sp.log(delta), evaluate=False),
            by=Rearrange(-sp.log(sp.Rational(16, 15))),
        )
        .iff(fires_enough, by=ApplyMonotone(sp.exp, sp.Interval(-sp.oo, sp.oo)))
    )
