"""Enclosures of the error function, the gamma function and its relatives, Bessel I, and the step functions.

Each function is split at its known turning points into monotone pieces, so that two evaluations at the ends give the
sharp range. The one turning point that is no exact number, the minimum of gamma on (0, oo), is bounded from below by a
tangent of the convex function log gamma.
"""

from __future__ import annotations

from functools import lru_cache

from flint import arb, ctx, fmpq

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
    precision,
    round_down,
    round_up,
)


def erf(x: Interval) -> Interval:
    """The error function; 1 at oo."""
    if x is UNDEFINED:
        return UNDEFINED
    low = MINUS_ONE if x.lo == MINUS_INFINITY else round_down(x.lo.erf(), ZERO if x.lo >= ZERO else MINUS_ONE)
    high = ONE if x.hi == INFINITY else round_up(x.hi.erf(), ZERO if x.hi <= ZERO else ONE)
    return Interval(low, high)


def erfc(x: Interval) -> Interval:
    """1 - erf(x), without cancellation for large x."""
    if x is UNDEFINED:
        return UNDEFINED
    low = ZERO if x.hi == INFINITY else round_down(x.hi.erfc(), ONE if x.hi <= ZERO else ZERO)
    high = arb(2) if x.lo == MINUS_INFINITY else round_up(x.lo.erfc(), ONE if x.lo >= ZERO else arb(2))
    return Interval(low, high)


@lru_cache
def _least_log_gamma(bits: int) -> arb:
    """A lower bound of log gamma on (0, oo), close to its minimum -0.1214...

    log gamma is convex with its minimum in [1, 2], where gamma(1) = gamma(2). For any c in [1, 2] it lies there above
    its tangent at c, hence above log gamma(c) - |digamma(c)|, whatever c is; c near the minimum makes this sharp.
    """
    with precision(bits + 32):
        c = arb(fmpq(146163214496836, 10**14)).mid()
        for _ in range(8):
            c = (c - c.digamma() / arb(2).zeta(c)).mid()
        bound = c.lgamma() - abs(c.digamma()) if ONE <= c <= arb(2) else MINUS_ONE
    return bound.lower()


def loggamma(x: Interval) -> Interval:
    """log gamma on (0, oo), sharp around its minimum; UNDEFINED if x holds negative numbers or is 0."""
    if not (x.lo >= ZERO and x.hi > ZERO):
        return UNDEFINED
    least = _least_log_gamma(ctx.prec)
    left = INFINITY if x.lo == ZERO else round_up(x.lo.lgamma())
    right = round_up(x.hi.lgamma())
    high = greatest(left, right)
    if x.lo >= arb(2) or (x.lo > ONE and x.lo.digamma() > ZERO):
        return Interval(least if x.lo == INFINITY else round_down(x.lo.lgamma(), least), high)
    if x.hi <= ONE or (x.hi < arb(2) and x.hi.digamma() < ZERO):
        return Interval(round_down(x.hi.lgamma(), least), high)
    return Interval(least, high)


def gamma(x: Interval) -> Interval:
    """The gamma function: sharp on (0, oo), oo at a zero end; between two negative poles enclosed by one ball."""
    if x is UNDEFINED:
        return UNDEFINED
    if x.lo < ZERO:
        return _gamma_between_poles(x)
    if x.hi == ZERO:
        return UNDEFINED
    least = round_down(_least_log_gamma(ctx.prec).exp(), ZERO)
    left = INFINITY if x.lo == ZERO else round_up(x.lo.gamma())
    right = round_up(x.hi.gamma())
    high = greatest(left, right)
    if x.lo >= arb(2) or (x.lo > ONE and x.lo.digamma() > ZERO):
        return Interval(least if x.lo == INFINITY else round_down(x.lo.gamma(), least), high)
    if x.hi <= ONE or (x.hi < arb(2) and x.hi.digamma() < ZERO):
        return Interval(round_down(x.hi.gamma(), least), high)
    return Interval(least, high)


def _gamma_between_poles(x: Interval) -> Interval:
    if not x.bounded or x.hi >= ZERO or x.lo.floor() != x.hi.floor() or x.lo.is_integer():
        return UNDEFINED
    ball = x.lo.union(x.hi).gamma()
    return Interval(round_down(ball), round_up(ball)) if ball.is_finite() else UNDEFINED


def polygamma(x: Interval, order: int) -> Interval:
    """The derivative of the given order of digamma on (0, oo), where it is monotone; UNDEFINED elsewhere."""
    if not (x.lo >= ZERO and x.hi > ZERO):
        return UNDEFINED
    if order == 0:
        low = MINUS_INFINITY if x.lo == ZERO else round_down(x.lo.digamma()) if x.lo < INFINITY else ONE
        return Interval(low, INFINITY if x.hi == INFINITY else round_up(x.hi.digamma()))
    factor = arb(order).fac()  # (-1)**(order+1) order! zeta(order+1, x), and the Hurwitz zeta decreases to 0
    low = ZERO if x.hi == INFINITY else round_down(factor * arb(order + 1).zeta(x.hi), ZERO)
    high = INFINITY if x.lo == ZERO else round_up(factor * arb(order + 1).zeta(x.lo)) if x.lo < INFINITY else ONE
    size = Interval(low, high)
    return size if order % 2 else -size


def bessel_i(x: Interval, order: fmpq) -> Interval:
    """The modified Bessel function I of a fixed order >= 0, or of any integer order (I_-n = I_n).

    It increases on [0, oo). For an integer order it is even or odd as the order is; for other orders UNDEFINED if x
    holds negative numbers.
    """
    if x is UNDEFINED:
        return UNDEFINED
    if order.q != 1:
        return Interval(_bessel_down(x.lo, order), _bessel_up(x.hi, order)) if x.lo >= ZERO else UNDEFINED
    order = order if order >= 0 else -order
    if int(order.p) % 2 == 0:
        size = absolute(x)
        return Interval(_bessel_down(size.lo, order), _bessel_up(size.hi, order))
    low = _bessel_down(x.lo, order) if x.lo >= ZERO else -_bessel_up(-x.lo, order)
    high = _bessel_up(x.hi, order) if x.hi >= ZERO else -_bessel_down(-x.hi, order)
    return Interval(low, high)


def _bessel_down(x: arb, order: fmpq) -> arb:
    least = ONE if order == 0 else ZERO
    end = least if x == INFINITY else round_down(x.bessel_i(arb(order)), least)
    return least if end == INFINITY else end


def _bessel_up(x: arb, order: fmpq) -> arb:
    if x == ZERO:
        return ONE if order == 0 else ZERO
    return INFINITY if x == INFINITY else round_up(x.bessel_i(arb(order)))


def floor(x: Interval) -> Interval:
    """The largest integer that is not larger."""
    if x is UNDEFINED:
        return UNDEFINED
    low = x.lo.floor().lower() if x.lo.is_finite() else x.lo
    return Interval(low, x.hi.floor().upper() if x.hi.is_finite() else x.hi)


def ceiling(x: Interval) -> Interval:
    """The smallest integer that is not smaller."""
    return -floor(-x)


def sign(x: Interval) -> Interval:
    """-1, 0 or 1."""
    if x is UNDEFINED:
        return UNDEFINED
    return Interval(_sign(x.lo), _sign(x.hi))


def _sign(x: arb) -> arb:
    return ONE if x > ZERO else MINUS_ONE if x < ZERO else ZERO
