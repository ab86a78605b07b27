"""The exact variance of random features whose frequencies are orthogonal in blocks of d, for d = 2, 4 and 8.

Hypotheses. In a block the directions are those of a Haar-distributed orthogonal matrix and the lengths independent
chi_d, so each frequency is N(0, I_d). For two of a block, w_1 + w_2 points in a uniform direction and its squared
length is chi-square with 2d degrees: its density is c_d |w|^d times that of N(0, I_d), c_d = Gamma(d/2)/(Gamma(d)
2^(d/2)). Notation: h = d/2, P_d(z) = sum_k binomial(h, k) z^k/(h (h+1) .. (h+k-1)), sigma = |q + k|^2, delta =
|q - k|^2, C = e^(sigma/2) P_d(sigma/2).
Claims. (cross-moment) E e^((w_1 + w_2).(q + k)) = C, in place of e^sigma for independent frequencies.
(wave-moment) E cos((w_1 + w_2).(q - k)) = e^(-delta/2) P_d(-delta/2), in place of e^-delta.
(variance) g blocks of d positive features: e^(-|q|^2 - |k|^2) (e^(2 sigma) - e^sigma + (d - 1)(C - e^sigma))/(g d).
(gain) e^sigma - C >= 2/(d + 2) (e^(sigma/2) - 1)^2 >= 0: orthogonal positive features are never worse.
(waves-no-worse, a refutation) "Orthogonal trigonometric features are never worse." False for d = 4 at delta = 12.
Source. Derived here; e^z P_d(z) = 1F1(d; d/2; z). The gain is Theorem 2 of Choromanski et al., arXiv 2009.14794.
Why. A power of |w|^2 under the mean is a derivative in c of E e^(c |w|^2 + w.u). The constant 2/(d + 2) is the best one
as sigma -> 0.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, cited, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import means
from theory.maps.random_features import HALF_LINE
from theory.reasons import Algebra, GaussianMoment, Lemma
from theory.reasons.gaussian import SQUARED_NORM, expectation, normal
from theory.rigor.checks import certified
from theory.rigor.hints import Rearrange

DIMENSIONS = (2, 4, 8)
w_u, w_z = normal("u"), normal("z")
sigma, delta = sp.symbols("sigma delta", nonnegative=True)
squares = sp.Symbol("Q", nonnegative=True)


def confluent(d: int, z: Any) -> Any:
    """P_d(z) = e^-z 1F1(d; d/2; z) for even d."""
    h = sp.Integer(d) // 2
    return sum(sp.binomial(h, k) * z**k / sp.rf(h, k) for k in range(int(h) + 1))


def positive_cross(d: int, sigma: Any) -> Any:
    return sp.exp(sigma / 2) * confluent(d, sigma / 2)


def wave_cross(d: int, delta: Any) -> Any:
    return sp.exp(-delta / 2) * confluent(d, -delta / 2)


def pair_mean(d: int, body: Any, variable: sp.Symbol, square: Any) -> Any:
    """E over the sum of two frequencies of a block, by its density relative to N(0, I_d)."""
    density = SQUARED_NORM ** (d // 2) * sp.gamma(sp.Rational(d, 2)) / (sp.gamma(d) * 2 ** (d // 2))
    return expectation(density * body, {(variable, variable): square}, dimension=sp.Integer(d))


POSITIVE = Domain({sigma: HALF_LINE}, (), {sigma: "|q + k|^2"})
WAVES = Domain({delta: HALF_LINE}, (), {delta: "|q - k|^2"})


def _moment(name: str, title: str, left: Any, right: Any, wrong: Any, of: Domain, *, measured: bool) -> Claim:
    claim = declare(
        f"maps.random.{name}", title, sp.Eq(left, right, evaluate=False), of, Kind.IDENTITY, derived_here(),
        {Method.DERIVED, Method.MEASURED} if measured else {Method.DERIVED},
        module=__name__,
        spoiled=[Spoiled("as for independent frequencies", sp.Eq(left, wrong, evaluate=False))],
    )  # fmt: skip

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _proof() -> Derivation:
        return Derivation(left).equal(right, by=GaussianMoment())

    return claim


cross_moments = {
    d: _moment(
        f"orthogonal-cross-moment-{d}",
        f"two orthogonal frequencies in {d} dimensions have E e^((w_1 + w_2).u) = e^(sigma/2) P_{d}(sigma/2)",
        pair_mean(d, sp.exp(w_u), w_u, sigma),
        positive_cross(d, sigma),
        sp.exp(sigma),
        POSITIVE,
        measured=False,
    )
    for d in DIMENSIONS
}
wave_moments = {
    d: _moment(
        f"orthogonal-wave-moment-{d}",
        f"two orthogonal frequencies in {d} dimensions have E cos((w_1 + w_2).z) = e^(-delta/2) P_{d}(-delta/2)",
        pair_mean(d, sp.cos(w_z), w_z, delta),
        wave_cross(d, delta),
        sp.exp(-delta),
        WAVES,
        measured=True,
    )
    for d in DIMENSIONS
}


def _gain(d: int) -> Claim:
    """The proof divides by e^(sigma/2), after which both sides grow alike."""
    share = sp.Rational(2, d + 2)
    gain = sp.exp(sigma) - positive_cross(d, sigma)
    bound = share * (sp.exp(sigma / 2) - 1) ** 2
    claim = declare(
        f"maps.random.orthogonal-gain-{d}",
        f"orthogonal positive features have a lower cross moment, in {d} dimensions by 2/{d + 2} (e^(sigma/2) - 1)^2",
        sp.Ge(gain, bound, evaluate=False),
        POSITIVE,
        Kind.LOWER,
        cited("Choromanski et al., arXiv 2009.14794, Theorem 2, for a pair of frequencies, times e^(|q|^2 + |k|^2)"),
        {Method.CERTIFIED},
        module=__name__,
        rests_on=[cross_moments[d].id],
        spoiled=[Spoiled("bound times 1.01", sp.Ge(gain, sp.Rational(101, 100) * bound, evaluate=False))],
    )
    divided = (1 - share) * sp.exp(sigma / 2) - confluent(d, sigma / 2) + 2 * share - share * sp.exp(-sigma / 2)
    hint = Rearrange(sp.Ge(divided, 0, evaluate=False), sp.exp(sigma / 2))
    evidence_for(claim, Method.CERTIFIED)(certified(hints=[hint]))
    return claim


gains = {d: _gain(d) for d in DIMENSIONS}


def _variance(d: int) -> Claim:
    features = {means.a: 2 * sigma - squares, means.b: (sigma - squares) / 2}
    moments = {symbol: sp.exp(exponent) for symbol, exponent in features.items()}
    moments[means.c] = sp.exp(-squares) * positive_cross(d, sigma)
    left = (means.group_moment - means.b**2).xreplace({means.k: sp.Integer(d), **moments})
    independent = sp.exp(-squares) * (sp.exp(2 * sigma) - sp.exp(sigma)) / (d * means.g)
    saved = sp.exp(-squares) * (d - 1) * (sp.exp(sigma) - positive_cross(d, sigma)) / (d * means.g)
    claim = declare(
        f"maps.random.orthogonal-variance-{d}",
        f"the variance of positive features in blocks of {d} orthogonal frequencies",
        sp.Eq(left, independent - saved, evaluate=False),
        Domain(
            {**POSITIVE.ranges, squares: HALF_LINE, means.g: sp.Range(1, sp.oo)},
            (sp.Le(sigma, 2 * squares),),
            {**POSITIVE.meanings, squares: "|q|^2 + |k|^2", means.g: "number of blocks"},
        ),
        Kind.IDENTITY,
        derived_here(),
        {Method.DERIVED},
        module=__name__,
        rests_on=[cross_moments[d].id, means.groups.id],
        spoiled=[Spoiled("as for independent frequencies", sp.Eq(left, independent, evaluate=False))],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _proof() -> Derivation:
        of_groups = means.group_variance.xreplace({means.k: sp.Integer(d), **moments})
        by_lemma = Lemma(means.groups.id, {means.g: means.g, means.k: d, **moments})
        return Derivation(left).equal(of_groups, by=by_lemma).equal(independent - saved, by=Algebra())

    return claim


variances = {d: _variance(d) for d in DIMENSIONS}

waves_no_worse = declare(
    "maps.random.orthogonal-waves-no-worse",
    "reading: orthogonality never raises the variance of trigonometric features, here in 4 dimensions",
    sp.Le(wave_cross(4, delta), sp.exp(-delta), evaluate=False),
    WAVES,
    Kind.REFUTATION,
    derived_here("a natural guess from the case of positive features"),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=[wave_moments[4].id],
    corrected_by=wave_moments[4].id,
)
evidence_for(waves_no_worse, Method.CERTIFIED)(certified())
