"""The exact gain of every kernel on the needle construction, in the row of the needle and in any other.

A kernel is named by a small object: `Softmax()`, `Linear()`, `Relu()`, `EluPlusOne()`, `Polynomial(p)`, `Taylor(p)`,
`Chebyshev(p)`. Its gains are rational where they are, and otherwise proven irrational: log n is transcendental for an
integer n >= 2 (Lindemann), and so are the gains of elu + 1 and of a Taylor kernel of degree p >= 1 for a > 0, which
are non-constant rational functions of log n or its square root with rational coefficients. So no comparison with a
rational is ever left open. Derived here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from flint import arb, ctx, fmpq, fmpz

from theory.separation.self_attention.answers import integer_text
from theory.separation.self_attention.exact_numbers import (
    Gain,
    Number,
    power_gain,
    precisions,
    rational_gain,
    to_fmpq,
)
from theory.separation.self_attention.law import Rows
from theory.separation.self_attention.parameters import exact_integer, exact_rational

if TYPE_CHECKING:
    from theory.separation.self_attention.parameters import ExactNumber

Row = Literal["needle", "ordinary"]
ROWS: tuple[Row, ...] = ("needle", "ordinary")


@dataclass(frozen=True)
class Softmax:
    """exp of the score: n^(a(1+a)) in the needle's row, n^a in any other."""

    def gain(self, n: int, a: Fraction, row: Row) -> Gain:
        return power_gain(n, a * (1 + a) if row == "needle" else a)

    def __str__(self) -> str:
        return "softmax"


@dataclass(frozen=True)
class Linear:
    """The score itself: 1 + a in every row."""

    def gain(self, n: int, a: Fraction, row: Row) -> Gain:
        return rational_gain(1 + a)

    def __str__(self) -> str:
        return "linear attention"


@dataclass(frozen=True)
class Relu:
    """max(., 0) of the scalar query and key, which are positive here: 1 + a in every row."""

    def gain(self, n: int, a: Fraction, row: Row) -> Gain:
        return rational_gain(1 + a)

    def __str__(self) -> str:
        return "ReLU features"


@dataclass(frozen=True)
class EluPlusOne:
    """elu + 1 of the scalar query and key: ((1+a) u + 1)/(u + 1) in every row, u = sqrt(log n)."""

    def gain(self, n: int, a: Fraction, row: Row) -> Gain:
        if a == 0:
            return rational_gain(1)

        def enclose() -> arb:
            u = arb(n).log().sqrt()
            return (to_fmpq(1 + a) * u + 1) / (u + 1)

        return _irrational(f"elu+1 at n = {fmpz(n)}, a = {a}", enclose)

    def __str__(self) -> str:
        return "elu+1 features"


@dataclass(frozen=True)
class Polynomial:
    """score^p, p >= 0: (1+a)^p in every row."""

    p: int

    def gain(self, n: int, a: Fraction, row: Row) -> Gain:
        return rational_gain((1 + a) ** self.p)

    def __str__(self) -> str:
        return f"the polynomial kernel of degree {self.p}"


@dataclass(frozen=True)
class Taylor:
    """T_p(score) = 1 + .. + score^p/p!, p >= 0: T_p((1+a) z)/T_p(z) where the other tokens have the score z."""

    p: int

    def gain(self, n: int, a: Fraction, row: Row) -> Gain:
        if a == 0 or self.p == 0:
            return rational_gain(1)

        def enclose() -> arb:
            z = arb(n).log() * (to_fmpq(1 + a) if row == "needle" else 1)
            return partial_sum(self.p, z * to_fmpq(1 + a)) / partial_sum(self.p, z)

        return _irrational(f"Taylor degree {self.p} at n = {fmpz(n)}, a = {a}, {row} row", enclose)

    def __str__(self) -> str:
        return f"the Taylor kernel of degree {self.p}"


