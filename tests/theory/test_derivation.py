"""Chains of steps: what is accepted, what is rejected and how, and what `derived` makes of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sympy as sp

from theory import claim as core
from theory import evidence as records
from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, Verdict, evidence_for, gather
from theory.reasons import Algebra, Citation, Lemma, Rearrange, Sign, Unfold

x = sp.Symbol("x", real=True)
a = sp.Symbol("a", positive=True)
n = sp.Symbol("n", integer=True, positive=True)
w = sp.Symbol("w")
DOMAIN = Domain({a: sp.Interval.open(0, sp.oo), n: sp.Range(2, sp.oo)})
REALS = Domain({x: sp.Interval(-sp.oo, sp.oo)})


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    monkeypatch.setattr(core, "_registry", {})
    monkeypatch.setattr(records, "_checks", {})


def test_a_chain_concludes_with_its_strictest_relation():
    chain = Derivation(a).equal(2 * a - a, by=Algebra()).at_most(a + 1, by=Sign()).less(a + 2, by=Sign())
    assert chain.conclusion == sp.Lt(a, a + 2, evaluate=False)
    assert Derivation(a).at_most(a + 1, by=Sign()).conclusion == sp.Le(a, a + 1, evaluate=False)
    assert chain.verify(DOMAIN).accepted
    assert len(chain.verify(DOMAIN).steps) == 3


def test_a_chain_does_not_change_when_it_is_continued():
    start = Derivation(a)
    start.equal(a, by=Algebra())
    assert start.steps == ()


def test_a_chain_goes_one_way():
    with pytest.raises(ValueError, match="one way"):
        Derivation(a).at_most(a + 1, by=Sign()).at_least(a, by=Sign())


def test_a_wrong_step_is_rejected_with_both_sides():
    chain = Derivation((a + 1) ** 2).equal(a**2 + 2 * a + 1, by=Algebra()).equal(a**2 + 2 * a, by=Algebra())
    found = chain.verify(DOMAIN)
    assert not found.accepted
    assert len(found.steps) == 1
    assert found.message.startswith("Step 2 (=)")
    assert "left:  a**2 + 2*a + 1" in found.message
    assert "right: a**2 + 2*a" in found.message


@pytest.mark.parametrize(
    ("chain", "sentence"),
    [
        (Derivation(a).equal(a + w, by=Algebra()), "w in .* neither a range nor a definition"),
        (Derivation(a).less(a + sp.Symbol("other"), by=Sign()), "other in .* neither a range nor a definition"),
        (Derivation(1 / (n - 2)).equal(1 / (n - 2), by=Algebra()), r"not defined .* without Ne\(n - 2, 0\)"),
        (Derivation(sp.log(a - 1)).equal(sp.log(a - 1), by=Algebra()), "a - 1 > 0"),
        (Derivation(a).equal(sp.Function("f")(a), by=Algebra()), "neither a range nor a definition"),
        (Derivation(sp.polygamma(1, a)).equal(sp.polygamma(1, a), by=Algebra()), "is not known"),
    ],
)
def test_every_side_must_be_defined_on_the_domain(chain, sentence):
    found = chain.verify(DOMAIN)
    assert not found.accepted
    assert re.search(sentence, found.message)


def test_assumptions_on_symbols_are_worth_no_more_than_the_range():
    assumed = Derivation(sp.sqrt(a**2)).equal(a, by=Algebra())  # SymPy itself has used that a is positive
    assert assumed.verify(Domain({a: sp.Interval.open(0, sp.oo)})).accepted
    found = assumed.verify(Domain({a: sp.Interval(-1, 1)}))
    assert not found.accepted
    assert "a is assumed" in found.message


def test_names_are_unfolded_everywhere_and_have_one_meaning():
    chain = Derivation(w).equal(a / (a + n), by=Unfold({w: a / (a + n)})).less(1, by=Sign())
    assert chain.verify(DOMAIN).accepted
    assert chain.conclusion == sp.Lt(w, 1, evaluate=False)
    twice = chain.steps[0][2], Unfold({w: sp.Integer(2)})
    contradiction = Derivation(w).equal(a / (a + n), by=twice[0]).equal(w, by=twice[0]).equal(2, by=twice[1])
    assert "two meanings" in contradiction.verify(DOMAIN).message
    assert not Derivation(a).equal(2, by=Unfold({a: sp.Integer(2)})).verify(DOMAIN).accepted


def test_what_is_given_is_used_and_shows_in_the_conclusion():
    chain = Derivation(1 / a, given=(sp.Ge(a, 1, evaluate=False),)).at_most(1, by=Sign())
    assert chain.verify(DOMAIN).accepted
    assert chain.conclusion == sp.Implies(sp.Ge(a, 1, evaluate=False), sp.Le(1 / a, 1, evaluate=False), evaluate=False)
    assert not Derivation(1 / a).at_most(1, by=Sign()).verify(DOMAIN).accepted


def test_equivalences():
    above, squared = sp.Gt(a / n, 1, evaluate=False), sp.Gt(a, n, evaluate=False)
    chain = Equivalences(above).iff(squared, by=Rearrange(n))
    assert chain.verify(DOMAIN).accepted
    assert chain.conclusion == sp.Equivalent(above, squared, evaluate=False)
    turned = Equivalences(above).iff(sp.Lt(a, n, evaluate=False), by=Rearrange(n)).verify(DOMAIN)
    assert not turned.accepted
    assert "(<=>)" in turned.message


def test_latex_reads_like_a_paper():
    printed = Derivation(w).equal(a / n, by=Unfold({w: a / n})).less(a, by=Sign("as $n > 1$")).latex()
    assert printed == (
        "\\begin{align*}\nw &= \\frac{a}{n} && \\text{by definition} \\\\\n&< a && \\text{as $n > 1$}\n\\end{align*}"
    )
    assert "\\iff" in Equivalences(sp.Gt(a, 1)).iff(sp.Gt(2 * a, 2), by=Rearrange(2)).latex()


def make(statement, spoiled, build, domain=REALS, rests_on=(), definitions=None, name="claim"):
    claim = declare(
        f"test.room.{name}", "a test", statement, domain, Kind.LOWER, derived_here(), {Method.DERIVED},
        module=__name__, spoiled=[Spoiled("spoiled", spoiled)], rests_on=rests_on, definitions=definitions,
    )  # fmt: skip
    evidence_for(claim, Method.DERIVED)(derived(build))
    return claim


def verdicts(claim):
    own = gather(claim, Method.DERIVED)
    return own.verdict, [gather(variant, Method.DERIVED).verdict for variant, _ in claim.variants()], own.finding


SQUARE = Derivation(x**2 - 2 * x + 2).equal((x - 1) ** 2 + 1, by=Algebra()).at_least(1, by=Sign())


def test_derived_holds_for_the_claim_and_refutes_its_spoiled_variant():
    claim = make(sp.Ge(x**2 + 2, 2 * x + 1, evaluate=False), sp.Ge(x**2 + 2, 2 * x + 2, evaluate=False), lambda: SQUARE)
    verdict, spoiled, finding = verdicts(claim)
    assert verdict is Verdict.HOLDS
    assert spoiled == [Verdict.REFUTED]
    assert finding.numbers["steps"] == 2
    variant = gather(claim.variants()[0][0], Method.DERIVED).finding
    assert "False at" in variant.message
    assert "which is not the statement" in variant.message
    point: Any = {x: sp.sympify(variant.worst[0]["x"])}
    assert (x**2 + 2).subs(point) < (2 * x + 2).subs(point)


def test_derived_is_undecided_when_a_true_claim_is_not_what_the_chain_shows():
    claim = make(sp.Ge(x**2, 0, evaluate=False), sp.Ge(x**2, 1, evaluate=False), lambda: SQUARE)
    assert verdicts(claim)[0] is Verdict.UNDECIDED


def test_derived_is_undecided_when_a_step_is_not_shown():
    broken = Derivation(sp.cosh(x)).at_least(1 + x**2 / 2, by=Sign())  # true, but no matter of signs
    claim = make(broken.conclusion, sp.Ge(sp.cosh(x), 2, evaluate=False), lambda: broken)
    verdict, spoiled, finding = verdicts(claim)
    assert verdict is Verdict.UNDECIDED
    assert "Step 1 (>=)" in finding.message
    assert spoiled == [Verdict.REFUTED]


def test_a_dropped_hypothesis_breaks_the_derivation_and_gives_a_witness():
    domain = Domain({a: sp.Interval.open(0, sp.oo)}, (sp.Ge(a, 1),))
    claim = declare(
        "test.room.hypothesis", "a test", sp.Le(1 / a, 1, evaluate=False), domain, Kind.UPPER, derived_here(),
        {Method.DERIVED}, module=__name__,
        spoiled=[Spoiled("a >= 1 dropped", domain=Domain({a: sp.Interval.open(0, sp.oo)}))],
    )  # fmt: skip
    evidence_for(claim, Method.DERIVED)(derived(lambda: Derivation(1 / a).at_most(1, by=Sign())))
    assert verdicts(claim)[:2] == (Verdict.HOLDS, [Verdict.REFUTED])


def test_conjunctions_equivalences_and_implications_are_recognised():
    both = (Derivation(a).less(a + 1, by=Sign()), Derivation(a).greater(a / 2, by=Sign()))
    conjunction: Any = sp.And
    parts = conjunction(both[0].conclusion, both[1].conclusion, evaluate=False)
    spoiled = conjunction(both[0].conclusion, sp.Gt(a, 2 * a, evaluate=False), evaluate=False)
    assert verdicts(make(parts, spoiled, lambda: both, DOMAIN))[0] is Verdict.HOLDS
    half = make(parts, spoiled, lambda: both[0], DOMAIN, name="half")
    assert verdicts(half)[0] is Verdict.UNDECIDED

    above, plain = sp.Gt(a / n, 1, evaluate=False), sp.Gt(a, n, evaluate=False)
    chain = Equivalences(above).iff(plain, by=Rearrange(n))
    claim = make(
        sp.Equivalent(plain, above, evaluate=False),
        sp.Equivalent(plain, sp.Gt(a / n, 2, evaluate=False), evaluate=False),
        lambda: chain, DOMAIN, name="iff",
    )  # fmt: skip
    assert verdicts(claim)[0] is Verdict.HOLDS

    large, inverse = sp.Ge(a, 1, evaluate=False), sp.Le(1 / a, 1, evaluate=False)
    implied = Derivation(1 / a, given=(large,)).at_most(1, by=Sign())
    spoiled = sp.Implies(large, sp.Le(1 / a, sp.Rational(1, 2), evaluate=False), evaluate=False)
    claim = make(sp.Implies(large, inverse, evaluate=False), spoiled, lambda: implied, DOMAIN, name="implication")
    assert verdicts(claim)[0] is Verdict.HOLDS
    bare = make(inverse, sp.Le(1 / a, 0, evaluate=False), lambda: implied, DOMAIN, name="bare")
    assert verdicts(bare)[0] is not Verdict.HOLDS


def test_names_of_the_claim_must_mean_what_the_derivation_says():
    meaning = {w: a / (a + 1)}
    good = Derivation(w).equal(a / (a + 1), by=Unfold(meaning)).less(1, by=Sign())
    other = Derivation(w).equal(a / (a + 2), by=Unfold({w: a / (a + 2)})).less(1, by=Sign())
    statement, spoiled = sp.Lt(w, 1, evaluate=False), sp.Lt(w, sp.Rational(1, 2), evaluate=False)
    assert verdicts(make(statement, spoiled, lambda: good, DOMAIN, definitions=meaning))[0] is Verdict.HOLDS
    wrong = make(statement, spoiled, lambda: other, DOMAIN, definitions=meaning, name="wrong")
    assert verdicts(wrong)[0] is Verdict.UNDECIDED
    assert "takes w to be" in verdicts(wrong)[2].message


def test_a_lemma_must_be_named_among_the_foundations():
    square = make(sp.Ge(x**2, 0, evaluate=False), sp.Ge(x**2, 1, evaluate=False),
                  lambda: Derivation(x**2).at_least(0, by=Sign()), name="square")  # fmt: skip
    statement, spoiled = sp.Ge(x**4, 0, evaluate=False), sp.Ge(x**4, 1, evaluate=False)

    def build():
        return Derivation(x**4).at_least(0, by=Lemma(square.id, {x: x**2}))

    named = make(statement, spoiled, build, rests_on=[square.id], name="named")
    verdict, _, finding = verdicts(named)
    assert verdict is Verdict.HOLDS
    assert finding.numbers["rests on"] == [square.id]
    silent = make(statement, spoiled, build, name="silent")
    verdict, _, finding = verdicts(silent)
    assert verdict is Verdict.UNDECIDED
    assert "add it to `rests_on`" in finding.message


def test_a_claim_cannot_be_its_own_foundation():
    statement, spoiled = sp.Ge(x**2, 0, evaluate=False), sp.Ge(x**2, 1, evaluate=False)
    claim = make(
        statement, spoiled, lambda: Derivation(x**2).at_least(0, by=Lemma("test.room.circle", {x: x})),
        rests_on=["test.room.circle"], name="circle",
    )  # fmt: skip
    verdict, _, finding = verdicts(claim)
    assert verdict is Verdict.UNDECIDED
    assert "its own foundation" in finding.message


def test_a_citation_needs_a_claim_that_is_cited():
    proved = make(sp.Ge(x**2, 0, evaluate=False), sp.Ge(x**2, 1, evaluate=False),
                  lambda: Derivation(x**2).at_least(0, by=Sign()), name="proved")  # fmt: skip
    cited = declare(
        "test.room.cited", "a test", sp.Ge(x**2, 0, evaluate=False), REALS, Kind.LOWER, core.cited("a book"),
        {Method.CITED}, module=__name__,
    )  # fmt: skip
    step = Derivation(x**4).at_least(0, by=Citation(cited.id, {x: x**2})).verify(REALS)
    assert step.accepted
    assert step.rests_on == (cited.id,)
    refused = Derivation(x**4).at_least(0, by=Citation(proved.id, {x: x**2})).verify(REALS)
    assert "use Lemma" in refused.message
