"""B1'. A kernel with a bias of either sign needs degree 1 only, and a rectified feature no degree at all.

Hypotheses. The needle construction; the score in units of an ordinary token's, which is 1, so that the needle has
1+a.
Claim. (biased) The kernel k(s) = s - 1 + eps has the gain (a + eps)/eps, which exceeds G if and only if eps (G - 1) <
a: once k may be small at 1, a gain is not a matter of degree. (rectified) The one feature max(s - t, 0) with 1 < t <
1+a puts all of the weight on the needle.
Source. Derived here for the construction of arXiv 2310.11685.
Why. All tokens but the needle have one and the same score here, and a kernel with a zero there sees nothing else.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Rearrange
from theory.separation.self_attention.construction import MEANINGS as CONSTRUCTION
from theory.separation.self_attention.construction import RANGES, SOURCE, a, n

POSITIVE = sp.Interval.open(0, sp.oo)
bias, wanted, threshold = sp.symbols("epsilon G t", positive=True)
MEANINGS = {**CONSTRUCTION, bias: "bias", wanted: "a wanted gain", threshold: "threshold of the feature"}


def _domain(ranges: dict, *hypotheses) -> Domain:
    return Domain(ranges, hypotheses, {symbol: MEANINGS[symbol] for symbol in ranges})


def biased_kernel(s, bias):
    """k(s) = s - 1 + bias."""
    return s - 1 + bias


exceeds = sp.Gt(biased_kernel(1 + a, bias) / biased_kernel(1, bias), wanted, evaluate=False)
biased = declare(
    "separation.kernels.biased-degree-one",
    "the kernel s - 1 + eps has a gain above G if and only if eps (G - 1) < a",
    sp.Equivalent(exceeds, sp.Lt(bias * (wanted - 1), a, evaluate=False), evaluate=False),
    _domain({a: RANGES[a], bias: POSITIVE, wanted: POSITIVE}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled("G - 1 replaced by G", sp.Equivalent(exceeds, sp.Lt(bias * wanted, a, evaluate=False), evaluate=False))
    ],
)


@evidence_for(biased, Method.DERIVED)
@derived
def _biased() -> Equivalences:
    return Equivalences(exceeds).iff(sp.Lt(bias * (wanted - 1), a, evaluate=False), by=Rearrange(bias))


def rectified(y):
    """max(y, 0)."""
    return sp.Piecewise((y, y > 0), (0, True))


rectified_gain_terms = rectified(1 + a - threshold), (n - 1) * rectified(1 - threshold)
all_weight = rectified_gain_terms[0] / (rectified_gain_terms[0] + rectified_gain_terms[1])
rectified_finds = declare(
    "separation.kernels.rectified-feature",
    "the one feature max(s - t, 0), 1 < t < 1 + a, puts all of the weight on the needle",
    sp.Eq(all_weight, 1, evaluate=False),
    _domain({n: RANGES[n], a: RANGES[a], threshold: POSITIVE}, sp.Gt(threshold, 1), sp.Lt(threshold, 1 + a)),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled("the weight 1 - 1/n", sp.Eq(all_weight, 1 - 1 / n, evaluate=False)),
        Spoiled(
            "t < 1 in place of t > 1",
            domain=_domain({n: RANGES[n], a: RANGES[a], threshold: POSITIVE}, sp.Lt(threshold, 1)),
            methods=frozenset({Method.DERIVED}),
        ),
    ],
)


@evidence_for(rectified_finds, Method.DERIVED)
@derived
def _rectified_finds() -> Derivation:
    return Derivation(all_weight).equal(1, by=Algebra())
