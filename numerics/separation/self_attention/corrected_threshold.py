"""A4 measured and attacked: silence and firing of the literal network at the corrected threshold, and random networks.

The all-plus pattern is the loudest one, so a row is silent for every pattern exactly when it is silent for that one;
the activation of the literal network is compared with the threshold, with `network.activation_error` for rounding.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numerics.attack import attacked
from numerics.environment import devices
from numerics.measure import measured, pinned_arithmetic
from numerics.probability import compare, compare_at_least
from numerics.separation.self_attention.network import activation_error, linear, outputs, scale, softmax, tokens
from numerics.separation.self_attention.simulation import simulate
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, Verdict, evidence_for
from theory.rigor.evaluate import enclose_at, truth_at
from theory.rigor.truth import Truth
from theory.separation.self_attention import corrected_threshold as room
from theory.separation.self_attention.construction import (
    N,
    a,
    d,
    linear_gain,
    n,
    needle_weight,
    softmax_needle_gain,
    xi,
)
from theory.separation.self_attention.law import SILENT_FOUR, Network, firing_law
from theory.separation.self_attention.parameters import Parameters

STEP = sp.Rational(1, 1000)  # how close to the threshold the networks are run, on either side
MAPS = {"softmax": (softmax, softmax_needle_gain(a, n)), "linear": (linear, linear_gain(a))}


def case(length: int, dimension: int, height: Any, threshold: Any, weight: str = "1/2") -> Parameters:
    """A network whose needle has height `height` in both datasets, with the threshold tau = 1 + `threshold`."""
    height, threshold = Fraction(str(height)), Fraction(str(threshold))
    return Parameters(n=length, d=dimension, a0=height, a1=height, b=weight, tau=1 + threshold)


def loudest(at: Parameters, name: str) -> tuple[float, float]:
    """<c, y> - tau of the needle's row for y all plus, from the literal network, and its rounding error."""
    attention, _ = MAPS[name]
    row = np.asarray(outputs(tokens(at, at.a1), attention))[0]
    return float(row.sum()) - float(at.tau) * scale(at.n), activation_error(at, at.a1, attention)


def judge(scope: str, examined: Iterator[tuple[dict[str, Any], float, float, Truth]]) -> Finding:
    """Compare, point by point, whether the network fires with whether the claim says that it is silent."""
    agreed = passed_over = 0
    for point, excess, error, silent in examined:
        if abs(excess) <= error or silent is Truth.UNKNOWN:
            passed_over += 1
        elif (excess > 0) is (silent is Truth.TRUE):
            found = "fires" if excess > 0 else "is silent"
            where = point | {"activation - tau": repr(excess), "rounding": repr(error)}
            return Finding(Verdict.REFUTED, scope, f"The network {found}, against the claim.", worst=(where,))
        else:
            agreed += 1
    if not agreed:
        return Finding(Verdict.UNDECIDED, scope, "Every point was within rounding of the threshold.")
    counts = {"points": agreed, "within rounding of the threshold": passed_over}
    return Finding(Verdict.HOLDS, scope, f"All {agreed} networks behave as claimed.", counts)


@evidence_for(room.silence, Method.MEASURED)
def silence(claim: Claim, effort: Effort) -> Finding:
    """Literal networks on a grid are silent exactly where the equivalence says so."""
    (law,) = (part for part in claim.unfolded.args if part != room.SILENT)

    def examined() -> Iterator[tuple[dict[str, Any], float, float, Truth]]:
        for name, (_, gain) in MAPS.items():
            for length in (12, 30) if effort.quick else (12, 15, 18, 24, 30, 60):
                for height in ("1/5", "7/10", "6/5"):
                    where = {n: sp.Integer(length), a: sp.Rational(height)}
                    threshold = enclose_at(a * needle_weight(gain, n), where, 64)  # where the row falls silent
                    nearest = sp.Rational(round(float(threshold.lo) * 10**4), 10**4)
                    for above in (nearest - STEP, nearest + STEP, nearest * 2):
                        at = case(length, 5, height, above)
                        point = where | {xi: above}
                        silent = truth_at(law.subs(N, gain), point)
                        shown = {str(symbol): str(value) for symbol, value in point.items()} | {"map": name}
                        yield shown, *loudest(at, name), silent

    with pinned_arithmetic():
        return judge(f"literal networks of 12 to 60 tokens, d = 5, on {', '.join(devices())}", examined())


