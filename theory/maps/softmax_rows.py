"""Rows of softmax: blocks of keys can be merged in any order, a shift of all scores cancels, and weights sum to one.

Hypotheses. The keys of a row are split into two parts. L_1, L_2 > 0 are the sums of exp(score) over the parts, A_1, A_2
those of exp(score) times one coordinate of the value. A part is kept as (m, l, o): any real m (an implementation takes
its largest score), l = L exp(-m), and its own output o = A/L.
Claims. (merged-blocks) With any real t, l = l_1 exp(m_1 - t) + l_2 exp(m_2 - t) is (L_1 + L_2) exp(-t), and
(o_1 l_1 exp(m_1 - t) + o_2 l_2 exp(m_2 - t))/l is (A_1 + A_2)/(L_1 + L_2). So (t, l, o) is what is kept of both parts
together, and by induction blocks give the softmax of the whole row, however they are cut and in whatever order they
come. (shift) Adding c to all scores changes no weight. (row-sum) The weights of the two parts sum to one; by
induction so do those of all keys.
Source. Derived here; online softmax is that of arXiv 1805.02867, with values of arXiv 2112.05682.
Why. exp(m) is taken out and put back.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra

L_1, L_2 = sp.symbols("L_1 L_2", positive=True)
A_1, A_2 = sp.symbols("A_1 A_2", real=True)
m_1, m_2, t, c, score = sp.symbols("m_1 m_2 t c s_1", real=True)
l_1, l_2, o_1, o_2 = sp.symbols("l_1 l_2 o_1 o_2", real=True)
KEPT: dict[sp.Expr, sp.Expr] = {
    l_1: L_1 * sp.exp(-m_1), l_2: L_2 * sp.exp(-m_2), o_1: A_1 / L_1, o_2: A_2 / L_2,
}  # fmt: skip

REALS, POSITIVE = sp.Interval(-sp.oo, sp.oo), sp.Interval.open(0, sp.oo)
WORDS = {
    L_1: "sum of exp(score) over the first part", L_2: "over the second part",
    A_1: "sum of exp(score) times value over the first part", A_2: "over the second part",
    m_1: "what was taken out of the first part", m_2: "of the second part", t: "what is taken out of both",
    c: "shift of all scores", score: "score of one key",
}  # fmt: skip


def _domain(*symbols: sp.Symbol) -> Domain:
    ranges = {symbol: POSITIVE if symbol.is_positive else REALS for symbol in symbols}
    return Domain(ranges, (), {symbol: WORDS[symbol] for symbol in symbols})


first, second = l_1 * sp.exp(m_1 - t), l_2 * sp.exp(m_2 - t)
sum_together = (L_1 + L_2) * sp.exp(-t)
output_together = (A_1 + A_2) / (L_1 + L_2)
merged_output = (o_1 * first + o_2 * second) / (first + second)

merged = declare(
    "maps.softmax.merged-blocks",
    "two blocks of keys merge into what is kept of both together",
    sp.And(
        sp.Eq(first + second, sum_together, evaluate=False),
        sp.Eq(merged_output, output_together, evaluate=False),
        evaluate=False,
    ),
    _domain(L_1, L_2, A_1, A_2, m_1, m_2, t),
    Kind.IDENTITY,
    derived_here("online softmax of arXiv 1805.02867"),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    definitions=KEPT,
    spoiled=[
        Spoiled(
            "the two outputs averaged without their sums",
            sp.And(
                sp.Eq(first + second, sum_together, evaluate=False),
                sp.Eq(merged_output, (A_1 / L_1 + A_2 / L_2) / 2, evaluate=False),
                evaluate=False,
            ),
        )
    ],
)


@evidence_for(merged, Method.DERIVED)
@derived
def _merged() -> tuple[Derivation, Derivation]:
    plain_first, plain_second = (part.subs(KEPT) for part in (first, second))
    weighted = A_1 / L_1 * plain_first + A_2 / L_2 * plain_second
    return (
        Derivation(plain_first + plain_second).equal(sum_together, by=Algebra()),
        Derivation(weighted / (plain_first + plain_second))
        .equal((A_1 + A_2) * sp.exp(-t) / sum_together, by=Algebra())
        .equal(output_together, by=Algebra()),
    )


weight = sp.exp(score) / (sp.exp(score) + L_2)
shifted = sp.exp(score + c) / (sp.exp(score + c) + L_2 * sp.exp(c))
shift = declare(
    "maps.softmax.shift",
    "adding one number to all scores of a row changes no weight",
    sp.Eq(shifted, weight, evaluate=False),
    _domain(score, L_2, c),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled(
            "the other scores not shifted",
            sp.Eq(shifted, sp.exp(score) / (sp.exp(score) + L_2 * sp.exp(c)), evaluate=False),
        )
    ],
)


@evidence_for(shift, Method.DERIVED)
@derived
def _shift() -> Derivation:
    return Derivation(shifted).equal(weight, by=Algebra())


total = L_1 / (L_1 + L_2) + L_2 / (L_1 + L_2)
row_sum = declare(
    "maps.softmax.row-sum",
    "the weights of a row sum to one",
    sp.Eq(total, sp.Integer(1), evaluate=False),
    _domain(L_1, L_2),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("one part left out", sp.Eq(L_1 / (L_1 + L_2), sp.Integer(1), evaluate=False))],
)


@evidence_for(row_sum, Method.DERIVED)
@derived
def _row_sum() -> Derivation:
    return Derivation(total).equal(sp.Integer(1), by=Algebra())
