"""Softmax as it runs, against the claims on its rows: in blocks, and with shifted scores.

The scores are small integers, which a head of dimension one with the query 1 makes exactly, so that only the softmax
and the product with the values round. For the form in blocks of c keys the allowance is derived like that of
`theory.rounding.allowance`, in its calculus of factors G(k):

    exp(s_j - t) of a key has one in G(e), e = c_exp/(1 - c_exp u), since s_j - t is exact;
    a later block rescales by an exponential and a product, one in G(e + 1), at most B - 1 times for B blocks;
    the product with the value, the sum inside a block and the addition of later blocks: at most 1 + (c - 1) + B - 1.

So numerator and denominator have weights with factors in G(K), K = B (e + 2) + c, the quotient is off by one in
G(2 K + q), and the output by at most (exp((2 K + q) v) - 1) sum p_j |v_j|. Nothing underflows at these scores.
"""

# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flint
import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numerics.maps.softmax import Softmax
from numerics.measure import Point, exact, measured
from numerics.rounding import allowance
from numerics.rounding.primitives import lookup, require_rounded_arithmetic
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.maps import softmax_rows as theory
from theory.rigor.evaluate import compile_expression
from theory.rigor.interval import Interval, precision
from theory.rounding.allowance import arithmetic, exponent

FORMATS = ("float32", "float64")


def enclosed(expression: sp.Expr, values: Mapping[sp.Symbol, flint.arb], bits: int) -> Interval:
    """The value of an expression at Arb balls."""
    program = compile_expression(expression, tuple(values))
    with precision(bits):
        return program.interval([Interval(ball.lower(), ball.upper()) for ball in values.values()])


def attend(scores: NDArray, values: NDArray, block: int | None) -> NDArray:
    """One query whose scores are `scores` [m] against values [m, e]: the outputs [e]."""
    one = np.ones((1, 1), scores.dtype)
    return np.asarray(Softmax(scale=1.0, block=block).attend(one, scores[:, None], values))[0]


def weights(scores: NDArray, attention: Any = None) -> NDArray:
    """The weights [m] of one query whose scores are `scores`."""
    attention = Softmax(scale=1.0) if attention is None else attention
    return np.asarray(attention.weights(np.ones((1, 1), scores.dtype), scores[:, None]))[0]


# ------------------------------------------------------------------------------------------------------ in blocks


def block_points(effort: Effort) -> list[Point]:
    """Rows of integer scores cut into blocks, also such that the largest comes last, and a last block that is short."""
    generator = np.random.default_rng(effort.seed)
    found: list[Point] = []
    for dtype in FORMATS:
        for length, block in ((13, 4),) if effort.quick else ((2, 1), (13, 4), (64, 16), (257, 32)):
            scores = generator.integers(-12, 13, length)
            values = generator.normal(size=(length, 3)).astype(dtype)
            for order, kept in (("as drawn", scores), ("rising", np.sort(scores))):
                found.append({"order": order, "scores": kept.astype(dtype), "values": values, "block": block})
    return found


def block_reference(claim: Claim, point: Point, bits: int) -> list[Any]:
    """What the claim says of two parts, the first half of the keys and the second, in each coordinate of the values."""
    (output,) = (part.rhs for part in claim.unfolded.args if part.rhs.has(theory.A_1))
    half = len(point["scores"]) // 2
    e = [exact(score).exp() for score in point["scores"]]
    found = []
    for column in point["values"].T:
        terms = [weight * exact(value) for weight, value in zip(e, column, strict=True)]
        sums = (sum(part, flint.arb(0)) for part in (e[:half], e[half:], terms[:half], terms[half:]))
        symbols = (theory.L_1, theory.L_2, theory.A_1, theory.A_2)
        found.append(enclosed(output, dict(zip(symbols, sums, strict=True)), bits))
    return found


def block_allowance(claim: Claim, point: Point) -> NDArray:
    scores, values, block = point["scores"], point["values"], point["block"]
    require_rounded_arithmetic()
    u = float(arithmetic(scores.dtype.name).unit_roundoff)
    primitives = lookup(scores.dtype.name)
    e = float(primitives.exponential) / (1 - float(primitives.exponential) * u)
    each = -(-len(scores) // block) * (e + 2) + block
    grown = np.expm1(exponent(2 * each + float(primitives.division), u))
    p = np.exp(scores.astype(np.float64) - scores.max())
    return grown * (p / p.sum()) @ np.abs(values.astype(np.float64)) * allowance.OWN_ROUNDING


evidence_for(theory.merged, Method.MEASURED)(
    measured(
        lambda point: attend(point["scores"], point["values"], point["block"]),
        block_reference,
        block_allowance,
        block_points,
        relation="==",
    )
)

# --------------------------------------------------------------------------------------------------------- shifted


def shift_points(effort: Effort) -> list[Point]:
    """Rows of integer scores with an integer added, up to 10^4."""
    generator = np.random.default_rng(effort.seed)
    return [
        {"shift": shift, "scores": generator.integers(-12, 13, length).astype(dtype)}
        for dtype in FORMATS
        for length in ((5,) if effort.quick else (2, 5, 64))
        for shift in (-3, 10_000)
    ]


def shift_reference(claim: Claim, point: Point, bits: int) -> list[Any]:
    """What the claim says of each key: its score, the sum over the others, and the shift."""
    e = [exact(score).exp() for score in point["scores"]]
    total = sum(e, flint.arb(0))
    return [
        enclosed(
            claim.unfolded.rhs,
            {theory.score: exact(score), theory.L_2: total - own, theory.c: exact(point["shift"])},
            bits,
        )
        for score, own in zip(point["scores"], e, strict=True)
    ]


def shifted(point: Point) -> NDArray:
    return point["scores"] + np.asarray(point["shift"], point["scores"].dtype)


evidence_for(theory.shift, Method.MEASURED)(
    measured(
        lambda point: weights(shifted(point)),
        shift_reference,
        lambda claim, point: allowance.softmax(shifted(point)),
        shift_points,
    )
)
