"""A step that uses facts which are shown first: the cut of a proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from theory.reasons.base import SYMBOLS, Expression, Judgement, Reason, Relation, Statement, merged, reject

if TYPE_CHECKING:
    from theory.claim import Domain


class Since(Reason):
    """The step holds by `then` on a domain that has the facts among its hypotheses; each fact is shown first.

    facts: relation -> the reason why it holds everywhere on the domain, which may use the facts before it.
    """

    def __init__(self, facts: Mapping[Statement, Reason], then: Reason, words: str = "") -> None:
        self.facts, self.then = dict(facts), then
        self.definitions = merged(then, *self.facts.values())
        self.words = words or then.words

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        known = self._known(domain)
        if isinstance(known, Judgement):
            return known
        extended, leaning = known
        judgement = self.then.check(left, relation, right, extended)
        return replace(judgement, rests_on=(*leaning, *judgement.rests_on))

    def check_equivalence(self, first: Statement, second: Statement, domain: Domain) -> Judgement:
        known = self._known(domain)
        if isinstance(known, Judgement):
            return known
        extended, leaning = known
        judgement = self.then.check_equivalence(first, second, extended)
        return replace(judgement, rests_on=(*leaning, *judgement.rests_on))

    def _known(self, domain: Domain) -> tuple[Domain, tuple[str, ...]] | Judgement:
        """The domain with the facts, and what showing them leans on; or the judgement on the first that fails."""
        from theory.wellposed import undefined_conditions  # imported here: wellposed is built on the reasons

        leaning: tuple[str, ...] = ()
        for fact, reason in self.facts.items():
            if type(fact) not in SYMBOLS:
                return reject(f"The fact {fact} is no equation or inequality; write one.")
            strange = fact.free_symbols - set(domain.ranges)
            if strange:
                return reject(f"The fact {fact} holds {', '.join(sorted(map(str, strange)))}, which has no range.")
            missing = undefined_conditions(fact, domain)
            if missing:
                return reject(f"The fact {fact} is not defined on all of the domain without {missing}.")
            judgement = reason.check(fact.lhs, type(fact), fact.rhs, domain)
            if not judgement.accepted:
                return replace(judgement, message=f"The fact {fact} was not shown: {judgement.message}")
            domain = replace(domain, hypotheses=(*domain.hypotheses, fact))
            leaning += judgement.rests_on
        return domain, leaning
