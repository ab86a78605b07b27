"""The allowances for arrays: never exceeded, needed as they are, and refused where they do not hold."""

from __future__ import annotations

import flint
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from numerics.measure import compare
from numerics.rounding import allowance
from numerics.rounding.primitives import Primitives
from numerics.rounding.rows import exact_product, exact_softmax
from numerics.rounding.softmax import worst_row
from theory.evidence import Verdict
from theory.rounding.allowance import AllowanceUnavailable

MACHINE = Primitives(8, 2, "for the tests: far above every measured exp")  # type: ignore[arg-type]
LOGITS = st.floats(-200, 200, width=32, allow_subnormal=True)


def softmax_is_within(logits: np.ndarray) -> Verdict:
    with jax.enable_x64(True):
        found = np.asarray(jax.nn.softmax(jnp.asarray(logits)))
    return compare(
        "softmax", found, lambda bits: exact_softmax(logits), allowance.softmax(logits, primitives=MACHINE)
    ).verdict


@settings(max_examples=60, deadline=None, derandomize=True)
@given(arrays(np.float32, st.sampled_from([1, 2, 5]), elements=LOGITS))
def test_softmax_of_any_row_is_within_its_allowance(logits: np.ndarray) -> None:
    assert softmax_is_within(logits) is Verdict.HOLDS
    assert softmax_is_within(logits.astype(np.float64)) is Verdict.HOLDS


@pytest.mark.parametrize(
    "row",
    [[0, -np.inf, 3], [0, 1e-40, -1e-40], [0, -87.5, -103, -104, -150], [3e38, -3e38], [1e7, 1e7 - 1, 0, -1e30], [5]],
)
def test_extreme_rows(row: list[float]) -> None:
    assert softmax_is_within(np.array(row, np.float32)) is Verdict.HOLDS
    assert softmax_is_within(np.array(row, np.float64)) is Verdict.HOLDS


def test_the_underflow_term_is_needed() -> None:
    logits = np.array([0.0, -87.5], np.float32)  # exp(-87.5) is below the normal range and is flushed to zero
    found = np.asarray(jax.nn.softmax(jnp.asarray(logits)))
    full = allowance.softmax(logits, primitives=MACHINE)
    without = full - 4 * np.finfo(np.float32).tiny
    if found[1] == 0:
        assert compare("softmax", found, lambda bits: exact_softmax(logits), without).verdict is Verdict.REFUTED
    assert compare("softmax", found, lambda bits: exact_softmax(logits), full).verdict is Verdict.HOLDS


def test_the_gap_in_the_exponent_is_needed() -> None:
    """With the mean gap in place of D_j the bound would be too small: componentwise, the gap really counts."""
    logits = worst_row(2, "float32")
    found = np.asarray(jax.nn.softmax(jnp.asarray(logits)))

    def without_gap(gap, *others):
        return allowance.softmax_gamma(0 * gap, *others)

    small = allowance.softmax(logits, primitives=MACHINE, gamma=without_gap)
    assert compare("softmax", found, lambda bits: exact_softmax(logits), small).verdict is Verdict.REFUTED


def test_the_mean_gap_is_rounded_up() -> None:
    for length in (1, 2, 16, 1024, 10**6):
        value = flint.arb(allowance.mean_gap(length))
        assert value * value.exp() >= flint.arb(length - 1) / flint.arb.const_e()
        assert allowance.mean_gap(length) <= np.log(length) + 1e-300


def test_matrix_products_inherit_the_errors_of_their_operands() -> None:
    generator = np.random.default_rng(0)
    left, right = generator.normal(size=(4, 9)), generator.normal(size=(9, 3))
    off = generator.uniform(-1e-6, 1e-6, left.shape)
    moved = left + off
    allowed = allowance.matrix_product(moved, right, left_allowance=np.abs(moved - left))
    with jax.enable_x64(True):
        found = np.asarray(jnp.asarray(moved) @ jnp.asarray(right))
    assert compare("product", found, lambda bits: exact_product(left, right), allowed).verdict is Verdict.HOLDS
    unaware = allowance.matrix_product(moved, right)
    assert compare("product", found, lambda bits: exact_product(left, right), unaware).verdict is Verdict.REFUTED


def test_operands_below_the_normal_range_may_be_read_as_zero() -> None:
    left = np.array([[1e-40]], np.float32)
    right = np.array([[1e38]], np.float32)
    found = np.asarray(jnp.asarray(left) @ jnp.asarray(right))
    allowed = allowance.matrix_product(left, right)
    assert compare("product", found, lambda bits: exact_product(left, right), allowed).verdict is Verdict.HOLDS
    assert allowed[0, 0] >= 1e-3


def test_a_backend_that_splits_products_gets_no_allowance(monkeypatch) -> None:
    monkeypatch.setattr(jax, "default_backend", lambda: "tpu")
    with pytest.raises(AllowanceUnavailable, match="tpu"):
        allowance.matrix_product(np.ones((1, 1)), np.ones((1, 1)))


def test_what_has_no_allowance_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="one dtype"):
        allowance.matrix_product(np.ones((1, 1), np.float32), np.ones((1, 1)))
    with pytest.raises(AllowanceUnavailable, match="float16"):
        allowance.softmax(np.ones(3, np.float16))
    with pytest.raises(ValueError, match="negative"):
        allowance.row_normalised(np.array([1.0, -1.0]))
    with pytest.raises(AllowanceUnavailable, match="rescale"):
        allowance.row_normalised(np.zeros(3), primitives=MACHINE)
    with pytest.raises(AllowanceUnavailable, match="wider format"):
        allowance.softmax(np.zeros(2**23, np.float32), primitives=MACHINE)
