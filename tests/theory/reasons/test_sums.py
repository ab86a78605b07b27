"""Closed forms with their induction check, the binomial theorem, and sums compared term by term."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from theory.claim import Domain
from theory.reasons import CombineSums, EvaluateSum, ReverseSum, Sign, TermwiseSum

x = sp.Symbol("x", real=True)
p = sp.Symbol("p", real=True)
n = sp.Symbol("n", integer=True, positive=True)
m = sp.Symbol("m", integer=True)
i, j, k = sp.symbols("i j k", integer=True)
DOMAIN = Domain({x: sp.Interval(-sp.oo, sp.oo), p: sp.Interval(0, 1), n: sp.Range(1, sp.oo), m: sp.Range(0, sp.oo)})


def total(term: Any, low: Any = 1, high: Any = n, index: Any = j) -> Any:
    return sp.Sum(term, (index, low, high))


EVALUATED: list[Any] = [
    (total(j), n * (n + 1) / 2),
    (total(j**3 + 2), (n * (n + 1) / 2) ** 2 + 2 * n),
    (total(2**j, 0), 2 ** (n + 1) - 1),
    (total(1 / (j * (j + 1))), n / (n + 1)),
    (total(x, 1, n - 1) + 3, 3 + (n - 1) * x),
    (total(x * j), x * n * (n + 1) / 2),
    (1 / (1 + total(x**2)), 1 / (1 + n * x**2)),
    (total(total(j, 1, k), index=k), n * (n + 1) * (n + 2) / 6),
    (sp.Sum(i * j, (i, 1, j), (j, 1, 3)), sp.Integer(25)),
    (total(sp.binomial(n, j) * x**j * 2 ** (n - j), 0), (x + 2) ** n),
    (total(sp.binomial(n, j) * sp.exp(x * (2 * j - n)), 0) / 2**n, sp.cosh(x) ** n),
    (total(sp.binomial(n, j), 0), 2**n),
    (total(sp.binomial(n, j) * p**j * (1 - p) ** (n - j), 0), sp.Integer(1)),
    (total(sp.Piecewise((x, sp.Eq(j, n)), (3, True))), x + 3 * (n - 1)),
    (total(x * sp.KroneckerDelta(j, 1)), x),
]


@pytest.mark.parametrize(("left", "right"), EVALUATED)
def test_closed_forms_are_shown_and_wrong_ones_refused(left, right):
    assert EvaluateSum().check(left, sp.Eq, right, DOMAIN).accepted
    assert not EvaluateSum().check(left, sp.Eq, right + sp.Rational(1, 1000), DOMAIN).accepted
    numbers = {n: 4, x: sp.Rational(2, 3), p: sp.Rational(1, 5)}
    assert abs(sp.N(left.subs(numbers).doit() - sp.sympify(right).subs(numbers), 30)) < 1e-25


def test_the_author_may_propose_a_closed_form_and_induction_judges_it():
    roots = total(1 / (sp.sqrt(j) + sp.sqrt(j + 1)))
    right = sp.sqrt(n + 1) - 1
    assert EvaluateSum(lambda last: sp.sqrt(last + 1) - 1).check(roots, sp.Eq, right, DOMAIN).accepted
    for wrong in (lambda last: sp.sqrt(last + 1), lambda last: sp.sqrt(last + 2) - 1, lambda last: last / 3):
        found = EvaluateSum(wrong).check(roots, sp.Eq, right, DOMAIN)
        assert "No closed form was shown" in found.message


@pytest.mark.parametrize(
    ("left", "right", "sentence"),
    [
        (total(sp.exp(-(j**2))), x, "No closed form was shown"),
        (total(j, 1, n - 3), (n - 3) * (n - 2) / 2, "n - 3 >= 0"),
        (total(sp.Piecewise((x, sp.Eq(j, 2)), (3, True))), x + 3 * (n - 1), "No closed form"),  # n may be 1
        (total(sp.binomial(n, j) * x**j, 0, n + 1), (1 + x) ** n, "No closed form"),
        (total(sp.binomial(n, j) ** 2 * x**j, 0), (1 + x) ** n, "No closed form"),
        (total(1 / (j - 2)), x, "Not defined"),
    ],
)
def test_what_is_not_shown_is_refused_with_a_reason(left, right, sentence):
    found = EvaluateSum().check(left, sp.Eq, right, DOMAIN)
    assert not found.accepted
    assert sentence in found.message


def test_evaluation_shows_no_inequality():
    assert not EvaluateSum().check(total(j), sp.Le, n**2, DOMAIN).accepted


def test_terms_are_compared_one_by_one():
    assert TermwiseSum(by=Sign()).check(total(j), sp.Le, total(j**2), DOMAIN).accepted
    assert not TermwiseSum(by=Sign()).check(total(j), sp.Le, total(j**2 - 1), DOMAIN).accepted
    assert TermwiseSum(by=Sign()).check(total(j) / n, sp.Lt, total(k**2 + 1, index=k) / n, DOMAIN).accepted


@pytest.mark.parametrize(
    ("left", "relation", "right", "sentence"),
    [
        (total(j), sp.Le, total(j, 1, n + 1), "different ranges"),
        (-total(j), sp.Le, -total(j**2), "same and >= 0"),
        (x * total(j), sp.Le, x * total(j**2), "same and >= 0"),
        (total(j, 1, m), sp.Lt, total(j**2 + 1, 1, m), "at least one term"),
        (total(j) * total(j), sp.Le, total(j**2) ** 2, "one sum"),
    ],
)
def test_sums_that_do_not_match_are_refused(left, relation, right, sentence):
    found = TermwiseSum(by=Sign()).check(left, relation, right, DOMAIN)
    assert not found.accepted
    assert sentence in found.message


def test_a_sum_may_run_backwards_and_sums_are_linear():
    down = total(sp.binomial(n, j) * x ** (n - j), 0)
    up = total(sp.binomial(n, j) * x**j, 0)
    assert ReverseSum(down).check(down, sp.Eq, up, DOMAIN).accepted
    assert not ReverseSum(down).check(down, sp.Eq, 2 * up, DOMAIN).accepted
    assert CombineSums().check(2 * total(j) + total(x), sp.Eq, total(2 * j + x), DOMAIN).accepted
    assert not CombineSums().check(2 * total(j) + total(x), sp.Eq, total(j + x), DOMAIN).accepted
    assert not CombineSums().check(total(j), sp.Eq, total(j, 1, n + 1), DOMAIN).accepted
    assert not CombineSums().check(total(j) + x, sp.Eq, total(j), DOMAIN).accepted


def test_the_inner_sum_is_the_term_of_a_sum_with_fewer_indices():
    inner = EvaluateSum()
    doubled: Any = sp.Sum(j, (j, 0, k), (k, 0, n))
    closed: Any = sp.Sum(k * (k + 1) / 2, (k, 0, n))
    assert TermwiseSum(by=inner).check(doubled, sp.Eq, closed, DOMAIN).accepted
    assert TermwiseSum(by=inner).check(closed, sp.Eq, doubled, DOMAIN).accepted
    assert not TermwiseSum(by=inner).check(doubled, sp.Eq, sp.Sum(k**2, (k, 0, n)), DOMAIN).accepted
    assert not TermwiseSum(by=inner).check(doubled, sp.Eq, sp.Sum(k * (k + 1) / 2, (k, 0, n - 1)), DOMAIN).accepted
    turned: Any = sp.Sum(j, (k, 0, n), (j, 0, n))  # the outermost index is another one
    assert not TermwiseSum(by=inner).check(turned, sp.Eq, closed, DOMAIN).accepted
