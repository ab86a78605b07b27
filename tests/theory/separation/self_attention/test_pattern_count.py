"""The firing probability as a number of sign patterns: proved, spoiled variants refuted, counted pattern by pattern."""

# SymPy types almost everything as Basic, which hides the expressions that these tests are made of.
# pyright: reportOperatorIssue=false, reportCallIssue=false, reportArgumentType=false

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
import sympy as sp

from theory.claim import claims
from theory.evidence import Method, Verdict, gather
from theory.separation.self_attention import joint_law, pattern_count
from theory.separation.self_attention.construction import N, a, activation, b, d, eta, m, n
from theory.separation.self_attention.firing_law import p_bad, p_good

CLAIMS = [
    pattern_count.rise,
    pattern_count.ordered_corner,
    pattern_count.corner,
    pattern_count.patterns,
    pattern_count.least_count,
    joint_law.good_event,
    joint_law.by_first,
    joint_law.four_networks_law,
]


def test_this_file_covers_all_claims_of_these_rooms():
    rooms = {pattern_count.__name__, joint_law.__name__}
    assert {c.id for c in claims("separation.self") if c.module in rooms} == {c.id for c in CLAIMS}


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_a_claim_is_proved(claim):
    found = gather(claim, Method.DERIVED)
    assert found.verdict is Verdict.HOLDS, found.finding.message


@pytest.mark.slow
@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_spoiled_variants_fall(claim):
    for variant, _ in claim.variants():
        assert gather(variant, Method.DERIVED).verdict is Verdict.REFUTED


@pytest.mark.parametrize("gains", [(1, 10), (10, 1), (4, 4)])
def test_every_pattern_of_a_small_network(gains: tuple[int, int]) -> None:
    # the patterns are written out as vectors of signs; nothing is grouped by K
    values = {n: 10, d: 6, a: 1, b: sp.Rational(1, 2), eta: sp.Rational(1, 2)}
    found = 0
    for signs in product((1, -1), repeat=6):
        first, needle, last, middle = signs[0], signs[1], signs[-1], sum(signs[1:-1])
        reads = [
            activation(gain, 10, 6, 1, Fraction(1, 2), first, last, needle, middle) for gain in map(Fraction, gains)
        ]
        found += any(value - Fraction(1, 2) > Fraction(1, 2) for value in reads)
    point: Any = values | {N: gains[0], pattern_count.N_other: gains[1]}
    assert 0 < found < 64
    for share in pattern_count.patterns.statement.args:
        assert share.subs(point).doit() * 64 == found


def test_networks_of_two_neurons_are_enumerated_by_hand() -> None:
    # each neuron is bad, good or idle with weights 1, 2, 5 of 8
    weights = {"bad": 1, "good": 2, "idle": 5}
    kinds = list(product(weights, repeat=2))
    wanted = sum(weights[one] * weights[two] for one, two in kinds if "bad" not in (one, two) and "good" in (one, two))
    point = {p_bad: sp.Rational(1, 8), p_good: sp.Rational(1, 4), m: 2}
    for side in joint_law.by_first.statement.args:
        assert side.subs(point).doit() == sp.Rational(wanted, 64)
