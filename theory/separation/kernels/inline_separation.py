"""InLine attention with the identity: it separates up to a certain length, with negative weights, and then never again.

Hypotheses. The needle construction at tau = (1 + xi) sqrt(log n); InLine attention on the scores: in row i the weights
are w = (1 + (n-1) g)/n on the needle and (1 - g)/n on each other token, g = s_i a log n.
Claims. (negative) The other weights are negative if and only if g > 1: on D1, a_1 = 7/10, from n = 3 on in the needle's
row and from n = 5 on in any other. (fires) At a_1 = 7/10, b = 1/2, xi = 1/10 every pattern with y_1 = y_d = y_k = +
fires on D1, for every n >= 2. (silent) While g <= 1 no sign pattern reads more than 1 + a w; at a_0 = xi = 1/10 a row
is then silent for every pattern if and only if g <= 1: on D0 if and only if n <= 8874, and from n = 8875 on the
all-plus pattern fires. (every-needle) For every height a > 0, where g > 1 and a g > 2 xi, all patterns with y_1 = y_d =
y_k = + fire: so for long sequences the low needle fires as surely as the high one, and m neurons succeed with
probability at most (7/8)^m. What is measured at n <= 1000 is no limit.
Source. Derived here; the map is that of arXiv 2412.06590, the construction that of arXiv 2310.11685.
Why. The needle's weight is not bounded by 1: it grows as a (1+a) log n, whatever a is.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Rearrange, Sign
from theory.rigor.checks import certified
from theory.separation.kernels.one_feature import HEIGHT, TENTH
from theory.separation.kernels.two_scores import affine_weights, g, gap
from theory.separation.kernels.two_weights import BOUNDED_SIGNS, SIGNS, SIZES, WORDS, on, reading
from theory.separation.self_attention.construction import (
    RANGES,
    SOURCE,
    S,
    a,
    b,
    d,
    n,
    xi,
    y_first,
    y_last,
    y_needle,
)

WORDS[g] = "by how much the needle's score exceeds the others, s_i a log n"
HALF, OWN_ROW = sp.Rational(1, 2), 1 + HEIGHT
ROW = "separation.kernels.inline-row"
w, u = affine_weights(g, n)

NEGATIVE = sp.Lt(u, 0, evaluate=False)
negative = declare(
    "separation.kernels.inline-negative",
    "InLine attention gives the other tokens negative weights if and only if g > 1",
    sp.Equivalent(NEGATIVE, sp.Gt(g, 1, evaluate=False), evaluate=False),
    on({n: RANGES[n], g: sp.Interval(0, sp.oo)}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[ROW],
    spoiled=[Spoiled("never", sp.Equivalent(NEGATIVE, sp.Lt(g, 0, evaluate=False), evaluate=False))],
)


@evidence_for(negative, Method.DERIVED)
@derived
def _negative() -> Equivalences:
    return Equivalences(NEGATIVE).iff(sp.Gt(g, 1, evaluate=False), by=Rearrange(n))


mean_sign = sp.Symbol("x", real=True)
WORDS[mean_sign] = "mean of the middle signs, S/(d-2)"
high = affine_weights(gap(OWN_ROW, HEIGHT, n), n)
FIRES = reading(*high, n, d, HEIGHT, HALF, 1, 1, 1, (d - 2) * mean_sign)
FIRES = sp.cancel(FIRES.subs(d, 3))  # d drops out
fires = declare(
    "separation.kernels.inline-fires",
    "InLine attention fires on D1 where y_1 = y_d = y_k = +, whatever the other signs are, at every n >= 2",
    sp.Gt(FIRES, 1 + TENTH, evaluate=False),
    on({n: RANGES[n], mean_sign: sp.Interval(-1, 1)}),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=["separation.kernels.two-weights-reading", ROW],
    spoiled=[Spoiled("xi raised to 1/2", sp.Gt(FIRES, 1 + HALF, evaluate=False))],
)
evidence_for(fires, Method.CERTIFIED)(certified())

signs = (y_first, y_last, y_needle, S)
reads = reading(w, u, n, d, a, b, *signs)
CLOSE = {g: sp.Interval(0, 1), **SIZES, **SIGNS}
peak = declare(
    "separation.kernels.inline-peak",
    "while g <= 1 no sign pattern reads more than 1 + a w from a row of InLine attention",
    sp.Le(reads, 1 + a * w, evaluate=False),
    on(CLOSE, *BOUNDED_SIGNS),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.kernels.two-weights-reading", ROW],
    spoiled=[Spoiled("g up to 4", domain=on({**CLOSE, g: sp.Interval(0, 4)}, *BOUNDED_SIGNS))],
)


@evidence_for(peak, Method.DERIVED)
@derived
def _peak() -> Derivation:
    return (
        Derivation(reads)
        .at_most(reading(w, u, n, d, a, b, 1, 1, 1, S), by=Sign())
        .at_most(1 + a * w, by=Sign("by hypothesis", given={BOUNDED_SIGNS[0]: b * n * u / (d - 2)}))
    )


QUIET = sp.Le(a * w, a, evaluate=False)
bounded = declare(
    "separation.kernels.inline-bounded",
    "at the threshold xi = a a row of InLine attention is silent, a w <= xi, if and only if g <= 1",
    sp.Equivalent(QUIET, sp.Le(g, 1, evaluate=False), evaluate=False),
    on({n: RANGES[n], g: sp.Interval(0, sp.oo), a: RANGES[a]}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[peak.id, "separation.kernels.two-weights-all-plus"],
    spoiled=[Spoiled("g <= 2", sp.Equivalent(QUIET, sp.Le(g, 2, evaluate=False), evaluate=False))],
)


@evidence_for(bounded, Method.DERIVED)
@derived
def _bounded() -> Equivalences:
    return Equivalences(QUIET).iff(sp.Le(g, 1, evaluate=False), by=Rearrange(n / (a * (n - 1))))


def _silent_until(last: int) -> sp.Basic:
    """That the gap of the needle's row, the largest one, is at most 1 until then."""
    close = sp.Le(gap(1 + TENTH, TENTH, n), 1, evaluate=False)
    return sp.Equivalent(close, sp.Le(n, last, evaluate=False), evaluate=False)


