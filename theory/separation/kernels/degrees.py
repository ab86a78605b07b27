"""The least degree of a kernel that finds the needle, exactly, at any length; and its growth with log n.

For a weight above w a row needs a gain above G = (n-1) w/(1-w). Polynomial and Chebyshev kernels are compared with G
in rationals where a tie is near. Taylor kernels have no ties (`gains`) and a gain that rises with the degree towards
softmax's n^(a(1+a)) and never beyond (claims `taylor-gain-grows` and `taylor-below-softmax` of this room); so some
degree is enough if and only if n^(a(1+a)) > G, which is decided exactly, and the first one is found by adding terms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from flint import arb, ctx, fmpq

from theory.separation.kernels.gains import Chebyshev, Kernel, Polynomial, Taylor, chebyshev_value
from theory.separation.self_attention.answers import integer_text
from theory.separation.self_attention.exact_numbers import Undecided, power_gain, precisions, sign_of, to_fmpq
from theory.separation.self_attention.parameters import exact_integer, exact_rational

if TYPE_CHECKING:
    from theory.separation.self_attention.parameters import ExactNumber

Family = Literal["polynomial", "taylor", "chebyshev"]
KERNELS: dict[Family, Callable[[int], Kernel]] = {
    "polynomial": Polynomial, "taylor": Taylor, "chebyshev": Chebyshev,
}  # fmt: skip


@dataclass(frozen=True)
class SmallestDegree:
    """value: the least degree p >= 0 whose needle weight exceeds `weight` in the needle's row; None if none does."""

    value: int | None
    family: Family
    n: int
    a: Fraction
    weight: Fraction
    message: str

    @property
    def kernel(self) -> Kernel | None:
        """The kernel of that degree."""
        return None if self.value is None else KERNELS[self.family](self.value)


def smallest_degree(family: Family, n: int, a: ExactNumber, weight: ExactNumber = "1/2") -> SmallestDegree:
    """The least degree with a needle weight strictly above `weight`, 0 < weight < 1, in the needle's own row.

    Polynomials and Chebyshev polynomials take any n; a Taylor kernel takes about 2 log n steps. Raises ValueError for
    another family, and for parameters out of range.

    >>> smallest_degree("polynomial", 10**1000, "0.7").message
    'The least polynomial degree with a needle weight above 1/2 is p = 4340, at n = 10^1000, a = 7/10.'
    >>> smallest_degree("taylor", 1000, "0.6").message
    'None exists: softmax itself does not put more than 1/2 on the needle at n = 1000, a = 3/5.'
    """
    if family not in KERNELS:
        raise ValueError(f"There is no family {family!r}; take 'polynomial', 'taylor' or 'chebyshev'.")
    length, height, wanted = exact_integer(n, "n", 2), exact_rational(a, "a"), exact_rational(weight, "weight")
    if height < 0:
        raise ValueError(f"a = {height} is negative; a needle has height >= 0.")
    if not 0 < wanted < 1:
        raise ValueError(f"The weight {wanted} is out of range; take 0 < weight < 1.")
    needed = to_fmpq((length - 1) * wanted / (1 - wanted))
    where = f"n = {integer_text(length)}, a = {height}"
    value, reason = _least(family, length, height, needed)
    if value is None:
        return SmallestDegree(
            None, family, length, height, wanted, f"None exists: {reason} {wanted} on the needle at {where}."
        )
    name = "Taylor" if family == "taylor" else "Chebyshev" if family == "chebyshev" else family
    message = f"The least {name} degree with a needle weight above {wanted} is p = {value}, at {where}."
    return SmallestDegree(value, family, length, height, wanted, message)


def _least(family: Family, n: int, a: Fraction, needed: fmpq) -> tuple[int | None, str]:
    if needed < 1:
        return 0, ""
    if a == 0:
        return None, "without a needle no kernel puts more than"
    if family == "polynomial":
        base = to_fmpq(1 + a)
        return _first_above(lambda: arb(needed).log() / arb(base).log(), lambda p: base**p, needed), ""
    if family == "chebyshev":
        at = 1 + 2 * a
        found = _first_above(
            lambda: arb(needed).acosh() / arb(to_fmpq(at)).acosh(), lambda p: to_fmpq(chebyshev_value(p, at)), needed
        )
        return found, ""
    if sign_of(power_gain(n, a * (1 + a)), -needed, fmpq(1)) <= 0:
        return None, "softmax itself does not put more than"
    return _first_taylor(n, a, needed), ""


