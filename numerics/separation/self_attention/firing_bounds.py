"""The bounds on firing probabilities attacked: the exact law against them, over the whole range of the parameters.

A claim speaks of a sum over sign patterns; the law counts the same patterns, and is put in its place. The law is exact,
so nothing is rounded: the search moves in floats, which are dyadic rationals, and the ratio of the exact probability to
the bound is enclosed in Arb at exactly the point found. Integers n and d are searched as integers.
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
from theory.separation.self_attention.construction import a, b, d, eta, n
from theory.separation.self_attention.probabilities import FiringProbability

SCOPE = {
    n: (2, 2000), d: (3, 402), a: (sp.Rational(1, 100), 2), b: (sp.Rational(1, 10), sp.Rational(9, 10)),
    eta: (sp.Rational(1, 20), 2),
}  # fmt: skip
SYMBOLS = tuple(SCOPE)


def exact_point(values: Any) -> dict[sp.Symbol, sp.Rational]:
    """Search coordinates as exact numbers."""
    return {
        symbol: sp.Integer(round(float(value))) if symbol in (n, d) else sp.Rational(float(value))
        for symbol, value in zip(SYMBOLS, values, strict=True)
    }


LAW = sp.Dummy("P", nonnegative=True)  # stands for the exact probability in the compiled ratio


@lru_cache(maxsize=16)
def ratio_of(statement: sp.Basic, patterns: sp.Expr) -> tuple[bool, sp.Expr]:
    """Whether the sum over `patterns` is the larger side, and small side / large side with `LAW` in its place."""
    small, large = statement.args if isinstance(statement, sp.Le) else reversed(statement.args)
    if patterns not in (small, large):
        raise ValueError("The statement does not compare the sum over sign patterns that was given.")
    return patterns == large, (LAW / large) if patterns == small else (small / LAW)


def upper_end(enclosure: Any) -> float:
    return float(enclosure.hi if isinstance(enclosure, Interval) else enclosure)


def attack_on(
    claim: Claim,
    network: sp.Integer,
    declared_worst: list[dict[sp.Symbol, Any]],
    allowed: Callable[[np.ndarray], np.ndarray] | None = None,
) -> None:
    """Register a black-box attack of the exact law of a network on `claim`, whose left side is the sum over patterns.

    allowed: non-negative where the claim applies; everywhere by default.
    """
    patterns = claim.unfolded.lhs

    def ratio(examined: Claim, point: Any, bits: int) -> Any:
        """The smaller side over the larger side at one exact point: above 1 the claim is violated."""
        where = {symbol: sp.sympify(point[symbol]) for symbol in SYMBOLS}
        law_is_large, quotient = ratio_of(examined.unfolded, patterns)
        probability = FiringProbability(network, where[n], where[d], where[a], where[a], where[b], where[eta])
        if law_is_large and probability == 0:
            return sp.Integer(2) ** 1000  # nothing fires where something must
        return enclose_at(quotient, where | {LAW: probability}, bits)

    def check(examined: Claim, effort: Effort) -> Finding:
        def objective(points: np.ndarray) -> np.ndarray:
            found = np.full(len(points), -np.inf)
            for index in np.flatnonzero(lengths_suffice(points) >= 0):
                value = upper_end(ratio(examined, exact_point(points[index]), 64))
                found[index] = np.log(value) if value > 0 else -np.inf
            return found

        return attacked(
            objective, SCOPE, exact_ratio=ratio, declared_worst=declared_worst,
            constraints=[lengths_suffice, *([allowed] if allowed else [])], smooth=False, integers=[n, d],
            restarts=32, steps=10 if effort.quick else 100,
        )(examined, effort)  # fmt: skip

    evidence_for(claim, Method.ATTACKED)(check)


def lengths_suffice(points: np.ndarray) -> np.ndarray:
    """n - (d - 2), which must not be negative."""
    return points[:, 0] - points[:, 1] + 2


NEAR = {n: 1000, d: 3, a: sp.Rational(7, 10), b: sp.Rational(1, 2), eta: sp.Rational(3, 10)}
