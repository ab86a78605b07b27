"""Functions and powers of spans, for the checker. Outside of where a function is known to be defined it gives None."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from flint import arb, fmpq

from theory.rigor import checker_spans as spans
from theory.rigor.checker_spans import (
    INFINITY,
    LARGEST_POWER,
    MINUS_INFINITY,
    NOUGHT,
    ONE,
    UNIT,
    ZERO,
    Span,
    down,
    integer_power,
    max_of,
    min_of,
    negative,
    positive,
    up,
    whole_number,
)


def _increasing(
    function: Callable[[arb], arb], at_minus_infinity: arb | None, at_infinity: arb
) -> Callable[[Span | None], Span | None]:
    """The extension to spans of an increasing function on the reals, with its limits at both infinities.

    The limits are never attained, so they are also a bound that rounding must not cross.
    """

    def extended(a: Span | None) -> Span | None:
        if a is None:
            return None
        floor = MINUS_INFINITY if at_minus_infinity is None else at_minus_infinity
        low = floor if a.low == MINUS_INFINITY else down(function(a.low))
        high = at_infinity if a.high == INFINITY else up(function(a.high))
        low_open, high_open = a.low_open, a.high_open
        if low <= floor:
            low, low_open = floor, True
        if high >= at_infinity:
            high, high_open = at_infinity, True
        return Span(low, high, low_open, high_open)

    return extended


exp = _increasing(arb.exp, ZERO, INFINITY)
expm1 = _increasing(arb.expm1, -ONE, INFINITY)
tanh = _increasing(arb.tanh, -ONE, ONE)
sinh = _increasing(arb.sinh, None, INFINITY)
erf = _increasing(arb.erf, -ONE, ONE)


def erfc(a: Span | None) -> Span | None:
    """1 - erf, evaluated without the cancellation."""
    flipped = _increasing(lambda x: (-x).erfc(), ZERO, arb(2))
    return flipped(spans.negate(a))


def log(a: Span | None) -> Span | None:
    if a is None or not positive(a):
        return None
    low = MINUS_INFINITY if a.low == ZERO else down(a.low.log())
    high = INFINITY if a.high == INFINITY else up(a.high.log())
    return Span(low, high, a.low_open, a.high_open)


def log1p(a: Span | None) -> Span | None:
    if a is None or not (a.low > -ONE or (a.low == -ONE and a.low_open)):
        return None
    low = MINUS_INFINITY if a.low == -ONE else down(a.low.log1p())
    high = INFINITY if a.high == INFINITY else up(a.high.log1p())
    return Span(low, high, a.low_open, a.high_open)


def cosh(a: Span | None) -> Span | None:
    a = spans.absolute(a)
    if a is None:
        return None
    low = ONE if a.low == ZERO else max_of(down(a.low.cosh()), ONE)
    high = INFINITY if a.high == INFINITY else up(a.high.cosh())
    return Span(low, high, a.low_open, a.high_open)


def _wave(function: Callable[[arb], arb], crest: Fraction) -> Callable[[Span | None], Span | None]:
    """Sine or cosine, which is 1 at crest * pi and changes sign with every pi from there.

    Piece k is the part between (crest + k) pi and (crest + k + 1) pi. There the wave is monotone: it falls from 1 to -1
    for even k and rises for odd k.
    """

    def piece(x: arb, bound: Callable[[arb], arb]) -> arb:
        return bound(x / arb.pi() - arb(fmpq(crest.numerator, crest.denominator))).floor()

    def extended(a: Span | None) -> Span | None:
        if a is None:
            return None
        everything = Span(-ONE, ONE)
        if not (a.low.is_finite() and a.high.is_finite()):
            return everything
        first, last = piece(a.low, down), piece(a.high, up)  # the span lies on these and the pieces between them
        if not last - first < arb(2):
            return everything
        low, high = function(a.low), function(a.high)
        if first == last:
            if whole_number(first) % 2 == 0:
                return Span(max_of(down(high), -ONE), min_of(up(low), ONE), a.high_open, a.low_open)
            return Span(max_of(down(low), -ONE), min_of(up(high), ONE), a.low_open, a.high_open)
        if whole_number(last) % 2 == 0:  # the wave may turn where the last piece begins
            return Span(max_of(min_of(down(low), down(high)), -ONE), ONE)
        return Span(-ONE, min_of(max_of(up(low), up(high)), ONE))

    return extended


cos = _wave(arb.cos, Fraction(0))
sin = _wave(arb.sin, Fraction(1, 2))


def floor(a: Span | None) -> Span | None:
    if a is None:
        return None
    low = MINUS_INFINITY if a.low == MINUS_INFINITY else down(a.low.floor())
    high = INFINITY if a.high == INFINITY else up(a.high.floor())
    return Span(low, high, low == MINUS_INFINITY, high == INFINITY)


def ceiling(a: Span | None) -> Span | None:
    return spans.negate(floor(spans.negate(a)))


def sign(a: Span | None) -> Span | None:
    """The sign; where 0 lies inside, [-1, 1], which is also the generalised derivative of the absolute value."""
    if a is None:
        return None
    if positive(a):
        return UNIT
    if negative(a):
        return Span(-ONE, -ONE)
    return Span(-ONE, ONE)


def heaviside(a: Span | None) -> Span | None:
    """The unit step; where 0 lies inside, [0, 1], which is also the generalised derivative of the positive part."""
    if a is None:
        return None
    if positive(a):
        return UNIT
    if negative(a):
        return NOUGHT
    return Span(ZERO, ONE)


GAMMA_VALLEY = (Fraction(14616, 10_000), Fraction(14617, 10_000))


def _valley(function: Callable[[arb], arb]) -> Callable[[Span | None], Span | None]:
    """Gamma and its logarithm on the positive reals: convex, falling before the valley and rising after it.

    That the minimum lies between the two numbers of `GAMMA_VALLEY` is the sign of the digamma function there.
    """

    def extended(a: Span | None) -> Span | None:
        if a is None or not positive(a):
            return None
        at_low = INFINITY if a.low == ZERO else function(a.low)
        at_high = INFINITY if a.high == INFINITY else function(a.high)
        before, after = (arb(fmpq(q.numerator, q.denominator)) for q in GAMMA_VALLEY)
        if a.high < before:
            return Span(down(at_high), up(at_low), a.high_open, a.low_open)
        if a.low > after:
            return Span(down(at_low), up(at_high), a.low_open, a.high_open)
        least = function(before.union(after))
        low = min_of(down(least), min_of(down(at_low), down(at_high)))
        return Span(low, max_of(up(at_low), up(at_high)), False, False)

    return extended


gamma = _valley(arb.gamma)
loggamma = _valley(arb.lgamma)


def polygamma(order: int, a: Span | None) -> Span | None:
    """Derivatives of loggamma on the positive reals; those of odd order fall to 0, digamma rises without bound."""
    if a is None or not positive(a) or order < 0 or order > 50:
        return None
    if order == 0:
        low = MINUS_INFINITY if a.low == ZERO else down(a.low.digamma())
        high = INFINITY if a.high == INFINITY else up(a.high.digamma())
        return Span(low, high, a.low_open, a.high_open)
    factorial = arb(order).fac()
    exponent = arb(order + 1)
    high = INFINITY if a.low == ZERO else up(factorial * exponent.zeta(a.low))
    low = ZERO if a.high == INFINITY else max_of(down(factorial * exponent.zeta(a.high)), ZERO)
    size = Span(low, high, a.high_open, a.low_open)
    return size if order % 2 == 1 else spans.negate(size)


def bessel_i(order: Span | None, a: Span | None) -> Span | None:
    """The modified Bessel function I for a fixed order: rising from 0 on, and even or odd for integer orders."""
    if order is None or a is None or order.low != order.high:
        return None
    index = order.low
    if index.is_integer():
        index = abs(index)
    if index < ZERO:
        return None
    if a.low < ZERO:
        if not index.is_integer():
            return None
        if whole_number(index) % 2 == 0:
            return bessel_i(Span(index, index), spans.absolute(a))
        if a.high > ZERO:
            below = bessel_i(Span(index, index), Span(a.low, ZERO, a.low_open))
            return spans.hull(below, bessel_i(Span(index, index), Span(ZERO, a.high, False, a.high_open)))
        return spans.negate(bessel_i(Span(index, index), spans.negate(a)))
    least = ONE if index == ZERO else ZERO
    low = least if a.low == ZERO else max_of(down(a.low.bessel_i(index)), least)
    high = least if a.high == ZERO else INFINITY if a.high == INFINITY else up(a.high.bessel_i(index))
    return Span(low, high, a.low_open, a.high_open)


def rational_power(a: Span | None, exponent: Fraction) -> Span | None:
    """A power with a fixed rational exponent; the base must not be negative."""
    if abs(exponent) > LARGEST_POWER:
        return power(a, spans.rational(exponent)) if a is not None and positive(a) else None
    if exponent.denominator == 1:
        return integer_power(a, exponent.numerator)
    if a is None or a.low < ZERO:
        return None
    if exponent < 0:
        return spans.reciprocal(rational_power(a, -exponent))
    if exponent == Fraction(1, 2):
        ends = (a.low.sqrt(), a.high.sqrt())
    else:
        root = arb(fmpq(exponent.numerator, exponent.denominator))
        ends = (a.low**root, a.high**root)
    low = ZERO if a.low == ZERO else max_of(down(ends[0]), ZERO)
    high = ZERO if a.high == ZERO else INFINITY if a.high == INFINITY else up(ends[1])
    return Span(low, high, a.low_open, a.high_open)


def power(base: Span | None, exponent: Span | None) -> Span | None:
    """A power whose exponent varies: exp(exponent * log(base)), and 0 to a positive power is 0."""
    if base is None or exponent is None:
        return None
    if exponent.low == exponent.high and exponent.low.is_integer() and abs(exponent.low) <= LARGEST_POWER:
        return integer_power(base, whole_number(exponent.low))
    if positive(base):
        return exp(spans.multiply(exponent, log(base)))
    if base.low == ZERO and positive(exponent):
        if base.high == ZERO:
            return NOUGHT
        above = exp(spans.multiply(exponent, log(Span(ZERO, base.high, True, base.high_open))))
        assert above is not None
        return Span(ZERO, above.high, False, above.high_open)
    return None
