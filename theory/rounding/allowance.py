"""Rounding allowances: how far floating-point arithmetic may carry a result, rigorously and with underflow.

**Model.** `u` is the unit roundoff, v = u/(1 - u), and `s` the smallest normal number. For floats a and b and an
operation among +, -, *, and for a fused multiply-add, the result, *as the next operation reads it*, is

    (a op b)(1 + delta) + eta,    |delta| <= u,    |eta| <= s.                                                  (1)

The term eta covers gradual underflow, results below s flushed to zero (XLA does this on CPUs) and operands below s read
as zero. Overflow is not covered: an infinite result is not judged against an allowance. An elementary function f is
computed as f(x)(1 + delta) + eta with |delta| <= c u; c comes from a measured table (`numerics.rounding.primitives`),
because no standard bounds it. A division counts q roundings: 1 where it is correctly rounded, 2 where a compiler
multiplies by a rounded reciprocal, as XLA does on CPUs.

**Factors.** Write G(k) for the factors between exp(-k v) and exp(k v). Then, by 1 + x <= exp(x) alone,

    |f - 1| <= gamma(k) := exp(k v) - 1  for f in G(k);        1 + delta in G(1) if |delta| <= u;               (2)
    f g in G(j + k) and 1/f in G(k)  for f in G(k), g in G(j);        exp(x) in G(|x|/u);                       (3)
    1 + delta in G(c/(1 - c u)) if |delta| <= c u;        a weighted mean of factors in G(k) is in G(k).        (4)

These are the claims `rounding.factors.*`. Every allowance below is a count k in this calculus, so it holds as it
stands, not to first order in u.

**Sum and matrix product.** Summation in any order (a tree of any shape, fused multiply-adds allowed) takes every addend
through at most n - 1 additions, so the computed sum of n addends is sum f_i a_i with f_i in G(n - 1), and a product of
length n is sum f_i a_i b_i with f_i in G(n). At most 2n terms eta enter, each carried on by a factor of at most 2 if
n v <= 1/2. Hence for operands that are known to within alpha and beta

    |computed - sum a_i b_i| <= gamma(n) sum |a_i b_i| + exp(n v) sum (alpha_i |b_i| + |a_i| beta_i + alpha_i beta_i)
    + 4 n s.

**Softmax.** Let x be floats, m = max x (exact), D_j = m - x_j, Z = sum exp(-D_l), p_j = exp(-D_j)/Z. The computed gap
is -D_j (1 + delta) + eta, and its exponential has a factor in G(D_j + s/u) from that and one in G(c/(1 - c u)) from
the function; the quotient has one in G(q). The computed sum is Z times a factor in G(n - 1 + c/(1 - c u)) times the
p-mean of exp(+-u D_l). By Jensen's inequality that mean is at least exp(-u W), where sum p_l D_l <= W, and it is at
most

    sum p_l exp(u D_l) = Z(1 - u)/Z(1) = exp(u * mean gap at some inverse temperature in [1 - u, 1]) <= exp(u W/(1 -
    u)),

as log Z is convex with minus the mean gap as its slope, and the mean gap at inverse temperature t is at most W/t. Here
W = W0((n - 1)/e) <= log n is the largest mean gap that n numbers can have (claim `rounding.softmax.mean-gap`).
Therefore

    |computed p_j - p_j| <= gamma(K_j) p_j + 4 s,    K_j = D_j + W + 2 c/(1 - c u) + n - 1 + q + (16 n + 8) s/u,     (5)

if K_j v <= 1/2. The last term of K_j: at most 2n terms eta enter the sum (n exponentials, n - 1 additions), each
doubled at most, relative to a sum of at least 1/2; the eight are gaps and inputs read as zero. The term 4 s: the eta
of the numerator times at most exp(K_j v), and the quotient's own. If only D_j breaks K_j v <= 1/2, then D_j > 1/(8
u), the exact weight and the main part of the computed one are far below s, and 4 s alone is the allowance.

**Row normalisation.** For non-negative numbers a_j that were computed with factors in G(k) and terms eta, and R = sum
a_j,

    |computed a_j / R - a_j / R| <= gamma(K) a_j / R + (4/R + 1) s,    K = 2 k + n - 1 + q + 16 n s/(R u),      (6)

if K v <= 1/2 and 4 s <= R <= 1/(4 s): the factors of the numerator, of the sum, and of the quotient multiply. With
mixed signs the sum may cancel and no such allowance exists.

The formulas are generic: they accept floats, Fractions, arrays and SymPy symbols, so that the claims and the
measurements use the same text. Orientation: Higham, Accuracy and Stability of Numerical Algorithms, chapters 3 and 4;
Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax functions (2021), to first order. The
form (5), with the mean gap in place of the largest one, is derived here.
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


def exponent(count: Any, unit_roundoff: Any) -> Any:
    """k v: a factor in G(k) lies between exp(-k v) and exp(k v)."""
    return count * unit_roundoff / (1 - unit_roundoff)


def softmax_exponent(gap: Any, length: Any, mean_gap: Any, exponential: Any, division: Any, unit_roundoff: Any) -> Any:
    """K_j v of (5) without its underflow term.

    gap: D_j. length: n. mean_gap: W. exponential: the largest relative error c u of exp, below 1. division: q.
    """
    counted = exponent(gap + mean_gap + length - 1 + division, unit_roundoff)
    return counted + 2 * exponential / (1 - exponential)


def row_normalisation_exponent(entry: Any, length: Any, division: Any, unit_roundoff: Any) -> Any:
    """K v of (6) without its underflow term. entry: the count k that each non-negative entry was computed with."""
    return exponent(2 * entry + length - 1 + division, unit_roundoff)
