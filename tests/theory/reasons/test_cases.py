"""Case distinctions and contradictions: both parts must be shown, and nothing follows from what may be true."""

import pytest
import sympy as sp

from theory.claim import Domain
from theory.reasons import Algebra, Cases, Contradiction, Sign

x, y = sp.symbols("x y", real=True)
LINE = Domain({x: sp.Interval(-sp.oo, sp.oo)})
UNIT = Domain({x: sp.Interval(0, 1)})
POSITIVE = sp.Gt(x, 0)
ABSOLUTE = sp.Piecewise((x, POSITIVE), (-x, True))


def test_a_piecewise_is_decided_in_either_part():
    assert Cases(POSITIVE, Algebra(), Algebra()).check(ABSOLUTE, sp.Eq, sp.Abs(x), LINE).accepted
    assert Cases(POSITIVE, Sign(), Sign()).check(ABSOLUTE, sp.Ge, sp.Integer(0), LINE).accepted
    assert not Algebra().check(ABSOLUTE, sp.Eq, x, LINE).accepted


@pytest.mark.parametrize("right", [x, -x])
def test_one_part_is_not_enough(right):
    judgement = Cases(POSITIVE, Algebra(), Algebra()).check(ABSOLUTE, sp.Eq, right, LINE)
    assert not judgement.accepted
    assert judgement.message.startswith("Where x > 0:" if right == -x else "Where x <= 0:")


def test_a_condition_about_a_bound_variable_is_left_alone():
    k = sp.Symbol("k", integer=True)
    steps = sp.Sum(sp.Piecewise((1, k > 2), (0, True)), (k, 0, 4))
    assert not Cases(POSITIVE, Algebra(), Algebra()).check(steps, sp.Eq, sp.Integer(5), UNIT).accepted


@pytest.mark.parametrize("hypothesis", [sp.Gt(x, 1), sp.Lt(x, 0), sp.Ge(x**2, 2)])
def test_what_is_false_everywhere_is_a_contradiction(hypothesis):
    never = Domain(UNIT.ranges, (hypothesis,))
    assert Contradiction(hypothesis).check(x, sp.Eq, x + 1, never).accepted
    assert not Contradiction(hypothesis).check(x, sp.Eq, x + 1, UNIT).accepted  # it is not assumed there


@pytest.mark.parametrize("hypothesis", [sp.Ge(x, 1), sp.Le(x, 0), sp.Lt(x, sp.Rational(1, 2))])
def test_what_holds_somewhere_is_none(hypothesis):
    somewhere = Domain(UNIT.ranges, (hypothesis,))
    judgement = Contradiction(hypothesis).check(x, sp.Eq, x + 1, somewhere)
    assert not judgement.accepted
    assert "was not shown to be false" in judgement.message
    twice = Domain(UNIT.ranges, (hypothesis, hypothesis))
    assert not Contradiction(hypothesis).check(x, sp.Eq, x + 1, twice).accepted
