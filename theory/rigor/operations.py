"""What the evaluator can do: each operation with its interval value and an enclosure of its partial derivatives.

A derivative here is Clarke's generalised gradient: at the kink of |x| it is [-1, 1]. It is UNDEFINED where the function
jumps, so that the mean value theorem holds whenever a gradient is defined.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

from flint import arb, fmpq

from theory.rigor import special
from theory.rigor.elementary import (
    UNIT,
    as_integer,
    cos,
    cosh,
    exp,
    expm1,
    integer_power,
    log,
    log1p,
    rational_power,
    real_power,
    sin,
    sinh,
    sqrt,
    tanh,
)
from theory.rigor.interval import MINUS_ONE, ONE, UNDEFINED, ZERO, Interval, absolute, maximum, minimum

MINUS_UNIT, NULL, TWO = -UNIT, Interval(ZERO, ZERO), UNIT + UNIT
UNIT_INTERVAL, SIGNS = Interval(ZERO, ONE), Interval(MINUS_ONE, ONE)


@dataclass(frozen=True, slots=True)
class Unary:
    """A function of one argument. derivative(x, value) encloses its derivative on x, given its value there."""

    name: str
    value: Callable[[Interval], Interval]
    derivative: Callable[[Interval, Interval], Interval]


@dataclass(frozen=True, slots=True)
class Binary:
    """A function of two arguments. derivative(x, y, value) encloses both partial derivatives."""

    name: str
    value: Callable[[Interval, Interval], Interval]
    derivative: Callable[[Interval, Interval, Interval], tuple[Interval, Interval]]


def _absolute_slope(x: Interval, value: Interval) -> Interval:
    if x.lo >= ZERO and x.hi > ZERO:
        return UNIT
    return MINUS_UNIT if x.hi <= ZERO and x.lo < ZERO else SIGNS


def _step_slope(x: Interval, value: Interval) -> Interval:
    """Of a function that only jumps: 0 where it is constant."""
    return NULL if value.lo == value.hi else UNDEFINED


def _erf_slope(x: Interval, value: Interval) -> Interval:
    return TWO / sqrt(Interval.of(arb.pi())) * exp(-integer_power(x, 2))


def _maximum_slopes(x: Interval, y: Interval, value: Interval) -> tuple[Interval, Interval]:
    if x.lo >= y.hi:
        return UNIT, NULL
    return (NULL, UNIT) if y.lo >= x.hi else (UNIT_INTERVAL, UNIT_INTERVAL)


def _minimum_slopes(x: Interval, y: Interval, value: Interval) -> tuple[Interval, Interval]:
    if x.hi <= y.lo:
        return UNIT, NULL
    return (NULL, UNIT) if y.hi <= x.lo else (UNIT_INTERVAL, UNIT_INTERVAL)


def _quotient_slopes(x: Interval, y: Interval, value: Interval) -> tuple[Interval, Interval]:
    inverse = UNIT / y
    return inverse, -(value * inverse)


def _power_slopes(x: Interval, y: Interval, value: Interval) -> tuple[Interval, Interval]:
    return y * real_power(x, y - UNIT), log(x) * value


def _binomial(top: Interval, bottom: Interval) -> Interval:
    """Known at integers only, with top >= 0."""
    n, k = as_integer(top), as_integer(bottom)
    if n is None or k is None or n < 0:
        return UNDEFINED
    return Interval.of(comb(n, k)) if k >= 0 else NULL


ADD = Binary("+", Interval.__add__, lambda x, y, value: (UNIT, UNIT))
SUBTRACT = Binary("-", Interval.__sub__, lambda x, y, value: (UNIT, MINUS_UNIT))
MULTIPLY = Binary("*", Interval.__mul__, lambda x, y, value: (y, x))
DIVIDE = Binary("/", Interval.__truediv__, _quotient_slopes)
POWER = Binary("**", real_power, _power_slopes)
MAXIMUM = Binary("Max", maximum, _maximum_slopes)
BINOMIAL = Binary("binomial", _binomial, lambda x, y, value: (UNDEFINED, UNDEFINED))
MINIMUM = Binary("Min", minimum, _minimum_slopes)

NEGATIVE = Unary("negative", Interval.__neg__, lambda x, value: MINUS_UNIT)
RECIPROCAL = Unary("reciprocal", lambda x: UNIT / x, lambda x, value: -integer_power(value, 2))
SQRT = Unary("sqrt", sqrt, lambda x, value: UNIT / (TWO * value))
EXP = Unary("exp", exp, lambda x, value: value)
EXPM1 = Unary("expm1", expm1, lambda x, value: exp(x))
LOG = Unary("log", log, lambda x, value: UNIT / x)
LOG1P = Unary("log1p", log1p, lambda x, value: UNIT / (UNIT + x))
ABSOLUTE = Unary("Abs", absolute, _absolute_slope)
SIGN = Unary("sign", special.sign, _step_slope)
FLOOR = Unary("floor", special.floor, _step_slope)
CEILING = Unary("ceiling", special.ceiling, _step_slope)
TANH = Unary("tanh", tanh, lambda x, value: UNIT / integer_power(cosh(x), 2))
SINH = Unary("sinh", sinh, lambda x, value: cosh(x))
COSH = Unary("cosh", cosh, lambda x, value: sinh(x))
SIN = Unary("sin", sin, lambda x, value: cos(x))
COS = Unary("cos", cos, lambda x, value: -sin(x))
ERF = Unary("erf", special.erf, _erf_slope)
ERFC = Unary("erfc", special.erfc, lambda x, value: -_erf_slope(x, value))
GAMMA = Unary("gamma", special.gamma, lambda x, value: value * special.polygamma(x, 0))
LOGGAMMA = Unary("loggamma", special.loggamma, lambda x, value: special.polygamma(x, 0))


def integer_power_of(exponent: int) -> Unary:
    """x**exponent for an integer exponent other than 0."""
    factor = Interval(arb(exponent), arb(exponent))
    return Unary(
        f"**{exponent}",
        lambda x: integer_power(x, exponent),
        lambda x, value: factor * integer_power(x, exponent - 1),
    )


def rational_power_of(exponent: fmpq) -> Unary:
    """x**exponent for a rational exponent, on x >= 0."""

    def slope(x: Interval, value: Interval) -> Interval:
        return Interval.of(exponent) * rational_power(x, exponent - 1)

    return Unary(f"**{exponent}", lambda x: rational_power(x, exponent), slope)


def polygamma_of(order: int) -> Unary:
    """The derivative of digamma of the given order, order >= 0."""
    return Unary(
        f"polygamma({order}, .)",
        lambda x: special.polygamma(x, order),
        lambda x, value: special.polygamma(x, order + 1),
    )


def bessel_i_of(order: fmpq) -> Unary:
    """Modified Bessel function I; I_v' = I_{v+1} + (v/x) I_v, and (I_{v-1} + I_{v+1})/2 where v-1 is allowed."""

    def slope(x: Interval, value: Interval) -> Interval:
        above = special.bessel_i(x, order + 1)
        if order.q == 1 or order >= 1:
            return (special.bessel_i(x, order - 1) + above) / TWO
        return above + Interval.of(order) / x * value

    return Unary(f"besseli({order}, .)", lambda x: special.bessel_i(x, order), slope)
