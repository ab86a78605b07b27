"""Rounding allowances: how far floating-point arithmetic may carry a result, rigorously and with underflow.

**Model.** `u` is the unit roundoff and `s` the smallest normal number. For floats a and b and an operation among
+, -, *, and for a fused multiply-add, the computed result, *as it is read by the next operation*, is

    (a op b)(1 + delta) + eta,    |delta| <= u,    |eta| <= s.                                                  (1)

The term eta covers gradual underflow, results below s flushed to zero (XLA does this on CPUs) and operands below s read
as zero. Overflow is not covered: an infinite result is not judged against an allowance. An elementary function f is
computed as f(x)(1 + delta) + eta with |delta| <= c u; c comes from a measured table
(`numerics.rounding.primitives`), because no standard bounds it. A division counts c_d roundings: 1 where it is correctly
rounded, 2 where a compiler multiplies by a rounded reciprocal, as XLA does on CPUs.

**Factors.** Write G(k) for the set of factors f with 1 - k u <= f <= 1/(1 - k u), where k >= 0 and k u < 1. Then

    |f - 1| <= gamma(k) := k u / (1 - k u)                                            for f in G(k),            (2)
    1 + delta in G(1);  f g in G(j + k) and 1/f in G(k) for f in G(k), g in G(j);  exp(x) in G(|x| / u),        (3)
    a mean of factors in G(k) with non-negative weights is in G(k).                                             (4)

(3) is Bernoulli's inequality and 1 - x <= exp(-x); (4) because G(k) is an interval. These are the claims
`rounding.factors.*`; every allowance below is a count k in this calculus, so it holds as it stands, not to first order.

**Sum and matrix product.** Summation in any order (a tree of any shape, fused multiply-adds allowed) takes every addend
through at most n - 1 additions, so the computed sum of n addends is sum f_i a_i with f_i in G(n - 1), and a product of
length n is sum f_i a_i b_i with f_i in G(n). At most 2n terms eta enter, each carried on by a factor of at most 2
if n u <= 1/2. Hence for operands that are known to within alpha and beta

    |computed - sum a_i b_i| <= gamma(n) sum |a_i b_i| + sum (alpha_i |b_i| + |a_i| beta_i + alpha_i beta_i)/(1 - n u) + 4 n s.

**Softmax.** Let x be floats, m = max x (exact), D_j = m - x_j, Z = sum exp(-D_l), p_j = exp(-D_j)/Z. The computed gap is
-D_j (1 + delta) + eta; its exponential has the factor exp(+-(u D_j + s)) in G(D_j + s/u) and the factor of the function
in G(c); the quotient has one in G(c_d). The computed sum is Z times G(n - 1), times the p-mean of the factors of its
terms. That mean is bounded below by Jensen's inequality through sum p_l D_l <= W, and above by

    sum p_l exp(u D_l) = Z(1 - u)/Z(1) = exp(u * mean gap at some temperature between 1 - u and 1) <= exp(u W/(1 - u)),

as log Z is convex with the mean gap as its slope, and the mean gap at inverse temperature t is at most W/t. Here
W = W0((n - 1)/e) <= log n is the largest mean gap that n numbers can have (claim `rounding.softmax.mean-gap`). Therefore

    |computed p_j - p_j| <= gamma(K_j) p_j + 4 s,   K_j = D_j + W/(1 - u) + 2 c + c_d + n - 1 + (4 n + 8) s/u.   (5)

In the last term of K_j the sum carries at most 2n terms eta (n exponentials, n - 1 additions), each doubled at most and
all relative to Z >= 1, and the eight are gaps and inputs read as zero. The term 4 s: the eta of the numerator times at
most 1/(1 - K_j u), and the quotient's own. (5) asks for K_j u <= 1/2. If only D_j breaks that, then D_j > 1/(4 u), the
exact weight and the main part of the computed one are far below s, and 4 s alone is the allowance.

**Row normalisation.** For non-negative numbers a_j that were computed with factors in G(k) and terms eta, and R = sum a_j,

    |computed a_j / R - a_j / R| <= gamma(K) a_j / R + (4/R + 1) s,    K = 2 k + n - 1 + c_d + 4 n s/(R u),      (6)

if K u <= 1/2 and 4 s <= R <= 1/(4 s): the factors of the numerator, of the sum, and of the quotient multiply. With mixed signs the sum
may cancel and no such allowance exists.

The formulas are generic: they accept floats, Fractions, arrays and SymPy symbols, so that the claims and the measurements use
the same text. Orientation: Higham, Accuracy and Stability of Numerical Algorithms, chapters 3 and 4; Blanchard, Higham and
Higham, Accurately computing the log-sum-exp and softmax functions (2021), to first order. The mean-gap form (5) is
derived here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any


class AllowanceUnavailable(LookupError):
    """No allowance is known here; the message names what is missing and how to supply it."""


@dataclass(frozen=True)
class Arithmetic:
    """A binary floating-point format: its unit roundoff u and its smallest normal number s."""

    name: str
    unit_roundoff: Fraction
    smallest_normal: Fraction


FLOAT32 = Arithmetic("float32", Fraction(1, 2**24), Fraction(1, 2**126))
FLOAT64 = Arithmetic("float64", Fraction(1, 2**53), Fraction(1, 2**1022))


def arithmetic(name: str) -> Arithmetic:
    """The format called `name`. Raises AllowanceUnavailable for a format without derived allowances."""
    known = {one.name: one for one in (FLOAT32, FLOAT64)}
    if name not in known:
        raise AllowanceUnavailable(f"No rounding allowance is derived for {name}; compare in {' or '.join(known)}.")
    return known[name]


def gamma(count: Any, unit_roundoff: Any) -> Any:
    """k u/(1 - k u), the largest relative distance from 1 of a factor in G(k). Needs k u < 1."""
    return count * unit_roundoff / (1 - count * unit_roundoff)


def softmax_count(
    gap: Any, length: Any, mean_gap: Any, exponential: Any, division: Any, unit_roundoff: Any, smallest_normal: Any = 0
) -> Any:
    """K_j of (5): the roundings that the softmax weight of an entry `gap` below the maximum of `length` entries meets."""
    underflow = (4 * length + 8) * smallest_normal / unit_roundoff
    return gap + mean_gap / (1 - unit_roundoff) + 2 * exponential + division + length - 1 + underflow


def row_normalisation_count(entry: Any, length: Any, division: Any) -> Any:
    """K of (6) without its underflow term: `entry` is the count k that each non-negative entry was computed with."""
    return 2 * entry + length - 1 + division
