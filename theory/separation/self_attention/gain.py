"""A0. One number a row rules the construction: the gain, and the weights and outputs that follow from it.

Hypotheses. The needle construction (see `construction`), any kernel with a positive score kappa_needle at the needle
and one positive score kappa_rest at every other token of a row; N = kappa_needle / kappa_rest.
Claim. The needle's weight is w = N/(N+n-1), every other weight is u = 1/(N+n-1), the normaliser is kappa_rest (N+n-1).
With om = w - u the output is, in units of sqrt(log n), a w in the first column, b (om + (1-om)/(d-2)) in the needle's
identity column, b (1-om)/(d-2) in each other one, and c in the last. Softmax has N = n^(a(1+a)) in the needle's row and
n^a elsewhere; row-normalised linear attention has N = 1+a in every row.
Source. Derived here for the construction of arXiv 2310.11685.
Why. One token has the score kappa_needle and n-1 have kappa_rest; t = n/(d-2) tokens share an identity column.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, EvaluateSum
from theory.separation.self_attention.construction import (
    SOURCE,
    N,
    a,
    b,
    contrast,
    d,
    domain,
    linear_gain,
    n,
    needle_weight,
    other_weight,
    softmax_needle_gain,
    softmax_ordinary_gain,
)

kappa_needle, kappa_rest = sp.symbols("kappa_needle kappa_rest", positive=True)
j = sp.Symbol("j", integer=True, positive=True)


KERNEL = Domain(
    {n: sp.Range(2, sp.oo), kappa_needle: sp.Interval.open(0, sp.oo), kappa_rest: sp.Interval.open(0, sp.oo)},
    (),
    {n: "number of tokens", kappa_needle: "kernel score of the needle", kappa_rest: "kernel score of any other token"},
)
KERNEL_SUM = kappa_needle + sp.Sum(kappa_rest, (j, 1, n - 1))
EVALUATED_SUM = kappa_needle + (n - 1) * kappa_rest


def _declare(name: str, title: str, left, right, wrong, why: str, of: Domain, *, measured: bool = False) -> Claim:
    """Declare the identity left = right, whose spoiled variant says left = wrong."""
    return declare(
        f"separation.self.{name}",
        title,
        sp.Eq(left, right, evaluate=False),
        of,
        Kind.IDENTITY,
        derived_here(SOURCE),
        {Method.DERIVED, Method.MEASURED} if measured else {Method.DERIVED},
        module=__name__,
        spoiled=[Spoiled(why, sp.Eq(left, wrong, evaluate=False))],
    )


normaliser = _declare(
    "normaliser",
    "the normaliser of a row is kappa_rest (N + n - 1)",
    KERNEL_SUM,
    kappa_rest * (kappa_needle / kappa_rest + n - 1),
    kappa_rest * (kappa_needle / kappa_rest + n),
    "n - 1 replaced by n",
    KERNEL,
)


@evidence_for(normaliser, Method.DERIVED)
@derived
def _normaliser() -> Derivation:
    return (
        Derivation(KERNEL_SUM)
        .equal(EVALUATED_SUM, by=EvaluateSum())
        .equal(kappa_rest * (kappa_needle / kappa_rest + n - 1), by=Algebra())
    )


weight = _declare(
    "needle-weight",
    "the weight on the needle is N/(N + n - 1)",
    kappa_needle / KERNEL_SUM,
    needle_weight(kappa_needle / kappa_rest, n),
    needle_weight(kappa_needle / kappa_rest, n + 1),
    "n replaced by n + 1",
    KERNEL,
    measured=True,
)


@evidence_for(weight, Method.DERIVED)
@derived
def _weight() -> Derivation:
    return (
        Derivation(kappa_needle / KERNEL_SUM)
        .equal(kappa_needle / EVALUATED_SUM, by=EvaluateSum())
        .equal(needle_weight(kappa_needle / kappa_rest, n), by=Algebra())
    )


log_n = sp.log(n)
softmax_needle = _declare(
    "softmax-needle-gain",
    "softmax has the gain n^(a(1+a)) in the needle's row",
    sp.exp((1 + a) ** 2 * log_n) / sp.exp((1 + a) * log_n),
    softmax_needle_gain(a, n),
    softmax_ordinary_gain(a, n),
    "the gain of an ordinary row",
    domain(n, a),
    measured=True,
)


@evidence_for(softmax_needle, Method.DERIVED)
@derived
def _softmax_needle() -> Derivation:
    start = sp.exp((1 + a) ** 2 * log_n) / sp.exp((1 + a) * log_n)
    return (
        Derivation(start)
        .equal(sp.exp(a * (1 + a) * log_n), by=Algebra())
        .equal(softmax_needle_gain(a, n), by=Algebra())
    )


softmax_ordinary = _declare(
    "softmax-ordinary-gain",
    "softmax has the gain n^a in every other row",
    sp.exp((1 + a) * log_n) / sp.exp(log_n),
    softmax_ordinary_gain(a, n),
    softmax_needle_gain(a, n),
    "the gain of the needle's row",
    domain(n, a),
    measured=True,
)


@evidence_for(softmax_ordinary, Method.DERIVED)
@derived
def _softmax_ordinary() -> Derivation:
    return Derivation(sp.exp((1 + a) * log_n) / sp.exp(log_n)).equal(softmax_ordinary_gain(a, n), by=Algebra())


row_height = sp.Symbol("s_i", positive=True)
needle_token = sp.Symbol("j_3", integer=True, positive=True)
token_height = 1 + a * sp.KroneckerDelta(j, needle_token)
linear_scores = sp.Sum(row_height * token_height * log_n, (j, 1, n))


def linear_normaliser(gain):
    """kappa_rest (N + n - 1), the normaliser of a row of gain N, at linear attention's kappa_rest = s_i log n."""
    return row_height * log_n * (gain + n - 1)


