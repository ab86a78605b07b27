"""Steps between indicators of events: they hold whichever of the conditions are true."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp
from sympy.core.relational import Relational

from theory.reasons.base import Expression, Judgement, Reason, Relation, Statement, accept, merged, reject
from theory.reasons.rational_form import canonical_condition
from theory.reasons.sign import Sign

if TYPE_CHECKING:
    from theory.claim import Domain

MOST_CONDITIONS = 8


class Indicators(Reason):
    """The step holds for every combination of truth values of the relations in its Piecewise conditions.

    implied: (A, B, reason) for conditions A and B: where A holds B does, by `reason`. Combinations in which A is true
        and B false are passed over.
    certain: (A, reason) for a condition, or the negation of one, that holds everywhere, by `reason`. Combinations in
        which it does not are passed over.
    by: the reason for the step in each combination that is left; Sign by default.
    """

    def __init__(
        self,
        implied: Iterable[tuple[Statement, Statement, Reason]] = (),
        certain: Iterable[tuple[Statement, Reason]] = (),
        by: Reason | None = None,
        words: str = "",
    ) -> None:
        self.implied, self.certain, self.by = tuple(implied), tuple(certain), by or Sign()
        self.definitions = merged(self.by, *(rule[2] for rule in self.implied), *(rule[1] for rule in self.certain))
        self.words = words or "as one event contains the other"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        conditions = sorted(_relations(left) | _relations(right), key=sp.default_sort_key)
        if not conditions or len(conditions) > MOST_CONDITIONS:
            return reject(f"{len(conditions)} conditions occur; Indicators compares 1 to {MOST_CONDITIONS} of them.")
        place = {canonical_condition(condition): (number, True) for number, condition in enumerate(conditions)}
        for number, condition in enumerate(conditions):
            place.setdefault(canonical_condition(condition.negated), (number, False))
        named = [part for rule in self.implied for part in rule[:2]] + [rule[0] for rule in self.certain]
        strange = [part for part in named if canonical_condition(part) not in place]
        if strange:
            return reject(f"{strange[0]} is not among the conditions {conditions}.")
        leaning: tuple[str, ...] = ()
        for event, consequence, reason in (*self.implied, *((sp.true, fact, by) for fact, by in self.certain)):
            part = domain if event is sp.true else replace(domain, hypotheses=(*domain.hypotheses, event))
            judgement = reason.check(consequence.lhs, type(consequence), consequence.rhs, part)
            if not judgement.accepted:
                return replace(judgement, message=f"{consequence} was not shown where {event}: {judgement.message}")
            leaning += judgement.rests_on
        follows = [tuple(place[canonical_condition(part)] for part in rule[:2]) for rule in self.implied]
        holds = [place[canonical_condition(fact)] for fact, _ in self.certain]
        compared: dict[tuple, dict] = {}
        for truths in itertools.product((True, False), repeat=len(conditions)):
            if any(truths[a] is yes and truths[b] is not so for (a, yes), (b, so) in follows):
                continue
            if any(truths[number] is not yes for number, yes in holds):
                continue
            known = dict(zip(conditions, map(sp.sympify, truths), strict=True))
            compared.setdefault((left.xreplace(known), right.xreplace(known)), known)
        for (one, two), known in compared.items():
            judgement = self.by.check(one, relation, two, domain)
            if not judgement.accepted:
                listed = ", ".join(f"{condition} is {truth}" for condition, truth in known.items())
                return replace(judgement, message=f"If {listed}: {judgement.message}")
            leaning += judgement.rests_on
        return accept("whichever of the conditions hold", *leaning)


def _relations(side: Expression) -> set[Statement]:
    """The relations in the conditions of the Piecewise parts."""
    conditions = {condition for part in side.atoms(sp.Piecewise) for _, condition in part.args}
    return set().union(*(condition.atoms(Relational) for condition in conditions))
