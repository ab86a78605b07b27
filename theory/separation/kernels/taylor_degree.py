"""B2. The gain of the Taylor kernel in the needle's row, between bounds with explicit constants.

Hypotheses. The needle's row of the construction, N_p = T_p((1+a)^2 l)/T_p((1+a) l) with l = log n; put x = 1+a, s =
x^2 l for the needle's score, and v = p/s for the degree in units of it; R(v) = v (1 - log v).
Claim. (upper) If x l <= p <= s then N_p <= exp(l (x^2 R(v) - x)), and (upper-last-term) N_p <= s^p/p! (s + 1)/(s + 1 -
p) exp(1 - x l)/(1 + 1/sqrt p), which is less where s - p is above about 1.1 s/sqrt p. (lower) With F = 1 + p (p - s +
sqrt((p - s)^2 + 4s))/(2s), N_p >= exp(l (x^2 R(v) - x) - 1)/sqrt p F. (lower-short) If p <= x l then N_p >= x^p (1 -
p/(x l + 1)) F; (lower-near) and N_p >= x^p/(e sqrt p) F, which is more where x l - p is below about sqrt(p)/e.
Source. Derived here for the construction of arXiv 2310.11685.
Why. (upper) From x l to p the kernel grows at most like exp, and from p to s at most like s^p: x^p at p = x l, and
n^(a(1+a)) at p = s. For the others, T_p(z) is its last term z^p/p! times F or 1/(1 - p/(z + 1)), up to constants, for
p <= z, and at most exp(z) for p >= z.
When tight: (upper) as a tends to 0; (upper-last-term) at p = x l = 1, and up to about e for all p below s by several
sqrt(s); (lower) for p far above x l, up to Stirling's constant e/sqrt(2 pi); (lower-short) for p far below x l.
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
from theory.lemmas import exponential_series_last_term as terms
from theory.lemmas.exponential_series import partial_sum
from theory.reasons import Algebra, Lemma, Monotone
from theory.separation.kernels.taylor import needle_row_gain
from theory.separation.self_attention.construction import MEANINGS, RANGES, SOURCE, a, n
from theory.separation.self_attention.gain import log_n as l

p = series.degree
y, y_larger = sp.symbols("y Y", positive=True)
x = 1 + a
HALF = sp.Rational(1, 2)
DEGREES = sp.Range(1, sp.oo)
ROW = {n: RANGES[n], a: RANGES[a], p: DEGREES}
WORDS = {
    n: MEANINGS[n], a: MEANINGS[a], p: "degree",
    y: "the needle's score (1+a)^2 log n over the degree", y_larger: "the same for a smaller degree",
}  # fmt: skip


def row_domain(ranges: dict, *hypotheses, at: tuple = ()) -> Domain:
    """A domain of these ranges and hypotheses, with the words that belong to its symbols.

    at: a point that is in it, in the order of the ranges, where a sharp bound leaves little room beside it.
    """
    words, witness = {symbol: WORDS[symbol] for symbol in ranges}, dict(zip(ranges, at, strict=True)) if at else {}
    return Domain(ranges, hypotheses, words, witness)


def rate(v):
    """R(v) = v (1 - log v)."""
    return v * (1 - sp.log(v))


def log_main_term(a, n, p):
    """l (x^2 R(v) - x), the logarithm of the gain up to a power of log n."""
    needle = (1 + a) ** 2 * sp.log(n)
    return needle * rate(p / needle) - (1 + a) * sp.log(n)


needle, rest = x**2 * l, x * l
needle_sum, rest_sum = partial_sum(p, needle), partial_sum(p, rest)
gain = needle_row_gain(a, n, p)
main = log_main_term(a, n, p)
share = terms.last_share(p, needle)  # F, at most T_p over its last term at the needle's score


def row_claim(
    module: str, name: str, title: str, statement, of: Domain, kind: Kind, rests_on, spoiled, attacked: bool = True
) -> Claim:
    """Declare a claim about the needle's row; spoiled: pairs of a why and a false neighbour of the statement."""
    methods = {Method.DERIVED, Method.ATTACKED} if attacked else {Method.DERIVED}
    return declare(
        f"separation.kernels.{name}", title, statement, of, kind, derived_here(SOURCE), methods, module=module,
        rests_on=rests_on, spoiled=[Spoiled(why, wrong) for why, wrong in spoiled],
    )  # fmt: skip


