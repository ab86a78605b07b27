"""The operations of one matrix product, as XLA counts them."""

from __future__ import annotations

import sympy as sp

from numerics.complexity.counting import counted, counted_operations
from theory.complexity import matrix_products as theory
from theory.evidence import Method, evidence_for

ROWS, INNER, COLUMNS = 3, 5, 7


def product(t: int) -> int:
    return counted_operations(lambda left, right: left @ right, (ROWS * t, INNER * t), (INNER * t, COLUMNS * t))


evidence_for(theory.one_product, Method.MEASURED)(
    counted(
        product,
        lambda t: {theory.rows: ROWS * t, theory.inner: INNER * t, theory.columns: COLUMNS * t},
        sp.Integer(1),
    )
)
