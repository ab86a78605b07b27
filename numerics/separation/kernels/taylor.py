"""B2 run and attacked: Taylor kernels on the literal tokens, and their gain between its bounds over the whole domain.

The search looks at log T_p(z) by the logarithms of its terms, p up to 200; what it finds is decided in Arb by the sum
of the statement itself.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from numerics.attack import attacked
from numerics.separation.kernels.maps import taylor_map
from numerics.separation.kernels.measuring import NEEDLE, points, weight_measured
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, evidence_for
from theory.separation.kernels import taylor as room
from theory.separation.self_attention.construction import a, n, needle_weight

LARGEST_DEGREE = 200
DEGREES = (0, 1, 2, 5, 12)
MAPS = [taylor_map(p) for p in DEGREES]
DEGREE_OF = {one.name: p for one, p in zip(MAPS, DEGREES, strict=True)}


def bound_on_weight(statement: sp.Basic, point: Any) -> sp.Expr:
    """What the claim's bound on the gain of the row allows, at the degree of the map."""
    row = (1 if point["row"] != NEEDLE else 1 + a) * sp.log(n)
    return needle_weight(statement.rhs.subs({room.z: row, room.p: DEGREE_OF[point["map"].name]}), n)


for claim in (room.below_polynomial, room.below_softmax):
    evidence_for(claim, Method.MEASURED)(weight_measured(bound_on_weight, points(MAPS), relation="<="))


def log_partial_sum(p: np.ndarray, z: np.ndarray) -> np.ndarray:
    """log T_p(z) for arrays of degrees and arguments."""
    term, total = np.zeros_like(z), np.zeros_like(z)
    for j in range(1, LARGEST_DEGREE + 1):
        term = term + np.log(z) - np.log(j)
        total = np.where(j <= p, np.logaddexp(total, term), total)
    return total


def log_gain(p: np.ndarray, rest: np.ndarray, height: np.ndarray) -> np.ndarray:
    """log N_p for rows whose other tokens have the score `rest`."""
    return log_partial_sum(p, rest * (1 + height)) - log_partial_sum(p, rest)


def attack(claim: Claim, objective: Any, box: dict, worst: list, slacks: Mapping[Any, Any] | None = None) -> None:
    """Register a black-box attack; the degree and the other integers of the claim are searched as integers.

    slacks: hypothesis -> its slack at points, >= 0 where it holds; used where the claim examined has that hypothesis.
    """

    def check(examined: Claim, effort: Effort) -> Finding:
        kept = [slack for given, slack in (slacks or {}).items() if given in examined.domain.hypotheses]
        return attacked(
            objective, box, declared_worst=worst, constraints=kept, smooth=False, restarts=64, steps=60
        )(examined, effort)  # fmt: skip

    evidence_for(claim, Method.ATTACKED)(check)


LOW, HIGH = sp.Rational(1, 1000), 20
ROW = {a: (LOW, HIGH), room.z: (LOW, 100), room.p: (0, LARGEST_DEGREE)}


def against_polynomial(x: np.ndarray) -> np.ndarray:
    height, rest, p = x.T
    return log_gain(p, rest, height) - p * np.log1p(height)


def against_next(x: np.ndarray) -> np.ndarray:
    height, rest, p = x.T
    return log_gain(p, rest, height) - log_gain(p + 1, rest, height)


def against_softmax(x: np.ndarray) -> np.ndarray:
    height, rest, p = x.T
    return log_gain(p, rest, height) - height * rest


NEAR = {a: sp.Rational(7, 10), room.z: sp.Integer(1)}
attack(room.below_polynomial, against_polynomial, ROW, [{**NEAR, room.z: sp.Integer(100), room.p: 1}])
attack(room.grows, against_next, ROW, [{**NEAR, room.p: 100}])
attack(room.below_softmax, against_softmax, ROW, [{**NEAR, room.p: 100}])


def of_needle_row(x: np.ndarray) -> np.ndarray:
    """log N_p of the needle's row at points (n, a, p, ..)."""
    length, height, p = x[:, 0], x[:, 1], x[:, 2]
    return log_gain(p, (1 + height) * np.log(length), height)


def hopeless_objective(x: np.ndarray) -> np.ndarray:
    return of_needle_row(x) - np.log((x[:, 0] - 1) * x[:, 3] / (1 - x[:, 3]))


def hopeless_slack(x: np.ndarray) -> np.ndarray:
    length, height, _, weight = x.T
    return np.log((length - 1) * weight / (1 - weight)) - height * (1 + height) * np.log(length)


SOME = sp.Rational(1, 100)
NEEDLE_ROW = {n: (2, 10**6), a: (LOW, 3), room.p: (0, LARGEST_DEGREE)}
attack(
    room.hopeless, hopeless_objective, {**NEEDLE_ROW, room.w: (SOME, 1 - SOME)},
    [{n: 1000, a: sp.Rational(6, 10), room.p: 100, room.w: sp.Rational(44, 100)}],
    {room.hopeless_hypothesis: hopeless_slack},
)  # fmt: skip
evidence_for(room.golden_limit, Method.ATTACKED)(
    attacked(declared_worst=[{n: 10**9, a: sp.Rational(1, 1000), room.gain: sp.Integer(1)}])
)
