"""B1' run: a kernel with a bias, and one rectified feature, on the literal tokens.

Both see the row sums of the tokens in units of sqrt(log n), h = 1 or 1 + a, off by at most a relative ROW_SUM
roundings.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import sympy as sp

from numerics.environment import devices
from numerics.measure import measured, pinned_arithmetic
from numerics.separation.kernels.measuring import SIZES, parameters
from numerics.separation.self_attention.corrected_threshold import judge
from numerics.separation.self_attention.network import ENTRY_ROUNDINGS, UNIT_ROUNDOFF, scale, tokens
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, evidence_for
from theory.rigor.evaluate import enclose_at, truth_at
from theory.rigor.truth import Truth
from theory.rounding.allowance import exponent
from theory.separation.kernels import biased as room
from theory.separation.self_attention.construction import a, n

Point = Mapping[str, Any]


def heights(point: Point) -> Any:
    """1^T x of every token in units of sqrt(log n)."""
    matrix = tokens(parameters(point), Fraction(point["a"]))
    return matrix @ jnp.ones(matrix.shape[1]) / scale(point["n"])


def height_error(point: Point) -> float:
    """The largest relative error of a height: its entries, d sums, the unit (4 roundings) and the quotient."""
    return math.expm1(float(exponent(2 * ENTRY_ROUNDINGS + point["d"] + 2, UNIT_ROUNDOFF)))


def cases(effort: Effort) -> Iterator[dict[str, Any]]:
    for length, dimension, height in SIZES[:1] if effort.quick else SIZES:
        yield {"n": length, "d": dimension, "a": height}


@evidence_for(room.biased, Method.MEASURED)
def biased(claim: Claim, effort: Effort) -> Finding:
    """The measured gain exceeds G exactly where the equivalence says so, with eps on either side of a/(G - 1)."""
    law = next(part for part in claim.unfolded.args if part != room.exceeds)

    def examined() -> Iterator[tuple[dict[str, Any], float, float, Truth]]:
        for point in cases(effort):
            for wanted in (2, 100):
                exact = sp.Rational(point["a"]) / (wanted - 1)
                for bias in (exact * sp.Rational(999, 1000), exact * sp.Rational(1001, 1000)):
                    kernel = np.asarray(heights(point) - 1 + float(bias)).tolist()
                    gain = kernel[0] / kernel[1]
                    tallest = 1 + float(Fraction(point["a"]))
                    error = (height_error(point) + 4 * UNIT_ROUNDOFF) * tallest + 4 * UNIT_ROUNDOFF
                    relative = [error / value for value in kernel[:2]]
                    slack = gain * ((1 + relative[0]) / (1 - relative[1]) - 1 + 4 * UNIT_ROUNDOFF)
                    where = {a: sp.Rational(point["a"]), room.bias: bias, room.wanted: sp.Integer(wanted)}
                    truth = truth_at(law, where)
                    silent = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE}.get(truth, truth)
                    yield {str(s): str(v) for s, v in where.items()}, gain - wanted, slack, silent

    with pinned_arithmetic():
        return judge(f"literal tokens, on {', '.join(devices())}", examined())


def rectified_weight(point: Point) -> Any:
    """The needle weight of the one feature max(1^T x - t, 0)."""
    feature = jax.nn.relu(heights(point) - float(Fraction(point["t"])))
    return feature[0] / feature.sum()


def thresholds(effort: Effort) -> list[dict[str, Any]]:
    """Thresholds between an ordinary token and the needle."""
    between = (Fraction(1, 4), Fraction(3, 4))
    return [{**point, "t": str(1 + Fraction(point["a"]) * part)} for point in cases(effort) for part in between]


evidence_for(room.rectified_finds, Method.MEASURED)(
    measured(
        rectified_weight,
        lambda claim, point, bits: enclose_at(claim.unfolded.rhs, {n: sp.Integer(point["n"])}, bits),
        lambda claim, point: 4 * UNIT_ROUNDOFF,  # all other features are exactly 0: a number is divided by itself
        thresholds,
    )
)
