"""A case distinction: a step is shown where a condition holds, and where it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.core.relational import Relational

from theory.reasons.base import Expression, Judgement, Reason, Relation, Statement, accept, merged, reject
from theory.reasons.sign import shown

if TYPE_CHECKING:
    from theory.claim import Domain


class Cases(Reason):
    """The step holds by `where` on the part of the domain where `condition` holds, and by `otherwise` on the rest.

    In each part the conditions of a Piecewise that are decided there are replaced by their truth value.
    """

    def __init__(self, condition: Statement, where: Reason, otherwise: Reason, words: str = "") -> None:
        self.condition, self.where, self.otherwise = condition, where, otherwise
        self.definitions = merged(where, otherwise)
        self.words = words or f"whether or not ${sp.latex(condition)}$"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        from theory.wellposed import undefined_conditions  # imported here: wellposed is built on the reasons

        if not isinstance(self.condition, Relational) or self.condition.free_symbols - set(domain.ranges):
            return reject(f"The condition {self.condition} is no relation between symbols of the domain.")
        missing = undefined_conditions(self.condition, domain)
        if missing:  # where it is undefined, neither case would be looked at
            return reject(f"The condition {self.condition} is not defined on all of the domain without {missing}.")
        leaning: list[str] = []
        for holds, reason in ((True, self.where), (False, self.otherwise)):
            known = self.condition if holds else self.condition.negated
            part = replace(domain, hypotheses=(*domain.hypotheses, known))
            sides = (self._branch(side, holds, part) for side in (left, right))
            judgement = reason.check(next(sides), relation, next(sides), part)
            if not judgement.accepted:
                return replace(judgement, message=f"Where {known}: {judgement.message}")
            leaning += judgement.rests_on
        return accept(f"both where {self.condition} and where not", *leaning)

    def _branch(self, side: Any, holds: bool, part: Domain) -> Any:
        """The side with every condition decided that this case, or the domain, decides."""
        settled = {self.condition: sp.sympify(holds), self.condition.negated: sp.sympify(not holds)}
        side = side.xreplace({piecewise: piecewise.xreplace(settled) for piecewise in side.atoms(sp.Piecewise)})
        for condition in {c for piecewise in side.atoms(sp.Piecewise) for _, c in piecewise.args} - {sp.true}:
            if shown(condition, part):
                side = side.xreplace({condition: sp.true})
            elif isinstance(condition, Relational) and shown(condition.negated, part):
                side = side.xreplace({condition: sp.false})
        return side


class Contradiction(Reason):
    """There is nothing to show: a hypothesis of the domain, or of the present case, is false everywhere on it."""

    def __init__(self, hypothesis: Statement, words: str = "") -> None:
        self.hypothesis, self.words = hypothesis, words or "which cannot be"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        if self.hypothesis not in domain.hypotheses:
            return reject(f"{self.hypothesis} is not among the hypotheses.")
        others = replace(domain, hypotheses=tuple(h for h in domain.hypotheses if h != self.hypothesis))
        if not shown(self.hypothesis.negated, others):
            return reject(f"{self.hypothesis} was not shown to be false.")
        return accept(f"{self.hypothesis} is false")
