"""A3 attacked: the exact law against the bounds with explicit constants, over the whole range of the parameters.

The law is exact, so nothing is rounded: the search moves in floats, which are dyadic rationals, and the ratio of the
exact probability to the bound is enclosed in Arb at exactly the point found. Integers n and d are searched as integers.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from numerics.attack import attacked
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.rigor.interval import Interval
from theory.separation.self_attention import explicit_constants as room
from theory.separation.self_attention.construction import a, b, d, eta, n

SYMBOLS = tuple(room.LAW_DOMAIN.ranges)


def exact_point(values: Any) -> dict[sp.Symbol, sp.Rational]:
    """Search coordinates as exact numbers."""
    return {
        symbol: sp.Integer(round(float(value))) if symbol in (n, d) else sp.Rational(float(value))
        for symbol, value in zip(SYMBOLS, values, strict=True)
    }


LAW = sp.Dummy("P", nonnegative=True)  # stands for the exact probability in the compiled ratio


@lru_cache(maxsize=16)
def ratio_of(statement: sp.Basic) -> tuple[sp.Expr, bool, sp.Expr]:
    """The law in a statement, whether it is the larger side, and small side / large side with `LAW` in its place."""
    left, right = statement.args
    small, large = (left, right) if isinstance(statement, sp.Le) else (right, left)
    law = next(iter(statement.atoms(room.FiringProbability)))
    return law, law == large, (small / large).subs(law, LAW)


def ratio(claim: Claim, point: Any, bits: int) -> Any:
    """The smaller side over the larger side at one exact point: above 1 the claim is violated."""
    where = {symbol: sp.sympify(point[symbol]) for symbol in SYMBOLS}
    law, is_large, quotient = ratio_of(claim.unfolded)
    probability = law.xreplace(where)
    if is_large and probability == 0:
        return sp.Integer(2) ** 1000  # nothing fires where something must
    return enclose_at(quotient, where | {LAW: probability}, bits)


def upper_end(enclosure: Any) -> float:
    return float(enclosure.hi if isinstance(enclosure, Interval) else enclosure)


def attack_on(
    claim: Claim, declared_worst: list[dict[sp.Symbol, Any]], allowed: Callable[[np.ndarray], np.ndarray]
) -> None:
    """Register a black-box attack of the exact law on `claim`; `allowed` is non-negative where the claim applies."""

    def check(examined: Claim, effort: Effort) -> Finding:
        def objective(points: np.ndarray) -> np.ndarray:
            found = np.full(len(points), -np.inf)
            for index in np.flatnonzero(lengths_suffice(points) >= 0):
                value = upper_end(ratio(examined, exact_point(points[index]), 64))
                found[index] = np.log(value) if value > 0 else -np.inf
            return found

        box = {symbol: (values.inf, values.sup) for symbol, values in examined.domain.ranges.items()}
        return attacked(
            objective, box, exact_ratio=ratio, declared_worst=declared_worst,
            constraints=[lengths_suffice, allowed], smooth=False, integers=[n, d], restarts=32,
            steps=10 if effort.quick else 100,
        )(examined, effort)  # fmt: skip

    evidence_for(claim, Method.ATTACKED)(check)


def lengths_suffice(points: np.ndarray) -> np.ndarray:
    """n - (d - 2), which must not be negative."""
    return points[:, 0] - points[:, 1] + 2


def everywhere(points: np.ndarray) -> np.ndarray:
    return np.ones(len(points))


def needle_fires(points: np.ndarray) -> np.ndarray:
    """1/(d-2) - x(a, N; eta), slightly less: the hypothesis of the lower bound."""
    length, dimension, height, weight, threshold = points.T
    gain = length ** (height * (1 + height))
    needed = (threshold * (length - 1) + weight - gain * (height + weight - threshold)) / (weight * length)
    return 1 / np.maximum(dimension - 2, 1) - needed - 1e-12


NEAR = {n: 1000, d: 3, a: sp.Rational(7, 10), b: sp.Rational(1, 2), eta: sp.Rational(3, 10)}
attack_on(room.softmax_upper, [NEAR], everywhere)
attack_on(room.linear_upper, [NEAR | {d: 12, eta: sp.Rational(1, 10)}], everywhere)
attack_on(room.softmax_lower, [NEAR | {d: 4, eta: sp.Rational(19, 20)}], needle_fires)

BELOW_ONE = 1 - sp.Rational(1, 2**20)
evidence_for(room.joint_lower, Method.ATTACKED)(
    attacked(
        box={room.p_bad: (0, BELOW_ONE), room.p_good: (0, BELOW_ONE), room.p_fires: (0, BELOW_ONE), room.m: (1, 1000)}
    )
)
