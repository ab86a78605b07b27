"""At which numbers of keys a map outvotes, fires or is silent: every n up to a limit is tried, in 40 digits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.separation.cross_attention import lengths as room
from theory.separation.cross_attention.law import cross_firing_probability
from theory.separation.cross_attention.lengths import (
    Lengths,
    firing_lengths,
    flip_lengths,
    map_name,
    smallest_degree,
    sure_firing_lengths,
)
from theory.separation.cross_attention.logits import Logits
from theory.separation.self_attention.law import Network
from theory.separation.self_attention.parameters import Parameters

FEW = 90
LATE = Logits(kappa="6/5", l0=1)
EARLY_AND_LATE = Logits(kappa="6/5", l0="4/5")  # outvotes 2 keys, not 3, and again from 50 on

rationals = st.fractions("1/20", 4, max_denominator=20)
degrees = st.one_of(st.none(), st.integers(1, 5))


def decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def weight(logits: Logits, n: int, degree: int | None) -> Decimal:
    """The needle's weight, from the kernels of the n logits."""
    loud, quiet = decimal(logits.kappa) * Decimal(n).ln(), decimal(logits.l0)
    kernel, other = (loud.exp(), quiet.exp()) if degree is None else (loud**degree, quiet**degree)
    return kernel / (kernel + (n - 1) * other)


def tried(holds: Callable[[int], bool], limit: int = FEW) -> set[int]:
    with localcontext() as context:
        context.prec = 40
        return {n for n in range(2, limit + 1) if holds(n)}


def listed(found: Lengths, limit: int = FEW) -> set[int]:
    return {n for n in range(2, limit + 1) if n in found}


def ranges_are_disjoint_and_in_order(found: Lengths) -> bool:
    ends = [end for first, last in found.ranges for end in (first, last)]
    whole = [end for end in ends if end is not None]
    gaps = all(after[0] - before[1] >= 2 for before, after in zip(found.ranges, found.ranges[1:], strict=False))  # type: ignore[operator]
    return whole == sorted(whole) and gaps and None not in ends[:-1]


# The majority flip


@settings(max_examples=150, deadline=None)
@given(kappa=rationals, l0=rationals, degree=degrees)
def test_flip_lengths_by_trying_every_length(kappa: Fraction, l0: Fraction, degree: int | None) -> None:
    """The output 2 w - 1 is positive."""
    logits = Logits(kappa=kappa, l0=l0)
    found = flip_lengths(logits, degree)
    assert ranges_are_disjoint_and_in_order(found)
    assert listed(found) == tried(lambda n: 2 * weight(logits, n, degree) > 1)
    assert listed(flip_lengths(logits, degree, limit=FEW)) == listed(found)


@pytest.mark.parametrize(
    ("logits", "degree"), [(LATE, None), (EARLY_AND_LATE, None), (Logits(kappa=4, l0=1), 1), (Logits(kappa=1, l0=1), 6)]
)
def test_both_sides_of_every_end_of_a_range(logits: Logits, degree: int | None) -> None:
    found = flip_lengths(logits, degree)
    assert found.ranges
    for first, last in found.ranges:
        ends = {first - 1: False, first: True} | ({} if last is None else {last: True, last + 1: False})
        with localcontext() as context:
            context.prec = 40
            for n, expected in ends.items():
                assert n < 2 or (2 * weight(logits, n, degree) > 1) is expected
    with localcontext() as context:
        context.prec = 60
        for n in (10**9, 10**20):
            assert (n in found) is (2 * weight(logits, n, degree) > 1)


def test_for_ever_and_largest_exclude_each_other() -> None:
    late, early = flip_lengths(LATE), flip_lengths(Logits(kappa=4, l0=1), 1)
    assert (late.for_ever_from, late.largest) == (144, None)
    assert (early.for_ever_from, early.largest) == (None, 10)
    assert flip_lengths(EARLY_AND_LATE).ranges == ((2, 2), (50, None))
    assert "n = 2 and every n >= 50" in flip_lengths(EARLY_AND_LATE).message
    nowhere = flip_lengths(Logits(kappa="1/2", l0=3))
    assert (nowhere.ranges, nowhere.for_ever_from, nowhere.largest) == ((), None, None)
    assert 5 not in nowhere


