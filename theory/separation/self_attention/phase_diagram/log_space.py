"""The weight on the needle in log space, and the exponent at which it takes a given value.

Hypotheses. The needle's row of softmax, gain N = n^g with g = a(1+a), weight w = N/(N+n-1).
Claim. w = 1/(1 + exp(log(n-1) - g log n)), which can be evaluated at n = 10^1000 as well; the weight is w exactly where
g = x = (log(n-1) + log(w/(1-w)))/log n.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. Divide by N, and solve for g.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra
from theory.separation.self_attention.construction import SOURCE, n, needle_weight

log_n = sp.log(n)
g = sp.Symbol("g", nonnegative=True)
w = sp.Symbol("w", positive=True)


def weight_exponent(w, n):
    """x: the weight is w where a(1+a) = x."""
    return (sp.log(n - 1) + sp.log(w / (1 - w))) / sp.log(n)


def log_space_weight(g, log_length, log_length_minus_one):
    """w from logarithms alone, for lengths far beyond any float."""
    return 1 / (1 + sp.exp(log_length_minus_one - g * log_length))


POWERS = Domain({n: sp.Range(2, sp.oo), g: sp.Interval(0, sp.oo)}, (), {n: "number of tokens", g: "a(1+a)"})
softmax_weight = needle_weight(n**g, n)

log_space = declare(
    "separation.self.log-space-weight",
    "the weight from logarithms alone",
    sp.Eq(softmax_weight, log_space_weight(g, log_n, sp.log(n - 1)), evaluate=False),
    POWERS,
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("n - 1 replaced by n", sp.Eq(softmax_weight, log_space_weight(g, log_n, log_n), evaluate=False))],
)


@evidence_for(log_space, Method.DERIVED)
@derived
def _log_space() -> Derivation:
    return Derivation(softmax_weight).equal(log_space_weight(g, log_n, sp.log(n - 1)), by=Algebra())


exponent_weight = log_space_weight(weight_exponent(w, n), log_n, sp.log(n - 1))
exponent = declare(
    "separation.self.weight-exponent",
    "the weight is w exactly where a (1 + a) = x = (log(n-1) + log(w/(1-w)))/log n",
    sp.Eq(exponent_weight, w, evaluate=False),
    Domain({n: sp.Range(3, sp.oo), w: sp.Interval.open(0, 1)}),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.log-space-weight"],
    spoiled=[
        Spoiled(
            "n - 1 replaced by n",
            sp.Eq(log_space_weight(weight_exponent(w, n + 1), log_n, sp.log(n - 1)), w, evaluate=False),
        )
    ],
)


@evidence_for(exponent, Method.DERIVED)
@derived
def _exponent() -> Derivation:
    return Derivation(exponent_weight).equal(w, by=Algebra())
