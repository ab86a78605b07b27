"""C1 measured: softmax fires in the literal network, and random networks separate as often as claimed."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp

from numerics.environment import devices
from numerics.measure import measured
from numerics.probability import compare, compare_at_least
from numerics.separation.cross_attention.network import attend, keys, queries, scale
from numerics.separation.cross_attention.simulation import activation_error, simulate_cross
from numerics.separation.self_attention.network import tokens
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, Verdict, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.separation.cross_attention import softmax_firing as room
from theory.separation.cross_attention.construction import d, n, xi
from theory.separation.cross_attention.law import cross_law
from theory.separation.cross_attention.logits import Logits
from theory.separation.self_attention.law import SILENT_FOUR, Network
from theory.separation.self_attention.parameters import Parameters

LOGITS = Logits(kappa=4, l0=1)


def network_of(point: Any) -> Parameters:
    return Parameters(n=point["n"], d=point["d"], a0=0, a1=1, b="1/2", tau=1 + Fraction(point["xi"]))


def slack(point: Any) -> float:
    """(<c, y> - tau) / L for y_1 = y_d = y_k = +1 and all other signs minus."""
    at = network_of(point)
    signs = np.ones(at.d)
    signs[2 : at.d - 1] = -1
    row = np.asarray(attend(queries(at.n), keys(LOGITS, at.n), tokens(at, at.a1), None))[0]
    return float(row @ signs) / scale(at.n) - float(at.tau)


def allowance(claim: Claim, point: Any) -> float:
    at = network_of(point)
    return activation_error(at, LOGITS, at.a1, None) / scale(at.n) * (1 + 2**-20) + 2.0**-48


def claimed(claim: Claim, point: Any, bits: int) -> Any:
    where = {n: sp.Integer(point["n"]), d: sp.Integer(point["d"]), xi: sp.Rational(point["xi"])}
    return enclose_at(claim.unfolded.lhs, where, bits)


@evidence_for(room.fires_at_once, Method.MEASURED)
def fires(claim: Claim, effort: Effort) -> Finding:
    """The literal network has the claimed slack, and fires, at the ends of the claim's own range of thresholds."""
    highest = claim.domain.ranges[xi].sup
    sizes = [(2, 3), (2, 4), (12, 5)] if effort.quick else [(2, 3), (2, 4), (4, 6), (12, 5), (84, 9), (190, 21)]
    points = [
        {"n": length, "d": dimension, "xi": str(above)}
        for length, dimension in sizes
        for above in (sp.Rational(1, 10), highest)
    ]
    finding = measured(slack, claimed, allowance, points, relation="==")(claim, effort)
    silent = next((point for point in points if slack(point) < -allowance(claim, point)), None)
    if finding.verdict is Verdict.HOLDS and silent is not None:
        return Finding(Verdict.REFUTED, finding.scope, f"The network is silent at {silent}.", worst=(silent,))
    return finding


@evidence_for(room.success, Method.MEASURED)
def random_networks(claim: Claim, effort: Effort) -> Finding:
    """Random networks at n >= 190 succeed as often as the left side says, and no less often than the right side."""
    networks, width, shown, verdicts = 2000 if effort.quick else 10_000, 8, [], set()
    for length, dimension in ((190, 12),) if effort.quick else ((190, 12), (190, 4), (1000, 102)):
        at = Parameters(n=length, d=dimension, a0="1/20", a1=1, b="1/2", tau="11/10")
        fires = cross_law(at, LOGITS).success(Network.SOFTMAX_NEEDLE, SILENT_FOUR).good_probability
        point = {room.p_fires: sp.Rational(fires.numerator, fires.denominator), room.m: width}
        left, right = (Fraction(str(side.subs(point))) for side in claim.unfolded.args)
        count = simulate_cross(at, LOGITS, width, networks, effort.seed).counts["joint"]
        short = compare_at_least(count, right).verdict is Verdict.REFUTED
        verdicts.add(Verdict.REFUTED if short else compare(count, left).verdict)
        entry = {"n": length, "d": dimension, "m": width, "found": count.low, "P4": float(left), "bound": float(right)}
        shown.append(entry)
    worst = next(v for v in (Verdict.REFUTED, Verdict.UNDECIDED, Verdict.HOLDS) if v in verdicts)
    scope = f"{len(shown)} tables of {networks} random networks on {', '.join(devices())}"
    return Finding(worst, scope, f"{[entry['found'] for entry in shown]} of {networks} succeed.", worst=tuple(shown))
