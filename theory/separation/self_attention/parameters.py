"""Exact parameters of the needle construction: integers and rationals only, checked once when they are given."""

from __future__ import annotations

import numbers
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sympy as sp
    from flint import fmpq

    ExactNumber = int | str | Fraction | sp.Rational | fmpq


def exact_rational(value: ExactNumber | float, name: str) -> Fraction:
    """`value` as a Fraction. `name` is what the error message calls it.

    Accepts int, Fraction, strings such as "0.7", "7/10" or "1e-3", and the rationals of SymPy and python-flint.
    Raises TypeError for floats, whose binary rounding would move lattice ties, and ValueError for other strings.

    >>> exact_rational("0.7", "a1")
    Fraction(7, 10)
    """
    if isinstance(value, str):
        try:
            return Fraction(value)
        except (ValueError, ZeroDivisionError):
            raise ValueError(f"{name} = {value!r} is not a rational number; write it as '0.7' or '7/10'.") from None
    if isinstance(value, numbers.Rational) and not isinstance(value, bool):
        return Fraction(int(value.numerator), int(value.denominator))
    parts = getattr(value, "p", None), getattr(value, "q", None)  # python-flint's rational is not registered
    if None not in parts and not isinstance(value, numbers.Number):
        return Fraction(*map(int, parts))  # type: ignore[arg-type]
    kind = type(value).__name__
    raise TypeError(f"{name} = {value!r} is a {kind}, not an exact number; write Fraction(7, 10) or '0.7' instead.")


def exact_integer(value: Any, name: str, least: int) -> int:
    """`value` as an int that is at least `least`. Raises TypeError or ValueError with the remedy."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} = {value!r} is not an integer; write it as int, such as 10**6.")
    if value < least:
        raise ValueError(f"{name} = {value} is too small; take {name} >= {least}.")
    return int(value)


@dataclass(frozen=True, init=False)
class Parameters:
    """One instance of the needle construction, in exact numbers. Lengths are in units of L = sqrt(log n).

    n: number of tokens, at least 2 and at least d - 2. d: dimension, at least 3.
    a0, a1: height of the needle in the datasets D0 and D1, at least 0. The needle is the same token in both.
    b: weight of the identity columns, 0 <= b <= 1; c = 1 - b is that of the last column.
    eta: threshold above the last column; the neurons compare with tau = c + eta.

    The network itself needs t = n / (d - 2) to be an integer: then each of the d - 2 identity columns holds t tokens,
    the needle's column t tokens with the needle among them. The formulas of the law take any rational t >= 1; for a t
    that is not an integer they interpolate between networks, and `literal` is False.

    >>> p = Parameters(n=100, d=12, a0="0.05", a1="0.7", b="0.5", eta="0.1")
    >>> p.tau, p.tokens_per_column, p.literal
    (Fraction(3, 5), Fraction(10, 1), True)
    """

    n: int
    d: int
    a0: Fraction
    a1: Fraction
    b: Fraction
    eta: Fraction

    def __init__(
        self,
        *,
        n: int,
        d: int,
        a0: ExactNumber,
        a1: ExactNumber,
        b: ExactNumber,
        c: ExactNumber | None = None,
        eta: ExactNumber | None = None,
        tau: ExactNumber | None = None,
    ) -> None:
        """Give the threshold as `eta` or as `tau` (in units of L), not both; `c` may be left out.

        Raises TypeError for anything that is not exact, ValueError for values out of range, with the remedy.
        """
        length, dimension = exact_integer(n, "n", 2), exact_integer(d, "d", 3)
        if length < dimension - 2:
            raise ValueError(
                f"n = {n} tokens cannot fill the d - 2 = {dimension - 2} identity columns; take n >= d - 2."
            )
        weight = exact_rational(b, "b")
        if not 0 <= weight <= 1:
            raise ValueError(f"b = {weight} is out of range; take 0 <= b <= 1, since c = 1 - b must not be negative.")
        if c is not None and exact_rational(c, "c") != 1 - weight:
            raise ValueError(
                f"b + c = {weight + exact_rational(c, 'c')}, but it must be 1; leave c out, or take c = 1 - b."
            )
        if (eta is None) == (tau is None):
            raise ValueError("Give the threshold once: either eta, or tau = c + eta in units of sqrt(log n).")
        threshold = exact_rational(eta, "eta") if eta is not None else exact_rational(tau, "tau") - (1 - weight)  # type: ignore[arg-type]
        heights = {"a0": exact_rational(a0, "a0"), "a1": exact_rational(a1, "a1")}
        for name, height in heights.items():
            if height < 0:
                raise ValueError(f"{name} = {height} is negative; a needle has height >= 0.")
        values = {"n": length, "d": dimension, **heights, "b": weight, "eta": threshold}
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def c(self) -> Fraction:
        """Weight of the last column."""
        return 1 - self.b

    @property
    def tau(self) -> Fraction:
        """The neurons' threshold in units of L."""
        return self.c + self.eta

    @property
    def xi(self) -> Fraction:
        """The threshold above 1, which is what a token without a needle can reach: tau = 1 + xi."""
        return self.eta - self.b

    @property
    def tokens_per_column(self) -> Fraction:
        """t = n / (d - 2)."""
        return Fraction(self.n, self.d - 2)

    @property
    def literal(self) -> bool:
        """Whether t is an integer, so that the network exists as it is written down."""
        return self.n % (self.d - 2) == 0

    def require_literal(self) -> None:
        """Raise ValueError, with the nearest lengths that do, unless the identity columns divide the tokens."""
        columns = self.d - 2
        if not self.literal:
            below = self.n - self.n % columns
            raise ValueError(
                f"n = {self.n} is not a multiple of d - 2 = {columns}; take n = {below} or n = {below + columns}."
            )

    def replace(self, **changes: Any) -> Parameters:
        """The same parameters with some of them changed; eta stays unless eta or tau is given.

        >>> Parameters(n=10, d=4, a0=0, a1=1, b="1/2", tau=1).replace(n=20).eta
        Fraction(1, 2)
        """
        kept: dict[str, Any] = {name: getattr(self, name) for name in ("n", "d", "a0", "a1", "b", "eta")}
        if "tau" in changes:
            del kept["eta"]
        return Parameters(**(kept | changes))
