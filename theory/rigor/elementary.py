"""Powers and elementary functions of intervals, sharp: evaluated at the ends of monotone pieces."""

from __future__ import annotations

from collections.abc import Callable

from flint import arb, fmpq, fmpz

from theory.rigor.interval import (
    INFINITY,
    MINUS_INFINITY,
    MINUS_ONE,
    ONE,
    UNDEFINED,
    ZERO,
    Interval,
    absolute,
    greatest,
    least,
    round_down,
    round_finite_down,
    round_up,
)

UNIT = Interval(ONE, ONE)
LARGEST_ROOT = 1000  # x**(p/q) with a larger q goes through the logarithm


def as_integer(x: Interval) -> int | None:
    """The integer that x is, None if it is not a single one."""
    whole: fmpz | None = x.lo.unique_fmpz() if x.lo == x.hi else None
    return None if whole is None else int(whole)


def _size_down(x: arb, exponent: int) -> arb:
    """x**exponent rounded down, for a point x >= 0 and exponent > 0; Arb loses the sign of huge powers."""
    return round_finite_down(x**exponent, ONE if x >= ONE else ZERO)


def _size_up(x: arb, exponent: int) -> arb:
    return round_up(x**exponent, ONE if x <= ONE else INFINITY)


def integer_power(x: Interval, exponent: int) -> Interval:
    """x**exponent, sharp: [-1, 2]**2 is [0, 4]. x**0 is 1, also at 0, as in SymPy."""
    if x is UNDEFINED or exponent == 1:
        return x
    if exponent == 0:
        return UNIT
    if exponent < 0:
        return UNDEFINED if x.lo < ZERO < x.hi else UNIT / integer_power(x, -exponent)
    if x.lo >= ZERO:
        return Interval(_size_down(x.lo, exponent), _size_up(x.hi, exponent))
    if x.hi <= ZERO:
        low, high = _size_down(-x.hi, exponent), _size_up(-x.lo, exponent)
        return Interval(-high, -low) if exponent % 2 else Interval(low, high)
    if exponent % 2:
        return Interval(-_size_up(-x.lo, exponent), _size_up(x.hi, exponent))
    return Interval(ZERO, _size_up(greatest(-x.lo, x.hi), exponent))


def sqrt(x: Interval) -> Interval:
    """The square root; UNDEFINED if x holds negative numbers."""
    if not x.lo >= ZERO:
        return UNDEFINED
    return Interval(round_down(x.lo.sqrt(), ZERO), round_up(x.hi.sqrt()))


def rational_power(x: Interval, exponent: fmpq) -> Interval:
    """x**(p/q) for x >= 0, q > 1; UNDEFINED if x holds negative numbers (SymPy's root is complex there)."""
    numerator, denominator = int(exponent.p), int(exponent.q)
    if denominator == 1:
        return integer_power(x, numerator)
    if not x.lo >= ZERO:
        return UNDEFINED
    if numerator < 0:
        return UNIT / rational_power(x, -exponent)
    if denominator > LARGEST_ROOT:
        return real_power(x, Interval.of(exponent))
    power = integer_power(x, numerator)
    return Interval(round_down(power.lo.root(denominator), ZERO), round_up(power.hi.root(denominator)))


def real_power(x: Interval, y: Interval) -> Interval:
    """x**y = exp(y log x) for x >= 0, where 0**y is 0 for y > 0; an integer point y takes any x."""
    if x is UNDEFINED or y is UNDEFINED:
        return UNDEFINED
    whole = as_integer(y)
    if whole is not None:
        return integer_power(x, whole)
    if not x.lo >= ZERO:
        return UNDEFINED
    if x.hi == ZERO:
        if y.lo > ZERO:
            return Interval(ZERO, ZERO)
        return UNDEFINED if y.lo < ZERO else Interval(ZERO, ONE)
    return exp(y * log(x))