silent = declare(
    "separation.kernels.inline-silent",
    "at a_0 = xi = 1/10 InLine attention is silent on D0 for every sign pattern if and only if n <= 8874",
    _silent_until(8874),
    on({n: RANGES[n]}),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=[bounded.id],
    spoiled=[Spoiled(f"8874 replaced by {last}", _silent_until(last)) for last in (8873, 8875)],
)
evidence_for(silent, Method.CERTIFIED)(certified())

GREAT = (sp.Gt(a * g, 2 * xi, evaluate=False), BOUNDED_SIGNS[0])
plus = reading(w, u, n, d, a, b, 1, 1, 1, S)
WIDE = {g: sp.Interval.open(1, sp.oo), xi: RANGES[xi], **SIZES, S: RANGES[S]}
every_needle = declare(
    "separation.kernels.inline-every-needle",
    "where g > 1 and a g > 2 xi InLine attention fires for every pattern with y_1 = y_d = y_k = +, at any height",
    sp.Gt(plus, 1 + xi, evaluate=False),
    on(WIDE, *GREAT),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.kernels.two-weights-reading", "separation.kernels.loud-on-both", ROW],
    spoiled=[
        Spoiled("2 xi replaced by xi/2", domain=on(WIDE, sp.Gt(a * g, xi / 2, evaluate=False), BOUNDED_SIGNS[0])),
    ],
)


@evidence_for(every_needle, Method.DERIVED)
@derived
def _every_needle() -> Derivation:
    """w = (1 + (n-1) g)/n >= (1 + g)/2 for n >= 2, and the middle block is least where S is largest."""
    return (
        Derivation(plus)
        .at_least(1 + a * w, by=Sign("as $1 - g < 0$", given={BOUNDED_SIGNS[0]: -b * n * u / (d - 2)}))
        .at_least(1 + a * (1 + g) / 2, by=Sign())
        .greater(1 + xi, by=Sign("by hypothesis", given={GREAT[0]: HALF}))
    )
