"""A whole attention row, softmax and product with the values, against its rounding allowance."""

from __future__ import annotations

from typing import Any

import flint
import numpy as np
from numpy.typing import NDArray

from numerics.measure import Point, measured
from numerics.rounding import allowance, softmax
from numerics.rounding.rows import bound_of, exact_softmax, matrix
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.rounding import attention as theory

FORMATS = ("float32", "float64")


def run(logits: Any, values: Any) -> Any:
    """The implementation that is measured."""
    import jax

    return jax.jit(lambda rows, columns: jax.nn.softmax(rows) @ columns)(logits, values)


def exact_output(logits: NDArray, values: NDArray) -> list[list[flint.arb]]:
    """softmax(logits) @ values at the current precision."""
    product = flint.arb_mat([exact_softmax(row) for row in logits]) * matrix(values)
    return [[product[i, j] for j in range(product.ncols())] for i in range(product.nrows())]


def allowed(claim: Claim, logits: NDArray, values: NDArray) -> NDArray:
    """The allowance with what the claim says that one weight adds."""
    bound = bound_of(claim, (theory.p, theory.a, theory.E, theory.n, theory.v))

    def gamma(weight: Any, absolute: Any, relative: Any, length: Any, u: float) -> Any:
        return bound(weight, absolute, relative, length, u / (1 - u))

    return allowance.attention(logits, values, gamma=gamma)


def points(effort: Effort) -> list[Point]:
    """Rows of many lengths and spreads, and the worst weight alone in a column, in both formats."""
    generator = np.random.default_rng(effort.seed)
    found: list[Point] = []
    for dtype in FORMATS:
        for length in (2, 257) if effort.quick else (1, 2, 16, 257, 1024):
            logits = (generator.normal(size=(3, length)) * np.array([0.1, 3.0, 30.0])[:, None]).astype(dtype)
            values = generator.normal(size=(length, 5)).astype(dtype)
            found.append({"kind": "random", "logits": logits, "values": values})
        picked = np.array([[0.0], [1.0]], dtype)
        found.append({"kind": "declared worst", "logits": softmax.worst_row(2, dtype)[None], "values": picked})
    return found


evidence_for(theory.output, Method.MEASURED)(
    measured(
        lambda point: run(point["logits"], point["values"]),
        lambda claim, point, bits: exact_output(point["logits"], point["values"]),
        lambda claim, point: allowed(claim, point["logits"], point["values"]),
        points,
        relation="==",
        allowance_is_bound=True,
    )
)
