"""Declared witnesses: points at which a false statement is known to be false, confirmed by Arb before they count.

A random search does not find the extremal polynomial of degree 6, or the one length at which a reading fails; the
author of a claim may name such a point. It can only ever refute.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy as sp

from theory.claim import Claim
from theory.derivation import Proof, derived
from theory.evidence import Check, Effort, Finding, Verdict
from theory.rigor.counterexample import confirmed

Point = Mapping[sp.Symbol, Any]


def refutation_at(claim: Claim, points: Sequence[Point]) -> Finding | None:
    """REFUTED at the first point that lies in the domain and at which the statement is false; None if there is none."""
    for declared in points:
        point = {symbol: sp.sympify(declared[symbol]) for symbol in claim.domain.ranges}
        if confirmed(claim.unfolded, claim.domain, point):
            shown = {str(symbol): str(value) for symbol, value in point.items()}
            return Finding(Verdict.REFUTED, "the witness alone", f"False at {shown}, decided by Arb.", worst=(shown,))
    return None


def refuted_at(*points: Point) -> Check:
    """A check that answers REFUTED if the statement is false at one of the points, and otherwise UNDECIDED."""

    def check(claim: Claim, effort: Effort) -> Finding:
        found = refutation_at(claim, points)
        return found or Finding(Verdict.UNDECIDED, "the witnesses alone", "The statement was not shown false at any.")

    return check


def derived_or_refuted_at(*points: Point) -> Callable[[Callable[[], Proof]], Check]:
    """As `theory.derivation.derived`; where no derivation is accepted, the declared points are tried as well."""

    def decorate(build: Callable[[], Proof]) -> Check:
        inner = derived(build)

        def check(claim: Claim, effort: Effort) -> Finding:
            finding = inner(claim, effort)
            return (finding.verdict is Verdict.UNDECIDED and refutation_at(claim, points)) or finding

        check.build = build  # type: ignore[attr-defined]  # `attnproof show` prints the derivation
        return check

    return decorate
