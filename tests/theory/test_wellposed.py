"""Which conditions an expression needs, and when the ranges and hypotheses grant them."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.claim import Domain
from theory.wellposed import undefined_conditions

x, y = sp.symbols("x y", real=True)
n = sp.Symbol("n", integer=True)
j = sp.Symbol("j", integer=True)
REALS = {x: sp.Interval(-sp.oo, sp.oo), y: sp.Interval(-sp.oo, sp.oo)}


def ne(expression):
    return sp.Ne(expression, 0, evaluate=False)


def positive(expression):
    return sp.Gt(expression, 0, evaluate=False)


@pytest.mark.parametrize(
    ("expression", "conditions"),
    [
        (1 / x, [ne(x)]),
        (x**2 / (x**2 + 1), []),
        (1 / (x - y), [ne(x - y)]),
        (sp.log(x), [positive(x)]),
        (sp.log(1 + x**2), []),
        (sp.sqrt(x), [sp.Ge(x, 0, evaluate=False)]),
        (1 / sp.sqrt(x), [positive(x)]),
        (sp.Pow(x, y), [positive(x)]),
        (sp.exp(x) + sp.tanh(x) + sp.erf(x) + sp.Abs(x), []),
        (sp.gamma(x), [positive(x)]),
        (sp.atanh(x / 2), [sp.Lt(sp.Abs(x / 2), 1, evaluate=False)]),
        (sp.acosh(x), [sp.Ge(x, 1, evaluate=False)]),
    ],
)
def test_conditions_on_the_real_line(expression, conditions):
    assert undefined_conditions(expression, Domain(REALS)) == conditions


@pytest.mark.parametrize(
    ("expression", "ranges", "hypotheses"),
    [
        (1 / x, {x: sp.Interval.open(0, 1)}, ()),
        (1 / x, {x: sp.Interval(0, 1)}, (ne(x),)),
        (1 / (x - y), {x: sp.Interval(0, 1), y: sp.Interval(2, 3)}, ()),
        (1 / (x - y), REALS, (sp.Gt(x, y),)),
        (sp.log(1 - x), {x: sp.Interval.Ropen(0, 1)}, ()),
        (sp.log(n - 1), {n: sp.Range(2, sp.oo)}, ()),
        (1 / (n + x**2), {n: sp.Range(1, sp.oo), x: REALS[x]}, ()),
        (x**n, {x: REALS[x], n: sp.Range(0, sp.oo)}, ()),
        (sp.sqrt(x * y), {x: sp.Interval(-sp.oo, 0), y: sp.Interval(-sp.oo, 0)}, ()),
        (1 / x, {x: sp.FiniteSet(-1, 1)}, ()),
    ],
)
def test_ranges_and_hypotheses_grant_conditions(expression, ranges, hypotheses):
    assert undefined_conditions(expression, Domain(ranges, hypotheses)) == []


@pytest.mark.parametrize(
    ("expression", "ranges"),
    [
        (1 / x, {x: sp.Interval(0, 1)}),
        (sp.log(1 - x), {x: sp.Interval(0, 1)}),
        (sp.log(n - 1), {n: sp.Range(1, sp.oo)}),
        (x**n, {x: REALS[x], n: sp.Range(-1, sp.oo)}),
        (1 / x, {x: sp.FiniteSet(-1, 0, 1)}),
    ],
)
def test_an_end_that_breaks_is_noticed(expression, ranges):
    assert undefined_conditions(expression, Domain(ranges))


def test_conditions_are_only_needed_where_the_guard_holds():
    domain = Domain(REALS)
    guarded = sp.Piecewise((1 / x, sp.Gt(x, 0)), (0, True))
    assert undefined_conditions(guarded, domain) == []
    assert undefined_conditions(sp.Piecewise((0, sp.Gt(x, 0)), (sp.sqrt(-x), True)), domain) == []
    assert undefined_conditions(sp.Piecewise((0, sp.Gt(x, 0)), (1 / x, True)), domain) == [ne(x)]
    implied = sp.Implies(sp.Gt(x, y), sp.Gt(1 / (x - y), 0, evaluate=False), evaluate=False)
    assert undefined_conditions(implied, domain) == []
    turned = sp.Implies(sp.Gt(1 / (x - y), 0, evaluate=False), sp.Gt(x, y), evaluate=False)
    assert undefined_conditions(turned, domain) == [ne(x - y)]


def test_hypotheses_must_be_defined_too():
    assert undefined_conditions(sp.Ge(x, 0), Domain(REALS, (sp.Gt(1 / x, 1, evaluate=False),))) == [ne(x)]


def test_finite_sums():
    domain = Domain({n: sp.Range(1, sp.oo), x: REALS[x]})
    assert undefined_conditions(sp.Sum(1 / j, (j, 1, n)), domain) == []
    assert undefined_conditions(sp.Sum(1 / j, (j, 0, n)), domain) == [ne(j)]
    assert undefined_conditions(sp.Sum(j, (j, 1, n - 1)), domain) == []
    assert undefined_conditions(sp.Sum(j, (j, 1, n - 3)), domain) == [sp.Ge(n - 3, 0, evaluate=False)]
    assert undefined_conditions(sp.Sum(1 / (n - j + 1), (j, 1, n)), domain) == []
    assert undefined_conditions(sp.Sum(sp.binomial(n, j), (j, 0, n)), domain) == []


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        (sp.Sum(x**j, (j, 0, sp.oo)), "infinitely many terms"),
        (sp.Sum(j, (j, 0, x)), "not shown to be an integer"),
        (sp.Sum(n, (n, 0, 3)) + n, "rename the index"),
        (sp.Sum(1, (sp.Symbol("k", positive=True, integer=True), 0, n)), "assumed .*positive.* runs from 0 to n"),
        (sp.Piecewise((1, sp.Gt(x, 0))), "no default"),
        (sp.polygamma(2, x), "give that class a method defined_where"),
        (sp.I * x, "not a real number"),
        (sp.Lt(x, sp.oo, evaluate=False), "not a real number"),
        (sp.binomial(x, 2, evaluate=False), "not shown to be an integer"),
    ],
)
def test_what_is_not_known_is_refused_in_a_sentence(expression, sentence):
    with pytest.raises(ValueError, match=sentence):
        undefined_conditions(expression, Domain({**REALS, n: sp.Range(1, sp.oo)}))


@pytest.mark.parametrize(
    ("symbol", "values", "named"),
    [
        (sp.Symbol("a", positive=True), sp.Interval(0, 1), "positive"),
        (sp.Symbol("k", integer=True), sp.Interval(0, 1), "integer"),
        (sp.Symbol("k", even=True), sp.Range(0, 9), "even"),
        (sp.Symbol("a", nonnegative=True), sp.Interval(-1, 1), "nonnegative"),
    ],
)
def test_an_assumption_beyond_the_range_is_refused_naming_both(symbol, values, named):
    with pytest.raises(ValueError, match=rf"{symbol} is assumed .*{named}.*range is"):
        undefined_conditions(symbol + 1, Domain({symbol: values}))


def test_assumptions_within_the_range_or_a_hypothesis_are_accepted():
    a = sp.Symbol("a", positive=True)
    assert undefined_conditions(1 / a, Domain({a: sp.Interval.open(0, 1)})) == []
    assert (
        undefined_conditions(
            1 / a, Domain({a: sp.Interval(0, 1)}, (sp.Gt(sp.Symbol("a", positive=True), 0, evaluate=False),))
        )
        == []
    )
    assert (
        undefined_conditions(
            sp.Symbol("s", integer=True, nonzero=True),
            Domain({sp.Symbol("s", integer=True, nonzero=True): sp.FiniteSet(-1, 1)}),
        )
        == []
    )


def test_a_function_of_ones_own_says_where_it_is_defined():
    class Half(sp.Function):
        def defined_where(self):
            return [sp.Ge(self.args[0], 0, evaluate=False)]

    assert undefined_conditions(Half(x), Domain(REALS)) == [sp.Ge(x, 0, evaluate=False)]
    assert undefined_conditions(Half(x), Domain({x: sp.Interval(0, 1)})) == []
