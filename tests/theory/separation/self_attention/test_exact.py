"""The exact answers: each smallest value is checked by trying, each end of an interval from both of its sides."""

from __future__ import annotations

import doctest
import importlib
import math
import statistics
import time
from fractions import Fraction
from typing import Any

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.separation.self_attention.exact import (
    Network,
    Parameters,
    always_silent,
    best_width,
    firing_height,
    firing_probability,
    height_of_weight,
    joint_success,
    largest_silent_threshold,
    logarithmic_width,
    needle_weight,
    one_minus_needle_weight,
    root_dimension,
    smallest_dimension,
    smallest_length,
    smallest_width,
    success_probability,
    threshold_window,
    transition_width,
    two_way_success,
)
from theory.separation.self_attention.exact_numbers import power_gain
from theory.separation.self_attention.law import SILENT_FOUR, joint_law, least_count, network_rows
from theory.separation.self_attention.needle import golden_height
from theory.separation.self_attention.parameters import exact_rational
from theory.separation.self_attention.silence import reach
from theory.separation.self_attention.threshold_window import Interval, ThresholdWindow

PUBLISHED = Parameters(n=100, d=12, a0="0.05", a1="0.7", b="0.5", eta="0.1")
CORRECTED = PUBLISHED.replace(eta="0.6")
ROOM = "theory.separation.self_attention."
MODULES = (
    "answers",
    "binomial",
    "exact",
    "exact_numbers",
    "law",
    "needle",
    "parameters",
    "silence",
    "smallest",
    "success",
    "threshold_window",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name: str) -> None:
    assert doctest.testmod(importlib.import_module(ROOM + name)).failed == 0


def value_of(number: Any) -> Fraction:
    assert number.exact is not None
    return number.exact


# Success and width


def test_success_names_its_event_and_agrees_with_the_law() -> None:
    joint, two_way = success_probability(PUBLISHED, 15), success_probability(PUBLISHED, 15, "two-way")
    assert value_of(joint.value) == value_of(joint_success(PUBLISHED, 15))
    assert value_of(two_way.value) == value_of(two_way_success(PUBLISHED, 15))
    assert joint.message.startswith("P4 =")
    assert two_way.message.startswith("P2 =")
    assert (joint.parameters, joint.width) == (PUBLISHED, 15)


def test_a_message_says_that_a_length_lies_between_two_networks() -> None:
    assert "no integer" in success_probability(PUBLISHED.replace(n=104), 15).message
    assert "no integer" not in success_probability(PUBLISHED, 15).message


def test_a_huge_exact_value_still_has_a_message() -> None:
    large = PUBLISHED.replace(n=4000, d=402)
    found = success_probability(large, 1000)
    assert found.value.exact is not None
    assert len(found.message) < 120


@pytest.mark.parametrize("target", ["0.2", "0.228", "0.99"])
def test_smallest_width_by_trying(target: str) -> None:
    found = smallest_width(PUBLISHED, target)
    values = [value_of(joint_success(PUBLISHED, m)) for m in range(1, 200)]
    good = [m for m, value in enumerate(values, start=1) if value >= Fraction(target)]
    assert found.best == best_width(PUBLISHED) == values.index(max(values)) + 1
    if good:
        assert (found.value, found.largest) == (good[0], good[-1])
    else:
        assert found.value is None
        assert found.message.startswith("None exists")


def test_smallest_width_without_harm_has_no_largest() -> None:
    found = smallest_width(CORRECTED, "0.99")
    # nobody does harm and one neuron in eight is good: 1 - (7/8)^m
    assert found.value == next(m for m in range(1, 100) if 1 - Fraction(7, 8) ** m >= Fraction(99, 100))
    assert (found.largest, found.best) == (None, None)
    assert "every m" in found.message
    certain = smallest_width(CORRECTED, 1)
    assert certain.value is None
    assert "without reaching" in certain.message


