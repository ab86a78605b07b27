"""How accurate the primitives of the machine are: the table that every softmax allowance rests on.

No standard bounds the error of `exp`, and XLA uses several implementations (one for a lone exponential, another inside
a fused softmax) that depend on the version of jaxlib, on the backend and on the instruction set. So the error is
measured and looked up by that key. For float32 every argument of [-104, 0] is tried in each form, and the entry is
the worst found, rounded up. For float64 that is impossible: the entry is a stated one, at least three times the worst
that sampling found.

A machine that is not in the table is measured the first time an allowance is needed, by one process while the others
wait, and the result is kept for this user (`python -m numerics.rounding.primitives` measures at once, and anew). Where
the measurement does not bear out the model of `theory.rounding.allowance`, there is no allowance.

Errors are relative, in units of the unit roundoff u, wherever the exact value is a normal number; below, the result is
within the smallest normal number of the exact value (it may be flushed to zero).
"""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from theory.rounding.allowance import AllowanceUnavailable, arithmetic

try:
    import fcntl
except ImportError:  # where there is no such lock, two processes may measure at once, which wastes time and no more
    fcntl = None

INSTRUCTION_SETS = ("avx", "avx2", "fma", "avx512f", "sve")  # those that change which code XLA emits
ROUNDED_BACKENDS = ("cpu", "gpu")  # with matrix products pinned to their highest precision
STATED_FLOAT64 = Fraction(8)
MEASURED_DTYPES = ("float32", "float64")
DURATION = {"float32": "about a minute", "float64": "some ten seconds"}


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
_X86_AVX512 = "x86_64 avx avx2 fma avx512f"
KNOWN: dict[Key, Primitives] = {
    Key("0.10.2", "cpu", _X86_AVX2, "float32"): Primitives(
        Fraction(8, 5), Fraction(2), "exp exhaustive over [-104, 0]: 1.4092 alone, 1.5946 fused with the subtraction"
    ),
    Key("0.10.2", "cpu", _X86_AVX2, "float64"): Primitives(
        STATED_FLOAT64, Fraction(2), "exp stated; worst of 2e7 samples: 2.36 alone, 1.72 fused with the subtraction"
    ),
    Key("0.10.2", "cpu", _X86_AVX512, "float32"): Primitives(
        Fraction(8, 5), Fraction(2), "exp exhaustive over [-104, 0]: 1.4092 alone, 1.5946 fused with the subtraction"
    ),
    Key("0.10.2", "cpu", _X86_AVX512, "float64"): Primitives(
        STATED_FLOAT64, Fraction(2), "exp stated; worst of 4e6 samples: 2.24 alone, 1.68 fused with the subtraction"
    ),
}


def processor() -> str:
    """The machine and those of its instruction sets that matter, such as `x86_64 avx avx2 fma`."""
    flags: set[str] = set()
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith(("flags", "Features")):
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


def lookup(dtype: str, key: Key | None = None) -> Primitives:
    """The errors of a machine's primitives; those of this one are measured if nobody has done it yet.

    key: by default that of this machine.

    Raises AllowanceUnavailable, naming the key, where the measurement found that no allowance holds, and for another
    machine that is not known here.
    """
    arithmetic(dtype)
    key = key or current_key(dtype)
    if key in KNOWN:
        return KNOWN[key]
    if key == current_key(dtype):
        return _read(_found_here(key))
    entry = _stored(key)
    if entry is None:
        raise AllowanceUnavailable(f"The accuracy of exp and of division is known on that machine alone: {key}.")
    return _read(entry)


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


# ------------------------------------------------------------------------------- what was measured on this machine

Entry = dict[str, Any]  # key, and either exponential, division and origin, or refused: why there is no allowance


