"""B2. The gain of the Taylor kernel in the needle's row, between bounds with explicit constants.

Hypotheses. The needle's row of the construction, N_p = T_p((1+a)^2 l)/T_p((1+a) l) with l = log n; put x = 1+a, and v
= p/(x^2 l) for the degree in units of the needle's score; R(v) = v (1 - log v).
Claim. (lower) N_p >= exp(l (x^2 R(v) - x) - 1) / sqrt p. (upper) If x l <= p <= x^2 l then N_p <= exp(l (x^2 R(v) -
x) + 3/2) sqrt(x l). (lower-short) If p <= x l then N_p >= x^p/(e sqrt p).
Source. Derived here for the construction of arXiv 2310.11685.
Why. T_p(z) is (e z/p)^p for p <= z and exp(z) for p >= z, up to a factor of order sqrt(z) or sqrt(p).
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import exponential_series as series
from theory.lemmas import exponential_series_bounds as bounds
from theory.lemmas.exponential_series import partial_sum
from theory.reasons import Algebra, Lemma, Monotone
from theory.separation.kernels.taylor import needle_row_gain
from theory.separation.self_attention.construction import MEANINGS, RANGES, SOURCE, a, n
from theory.separation.self_attention.gain import log_n as l

p, m = series.degree, series.m
y, y_larger = sp.symbols("y Y", positive=True)
x = 1 + a
HALF = sp.Rational(1, 2)
DEGREES = sp.Range(1, sp.oo)
ROW = {n: RANGES[n], a: RANGES[a], p: DEGREES}
WORDS = {
    n: MEANINGS[n], a: MEANINGS[a], p: "degree", m: "integer part of (1+a) log n",
    y: "the needle's score (1+a)^2 log n over the degree", y_larger: "the same for a smaller degree",
}  # fmt: skip


def row_domain(ranges: dict, *hypotheses) -> Domain:
    """A domain of these ranges and hypotheses, with the words that belong to its symbols."""
    return Domain(ranges, hypotheses, {symbol: WORDS[symbol] for symbol in ranges})


def rate(v):
    """R(v) = v (1 - log v)."""
    return v * (1 - sp.log(v))


def log_main_term(a, n, p):
    """l (x^2 R(v) - x), the logarithm of the gain up to a power of log n."""
    needle = (1 + a) ** 2 * sp.log(n)
    return needle * rate(p / needle) - (1 + a) * sp.log(n)


needle_sum, rest_sum = partial_sum(p, x**2 * l), partial_sum(p, x * l)
gain = needle_row_gain(a, n, p)
main = log_main_term(a, n, p)


def row_claim(
    module: str, name: str, title: str, statement, of: Domain, kind: Kind, rests_on, spoiled, attacked: bool = True
) -> Claim:
    """Declare a claim about the needle's row; spoiled: pairs of a why and a false neighbour of the statement."""
    methods = {Method.DERIVED, Method.ATTACKED} if attacked else {Method.DERIVED}
    return declare(
        f"separation.kernels.{name}", title, statement, of, kind, derived_here(SOURCE), methods, module=module,
        rests_on=rests_on, spoiled=[Spoiled(why, wrong) for why, wrong in spoiled],
    )  # fmt: skip


lower_bound = sp.exp(main - 1) / sp.sqrt(p)
lower = row_claim(
    __name__, "taylor-gain-lower", "N_p is at least exp(l (x^2 R(v) - x) - 1)/sqrt p",
    sp.Ge(gain, lower_bound, evaluate=False), row_domain(ROW), Kind.LOWER,
    [bounds.lower.id, series.below_exponential.id],
    [("bound doubled", sp.Ge(gain, 2 * lower_bound, evaluate=False))],
)  # fmt: skip


@evidence_for(lower, Method.DERIVED)
@derived
def _lower() -> Derivation:
    ratio = x**2 * l / p
    below = sp.exp(p - 1) * ratio**p / sp.sqrt(p)
    return (
        Derivation(gain)
        .at_least(
            below / rest_sum,
            by=Monotone(
                lambda z: z / rest_sum, needle_sum, sp.Ge, below, by=Lemma(bounds.lower.id, {p: p, bounds.r: ratio})
            ),
        )
        .at_least(
            below / sp.exp(x * l),
            by=Monotone(
                lambda z: below / z, rest_sum, sp.Le, sp.exp(x * l),
                by=Lemma(series.below_exponential.id, {series.p: p, series.z: x * l}),
            ),
        )
        .equal(lower_bound, by=Algebra())
    )  # fmt: skip


BETWEEN = sp.Le(m, x * l), sp.Le(x * l, m + 1), sp.Le(m, p), sp.Ge(x**2 * l, p)
MIDDLE = row_domain({**ROW, m: sp.Range(1, sp.oo)}, *BETWEEN)
upper_bound = sp.exp(main + 3 * HALF) * sp.sqrt(x * l)
upper = row_claim(
    __name__, "taylor-gain-upper", "N_p is at most exp(l (x^2 R(v) - x) + 3/2) sqrt(x l) for x l <= p <= x^2 l",
    sp.Le(gain, upper_bound, evaluate=False), MIDDLE, Kind.UPPER,
    [bounds.chernoff.id, bounds.lower_beyond.id],
    [("bound divided by 6", sp.Le(gain, upper_bound / 6, evaluate=False))],
)  # fmt: skip


@evidence_for(upper, Method.DERIVED)
@derived
def _upper() -> Derivation:
    ratio, rest = x**2 * l / p, x * l
    above = sp.exp(p) * ratio**p
    below = sp.exp(rest - 3 * HALF) / sp.sqrt(rest)
    return (
        Derivation(gain)
        .at_most(
            needle_sum / below,
            by=Monotone(
                lambda z: needle_sum / z, rest_sum, sp.Ge, below,
                by=Lemma(bounds.lower_beyond.id, {p: p, m: m, bounds.f: rest - m}),
            ),
        )
        .at_most(
            above / below,
            by=Monotone(
                lambda z: z / below, needle_sum, sp.Le, above, by=Lemma(bounds.chernoff.id, {p: p, series.z: x**2 * l})
            ),
        )
        .equal(upper_bound, by=Algebra())
    )  # fmt: skip


is_short = sp.Ge(x * l, p, evaluate=False)
short_bound = x**p / (sp.exp(1) * sp.sqrt(p))
lower_short = row_claim(
    __name__, "taylor-gain-lower-short", "N_p is at least (1 + a)^p/(e sqrt p) for p <= (1 + a) log n",
    sp.Ge(gain, short_bound, evaluate=False), row_domain(ROW, is_short), Kind.LOWER,
    [bounds.lower.id, bounds.chernoff.id],
    [("bound times 4", sp.Ge(gain, 4 * short_bound, evaluate=False))],
)  # fmt: skip


@evidence_for(lower_short, Method.DERIVED)
@derived
def _lower_short() -> Derivation:
    ratio, rest_ratio = x**2 * l / p, x * l / p
    top, bottom = sp.exp(p - 1) * ratio**p / sp.sqrt(p), sp.exp(p) * rest_ratio**p
    return (
        Derivation(gain)
        .at_least(
            top / rest_sum,
            by=Monotone(
                lambda z: z / rest_sum, needle_sum, sp.Ge, top, by=Lemma(bounds.lower.id, {p: p, bounds.r: ratio})
            ),
        )
        .at_least(
            top / bottom,
            by=Monotone(
                lambda z: top / z, rest_sum, sp.Le, bottom, by=Lemma(bounds.chernoff.id, {p: p, series.z: x * l})
            ),
        )
        .equal(short_bound, by=Algebra())
    )
