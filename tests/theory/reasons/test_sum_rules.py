"""Pascal's rule and sums written out: what they accept, and the near misses that they must refuse."""

from __future__ import annotations

from typing import Any, cast

import pytest
import sympy as sp

from theory.claim import Domain
from theory.reasons import Algebra, Indicators, Pascal, Sign, SkipZeros, WriteOut

k = sp.Symbol("k", integer=True, positive=True)
j, i = sp.symbols("j i", integer=True)
x = sp.Symbol("x", real=True)
DOMAIN = Domain({k: sp.Range(1, sp.oo), x: sp.Interval(-sp.oo, sp.oo)})


def above(index: Any) -> Any:
    return sp.Piecewise((1, sp.Gt(2 * index - k, x)), (0, True))


def whole(g: Any, top: Any = k) -> Any:
    return sp.Sum(sp.binomial(top, j) * g(j), (j, 0, top))


def halves(first: Any, second: Any, last: Any = k - 1, top: Any = k - 1) -> Any:
    parts: Any = (sp.Sum(sp.binomial(top, j) * g(j), (j, 0, last)) for g in (first, second))
    return sp.Add(*parts)


def test_pascals_rule_for_an_indicator() -> None:
    right = halves(above, lambda index: above(index + 1))
    assert Pascal(k, above, j).check(whole(above), sp.Eq, right, DOMAIN).accepted
    assert Pascal(k, above, j).check(3 * whole(above) / 2**k, sp.Eq, 3 * right / 2**k, DOMAIN).accepted


@pytest.mark.parametrize(
    "right",
    [
        halves(above, above),  # the index is not moved
        halves(above, lambda index: above(index - 1)),  # it is moved the wrong way
        halves(above, lambda index: above(index + 1), last=k),  # one term too many, unless it vanishes unseen
        halves(above, lambda index: above(index + 1), last=k - 2),  # one term too few
        halves(above, lambda index: above(index + 1), top=k),  # the wrong binomials
        whole(above) + 1,
    ],
)
def test_near_misses_of_pascals_rule_are_refused(right) -> None:
    assert not Pascal(k, above, j).check(whole(above), sp.Eq, right, DOMAIN).accepted


def test_pascals_rule_needs_a_whole_top_of_at_least_one_and_an_index_of_its_own() -> None:
    right = halves(above, lambda index: above(index + 1))
    low = Domain({k: sp.Range(0, sp.oo), x: DOMAIN.ranges[x]})
    top = sp.Symbol("k", integer=True, nonnegative=True)
    moved = {k: top}
    possible_zero = Domain({top: sp.Range(0, sp.oo), x: DOMAIN.ranges[x]})
    assert (
        not Pascal(top, lambda index: above(index).xreplace(moved), j)
        .check(whole(above).xreplace(moved), sp.Eq, right.xreplace(moved), possible_zero)
        .accepted
    )
    taken = Domain({**DOMAIN.ranges, j: sp.Range(0, 5)})
    assert "rename" in Pascal(k, above, j).check(whole(above), sp.Eq, right, taken).message
    assert not Pascal(k, above, j).check(whole(above), sp.Le, right, DOMAIN).accepted
    assert "does not occur" in Pascal(k, above, j).check(sp.Integer(1), sp.Eq, sp.Integer(1), DOMAIN).message
    del low


def test_sums_of_a_few_terms_are_written_out() -> None:
    e = sp.Sum(x**i, (i, 0, 1))
    assert WriteOut(i).check(e, sp.Eq, 1 + x, DOMAIN).accepted
    first, second = (cast(Any, sp.Sum(term, (j, 0, k))) for term in (j, x * j))
    apart = first + second
    nested = sp.Sum(sp.Sum(x**i * j, (j, 0, k)), (i, 0, 1))
    assert WriteOut(i).check(nested, sp.Eq, apart, DOMAIN).accepted


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (sp.Sum(x**i, (i, 0, 1)), x),  # a term lost
        (sp.Sum(x**i, (i, 0, 1)), 1 + x + x**2),  # a term too many
        (sp.Sum(x**i, (i, 0, k)), 1 + x),  # not between two numbers
        (sp.Sum(x**i, (i, 0, 20)), sp.Integer(1)),  # too many
        (sp.Sum(x, (j, 0, i), (i, 0, 1)), 3 * x),  # an end depends on the index
        (x, x),  # no such sum
    ],
)
def test_what_is_no_sum_of_a_few_terms_is_refused(left, right) -> None:
    assert not WriteOut(i).check(left, sp.Eq, right, DOMAIN).accepted


def test_terms_that_vanish_are_left_out() -> None:
    least = sp.Symbol("l", integer=True, positive=True)
    early = sp.Le(j, least - 1, evaluate=False)
    reached = sp.Piecewise((j, sp.Ge(j, least, evaluate=False)), (0, True))
    target: Any = sp.Sum(reached, (j, 0, k))
    domain = Domain({**DOMAIN.ranges, least: sp.Range(1, sp.oo)}, (sp.Le(least, k, evaluate=False),))
    zero = Indicators(certain=[(sp.Lt(j, least, evaluate=False), Sign(given={early: sp.S.One}))], by=Algebra())
    later: Any = sp.Sum(reached, (j, least, k))
    assert SkipZeros(target, least, zero).check(target, sp.Eq, later, domain).accepted
    strictly = sp.Piecewise((j, sp.Gt(j, least - 1, evaluate=False)), (0, True))
    target = sp.Sum(strictly, (j, 0, k))
    later = sp.Sum(strictly, (j, least, k))
    zero = Indicators(certain=[(early, Sign(given={early: sp.S.One}))], by=Algebra())
    skip = SkipZeros(target, least, zero)
    assert skip.check(target, sp.Eq, later, domain).accepted
    assert skip.check(3 * target, sp.Eq, 3 * later, domain).accepted
    assert not skip.check(target, sp.Le, later, domain).accepted
    assert not skip.check(target, sp.Eq, sp.Sum(strictly, (j, least + 1, k)), domain).accepted
    assert (
        not SkipZeros(target, least + 1, zero)
        .check(target, sp.Eq, sp.Sum(strictly, (j, least + 1, k)), domain)
        .accepted
    )
    assert not skip.check(target, sp.Eq, later, Domain({**DOMAIN.ranges, least: sp.Range(1, sp.oo)})).accepted
    assert "does not occur" in skip.check(later, sp.Eq, later + 1, domain).message
