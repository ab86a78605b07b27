"""Intervals whose two ends are Arb points, rounded outwards; unbounded ends are native.

An interval encloses a set of real numbers. Its ends may be -oo and +oo, which stand for "no bound": the enclosed
numbers are finite. Hence 0 * oo = 0, and oo - oo gives no bound rather than NaN. `UNDEFINED` is the result of a
function outside its domain; every operation on it gives UNDEFINED, every comparison UNKNOWN.

Operations round at Arb's working precision, which `precision` sets for a block. Each computes lower and upper ends from
Arb balls at end points, so soundness rests on Arb's containment and on the monotone pieces named in the code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction

import sympy as sp
from flint import arb, ctx, fmpq, fmpz

from theory.rigor.truth import Truth

INFINITY = arb("inf")
MINUS_INFINITY = -INFINITY
ZERO, ONE = arb(0), arb(1)


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work at `bits` bits of precision inside the block. Arb's precision is global state, restored afterwards."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def _below(value: arb) -> arb:
    """The largest point known to be at or below a ball; -oo if there is none."""
    if value.is_nan():
        return MINUS_INFINITY
    low = value.lower()
    return MINUS_INFINITY if low.is_nan() else low


def _above(value: arb) -> arb:
    if value.is_nan():
        return INFINITY
    high = value.upper()
    return INFINITY if high.is_nan() else high


def _least(first: arb, *others: arb) -> arb:
    """The least of Arb points; builtin `min` compares balls and is wrong in general."""
    for other in others:
        if other < first:
            first = other
    return first


def _greatest(first: arb, *others: arb) -> arb:
    for other in others:
        if other > first:
            first = other
    return first


class Interval:
    """The real numbers from `lo` to `hi`, both Arb points (radius 0), lo <= hi, or nothing known (`UNDEFINED`)."""

    __slots__ = ("hi", "lo")

    lo: arb
    hi: arb

    def __init__(self, lo: arb, hi: arb) -> None:
        object.__setattr__(self, "lo", lo)
        object.__setattr__(self, "hi", hi)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("An Interval does not change; make a new one.")

    @classmethod
    def of(cls, low: object, high: object | None = None) -> Interval:
        """The tightest interval at the working precision from `low` to `high` (default `low`).

        Ends: int, Fraction, fmpz, fmpq, SymPy Rational or infinity, Arb (its ball is enclosed), "oo", "-oo". No floats.
        Raises TypeError for anything else, ValueError if the ends are out of order or not numbers.
        """
        lo, hi = _ball(low), _ball(low if high is None else high)
        if lo.is_nan() or hi.is_nan():
            raise ValueError(f"The ends {low} and {high} are not numbers.")
        bottom, top = lo.lower(), hi.upper()
        if not bottom <= top:
            raise ValueError(f"The ends are out of order: {low} > {high}.")
        return cls(bottom, top)

    @property
    def defined(self) -> bool:
        return not self.lo.is_nan()

    @property
    def bounded(self) -> bool:
        return self.lo.is_finite() and self.hi.is_finite()

    def contains(self, value: object) -> bool:
        """Whether the whole ball of `value` certainly lies inside."""
        ball = _ball(value)
        return self.defined and not ball.is_nan() and bool(self.lo <= ball.lower()) and bool(ball.upper() <= self.hi)

    def __repr__(self) -> str:
        return (
            f"Interval[{self.lo.str(20, radius=False)}, {self.hi.str(20, radius=False)}]"
            if self.defined
            else "UNDEFINED"
        )

    def __neg__(self) -> Interval:
        return Interval(-self.hi, -self.lo)

    def __add__(self, other: Interval) -> Interval:
        if not (self.defined and other.defined):
            return UNDEFINED
        return Interval(_below(self.lo + other.lo), _above(self.hi + other.hi))

    def __sub__(self, other: Interval) -> Interval:
        if not (self.defined and other.defined):
            return UNDEFINED
        return Interval(_below(self.lo - other.hi), _above(self.hi - other.lo))

    def __mul__(self, other: Interval) -> Interval:
        if not (self.defined and other.defined):
            return UNDEFINED
        a, b, c, d = self.lo, self.hi, other.lo, other.hi
        if a >= 0 and c >= 0:
            return Interval(_below(_times(a, c)), _above(_times(b, d)))
        products = [_times(a, c), _times(a, d), _times(b, c), _times(b, d)]
        return Interval(_least(*map(_below, products)), _greatest(*map(_above, products)))

    def __truediv__(self, other: Interval) -> Interval:
        if not (self.defined and other.defined) or not (other.lo > 0 or other.hi < 0):
            return UNDEFINED
        if other.hi < 0:
            return (-self) / (-other)
        a, b, c, d = self.lo, self.hi, other.lo, other.hi
        low = _below(a / d) if a >= 0 else _below(a / c)
        high = _above(b / c) if b >= 0 else _above(b / d)
        if a == 0:
            low = ZERO
        if b == 0:
            high = ZERO
        return Interval(low, high)


UNDEFINED = Interval(arb("nan"), arb("nan"))
LINE = Interval(MINUS_INFINITY, INFINITY)


def _ball(value: object) -> arb:
    if isinstance(value, arb):
        return value
    if isinstance(value, bool):
        raise TypeError("A truth value is not a number; give an exact number.")
    if isinstance(value, int | fmpz | fmpq):
        return arb(value)
    if isinstance(value, Fraction):
        return arb(fmpq(value.numerator, value.denominator))
    if isinstance(value, sp.Rational):
        return arb(fmpq(int(value.p), int(value.q)))
    if value == "oo" or value is sp.oo:
        return INFINITY
    if value == "-oo" or value is -sp.oo:
        return MINUS_INFINITY
    raise TypeError(f"{value!r} is not an exact number; write an integer, a Fraction or a Rational.")


def _times(first: arb, second: arb) -> arb:
    """A product of ends, with 0 * oo = 0 because the numbers behind an infinite end are finite."""
    return ZERO if first == 0 or second == 0 else first * second


def less(first: Interval, second: Interval) -> Truth:
    """first < second, for all numbers in them, for none, or not known."""
    if not (first.defined and second.defined):
        return Truth.UNKNOWN
    if first.hi < second.lo:
        return Truth.TRUE
    return Truth.FALSE if first.lo >= second.hi else Truth.UNKNOWN


def less_equal(first: Interval, second: Interval) -> Truth:
    """first <= second, for all numbers in them, for none, or not known."""
    if not (first.defined and second.defined):
        return Truth.UNKNOWN
    if first.hi <= second.lo:
        return Truth.TRUE
    return Truth.FALSE if first.lo > second.hi else Truth.UNKNOWN


def equal(first: Interval, second: Interval) -> Truth:
    """first = second: TRUE only for one and the same exact number."""
    if not (first.defined and second.defined):
        return Truth.UNKNOWN
    if first.lo == first.hi and second.lo == second.hi and first.lo == second.lo and first.bounded:
        return Truth.TRUE
    return Truth.FALSE if first.hi < second.lo or second.hi < first.lo else Truth.UNKNOWN


def union(first: Interval, second: Interval) -> Interval:
    """The least interval that holds both; UNDEFINED if one is."""
    if not (first.defined and second.defined):
        return UNDEFINED
    return Interval(_least(first.lo, second.lo), _greatest(first.hi, second.hi))


def minimum(first: Interval, second: Interval) -> Interval:
    if not (first.defined and second.defined):
        return UNDEFINED
    return Interval(_least(first.lo, second.lo), _least(first.hi, second.hi))


def maximum(first: Interval, second: Interval) -> Interval:
    return -minimum(-first, -second)


def absolute(x: Interval) -> Interval:
    if not x.defined or x.lo >= 0:
        return x
    return -x if x.hi <= 0 else Interval(ZERO, _greatest(-x.lo, x.hi))


def _increasing(
    function: Callable[[arb], arb], at_minus: arb, at_plus: arb, least: arb = MINUS_INFINITY, greatest: arb = INFINITY
) -> Callable[[Interval], Interval]:
    """An increasing function on the line, with its limits at -oo and +oo and its bounds, as an interval function."""

    def evaluate(x: Interval) -> Interval:
        if not x.defined:
            return UNDEFINED
        low = at_minus if x.lo == MINUS_INFINITY else at_plus if x.lo == INFINITY else _below(function(x.lo))
        high = at_plus if x.hi == INFINITY else at_minus if x.hi == MINUS_INFINITY else _above(function(x.hi))
        return Interval(_greatest(low, least), _least(high, greatest))

    return evaluate


exponential = _increasing(arb.exp, ZERO, INFINITY, least=ZERO)
expm1 = _increasing(arb.expm1, -ONE, INFINITY, least=-ONE)
sinh = _increasing(arb.sinh, MINUS_INFINITY, INFINITY)
tanh = _increasing(arb.tanh, -ONE, ONE, -ONE, ONE)
erf = _increasing(arb.erf, -ONE, ONE, -ONE, ONE)
floor = _increasing(arb.floor, MINUS_INFINITY, INFINITY)
ceiling = _increasing(arb.ceil, MINUS_INFINITY, INFINITY)
_log = _increasing(arb.log, MINUS_INFINITY, INFINITY)
_log1p = _increasing(arb.log1p, MINUS_INFINITY, INFINITY)
_sqrt = _increasing(arb.sqrt, ZERO, INFINITY, least=ZERO)


def logarithm(x: Interval) -> Interval:
    """log; the end 0 gives -oo, anything negative UNDEFINED."""
    if not x.defined or x.lo < 0 or x.hi <= 0:
        return UNDEFINED
    return Interval(MINUS_INFINITY, _log(x).hi) if x.lo == 0 else _log(x)


def log1p(x: Interval) -> Interval:
    if not x.defined or x.lo < -1 or x.hi <= -1:
        return UNDEFINED
    return Interval(MINUS_INFINITY, _log1p(x).hi) if x.lo == -1 else _log1p(x)


def square_root(x: Interval) -> Interval:
    return UNDEFINED if not x.defined or x.lo < 0 else _sqrt(x)


def cosh(x: Interval) -> Interval:
    x = absolute(x)
    if not x.defined:
        return UNDEFINED
    high = INFINITY if x.hi == INFINITY else _above(x.hi.cosh())
    return Interval(_greatest(ONE, _below(x.lo.cosh())) if x.lo.is_finite() else INFINITY, high)


def integer_power(x: Interval, exponent: int) -> Interval:
    """x^k for an integer k, sharp on every sign; for k < 0 UNDEFINED if x may be 0."""
    if not x.defined:
        return UNDEFINED
    if exponent == 0:
        return Interval(ONE, ONE)
    if exponent < 0:
        return Interval(ONE, ONE) / integer_power(x, -exponent)
    if exponent % 2 == 0:
        x = absolute(x)
    low = x.lo if not x.lo.is_finite() else _below(x.lo**exponent)
    high = x.hi if not x.hi.is_finite() else _above(x.hi**exponent)
    return Interval(low, high)


def power(base: Interval, exponent: Interval) -> Interval:
    """base^exponent for a positive base: exp(exponent log(base)); base 0 is allowed where the exponent is positive."""
    if not (base.defined and exponent.defined) or base.lo < 0 or (base.lo == 0 and not exponent.lo > 0):
        return UNDEFINED
    if base.hi == 0:
        return Interval(ZERO, ZERO)
    return exponential(exponent * logarithm(base))


def loggamma(x: Interval) -> Interval:
    """log of the gamma function on (0, oo)."""
    return _valley(x, lambda point: point.lgamma())


def gamma(x: Interval) -> Interval:
    """The gamma function on (0, oo)."""
    return _valley(x, lambda point: point.gamma())


def _valley(x: Interval, function: Callable[[arb], arb]) -> Interval:
    """gamma or loggamma on (0, oo): falling up to the zero of digamma near 1.4616, then rising."""
    if not x.defined or not x.lo > 0:
        return UNDEFINED
    turn_low, turn_high = arb(fmpq(14616, 10000)).lower(), arb(fmpq(14617, 10000)).upper()
    if not (turn_low.digamma() < 0 and turn_high.digamma() > 0):
        return UNDEFINED  # the working precision is too low to place the minimum
    at_low = INFINITY if not x.lo.is_finite() else function(x.lo)
    at_high = INFINITY if not x.hi.is_finite() else function(x.hi)
    if x.hi <= turn_low:
        return Interval(_below(at_high), _above(at_low))
    if x.lo >= turn_high:
        return Interval(_below(at_low), _above(at_high))
    middle = function(turn_low.union(turn_high))
    low = _least(_below(middle), _below(at_low), _below(at_high))
    return Interval(low, _greatest(_above(at_low), _above(at_high), _above(middle)))


def bessel_i(order: int, x: Interval) -> Interval:
    """The modified Bessel function I_k for an integer k >= 0: increasing on [0, oo), even or odd like k."""
    if not x.defined or order < 0:
        return UNDEFINED
    if order % 2 == 0:
        x = absolute(x)
    return _increasing(
        lambda point: ZERO**order if point == 0 else point.bessel_i(arb(order)),
        MINUS_INFINITY,
        INFINITY,
        least=ZERO if order % 2 == 0 else MINUS_INFINITY,
    )(x)
