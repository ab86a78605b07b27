"""Closed intervals of the extended real line whose two ends are Arb points, rounded outward.

An interval stands for the real numbers between its ends; an infinite end says that they are unbounded. Every operation
returns an interval that contains the exact result for every choice of numbers in its arguments, at the working
precision, which is global to Arb: set it with `precision(bits)`.

The value UNDEFINED stands for "not shown to be a real number": the logarithm of an interval that holds negative
numbers, a quotient by an interval around zero. Every operation on UNDEFINED gives UNDEFINED and every comparison with
it is UNKNOWN, so a NaN never becomes a number. A pole at one end only gives an unbounded interval instead: 1/[0, 2] is
[1/2, oo], which contains every value that exists.

Why two points and not Arb's balls: a ball around [0, 4] holds negative numbers, so that it has no square root, and no
ball is an unbounded interval. An infinite end is a bound that no number attains, so at the corners of a product 0*oo
counts as 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import NoReturn, TypeAlias

import sympy as sp
from flint import arb, ctx, fmpq, fmpz

from theory.rigor.truth import Truth

ExactRational: TypeAlias = int | Fraction | fmpz | fmpq | sp.Rational

ZERO, ONE, MINUS_ONE = arb(0), arb(1), arb(-1)
INFINITY, MINUS_INFINITY = arb("inf"), arb("-inf")


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work with `bits` bits inside the block, and with what was set before after it."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


class Interval:
    """The real numbers from `lo` to `hi`, two Arb points with lo <= hi that may be infinite; or UNDEFINED.

    Make one with `Interval.of`, which rounds and checks. The constructor does neither: it is for ends known to be
    Arb points in order. `+`, `-`, `*`, `/` act on intervals; comparisons are the functions `less`, `less_equal`,
    `equal`.
    """

    __slots__ = ("hi", "lo")
    lo: arb
    hi: arb

    def __init__(self, lo: arb, hi: arb) -> None:
        _set_lo(self, lo)
        _set_hi(self, hi)

    @classmethod
    def of(cls, low: object, high: object | None = None) -> Interval:
        """The smallest interval of the working precision that contains `low` and `high` (by default `low`).

        Ends: int, Fraction, fmpq, SymPy rationals, sp.oo, "oo" and their negatives, or Arb numbers, whose whole ball is
        enclosed. Raises TypeError for a float (write a rational) and ValueError if low > high or an end is NaN.
        """
        first = _ball(low)
        last = first if high is None else _ball(high)
        lo, hi = first.lower(), last.upper()
        if not lo <= hi:
            raise ValueError(f"An interval needs low <= high; got low = {low} and high = {high}.")
        return cls(lo, hi)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("An Interval does not change; make a new one.")

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("Intervals have no ==; use `equal` for the numbers in them or `same_ends` for the sets.")

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "UNDEFINED" if self is UNDEFINED else f"[{_text(self.lo)}, {_text(self.hi)}]"

    @property
    def defined(self) -> bool:
        """Whether this is an interval of numbers and not UNDEFINED."""
        return not self.lo.is_nan()

    @property
    def bounded(self) -> bool:
        """Whether both ends are finite numbers."""
        return self.lo.is_finite() and self.hi.is_finite()

    def contains(self, number: ExactRational | arb) -> bool:
        """Whether a rational (decided exactly) or every number of an Arb ball lies in the interval."""
        if isinstance(number, arb):
            return self.lo <= number and number <= self.hi
        value = exact(number)
        above = self.lo == MINUS_INFINITY or (self.lo.is_finite() and self.lo.fmpq() <= value)
        return above and (self.hi == INFINITY or (self.hi.is_finite() and value <= self.hi.fmpq()))

    def __neg__(self) -> Interval:
        return self if self is UNDEFINED else Interval(-self.hi, -self.lo)

    def __add__(self, other: Interval) -> Interval:
        if self is UNDEFINED or other is UNDEFINED:
            return UNDEFINED
        return Interval(round_down(self.lo + other.lo), round_up(self.hi + other.hi))

    def __sub__(self, other: Interval) -> Interval:
        """oo - oo is the whole line."""
        if self is UNDEFINED or other is UNDEFINED:
            return UNDEFINED
        return Interval(round_down(self.lo - other.hi), round_up(self.hi - other.lo))

    def __mul__(self, other: Interval) -> Interval:
        """By the signs of the ends, which say at which two corners the product is least and greatest."""
        if self is UNDEFINED or other is UNDEFINED:
            return UNDEFINED
        a, b, c, d = self.lo, self.hi, other.lo, other.hi
        if a >= ZERO:
            if c >= ZERO:
                return Interval(_product_down(a, c), _product_up(b, d))
            if d <= ZERO:
                return Interval(_product_down(b, c), _product_up(a, d))
            return Interval(_product_down(b, c), _product_up(b, d))
        if b <= ZERO:
            if c >= ZERO:
                return Interval(_product_down(a, d), _product_up(b, c))
            if d <= ZERO:
                return Interval(_product_down(b, d), _product_up(a, c))
            return Interval(_product_down(a, d), _product_up(a, c))
        if c >= ZERO:
            return Interval(_product_down(a, d), _product_up(b, d))
        if d <= ZERO:
            return Interval(_product_down(b, c), _product_up(a, c))
        return Interval(least(_product_down(a, d), _product_down(b, c)), greatest(_product_up(a, c), _product_up(b, d)))

    def __truediv__(self, other: Interval) -> Interval:
        """A zero inside `other` (or other = 0) gives UNDEFINED, a zero at one of its ends an unbounded interval."""
        if self is UNDEFINED or other is UNDEFINED:
            return UNDEFINED
        a, b, c, d = self.lo, self.hi, other.lo, other.hi
        if d <= ZERO:
            a, b, c, d = -b, -a, -d, -c
        if c > ZERO:
            return Interval(round_down(a / d if a >= ZERO else a / c), round_up(b / c if b >= ZERO else b / d))
        if c == ZERO and d > ZERO:
            return Interval(a, b) * Interval((ONE / d).lower(), INFINITY)
        return UNDEFINED


_set_lo, _set_hi = Interval.lo.__set__, Interval.hi.__set__  # type: ignore[attr-defined]

UNDEFINED = Interval(arb("nan"), arb("nan"))
LINE = Interval(MINUS_INFINITY, INFINITY)


# --- exact numbers ----------------------------------------------------------------------------------------------------


def exact(number: object) -> fmpq:
    """An exact rational number in flint's type. Raises TypeError for anything else, floats above all."""
    if isinstance(number, int | fmpz | fmpq) and not isinstance(number, bool):
        return fmpq(number)
    if isinstance(number, Fraction):
        return fmpq(number.numerator, number.denominator)
    if isinstance(number, sp.Rational) and number.is_finite:
        return fmpq(int(number.p), int(number.q))
    raise TypeError(f"{number!r} is not an exact number; write an integer, a Fraction or a sympy.Rational.")


