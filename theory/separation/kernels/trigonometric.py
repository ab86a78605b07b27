"""Trigonometric random features on the needle: in its own row the needle's kernel value has no noise at all.

Hypotheses. Features e^(|x|^2/2) [cos(w.x), sin(w.x)]/sqrt m over m frequencies; in the needle's row the query is the
needle's key, q = k_n = (1+a) u along one direction, u = sqrt(log n), and every other key is u. C is the mean of
cos(a u w_l) over the frequencies w_l along that direction.
Claims. (one-frequency) A frequency estimates exp(q.k) by e^((|q|^2 + |k|^2)/2) cos(w.q - w.k), so by e^(|q|^2)
exactly where k = q (own-key), whatever the frequencies are; its variance there is 0 (own-variance). No frequency
estimates more than e^((|q|^2 + |k|^2)/2) in size (bounded), so |C| <= 1. (gain) The needle's row has the gain N =
n^(a + a^2/2)/C, any other row N = n^(a + a^2/2) C; so a draw with C > 0 gives weights that are not negative, which is
silence on D0, and N >= n^(a + a^2/2) in the needle's row (least-gain): at least n from a = sqrt 3 - 1 on
(least-height), with a single frequency. (enough) At a = 7/10 a draw with 0 < C <= n^(-11/200)/2 gives 2n or more, and
so fires on D1; the mean of C is that small if and only if n >= 39 (mean-enough). (spread) C has the variance (1 -
n^(-a^2))^2/(2m) for independent frequencies; its mean is n^(-a^2/2), at which N is the gain of softmax.
Source. Derived here; the features are those of arXiv 2009.14794, the variance its Lemma 2.
Why. cos^2 + sin^2 = 1. Where the query is not the needle's key, as in cross-attention, all of this is lost; and a draw
with C < 0 gives negative weights.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import MEANINGS as OF_MAPS
from theory.maps.attention_map import m
from theory.maps.feature_variance import trigonometric_is, trigonometric_variance
from theory.maps.random_features import kk, qq, score, trigonometric
from theory.reasons import Algebra, Lemma, ProductsToSums, Rearrange, Sign
from theory.rigor.checks import certified
from theory.separation.self_attention.construction import MEANINGS, RANGES, SOURCE, a, n, softmax_needle_gain

w_q, w_k = sp.symbols("w_q w_k", real=True)
C = sp.Symbol("C", positive=True)
log_n = sp.log(n)
REALS, HALF_LINE = sp.Interval(-sp.oo, sp.oo), sp.Interval(0, sp.oo)
WORDS = {
    **MEANINGS, w_q: "w.q", w_k: "w.k", qq: "|q|^2", kk: "|k|^2", C: "mean of cos(a u w) over the frequencies w",
    m: OF_MAPS[m],
}  # fmt: skip


def on(ranges: dict, *hypotheses) -> Domain:
    """A domain in the words of this room."""
    return Domain(ranges, hypotheses, {symbol: WORDS[symbol] for symbol in ranges})


def trigonometric_gain(a, n, C):
    """Gain of the needle's row where the mean of the cosines is C."""
    return n ** (a + a**2 / 2) / C


def _identity(
    name: str, title: str, left, right, spoiled: Spoiled | tuple, of: Domain, by, *rests_on: str,
    measured: bool = False,
) -> Claim:  # fmt: skip
    """Declare left = right, for one reason; spoiled: a variant, or what to put on the right and why it is wrong."""
    if isinstance(spoiled, tuple):
        spoiled = Spoiled(spoiled[1], sp.Eq(left, spoiled[0], evaluate=False))
    claim = declare(
        f"separation.kernels.{name}",
        title,
        sp.Eq(left, right, evaluate=False),
        of,
        Kind.IDENTITY,
        derived_here(SOURCE),
        {Method.DERIVED, Method.MEASURED} if measured else {Method.DERIVED},
        module=__name__,
        rests_on=rests_on,
        spoiled=[spoiled],
    )
    evidence_for(claim, Method.DERIVED)(derived(lambda: Derivation(left).equal(right, by=by)))
    return claim


