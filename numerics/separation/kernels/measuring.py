"""Measurements of a needle weight: a map is run on the tokens and its first output column is compared with a claim.

The first column of an output is a w sqrt(log n), with the needle weight w, in the needle's row and in every other.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from numerics.measure import Relation, measured
from numerics.separation.kernels.maps import Map
from numerics.separation.self_attention.network import tokens
from theory.claim import Claim
from theory.evidence import Check, Effort
from theory.rigor.evaluate import enclose_at
from theory.separation.self_attention.construction import a, n
from theory.separation.self_attention.parameters import Parameters

Point = Mapping[str, Any]
NEEDLE, ORDINARY = 0, 1  # rows; the needle is token 0
SIZES = ((12, 5, "7/10"), (20, 6, "6/5"), (24, 8, "1/20"))


def points(maps: Sequence[Map], rows: Sequence[int] = (NEEDLE, ORDINARY), **others: Any) -> Callable[[Effort], list]:
    """Small networks: every map, row and size; `--quick` keeps the first size."""

    def chosen(effort: Effort) -> list[dict[str, Any]]:
        sizes = SIZES[:1] if effort.quick else SIZES
        return [
            {"map": one, "row": row, "n": length, "d": dimension, "a": height, **others}
            for length, dimension, height in sizes
            for one in maps
            for row in rows
        ]

    return chosen


def parameters(point: Point) -> Parameters:
    """The construction at a point."""
    return Parameters(n=point["n"], d=point["d"], a0=0, a1=point["a"], b="1/2", eta=0)


def needle_output(point: Point) -> Any:
    """The first output entry of the row, from the literal tokens."""
    return point["map"].run(tokens(parameters(point), Fraction(point["a"])))[point["row"], 0]


def weight_measured(
    claimed_weight: Callable[[sp.Basic, Point], sp.Expr],
    chosen: Callable[[Effort], list],
    relation: Relation = "==",
) -> Check:
    """A check that compares the needle output with a w sqrt(log n).

    claimed_weight: from the claim's statement and a point to the needle weight w that it gives the row, or its bound.
    """

    def claimed(claim: Claim, point: Point, bits: int) -> Any:
        where = {n: sp.Integer(point["n"]), a: sp.Rational(point["a"])}
        return enclose_at(a * sp.sqrt(sp.log(n)) * claimed_weight(claim.unfolded, point), where, bits)

    def allowance(claim: Claim, point: Point) -> float:
        size = float(claimed(claim, point, 64).hi)
        return abs(size) * point["map"].output_error(parameters(point)) * (1 + 2**-20)

    return measured(needle_output, claimed, allowance, chosen, relation=relation)
