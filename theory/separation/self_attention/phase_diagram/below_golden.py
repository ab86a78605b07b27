"""Below the golden threshold softmax behaves like linear attention: its needle no longer helps a neuron to fire.

Hypotheses. The needle construction with 0 < b <= 1, eta > 0 and a + b >= eta; a row of gain N; x(a, N; eta), the mean
middle sign that a neuron with y_1 = y_d = y_k = +1 needs to fire.
Claim. eta/b - N (a + b)/(b n) <= x(a, N; eta) <= eta/b. For linear attention N/n = (1+a)/n tends to 0 at every height,
and for the needle's row of softmax N/n = n^(g-1), g = a(1+a), tends to 0 for every a < a*: both need the mean sign
eta/b in the limit, as if there were no needle. Where n^(1-g) >= 2 (a + b)/eta, softmax needs at least eta/(2b), so a
neuron with y_d = +1 fires there with probability at most exp(-(d-2) eta^2/(8 b^2)), whatever its other signs.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. eta/b - x = ((N-1)(a + b - eta) + a)/(b n); Hoeffding's inequality. When tight: x tends to eta/b.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone, Sign
from theory.separation.self_attention.construction import (
    SOURCE,
    N,
    a,
    b,
    domain,
    eta,
    mean_sign_needed,
    n,
    softmax_needle_gain,
)

needed = mean_sign_needed(N, n, a, b, eta)
SOME_IDENTITY = sp.Interval.Lopen(0, 1)
short_of_limit = ((N - 1) * (a + b - eta) + a) / (b * n)
limit = declare(
    "separation.self.mean-sign-limit",
    "the mean sign that a row needs falls short of eta/b by ((N-1)(a + b - eta) + a)/(b n)",
    sp.Eq(eta / b - needed, short_of_limit, evaluate=False),
    domain(N, n, a, b, eta, b=SOME_IDENTITY),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.firing-needs-mean-sign"],
    spoiled=[Spoiled("+ a dropped", sp.Eq(eta / b - needed, (N - 1) * (a + b - eta) / (b * n), evaluate=False))],
)


@evidence_for(limit, Method.DERIVED)
@derived
def _limit() -> Derivation:
    return Derivation(eta / b - needed).equal(short_of_limit, by=Algebra())


def least_mean_sign(gain, n, a, b, eta):
    """Lower bound on the mean middle sign that a row of this gain needs to fire."""
    return eta / b - gain * (a + b) / (b * n)


def mean_sign_window(factor=1):
    """x lies between `least_mean_sign`, whose distance from eta/b is multiplied by `factor`, and eta/b."""
    low = eta / b - factor * (eta / b - least_mean_sign(N, n, a, b, eta))
    return sp.And(sp.Ge(needed, low, evaluate=False), sp.Le(needed, eta / b, evaluate=False))


HIGH_ENOUGH = sp.Ge(a + b, eta, evaluate=False)
window = declare(
    "separation.self.mean-sign-window",
    "a row needs a mean sign between eta/b - N (a + b)/(b n) and eta/b",
    mean_sign_window(),
    domain(N, n, a, b, eta, hypotheses=(HIGH_ENOUGH,), b=SOME_IDENTITY),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.mean-sign-limit"],
    spoiled=[Spoiled("N (a + b) times 0.99", mean_sign_window(sp.Rational(99, 100)))],
)


@evidence_for(window, Method.DERIVED)
@derived
def _window() -> tuple[Derivation, Derivation]:
    exactly = eta / b - short_of_limit
    return (
        Derivation(needed).equal(exactly, by=Algebra()).at_least(least_mean_sign(N, n, a, b, eta), by=Sign()),
        Derivation(needed).equal(exactly, by=Algebra()).at_most(eta / b, by=Sign()),
    )


gain = softmax_needle_gain(a, n)
softmax_needed = mean_sign_needed(gain, n, a, b, eta)


def long_enough(factor):
    """n^(1-g) >= factor (a + b)/eta."""
    return sp.Le(factor * (a + b) * gain, eta * n, evaluate=False)


def lengths(factor):
    return domain(n, a, b, eta, hypotheses=(HIGH_ENOUGH, long_enough(factor)), b=SOME_IDENTITY)


silent = declare(
    "separation.self.silent-below-golden",
    "where n^(1 - a(1+a)) >= 2 (a + b)/eta softmax needs a mean sign of at least eta/(2b)",
    sp.Ge(softmax_needed, eta / (2 * b), evaluate=False),
    lengths(2),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.self.mean-sign-window", "separation.self.mean-sign-tail"],
    spoiled=[Spoiled("2 replaced by 1", domain=lengths(1))],
)


@evidence_for(silent, Method.DERIVED)
@derived
def _silent() -> Derivation:
    def lowered(z: sp.Expr) -> sp.Expr:
        return eta / b - z / (2 * b * n)

    twice = 2 * (a + b) * gain
    by_hypothesis = Sign("by hypothesis", given={long_enough(2): sp.S.One})
    return (
        Derivation(softmax_needed)
        .at_least(lowered(twice), by=Lemma(window.id, {N: gain, n: n, a: a, b: b, eta: eta}))
        .at_least(lowered(eta * n), by=Monotone(lowered, twice, sp.Le, eta * n, by=by_hypothesis))
        .equal(eta / (2 * b), by=Algebra())
    )
