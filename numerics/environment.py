"""The numerical environment of every measurement: double precision, pinned matrix products, devices on record.

JAX computes in float32 unless told otherwise, and accelerators round the factors of float32 products to fewer bits
still. Modules that compare numbers call `prepare` when they are imported, so no order of imports can undo it.
"""

from __future__ import annotations

from collections import Counter


def prepare() -> None:
    """Switch JAX to 64-bit types and to matrix products in the full precision of their type. Repeating it is free."""
    import jax

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_default_matmul_precision", "highest")


def devices() -> tuple[str, ...]:
    """The devices that JAX computes on, as put on record with every result: ("1 x cpu",) or ("4 x NVIDIA H200",)."""
    import jax

    return tuple(f"{count} x {kind}" for kind, count in Counter(device.device_kind for device in jax.devices()).items())