def stores() -> tuple[Path, ...]:
    """The files in which this user's measurements may be kept, the preferred one first."""
    try:
        home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    except RuntimeError:  # a user without a home
        home = tempfile.gettempdir()
    temporary = f"attnproof-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    return Path(home, "attnproof", "primitives.json"), Path(tempfile.gettempdir(), temporary, "primitives.json")


@cache
def _found_here(key: Key) -> Entry:
    """The entry of this machine: stored, or measured now by this process, or by another one while this one waits."""
    entry = _stored(key)
    if entry is None:
        with _one_at_a_time() as store:
            entry = _stored(key) or _measured(key, store)
    return entry


def _read(entry: Entry) -> Primitives:
    if "refused" in entry:
        raise AllowanceUnavailable(entry["refused"])
    return Primitives(Fraction(entry["exponential"]), Fraction(entry["division"]), entry["origin"])


@contextmanager
def _one_at_a_time() -> Iterator[Path | None]:
    """Hold the lock of the first store that can be written, and yield that store; None where none can."""
    for store in stores():
        try:
            store.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if not _own(store.parent):
                continue
            lock = store.with_suffix(".lock").open("a")
        except OSError:
            continue
        with lock:
            if fcntl:
                with suppress(OSError):  # a file system without locks
                    fcntl.flock(lock, fcntl.LOCK_EX)
            yield store
        return
    yield None


def _own(path: Path) -> bool:
    """Whether nobody else made this: a file that another user planted in the temporary folder is not believed."""
    return not hasattr(os, "getuid") or path.stat().st_uid == os.getuid()


def _entries(store: Path) -> list[Entry]:
    """What a store holds; nothing if it cannot be read, as it can be measured anew."""
    try:
        return json.loads(store.read_text(encoding="utf-8")) if _own(store) else []
    except (OSError, ValueError):
        return []


def _stored(key: Key) -> Entry | None:
    found = (entry for store in stores() for entry in _entries(store) if entry["key"] == asdict(key))
    return next(found, None)


def _measured(key: Key, store: Path | None) -> Entry:
    """Measure this machine, which is said on stderr, and keep what was found in `store`, also a refusal."""
    from numerics.rounding import primitive_errors

    print(
        f"attnproof: measuring once how accurate exp and division are for {key}; this takes {DURATION[key.dtype]}.",
        file=sys.stderr,
        flush=True,
    )
    entry: Entry = {"key": asdict(key)}
    try:
        found = primitive_errors.measure(key.dtype)
        exponential, how = Fraction(int(max(found.values()) * 20) + 1, 20), "exhaustive over [-104, 0]"
        if key.dtype == "float64":
            exponential, how = STATED_FLOAT64, "stated; sampled"
        if key.dtype == "float64" and 3 * max(found.values()) > STATED_FLOAT64:
            raise AllowanceUnavailable(f"exp errs by {max(found.values())} units; {exponential} are stated.")
        origin = f"exp {how}: " + ", ".join(f"{value:.4f} {name}" for name, value in found.items())
        entry |= {"exponential": str(exponential), "division": "2", "origin": origin}
    except AllowanceUnavailable as refusal:
        entry["refused"] = f"There is no rounding allowance for {key}, where exp and division were measured: {refusal}"
    if store is not None:
        kept = [other for other in _entries(store) if other["key"] != entry["key"]]
        part = store.with_suffix(".part")
        with suppress(OSError):
            part.write_text(json.dumps([*kept, entry], indent=1), encoding="utf-8")
            part.replace(store)
    return entry


def main() -> int:
    """Measure this machine unless it is in the table, and keep the result for this user."""
    refused = 0
    for key in map(current_key, MEASURED_DTYPES):
        if key in KNOWN:
            print(f"{key} is known: {KNOWN[key].origin}")
            continue
        with _one_at_a_time() as store:
            entry = _measured(key, store)
        refused += "refused" in entry
        print(entry.get("refused") or f"{key}: {entry['origin']}")
    return 1 if refused else 0


if __name__ == "__main__":
    raise SystemExit(main())