def test_a_wanted_network_that_never_fires_is_named() -> None:
    found = smallest_width(PUBLISHED.replace(eta=3), "0.5")
    assert found.value is None
    assert "no neuron can be good" in found.message


def test_a_huge_width_is_found_and_its_neighbour_fails() -> None:
    parameters = PUBLISHED.replace(n=10**6, d=402)
    found = smallest_width(parameters, "0.5")
    law = joint_law(parameters)
    assert found.largest is not None
    assert law.at_least(found.largest, Fraction(1, 2))
    assert not law.at_least(found.largest + 1, Fraction(1, 2))


# Dimension


def test_smallest_dimension_by_trying_every_dimension_and_width() -> None:
    base = PUBLISHED.replace(b="0.2")
    goal = Fraction(9, 10)
    succeeds = []
    for d in range(3, 45):
        at = base.replace(d=d, n=10 * (d - 2))
        succeeds.append(max(value_of(joint_success(at, m)) for m in range(1, 60)) >= goal)
    found = smallest_dimension(base, goal, limit=44, stay=True)
    assert found.value == 3 + succeeds.index(True)
    assert found.failures == tuple(d for d, ok in enumerate(succeeds, start=3) if d > found.value and not ok)  # type: ignore[operator]
    assert found.parameters == base.replace(d=found.value, n=10 * (found.value - 2))  # type: ignore[operator]
    assert smallest_dimension(base, goal, limit=44).value == found.value


def test_success_is_not_monotone_in_the_dimension() -> None:
    # only the even dimensions are looked at first: the odd ones behind the first success fail
    found = smallest_dimension(PUBLISHED, "0.9", limit=160, stay=True)
    assert found.value is not None
    assert found.failures
    assert found.stays_from == found.failures[-1] + 1
    for d in found.failures:
        at = PUBLISHED.replace(d=d, n=10 * (d - 2))
        assert smallest_width(at, "0.9").value is None
    assert found.stays_from is not None
    at_stay = PUBLISHED.replace(d=found.stays_from, n=10 * (found.stays_from - 2))
    assert smallest_width(at_stay, "0.9").value is not None


def test_dimension_with_fixed_length_and_width() -> None:
    parameters = Parameters(n=40, d=12, a0="0.05", a1="0.7", b="0.2", eta="0.1")
    found = smallest_dimension(parameters, "0.8", fixed="n", width=10)
    tried = [d for d in range(3, 43) if value_of(joint_success(parameters.replace(d=d), 10)) >= Fraction(4, 5)]
    assert found.value == tried[0]
    assert found.width == 10
    none = smallest_dimension(parameters, "0.9999", fixed="n")
    assert none.value is None
    assert "up to d = 42" in none.message


def test_above_b_no_dimension_is_needed() -> None:
    # with the corrected threshold d = 3 succeeds already, if t = n/(d-2) is large enough
    found = smallest_dimension(CORRECTED.replace(d=3, n=100), "0.99", limit=30, stay=True)
    assert (found.value, found.stays_from, found.failures) == (3, 3, ())


@pytest.mark.slow
def test_published_threshold_needs_hundreds_of_dimensions_and_fails_again_behind_them() -> None:
    found = smallest_dimension(PUBLISHED, "0.99", stay=True, limit=500)
    assert found.value is not None
    assert found.failures
    first, last = found.value, found.failures[-1]
    for d, expected in ((first, True), (first - 1, False), (last, False), (last + 1, True)):
        at = PUBLISHED.replace(d=d, n=10 * (d - 2))
        values = [joint_law(at).probability(m).exact for m in range(1, 80)]
        assert (max(values) >= Fraction(99, 100)) is expected  # type: ignore[type-var, operator]


# Length


def test_smallest_length_among_multiples_by_trying() -> None:
    parameters = PUBLISHED.replace(b="0.9", eta="1")
    found = smallest_length(parameters, "0.99", width=40, lengths="multiples", limit=2000, stay=True)
    succeeds = [
        n for n in range(10, 2001, 10) if value_of(joint_success(parameters.replace(n=n), 40)) >= Fraction(99, 100)
    ]
    assert found.value == succeeds[0]
    assert found.parameters.n == succeeds[0]
    assert set(found.failures) == set(range(found.value, 2001, 10)) - set(succeeds)  # type: ignore[arg-type]
    assert found.lengths == "multiples"


