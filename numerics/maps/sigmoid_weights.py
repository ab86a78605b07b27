"""Sigmoid weights as they run, against the claims on them; and how far a wrong bias moves one, attacked.

Scores are dyadic numbers, which a head of dimension one with the query 1 makes exactly, so that only the bias and the
sigmoid round. The allowances are those of running error analysis.
"""

# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from numerics.attack import attacked
from numerics.maps import definitions
from numerics.maps.running_error import FUNCTION, WIDE, Approximate, Rounding
from numerics.maps.sigmoid import Sigmoid
from numerics.maps.softmax_rows import enclosed, weights
from numerics.measure import Point, exact, measured
from numerics.rounding import allowance
from numerics.rounding.primitives import lookup
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.maps import sigmoid_weights as theory
from theory.maps.attention_map import n, s
from theory.rigor.evaluate import enclose_at

ROUNDING = Rounding(2.0**-53)


def sigmoid_weights(scores: NDArray, bias: Any) -> NDArray:
    """The weights [m] that sigmoid attention with this bias gives to keys with these scores."""
    return weights(scores, Sigmoid(bias=bias, scale=1.0))


def _sigmoid(shifted: Approximate) -> Approximate:
    return ROUNDING.function(lambda x: 1 / (1 + np.exp(-x)), shifted, 1 / 4)


def _allowance(errors: NDArray) -> NDArray:
    """Raises AllowanceUnavailable on a machine whose functions nobody has measured."""
    lookup("float64")
    return np.asarray(errors, float) * allowance.OWN_ROUNDING


# ------------------------------------------------------------------------------------------------------ as softmax


def rows(effort: Effort) -> Sequence[Point]:
    """Rows of integer scores."""
    generator = np.random.default_rng(effort.seed)
    lengths = (5,) if effort.quick else (2, 5, 17)
    return [{"scores": generator.integers(-9, 10, length).astype(float)} for length in lengths]


def _log_of_others(scores: NDArray) -> NDArray:
    """log R of each key in the widest float."""
    e = np.exp(scores.astype(WIDE))
    return np.log((e * ~np.eye(len(e), dtype=bool)).sum(axis=1))


def both_weights(point: Point) -> NDArray:
    """[2, m]: the weights of softmax, and those of a sigmoid that is given the bias -log R of each key."""
    scores = point["scores"]
    biases = -_log_of_others(scores).astype(float)
    own = [sigmoid_weights(scores[j : j + 1], bias)[0] for j, bias in enumerate(biases)]
    return np.stack([weights(scores), own])


def both_sides(claim: Claim, point: Point, bits: int) -> list[list[Any]]:
    """The right side of the claim for the weights of softmax, and the left side for those of the sigmoid."""
    e = [exact(score).exp() for score in point["scores"]]
    total = sum(e, flint.arb(0))
    places = [{s: exact(score), theory.R: total - own} for score, own in zip(point["scores"], e, strict=True)]
    return [[enclosed(side, place, bits) for place in places] for side in (claim.unfolded.rhs, claim.unfolded.lhs)]


def both_allowances(claim: Claim, point: Point) -> NDArray:
    scores = point["scores"]
    bias = ROUNDING.rounded(_log_of_others(scores), FUNCTION)
    return np.stack(
        [allowance.softmax(scores), _allowance(_sigmoid(ROUNDING.minus(ROUNDING.exactly(scores), bias)).error)]
    )


evidence_for(theory.as_softmax, Method.MEASURED)(measured(both_weights, both_sides, both_allowances, rows))

# --------------------------------------------------------------------------------------------------------- row sum


def row_sum(point: Point) -> Any:
    """What keys of score 0 and values 1 give with the bias of the registry."""
    m = point["n"]
    return Sigmoid().attend(np.zeros((1, 2)), np.ones((m, 2)), np.ones((m, 1)))[0, 0]


def row_sum_allowance(claim: Claim, point: Point) -> float:
    m, u = point["n"], ROUNDING.unit_roundoff
    everything = np.ones((1, m), bool)
    row = definitions.weights("sigmoid", Sigmoid(), np.zeros((1, 2)), np.ones((m, 2)), everything, 0, u)
    return float(_allowance(definitions.outputs(row, np.ones((m, 1)), u).error[0, 0]))


evidence_for(theory.row_sum, Method.MEASURED)(
    measured(
        row_sum,
        lambda claim, point, bits: enclose_at(claim.unfolded.rhs, {n: point["n"]}, bits),
        row_sum_allowance,
        [{"n": 1}, {"n": 2}, {"n": 7}, {"n": 1000}],
    )
)

# ------------------------------------------------------------------------------------------------------ wrong bias

SCORES = np.array([-3.0, -0.5, 0.0, 0.25, 4.0])


def moved(point: Point) -> NDArray:
    """How far the weights of `SCORES` move when the bias is off by x; b, x and their sum are dyadic."""
    right, wrong = (sigmoid_weights(SCORES, bias) for bias in (point["b"], point["b"] + point["x"]))
    return wrong - right


def moved_at_most(claim: Claim, point: Point, bits: int) -> list[Any]:
    return [enclose_at(claim.unfolded.rhs, {theory.x: Fraction(point["x"])}, bits)] * len(SCORES)


def moved_allowance(claim: Claim, point: Point) -> NDArray:
    right, wrong = (_sigmoid(ROUNDING.exactly(SCORES + bias)) for bias in (point["b"], point["b"] + point["x"]))
    return _allowance(ROUNDING.minus(wrong, right).error)


evidence_for(theory.difference, Method.MEASURED)(
    measured(
        moved,
        moved_at_most,
        moved_allowance,
        [{"b": 0.0, "x": 2.0**-6}, {"b": -0.25, "x": 2.0**-20}, {"b": 3.0, "x": 2.0}, {"b": -5.0, "x": 16.0}],
        relation="<=",
    )
)
evidence_for(theory.difference, Method.ATTACKED)(
    attacked(
        box={s: (-50, 50), theory.b: (-50, 50), theory.x: (Fraction(1, 1000), 100)},  # at x = 0 both sides are 0
        declared_worst=[{s: 0, theory.b: 0, theory.x: Fraction(1, 1000)}],
        restarts=32,
        steps=100,
    )
)
