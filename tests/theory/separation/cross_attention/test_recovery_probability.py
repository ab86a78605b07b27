"""The exact probability of recovering random signs, against every pattern of them and against searches."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.separation.cross_attention import recovery_probability as room
from theory.separation.cross_attention.logits import Logits, polynomial_gain, softmax_gain
from theory.separation.cross_attention.recovery_probability import (
    agreements_needed,
    critical_exponent,
    gain_needed,
    polynomial_recovery,
    recovery_probability,
    softmax_recovery,
    sufficient_length,
)
from theory.separation.self_attention.exact_numbers import Number, rational_gain

gains = st.fractions("1/8", 12, max_denominator=8)


def exactly(number: Number) -> Fraction:
    assert number.exact is not None
    return number.exact


def enumerated(gain: Fraction, n: int, coordinates: int = 1) -> Fraction:
    """The share of sign patterns of the others for which the output has the needle's sign in every coordinate."""
    weights = [gain / (gain + n - 1)] + [1 / (gain + n - 1)] * (n - 1)
    good = 0
    for signs in product((1, -1), repeat=(n - 1) * coordinates):
        columns = [(1, *signs[start::coordinates]) for start in range(coordinates)]
        good += all(sum(w * s for w, s in zip(weights, column, strict=True)) > 0 for column in columns)
    return Fraction(good, 2 ** ((n - 1) * coordinates))


@settings(max_examples=60, deadline=None)
@given(gain=gains, n=st.integers(2, 9))
def test_recovery_equals_enumeration(gain: Fraction, n: int) -> None:
    assert exactly(recovery_probability(rational_gain(gain), n)) == enumerated(gain, n)


@pytest.mark.parametrize("gain", [Fraction(1, 2), Fraction(1), Fraction(2), Fraction(5, 2)])  # 1 and 2: ties
def test_several_coordinates_equal_enumeration(gain: Fraction) -> None:
    for n, coordinates in ((3, 2), (4, 3), (6, 2)):
        assert exactly(recovery_probability(rational_gain(gain), n, coordinates)) == enumerated(gain, n, coordinates)


def test_a_tie_that_counts_as_recovered_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = room.least_integer_above

    def not_strict(gain, offset, slope, low, high):  # type: ignore[no-untyped-def]
        return max(low, min(right(gain, offset - fmpq(1, 10**9), slope, low, high), high))

    monkeypatch.setattr(room, "least_integer_above", not_strict)
    assert exactly(recovery_probability(rational_gain(2), 5)) != enumerated(Fraction(2), 5)


@settings(max_examples=100, deadline=None)
@given(gain=gains, more=gains, n=st.integers(2, 60), coordinates=st.integers(1, 4))
def test_recovery_rises_with_the_gain_and_is_a_power(gain: Fraction, more: Fraction, n: int, coordinates: int) -> None:
    one, louder = (exactly(recovery_probability(rational_gain(value), n)) for value in (gain, gain + more))
    assert Fraction(1, 2) <= one <= louder <= 1
    assert exactly(recovery_probability(rational_gain(gain), n, coordinates)) == one**coordinates
    assert (one == 1) is (gain > n - 1)


