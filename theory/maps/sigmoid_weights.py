"""Weights of sigmoid attention beside those of softmax.

Hypotheses. Score s, bias b, n keys; R is the sum of exp(score) over the other keys of a row; sigma(x) = 1/(1 +
exp(-x)).
Claims. (as-softmax) The softmax weight is sigma(s - log R): sigmoid attention with the bias -log R that the row itself
gives. (row-sum) n scores of 0 with the bias -log n have weights that sum to n/(n + 1). (difference) Where the bias is
off by x, the weight is off by at most x/4: 0 <= sigma(s + b + x) - sigma(s + b) <= x/4 for x >= 0.
Source. Sigmoid attention is that of arXiv 2409.04431, which has b = -log n; the claims are derived here.
Why. exp(s)/(exp(s) + R) = 1/(1 + R exp(-s)); the slope of sigma is sigma (1 - sigma) <= 1/4. Tight as x -> 0 at s = -b.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import MEANINGS, n, s
from theory.maps.sigmoid import sigma
from theory.reasons import Algebra, EvaluateSum, Taylor

b = sp.Symbol("b", real=True)
R = sp.Symbol("R", positive=True)
x = sp.Symbol("x", nonnegative=True)
j = sp.Symbol("j", integer=True)
REALS = sp.Interval(-sp.oo, sp.oo)

softmax_weight = sp.exp(s) / (sp.exp(s) + R)
as_softmax = declare(
    "maps.sigmoid.as-softmax",
    "a softmax weight is the sigmoid of its score less the log of the sum over the other keys",
    sp.Eq(softmax_weight, sigma(s - sp.log(R)), evaluate=False),
    Domain({s: REALS, R: sp.Interval.open(0, sp.oo)}, (), {s: MEANINGS[s], R: "sum of exp(score) over the others"}),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled(
            "the key itself among the others", sp.Eq(softmax_weight, sigma(s - sp.log(R + sp.exp(s))), evaluate=False)
        )
    ],
)


@evidence_for(as_softmax, Method.DERIVED)
@derived
def _as_softmax() -> Derivation:
    return Derivation(softmax_weight).equal(sigma(s - sp.log(R)), by=Algebra())


zero_scores = sp.Sum(sigma(-sp.log(n)), (j, 1, n))
row_sum = declare(
    "maps.sigmoid.row-sum",
    "n scores of 0 with the bias -log n have weights that sum to n/(n + 1)",
    sp.Eq(zero_scores, n / (n + 1), evaluate=False),
    Domain({n: sp.Range(1, sp.oo)}, (), {n: MEANINGS[n]}),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("as if the row summed to one", sp.Eq(zero_scores, sp.Integer(1), evaluate=False))],
)


@evidence_for(row_sum, Method.DERIVED)
@derived
def _row_sum() -> Derivation:
    return Derivation(zero_scores).equal(n / (n + 1), by=EvaluateSum())


change = sigma(s + b + x) - sigma(s + b)
difference = declare(
    "maps.sigmoid.difference",
    "a bias that is off by x moves a weight by at most x/4",
    sp.Le(change, x / 4, evaluate=False),
    Domain({s: REALS, b: REALS, x: sp.Interval(0, sp.oo)}, (), {s: MEANINGS[s], b: "bias", x: "error of the bias"}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.MEASURED, Method.ATTACKED},
    module=__name__,
    spoiled=[Spoiled("1/4 replaced by 24/100", sp.Le(change, sp.Rational(24, 100) * x, evaluate=False))],
)


@evidence_for(difference, Method.DERIVED)
@derived
def _difference() -> Derivation:
    return Derivation(change).at_most(x / 4, by=Taylor(x, 0, order=1))
