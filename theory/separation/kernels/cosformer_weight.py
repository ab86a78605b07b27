"""cosFormer is silent on the needle from n = 22 on, wherever the needle stands and however long the map is made.

Hypotheses. The needle construction with cosFormer of length M >= n, whose kernel is that of ReLU times the cosine of
`cosformer`; the query at position i of 1..n, the cosine c in [0, 1] at the needle, T the sum of the n cosines of the
row.
Claims. (chord) cos(pi z/2) >= 1 - z for 0 <= z <= 1. (side) The cosines at the distances 1..k <= M add up to at
least k - k (k+1)/(2M). (row) So T >= (n+1)/2 in every row. (weight) The needle's weight, (1+a) c/(a c + T), is at most
2 (1+a)/(2 (1+a) + n - 1), as if the gain were 2 (1+a) or less. (any-row) Of a row that is not negative and sums to one,
whatever its other weights are, no sign pattern reads more than 1 + a w. (silent) So at a = 7/10, xi = 1/10 no pattern
fires from n = 22 on.
Source. The chord is Jordan's inequality sin x >= 2x/pi, DLMF 4.18.1, proved here; the rest is derived here. The map is
that of arXiv 2202.08791, the construction that of arXiv 2310.11685.
Why. The cosine is above its chord, and a chord from 1 to 0 has the mean 1/2. When tight: they meet at z = 0 and z = 1.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, cited, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.cosine_weights import M
from theory.reasons import EvaluateSum, Lemma, Sign, TermwiseSum
from theory.rigor.checks import certified
from theory.separation.kernels.one_feature import HEIGHT
from theory.separation.kernels.two_weights import silent
from theory.separation.self_attention.construction import (
    MEANINGS,
    RANGES,
    SOURCE,
    a,
    b,
    n,
    needle_weight,
    y_first,
    y_last,
)

z = sp.Symbol("z", nonnegative=True)
x = sp.Symbol("x", integer=True)
k = sp.Symbol("k", integer=True, positive=True)
i = sp.Symbol("i", integer=True, positive=True)
c = sp.Symbol("c", nonnegative=True)
w = sp.Symbol("w", nonnegative=True)
T = sp.Symbol("T", positive=True)
B = sp.Symbol("B", real=True)
UNIT, COUNTS = sp.Interval(0, 1), sp.Range(1, sp.oo)
SEARCHED = frozenset({Method.CERTIFIED, Method.ATTACKED})
WORDS = {
    **MEANINGS, z: "part of a quarter turn", k: "largest distance", M: "length of the map", i: "position of the query",
    c: "cosine at the needle", T: "sum of the cosines of the row", w: "weight of the needle",
    B: "mean of the middle signs by the weights of their columns",
}  # fmt: skip


def on(ranges: dict, *hypotheses) -> Domain:
    """A domain in the words of this room."""
    return Domain(ranges, hypotheses, {symbol: WORDS[symbol] for symbol in ranges if symbol in WORDS})


arc = sp.cos(sp.pi * z / 2)
chord = declare(
    "separation.kernels.cosformer-chord",
    "the cosine is above its chord: cos(pi z/2) >= 1 - z for 0 <= z <= 1",
    sp.Ge(arc, 1 - z, evaluate=False),
    on({z: UNIT}),
    Kind.LOWER,
    cited("DLMF 4.18.1, Jordan's inequality 2x/pi <= sin x, at x = pi (1 - z)/2"),
    {Method.CERTIFIED, Method.MEASURED, Method.ATTACKED},
    module=__name__,
    spoiled=[
        Spoiled("bound times 1.01", sp.Ge(arc, sp.Rational(101, 100) * (1 - z), evaluate=False)),
        Spoiled("beyond a quarter turn", domain=on({z: sp.Interval(0, sp.Rational(3, 2))}), methods=SEARCHED),
    ],
)
evidence_for(chord, Method.CERTIFIED)(certified())

cosines = sp.Sum(sp.cos(sp.pi * (x / M) / 2), (x, 1, k))
FITS = sp.Le(k, M, evaluate=False)
side = declare(
    "separation.kernels.cosformer-side",
    "the cosines at the distances 1..k add up to at least k - k (k+1)/(2M)",
    sp.Ge(cosines, k - k * (k + 1) / (2 * M), evaluate=False),
    on({k: COUNTS, M: COUNTS}, FITS),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[chord.id],
    spoiled=[Spoiled("2M replaced by 4M", sp.Ge(cosines, k - k * (k + 1) / (4 * M), evaluate=False))],
)


@evidence_for(side, Method.DERIVED)
@derived
def _side() -> Derivation:
    by_chord = Lemma(chord.id, {z: x / M})
    return (
        Derivation(cosines)
        .at_least(sp.Sum(1 - x / M, (x, 1, k)), by=TermwiseSum(by=by_chord))
        .equal(k - k * (k + 1) / (2 * M), by=EvaluateSum())
    )


def both_sides(i, n, M):
    """1 for the query's own token, and the bound of `side` to its left and to its right."""
    return 1 + sum((k - k * (k + 1) / (2 * M) for k in (i - 1, n - i)), sp.S.Zero)


