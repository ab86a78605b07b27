"""The addition theorem of cosine and sine: products of waves are sums of waves."""

# SymPy types almost everything as Basic, which hides the expressions that this room is made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.simplify.fu import TR8

from theory.reasons.algebra import identical
from theory.reasons.base import Expression, Judgement, Reason, Relation, accept, reject, show

if TYPE_CHECKING:
    from theory.claim import Domain


class ProductsToSums(Reason):
    """Both sides are identical once products of cosines and sines are sums of them: 2 cos a cos b = cos(a - b) + .."""

    words = "by the addition theorem"

    def check(self, left: Expression, relation: Relation, right: Expression, domain: Domain) -> Judgement:
        if relation is not sp.Eq:
            return reject(f"ProductsToSums shows equalities, not {show(left, relation, right)}.")
        if identical(self._sums(left), self._sums(right), domain):
            return accept("the addition theorem of the cosine gives it")
        return reject(f"Not identical by the addition theorem: {show(left, relation, right)}.")

    @staticmethod
    def _sums(side: Any) -> Any:
        """Angles are written out, so that those which are equal look equal."""
        waves = TR8(side).atoms(sp.cos, sp.sin)
        return TR8(side).xreplace({wave: wave.func(sp.expand(wave.args[0])) for wave in waves})