linear = _declare(
    "linear-gain",
    "linear attention has the gain 1 + a in every row: its scores s_i s_j log n add up to s_i log n (1 + a + n - 1)",
    linear_scores,
    linear_normaliser(linear_gain(a)),
    linear_normaliser(1 + a**2),
    "1 + a replaced by 1 + a^2",
    Domain(
        {**domain(n, a).ranges, row_height: sp.Interval(1, sp.oo), needle_token: sp.Range(1, sp.oo)},
        (sp.Le(needle_token, n),),
        {
            **domain(n, a).meanings,
            row_height: "1 + a in the needle's row, 1 in any other",
            needle_token: "position of the needle",
        },
    ),
    measured=True,
)


@evidence_for(linear, Method.DERIVED)
@derived
def _linear() -> Derivation:
    return (
        Derivation(linear_scores)
        .equal(row_height * log_n * (n + a), by=EvaluateSum())
        .equal(linear_normaliser(linear_gain(a)), by=Algebra())
    )


om, tokens = contrast(N, n), n / (d - 2)
OUTPUT = domain(N, n, d)
needle_column = _declare(
    "output-needle-column",
    "the needle's identity column receives om + (1 - om)/(d - 2)",
    needle_weight(N, n) + (tokens - 1) * other_weight(N, n),
    om + (1 - om) / (d - 2),
    om + (1 - om) / (d - 1),
    "d - 2 replaced by d - 1",
    OUTPUT,
    measured=True,
)


@evidence_for(needle_column, Method.DERIVED)
@derived
def _needle_column() -> Derivation:
    start = needle_weight(N, n) + (tokens - 1) * other_weight(N, n)
    return Derivation(start).equal(om + (1 - om) / (d - 2), by=Algebra())


other_column = _declare(
    "output-other-column",
    "every other identity column receives (1 - om)/(d - 2)",
    tokens * other_weight(N, n),
    (1 - om) / (d - 2),
    om / (d - 2),
    "1 - om replaced by om",
    OUTPUT,
    measured=True,
)


@evidence_for(other_column, Method.DERIVED)
@derived
def _other_column() -> Derivation:
    return Derivation(tokens * other_weight(N, n)).equal((1 - om) / (d - 2), by=Algebra())


block = om + (1 - om) / (d - 2) + sp.Sum((1 - om) / (d - 2), (j, 1, d - 3))
convexity = _declare(
    "output-convexity",
    "the identity columns receive a convex combination: the total is 1",
    block,
    sp.Integer(1),
    om,
    "1 replaced by om",
    OUTPUT,
)


@evidence_for(convexity, Method.DERIVED)
@derived
def _convexity() -> Derivation:
    return (
        Derivation(block)
        .equal(om + (1 - om) / (d - 2) + (d - 3) * (1 - om) / (d - 2), by=EvaluateSum())
        .equal(sp.Integer(1), by=Algebra())
    )


kappa = sp.Symbol("k_needle", integer=True, positive=True)
entry = sp.Symbol("k", integer=True)
is_needle = sp.Symbol("delta", integer=True, nonnegative=True)
row_sum_expression = a * is_needle + sp.Sum(b * sp.KroneckerDelta(entry, kappa), (entry, 1, d - 2)) + (1 - b)
row_sum = _declare(
    "row-sum",
    "the entries of a token add up to s_i = 1 + a [i = j3], in units of sqrt(log n)",
    row_sum_expression,
    1 + a * is_needle,
    1 + b + a * is_needle,
    "b counted twice",
    Domain(
        {**domain(d, a, b).ranges, kappa: sp.Range(1, sp.oo), is_needle: sp.FiniteSet(0, 1)},
        (sp.Le(kappa, d - 2),),
        {**domain(d, a, b).meanings, kappa: "identity column of the token", is_needle: "1 for the needle, else 0"},
    ),
)


@evidence_for(row_sum, Method.DERIVED)
@derived
def _row_sum() -> Derivation:
    return (
        Derivation(row_sum_expression)
        .equal(a * is_needle + b + (1 - b), by=EvaluateSum())
        .equal(1 + a * is_needle, by=Algebra())
    )
