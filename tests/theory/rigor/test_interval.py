"""Intervals: sharp ranges, unbounded ends, undefined values, and the traps of Arb's balls."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from flint import arb, ctx, fmpq

from theory.rigor import elementary as el
from theory.rigor import special
from theory.rigor.interval import (
    LINE,
    UNDEFINED,
    Interval,
    absolute,
    equal,
    less,
    less_equal,
    maximum,
    minimum,
    precision,
    same_ends,
    union,
)
from theory.rigor.truth import Truth

I = Interval.of  # noqa: E741
THIRD = Fraction(1, 3)


def ends(x: Interval) -> tuple[Any, Any]:
    """The ends as exact rationals or infinities, "undefined" otherwise."""
    if not x.defined:
        return "undefined", "undefined"
    low, high = (("oo" if e > 0 else "-oo") if not e.is_finite() else Fraction(*map(int, (e.fmpq().p, e.fmpq().q)))
                 for e in (x.lo, x.hi))  # fmt: skip
    return low, high


# --- making intervals -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [3, Fraction(3), fmpq(3), sp.Integer(3), arb(3)])
def test_every_exact_type_makes_the_same_point(number: Any) -> None:
    assert ends(I(number)) == (3, 3)


@pytest.mark.parametrize("bits", [24, 53, 64, 200])
def test_a_third_is_enclosed_and_never_a_point(bits: int) -> None:
    with precision(bits):
        third = I(sp.Rational(1, 3))
    low, high = ends(third)
    assert low < THIRD < high
    assert high - low <= Fraction(1, 2**bits)
    assert third.contains(THIRD)
    assert not I(1, 2).contains(THIRD)


def test_a_ball_is_enclosed_whole() -> None:
    found = I(arb(1, 0.25))
    assert found.contains(Fraction(3, 4))
    assert found.contains(Fraction(5, 4))
    assert not found.contains(Fraction(7, 5))


@pytest.mark.parametrize("wrong", [0.5, sp.Float("0.5"), "1/2", True, None, sp.sqrt(2), sp.nan])
def test_what_is_no_exact_number_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"not an exact number; write"):
        I(wrong, 1)


def test_disordered_and_nan_ends_are_refused() -> None:
    with pytest.raises(ValueError, match="low <= high"):
        I(2, 1)
    with pytest.raises(ValueError, match="low <= high"):
        I(arb("nan"))


def test_intervals_do_not_change_and_do_not_compare_by_accident() -> None:
    x = I(1, 2)
    with pytest.raises(AttributeError, match="does not change"):
        x.lo = arb(0)  # type: ignore[misc]
    with pytest.raises(TypeError, match="no =="):
        _ = x == I(1, 2)
    with pytest.raises(TypeError):
        _ = x < I(3, 4)  # type: ignore[operator]
    assert same_ends(x, I(1, 2))
    assert not same_ends(x, I(1, 3))


def test_precision_is_restored_also_after_an_error() -> None:
    before = ctx.prec
    with precision(300), precision(77):
        assert ctx.prec == 77
    with pytest.raises(ValueError, match="low <= high"), precision(300):
        I(2, 1)
    assert ctx.prec == before


# --- sharp ranges -----------------------------------------------------------------------------------------------------

SHARP: list[tuple[str, Callable[[], Interval], Any, Any]] = [
    ("even power", lambda: el.integer_power(I(-1, 2), 2), 0, 4),
    ("even power left", lambda: el.integer_power(I(-3, -2), 4), 16, 81),
    ("odd power", lambda: el.integer_power(I(-2, 3), 3), -8, 27),
    ("power 0", lambda: el.integer_power(I(-1, 1), 0), 1, 1),
    ("negative power", lambda: el.integer_power(I(2, 4), -2), Fraction(1, 16), Fraction(1, 4)),
    ("power of a half-line", lambda: el.integer_power(I("-oo", 2), 2), 0, "oo"),
    ("odd power of a half-line", lambda: el.integer_power(I("-oo", 2), 3), "-oo", 8),
    ("power of the line", lambda: el.integer_power(LINE, 3), "-oo", "oo"),
    ("pole at an end", lambda: el.integer_power(I(0, 2), -2), Fraction(1, 4), "oo"),
    ("pole at the upper end", lambda: I(1) / I(-2, 0), "-oo", Fraction(-1, 2)),
    ("one over unbounded", lambda: I(1) / I(1, "oo"), 0, 1),
    ("unbounded quotient", lambda: I(1, "oo") / I(1, "oo"), 0, "oo"),
    ("oo - oo", lambda: I(1, "oo") - I(1, "oo"), "-oo", "oo"),
    ("0 * oo", lambda: I(0) * I(1, "oo"), 0, 0),
    ("0..1 * oo", lambda: I(0, 1) * I(1, "oo"), 0, "oo"),
    ("product of signs", lambda: I(-2, 3) * I(-5, 4), -15, 12),
    ("cosh", lambda: el.cosh(I(-1, 0)), 1, None),
    ("absolute", lambda: absolute(I(-3, 2)), 0, 3),
    ("minimum", lambda: minimum(I(0, 5), I(1, 2)), 0, 2),
    ("maximum", lambda: maximum(I(0, 5), I(1, 2)), 1, 5),
    ("union", lambda: union(I(0, 1), I(3, 4)), 0, 4),
    ("square root", lambda: el.sqrt(I(4, 9)), 2, 3),
    ("perfect rational power", lambda: el.rational_power(I(4, 9), fmpq(3, 2)), 8, 27),
    ("root at 0", lambda: el.rational_power(I(0, 4), fmpq(-1, 2)), Fraction(1, 2), "oo"),
    ("real power at 0", lambda: el.real_power(I(0), I(THIRD, 2)), 0, 0),
    ("real power, integer point", lambda: el.real_power(I(-2, 3), I(2)), 0, 9),
    ("exp of a half-line", lambda: el.exp(I("-oo", 0)), 0, 1),
    ("expm1 of a half-line", lambda: el.expm1(I("-oo", 0)), -1, 0),
    ("tanh of a half-line", lambda: el.tanh(I(0, "oo")), 0, 1),
    ("erf of the line", lambda: special.erf(LINE), -1, 1),
    ("erfc of the line", lambda: special.erfc(LINE), 0, 2),
    ("sinh of the line", lambda: el.sinh(LINE), "-oo", "oo"),
    ("log at 0", lambda: el.log(I(0, 1)), "-oo", 0),
    ("log1p at -1", lambda: el.log1p(I(-1, 0)), "-oo", 0),
    ("gamma falling", lambda: special.gamma(I(0, 1)), 1, "oo"),
    ("gamma rising", lambda: special.gamma(I(3, 5)), 2, 24),
    ("loggamma rising", lambda: special.loggamma(I(2, "oo")), 0, "oo"),
    ("digamma", lambda: special.polygamma(I(0, "oo"), 0), "-oo", "oo"),
    ("trigamma", lambda: special.polygamma(I(0, "oo"), 1), 0, "oo"),
    ("bessel I0", lambda: special.bessel_i(LINE, fmpq(0)), 1, "oo"),
    ("bessel I1", lambda: special.bessel_i(LINE, fmpq(1)), "-oo", "oo"),
    ("bessel I1/2", lambda: special.bessel_i(I(0, "oo"), fmpq(1, 2)), 0, "oo"),
    ("floor", lambda: special.floor(I(Fraction(-1, 2), Fraction(7, 2))), -1, 3),
    ("ceiling", lambda: special.ceiling(I(Fraction(-1, 2), "oo")), 0, "oo"),
    ("sign", lambda: special.sign(I(-1, 0)), -1, 0),
]


@pytest.mark.parametrize(("name", "compute", "low", "high"), SHARP, ids=[case[0] for case in SHARP])
def test_ranges_are_sharp(name: str, compute: Callable[[], Interval], low: Any, high: Any) -> None:
    found = ends(compute())
    assert found[0] == low
    assert high is None or found[1] == high


@pytest.mark.parametrize("bits", [24, 53, 200])
def test_the_minimum_of_gamma_is_enclosed_and_sharp(bits: int) -> None:
    """By ternary search with balls of twice the precision, independently of the tangent used inside."""
    with precision(2 * bits + 64):
        low, high = arb(1), arb(2)
        for _ in range(4 * bits):
            left, right = ((2 * low + high) / 3).mid(), ((low + 2 * high) / 3).mid()
            low, high = (left, high) if left.lgamma() > right.lgamma() else (low, right)
        least = low.lgamma()
    with precision(bits):
        for x in (I(1, 2), I(Fraction(1, 2), 40), I(0, "oo"), I(Fraction(146, 100), Fraction(147, 100))):
            found = special.loggamma(x).lo
            assert found <= least
            assert least - found <= arb(2) ** (2 - bits)
            assert special.gamma(x).lo <= least.exp()
            assert least.exp() - special.gamma(x).lo <= arb(2) ** (4 - bits)


def test_overflow_leaves_a_finite_lower_end() -> None:
    """What Arb cannot hold is bounded by what is known of the function, never by oo or NaN."""
    huge = I(10**100, 10**101)
    for found in (el.exp(huge), el.cosh(huge), el.expm1(huge), el.sinh(huge), special.gamma(huge)):
        assert found.lo.is_finite()
        assert found.lo >= 0
        assert found.hi >= found.lo
    assert ends(el.tanh(huge))[1] == 1
    assert el.exp(-huge).lo >= 0
    assert el.integer_power(I(10), 10**30).lo >= 1
    assert special.bessel_i(huge, fmpq(0)).lo >= 1


# --- undefined --------------------------------------------------------------------------------------------------------

NOT_DEFINED: list[tuple[str, Callable[[], Interval]]] = [
    ("log of negatives", lambda: el.log(I(-1, 1))),
    ("log of 0", lambda: el.log(I(0))),
    ("log1p of -1", lambda: el.log1p(I(-1))),
    ("log1p below -1", lambda: el.log1p(I(-2, 0))),
    ("root of negatives", lambda: el.sqrt(I(-1, 4))),
    ("rational power of negatives", lambda: el.rational_power(I(-1, 4), fmpq(1, 3))),
    ("real power of negatives", lambda: el.real_power(I(-1, 4), I(THIRD))),
    ("0 to a negative power", lambda: el.real_power(I(0), I(-THIRD))),
    ("pole inside", lambda: I(1) / I(-1, 1)),
    ("1/0", lambda: I(1) / I(0)),
    ("0/0", lambda: I(0) / I(0)),
    ("pole inside an even power", lambda: el.integer_power(I(-1, 1), -2)),
    ("0 to the power -1", lambda: el.integer_power(I(0), -1)),
    ("gamma over a pole", lambda: special.gamma(I(Fraction(-3, 2), Fraction(-1, 2)))),
    ("gamma at 0", lambda: special.gamma(I(0))),
    ("loggamma of negatives", lambda: special.loggamma(I(Fraction(-1, 2), 1))),
    ("digamma of negatives", lambda: special.polygamma(I(-1, 1), 0)),
    ("bessel I1/2 of negatives", lambda: special.bessel_i(I(-1, 1), fmpq(1, 2))),
]


@pytest.mark.parametrize(("name", "compute"), NOT_DEFINED, ids=[case[0] for case in NOT_DEFINED])
def test_what_is_not_shown_to_be_real_is_undefined(name: str, compute: Callable[[], Interval]) -> None:
    assert compute() is UNDEFINED


def test_undefined_spreads_and_decides_nothing() -> None:
    unary = [el.exp, el.log, el.expm1, el.log1p, el.sqrt, el.tanh, el.sinh, el.cosh, absolute]
    unary += [special.erf, special.erfc, special.gamma, special.loggamma, special.floor, special.ceiling, special.sign]
    unary += [lambda x: -x, lambda x: el.integer_power(x, 2), lambda x: el.integer_power(x, -1)]
    unary += [lambda x: el.rational_power(x, fmpq(1, 3)), lambda x: special.polygamma(x, 1)]
    unary += [lambda x: special.bessel_i(x, fmpq(0)), lambda x: special.bessel_i(x, fmpq(1, 2))]
    for function in unary:
        assert function(UNDEFINED) is UNDEFINED, function
    binary = [lambda x, y: x + y, lambda x, y: x - y, lambda x, y: x * y, lambda x, y: x / y]
    for function in [*binary, minimum, maximum, union, el.real_power]:
        assert function(UNDEFINED, I(1)) is UNDEFINED
        assert function(I(1), UNDEFINED) is UNDEFINED
    for compare in (less, less_equal, equal):
        assert compare(UNDEFINED, I(1)) is Truth.UNKNOWN
        assert compare(I(1), UNDEFINED) is Truth.UNKNOWN
        assert compare(UNDEFINED, UNDEFINED) is Truth.UNKNOWN
    assert not UNDEFINED.defined
    assert not UNDEFINED.contains(1)
    assert repr(UNDEFINED) == "UNDEFINED"


# --- comparison -------------------------------------------------------------------------------------------------------


def test_comparisons_know_touching_and_overlapping_ends() -> None:
    assert less(I(0, 1), I(2, 3)) is Truth.TRUE
    assert less(I(0, 1), I(1, 2)) is Truth.UNKNOWN
    assert less(I(1, 2), I(0, 1)) is Truth.FALSE
    assert less_equal(I(0, 1), I(1, 2)) is Truth.TRUE
    assert less_equal(I(1, 2), I(0, 1)) is Truth.UNKNOWN
    assert less_equal(I(2, 3), I(0, 1)) is Truth.FALSE
    assert equal(I(1), I(1)) is Truth.TRUE
    assert equal(I(0, 1), I(0, 1)) is Truth.UNKNOWN
    assert equal(I(0, 1), I(2, 3)) is Truth.FALSE


# --- why not balls: the traps, each shown to be one and avoided -------------------------------------------------------


def test_trap_a_ball_around_0_to_4_holds_negative_numbers() -> None:
    ball = arb(0).union(arb(4))
    assert ball.lower() < 0
    assert ball.exp().lower() < 1
    assert ball.sqrt().is_nan()
    assert el.exp(I(0, 4)).lo == 1
    assert ends(el.sqrt(I(0, 4))) == (0, 2)


def test_trap_undecided_comparisons_of_balls_are_false_both_ways() -> None:
    ball = arb(0, 1)
    assert not ball > 0
    assert not ball <= 0
    assert less(I(0), I(-1, 1)) is Truth.UNKNOWN
    assert less_equal(I(-1, 1), I(0)) is Truth.UNKNOWN


def test_trap_builtin_max_of_balls_depends_on_the_order() -> None:
    wide, point = arb(0, 4), arb(1)
    assert max(wide, point).overlaps(wide) and not max(point, wide).contains(4)  # noqa: PT018
    for first, second in ((I(-4, 4), I(1)), (I(1), I(-4, 4))):
        assert ends(maximum(first, second)) == (1, 4)
        assert ends(minimum(first, second)) == (-4, 1)


def test_trap_nan_contains_numbers() -> None:
    assert arb("nan").contains(1)
    assert not UNDEFINED.contains(1)


def test_trap_zero_times_infinity_and_the_cube_of_minus_infinity_are_nan() -> None:
    assert (arb(0) * arb("inf")).is_nan()
    assert (arb("-inf") ** 3).is_nan()
    assert ends(I(0, 1) * I(0, "oo")) == (0, "oo")
    assert ends(el.integer_power(I("-oo", -1), 3)) == ("-oo", -1)
