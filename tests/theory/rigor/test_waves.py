"""Sine and cosine: in the search's intervals, in the checker's spans, at exact points, and in proofs.

Both enclosures are held against Arb at 400 bits: they contain every value, and they are sharp. The negative controls
plant the mistakes that are easily made with periods, and the same tests or the checker must notice.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from theory.domain import Domain
from theory.evidence import Verdict
from theory.rigor import checker_functions, checker_spans, elementary
from theory.rigor.certificate import Certificate, Leaf, Leaves, variable
from theory.rigor.checker import check_certificate
from theory.rigor.evaluate import compile_expression, truth_at
from theory.rigor.exact_value import exact_value
from theory.rigor.interval import UNDEFINED, Interval, precision
from theory.rigor.prove import Budget, prove
from theory.rigor.truth import Truth

REFERENCE_BITS = 400
Ends = tuple[Fraction | None, Fraction | None]  # None: unbounded
WAVES: dict[str, tuple[Callable[[arb], arb], Fraction]] = {  # with the place of a crest, in units of pi
    "cos": (arb.cos, Fraction(0)),
    "sin": (arb.sin, Fraction(1, 2)),
}
x, z = variable("x"), variable("z")


def ball(number: Fraction) -> arb:
    return arb(fmpq(number.numerator, number.denominator))


def by_search(name: str, ends: Ends) -> tuple[arb, arb]:
    """The enclosure of the search."""
    low, high = ("-oo" if ends[0] is None else ends[0]), ("oo" if ends[1] is None else ends[1])
    found = getattr(elementary, name)(Interval.of(low, high))
    return found.lo, found.hi


def by_checker(name: str, ends: Ends) -> tuple[arb, arb]:
    """The enclosure of the checker."""
    low = checker_spans.MINUS_INFINITY if ends[0] is None else checker_spans.rational(ends[0]).low
    high = checker_spans.INFINITY if ends[1] is None else checker_spans.rational(ends[1]).high
    found = getattr(checker_functions, name)(checker_spans.Span(low, high, ends[0] is None, ends[1] is None))
    return found.low, found.high


ENCLOSURES = (by_search, by_checker)
both_enclosures = pytest.mark.parametrize("enclosure", ENCLOSURES)
both_waves = pytest.mark.parametrize("name", WAVES)


def range_of(name: str, low: Fraction, high: Fraction) -> tuple[arb, arb]:
    """The exact least and greatest value between two ends, by running through the crests and troughs."""
    wave, crest = WAVES[name]
    with precision(REFERENCE_BITS):
        values = [wave(ball(low)), wave(ball(high))]
        first = math.floor(float(low) / math.pi) - 2  # only says where to look
        for k in range(first, first + 8):
            place = (k + ball(crest)) * arb.pi()
            if place > ball(low) and place < ball(high):
                values.append(arb(1) if k % 2 == 0 else arb(-1))
        least, greatest = values[0], values[0]
        for value in values[1:]:
            least, greatest = least.min(value), greatest.max(value)
    return least, greatest


def check_contained(enclosure: Any, name: str, ends: Ends, point: Fraction, bits: int) -> None:
    """The value at a point between the ends lies in the enclosure, and the enclosure in [-1, 1]."""
    with precision(bits):
        low, high = enclosure(name, ends)
    with precision(REFERENCE_BITS):
        value = WAVES[name][0](ball(point))
        outside = value < low or value > high
        assert not outside, f"{name} {point} is {value}, not in [{low}, {high}] of {ends}"
        assert low >= -1
        assert high <= 1


def check_sharp(enclosure: Any, name: str, low: Fraction, high: Fraction, bits: int) -> None:
    """The enclosure is the range, but for rounding."""
    with precision(bits):
        found = enclosure(name, (low, high))
    least, greatest = range_of(name, low, high)
    with precision(REFERENCE_BITS):
        allowed = (1 + max(abs(low), abs(high))) * Fraction(1, 2 ** (bits - 4))  # the ends themselves are rounded
        assert least - found[0] < ball(allowed)
        assert found[1] - greatest < ball(allowed)
        assert not found[0] > least
        assert not found[1] < greatest


def check_turning(enclosure: Any, name: str, k: int, bits: int) -> None:
    """Rationals around a crest or a trough, nearer to it than the precision can tell."""
    with precision(1000):
        place = ((k + ball(WAVES[name][1])) * arb.pi()).mid().fmpq()
    low, high = (Fraction(int(place.p), int(place.q)) + sign * Fraction(1, 2**200) for sign in (-1, 1))
    with precision(bits):
        found = enclosure(name, (low, high))
    assert found[1 if k % 2 == 0 else 0] == (1 if k % 2 == 0 else -1), f"{name} {k}: the turn is not in {found}"


def random_case(rng: random.Random) -> tuple[Ends, Fraction]:
    """Ends that are wide, narrow, equal, next to a multiple of pi/2, or missing; and a point between them."""
    near = Fraction(rng.randint(-40, 40)) * Fraction(710, 452)  # 355/226 is pi/2 to seven digits
    low = rng.choice([near, Fraction(rng.randint(-900, 900), rng.randint(1, 60)), Fraction(rng.randint(-3, 3))])
    width = rng.choice([Fraction(0), Fraction(1, 10**9), Fraction(rng.randint(0, 800), 100), Fraction(1, 10)])
    point = low + width * Fraction(rng.randint(0, 64), 64)
    ends: Ends = rng.choice([(low, low + width)] * 8 + [(None, low + width), (low, None)])
    return ends, point


def check_many(enclosure: Any, count: int = 3000) -> None:
    rng = random.Random(1)
    for _ in range(count):
        ends, point = random_case(rng)
        check_contained(enclosure, rng.choice(list(WAVES)), ends, point, rng.choice([24, 53, 128]))


# --- enclosures -------------------------------------------------------------------------------------------------------

rationals = st.fractions(-(10**4), 10**4, max_denominator=10**6)
huge = st.builds(lambda digits, power: digits * Fraction(10) ** power, st.integers(-99, 99), st.integers(0, 99))
multiples = st.builds(lambda k, shift: k * Fraction(355, 226) + shift, st.integers(-200, 200), rationals)
numbers = rationals | huge | multiples
shares = st.fractions(0, 1, max_denominator=1000)
precisions = st.sampled_from([24, 53, 64, 128])


@both_enclosures
@given(st.sampled_from(list(WAVES)), numbers, numbers | st.none(), shares, precisions)
def test_the_values_between_the_ends_are_contained(
    enclosure: Any, name: str, one: Fraction, other: Fraction | None, share: Fraction, bits: int
) -> None:
    if other is None:
        check_contained(enclosure, name, (one, None), one + share * 100, bits)
        check_contained(enclosure, name, (None, one), one - share * 100, bits)
    else:
        low, high = min(one, other), max(one, other)
        check_contained(enclosure, name, (low, high), low + share * (high - low), bits)


@both_enclosures
@given(st.sampled_from(list(WAVES)), rationals, st.fractions(0, 9), st.sampled_from([53, 64, 128]))
def test_the_enclosure_is_sharp(enclosure: Any, name: str, low: Fraction, width: Fraction, bits: int) -> None:
    check_sharp(enclosure, name, low, low + width, bits)


@both_enclosures
@both_waves
def test_long_and_unbounded_intervals_have_the_whole_range(enclosure: Any, name: str) -> None:
    low, high = Fraction(1, 3), Fraction(1, 3) + Fraction(63, 10)  # just longer than a period
    for ends in ((low, high), (low, None), (None, low), (None, None), (Fraction(-(10**300)), Fraction(10**300))):
        assert enclosure(name, ends) == (-1, 1)


@both_enclosures
def test_zeros_crests_and_troughs_at_rational_places_are_exact(enclosure: Any) -> None:
    nought, one = Fraction(0), Fraction(1)
    assert enclosure("sin", (nought, nought)) == (0, 0)
    assert enclosure("cos", (nought, nought)) == (1, 1)
    assert enclosure("sin", (nought, one))[0] == 0
    assert enclosure("cos", (-one, one))[1] == 1
    assert enclosure("cos", (Fraction(3), Fraction(4)))[0] == -1  # pi lies between
    assert enclosure("cos", (Fraction(4), Fraction(6)))[1] < 1  # and 2 pi does not
    assert enclosure("sin", (Fraction(2), Fraction(4)))[1] < 1


@both_enclosures
@both_waves
@pytest.mark.parametrize("k", [-7, -2, 0, 1, 2, 5, 2**40, 2**40 + 1, 10**25])
@pytest.mark.parametrize("bits", [24, 64])
def test_a_turning_point_that_is_not_excluded_counts(enclosure: Any, name: str, k: int, bits: int) -> None:
    check_turning(enclosure, name, k, bits)


@both_waves
def test_numbers_too_large_to_be_written_out_have_the_whole_range(name: str) -> None:
    far = arb(2) ** 10**12
    found = getattr(elementary, name)(Interval(far, far))
    assert (found.lo, found.hi) == (-1, 1)
    assert getattr(checker_functions, name)(checker_spans.Span(far, far)) == (-1, 1, False, False)


def test_what_is_not_known_to_be_defined_stays_so() -> None:
    for name in WAVES:
        assert getattr(elementary, name)(UNDEFINED) is UNDEFINED
        assert getattr(checker_functions, name)(None) is None
        assert compile_expression(getattr(sp, name)(sp.log(x)), (x,)).interval([Interval.of(-2, 3)]) is UNDEFINED


def test_the_checker_knows_which_ends_are_not_attained() -> None:
    open_low = checker_spans.Span(arb(0), arb(1), True, False)
    assert checker_functions.cos(open_low) == (arb(1).cos().lower(), 1, False, True)
    assert checker_functions.sin(open_low) == (0, arb(1).sin().upper(), True, False)
    around = checker_spans.Span(arb(-1), arb(1), True, True)
    found = checker_functions.cos(around)
    assert found is not None
    assert (found.high, found.high_open) == (1, False)  # the crest lies inside


# --- negative controls ------------------------------------------------------------------------------------------------

MISTAKES: dict[str, Callable[[Interval], bool]] = {
    "no turning points": lambda x: False,
    "one turning point is not enough": lambda x: bool((x.lo / 2).ceil() < (x.hi / 2).floor()),
    "only those of the first period": lambda x: bool(x.lo <= 0 <= x.hi),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_forgotten_turning_point_is_noticed(monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    check_many(by_search)
    monkeypatch.setattr(elementary, "_may_hold_even", MISTAKES[mistake])
    with pytest.raises(AssertionError, match="not in"):
        check_many(by_search)


def test_a_turning_point_left_out_in_doubt_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even numbers that are hardly farther inside x than the rounding of its ends are taken not to be in it."""
    least = arb(2) ** -20
    monkeypatch.setattr(
        elementary, "_may_hold_even", lambda x: bool((x.lo / 2 + least).ceil() <= (x.hi / 2 - least).floor())
    )
    with pytest.raises(AssertionError, match="the turn is not in"):
        check_turning(by_search, "sin", 2**40 + 1, 64)  # so large that the wave is not -1 at the rounded ends


