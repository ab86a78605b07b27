"""Signs: what the ranges and hypotheses of a domain say about the sign of an expression.

A sign is the set of values that the signum may take, a subset of {-1, 0, 1}. It is found by rewriting the expression
as a quotient of polynomials in generators of known sign, factoring, and reading the signs of all coefficients.
Exponentials of something that is never negative are written 1 + E with E >= 0, which SymPy does not do by itself.
"""

from __future__ import annotations

from functools import lru_cache, reduce
from typing import TYPE_CHECKING

import sympy as sp
from sympy.core.relational import Relational

from theory.reasons.base import Expression, Judgement, Reason, Relation, Statement, accept, difference, reject, show
from theory.reasons.ranges import sample, value_at, views
from theory.reasons.rational_form import RationalForm, rational_form

if TYPE_CHECKING:
    from theory.claim import Domain

Signs = frozenset[int]
POSITIVE, NONNEGATIVE = frozenset({1}), frozenset({0, 1})
NEGATIVE, NONPOSITIVE = frozenset({-1}), frozenset({-1, 0})
ZERO, NONZERO, UNKNOWN = frozenset({0}), frozenset({-1, 1}), frozenset({-1, 0, 1})


def sign_of(expression: Expression, domain: Domain, *, within: Signs | None = None) -> Signs:
    """The signs that `expression` may take on `domain`; UNKNOWN when nothing could be shown.

    within: what is hoped for. The search ends as soon as this much is shown, or a sample point contradicts it.
    """
    expression = sp.sympify(expression)
    known = UNKNOWN
    relevant = expression.free_symbols & set(domain.ranges)
    if expression.free_symbols - relevant:
        return UNKNOWN
    if within is not None and relevant:
        values = (value_at(expression, point) for point in sample(domain))
        if any(value is not None and (1 if value > 0 else -1) not in within for value in values):
            return UNKNOWN
    for cases in views(relevant, domain):
        found: Signs = frozenset()
        for case in cases:
            found |= _sign_of_case(expression.xreplace(case))
            if known <= found:
                break
        known &= found
        if within is not None and known <= within:
            break
        if len(known) <= 1:
            break
    return known


@lru_cache(maxsize=4096)
def _sign_of_case(expression: Expression) -> Signs:
    if expression.has(sp.nan, sp.zoo, sp.oo, -sp.oo):
        return UNKNOWN
    by_assumption = _assumed(expression)
    if len(by_assumption) == 1:
        return by_assumption
    form = rational_form(expression)
    plain = _quotient(form.numerator, form.denominator, {})
    if len(plain & by_assumption) == 1 or not (form.exponentials or form.logarithms or form.roots or form.others):
        return plain & by_assumption
    replaced, known = _oriented(form)
    top, bottom = (polynomial.xreplace(replaced) for polynomial in (form.numerator, form.denominator))
    known_sign = plain & by_assumption & _quotient(top, bottom, known)
    fractions = {g: 1 - sp.Dummy("gap", nonnegative=True) for g, e in form.others.items() if _is_fraction(e)}
    if fractions and len(known_sign) > 1:
        known_sign &= _quotient(top.xreplace(fractions), bottom.xreplace(fractions), known)
    return known_sign


def _is_fraction(e: Expression) -> bool:
    """Whether e is a power base**exponent with 0 <= base <= 1 and exponent >= 0, and so at most 1."""
    if not isinstance(e, sp.Pow):
        return False
    return all(_sign_of_case(part) <= NONNEGATIVE for part in (e.base, 1 - e.base, e.exp))


def _oriented(form: RationalForm) -> tuple[dict, dict[Expression, Signs]]:
    """Replace exp(T) by 1 + E where T >= 0 and by 1/(1 + E) where T <= 0, and roots alike; find signs of logarithms."""
    replaced: dict[Expression, Expression] = {}
    known: dict[Expression, Signs] = {}
    for generator, argument in form.logarithms.items():
        known[generator] = _sign_of_case(argument - 1)
    powers = {generator: _sign_of_case(exponent) for generator, exponent in form.exponentials.items()}
    powers |= {root: _sign_of_case(form.restore(base) - 1) for root, (_, base) in form.roots.items()}
    for generator, sign in powers.items():
        excess = sp.Dummy("excess", real=True, **({"positive": True} if 0 not in sign else {"nonnegative": True}))
        if sign <= NONNEGATIVE:
            replaced[generator] = 1 + excess
        elif sign <= NONPOSITIVE:
            replaced[generator] = 1 / (1 + excess)
    return replaced, known


def _quotient(top: Expression, bottom: Expression, known: dict[Expression, Signs]) -> Signs:
    numerator, denominator = sp.fraction(sp.together(top / bottom))
    below = _polynomial(denominator, known)
    return multiply(_polynomial(numerator, known), below) if 0 not in below else UNKNOWN


def _polynomial(polynomial: Expression, known: dict[Expression, Signs]) -> Signs:
    constant, factors = sp.factor_list(polynomial)  # type: ignore[misc]
    sign = _assumed(constant)
    for factor, power in factors:
        one = _sum_of_monomials(factor, known)
        sign = multiply(sign, one if power % 2 else _even(one))
    return sign


