"""Declarations: what is refused, and the sentence that says what to write instead."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from theory import claim as core
from theory.claim import ClaimError, Domain, Kind, Spoiled, cited, conjectured, declare, derived_here, get
from theory.evidence import Method, Verdict

x = sp.Symbol("x", real=True)
n = sp.Symbol("n", integer=True)
w = sp.Symbol("w")
REALS = Domain({x: sp.Interval(-sp.oo, sp.oo)})


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    monkeypatch.setattr(core, "_registry", {})


def make(**changed):
    fields = {
        "id": "test.room.square",
        "title": "squares",
        "statement": sp.Ge(x**2 + 1, 1, evaluate=False),
        "domain": REALS,
        "kind": Kind.LOWER,
        "source": derived_here(),
        "requires": {Method.DERIVED},
        "module": __name__,
        "spoiled": [Spoiled("2 for 1", sp.Ge(x**2 + 1, 2, evaluate=False))],
    }
    return declare(**(fields | changed))


def test_a_sound_claim_is_registered_and_found():
    made = make()
    assert get("test.room.square") is made
    assert core.claims("test") == core.claims("test.room") == (made,)
    assert core.claims("tes") == ()
    assert made.topic == "test"
    assert made.expected is Verdict.HOLDS


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"id": "Square"}, "not of the form topic.room.name"),
        ({"statement": x**2}, "write a SymPy relation"),
        ({"statement": sp.true}, "evaluate=False"),
        ({"statement": sp.Ge(x**2, -0.5, evaluate=False)}, r"float -0\.5.*Rational"),
        ({"statement": sp.Ge(x**2 + n, 1, evaluate=False)}, "uses n without a range"),
        ({"statement": sp.Ge(sp.Function("f")(x), 1, evaluate=False)}, r"uses f\(x\) without a meaning"),
        ({"statement": sp.Ge(1 / x, 1, evaluate=False)}, r"not defined on all of its domain.*Ne\(x, 0\)"),
        ({"statement": sp.Ge(sp.log(x), 1, evaluate=False)}, "x > 0"),
        ({"spoiled": []}, "no negative control for derived"),
        ({"definitions": {x: sp.S.One}}, "defines x, which is no name of its own"),
        ({"definitions": {x**2: sp.S.Zero}}, r"defines x\*\*2, which is no name of its own"),
        ({"spoiled": [Spoiled("nothing changed")]}, "says the same as the claim"),
        ({"requires": set()}, "requires no evidence"),
        ({"requires": {Method.DERIVED, Method.CERTIFIED}, "spoiled": [
            Spoiled("one", sp.Ge(x**2 + 1, 2, evaluate=False), methods=frozenset({Method.DERIVED}))
        ]}, "no negative control for certified"),
    ],
)  # fmt: skip
def test_unsound_declarations_are_refused_with_the_remedy(changed, sentence):
    with pytest.raises(ClaimError, match=sentence):
        make(**changed)
    assert core.claims() == ()


def test_an_id_is_given_only_once():
    make()
    with pytest.raises(ClaimError, match=f"is taken by {__name__}"):
        make()


def test_a_missing_hypothesis_is_named_and_accepted_once_it_is_there():
    a, b = sp.symbols("a b", real=True)
    statement = sp.Le(1 / (a - b), 1 / (a - b) + 1, evaluate=False)
    spoiled = [Spoiled("turned round", sp.Ge(1 / (a - b), 1 / (a - b) + 1, evaluate=False))]
    ranges = {a: sp.Interval(0, 1), b: sp.Interval(0, 1)}
    with pytest.raises(ClaimError, match=r"Ne\(a - b, 0\)"):
        make(statement=statement, domain=Domain(ranges), spoiled=spoiled)
    assert make(statement=statement, domain=Domain(ranges, (sp.Gt(a, b),)), spoiled=spoiled)


def test_a_spoiled_variant_is_checked_like_a_claim():
    with pytest.raises(ClaimError, match=r"test\.room\.square~1 holds the float"):
        make(spoiled=[Spoiled("a float", sp.Ge(x**2 + 1, sp.Float(1.5), evaluate=False))])


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (sp.Integers, "Interval, Range or FiniteSet"),
        (sp.S.EmptySet, "non-empty"),
        (sp.Interval(0, 0.5), "float"),
        (sp.Range(0, 10, 2), "step"),
    ],
)
def test_ranges_are_exact_and_plain(values, sentence):
    with pytest.raises(ClaimError, match=sentence):
        Domain({x: values})


def test_variants_carry_their_own_wording_and_must_be_refuted():
    narrow = Domain({x: sp.Interval(0, 1)})
    made = make(spoiled=[Spoiled("bound", sp.Ge(x**2, 1, evaluate=False)), Spoiled("range", domain=narrow)])
    (first, methods), (second, _) = made.variants()
    assert first.id == "test.room.square~1"
    assert first.base_id == made.id
    assert methods == {Method.DERIVED}
    assert first.expected is Verdict.REFUTED
    assert first.domain is made.domain
    assert second.domain is narrow
    assert second.statement == made.statement
    assert len({first.fingerprint, second.fingerprint, made.fingerprint}) == 3


def test_a_refutation_must_be_refuted_and_needs_no_spoiled_variant():
    assert make(kind=Kind.REFUTATION, spoiled=[]).expected is Verdict.REFUTED


def test_the_fingerprint_follows_the_wording_and_nothing_else():
    made = make()
    assert replace(made, title="another title").fingerprint == made.fingerprint
    assert replace(made, statement=sp.Ge(x**2 + 1, 0, evaluate=False)).fingerprint != made.fingerprint
    assert replace(made, domain=Domain({x: sp.Interval(0, 1)})).fingerprint != made.fingerprint


def test_definitions_are_unfolded_whatever_their_order():
    v = sp.Symbol("v")
    made = make(statement=sp.Ge(v, 1, evaluate=False), definitions={w: x**2, v: w + 1}, spoiled=[
        Spoiled("2 for 1", sp.Ge(v, 2, evaluate=False))
    ])  # fmt: skip
    assert made.unfolded == sp.Ge(x**2 + 1, 1, evaluate=False)


def test_a_wrong_id_suggests_the_nearest():
    make()
    with pytest.raises(KeyError, match=r"Did you mean test\.room\.square"):
        get("test.room.sqare")
    with pytest.raises(KeyError, match="attnproof list"):
        get("zzzz")


def test_a_domain_describes_itself():
    domain = Domain({n: sp.Range(2, sp.oo)}, (sp.Gt(n, 5),), {n: "tokens"})
    assert domain.describe() == f"n (tokens) in {sp.Range(2, sp.oo)}; with n > 5"
    assert Domain({}).describe() == "no symbols"
    assert domain.is_integer(n)
    assert not REALS.is_integer(x)


def test_sources_say_what_they_are():
    assert str(cited("A paper")) == "cited: A paper"
    assert str(derived_here()) == "derived here"
    assert conjectured().nature == "conjectured"
