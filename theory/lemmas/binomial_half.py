"""A binomial count is seldom as small as half of its mean.

Hypotheses. W counts which of M independent events of probability p happen: P[W = k] = binomial(M, k) p^k (1-p)^(M-k),
as `lemma.events.count-one-more` says; 0 < m <= M p.
Claim. (few) P[W <= m/2] <= e^(-(1 - log 2) m/2).
Source. Chernoff's bound; derived here.
Why. The indicator of k <= m/2 is at most 2^(m/2 - k), whose mean is 2^(m/2) (1 - p/2)^M by the binomial theorem, and
1 - p/2 <= e^(-p/2).
When tight. As p -> 0 with m = M p, to within a power of m.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Cases, EvaluateSum, Monotone, Sign, TermwiseSum
from theory.reasons.slope import Slope

M = sp.Symbol("M", integer=True, positive=True)
p = sp.Symbol("p", positive=True)
m = sp.Symbol("m", positive=True)
k = sp.Symbol("k", integer=True, nonnegative=True)
MEANINGS = {M: "number of events", p: "probability of each", m: "at most the mean count"}
RANGES = {M: sp.Range(1, sp.oo), p: sp.Interval.open(0, 1), m: sp.Interval.open(0, sp.oo)}


def weight(k, M, p):
    """P[k of M independent events of probability p happen]."""
    return sp.binomial(M, k) * p**k * (1 - p) ** (M - k)


def at_most(level, M, p):
    """P[at most `level` of M independent events of probability p happen]."""
    few = sp.Le(k, level, evaluate=False)
    return sp.Sum(weight(k, M, p) * sp.Piecewise((1, few), (0, True)), (k, 0, M))


bound = sp.exp(-(1 - sp.log(2)) * m / 2)
few = declare(
    "lemma.binomial-half.few",
    "a binomial count of mean at least m is at most m/2 with probability at most e^(-(1 - log 2) m/2)",
    sp.Le(at_most(m / 2, M, p), bound, evaluate=False),
    Domain(RANGES, (sp.Le(m, M * p),), MEANINGS),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("the hypothesis on the mean dropped", domain=Domain(RANGES, (), MEANINGS)),
        Spoiled("1 - log 2 replaced by 1", sp.Le(at_most(m / 2, M, p), sp.exp(-m / 2), evaluate=False)),
    ],
)


@evidence_for(few, Method.DERIVED)
@derived
def _few() -> Derivation:
    reached = sp.Le(k, m / 2, evaluate=False)
    tilted = sp.exp(sp.log(2) * (m / 2 - k))
    indicator_below = Cases(
        reached,
        where=Monotone(lambda z: weight(k, M, p) * z, 1, sp.Le, tilted, by=Sign()),
        otherwise=Sign(),
        words="the indicator is at most a power of 2",
    )
    half = sp.exp(sp.log(2) * m / 2)
    return (
        Derivation(at_most(m / 2, M, p))
        .at_most(sp.Sum(weight(k, M, p) * tilted, (k, 0, M)), by=TermwiseSum(by=indicator_below))
        .equal(half * (1 - p / 2) ** M, by=EvaluateSum(words="by the binomial theorem"))
        .at_most(
            half * sp.exp(-p / 2) ** M,
            by=Monotone(
                lambda z: half * z**M, 1 - p / 2, sp.Le, sp.exp(-p / 2),
                by=Slope(p, 0, lambda t: (1 - sp.exp(-t / 2)) / 2),
            ),
        )
        .equal(half * sp.exp(-M * p / 2), by=Algebra())
        .at_most(
            half * sp.exp(-m / 2),
            by=Monotone(lambda z: half * sp.exp(-z / 2), M * p, sp.Ge, m, by=Sign("by hypothesis")),
        )
        .equal(bound, by=Algebra())
    )  # fmt: skip
