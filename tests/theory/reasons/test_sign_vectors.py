"""Counting sign vectors by induction on their length: what it accepts, and the near misses that it must refuse."""

from __future__ import annotations

from collections.abc import Callable
from math import comb
from typing import Any

import pytest
import sympy as sp

from theory.claim import Domain
from theory.reasons import LastSign, Pascal, VectorsAbove, WriteOut

k = sp.Symbol("k", integer=True, nonnegative=True)
j = sp.Symbol("j", integer=True)
x = sp.Symbol("x", real=True)
DOMAIN = Domain({k: sp.Range(0, sp.oo), x: sp.Interval(-sp.oo, sp.oo)})


def above(x: Any, index: Any = j) -> Any:
    return sp.Piecewise((1, sp.Gt(index, x, evaluate=False)), (0, True))


def binomials(k: Any, x: Any) -> Any:
    return sp.Sum(sp.binomial(k, j) * above(x), (j, 0, k))


def by_last_sign(closed_form: Callable[[Any, Any], Any] = binomials) -> LastSign:
    return LastSign(closed_form, WriteOut(j), lambda k, x: Pascal(k, lambda index: above(x, index), j))


def test_vectors_are_counted_one_by_one_where_they_are_few():
    for length in range(6):
        for twice in range(-2, 2 * length + 3):
            level = sp.Rational(twice, 2)
            expected = sum(comb(length, count) for count in range(length + 1) if 2 * count > twice)
            assert VectorsAbove(length, level) == expected
    assert isinstance(VectorsAbove(10**9, 3), VectorsAbove)
    assert isinstance(VectorsAbove(k, 3), VectorsAbove)


def test_induction_on_the_length():
    reason = by_last_sign()
    assert reason.check(VectorsAbove(k, x), sp.Eq, binomials(k, x), DOMAIN).accepted
    assert reason.check(VectorsAbove(k + 2, x / 3), sp.Eq, binomials(k + 2, x / 3), DOMAIN).accepted


@pytest.mark.parametrize(
    "closed_form",
    [
        lambda k, x: 2 * binomials(k, x),  # the start is wrong
        lambda k, x: sp.Sum(sp.binomial(k, j) * above(x - 1), (j, 0, k)),  # at least instead of more
        lambda k, x: sp.Sum(sp.binomial(k, j) * above(-x), (j, 0, k)),  # turned round
        lambda k, x: sp.Sum(above(x), (j, 0, k)),  # the start is right, the step is wrong
        lambda k, x: binomials(k, x) + k,
        lambda k, x: binomials(k, x) + sp.Symbol("u"),  # something else is in it
    ],
)
def test_near_misses_of_the_closed_form_are_refused(closed_form):
    assert not by_last_sign(closed_form).check(VectorsAbove(k, x), sp.Eq, closed_form(k, x), DOMAIN).accepted


def test_what_is_no_such_equation_is_refused():
    reason, low = by_last_sign(), sp.Symbol("l", integer=True)
    assert not reason.check(VectorsAbove(k, x), sp.Le, binomials(k, x), DOMAIN).accepted
    assert not reason.check(binomials(k, x), sp.Eq, VectorsAbove(k, x), DOMAIN).accepted
    assert not reason.check(VectorsAbove(k, x), sp.Eq, binomials(k, x + 1), DOMAIN).accepted
    negative = Domain({low: sp.Range(-1, sp.oo), x: sp.Interval(-sp.oo, sp.oo)})
    assert "at least 0" in reason.check(VectorsAbove(low, x), sp.Eq, binomials(low, x), negative).message
