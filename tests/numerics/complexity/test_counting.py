"""The cubic part of a count: exact, and not told where there is none."""

from __future__ import annotations

import jax.numpy as jnp
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from numerics.complexity.counting import TIMES, counted, counted_operations, cubic_coefficient
from theory.complexity.matrix_products import Product, columns, inner, one_product, rows
from theory.evidence import Effort, Verdict

COEFFICIENT = st.integers(0, 10**6)


@given(COEFFICIENT, COEFFICIENT, COEFFICIENT, COEFFICIENT)
def test_the_cubic_coefficient_of_a_cubic(a: int, b: int, c: int, d: int) -> None:
    assert cubic_coefficient([a * t**3 + b * t**2 + c * t + d for t in TIMES]) == a


def test_a_quartic_has_no_cubic_part_that_could_be_told() -> None:
    assert cubic_coefficient([t**4 for t in TIMES]) is None
    finding = counted(lambda t: t**4, lambda t: {rows: t, inner: t, columns: t}, sp.Integer(1))(one_product, Effort())
    assert finding.verdict is Verdict.UNDECIDED


def test_what_is_done_entry_by_entry_does_not_count() -> None:
    def count(t: int) -> int:
        return counted_operations(lambda x, y: jnp.tanh(x @ y) * 3 + 1, (2 * t, 3 * t), (3 * t, t))

    assert cubic_coefficient([count(t) for t in TIMES]) == Product(2, 3, 1).operations
