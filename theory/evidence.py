"""What speaks for a claim: verdicts, methods, and evidence records.

Evidence is a set of records, one for each method, never one rank. A record says what was checked, on which
exact scope, with which numbers. The headline of a claim is computed from its records by `theory.headline`.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from theory.versions import versions

if TYPE_CHECKING:
    from theory.claim import Claim


class Method(enum.Enum):
    """How a claim was examined. Only DERIVED and CERTIFIED can establish it."""

    CITED = "cited"
    DERIVED = "derived"
    CERTIFIED = "certified"
    MEASURED = "measured"
    ATTACKED = "attacked"


class Verdict(enum.Enum):
    """What an examination found. It has no truth value: compare it with `is`."""

    HOLDS = "holds"
    REFUTED = "refuted"
    UNDECIDED = "undecided"
    NOT_RUN = "not run"

    def __bool__(self) -> bool:
        raise TypeError("A verdict is not a truth value; write `verdict is Verdict.HOLDS`.")


PROOFS = frozenset({Method.DERIVED, Method.CERTIFIED})


@dataclass(frozen=True)
class Effort:
    """How hard a check may work. `quick` keeps the same check on a smaller scope and says so in the scope.

    seed: the one seed that every random choice of the check is derived from.
    """

    quick: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Finding:
    """What one check found.

    scope: the exact set of parameters that was examined, as a sentence.
    message: one sentence that a reader can act on.
    numbers: the numbers behind the verdict; exact ones and enclosures as strings, so that no digit is lost.
        The key "tightness" is reserved for the largest measured/bound ratio.
    worst: the worst points found, each a mapping from symbol name to value, worst first.
    """

    verdict: Verdict
    scope: str
    message: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    worst: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Evidence:
    """One record: a finding, and all that is needed to repeat it.

    fingerprint: the claim's fingerprint when the record was made; a record of an older wording does not count.
    """

    claim: str
    method: Method
    finding: Finding
    fingerprint: str
    seed: int
    quick: bool
    seconds: float
    versions: Mapping[str, str]

    @property
    def verdict(self) -> Verdict:
        return self.finding.verdict

    @property
    def reproduce(self) -> str:
        """The command that makes this record again."""
        quick = " --quick" if self.quick else ""
        return f"attnproof check {self.claim} --method {self.method.value} --seed {self.seed}{quick}"


Check = Callable[["Claim", Effort], Finding]
_checks: dict[tuple[str, Method], Check] = {}


def evidence_for(claim: Claim, method: Method) -> Callable[[Check], Check]:
    """Register the check that gathers `method` for `claim`.

    The check receives the claim to examine, which is either `claim` or one of its spoiled variants: it must read
    the statement and the domain from its argument, never from the module, or its negative control fails.

    Raises ValueError if the pair already has a check or the claim does not require the method.
    """

    def register(check: Check) -> Check:
        if method not in claim.requires:
            raise ValueError(f"{claim.id} does not require {method.value}; add Method.{method.name} to `requires`.")
        if (claim.id, method) in _checks:
            raise ValueError(f"{claim.id} already has a check for {method.value}; keep one and delete the other.")
        _checks[claim.id, method] = check
        return check

    return register


def check_for(claim: Claim, method: Method) -> Check | None:
    """The check for this claim and method, if an imported module has registered one."""
    return _checks.get((claim.base_id, method))


def gather(claim: Claim, method: Method, effort: Effort | None = None) -> Evidence:
    """Run one check and record it. A claim without a registered check gets NOT_RUN, which is never a pass.

    What holds on a domain of which no point is known is UNDECIDED: it may hold because there is nothing to check.
    """
    effort = effort or Effort()
    check = check_for(claim, method)
    began = time.perf_counter()
    if check is None:
        finding = Finding(Verdict.NOT_RUN, "nothing", f"No check gathers {method.value} evidence for {claim.base_id}.")
    else:
        finding = check(claim, effort)
        if finding.verdict is Verdict.HOLDS:
            from theory.rigor.witness import emptiness  # imported here: the engine is built on this module

            empty = emptiness(claim)
            if empty:
                finding = replace(finding, verdict=Verdict.UNDECIDED, message=f"{empty} {finding.message}")
    return Evidence(
        claim=claim.id,
        method=method,
        finding=finding,
        fingerprint=claim.fingerprint,
        seed=effort.seed,
        quick=effort.quick,
        seconds=time.perf_counter() - began,
        versions=versions(),
    )
