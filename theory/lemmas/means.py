"""The variance of a mean.

Hypotheses. X_1, .., X_m have the mean b and the second moment a = E X_i^2; two different ones have the moment
c = E X_i X_j. In the second claim they come in g independent groups of k, and c is for two in the same group.
Claims. (variance) E (mean X)^2 - b^2 = (a - b^2)/m + (1 - 1/m)(c - b^2), which is (a - b^2)/m for independent ones.
(groups) with m = g k it is (a - b^2)/m + (k - 1)(c - b^2)/m.
Source. Folklore.
Why. Of the m^2 pairs m are on the diagonal, and of the others k - 1 in every row are in the same group.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, EvaluateSum

m, g, k = sp.symbols("m g k", integer=True, positive=True)
a, b, c = sp.symbols("a b c", real=True)
i, j, first, second = sp.symbols("i j s t", integer=True)

REAL = sp.Interval(-sp.oo, sp.oo)
MEANINGS = {
    m: "number of variables", g: "number of groups", k: "variables in a group",
    a: "E X_i^2", b: "E X_i", c: "E X_i X_j for different i and j (in one group)",
}  # fmt: skip


def variance_of_mean(second_moment, cross_moment, mean, count):
    """E (mean X)^2 - (E X)^2 of `count` variables with equal moments."""
    return (second_moment - mean**2) / count + (1 - 1 / count) * (cross_moment - mean**2)


same = sp.KroneckerDelta(i, j)
second_moment = sp.Sum(sp.Sum(same * a + (1 - same) * c, (j, 1, m)), (i, 1, m)) / m**2
variance = declare(
    "lemma.means.variance",
    "the variance of a mean of m variables is (a - b^2)/m + (1 - 1/m)(c - b^2)",
    sp.Eq(second_moment - b**2, variance_of_mean(a, c, b, m), evaluate=False),
    Domain({m: sp.Range(1, sp.oo), a: REAL, b: REAL, c: REAL}, (), {s: MEANINGS[s] for s in (m, a, b, c)}),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "1 - 1/m replaced by 1",
            sp.Eq(second_moment - b**2, (a - b**2) / m + c - b**2, evaluate=False),
        )
    ],
)


@evidence_for(variance, Method.DERIVED)
@derived
def _variance() -> Derivation:
    return (
        Derivation(second_moment - b**2)
        .equal((m * a + m * (m - 1) * c) / m**2 - b**2, by=EvaluateSum())
        .equal(variance_of_mean(a, c, b, m), by=Algebra())
    )


alike = sp.KroneckerDelta(first, second)
row = sp.Sum(
    sp.KroneckerDelta(i, j) * sp.Sum(alike * a + (1 - alike) * c, (second, 1, k))
    + (1 - sp.KroneckerDelta(i, j)) * k * b**2,
    (j, 1, g),
)
group_moment = sp.Sum(sp.Sum(row, (first, 1, k)), (i, 1, g)) / (g * k) ** 2
group_variance = (a - b**2) / (g * k) + (k - 1) * (c - b**2) / (g * k)
groups = declare(
    "lemma.means.groups",
    "the variance of a mean over g independent groups of k is (a - b^2)/(g k) + (k - 1)(c - b^2)/(g k)",
    sp.Eq(group_moment - b**2, group_variance, evaluate=False),
    Domain(
        {g: sp.Range(1, sp.oo), k: sp.Range(1, sp.oo), a: REAL, b: REAL, c: REAL},
        (),
        {s: MEANINGS[s] for s in (g, k, a, b, c)},
    ),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "as if all pairs were in one group",
            sp.Eq(group_moment - b**2, variance_of_mean(a, c, b, g * k), evaluate=False),
        )
    ],
)


@evidence_for(groups, Method.DERIVED)
@derived
def _groups() -> Derivation:
    total = g * k * (a + (k - 1) * c + (g - 1) * k * b**2)
    return (
        Derivation(group_moment - b**2)
        .equal(total / (g * k) ** 2 - b**2, by=EvaluateSum())
        .equal(group_variance, by=Algebra())
    )
