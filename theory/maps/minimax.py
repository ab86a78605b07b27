"""Polynomials fitted to exp: how good the best quadratic on [-1, 1] is, and where Chebyshev's is positive.

Hypotheses. P(s) = c_0 + c_1 s + c_2 s^2 with any real coefficients, and its relative error on [-1, 1] is at most E:
|P(s) e^-s - 1| <= E there.
Claims. (least-error-2) E >= 397/10000, for every P; it takes four points only. (error-2) P = 1.027 + 1.1139 s + 0.4694
s^2 has E <= 398/10000. So the least error is known to a fourth of a percent. (series-error-2) Chebyshev's series cut
off after degree 2 has E <= 108/1000, and (series-least-2) it is at least 2/5 for every real score, so that no weight of
the map with usual settings is negative. (weight) Of any kernel k(s) with |k(s) e^-s - 1| <= E < 1 at the scores of a
row, no weight exceeds that of softmax by more than the factor (1 + E)/(1 - E).
Source. Derived here. That the best polynomial has an error of p + 2 equal extrema of alternating signs is Chebyshev's
theorem; that p + 2 points give a bound from below is de la Vallee Poussin's.
Why. A divided difference of order 3 is 0 for every P, and has weights of alternating signs 1/prod(x_i - x_j); so that
of exp is at most E times the sum of the absolute weights times exp at the four points, which lie where the error of
the best quadratic is largest. When tight: (weight) for a small weight that is overrated beside keys that are not.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Monotone, Sign
from theory.rigor.checks import certified
from theory.separation.kernels.witness import derived_or_refuted_at

REALS, HALF_LINE, UNIT = sp.Interval(-sp.oo, sp.oo), sp.Interval(0, sp.oo), sp.Interval(-1, 1)
s = sp.Symbol("s", real=True)
E = sp.Symbol("E", nonnegative=True)
c = sp.symbols("c_0:3", real=True)
POINTS = (sp.Integer(-1), sp.Rational(-13, 20), sp.Rational(7, 25), sp.Integer(1))
BEST = (sp.Rational(10270, 10000), sp.Rational(11139, 10000), sp.Rational(4694, 10000))
LOW, HIGH = sp.Rational(397, 10000), sp.Rational(398, 10000)


def quadratic(coefficients, s):
    return sp.Add(*(one * s**k for k, one in enumerate(coefficients)))


def side(place: int) -> sp.Expr:
    """The sign of the error at the point: -1, 1, -1, 1 for exp less the polynomial."""
    return sp.Integer((-1) ** (place + 1))


bounded = tuple(
    sp.Le(side(place) * (sp.exp(x) - quadratic(c, x)), E * sp.exp(x), evaluate=False) for place, x in enumerate(POINTS)
)
WEIGHTS = tuple(1 / sp.Abs(sp.Mul(*(x - y for y in POINTS if y != x))) for x in POINTS)
total = sp.Add(*(weight * sp.exp(x) for weight, x in zip(WEIGHTS, POINTS, strict=True)))
least_error = declare(
    "maps.minimax.least-error-2",
    "no quadratic has a relative error to exp below 0.0397 on [-1, 1], nor at four points of it",
    sp.Ge(E, LOW, evaluate=False),
    Domain(
        {**dict.fromkeys(c, REALS), E: HALF_LINE},
        bounded,
        {E: "relative error", **{one: f"coefficient of s^{k}" for k, one in enumerate(c)}},
        witness={**dict.fromkeys(c, 0), E: 2},
    ),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("0.0400 for 0.0397", sp.Ge(E, sp.Rational(400, 10000), evaluate=False))],
)


@evidence_for(least_error, Method.DERIVED)
@derived_or_refuted_at({**dict(zip(c, BEST, strict=True)), E: HIGH})
def _least_error() -> Derivation:
    multipliers = {bound: weight / total for bound, weight in zip(bounded, WEIGHTS, strict=True)}
    divided = sp.Add(*(side(k) * w * sp.exp(x) for k, (w, x) in enumerate(zip(WEIGHTS, POINTS, strict=True))))
    words = "weighing the bounds at the four points by the divided difference"
    return Derivation(E).at_least(divided / total, by=Sign(words, given=multipliers)).at_least(LOW, by=Sign())


def _within(name: str, title: str, kernel: sp.Expr, error: sp.Expr, spoil: sp.Expr) -> Claim:
    """Declare |P(s) e^-s - 1| <= error on [-1, 1]; the spoiled variant has a smaller error."""
    relative = sp.Abs(kernel * sp.exp(-s) - 1)
    claim = declare(
        f"maps.{name}",
        title,
        sp.Le(relative, error, evaluate=False),
        Domain({s: sp.Interval(-1, 1)}, (), {s: "score"}),
        Kind.UPPER,
        derived_here(),
        {Method.CERTIFIED},
        module=__name__,
        spoiled=[Spoiled("a smaller error", sp.Le(relative, spoil, evaluate=False))],
    )
    evidence_for(claim, Method.CERTIFIED)(certified())
    return claim


error = _within(
    "minimax.error-2", "a quadratic with four-digit coefficients has a relative error of 0.0398 to exp on [-1, 1]",
    quadratic(BEST, s), HIGH, LOW,
)  # fmt: skip
series = sp.besseli(0, 1) + 2 * sp.besseli(1, 1) * s + 2 * sp.besseli(2, 1) * (2 * s**2 - 1)
series_error = _within(
    "chebyshev.series-error-2", "Chebyshev's series of exp on [-1, 1], cut off after degree 2, is within 0.108 of it",
    series, sp.Rational(108, 1000), sp.Rational(106, 1000),
)  # fmt: skip
series_least = declare(
    "maps.chebyshev.series-least-2",
    "Chebyshev's series of exp on [-1, 1], cut off after degree 2, is at least 2/5 for every score",
    sp.Ge(series, sp.Rational(2, 5), evaluate=False),
    Domain({s: REALS}, (), {s: "score"}),
    Kind.LOWER,
    derived_here(),
    {Method.CERTIFIED},
    module=__name__,
    spoiled=[Spoiled("3/5 for 2/5", sp.Ge(series, sp.Rational(3, 5), evaluate=False))],
)
evidence_for(series_least, Method.CERTIFIED)(certified())


w = sp.Symbol("w", positive=True)
alpha, beta = sp.symbols("alpha beta", real=True)
overrated, others = 1 + E * alpha, 1 + E * beta
found = overrated * w / (overrated * w + others * (1 - w))
factor = (1 + E) / (1 - E)
weight = declare(
    "maps.minimax.weight",
    "a kernel within a relative error E of exp gives no key more than (1 + E)/(1 - E) times its softmax weight",
    sp.Le(found, factor * w, evaluate=False),
    Domain(
        {w: sp.Interval.open(0, 1), alpha: UNIT, beta: UNIT, E: sp.Interval.Ropen(0, 1)},
        (),
        {
            w: "softmax weight of a key", alpha: "relative error at that key, in units of E",
            beta: "that of the sum over the other keys", E: "relative error",
        },
    ),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    spoiled=[Spoiled("1 + E in place of (1 + E)/(1 - E)", sp.Le(found, (1 + E) * w, evaluate=False))],
)  # fmt: skip


@evidence_for(weight, Method.DERIVED)
@derived
def _weight() -> Derivation:
    def at(first: Any, second: Any) -> Any:
        return (1 + E * first) * w / ((1 + E * first) * w + (1 + E * second) * (1 - w))

    return (
        Derivation(found)
        .at_most(at(1, beta), by=Monotone(lambda v: at(v, beta), alpha, sp.Le, 1, by=Sign()))
        .at_most(at(1, -1), by=Monotone(lambda v: at(1, v), beta, sp.Ge, -1, by=Sign()))
        .at_most(factor * w, by=Sign())
    )
