"""From the gain to the needle weight: what a row must have to put more than a given weight on the needle.

Hypotheses. A row of gain N > 0 among n tokens, with the needle weight N/(N+n-1); a wanted weight 0 < w < 1.
Claim. (threshold) The needle weight exceeds w if and only if N > (n-1) w/(1-w). (monotone) A larger gain puts a
larger weight on the needle.
Source. Derived here for the construction of arXiv 2310.11685.
Why. Both are the sign of N (1-w) - w (n-1). So every statement about a map is one about its gain.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Monotone, Rearrange, Sign
from theory.separation.self_attention.construction import MEANINGS, RANGES, SOURCE, n, needle_weight

gain, larger_gain = sp.symbols("N M", positive=True)
w = sp.Symbol("w", positive=True)
GAINS = {gain: sp.Interval.open(0, sp.oo), larger_gain: sp.Interval.open(0, sp.oo)}
WORDS = {n: MEANINGS[n], gain: "gain of the row", larger_gain: "a gain that is at least N", w: "weight on the needle"}
WEIGHTS = sp.Interval.open(0, 1)


def gain_needed(w, n):
    """The gain at which the needle weight is w; more is needed for more."""
    return (n - 1) * w / (1 - w)


enough = sp.Gt(needle_weight(gain, n), w, evaluate=False)
threshold = declare(
    "separation.kernels.weight-threshold",
    "the needle weight exceeds w if and only if N > (n-1) w/(1-w)",
    sp.Equivalent(enough, sp.Gt(gain, gain_needed(w, n), evaluate=False), evaluate=False),
    Domain({n: RANGES[n], gain: GAINS[gain], w: WEIGHTS}, (), {symbol: WORDS[symbol] for symbol in (n, gain, w)}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "n - 1 replaced by n",
            sp.Equivalent(enough, sp.Gt(gain, n * w / (1 - w), evaluate=False), evaluate=False),
        )
    ],
)


@evidence_for(threshold, Method.DERIVED)
@derived
def _threshold() -> Equivalences:
    return Equivalences(enough).iff(
        sp.Gt(gain, gain_needed(w, n), evaluate=False), by=Rearrange((gain + n - 1) / (1 - w))
    )


monotone = declare(
    "separation.kernels.weight-monotone",
    "a larger gain puts a larger weight on the needle",
    sp.Le(needle_weight(gain, n), needle_weight(larger_gain, n), evaluate=False),
    Domain(
        {n: RANGES[n], **GAINS},
        (sp.Le(gain, larger_gain),),
        {symbol: WORDS[symbol] for symbol in (n, gain, larger_gain)},
    ),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "the right weight times 0.99",
            sp.Le(needle_weight(gain, n), sp.Rational(99, 100) * needle_weight(larger_gain, n), evaluate=False),
        )
    ],
)


@evidence_for(monotone, Method.DERIVED)
@derived
def _monotone() -> Derivation:
    return Derivation(needle_weight(gain, n)).at_most(
        needle_weight(larger_gain, n),
        by=Monotone(lambda z: needle_weight(z, n), gain, sp.Le, larger_gain, by=Sign("by hypothesis")),
    )