def _ball(number: object) -> arb:
    if isinstance(number, arb):
        return number
    if number is sp.oo or number == "oo":
        return INFINITY
    if number is -sp.oo or number == "-oo":
        return MINUS_INFINITY
    return arb(exact(number))


def _text(end: arb) -> str:
    if not end.is_finite():
        return "oo" if end == INFINITY else "-oo"
    return end.str(20, radius=False)


# --- points -----------------------------------------------------------------------------------------------------------
# Arb points, infinite ones included, are totally ordered, so a comparison of two of them always decides.


def least(first: arb, second: arb) -> arb:
    """The smaller of two Arb points; the builtin `min` is wrong for balls."""
    return first if first <= second else second


def greatest(first: arb, second: arb) -> arb:
    """The larger of two Arb points."""
    return first if first >= second else second


def round_down(ball: arb, bound: arb = MINUS_INFINITY) -> arb:
    """The lower end of a ball; or `bound`, a lower bound known beforehand, where Arb knows less (NaN, overflow)."""
    end = ball.lower()
    return end if end >= bound else bound


def round_up(ball: arb, bound: arb = INFINITY) -> arb:
    """The upper end of a ball; or `bound`, an upper bound known beforehand, where Arb knows less."""
    end = ball.upper()
    return end if end <= bound else bound


def round_finite_down(ball: arb, bound: arb) -> arb:
    """As `round_down`, and never oo, so that what lies below an infinite end stays an interval of numbers."""
    end = round_down(ball, bound)
    return bound if end == INFINITY else end


def _product_down(x: arb, y: arb) -> arb:
    end = (x * y).lower()
    return ZERO if end.is_nan() else end  # only 0*oo is NaN


def _product_up(x: arb, y: arb) -> arb:
    end = (x * y).upper()
    return ZERO if end.is_nan() else end


# --- comparison -------------------------------------------------------------------------------------------------------
# The ends of UNDEFINED are NaN, and every comparison of Arb's with NaN is False: it comes out as UNKNOWN.


def less(x: Interval, y: Interval) -> Truth:
    """x < y, for all numbers in them, for none, or not known."""
    if x.hi < y.lo:
        return Truth.TRUE
    return Truth.FALSE if x.lo >= y.hi else Truth.UNKNOWN


def less_equal(x: Interval, y: Interval) -> Truth:
    """x <= y, for all numbers in them, for none, or not known."""
    if x.hi <= y.lo:
        return Truth.TRUE
    return Truth.FALSE if x.lo > y.hi else Truth.UNKNOWN


def equal(x: Interval, y: Interval) -> Truth:
    """x = y: TRUE only for one and the same point, FALSE if no number is in both."""
    if x.hi < y.lo or y.hi < x.lo:
        return Truth.FALSE
    return Truth.TRUE if x.hi <= y.lo and y.hi <= x.lo else Truth.UNKNOWN


def same_ends(x: Interval, y: Interval) -> bool:
    """Whether two intervals are the same set."""
    return (x is UNDEFINED and y is UNDEFINED) or (x.lo == y.lo and x.hi == y.hi)


# --- sets, and functions that pick an argument ------------------------------------------------------------------------


def union(x: Interval, y: Interval) -> Interval:
    """The smallest interval that contains both; UNDEFINED if one is."""
    if x is UNDEFINED or y is UNDEFINED:
        return UNDEFINED
    return Interval(least(x.lo, y.lo), greatest(x.hi, y.hi))


def minimum(x: Interval, y: Interval) -> Interval:
    """The smaller of two numbers."""
    if x is UNDEFINED or y is UNDEFINED:
        return UNDEFINED
    return Interval(least(x.lo, y.lo), least(x.hi, y.hi))


def maximum(x: Interval, y: Interval) -> Interval:
    """The larger of two numbers."""
    if x is UNDEFINED or y is UNDEFINED:
        return UNDEFINED
    return Interval(greatest(x.lo, y.lo), greatest(x.hi, y.hi))


def absolute(x: Interval) -> Interval:
    """|x|."""
    if x is UNDEFINED or x.lo >= ZERO:
        return x
    return -x if x.hi <= ZERO else Interval(ZERO, greatest(-x.lo, x.hi))
