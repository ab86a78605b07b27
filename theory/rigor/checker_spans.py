"""Spans: the checker's own intervals, with Arb points as ends and a note of which ends are attained.

A span is the set of reals between two ends. Each end is an exact Arb number or infinite, rounded outward, and is
*open* when the value is known never to reach it: a variable of the domain (0, 1] has an open end 0, so its logarithm
and its reciprocal exist. `None` stands for "not known to be defined" and every operation on it gives `None`; a
comparison answers True, False, or None for "not decided", and a caller compares the answer with `is`.

This module is written apart from the interval arithmetic of the search, so that the two cannot share a mistake.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import NamedTuple

from flint import arb, ctx, fmpq

ZERO = arb(0)
ONE = arb(1)
INFINITY = arb("inf")
MINUS_INFINITY = arb("-inf")
LARGEST_POWER = 100_000


class Span(NamedTuple):
    """The reals from `low` to `high`, without an end that is open. Infinite ends count as open."""

    low: arb
    high: arb
    low_open: bool = False
    high_open: bool = False


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Arb's working precision, which is global state, for the length of a block."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def down(value: arb) -> arb:
    """A lower bound of an enclosure; minus infinity where Arb could not tell."""
    bound = value.lower()
    return MINUS_INFINITY if bound.is_nan() else bound


def up(value: arb) -> arb:
    """An upper bound of an enclosure; infinity where Arb could not tell."""
    bound = value.upper()
    return INFINITY if bound.is_nan() else bound


def enclose(value: arb) -> Span:
    return Span(down(value), up(value))


def rational(value: Fraction) -> Span:
    """The tightest span of the working precision around a rational number."""
    return enclose(arb(fmpq(value.numerator, value.denominator)))


REALS = Span(MINUS_INFINITY, INFINITY, True, True)
NOUGHT = Span(ZERO, ZERO)
UNIT = Span(ONE, ONE)


# --- comparison ----------------------------------------------------------------------------------------------------


def less(a: Span | None, b: Span | None) -> bool | None:
    """Whether every value of `a` is below every value of `b`: True, False (never below), None (not decided)."""
    if a is None or b is None:
        return None
    if a.high < b.low or (a.high == b.low and (a.high_open or b.low_open)):
        return True
    if a.low >= b.high:
        return False
    return None


def less_equal(a: Span | None, b: Span | None) -> bool | None:
    """As `less`, for at most."""
    opposite = less(b, a)
    return None if opposite is None else not opposite


def equal(a: Span | None, b: Span | None) -> bool | None:
    """Whether `a` and `b` are the same number."""
    if a is None or b is None:
        return None
    if less(a, b) is True or less(b, a) is True:
        return False
    if a.low == a.high == b.low == b.high:
        return True
    return None


def positive(a: Span) -> bool:
    return a.low > ZERO or (a.low == ZERO and a.low_open)


def negative(a: Span) -> bool:
    return a.high < ZERO or (a.high == ZERO and a.high_open)


# --- arithmetic ----------------------------------------------------------------------------------------------------


def hull(a: Span | None, b: Span | None) -> Span | None:
    """The smallest span that holds both."""
    if a is None or b is None:
        return None
    low, low_open = (a.low, a.low_open) if a.low < b.low else (b.low, b.low_open)
    if a.low == b.low:
        low_open = a.low_open and b.low_open
    high, high_open = (a.high, a.high_open) if a.high > b.high else (b.high, b.high_open)
    if a.high == b.high:
        high_open = a.high_open and b.high_open
    return Span(low, high, low_open, high_open)


def add(a: Span | None, b: Span | None) -> Span | None:
    if a is None or b is None:
        return None
    return Span(down(a.low + b.low), up(a.high + b.high), a.low_open or b.low_open, a.high_open or b.high_open)


def negate(a: Span | None) -> Span | None:
    return None if a is None else Span(-a.high, -a.low, a.high_open, a.low_open)


def multiply(a: Span | None, b: Span | None) -> Span | None:
    """The product. An infinite end stands for arbitrarily large finite numbers, so 0 times it is 0."""
    if a is None or b is None:
        return None
    corners = []
    for x, x_open in ((a.low, a.low_open), (a.high, a.high_open)):
        for y, y_open in ((b.low, b.low_open), (b.high, b.high_open)):
            x_zero, y_zero = x == ZERO, y == ZERO
            # A factor that attains 0 makes the product attain 0, whatever the other factor does.
            attained = (not x_open and not y_open) or (x_zero and not x_open) or (y_zero and not y_open)
            corners.append((ZERO if x_zero or y_zero else x * y, not attained))
    low, low_open = down(corners[0][0]), corners[0][1]
    high, high_open = up(corners[0][0]), corners[0][1]
    for product, is_open in corners[1:]:
        bound = down(product)
        if bound < low:
            low, low_open = bound, is_open
        elif bound == low:
            low_open = low_open and is_open
        bound = up(product)
        if bound > high:
            high, high_open = bound, is_open
        elif bound == high:
            high_open = high_open and is_open
    return Span(low, high, low_open, high_open)


def reciprocal(a: Span | None) -> Span | None:
    if a is None or not (positive(a) or negative(a)):
        return None
    if negative(a):
        return negate(reciprocal(negate(a)))
    low = ZERO if a.high == INFINITY else down(ONE / a.high)
    high = INFINITY if a.low == ZERO else up(ONE / a.low)
    return Span(low, high, a.high_open, a.low_open)


def absolute(a: Span | None) -> Span | None:
    if a is None:
        return None
    if a.low >= ZERO:
        return a
    if a.high <= ZERO:
        return negate(a)
    if -a.low == a.high:
        return Span(ZERO, a.high, False, a.low_open and a.high_open)
    return Span(ZERO, -a.low, False, a.low_open) if -a.low > a.high else Span(ZERO, a.high, False, a.high_open)


def minimum(a: Span | None, b: Span | None) -> Span | None:
    return negate(maximum(negate(a), negate(b)))


def maximum(a: Span | None, b: Span | None) -> Span | None:
    if a is None or b is None:
        return None
    low, low_open = (a.low, a.low_open) if a.low > b.low else (b.low, b.low_open)
    if a.low == b.low:
        low_open = a.low_open or b.low_open
    high, high_open = (a.high, a.high_open) if a.high > b.high else (b.high, b.high_open)
    if a.high == b.high:
        high_open = a.high_open and b.high_open
    return Span(low, high, low_open, high_open)


def integer_power(a: Span | None, n: int) -> Span | None:
    """The sharp range of an integer power: [-1, 2]**2 is [0, 4]. `x**0` is 1, also at 0, as SymPy has it."""
    if a is None or abs(n) > LARGEST_POWER:
        return None
    if n == 0:
        return UNIT
    if n < 0:
        return reciprocal(integer_power(a, -n))
    if n % 2 == 0:
        a = absolute(a)
        assert a is not None
    low = MINUS_INFINITY if a.low == MINUS_INFINITY else down(a.low**n)
    high = INFINITY if a.high == INFINITY else up(a.high**n)
    if n % 2 == 0 and low < ZERO:
        low = ZERO
    return Span(low, high, a.low_open, a.high_open)


def whole_number(value: arb) -> int:
    """An exact Arb integer as a Python one."""
    found = value.unique_fmpz()
    assert found is not None
    return int(found)


def max_of(a: arb, b: arb) -> arb:
    """The larger of two exact numbers; Python's `max` is not to be used on enclosures."""
    return a if a > b else b


def min_of(a: arb, b: arb) -> arb:
    return a if a < b else b
