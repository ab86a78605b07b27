"""The logits of the cross-attention needle in exact numbers, and the exact gains that they give.

Irrationality. For rational kappa, l0 > 0 and an integer n >= 2 no gain of a map below is rational: n^kappa is algebraic
and exp(l0) is transcendental, and so is log n (Lindemann), hence every power of kappa log n/l0. A comparison of a gain
with a rational number is therefore never a tie, and some precision decides it.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import arb, ctx

from theory.separation.self_attention.exact_numbers import Gain, rational_gain, to_fmpq
from theory.separation.self_attention.parameters import exact_integer, exact_rational

if TYPE_CHECKING:
    from theory.separation.self_attention.parameters import ExactNumber

NO_NEEDLE = rational_gain(1)  # every key has the same logit


@dataclass(frozen=True, init=False)
class Logits:
    """kappa log n at the needle's key, l0 at every other one; both positive, given exactly.

    >>> Logits(kappa="6/5", l0=1).kappa
    Fraction(6, 5)
    """

    kappa: Fraction
    l0: Fraction

    def __init__(self, *, kappa: ExactNumber, l0: ExactNumber) -> None:
        """Raises TypeError for a number that is not exact, ValueError for one that is not positive."""
        for name, given in (("kappa", kappa), ("l0", l0)):
            value = exact_rational(given, name)
            if value <= 0:
                raise ValueError(
                    f"{name} = {value} is not positive; take {name} > 0, for kernels need positive scores."
                )
            object.__setattr__(self, name, value)


def softmax_gain(logits: Logits, n: int) -> Gain:
    """n^kappa exp(-l0).

    >>> float(softmax_gain(Logits(kappa=2, l0="1/2"), 10).enclose(64))
    60.653065971263345
    """
    return _gain("softmax", logits, n, 1)


def polynomial_gain(logits: Logits, n: int, degree: int = 1) -> Gain:
    """(kappa log n / l0)^degree; degree 1 is linear attention."""
    return _gain("polynomial", logits, n, exact_integer(degree, "degree", 1))


def log_gain(logits: Logits, n: int, degree: int | None) -> arb:
    """log N at the working precision, for softmax (degree None) or the kernel of this degree."""
    needle = to_fmpq(logits.kappa) * arb(n).log()
    if degree is None:
        return needle - to_fmpq(logits.l0)
    return degree * (needle / to_fmpq(logits.l0)).log()


def _gain(map_name: str, logits: Logits, n: int, degree: int) -> Gain:
    keys = exact_integer(n, "n", 2)
    power = None if map_name == "softmax" else degree

    def enclose(bits: int) -> arb:
        with ctx.workprec(bits):
            return log_gain(logits, keys, power).exp()

    name = f"{map_name} of degree {degree} at n = {keys}, kappa = {logits.kappa}, l0 = {logits.l0}"
    return Gain(name, None, enclose, irrational=True)
