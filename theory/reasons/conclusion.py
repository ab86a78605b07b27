"""Whether what the chains conclude is what a claim states, and whether the claim names all it leans on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.core.relational import Relational

from theory.reasons.algebra import identical, unfold
from theory.reasons.base import Expression, Statement
from theory.reasons.lemma import IMPLIED, TURNED, same_relation

if TYPE_CHECKING:
    from theory.claim import Claim, Domain


def concludes(claim: Claim, conclusions: Sequence[Statement], named: Sequence[Mapping[Expression, Expression]]) -> str:
    """An empty string if the conclusions together are the claim's statement; otherwise a sentence."""
    plain = []
    for conclusion, names in zip(conclusions, named, strict=True):
        for name, meaning in names.items():
            if name in claim.definitions and claim.definitions[name] != meaning:
                return f"The derivation takes {name} to be {meaning}, the claim {claim.definitions[name]}."
        plain.append(unfold(unfold(conclusion, names), claim.definitions))
    parts = claim.unfolded.args if isinstance(claim.unfolded, sp.And) else (claim.unfolded,)
    for part in parts:
        if part not in plain and not any(implies(conclusion, part, claim.domain) for conclusion in plain):
            found = "; ".join(sp.sstr(conclusion) for conclusion in plain)
            return f"The derivation concludes {found}, which is not the statement {sp.sstr(part)}."
    return ""


def implies(conclusion: Statement, statement: Statement, domain: Domain) -> bool:
    """Whether the conclusion is the statement, up to exact algebra and weakening < to <=."""
    if conclusion == statement:
        return True
    if isinstance(conclusion, sp.Implies) and isinstance(statement, sp.Implies):
        given, wanted = (set(map(same_relation, sp.And.make_args(part.args[0]))) for part in (conclusion, statement))
        extended = replace(domain, hypotheses=(*domain.hypotheses, *sp.And.make_args(statement.args[0])))
        known = wanted | set(map(same_relation, domain.hypotheses))
        return given <= known and implies(conclusion.args[1], statement.args[1], extended)  # type: ignore[arg-type]
    if isinstance(conclusion, sp.Implies) and not isinstance(statement, sp.Implies):
        given = set(map(same_relation, sp.And.make_args(conclusion.args[0])))
        known = set(map(same_relation, domain.hypotheses))
        return given <= known and implies(conclusion.args[1], statement, domain)  # type: ignore[arg-type]
    if isinstance(statement, sp.Implies):
        extended = replace(domain, hypotheses=(*domain.hypotheses, *sp.And.make_args(statement.args[0])))
        return implies(conclusion, statement.args[1], extended)  # type: ignore[arg-type]
    if isinstance(conclusion, sp.Equivalent) and isinstance(statement, sp.Equivalent):
        one, two = conclusion.args
        return any(
            _same(one, first, domain) and _same(two, second, domain)
            for first, second in (statement.args, statement.args[::-1])
        )
    if not isinstance(conclusion, Relational) or not isinstance(statement, Relational):
        return False
    gap: Any = conclusion.lhs - conclusion.rhs  # type: ignore[operator]
    turned: Any = statement.reversed
    sides: Any = ((statement, type(statement)), (turned, TURNED.get(type(statement))))
    for relation, kind in sides:
        if kind in IMPLIED.get(type(conclusion), ()) and identical(gap, relation.lhs - relation.rhs, domain):
            return True
    return False


def _same(first: Statement, second: Statement, domain: Domain) -> bool:
    if first == second:
        return True
    if not isinstance(first, Relational) or not isinstance(second, Relational):
        return False
    one, two = same_relation(first), same_relation(second)
    return type(one) is type(two) and identical(one.lhs - one.rhs, two.lhs - two.rhs, domain)  # type: ignore[operator,union-attr]


def unnamed_foundation(claim: Claim, leaning: Sequence[str]) -> str:
    """An empty string if every claim leant on is named in `rests_on` and none rests on the claim itself."""
    from theory.claim import get

    for claim_id in leaning:
        if claim_id not in claim.rests_on:
            return f"The derivation uses {claim_id}; add it to `rests_on` of {claim.base_id}."
        beneath, waiting = set(), [claim_id]
        while waiting:
            current = waiting.pop()
            if current == claim.base_id:
                return f"{claim_id} rests on {claim.base_id} itself; a claim cannot be its own foundation."
            if current not in beneath:
                beneath.add(current)
                waiting += get(current).rests_on
    return ""
