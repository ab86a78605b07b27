"""The allowances of `theory.rounding.allowance` for arrays of floats.

Every function takes the arrays in the dtype that the implementation computes in (float32 or float64), as the exact values of
their floats, and returns float64 arrays. The formulas are evaluated in float64 and enlarged by one part in a million: all
their terms are non-negative, so their own rounding is a relative error far below that for sizes up to 10^9.
"""

from __future__ import annotations

import flint
import numpy as np
from numpy.typing import ArrayLike, NDArray

from numerics.rounding.primitives import Primitives, lookup
from theory.rounding.allowance import (
    AllowanceUnavailable,
    Arithmetic,
    arithmetic,
    gamma,
    row_normalisation_count,
    softmax_count,
)

OWN_ROUNDING = 1 + 1e-6


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


def _require_short(count: float, unit: float, what: str) -> None:
    if count * unit > 0.5:
        raise AllowanceUnavailable(
            f"The {what} meets {count:.3g} roundings of {unit:.3g}: more than half the result may be rounding; "
            "use a wider format or a shorter input."
        )


def matrix_product(
    left: ArrayLike, right: ArrayLike, *, left_allowance: ArrayLike = 0.0, right_allowance: ArrayLike = 0.0
) -> NDArray[np.float64]:
    """The allowance of `left @ right`, whatever the order of summation.

    left: shape (..., rows, length); right: shape (..., length, columns); of one dtype.
    left_allowance, right_allowance: how far the operands may be from the exact ones, where they were computed themselves.
    """
    left, right = np.asarray(left), np.asarray(right)
    u, s = _constants(_format(left, right))
    length = left.shape[-1]
    _require_short(length, u, "matrix product")
    known_left, known_right = np.abs(left.astype(np.float64)), np.abs(right.astype(np.float64))
    off_left = np.broadcast_to(np.asarray(left_allowance, np.float64), left.shape) + _read_as_zero(left, s)
    off_right = np.broadcast_to(np.asarray(right_allowance, np.float64), right.shape) + _read_as_zero(right, s)
    # The operands at hand may be the computed ones: the exact ones are then larger by at most their allowance.
    exact_left, exact_right = known_left + off_left, known_right + off_right
    rounding = gamma(length, u) * (exact_left @ exact_right)
    inherited = (off_left @ exact_right + exact_left @ off_right + off_left @ off_right) / (1 - length * u)
    return (rounding + inherited + 4 * length * s) * OWN_ROUNDING


def mean_gap(length: int) -> float:
    """W0((n - 1)/e) rounded up: the largest value of sum_l p_l (max x - x_l) over n numbers x with softmax p."""
    with flint.ctx.workprec(128):
        upper = (flint.arb(length - 1) / flint.arb.const_e()).lambertw()
        return float(upper.upper()) * OWN_ROUNDING


def softmax(logits: ArrayLike, *, primitives: Primitives | None = None) -> NDArray[np.float64]:
    """The allowance of the softmax along the last axis of an array of floats, shifted by the maximum of each row.

    Raises AllowanceUnavailable where the machine's `exp` is not in the table or the row is too long for its format.
    """
    logits = np.asarray(logits)
    form = _format(logits)
    u, s = _constants(form)
    primitives = primitives or lookup(form.name)
    length = logits.shape[-1]
    wide = logits.astype(np.float64)
    gaps = wide.max(axis=-1, keepdims=True) - wide
    exponentials = np.exp(-gaps)
    weights = exponentials / exponentials.sum(axis=-1, keepdims=True)
    least = softmax_count(0.0, length, mean_gap(length), float(primitives.exponential), float(primitives.division), u, s)
    _require_short(2 * least, u, "softmax row")
    counts = gaps + least
    usable = counts * u <= 0.5
    relative = np.where(usable, gamma(np.where(usable, counts, 0.0), u), 0.0)
    return (relative * weights + 4 * s) * OWN_ROUNDING


def row_normalised(
    entries: ArrayLike, *, entry_count: float = 0.0, primitives: Primitives | None = None
) -> NDArray[np.float64]:
    """The allowance of `entries / entries.sum(-1)` for non-negative entries.

    entry_count: how many roundings each entry carries already (the count k of its factor); 0 for exact inputs.

    Raises ValueError for a negative entry, AllowanceUnavailable where a row sum is so close to zero, or so large, that its
    reciprocal leaves the normal range.
    """
    entries = np.asarray(entries)
    form = _format(entries)
    u, s = _constants(form)
    if np.any(entries < 0):
        raise ValueError("An entry is negative, so the row sum may cancel and rounding has no relative bound.")
    primitives = primitives or lookup(form.name)
    length = entries.shape[-1]
    wide = entries.astype(np.float64)
    scale = wide.max(axis=-1, keepdims=True)
    if np.any(scale <= 4 * s) or np.any(scale * length >= 1 / (4 * s)):
        raise AllowanceUnavailable("A row sum has no reciprocal in the normal range; rescale the entries.")
    sums = wide.sum(axis=-1, keepdims=True)
    count = row_normalisation_count(entry_count, length, float(primitives.division)) + 4 * length * (s / sums) / u
    _require_short(float(count.max()), u, "row sum")
    return (gamma(count, u) * (wide / sums) + (4 / sums + 1) * s) * OWN_ROUNDING
