"""Every random feature map estimates the softmax kernel without bias.

Hypotheses. Each of m frequencies is N(0, I_d) (and has a uniform phase, for the shifted features); they may depend on
each other, as orthogonal ones do. q and k are any vectors; A < 1/8 for the optimal features.
Claim. The mean of phi(q).phi(k) is e^(q.k), for the trigonometric, shifted, positive, hyperbolic and optimal features.
Source. Choromanski et al., arXiv 2009.14794, Lemma 1 (positive and hyperbolic); Rahimi and Recht (2007); Likhosherstov
et al., arXiv 2205.15317 (optimal; there for A < 1/4). Derived here from the Gram matrix, in every dimension.
Why. w.q and w.k are jointly normal; E e^(w.u) = e^(|u|^2/2), E cos(w.u) = e^(-|u|^2/2); whole turns of a phase average
out; e^(2A |w|^2) divides the variances by 1 - 4A. Expectations add up, whatever the joint law.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from theory.claim import Claim, Kind, Spoiled, cited, declare
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import d, m
from theory.maps.random_features import (
    A,
    hyperbolic,
    mean,
    optimal,
    positive,
    product,
    qq,
    score,
    shifted,
    trigonometric,
    vectors,
)
from theory.reasons import EvaluateSum, GaussianMoment

PERFORMER = cited("Choromanski et al., arXiv 2009.14794, Lemma 1")
i = sp.Symbol("i", integer=True)


def _unbiased(name: str, title: str, features: Callable, source: Any, *more: sp.Symbol, measured: bool = True) -> Claim:
    """Declare that the mean estimate is the kernel; the spoiled variant has a hundredth of |q|^2 in the exponent."""
    estimate = sp.Sum(mean(product(features)), (i, 1, m)) / m
    claim = declare(
        f"maps.random.{name}-unbiased",
        title,
        sp.Eq(estimate, sp.exp(score), evaluate=False),
        vectors(m, *more),
        Kind.IDENTITY,
        source,
        {Method.DERIVED, Method.MEASURED} if measured else {Method.DERIVED},
        module=__name__,
        spoiled=[Spoiled("q.k replaced by q.k + |q|^2/100", sp.Eq(estimate, sp.exp(score + qq / 100), evaluate=False))],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _proof() -> Derivation:
        one = mean(product(features))
        return (
            Derivation(estimate)
            .equal(one, by=EvaluateSum(words="as expectations add up, whatever the joint law"))
            .equal(sp.exp(score), by=GaussianMoment())
        )

    return claim


trigonometric_unbiased = _unbiased(
    "trigonometric", "trigonometric random features are unbiased", trigonometric,
    cited("Rahimi and Recht, Random features for large-scale kernel machines (2007)"),
)  # fmt: skip
shifted_unbiased = _unbiased(
    "shifted", "random features with one shifted cosine a frequency are unbiased", shifted,
    cited("Rahimi and Recht, Random features for large-scale kernel machines (2007)"), measured=False,
)  # fmt: skip
positive_unbiased = _unbiased("positive", "positive random features are unbiased", positive, PERFORMER)
hyperbolic_unbiased = _unbiased("hyperbolic", "hyperbolic random features are unbiased", hyperbolic, PERFORMER)
optimal_unbiased = _unbiased(
    "optimal", "optimal positive random features are unbiased for every A below 1/8", optimal,
    cited("Likhosherstov et al., arXiv 2205.15317"), d, A,
)  # fmt: skip
