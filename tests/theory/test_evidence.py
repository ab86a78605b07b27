"""Headlines are computed from records: which records count, and how foundations drag a claim down."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from theory import claim as core
from theory import evidence as records
from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.evidence import Effort, Evidence, Finding, Method, Verdict, evidence_for, gather
from theory.headline import Headline, headline

x = sp.Symbol("x", real=True)


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    monkeypatch.setattr(core, "_registry", {})
    monkeypatch.setattr(records, "_checks", {})


def make(requires=frozenset({Method.DERIVED}), kind=Kind.LOWER, rests_on=(), name="square"):
    return declare(
        f"test.room.{name}",
        "squares",
        sp.Ge(x**2 + 1, 1, evaluate=False),
        Domain({x: sp.Interval(-sp.oo, sp.oo)}),
        kind,
        derived_here(),
        requires,
        module=__name__,
        rests_on=rests_on,
        spoiled=() if kind is Kind.REFUTATION else [Spoiled("2 for 1", sp.Ge(x**2 + 1, 2, evaluate=False))],
    )


def record(claim, verdict, method=Method.DERIVED):
    return Evidence(claim.id, method, Finding(verdict, "all", "."), claim.fingerprint, 0, False, 0.0, {})


def test_verdicts_have_no_truth_value():
    with pytest.raises(TypeError, match=r"is Verdict\.HOLDS"):
        bool(Verdict.HOLDS)


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        (Verdict.HOLDS, Headline.PROVED),
        (Verdict.REFUTED, Headline.REFUTED),
        (Verdict.UNDECIDED, Headline.UNDECIDED),
        (Verdict.NOT_RUN, Headline.MISSING),
    ],
)
def test_one_required_proof(verdict, expected):
    claim = make()
    assert headline(claim, [record(claim, verdict)], {}) is expected
    assert expected.passes is (verdict is Verdict.HOLDS)


def test_without_records_evidence_is_missing():
    assert headline(make(), [], {}) is Headline.MISSING


def test_a_record_of_an_older_wording_does_not_count():
    claim = make()
    old = replace(record(claim, Verdict.HOLDS), fingerprint="0" * 16)
    assert headline(claim, [old], {}) is Headline.MISSING
    assert headline(claim, [old, record(claim, Verdict.HOLDS)], {}) is Headline.PROVED
    assert headline(claim, [replace(old, finding=Finding(Verdict.REFUTED, "", ""))], {}) is Headline.MISSING


def test_a_record_of_another_claim_does_not_count():
    claim, other = make(), make(name="other")
    assert headline(claim, [record(other, Verdict.HOLDS)], {}) is Headline.MISSING


def test_every_required_method_must_hold():
    claim = make(frozenset({Method.DERIVED, Method.MEASURED}))
    proof, measured = record(claim, Verdict.HOLDS), record(claim, Verdict.HOLDS, Method.MEASURED)
    assert headline(claim, [proof], {}) is Headline.MISSING
    assert headline(claim, [proof, measured], {}) is Headline.PROVED
    assert headline(claim, [proof, record(claim, Verdict.UNDECIDED, Method.MEASURED)], {}) is Headline.UNDECIDED
    assert headline(claim, [proof, record(claim, Verdict.REFUTED, Method.MEASURED)], {}) is Headline.REFUTED


def test_measurement_alone_never_proves():
    claim = make(frozenset({Method.MEASURED, Method.ATTACKED}))
    held = [record(claim, Verdict.HOLDS, method) for method in claim.requires]
    assert headline(claim, held, {}) is Headline.SUPPORTED
    cited = make(frozenset({Method.CITED}), name="cited")
    assert headline(cited, [record(cited, Verdict.HOLDS, Method.CITED)], {}) is Headline.CITED


@pytest.mark.parametrize(
    ("beneath", "expected"),
    [
        (Headline.PROVED, Headline.PROVED),
        (Headline.CITED, Headline.CONDITIONAL),
        (Headline.CONDITIONAL, Headline.CONDITIONAL),
        (Headline.SUPPORTED, Headline.SUPPORTED),
        (Headline.UNDECIDED, Headline.UNDECIDED),
        (Headline.REFUTED, Headline.UNDECIDED),
        (Headline.MISSING, Headline.MISSING),
        (None, Headline.MISSING),
    ],
)
def test_foundations_drag_a_proof_down(beneath, expected):
    claim = make(rests_on=["test.room.base"])
    foundations = {} if beneath is None else {"test.room.base": beneath}
    assert headline(claim, [record(claim, Verdict.HOLDS)], foundations) is expected


def test_a_refutation_counts_when_its_statement_is_refuted():
    claim = make(kind=Kind.REFUTATION)
    assert headline(claim, [record(claim, Verdict.REFUTED)], {}) is Headline.REFUTED_AS_CLAIMED
    assert headline(claim, [record(claim, Verdict.HOLDS)], {}) is Headline.REFUTED


def test_gather_runs_the_registered_check_on_the_variant_it_is_given():
    claim = make()
    seen = []

    @evidence_for(claim, Method.DERIVED)
    def check(examined, effort):
        seen.append((examined.id, effort.quick))
        return Finding(Verdict.HOLDS, "all", "Fine.")

    variant = claim.variants()[0][0]
    found = gather(variant, Method.DERIVED, Effort(quick=True, seed=3))
    assert seen == [("test.room.square~1", True)]
    assert (found.claim, found.fingerprint, found.seed) == (variant.id, variant.fingerprint, 3)
    assert found.reproduce == "attnproof check test.room.square~1 --method derived --seed 3 --quick"
    assert {"python", "sympy", "python-flint"} <= set(found.versions)


def test_a_claim_without_a_check_is_not_run():
    assert gather(make(), Method.DERIVED).verdict is Verdict.NOT_RUN


def test_checks_are_registered_once_and_only_where_required():
    claim = make()
    evidence_for(claim, Method.DERIVED)(lambda claim, effort: Finding(Verdict.HOLDS, "", ""))
    with pytest.raises(ValueError, match="already has a check"):
        evidence_for(claim, Method.DERIVED)(lambda claim, effort: Finding(Verdict.HOLDS, "", ""))
    with pytest.raises(ValueError, match=r"add Method\.MEASURED"):
        evidence_for(claim, Method.MEASURED)(lambda claim, effort: Finding(Verdict.HOLDS, "", ""))
