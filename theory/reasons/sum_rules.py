"""Identities between finite sums: one over a few numbers written out, one with its first terms left out, as they

vanish, and Pascal's rule for sums with binomials.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sympy as sp

from theory.reasons.algebra import identical
from theory.reasons.base import Expression, Judgement, Reason, Relation, accept, reject, show, substitute
from theory.reasons.lemma import is_integer
from theory.reasons.sign import shown

if TYPE_CHECKING:
    from theory.claim import Domain

MOST_TERMS = 8


class WriteOut(Reason):
    """Both sides are identical once the sums over the given indices, which run between two numbers, are written out.

    indices: those to write out, wherever a sum runs over them; at most 8 terms each. No other end of that sum may
    depend on them.
    """

    def __init__(self, *indices: sp.Symbol, words: str = "") -> None:
        self.indices = indices
        self.words = words or "writing out the sum"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        if relation is not sp.Eq:
            return reject(f"WriteOut shows equalities, not {show(left, relation, right)}.")
        try:
            one, two = self._written(left), self._written(right)
        except ValueError as problem:
            return reject(str(problem))
        if (one, two) == (left, right):
            return reject(f"No sum runs over {', '.join(map(str, self.indices))} in {show(left, relation, right)}.")
        if identical(one, two, domain):
            return accept("a sum of a few terms, written out")
        return reject(f"Not identical once written out: {sp.sstr(one)} and {sp.sstr(two)}.")

    def _written(self, e: Any) -> Any:
        if not e.has(sp.Sum):
            return e
        if not isinstance(e, sp.Sum):
            return e.func(*(self._written(argument) for argument in e.args))
        parts, limits = [self._written(e.function)], list(e.limits)
        for limit in e.limits:
            index, low, high = limit
            if index not in self.indices:
                continue
            limits.remove(limit)
            if not (low.is_Integer and high.is_Integer and 0 <= high - low < MOST_TERMS):
                raise ValueError(f"{index} does not run over 1 to {MOST_TERMS} numbers: {low} to {high}.")
            if any(index in end.free_symbols for other in e.limits for end in other[1:]):
                raise ValueError(f"An end of {sp.sstr(e)} depends on {index}.")
            values = range(int(low), int(high) + 1)
            parts = [substitute(part, {index: sp.Integer(value)}) for part in parts for value in values]
        return sp.Add(*(sp.Sum(part, *limits) if limits else part for part in parts if part != 0))


class SkipZeros(Reason):
    """Both sides are identical once one sum starts later, since the terms that are left out are 0.

    target: the sum, over one index.
    least: where it starts instead, an integer from its lower end to one past its upper.
    by: the reason why each term before `least` is 0.
    """

    def __init__(self, target: sp.Sum, least: Expression, by: Reason, words: str = "") -> None:
        self.target, self.least, self.by = target, sp.sympify(least), by
        self.definitions = by.definitions
        self.words = words or "leaving out terms that vanish"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        from theory.wellposed import with_index

        (index, low, high), *more = self.target.limits
        if more or relation is not sp.Eq:
            return reject("SkipZeros shows an equality for a sum over one index.")
        if index in domain.ranges:
            return reject(f"{index} is both a symbol of the domain and an index; rename the index.")
        if not (left.has(self.target) or right.has(self.target)):
            return reject(f"{sp.sstr(self.target)} does not occur in {show(left, relation, right)}.")
        inside = (sp.Le(low, self.least, evaluate=False), sp.Le(self.least, high + 1, evaluate=False))
        if not (is_integer(self.least, domain) and all(shown(bound, domain) for bound in inside)):
            return reject(f"{self.least} was not shown to be an integer from {low} to {high} + 1.")
        before = with_index(domain, index, low, self.least - 1)
        judgement = self.by.check(self.target.function, sp.Eq, sp.S.Zero, before)
        if not judgement.accepted:
            return reject(f"Of the terms before {self.least}: {judgement.message}")
        later = sp.Sum(self.target.function, (index, self.least, high))
        one, two = (side.xreplace({self.target: later}) for side in (left, right))
        if identical(one, two, domain):
            return accept("the terms left out vanish", *judgement.rests_on)
        return reject(f"Not identical without those terms: {show(left, relation, right)}.")


class Pascal(Reason):
    """Both sides are identical once the sum over j = 0..top of binomial(top, j) g(j) is replaced, by Pascal's rule, by

    the sum over j = 0..top-1 of binomial(top-1, j) g(j), plus that of binomial(top-1, j) g(j+1).

    top: an integer shown to be at least 1. g: a function of the index, such as an indicator.
    Why: binomial(top, j) = binomial(top-1, j) + binomial(top-1, j-1); the first vanishes at j = top, the second at 0.
    """

    def __init__(self, top: Expression, g: Callable[[Any], Any], index: sp.Symbol, words: str = "") -> None:
        self.top, self.g, self.index = sp.sympify(top), g, index
        self.words = words or "by Pascal's rule"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        top, j = self.top, self.index
        if relation is not sp.Eq:
            return reject(f"Pascal shows equalities, not {show(left, relation, right)}.")
        if j in domain.ranges or j in top.free_symbols or not j.is_integer:
            return reject(f"The index {j} must be an integer symbol of its own; rename it.")
        if not (is_integer(top, domain) and shown(sp.Ge(top, 1, evaluate=False), domain)):
            return reject(f"{top} was not shown to be an integer that is at least 1.")
        body = sp.sympify(self.g(j))
        target = sp.Sum(sp.binomial(top, j) * body, (j, 0, top))
        if not (left.has(target) or right.has(target)):
            return reject(f"{sp.sstr(target)} does not occur in {show(left, relation, right)}.")
        parts = (
            sp.Sum(sp.binomial(top - 1, j) * term, (j, 0, top - 1)) for term in (body, substitute(body, {j: j + 1}))
        )
        split = sp.Add(*parts)  # type: ignore[arg-type]
        one, two = (side.xreplace({target: split}) for side in (left, right))
        if identical(one, two, domain):
            return accept("by Pascal's rule for binomials")
        return reject(f"Not identical by Pascal's rule for {sp.sstr(target)}: {show(left, relation, right)}.")
