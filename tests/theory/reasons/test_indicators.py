"""Steps between indicators, and the events that do not contain each other."""

from __future__ import annotations

import sympy as sp

from theory.claim import Domain
from theory.reasons import Cases, Contradiction, Indicators, Sign, Since

x, y = sp.symbols("x y", real=True)
LINE = Domain({x: sp.Interval(-sp.oo, sp.oo), y: sp.Interval(-sp.oo, sp.oo)})
HIGH, HIGHER = sp.Gt(x, 1), sp.Gt(x, 2)


def indicator(condition):
    return sp.Piecewise((1, condition), (0, True))


def test_an_event_within_another() -> None:
    within = Indicators(implied=[(HIGHER, HIGH, Sign())])
    assert within.check(indicator(HIGHER), sp.Le, indicator(HIGH), LINE).accepted
    assert not within.check(indicator(HIGH), sp.Le, indicator(HIGHER), LINE).accepted


def test_an_implication_that_is_false_is_refused() -> None:
    assert (
        not Indicators(implied=[(HIGH, HIGHER, Sign())]).check(indicator(HIGH), sp.Le, indicator(HIGHER), LINE).accepted
    )


def test_without_an_implication_events_are_unrelated() -> None:
    assert not Indicators().check(indicator(HIGHER), sp.Le, indicator(sp.Gt(y, 2)), LINE).accepted
    both = indicator(HIGHER) + indicator(sp.Gt(y, 2))
    either = indicator(sp.Or(HIGHER, sp.Gt(y, 2)))
    assert Indicators().check(either, sp.Le, both, LINE).accepted
    assert not Indicators().check(both, sp.Le, either, LINE).accepted


def test_what_is_certain_must_be_shown() -> None:
    positive = Domain({x: sp.Interval.open(3, sp.oo)})
    assert Indicators(certain=[(HIGHER, Sign())]).check(sp.Integer(1), sp.Le, indicator(HIGHER), positive).accepted
    assert not Indicators(certain=[(HIGHER, Sign())]).check(sp.Integer(1), sp.Le, indicator(HIGHER), LINE).accepted


def test_a_condition_that_does_not_occur_is_named() -> None:
    strange = Indicators(implied=[(sp.Gt(y, 5), HIGH, Sign())])
    assert "is not among" in strange.check(indicator(HIGHER), sp.Le, indicator(HIGH), LINE).message


def test_a_contradiction_must_be_one() -> None:
    unit = Domain({x: sp.Interval(0, 1)})
    never = sp.Gt(x, 2)
    assert Cases(never, where=Contradiction(never), otherwise=Sign()).check(x, sp.Le, sp.Integer(1), unit).accepted
    possible = sp.Gt(x, sp.Rational(1, 2))
    step = Cases(possible, where=Contradiction(possible), otherwise=Sign())
    assert not step.check(2 * x, sp.Le, sp.Integer(1), unit).accepted


def test_facts_must_be_shown_before_they_are_used() -> None:
    unit = Domain({x: sp.Interval(0, 1)})
    true_fact, false_fact = sp.Le(x**2, 1, evaluate=False), sp.Le(x, sp.Rational(1, 2), evaluate=False)
    assert (
        Since({true_fact: Sign()}, then=Sign(given={true_fact: sp.S.One}))
        .check(x**2, sp.Le, sp.Integer(1), unit)
        .accepted
    )
    assert (
        not Since({false_fact: Sign()}, then=Sign(given={false_fact: sp.S.One}))
        .check(x, sp.Le, sp.Rational(1, 2), unit)
        .accepted
    )