def _quotient(top, bottom, by_top: Lemma, by_bottom: Lemma) -> Derivation:
    """N_p >= top/bottom, from a lower bound of its numerator and an upper bound of its denominator."""
    return (
        Derivation(gain)
        .at_least(needle_sum / bottom, by=Monotone(lambda w: needle_sum / w, rest_sum, sp.Le, bottom, by=by_bottom))
        .at_least(top / bottom, by=Monotone(lambda w: w / bottom, needle_sum, sp.Ge, top, by=by_top))
    )


lower_bound = sp.exp(main - 1) / sp.sqrt(p) * share
lower = row_claim(
    __name__, "taylor-gain-lower", "N_p is at least F exp(l (x^2 R(v) - x) - 1)/sqrt p, F the last terms over the last",
    sp.Ge(gain, lower_bound, evaluate=False), row_domain(ROW), Kind.LOWER,
    [terms.lower.id, series.below_exponential.id],
    [("bound times 10/9", sp.Ge(gain, sp.Rational(10, 9) * lower_bound, evaluate=False))],
)  # fmt: skip


@evidence_for(lower, Method.DERIVED)
@derived
def _lower() -> Derivation:
    top = sp.exp(p - 1) * (needle / p) ** p / sp.sqrt(p) * share
    return _quotient(
        top,
        sp.exp(rest),
        Lemma(terms.lower.id, {p: p, series.z: needle}),
        Lemma(series.below_exponential.id, {series.p: p, series.z: rest}),
    ).equal(lower_bound, by=Algebra())


BETWEEN = sp.Ge(p, rest, evaluate=False), sp.Ge(needle, p, evaluate=False)
MIDDLE = row_domain(ROW, *BETWEEN, at=(20, sp.Rational(1, 1000), 3))
upper_bound = sp.exp(main)
upper = row_claim(
    __name__, "taylor-gain-upper", "N_p is at most exp(l (x^2 R(v) - x)) for x l <= p <= x^2 l",
    sp.Le(gain, upper_bound, evaluate=False), MIDDLE, Kind.UPPER, [bounds.across.id],
    [("bound times 0.99", sp.Le(gain, sp.Rational(99, 100) * upper_bound, evaluate=False))],
)  # fmt: skip


@evidence_for(upper, Method.DERIVED)
@derived
def _upper() -> Derivation:
    above = (needle / p) ** p * sp.exp(p - rest) * rest_sum
    return (
        Derivation(gain)
        .at_most(
            above / rest_sum,
            by=Monotone(
                lambda w: w / rest_sum, needle_sum, sp.Le, above,
                by=Lemma(bounds.across.id, {p: p, series.z: rest, bounds.r: x}),
            ),
        )
        .equal(upper_bound, by=Algebra())
    )  # fmt: skip


last_term_bound = terms.last_term(p, needle) * terms.share_beyond(p, needle) * sp.exp(1 - rest) / (1 + 1 / sp.sqrt(p))
upper_last_term = row_claim(
    __name__, "taylor-gain-upper-last-term",
    "N_p is at most s^p/p! (s + 1)/(s + 1 - p) exp(1 - x l)/(1 + 1/sqrt p) for x l <= p <= s = x^2 l",
    sp.Le(gain, last_term_bound, evaluate=False), row_domain(ROW, *BETWEEN, at=(2, sp.Rational(2213, 5000), 1)),
    Kind.UPPER, [terms.geometric.id, terms.beyond.id],
    [("bound times 0.99", sp.Le(gain, sp.Rational(99, 100) * last_term_bound, evaluate=False))],
)  # fmt: skip


