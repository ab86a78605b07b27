"""The rules of certificates, as the search applies them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from theory.rigor.certificate import Goal, Span, variable
from theory.rigor.rules import (
    algebra_decides,
    boolean_goals,
    collapse_goals,
    difference,
    image_statement,
    reduces_to_zero,
    regularity,
    relation,
    split_goals,
    substituted,
    values_of,
)

x, y, n = variable("x"), variable("y"), variable("n")
LINE = Span(-sp.oo, sp.oo, True, True)
POSITIVE = Span(sp.S.Zero, sp.oo, True, True)
SPANS = {x: POSITIVE, y: LINE, n: Span(sp.Integer(2), sp.oo, False, True, integer=True)}


def goal(statement: Any, *hypotheses: Any, spans: dict | None = None) -> Goal:
    return Goal(spans or SPANS, hypotheses, statement)


def test_differences_point_the_right_way() -> None:
    assert difference(sp.Le(x, y)) == (y - x, ">=")
    assert difference(sp.Lt(x, y)) == (y - x, ">")
    assert difference(sp.Ge(x, y)) == (x - y, ">=")
    assert difference(sp.Ne(x, y)) == (x - y, "!=")
    assert difference(sp.And(sp.Gt(x, 0), sp.Gt(y, 0))) is None


@pytest.mark.parametrize(
    "expression",
    [
        (x + y) ** 2 - x**2 - 2 * x * y - y**2,
        sp.log(x * sp.exp(y)) - sp.log(x) - y,
        sp.sqrt(x**2) - x,
        sp.cosh(y) ** 2 - sp.sinh(y) ** 2 - 1,
        n ** (x + 1) / n - sp.exp(x * sp.log(n)),
        (sp.sqrt(1 + 4 * x * (1 + x)) - 1) / 2 - x,
    ],
)
def test_identities_reduce_to_zero(expression: Any) -> None:
    assert reduces_to_zero(expression, SPANS)
    assert not reduces_to_zero(expression + x / 10**9, SPANS)


def test_signs_come_from_spans_and_not_from_wishes() -> None:
    assert not reduces_to_zero(sp.sqrt(y**2) - y, SPANS)
    assert reduces_to_zero(sp.sqrt(y**2) - y, {y: Span(sp.S.Zero, sp.S.One)})


def test_algebra() -> None:
    assert algebra_decides(goal(relation(n - 2, ">=")))
    assert not algebra_decides(goal(relation(n - 2, ">")))
    assert algebra_decides(goal(relation(n**2 - 3 * n + 3, ">")))
    assert algebra_decides(goal(relation(1 / x, "!=")))
    assert algebra_decides(goal(sp.Eq((y + 1) ** 2, y**2 + 2 * y + 1, evaluate=False)))
    assert not algebra_decides(goal(sp.Eq((y + 1) ** 2, y**2 + 2 * y, evaluate=False)))


def test_boolean_goals() -> None:
    p, q = sp.Gt(x, 1), sp.Gt(y, 1)
    implication = boolean_goals(goal(sp.Implies(p, q, evaluate=False), sp.Gt(x, 0)))
    assert implication is not None
    assert implication[0].hypotheses == (sp.Gt(x, 0), p)
    assert implication[0].statement == q
    either = boolean_goals(goal(sp.Or(p, q)))
    assert either is not None
    assert either[0].hypotheses == (sp.Not(either_first := sp.Or(p, q).args[0]),)
    assert either_first != either[0].statement
    assert boolean_goals(goal(p)) is None


def test_splitting_integers_leaves_no_integer_out() -> None:
    below, above = split_goals(goal(sp.Gt(n, 1)), n, Fraction(7, 2))
    assert below.spans[n].high == 3
    assert above.spans[n].low == 4
    below, above = split_goals(goal(sp.Gt(x, 1)), x, Fraction(7, 2))
    assert below.spans[x].high == above.spans[x].low == sp.Rational(7, 2)
    assert not above.spans[x].left_open


def test_values() -> None:
    assert values_of(Span(sp.Integer(2), sp.Integer(4), integer=True)) == (2, 3, 4)
    assert values_of(Span(sp.Integer(2), sp.oo, integer=True)) is None
    assert values_of(LINE) is None


def test_substitution_replaces_variable_span_and_hypotheses() -> None:
    t = variable("t")
    span = Span(sp.S.Zero, sp.Rational(1, 2), True)
    inner = substituted(goal(sp.Gt(n, 1), sp.Gt(n, y)), n, 1 / t, t, span)
    assert list(inner.spans) == [x, y, t]
    assert inner.hypotheses == (sp.Gt(1 / t, y),)
    assert image_statement(1 / n, span).args == sp.And(sp.Lt(0, 1 / n), sp.Le(1 / n, sp.Rational(1, 2))).args


def test_regularity_names_every_condition() -> None:
    conditions = regularity(sp.log(x + 1) + 1 / (x - y) + sp.sqrt(x) + x**2 + sp.exp(1 / y), x)
    assert conditions is not None
    assert set(conditions.args) == {relation(x + 1, ">"), relation(x - y, "!="), relation(x, ">")}
    assert regularity(sp.Abs(x), x) is None
    assert regularity(sp.floor(x) + x, x) is None
    assert regularity(sp.Abs(y) + x, x) is sp.true


def test_collapse_drops_hypotheses_that_mention_the_variable_and_forgets_integrality() -> None:
    goals = collapse_goals(goal(relation(n * x - 2 * x, ">="), sp.Gt(n, x), sp.Gt(x, 1)), n, "low", strict=False)
    assert goals is not None
    regular, slope, face = goals
    assert [g.hypotheses for g in goals] == [(sp.Gt(x, 1),)] * 3
    assert not slope.spans[n].integer
    assert not regular.spans[n].integer
    assert slope.statement == relation(x, ">=")
    assert n not in face.spans
    assert face.statement == sp.true


def test_collapse_refuses_infinite_ends_kinks_and_idle_strictness() -> None:
    assert collapse_goals(goal(relation(n * x, ">=")), n, "high", strict=False) is None
    assert collapse_goals(goal(relation(sp.Abs(n - 3), ">=")), n, "low", strict=False) is None
    assert collapse_goals(goal(relation(n * x, ">")), n, "low", strict=True) is None  # the end 2 is not open
    goals = collapse_goals(goal(relation(x * n, ">")), x, "low", strict=True)
    assert goals is not None
    assert goals[1].statement == relation(n, ">")
