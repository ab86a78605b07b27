"""The closed forms of A5 at lengths up to 10^1000, where they must agree with the exact heights, and be tight."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from flint import arb, ctx, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from theory.claim import Claim
from theory.rigor.evaluate import truth_at
from theory.rigor.truth import Truth
from theory.separation.self_attention.construction import a, b, eta, n
from theory.separation.self_attention.exact import (
    firing_height,
    firing_height_bounds,
    height_of_weight,
    needle_weight,
    transition_width,
)
from theory.separation.self_attention.needle import golden_height
from theory.separation.self_attention.phase_diagram import (
    firing_onset,
    firing_rate,
    half_weight,
)
from theory.separation.self_attention.phase_diagram import (
    transition_width as width_room,
)

DIGITS = (1, 2, 3, 6, 10, 100, 1000)
HALF = sp.Rational(1, 2)


def holds(claim: Claim, point: dict[Any, Any]) -> Truth:
    return truth_at(claim.unfolded, {symbol: sp.sympify(value) for symbol, value in point.items()})


def rational(value: arb) -> Fraction:
    """A rational in an enclosure, near its middle."""
    man, exp = value.mid().man_exp()
    return Fraction(int(man)) * Fraction(2) ** int(exp)


@pytest.mark.parametrize("digits", [*DIGITS[:-1], 500])  # beyond, 4096 bits do not tell the bounds apart
def test_half_weight_lies_between_its_bounds_at_every_length(digits: int) -> None:
    for claim in (half_weight.half_gap, half_weight.half_gap_upper, half_weight.half_limit):
        assert holds(claim, {n: 10**digits}) is Truth.TRUE
        assert holds(claim.variants()[0][0], {n: 10**digits}) is Truth.FALSE


def test_the_gap_of_half_weight_is_the_height_of_the_exact_api() -> None:
    for digits in (1, 3, 30):
        length = 10**digits
        with ctx.workprec(400):
            scaled = (golden_height(400) - height_of_weight(length, "1/2", 400)) * arb(5).sqrt() * arb(length).log()
            assert scaled * length > 1
            assert scaled * (length - 1) < 1
            assert scaled * (length - fmpq(1, 2)) > 1


@settings(max_examples=40, deadline=None)
@given(digits=st.integers(1, 1000), odds=st.integers(1, 10**6))
def test_the_width_of_the_transition_lies_between_its_bounds(digits: int, odds: int) -> None:
    """For the weights 1/(1 + k) and k/(1 + k) with the odds k + 1/2."""
    length, share = 10**digits, Fraction(odds) + Fraction(1, 2)
    assume(share <= length - 1)
    weight = share / (1 + share)
    with ctx.workprec(8000):
        width = transition_width(length, 1 - weight, weight, bits=8000)
        delta = arb(fmpq(share.numerator, share.denominator)).log() / arb(length).log()
        low = 2 * delta / arb(5).sqrt()
        stretch = 1 + arb(5) / 4 / ((length - 1) * arb(length).log())
        assert low < width
        assert width < low * stretch * (1 + stretch**4 * delta**2 / 8)


@pytest.mark.parametrize("digits", DIGITS)
def test_the_claims_about_the_width_hold_at_every_length_and_their_spoiled_ones_fail(digits: int) -> None:
    point = {n: 10**digits, width_room.q: 2}
    for claim in (width_room.transition, width_room.transition_upper):
        assert holds(claim, point) is Truth.TRUE
    assert holds(width_room.transition_upper.variants()[0][0], {n: 10**1000, width_room.q: 100}) is Truth.FALSE
    assert holds(width_room.transition.variants()[0][0], {n: 10**1000, width_room.q: 1}) is Truth.FALSE


PARAMETERS = [("1/10", "1/2"), ("6/10", "1/2"), ("1/10", "9/10"), ("1", "1/2")]


@pytest.mark.parametrize(("level", "weight"), PARAMETERS)
def test_closed_bounds_enclose_the_onset_and_close_in(level: str, weight: str) -> None:
    scaled = []
    for digits in DIGITS:
        length = 10**digits
        low, high = firing_height_bounds(length, level, weight)
        onset = firing_height(length, level, weight)
        assert low <= onset
        assert onset <= high
        scaled.append(float((high - low) * arb(length).log() ** 2))
    assert max(scaled) < 4  # the distance is O(1/log^2)
    # the limit of log n (1 - a_c(1 + a_c)) is the rate of the room
    rate = firing_rate.rate(sp.Rational(weight), sp.Rational(level)).evalf(20)
    exact = rational(firing_height(10**1000, level, weight))
    assert abs(float((1 - exact * (1 + exact)) * Fraction(str(sp.log(10).evalf(30))) * 1000) - float(rate)) < 0.01


def test_closed_bounds_say_where_they_do_not_apply() -> None:
    for n_, level, weight in ((100, "2", "1/2"), (2, "1/1000", "1/2")):
        with pytest.raises(ValueError, match="use `firing_height`"):
            firing_height_bounds(n_, level, weight)
    with pytest.raises(ValueError, match="take eta > 0"):
        firing_height_bounds(100, "0", "1/2")


@settings(max_examples=60, deadline=None)
@given(
    length=st.integers(2, 10**6),
    level=st.fractions("1/50", 2, max_denominator=50),
    weight=st.fractions(0, 1, max_denominator=50),
)
def test_firing_begins_before_the_golden_height_exactly_where_the_claim_says(
    length: int, level: Fraction, weight: Fraction
) -> None:
    early = sp.Equivalent(*firing_onset.before_golden.unfolded.args, evaluate=False).args
    point = {n: sp.Integer(length), b: sp.Rational(weight), eta: sp.Rational(level)}
    onset, golden = firing_height(length, level, weight, bits=200), golden_height(300)
    assert {truth_at(side, point) for side in early} == {Truth.TRUE if onset < golden else Truth.FALSE}


@pytest.mark.parametrize("digits", [2, 6, 100])
@pytest.mark.parametrize(("level", "weight"), PARAMETERS)
def test_the_weight_at_the_onset_is_about_eta_over_a_plus_b(digits: int, level: str, weight: str) -> None:
    length, share, threshold = 10**digits, Fraction(weight), Fraction(level)
    height = rational(firing_height(length, level, weight, bits=400))
    on_needle = rational(needle_weight(length, height, bits=1000))
    gain = on_needle * (length - 1) / (1 - on_needle)
    expected = firing_onset.onset_weight(gain, length, height, share, threshold)
    assert abs(on_needle - expected) < Fraction(1, 10**60)
    assert abs(expected - threshold / (height + share)) < Fraction(2, length)


@pytest.mark.parametrize(("digits", "height", "fires"), [(3, "0.47", True), (3, "0.46", False), (1000, "0.617", False)])
def test_a_height_beyond_the_onset_fires(digits: int, height: str, fires: bool) -> None:
    point = {n: 10**digits, a: sp.Rational(height), b: HALF, eta: sp.Rational(1, 10)}
    values = {symbol: sp.sympify(value) for symbol, value in point.items()}
    claim = sp.Gt(firing_rate.fires, firing_rate.demand, evaluate=False)
    assert truth_at(claim, values) is (Truth.TRUE if fires else Truth.FALSE)