@pytest.mark.parametrize(("name", "bound"), [("round_down", "lower"), ("round_up", "upper")])
def test_ends_rounded_inward_are_noticed(monkeypatch: pytest.MonkeyPatch, name: str, bound: str) -> None:
    inward = {"lower": arb.upper, "upper": arb.lower}[bound]
    monkeypatch.setattr(elementary, name, lambda value, limit: inward(value))
    with pytest.raises(AssertionError):
        check_many(by_search)


def test_a_wrong_piece_of_the_checker_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    check_many(by_checker)
    for name, other in (("cos", Fraction(1, 2)), ("sin", Fraction(0))):
        with monkeypatch.context() as patch:
            patch.setattr(checker_functions, name, checker_functions._wave(WAVES[name][0], other))
            with pytest.raises(AssertionError):
                check_many(by_checker)


FALSE = sp.Le(sp.cos(x), sp.Rational(1, 2), evaluate=False)  # false near 0, though true at both ends of [-2, 2]


def test_a_wrong_enclosure_of_the_search_does_not_pass_the_checker(monkeypatch: pytest.MonkeyPatch) -> None:
    domain = Domain({x: sp.Interval(-2, 2)})
    monkeypatch.setattr(elementary, "_may_hold_even", MISTAKES["no turning points"])
    whole = (Interval.of(-2, 2),)
    assert compile_expression(sp.cos(x), (x,)).interval(whole).hi < 0  # so the search would call it proved
    forged = Certificate(Leaves((Leaf(((Fraction(-2), Fraction(2)),)),), 64))
    report = check_certificate(FALSE, domain, forged)
    assert report.verdict is Verdict.UNDECIDED
    assert "not certain" in report.message
    true = check_certificate(FALSE, Domain({x: sp.Interval(sp.Rational(11, 10), 2)}), Certificate(
        Leaves((Leaf(((Fraction(11, 10), Fraction(2)),)),), 64)))  # fmt: skip
    assert true.verdict is Verdict.HOLDS


