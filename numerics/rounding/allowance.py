"""The allowances of `theory.rounding.allowance` for arrays of floats.

Every function takes the arrays in the dtype that the implementation computes in (float32 or float64), as the exact
values of their floats, and returns float64 arrays. The formulas are evaluated in float64 and enlarged by one part in
a million: all their terms are non-negative, so their own rounding is a relative error far below that for sizes up to
10^9.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flint
import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.rounding.primitives import Primitives, lookup, require_rounded_arithmetic
from theory.rounding.allowance import (
    AllowanceUnavailable,
    Arithmetic,
    arithmetic,
    exponent,
    row_normalisation_exponent,
    softmax_exponent,
)

OWN_ROUNDING = 1 + 1e-6

Gamma = Callable[..., Any]


def product_gamma(length: Any, u: float) -> Any:
    """gamma(n) of a product of length n."""
    return np.expm1(exponent(length, u))


def softmax_gamma(*counted: Any) -> Any:
    """gamma(K_j) of a softmax weight, without underflow; the arguments of `softmax_exponent`."""
    return np.expm1(softmax_exponent(*counted))


def row_normalisation_gamma(*counted: Any) -> Any:
    """gamma(K) of a row-normalised weight, without underflow; the arguments of `row_normalisation_exponent`."""
    return np.expm1(row_normalisation_exponent(*counted))


def attention_gamma(weight: Any, absolute: Any, relative: Any, length: Any, u: float) -> Any:
    """What a weight p with relative error exp(E) - 1 and absolute error a adds: (exp(E + n v) - 1) p + exp(n v) a."""
    product = exponent(length, u)
    return np.expm1(relative + product) * weight + np.exp(product) * absolute


def _format(*arrays: NDArray) -> Arithmetic:
    names = {array.dtype.name for array in arrays}
    if len(names) != 1:
        raise ValueError(f"The operands have the dtypes {', '.join(sorted(names))}; give them one dtype.")
    return arithmetic(names.pop())


def _constants(form: Arithmetic) -> tuple[float, float]:
    """u and s as floats; both are powers of two, so nothing is lost."""
    return float(form.unit_roundoff), float(form.smallest_normal)


def _read_as_zero(values: NDArray, smallest_normal: float) -> NDArray:
    """What is lost when operands below the normal range are read as zero."""
    magnitude = np.abs(values.astype(np.float64))
    return np.where(magnitude < smallest_normal, magnitude, 0.0)


def _require_short(exponents: float, what: str) -> None:
    if exponents > 0.5:
        raise AllowanceUnavailable(
            f"Rounding may carry the {what} by a factor of exp({exponents:.3g}); use a wider format or a shorter input."
        )


def matrix_product(
    left: ArrayLike,
    right: ArrayLike,
    *,
    left_allowance: ArrayLike = 0.0,
    right_allowance: ArrayLike = 0.0,
    gamma: Gamma = product_gamma,
) -> NDArray[np.float64]:
    """The allowance of `left @ right`, whatever the order of summation.

    left: shape (..., rows, length); right: shape (..., length, columns); of one dtype.
    left_allowance, right_allowance: how far the operands may be from the exact ones, where they were computed
        themselves.
    gamma: from (length, u) to the relative error of the whole; by default that of the theory.

    Raises AllowanceUnavailable where the product is too long for its format, or the backend does not round it so.
    """
    left, right = np.asarray(left), np.asarray(right)
    u, s = _constants(_format(left, right))
    require_rounded_arithmetic()
    length = left.shape[-1]
    _require_short(exponent(length, u), "matrix product")
    off_left = np.broadcast_to(np.asarray(left_allowance, np.float64), left.shape) + _read_as_zero(left, s)
    off_right = np.broadcast_to(np.asarray(right_allowance, np.float64), right.shape) + _read_as_zero(right, s)
    # The operands at hand may be the computed ones: the exact ones are then larger by at most their allowance.
    exact_left, exact_right = np.abs(left.astype(np.float64)) + off_left, np.abs(right.astype(np.float64)) + off_right
    rounding = gamma(length, u) * (exact_left @ exact_right)
    inherited = np.exp(exponent(length, u)) * (off_left @ exact_right + exact_left @ off_right + off_left @ off_right)
    return (rounding + inherited + 4 * length * s) * OWN_ROUNDING


def mean_gap(length: int) -> float:
    """W0((n - 1)/e) rounded up: the largest value of sum_l p_l (max x - x_l) over n numbers x with softmax p."""
    with flint.ctx.workprec(128):
        return float((flint.arb(length - 1) / flint.arb.const_e()).lambertw().upper()) * OWN_ROUNDING


def softmax(
    logits: ArrayLike, *, primitives: Primitives | None = None, gamma: Gamma = softmax_gamma
) -> NDArray[np.float64]:
    """The allowance of the softmax along the last axis of an array of floats, shifted by the maximum of each row.

    logits: finite or -inf (a masked entry); at least one of each row finite.
    gamma: from (gap, length, mean gap, relative error of exp, roundings of a division, u) to the relative error of a
        weight.

    Raises AllowanceUnavailable where the machine's `exp` is not in the table or the row is too long for its format.
    """
    logits = np.asarray(logits)
    form = _format(logits)
    _, s = _constants(form)
    weights, gaps, constants, underflow = _softmax_terms(logits, form, primitives or lookup(form.name))
    usable = np.isfinite(gaps)
    relative = gamma(np.where(usable, gaps, 0.0), *constants) + 2 * underflow
    return (np.where(usable, relative, 0.0) * weights + 4 * s) * OWN_ROUNDING


def _softmax_terms(
    logits: NDArray, form: Arithmetic, primitives: Primitives
) -> tuple[NDArray[np.float64], NDArray[np.float64], tuple[float, ...], float]:
    """Weights, gaps, the other arguments of `softmax_exponent`, and the exponent that underflow adds.

    A gap so large that rounding its exponent alone could matter is returned as infinite: its weight is below s.
    """
    u, s = _constants(form)
    length = logits.shape[-1]
    wide = logits.astype(np.float64)
    gaps = wide.max(axis=-1, keepdims=True) - wide
    exponentials = np.exp(-gaps)
    weights = exponentials / exponentials.sum(axis=-1, keepdims=True)
    constants = (length, mean_gap(length), float(primitives.exponential) * u, float(primitives.division), u)
    underflow = (16 * length + 8) * s
    _require_short(2 * (softmax_exponent(0.0, *constants) + underflow), "softmax")
    usable = softmax_exponent(gaps, *constants) + underflow <= 0.5
    return weights, np.where(usable, gaps, np.inf), constants, underflow


def attention(
    logits: ArrayLike, values: ArrayLike, *, primitives: Primitives | None = None, gamma: Gamma = attention_gamma
) -> NDArray[np.float64]:
    """The allowance of `softmax(logits) @ values`.

    logits: shape (..., length); values: shape (length, columns); of one dtype, in the exact values of their floats.
    gamma: from (weight p, absolute error a of the weight, exponent E of its relative error, length, u) to the error
        of what it adds to the output per unit of value.
    """
    logits, values = np.asarray(logits), np.asarray(values)
    form = _format(logits, values)
    u, s = _constants(form)
    require_rounded_arithmetic()
    length = logits.shape[-1]
    weights, gaps, constants, underflow = _softmax_terms(logits, form, primitives or lookup(form.name))
    usable = np.isfinite(gaps)
    exponents = np.where(usable, softmax_exponent(np.where(usable, gaps, 0.0), *constants) + underflow, 0.0)
    _require_short(float(exponents.max()) + exponent(length, u), "attention output")
    each = gamma(np.where(usable, weights, 0.0), 5 * s, exponents, length, u)
    sizes = np.abs(values.astype(np.float64))
    lost = np.exp(exponent(length, u)) * _read_as_zero(values, s).sum(axis=0)
    return (each @ sizes + lost + 4 * length * s) * OWN_ROUNDING


def row_normalised(
    entries: ArrayLike,
    *,
    entry_count: float = 0.0,
    primitives: Primitives | None = None,
    gamma: Gamma = row_normalisation_gamma,
) -> NDArray[np.float64]:
    """The allowance of `entries / entries.sum(-1)` for non-negative entries.

    entry_count: how many roundings each entry carries already (the count k of its factor); 0 for exact inputs.
    gamma: from (entry_count, length, roundings of a division, u) to the relative error of a weight.

    Raises ValueError for a negative entry, AllowanceUnavailable where a row sum is so close to zero, or so large,
    that its reciprocal leaves the normal range.
    """
    entries = np.asarray(entries)
    form = _format(entries)
    u, s = _constants(form)
    if np.any(entries < 0):
        raise ValueError("An entry is negative, so the row sum may cancel and rounding has no relative bound.")
    primitives = primitives or lookup(form.name)
    length = entries.shape[-1]
    wide = entries.astype(np.float64)
    largest = wide.max(axis=-1, keepdims=True)
    if np.any(largest < 4 * s) or np.any(largest > 1 / (4 * s) / length):
        raise AllowanceUnavailable("A row sum has no reciprocal in the normal range; rescale the entries.")
    sums = wide.sum(axis=-1, keepdims=True)
    constants = (entry_count, length, float(primitives.division), u)
    underflow = 16 * length * (s / sums)
    _require_short(row_normalisation_exponent(*constants) + float(underflow.max()), "row normalisation")
    return ((gamma(*constants) + 2 * underflow) * (wide / sums) + (4 / sums + 1) * s) * OWN_ROUNDING