def silent_where_claimed(names: tuple[str, ...]) -> Any:
    """A check that networks at the ends of the claim's own domain are silent for the all-plus pattern."""

    def check(claim: Claim, effort: Effort) -> Finding:
        shortest, height = int(claim.domain.ranges[n].inf), claim.domain.ranges[a].sup

        def examined() -> Iterator[tuple[dict[str, Any], float, float, Truth]]:
            for length in (shortest,) if effort.quick else (shortest, shortest + 1, 2 * shortest, 5 * shortest):
                for name in names:
                    at = case(length, 3, height, "1/10")
                    yield {"n": length, "a": str(height), "map": name}, *loudest(at, name), Truth.TRUE

        with pinned_arithmetic():
            return judge(f"literal networks at the ends of the domain on {', '.join(devices())}", examined())

    return check


evidence_for(room.linear_silent, Method.MEASURED)(silent_where_claimed(("linear",)))
evidence_for(room.softmax_silent, Method.MEASURED)(silent_where_claimed(("softmax", "linear")))


def slack(point: Any) -> float:
    """(<c, y> - tau) / L of the needle's row for y_1 = y_d = y_k = +1 and S = 1, at a = 7/10, b = 1/2, xi = 1/10."""
    at = case(point["n"], point["d"], "7/10", "1/10")
    signs = np.ones(at.d)
    signs[2 : 2 + (at.d - 3) // 2] = -1  # among the d-3 free middle signs, as many minus as plus: d is odd
    return float(np.asarray(outputs(tokens(at, at.a1), softmax))[0] @ signs) / scale(at.n) - float(at.tau)


def slack_allowance(claim: Claim, point: Any) -> float:
    at = case(point["n"], point["d"], "7/10", "1/10")
    return activation_error(at, at.a1, softmax) / scale(at.n) * (1 + 2**-20) + 2.0**-48


def slack_claimed(claim: Claim, point: Any, bits: int) -> Any:
    left = claim.unfolded.lhs
    return enclose_at(left, {n: sp.Integer(point["n"]), d: sp.Integer(point["d"])}, bits)


def slack_points(effort: Effort) -> list[dict[str, int]]:
    """Lengths and odd dimensions of literal networks, the shortest first."""
    sizes = [(12, 3), (12, 5), (20, 7), (84, 9), (190, 21)]
    return [{"n": length, "d": dimension} for length, dimension in (sizes[:1] if effort.quick else sizes)]


evidence_for(room.softmax_fires, Method.MEASURED)(
    measured(
        slack, slack_claimed, slack_allowance,
        slack_points,
        relation="==",
    )
)  # fmt: skip


@evidence_for(room.success, Method.MEASURED)
def random_networks(claim: Claim, effort: Effort) -> Finding:
    """Random networks succeed as often as the left side says, and no less often than the right side says."""
    networks, width, shown = 2000 if effort.quick else 10_000, 8, []
    verdicts = set()
    for length, dimension in ((100, 12),) if effort.quick else ((100, 12), (100, 4), (1000, 102)):
        at = Parameters(n=length, d=dimension, a0="1/20", a1="7/10", b="1/2", tau="11/10")
        fires = firing_law(at).success(Network.SOFTMAX_NEEDLE, SILENT_FOUR).good_probability
        exact = sp.Rational(fires.numerator, fires.denominator)
        point = {room.p_fires: exact, room.p: exact, room.m: width}
        left, right = (Fraction(str(side.subs(point))) for side in claim.unfolded.args)
        count = simulate(at, width, networks, effort.seed).counts["joint"]
        short = compare_at_least(count, right).verdict is Verdict.REFUTED
        verdicts.add(Verdict.REFUTED if short else compare(count, left).verdict)
        shown.append(
            {"n": length, "d": dimension, "m": width, "found": count.low, "P4": float(left), "bound": float(right)}
        )
    worst = next(v for v in (Verdict.REFUTED, Verdict.UNDECIDED, Verdict.HOLDS) if v in verdicts)
    scope = f"{len(shown)} tables of {networks} random networks on {', '.join(devices())}"
    return Finding(worst, scope, f"{[entry['found'] for entry in shown]} of {networks} succeed.", worst=tuple(shown))


evidence_for(room.peak, Method.ATTACKED)(attacked())
BELOW_ONE = 1 - sp.Rational(1, 2**20)
evidence_for(room.success, Method.ATTACKED)(
    attacked(box={room.p_fires: (0, BELOW_ONE), room.p: (0, BELOW_ONE), room.m: (1, 1000)})
)
