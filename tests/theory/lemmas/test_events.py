"""The lemmas about events and their counts: proved, and true when all outcomes are listed with their probabilities."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any

import pytest
import sympy as sp

from theory.claim import claims
from theory.evidence import Method, Verdict, check_for, gather
from theory.lemmas import binomial_half, event_counts, events

COUNTS = [event_counts.count_start, event_counts.count_one_more, event_counts.count_transform]
LEMMAS = [events.indicator_mean, events.markov, events.some, *COUNTS]


def outcomes(number: int, p: Fraction) -> list[tuple[tuple[int, ...], Fraction]]:
    """Which of `number` independent events happen, and with which probability: the product over the events."""
    patterns = itertools.product((0, 1), repeat=number)
    return [(pattern, prod((p if one else 1 - p for one in pattern), start=Fraction(1))) for pattern in patterns]


def test_this_file_covers_all_lemmas_of_these_rooms() -> None:
    rooms = {events.__name__, event_counts.__name__}
    assert {c.id for c in claims("lemma") if c.module in rooms} == {c.id for c in LEMMAS}


@pytest.mark.parametrize("claim", LEMMAS, ids=lambda claim: claim.id)
def test_a_lemma_holds_and_its_spoiled_variants_fall(claim) -> None:
    found = gather(claim, Method.DERIVED)
    assert found.verdict is Verdict.HOLDS, found.finding.message
    for variant, methods in claim.variants():
        assert methods == {Method.DERIVED}
        assert gather(variant, Method.DERIVED).verdict is Verdict.REFUTED


@pytest.mark.parametrize("claim", LEMMAS, ids=lambda claim: claim.id)
def test_no_equality_of_a_derivation_survives_a_change_of_its_right_side(claim) -> None:
    check: Any = check_for(claim, Method.DERIVED)
    chain = check.build()
    for place, (relation, expression, reason) in enumerate(chain.steps):
        if relation is not sp.Eq:
            continue
        changed = (relation, expression * sp.Rational(1001, 1000), reason)
        assert not replace(chain, steps=(*chain.steps[:place], changed)).verify(claim.domain).accepted


@pytest.mark.parametrize("p", [Fraction(0), Fraction(1, 3), Fraction(1)])
def test_the_mean_of_an_indicator_over_both_outcomes(p: Fraction) -> None:
    listed = sum(pattern[0] * chance for pattern, chance in outcomes(1, p))
    assert events.mean.subs(events.p, sp.Rational(p)).doit() == sp.Rational(listed) == sp.Rational(p)


@pytest.mark.parametrize("p", [Fraction(1, 2), Fraction(1, 3), Fraction(9, 10)])
@pytest.mark.parametrize("number", range(7))
def test_the_count_of_independent_events_has_the_binomial_law(number: int, p: Fraction) -> None:
    for doubled in range(-2, 2 * number + 3):
        level = Fraction(doubled, 2)
        listed = sum(chance for pattern, chance in outcomes(number, p) if sum(pattern) <= level)
        written: Any = binomial_half.at_most(sp.Rational(level), sp.Integer(number), sp.Rational(p)).doit()
        assert written == sp.Rational(listed)


@pytest.mark.parametrize("number", range(5))
def test_the_generating_function_over_all_outcomes(number: int) -> None:
    p, z = Fraction(1, 3), Fraction(5, 2)
    listed = sum(chance * z ** sum(pattern) for pattern, chance in outcomes(number, p))
    values: Any = {event_counts.m: number, event_counts.chance: sp.Rational(p), event_counts.z: sp.Rational(z)}
    sides: Any = event_counts.count_transform.statement.args
    for side in sides:
        assert side.subs(values).doit() == sp.Rational(listed)


def test_events_that_are_not_independent_have_another_law() -> None:
    """All three happen together or none does: P[W <= 1] is 1/2 as well, P[W <= 0] is not 1/8."""
    together = {0: Fraction(1, 2), 3: Fraction(1, 2)}
    half = sp.Rational(1, 2)
    written = [binomial_half.at_most(sp.Integer(level), sp.Integer(3), half).doit() for level in (0, 1)]
    listed = [sp.Rational(sum(chance for count, chance in together.items() if count <= level)) for level in (0, 1)]
    assert written[1] == listed[1]
    assert written[0] != listed[0]


@pytest.mark.parametrize("number", [1, 2, 5])
def test_the_union_bound_and_markovs_inequality_over_all_outcomes(number: int) -> None:
    """For a count, whose moments are listed too; the union bound is the first moment at the level 1."""
    p = Fraction(1, 4)
    listed = outcomes(number, p)
    some = sum(chance for pattern, chance in listed if any(pattern))
    assert some <= number * p
    for level in range(1, number + 1):
        reached = sum(chance for pattern, chance in listed if sum(pattern) >= level)
        for moment in (1, 2, 3):
            assert reached <= sum(chance * Fraction(sum(pattern), level) ** moment for pattern, chance in listed)
