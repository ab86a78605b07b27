"""Reasons for 'if and only if': rearranging by a factor of known sign, and applying a strictly monotone function."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import sympy as sp

from theory.reasons.algebra import identical
from theory.reasons.base import Expression, Judgement, Reason, Statement, accept, reject, substitute
from theory.reasons.sign import NEGATIVE, POSITIVE, sign_of

if TYPE_CHECKING:
    from theory.claim import Domain

ORDER = {sp.Ge: (1, False), sp.Gt: (1, True), sp.Le: (-1, False), sp.Lt: (-1, True)}


def oriented(relation: Statement) -> tuple[Expression, str] | None:
    """A relation as (expression, "> 0" or ">= 0" or "= 0"); None for anything else."""
    if isinstance(relation, sp.Eq):
        return relation.lhs - relation.rhs, "= 0"  # type: ignore[operator]
    if type(relation) not in ORDER:
        return None
    direction, strict = ORDER[type(relation)]
    return direction * (relation.lhs - relation.rhs), "> 0" if strict else ">= 0"  # type: ignore[operator]


class Rearrange(Reason):
    """The second relation is the first one multiplied through by a factor of one strict sign, and rearranged.

    factor: what both sides of the first relation are multiplied by; negative when the relation turns round.
    """

    def __init__(self, factor: Expression | int = 1, words: str = "") -> None:
        self.factor = sp.sympify(factor)
        self.words = words or ("rearranging" if self.factor == 1 else f"multiplying by ${sp.latex(self.factor)}$")

    def check_equivalence(self, first: Statement, second: Statement, domain: Domain) -> Judgement:
        from theory.wellposed import undefined_conditions

        before, after = oriented(first), oriented(second)
        if before is None or after is None or before[1] != after[1]:
            return reject(f"{first} and {second} are not relations of the same strictness.")
        missing = [*undefined_conditions(first, domain), *undefined_conditions(second, domain)]
        if missing:
            return reject(f"Not defined on all of the domain without {missing}: {first}, {second}.")
        sign = sign_of(self.factor, domain)
        if sign not in (POSITIVE, NEGATIVE):
            return reject(f"The factor {self.factor} was not shown to be positive (or negative) on the domain.")
        # both are written as `expression > 0`, so a negative factor has already turned the second relation round
        factor = -self.factor if sign == NEGATIVE else self.factor
        if before[1] == "= 0" and identical(-factor * before[0], after[0], domain):
            return accept("the difference of the sides was multiplied by a factor that does not vanish")
        if not identical(factor * before[0], after[0], domain):
            return reject(f"{second} is not {first} times {self.factor}.")
        return accept("the difference of the sides was multiplied by a factor of one sign")


class ApplyMonotone(Reason):
    """The second relation is the first one with a strictly monotone function applied to both sides.

    function: `lambda z: sp.log(z)`; its derivative must have one strict sign for every z in `interval`.
    interval: a SymPy Interval with exact ends that contains both sides everywhere on the domain.
    """

    def __init__(self, function: Callable[[sp.Symbol], Expression], interval: sp.Interval, words: str = "") -> None:
        self.function, self.interval = function, interval
        self.words = words or "by monotonicity"

    def check_equivalence(self, first: Statement, second: Statement, domain: Domain) -> Judgement:
        from theory.reasons.monotone import slope_sign

        before, after = oriented(first), oriented(second)
        if before is None or after is None or before[1] != after[1]:
            return reject(f"{first} and {second} are not relations of the same strictness.")
        for side in first.args:
            if not inside(side, self.interval, domain):
                return reject(f"{side} was not shown to stay in {self.interval}.")
        sign = slope_sign(self.function, self.interval, domain)
        if sign not in (POSITIVE, NEGATIVE):
            return reject(f"The function was not shown to be strictly monotone on {self.interval}.")
        factor = 1 if sign == POSITIVE else -1
        direction = -1 if isinstance(first, sp.Le | sp.Lt) else 1
        hole = sp.Dummy("z", real=True)
        body = sp.sympify(self.function(hole))  # one expression for both sides, that whose slope was examined
        at_left, at_right = (substitute(body, {hole: side}) for side in first.args)
        image = factor * direction * (at_left - at_right)
        if not identical(image, after[0], domain):
            return reject(f"{second} is not {first} with the function applied to both sides.")
        return accept(f"the function is strictly monotone on {self.interval}")


def inside(value: Expression, interval: sp.Interval, domain: Domain) -> bool:
    """Whether `value` was shown to lie in an interval with exact or infinite ends, everywhere on the domain."""
    from theory.reasons.sign import shown

    low = sp.Gt if interval.left_open else sp.Ge
    high = sp.Lt if interval.right_open else sp.Le
    return (interval.inf == -sp.oo or shown(low(value, interval.inf, evaluate=False), domain)) and (
        interval.sup == sp.oo or shown(high(value, interval.sup, evaluate=False), domain)
    )
