"""A step that follows from a registered claim, with expressions put in place of its symbols."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import sympy as sp
from sympy.core.relational import Relational

from theory.reasons.algebra import identical
from theory.reasons.base import Expression, Judgement, Reason, Relation, Statement, accept, reject, show, substitute
from theory.reasons.ranges import views
from theory.reasons.sign import shown

if TYPE_CHECKING:
    from theory.claim import Claim, Domain

IMPLIED = {sp.Eq: (sp.Eq, sp.Le, sp.Ge), sp.Lt: (sp.Lt, sp.Le), sp.Gt: (sp.Gt, sp.Ge), sp.Le: (sp.Le,), sp.Ge: (sp.Ge,)}
TURNED = {sp.Eq: sp.Eq, sp.Lt: sp.Gt, sp.Gt: sp.Lt, sp.Le: sp.Ge, sp.Ge: sp.Le}


class Lemma(Reason):
    """The step is a registered claim under a substitution whose values lie in the claim's domain.

    claim_id: the claim; it must be listed in the `rests_on` of the claim that is derived with it.
    values: symbol of that claim -> expression in the symbols of the present domain.
    """

    def __init__(self, claim_id: str, values: Mapping[sp.Symbol, Expression] | None = None, words: str = "") -> None:
        self.claim_id, self.values = claim_id, {k: sp.sympify(v) for k, v in (values or {}).items()}
        self.words = words or f"by {claim_id}"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        claim, problem = self._applicable(domain)
        if claim is None:
            return reject(problem)
        statement = substitute(claim.unfolded, self.values)
        plain = statement.args if isinstance(statement, sp.And) else (statement,)
        if any((left, right) == sides for part in plain for sides in _readings(part, relation)):
            return accept(f"{self.claim_id} applies", self.claim_id)  # word for word: the algebra may be long
        for fact in _facts(statement, domain):
            if any(identical(left - right, one - two, domain) for one, two in _readings(fact, relation)):  # type: ignore[operator]
                return accept(f"{self.claim_id} applies", self.claim_id)
        return reject(f"{self.claim_id} does not say {show(left, relation, right)}.")

    def check_equivalence(self, first: Statement, second: Statement, domain: Domain) -> Judgement:
        claim, problem = self._applicable(domain)
        if claim is None:
            return reject(problem)
        statement = substitute(claim.unfolded, self.values)
        if isinstance(statement, sp.Equivalent) and {same_relation(first), same_relation(second)} == {
            same_relation(side) for side in statement.args
        }:
            return accept(f"{self.claim_id} applies", self.claim_id)
        return reject(f"{self.claim_id} does not say that {first} if and only if {second}.")

    def _applicable(self, domain: Domain) -> tuple[Claim | None, str]:
        from theory.claim import Kind, get  # imported here: claims import wellposed, which imports reasons

        claim = get(self.claim_id)
        if claim.kind is Kind.REFUTATION:
            return None, f"{self.claim_id} is a refutation: its statement is false."
        odd = [key for key in self.values if not isinstance(key, sp.Symbol)]
        if odd:
            return None, f"{odd[0]} is no symbol of {self.claim_id}; only its symbols may be given values."
        missing = set(claim.domain.ranges) - set(self.values)
        if missing:
            return None, f"{self.claim_id} needs a value for {', '.join(sorted(map(str, missing)))}."
        for symbol, values in claim.domain.ranges.items():
            if not lies_in(self.values[symbol], values, domain):
                return None, f"{self.values[symbol]} was not shown to lie in {values}, the range of {symbol}."
        for hypothesis in claim.domain.hypotheses:
            required = substitute(hypothesis, self.values)
            if not shown(required, domain):
                return None, f"The hypothesis {required} of {self.claim_id} was not shown."
        return claim, ""


class Citation(Lemma):
    """A step on the authority of a claim that is only cited. The derivation then stands given that citation."""

    def _applicable(self, domain: Domain) -> tuple[Claim | None, str]:
        from theory.claim import get
        from theory.evidence import Method

        if Method.CITED not in get(self.claim_id).requires:
            return None, f"{self.claim_id} does not require Method.CITED; use Lemma for a claim that is proved here."
        return super()._applicable(domain)


def same_relation(relation: Statement) -> Statement:
    """A relation written with < or <=, so that `a > b` and `b < a` compare equal."""
    return relation.reversed if isinstance(relation, sp.Gt | sp.Ge) else relation


def lies_in(value: Expression, values: sp.Set, domain: Domain) -> bool:
    """Whether `value` was shown to be defined and to lie in a range everywhere on the domain."""
    from theory.wellposed import undefined_conditions  # imported here: wellposed is built on the reasons

    if value.free_symbols - set(domain.ranges) or undefined_conditions(value, domain):
        return False
    if isinstance(values, sp.FiniteSet):
        return any(identical(value, member, domain) for member in values) or any(
            all(values.contains(value.xreplace(case)) is sp.true for case in cases)
            for cases in views(value.free_symbols, domain)
        )
    if isinstance(values, sp.Range) and not is_integer(value, domain):
        return False
    low = sp.Gt if isinstance(values, sp.Interval) and values.left_open else sp.Ge
    high = sp.Lt if isinstance(values, sp.Interval) and values.right_open else sp.Le
    return (values.inf == -sp.oo or shown(low(value, values.inf, evaluate=False), domain)) and (
        values.sup == sp.oo or shown(high(value, values.sup, evaluate=False), domain)
    )


def is_integer(value: Expression, domain: Domain) -> bool:
    """Whether `value` was shown to be an integer everywhere on the domain."""
    if value.is_Integer:
        return True
    if not value.free_symbols <= set(domain.ranges):
        return False
    return any(all(value.xreplace(case).is_integer for case in cases) for cases in views(value.free_symbols, domain))


def _readings(fact: Statement, relation: Relation) -> Iterator[tuple[Expression, Expression]]:
    """The pairs of sides between which a fact says `relation`: as it stands, and turned round."""
    if isinstance(fact, Relational):
        for one, two, kind in ((fact.lhs, fact.rhs, type(fact)), (fact.rhs, fact.lhs, TURNED.get(type(fact)))):
            if relation in IMPLIED.get(kind, ()):
                yield one, two


def _facts(statement: Statement, domain: Domain) -> Iterator[Statement]:
    if isinstance(statement, Relational):
        yield statement
    elif isinstance(statement, sp.And):
        for part in statement.args:
            yield from _facts(part, domain)
    elif isinstance(statement, sp.Implies) and shown(statement.args[0], domain):
        yield from _facts(statement.args[1], domain)
    elif isinstance(statement, sp.Equivalent):
        pairs = itertools.permutations(statement.args, 2)
        for known, fact in sorted(pairs, key=lambda pair: pair[0] not in domain.hypotheses):  # the quick ones first
            if shown(known, domain):
                yield from _facts(fact, domain)