PLACES = {n: RANGES[n], i: COUNTS, M: COUNTS}
INSIDE = (sp.Le(i, n, evaluate=False), sp.Le(n, M, evaluate=False))
row = declare(
    "separation.kernels.cosformer-row",
    "in every row the cosines add up to at least (n + 1)/2",
    sp.Ge(both_sides(i, n, M), (n + 1) / 2, evaluate=False),
    on(PLACES, *INSIDE),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[side.id],
    spoiled=[Spoiled("M below n", domain=on(PLACES, INSIDE[0]))],
)


@evidence_for(row, Method.DERIVED)
@derived
def _row() -> Derivation:
    return (
        Derivation(both_sides(i, n, M))
        .at_least(n - n * (n - 1) / (2 * M), by=Sign(given={INSIDE[0]: (i - 1) / M}))
        .at_least((n + 1) / 2, by=Sign(given={INSIDE[1]: (n - 1) / (2 * M)}))
    )


def cosformer_weight(c, T, a):
    """The needle's weight: its own cosine is part of the sum T, and is there 1 + a times."""
    return (1 + a) * c / (a * c + T)


ENOUGH = sp.Ge(T, (n + 1) / 2, evaluate=False)
SUMS = {n: RANGES[n], a: RANGES[a], c: UNIT, T: sp.Interval.open(0, sp.oo)}
weight = declare(
    "separation.kernels.cosformer-weight",
    "cosFormer puts at most 2 (1+a)/(2 (1+a) + n - 1) on the needle, as if its gain were 2 (1 + a)",
    sp.Le(cosformer_weight(c, T, a), needle_weight(2 * (1 + a), n), evaluate=False),
    on(SUMS, ENOUGH),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[row.id, "separation.kernels.cosformer-gain"],
    spoiled=[
        Spoiled("a gain of 1 + a", sp.Le(cosformer_weight(c, T, a), needle_weight(1 + a, n), evaluate=False)),
    ],
)


@evidence_for(weight, Method.DERIVED)
@derived
def _weight() -> Derivation:
    return (
        Derivation(cosformer_weight(c, T, a))
        .at_most((1 + a) / (a + T), by=Sign())
        .at_most(needle_weight(2 * (1 + a), n), by=Sign(given={ENOUGH: (1 + a) / ((a + T) * (a + (n + 1) / 2))}))
    )


reads = a * w * y_first + b * B + (1 - b) * y_last
ROW = {a: RANGES[a], b: RANGES[b], w: UNIT, B: sp.Interval(-1, 1), y_first: RANGES[y_first], y_last: RANGES[y_last]}
any_row = declare(
    "separation.kernels.any-row-peak",
    "of any row that is not negative and sums to one no sign pattern reads more than 1 + a w",
    sp.Le(reads, 1 + a * w, evaluate=False),
    on(ROW),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("a w times 0.99", sp.Le(reads, 1 + sp.Rational(99, 100) * a * w, evaluate=False))],
)


@evidence_for(any_row, Method.DERIVED)
@derived
def _any_row() -> Derivation:
    return (
        Derivation(reads)
        .at_most(a * w + b * B + (1 - b), by=Sign())
        .at_most(1 + a * w, by=Sign())
    )  # fmt: skip


QUIET = silent(2 * (1 + HEIGHT), n)
cosformer_silent = declare(
    "separation.kernels.cosformer-silent",
    "cosFormer is silent on D1, as on D0, for every sign pattern from n = 22 on",
    QUIET,
    on({n: sp.Range(22, sp.oo)}),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=[weight.id, any_row.id, "separation.kernels.gain-needed"],
    spoiled=[Spoiled("n >= 21", domain=on({n: sp.Range(21, sp.oo)}))],
)
evidence_for(cosformer_silent, Method.CERTIFIED)(certified())
