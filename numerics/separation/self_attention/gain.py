"""A0 measured: the outputs of the literal network, Kronecker product and all, against the gain identity.

The network is run in float64 on small cases and every output entry is compared with the claim at the exact parameters;
what may separate the two is `network.output_error`, from the error analysis, and nothing else.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from numerics.measure import measured
from numerics.separation.self_attention.network import linear, output_error, outputs, softmax, tokens
from theory.claim import Claim
from theory.evidence import Check, Effort, Method, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.separation.self_attention import gain
from theory.separation.self_attention.construction import (
    N,
    a,
    b,
    d,
    linear_gain,
    n,
    needle_weight,
    softmax_needle_gain,
    softmax_ordinary_gain,
)
from theory.separation.self_attention.parameters import Parameters

Point = Mapping[str, Any]
Expected = Callable[[sp.Expr, Point], sp.Expr]
MAPS = {"softmax": softmax, "linear": linear}
UNIT = sp.sqrt(sp.log(n))
NEEDLE, ORDINARY = 0, 1  # rows; the needle is token 0, whose identity column is the first one
NEEDLE_COLUMN, OTHER_COLUMN = 1, 2


def points(maps: tuple[str, ...], rows: tuple[int, ...], column: int) -> Callable[[Effort], list[dict[str, Any]]]:
    """Small networks: every named map, row and size; `--quick` keeps the first size."""

    def chosen(effort: Effort) -> list[dict[str, Any]]:
        sizes = [(12, 5, "7/10", "1/2"), (20, 6, "6/5", "1/5"), (24, 8, "1/20", "9/10")]
        return [
            {"map": name, "row": row, "column": column, "n": length, "d": dimension, "a": height, "b": weight}
            for length, dimension, height, weight in (sizes[:1] if effort.quick else sizes)
            for name in maps
            for row in rows
        ]

    return chosen


def parameters(point: Point) -> Parameters:
    return Parameters(n=point["n"], d=point["d"], a0=0, a1=point["a"], b=point["b"], eta=0)


def run(point: Point) -> Any:
    """One entry of the output of the literal network, by way of the Kronecker product."""
    matrix = tokens(parameters(point), Fraction(point["a"]))
    return outputs(matrix, MAPS[point["map"]], kronecker=True)[point["row"], point["column"]]


def row_gain(point: Point) -> sp.Expr:
    """The gain that the construction gives this row of this map."""
    if point["map"] == "linear":
        return linear_gain(a)
    return softmax_needle_gain(a, n) if point["row"] == NEEDLE else softmax_ordinary_gain(a, n)


def value(expected: Expected, claim: Claim, point: Point, bits: int) -> Any:
    """What the claim says of the entry, in Arb."""
    assert isinstance(claim.unfolded, sp.Eq)
    numbers = {n: point["n"], d: point["d"], a: sp.Rational(point["a"]), b: sp.Rational(point["b"])}
    return enclose_at(expected(claim.unfolded.rhs, point), {s: sp.sympify(v) for s, v in numbers.items()}, bits)


def measure(claim: Claim, maps: tuple[str, ...], rows: tuple[int, ...], column: int, expected: Expected) -> None:
    """Register the measurement of `claim`: `expected` turns its right-hand side into an output entry."""

    def allowance(examined: Claim, point: Point) -> float:
        size = float(value(expected, examined, point, 64).hi)
        return abs(size) * output_error(parameters(point), Fraction(point["a"]), MAPS[point["map"]]) * (1 + 2**-20)

    check: Check = measured(
        run, lambda examined, point, bits: value(expected, examined, point, bits), allowance, points(maps, rows, column)
    )
    evidence_for(claim, Method.MEASURED)(check)


def _row_height(point: Point) -> sp.Expr:
    return 1 + a if point["row"] == NEEDLE else sp.Integer(1)


def _scores(point: Point) -> dict[sp.Basic, sp.Expr]:
    """The kernel scores of the needle and of any other token, in this row of this map."""
    row = _row_height(point)
    needle, rest = row * (1 + a) * sp.log(n), row * sp.log(n)
    if point["map"] == "softmax":
        needle, rest = sp.exp(needle), sp.exp(rest)
    return {gain.kappa_needle: needle, gain.kappa_rest: rest}


BOTH = ("softmax", "linear")
ROWS = (NEEDLE, ORDINARY)
measure(gain.weight, BOTH, ROWS, 0, lambda side, point: a * UNIT * side.subs(_scores(point)))
measure(gain.softmax_needle, ("softmax",), (NEEDLE,), 0, lambda side, _: a * UNIT * needle_weight(side, n))
measure(gain.softmax_ordinary, ("softmax",), (ORDINARY,), 0, lambda side, _: a * UNIT * needle_weight(side, n))
measure(
    gain.linear, ("linear",), ROWS, 0,
    lambda side, point: (a * UNIT * _scores(point)[gain.kappa_needle] / side).subs(gain.row_height, _row_height(point)),
)  # fmt: skip
measure(gain.needle_column, BOTH, ROWS, NEEDLE_COLUMN, lambda side, point: b * UNIT * side.subs(N, row_gain(point)))
measure(gain.other_column, BOTH, ROWS, OTHER_COLUMN, lambda side, point: b * UNIT * side.subs(N, row_gain(point)))