@dataclass(frozen=True)
class Chebyshev:
    """T_p(2s - 1) of the score in units of an ordinary token's, p >= 0: T_p(1 + 2a) in every row."""

    p: int

    def gain(self, n: int, a: Fraction, row: Row) -> Gain:
        return rational_gain(chebyshev_value(self.p, 1 + 2 * a))

    def __str__(self) -> str:
        return f"the Chebyshev kernel of degree {self.p}"


Kernel = Softmax | Linear | Relu | EluPlusOne | Polynomial | Taylor | Chebyshev


def _irrational(name: str, enclose: Callable[[], arb]) -> Gain:
    """A gain that is proven irrational, given by what computes an enclosure at the working precision."""

    @lru_cache(maxsize=16)
    def at(bits: int) -> arb:
        with ctx.workprec(bits):
            return enclose()

    return Gain(name, None, at, irrational=True)


def partial_sum(p: int, z: arb) -> arb:
    """T_p(z) for z >= 0, from the largest power down: p multiplications."""
    total = arb(1)
    for j in range(p, 0, -1):
        total = 1 + total * z / j
    return total


def chebyshev_value(p: int, y: Fraction) -> Fraction:
    """T_p(y), exactly, by T_2k = 2 T_k^2 - 1 and T_(2k+1) = 2 T_k T_(k+1) - y.

    >>> chebyshev_value(5, Fraction(12, 5))
    Fraction(3154812, 3125)
    """
    here, after, exact = fmpq(1), to_fmpq(y), to_fmpq(y)
    for bit in bin(p)[2:]:
        middle = 2 * here * after - exact
        here, after = (middle, 2 * after * after - 1) if bit == "1" else (2 * here * here - 1, middle)
    return Fraction(int(here.p), int(here.q))


def kernel_gain(kernel: Kernel, n: int, a: ExactNumber, row: Row = "needle") -> Gain:
    """The gain of a kernel in a row of the construction; a >= 0.

    >>> kernel_gain(Polynomial(2), 1000, "0.7").exact
    289/100
    >>> print(kernel_gain(EluPlusOne(), 1000, "0.7").enclose(64).str(6, radius=False))
    1.50707
    """
    if row not in ROWS:
        raise ValueError(f"There is no row {row!r}; take 'needle' or 'ordinary'.")
    height = exact_rational(a, "a")
    if height < 0:
        raise ValueError(f"a = {height} is negative; a needle has height >= 0.")
    degree = getattr(kernel, "p", 0)
    exact_integer(degree, "p", 0)
    return kernel.gain(exact_integer(n, "n", 2), height, row)


def kernel_rows(kernel: Kernel, n: int, a: ExactNumber) -> Rows:
    """The distinct rows of a kernel's network, for `law.law_of_rows`.

    >>> [gain.exact for gain in kernel_rows(Polynomial(2), 1000, "0.7").gains]
    [289/100]
    """
    gains = tuple(kernel_gain(kernel, n, a, row) for row in ROWS)
    return Rows(exact_rational(a, "a"), gains if gains[0] != gains[1] else gains[:1])


def needle_weight(kernel: Kernel, n: int, a: ExactNumber, row: Row = "needle", bits: int = 128) -> Number:
    """The weight N/(N+n-1) that a row puts on the needle: exact where the gain is rational.

    >>> needle_weight(Linear(), 1000, "0.7").exact
    Fraction(17, 10007)
    >>> print(needle_weight(Taylor(22), 10**4, "0.7"))
    0.56603334
    """
    gain = kernel_gain(kernel, n, a, row)
    if gain.exact is not None:
        value = gain.exact / (gain.exact + n - 1)
        with ctx.workprec(bits):
            return Number(Fraction(int(value.p), int(value.q)), arb(value))
    for precision in precisions():
        with ctx.workprec(precision):
            weight = 1 / (1 + (n - 1) / gain.enclose(precision))
            if precision >= bits and weight.rel_accuracy_bits() >= bits // 2:
                return Number(None, weight)
    raise ArithmeticError(f"The weight of {kernel} at n = {integer_text(n)} is not enclosed by the largest precision.")
