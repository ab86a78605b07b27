"""An inequality that holds at one end and whose two sides move apart from there: the sign of a derivative."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from theory.reasons.algebra import Algebra, identical
from theory.reasons.base import Expression, Judgement, Reason, Relation, accept, difference, reject, show, substitute
from theory.reasons.monotone import slope_of, smooth
from theory.reasons.sign import NONNEGATIVE, POSITIVE, shown, sign_of
from theory.reasons.sums import NotEvaluated, evaluate

if TYPE_CHECKING:
    from theory.claim import Domain


class Slope(Reason):
    """g = (larger side) - (smaller side) satisfies g >= 0, as it does at `start` and its derivative is >= 0 from there.

    variable: a symbol of the domain, shown to be at least `start`, an expression without it.
    slope: `lambda t: ..`, the derivative of g where the variable is t, in a form whose sign is plain, such as a sum in
        closed form; it need not be defined at `start`.
    by: `lambda t: ..`, the reason for derivative = slope at every t strictly between `start` and the variable.
    """

    def __init__(
        self,
        variable: sp.Symbol,
        start: Expression | int,
        slope: Callable[[Expression], Expression],
        by: Callable[[Expression], Reason] = lambda t: Algebra(),
        words: str = "",
    ) -> None:
        self.variable, self.start, self.slope, self.by = variable, sp.sympify(start), slope, by
        self.words = words or f"as the difference grows from ${sp.latex(variable)} = {sp.latex(self.start)}$ on"
        self.definitions = by(variable).definitions

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        from theory.wellposed import undefined_conditions  # imported here: wellposed is built on the reasons

        if relation is sp.Eq:
            return reject(f"Slope shows inequalities, not {show(left, relation, right)}.")
        if self.variable not in domain.ranges or self.variable in self.start.free_symbols:
            return reject(f"{self.variable} must be a symbol of the domain that {self.start} does not contain.")
        if undefined_conditions(self.start, domain) or not shown(sp.Ge(self.variable, self.start), domain):
            return reject(f"{self.variable} >= {self.start} was not shown.")
        gap, strict = difference(left, relation, right)
        place = sp.Dummy("t", real=True)  # every value between the two ends, and no other
        body, slope = substitute(gap, {self.variable: place}), sp.sympify(self.slope(place))
        if not smooth(body, place):
            return reject(f"{sp.sstr(gap)} may fail to be differentiable; Slope needs smooth sides.")
        derivative = slope_of(body, place)
        closed = between(domain, place, self.start, self.variable, sp.Ge)
        inside = between(domain, place, self.start, self.variable, sp.Gt)
        missing = undefined_conditions(body, closed) + undefined_conditions(
            sp.Eq(derivative, slope, evaluate=False), inside
        )
        if missing:
            return reject(f"The difference or its derivative is not defined everywhere without {missing}.")
        judgement = self.by(place).check(derivative, sp.Eq, slope, inside)
        if not judgement.accepted:
            return reject(f"The derivative was not shown to be {slope}: {judgement.message}")
        sign = sign_of(slope, inside, within=NONNEGATIVE)
        if not sign <= NONNEGATIVE:
            return reject(f"The derivative {slope} was not shown to be >= 0.")
        first = _sign_at(substitute(gap, {self.variable: self.start}), domain)
        if not first <= NONNEGATIVE:
            return reject(f"The inequality was not shown at {self.variable} = {self.start}.")
        if strict and first != POSITIVE and not (sign == POSITIVE and shown(sp.Gt(self.variable, self.start), domain)):
            return reject("The step is strict, but the sides were not shown to differ at the start or to move apart.")
        return accept(f"the difference is >= 0 at {self.variable} = {self.start} and grows", *judgement.rests_on)


def between(domain: Domain, place: sp.Symbol, low: Expression, high: Expression, relation: Relation) -> Domain:
    """The domain with one more symbol, `place`, between two ends; `relation` is Ge or Gt."""
    ends = (relation(place, low, evaluate=False), relation(high, place, evaluate=False))
    return replace(
        domain,
        ranges={**domain.ranges, place: sp.Interval(-sp.oo, sp.oo)},
        hypotheses=(*domain.hypotheses, *ends),
    )


def _sign_at(value: Expression, domain: Domain) -> frozenset[int]:
    """The sign of the difference at the start, where the sums may have become trivial."""
    if identical(value, sp.S.Zero, domain):
        return frozenset({0})
    with suppress(NotEvaluated):
        value = evaluate(value, domain)
    return frozenset({0}) if identical(value, sp.S.Zero, domain) else sign_of(value, domain)
