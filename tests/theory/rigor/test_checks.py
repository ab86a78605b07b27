"""CERTIFIED evidence: searched or stored, always re-checked, refuted only with a witness."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from theory import claim as claims
from theory import evidence as evidence_module
from theory.claim import Claim, Kind, Spoiled, declare, derived_here
from theory.domain import Domain
from theory.evidence import Effort, Method, Verdict, evidence_for, gather
from theory.rigor import checks
from theory.rigor.certificate import Certificate, Enumeration, Leaves, load, save
from theory.rigor.checks import certified, write_certificate
from theory.rigor.prove import Budget, Outcome

x = sp.Symbol("x", real=True)
R = sp.Rational
TIGHT = sp.Le(x * (1 - x), R(1, 4), evaluate=False)
FALSE = sp.Le(x * (1 - x), R(24, 100), evaluate=False)


@pytest.fixture(autouse=True)
def _nothing_stays_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Declarations and checks of a test leave nothing behind."""
    monkeypatch.setattr(claims, "_registry", {})
    monkeypatch.setattr(evidence_module, "_checks", {})


@pytest.fixture
def claim(_nothing_stays_behind: None, tmp_path: Path) -> Claim:
    made = declare(
        "rounding.test.tight", "a parabola", TIGHT, Domain({x: sp.Interval(0, 1)}), Kind.UPPER, derived_here(),
        {Method.CERTIFIED}, module=__name__, spoiled=[Spoiled("bound times 0.96", FALSE)],
    )  # fmt: skip
    evidence_for(made, Method.CERTIFIED)(certified(budget=Budget(2000, 30.0), folder=tmp_path))
    return made


def test_a_claim_is_certified_and_its_spoiled_variant_refuted(claim: Claim) -> None:
    evidence = gather(claim, Method.CERTIFIED)
    assert evidence.verdict is Verdict.HOLDS
    assert evidence.finding.numbers["certificate"] == "just found"
    (variant, methods), *_ = claim.variants()
    assert methods == {Method.CERTIFIED}
    refuted = gather(variant, Method.CERTIFIED)
    assert refuted.verdict is Verdict.REFUTED
    height = R(refuted.finding.worst[0]["x"])
    assert height * (1 - height) > R(24, 100)


def test_a_stored_certificate_is_used_and_checked(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_certificate(claim)
    assert path is not None
    assert load(path).fingerprint == claim.fingerprint

    def no_search(*arguments: Any, **options: Any) -> Outcome:
        raise AssertionError("searched although a certificate was stored")

    monkeypatch.setattr(checks, "prove", no_search)
    evidence = gather(claim, Method.CERTIFIED)
    assert evidence.verdict is Verdict.HOLDS
    assert evidence.finding.numbers["certificate"] == "stored"


@pytest.mark.parametrize("root", [Enumeration("x", ()), Leaves(())])
def test_a_stored_certificate_that_proves_nothing_is_not_believed(claim: Claim, tmp_path: Path, root: Any) -> None:
    save(Certificate(root, claim.fingerprint), tmp_path / f"{claim.id}.json")
    evidence = gather(claim, Method.CERTIFIED)
    assert evidence.verdict is Verdict.HOLDS
    assert evidence.finding.numbers["certificate"] == "just found"


def test_a_certificate_of_another_wording_is_passed_over(claim: Claim, tmp_path: Path) -> None:
    path = write_certificate(claim)
    assert path is not None
    save(replace(load(path), fingerprint="0" * 16), path)
    assert gather(claim, Method.CERTIFIED).finding.numbers["certificate"] == "just found"
    path.write_text("{}", encoding="utf-8")
    assert gather(claim, Method.CERTIFIED).verdict is Verdict.HOLDS


def test_a_search_that_lies_is_found_out(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    """HOLDS comes from the checker alone, whatever the search says."""
    lie = Outcome(Verdict.HOLDS, Certificate(Leaves(())), None, 1, (), "Proved.")
    monkeypatch.setattr(checks, "prove", lambda *arguments, **options: lie)
    evidence = gather(claim, Method.CERTIFIED)
    assert evidence.verdict is Verdict.UNDECIDED
    assert "did not accept" in evidence.finding.message
    assert write_certificate(claim) is None


def test_out_of_budget_is_undecided(claim: Claim, tmp_path: Path) -> None:
    hard = replace(claim, statement=sp.Le(x * sp.exp(-x), sp.exp(-1), evaluate=False))
    finding = certified(budget=Budget(3, 5.0), folder=tmp_path)(hard, Effort())
    assert finding.verdict is Verdict.UNDECIDED
    assert finding.numbers["boxes left"] > 0


def test_a_claim_without_such_a_check_has_no_certificate() -> None:
    made = declare(
        "rounding.test.other", "a parabola", TIGHT, Domain({x: sp.Interval(0, 1)}), Kind.UPPER, derived_here(),
        {Method.MEASURED}, module=__name__, spoiled=[Spoiled("bound times 0.96", FALSE)],
    )  # fmt: skip
    assert write_certificate(made) is None
