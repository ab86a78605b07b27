"""cosFormer's bound on the needle's weight is reached up to the factor pi/4.

Hypotheses. As in `cosformer_weight`, for a map as long as the sequence, M = n, with the needle and the query at its
first position; T is the sum of the n cosines of that row, 1/2 + cot(pi/(4n))/2 by `cosformer`.
Claims. (cotangent) cos(pi/(4n)) <= (4n/pi) sin(pi/(4n)), so that T <= 1/2 + 2n/pi. (reached) With such a T the needle's
weight (1+a)/(a + T) is at least pi/4 of the bound 2 (1+a)/(2 (1+a) + n - 1): no bound falls faster than 1/n.
Source. Derived here; the map is that of arXiv 2202.08791, the construction that of arXiv 2310.11685.
Why. tan x >= x. When tight: both claims as n -> oo, where the mean of the cosines tends to 2/pi instead of 1/2.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Certificate, Sign
from theory.rigor.checks import certified
from theory.rigor.hints import Substitute
from theory.separation.kernels.cosformer import row_sum
from theory.separation.kernels.cosformer_weight import T, cosformer_weight, on, weight
from theory.separation.self_attention.construction import RANGES, SOURCE, a, n, needle_weight

angle = sp.pi / (4 * n)


def _cotangent(factor):
    return sp.Le(sp.cos(angle), factor * sp.sin(angle) / angle, evaluate=False)


cotangent = declare(
    "separation.kernels.cosformer-cotangent",
    "the cotangent is below the reciprocal: cos(pi/(4n)) <= (4n/pi) sin(pi/(4n))",
    _cotangent(1),
    on({n: RANGES[n]}),
    Kind.UPPER,
    derived_here(),
    {Method.CERTIFIED},
    module=__name__,
    spoiled=[Spoiled("bound times 0.99", _cotangent(sp.Rational(99, 100)))],
)
share = sp.Symbol("u", positive=True)
evidence_for(cotangent, Method.CERTIFIED)(certified(hints=[Substitute({n: 1 / share})]))

SHORT = sp.Le(T, sp.Rational(1, 2) + 2 * n / sp.pi, evaluate=False)
own = cosformer_weight(1, T, a)
bound = needle_weight(2 * (1 + a), n)
reached = declare(
    "separation.kernels.cosformer-weight-reached",
    "in the first row of a map of length n the needle has at least pi/4 of the bound on its weight",
    sp.Ge(own, sp.pi / 4 * bound, evaluate=False),
    on({n: RANGES[n], a: RANGES[a], T: sp.Interval.open(0, sp.oo)}, SHORT),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[cotangent.id, row_sum.id, weight.id],
    spoiled=[Spoiled("the whole bound", sp.Ge(own, bound, evaluate=False))],
)


@evidence_for(reached, Method.DERIVED)
@derived
def _reached() -> Derivation:
    with_most = (1 + a) / (a + sp.Rational(1, 2) + 2 * n / sp.pi)
    return (
        Derivation(own)
        .at_least(with_most, by=Sign(given={SHORT: with_most / (a + T)}))
        .at_least(sp.pi / 4 * bound, by=Certificate())
    )
