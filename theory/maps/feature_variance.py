"""The exact variance of random features.

Hypotheses. m independent frequencies; q and k any vectors; sigma = |q + k|^2, delta = |q - k|^2, SM = e^(q.k).
Claims. The variance of the estimate phi(q).phi(k) is
    positive        e^sigma SM^2 (1 - e^-sigma)/m
    trigonometric   e^sigma SM^-2 (1 - e^-delta)^2/(2m)
    hyperbolic      (1 - e^-sigma)/2 times the positive one
    shifted         the trigonometric one plus e^(|q|^2 + |k|^2)/(2m).
Source. Choromanski et al., arXiv 2009.14794, Lemma 2 (the first three); the last is derived here.
Why. Second moments are moment generating functions at 2w, and independent estimates have E X_i X_j = SM^2.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy as sp

from theory.claim import Claim, Kind, Spoiled, cited, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import means
from theory.maps.attention_map import m
from theory.maps.random_features import (
    delta,
    hyperbolic,
    kk,
    mean,
    positive,
    product,
    qq,
    score,
    shifted,
    sigma,
    trigonometric,
    vectors,
)
from theory.reasons import GaussianMoment, Lemma

PERFORMER = cited("Choromanski et al., arXiv 2009.14794, Lemma 2")


def positive_variance(sigma, score, m):
    return sp.exp(sigma + 2 * score) * (1 - sp.exp(-sigma)) / m


def trigonometric_variance(sigma, delta, score, m):
    return sp.exp(sigma - 2 * score) * (1 - sp.exp(-delta)) ** 2 / (2 * m)


def hyperbolic_variance(sigma, score, m):
    return (1 - sp.exp(-sigma)) * positive_variance(sigma, score, m) / 2


def shifted_variance(sigma, delta, score, m):
    return trigonometric_variance(sigma, delta, score, m) + sp.exp((sigma + delta) / 2) / (2 * m)


def _variance(name: str, title: str, features: Callable, formula: Any, source: Any, *, measured: bool = True) -> Claim:
    """Declare the variance of a mean of m independent estimates; the spoiled variant has 101/100 times the formula."""
    estimate = product(features)
    square, first = mean(estimate**2), mean(estimate)
    moments = {means.a: square, means.b: first, means.c: first**2}  # c: frequencies are independent
    variance = (means.second_moment - means.b**2).xreplace(moments)
    claim = declare(
        f"maps.random.{name}-variance",
        title,
        sp.Eq(variance, formula, evaluate=False),
        vectors(m),
        Kind.IDENTITY,
        source,
        {Method.DERIVED, Method.MEASURED} if measured else {Method.DERIVED},
        module=__name__,
        rests_on=[means.variance.id],
        spoiled=[Spoiled("formula times 1.01", sp.Eq(variance, sp.Rational(101, 100) * formula, evaluate=False))],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _proof() -> Derivation:
        of_mean = means.variance_of_mean(square, first**2, first, m)
        return (
            Derivation(variance)
            .equal(of_mean, by=Lemma(means.variance.id, {means.m: m, **moments}))
            .equal(formula, by=GaussianMoment())
        )

    return claim


positive_is = _variance(
    "positive",
    "the variance of positive random features",
    positive,
    positive_variance(sigma, score, m),
    PERFORMER,
)
trigonometric_is = _variance(
    "trigonometric",
    "the variance of trigonometric random features",
    trigonometric,
    trigonometric_variance(sigma, delta, score, m),
    PERFORMER,
)
hyperbolic_is = _variance(
    "hyperbolic",
    "the variance of hyperbolic random features is (1 - e^-sigma)/2 times that of positive ones",
    hyperbolic,
    hyperbolic_variance(sigma, score, m),
    PERFORMER,
)
shifted_is = _variance(
    "shifted",
    "one shifted cosine a frequency adds e^(|q|^2 + |k|^2)/(2m) to the variance of trigonometric features",
    shifted,
    trigonometric_variance(sigma, delta, score, m) + sp.exp(qq + kk) / (2 * m),
    derived_here(),
    measured=False,
)
