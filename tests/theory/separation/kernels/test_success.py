"""How often other kernels succeed: against enumeration of all signs, and constancy beyond the degree that is named."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest

from theory.evidence import Effort, Method, Verdict, check_for, gather
from theory.separation.kernels import as_softmax as room
from theory.separation.kernels.exact import (
    Polynomial,
    Softmax,
    Taylor,
    kernel_law,
    kernel_success,
    smallest_successful_degree,
)
from theory.separation.kernels.success import constant_from, limiting_counts
from theory.separation.self_attention.construction import activation
from theory.separation.self_attention.exact import Parameters, two_way_success
from theory.separation.self_attention.law import ALL_SIGNS

PAGE = Parameters(n=1000, d=12, a0="0.1", a1="0.7", b="0.5", eta="0.6")
SMALL = Parameters(n=12, d=8, a0="0.1", a1="0.7", b="0.5", eta="0.6")


def count(parameters: Parameters, a: Fraction, gain: Fraction) -> int:
    """Sign vectors for which a row of this gain fires, by looking at all of them."""
    fired = 0
    for signs in itertools.product((1, -1), repeat=parameters.d):
        first, needle, last, total = signs[0], signs[1], signs[-1], sum(signs[1:-1])
        value = activation(gain, parameters.n, parameters.d, a, parameters.b, first, last, needle, Fraction(total))
        fired += value > parameters.tau
    return fired


@pytest.mark.parametrize("p", [0, 1, 4, 7, 30])
def test_firing_probabilities_by_enumeration(p: int) -> None:
    law = kernel_law(SMALL, Polynomial(p))
    for name, a in (("D1", SMALL.a1), ("D0", SMALL.a0)):
        assert law.probability(name) == Fraction(count(SMALL, a, (1 + a) ** p), 2**SMALL.d)


def test_softmax_is_the_two_way_law_of_the_statement() -> None:
    assert kernel_success(PAGE, Softmax()).probability(35).exact == two_way_success(PAGE, 35).exact


def test_the_least_degree_by_trying_and_all_beyond_it() -> None:
    found = smallest_successful_degree(PAGE, "0.99", 35)
    values = [kernel_success(PAGE, Polynomial(p)).probability(35).exact for p in range(40)]
    good = [p for p, value in enumerate(values) if value is not None and value >= Fraction(99, 100)]
    assert found.value == good[0]
    assert found.stays
    assert good == list(range(good[0], 40))
    assert len({values[p] for p in good}) == 1


def test_a_degree_whose_success_does_not_stay_says_so() -> None:
    loud = PAGE.replace(a0="0.2")  # a needle of D0 above xi = 0.1 fires once the degree is large
    found = smallest_successful_degree(loud, "0.99", 35)
    assert found.value is not None
    assert not found.stays
    assert "not shown" in found.message
    late = kernel_success(loud, Polynomial(200)).probability(35).exact
    assert late is not None
    assert late < Fraction(1, 2)


def test_no_degree_is_named_where_none_is_enough() -> None:
    found = smallest_successful_degree(PAGE.replace(eta=3), "0.5", 35, limit=30)
    assert (found.value, found.limit) == (None, 30)
    assert found.message.startswith("None exists up to p = 30")


@pytest.mark.parametrize("a", ["0", "0.1", "0.3", "0.7", "1.1"])
def test_limiting_counts_are_those_of_a_huge_gain(a: str) -> None:
    height = Fraction(a)
    law = kernel_law(PAGE.replace(a1=height, a0=height), Polynomial(20_000))
    if height:  # without a needle the gain is 1 for every degree
        assert dict(law.least["D1"]) == dict(limiting_counts(PAGE, height))
    assert set(limiting_counts(PAGE, height)) == set(ALL_SIGNS)


def test_constancy_begins_where_the_counts_stop_to_change() -> None:
    counts = [kernel_law(PAGE, Polynomial(p)).least for p in range(60)]
    first = next(p for p in range(60) if all(c == counts[p] for c in counts[p:]))
    assert not constant_from(PAGE, first - 1)
    assert all(constant_from(PAGE, p) for p in range(first, 60))


def test_taylor_kernels_have_a_law_too() -> None:
    value = kernel_success(PAGE, Taylor(30)).probability(35)
    assert value.exact is not None
    assert value.exact > Fraction(99, 100)


def test_as_softmax_holds_from_14_and_not_from_13() -> None:
    found = gather(room.as_softmax, Method.CERTIFIED)
    assert found.verdict is Verdict.HOLDS
    ((variant, _),) = room.as_softmax.variants()
    refuted = gather(variant, Method.CERTIFIED)
    assert refuted.verdict is Verdict.REFUTED
    assert refuted.finding.worst[0] == {"p": "13", "m": "1"}


def test_as_softmax_does_not_hold_where_the_instance_is_another() -> None:
    from dataclasses import replace

    import sympy as sp

    arguments = (*room.INSTANCE[:1], 12, sp.Rational(1, 5), *room.INSTANCE[3:])  # a0 = 1/5 fires for large degrees
    statement = sp.Eq(room.PolynomialSuccess(*arguments, room.p, room.m), room.SoftmaxSuccess(*arguments, room.m))
    other = replace(room.as_softmax, statement=statement)
    check = check_for(room.as_softmax, Method.CERTIFIED)
    assert check is not None
    assert check(other, Effort()).verdict is not Verdict.HOLDS
