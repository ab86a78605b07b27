"""How accurate the primitives of the machine are: the table that every softmax allowance rests on.

No standard bounds the error of `exp`, and XLA uses several implementations (one for a lone exponential, another inside
a fused softmax) that depend on the version of jaxlib, on the backend and on the instruction set. So the error is
measured and looked up by that key. For float32 every argument of [-104, 0] is tried in each form, and the entry is
the worst found, rounded up. For float64 that is impossible: the entry is a stated one, at least three times the worst
that sampling found. A machine that is not in the table gets no allowance; measure it with
`python -m numerics.rounding.primitives`, which stores the result for this user.

Errors are relative, in units of the unit roundoff u, wherever the exact value is a normal number; below, the result is
within the smallest normal number of the exact value (it may be flushed to zero).
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

from theory.rounding.allowance import AllowanceUnavailable, arithmetic

INSTRUCTION_SETS = ("avx", "avx2", "fma", "avx512f")  # those that change which code XLA emits on x86
FORMS = ("alone", "fused")  # exp(x) by itself, and exp(x - max(x)) inside a row operation
ROUNDED_BACKENDS = ("cpu", "gpu")  # with matrix products pinned to their highest precision
STATED_FLOAT64 = Fraction(8)


@dataclass(frozen=True)
class Key:
    """What an error table entry is valid for."""

    jaxlib: str
    backend: str
    processor: str
    dtype: str

    def __str__(self) -> str:
        return f"(jaxlib {self.jaxlib}, {self.backend}, {self.processor}, {self.dtype})"


@dataclass(frozen=True)
class Primitives:
    """Errors in units of the unit roundoff. division: 2 where a quotient may be a product with a rounded reciprocal."""

    exponential: Fraction
    division: Fraction
    origin: str


_X86_AVX2 = "x86_64 avx avx2 fma"
KNOWN: dict[Key, Primitives] = {
    Key("0.10.2", "cpu", _X86_AVX2, "float32"): Primitives(
        Fraction(8, 5), Fraction(2), "exp exhaustive over [-104, 0]: 1.4092 alone, 1.5946 fused with the subtraction"
    ),
    Key("0.10.2", "cpu", _X86_AVX2, "float64"): Primitives(
        STATED_FLOAT64, Fraction(2), "exp stated; worst of 2e7 samples: 2.36 alone, 1.72 fused with the subtraction"
    ),
}


def processor() -> str:
    """The machine and those of its instruction sets that matter, such as `x86_64 avx avx2 fma`."""
    flags: set[str] = set()
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("flags"):
                flags = set(line.split(":", 1)[1].split())
                break
    return " ".join([platform.machine(), *(name for name in INSTRUCTION_SETS if name in flags)])


@cache
def current_key(dtype: str) -> Key:
    """The key of this machine for `dtype`, with the backend that JAX uses by default."""
    import jax

    backend = jax.default_backend()
    where = processor() if backend == "cpu" else jax.devices()[0].device_kind
    return Key(metadata.version("jaxlib"), backend, where, dtype)


def store() -> Path:
    """The file in which this user's own measurements are kept."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "attnproof" / "primitives.json"


def lookup(dtype: str, key: Key | None = None) -> Primitives:
    """The errors of this machine's primitives. Raises AllowanceUnavailable, naming the key, where none are known."""
    arithmetic(dtype)
    key = key or current_key(dtype)
    if key in KNOWN:
        return KNOWN[key]
    for entry in _stored():
        if entry["key"] == asdict(key):
            return Primitives(Fraction(entry["exponential"]), Fraction(entry["division"]), entry["origin"])
    raise AllowanceUnavailable(
        f"The accuracy of exp and of division is not known for {key}; "
        "run `python -m numerics.rounding.primitives` once on this machine to measure it."
    )


def require_rounded_arithmetic() -> None:
    """Refuse backends whose products are not rounded once each, such as TPUs, which split them into bfloat16 parts.

    Raises AllowanceUnavailable, naming the backend.
    """
    import jax

    backend = jax.default_backend()
    if backend not in ROUNDED_BACKENDS:
        raise AllowanceUnavailable(
            f"No rounding allowance is derived for matrix products on {backend}, where a product is not rounded once; "
            f"compare on {' or '.join(ROUNDED_BACKENDS)}."
        )


def _stored() -> list[dict[str, Any]]:
    return json.loads(store().read_text()) if store().exists() else []


# ----------------------------------------------------------------------------------------------------- measuring


def exponential_forms(width: int = 1023) -> dict[str, Callable[[np.ndarray], np.ndarray]]:
    """The forms of `exp` as functions of a one-dimensional array of non-positive floats, a multiple of `width` long."""
    import jax
    import jax.numpy as jnp

    alone = jax.jit(jnp.exp)
    inside = jax.jit(lambda rows: jnp.exp(rows - rows.max(axis=-1, keepdims=True)))

    def fused(arguments: np.ndarray) -> np.ndarray:
        rows = arguments.reshape(-1, width)
        with_maximum = np.concatenate([rows, np.zeros((len(rows), 1), arguments.dtype)], axis=1)
        return np.asarray(inside(with_maximum))[:, :width].reshape(-1)

    return {"alone": lambda arguments: np.asarray(alone(arguments)), "fused": fused}


ROUNDS_TO_ONE = -(2.0**-26)  # above this the exact exponential is within a quarter of a unit of 1


