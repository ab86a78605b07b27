"""Least degrees by trying, ties from both sides, limits from the explicit bounds, and sentences where there is none."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
import sympy as sp
from flint import arb, ctx, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from theory.rigor.evaluate import enclose_at
from theory.separation.kernels import taylor_degree
from theory.separation.kernels.exact import (
    Polynomial,
    Softmax,
    Taylor,
    degree_rate,
    kernel_gain,
    needle_weight,
    smallest_degree,
    taylor_crossover,
)
from theory.separation.kernels.gains import chebyshev_value, partial_sum

HEIGHTS = st.fractions(min_value=Fraction(1, 20), max_value=4, max_denominator=40)
WEIGHTS = st.fractions(min_value=Fraction(1, 50), max_value=Fraction(49, 50), max_denominator=50)


def needed(n: int, weight: Fraction) -> Fraction:
    return (n - 1) * weight / (1 - weight)


@given(st.integers(2, 10**9), HEIGHTS, WEIGHTS)
@settings(max_examples=80, deadline=None)
def test_polynomial_degrees_by_trying(n: int, a: Fraction, weight: Fraction) -> None:
    found = smallest_degree("polynomial", n, a, weight).value
    assert found is not None
    assert (1 + a) ** found > needed(n, weight)
    assert found == 0 or (1 + a) ** (found - 1) <= needed(n, weight)


@given(st.integers(2, 10**9), HEIGHTS, WEIGHTS)
@settings(max_examples=80, deadline=None)
def test_chebyshev_degrees_by_trying(n: int, a: Fraction, weight: Fraction) -> None:
    found = smallest_degree("chebyshev", n, a, weight).value
    assert found is not None
    assert chebyshev_value(found, 1 + 2 * a) > needed(n, weight)
    assert found == 0 or chebyshev_value(found - 1, 1 + 2 * a) <= needed(n, weight)


@given(st.integers(2, 10**9), HEIGHTS, WEIGHTS)
@settings(max_examples=60, deadline=None)
def test_taylor_degrees_by_trying(n: int, a: Fraction, weight: Fraction) -> None:
    found = smallest_degree("taylor", n, a, weight).value
    bits = 400
    with ctx.workprec(bits):
        goal = arb(fmpq(needed(n, weight).numerator, needed(n, weight).denominator))
        if found is None:
            assert not kernel_gain(Softmax(), n, a).enclose(bits) > goal
            assert all(kernel_gain(Taylor(p), n, a).enclose(bits) <= goal for p in (0, 1, 5, 25, 125))
            return
        assert kernel_gain(Taylor(found), n, a).enclose(bits) > goal
        assert found == 0 or kernel_gain(Taylor(found - 1), n, a).enclose(bits) <= goal


@pytest.mark.parametrize("k", [1, 2, 7, 100, 1001])
def test_a_tie_is_not_enough_and_one_token_less_is(k: int) -> None:
    tie = 2**k + 1  # at a = 1, w = 1/2 the gain 2^k is n - 1 exactly
    assert smallest_degree("polynomial", tie, 1).value == k + 1
    assert smallest_degree("polynomial", tie - 1, 1).value == k
    assert needle_weight(Polynomial(k), tie, 1).exact == Fraction(1, 2)
    value = int(chebyshev_value(k, Fraction(3)))
    assert smallest_degree("chebyshev", value + 1, 1).value == k + 1
    assert smallest_degree("chebyshev", value, 1).value == k


def test_softmax_at_a_tie_leaves_no_taylor_degree() -> None:
    # n = 2: the gain that a weight of 2/3 takes is 2, which softmax has at a(1+a) = 1 only; at w = 1/2 it is 1
    assert smallest_degree("taylor", 2, "1/100").value == 1
    assert smallest_degree("taylor", 2, "0.618", "2/3").value is None
    assert smallest_degree("taylor", 2, "0.619", "2/3").value is not None
    # n = 16, a(1+a) = 3/4 at a = 1/2: softmax has the gain 8 exactly, a weight of 8/23
    assert smallest_degree("taylor", 16, "1/2", "8/23").value is None
    assert smallest_degree("taylor", 16, "1/2", Fraction(8, 23) - Fraction(1, 10**30)).value is not None


def test_degree_zero_and_no_needle() -> None:
    for family in ("polynomial", "taylor", "chebyshev"):
        assert smallest_degree(family, 100, "0.7", "1/200").value == 0  # type: ignore[arg-type]
        assert smallest_degree(family, 100, 0, "1/200").value == 0  # type: ignore[arg-type]
        none = smallest_degree(family, 100, 0)  # type: ignore[arg-type]
        assert none.value is None
        assert none.kernel is None
        assert none.message.startswith("None exists: without a needle")


def test_the_kernel_of_the_answer_finds_the_needle() -> None:
    for family in ("polynomial", "taylor"):
        found = smallest_degree(family, 10**4, "0.7")  # type: ignore[arg-type]
        assert found.kernel is not None
        assert needle_weight(found.kernel, 10**4, "0.7").lower > 0.5


def test_taylor_needs_no_fewer_terms_than_a_power_and_chebyshev_no_more() -> None:
    for power in (2, 5, 20, 100):
        degrees = [smallest_degree(f, 10**power, "0.7").value for f in ("chebyshev", "polynomial", "taylor")]  # type: ignore[arg-type]
        assert degrees == sorted(degrees)  # type: ignore[type-var]


@given(st.fractions(min_value=Fraction(62, 100), max_value=Fraction(76, 100), max_denominator=1000))
@settings(max_examples=30, deadline=None)
def test_the_taylor_rate_is_the_root_of_its_equation(a: Fraction) -> None:
    assume(a * (1 + a) > 1)
    rate = degree_rate("taylor", a)
    assert rate is not None
    with ctx.workprec(128):
        x, step = arb(fmpq((1 + a).numerator, (1 + a).denominator)), arb(10) ** -25
        value = lambda beta: beta * (1 + 2 * x.log() - beta.log()) - (1 + x)  # noqa: E731
        assert value(rate - step) < 0 < value(rate + step)  # the left side increases up to x^2
        assert x < rate < x * x
        polynomial = degree_rate("polynomial", a)
        assert polynomial is not None
        assert rate > polynomial


@pytest.mark.parametrize("a", ["0.62", "0.65", "0.7", "0.75", "0.8", "1", "2"])
@pytest.mark.parametrize("power", [10, 100, 1000])
def test_the_least_taylor_degree_lies_between_the_explicit_bounds(a: str, power: int) -> None:
    n, x = 10**power, 1 + Fraction(a)
    found = smallest_degree("taylor", n, a).value
    assert found is not None
    with ctx.workprec(200):
        log_n, ratio = arb(n).log(), arb(fmpq(x.numerator, x.denominator))

        def main(p: int) -> arb:
            return p * (1 + (ratio**2 * log_n / p).log()) - ratio * log_n

        needle = ratio**2 * log_n

        def log_share(p: int) -> arb:
            return (1 + p * (p - needle + ((p - needle) ** 2 + 4 * needle).sqrt()) / (2 * needle)).log()

        below = found - 1

        def log_last_term(p: int) -> arb:
            last = p * needle.log() - arb(p + 1).lgamma() - (1 - p / (needle + 1)).log()
            return last + 1 - ratio * log_n - (1 + 1 / arb(p).sqrt()).log()

        explicit = main(below) + log_share(below) - 1 - arb(below).log() / 2
        assert not explicit >= log_n  # else it would have been enough
        if found > ratio * log_n:
            most = main(found) if found <= needle else needle - ratio * log_n
            assert most > arb(n - 1).log()  # else it would not be
            if found <= needle:
                assert log_last_term(found) > arb(n - 1).log()
            assert abs(main(found) - log_n) < 2 + arb(found).log() / 2  # so its rate solves the equation up to log l/l
        else:
            left = (1 - below / (ratio * log_n + 1)).log()
            assert not below * ratio.log() + left + log_share(below) >= log_n  # else it would have been enough
            rate = degree_rate("taylor", a)
            assert rate is not None
            assert abs(found - rate * log_n) < 4 + 2 * log_n.log()


def test_the_crossover_of_the_taylor_rate() -> None:
    at = taylor_crossover(200)
    with ctx.workprec(200):
        x = 1 + at
        assert (x * x.log()).overlaps(arb(1))
    for a in ("0.763", "0.764"):
        same = degree_rate("taylor", a), degree_rate("polynomial", a)
        assert (str(same[0]) == str(same[1])) is (a == "0.764")
    assert degree_rate("taylor", "0.618") is None
    assert degree_rate("taylor", "0.6181") is not None


@pytest.mark.parametrize("family", ["polynomial", "chebyshev"])
@pytest.mark.parametrize("a", ["0.05", "0.7", "3"])
def test_other_rates_are_limits(family: str, a: str) -> None:
    rate = degree_rate(family, a)  # type: ignore[arg-type]
    assert rate is not None
    for power in (100, 10000):
        found = smallest_degree(family, 10**power, a).value  # type: ignore[arg-type]
        with ctx.workprec(128):
            assert found is not None
            assert abs(found / (power * arb(10).log()) - rate) < arb(3) / power


def test_partial_sums_end_at_the_exponential() -> None:
    with ctx.workprec(128):
        assert abs(partial_sum(60, arb(5)) - arb(5).exp()) < arb(10) ** -25
        assert partial_sum(0, arb(5)) == 1
        assert partial_sum(2, arb(5)) == arb(1) + 5 + arb(25) / 2


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("cubic", 100, "0.7"), ValueError, "no family"),
        (("taylor", 1, "0.7"), ValueError, "n >= 2"),
        (("taylor", 100, "-1"), ValueError, "negative"),
        (("taylor", 100, 0.7), TypeError, "write Fraction"),
        (("taylor", 100, "0.7", 1), ValueError, "0 < weight < 1"),
        (("taylor", 100, "0.7", 0), ValueError, "0 < weight < 1"),
    ],
)
def test_bad_arguments_get_one_sentence(arguments: tuple, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        smallest_degree(*arguments)


def test_rates_refuse_what_they_cannot_answer() -> None:
    with pytest.raises(ValueError, match="no family"):
        degree_rate("cubic", "0.7")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="a > 0"):
        degree_rate("taylor", 0)


@pytest.mark.parametrize("a", ["0.68", "0.7", "0.75"])
@pytest.mark.parametrize("power", [100, 1000])
def test_the_explicit_bounds_leave_a_bounded_factor_where_the_least_degree_is(a: str, power: int) -> None:
    """Upper over lower bound of the gain: about e^2/sqrt(2 pi) for long sequences, and no power of log n."""
    n = 10**power
    found = smallest_degree("taylor", n, a).value
    assert found is not None
    at = {taylor_degree.n: sp.Integer(n), taylor_degree.a: sp.Rational(a), taylor_degree.p: sp.Integer(found)}
    high, low = (enclose_at(one, at, 400) for one in (taylor_degree.last_term_bound, taylor_degree.lower_bound))
    assert float((high.lo / low.lo).mid()) == pytest.approx(math.exp(2) / math.sqrt(2 * math.pi), rel=0.2)
