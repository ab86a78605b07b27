"""Monotone contexts: put the two sides of an inequality into the same place of an expression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from theory.reasons.algebra import identical
from theory.reasons.base import Expression, Judgement, Reason, Relation, accept, reject, show, substitute
from theory.reasons.sign import NONNEGATIVE, NONPOSITIVE, UNKNOWN, Signs, sign_of

if TYPE_CHECKING:
    from theory.claim import Domain

Context = Callable[[Expression], Expression]


def slope_sign(context: Context, interval: sp.Interval, domain: Domain) -> Signs:
    """The sign of the derivative of `context` inside an interval with exact ends, on all of which it is continuous.

    UNKNOWN if it is not shown to be defined on the interval and differentiable inside.
    """
    from theory.wellposed import undefined_conditions

    hole = sp.Dummy("z", real=True)
    closed = replace(domain, ranges={**domain.ranges, hole: interval})
    inside = replace(domain, ranges={**domain.ranges, hole: sp.Interval.open(interval.inf, interval.sup)})
    body = context(hole)
    slope = slope_of(body, hole)
    if not smooth(body, hole) or undefined_conditions(body, closed) or undefined_conditions(slope, inside):
        return UNKNOWN
    return sign_of(slope, inside)


SMOOTH = (sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, sp.sinh, sp.cosh, sp.tanh, sp.erf, sp.erfc, sp.atan, sp.sin, sp.cos)


def smooth(body: Expression, hole: sp.Symbol) -> bool:
    """Whether all that contains the hole is differentiable wherever it is defined, so that `diff` is its slope."""
    if not body.has(hole) or body == hole:
        return True
    if isinstance(body, sp.Sum):
        return smooth(body.function, hole) and not any(sp.Tuple(*limit).has(hole) for limit in body.limits)
    return isinstance(body, SMOOTH) and all(smooth(argument, hole) for argument in body.args)


def slope_of(body: Expression, hole: sp.Symbol) -> Expression:
    """The derivative, with z**m/z written as z**(m - 1): where only the first is undefined, it has that limit."""
    return sp.powsimp(sp.diff(body, hole))


class Monotone(Reason):
    """`context(lower) <= context(upper)` because `lower <= upper` and the context does not decrease in between.

    context: a function of the hole, such as `lambda z: 1 / (1 + z * n**-c)`; written in the symbols of the domain, so
        that only the hole changes even where the same symbol occurs elsewhere.
    inner_left, inner_right: what stands in the hole on the two sides of the step.
    by: the reason for the inner inequality.
    relation: the inner relation (Le, Lt, Ge or Gt); the slope must carry it over to the step's relation.
    """

    def __init__(
        self,
        context: Context,
        inner_left: Expression,
        relation: Relation,
        inner_right: Expression,
        by: Reason,
        words: str = "",
    ) -> None:
        self.context, self.by, self.relation = context, by, relation
        self.inner_left, self.inner_right = sp.sympify(inner_left), sp.sympify(inner_right)
        self.definitions = by.definitions
        self.words = words or f"{by.words}, in a monotone context"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        from theory.wellposed import undefined_conditions

        position = sp.Dummy("z", real=True)
        body = sp.sympify(self.context(position))  # called once: a function of Python may do other things elsewhere
        for outer, inner in ((left, self.inner_left), (right, self.inner_right)):
            if not identical(outer, substitute(body, {position: inner}), domain):
                return reject(f"{sp.sstr(outer)} is not the context with {sp.sstr(inner)} in its hole.")
        judgement = self.by.check(self.inner_left, self.relation, self.inner_right, domain)
        if not judgement.accepted:
            return judgement
        if relation is sp.Eq or self.relation is sp.Eq:
            return reject("A monotone context carries an inequality; write a step with <= or < (or >= or >).")
        rising = self.relation in (sp.Le, sp.Lt)
        low, high = (self.inner_left, self.inner_right) if rising else (self.inner_right, self.inner_left)
        # the hole runs over low + t (high - low): every value between the two inner sides, and no other
        extended = replace(domain, ranges={**domain.ranges, position: sp.Interval(-sp.oo, sp.oo)},
                           hypotheses=(*domain.hypotheses, sp.Ge(position, low, evaluate=False),
                                       sp.Le(position, high, evaluate=False)))  # fmt: skip
        if not smooth(body, position):
            return reject(f"The context {sp.sstr(body)} is not differentiable everywhere; use a smooth one.")
        slope = slope_of(body, position)
        poles = undefined_conditions(sp.Eq(body, slope, evaluate=False), extended)
        if poles:
            return reject(f"The context {sp.sstr(body)} may have a pole between {low} and {high}: {poles} not shown.")
        sign = sign_of(slope, extended)
        strict = relation in (sp.Lt, sp.Gt)
        if strict and (self.relation not in (sp.Lt, sp.Gt) or 0 in sign):
            return reject("The step is strict, but the inner inequality is not, or the slope may vanish.")
        turned = relation in (sp.Le, sp.Lt)
        wanted = NONNEGATIVE if turned == rising else NONPOSITIVE
        if not sign <= wanted:
            return reject(f"The slope {sp.sstr(slope)} has not the sign that {show(left, relation, right)} needs.")
        return accept(f"{judgement.message}; the context is monotone", *judgement.rests_on)