@evidence_for(upper_last_term, Method.DERIVED)
@derived
def _upper_last_term() -> Derivation:
    top, bottom = terms.last_term(p, needle) * terms.share_beyond(p, needle), sp.exp(rest - 1) * (1 + 1 / sp.sqrt(p))
    by_top = Lemma(terms.geometric.id, {p: p, series.z: needle})
    by_bottom = Lemma(terms.beyond.id, {p: p, series.z: rest})
    return (
        Derivation(gain)
        .at_most(needle_sum / bottom, by=Monotone(lambda w: needle_sum / w, rest_sum, sp.Ge, bottom, by=by_bottom))
        .at_most(top / bottom, by=Monotone(lambda w: w / bottom, needle_sum, sp.Le, top, by=by_top))
        .equal(last_term_bound, by=Algebra())
    )


is_short = sp.Ge(rest, p, evaluate=False)
SHORT = row_domain(ROW, is_short)
room_left = 1 - p / (rest + 1)
short_bound = x**p * room_left * share
lower_short = row_claim(
    __name__, "taylor-gain-lower-short",
    "N_p is at least F (1 + a)^p (1 - p/((1 + a) log n + 1)) for p <= (1 + a) log n",
    sp.Ge(gain, short_bound, evaluate=False), SHORT, Kind.LOWER, [terms.last_terms_root.id, terms.geometric.id],
    [("bound times 1.01", sp.Ge(gain, sp.Rational(101, 100) * short_bound, evaluate=False))],
)  # fmt: skip


@evidence_for(lower_short, Method.DERIVED)
@derived
def _lower_short() -> Derivation:
    top, bottom = needle**p * share, rest**p * terms.share_beyond(p, rest)
    scaled = lambda w: sp.factorial(p) * w  # noqa: E731
    by_bottom = Lemma(terms.geometric.id, {p: p, series.z: rest})
    by_top = Lemma(terms.last_terms_root.id, {p: p, series.z: needle})
    return (
        Derivation(gain)
        .at_least(
            scaled(needle_sum) / bottom,
            by=Monotone(
                lambda w: scaled(needle_sum) / w, scaled(rest_sum), sp.Le, bottom,
                by=Monotone(scaled, rest_sum, sp.Le, bottom / sp.factorial(p), by=by_bottom),
            ),
        )
        .at_least(
            top / bottom,
            by=Monotone(
                lambda w: w / bottom, scaled(needle_sum), sp.Ge, top,
                by=Monotone(scaled, needle_sum, sp.Ge, top / sp.factorial(p), by=by_top),
            ),
        )
        .equal(short_bound, by=Algebra())
    )  # fmt: skip


near_bound = x**p / (sp.exp(1) * sp.sqrt(p)) * share
lower_near = row_claim(
    __name__, "taylor-gain-lower-near", "N_p is at least F (1 + a)^p/(e sqrt p) for p <= (1 + a) log n",
    sp.Ge(gain, near_bound, evaluate=False), SHORT, Kind.LOWER, [terms.lower.id, bounds.chernoff.id],
    [("bound times 7/5", sp.Ge(gain, sp.Rational(7, 5) * near_bound, evaluate=False))],
)  # fmt: skip


@evidence_for(lower_near, Method.DERIVED)
@derived
def _lower_near() -> Derivation:
    return _quotient(
        sp.exp(p - 1) * (needle / p) ** p / sp.sqrt(p) * share,
        sp.exp(p) * (rest / p) ** p,
        Lemma(terms.lower.id, {p: p, series.z: needle}),
        Lemma(bounds.chernoff.id, {p: p, series.z: rest}),
    ).equal(near_bound, by=Algebra())