@settings(max_examples=100, deadline=None)
@given(gain=gains, n=st.integers(2, 60))
def test_it_changes_only_at_integers_of_the_parity_of_the_others(gain: Fraction, n: int) -> None:
    steps = [k for k in range(-(-gain.numerator // gain.denominator), n + 20) if (k - n + 1) % 2 == 0]
    passed = exactly(recovery_probability(rational_gain(steps[0]), n))
    assert exactly(recovery_probability(rational_gain(gain), n)) == passed
    assert agreements_needed(rational_gain(gain), n) == max(0, min(n - 1, (n - 1 - steps[0]) // 2 + 1))


def test_maps_enter_by_their_gains() -> None:
    logits = Logits(kappa="3/4", l0=1)
    for n in (2, 11, 101):
        assert exactly(softmax_recovery(logits, n, 3)) == exactly(recovery_probability(softmax_gain(logits, n), n, 3))
        for degree in (1, 2):
            by_gain = recovery_probability(polynomial_gain(logits, n, degree), n)
            assert exactly(polynomial_recovery(logits, n, degree)) == exactly(by_gain)


def test_large_numbers_are_enclosed_and_agree_with_small_ones() -> None:
    large = softmax_recovery(Logits(kappa="3/4", l0=1), 10**9)
    assert large.exact is None
    assert large.lower > 1 - arb(10) ** -12
    for coordinates in (1, 10**6):  # the power of a million coordinates is enclosed, one coordinate is exact
        value = recovery_probability(rational_gain(40), 101, coordinates)
        single = exactly(recovery_probability(rational_gain(40), 101))
        with ctx.workprec(200):
            assert (arb(fmpq(single.numerator, single.denominator)) ** coordinates).overlaps(value.enclosure)
        assert (value.exact is None) is (coordinates > 1)


# The gain and the exponent that a target takes


@pytest.mark.parametrize("target", ["1/2", "3/5", "9/10", "0.99", "1"])
@pytest.mark.parametrize(("n", "coordinates"), [(2, 1), (7, 1), (8, 3), (40, 2)])
def test_gain_needed_by_trying(n: int, coordinates: int, target: str) -> None:
    found = gain_needed(n, target, coordinates)
    sliver = Fraction(1, 10**6)

    def reaches(gain: Fraction) -> bool:
        return exactly(recovery_probability(rational_gain(gain), n, coordinates)) >= Fraction(target)

    assert reaches(found + sliver)
    assert found == 0 or not reaches(Fraction(found))
    tried = next(v for v in range(n + 1) if reaches(v + sliver))
    assert tried == found


def test_gain_needed_at_large_n_stays_close_to_hoeffding() -> None:
    n, failure = 10**8, Fraction(1, 100)
    found = gain_needed(n, 1 - failure)
    assert float(recovery_probability(rational_gain(found + 1), n)) >= 0.99
    assert float(recovery_probability(rational_gain(found - 2), n)) < 0.99
    assert found < math.sqrt(2 * (n - 1) * math.log(1 / failure))


@pytest.mark.parametrize(("n", "coordinates", "l0"), [(11, 1, "1"), (101, 10, "1/2"), (10**6, 1, "2")])
def test_the_critical_exponent_separates(n: int, coordinates: int, l0: str) -> None:
    found = critical_exponent(n, "0.99", l0, coordinates)
    assert found.gain == gain_needed(n, "0.99", coordinates)
    middle = Fraction(str(float(found.value)))
    for kappa, reaches in ((middle * (1 + Fraction(1, 10**9)), True), (middle * (1 - Fraction(1, 10**9)), False)):
        value = softmax_recovery(Logits(kappa=kappa, l0=l0), n, coordinates)
        assert bool(value.lower >= arb("0.99")) is reaches
    assert f"n = {n}, l0 = {l0} if and only if kappa > " in found.message
    assert ("all 10 signs" if coordinates == 10 else "the sign") in found.message


def test_every_exponent_reaches_one_half() -> None:
    found = critical_exponent(1000, "1/2")
    assert (found.value.exact, found.gain) == (0, 0)
    assert "for every kappa > 0" in found.message


def test_certainty_takes_a_gain_above_that_of_all_others() -> None:
    found = critical_exponent(5, 1, "1/1000")
    assert found.gain == 4
    assert float(found.value) == pytest.approx((math.log(4) + 0.001) / math.log(5))


@pytest.mark.parametrize(("kappa", "coordinates"), [("3/4", 1), ("9/10", 5), ("2", 100)])
def test_a_sufficient_length_suffices_and_is_that_of_the_formula(kappa: str, coordinates: int) -> None:
    logits = Logits(kappa=kappa, l0="1/2")
    found = sufficient_length(logits, "0.9", coordinates)
    assert found.value is not None
    formula = (2 * math.exp(1) * math.log(coordinates / 0.1)) ** (1 / (2 * float(Fraction(kappa)) - 1))
    assert found.value == max(2, math.ceil(formula))
    assert f"every n >= {found.value}" in found.message
    for n in (found.value, found.value + 1, 3 * found.value):
        assert softmax_recovery(logits, n, coordinates).lower >= arb("0.9")


def test_where_no_length_suffices_the_reason_is_given() -> None:
    at_half, below = (sufficient_length(Logits(kappa=kappa, l0=1), "0.9") for kappa in ("1/2", "1/4"))
    assert at_half.value is below.value is None
    assert "stays below 1/2 + 1/sqrt 6" in at_half.message
    assert "tends to 1/2 a coordinate" in below.message
    certain = sufficient_length(Logits(kappa=2, l0=1), 1)
    assert certain.value is None
    assert "probability 1" in certain.message
    # the two reasons are true of the exact law
    assert softmax_recovery(Logits(kappa="1/2", l0=1), 10**8).upper < 0.5 + 6**-0.5
    assert softmax_recovery(Logits(kappa="1/4", l0=1), 10**8).upper < 0.51


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: recovery_probability(rational_gain(1), 1), ValueError, "take n >= 2"),
        (lambda: recovery_probability(rational_gain(1), 5, 0), ValueError, "take coordinates >= 1"),
        (lambda: rational_gain(0), ValueError, "not proven positive"),
        (lambda: gain_needed(5, "0"), ValueError, "take 0 < target <= 1"),
        (lambda: gain_needed(5, "1.1"), ValueError, "take 0 < target <= 1"),
        (lambda: gain_needed(5, 0.9), TypeError, "write Fraction"),  # type: ignore[arg-type]
        (lambda: critical_exponent(5, "0.9", l0=0), ValueError, "take l0 > 0"),
        (lambda: sufficient_length(Logits(kappa=1, l0=1), "0.9", 0), ValueError, "take coordinates >= 1"),
        (lambda: softmax_recovery(Logits(kappa=1, l0=1), 5.0), TypeError, "not an integer"),  # type: ignore[arg-type]
    ],
)
def test_mistakes_are_explained(ask: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ask()
