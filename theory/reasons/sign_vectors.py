"""Counting sign vectors: the number of those with more than so many plus signs, and induction on their length."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING

import sympy as sp

from theory.reasons.algebra import identical
from theory.reasons.base import Expression, Judgement, Reason, Relation, accept, reject, show
from theory.reasons.lemma import is_integer
from theory.reasons.sign import shown

if TYPE_CHECKING:
    from theory.claim import Domain

MOST_ENUMERATED = 12  # signs: 4096 vectors


class VectorsAbove(sp.Function):
    """`VectorsAbove(k, x)`: of the 2^k vectors of k signs, the number of those with more than x plus signs.

    For a short vector and a rational x it is counted, vector by vector; nothing else is known of it but `LastSign`.
    """

    nargs = 2
    is_integer = True
    is_nonnegative = True

    @classmethod
    def eval(cls, k: Expression, x: Expression) -> Expression | None:
        if k.is_Integer and 0 <= k <= MOST_ENUMERATED and x.is_Rational:
            return sp.Integer(sum(bool(sum(plus) > x) for plus in itertools.product((0, 1), repeat=int(k))))
        return None

    def defined_where(self) -> list[sp.logic.boolalg.Boolean]:
        """The conditions under which there are such vectors. Raises ValueError if the length is no integer."""
        if not self.args[0].is_integer:
            raise ValueError(
                f"{self.args[0]} in {self} is not known to be an integer; give its symbols integer ranges."
            )
        condition = sp.Ge(self.args[0], 0)
        return [] if condition is sp.true else [condition]


class LastSign(Reason):
    """VectorsAbove(k, x) = closed_form(k, x), by induction on the integer k >= 0 for all real x at once.

    closed_form: a function of length and level, of which the two sides are values.
    start: the reason for closed_form(0, x) = 1 where x < 0 and 0 elsewhere: the empty vector has no plus sign.
    step: of a length k >= 1 and a level x, the reason for
        closed_form(k, x) = closed_form(k-1, x) + closed_form(k-1, x-1).
    Why: a vector of k signs has more than x plus signs if its first k-1 signs have, and the last is minus, or if they
    have more than x-1, and the last is plus. So the two sides obey the same recursion from the same start.
    """

    def __init__(
        self,
        closed_form: Callable[[Expression, Expression], Expression],
        start: Reason,
        step: Callable[[Expression, Expression], Reason],
        words: str = "",
    ) -> None:
        self.closed_form, self.start, self.step = closed_form, start, step
        self.words = words or "by induction on the number of signs"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        from theory.claim import Domain  # imported here: claims import wellposed, which imports reasons

        if relation is not sp.Eq or not isinstance(left, VectorsAbove):
            return reject(f"LastSign shows what VectorsAbove is equal to, not {show(left, relation, right)}.")
        length, level = left.args
        if not (is_integer(length, domain) and shown(sp.Ge(length, 0, evaluate=False), domain)):
            return reject(f"{length} was not shown to be an integer that is at least 0.")
        if not identical(self.closed_form(length, level), right, domain):
            return reject(f"The right side is not the closed form at {length}, {level}: {sp.sstr(right)}.")
        k, x = sp.Dummy("k", integer=True, positive=True), sp.Dummy("x", real=True)
        inside = Domain({k: sp.Range(1, sp.oo), x: sp.Interval(-sp.oo, sp.oo)})
        whole = self.closed_form(k, x)
        strange = whole.free_symbols - {k, x}
        if strange:
            return reject(f"The closed form holds {', '.join(sorted(map(str, strange)))} besides length and level.")
        empty = sp.Piecewise((1, sp.Gt(0, x, evaluate=False)), (0, True))
        judgement = self.start.check(self.closed_form(sp.S.Zero, x), sp.Eq, empty, inside)
        if not judgement.accepted:
            return reject(f"Without signs: {judgement.message}")
        split = sp.Add(self.closed_form(k - 1, x), self.closed_form(k - 1, x - 1))
        then = self.step(k, x).check(whole, sp.Eq, split, inside)
        if not then.accepted:
            return reject(f"From k-1 signs to k: {then.message}")
        return accept(
            "both count the same vectors without signs, and split alike on the last sign",
            *judgement.rests_on,
            *then.rests_on,
        )
