"""A registry of its own for each test, and a small claim to put into it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

import attnproof.cli
import attnproof.run
import attnproof.store
import theory.claim
import theory.evidence
from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.evidence import Check, Effort, Finding, Method, Verdict, evidence_for

x = sp.Symbol("x", real=True)
UNIT = Domain({x: sp.Interval(0, 1)}, meanings={x: "a weight"})

Toy = Callable[..., Claim]


def exact_check(claim: Claim, effort: Effort) -> Finding:
    """Decide `x <= bound` on [0, 1], which is monotone: the worst point is x = 1."""
    left: Any = claim.statement.args[0]
    right: Any = claim.statement.args[1]
    margin = (right - left).subs(x, 1)
    return Finding(
        Verdict.HOLDS if margin >= 0 else Verdict.REFUTED,
        "0 <= x <= 1" + (", quick" if effort.quick else ""),
        f"claimed at most {right}, found 1",
        {"margin": sp.Rational(margin), "tightness": 1 / float(right)},
        ({"x": sp.Integer(1)},),
    )


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start from no claims and no checks; what the test declares is gone afterwards."""
    monkeypatch.setattr(theory.claim, "_registry", {})
    monkeypatch.setattr(theory.evidence, "_checks", {})


@pytest.fixture
def toy(registry: None) -> Toy:
    """Declare `x <= bound` on [0, 1] under an id: `toy("a.b.c", bound=2, check=...)`; `check=None` registers none."""

    def make(id: str = "toy.weight.bound", bound: Any = 1, check: Check | None = exact_check, **others: Any) -> Claim:
        settings: dict[str, Any] = {
            "kind": Kind.UPPER,
            "source": derived_here(),
            "requires": {Method.CERTIFIED},
            "spoiled": [Spoiled("bound halved", sp.Le(x, sp.Rational(1, 2), evaluate=False))],
            "module": "toy",
        }
        claim = declare(id, f"{id}: x is at most {bound}", sp.Le(x, sp.Rational(bound)), UNIT, **settings | others)
        if check is not None:
            for method in claim.requires - {Method.CITED}:
                evidence_for(claim, method)(check)
        return claim

    return make


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, with the evidence store in it and no committed record."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delenv("ATTNPROOF_STORE", raising=False)
    monkeypatch.setattr(attnproof.store, "RECORD", tmp_path / "package" / "attnproof" / "records" / "evidence.json")
    return tmp_path


@dataclass(frozen=True)
class Said:
    """What a run of the command line printed, and its exit code."""

    code: int
    out: str
    err: str


@pytest.fixture
def attnproof_says(
    registry: None, workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """Run the command line here over the test's own claims: `attnproof_says("check", "--quick", width=80)`."""
    monkeypatch.setattr(attnproof.run, "load_claims", lambda packages=(): theory.claim.claims())

    def run(*arguments: str, width: int = 120) -> Said:
        monkeypatch.setenv("COLUMNS", str(width))
        monkeypatch.setattr(sys, "argv", ["attnproof", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            attnproof.cli.main()
        code = ended.value.code
        printed = capsys.readouterr()
        return Said(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run
