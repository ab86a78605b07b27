"""C1 measured and attacked: the literal network is silent exactly where linear attention is claimed to be.

No sign pattern reads more than the all-plus one, so a row is silent for every pattern exactly when it is silent for
that one; the activation of the literal network is compared with the threshold, with the derived rounding error.
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
from numerics.measure import pinned_arithmetic
from numerics.separation.cross_attention.network import attend, keys, queries, scale
from numerics.separation.cross_attention.simulation import activation_error
from numerics.separation.self_attention.corrected_threshold import judge
from numerics.separation.self_attention.network import tokens
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, evidence_for
from theory.rigor.evaluate import enclose_at, truth_at
from theory.rigor.truth import Truth
from theory.separation.cross_attention import linear_silence as room
from theory.separation.cross_attention.construction import a, kappa, l0, n, xi
from theory.separation.cross_attention.logits import Logits
from theory.separation.self_attention.construction import needle_weight
from theory.separation.self_attention.parameters import Parameters

STEP = sp.Rational(1, 1000)  # how close to the threshold the networks are run, on either side


def loudest(length: int, logits: Logits, height: Any, above: Any, degree: int | None = 1) -> tuple[float, float]:
    """<c, y> - tau for y all plus, from the literal network in dimension 3, and its rounding error."""
    height, above = Fraction(str(height)), Fraction(str(above))
    at = Parameters(n=length, d=3, a0=0, a1=height, b="1/2", tau=1 + above)
    row = np.asarray(attend(queries(length), keys(logits, length), tokens(at, at.a1), degree))[0]
    excess = float(row.sum()) - float(at.tau) * scale(length)
    return excess, activation_error(at, logits, at.a1, degree)


@evidence_for(room.silence, Method.MEASURED)
def silence(claim: Claim, effort: Effort) -> Finding:
    """Literal networks on a grid are silent exactly where the equivalence says so."""
    (law,) = (part for part in claim.unfolded.args if part != room.SILENT)

    def examined() -> Iterator[tuple[dict[str, Any], float, float, Truth]]:
        for length in (12, 30) if effort.quick else (4, 12, 30, 90, 300):
            for exponent, rest in (("4", "1"), ("3/2", "1/2")):
                for height in ("1/2", "1", "2"):
                    logits = Logits(kappa=exponent, l0=rest)
                    where = {n: sp.Integer(length), kappa: sp.Rational(exponent), l0: sp.Rational(rest)}
                    where |= {a: sp.Rational(height)}
                    quiet = enclose_at(a * needle_weight(room.LINEAR, n), where, 64)  # where the row falls silent
                    nearest = sp.Rational(round(float(quiet.lo) * 10**4), 10**4)
                    for above in (nearest - STEP, nearest + STEP, nearest * 2):
                        point = where | {xi: above}
                        shown = {str(symbol): str(value) for symbol, value in point.items()}
                        yield shown, *loudest(length, logits, height, above), truth_at(law, point)

    with pinned_arithmetic():
        return judge(f"literal networks of 4 to 300 keys, d = 3, on {', '.join(devices())}", examined())


def silent_from(above: sp.Rational) -> Any:
    """A check of literal networks around the number of keys from which on they are claimed to be silent."""

    def check(claim: Claim, effort: Effort) -> Finding:
        (where,) = (part for part in claim.unfolded.args if isinstance(part, sp.Ge) and part.lhs == n)
        least, logits = int(where.rhs), Logits(kappa=4, l0=1)

        def examined() -> Iterator[tuple[dict[str, Any], float, float, Truth]]:
            for length in (least - 1, least) if effort.quick else (2, least - 1, least, 3 * least):
                claimed = truth_at(where, {n: sp.Integer(length)})
                yield {"n": length, "xi": str(above)}, *loudest(length, logits, 1, above), claimed

        with pinned_arithmetic():
            return judge(f"literal networks around n = {least}, d = 3, on {', '.join(devices())}", examined())

    return check


for claim, threshold in (
    (room.silent_tenth, sp.Rational(1, 10)),
    (room.silent_quarter, sp.Rational(1, 4)),
    (room.silent_half, sp.Rational(1, 2)),
):
    evidence_for(claim, Method.MEASURED)(silent_from(threshold))

evidence_for(room.ratio_falls, Method.ATTACKED)(attacked(declared_worst=[{n: 2, room.longer: 2}]))
