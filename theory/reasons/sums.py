"""Sums in closed form, run backwards, and combined.

A closed form S is accepted when S(start - 1) = 0 and S(k) - S(k - 1) = f(k) for a symbolic k, by exact algebra: that is
induction. Where it comes from (SymPy, or the author) does not matter. Two rules go beside it: the binomial theorem,
and a summand that differs from a simpler one at a single index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sympy as sp

from theory.reasons.algebra import identical
from theory.reasons.base import Expression, Judgement, Reason, Relation, accept, reject, show, substitute
from theory.reasons.lemma import is_integer
from theory.reasons.sign import POSITIVE, shown, sign_of
from theory.reasons.termwise import factor_and_sum

if TYPE_CHECKING:
    from theory.claim import Domain

ClosedForm = Callable[[Any], Any]


class NotEvaluated(Exception):
    """A sum for which no closed form was shown; the message says which."""


class EvaluateSum(Reason):
    """The two sides are identical once every finite sum in them is replaced by its closed form.

    closed_form: `lambda upper: upper * (upper + 1) / 2`, the sum from its lower limit up to `upper`, for a sum that
        SymPy cannot do, or not everywhere on the domain; it is tried first for every sum in the step.
    """

    def __init__(self, closed_form: ClosedForm | None = None, words: str = "") -> None:
        self.closed_form = closed_form
        self.words = words or "evaluating the sum"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        from theory.wellposed import undefined_conditions  # imported here: wellposed is built on the reasons

        if relation is not sp.Eq:
            return reject(f"EvaluateSum shows equalities, not {show(left, relation, right)}.")
        missing = undefined_conditions(sp.Eq(left, right, evaluate=False), domain)
        if missing:
            return reject(f"Not defined on all of the domain without {missing}: {show(left, relation, right)}.")
        try:
            one, two = (evaluate(side, domain, self.closed_form) for side in (left, right))
        except NotEvaluated as problem:
            return reject(str(problem))
        if identical(one, two, domain):
            return accept("the closed form passes its induction check")
        return reject(f"The sums evaluate to {sp.sstr(one)} and {sp.sstr(two)}: {show(left, relation, right)}.")


class ReverseSum(Reason):
    """The two sides are identical once one sum is run backwards: sum of f(j) = sum of f(low + high - j)."""

    def __init__(self, target: Expression, words: str = "") -> None:
        self.target, self.words = target, words or "running the sum backwards"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        (index, low, high), *more = self.target.limits
        if more or relation is not sp.Eq:
            return reject("ReverseSum shows an equality for a sum over one index.")
        backwards = sp.Sum(substitute(self.target.function, {index: low + high - index}), (index, low, high))
        one, two = (side.xreplace({self.target: backwards}) for side in (left, right))
        if identical(one, two, domain):
            return accept("a finite sum may be run backwards")
        return reject(f"Not identical with that sum run backwards: {show(left, relation, right)}.")


class CombineSums(Reason):
    """A sum of finite sums over the same range, each times a factor, is one sum: sums are linear."""

    def __init__(self, words: str = "") -> None:
        self.words = words or "combining the sums"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        if relation is not sp.Eq:
            return reject(f"CombineSums shows equalities, not {show(left, relation, right)}.")
        place = sp.Dummy("j", integer=True)
        total: dict[tuple, Any] = {}
        rest = sp.S.Zero
        for sign, side in ((1, left), (-1, right)):
            for term in sp.Add.make_args(sp.expand(side, deep=False)):
                parts = factor_and_sum(term)
                if parts is None or len(parts[1].limits) != 1:
                    rest += sign * term
                    continue
                factor, (index, low, high) = parts[0], parts[1].limits[0]
                function = substitute(parts[1].function, {index: place})
                total[low, high] = total.get((low, high), sp.S.Zero) + sign * factor * function
        for (low, high), function in total.items():
            if not identical(function, sp.S.Zero, _within(domain, place, low, high)):
                return reject(f"The terms {sp.sstr(function)} do not cancel in {show(left, relation, right)}.")
        if not identical(rest, sp.S.Zero, domain):
            return reject(f"Outside the sums {sp.sstr(rest)} remains in {show(left, relation, right)}.")
        return accept("finite sums are linear")


def evaluate(expression: Any, domain: Domain, closed_form: ClosedForm | None = None) -> Any:
    """Replace every finite sum by a closed form that was shown. Raises NotEvaluated."""
    from theory.wellposed import with_index

    if not expression.has(sp.Sum):
        return expression
    if not isinstance(expression, sp.Sum):
        return expression.func(*(evaluate(argument, domain, closed_form) for argument in expression.args))
    value: Any = expression.function
    domains = [domain]
    limits: Any = expression.limits
    for index, low, high in reversed(limits[1:]):
        domains.append(with_index(domains[-1], index, low, high))
    for (index, low, high), outer in zip(limits, reversed(domains), strict=True):
        low, high = (evaluate(end, outer, closed_form) for end in (low, high))
        if index in outer.ranges:
            raise NotEvaluated(f"{index} is both a symbol of the domain and an index; rename the index.")
        if not shown(sp.Ge(high, low - 1, evaluate=False), outer):
            raise NotEvaluated(f"{high} >= {low} - 1 was not shown, so {expression} may run backwards.")
        value = evaluate(value, with_index(outer, index, low, high), closed_form)
        value = _one_sum(value, index, low, high, outer, closed_form)
    return value


def _one_sum(f: Any, index: sp.Symbol, low: Any, high: Any, domain: Domain, given: ClosedForm | None) -> Any:
    for rule in (_constant, _single_index, _binomial_theorem):
        value = rule(f, index, low, high, domain)
        if value is not None:
            return value
    terms = sp.Add.make_args(sp.expand(f))
    for candidate in _candidates(f, index, low, given):  # one by one: SymPy's own closed forms may take it long
        if _induction(candidate, f, index, low, domain):
            return candidate(high)
    if len(terms) > 1 and identical(f, sp.Add(*terms), _within(domain, index, low, high)):
        return sp.Add(*(_one_sum(term, index, low, high, domain, given) for term in terms))
    raise NotEvaluated(f"No closed form was shown for the sum of {sp.sstr(f)} over {index}; give `closed_form`.")


def _within(domain: Domain, index: sp.Symbol, low: Any, high: Any) -> Domain:
    from theory.wellposed import with_index

    return with_index(domain, index, low, high)


def _constant(f: Any, index: sp.Symbol, low: Any, high: Any, domain: Domain) -> Any:
    return None if f.has(index) else f * (high - low + 1)


def _candidates(f: Any, index: sp.Symbol, low: Any, given: ClosedForm | None) -> Iterator[ClosedForm]:
    """Closed forms worth an induction check: the author's, then SymPy's with every branch of a Piecewise."""
    upper = sp.Dummy("upper", integer=True)
    if given is not None:  # called once: a function of Python may answer each argument differently
        template = sp.sympify(given(upper))
        yield lambda k: substitute(template, {upper: k})
    value = sp.Sum(f, (index, low, upper)).doit()
    pieces: Any = value.atoms(sp.Piecewise)
    for branch in [value, *(part for piece in pieces for part, _ in piece.args)]:
        closed = value.xreplace(dict.fromkeys(value.atoms(sp.Piecewise), branch)) if branch is not value else value
        if not closed.has(sp.Sum, sp.Piecewise):
            yield lambda k, closed=closed: substitute(closed, {upper: k})


def _induction(closed: ClosedForm, f: Any, index: sp.Symbol, low: Any, domain: Domain) -> bool:
    """S(low - 1) = 0, and S(k) - S(k - 1) = f(k) for every integer k >= low."""
    from theory.wellposed import undefined_conditions

    steps = sp.Dummy("steps", integer=True, nonnegative=True)
    extended = replace(domain, ranges={**domain.ranges, steps: sp.Range(0, sp.oo)})
    k = low + steps
    here, before, term = closed(k), closed(k - 1), substitute(f, {index: k})
    if not is_integer(k, extended):
        return False
    try:
        undefined = [undefined_conditions(part, extended) for part in (here, before, term)]
    except ValueError:  # SymPy's candidate holds a function that is not known here
        return False
    if any(undefined):
        return False
    return identical(closed(low - 1), sp.S.Zero, domain) and identical(here - before, term, extended)


def _single_index(f: Any, index: sp.Symbol, low: Any, high: Any, domain: Domain) -> Any:
    """f = g except at one index k inside the range: the sum of f is the sum of g plus f(k) - g(k)."""
    from theory.wellposed import undefined_conditions

    deltas = [d for d in f.atoms(sp.KroneckerDelta) if d.has(index)]
    cases = [p for p in f.atoms(sp.Piecewise) if len(p.args) == 2 and isinstance(p.args[0][1], sp.Eq) and p.has(index)]
    if len(deltas) + len(cases) != 1:
        return None
    special = (deltas or cases)[0]
    if deltas and len(special.args) != 2:  # one with a range of its own is 0 outside of it
        return None
    pair = special.args[:2] if deltas else special.args[0][1].args
    if index not in pair:
        return None
    place = pair[1] if pair[0] == index else pair[0]
    if place.has(index) or not is_integer(place, domain):
        return None
    if not (shown(sp.Ge(place, low, evaluate=False), domain) and shown(sp.Le(place, high, evaluate=False), domain)):
        return None
    there = f.xreplace({special: sp.S.One if deltas else special.args[0][0]})
    elsewhere = f.xreplace({special: sp.S.Zero if deltas else special.args[1][0]})
    if undefined_conditions(elsewhere, _within(domain, index, low, high)):
        return None
    ordinary = _one_sum(elsewhere, index, low, high, domain, None)
    return ordinary + substitute(there - elsewhere, {index: place})


def _binomial_theorem(f: Any, index: sp.Symbol, low: Any, high: Any, domain: Domain) -> Any:
    """sum over j = 0..k of c binomial(k, j) x**j y**(k - j) = c (x + y)**k."""
    top = next((b.args[0] for b in f.atoms(sp.binomial) if b.args[1] == index and not b.args[0].has(index)), None)
    if top is None or low != 0 or not identical(top, high, domain):
        return None
    if not shown(sp.Ge(top, 0, evaluate=False), domain):  # no term is 0, and (x + y)**-1 is not
        return None
    constant, x, y = sp.S.One, sp.S.One, sp.S.One
    factors = list(sp.Mul.make_args(f))
    if sp.binomial(top, index) not in factors:
        return None
    factors.remove(sp.binomial(top, index))
    for factor in factors:
        base, exponent = factor.as_base_exp()
        if not factor.has(index):
            constant *= factor
            continue
        if base.has(index) or not exponent.is_polynomial(index) or sp.Poly(exponent, index).degree() != 1:
            return None
        slope = sp.expand(exponent).coeff(index, 1)
        offset = sp.expand(exponent - slope * index)
        whole = slope.is_Integer
        if whole and slope > 0 and offset == 0:
            x *= base**slope
        elif whole and slope < 0 and identical(offset, -slope * top, domain):
            y *= base**-slope
        elif base is sp.S.Exp1 or sign_of(base, domain) <= POSITIVE:
            x, constant = x * base**slope, constant * base**offset
        else:
            return None
    return constant * (x + y) ** top
