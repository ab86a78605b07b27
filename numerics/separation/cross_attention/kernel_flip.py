"""C2 measured and attacked: linear and polynomial networks outvote the majority exactly where their room says."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from numerics.attack import attacked
from numerics.separation.cross_attention.gain import symbols_of
from numerics.separation.cross_attention.majority_flip import around, beside_the_flip, other_side, signs_agree
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.separation.cross_attention import kernel_flip as room
from theory.separation.cross_attention.construction import kappa, l0, n, p
from theory.separation.cross_attention.logits import Logits
from theory.separation.cross_attention.majority_flip import flips


def linear_law(claim: Claim, point: Mapping[str, Any]) -> tuple[Boolean, Mapping[Any, Any]]:
    values = {symbol: value for symbol, value in symbols_of(point).items() if symbol != p}
    return other_side(claim, flips(room.LINEAR, n)), values


evidence_for(room.linear_flip, Method.MEASURED)(signs_agree(linear_law, beside_the_flip((1,))))

for claim, logits in (
    (room.linear_four, Logits(kappa=4, l0=1)),
    (room.linear_eight, Logits(kappa=4, l0="1/2")),
    (room.linear_two, Logits(kappa=2, l0=1)),
):
    evidence_for(claim, Method.MEASURED)(around(claim, logits, degree=1, turned=True))


def degree_law(claim: Claim, point: Mapping[str, Any]) -> tuple[Boolean, Mapping[Any, Any]]:
    """The condition on the degree, with B = kappa log n / l0."""
    return other_side(claim, flips(room.B**p, n)).subs(room.B, room.LINEAR), symbols_of(point)


def degrees(effort: Effort) -> list[dict[str, Any]]:
    """The degrees around the smallest one that suffices, at bases above 1."""
    from theory.separation.cross_attention.lengths import smallest_degree

    found = []
    for length in (40,) if effort.quick else (5, 40, 300, 1000):
        for exponent, rest in (("4", "1"), ("3/2", "1/2"), ("1", "2")):
            least = smallest_degree(Logits(kappa=exponent, l0=rest), length).value
            if least is not None:
                around_it = range(max(1, least - 1), least + 2)
                found += [{"n": length, "kappa": exponent, "l0": rest, "degree": degree} for degree in around_it]
    return found


evidence_for(room.polynomial_flip, Method.MEASURED)(signs_agree(degree_law, degrees))

evidence_for(room.log_below_root, Method.ATTACKED)(attacked(declared_worst=[{room.x: sp.Rational(1001, 1000)}]))
evidence_for(room.linear_short, Method.ATTACKED)(
    attacked(declared_worst=[{n: 2, kappa: sp.Rational(14427, 10000), l0: 1}])
)
