"""Each remedy proves what it is for, in nodes the independent checker accepts, and refuses what is not true."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from theory.domain import Domain
from theory.evidence import Verdict
from theory.rigor import certificate as nodes
from theory.rigor import hints, remedies
from theory.rigor.certificate import Certificate, Goal, Node, initial_goal, variable
from theory.rigor.checker import check_certificate
from theory.rigor.engine import Engine
from theory.rigor.polynomial import polynomial_decides
from theory.rigor.prove import Budget, prove
from theory.rigor.rules import relation
from theory.rigor.search import Meter

R, oo = sp.Rational, sp.oo
x, y, t, k = (variable(name) for name in ("x", "y", "t", "k"))
UNIT = sp.Interval(0, 1)


def ge(left: Any, right: Any = 0) -> Any:
    return sp.Ge(left, right, evaluate=False)


def start(statement: Any, domain: Domain) -> tuple[Goal, Engine]:
    goal = initial_goal(statement, domain)
    return goal, Engine(goal, Meter(Budget(2000, 30.0)), 64)


def accepted(statement: Any, domain: Domain, node: Node | None) -> None:
    assert node is not None
    report = check_certificate(statement, domain, Certificate(node))
    assert report.verdict is Verdict.HOLDS, report.message


def test_rewriting_needs_the_identity() -> None:
    statement, domain = ge(x**2 + 1, 2 * x), Domain({x: sp.Interval(-5, 5)})
    goal, engine = start(statement, domain)
    accepted(statement, domain, remedies.rewrite(goal, ge((x - 1) ** 2), 1, engine, engine.quickly))
    assert remedies.rewrite(goal, ge((x - 1) ** 2 + R(1, 10**9)), 1, engine, engine.quickly) is None


def test_rewriting_needs_the_sign_of_the_factor() -> None:
    statement, domain = ge(x * (1 + y**2)), Domain({x: UNIT, y: UNIT})
    goal, engine = start(statement, domain)
    accepted(statement, domain, remedies.rewrite(goal, ge(x), 1 + y**2, engine, engine.quickly))
    goal, engine = start(ge(x * (y**2 - R(1, 2))), domain)
    assert remedies.rewrite(goal, ge(x), y**2 - R(1, 2), engine, engine.quickly) is None


def test_a_strict_statement_does_not_follow_from_a_weak_one() -> None:
    goal, engine = start(sp.Gt(x, 0, evaluate=False), Domain({x: UNIT}))
    assert remedies.rewrite(goal, ge(x), 1, engine, engine.quickly) is None


def test_squares_are_completed() -> None:
    forms = list(remedies.complete_squares(x**2 + 2 * x * y + 3 * y**2))
    assert (x + y) ** 2 + 2 * y**2 in forms
    assert all(sp.expand(form - (x**2 + 2 * x * y + 3 * y**2)) == 0 for form in forms)


def test_collapse_of_a_monotone_variable() -> None:
    statement, domain = ge(x * (1 + y), x), Domain({x: UNIT, y: sp.Interval(0, oo)})
    goal, engine = start(statement, domain)
    accepted(statement, domain, remedies.collapse(goal, y, "low", engine, engine.quickly, engine.quickly))
    goal, engine = start(ge(x * (1 + y) * (2 - y), x), Domain({x: UNIT, y: sp.Interval(0, 2)}))
    assert remedies.collapse(goal, y, "low", engine, engine.quickly, engine.quickly) is None


def test_collapse_across_a_pole_is_refused() -> None:
    """1/y falls on both sides of its pole, but it is not monotone on [-1, 1]."""
    goal, engine = start(ge(-1 / y, 1), Domain({y: sp.Interval(-1, 1)}))
    assert remedies.collapse(goal, y, "low", engine, engine.quickly, engine.quickly) is None


def test_logarithms() -> None:
    statement, domain = ge(x**3 * sp.exp(x), x**2 * sp.exp(x)), Domain({x: sp.Interval(1, oo)})
    goal, engine = start(statement, domain)
    node = remedies.logarithm(goal, engine, engine.quickly)
    accepted(statement, domain, node)
    assert isinstance(node, nodes.Logarithm)
    goal, engine = start(ge(x**3, x**2), Domain({x: sp.Interval(-1, 1)}))
    assert remedies.logarithm(goal, engine, engine.quickly) is None


def test_a_substitution_needs_its_image_and_its_inverse() -> None:
    statement, domain = ge(2 * x, x + 1), Domain({x: sp.Interval(1, oo)})
    goal, engine = start(statement, domain)
    image = nodes.Span(sp.S.Zero, sp.S.One, True)
    good = remedies.substitution(goal, x, 1 / t, t, image, 1 / x, engine, lambda g: engine.prove(g, 1, 200))
    accepted(statement, domain, good)
    too_small = nodes.Span(R(1, 10), sp.S.One)
    assert remedies.substitution(goal, x, 1 / t, t, too_small, 1 / x, engine, engine.quickly) is None
    assert remedies.substitution(goal, x, 1 / t, t, image, 1 / x**2, engine, engine.quickly) is None


def test_hypothesis_as_variable() -> None:
    statement = ge(x ** (y * (1 + y)), x)
    domain = Domain({x: sp.Interval(2, oo), y: sp.Interval(0, oo)}, (ge(y * (1 + y), 1),))
    goal, engine = start(statement, domain)
    accepted(statement, domain, remedies.hypothesis_as_variable(goal, engine, lambda g: engine.prove(g, 0, 200)))


def test_multiple_of_a_hypothesis() -> None:
    domain = Domain({x: UNIT, y: UNIT}, (ge(sp.exp(x), sp.cosh(2 * y)),))
    statement = ge(sp.exp(x - y), sp.exp(-y) * sp.cosh(2 * y))
    goal, engine = start(statement, domain)
    accepted(statement, domain, remedies.multiple_of_hypothesis(goal, engine))
    weaker = Domain(domain.ranges, (ge(sp.exp(x) + R(1, 100), sp.cosh(2 * y)),))
    goal, engine = start(statement, weaker)
    assert remedies.multiple_of_hypothesis(goal, engine) is None


def test_tail_of_an_unbounded_variable() -> None:
    domain = Domain({x: sp.Interval(2, 4), y: sp.Interval(0, oo)})
    statement = ge(sp.exp(y), x * y - R(17, 10))
    goal, engine = start(statement, domain)
    node = remedies.tail(goal, y, engine, lambda g: engine.prove(g, 0, 200), lambda g: engine.search(g, 2000))
    accepted(statement, domain, node)
    assert isinstance(node, nodes.Split)
    goal, engine = start(ge(sp.exp(y), x * y + R(1, 10)), domain)
    assert remedies.tail(goal, y, engine, lambda g: engine.prove(g, 0, 200), lambda g: engine.search(g, 2000)) is None


def test_valley() -> None:
    domain = Domain({x: sp.Interval(-3, 3), y: sp.Interval(-3, 3)})
    statement = ge(sp.exp(x**2 + y**2), 1 + y**2)
    goal, engine = start(statement, domain)
    node = remedies.valley(goal, x, [Fraction(1), Fraction(0)], engine, lambda g: engine.prove(g, 1, 200))
    accepted(statement, domain, node)
    assert remedies.valley(goal, x, [Fraction(1)], engine, engine.quickly) is None


def test_enumeration() -> None:
    statement, domain = ge((k - 2) * (k - 3)), Domain({k: sp.Range(0, 9)})
    goal, engine = start(statement, domain)
    node = remedies.enumeration(goal, k, engine.quickly)
    accepted(statement, domain, node)
    assert isinstance(node, nodes.Enumeration)
    assert len(node.parts) == 9
    goal, engine = start(ge((k - 2) * (k - 4)), domain)
    assert remedies.enumeration(goal, k, engine.quickly) is None


@pytest.mark.parametrize(
    ("statement", "hypotheses"),
    [
        (ge(x**4 + y**4 + 1, 4 * x * y - 1), ()),
        (ge(x**2, 1), (ge(x, 1),)),
        (ge(2 * sp.exp(x) ** 2, sp.exp(2 * x)), ()),
        (ge(1 / (1 + x**2)), ()),
        (ge(x * sp.exp(y), 2 * x), (ge(sp.exp(y), 2), ge(x))),
    ],
)
def test_z3_proves_what_touches_zero(statement: Any, hypotheses: tuple) -> None:
    domain = Domain({x: sp.Interval(-oo, oo), y: sp.Interval(-oo, oo)}, hypotheses)
    assert polynomial_decides(initial_goal(statement, domain))
    accepted(statement, domain, nodes.Polynomial())


@pytest.mark.parametrize(
    ("statement", "hypotheses"),
    [
        (ge(x**4 + y**4 + 1, 4 * x * y - R(9, 10) + 1), ()),
        (ge(x**2, 1), (ge(x, R(99, 100)),)),
        (ge(sp.exp(y), sp.exp(x)), ()),
        (ge(1 / x), ()),
        (ge(x * sp.exp(y), 2 * x), (ge(sp.exp(y), 2),)),
    ],
)
def test_z3_does_not_prove_what_is_false(statement: Any, hypotheses: tuple) -> None:
    domain = Domain({x: sp.Interval(-oo, oo), y: sp.Interval(-oo, oo)}, hypotheses)
    assert not polynomial_decides(initial_goal(statement, domain))


n = sp.Symbol("n", integer=True, positive=True)
HINTED = {
    "substitute": (ge(n**2, 3 * n - 3), {n: sp.Range(2, oo)}, [hints.Substitute({n: 1 / t})], nodes.Substitution),
    "substitute the same name": (ge(n, 1), {n: sp.Range(2, oo)}, [hints.Substitute({n: n + 2})], nodes.Substitution),
    "range and inverse given": (
        ge(sp.exp(x) + sp.exp(-x), 2),
        {x: sp.Interval(0, oo)},
        [hints.Substitute({x: sp.log(t)}, {t: sp.Interval(1, oo)}, {t: sp.exp(x)})],
        nodes.Substitution,
    ),
    "multiply": (ge(1 / x, 1), {x: sp.Interval.Lopen(0, 1)}, [hints.MultiplyBy(x)], nodes.Rewrite),
    "collapse": (ge(x + y, x), {x: UNIT, y: UNIT}, [hints.Collapse(y)], nodes.Collapse),
    "collapse to an end": (ge(x, x * y), {x: UNIT, y: UNIT}, [hints.Collapse(y, "high")], nodes.Collapse),
    "enumerate": (ge((n - 2) * (n - 3)), {n: sp.Range(1, 9)}, [hints.Enumerate(n)], nodes.Enumeration),
    "split": (ge(x**2 - x, R(-1, 4)), {x: UNIT}, [hints.SplitAt(x, R(1, 2))], nodes.Split),
    "logarithms": (
        ge(sp.exp(x**2), sp.exp(2 * x - 1)), {x: sp.Interval(-oo, oo)}, [hints.TakeLogarithms()], nodes.Logarithm,
    ),
    "prove a fact": (
        ge(sp.exp(x) ** 3, sp.exp(x) ** 2), {x: sp.Interval(0, oo)}, [hints.Prove(ge(sp.exp(x), 1))], nodes.Cut,
    ),
    "rearrange": (
        ge(x**2 + 1, 2 * x), {x: sp.Interval(-oo, oo)}, [hints.Rearrange(ge((x - 1) ** 2))], nodes.Rewrite,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HINTED)
def test_hints_are_carried_out_and_checked(name: str) -> None:
    statement, ranges, given, kind = HINTED[name]
    domain = Domain(ranges)
    outcome = prove(statement, domain, hints=given, budget=Budget(2000, 30.0))
    assert outcome.certificate is not None, outcome.message
    assert isinstance(outcome.certificate.root, kind)
    accepted(statement, domain, outcome.certificate.root)


def test_a_wrong_hint_proves_nothing() -> None:
    statement, domain = ge(x, R(1, 2)), Domain({x: sp.Interval(0, 1)})
    for given in (hints.Prove(ge(x, 1)), hints.Rearrange(ge(x)), hints.MultiplyBy(sp.S.NegativeOne)):
        outcome = prove(statement, domain, hints=[given], budget=Budget(500, 10.0))
        assert outcome.verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (hints.Collapse(sp.Symbol("z")), "names z"),
        (hints.Substitute({sp.Symbol("z"): 1 / t}), "replaces z"),
        (hints.Substitute({x: sp.Integer(3)}), "exactly one symbol"),
    ],
)
def test_a_hint_about_nothing_is_refused_with_a_sentence(given: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        prove(ge(x * sp.exp(-x), x * (1 - x)), Domain({x: sp.Interval(0, 3)}), hints=[given])


def test_relations_stay_as_they_are_written() -> None:
    assert relation((x - 1) ** 2, ">=") != sp.true
