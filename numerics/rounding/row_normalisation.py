"""Division by a row sum, as JAX computes it, against its rounding allowance: measured, and attacked."""

from __future__ import annotations

from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from numerics.attack import attacked
from numerics.measure import Point, exact, measured
from numerics.rounding import allowance
from numerics.rounding.matrix_product import worst_row
from numerics.rounding.rows import bound_of, largest_error, padded, rounding_objective
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.rounding import row_normalisation as theory

LENGTH = 8  # of the rows that are attacked
FORMATS = ("float32", "float64")


def run(rows: Any) -> Any:
    """The implementation that is measured: non-negative rows divided by their sums."""
    import jax

    return jax.jit(_normalise)(rows)


def _normalise(rows: Any) -> Any:
    return rows / rows.sum(axis=-1, keepdims=True)


def exact_rows(row: NDArray) -> list[flint.arb]:
    """A row of floats over its sum, at the current precision."""
    entries = [exact(value) for value in row]
    total = sum(entries, flint.arb(0))
    return [entry / total for entry in entries]


def allowed(claim: Claim, rows: NDArray) -> NDArray:
    """The allowance with the relative error that the claim states."""
    bound = bound_of(claim, (theory.entry, theory.n, theory.q, theory.v))
    return allowance.row_normalised(rows, gamma=lambda entry, n, q, u: bound(entry, n, q, u / (1 - u)))


def points(effort: Effort) -> list[Point]:
    """Rows of many lengths and spreads, and the worst case, in both formats."""
    generator = np.random.default_rng(effort.seed)
    found: list[Point] = []
    for dtype in FORMATS:
        for length in (8, 256) if effort.quick else (1, 2, 3, 8, 16, 64, 256, 1024, 4096):
            rows = np.exp(generator.normal(size=(4, length)) * np.array([0.0, 0.1, 1.0, 10.0])[:, None]).astype(dtype)
            found.append({"kind": "random", "rows": rows})
            found.append({"kind": "declared worst", "rows": worst_row(length, dtype)[None]})
    return found


evidence_for(theory.weight, Method.MEASURED)(
    measured(
        lambda point: run(point["rows"]),
        lambda claim, point, bits: [exact_rows(row) for row in point["rows"]],
        lambda claim, point: allowed(claim, point["rows"]),
        points,
        relation="==",
        allowance_is_bound=True,
    )
)


def _ratio(claim: Claim, point: Point, bits: int) -> Any:
    rows = np.array([[float(value) for value in point.values()]]).astype(np.float32)
    return largest_error(padded(run, rows)[0], exact_rows(rows[0]), allowed(claim, rows)[0])


_names = [f"x{i}" for i in range(LENGTH)]
evidence_for(theory.weight, Method.ATTACKED)(
    attacked(
        rounding_objective(run, _normalise, allowance.row_normalised, np.float32),
        dict.fromkeys(_names, (2.0 ** (-30), 1)),
        exact_ratio=_ratio,
        declared_worst=[dict(zip(_names, map(float, worst_row(LENGTH, "float32")), strict=True))],
        smooth=False,
        integers=(),
        restarts=64,
        steps=60,
    )
)
