"""A1 measured: all 2^d sign patterns of the literal network against the firing law, and random networks against P4.

Small networks are run on every sign pattern. A neuron counts as firing or silent only if its activation is further from
the threshold than rounding can carry it (`network.activation_error`); the others are passed over and counted.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb
from typing import Any

import numpy as np
import sympy as sp
from sympy.logic.boolalg import Boolean

from numerics.environment import devices
from numerics.measure import pinned_arithmetic
from numerics.probability import compare_table
from numerics.separation.self_attention.network import activation_error, linear, outputs, scale, softmax, tokens
from numerics.separation.self_attention.simulation import simulate
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, Verdict, evidence_for
from theory.rigor.evaluate import truth_at
from theory.rigor.truth import Truth
from theory.separation.self_attention import firing_law as theory_room
from theory.separation.self_attention.construction import (
    N,
    S,
    a,
    b,
    d,
    eta,
    linear_gain,
    n,
    softmax_needle_gain,
    softmax_ordinary_gain,
    y_first,
    y_last,
    y_needle,
)
from theory.separation.self_attention.law import SILENT_FOUR, Network
from theory.separation.self_attention.law import firing_law as exact_law
from theory.separation.self_attention.parameters import Parameters

K = theory_room.K
ROWS = (  # map, row (the needle is token 0), gain
    ("softmax", softmax, 0, softmax_needle_gain(a, n)),
    ("softmax", softmax, 1, softmax_ordinary_gain(a, n)),
    ("linear", linear, 0, linear_gain(a)),
)


def cases(effort: Effort) -> list[Parameters]:
    """Small networks with thresholds at which some patterns fire and some do not.

    In the first one a pattern is so close to the threshold that a wrong count of the tokens is seen.
    """
    found = [
        Parameters(n=18, d=8, a0="1/20", a1="7/10", b="9/10", eta="1/4"),
        Parameters(n=12, d=6, a0="1/20", a1="7/10", b="1/2", eta="1/10"),
        Parameters(n=15, d=5, a0="1/20", a1="6/5", b="1/5", eta="3/10"),
    ]
    return found[:1] if effort.quick else found


def activations(case: Parameters, attention: Any, row: int) -> tuple[np.ndarray, np.ndarray]:
    """All 2^d sign patterns, shape (2^d, d), and <c_row, y> - tau for each, from the literal network."""
    signs = np.array(list(product((-1.0, 1.0), repeat=case.d)))
    output = np.asarray(outputs(tokens(case, case.a1), attention, kronecker=True))[row]
    return signs, signs @ output - float(case.tau) * scale(case.n)


def numbers(case: Parameters) -> dict[sp.Symbol, sp.Expr]:
    values = {n: case.n, d: case.d, a: case.a1, b: case.b, eta: case.eta}
    return {symbol: sp.Rational(str(value)) for symbol, value in values.items()}


def law_side(claim: Claim, measured_side: Boolean) -> Boolean:
    """The side of the equivalence that the measurement does not run."""
    (side,) = (part for part in claim.unfolded.args if part != measured_side)
    return side


@evidence_for(theory_room.firing_law, Method.MEASURED)
def every_pattern(claim: Claim, effort: Effort) -> Finding:
    """Every sign pattern of small networks fires exactly where the claim says so."""
    law, checked, passed_over = law_side(claim, theory_room.FIRES), 0, 0
    scope = f"every sign pattern of {len(cases(effort))} literal networks on {', '.join(devices())}"
    with pinned_arithmetic():
        for case in cases(effort):
            for name, attention, row, gain in ROWS:
                signs, margin = activations(case, attention, row)
                error = activation_error(case, case.a1, attention)
                groups: dict[tuple[int, int, int, int], list[float]] = {}
                for pattern, excess in zip(signs.astype(int), margin, strict=True):
                    key = (pattern[0], pattern[-1], pattern[1], int(pattern[1:-1].sum()))
                    groups.setdefault(key, []).append(excess)
                for key, found in groups.items():
                    point = dict(zip((y_first, y_last, y_needle, S), map(sp.Integer, key), strict=True)) | numbers(case)
                    truth = truth_at(law.subs(N, gain), point)
                    for excess in found:
                        if abs(excess) <= error or truth is Truth.UNKNOWN:
                            passed_over += 1
                            continue
                        checked += 1
                        if bool(excess > 0) is not (truth is Truth.TRUE):
                            where = {str(symbol): str(value) for symbol, value in point.items()}
                            where |= {"map": name, "row": row, "activation - tau": repr(float(excess))}
                            message = f"The network {'fires' if excess > 0 else 'is silent'}, against the claim."
                            return Finding(Verdict.REFUTED, scope, message, {"rounding": error}, (where,))
    counts = {"patterns": checked, "within rounding of the threshold": passed_over}
    return Finding(Verdict.HOLDS, scope, f"All {checked} patterns fire where the claim says so.", counts)


@evidence_for(theory_room.firing_count, Method.MEASURED)
def number_of_patterns(claim: Claim, effort: Effort) -> Finding:
    """The number of firing patterns, out of 2^d, is the sum of binomials over K that the claim gives."""
    law, compared = law_side(claim, theory_room.LAW_IN_K), 0
    scope = f"every sign pattern of {len(cases(effort))} literal networks on {', '.join(devices())}"
    with pinned_arithmetic():
        for case in cases(effort):
            for name, attention, row, gain in ROWS:
                _, margin = activations(case, attention, row)
                error = activation_error(case, case.a1, attention)
                if (abs(margin) <= error).any():
                    continue  # a tie: floats cannot count it
                counted, predicted = int((margin > 0).sum()), 0
                for signs in product((-1, 1), repeat=3):
                    for plus in range(case.d - 2):
                        point = dict(zip((y_first, y_last, y_needle), map(sp.Integer, signs), strict=True))
                        truth = truth_at(law.subs(N, gain), point | {K: sp.Integer(plus)} | numbers(case))
                        predicted += comb(case.d - 3, plus) * (truth is Truth.TRUE)
                compared += 1
                if counted != predicted:
                    where = {"map": name, "row": row, "parameters": str(case), "found": counted, "claimed": predicted}
                    return Finding(Verdict.REFUTED, scope, f"{counted} patterns fire, not {predicted}.", worst=(where,))
    if not compared:
        return Finding(Verdict.UNDECIDED, scope, "Every case had a pattern within rounding of the threshold.")
    return Finding(Verdict.HOLDS, scope, f"All {compared} counts agree exactly.", {"counts": compared})


@evidence_for(theory_room.joint, Method.MEASURED)
def random_networks(claim: Claim, effort: Effort) -> Finding:
    """Random networks behave as often as the claim says, by Clopper-Pearson limits over the whole table."""
    assert isinstance(claim.unfolded, sp.Eq)
    networks = 1000 if effort.quick else 4000
    rows, shown = [], []
    for case, width in zip(cases(effort), (6, 4, 8), strict=False):
        success = exact_law(case).success(Network.SOFTMAX_NEEDLE, SILENT_FOUR)
        exact = {theory_room.p_bad: success.bad_probability, theory_room.p_good: success.good_probability}
        point = {symbol: sp.Rational(str(value)) for symbol, value in exact.items()} | {theory_room.m: width}
        claimed = Fraction(str(claim.unfolded.rhs.subs(point)))
        count = simulate(case, width, networks, effort.seed).counts["joint"]
        rows.append((count, min(max(claimed, Fraction(0)), Fraction(1))))
        shown.append(
            {"parameters": str(case), "m": width, "networks": networks, "found": count.low, "P4": float(claimed)}
        )
    verdict, comparisons = compare_table(rows)
    for entry, comparison in zip(shown, comparisons, strict=True):
        entry["limits"] = f"[{float(comparison.limits.lower):.6f}, {float(comparison.limits.upper):.6f}]"
    scope = f"{len(rows)} tables of {networks} random networks on {', '.join(devices())}"
    message = f"Measured against exact: {'; '.join(str(e['found']) + ' of ' + str(networks) for e in shown)}."
    return Finding(verdict, scope, message, {"networks": networks}, tuple(shown))
