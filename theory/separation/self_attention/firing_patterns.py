"""The sign patterns in which one row of a network fires: what they contribute to the firing probability.

Hypotheses. The needle construction; a network with a row of gain N, whatever its other rows are.
Claim. A neuron fires with probability p, the number of sign patterns that fire over 2^d, at least the share of the
patterns with y_1 = y_d = +1 in which that row fires; and so at least the share of those with y_k = +1 as well.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. Fewer patterns are counted, and a neuron fires where any of the rows does.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Indicators, Lemma, TermwiseSum, WriteOut
from theory.separation.self_attention.construction import RANGES, SOURCE, N, a, b, d, domain, eta, n
from theory.separation.self_attention.firing_law import K, e_first, e_last, e_needle, firing_probability, row_fires
from theory.separation.self_attention.firing_upper_bound import N_other

probability = firing_probability([(N, a), (N_other, a)], n, d, b, eta)


def rows(*hypotheses: sp.Basic) -> Domain:
    """Two rows of any gains: N is that of the row which the hypotheses speak of."""
    plain = domain(N, n, d, a, b, eta)
    return Domain(
        {**plain.ranges, N_other: RANGES[N]}, hypotheses, {**plain.meanings, N_other: "gain of the other rows"}
    )


SMALL = {
    symbol: sp.FiniteSet(value) for symbol, value in ((N, 10), (N_other, 10), (n, 10), (a, 1), (b, sp.Rational(1, 2)))
}


def _plus_indicator(plus_needle):
    """The indicator that the row of gain N fires where y_1 = y_d = +1."""
    return sp.Piecewise((1, row_fires(N, n, d, a, b, eta, plus=(1, 1, plus_needle))), (0, True))


plus_share = sp.Sum(sp.binomial(d - 3, K) * _plus_indicator(e_needle), (K, 0, d - 3), (e_needle, 0, 1)) / 2**d
plus_patterns = declare(
    "separation.self.firing-plus-patterns",
    "a neuron fires at least as often as one row does where y_1 = y_d = +1",
    sp.Ge(probability, plus_share, evaluate=False),
    rows(),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "the share times 101/100",
            sp.Ge(probability, sp.Rational(101, 100) * plus_share, evaluate=False),
            Domain({**rows().ranges, **SMALL, d: sp.Range(4, 6), eta: sp.Interval(sp.Rational(1, 2), 1)}),
        )
    ],
)


@evidence_for(plus_patterns, Method.DERIVED)
@derived
def _plus_patterns() -> Derivation:
    fires = sp.Piecewise((e_first * e_last, row_fires(N, n, d, a, b, eta)), (0, True))
    signs = ((e, 0, 1) for e in (e_needle, e_last, e_first))
    one_row = sp.Sum(sp.binomial(d - 3, K) * fires, (K, 0, d - 3), *signs) / 2**d
    return (
        Derivation(probability)
        .at_least(one_row, by=TermwiseSum(by=Indicators()))
        .equal(plus_share, by=WriteOut(e_first, e_last))
    )


all_plus_share = sp.Sum(sp.binomial(d - 3, K) * _plus_indicator(1), (K, 0, d - 3)) / 2**d
ALL_PLUS_FIRES = row_fires(N, n, d, a, b, eta, plus=(1, 1, 1))


VALUES = {symbol: symbol for symbol in (N, N_other, n, d, a, b, eta)}
all_plus = declare(
    "separation.self.firing-all-plus",
    "a neuron fires at least as often as one row does where y_1 = y_d = y_k = +1",
    sp.Ge(probability, all_plus_share, evaluate=False),
    rows(),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[plus_patterns.id],
    spoiled=[
        Spoiled(
            "the share times 101/100",
            sp.Ge(probability, sp.Rational(101, 100) * all_plus_share, evaluate=False),
            Domain({**rows().ranges, **SMALL, d: sp.Range(4, 6), eta: sp.Interval(sp.Rational(1, 2), 1)}),
        )
    ],
)


@evidence_for(all_plus, Method.DERIVED)
@derived
def _all_plus() -> Derivation:
    weighted = sp.Sum(sp.binomial(d - 3, K) * e_needle * _plus_indicator(e_needle), (K, 0, d - 3), (e_needle, 0, 1))
    return (
        Derivation(probability)
        .at_least(plus_share, by=Lemma(plus_patterns.id, VALUES))
        .at_least(weighted / 2**d, by=TermwiseSum(by=Indicators()))
        .equal(all_plus_share, by=WriteOut(e_needle))
    )
