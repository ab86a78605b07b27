"""C1. The gains of softmax, linear and polynomial attention on the cross-attention needle, and the weights they give.

Hypotheses. The cross-attention needle: logits kappa log n at the needle and l0 at the n - 1 other keys, all positive.
Claim. The gain is N = n^kappa exp(-l0) for softmax, kappa log n / l0 for row-normalised linear attention, and (kappa
log n / l0)^p for the kernel (q . k)^p. In each case the needle's weight is N/(N + n - 1), so that everything that
`separation.self` says about a row of any gain N holds here with these gains.
Source. Derived here for the cross-attention variant of the construction of arXiv 2310.11685.
Why. Each kernel sees two scores only. Why the rest follows: those claims are stated for the gain, not for a map.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma
from theory.separation.cross_attention.construction import (
    SOURCE,
    domain,
    kappa,
    l0,
    linear_gain,
    n,
    p,
    polynomial_gain,
    softmax_gain,
)
from theory.separation.self_attention import gain as rows
from theory.separation.self_attention.construction import needle_weight

NEEDLE = kappa * sp.log(n)  # its logit
SOFTMAX = sp.exp(NEEDLE), sp.exp(l0)  # kernel scores of the needle and of any other key
LINEAR = NEEDLE, l0
POLYNOMIAL = NEEDLE**p, l0**p


def _gain(name: str, title: str, scores: tuple, gain: sp.Expr, wrong: sp.Expr, why: str, *symbols: sp.Symbol) -> Claim:
    """Declare that the quotient of two kernel scores is `gain`; the spoiled variant says that it is `wrong`."""
    quotient = scores[0] / scores[1]
    claim = declare(
        f"separation.cross.{name}",
        title,
        sp.Eq(quotient, gain, evaluate=False),
        domain(n, kappa, l0, *symbols),
        Kind.IDENTITY,
        derived_here(SOURCE),
        {Method.DERIVED, Method.MEASURED},
        module=__name__,
        spoiled=[Spoiled(why, sp.Eq(quotient, wrong, evaluate=False))],
    )
    evidence_for(claim, Method.DERIVED)(derived(lambda: Derivation(quotient).equal(gain, by=Algebra())))
    return claim


softmax = _gain(
    "softmax-gain", "softmax has the gain n^kappa exp(-l0)", SOFTMAX,
    softmax_gain(kappa, l0, n), n**kappa, "the other logits dropped",
)  # fmt: skip
linear = _gain(
    "linear-gain", "row-normalised linear attention has the gain kappa log n / l0", LINEAR,
    linear_gain(kappa, l0, n), kappa * sp.log(n), "the other logits dropped",
)  # fmt: skip
polynomial = _gain(
    "polynomial-gain", "the kernel (q . k)^p has the gain (kappa log n / l0)^p", POLYNOMIAL,
    polynomial_gain(kappa, l0, n, p), polynomial_gain(kappa, l0, n, p + 1), "the degree raised by 1", p,
)  # fmt: skip


def _weight(name: str, title: str, scores: tuple, gain: sp.Expr, *symbols: sp.Symbol) -> Claim:
    """Declare that a map whose gain is `gain` gives the needle the weight N/(N + n - 1)."""
    values = {rows.kappa_needle: scores[0], rows.kappa_rest: scores[1]}
    share = scores[0] / rows.KERNEL_SUM.subs(values)
    claim = declare(
        f"separation.cross.{name}",
        title,
        sp.Eq(share, needle_weight(gain, n), evaluate=False),
        domain(n, kappa, l0, *symbols),
        Kind.IDENTITY,
        derived_here(SOURCE),
        {Method.DERIVED, Method.MEASURED},
        module=__name__,
        rests_on=[rows.weight.id],
        spoiled=[Spoiled("n replaced by n + 1", sp.Eq(share, needle_weight(gain, n + 1), evaluate=False))],
    )
    by_gain = Lemma(rows.weight.id, {**values, n: n})
    evidence_for(claim, Method.DERIVED)(
        derived(
            lambda: (
                Derivation(share)
                .equal(needle_weight(scores[0] / scores[1], n), by=by_gain)
                .equal(needle_weight(gain, n), by=Algebra())
            )
        )
    )
    return claim


softmax_weight = _weight(
    "softmax-weight", "softmax puts the weight N/(N + n - 1), N = n^kappa exp(-l0), on the needle", SOFTMAX,
    softmax_gain(kappa, l0, n),
)  # fmt: skip
linear_weight = _weight(
    "linear-weight", "linear attention puts the weight N/(N + n - 1), N = kappa log n / l0, on the needle", LINEAR,
    linear_gain(kappa, l0, n),
)  # fmt: skip
polynomial_weight = _weight(
    "polynomial-weight", "the kernel (q . k)^p puts the weight N/(N + n - 1), N = (kappa log n / l0)^p, on the needle",
    POLYNOMIAL, polynomial_gain(kappa, l0, n, p), p,
)  # fmt: skip
