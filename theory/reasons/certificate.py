"""A step proved by interval arithmetic on the whole domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from theory.reasons.base import Expression, Judgement, Reason, Relation, accept, reject, show

if TYPE_CHECKING:
    from theory.claim import Domain


class Certificate(Reason):
    """The inequality is proved by `theory.rigor.prove`, and the proof is checked again by the independent checker.

    options: passed on to `prove`, such as `hints` and `budget`.
    """

    def __init__(self, words: str = "", **options: Any) -> None:
        self.words, self.options = words or "by interval arithmetic", options

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        from theory.evidence import Verdict  # imported here: claims import wellposed, which imports reasons
        from theory.rigor.checker import check_certificate
        from theory.rigor.prove import prove

        statement: Any = relation(left, right, evaluate=False)
        outcome = prove(statement, domain, **self.options)
        if outcome.verdict is not Verdict.HOLDS or outcome.certificate is None:
            return reject(f"Not certified: {show(left, relation, right)}. {outcome.message}")
        report = check_certificate(statement, domain, outcome.certificate)
        if report.verdict is not Verdict.HOLDS:
            return reject(f"The checker did not accept the proof of {show(left, relation, right)}: {report.message}")
        return accept(f"certified: {report.message}")
