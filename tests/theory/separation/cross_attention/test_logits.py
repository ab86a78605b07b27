"""The exact logits and the gains of the maps on them, against independent arithmetic of 60 digits."""

from __future__ import annotations

import dataclasses
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.separation.cross_attention import construction as symbols
from theory.separation.cross_attention.logits import NO_NEEDLE, Logits, log_gain, polynomial_gain, softmax_gain
from theory.separation.self_attention.exact_numbers import Gain

CASES = [(2, "4", "1"), (10, "6/5", "1/2"), (144, "1/10", "3"), (10**30, "7/10", "2")]  # n, kappa, l0


def decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def gain_in_decimals(logits: Logits, n: int, degree: int | None) -> Decimal:
    """exp(kappa log n)/exp(l0), or (kappa log n/l0)^degree, as the keys say it, at the precision of the context."""
    needle, rest = decimal(logits.kappa) * Decimal(n).ln(), decimal(logits.l0)
    return needle.exp() / rest.exp() if degree is None else (needle / rest) ** degree


def gain_of(logits: Logits, n: int, degree: int | None) -> Gain:
    return softmax_gain(logits, n) if degree is None else polynomial_gain(logits, n, degree)


@pytest.mark.parametrize("degree", [None, 1, 2, 7])
@pytest.mark.parametrize(("n", "kappa", "l0"), CASES)
def test_gains_enclose_the_quotients_of_the_kernels(n: int, kappa: str, l0: str, degree: int | None) -> None:
    logits = Logits(kappa=kappa, l0=l0)
    gain = gain_of(logits, n, degree)
    with localcontext() as context, ctx.workprec(250):
        context.prec = 60
        value = gain_in_decimals(logits, n, degree)
        near = Fraction(value)
        error = arb(fmpq(near.numerator, near.denominator)) / gain.enclose(250) - 1
        assert abs(error) < arb(10) ** -50
        # a needle that is louder by one part in 10^40 is another gain
        wrong = gain_of(Logits(kappa=logits.kappa * (1 + Fraction(1, 10**40)), l0=l0), n, degree)
        assert abs(arb(fmpq(near.numerator, near.denominator)) / wrong.enclose(250) - 1) > arb(10) ** -42


def test_no_gain_is_taken_for_a_rational_one() -> None:
    for degree in (None, 1, 3):
        gain = gain_of(Logits(kappa=2, l0=1), 16, degree)
        assert gain.exact is None
        assert gain.irrational
    assert NO_NEEDLE.exact == 1


@pytest.mark.parametrize("degree", [None, 1, 3])
def test_the_gain_is_the_exponential_of_its_logarithm(degree: int | None) -> None:
    logits = Logits(kappa="6/5", l0="1/3")
    with ctx.workprec(200):
        assert gain_of(logits, 50, degree).enclose(200).log().overlaps(log_gain(logits, 50, degree))


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(2, 10**9),
    kappa=st.fractions("1/50", 5, max_denominator=50),
    l0=st.fractions("1/50", 5, max_denominator=50),
    more=st.fractions("1/1000", 1, max_denominator=1000),
    degree=st.one_of(st.none(), st.integers(1, 6)),
)
def test_a_louder_needle_and_quieter_others_raise_the_gain(
    n: int, kappa: Fraction, l0: Fraction, more: Fraction, degree: int | None
) -> None:
    here = gain_of(Logits(kappa=kappa, l0=l0), n, degree).enclose(200)
    assert gain_of(Logits(kappa=kappa + more, l0=l0), n, degree).enclose(200) > here
    assert gain_of(Logits(kappa=kappa, l0=l0 + more), n, degree).enclose(200) < here


@pytest.mark.parametrize("degree", [None, 1, 4])
def test_the_symbols_of_the_construction_say_the_same(degree: int | None) -> None:
    values = {symbols.n: 17, symbols.kappa: sp.Rational(3, 2), symbols.l0: sp.Rational(1, 4)}
    found = gain_of(Logits(kappa="3/2", l0="1/4"), 17, degree).enclose(200)
    names = (symbols.kappa, symbols.l0, symbols.n)
    formula = symbols.softmax_gain(*names) if degree is None else symbols.polynomial_gain(*names, degree)
    exact = Fraction(str(formula.subs(values).evalf(50)))
    with ctx.workprec(200):
        assert abs(found / arb(fmpq(exact.numerator, exact.denominator)) - 1) < arb(10) ** -40
    if degree == 1:
        assert sp.simplify(formula - symbols.linear_gain(*names)) == 0


def test_a_range_of_the_construction_can_be_changed_by_name() -> None:
    usual = symbols.domain(symbols.n, symbols.kappa)
    changed = symbols.domain(symbols.n, symbols.kappa, kappa=sp.Interval.Lopen(0, 1))
    assert usual.ranges[symbols.kappa] == sp.Interval.open(0, sp.oo)
    assert changed.ranges[symbols.kappa] == sp.Interval.Lopen(0, 1)
    assert changed.ranges[symbols.n] == usual.ranges[symbols.n]
    assert set(usual.meanings) == {symbols.n, symbols.kappa}


VALID: dict[str, Any] = {"kappa": "6/5", "l0": 1}


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"kappa": 1.2}, TypeError, "write Fraction"),
        ({"kappa": "loud"}, ValueError, "write it as"),
        ({"kappa": 0}, ValueError, "take kappa > 0"),
        ({"kappa": "-1/2"}, ValueError, "kernels need positive scores"),
        ({"l0": 0}, ValueError, "take l0 > 0"),
        ({"l0": True}, TypeError, "not an exact number"),
    ],
)
def test_logits_refuse_with_a_remedy(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Logits(**(VALID | changes))


def test_logits_accept_every_exact_type_agree_and_do_not_change() -> None:
    given: tuple[Any, ...] = ("6/5", "1.2", Fraction(6, 5), sp.Rational(6, 5), fmpq(6, 5))
    made = {Logits(kappa=kappa, l0=1) for kappa in given}
    (logits,) = made
    with pytest.raises(dataclasses.FrozenInstanceError):
        logits.kappa = Fraction(1)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("n", "degree", "error", "message"),
    [
        (1, 1, ValueError, "take n >= 2"),
        (10.0, 1, TypeError, "not an integer"),
        (10, 0, ValueError, "take degree >= 1"),
        (10, 1.5, TypeError, "degree = 1.5 is not an integer"),
    ],
)
def test_lengths_and_degrees_are_integers(n: Any, degree: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        polynomial_gain(Logits(**VALID), n, degree)
