"""Numbers that are known exactly or by enclosures, and comparisons of them that are never guessed.

A **gain** is the number N > 0 by which a row's kernel prefers the needle. Comparisons of an affine function of a gain
with integers are decided exactly where the gain is rational, and by Arb with doubled precision where it is proven
irrational: then there are no ties, and some precision decides. A gain of which only enclosures are known may leave a
comparison open, which raises `Undecided`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from flint import arb, ctx, fmpq, fmpz

FIRST_BITS = 64
LAST_BITS = 1 << 16


class Undecided(ArithmeticError):
    """A comparison that stayed open at the largest precision; the message says which."""


@dataclass(frozen=True, eq=False)
class Number:
    """A real number: exact where that is known, and an enclosure always.

    It has no truth value and no order; compare `exact`, or `lower` and `upper`, which are Arb points.
    """

    exact: Fraction | None
    enclosure: arb

    @property
    def lower(self) -> arb:
        return self.enclosure.lower()

    @property
    def upper(self) -> arb:
        return self.enclosure.upper()

    def __float__(self) -> float:
        return float(self.exact) if self.exact is not None else float(self.enclosure.mid())

    def __bool__(self) -> bool:
        raise TypeError("A Number has no truth value; compare its exact value or its bounds.")

    def __str__(self) -> str:
        short = self.exact is not None and self.exact.denominator < 10**12
        return str(self.exact) if short else self.enclosure.str(8, radius=False)


def to_fmpq(value: Fraction | int) -> fmpq:
    """A rational in the type that FLINT computes with, which is ten times faster."""
    return fmpq(value.numerator, value.denominator)


def exactly(value: Fraction, bits: int = 128) -> Number:
    """A rational as a Number."""
    with ctx.workprec(bits):
        return Number(value, arb(to_fmpq(value)))


@dataclass(frozen=True)
class Gain:
    """The gain of a row. Two gains with the same `name` and the same `exact` are the same number.

    exact: its value where it is rational, else None. enclose: bits -> an enclosure computed at that precision.
    irrational: whether it is proven to be irrational.
    """

    name: str
    exact: fmpq | None
    enclose: Callable[[int], arb] = field(compare=False, repr=False)
    irrational: bool = field(default=False, compare=False)


def rational_gain(value: Fraction | int) -> Gain:
    """A rational gain, such as 1 + a of linear attention or (1+a)^p of a polynomial kernel."""
    exact = to_fmpq(value)
    _require_positive(exact > 0, "given as a rational")
    return Gain("rational", exact, lambda bits: _at(bits, lambda: arb(exact)))


@lru_cache(maxsize=256)
def power_gain(n: int, exponent: Fraction) -> Gain:
    """The gain n^(p/q), p/q in lowest terms: rational if and only if p = 0 or n is a q-th power, decided exactly."""
    p, q = exponent.numerator, exponent.denominator
    root = fmpz(n).root(q) if q <= n.bit_length() else fmpz(1)
    if p == 0 or root**q == n:
        return rational_gain(Fraction(int(root)) ** p if p else 1)
    enclose = lru_cache(maxsize=16)(lambda bits: _at(bits, lambda: (arb(n).log() * arb(fmpq(p, q))).exp()))
    return Gain(f"{fmpz(n)}^({exponent})", None, enclose, irrational=True)


def enclosed_gain(name: str, enclose: Callable[[int], arb]) -> Gain:
    """A gain of any other kernel, given by its enclosures: `enclose(bits)` contains it and shrinks as bits grow."""
    with ctx.workprec(FIRST_BITS):
        _require_positive(bool(enclose(FIRST_BITS) > 0), name)
    return Gain(name, None, enclose)


def _require_positive(positive: bool, name: str) -> None:
    if not positive:
        raise ValueError(f"The gain {name} is not proven positive; a kernel's scores must be positive.")


def _at(bits: int, compute: Callable[[], arb]) -> arb:
    with ctx.workprec(bits):
        return compute()


def precisions() -> Iterator[int]:
    """64, 128, .., 2^16 bits."""
    bits = FIRST_BITS
    while bits <= LAST_BITS:
        yield bits
        bits *= 2


def least_integer_above(gain: Gain, offset: fmpq, slope: fmpq, low: int, high: int) -> int:
    """Least integer k in low..high with k > offset + slope * gain, or `high` if none below it is.

    Raises Undecided if only enclosures of the gain are known and the bound stays on an integer.
    """
    exact = offset if slope == 0 else None if gain.exact is None else offset + slope * gain.exact
    if exact is not None:
        return int(min(max(exact.floor() + 1, low), high))
    for bits in precisions():
        with ctx.workprec(bits):
            bound = arb(offset) + arb(slope) * gain.enclose(bits)
            if bound < low:
                return low
            if bound >= high - 1:
                return high
            below = bound.floor().unique_fmpz()
            if below is not None:
                return int(min(max(below + 1, low), high))
    raise Undecided(f"{offset} + {slope} N for the gain N = {gain.name} is an integer up to {LAST_BITS} bits.")


def sign_of(gain: Gain, offset: fmpq, slope: fmpq) -> int:
    """The sign of offset + slope * gain: 1, 0 or -1, with ties decided exactly as above."""
    exact = offset if slope == 0 else None if gain.exact is None else offset + slope * gain.exact
    if exact is not None:
        return (exact > 0) - (exact < 0)
    for bits in precisions():
        with ctx.workprec(bits):
            value = arb(offset) + arb(slope) * gain.enclose(bits)
            if value > 0:
                return 1
            if value < 0:
                return -1
    raise Undecided(f"{offset} + {slope} N for the gain N = {gain.name} is zero up to {LAST_BITS} bits.")
