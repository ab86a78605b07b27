"""A4 for softmax and linear attention: random networks counted, and the exact law against the bound.

The claim speaks of a sum over sign patterns; the exact law counts the same patterns, and is put in its place.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numerics.attack import attacked
from numerics.environment import devices
from numerics.probability import compare, compare_at_least
from numerics.separation.self_attention.simulation import simulate
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, Verdict, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.separation.self_attention import corrected_instance as room
from theory.separation.self_attention.construction import b, d, eta, m, n
from theory.separation.self_attention.four_networks import a0, a1
from theory.separation.self_attention.parameters import Parameters
from theory.separation.self_attention.probabilities import JointSuccess

TENTH = sp.Rational(1, 10)
SCOPE = {n: (12, 2000), d: (3, 402), m: (1, 60), a0: (sp.Rational(1, 100), TENTH)}


def exact_success(where: dict[sp.Symbol, Any]) -> sp.Rational:
    """P4 by the exact law."""
    setting = (room.SETTING[a1], room.SETTING[b], room.SETTING[eta])
    return JointSuccess(where[n], where[d], where[a0], *setting, where[m])


def random_networks(claim: Claim, effort: Effort) -> Finding:
    """Random networks of the claim's domain succeed as often as the law says, and no less often than the bound says."""
    networks = 2000 if effort.quick else 10_000
    shown, verdicts = [], set()
    lengths = [(12, 4, 1), (12, 4, 20), (100, 12, 8), (24, 4, 1), (1000, 102, 8), (2000, 12, 40)]
    inside = [point for point in lengths if _inside(claim, dict(zip((n, d, m), map(sp.Integer, point), strict=True)))]
    for length, dimension, width in inside[:: 2 if effort.quick else 1]:
        where = {n: sp.Integer(length), d: sp.Integer(dimension), m: sp.Integer(width), a0: TENTH}
        bound = Fraction(str(claim.unfolded.rhs.subs(where)))
        at = Parameters(n=length, d=dimension, a0="1/10", a1="7/10", b="1/2", tau="11/10")
        count = simulate(at, width, networks, effort.seed).counts["joint"]
        exact = Fraction(str(exact_success(where)))
        short = exact < bound or compare_at_least(count, bound).verdict is Verdict.REFUTED
        verdicts.add(Verdict.REFUTED if short else compare(count, exact).verdict)
        shown.append(
            {"n": length, "d": dimension, "m": width, "found": count.low, "P4": float(exact), "bound": float(bound)}
        )
    worst = next(v for v in (Verdict.REFUTED, Verdict.UNDECIDED, Verdict.HOLDS) if v in verdicts)
    scope = f"{len(shown)} tables of {networks} random networks on {', '.join(devices())}"
    return Finding(worst, scope, f"{[entry['found'] for entry in shown]} of {networks} succeed.", worst=tuple(shown))


def _inside(claim: Claim, where: dict[sp.Symbol, Any]) -> bool:
    return all(claim.domain.ranges[symbol].contains(value) is sp.true for symbol, value in where.items())


def exact_point(values: Any) -> dict[sp.Symbol, sp.Rational]:
    """Search coordinates as exact numbers."""
    return {
        symbol: sp.Rational(float(value)) if symbol == a0 else sp.Integer(round(float(value)))
        for symbol, value in zip(SCOPE, values, strict=True)
    }


def tightness(claim: Claim, effort: Effort) -> Finding:
    """The bound over the exact P4, over lengths, dimensions, widths and small needles."""

    def ratio(examined: Claim, point: Any, bits: int) -> Any:
        where = {symbol: sp.sympify(point[symbol]) for symbol in SCOPE}
        success = exact_success(where)
        if success == 0:
            return sp.Integer(2) ** 1000
        return enclose_at(examined.unfolded.rhs / success, where, bits)

    def objective(points: np.ndarray) -> np.ndarray:
        found = np.full(len(points), -np.inf)
        for index in np.flatnonzero(points[:, 0] >= points[:, 1] - 2):
            point = exact_point(points[index])
            bound = float(claim.unfolded.rhs.subs(point))
            success = float(exact_success(point))
            found[index] = np.log(bound) - np.log(success) if success > 0 else np.inf
        return found

    box = SCOPE | {n: (int(claim.domain.ranges[n].inf), SCOPE[n][1])}
    worst = {n: box[n][0], d: 4, m: 1, a0: TENTH}
    return attacked(
        objective, box, exact_ratio=ratio, declared_worst=[worst],
        constraints=[lambda points: points[:, 0] - points[:, 1] + 2], smooth=False, integers=[n, d, m],
        restarts=16, steps=10 if effort.quick else 50,
    )(claim, effort)  # fmt: skip


for one in (room.separation, room.separation_eighth):
    evidence_for(one, Method.MEASURED)(random_networks)
    evidence_for(one, Method.ATTACKED)(tightness)
