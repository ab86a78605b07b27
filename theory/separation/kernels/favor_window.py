"""Positive random features on the needle: how many frequencies lie in a window, and what they contribute.

Hypotheses. As in `favor`: M >= n^(x^2/2) independent w_l ~ N(0, 1), S(z) = sum_l n^(z w_l/sqrt(log n)). A window of
width delta below v: W counts the w_l with (v - delta) sqrt(log n) < w_l <= v sqrt(log n), 0 <= v - delta;
D = delta sqrt(log n/(2 pi)) is its width in units of sqrt(2 pi) standard deviations.
Claims. (window-term) A term is at least n^(z (v - delta)) in the window and positive elsewhere, so that S(z) >=
W n^(z (v - delta)). (window-share) A frequency lies in the window with probability >= D n^(-v^2/2). (window-count) So
P[W <= (D/2) n^((x^2 - v^2)/2)] <= exp(-(1 - log 2) (D/2) n^((x^2 - v^2)/2)).
Source. Derived here; the second-moment or counting half of Derrida's free energy.
Why. All terms are positive; the normal density falls (`lemma.gaussian-window.mass`), and the mean of an indicator is a
probability (`lemma.gaussian-window.law`); W is binomial, as the frequencies are independent
(`lemma.events.count-one-more`), and a binomial count is seldom half of its mean (`lemma.binomial-half.few`).
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import binomial_half, event_counts, gaussian_window
from theory.lemmas.binomial_half import M
from theory.reasons import Algebra, Cases, Lemma, Monotone, Sign, Since
from theory.separation.kernels.favor import POSITIVE, WORDS, x, z
from theory.separation.self_attention.construction import MEANINGS, RANGES, SOURCE, n

v, s, delta = sp.symbols("v s delta", positive=True)
w = sp.Symbol("w", real=True)
unit = sp.sqrt(sp.log(n))
MANY = sp.Ge(M, n ** (x**2 / 2), evaluate=False)
WINDOW_WORDS = {
    n: MEANINGS[n],
    x: "at least n^(x^2/2) features",
    z: WORDS[z],
    v: "upper end of the window, in units of sqrt(log n)",
    delta: "width of the window, in units of sqrt(log n)",
    s: "how far the window stays below min(x, z)",
    M: "number of features",
    w: "a frequency",
}


def width(n, delta):
    """D: the width of the window in units of sqrt(2 pi) standard deviations."""
    return delta * sp.sqrt(sp.log(n) / (2 * sp.pi))


def in_window(v, delta):
    """The probability that a frequency lies in the window of width delta below v."""
    return gaussian_window.window((v - delta) * unit, v * unit)


def half_count(n, x, v, delta):
    """Half of what the window holds at least in the mean."""
    return width(n, delta) / 2 * n ** ((x**2 - v**2) / 2)


def too_few(half):
    """The bound on the probability that the window holds at most `half` frequencies, half of its mean or less."""
    return sp.exp(-(1 - sp.log(2)) * half)


# ------------------------------------------------------------------------------ one frequency

above = sp.Gt(w, (v - delta) * unit, evaluate=False)
below = sp.Le(w, v * unit, evaluate=False)
in_it = sp.Piecewise((1, sp.And(above, below)), (0, True))
one_feature = n ** (z * w / unit)
term = declare(
    "separation.favor.window-term",
    "a term is at least n^(z (v - delta)) where its frequency lies in the window, and positive elsewhere",
    sp.Ge(one_feature, n ** (z * (v - delta)) * in_it, evaluate=False),
    Domain(
        {n: RANGES[n], z: POSITIVE, v: POSITIVE, delta: POSITIVE, w: sp.Interval(-sp.oo, sp.oo)},
        (),
        {key: WINDOW_WORDS[key] for key in (n, z, v, delta, w)},
    ),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("its upper end v", sp.Ge(one_feature, n ** (z * v) * in_it, evaluate=False))],
)


@evidence_for(term, Method.DERIVED)
@derived
def _term() -> Derivation:
    power = Monotone(lambda y: n ** (z * y / unit), w, sp.Ge, (v - delta) * unit, by=Sign("by hypothesis"))
    return Derivation(one_feature).at_least(
        n ** (z * (v - delta)) * in_it, by=Cases(above, Cases(below, power, Sign()), Sign())
    )


PLACE = Domain(
    {n: RANGES[n], v: POSITIVE, delta: POSITIVE},
    (sp.Le(delta, v),),
    {key: WINDOW_WORDS[key] for key in (n, v, delta)},
)
least_share = width(n, delta) * n ** (-(v**2) / 2)
share = declare(
    "separation.favor.window-share",
    "a frequency lies in the window with probability at least D n^(-v^2/2)",
    sp.Ge(in_window(v, delta), least_share, evaluate=False),
    PLACE,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[gaussian_window.mass.id, gaussian_window.law.id],
    spoiled=[
        Spoiled(
            "the density at the lower end",
            sp.Ge(in_window(v, delta), width(n, delta) * n ** (-((v - delta) ** 2) / 2), evaluate=False),
        )
    ],
)


@evidence_for(share, Method.DERIVED)
@derived
def _share() -> Derivation:
    ends = {gaussian_window.s: (v - delta) * unit, gaussian_window.t: v * unit}
    return (
        Derivation(in_window(v, delta))
        .at_least(delta * unit * gaussian_window.density(v * unit), by=Lemma(gaussian_window.mass.id, ends))
        .equal(least_share, by=Algebra())
    )


# ------------------------------------------------------------------------------ all of them

FEATURES = Domain(
    {n: RANGES[n], x: POSITIVE, v: POSITIVE, delta: POSITIVE, M: sp.Range(1, sp.oo)},
    (sp.Le(delta, v), MANY),
    {key: WINDOW_WORDS[key] for key in (n, x, v, delta, M)},
    {n: 2, x: 1, v: 1, delta: 1, M: 2},
)


def at(x_value, features):
    """Two tokens, a window of width 1/4 below 1, and one choice of x and M: for negative controls."""
    quarter = sp.Rational(1, 4)
    values = {n: 2, x: x_value, v: 1, delta: quarter, M: features}
    return Domain({symbol: sp.FiniteSet(value) for symbol, value in values.items()})


half = half_count(n, x, v, delta)
few_in_window = binomial_half.at_most(half, M, in_window(v, delta))
count = declare(
    "separation.favor.window-count",
    "the window holds at most (D/2) n^((x^2 - v^2)/2) frequencies with a probability exponentially small in that",
    sp.Le(few_in_window, too_few(half), evaluate=False),
    FEATURES,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[share.id, binomial_half.few.id, gaussian_window.fraction.id, event_counts.count_one_more.id],
    spoiled=[
        Spoiled(
            "1 - log 2 replaced by 4", sp.Le(few_in_window, sp.exp(-4 * half), evaluate=False), at(sp.Rational(7, 5), 2)
        ),
        Spoiled("any number of features", domain=at(3, 1)),
    ],
)


@evidence_for(count, Method.DERIVED)
@derived
def _count() -> Derivation:
    p, one = in_window(v, delta), sp.S.One
    least = sp.Ge(p, least_share, evaluate=False)
    ends = {gaussian_window.s: (v - delta) * unit, gaussian_window.t: v * unit}
    facts = {
        least: Lemma(share.id, {n: n, v: v, delta: delta}),
        sp.Gt(p, 0, evaluate=False): Sign(given={least: one}),
        sp.Lt(p, 1, evaluate=False): Lemma(gaussian_window.fraction.id, ends),
        sp.Le(2 * half, M * p, evaluate=False): Sign(given={least: M, MANY: least_share}),
    }
    values = {binomial_half.M: M, binomial_half.p: p, binomial_half.m: 2 * half}
    return Derivation(few_in_window).at_most(too_few(half), by=Since(facts, then=Lemma(binomial_half.few.id, values)))