def exp(x: Interval) -> Interval:
    """e**x; exp(-oo) is 0."""
    if x is UNDEFINED:
        return UNDEFINED
    low = round_finite_down(x.lo.exp(), ONE if x.lo >= ZERO else ZERO)
    return Interval(low, round_up(x.hi.exp(), ONE if x.hi <= ZERO else INFINITY))


def log(x: Interval) -> Interval:
    """The natural logarithm; -oo at a zero end, UNDEFINED if x holds negative numbers or is 0."""
    if not (x.lo >= ZERO and x.hi > ZERO):
        return UNDEFINED
    return Interval(MINUS_INFINITY if x.lo == ZERO else x.lo.log().lower(), x.hi.log().upper())


def expm1(x: Interval) -> Interval:
    """e**x - 1."""
    if x is UNDEFINED:
        return UNDEFINED
    low = round_finite_down(x.lo.expm1(), ZERO if x.lo >= ZERO else MINUS_ONE)
    return Interval(low, round_up(x.hi.expm1(), ZERO if x.hi <= ZERO else INFINITY))


def log1p(x: Interval) -> Interval:
    """log(1 + x); -oo at the end -1, UNDEFINED if x holds numbers below -1 or is -1."""
    if not (x.lo >= MINUS_ONE and x.hi > MINUS_ONE):
        return UNDEFINED
    return Interval(MINUS_INFINITY if x.lo == MINUS_ONE else x.lo.log1p().lower(), x.hi.log1p().upper())


def tanh(x: Interval) -> Interval:
    """The hyperbolic tangent; 1 at oo."""
    if x is UNDEFINED:
        return UNDEFINED
    low, high = x.lo.tanh(), x.hi.tanh()
    return Interval(round_down(low, ZERO if x.lo >= ZERO else MINUS_ONE), round_up(high, ZERO if x.hi <= ZERO else ONE))


def sinh(x: Interval) -> Interval:
    """The hyperbolic sine."""
    if x is UNDEFINED:
        return UNDEFINED
    low = round_down(x.lo.sinh(), ZERO if x.lo >= ZERO else MINUS_INFINITY)
    high = round_up(x.hi.sinh(), ZERO if x.hi <= ZERO else INFINITY)
    return Interval(low, high)


def cosh(x: Interval) -> Interval:
    """The hyperbolic cosine, sharp around its minimum 1 at 0."""
    size = absolute(x)
    if size is UNDEFINED:
        return UNDEFINED
    return Interval(round_finite_down(size.lo.cosh(), ONE), round_up(size.hi.cosh()))


def cos(x: Interval) -> Interval:
    """The cosine, whose crests lie at the even multiples of pi."""
    return _wave(x, arb.cos, Interval(ZERO, ZERO))


def sin(x: Interval) -> Interval:
    """The sine, whose crests lie at pi/2 and every 2 pi from there."""
    return _wave(x, arb.sin, Interval.of(fmpq(1, 2)))


def _wave(x: Interval, wave: Callable[[arb], arb], crest: Interval) -> Interval:
    """Sharp: at the ends, where no crest and no trough lies between them; 1 or -1 for each that is not excluded.

    crest: where one crest lies, in units of pi. The others follow every 2 units, and a trough 1 after each.
    """
    if x is UNDEFINED:
        return UNDEFINED
    if not x.bounded:
        return Interval(MINUS_ONE, ONE)
    left, right, units = wave(x.lo), wave(x.hi), x / Interval.of(arb.pi()) - crest
    trough, top = _may_hold_even(units - UNIT), _may_hold_even(units)
    low = MINUS_ONE if trough else least(round_down(left, MINUS_ONE), round_down(right, MINUS_ONE))
    return Interval(low, ONE if top else greatest(round_up(left, ONE), round_up(right, ONE)))


def _may_hold_even(x: Interval) -> bool:
    """Whether an even number in x is not excluded; in doubt it is not, which makes an enclosure wider."""
    half = x / Interval(arb(2), arb(2))
    return not half.lo.ceil() > half.hi.floor()