def every_float32(largest: float, smallest: float, width: int = 1023) -> Iterator[np.ndarray]:
    """Every float32 from `largest` <= -0.0 down to `smallest`, in chunks whose length is a multiple of `width`."""
    position = int(np.float32(largest).view(np.uint32))
    end = int(np.float32(smallest).view(np.uint32))
    while position <= end:
        chunk = np.arange(position, position + width * 4096, dtype=np.uint32).view(np.float32)
        yield np.maximum(chunk, np.float32(smallest))
        position += width * 4096


def exponential_error(form: Callable[[np.ndarray], np.ndarray], arguments: np.ndarray) -> tuple[float, float]:
    """The largest error of `form` on floats <= 0: relative, in units of u, and absolute below the normal range, in
    units of s.

    The reference has at least 11 bits more than the format: float64 for float32, the x87 80-bit format for float64.
    Its own error is added, so the answer is an upper bound as long as the reference's `exp` is accurate to 2 units in
    its last place. Raises AllowanceUnavailable where no such reference exists.
    """
    form_of = arithmetic(arguments.dtype.name)
    wide = np.float64 if arguments.dtype == np.float32 else np.longdouble
    if np.finfo(wide).nmant < np.finfo(arguments.dtype).nmant + 11:
        raise AllowanceUnavailable(f"This machine has no format wider than {arguments.dtype} to measure exp against.")
    exact = np.exp(arguments.astype(wide))
    distance = np.abs(form(arguments).astype(wide) - exact) + 4 * np.finfo(wide).eps * exact
    normal = exact >= wide(2.0 ** float(np.log2(float(form_of.smallest_normal))))
    relative = np.where(normal, distance / np.where(exact > 0, exact, 1), 0).max(initial=0) / float(
        form_of.unit_roundoff
    )
    absolute = np.where(normal, 0, distance).max(initial=0) / float(form_of.smallest_normal)
    return float(relative), float(absolute)


def measure_float32() -> dict[str, float]:
    """The largest relative error, in units of u, of each form of exp over every float32 of [-104, 0]; about a minute.

    Raises AllowanceUnavailable if a form is worse than the model of `theory.rounding.allowance` allows.
    """
    found = {}
    for name, form in exponential_forms().items():
        worst = 0.0
        for arguments in every_float32(ROUNDS_TO_ONE, -104.0):
            relative, absolute = exponential_error(form, arguments)
            if absolute > 1.01:
                raise AllowanceUnavailable(f"exp ({name}) errs by {absolute} s below the normal range; s is allowed.")
            worst = max(worst, relative)
        for arguments in every_float32(-0.0, ROUNDS_TO_ONE):
            if np.any(form(arguments) != 1):
                raise AllowanceUnavailable(f"exp ({name}) does not return 1 close to zero.")
        found[name] = worst
    return found


def measure_float64(samples: int = 2**22, seed: int = 0) -> dict[str, float]:
    """The largest relative error, in units of u, of each form of exp over random float64 arguments of [-708, 0]."""
    generator = np.random.default_rng(seed)
    arguments = -np.exp(generator.uniform(np.log(1e-18), np.log(708.0), 1023 * (samples // 1023 + 1)))
    return {name: exponential_error(form, arguments)[0] for name, form in exponential_forms().items()}


def division_error(dtype: str, seed: int = 0, rows: int = 4096) -> float:
    """The largest relative error, in units of u, of dividing the entries of random rows by their sum, where that sum
    is exact.

    The entries are integers so small that every partial sum is exact. XLA's quotient reaches 1.98 on CPUs: it
    multiplies by the rounded reciprocal.
    """
    import jax

    divide = jax.jit(lambda entries: entries / entries.sum(axis=-1, keepdims=True))
    wide, bits = (np.float64, 24) if dtype == "float32" else (np.longdouble, 53)
    generator = np.random.default_rng(seed)
    worst = 0.0
    for length in (1, 2, 5, 16, 64, 256, 1000):
        entries = generator.integers(1, 2**bits // length, (rows, length)).astype(dtype)
        exact = entries.astype(wide) / entries.astype(wide).sum(axis=-1, keepdims=True)
        error = np.abs(np.asarray(divide(entries)).astype(wide) - exact) / exact
        worst = max(worst, float(error.max()) / float(arithmetic(dtype).unit_roundoff))
    return worst


def main() -> int:
    """Measure this machine if it is not in the table, and store the result for this user."""
    import jax

    with jax.enable_x64(True):
        for dtype in ("float32", "float64"):
            key = current_key(dtype)
            try:
                print(f"{key} is known: {lookup(dtype).origin}")
                continue
            except AllowanceUnavailable:
                print(f"Measuring {key} ...", file=sys.stderr)
            found = measure_float32() if dtype == "float32" else measure_float64()
            worst = max(found.values())
            entry = Fraction(int(worst * 20) + 1, 20) if dtype == "float32" else STATED_FLOAT64
            if division_error(dtype) > 2.001:
                print(
                    f"Division errs by {division_error(dtype)} units in {dtype}: more than two roundings",
                    file=sys.stderr,
                )
                return 1
            if dtype == "float64" and 3 * worst > STATED_FLOAT64:
                print(
                    f"exp errs by {worst} units in float64: too close to the stated {STATED_FLOAT64}", file=sys.stderr
                )
                return 1
            how = "exhaustive over [-104, 0]" if dtype == "float32" else "stated; sampled"
            origin = f"exp {how}: " + ", ".join(f"{value:.4f} {name}" for name, value in found.items())
            record = {"key": asdict(key), "exponential": str(entry), "division": "2", "origin": origin}
            store().parent.mkdir(parents=True, exist_ok=True)
            store().write_text(json.dumps([*_stored(), record], indent=1))
            print(f"{key}: {origin}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
