"""Exact algebra: two expressions are the same function on a domain. It answers 'identical' or 'not shown'."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational

from theory.reasons.base import Expression, Judgement, Reason, Relation, Statement, accept, reject, show, substitute
from theory.reasons.ranges import sample, value_at, views
from theory.reasons.rational_form import rational_form

if TYPE_CHECKING:
    from theory.claim import Domain


MOST_CONDITIONS = 6


def identical(left: Expression, right: Expression, domain: Domain) -> bool:
    """Whether `left == right` was shown by exact algebra at every point of `domain` where both are defined."""
    if left == right:
        return True
    gap = sp.sympify(left) - sp.sympify(right)
    relevant = gap.free_symbols & set(domain.ranges)
    if gap.free_symbols - relevant or gap.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
        return False
    if any(value_at(gap, point) is not None for point in sample(domain)):
        return False
    equations = [sp.Add(h.lhs, -h.rhs) for h in domain.hypotheses if isinstance(h, sp.Eq)]  # type: ignore[operator]
    return any(
        all(_vanishes(gap.xreplace(case), equations, case) for case in cases) for cases in views(relevant, domain)
    )


def _vanishes(gap: Expression, equations: list[Expression], case: dict) -> bool:
    form = rational_form(gap)
    if form.numerator == 0 or _vanishes_in_every_branch(gap, equations, case):
        return True
    given = [equation.xreplace(case) for equation in equations if equation.free_symbols <= set(case)]
    given = [sp.fraction(sp.together(equation))[0] for equation in given]
    given = [equation for equation in given if equation.is_polynomial(*equation.free_symbols) and equation.free_symbols]
    if not given:
        return False
    generators = sorted(form.numerator.free_symbols.union(*(e.free_symbols for e in given)), key=sp.default_sort_key)
    basis = sp.groebner(given, *generators, order="grevlex")
    return basis.reduce(form.numerator)[1] == 0


def _vanishes_in_every_branch(gap: Expression, equations: list[Expression], case: dict) -> bool:
    """Whether the gap vanishes whichever of the conditions of its Piecewise parts are true."""
    conditions = set().union(*(part.atoms(Relational) for part in gap.atoms(sp.Piecewise)))
    free = sorted((c for c in conditions if c.free_symbols <= gap.free_symbols), key=sp.default_sort_key)
    if not 1 <= len(free) <= MOST_CONDITIONS:
        return False
    return all(
        _vanishes(gap.xreplace(dict(zip(free, map(sp.sympify, truths), strict=True))), equations, case)
        for truths in itertools.product((True, False), repeat=len(free))
    )


class Algebra(Reason):
    """Both sides are the same expression, by exact algebra on the domain. Both sides must be defined there."""

    def __init__(self, words: str = "") -> None:
        self.words = words or "by algebra"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        from theory.wellposed import undefined_conditions  # imported here: wellposed is built on signs

        if relation is not sp.Eq:
            return reject(f"Algebra shows equalities; use Sign or Certificate for {show(left, relation, right)}.")
        missing = undefined_conditions(sp.Eq(left, right, evaluate=False), domain)
        if missing:
            conditions = "; ".join(sp.sstr(condition) for condition in missing)
            return reject(f"Not defined on all of the domain without {conditions}: {show(left, relation, right)}.")
        if identical(left, right, domain):
            return accept("both sides have the same normal form")
        return reject(f"Not shown to be identical: {show(left, relation, right)}.")

    def check_equivalence(self, first: Statement, second: Statement, domain: Domain) -> Judgement:
        from theory.reasons.equivalence import Rearrange

        return Rearrange().check_equivalence(first, second, domain)


class Unfold(Algebra):
    """Names are replaced by what they stand for.

    definitions: name (a symbol outside the domain, or an applied function) -> its meaning, earlier ones first.
    """

    def __init__(self, definitions: Mapping[Expression, Expression], words: str = "") -> None:
        self.definitions = dict(definitions)
        self.words = words or "by definition"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        odd = [name for name in self.definitions if not isinstance(name, sp.Symbol | AppliedUndef)]
        if odd:
            return reject(f"{odd[0]} is no name that could be defined; use a symbol or an applied undefined function.")
        taken = [name for name in self.definitions if name in domain.ranges]
        if taken:
            return reject(f"{taken[0]} already ranges over the domain; define another name.")
        return super().check(unfold(left, self.definitions), relation, unfold(right, self.definitions), domain)


def unfold(expression, definitions: Mapping[Expression, Expression]):
    """Replace defined names by their meanings, the latest first, so that earlier ones in them are replaced too."""
    for name, meaning in reversed(list(definitions.items())):
        expression = substitute(expression, {name: meaning})
    return expression
