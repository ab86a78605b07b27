"""The largest weight of softmax, of scalable softmax, and at low temperature, measured and attacked.

Rows have one score (or c equal ones) above all others, which are 0: the worst case of each claim. The query is 1 and
the dimension one, so that the scores are exact; those of scalable softmax are rounded, but a lead of 1001/1000 instead
of 1 leaves far more room than that takes.
"""

# pyright: reportAttributeAccessIssue=false, reportArgumentType=false

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numerics.attack import attacked
from numerics.maps.softmax import ScalableSoftmax, Softmax
from numerics.maps.softmax_rows import FORMATS, weights
from numerics.measure import Point, measured
from numerics.rounding import allowance
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.maps import dispersion as theory
from theory.maps.attention_map import n
from theory.rigor.evaluate import enclose_at

LENGTHS = (2, 3, 16, 1000)


def row(point: Point) -> NDArray:
    """c scores of `lead`, and 0 for the rest."""
    scores = np.zeros(point["n"], point["dtype"])
    scores[: point.get("c", 1)] = point["lead"]
    return scores


def points(leads: tuple[float, ...], **more: tuple[Any, ...]) -> Callable[[Effort], list[Point]]:
    """All combinations of lengths, leads, formats and whatever else is given; fewer lengths if quick."""

    def chosen(effort: Effort) -> list[Point]:
        lengths = LENGTHS[:2] if effort.quick else LENGTHS
        sides = {"n": lengths, "lead": leads, "dtype": FORMATS, **more}
        found = [dict(zip(sides, values, strict=True)) for values in itertools.product(*sides.values())]
        return [point for point in found if point.get("c", 1) < point["n"]]

    return chosen


def bound(claim: Claim, values: dict[sp.Symbol, Any], bits: int) -> Any:
    return enclose_at(claim.unfolded.rhs, {symbol: sp.Rational(value) for symbol, value in values.items()}, bits)


evidence_for(theory.dispersion, Method.MEASURED)(
    measured(
        lambda point: weights(row(point))[0],
        lambda claim, point, bits: bound(claim, {theory.Delta: point["lead"], n: point["n"]}, bits),
        lambda claim, point: allowance.softmax(row(point))[0],
        points((0, 0.5, 3)),
    )
)


def scalable(point: Point) -> NDArray:
    """The scores that scalable softmax with s = 2 takes the exponential of."""
    return (row(point).astype(np.float64) * 2 * np.log(point["n"])).astype(point["dtype"])


evidence_for(theory.concentration, Method.MEASURED)(
    measured(
        lambda point: weights(row(point), ScalableSoftmax(s=2.0, scale=1.0))[0],
        lambda claim, point, bits: bound(claim, {n: point["n"]}, bits),
        lambda claim, point: allowance.softmax(scalable(point))[0],
        points((0.5005, 2)),
    )
)


def shortfall(point: Point) -> NDArray:
    """1/c less the weight of a largest score, exactly; the temperature is a power of two."""
    weight = weights(row(point), Softmax(scale=1.0 / point["T"]))[0]
    return np.asarray(Fraction(1, point["c"]) - Fraction(float(weight)), dtype=object)


evidence_for(theory.hard_limit, Method.MEASURED)(
    measured(
        shortfall,
        lambda claim, point, bits: bound(
            claim, {theory.g: point["lead"], theory.T: point["T"], theory.c: point["c"], n: point["n"]}, bits
        ),
        lambda claim, point: allowance.softmax(row(point) / np.asarray(point["T"], point["dtype"]))[0],
        points((1, 2.5), c=(1, 2), T=(1, 2)),
    )
)

evidence_for(theory.dispersion, Method.ATTACKED)(
    attacked(declared_worst=[{theory.R: 1, theory.Delta: 0, n: 2}], restarts=32, steps=100)
)
evidence_for(theory.concentration, Method.ATTACKED)(
    attacked(
        declared_worst=[{theory.R: Fraction(1, 2), theory.sharpness: 1, theory.delta: 1, n: 2}], restarts=32, steps=100
    )
)
evidence_for(theory.hard_limit, Method.ATTACKED)(
    attacked(declared_worst=[{theory.share: 1, theory.g: 30, theory.T: 1, theory.c: 2, n: 3}], restarts=32, steps=100)
)
