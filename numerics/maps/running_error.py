"""Running error analysis: values in the widest float of NumPy, each with a bound on how far a computation may be off.

A formula written with these operations is at once a reference and an allowance. Every operation adds its own roundings
to the errors that its operands carry, without dropping terms of second order:

    |fl(x y) - x y| <= |x| dy + |y| dx + dx dy + gamma (|x| + dx)(|y| + dy),      gamma(k) = exp(k u/(1 - u)) - 1,

a sum or a matrix product of length k has gamma(k), in any order, a function f has its Lipschitz constant. An
implementation is not the formula: it takes out a scale, splits sums into chunks, multiplies by a reciprocal. So each
operation is counted `slack` times (twice by default), which covers one scaling beside each. Underflow is not covered:
use it where values stay in the normal range. Higham, Accuracy and Stability of Numerical Algorithms, section 3.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

WIDE = np.longdouble
FUNCTION = 8  # roundings of exp, cos and the like, as stated for float64 in `numerics.rounding.primitives`


@dataclass(frozen=True)
class Approximate:
    """value, and error: a bound on |computed - value|, entry by entry; infinite where nothing is known."""

    value: NDArray
    error: NDArray

    @property
    def size(self) -> NDArray:
        """A bound on the absolute computed value."""
        return np.abs(self.value) + self.error

    def __getitem__(self, index: Any) -> Approximate:
        return Approximate(self.value[index], self.error[index])

    @property
    def T(self) -> Approximate:  # as NumPy calls it
        return Approximate(self.value.T, self.error.T)


@dataclass(frozen=True)
class Rounding:
    """Arithmetic with unit roundoff u."""

    unit_roundoff: float
    slack: int = 2

    def gamma(self, roundings: int) -> float:
        u = self.unit_roundoff
        return float(np.expm1(WIDE(self.slack * roundings * u / (1 - u))))

    def exactly(self, x: Any) -> Approximate:
        """A number that every implementation is given."""
        value = np.asarray(x, WIDE)
        return Approximate(value, np.zeros_like(value))

    def rounded(self, x: Any, roundings: int = 1) -> Approximate:
        """A number that an implementation computes or stores itself, such as a coefficient."""
        value = np.asarray(x, WIDE)
        return Approximate(value, self.gamma(roundings) * np.abs(value))

    def plus(self, a: Approximate, b: Approximate) -> Approximate:
        value, carried = a.value + b.value, a.error + b.error
        return Approximate(value, carried + self.gamma(1) * (np.abs(value) + carried))

    def minus(self, a: Approximate, b: Approximate) -> Approximate:
        return self.plus(a, Approximate(-b.value, b.error))

    def times(self, a: Approximate, b: Approximate) -> Approximate:
        carried = np.abs(a.value) * b.error + a.error * np.abs(b.value) + a.error * b.error
        return Approximate(a.value * b.value, carried + self.gamma(1) * a.size * b.size)

    def product(self, a: Approximate, b: Approximate) -> Approximate:
        """The matrix product, with its sums in any order."""
        carried = np.abs(a.value) @ b.error + a.error @ np.abs(b.value) + a.error @ b.error
        return Approximate(a.value @ b.value, carried + self.gamma(a.value.shape[-1]) * (a.size @ b.size))

    def total(self, a: Approximate, axis: int) -> Approximate:
        """The sum along an axis, which is kept, in any order."""
        value, carried = a.value.sum(axis=axis, keepdims=True), a.error.sum(axis=axis, keepdims=True)
        return Approximate(value, carried + self.gamma(a.value.shape[axis]) * a.size.sum(axis=axis, keepdims=True))

    def over(self, a: Approximate, b: Approximate) -> Approximate:
        """a/b, and 0 where b is 0 and certainly so; no bound where b is not known to differ from 0."""
        empty = (b.value == 0) & (b.error == 0)
        unknown = ~empty & (np.abs(b.value) <= b.error)
        divisor = np.where(empty | unknown, 1, b.value)
        value = np.where(empty | unknown, 0, a.value / divisor)
        least = np.where(empty | unknown, 1, np.abs(b.value) - b.error)
        error = (a.error + np.abs(value) * b.error) / least
        error = np.where(empty, 0, error + self.gamma(2) * (np.abs(value) + error))
        return Approximate(value, np.where(unknown, np.inf, error))

    def exp(self, a: Approximate) -> Approximate:
        """exp, whose argument an implementation may round once more to take out a scale of the same size."""
        value = np.exp(a.value)
        grown = np.expm1(a.error + self.gamma(1) * np.abs(a.value)) + self.gamma(FUNCTION)
        return Approximate(value, value * grown * (1 + self.gamma(FUNCTION)))

    def function(self, f: Callable[[NDArray], NDArray], a: Approximate, lipschitz: float = 1) -> Approximate:
        """f with |f(x) - f(y)| <= lipschitz |x - y|, computed with a small relative error."""
        value, carried = f(a.value), lipschitz * a.error
        return Approximate(value, carried + self.gamma(FUNCTION) * (np.abs(value) + carried))

    def power(self, a: Approximate, exponent: int) -> Approximate:
        """a^exponent for a non-negative integer exponent."""
        value, grown = a.value**exponent, a.size**exponent - np.abs(a.value) ** exponent
        return Approximate(value, grown + self.gamma(max(exponent, 1)) * a.size**exponent)

    def where(self, condition: NDArray, a: Approximate, otherwise: float = 0) -> Approximate:
        return Approximate(np.where(condition, a.value, otherwise), np.where(condition, a.error, 0))

    def beside(self, *parts: Approximate) -> Approximate:
        """The parts concatenated along the last axis."""
        return Approximate(
            np.concatenate([part.value for part in parts], axis=-1),
            np.concatenate([part.error for part in parts], axis=-1),
        )
