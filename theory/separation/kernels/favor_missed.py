"""Positive random features miss the needle, at finite length: the gain and the probability, with explicit constants.

Hypotheses. As in `favor` and `favor_window`: n^(x^2/2) <= M <= 2 n^(x^2/2) frequencies, so that M may be that power
rounded up, x <= z_n = 2 + 2a, z_r = 2 + a; e > 0; a window of width delta below v, D = delta sqrt(log n/(2 pi)).
Claims. (missed, level) But for a probability of at most 2 n^(-e x/z_n) + exp(-(1 - log 2) (D/2) n^((x^2 - v^2)/2)),
the gain of the needle's row is below (2/D) n^E, E = x z_n + e - (x^2/2 - v^2/2 + z_r (v - delta)) - (k_n^2 - 1)/2.
(limit) With v = min(x, z_r) - s, E exceeds the exponent of `favor_limit`, which is below 1 if x < x*, by
e + s (z_r - x)_+ + s^2/2 + z_r delta, as small as one likes; the probability tends to 0 for any e, s, delta > 0.
Source. Derived here.
Why. The union of the two exceptions (`favor_exceptions`): a moment for the numerator (`favor_too_large`), a window for
the denominator (`favor_window`). What it gives at every height is in `favor_everywhere`, in numbers in
`favor_instances`.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain
from theory.lemmas.binomial_half import M
from theory.separation.kernels.favor import POSITIVE, eps, exponent_below, exponent_between, x, z
from theory.separation.kernels.favor_exceptions import NEEDLE, NORMS, REST, add_exceptions, by_algebra, either
from theory.separation.kernels.favor_reached import reached
from theory.separation.kernels.favor_too_large import MISSED_WORDS, exceeds, markov
from theory.separation.kernels.favor_window import delta, s, v, width
from theory.separation.self_attention.construction import a, n

missed = add_exceptions(
    "missed",
    "the gain is below (2/D) n^E but for a probability of 2 n^(-e x/z_n) + exp(-(1 - log 2) (D/2) n^((x^2 - v^2)/2))",
    exceeds(n, x, NEEDLE, eps, M), 2 * n ** (-eps * x / NEEDLE), markov, NEEDLE, (sp.Le(x, NEEDLE),),
    {n: 2, x: 1, M: 2, a: 1, v: 1, eps: 1, delta: sp.Rational(1, 4)}, either, __name__,
)  # fmt: skip
exception, allowed = missed.unfolded.args

gain_exponent = x * NEEDLE + eps - reached.subs(z, REST) - NORMS  # E: log_n of the gain, but for the factor 2/D
sums = n ** (x * NEEDLE + eps) / (width(n, delta) / 2 * n ** reached.subs(z, REST))
gain_bound = 2 / width(n, delta) * n**gain_exponent
level = by_algebra(
    "missed-level",
    "the levels of the two sums and the norms of the keys, n^(-(k_n^2 - 1)/2), give the gain (2/D) n^E",
    sp.Eq(sums * n ** (-NORMS), gain_bound, evaluate=False),
    missed.domain,
    "the norms forgotten",
    sp.Eq(sums, gain_bound, evaluate=False),
    __name__,
)

lost_below, lost_between = eps + s * (REST - x) + s**2 / 2 + REST * delta, eps + s**2 / 2 + REST * delta


def limits(dropped):
    """E, with the window s below min(x, z_r), is the exponent of the limit and what is lost, less `dropped`."""
    below_rest, between = gain_exponent.subs(v, x - s), gain_exponent.subs(v, REST - s)
    return sp.And(
        sp.Eq(below_rest, exponent_below(x, a) + lost_below - dropped, evaluate=False),
        sp.Eq(between, exponent_between(x, a) + lost_between - dropped, evaluate=False),
        evaluate=False,
    )


limit = by_algebra(
    "missed-limit",
    "with the window s below min(x, z_r), E exceeds the limiting exponent by e + s (z_r - x)_+ + s^2/2 + z_r delta",
    limits(sp.S.Zero),
    Domain(
        {a: POSITIVE, x: POSITIVE, eps: POSITIVE, s: POSITIVE, delta: POSITIVE}, (sp.Le(x, NEEDLE),),
        {key: MISSED_WORDS[key] for key in (a, x, eps, s, delta)},
    ),
    "s^2/2 dropped",
    limits(s**2 / 2),
    __name__,
)  # fmt: skip