def test_a_limit_that_is_too_small_is_named() -> None:
    short = flip_lengths(LATE, limit=143)
    assert short.ranges == ()
    assert "for no n up to 143" in short.message
    assert "take a larger limit" in short.message
    never = flip_lengths(Logits(kappa=1, l0=1))
    assert never.message.startswith("None exists: softmax outvotes the majority for no n at all")
    rising = flip_lengths(Logits(kappa=3, l0=1), 4, limit=20)
    assert "perhaps beyond" in rising.message


def test_an_answer_far_beyond_floats() -> None:
    """kappa = 1 + 1/300 at l0 = 1 needs about e^300 keys, kappa = 1 never enough."""
    found = flip_lengths(Logits(kappa="301/300", l0=1))
    assert found.for_ever_from is not None
    digits = len(str(found.for_ever_from)) - 1
    assert 10**digits < found.for_ever_from < 10 ** (digits + 1)
    assert abs(found.for_ever_from / Fraction(Decimal(300).exp()) - 1) < Fraction(1, 10**20)
    assert flip_lengths(Logits(kappa=1, l0="1/1000"), limit=500).largest is not None  # n exp(-l0) > n - 1 for a while


def test_a_boundary_off_by_one_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same comparison refutes a search that returns the first failure in place of the last success."""
    right = room._last
    monkeypatch.setattr(room, "_last", lambda *given: None if (found := right(*given)) is None else found + 1)
    logits = Logits(kappa=4, l0=1)
    assert listed(flip_lengths(logits, 1)) != tried(lambda n: 2 * weight(logits, n, 1) > 1)


# The read-out


@settings(max_examples=80, deadline=None)
@given(kappa=rationals, l0=rationals, a=rationals, xi=st.fractions("1/20", 2, max_denominator=20), degree=degrees)
def test_firing_lengths_by_trying_every_length(
    kappa: Fraction, l0: Fraction, a: Fraction, xi: Fraction, degree: int | None
) -> None:
    """The largest of all <c, y> - tau is that of the all-plus pattern, (a w - xi) L."""
    logits = Logits(kappa=kappa, l0=l0)
    found = firing_lengths(logits, a, xi, degree)
    assert ranges_are_disjoint_and_in_order(found)
    assert listed(found) == tried(lambda n: decimal(a) * weight(logits, n, degree) > decimal(xi))


@settings(max_examples=80, deadline=None)
@given(
    kappa=rationals,
    l0=rationals,
    a=rationals,
    b=st.fractions(0, 1, max_denominator=10),
    xi=st.fractions("1/20", 1, max_denominator=20),
    d=st.one_of(st.none(), st.integers(3, 9)),
    degree=degrees,
)
def test_sure_firing_lengths_by_trying_every_length(
    kappa: Fraction, l0: Fraction, a: Fraction, b: Fraction, xi: Fraction, d: int | None, degree: int | None
) -> None:
    """With y_1 = y_d = y_k = + and all d - 3 others minus, <c, y> - tau is a w - xi less twice what the others hold.

    The others' columns hold b (1 - om)(d - 3)/(d - 2) together, 1 - om = n (1 - w)/(n - 1); every dimension at once is
    the limit of that.
    """
    logits = Logits(kappa=kappa, l0=l0)
    found = sure_firing_lengths(logits, a, b, xi, degree, d=d)
    share = Fraction(1) if d is None else Fraction(d - 3, d - 2)

    def holds(n: int) -> bool:
        w = weight(logits, n, degree)
        held = decimal(b) * n * (1 - w) / (n - 1) * decimal(share)
        return decimal(a) * w - decimal(xi) - 2 * held > 0

    assert listed(found) == tried(holds)


@pytest.mark.parametrize(("n", "d"), [(4, 3), (12, 5), (30, 12), (60, 5)])
@pytest.mark.parametrize(("kappa", "l0"), [("4", "1"), ("3/2", "2"), ("11/10", "1/2")])
def test_sure_firing_and_silence_say_what_the_exact_law_says(n: int, d: int, kappa: str, l0: str) -> None:
    logits = Logits(kappa=kappa, l0=l0)
    parameters = Parameters(n=n, d=d, a0=0, a1=1, b="1/2", tau="11/10")
    for degree, network in ((None, Network.SOFTMAX_NEEDLE), (1, Network.LINEAR_NEEDLE), (3, Network.LINEAR_NEEDLE)):
        probability = cross_firing_probability(parameters, logits, network, degree or 1)
        assert (n in firing_lengths(logits, 1, "1/10", degree)) is (probability > 0)
        if n in sure_firing_lengths(logits, 1, "1/2", "1/10", degree, d=d):
            assert probability >= Fraction(1, 8)
        if n in sure_firing_lengths(logits, 1, "1/2", "1/10", degree):
            assert n in sure_firing_lengths(logits, 1, "1/2", "1/10", degree, d=d)


def test_linear_attention_is_silent_from_the_certified_lengths_on() -> None:
    for xi, least in (("1/10", 190), ("1/4", 48), ("1/2", 11)):
        assert firing_lengths(Logits(kappa=4, l0=1), 1, xi, degree=1).largest == least - 1


def test_a_needle_below_the_threshold_never_fires() -> None:
    found = firing_lengths(Logits(kappa=4, l0=1), "1/10", "1/10")
    assert found.ranges == ()
    assert "for no n at all" in found.message


# The degree


@settings(max_examples=150, deadline=None)
@given(n=st.integers(2, 10**6), kappa=rationals, l0=rationals)
def test_smallest_degree_by_trying(n: int, kappa: Fraction, l0: Fraction) -> None:
    logits = Logits(kappa=kappa, l0=l0)
    found = smallest_degree(logits, n)
    with localcontext() as context:
        context.prec = 60
        base = decimal(kappa) * Decimal(n).ln() / decimal(l0)
        if found.value is None:
            assert base < 1  # so that every power of it is less than n - 1
            assert "at most 1" in found.message
        else:
            assert base**found.value > n - 1
            assert found.value == 1 or base ** (found.value - 1) < n - 1
            assert ("no smaller degree" in found.message) is (found.value > 1)
    assert (found.logits, found.n) == (logits, n)


def test_the_degree_agrees_with_the_lengths() -> None:
    logits = Logits(kappa=4, l0=1)
    for n in (10, 11, 300, 10**12):
        degree = smallest_degree(logits, n).value
        assert degree is not None
        assert n in flip_lengths(logits, degree)
        assert degree == 1 or n not in flip_lengths(logits, degree - 1)


def test_maps_have_names() -> None:
    assert [map_name(degree) for degree in (None, 1, 4)] == ["softmax", "linear attention", "(q . k)^4"]


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda at: flip_lengths(at, 0), ValueError, "take degree >= 1"),
        (lambda at: flip_lengths(at, limit=1), ValueError, "take limit >= 2"),
        (lambda at: flip_lengths(at, limit=1e6), TypeError, "not an integer"),  # type: ignore[arg-type]
        (lambda at: firing_lengths(at, 0, "1/10"), ValueError, "take both positive"),
        (lambda at: firing_lengths(at, 1, "-1/10"), ValueError, "take both positive"),
        (lambda at: firing_lengths(at, 1, 0.1), TypeError, "write Fraction"),  # type: ignore[arg-type]
        (lambda at: sure_firing_lengths(at, 1, 2, "1/10"), ValueError, "take 0 <= b <= 1"),
        (lambda at: sure_firing_lengths(at, 1, "1/2", "1/10", d=2), ValueError, "take d >= 3"),
        (lambda at: smallest_degree(at, 1), ValueError, "take n >= 2"),
    ],
)
def test_mistakes_are_explained(ask: Callable[[Logits], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ask(Logits(kappa=4, l0=1))