def test_smallest_power_of_ten_succeeds_and_the_one_before_fails_by_exact_integers() -> None:
    width = logarithmic_width()
    found = smallest_length(PUBLISHED, "0.99", dimension=root_dimension(), width=width)
    assert found.value is not None
    assert "other lengths were not tried" in found.message
    for n, expected in ((found.value, True), (found.value // 10, False)):
        at = PUBLISHED.replace(n=n, d=root_dimension()(n))
        kept, idle = joint_law(at)._powers(width(at))
        assert (100 * (kept - idle) >= 99 << (at.d * width(at))) is expected


def test_a_lattice_tie_decides_a_power_of_ten() -> None:
    # at n = 10^131, d = 417, eta (d-2)/b = 83 has the parity of d: the lattice point S = 83 ties with eta at leading
    # order, and the needle lifts part of it over the threshold. Without that the network would succeed
    n = 10**131
    at = PUBLISHED.replace(n=n, d=root_dimension()(n))
    tie = at.eta * (at.d - 2) / at.b
    assert tie.denominator == 1
    assert (int(tie) - at.d) % 2 == 0
    width = logarithmic_width()(at)
    assert not joint_law(at).at_least(width, Fraction(99, 100))
    above = sum(math.comb(at.d - 2, plus) for plus in range(at.d - 1) if 2 * plus - (at.d - 2) > tie)
    without_ties = Fraction(above, 2 ** (at.d - 1))  # y_d = + and S > 83
    assert without_ties < joint_law(at).bad_probability
    good = joint_law(at).good_probability
    assert (1 - without_ties) ** width - (1 - without_ties - good) ** width >= Fraction(99, 100)


def test_lengths_up_to_ten_to_the_thousand() -> None:
    low = smallest_length(PUBLISHED.replace(d=3), "0.99")
    assert low.value is None
    assert "None exists up to 10^1000" in low.message
    high = smallest_length(CORRECTED, "0.99", dimension=root_dimension(), width=35, stay=True)
    assert high.value is not None
    assert high.failures == ()
    assert "10^1000 succeed too" in high.message
    # enclosures take over from integers, and still decide, for 10^20 dimensions
    assert root_dimension()(10**1000) == 10**20
    huge = PUBLISHED.replace(n=10**1000, d=10**20)
    assert joint_law(huge).at_least(logarithmic_width()(huge), 1 - Fraction(1, 10**1002))


def test_a_target_that_depends_on_the_length() -> None:
    found = smallest_length(CORRECTED, lambda n: 1 - Fraction(1, 100 * n), width=logarithmic_width("1/100", "8/7"))
    assert found.value is not None
    assert found.width == logarithmic_width("1/100", "8/7")(found.parameters)
    assert "its target" in found.message


def test_rules_are_exact_at_their_steps() -> None:
    rule = root_dimension("1/50")
    assert [rule(7**50), rule(7**50 + 1), rule(7**50 - 1), rule(2)] == [7, 8, 7, 3]
    width = logarithmic_width("1/8", 2)  # log2(8 n): a tie at every power of two
    sizes = {n: width(PUBLISHED.replace(n=n, d=3)) for n in (64, 65, 63)}
    assert sizes == {64: 9, 65: 10, 63: 9}


# Thresholds


@settings(max_examples=150, deadline=None)
@given(
    d=st.integers(3, 12),
    t=st.integers(1, 60),
    a0=st.fractions(0, 1, max_denominator=5),
    a1=st.fractions(0, 2, max_denominator=5),
    b=st.fractions(0, 1, max_denominator=5),
    xi=st.fractions(Fraction(-1, 2), 1, max_denominator=20),
)
def test_always_silent_if_and_only_if_the_firing_probability_is_zero(
    d: int, t: int, a0: Fraction, a1: Fraction, b: Fraction, xi: Fraction
) -> None:
    parameters = Parameters(n=max(2, (d - 2) * t), d=d, a0=a0, a1=a1, b=b, eta=b + xi)
    for network in Network:
        assert always_silent(parameters, network) is (firing_probability(parameters, network) == 0)


@pytest.mark.parametrize(("n", "a1"), [(19, 1), (58, 2)])
def test_silence_at_the_exact_tie(n: int, a1: int) -> None:
    # a1 (1+a1)/(n+a1) = 1/10 = xi exactly, where an enclosure alone cannot decide
    at = Parameters(n=n, d=3, a0="0.1", a1=a1, b="0.5", eta="0.6")
    assert value_of(reach(network_rows(at)[Network.LINEAR_NEEDLE], n).number()) == Fraction(1, 10)
    assert always_silent(at, Network.LINEAR_NEEDLE)
    assert not always_silent(at.replace(n=n - 1), Network.LINEAR_NEEDLE)
    assert not always_silent(at.replace(eta=at.eta - Fraction(1, 10**50)), Network.LINEAR_NEEDLE)


@pytest.mark.parametrize("digits", [1, 2, 6, 300])
def test_silent_thresholds_from_both_sides(digits: int) -> None:
    n = 10**digits
    base = Parameters(n=n, d=12, a0="0.1", a1="0.7", b="0.5", eta=0)
    found = largest_silent_threshold(base)
    assert found.value is not None
    sliver = Fraction(1, 10**25)
    start, end = near(found.silent_from.enclosure), near(found.value.enclosure)

    def fires(eta: Fraction, network: Network) -> bool:
        return firing_probability(base.replace(eta=eta), network) > 0

    assert not any(fires(start + sliver, network) for network in SILENT_FOUR)
    assert any(fires(start - sliver, network) for network in SILENT_FOUR)
    assert fires(end - sliver, Network.SOFTMAX_NEEDLE)
    assert not fires(end + sliver, Network.SOFTMAX_NEEDLE)
    surely = near(found.fires_surely_below.enclosure)
    assert firing_probability(base.replace(eta=surely - sliver), Network.SOFTMAX_NEEDLE) >= Fraction(1, 16)


def near(value: arb) -> Fraction:
    """The middle of an enclosure, exactly."""
    mantissa, exponent = value.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def test_no_silent_threshold_when_the_datasets_are_alike() -> None:
    found = largest_silent_threshold(Parameters(n=100, d=12, a0="0.7", a1="0.7", b="0.5", eta=0))
    assert found.value is None
    assert found.message.startswith("None exists: softmax on D0")
    small = largest_silent_threshold(Parameters(n=2, d=3, a0=0, a1="0.1", b="0.5", eta=0), silent=SILENT_FOUR[1:])
    assert (small.value is None) is small.message.startswith("None exists")


def in_window(window: ThresholdWindow, eta: Fraction) -> bool:
    """Whether eta lies in one of the window's intervals; it must not lie on an end that is known by enclosure only."""
    with ctx.workprec(300):
        point = arb(fmpq(eta.numerator, eta.denominator))
        return any(
            (part.low.exact <= eta if part.low.exact is not None else bool(point > part.low.enclosure))
            and (eta < part.high.exact if part.high.exact is not None else bool(point < part.high.enclosure))
            for part in window.intervals
        )


def misplaced(window: ThresholdWindow) -> list[Fraction]:
    """The thresholds, on a grid and beside every end, where the window contradicts the law."""
    points = {Fraction(k, 100) for k in range(-100, 250)}
    for part in window.intervals:
        for end in (part.low, part.high):
            points |= {near(end.enclosure) + s * Fraction(1, 10**25) for s in (-1, 1)}
            points |= {end.exact} if end.exact is not None else set()
    law = {eta: joint_law(window.parameters.replace(eta=eta)) for eta in points}
    return [eta for eta in points if law[eta].at_least(window.width, window.target) is not in_window(window, eta)]


WINDOWS = [
    (PUBLISHED, "0.99", 60),
    (PUBLISHED.replace(d=52, n=1000), "0.99", 60),
    (PUBLISHED.replace(b="0.9", n=50, d=7), "0.3", 4),
    (PUBLISHED.replace(a0="1/2", a1=1, n=16, d=6), "0.2", 3),  # every gain is rational
    (PUBLISHED.replace(b=0, n=20), "0.4", 5),
    (PUBLISHED.replace(a0="0.7"), "0.01", 3),  # both datasets alike: empty
]


@pytest.mark.parametrize(("parameters", "target", "width"), WINDOWS)
def test_threshold_window_against_the_law(parameters: Parameters, target: str, width: int) -> None:
    window = threshold_window(parameters, target, width)
    assert misplaced(window) == []
    grid = {Fraction(k, 100) for low, high in window.on_grid() for k in range(int(100 * low), int(100 * high) + 1)}
    assert grid == {eta for eta in (Fraction(k, 100) for k in range(-300, 400)) if in_window(window, eta)}
    assert (window.value is None) is (not window.intervals) is window.message.startswith("None exists")


def test_a_window_moved_by_a_hair_is_caught() -> None:
    window = threshold_window(PUBLISHED, "0.99", 60)
    (only,) = window.intervals
    hair = Fraction(1, 10**20)
    with ctx.workprec(256):
        moved = type(only.low)(None, only.low.enclosure + fmpq(hair.numerator, hair.denominator))
    wrong = ThresholdWindow(None, (Interval(moved, only.high),), (), window.target, window.width, window.parameters, "")
    assert misplaced(wrong) != []


def test_windows_with_holes_report_them() -> None:
    window = threshold_window(Parameters(n=12, d=6, a0="0.05", a1="1.2", b="0.9", eta=0), "0.18", 1)
    assert window.holes
    assert len(window.holes) == len(window.intervals) - 1
    assert misplaced(window) == []
    for hole in window.holes:
        middle = (near(hole.low.enclosure) + near(hole.high.enclosure)) / 2
        assert not in_window(window, middle)
    assert "holes" in window.message


# The needle's weight and its transitions


@pytest.mark.parametrize(("n", "a"), [(2, "0"), (16, "1/2"), (81, "1"), (100, "2")])
def test_needle_weight_where_it_is_rational(n: int, a: str) -> None:
    height = Fraction(a)
    gain = power_gain(n, height * (1 + height)).exact
    assert gain is not None
    with ctx.workprec(300):
        assert needle_weight(n, a).contains(arb(gain / (gain + n - 1)))
        assert one_minus_needle_weight(n, a).contains(arb((n - 1) / (gain + n - 1)))


@settings(max_examples=60, deadline=None)
@given(digits=st.integers(1, 1000), a=st.fractions(0, 3, max_denominator=50))
def test_weights_add_up_and_invert(digits: int, a: Fraction) -> None:
    n = 10**digits
    weight, rest = needle_weight(n, a), one_minus_needle_weight(n, a)
    assert (weight + rest).contains(1)
    assert weight.rel_accuracy_bits() > 90
    assert rest.rel_accuracy_bits() > 90
    # at the golden height the exponent is 1: the sign of w - 1/2 for a away from it, n >= 10^3
    if digits >= 3 and abs(float(a) - float(golden_height())) > 0.1:
        assert bool(weight > 0.5) is bool(a > Fraction(618, 1000))


@pytest.mark.parametrize("digits", [2, 3, 10, 100, 1000])
@pytest.mark.parametrize("weight", ["1/10", "1/2", "9/10"])
def test_height_of_weight_is_the_inverse(digits: int, weight: str) -> None:
    n = 10**digits
    height = near(height_of_weight(n, weight, bits=200))
    sliver = Fraction(1, 10**40)
    with ctx.workprec(400):
        target = arb(fmpq(Fraction(weight).numerator, Fraction(weight).denominator))
        assert needle_weight(n, height - sliver, bits=400) < target
        assert needle_weight(n, height + sliver, bits=400) > target


def test_transition_width_tends_to_its_closed_form() -> None:
    with ctx.workprec(128):
        errors = []
        for digits in (3, 6, 100, 1000):
            log_n = digits * arb(10).log()
            predicted = 2 * arb(9).log() / (arb(5).sqrt() * log_n)
            errors.append(float(abs(transition_width(10**digits) / predicted - 1) * log_n**2))
        assert max(errors) < 2 * statistics.median(errors)  # the relative error is O(1/log^2)
        assert max(errors) < 10


@pytest.mark.parametrize(("eta", "b"), [("1/10", "1/2"), ("6/10", "1/2"), ("1/10", "9/10"), ("3", "0")])
@pytest.mark.parametrize("digits", [2, 3, 10, 1000])
def test_firing_height_separates_silence_from_firing(digits: int, eta: str, b: str) -> None:
    n = 10**digits
    root = firing_height(n, eta, b)
    assert root.rad() < arb(2) ** -63
    for side in (-1, 1):
        a = near(root) + side * Fraction(1, 2**60)
        # the law itself, at d = 12: y_1 = y_d = y_k = + and four of the nine other signs plus, so that S = 0
        at = Parameters(n=n, d=12, a0=0, a1=a, b=b, eta=eta)
        fires = least_count(at, a, power_gain(n, a * (1 + a)), (1, 1, 1)) <= 4
        assert fires is (side > 0)


def test_firing_height_finds_an_exact_root() -> None:
    # n = 16, a = 1/2: gain 8, and 8 (1/2 + b - eta) = 15 eta + b gives eta = (4 + 7b)/23
    b = Fraction(1, 2)
    root = firing_height(16, (4 + 7 * b) / 23, b)
    assert root.is_exact()
    assert root == arb(fmpq(1, 2))


# Mistakes


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: smallest_width(PUBLISHED, 0), "take 0 < target"),
        (lambda: smallest_width(PUBLISHED, 2), "take 0 < target"),
        (lambda: threshold_window(PUBLISHED, 0, 3), "take 0 < target"),
        (lambda: success_probability(PUBLISHED, 0), "width >= 1"),
        (lambda: joint_success(PUBLISHED, 0), "at least 1"),
        (lambda: success_probability(PUBLISHED, 3, "both"), "no event"),  # type: ignore[arg-type]
        (lambda: smallest_dimension(PUBLISHED.replace(n=104), "0.9"), "not a multiple"),
        (lambda: smallest_dimension(PUBLISHED, "0.9", fixed="m"), "neither"),  # type: ignore[arg-type]
        (lambda: smallest_length(PUBLISHED, "0.9", lengths="all"), "neither"),  # type: ignore[arg-type]
        (lambda: smallest_length(PUBLISHED, "0.9", lengths="multiples", dimension=root_dimension()), "fixed dimension"),
        (lambda: root_dimension("-1/2"), "positive"),
        (lambda: logarithmic_width("1/100", 1), "base above 1"),
        (lambda: height_of_weight(10, "1/100"), "take 1/n"),
        (lambda: firing_height(10, 0, "0.5"), "take eta > 0"),
        (lambda: firing_height(10, "0.1", 2), "take 0 <= b <= 1"),
        (lambda: exact_rational("0.7.1", "a1"), "write it as"),
    ],
)
def test_mistakes_get_a_sentence(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_point_answers_in_milliseconds() -> None:
    times = []
    for d, n in ((12, 100), (102, 1000), (252, 10**5), (402, 10**6), (402, 2000)):
        at = PUBLISHED.replace(d=d, n=n)
        joint_success(at.replace(eta="0.11"), 30)  # the binomial table of this d is made once
        began = time.process_time()
        joint_success(at, 30)
        times.append(time.process_time() - began)
    assert statistics.median(times) < 0.02
