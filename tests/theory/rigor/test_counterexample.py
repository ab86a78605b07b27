"""Counterexamples are exact points of the domain, confirmed; what is true has none."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from theory.domain import Domain
from theory.evidence import Effort
from theory.rigor.certificate import Goal, Span, initial_goal, variable
from theory.rigor.counterexample import confirmed, false_somewhere, find_counterexample, simplest
from theory.rigor.evaluate import UnsupportedExpression

R, oo = sp.Rational, sp.oo
x, y = sp.symbols("x y", real=True)
n, m = sp.symbols("n m", integer=True, positive=True)
UNIT = sp.Interval(0, 1)


def le(left: Any, right: Any) -> Any:
    return sp.Le(left, right, evaluate=False)


FALSE = {
    "inside": (le(x * (1 - x), R(2499, 10000)), {x: UNIT}, ()),
    "at a corner": (sp.Lt(x + y, 2, evaluate=False), {x: UNIT, y: UNIT}, ()),
    "next to an open end": (sp.Gt(x, R(1, 100), evaluate=False), {x: sp.Interval.open(0, 1)}, ()),
    "far out": (le(sp.log(n), 20), {n: sp.Range(1, oo)}, ()),
    "an integer": (sp.Ge((n - 2) * (n - 4), 0, evaluate=False), {n: sp.Range(1, oo)}, ()),
    "next to a hypothesis": (sp.Ge(x, R(1, 3), evaluate=False), {x: sp.Interval(0, oo)}, (sp.Ge(x, R(33, 100)),)),
    "on an equation": (le(x * y, R(24, 100)), {x: UNIT, y: UNIT}, (sp.Eq(x + y, 1, evaluate=False),)),
    "one of several values": (sp.Ge(x * y, -1, evaluate=False), {x: sp.FiniteSet(-1, 1), y: sp.FiniteSet(0, 3)}, ()),
    "a disjunction": (sp.Or(le(x, R(1, 4)), sp.Ge(x, R(1, 2), evaluate=False)), {x: UNIT}, ()),
    "narrow": (le(sp.exp(-(1000 * (x - R(1, 7)) ** 2)), R(999, 1000)), {x: UNIT}, ()),
}


@pytest.mark.parametrize("name", FALSE)
def test_false_statements_have_witnesses(name: str) -> None:
    statement, ranges, hypotheses = FALSE[name]
    domain = Domain(ranges, hypotheses)
    witness = find_counterexample(statement, domain)
    assert witness is not None
    assert confirmed(statement, domain, witness)
    assert all(value in values for value, values in zip(witness.values(), ranges.values(), strict=True))


TRUE = {
    "inside": (le(x * (1 - x), R(1, 4)), {x: UNIT}, ()),
    "an open end": (sp.Gt(x, 0, evaluate=False), {x: sp.Interval.open(0, 1)}, ()),
    "integers": (sp.Ge((n - 2) * (n - 3), 0, evaluate=False), {n: sp.Range(1, oo)}, ()),
    "under a hypothesis": (sp.Ge(x, R(1, 3), evaluate=False), {x: sp.Interval(0, oo)}, (sp.Ge(x, R(1, 3)),)),
    "an irrational tie": (le(sp.sqrt(2) * sp.sqrt(3) + 0 * x, sp.sqrt(6)), {x: UNIT}, ()),
    "no point at all": (sp.Gt(x, 5, evaluate=False), {x: UNIT}, (sp.Gt(x, 2, evaluate=False),)),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_statements_have_none(name: str) -> None:
    statement, ranges, hypotheses = TRUE[name]
    assert find_counterexample(statement, Domain(ranges, hypotheses)) is None


def test_a_difference_below_double_precision_is_found() -> None:
    """At x = 1 the two sides differ by 1e-40."""
    statement = le(sp.exp(x) - sp.exp(1), -R(1, 10**40) + (1 - x) * 100)
    witness = find_counterexample(statement, Domain({x: UNIT}))
    assert witness is not None
    assert confirmed(statement, Domain({x: UNIT}), witness)


def test_confirmation_checks_range_hypothesis_and_statement() -> None:
    domain = Domain({x: sp.Interval.open(0, 1)}, (sp.Gt(x, R(1, 2), evaluate=False),))
    statement = sp.Lt(x, R(3, 4), evaluate=False)
    assert confirmed(statement, domain, {x: R(4, 5)})
    assert not confirmed(statement, domain, {x: R(3, 5)})  # true there
    assert not confirmed(sp.Gt(x, 2, evaluate=False), domain, {x: R(1, 4)})  # the hypothesis is false there
    assert not confirmed(statement, domain, {x: sp.S.One})  # the end is open
    assert not confirmed(sp.Gt(n, 2, evaluate=False), Domain({n: sp.Range(1, 9)}), {n: R(3, 2)})


def test_witnesses_are_made_short() -> None:
    domain = Domain({x: UNIT})
    statement = le(x * (1 - x), R(1, 5))
    assert simplest(statement, domain, {x: R(499999, 1000000)}) == {x: R(1, 2)}
    far = Domain({n: sp.Range(1, oo)})
    assert simplest(le(n, 50), far, {n: sp.Integer(123456789)}) == {n: sp.Integer(100)}


def test_the_same_seed_gives_the_same_witness() -> None:
    statement, domain = FALSE["narrow"][0], Domain(FALSE["narrow"][1])
    assert find_counterexample(statement, domain, Effort(seed=3)) == find_counterexample(
        statement, domain, Effort(seed=3)
    )


def test_false_goals_are_seen_at_a_few_points() -> None:
    assert false_somewhere(initial_goal(sp.Gt(x, y), Domain({x: UNIT, y: UNIT})))
    assert not false_somewhere(initial_goal(sp.Gt(x + 2, y), Domain({x: UNIT, y: UNIT})))
    irrational = Span(sp.sqrt(2), sp.sqrt(2), values=(sp.sqrt(2),))
    assert not false_somewhere(Goal({variable("x"): irrational}, (), sp.Gt(variable("x"), 5)))


def test_what_cannot_be_evaluated_is_said() -> None:
    with pytest.raises(UnsupportedExpression, match="zeta"):
        find_counterexample(le(sp.zeta(x), 1), Domain({x: sp.Interval(2, 3)}))


def test_a_domain_without_symbols() -> None:
    assert find_counterexample(sp.Gt(sp.pi, 4, evaluate=False), Domain({})) == {}
    assert find_counterexample(sp.Gt(sp.pi, Fraction(3), evaluate=False), Domain({})) is None
