"""An inequality that touches: the difference and its first derivatives vanish at a point, the next one has a sign."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from theory.reasons.algebra import identical
from theory.reasons.base import Expression, Judgement, Reason, Relation, accept, difference, reject, show, substitute
from theory.reasons.monotone import smooth
from theory.reasons.sign import NONNEGATIVE, sign_of

if TYPE_CHECKING:
    from theory.claim import Domain


class Taylor(Reason):
    """g = (larger side) - (smaller side) satisfies g >= 0, by Taylor's formula with Lagrange's remainder.

    At `centre` g and its derivatives in `variable` below `order` vanish; the derivative of that order is >= 0 on the
    whole range of the variable. The order must be even, or the centre the lower end of the range.
    """

    def __init__(self, variable: sp.Symbol, centre: Expression | int, order: int, words: str = "") -> None:
        self.variable, self.centre, self.order = variable, sp.sympify(centre), order
        self.words = words or f"by Taylor's formula at ${sp.latex(variable)} = {sp.latex(self.centre)}$"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        from theory.wellposed import undefined_conditions  # imported here: wellposed is built on the reasons

        if relation not in (sp.Le, sp.Ge):
            return reject(f"Taylor shows <= and >=, as the sides may touch: {show(left, relation, right)}.")
        if not isinstance(self.order, int) or self.order < 1:
            return reject(f"The order {self.order} is not a positive integer.")
        values = domain.ranges.get(self.variable)
        if not isinstance(values, sp.Interval) or self.centre not in values:
            return reject(f"{self.centre} is not in an interval over which {self.variable} ranges.")
        if self.order % 2 and self.centre != values.inf:
            return reject(f"The order {self.order} is odd and {self.centre} is not the lower end of {values}.")
        gap, _ = difference(left, relation, right)
        if not smooth(gap, self.variable):
            return reject(f"{sp.sstr(gap)} may fail to be differentiable; Taylor needs smooth sides.")
        # the hypotheses need not hold between the centre and a point, so what is shown must hold without those
        # in which the variable occurs
        kept = tuple(h for h in domain.hypotheses if self.variable not in h.free_symbols)
        between = replace(domain, hypotheses=kept)
        for number in range(self.order + 1):
            derivative = sp.diff(gap, self.variable, number) if number else gap
            missing = undefined_conditions(derivative, between)
            if missing:
                return reject(f"The derivative {sp.sstr(derivative)} is not defined everywhere without {missing}.")
            if number < self.order:
                at_centre = substitute(derivative, {self.variable: self.centre})
                if not identical(at_centre, sp.S.Zero, between):
                    return reject(f"Derivative {number} of {sp.sstr(gap)} is {at_centre} at the centre, not 0.")
            elif not sign_of(derivative, between, within=NONNEGATIVE) <= NONNEGATIVE:
                return reject(f"The derivative {sp.sstr(derivative)} of order {number} was not shown to be >= 0.")
        return accept(f"the sides touch at {self.variable} = {self.centre} to order {self.order}")