# --- exact values -----------------------------------------------------------------------------------------------------


@both_waves
@pytest.mark.parametrize("denominator", [1, 2, 3, 4, 5, 6, 12])
def test_rational_values_are_those_that_sympy_knows(name: str, denominator: int) -> None:
    wave = getattr(sp, name)
    for numerator in range(-3 * denominator, 3 * denominator + 1):
        value = wave(sp.pi * sp.Rational(numerator, denominator))
        found = exact_value(wave(sp.pi * (z + x)), {z: fmpq(numerator, denominator) - 7, x: fmpq(7)})
        assert found == (fmpq(int(value.p), int(value.q)) if value.is_Rational else None)


def test_ties_with_a_wave_are_decided() -> None:
    chord = sp.Ge(sp.cos(sp.pi * z / 2), 1 - z, evaluate=False)
    strict = sp.Gt(*chord.args, evaluate=False)
    for end in (0, 1):
        assert truth_at(chord, {z: end}) is Truth.TRUE
        assert truth_at(strict, {z: end}) is Truth.FALSE
    assert truth_at(strict, {z: Fraction(1, 3)}) is Truth.TRUE
    assert truth_at(chord, {z: Fraction(-1, 3)}) is Truth.FALSE
    assert truth_at(sp.Eq(sp.sin(z), z, evaluate=False), {z: 0}) is Truth.TRUE
    assert truth_at(sp.Eq(sp.sin(z * x), 1, evaluate=False), {z: 1, x: 2}) is Truth.FALSE