def _estimate(q, of_q, k, of_k):
    """What one frequency gives, from its products with q and k and their squared norms."""
    return sum(one * other for one, other in zip(trigonometric(q, of_q), trigonometric(k, of_k), strict=True))


def _cosine(angle):
    return sp.exp((qq + kk) / 2) * sp.cos(angle)


one_frequency = _identity(
    "trigonometric-one-frequency", "one frequency estimates exp(q.k) by e^((|q|^2 + |k|^2)/2) cos(w.q - w.k)",
    _estimate(w_q, qq, w_k, kk), _cosine(w_q - w_k), (_cosine(w_q + w_k), "the sum of the angles"),
    on({w_q: REALS, w_k: REALS, qq: HALF_LINE, kk: HALF_LINE}), ProductsToSums(),
)  # fmt: skip
estimate, size = sp.Abs(_cosine(w_q - w_k)), sp.exp((qq + kk) / 2)
bounded = declare(
    "separation.kernels.trigonometric-bounded",
    "one frequency estimates exp(q.k) by at most e^((|q|^2 + |k|^2)/2) in size",
    sp.Le(estimate, size, evaluate=False),
    one_frequency.domain,
    Kind.UPPER,
    derived_here(),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=[one_frequency.id],
    spoiled=[Spoiled("bound times 0.99", sp.Le(estimate, sp.Rational(99, 100) * size, evaluate=False))],
)
evidence_for(bounded, Method.CERTIFIED)(certified())
own_key = _identity(
    "trigonometric-own-key", "where the key is the query every frequency estimates e^(|q|^2) exactly",
    _estimate(w_q, qq, w_q, qq), sp.exp(qq), (sp.exp(2 * qq), "twice the exponent"),
    on({w_q: REALS, qq: HALF_LINE}), ProductsToSums(), one_frequency.id,
    measured=True,
)  # fmt: skip

OWN = {kk: qq, score: qq}
variance = trigonometric_is.statement.lhs.xreplace(OWN)
own_variance = _identity(
    "trigonometric-own-variance", "where the key is the query trigonometric features have the variance 0",
    variance, sp.S.Zero, (sp.exp(2 * qq) / (2 * m), "that of a shifted cosine"),
    on({qq: HALF_LINE, m: sp.Range(1, sp.oo)}),
    Lemma(trigonometric_is.id, {qq: qq, kk: qq, score: qq, m: m}), trigonometric_is.id,
)  # fmt: skip

of_needle = (1 + a) ** 2 * log_n  # |q|^2 = |k_n|^2; any other key has |k|^2 = log n and q.k = (1+a) log n
quotient = sp.exp(of_needle) / (sp.exp((of_needle + log_n) / 2) * C)
gain = _identity(
    "trigonometric-gain", "in its own row the needle has the gain n^(a + a^2/2)/C under trigonometric features",
    quotient, trigonometric_gain(a, n, C), (trigonometric_gain(a, n, 1), "every cosine taken to be 1"),
    on({n: RANGES[n], a: RANGES[a], C: sp.Interval.Lopen(0, 1)}), Algebra(), one_frequency.id, own_key.id,
    measured=True,
)  # fmt: skip

ordinary = _identity(
    "trigonometric-ordinary-gain", "in any other row the needle has the gain n^(a + a^2/2) C",
    sp.exp((of_needle + log_n) / 2) * C / sp.exp(log_n), n ** (a + a**2 / 2) * C,
    (trigonometric_gain(a, n, C), "that of the needle's row"),
    on({n: RANGES[n], a: RANGES[a], C: sp.Interval.Lopen(0, 1)}), Algebra(), one_frequency.id, own_key.id,
    measured=True,
)  # fmt: skip

at_mean = _identity(
    "trigonometric-gain-at-mean", "at the mean n^(-a^2/2) of C this is the gain of softmax",
    trigonometric_gain(a, n, n ** (-(a**2) / 2)), softmax_needle_gain(a, n), (n**a, "the gain of an ordinary row"),
    on({n: RANGES[n], a: RANGES[a]}), Algebra(), gain.id,
)  # fmt: skip

