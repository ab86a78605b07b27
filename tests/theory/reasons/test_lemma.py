"""Registered claims used as steps: their ranges and hypotheses are checked under the substitution."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from theory import claim as core
from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.evidence import Method
from theory.reasons import Lemma

x = sp.Symbol("x", real=True)
p, q = sp.symbols("p q", real=True)
n, m = sp.symbols("n m", integer=True)
DOMAIN = Domain({p: sp.Interval(0, 1), q: sp.Interval(-sp.oo, sp.oo), n: sp.Range(2, sp.oo)})


@pytest.fixture(autouse=True)
def lemmas(monkeypatch):
    monkeypatch.setattr(core, "_registry", {})
    common: dict[str, Any] = {
        "kind": Kind.UPPER,
        "source": derived_here(),
        "requires": {Method.DERIVED},
        "module": __name__,
    }
    bernoulli = sp.Le(1 - (1 - x) ** m, m * x, evaluate=False)
    declare(
        "test.lemma.bernoulli", "a test", bernoulli, Domain({x: sp.Interval(0, 1), m: sp.Range(1, sp.oo)}),
        spoiled=[Spoiled("half", sp.Le(1 - (1 - x) ** m, m * x / 2, evaluate=False))], **common,
    )  # fmt: skip
    declare(
        "test.lemma.above", "a test", sp.Gt(x**2, x, evaluate=False), Domain({x: sp.Interval(0, sp.oo)}, (x > 1,)),
        spoiled=[Spoiled("turned", sp.Lt(x**2, x, evaluate=False))], **common,
    )  # fmt: skip
    false = sp.Le(x, x - 1 + x**2, evaluate=False)
    common["kind"] = Kind.REFUTATION
    declare("test.lemma.false", "a test", false, Domain({x: sp.Interval(0, sp.oo)}), **common)


BERNOULLI = {x: p / n, m: n - 1}


def test_a_lemma_applies_under_a_substitution_on_either_side_and_rearranged():
    left, right = 1 - (1 - p / n) ** (n - 1), (n - 1) * p / n
    step = Lemma("test.lemma.bernoulli", BERNOULLI)
    assert step.check(left, sp.Le, right, DOMAIN).accepted
    assert step.check(right, sp.Ge, left, DOMAIN).accepted
    assert step.check(1 - right, sp.Le, (1 - p / n) ** (n - 1), DOMAIN).accepted
    assert step.check(left, sp.Le, right, DOMAIN).rests_on == ("test.lemma.bernoulli",)
    assert not step.check(left, sp.Lt, right, DOMAIN).accepted  # the lemma is not strict
    assert not step.check(left, sp.Ge, right, DOMAIN).accepted
    assert "does not say" in step.check(left, sp.Le, right / 2, DOMAIN).message


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("bernoulli", {x: p}, "needs a value for m"),
        ("bernoulli", {x: 2 * p, m: n}, "2*p was not shown to lie in Interval(0, 1)"),
        ("bernoulli", {x: p, m: n - 2}, "n - 2 was not shown to lie in Range(1, oo"),
        ("bernoulli", {x: p, m: n / 2}, "n/2 was not shown"),
        ("bernoulli", {x: p, m: n + q}, "was not shown"),
        ("above", {x: p}, "The hypothesis p > 1"),
        ("false", {x: p}, "is a refutation"),
    ],
)
def test_ranges_and_hypotheses_are_checked(name, values, sentence):
    found = Lemma(f"test.lemma.{name}", values).check(p, sp.Le, q, DOMAIN)
    assert not found.accepted
    assert sentence in found.message


def test_a_value_must_be_defined_even_where_the_range_is_everything():
    declare(
        "test.lemma.square", "a test", sp.Ge(x**2, 0, evaluate=False), Domain({x: sp.Interval(-sp.oo, sp.oo)}),
        Kind.LOWER, derived_here(), {Method.DERIVED}, module=__name__,
        spoiled=[Spoiled("one", sp.Ge(x**2, 1, evaluate=False))],
    )  # fmt: skip
    assert Lemma("test.lemma.square", {x: q}).check(q**2, sp.Ge, sp.S.Zero, DOMAIN).accepted
    assert not Lemma("test.lemma.square", {x: 1 / q}).check(1 / q**2, sp.Ge, sp.S.Zero, DOMAIN).accepted


def test_a_strict_lemma_gives_a_weak_step_and_its_hypothesis_may_be_shown():
    step = Lemma("test.lemma.above", {x: n})
    assert step.check(n**2, sp.Gt, n, DOMAIN).accepted
    assert step.check(n**2, sp.Ge, n, DOMAIN).accepted


def test_an_unknown_lemma_suggests_the_nearest():
    with pytest.raises(KeyError, match=r"Did you mean .*test\.lemma\.bernoulli"):
        Lemma("test.lemma.bernouli", BERNOULLI).check(p, sp.Le, q, DOMAIN)