# --- proofs -----------------------------------------------------------------------------------------------------------

pi, oo, R = sp.pi, sp.oo, sp.Rational
TRUE: dict[str, tuple[Any, Any]] = {
    "the chord of the cosine": (sp.cos(pi * x / 2) - 1 + x, sp.Interval(0, 1)),
    "the sine below its tangent": (x - sp.sin(x), sp.Interval(0, oo)),
    "the cosine above its parabola": (sp.cos(x) - 1 + x**2 / 2, sp.Interval(-oo, oo)),
    "the tangent above its argument": (sp.sin(x) - x * sp.cos(x), sp.Interval(0, 3)),
    "a crest at no rational place": (R(14143, 10_000) - sp.sin(x) - sp.cos(x), sp.Interval(-3, 7)),
}
SLIGHTLY_TOO_MUCH = {
    "the chord of the cosine": (sp.cos(pi * x / 2) - 1 + x - R(3, 5) * x * (1 - x), sp.Interval(0, 1)),
    "the chord beyond its end": (sp.cos(pi * x / 2) - 1 + x, sp.Interval(-R(1, 1000), 1)),
    "the sine below its tangent": (x - sp.sin(x) - x**3 / 5, sp.Interval(0, oo)),
    "the cosine above its parabola": (sp.cos(x) - 1 + x**2 * R(49, 100), sp.Interval(-oo, oo)),
    "a crest at no rational place": (R(14142, 10_000) - sp.sin(x) - sp.cos(x), sp.Interval(-3, 7)),
}


@pytest.mark.parametrize("name", TRUE)
def test_inequalities_with_waves_are_proved(name: str) -> None:
    gap, values = TRUE[name]
    statement, domain = sp.Ge(gap, 0, evaluate=False), Domain({x: values})
    outcome = prove(statement, domain, budget=Budget(20_000, 30.0))
    assert outcome.verdict is Verdict.HOLDS, outcome.message
    assert outcome.certificate is not None
    report = check_certificate(statement, domain, outcome.certificate)
    assert report.verdict is Verdict.HOLDS, report.message


@pytest.mark.parametrize("name", SLIGHTLY_TOO_MUCH)
def test_their_false_neighbours_are_refuted(name: str) -> None:
    gap, values = SLIGHTLY_TOO_MUCH[name]
    outcome = prove(sp.Ge(gap, 0, evaluate=False), Domain({x: values}), budget=Budget(20_000, 30.0))
    assert outcome.verdict is Verdict.REFUTED, outcome.message