def _first_above(quotient: Callable[[], arb], value: Callable[[int], fmpq], needed: fmpq) -> int:
    """Least p with value(p) > needed, where value increases and value(p) = needed exactly at p = quotient()."""
    for bits in precisions():
        with ctx.workprec(bits + needed.height_bits()):
            bound = quotient()
            below = bound.floor().unique_fmpz()
            if below is not None and not bound.contains(below):
                return int(below) + 1
            nearest = (bound.mid() + fmpq(1, 2)).floor().unique_fmpz()
        if nearest is not None and value(int(nearest)) == needed:
            return int(nearest) + 1
    raise Undecided("The least degree is not decided by the largest precision.")


def _first_taylor(n: int, a: Fraction, needed: fmpq) -> int:
    """Least p >= 1 with T_p(x z) > needed T_p(z), x = 1 + a, z = x log n; there is one, and there are no ties."""
    x = to_fmpq(1 + a)
    for bits in precisions():
        with ctx.workprec(bits):
            rest = arb(n).log() * x
            needle, target = rest * x, arb(needed)
            needle_sum = needle_term = rest_sum = rest_term = arb(1)
            p = 0
            while not needle_sum > target * rest_sum:
                if p > 0 and not needle_sum < target * rest_sum:
                    break
                p += 1
                needle_term, rest_term = needle_term * needle / p, rest_term * rest / p
                needle_sum, rest_sum = needle_sum + needle_term, rest_sum + rest_term
            else:
                return p
    raise Undecided(
        f"The least Taylor degree at n = {integer_text(n)}, a = {a} is not decided by the largest precision."
    )


def degree_rate(family: Family, a: ExactNumber, bits: int = 128) -> arb | None:
    """Enclosure of the limit of p/log n, p the least degree, as n grows; None where no degree is enough for large n.

    1/log(1+a) for polynomials, 1/arcosh(1+2a) for Chebyshev polynomials. For Taylor kernels (`taylor_degree`): none for
    a(1+a) <= 1; 1/log(1+a) for (1+a) log(1+a) >= 1; between the two beta* = -c/W(-c/(e x^2)), c = 2+a, x = 1+a, with
    the branch W < -1 of Lambert's function: the root in [x, x^2] of beta (1 + 2 log x - log beta) = 2+a, on which the
    left side increases.

    >>> print(degree_rate("taylor", "0.7").str(12, radius=False))
    1.90751033375
    >>> degree_rate("taylor", "0.6") is None
    True
    """
    if family not in KERNELS:
        raise ValueError(f"There is no family {family!r}; take 'polynomial', 'taylor' or 'chebyshev'.")
    height = exact_rational(a, "a")
    if height <= 0:
        raise ValueError(f"a = {height} is out of range; take a > 0.")
    x = to_fmpq(1 + height)
    with ctx.workprec(bits):
        if family == "chebyshev":
            return 1 / arb(2 * x - 1).acosh()
        if family == "polynomial" or _beyond_crossover(height):
            return 1 / arb(x).log()
        if height * (1 + height) <= 1:
            return None
        c = x + 1
        return -arb(c) / (-arb(c / (x * x)) / arb.const_e()).lambertw(-1)


def _beyond_crossover(a: Fraction) -> bool:
    """Whether (1+a) log(1+a) >= 1; there is no tie at a rational a > 0, whose logarithm log(1+a) is transcendental."""
    x = to_fmpq(1 + a)
    for bits in precisions():
        with ctx.workprec(bits):
            value = x * arb(x).log()
            if value > 1 or value < 1:
                return bool(value > 1)
    raise Undecided(f"(1+a) log(1+a) = 1 to the largest precision at a = {a}.")


def taylor_crossover(bits: int = 128) -> arb:
    """The height with (1+a) log(1+a) = 1, from which on a Taylor kernel needs no higher degree than s^p: 1/W(1) - 1.

    >>> print(taylor_crossover().str(5, radius=False))
    0.76322
    """
    with ctx.workprec(bits):
        return 1 / arb(1).lambertw() - 1