def _sum_of_monomials(factor: Expression, known: dict[Expression, Signs]) -> Signs:
    assumed = _assumed(factor)
    if len(assumed) == 1 or not factor.free_symbols:
        return assumed
    terms = []
    polynomial = sp.Poly(factor, *sorted(factor.free_symbols, key=sp.default_sort_key))
    for powers, coefficient in polynomial.terms():
        sign = _assumed(coefficient)
        for generator, power in zip(polynomial.gens, powers, strict=True):
            one = known.get(generator, UNKNOWN) & _assumed(generator)
            if power:
                sign = multiply(sign, one if power % 2 else _even(one))
        terms.append(sign)
    return reduce(add, terms) & assumed


def _even(sign: Signs) -> Signs:
    return frozenset(abs(s) for s in sign)


def multiply(first: Signs, second: Signs) -> Signs:
    return frozenset(a * b for a in first for b in second)


def add(first: Signs, second: Signs) -> Signs:
    possible: set[int] = set()
    for a in first:
        for b in second:
            possible |= {-1, 0, 1} if a * b < 0 else {a or b}
    return frozenset(possible)


def _assumed(expression: Expression) -> Signs:
    if expression.is_positive:
        return POSITIVE
    if expression.is_negative:
        return NEGATIVE
    if expression.is_zero:
        return ZERO
    if expression.is_nonnegative:
        return NONNEGATIVE
    if expression.is_nonpositive:
        return NONPOSITIVE
    return NONZERO if expression.is_real and expression.is_nonzero else UNKNOWN


def shown(relation: Statement, domain: Domain) -> bool:
    """Whether a relation (or a conjunction of relations) follows from the ranges and hypotheses."""
    if relation in (sp.true, *domain.hypotheses):
        return True
    if isinstance(relation, sp.And):
        return all(shown(part, domain) for part in relation.args)
    if isinstance(relation, sp.Or):
        return any(shown(part, domain) for part in relation.args)
    if not isinstance(relation, Relational):
        return False
    if isinstance(relation, sp.Eq):
        from theory.reasons.algebra import identical  # imported here: algebra is built on signs

        return identical(relation.lhs, relation.rhs, domain)
    gap, wanted = relation.lhs - relation.rhs, WANTED[type(relation)]  # type: ignore[operator]
    return sign_of(gap, domain, within=wanted) <= wanted or _from_hypothesis(gap, wanted, domain)


WANTED = {sp.Gt: POSITIVE, sp.Ge: NONNEGATIVE, sp.Lt: NEGATIVE, sp.Le: NONPOSITIVE, sp.Ne: NONZERO}


def hypothesis_gap(hypothesis: Statement) -> tuple[Expression, Signs] | None:
    """An inequality as an expression and the signs it allows, oriented to be >= 0 or > 0; None for anything else."""
    if not isinstance(hypothesis, sp.Gt | sp.Ge | sp.Lt | sp.Le):
        return None
    gap, strict = difference(hypothesis.lhs, type(hypothesis), hypothesis.rhs)
    return gap, POSITIVE if strict else NONNEGATIVE


def _from_hypothesis(gap: Expression, wanted: Signs, domain: Domain) -> bool:
    """Whether `gap` is a hypothesis times something, or plus something, whose sign is known."""
    for hypothesis in domain.hypotheses:
        given = hypothesis_gap(hypothesis)
        if given is None or given[0] == 0:
            continue
        for oriented in (gap, -gap):
            needed = wanted if oriented is gap else frozenset(-s for s in wanted)
            for rest, combine in ((sp.cancel(oriented / given[0]), multiply), (oriented - given[0], add)):
                useful = frozenset(s for s in (-1, 0, 1) if combine(frozenset({s}), given[1]) <= needed)
                if sign_of(rest, domain, within=useful) <= useful:
                    return True
    return False


class Sign(Reason):
    """`left - right` has the sign that the step needs, by the ranges, the hypotheses and the signs of coefficients.

    given: hypothesis of the domain -> multiplier. The step is then shown by writing the difference as the sum of the
        hypotheses times their multipliers (each shown to be >= 0) and a rest shown to be >= 0.
    """

    def __init__(self, words: str = "", given: dict[Statement, Expression] | None = None) -> None:
        self.words = words or "by signs"
        self.given = dict(given or {})

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        if relation is sp.Eq:
            return reject(f"Sign shows inequalities; use Algebra for {show(left, relation, right)}.")
        gap, strict = difference(left, relation, right)
        if not self.given:
            if shown(sp.Gt(gap, 0, evaluate=False) if strict else sp.Ge(gap, 0, evaluate=False), domain):
                return accept("the difference has one sign")
            return reject(f"The sign of the difference was not shown: {show(left, relation, right)}.")
        total: Signs = ZERO
        for hypothesis, multiplier in self.given.items():
            oriented = hypothesis_gap(hypothesis)
            if hypothesis not in domain.hypotheses or oriented is None:
                return reject(f"{hypothesis} is not an inequality among the hypotheses.")
            sign = sign_of(multiplier, domain)
            if not sign <= NONNEGATIVE:
                return reject(f"The multiplier {multiplier} of {hypothesis} was not shown to be >= 0.")
            total = add(total, multiply(sign, oriented[1]))
            gap -= multiplier * oriented[0]
        total = add(total, sign_of(gap, domain))
        if total <= (POSITIVE if strict else NONNEGATIVE):
            return accept("a combination of the hypotheses")
        return reject(f"The rest {sp.sstr(gap)} was not shown to be >= 0 in {show(left, relation, right)}.")
