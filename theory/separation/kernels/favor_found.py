"""Positive random features find the needle above the threshold, at finite length, with explicit constants.

Hypotheses. As in `favor_missed`: n^(x^2/2) <= M <= 2 n^(x^2/2) frequencies, z_n = 2 + 2a, z_r = 2 + a; e > 0; a window
of width delta below v, D = delta sqrt(log n/(2 pi)).
Claims. (found, level) The gain of the needle's row is above (D/2) n^(E - e), E = x^2/2 - v^2/2 + z_n (v - delta) -
psi(x, z_r) - (k_n^2 - 1)/2, but for a probability of at most 2 n^(-e t) + exp(-(1 - log 2) (D/2) n^((x^2 - v^2)/2)),
where t = 1 for x >= z_r (early) and x/z_r below (late). (limit) With v = x - s, x <= z_n, E is the exponent of
`favor_limit`, which is above 1 if x > x*, less s (z_n - x) + s^2/2 + z_n delta.
Source. Derived here.
Why. The two halves in exchanged roles: a window for the numerator, a moment for the denominator.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain
from theory.lemmas.binomial_half import M
from theory.separation.kernels.favor import POSITIVE, eps, exponent_below, exponent_between, x, z
from theory.separation.kernels.favor_exceptions import NEEDLE, NORMS, REST, add_exceptions, by_algebra, found_either
from theory.separation.kernels.favor_reached import reached
from theory.separation.kernels.favor_too_large import MISSED_WORDS, exceeds, first_moment, markov, mean_exceeds
from theory.separation.kernels.favor_window import delta, s, v, width
from theory.separation.self_attention.construction import a, n


def _found(name: str, title: str, large, rare, by: Claim, side: tuple, place) -> Claim:
    """Declare the sum of the two exceptions; `by` bounds that of the denominator by `rare`, for x as in `side`."""
    witness = {n: 2, x: place, M: 2 ** (place**2 // 2 + 1), a: 1, v: 1, eps: 1, delta: sp.Rational(1, 4)}
    return add_exceptions(name, title, large, rare, by, REST, side, witness, found_either, __name__)


found_early = _found(
    "found-early", "for x >= z_r the gain is above (D/2) n^(E - e) but for 2 n^(-e) and what the window misses",
    mean_exceeds(n, x, REST, eps, M), 2 * n ** (-eps), first_moment, (sp.Ge(x, REST),), 3,
)  # fmt: skip
found_late = _found(
    "found-late", "for x <= z_r the gain is above (D/2) n^(E - e) but for 2 n^(-e x/z_r) and what the window misses",
    exceeds(n, x, REST, eps, M), 2 * n ** (-eps * x / REST), markov, (sp.Le(x, REST),), 1,
)  # fmt: skip

ABOVE = reached.subs(z, NEEDLE) - NORMS - eps  # E - e, but for psi(x, z_r)
early_exponent, late_exponent = ABOVE - x**2 / 2 - REST**2 / 2, ABOVE - x * REST
reach = width(n, delta) / 2 * n ** reached.subs(z, NEEDLE)  # what S(z_n) exceeds


def levels(norms):
    """The level of S(z_n) over those of S(z_r), times n^(-norms), is (D/2) n^(E - e) for x >= z_r and for x <= z_r."""
    rests = (n ** (x**2 / 2 + REST**2 / 2 + eps), early_exponent), (n ** (x * REST + eps), late_exponent)
    return sp.And(
        *(sp.Eq(reach / rest * n ** (-norms), width(n, delta) / 2 * n**own, evaluate=False) for rest, own in rests),
        evaluate=False,
    )


level = by_algebra(
    "found-level",
    "the levels of the two sums and the norms of the keys, n^(-(k_n^2 - 1)/2), give the gain (D/2) n^(E - e)",
    levels(NORMS),
    Domain(found_late.domain.ranges, (), found_late.domain.meanings),
    "the norms forgotten",
    levels(sp.S.Zero),
    __name__,
)

lost = eps + s * (NEEDLE - x) + s**2 / 2 + NEEDLE * delta


def limits(lost):
    """Both exponents, with the window s below x, are those of the limit less `lost`."""
    return sp.And(
        sp.Eq(early_exponent.subs(v, x - s), exponent_between(x, a) - lost, evaluate=False),
        sp.Eq(late_exponent.subs(v, x - s), exponent_below(x, a) - lost, evaluate=False),
        evaluate=False,
    )


limit = by_algebra(
    "found-limit",
    "with the window s below x, E - e falls short of the limiting exponent by e + s (z_n - x) + s^2/2 + z_n delta",
    limits(lost),
    Domain(
        {a: POSITIVE, x: POSITIVE, eps: POSITIVE, s: POSITIVE, delta: POSITIVE}, (sp.Le(x, NEEDLE),),
        {key: MISSED_WORDS[key] for key in (a, x, eps, s, delta)},
    ),
    "s^2/2 dropped",
    limits(lost - s**2 / 2),
    __name__,
)  # fmt: skip
