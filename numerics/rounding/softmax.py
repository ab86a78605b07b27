"""JAX's softmax against its rounding allowance: measured on rows of every kind, and attacked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics.attack import attacked
from numerics.measure import Point, measured
from numerics.rounding import allowance
from numerics.rounding.rows import bound_of, exact_softmax, largest_error, padded, rounding_objective
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.rounding import softmax as theory

LENGTH = 2  # of the rows that are attacked: longer ones add roundings that JAX orders so that they do not add up
FORMATS = ("float32", "float64")


def run(rows: Any) -> Any:
    """The implementation that is measured: JAX's own softmax along the last axis."""
    import jax

    return jax.jit(jax.nn.softmax)(rows)


def allowed(claim: Claim, rows: NDArray) -> NDArray:
    """The allowance with the relative error that the claim states."""
    bound = bound_of(claim, list(theory.FACTORS.ranges))

    def gamma(gap: Any, length: Any, mean_gap: Any, error: Any, division: Any, u: float) -> Any:
        values = {
            theory.D: gap, theory.W: mean_gap, theory.g: error / (1 - error), theory.n: length, theory.q: division,
            theory.v: u / (1 - u),
        }  # fmt: skip
        return bound(*(values[symbol] for symbol in theory.FACTORS.ranges))

    return allowance.softmax(rows, gamma=gamma)


def worst_row(length: int, dtype: str) -> NDArray:
    """A row whose rounding errors add up: one gap is half a unit off, and the sum loses every small term.

    The second entry lies just beyond 64 below the maximum, so that its gap is rounded by nearly u times 64. The
    others are so far down that each is lost when it is added to 1.
    """
    digits = np.finfo(dtype).nmant
    row = np.full(length, 64 - (digits + 1.05) * np.log(2))
    row[0] = 64.0
    row[1:2] = -(2.0 ** (5 - digits)) * (1 - 2.0**-10)
    return row.astype(dtype)


def points(effort: Effort) -> list[Point]:
    """Rows of many lengths and spreads, masked and constant ones, and the worst case, in both formats."""
    generator = np.random.default_rng(effort.seed)
    found: list[Point] = []
    for dtype in FORMATS:
        for length in (2, 257) if effort.quick else (1, 2, 3, 16, 64, 257, 1024, 4096):
            spreads = np.array([0.1, 1.0, 10.0, 100.0])[:, None]
            rows = generator.normal(size=(4, length)) * spreads
            rows[0, : length // 2] = rows[0, 0]
            rows[3, 1::3] = -np.inf
            found.append({"kind": "random", "logits": rows.astype(dtype)})
            found.append({"kind": "declared worst", "logits": worst_row(length, dtype)[None]})
    return found


evidence_for(theory.weight, Method.MEASURED)(
    measured(
        lambda point: run(point["logits"]),
        lambda claim, point, bits: [exact_softmax(row) for row in point["logits"]],
        lambda claim, point: allowed(claim, point["logits"]),
        points,
        relation="==",
        allowance_is_bound=True,
    )
)


def _nearly_exact(rows: NDArray) -> NDArray:
    exponentials = np.exp(rows - rows.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def _ratio(claim: Claim, point: Point, bits: int) -> Any:
    rows = np.array([[float(value) for value in point.values()]]).astype(np.float32)
    return largest_error(padded(run, rows)[0], exact_softmax(rows[0]), allowed(claim, rows)[0])


def _attack(claim: Claim, effort: Effort) -> Any:
    names = [f"x{i}" for i in range(LENGTH)]
    return attacked(
        rounding_objective(run, _nearly_exact, allowance.softmax, np.float32),
        dict.fromkeys(names, (-64, 64)),
        exact_ratio=_ratio,
        declared_worst=[dict(zip(names, map(float, worst_row(LENGTH, "float32")), strict=True))],
        smooth=False,
        integers=(),
        restarts=64,
        steps=60,
    )(claim, effort)


evidence_for(theory.weight, Method.ATTACKED)(_attack)
