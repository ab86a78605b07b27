"""B4. On the needle's data the softmax matrix has rank exactly 2: two features reproduce it in linear time.

Hypotheses. The needle construction; delta_i = 1 for the needle, 0 for any other token, so that the score of query i
and key j is (1 + a delta_i)(1 + a delta_j) log n.
Claim. (two-features) The weight of query i on key j is alpha_i + beta_i delta_j with alpha_i = 1/(N_i + n - 1),
beta_i = (N_i - 1) alpha_i and N_i = n^(a (1 + a delta_i)): a product of two features of the query with the two
features 1 and delta_j of the key. (third-minor) So every minor of order 3 vanishes. (second-minor) The minor of the
needle's and another token's row and column is positive, so the rank is 2. (singular-product) The two singular values
multiply to (n-1) times that minor.
Source. Derived here for the construction of arXiv 2310.11685.
Why. There are two distinct rows and two distinct columns, and the gains of the two rows differ.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import itertools

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Sign
from theory.separation.kernels.witness import derived_or_refuted_at
from theory.separation.self_attention.construction import MEANINGS as CONSTRUCTION
from theory.separation.self_attention.construction import (
    RANGES,
    SOURCE,
    a,
    n,
    needle_weight,
    other_weight,
    softmax_needle_gain,
    softmax_ordinary_gain,
)
from theory.separation.self_attention.gain import log_n

is_query, is_key = sp.symbols("delta_i delta_j", integer=True, nonnegative=True)
FLAG = sp.FiniteSet(0, 1)
MEANINGS = {
    **CONSTRUCTION, is_query: "1 if the query is the needle, else 0", is_key: "1 if the key is the needle, else 0"
}  # fmt: skip


def _domain(*symbols) -> Domain:
    ranges = {symbol: FLAG if symbol in (is_query, is_key) else RANGES[symbol] for symbol in symbols}
    return Domain(ranges, (), {symbol: MEANINGS[symbol] for symbol in symbols})


def score(is_query, is_key):
    """The score of a query and a key."""
    return (1 + a * is_query) * (1 + a * is_key) * log_n


def softmax_entry(is_query, is_key):
    """The softmax weight of a query on a key."""
    return sp.exp(score(is_query, is_key)) / (sp.exp(score(is_query, 1)) + (n - 1) * sp.exp(score(is_query, 0)))


def query_features(is_query) -> tuple[sp.Expr, sp.Expr]:
    """alpha_i and beta_i; the features of the key are 1 and delta_j."""
    gain = n ** (a * (1 + a * is_query))
    return other_weight(gain, n), (gain - 1) * other_weight(gain, n)


alpha, beta = query_features(is_query)
two_features = declare(
    "separation.kernels.softmax-two-features",
    "two features of the query and two of the key give the softmax weights of the construction, exactly",
    sp.Eq(softmax_entry(is_query, is_key), alpha + beta * is_key, evaluate=False),
    _domain(n, a, is_query, is_key),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled("one feature only", sp.Eq(softmax_entry(is_query, is_key), alpha * (1 + is_key), evaluate=False)),
    ],
)


@evidence_for(two_features, Method.DERIVED)
@derived
def _two_features() -> Derivation:
    return Derivation(softmax_entry(is_query, is_key)).equal(alpha + beta * is_key, by=Algebra())


alphas, betas, keys = (sp.symbols(f"{name}_1:4", real=True) for name in ("alpha", "beta", "delta"))
entries = [[first + second * of_key for of_key in keys] for first, second in zip(alphas, betas, strict=True)]


def determinant(entries) -> sp.Expr:
    """The determinant of a 3 x 3 matrix by Leibniz' formula, not multiplied out."""
    permutations = itertools.permutations(range(3))
    return sp.Add(
        *(sp.LeviCivita(*order) * sp.Mul(*(entries[row][order[row]] for row in range(3))) for order in permutations)
    )


spoiled_entries = [list(row) for row in entries]
spoiled_entries[2][2] += 1
third_minor = declare(
    "separation.kernels.softmax-third-minor",
    "every minor of order 3 of a matrix with the entries alpha_i + beta_i delta_j vanishes",
    sp.Eq(determinant(entries), 0, evaluate=False),
    Domain({symbol: sp.Interval(-sp.oo, sp.oo) for symbol in (*alphas, *betas, *keys)}),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[two_features.id],
    spoiled=[Spoiled("one entry changed", sp.Eq(determinant(spoiled_entries), 0, evaluate=False))],
)


@evidence_for(third_minor, Method.DERIVED)
@derived_or_refuted_at(dict(zip((*alphas, *betas, *keys), (1, 1, 0, 0, 1, 0, 0, 1, 0), strict=True)))
def _third_minor() -> Derivation:
    return Derivation(determinant(entries)).equal(0, by=Algebra())


needle_row, other_row = softmax_needle_gain(a, n), softmax_ordinary_gain(a, n)
minor = needle_weight(needle_row, n) * other_weight(other_row, n) - other_weight(needle_row, n) * needle_weight(
    other_row, n
)
minor_closed = (needle_row - other_row) * other_weight(needle_row, n) * other_weight(other_row, n)
second_minor = declare(
    "separation.kernels.softmax-second-minor",
    "the softmax matrix of the construction has a minor of order 2 that is positive, so its rank is 2",
    sp.Gt(minor, 0, evaluate=False),
    _domain(n, a),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=[third_minor.id],
    spoiled=[Spoiled("more than 1/20", sp.Gt(minor, sp.Rational(1, 20), evaluate=False))],
)


@evidence_for(second_minor, Method.DERIVED)
@derived
def _second_minor() -> Derivation:
    return Derivation(minor).equal(minor_closed, by=Algebra()).greater(0, by=Sign())


w_1, u_1, w_2, u_2 = sp.symbols("w_1 u_1 w_2 u_2", real=True)
gram = sp.Matrix(
    [[w_1**2 + (n - 1) * u_1**2, w_1 * w_2 + (n - 1) * u_1 * u_2],
     [(n - 1) * (w_1 * w_2 + (n - 1) * u_1 * u_2), (n - 1) * (w_2**2 + (n - 1) * u_2**2)]]
)  # fmt: skip
gram_determinant = gram[0, 0] * gram[1, 1] - gram[0, 1] * gram[1, 0]
singular_product = declare(
    "separation.kernels.singular-product",
    "the two singular values of a matrix with one row (w_1, u_1, ..) and n-1 rows (w_2, u_2, ..) have a known product",
    sp.Eq(gram_determinant, ((n - 1) * (w_1 * u_2 - u_1 * w_2)) ** 2, evaluate=False),
    Domain(
        {n: RANGES[n], **{symbol: sp.Interval(-sp.oo, sp.oo) for symbol in (w_1, u_1, w_2, u_2)}},
        (),
        {n: MEANINGS[n], w_1: "needle's weight on itself", w_2: "another token's weight on the needle"},
    ),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("n - 1 replaced by n", sp.Eq(gram_determinant, (n * (w_1 * u_2 - u_1 * w_2)) ** 2, evaluate=False))
    ],
)


@evidence_for(singular_product, Method.DERIVED)
@derived
def _singular_product() -> Derivation:
    return Derivation(gram_determinant).equal(((n - 1) * (w_1 * u_2 - u_1 * w_2)) ** 2, by=Algebra())
