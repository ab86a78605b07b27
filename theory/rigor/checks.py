"""The check that gathers CERTIFIED evidence: find or load a certificate, then have it checked independently, always.

A stored certificate saves the search, never the check. It lies in `theory/certificates/<claim id>.json`, with the
fingerprint of the claim it was made for; one for another wording is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from theory.evidence import Effort, Finding, Verdict
from theory.rigor.certificate import Certificate, load, save, size
from theory.rigor.checker import check_certificate
from theory.rigor.counterexample import find_counterexample
from theory.rigor.hints import Hint
from theory.rigor.prove import Budget, Outcome, prove

if TYPE_CHECKING:
    from theory.claim import Claim

FOLDER = Path(__file__).parent.parent / "certificates"
QUICK = Budget(boxes=20_000, seconds=20.0)


class _Certified:
    """A check function that also knows how to search, for `write_certificate`."""

    def __init__(self, hints: Sequence[Hint], budget: Budget, folder: Path) -> None:
        self.hints = tuple(hints)
        self.budget = budget
        self.folder = folder

    def path(self, claim: Claim) -> Path:
        return self.folder / f"{claim.id}.json"

    def __call__(self, claim: Claim, effort: Effort) -> Finding:
        scope = claim.domain.describe()
        stored = self._stored(claim)
        if stored is not None:
            witness = find_counterexample(claim.unfolded, claim.domain, replace(effort, quick=True))
            if witness is not None:
                return _refuted(scope, witness)
            finding = _checked(claim, stored, scope, "stored")
            if finding.verdict is Verdict.HOLDS:
                return finding
        outcome = self.search(claim, effort)
        if outcome.verdict is Verdict.HOLDS and outcome.certificate is not None:
            return _checked(claim, outcome.certificate, scope, "just found")
        if outcome.verdict is Verdict.REFUTED and outcome.witness is not None:
            return _refuted(scope, outcome.witness)
        numbers = {"boxes evaluated": outcome.boxes, "boxes left": len(outcome.remaining)}
        return Finding(Verdict.UNDECIDED, scope, outcome.message, numbers)

    def search(self, claim: Claim, effort: Effort) -> Outcome:
        """Look for a proof or a counterexample within the budget, a smaller one if the effort is quick."""
        budget = self.budget
        if effort.quick:
            budget = Budget(min(budget.boxes, QUICK.boxes), min(budget.seconds, QUICK.seconds))
        return prove(claim.unfolded, claim.domain, hints=self.hints, budget=budget)

    def _stored(self, claim: Claim) -> Certificate | None:
        try:
            certificate = load(self.path(claim))
        except (FileNotFoundError, ValueError):
            return None
        return certificate if certificate.fingerprint == claim.fingerprint else None


def certified(
    *, hints: Sequence[Hint] = (), budget: Budget | None = None, folder: Path = FOLDER
) -> Callable[[Claim, Effort], Finding]:
    """A check for `evidence_for(claim, Method.CERTIFIED)`.

    hints: remedies for the prover (`theory.rigor.hints`). budget: of one search. folder: where stored certificates lie.
    The check answers HOLDS only if `theory.rigor.checker` accepted a certificate, REFUTED only with a witness that was
    confirmed at the exact point, and otherwise UNDECIDED.
    """
    return _Certified(hints, budget or Budget(), folder)


def write_certificate(claim: Claim) -> Path | None:
    """Search anew, check, and store the certificate of a claim whose CERTIFIED check was made by `certified`.

    Returns the path; None if the claim has no such check or is not proved, in which case a stored one is left alone.
    """
    from theory.evidence import Method, check_for

    check = check_for(claim, Method.CERTIFIED)
    if not isinstance(check, _Certified):
        return None
    outcome = check.search(claim, Effort())
    if outcome.certificate is None:
        return None
    certificate = replace(outcome.certificate, fingerprint=claim.fingerprint)
    if check_certificate(claim.unfolded, claim.domain, certificate).verdict is not Verdict.HOLDS:
        return None
    save(certificate, check.path(claim))
    return check.path(claim)


def _checked(claim: Claim, certificate: Certificate, scope: str, origin: str) -> Finding:
    """HOLDS if the independent checker accepts the certificate, else UNDECIDED with its reason."""
    report = check_certificate(claim.unfolded, claim.domain, certificate)
    nodes, boxes = size(certificate.root)
    numbers = {"nodes": nodes, "leaf boxes": boxes, "certificate": origin}
    if report.verdict is Verdict.HOLDS:
        return Finding(Verdict.HOLDS, scope, f"Proved on the whole domain. {report.message}", numbers)
    return Finding(Verdict.UNDECIDED, scope, f"The checker did not accept the certificate: {report.message}", numbers)


def _refuted(scope: str, witness: dict) -> Finding:
    where = ", ".join(f"{symbol} = {value}" for symbol, value in witness.items()) or "without any symbols"
    worst = {symbol.name: str(value) for symbol, value in witness.items()}
    return Finding(Verdict.REFUTED, scope, f"False at {where}, confirmed exactly.", {"witness": worst}, (worst,))