least_gain = declare(
    "separation.kernels.trigonometric-least-gain",
    "for every draw with C > 0 the needle's row has a gain of at least n^(a + a^2/2)",
    sp.Ge(trigonometric_gain(a, n, C), n ** (a + a**2 / 2), evaluate=False),
    gain.domain,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=[gain.id, bounded.id],
    spoiled=[
        Spoiled("bound times 101/100",
                sp.Ge(trigonometric_gain(a, n, C), sp.Rational(101, 100) * n ** (a + a**2 / 2), evaluate=False))
    ],
)  # fmt: skip


@evidence_for(least_gain, Method.DERIVED)
@derived
def _least_gain() -> Derivation:
    return Derivation(trigonometric_gain(a, n, C)).at_least(n ** (a + a**2 / 2), by=Sign())


HEIGHT = sp.Rational(7, 10)
SPARE = HEIGHT + HEIGHT**2 / 2  # 189/200
SMALL = sp.Le(2 * C * n ** (1 - SPARE), 1, evaluate=False)
DRAWS = {n: RANGES[n], C: sp.Interval.Lopen(0, 1)}
separates = declare(
    "separation.kernels.trigonometric-enough",
    "at a = 7/10 every draw with 0 < C <= n^(-11/200)/2 gives the needle's row a gain of at least 2n",
    sp.Ge(trigonometric_gain(HEIGHT, n, C), 2 * n, evaluate=False),
    on(DRAWS, SMALL),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[gain.id, "separation.kernels.gain-enough"],
    spoiled=[Spoiled("C <= n^(-11/200)", domain=on(DRAWS, sp.Le(C * n ** (1 - SPARE), 1, evaluate=False)))],
)


@evidence_for(separates, Method.DERIVED)
@derived
def _separates() -> Derivation:
    return Derivation(trigonometric_gain(HEIGHT, n, C)).at_least(2 * n, by=Sign(given={SMALL: n**SPARE / C}))


MEAN = sp.Le(2 * n ** (1 - SPARE - HEIGHT**2 / 2), 1, evaluate=False)


def _from(least: int) -> sp.Basic:
    return sp.Equivalent(MEAN, sp.Ge(n, least, evaluate=False), evaluate=False)


mean_enough = declare(
    "separation.kernels.trigonometric-mean-enough",
    "at a = 7/10 the mean of C, n^(-49/200), is at most n^(-11/200)/2 if and only if n >= 39",
    _from(39),
    on({n: RANGES[n]}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=[separates.id, at_mean.id],
    spoiled=[Spoiled(f"39 replaced by {wrong}", _from(wrong)) for wrong in (38, 40)],
)
evidence_for(mean_enough, Method.CERTIFIED)(certified())

HIGH = sp.Ge(a, sp.sqrt(3) - 1, evaluate=False)


def _reaches(power) -> sp.Basic:
    return sp.Equivalent(HIGH, sp.Ge((a + a**2 / 2) * log_n, power * log_n, evaluate=False), evaluate=False)


least_height = declare(
    "separation.kernels.trigonometric-least-height",
    "this power of n is at least 1 if and only if a >= sqrt 3 - 1",
    _reaches(1),
    on({n: RANGES[n], a: RANGES[a]}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[least_gain.id],
    spoiled=[Spoiled("the power 2", _reaches(2))],
)


@evidence_for(least_height, Method.DERIVED)
@derived
def _least_height() -> Equivalences:
    end = sp.Ge((a + a**2 / 2) * log_n, log_n, evaluate=False)
    return Equivalences(HIGH).iff(end, by=Rearrange((a + 1 + sp.sqrt(3)) * log_n / 2))


sizes = of_needle + log_n
cross = (1 + a) * log_n
spread = _identity(
    "trigonometric-spread", "over e^(|q|^2 + |k|^2) the variance of the other tokens' value is (1 - n^(-a^2))^2/(2m)",
    trigonometric_variance(sizes + 2 * cross, sizes - 2 * cross, cross, m) / sp.exp(sizes),
    (1 - n ** (-(a**2))) ** 2 / (2 * m), ((1 - n ** (-(a**2))) / (2 * m), "the square dropped"),
    on({n: RANGES[n], a: RANGES[a], m: sp.Range(1, sp.oo)}), Algebra(), trigonometric_is.id, one_frequency.id,
)  # fmt: skip
