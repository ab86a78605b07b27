"""Tails of the fair binomial distribution: exact integers, and enclosures where the integer would be huge."""

from __future__ import annotations

from functools import lru_cache

from flint import arb, ctx, fmpz

TABLE_TRIALS = 2000  # up to here all tails of one distribution are tabulated: at most half a megabyte
SERIES_TERMS = 2000


def tail_count(trials: int, least: int) -> int:
    """Number of sign vectors of length `trials` >= 0 that have at least `least` plus signs.

    >>> tail_count(3, 2)
    4
    """
    if least <= 0:
        return 1 << trials
    if least > trials:
        return 0
    if trials <= TABLE_TRIALS:
        return _all_tails(trials)[least]
    return _long_tail(trials, least)


def tail_probability(trials: int, least: int, bits: int) -> arb:
    """An enclosure of P[Bin(trials, 1/2) >= least] at `bits` bits of working precision.

    Above `TABLE_TRIALS` trials: away from the middle a geometric series with a proven remainder; near the middle the
    incomplete beta function; if that gives nothing, the series with its remainder, which is then wide but still right.
    """
    if least <= 0:
        return arb(1)
    if least > trials:
        return arb(0)
    if trials <= TABLE_TRIALS:
        with ctx.workprec(bits):
            return arb(_all_tails(trials)[least]) / (arb(2) ** trials)
    return _long_tail_probability(trials, least, bits)


@lru_cache(maxsize=64)
def _all_tails(trials: int) -> tuple[int, ...]:
    """Entry k is the tail from k on, k = 0..trials."""
    tails = []
    tail, term = 0, 1
    for largest in range(trials, -1, -1):
        tail += term
        tails.append(tail)
        term = term * largest // (trials - largest + 1)
    return tuple(reversed(tails))


@lru_cache(maxsize=256)
def _long_tail(trials: int, least: int) -> int:
    """The tail as C(trials, least) times its hypergeometric series, summed by binary splitting."""
    if 2 * least <= trials:
        return (1 << trials) - _long_tail(trials, trials - least + 1)
    _, denominator, series = _split(trials, least, 0, trials - least)
    first = fmpz.bin_uiui(trials, least)
    return int(first * (denominator + series) // denominator)


def _split(trials: int, least: int, start: int, stop: int) -> tuple[fmpz, fmpz, fmpz]:
    """(P, Q, T) for terms start..stop: P/Q is the product of their ratios, T/Q the sum of the partial products."""
    if stop - start <= 32:
        product, denominator, series = fmpz(1), fmpz(1), fmpz(0)
        for i in range(start, stop):
            product *= trials - least - i
            series = series * (least + 1 + i) + product
            denominator *= least + 1 + i
        return product, denominator, series
    middle = (start + stop) // 2
    left_product, left_denominator, left_series = _split(trials, least, start, middle)
    product, denominator, series = _split(trials, least, middle, stop)
    return (
        left_product * product,
        left_denominator * denominator,
        left_series * denominator + left_product * series,
    )


@lru_cache(maxsize=4096)
def _long_tail_probability(trials: int, least: int, bits: int) -> arb:
    if 2 * least <= trials:
        with ctx.workprec(bits):
            return 1 - _long_tail_probability(trials, trials - least + 1, bits)
    # log-gamma values near trials * log(trials) are subtracted: these bits are lost
    with ctx.workprec(bits + 2 * trials.bit_length() + 16):
        log_first = arb(trials + 1).lgamma() - arb(least + 1).lgamma() - arb(trials - least + 1).lgamma()
        first = (log_first - trials * arb(2).log()).exp()
    with ctx.workprec(bits):
        series, remainder, converged = _geometric_series(trials, least, bits)
        if not converged:
            half = arb(1) / 2
            value = half.beta_lower(arb(least), arb(trials - least + 1), regularized=True)
            if value.is_finite() and value.rel_accuracy_bits() > 8:
                return value
        return (first * (series + remainder)).intersection(arb(0).union(arb(1) / 2))


def _geometric_series(trials: int, least: int, bits: int) -> tuple[arb, arb, bool]:
    """1 + r_0 + r_0 r_1 + .. with r_i = (trials-least-i)/(least+1+i), a ball for what is left, and whether it is small.

    The ratios fall, so the rest after a term T with next ratio r < 1 is at most T r / (1 - r).
    """
    total = term = arb(1)
    used = 0
    for used in range(1, min(SERIES_TERMS, trials - least) + 1):
        term = term * (trials - least - used + 1) / (least + used)
        total += term
        if used % 16 == 0 and term < total * arb(2) ** (-bits):
            break
    ratio = arb(trials - least - used) / (least + used + 1)
    bound = term * ratio / (1 - ratio)
    return total, arb(0).union(bound), bool(bound < total * arb(2) ** (8 - bits))
