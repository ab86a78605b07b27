"""Measuring how far exp and division err on this machine, for the table of `numerics.rounding.primitives`.

Errors are relative, in units of the unit roundoff u, wherever the exact value is a normal number, and absolute, in
units of the smallest normal number s, below. Float32 is compared with float64, whose own error is added; float64 is
compared with Arb. A quotient is judged by its exact residual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import flint
import numpy as np
from numpy.typing import NDArray

from theory.rounding.allowance import FLOAT32, FLOAT64, AllowanceUnavailable, arithmetic

Form = Callable[[NDArray], NDArray]

ROUNDS_TO_ONE = -(2.0**-26)  # above this the exact exponential is within a quarter of a unit of 1
LOWEST_NORMAL = -708.0  # exp of this is a normal float64
SAMPLES = 2**20  # of float64
MOST_ABSOLUTE = 1.01  # units of s: one is the model's, the rest is the reference's
MOST_DIVISION = 2.001  # units of u: two roundings


def measure(dtype: str) -> dict[str, float]:
    """The largest relative error of each form of exp, in units of u: of every float32, or of a sample of float64.

    Raises AllowanceUnavailable, saying why, where exp or division is worse than `theory.rounding.allowance` allows.
    """
    import jax

    with jax.enable_x64(True):
        found = measure_float32() if dtype == "float32" else measure_float64()
        division = division_error(dtype)
    if not np.isfinite(max(found.values())):
        raise AllowanceUnavailable("exp returns something that is not a number.")
    if not division <= MOST_DIVISION:
        raise AllowanceUnavailable(f"a quotient errs by {division} units, more than two roundings.")
    return found


def exponential_forms(width: int = 1023) -> dict[str, Form]:
    """The forms of `exp` as functions of a one-dimensional array of non-positive floats, a multiple of `width` long."""
    import jax
    import jax.numpy as jnp

    alone = jax.jit(jnp.exp)
    inside = jax.jit(lambda rows: jnp.exp(rows - rows.max(axis=-1, keepdims=True)))

    def fused(arguments: NDArray) -> NDArray:
        rows = arguments.reshape(-1, width)
        with_maximum = np.concatenate([rows, np.zeros((len(rows), 1), arguments.dtype)], axis=1)
        return np.asarray(inside(with_maximum))[:, :width].reshape(-1)

    return {"alone": lambda arguments: np.asarray(alone(arguments)), "fused": fused}


def every_float32(largest: float, smallest: float, width: int = 1023) -> Iterator[NDArray]:
    """Every float32 from `largest` <= -0.0 down to `smallest`, in chunks whose length is a multiple of `width`."""
    position = int(np.float32(largest).view(np.uint32))
    end = int(np.float32(smallest).view(np.uint32))
    while position <= end:
        chunk = np.arange(position, position + width * 4096, dtype=np.uint32).view(np.float32)
        yield np.maximum(chunk, np.float32(smallest))
        position += width * 4096


def exponential_error(form: Form, arguments: NDArray) -> tuple[float, float]:
    """The largest error of `form` on float32 arguments <= 0: relative, and absolute below the normal range.

    It is compared with NumPy's exp in float64, which has 29 bits more. Its error is added, so the answer is an upper
    bound as long as that exp is accurate to 4 units in its last place. A result that is no number errs infinitely.
    """
    u, s = float(FLOAT32.unit_roundoff), float(FLOAT32.smallest_normal)
    exact = np.exp(arguments.astype(np.float64))
    distance = np.abs(form(arguments).astype(np.float64) - exact) + 4 * np.finfo(np.float64).eps * exact
    distance = np.where(np.isnan(distance), np.inf, distance)
    normal = exact >= s
    relative = np.where(normal, distance / np.where(normal, exact, 1), 0).max(initial=0) / u
    absolute = np.where(normal, 0, distance).max(initial=0) / s
    return float(relative), float(absolute)


def measure_float32() -> dict[str, float]:
    """The largest relative error of each form of exp over every float32 of [-104, 0]; about a minute.

    Raises AllowanceUnavailable if a form is worse than the model of `theory.rounding.allowance` allows.
    """
    found = {}
    for name, form in exponential_forms().items():
        worst = 0.0
        for arguments in every_float32(ROUNDS_TO_ONE, -104.0):
            relative, absolute = exponential_error(form, arguments)
            if absolute > MOST_ABSOLUTE:
                raise AllowanceUnavailable(f"exp ({name}) errs by {absolute} s below the normal range; s is allowed.")
            worst = max(worst, relative)
        for arguments in every_float32(-0.0, ROUNDS_TO_ONE):
            if np.any(form(arguments) != 1):
                raise AllowanceUnavailable(f"exp ({name}) does not return 1 close to zero.")
        found[name] = worst
    return found


def measure_float64(samples: int = SAMPLES, seed: int = 0) -> dict[str, float]:
    """The largest relative error of each form of exp over random float64 arguments of [-708, 0]."""
    generator = np.random.default_rng(seed)
    size = 1023 * (samples // 1023 + 1)
    arguments = -np.exp(generator.uniform(np.log(1e-18), np.log(-LOWEST_NORMAL), size))
    computed = [form(arguments).tolist() for form in exponential_forms().values()]
    worst = [0.0] * len(computed)
    with flint.ctx.workprec(128):
        for place, argument in enumerate(arguments.tolist()):
            reciprocal = flint.arb(-argument).exp()
            for number, values in enumerate(computed):
                error = abs(float(flint.arb(values[place]) * reciprocal - 1))
                worst[number] = max(worst[number], error if error == error else np.inf)
    return {name: error / float(FLOAT64.unit_roundoff) for name, error in zip(exponential_forms(), worst, strict=True)}


def division_error(dtype: str, seed: int = 0, rows: int = 4096) -> float:
    """The largest relative error of dividing the entries of random rows by their sum, where that sum is exact.

    The entries are integers so small that every partial sum is exact. XLA's quotient reaches 1.98 units on CPUs: it
    multiplies by the rounded reciprocal.
    """
    import jax

    divide = jax.jit(lambda entries: entries / entries.sum(axis=-1, keepdims=True))
    bits = 24 if dtype == "float32" else 53
    generator = np.random.default_rng(seed)
    worst = 0.0
    for length in (1, 2, 5, 16, 64, 256, 1000):
        entries = generator.integers(1, 2**bits // length, (rows, length)).astype(dtype)
        quotient = np.asarray(divide(entries)).astype(np.float64)
        error = np.abs(_residual(quotient, entries.astype(np.float64))) / entries
        worst = max(worst, float(np.where(np.isnan(error), np.inf, error).max()))
    return worst / float(arithmetic(dtype).unit_roundoff)


def _residual(quotient: NDArray[np.float64], entries: NDArray[np.float64]) -> NDArray[np.float64]:
    """quotient * sum - entry, rounded once: the product is split into two floats that add up to it exactly (Dekker)."""
    total = np.broadcast_to(entries.sum(axis=-1, keepdims=True), entries.shape)
    product = quotient * total
    (a, b), (c, d) = _halves(quotient), _halves(total)
    lost = ((a * c - product) + a * d + b * c) + b * d
    return (product - entries) + lost


def _halves(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two floats of at most 26 bits each that add up to x (Veltkamp)."""
    scaled = x * (2.0**27 + 1)
    high = scaled - (scaled - x)
    return high, x - high
