"""The contact rule: inequalities that are tight at a point of one variable."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from theory.domain import Domain
from theory.evidence import Verdict
from theory.rigor.certificate import Certificate, Node, initial_goal, variable
from theory.rigor.checker import check_certificate
from theory.rigor.contact import contact, touching_points
from theory.rigor.engine import Engine
from theory.rigor.prove import Budget
from theory.rigor.search import Meter

R, oo = sp.Rational, sp.oo
x, y = variable("x"), variable("y")


def by_contact(statement: Any, domain: Domain, seconds: float = 60.0) -> Node | None:
    goal = initial_goal(statement, domain)
    return contact(goal, x, Engine(goal, Meter(Budget(20_000, seconds)), 64), 2000)


TIGHT = {
    "order 2, on the whole line": (sp.exp(x) - 1 - x, sp.Interval(-oo, oo)),
    "order 2, inside": (sp.exp(-1) - x * sp.exp(-x), sp.Interval(0, 9)),
    "order 3, at an open end": (sp.sinh(x) - x - x**3 / 6, sp.Interval.open(0, 5)),
    "order 4": (sp.cosh(x) - 1 - x**2 / 2, sp.Interval(-3, 3)),
    "outside the range": (sp.exp(x) - 1 - x - x**2 / 2, sp.Interval(R(1, 100), 2)),
    "neighbourhood and boxes": (sp.exp(x) - 1 - x - x**3 / 4, sp.Interval(0, 3)),
    "at both ends": (sp.cos(sp.pi * x / 2) - 1 + x, sp.Interval(0, 1)),
    "for every value of another variable": (sp.exp(x * y) - 1 - x * y, sp.Interval(0, 2)),
}


@pytest.mark.parametrize("name", TIGHT)
def test_tight_inequalities(name: str) -> None:
    gap, values = TIGHT[name]
    statement, domain = sp.Ge(gap, 0, evaluate=False), Domain({x: values, y: sp.Interval(1, 2)})
    node = by_contact(statement, domain)
    assert node is not None
    report = check_certificate(statement, domain, Certificate(node))
    assert report.verdict is Verdict.HOLDS, report.message


@pytest.mark.parametrize("name", TIGHT)
def test_a_slope_too_much_is_not_proved(name: str) -> None:
    gap, values = TIGHT[name]
    false = gap - x**2 if "order 2" not in name else gap - (x if "line" in name else x - 1) / 10
    statement, domain = sp.Ge(false, 0, evaluate=False), Domain({x: values, y: sp.Interval(1, 2)})
    assert by_contact(statement, domain, seconds=5.0) is None


def test_no_contact_no_proof_by_contact() -> None:
    assert by_contact(sp.Ge(sp.exp(x) - x, 0, evaluate=False), Domain({x: sp.Interval(-2, 2)})) is None


@pytest.mark.parametrize("place", [Fraction(1, 3), Fraction(5, 2), Fraction(-7, 8)])
def test_touching_points_are_proposed(place: Fraction) -> None:
    gap = (x - R(place.numerator, place.denominator)) ** 2 * sp.exp(x)
    goal = initial_goal(sp.Ge(gap, 0, evaluate=False), Domain({x: sp.Interval(-5, 5)}))
    assert place in list(touching_points(gap, goal, x))


def test_a_minimum_with_something_infinite_at_the_point_is_no_contact() -> None:
    gap = sp.Min(1, 5 / x) - y * x * sp.exp(-x)  # SymPy cannot put x = 0 into the minimum
    statement, domain = sp.Ge(gap, 0, evaluate=False), Domain({x: sp.Interval(1, 9), y: sp.Interval(1, 2)})
    with pytest.raises(ValueError, match="not comparable"):
        gap.xreplace({x: sp.Integer(0)})
    by_contact(statement, domain)  # whatever it answers, it answers
