"""An independent re-check of certificates.

`check_certificate` reads a proof tree in the format of `theory.rigor.certificate` and decides again, from the claim's
own statement and domain, whether it proves the claim. Nothing is taken from the search that made the tree: the goals
of all nodes are computed here, every leaf is evaluated with the checker's own arithmetic, covers are verified exactly,
and identities, derivatives, substitutions and polynomial refutations are done again. A node that is not understood, or
that this checker cannot confirm, makes the certificate worthless: the verdict is then UNDECIDED, never REFUTED,
because a bad proof says nothing against the claim.

What a goal means here: its statement holds at every point of its region at which the statement is defined. That the
statement is defined wherever it matters is proved once at the root, and again for what a `Rewrite`, a `Cut` or
a `Substitution` brings in (see `checker_defined`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sympy.logic.boolalg import Boolean

from theory.evidence import Verdict
from theory.rigor import certificate as fmt
from theory.rigor.checker_defined import undefined_part
from theory.rigor.checker_expressions import UnsupportedExpression
from theory.rigor.checker_goals import Rejected, initial_goal, renamed
from theory.rigor.checker_nodes import TreeCheck
from theory.rigor.checker_reading import refuse_enormous

if TYPE_CHECKING:
    from theory.claim import Domain


@dataclass(frozen=True)
class CheckReport:
    """What the checker found. HOLDS: the certificate proves the claim. UNDECIDED: it does not; the message says why.

    leaves, nodes: how many boxes and nodes were confirmed.
    """

    verdict: Verdict
    message: str
    leaves: int
    nodes: int


def check_certificate(
    statement: Boolean, domain: Domain, certificate: fmt.Certificate | str, *, steps: int = 150_000_000
) -> CheckReport:
    """Decide whether a certificate proves `statement` on `domain`.

    certificate: a `Certificate`, or its JSON text.
    steps: how many of its own steps z3 may take for one polynomial node.
    Never raises for a certificate that is malformed: it is then rejected with a sentence.
    """
    check = TreeCheck(steps)
    try:
        if isinstance(certificate, str):
            refuse_enormous(certificate)
            certificate = fmt.from_json(certificate)
        if not isinstance(certificate, fmt.Certificate):
            raise Rejected("this is not a certificate")
        goal = initial_goal(statement, domain)
        part = undefined_part(renamed(statement, domain), goal.spans, goal.hypotheses)
        if part is not None:
            raise Rejected(f"root: the statement is not known to be defined where not {part}")
        check.node(certificate.root, goal, ("root",))
    except Rejected as reason:
        return CheckReport(Verdict.UNDECIDED, f"Rejected: {reason}.", check.leaves, check.nodes)
    except UnsupportedExpression as reason:
        return CheckReport(Verdict.UNDECIDED, f"Rejected at {check.at}: {reason}.", check.leaves, check.nodes)
    except Exception as problem:  # Whatever a malformed certificate provokes, it proves nothing.
        message = f"Rejected at {check.at}: malformed ({type(problem).__name__}: {str(problem)[:200]})."
        return CheckReport(Verdict.UNDECIDED, message, check.leaves, check.nodes)
    message = f"The certificate proves the statement: {check.nodes} nodes and {check.leaves} boxes were confirmed."
    return CheckReport(Verdict.HOLDS, message, check.leaves, check.nodes)
