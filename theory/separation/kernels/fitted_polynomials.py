"""Quadratics fitted to exp: within tanh(B/2)^2 of it all three coefficients are positive, the gain <= (1 + a)^2.

Hypotheses. P(s) = c_0 + c_1 s + c_2 s^2 with real coefficients, from any source: Chebyshev's series cut off, the least
error, Taylor, least squares. Its relative error to exp is at most eps at the three points -B, 0 and B.
Claims. (interpolation) Any three errors are those of one P, whose coefficients are written out. (slope, leading)
c_1 >= (sinh B - eps cosh B)/B and c_2 >= ((1-eps) cosh B - (1+eps))/B^2. (threshold) The latter is positive if and only
if eps < tanh(B/2)^2, and then (positive) so are all three coefficients. (gain) P((1+a) s) <= (1+a)^2 P(s) for s > 0:
as P is positive there, its gain is at most (1+a)^2 in every row, and at a = 7/10 it is silent on D1 from n = 19 on.
(usual) With eps = 108/1000 at -1, 0 and 1 c_0 >= 89/100, c_1 >= 1 and c_2 >= 1/4. This holds for Chebyshev's series cut
off after degree 2 (`maps.chebyshev.series-error-2`), for the quadratic with the least error on [-1, 1], since another
has an error of 398/10000 (`maps.minimax.error-2`), and for the rounded coefficients of both maps as they run.
Source. Derived here.
Why. c_1 and c_2 are the first and the second difference of three values. When tight: (leading) where the errors are
-eps, eps, -eps. So at eps = tanh(B/2)^2 there is a straight line among these P, and for a larger eps one with c_2 < 0:
it is negative from some score on, no kernel of long sequences. The three points decide; with the error small on all of
[-B, B] a larger eps is possible.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.maps.minimax import BEST, c, quadratic
from theory.reasons import Algebra, Certificate, Rearrange, Sign
from theory.separation.kernels.polynomial import polynomial_gain
from theory.separation.kernels.witness import derived_or_refuted_at
from theory.separation.self_attention.construction import RANGES, SOURCE, a

B = sp.Symbol("B", positive=True)
eps = sp.Symbol("epsilon", nonnegative=True)
s = sp.Symbol("s", positive=True)
at_left, at_middle, at_right = sp.symbols("e_1:4", real=True)
POSITIVE, UNIT, REALS = sp.Interval.open(0, sp.oo), sp.Interval(-1, 1), sp.Interval(-sp.oo, sp.oo)
MEANINGS = {
    B: "end of the interval", eps: "relative error", s: "score of a token that is not the needle",
    a: "height of the needle", at_left: "relative error at -B, in units of epsilon", at_middle: "at 0",
    at_right: "at B", **{one: f"coefficient of s^{k}" for k, one in enumerate(c)},
}  # fmt: skip


def on(ranges: dict, *hypotheses, witness: dict | None = None) -> Domain:
    """A domain in the words of this room."""
    return Domain(ranges, hypotheses, {symbol: MEANINGS[symbol] for symbol in ranges}, witness or {})


def through(B, eps, at_left, at_middle, at_right):
    """c_0, c_1, c_2 of the quadratic with the relative errors eps e_1, eps e_2, eps e_3 at -B, 0, B."""
    left, middle, right = (1 + eps * at_left) * sp.exp(-B), 1 + eps * at_middle, (1 + eps * at_right) * sp.exp(B)
    return middle, (right - left) / (2 * B), (right + left - 2 * middle) / (2 * B**2)


def least_slope(B, eps):
    """The least c_1 of such a quadratic."""
    return (sp.sinh(B) - eps * sp.cosh(B)) / B


def least_leading(B, eps):
    """The least c_2 of such a quadratic."""
    return ((1 - eps) * sp.cosh(B) - (1 + eps)) / B**2


def largest_error(B):
    """Below this error at -B, 0 and B all coefficients are positive; at it c_2 may be 0."""
    return sp.tanh(B / 2) ** 2


ERRORS = {B: POSITIVE, eps: sp.Interval(0, 1), at_left: UNIT, at_middle: UNIT, at_right: UNIT}
fitted = through(B, eps, at_left, at_middle, at_right)


VALUES = ((-B, at_left), (sp.Integer(0), at_middle), (B, at_right))


def _values(of_leading) -> sp.Basic:
    drawn = (*c[:2], of_leading)
    return sp.And(
        *(sp.Eq(quadratic(drawn, place), (1 + eps * one) * sp.exp(place), evaluate=False) for place, one in VALUES),
        evaluate=False,
    )


interpolation = declare(
    "separation.kernels.fitted-interpolation",
    "any relative errors at -B, 0 and B are those of one quadratic",
    _values(c[2]),
    on(ERRORS),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    definitions=dict(zip(c, fitted, strict=True)),
    spoiled=[Spoiled("c_2 doubled", _values(2 * c[2]))],
)


@evidence_for(interpolation, Method.DERIVED)
@derived
def _interpolation() -> tuple[Derivation, ...]:
    return tuple(
        Derivation(quadratic(fitted, place)).equal((1 + eps * one) * sp.exp(place), by=Algebra())
        for place, one in VALUES
    )


def _least(name: str, title: str, coefficient, bound) -> Claim:
    """Declare a bound from below on a coefficient; the spoiled variant asks for a tenth more than eps allows."""
    claim = declare(
        f"separation.kernels.fitted-{name}",
        title,
        sp.Ge(coefficient, bound(B, eps), evaluate=False),
        on(ERRORS),
        Kind.LOWER,
        derived_here(),
        {Method.DERIVED, Method.ATTACKED},
        module=__name__,
        rests_on=[interpolation.id],
        spoiled=[
            Spoiled("9/10 of epsilon", sp.Ge(coefficient, bound(B, sp.Rational(9, 10) * eps), evaluate=False)),
        ],
    )
    evidence_for(claim, Method.DERIVED)(
        derived(lambda: Derivation(coefficient).at_least(bound(B, eps), by=Sign("at the largest errors")))
    )
    return claim


slope = _least("slope", "a quadratic fitted to exp has c_1 >= (sinh B - eps cosh B)/B", fitted[1], least_slope)
leading = _least(
    "leading", "a quadratic fitted to exp has c_2 >= ((1-eps) cosh B - (1+eps))/B^2", fitted[2], least_leading
)

may_vanish = sp.Gt(least_leading(B, eps), 0, evaluate=False)
threshold = declare(
    "separation.kernels.fitted-threshold",
    "the least leading coefficient is positive if and only if the error is below tanh(B/2)^2",
    sp.Equivalent(may_vanish, sp.Lt(eps, largest_error(B), evaluate=False), evaluate=False),
    on({B: POSITIVE, eps: sp.Interval(0, 1)}),
    Kind.IFF,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("tanh(B/2)", sp.Equivalent(may_vanish, sp.Lt(eps, sp.tanh(B / 2), evaluate=False), evaluate=False)),
    ],
)


@evidence_for(threshold, Method.DERIVED)
@derived
def _threshold() -> Equivalences:
    return Equivalences(may_vanish).iff(
        sp.Lt(eps, largest_error(B), evaluate=False), by=Rearrange(B**2 / (sp.cosh(B) + 1))
    )


def within(B, eps) -> dict[tuple[int, int], Any]:
    """The relative error at x B is at most eps: (x, side) -> hypothesis, for x = -1, 0, 1 and either side of exp."""
    return {
        (x, side): sp.Le(side * (quadratic(c, x * B) - sp.exp(x * B)), eps * sp.exp(x * B), evaluate=False)
        for x in (-1, 0, 1)
        for side in (-1, 1)
    }


FITTED = within(B, eps)
below, above = ({x: FITTED[x, side] for x in (-1, 0, 1)} for side in (-1, 1))
CLOSE = sp.Lt(eps, largest_error(B), evaluate=False)
COEFFICIENTS = dict.fromkeys(c, REALS)
FIT = {**COEFFICIENTS, B: POSITIVE, eps: sp.Interval.Ropen(0, 1)}
OF_BEST = {**dict(zip(c, BEST, strict=True)), B: 1, eps: sp.Rational(1, 10)}
# within 1/4 of exp at -1, 0 and 1, but no more convex
CONCAVE = {c[0]: sp.Rational(31, 25), c[1]: sp.Rational(81, 100), c[2]: sp.Rational(-1, 100)}
FAR_OFF = {**CONCAVE, B: 1, eps: sp.Rational(1, 4)}
positive = declare(
    "separation.kernels.fitted-positive",
    "a quadratic within a relative error of less than tanh(B/2)^2 of exp at -B, 0, B has positive coefficients",
    sp.And(*(sp.Gt(one, 0, evaluate=False) for one in c), evaluate=False),
    on(FIT, *FITTED.values(), CLOSE, witness=OF_BEST),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[threshold.id],
    spoiled=[Spoiled("any error below 1", domain=on(FIT, *FITTED.values(), witness=OF_BEST))],
)
OF_SLOPE = {below[1]: 1 / (2 * B), above[-1]: 1 / (2 * B)}
OF_LEADING = {below[1]: 1 / (2 * B**2), below[-1]: 1 / (2 * B**2), above[0]: 1 / B**2}


@evidence_for(positive, Method.DERIVED)
@derived_or_refuted_at(FAR_OFF)
def _positive() -> tuple[Derivation, ...]:
    return (
        Derivation(c[0]).at_least(1 - eps, by=Sign(given={below[0]: sp.Integer(1)})).greater(0, by=Sign()),
        Derivation(c[1])
        .at_least(least_slope(B, eps), by=Sign("by the first difference", given=OF_SLOPE))
        .greater(0, by=Sign(given={CLOSE: sp.cosh(B) / B})),
        Derivation(c[2])
        .at_least(least_leading(B, eps), by=Sign("by the second difference", given=OF_LEADING))
        .greater(0, by=Sign(given={CLOSE: (sp.cosh(B) + 1) / B**2})),
    )


needle = quadratic(c, (1 + a) * s)


def _gain_at_most(degree) -> sp.Basic:
    return sp.Le(needle, polynomial_gain(a, degree) * quadratic(c, s), evaluate=False)


WITH_ROW = {**FIT, a: RANGES[a], s: POSITIVE}
ONE_ROW = {a: 1, s: 1}
gain = declare(
    "separation.kernels.fitted-gain",
    "a quadratic within less than tanh(B/2)^2 of exp at -B, 0 and B has a gain of at most (1 + a)^2",
    _gain_at_most(2),
    on(WITH_ROW, *FITTED.values(), CLOSE, witness={**OF_BEST, **ONE_ROW}),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED, Method.ATTACKED},
    module=__name__,
    rests_on=[positive.id, "separation.kernels.nonnegative-coefficients"],
    spoiled=[
        Spoiled("a gain of at most 1 + a", _gain_at_most(1)),
    ],
)


@evidence_for(gain, Method.DERIVED)
@derived_or_refuted_at({**OF_BEST, a: 1, s: 10})
def _gain() -> Derivation:
    at_rest = (1 + a) ** 2 - 1
    of_slope = {fact: multiplier * a * (1 + a) * s for fact, multiplier in OF_SLOPE.items()}
    given = {**of_slope, below[0]: at_rest, CLOSE: a * (1 + a) * s * sp.cosh(B) / B}
    return Derivation(needle).at_most(polynomial_gain(a, 2) * quadratic(c, s), by=Sign("as c_0, c_1 > 0", given=given))


USUAL_ERROR = sp.Rational(108, 1000)
USUAL = within(sp.Integer(1), USUAL_ERROR)
LEAST = (sp.Rational(89, 100), sp.Integer(1), sp.Rational(1, 4))


def _at_least(bounds) -> sp.Basic:
    return sp.And(*(sp.Ge(one, least, evaluate=False) for one, least in zip(c, bounds, strict=True)), evaluate=False)


usual = declare(
    "separation.kernels.fitted-usual",
    "a quadratic within 0.108 of exp at -1, 0 and 1 has c_0 >= 89/100, c_1 >= 1 and c_2 >= 1/4",
    _at_least(LEAST),
    on(COEFFICIENTS, *USUAL.values(), witness=dict(zip(c, BEST, strict=True))),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=["maps.chebyshev.series-error-2", "maps.minimax.error-2"],
    spoiled=[Spoiled("c_2 >= 1/2", _at_least((*LEAST[:2], sp.Rational(1, 2))))],
)


@evidence_for(usual, Method.DERIVED)
@derived_or_refuted_at(dict(zip(c, BEST, strict=True)))
def _usual() -> tuple[Derivation, ...]:
    one, half = sp.Integer(1), sp.Rational(1, 2)
    of_slope, of_leading = least_slope(one, USUAL_ERROR), least_leading(one, USUAL_ERROR)
    return (
        Derivation(c[0]).at_least(1 - USUAL_ERROR, by=Sign(given={USUAL[0, -1]: one})).at_least(LEAST[0], by=Sign()),
        Derivation(c[1])
        .at_least(of_slope, by=Sign(given={USUAL[1, -1]: half, USUAL[-1, 1]: half}))
        .at_least(LEAST[1], by=Certificate()),
        Derivation(c[2])
        .at_least(of_leading, by=Sign(given={USUAL[1, -1]: half, USUAL[-1, -1]: half, USUAL[0, 1]: one}))
        .at_least(LEAST[2], by=Certificate()),
    )
