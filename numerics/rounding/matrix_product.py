"""JAX's matrix product against its rounding allowance: measured on matrices of many shapes, and attacked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from numerics.attack import attacked
from numerics.measure import Point, measured
from numerics.rounding import allowance
from numerics.rounding.rows import bound_of, exact_product, largest_error, padded, rounding_objective
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.rounding import matrix_product as theory

LENGTH = 2  # of the products that are attacked: the order in which longer ones are added up depends on the machine
FORMATS = ("float32", "float64")


def run(left: Any, right: Any) -> Any:
    """The implementation that is measured."""
    import jax
    import jax.numpy as jnp

    return jax.jit(jnp.matmul)(left, right)


def allowed(claim: Claim, left: NDArray, right: NDArray) -> NDArray:
    """The allowance with the relative error that the claim states."""
    bound = bound_of(claim, (theory.k, theory.u))
    return allowance.matrix_product(left, right, gamma=bound)


def worst_row(length: int, dtype: str) -> NDArray:
    """1 followed by terms just below half a unit: added to 1 one after the other, every one of them is lost."""
    row = np.full(length, np.finfo(dtype).epsneg * (1 - 2.0**-10))
    row[0] = 1.0
    return row.astype(dtype)


def points(effort: Effort) -> list[Point]:
    """Products of many shapes, of one sign and of mixed signs, and the worst case, in both formats."""
    generator = np.random.default_rng(effort.seed)
    found: list[Point] = []
    for dtype in FORMATS:
        for length in (1, 256) if effort.quick else (1, 2, 3, 16, 64, 256, 1024):
            left = generator.normal(size=(3, length)).astype(dtype)
            right = generator.normal(size=(length, 4)).astype(dtype)
            found.append({"kind": "mixed signs", "left": left, "right": right})
            found.append({"kind": "one sign", "left": np.abs(left), "right": np.abs(right)})
            worst = np.tile(worst_row(length, dtype), (16, 1))
            found.append({"kind": "declared worst", "left": worst, "right": np.ones((length, 16), dtype)})
    return found


evidence_for(theory.length, Method.MEASURED)(
    measured(
        lambda point: run(point["left"], point["right"]),
        lambda claim, point, bits: exact_product(point["left"], point["right"]),
        lambda claim, point: allowed(claim, point["left"], point["right"]),
        points,
        relation="==",
        allowance_is_bound=True,
    )
)


def _products(rows: NDArray) -> Any:
    """The product of the two halves of each row."""
    left, right = _halves(rows)
    return run(left, right)[:, 0]


def _halves(rows: NDArray) -> tuple[NDArray, NDArray]:
    return rows[:, None, :LENGTH], rows[:, LENGTH:, None]


def _ratio(claim: Claim, point: Point, bits: int) -> Any:
    rows = np.array([[float(value) for value in point.values()]]).astype(np.float32)
    left, right = _halves(rows)
    return largest_error(
        padded(_products, rows)[0], exact_product(left[0], right[0])[0], allowed(claim, left, right)[0, 0]
    )


_names = [f"{side}{i}" for side in "xy" for i in range(LENGTH)]
_half = (1 + 2.0**-12) / 2  # its square lies in the middle of two floats, a little above 1/4
_lost = [float(x) for x in worst_row(LENGTH, "float32")]
_worst = (
    [*_lost, 1.0, 1.0],  # the sum errs by a unit, on every machine
    [_half, _lost[1] / 4, _half, 1.0],  # and so does the product before it, where that is rounded on its own
)
evidence_for(theory.length, Method.ATTACKED)(
    attacked(
        rounding_objective(
            _products,
            lambda rows: (rows[:, :LENGTH] * rows[:, LENGTH:]).sum(axis=-1, keepdims=True),
            lambda rows: allowance.matrix_product(*_halves(rows))[:, 0],
            np.float32,
        ),
        dict.fromkeys(_names, (0, 1)),
        exact_ratio=_ratio,
        declared_worst=[dict(zip(_names, worst, strict=True)) for worst in _worst],
        smooth=False,
        integers=(),
        restarts=64,
        steps=60,
    )
)
