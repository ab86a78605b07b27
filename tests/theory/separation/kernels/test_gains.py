"""The gains of all kernels against kernel values computed from scratch, and what the objects refuse."""

from __future__ import annotations

import doctest
import importlib
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from flint import arb, ctx
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.separation.kernels.exact import (
    Chebyshev,
    EluPlusOne,
    Kernel,
    Linear,
    Polynomial,
    Relu,
    Softmax,
    Taylor,
    kernel_gain,
    kernel_rows,
    needle_weight,
    softmax_singular_values,
)
from theory.separation.kernels.gains import ROWS, chebyshev_value

MODULES = ("degrees", "exact", "gains", "spectrum", "success")


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"theory.separation.kernels.{name}")).failed == 0


def of_score(kernel: Callable[[Any], Any]) -> Callable[[Any, Any, Any], Any]:
    """A kernel of the score s_i s_j log n, from the row s_i and the column s_j."""
    return lambda row, column, log_n: kernel(row * column * log_n)


VALUES: dict[Kernel, Callable[[Any, Any, Any], Any]] = {
    Softmax(): of_score(mp.exp),
    Linear(): of_score(lambda s: s),
    Relu(): lambda row, column, log_n: max(row * mp.sqrt(log_n), 0) * max(column * mp.sqrt(log_n), 0),
    EluPlusOne(): lambda row, column, log_n: (row * mp.sqrt(log_n) + 1) * (column * mp.sqrt(log_n) + 1),
    Polynomial(0): of_score(lambda s: 1),
    Polynomial(7): of_score(lambda s: s**7),
    Taylor(0): of_score(lambda s: 1),
    Taylor(1): of_score(lambda s: 1 + s),
    Taylor(9): of_score(lambda s: mp.nsum(lambda j: s**j / mp.factorial(j), [0, 9])),
    Chebyshev(6): lambda row, column, log_n: mp.chebyt(6, 2 * column - 1),
}


@pytest.mark.parametrize("kernel", VALUES, ids=str)
@pytest.mark.parametrize(("n", "a"), [(2, "1/100"), (40, "7/10"), (1000, "3/2"), (10**30, "7/10")])
def test_a_gain_is_the_quotient_of_two_kernel_values(kernel: Kernel, n: int, a: str) -> None:
    with mp.workdps(60):
        height, log_n = mp.mpf(Fraction(a).numerator) / Fraction(a).denominator, mp.log(n)
        for row, sign in zip(ROWS, (1 + height, mp.mpf(1)), strict=True):
            expected = VALUES[kernel](sign, 1 + height, log_n) / VALUES[kernel](sign, mp.mpf(1), log_n)
            gain = kernel_gain(kernel, n, a, row)
            with ctx.workprec(256):
                found = gain.enclose(256)
                assert abs(found / arb(mp.nstr(expected, 55)) - 1) < arb(10) ** -40
                assert gain.exact is None or found.contains(arb(gain.exact))


@pytest.mark.parametrize("kernel", VALUES, ids=str)
def test_the_weight_is_that_of_the_gain_and_exact_where_it_can_be(kernel: Kernel) -> None:
    gain, weight = kernel_gain(kernel, 1000, "0.7"), needle_weight(kernel, 1000, "0.7")
    with ctx.workprec(200):
        value = gain.enclose(200)
        assert weight.enclosure.overlaps(value / (value + 999))
    assert (weight.exact is None) == (gain.exact is None)


def test_weights_at_astronomical_lengths_do_not_underflow() -> None:
    small = needle_weight(Linear(), 10**1000, "0.7")
    assert small.exact is not None
    assert small.exact * (10**1001 + 7) == 17
    assert needle_weight(Taylor(10), 10**1000, "0.7").lower > 0
    assert needle_weight(Softmax(), 10**1000, "0.7").exact is not None  # n^1.19 is rational there


@given(st.integers(0, 40), st.fractions(min_value=1, max_value=5, max_denominator=20))
@settings(max_examples=60, deadline=None)
def test_chebyshev_values_by_the_recurrence(p: int, y: Fraction) -> None:
    before, here = Fraction(1), y
    for _ in range(p):
        before, here = here, 2 * y * here - before
    assert chebyshev_value(p, y) == before


@given(st.integers(2, 10**6), st.fractions(min_value=Fraction(1, 50), max_value=3, max_denominator=50))
@settings(max_examples=40, deadline=None)
def test_the_order_of_the_gains(n: int, a: Fraction) -> None:
    """elu + 1 < linear = ReLU = degree 1, and Taylor below both score^p and softmax, rising with the degree."""
    bits = 128
    values = {str(k): kernel_gain(k, n, a).enclose(bits) for k in (EluPlusOne(), Linear(), Taylor(4), Taylor(5))}
    with ctx.workprec(bits):
        assert values["elu+1 features"] < values["linear attention"]
        fourth, fifth = values["the Taylor kernel of degree 4"], values["the Taylor kernel of degree 5"]
        assert fourth < fifth
        assert fifth < kernel_gain(Softmax(), n, a).enclose(bits)
        assert fifth < kernel_gain(Polynomial(5), n, a).enclose(bits)
    assert kernel_gain(Relu(), n, a) == kernel_gain(Linear(), n, a) == kernel_gain(Polynomial(1), n, a)


def test_rows_are_listed_once_where_they_are_the_same() -> None:
    assert len(kernel_rows(Polynomial(3), 100, "0.7").gains) == 1
    assert len(kernel_rows(Taylor(3), 100, "0.7").gains) == 2
    assert len(kernel_rows(Taylor(3), 100, 0).gains) == 1


def test_gains_of_different_kernels_do_not_pass_for_each_other() -> None:
    gains = [
        kernel_gain(Taylor(p), n, a, row) for p in (3, 4) for n in (100, 101) for a in ("0.7", "0.8") for row in ROWS
    ]
    assert len(set(gains)) == len(gains)


@pytest.mark.parametrize(("n", "a"), [(40, "0.7"), (12, "0.05"), (200, "1")])
def test_singular_values_of_the_literal_softmax_matrix(n: int, a: str) -> None:
    rows = np.ones(n)
    rows[0] += float(Fraction(a))
    scores = np.exp(np.outer(rows, rows) * np.log(n))
    found = np.linalg.svd(scores / scores.sum(axis=1, keepdims=True), compute_uv=False)
    exact = softmax_singular_values(n, a)
    np.testing.assert_allclose(found[:2], [float(value) for value in exact], rtol=1e-10)
    assert found[2] < 1e-14


def test_the_second_singular_value_is_found_however_small_it_is() -> None:
    largest, second = softmax_singular_values(10**100, "0.01")
    assert second > 0
    assert second.rel_accuracy_bits() > 40
    assert largest > second


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((Linear(), 1, "0.7"), ValueError, "n >= 2"),
        ((Linear(), 100, "-0.7"), ValueError, "negative"),
        ((Linear(), 100, 0.7), TypeError, "write Fraction"),
        ((Polynomial(-1), 100, "0.7"), ValueError, "p >= 0"),
        ((Polynomial(True), 100, "0.7"), TypeError, "not an integer"),
        ((Linear(), 100, "0.7", "first"), ValueError, "'needle' or 'ordinary'"),
    ],
)
def test_bad_arguments_get_one_sentence(arguments: tuple, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        kernel_gain(*arguments)
