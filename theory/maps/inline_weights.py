"""InLine attention: weights that sum to one by subtraction, linear in the values' mean, and injective in the query.

Hypotheses. n keys with the kernel values K_j = phi(q).phi(k_j) and their sum L; w_j = K_j - L/n + 1/n.
Claims. (row-sum) sum_j w_j = 1, for every n and L. (output) sum_j w_j v_j = A - L vbar + vbar with A = sum_j K_j v_j
and vbar the mean of the values: sums of length n that depend on the query through phi(q) only. (difference) For
phi(x) = x two queries q and q' have w_j - w_j' = (q - q').(k_j - kbar), kbar the mean of the keys; so the weights
determine q if and only if the centred keys span R^d, while a normalised map with homogeneous features has the same
weights for all queries c q, c > 0 (`maps.linear.query-scale`). (non-negative, a refutation) Of two keys 1 and -1 the
second has the weight 1/2 - q.
Source. arXiv 2412.06590 for the map and for its injectivity, in terms of the rank of [K, 1]; derived here.
Why. Every claim is linear in the kernel values.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, cited, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import MEANINGS, d, n
from theory.maps.vectors import Coordinate, Key, Query, Value, derived_for_every_sequence, i
from theory.reasons import CombineSums, EvaluateSum
from theory.rigor.checks import certified

REALS, COUNTS = sp.Interval(-sp.oo, sp.oo), sp.Range(1, sp.oo)
L = sp.Symbol("L", real=True)
q = sp.Symbol("q", real=True)
INLINE = "Han et al., arXiv 2412.06590"


class Kernel(Coordinate):
    """K_j."""


class Other(Coordinate):
    """q'_i, another query."""


class Mean(Coordinate):
    """kbar_i, the mean of the keys."""


ROWS = Domain({n: COUNTS, L: REALS}, (), {n: MEANINGS[n], L: "sum of the kernel values of the row"})

sum_of_weights = L + sp.Sum(-L / n + 1 / n, (i, 1, n))
row_sum = declare(
    "maps.inline.row-sum",
    "the weights of InLine attention sum to one, whatever the kernel values",
    sp.Eq(sum_of_weights, 1, evaluate=False),
    ROWS,
    Kind.IDENTITY,
    cited(INLINE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("the mean over n + 1 keys", sp.Eq(L + sp.Sum(-L / (n + 1) + 1 / n, (i, 1, n)), 1, evaluate=False),
                     methods=frozenset({Method.DERIVED})),
             Spoiled("to 101/100", sp.Eq(sum_of_weights, sp.Rational(101, 100), evaluate=False))],
)  # fmt: skip


@evidence_for(row_sum, Method.DERIVED)
@derived
def _row_sum() -> Derivation:
    return Derivation(sum_of_weights).equal(1, by=EvaluateSum())


weighted = sp.Sum((Kernel(i) - L / n + 1 / n) * Value(i), (i, 1, n))
sums = sp.Sum(Kernel(i) * Value(i), (i, 1, n))
mean = sp.Sum(Value(i), (i, 1, n)) / n
output = declare(
    "maps.inline.output",
    "the output is that of unnormalised linear attention for values with their mean taken off, plus that mean",
    sp.Eq(weighted, sums - L * mean + mean, evaluate=False),
    ROWS,
    Kind.IDENTITY,
    derived_here(INLINE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("the mean added twice", sp.Eq(weighted, sums - L * mean + 2 * mean, evaluate=False))],
)


@evidence_for(output, Method.DERIVED)
@derived_for_every_sequence(({Kernel: lambda i: i, Value: lambda i: 3 - 2 * i},))
def _output() -> Derivation:
    return Derivation(weighted).equal(sums - L * mean + mean, by=CombineSums())


def weight(query: type[Coordinate]) -> sp.Expr:
    """w_j for phi(x) = x: q.k_j - q.kbar + 1/n."""
    return sp.Sum(query(i) * Key(i), (i, 1, d)) - sp.Sum(query(i) * Mean(i), (i, 1, d)) + 1 / n


apart = sp.Sum((Query(i) - Other(i)) * (Key(i) - Mean(i)), (i, 1, d))
difference = declare(
    "maps.inline.difference",
    "two queries have weights that differ by the product of their difference with the centred key",
    sp.Eq(weight(Query) - weight(Other), apart, evaluate=False),
    Domain({n: COUNTS, d: COUNTS}, (), {n: MEANINGS[n], d: MEANINGS[d]}),
    Kind.IDENTITY,
    derived_here(INLINE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "keys that are not centred",
            sp.Eq(weight(Query) - weight(Other), sp.Sum((Query(i) - Other(i)) * Key(i), (i, 1, d)), evaluate=False),
        )
    ],
)


@evidence_for(difference, Method.DERIVED)
@derived_for_every_sequence(({Query: lambda i: i, Other: lambda i: 2 - i, Key: lambda i: i, Mean: lambda i: 1},))
def _difference() -> Derivation:
    return Derivation(weight(Query) - weight(Other)).equal(apart, by=CombineSums())


second = sp.Rational(1, 2) - q
non_negative = declare(
    "maps.inline.non-negative",
    "reading: the weights of InLine attention are not negative; here that of the key -1 beside the key 1",
    sp.Ge(second, 0, evaluate=False),
    Domain({q: REALS}, (), {q: "the query, a number"}),
    Kind.REFUTATION,
    derived_here(INLINE),
    {Method.CERTIFIED},
    module=__name__,
    corrected_by=row_sum.id,
)
evidence_for(non_negative, Method.CERTIFIED)(certified())
