"""The exact probability that attention recovers random signs, and what gain or exponent it takes.

A coordinate is recovered if and only if J > (n - 1 - N)/2 with J ~ Bin(n - 1, 1/2) (`separation.cross.recovery`), and
D coordinates with independent signs with the D-th power of that probability. It is a step function of the gain N: it
changes only where N passes an integer of the parity of n - 1. It is exact while its denominator 2^(D (n - 1)) is of
moderate size, and always enclosed. Derived here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import arb, ctx, fmpq

from theory.separation.cross_attention.logits import Logits, polynomial_gain, softmax_gain
from theory.separation.self_attention.answers import integer_text, probability_target
from theory.separation.self_attention.binomial import TABLE_TRIALS, tail_count, tail_probability
from theory.separation.self_attention.exact_numbers import (
    Gain,
    Number,
    Undecided,
    exactly,
    least_integer_above,
    precisions,
    to_fmpq,
)
from theory.separation.self_attention.parameters import exact_integer

if TYPE_CHECKING:
    from theory.separation.self_attention.parameters import ExactNumber

EXACT_BITS = 1 << 21


def agreements_needed(gain: Gain, n: int) -> int:
    """The least number of the n - 1 others, 0..n - 1, that must agree with the needle for its sign to be recovered."""
    return least_integer_above(gain, fmpq(n - 1, 2), fmpq(-1, 2), 0, n - 1)


def recovery_probability(gain: Gain, n: int, coordinates: int = 1, bits: int = 128) -> Number:
    """P[all coordinates are recovered] by a map of this gain.

    >>> from theory.separation.self_attention.exact_numbers import rational_gain
    >>> recovery_probability(rational_gain(2), 4).exact  # lost when all three others disagree
    Fraction(7, 8)
    """
    keys, power = exact_integer(n, "n", 2), exact_integer(coordinates, "coordinates", 1)
    return _with_agreements(agreements_needed(gain, keys), keys, power, bits)


def _with_agreements(needed: int, n: int, power: int, bits: int) -> Number:
    others = n - 1
    if others <= TABLE_TRIALS and others * power <= EXACT_BITS:
        return exactly(Fraction(tail_count(others, needed), 1 << others) ** power, bits)
    with ctx.workprec(bits):
        return Number(None, tail_probability(others, needed, bits) ** power)


def softmax_recovery(logits: Logits, n: int, coordinates: int = 1) -> Number:
    """P[all coordinates are recovered] by softmax.

    >>> print(softmax_recovery(Logits(kappa="3/4", l0=1), 10001))
    0.99987891
    """
    return recovery_probability(softmax_gain(logits, n), n, coordinates)


def polynomial_recovery(logits: Logits, n: int, degree: int = 1, coordinates: int = 1) -> Number:
    """P[all coordinates are recovered] by the kernel (q . k)^degree; degree 1 is linear attention.

    >>> print(polynomial_recovery(Logits(kappa=4, l0=1), 10001))
    0.64430776
    """
    return recovery_probability(polynomial_gain(logits, n, degree), n, coordinates)


def gain_needed(n: int, target: ExactNumber, coordinates: int = 1) -> int:
    """v >= 0: all coordinates are recovered with probability at least `target` if and only if the gain exceeds v.

    0 means that every gain does. Raises ValueError unless 0 < target <= 1.

    >>> gain_needed(10001, "0.99", coordinates=10)
    308
    """
    goal = probability_target(target)
    keys, power = exact_integer(n, "n", 2), exact_integer(coordinates, "coordinates", 1)
    if goal == 1:
        return keys - 1  # the others may all disagree
    low, high = 0, keys  # enough agreements needed for P >= goal at 0, none at keys
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _reaches(middle, keys, power, goal) else (low, middle)
    return max(0, keys - 1 - 2 * low)


def _reaches(needed: int, n: int, power: int, goal: Fraction) -> bool:
    for bits in precisions():
        value = _with_agreements(needed, n, power, bits)
        if value.exact is not None:
            return value.exact >= goal
        with ctx.workprec(bits):
            wanted = arb(to_fmpq(goal))
            if value.enclosure >= wanted:
                return True
            if value.enclosure < wanted:
                return False
    raise Undecided(f"P[recovery] = {goal} up to the largest precision, for n = {n}.")


@dataclass(frozen=True)
class CriticalExponent:
    """Softmax recovers the signs with the wanted probability if and only if kappa exceeds `value`.

    value: an enclosure; 0 where every kappa > 0 does. gain: the gain that must be exceeded. message: a sentence.
    """

    value: Number
    gain: int
    n: int
    message: str


def critical_exponent(
    n: int, target: ExactNumber, l0: ExactNumber = 1, coordinates: int = 1, bits: int = 128
) -> CriticalExponent:
    """The exponent from which on softmax recovers all coordinates with probability at least `target`, at this n.

    >>> print(critical_exponent(10**6, "0.99", coordinates=10).message)
    Softmax recovers all 10 signs with probability >= 99/100 at n = 1000000, l0 = 1 if and only if kappa > 0.65401873.
    """
    keys = exact_integer(n, "n", 2)
    gain, rest = gain_needed(keys, target, coordinates), Logits(kappa=1, l0=l0).l0
    signs = "the sign" if coordinates == 1 else f"all {coordinates} signs"
    what = f"Softmax recovers {signs} with probability >= {probability_target(target)} at n = {integer_text(keys)}"
    if gain == 0:
        return CriticalExponent(exactly(Fraction(0)), 0, keys, f"{what}, l0 = {rest} for every kappa > 0.")
    with ctx.workprec(bits):
        value = (arb(gain).log() + to_fmpq(rest)) / arb(keys).log()
    number = Number(None, value)
    return CriticalExponent(number, gain, keys, f"{what}, l0 = {rest} if and only if kappa > {number}.")


@dataclass(frozen=True)
class SufficientLength:
    """value: from this n on the bound of `separation.cross.softmax-recovers` guarantees the target, for every larger n.

    It need not be the least such n. None if kappa <= 1/2. message: a sentence.
    """

    value: int | None
    message: str


def sufficient_length(logits: Logits, target: ExactNumber, coordinates: int = 1) -> SufficientLength:
    """ceil((2 exp(2 l0) log(D/delta))^(1/(2 kappa - 1))) with delta = 1 - target.

    >>> sufficient_length(Logits(kappa="3/4", l0=1), "0.99", coordinates=10).value
    10422
    """
    goal, count = probability_target(target), exact_integer(coordinates, "coordinates", 1)
    if goal == 1:
        return SufficientLength(
            None, "None exists: no finite gain below n - 1 recovers random signs with probability 1."
        )
    if logits.kappa <= Fraction(1, 2):
        fate = (
            "tends to 1/2 a coordinate" if logits.kappa < Fraction(1, 2) else "stays below 1/2 + 1/sqrt 6 for large n"
        )
        reason = f"kappa = {logits.kappa} is at most 1/2, where the probability of recovery {fate}"
        return SufficientLength(None, f"No n is guaranteed: {reason}.")
    root = 1 / (2 * logits.kappa - 1)
    for bits in precisions():
        with ctx.workprec(bits):
            inner = 2 * (2 * arb(to_fmpq(logits.l0))).exp() * arb(to_fmpq(count / (1 - goal))).log()
            found = (inner.log() * to_fmpq(root)).exp().ceil().unique_fmpz()
        if found is not None:
            length = max(2, int(found))
            message = f"Guaranteed for every n >= {integer_text(length)}, by Hoeffding's inequality."
            return SufficientLength(length, message)
    raise Undecided("The sufficient number of keys was not told from an integer.")
