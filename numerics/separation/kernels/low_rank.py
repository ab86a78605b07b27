"""B4 run: the softmax matrix of the literal tokens against its two features, and its minor of order 2."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import sympy as sp

from numerics.measure import measured
from numerics.separation.kernels.measuring import SIZES, Point, parameters
from numerics.separation.self_attention.network import (
    UNIT_ROUNDOFF,
    output_exponent,
    scores_by_tensor_trick,
    softmax,
    tokens,
)
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.separation.kernels import low_rank as room
from theory.separation.self_attention.construction import a, n


def matrix(point: Point) -> Any:
    """All n^2 softmax weights."""
    return softmax(scores_by_tensor_trick(tokens(parameters(point), Fraction(point["a"]))))


def weight_exponent(point: Point) -> float:
    """k v of a weight; that of an output, which holds a weight, is larger."""
    return output_exponent(parameters(point), Fraction(point["a"]), softmax)


def sizes(effort: Effort) -> list[dict[str, Any]]:
    return [{"n": length, "d": d, "a": height} for length, d, height in (SIZES[:1] if effort.quick else SIZES)]


def entries(effort: Effort) -> list[dict[str, Any]]:
    """Entries of both kinds of rows and columns."""
    return [{**point, "i": i, "j": j} for point in sizes(effort) for i in (0, 1, 2) for j in (0, 1, 2)]


def claimed_entry(claim: Claim, point: Point, bits: int) -> Any:
    flags = {room.is_query: int(point["i"] == 0), room.is_key: int(point["j"] == 0)}
    where = {n: sp.Integer(point["n"]), a: sp.Rational(point["a"]), **{s: sp.Integer(v) for s, v in flags.items()}}
    return enclose_at(claim.unfolded.rhs, where, bits)


def entry_allowance(claim: Claim, point: Point) -> float:
    return float(claimed_entry(claim, point, 64).hi) * math.expm1(weight_exponent(point)) * (1 + 2**-20)


evidence_for(room.two_features, Method.MEASURED)(
    measured(lambda point: matrix(point)[point["i"], point["j"]], claimed_entry, entry_allowance, entries)
)


def minor(point: Point) -> Any:
    """w_1 u_2 - u_1 w_2 from the weights of tokens 0 (the needle) and 1."""
    weights = matrix(point)
    return weights[0, 0] * weights[1, 1] - weights[0, 1] * weights[1, 0]


def minor_allowance(claim: Claim, point: Point) -> float:
    """Both products are at most 1 and carry the factors of two weights; three operations follow."""
    return math.expm1(2 * weight_exponent(point) * 1.01) + 8 * UNIT_ROUNDOFF


evidence_for(room.second_minor, Method.MEASURED)(
    measured(minor, lambda claim, point, bits: enclose_at(claim.unfolded.rhs, {}, bits), minor_allowance, sizes)
)
