"""C3 attacked: the exact probability of recovery against the bounds that let it tend to that of a coin.

Both exceed 1/2, so what is compared is the excess: (R - 1/2) over (bound - 1/2), which is above 1 exactly where the
claim fails. The law is exact and nothing is rounded; the search moves in floats, which are dyadic rationals.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numerics.attack import attacked
from numerics.separation.cross_attention.random_signs import lost_in_floats
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.separation.cross_attention import recovery_limit as room
from theory.separation.cross_attention.construction import N, kappa, l0
from theory.separation.cross_attention.logits import Logits, polynomial_gain, softmax_gain
from theory.separation.cross_attention.recovery_limit import HALF, h, r
from theory.separation.cross_attention.recovery_probability import recovery_probability
from theory.separation.self_attention.exact_numbers import Gain, rational_gain

LONGEST = 500  # half of the others
ExactGain = Callable[[int, Mapping[Any, Fraction]], Gain]


def attack_on(claim: Claim, gain: sp.Expr, exact_gain: ExactGain, box: Mapping[Any, Any], worst: list) -> None:
    """Register an attack on `claim`, whose gain is `gain` in the symbols of the box besides h and r."""
    others = tuple(box)

    def ratio(examined: Claim, point: Mapping[Any, Any], bits: int) -> Any:
        values = {symbol: Fraction(point[symbol]) for symbol in (h, r, *others)}
        keys = int(2 * values[h] + values[r] + 1)
        recovered = recovery_probability(exact_gain(keys, values), keys).exact
        assert recovered is not None
        excess = sp.Rational(recovered.numerator, recovered.denominator) - HALF
        where = {symbol: sp.Rational(value.numerator, value.denominator) for symbol, value in values.items()}
        return enclose_at(excess / (examined.unfolded.rhs - HALF), where, bits)

    def check(examined: Claim, effort: Effort) -> Finding:
        bound = sp.lambdify((h, r, *others), examined.unfolded.rhs - HALF, modules="numpy")
        loud = sp.lambdify((h, r, *others), gain, modules="numpy")

        def objective(points: np.ndarray) -> np.ndarray:
            columns = points.T
            keys = 2 * columns[0] + columns[1] + 1
            with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
                excess = 0.5 - lost_in_floats(keys, np.broadcast_to(loud(*columns), keys.shape))
                return np.log(excess) - np.log(bound(*columns))

        return attacked(
            objective, {h: (1, LONGEST), r: (0, 1), **box}, exact_ratio=ratio, declared_worst=worst, constraints=[],
            smooth=False, integers=[h, r],
        )(examined, effort)  # fmt: skip

    evidence_for(claim, Method.ATTACKED)(check)


def softmax(keys: int, values: Mapping[Any, Fraction]) -> Gain:
    return softmax_gain(Logits(kappa=values[kappa], l0=values[l0]), keys)


def linear(keys: int, values: Mapping[Any, Fraction]) -> Gain:
    return polynomial_gain(Logits(kappa=values[kappa], l0=values[l0]), keys)


SMALL, QUIET = sp.Rational(1, 1000), {kappa: (sp.Rational(1, 1000), 1), l0: (sp.Rational(1, 1000), 3)}
attack_on(
    room.limit, N, lambda keys, values: rational_gain(values[N]), {N: (SMALL, 2 * LONGEST)},
    [{h: LONGEST, r: 0, N: SMALL}, {h: LONGEST, r: 1, N: sp.Rational(10001, 1000)}],
)  # fmt: skip
attack_on(room.softmax_coin, room.SOFTMAX, softmax, QUIET, [{h: LONGEST, r: 0, kappa: sp.Rational(2, 5), l0: SMALL}])
attack_on(room.linear_coin, room.LINEAR, linear, QUIET, [{h: LONGEST, r: 0, kappa: SMALL, l0: 3}])
