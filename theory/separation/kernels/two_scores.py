"""Maps that are no kernel of one score: sparsemax, 3/2-entmax, hard and InLine attention on a row with two scores.

Hypotheses. A row in which the needle's score exceeds that of each of the n - 1 other tokens by the gap g >= 0. In row i
of the needle construction g = s_i a log n, with s_i = 1 + a in the needle's row and s_i = 1 elsewhere.
Claims. (sparsemax-row) For g < 1 the needle has the weight (1 + (n-1) g)/n and each other token (1 - g)/n; from g = 1
on the needle has all of it. (entmax-row, entmax-root) With h = g/2 <= 1 and r = (sqrt(n - (n-1) h^2) - h)/n >= 0 the
weights of 3/2-entmax are (h + r)^2 and r^2. (takes-all) alpha-entmax gives the needle all the weight, an infinite
gain, if and only if n >= exp(1/((alpha-1) s_i a)). (hard-row) In hard attention it has all of it for every a > 0.
(inline-row) InLine attention has the weights (1 + (n-1) g)/n and (1 - g)/n for every g: sparsemax without its cut, so
that the other weights are negative beyond g = 1. (affine-gain) The gain of such a row is N = (1 + (n-1) g)/(1 - g) for
g < 1.
Source. Derived here from the definitions in `theory.maps`; the construction is that of arXiv 2310.11685.
Why. One token has one score and n - 1 have another, so that the threshold solves one equation: linear for sparsemax,
quadratic for 3/2-entmax.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.maps import entmax
from theory.reasons import Algebra, ApplyMonotone, Cases, Lemma, Monotone, Rearrange, Sign, substitute
from theory.separation.self_attention.construction import MEANINGS, RANGES, SOURCE, a, n, needle_weight
from theory.separation.self_attention.gain import log_n, row_height

g = sp.Symbol("g", nonnegative=True)
h = sp.Symbol("h", nonnegative=True)
z_needle, z_rest = sp.symbols("z_n z_r", real=True)
tau = sp.Symbol("tau_g", real=True)
REALS, HALF_LINE = sp.Interval(-sp.oo, sp.oo), sp.Interval(0, sp.oo)
WORDS = {
    **MEANINGS, g: "how far the needle's score is above the others", h: "half of that",
    z_needle: "kernel value of the needle", z_rest: "kernel value of any other token",
    row_height: "1 + a in the needle's row, 1 in any other",
}  # fmt: skip
ROWS = {row_height: sp.Interval(1, sp.oo)}


def on(ranges: dict, *hypotheses) -> Domain:
    """A domain in the words of this room."""
    return Domain(ranges, hypotheses, {symbol: WORDS[symbol] for symbol in ranges if symbol in WORDS})


def gap(row_height, a, n):
    """g = s_i a log n: by how much the needle's score s_i (1+a) log n exceeds the others', s_i log n."""
    return row_height * a * sp.log(n)


def affine_weights(g, n):
    """(weight of the needle, of any other token) of InLine attention, and of sparsemax for g <= 1."""
    return (1 + (n - 1) * g) / n, (1 - g) / n


def affine_gain(g, n):
    """Gain of such a row; beyond g = 1 it is the negative quotient of the weights of InLine attention."""
    return (1 + (n - 1) * g) / (1 - g)


def entmax_root(h, n):
    """r, the square root of the weight that 3/2-entmax puts on each token that is not the needle, for h = g/2 <= 1."""
    return (sp.sqrt(n - (n - 1) * h**2) - h) / n


close = sp.Lt(g, 1, evaluate=False)
THRESHOLD: dict = {tau: sp.Piecewise(((g - 1) / n, close), (g - 1, True))}  # the scores are g and 0


def cut(score):
    """max(score - tau, 0)."""
    return sp.Piecewise((score - tau, sp.Gt(score - tau, 0, evaluate=False)), (0, True))


def _sparsemax(needle, other):
    """The weights, and that they add up to one."""
    return sp.And(
        sp.Eq(cut(g), sp.Piecewise((needle, close), (1, True)), evaluate=False),
        sp.Eq(cut(0), sp.Piecewise((other, close), (0, True)), evaluate=False),
        sp.Eq(cut(g) + (n - 1) * cut(0), sp.Integer(1), evaluate=False),
        evaluate=False,
    )


of_needle, of_other = affine_weights(g, n)
sparsemax_row = declare(
    "separation.kernels.sparsemax-row",
    "sparsemax gives the needle (1 + (n-1) g)/n and each other token (1 - g)/n; from a gap of 1 on all to the needle",
    _sparsemax(of_needle, of_other),
    on({n: RANGES[n], g: HALF_LINE}),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    definitions=THRESHOLD,
    rests_on=["maps.sparsemax.coordinate"],
    spoiled=[Spoiled("the other weights halved", _sparsemax(of_needle, of_other / 2))],
)


@evidence_for(sparsemax_row, Method.DERIVED)
@derived
def _sparsemax_row() -> tuple[Derivation, ...]:
    first, second = (substitute(cut(score), THRESHOLD) for score in (g, 0))
    by_cases = Cases(close, Algebra(), Algebra())
    return (
        Derivation(first).equal(sp.Piecewise((of_needle, close), (1, True)), by=by_cases),
        Derivation(second).equal(sp.Piecewise((of_other, close), (0, True)), by=by_cases),
        Derivation(first + (n - 1) * second).equal(sp.Integer(1), by=by_cases),
    )


r = entmax_root(h, n)
HALVES = on({n: RANGES[n], h: sp.Interval(0, 1)})
entmax_row = declare(
    "separation.kernels.entmax-row",
    "3/2-entmax gives the needle (h + r)^2 and each other token r^2, where h = g/2 <= 1: they add up to one",
    sp.Eq((h + r) ** 2 + (n - 1) * r**2, sp.Integer(1), evaluate=False),
    HALVES,
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=["maps.entmax.coordinate"],
    spoiled=[
        Spoiled("n tokens besides the needle", sp.Eq((h + r) ** 2 + n * r**2, sp.Integer(1), evaluate=False),
                methods=frozenset({Method.DERIVED})),
        Spoiled(
            "r of one more token",
            sp.Eq((h + entmax_root(h, n + 1)) ** 2 + (n - 1) * entmax_root(h, n + 1) ** 2, sp.Integer(1),
                  evaluate=False),
        ),
    ],
)  # fmt: skip


@evidence_for(entmax_row, Method.DERIVED)
@derived
def _entmax_row() -> Derivation:
    return Derivation((h + r) ** 2 + (n - 1) * r**2).equal(sp.Integer(1), by=Algebra())


root_sign = declare(
    "separation.kernels.entmax-root",
    "r is not negative for h <= 1, so that no score of the row is below the threshold",
    sp.Le(h, sp.sqrt(n - (n - 1) * h**2), evaluate=False),
    on({n: RANGES[n], h: sp.Interval.Lopen(0, 1)}),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    spoiled=[Spoiled("h up to 101/100", domain=on({n: RANGES[n], h: sp.Interval.Lopen(0, sp.Rational(101, 100))},
                                            sp.Ge(n - (n - 1) * h**2, 0, evaluate=False)))],
)  # fmt: skip


@evidence_for(root_sign, Method.DERIVED)
@derived
def _root_sign() -> Derivation:
    by_root = Monotone(sp.sqrt, h**2, sp.Le, n - (n - 1) * h**2, by=Sign())
    return Derivation(h).equal(sp.sqrt(h**2), by=Algebra()).at_most(sp.sqrt(n - (n - 1) * h**2), by=by_root)


alpha = entmax.alpha
WORDS[alpha] = "index of the entropy: 2 for sparsemax, 3/2 for entmax"
scores = row_height * (1 + a) * log_n, row_height * log_n
alone = sp.Le((alpha - 1) * scores[1], (alpha - 1) * scores[0] - 1, evaluate=False)


def length_needed(alpha, row_height, a):
    """The length from which on alpha-entmax gives the needle all the weight of a row."""
    return sp.exp(1 / ((alpha - 1) * row_height * a))


def _takes_all(exponent) -> sp.Basic:
    return sp.Equivalent(alone, sp.Ge(n, sp.exp(exponent), evaluate=False), evaluate=False)


takes_all = declare(
    "separation.kernels.takes-all",
    "alpha-entmax gives the needle all the weight of row i if and only if n >= exp(1/((alpha-1) s_i a))",
    _takes_all(1 / ((alpha - 1) * row_height * a)),
    on({n: RANGES[n], a: RANGES[a], **ROWS, alpha: sp.Interval.open(1, sp.oo)}),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=[entmax.pair.id],
    spoiled=[Spoiled("alpha - 1 replaced by alpha", _takes_all(1 / (alpha * row_height * a)))],
)


@evidence_for(takes_all, Method.DERIVED)
@derived
def _takes_all_proof() -> Equivalences:
    needed = 1 / ((alpha - 1) * row_height * a)
    by_pair = Lemma(entmax.pair.id, {entmax.alpha: alpha, entmax.S: scores[0], entmax.t: scores[1]})
    return (
        Equivalences(alone)
        .iff(sp.Ge(scores[0] - scores[1], 1 / (alpha - 1), evaluate=False), by=by_pair)
        .iff(sp.Ge(log_n, needed, evaluate=False), by=Rearrange(1 / (row_height * a)))
        .iff(sp.Ge(sp.exp(log_n), sp.exp(needed), evaluate=False), by=ApplyMonotone(sp.exp, REALS))
        .iff(sp.Ge(n, sp.exp(needed), evaluate=False), by=Rearrange())
    )


hard_row = declare(
    "separation.kernels.hard-row",
    "the needle's score is the largest of every row, so that hard attention gives it all the weight",
    sp.Gt(*scores, evaluate=False),
    on({n: RANGES[n], a: RANGES[a], **ROWS}),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled(
            "the needle's score times 99/100",
            sp.Gt(sp.Rational(99, 100) * scores[0], scores[1], evaluate=False),
            methods=frozenset({Method.DERIVED}),
        ),
        Spoiled("the other way round", sp.Lt(*scores, evaluate=False)),
    ],
)


@evidence_for(hard_row, Method.DERIVED)
@derived
def _hard_row() -> Derivation:
    return Derivation(scores[0]).greater(scores[1], by=Sign())


mean = (z_needle + (n - 1) * z_rest) / n


def _inline(needle, other) -> sp.Basic:
    """Kernel values less their mean, plus 1/n."""
    return sp.And(
        sp.Eq(z_needle - mean + 1 / n, needle, evaluate=False),
        sp.Eq(z_rest - mean + 1 / n, other, evaluate=False),
        evaluate=False,
    )


INLINE = affine_weights(z_needle - z_rest, n)
inline_row = declare(
    "separation.kernels.inline-row",
    "InLine attention has the weights (1 + (n-1) g)/n and (1 - g)/n, those of sparsemax without its cut",
    _inline(*INLINE),
    on({n: RANGES[n], z_needle: REALS, z_rest: REALS}),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("the other weights never negative", _inline(INLINE[0], sp.Abs(INLINE[1])))],
)


@evidence_for(inline_row, Method.DERIVED)
@derived
def _inline_row() -> tuple[Derivation, Derivation]:
    return (
        Derivation(z_needle - mean + 1 / n).equal(INLINE[0], by=Algebra()),
        Derivation(z_rest - mean + 1 / n).equal(INLINE[1], by=Algebra()),
    )


gain = declare(
    "separation.kernels.affine-gain",
    "the weights (1 + (n-1) g)/n and (1 - g)/n are those of a row of gain (1 + (n-1) g)/(1 - g)",
    sp.Eq(needle_weight(affine_gain(g, n), n), of_needle, evaluate=False),
    on({n: RANGES[n], g: sp.Interval.Ropen(0, 1)}),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[sparsemax_row.id, inline_row.id],
    spoiled=[
        Spoiled("n - 1 replaced by n", sp.Eq(needle_weight((1 + n * g) / (1 - g), n), of_needle, evaluate=False)),
    ],
)


@evidence_for(gain, Method.DERIVED)
@derived
def _gain() -> Derivation:
    return Derivation(needle_weight(affine_gain(g, n), n)).equal(of_needle, by=Algebra())
