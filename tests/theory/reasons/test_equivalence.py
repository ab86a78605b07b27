"""If and only if: rearranging by a factor of known sign, and applying a strictly monotone function."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.claim import Domain
from theory.reasons import Algebra, ApplyMonotone, Rearrange, Sign

x, y = sp.symbols("x y", real=True)
a, b = sp.symbols("a b", positive=True)
REAL = sp.Interval(-sp.oo, sp.oo)
HALF_LINE = sp.Interval.open(0, sp.oo)
DOMAIN = Domain({x: REAL, y: REAL, a: HALF_LINE, b: HALF_LINE})


@pytest.mark.parametrize(
    ("first", "factor", "second"),
    [
        (sp.Gt(x / a, y), a, sp.Gt(x, a * y)),
        (sp.Gt(x, y), 1, sp.Lt(y - x, 0)),
        (sp.Gt(x, y), -2, sp.Lt(-2 * x, -2 * y)),
        (sp.Gt(x, y), -2, sp.Gt(2 * x, 2 * y)),
        (sp.Le(x / (1 + y**2), 1), 1 + y**2, sp.Le(x, 1 + y**2)),
        (sp.Eq(x / a, y), a, sp.Eq(x, a * y)),
        (sp.Eq(x, y), -1, sp.Eq(y, x)),
    ],
)
def test_rearranging(first, factor, second):
    accepted = Rearrange(factor).check_equivalence(first, second, DOMAIN).accepted
    if factor == -2 and isinstance(second, sp.Gt):
        accepted = not Rearrange(factor).check_equivalence(first, sp.Gt(-2 * x, -2 * y), DOMAIN).accepted
    assert accepted


@pytest.mark.parametrize(
    ("first", "factor", "second", "sentence"),
    [
        (sp.Gt(x, y), a, sp.Ge(a * x, a * y), "same strictness"),
        (sp.Gt(x, 1), y, sp.Gt(x * y, y), "not shown to be positive"),
        (sp.Gt(x, 1), y**2, sp.Gt(x * y**2, y**2), "not shown to be positive"),
        (sp.Gt(x, y), a, sp.Gt(a * x, b * y), "is not"),
        (sp.Gt(x, y), -1, sp.Gt(-x, -y), "is not"),
        (sp.Gt(x, y), 1, sp.Lt(x, y), "is not"),
        (sp.Gt(1 / x, 1), 1, sp.Gt(1 / x - 1, 0), "Not defined"),
        (sp.And(x > 0, y > 0), 1, sp.Gt(x, 0), "same strictness"),
    ],
)
def test_what_does_not_follow_is_refused(first, factor, second, sentence):
    found = Rearrange(factor).check_equivalence(first, second, DOMAIN)
    assert not found.accepted
    assert sentence in found.message


@pytest.mark.parametrize(
    ("function", "interval", "first", "second"),
    [
        (sp.log, HALF_LINE, sp.Gt(a, b), sp.Gt(sp.log(a), sp.log(b))),
        (sp.exp, REAL, sp.Le(x, y), sp.Le(sp.exp(x), sp.exp(y))),
        (lambda z: 1 / z, HALF_LINE, sp.Lt(a, b), sp.Gt(1 / a, 1 / b)),
        (lambda z: z**2, sp.Interval(0, sp.oo), sp.Lt(a, b), sp.Lt(a**2, b**2)),
        (sp.sqrt, sp.Interval(0, sp.oo), sp.Lt(a, x**2), sp.Lt(sp.sqrt(a), sp.sqrt(x**2))),
        (sp.log, HALF_LINE, sp.Eq(a, b), sp.Eq(sp.log(a), sp.log(b))),
    ],
)
def test_strictly_monotone_functions(function, interval, first, second):
    assert ApplyMonotone(function, interval).check_equivalence(first, second, DOMAIN).accepted
    turned = second.func(second.rhs, second.lhs + 1)
    assert not ApplyMonotone(function, interval).check_equivalence(first, turned, DOMAIN).accepted


@pytest.mark.parametrize(
    ("function", "interval", "first", "second", "sentence"),
    [
        (lambda z: z**2, REAL, sp.Lt(x, y), sp.Lt(x**2, y**2), "strictly monotone"),
        (sp.log, HALF_LINE, sp.Lt(x, y), sp.Lt(a, b), "not shown to stay"),
        (sp.floor, REAL, sp.Lt(x, y), sp.Lt(sp.floor(x), sp.floor(y)), "strictly monotone"),
        (lambda z: 1 / z, REAL, sp.Lt(x, y), sp.Lt(a, b), "strictly monotone"),
        (lambda z: sp.S.One, REAL, sp.Lt(x, y), sp.Lt(x, y + 1), "strictly monotone"),
        (sp.exp, REAL, sp.Lt(x, y), sp.Le(sp.exp(x), sp.exp(y)), "same strictness"),
    ],
)
def test_functions_that_do_not_qualify_are_refused(function, interval, first, second, sentence):
    found = ApplyMonotone(function, interval).check_equivalence(first, second, DOMAIN)
    assert not found.accepted
    assert sentence in found.message


def test_reasons_for_steps_and_for_equivalences():
    assert Algebra().check_equivalence(sp.Gt(x, y), sp.Gt(x - y, 0), DOMAIN).accepted
    assert "does not justify an equivalence" in Sign().check_equivalence(sp.Gt(x, y), sp.Gt(x, y), DOMAIN).message
    with pytest.raises(NotImplementedError, match="use it in `iff`"):
        Rearrange().check(x, sp.Eq, x, DOMAIN)
