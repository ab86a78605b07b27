"""Facts are shown before they are used, in their order, and only where they were shown."""

import pytest
import sympy as sp

from theory.claim import Domain
from theory.reasons import Algebra, Lemma, Rearrange, Sign, Since

x, y = sp.symbols("x y", real=True)
UNIT = Domain({x: sp.Interval(0, 1)})
ONE, HALF = sp.S.One, sp.Rational(1, 2)
SQUARE, FOURTH = sp.Le(x**2, x, evaluate=False), sp.Le(x**4, x, evaluate=False)


def test_a_fact_may_use_those_before_it_and_none_after_it():
    from_square = Sign(given={SQUARE: x**2 + x})  # x - x^4 = (x - x^2)(1 + x + x^2)
    used = Sign(given={FOURTH: ONE})
    in_order = Since({SQUARE: Sign(), FOURTH: Sign(given={SQUARE: 1 + x + x**2})}, used)
    assert in_order.check(x**4, sp.Le, x, UNIT).accepted
    backwards = Since({FOURTH: Sign(given={SQUARE: 1 + x + x**2}), SQUARE: Sign()}, used)
    assert not backwards.check(x**4, sp.Le, x, UNIT).accepted
    assert not from_square.check(x**4, sp.Le, x, UNIT).accepted


@pytest.mark.parametrize(
    ("fact", "sentence"),
    [
        (sp.Le(x, HALF, evaluate=False), "was not shown"),
        (sp.And(x <= 1, x >= 0), "is no equation or inequality"),
        (sp.Le(y, 1), "holds y, which has no range"),
        (sp.Le(sp.log(x), 0, evaluate=False), "is not defined on all of the domain"),
    ],
)
def test_a_fact_that_cannot_be_used_is_named(fact, sentence):
    judgement = Since({fact: Sign()}, Sign()).check(x, sp.Le, ONE, UNIT)
    assert not judgement.accepted
    assert sentence in judgement.message


def test_the_facts_do_not_outlive_the_step():
    assert Since({SQUARE: Sign()}, Sign(given={SQUARE: ONE})).check(x**2, sp.Le, x, UNIT).accepted
    assert UNIT.hypotheses == ()
    assert not Sign(given={SQUARE: ONE}).check(x**2, sp.Le, x, UNIT).accepted


def test_what_the_facts_lean_on_is_what_the_step_leans_on():
    import theory.lemmas.probability as union

    p, m = union.p, union.m
    domain = Domain({p: sp.Interval(0, 1), m: sp.Range(1, sp.oo)})
    bernoulli = sp.Ge((1 - p) ** m, 1 - m * p, evaluate=False)
    by_lemma = Lemma("lemma.probability.union", {p: p, m: m})
    step = Since({bernoulli: by_lemma}, Sign(given={bernoulli: ONE}))
    judgement = step.check((1 - p) ** m, sp.Ge, 1 - m * p, domain)
    assert judgement.accepted
    assert judgement.rests_on == ("lemma.probability.union",)


def test_an_equivalence_may_rest_on_facts():
    shifted = sp.Ge(x + 1, 1, evaluate=False)
    step = Since({shifted: Sign()}, Rearrange(sp.Integer(2)))
    assert step.check_equivalence(sp.Le(x, HALF), sp.Le(2 * x, 1), UNIT).accepted
    assert not step.check_equivalence(sp.Le(x, HALF), sp.Le(3 * x, 1), UNIT).accepted
    assert not Since({sp.Le(x, HALF): Algebra()}, Rearrange(ONE)).check_equivalence(x <= 1, x <= 1, UNIT).accepted
