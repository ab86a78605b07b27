"""Attention of low rank in the length: Linformer and Nystromformer.

Hypotheses. (Nystrom) A is an invertible matrix of softmax weights of 2 or 3 landmarks, written out; the map is F A^-1 B
with F, A, B row-stochastic. (Linformer) R is k x n with independent N(0, 1/k) entries, x and y are vectors.
Claims. (nystrom-exact) With all keys as landmarks F = A = B, and A A^-1 A = A, entry by entry. (nystrom-row-sum) Over
two landmarks a row of weights sums to 1, though weights may be negative. (inverse-iteration) If Z becomes Z (13 - Y (15
- Y (7 - Y)))/4, Y = A Z, then the error E = I - Y becomes E^3 (E + 3)/4; all are polynomials in Y and commute.
(projection-mean, projection-variance) x R^T R y^T has the mean x.y and the variance (|x|^2 |y|^2 + (x.y)^2)/k, which is
not relative to (x.y)^2. (zero-scores) At x = 0, y = (1, .., 1) the product exp(x E^T) F y^T with E = delta R, F =
e^-delta R is within eps n of exp(x).y = n with probability at most 1/2. (equation-9, a refutation) For every x and y a
probability above 1 - 2 e^(-(eps^2 - eps^3) k/4) is printed.
Source. arXiv 2102.03902 for the Nystrom map and its iteration; arXiv 2006.04768 for Linformer, equation (9) read in its
ar5iv copy. This refutes the construction printed there, not the existence of some E and F. The rest is derived here.
Why. exp(0) = (1, .., 1), so the product is 1^T F y, a Gaussian number of mean 0 and variance n e^(-2 delta).
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, cited, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import means
from theory.maps.attention_map import AttentionMap, Cost, Normaliser, d, m, n
from theory.reasons import Algebra, GaussianMoment, Lemma
from theory.reasons.gaussian import expectation, normal
from theory.rigor.checks import certified

REAL, HALF_LINE = sp.Interval(-sp.oo, sp.oo), sp.Interval(0, sp.oo)
ITERATIONS = 6  # of the paper's pseudo-inverse, four products of m x m matrices each


def _exact(size: int) -> Claim:
    entries = sp.Matrix(size, size, lambda i, j: sp.Symbol(f"a_{i + 1}{j + 1}", positive=True))
    determinant = sp.expand(entries.det())
    products = entries * (entries.adjugate() / determinant) * entries
    pairs = list(zip(products, entries, strict=True))
    equalities = [sp.Eq(left, right, evaluate=False) for left, right in pairs]  # type: ignore[misc]
    wrong = sp.Eq(products[0, 0], entries[0, 1], evaluate=False)
    last_wrong = sp.Eq(products[size - 1, size - 1], entries[size - 1, 0], evaluate=False)
    claim = declare(
        f"maps.low-rank.nystrom-exact-{size}",
        f"with all of {size} keys as landmarks, Nystrom attention is softmax attention",
        sp.And(*equalities),
        Domain({symbol: sp.Interval.open(0, sp.oo) for symbol in entries}, (sp.Ne(determinant, 0, evaluate=False),)),
        Kind.IDENTITY,
        cited("Xiong et al., arXiv 2102.03902"),
        {Method.DERIVED},
        module=__name__,
        spoiled=[
            Spoiled("an entry replaced by its neighbour", wrong),
            Spoiled("the last entry alone wrong", sp.And(*equalities[:-1], last_wrong)),
        ],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _proof() -> tuple[Derivation, ...]:
        return tuple(Derivation(left).equal(right, by=Algebra()) for left, right in pairs)  # type: ignore[misc]

    return claim


exact = {size: _exact(size) for size in (2, 3)}

f, a, b, g, h = sp.symbols("f a b g h", positive=True)
WEIGHT = sp.Interval.open(0, 1)
to_landmarks = sp.Matrix([[f, 1 - f]])
middle = sp.Matrix([[a, 1 - a], [b, 1 - b]])
from_landmarks = sp.Matrix([[g, 1 - g], [h, 1 - h]])
row = to_landmarks * (middle.adjugate() / (a - b)) * from_landmarks
row_sum = declare(
    "maps.low-rank.nystrom-row-sum",
    "the weights of Nystrom attention over two landmarks sum to one where the middle matrix has an inverse",
    sp.Eq(row[0, 0] + row[0, 1], 1, evaluate=False),
    Domain(dict.fromkeys((f, a, b, g, h), WEIGHT), (sp.Ne(a - b, 0, evaluate=False),)),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("1 replaced by f", sp.Eq(row[0, 0] + row[0, 1], f, evaluate=False))],
)


@evidence_for(row_sum, Method.DERIVED)
@derived
def _row_sum() -> Derivation:
    return Derivation(row[0, 0] + row[0, 1]).equal(1, by=Algebra())


error = sp.Symbol("E", real=True)
product = 1 - error
iterated = 1 - product * (13 - product * (15 - product * (7 - product))) / 4
inverse_iteration = declare(
    "maps.low-rank.inverse-iteration",
    "one step of the iterated inverse takes the error E to E^3 (E + 3)/4",
    sp.Eq(iterated, error**3 * (error + 3) / 4, evaluate=False),
    Domain({error: REAL}, (), {error: "1 - A Z, or an eigenvalue of it"}),
    Kind.IDENTITY,
    derived_here("the iteration of arXiv 2102.03902"),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("E^3 replaced by E^2", sp.Eq(iterated, error**2 * (error + 3) / 4, evaluate=False))],
)


@evidence_for(inverse_iteration, Method.DERIVED)
@derived
def _inverse_iteration() -> Derivation:
    return Derivation(iterated).equal(error**3 * (error + 3) / 4, by=Algebra())


w_x, w_y = normal("x"), normal("y")
xx, yy = sp.symbols("|x|^2 |y|^2", nonnegative=True)
xy = sp.Symbol("x.y", real=True)
PAIRS = Domain(
    {xx: HALF_LINE, yy: HALF_LINE, xy: REAL, m: sp.Range(1, sp.oo)},
    (sp.Le(xy**2, xx * yy, evaluate=False),),
    {m: "rows of R, projected keys"},
)
gram = {(w_x, w_x): xx, (w_x, w_y): xy, (w_y, w_y): yy}
one, square = expectation(w_x * w_y, gram), expectation(w_x**2 * w_y**2, gram)

projection_mean = declare(
    "maps.low-rank.projection-mean",
    "a row of R contributes x.y on average, so x R^T R y^T has the mean x.y",
    sp.Eq(one, xy, evaluate=False),
    PAIRS,
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("mean doubled", sp.Eq(one, 2 * xy, evaluate=False))],
)


@evidence_for(projection_mean, Method.DERIVED)
@derived
def _projection_mean() -> Derivation:
    return Derivation(one).equal(xy, by=GaussianMoment())


moments = {means.a: square, means.b: one, means.c: one**2}
spread = (means.second_moment - means.b**2).xreplace(moments)
projection_variance = declare(
    "maps.low-rank.projection-variance",
    "x R^T R y^T has the variance (|x|^2 |y|^2 + (x.y)^2)/k, also where x.y = 0",
    sp.Eq(spread, (xx * yy + xy**2) / m, evaluate=False),
    PAIRS,
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[means.variance.id, projection_mean.id],
    spoiled=[Spoiled("relative to (x.y)^2 alone", sp.Eq(spread, 2 * xy**2 / m, evaluate=False))],
)


@evidence_for(projection_variance, Method.DERIVED)
@derived
def _projection_variance() -> Derivation:
    of_mean = means.variance_of_mean(square, one**2, one, m)
    return (
        Derivation(spread)
        .equal(of_mean, by=Lemma(means.variance.id, {means.m: m, **moments}))
        .equal((xx * yy + xy**2) / m, by=GaussianMoment())
    )


eps, delta = sp.symbols("epsilon delta", positive=True)
scale = sp.sqrt(n / sp.Integer(2)) * sp.exp(delta)
success = (sp.erf((1 + eps) * scale) - sp.erf((1 - eps) * scale)) / 2
ZERO_SCORES = Domain(
    {n: sp.Range(1, sp.oo), m: sp.Range(1, sp.oo), eps: sp.Interval.open(0, 1), delta: sp.Interval.open(0, sp.oo)},
    (),
    {n: "length", m: "projected keys", eps: "relative error allowed", delta: "the constant of E and F"},
)

zero_scores = declare(
    "maps.low-rank.zero-scores",
    "at scores of 0 the printed construction of Linformer is within eps with probability at most 1/2",
    sp.Le(success, sp.Rational(1, 2), evaluate=False),
    ZERO_SCORES,
    Kind.UPPER,
    derived_here("the construction in the proof of Theorem 2 of arXiv 2006.04768"),
    {Method.CERTIFIED},
    module=__name__,
    spoiled=[Spoiled("1/2 replaced by 1/10", sp.Le(success, sp.Rational(1, 10), evaluate=False))],
)
evidence_for(zero_scores, Method.CERTIFIED)(certified())

equation_9 = declare(
    "maps.low-rank.equation-9",
    "as printed: the construction is within eps with probability above 1 - 2 e^(-(eps^2 - eps^3) k/4)",
    sp.Gt(success, 1 - 2 * sp.exp(-(eps**2 - eps**3) * m / 4), evaluate=False),
    ZERO_SCORES,
    Kind.REFUTATION,
    cited("Wang et al., arXiv 2006.04768, equation (9), read in its ar5iv copy, at x = 0 and y = (1, .., 1)"),
    {Method.CERTIFIED},
    module=__name__,
    rests_on=[zero_scores.id],
    corrected_by=zero_scores.id,
)
evidence_for(equation_9, Method.CERTIFIED)(certified())


MAPS = (
    AttentionMap(
        "linformer",
        "keys and values projected along the length; no causal form",
        "Wang et al., arXiv 2006.04768",
        Normaliser.NONE,
        random=True,
        costs={"whole": Cost(8 * n * m * d, 2 * m * d + n * m)},
        claims=tuple(claim.id for claim in (projection_mean, projection_variance, zero_scores, equation_9)),
    ),
    AttentionMap(
        "nystrom",
        "softmax attention through landmarks and an iterated inverse; no causal form, weights may be negative",
        "Xiong et al., arXiv 2102.03902",
        Normaliser.NONE,
        costs={
            "whole": Cost(8 * n * m * d + 4 * m**2 * d + 8 * ITERATIONS * m**3, 2 * n * m + 4 * m**2 + 3 * m * d),
        },
        claims=(*(claim.id for claim in exact.values()), row_sum.id, inverse_iteration.id),
    ),
)
