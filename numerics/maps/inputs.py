"""What goes into an attention map: shapes, dtypes and masks, checked once, with one sentence for a mistake.

Queries are (.., n, d), keys (.., m, d), values (.., m, e). The leading axes (batch, heads, anything) broadcast against
each other, so that several query heads may share a head of keys. Everything is computed in float64, in float32, or,
for bfloat16 inputs, in float32, and returned in the dtype of the inputs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

ACCUMULATION = {"float64": jnp.float64, "float32": jnp.float32, "bfloat16": jnp.float32}


@dataclass(frozen=True)
class Inputs:
    """Checked inputs in the dtype of the accumulation.

    q: [.., n, d]. k: [.., m, d]. v: [.., m, e]. key_mask: [.., m], True for keys that take part, or None.
    dtype: that of what was given, and of what is returned.
    """

    q: Float[Array, "... n d"]
    k: Float[Array, "... m d"]
    v: Float[Array, "... m e"]
    causal: bool
    key_mask: Bool[Array, "... m"] | None
    dtype: jnp.dtype

    @property
    def batch(self) -> tuple[int, ...]:
        """The leading axes of the output."""
        shapes = [x.shape[:-2] for x in (self.q, self.k, self.v)]
        if self.key_mask is not None:
            shapes.append(self.key_mask.shape[:-1])
        return jnp.broadcast_shapes(*shapes)

    def allowed(self) -> Bool[Array, "... n m"] | None:
        """Which key each query may look at, or None where every query may look at every key."""
        n, m = self.q.shape[-2], self.k.shape[-2]
        allowed = None
        if self.causal:
            allowed = jnp.arange(m) <= jnp.arange(n)[:, None] + (m - n)
        if self.key_mask is not None:
            kept = self.key_mask[..., None, :]
            allowed = kept if allowed is None else allowed & kept
        return allowed

    def with_queries(self, q: Float[Array, "... n d"]) -> Inputs:
        """The same inputs with other queries."""
        return replace(self, q=q)

    def strips(self, size: int) -> Iterator[Inputs]:
        """The same inputs, `size` queries at a time, with no more keys than these may look at."""
        n, m = self.q.shape[-2], self.k.shape[-2]
        for first in range(0, n, size):
            end = min(first + size, n)
            seen = m - n + end if self.causal else m
            mask = None if self.key_mask is None else self.key_mask[..., :seen]
            q, k, v = self.q[..., first:end, :], self.k[..., :seen, :], self.v[..., :seen, :]
            yield replace(self, q=q, k=k, v=v, key_mask=mask)

    def visible(self) -> Float[Array, "... n"]:
        """How many keys each query may look at, in the dtype of the accumulation; leading axes are those of the mask.

        Its memory is O(n + m), unlike that of `allowed`.
        """
        n, m = self.q.shape[-2], self.k.shape[-2]
        if self.key_mask is None:
            number = jnp.arange(m - n + 1, m + 1) if self.causal else jnp.full((n,), m)
        elif self.causal:
            number = jnp.cumsum(self.key_mask, axis=-1)[..., m - n :]
        else:
            number = jnp.broadcast_to(self.key_mask.sum(axis=-1, keepdims=True), (*self.key_mask.shape[:-1], n))
        return number.astype(self.q.dtype)


def checked(
    q: jax.typing.ArrayLike,
    k: jax.typing.ArrayLike,
    v: jax.typing.ArrayLike,
    *,
    causal: bool = False,
    key_mask: jax.typing.ArrayLike | None = None,
) -> Inputs:
    """Check the inputs of an attention map and bring them into the dtype of the accumulation.

    With `causal` the n queries are the last n of the m positions, so n <= m; query i sees the keys 0..i + m - n.

    Raises TypeError for a dtype and ValueError for a shape that no map takes, with the remedy.
    """
    q, k, v = (jnp.asarray(x) for x in (q, k, v))
    dtype = check_dtypes(q=q, k=k, v=v)
    for name, x in (("q", q), ("k", k), ("v", v)):
        if x.ndim < 2:
            raise ValueError(f"{name} has shape {x.shape}; give at least two axes, (length, dimension).")
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(
            f"q has dimension {q.shape[-1]} and k has {k.shape[-1]}; the last axis of both must be the head dimension."
        )
    if k.shape[-2] != v.shape[-2]:
        raise ValueError(f"There are {k.shape[-2]} keys and {v.shape[-2]} values; each key needs one value.")
    if 0 in (*q.shape[-2:], *k.shape[-2:]):
        raise ValueError(f"q has shape {q.shape} and k {k.shape}; lengths and dimensions must be at least 1.")
    _check_batch(q, k, v)
    n, m = q.shape[-2], k.shape[-2]
    if causal and n > m:
        raise ValueError(f"Causal attention takes the queries as the last of the keys, but there are {n} for {m} keys.")
    mask = None if key_mask is None else _checked_mask(jnp.asarray(key_mask), q, k)
    wide = ACCUMULATION[dtype.name]
    return Inputs(q.astype(wide), k.astype(wide), v.astype(wide), causal, mask, dtype)


def check_dtypes(**arrays: Array) -> jnp.dtype:
    """The dtype that all the arrays share. Raises TypeError if they differ or no map computes in it."""
    found = {name: x.dtype for name, x in arrays.items()}
    listed = ", ".join(f"{name} {dtype.name}" for name, dtype in found.items())
    if len(set(found.values())) > 1:
        raise TypeError(f"The dtypes differ ({listed}); cast them to one of {', '.join(ACCUMULATION)}.")
    dtype = next(iter(found.values()))
    if dtype.name not in ACCUMULATION:
        raise TypeError(f"No map computes in {dtype.name}; cast {', '.join(found)} to {', '.join(ACCUMULATION)}.")
    return dtype


def one_token(q: jax.typing.ArrayLike, k: jax.typing.ArrayLike, v: jax.typing.ArrayLike, state: jnp.dtype) -> Inputs:
    """Check the next token of decoding, q (.., d), k (.., d), v (.., e), against a state of dtype `state`."""
    for name, x in (("q", q), ("k", k), ("v", v)):
        if jnp.ndim(x) < 1:
            raise ValueError(f"{name} is a number; give one token, (.., dimension).")
    inputs = checked(*(jnp.asarray(x)[..., None, :] for x in (q, k, v)), causal=True)
    if inputs.q.dtype != state:
        raise TypeError(
            f"The state is {state.name} and the token {inputs.dtype.name}, which is accumulated in "
            f"{inputs.q.dtype.name}; make the state with initial_state(.., dtype={inputs.dtype.name!r})."
        )
    return inputs


def accumulation(dtype: Any) -> jnp.dtype:
    """The dtype in which a map computes, and keeps its state, for inputs of this dtype.

    Raises TypeError for a dtype that no map takes, ValueError for float64 while JAX has double precision turned off.
    """
    name = jnp.dtype(dtype).name
    if name not in ACCUMULATION:
        raise TypeError(f"No map computes in {name}; choose one of {', '.join(ACCUMULATION)}.")
    if name == "float64" and jax.dtypes.canonicalize_dtype(jnp.float64) != jnp.float64:
        raise ValueError("float64 needs double precision; call jax.config.update('jax_enable_x64', True) first.")
    return jnp.dtype(ACCUMULATION[name])


def _check_batch(q: Array, k: Array, v: Array) -> None:
    try:
        jnp.broadcast_shapes(q.shape[:-2], k.shape[:-2], v.shape[:-2])
    except ValueError:
        swapped = q.ndim > 2 and q.shape[-2] == k.shape[-2] and q.shape[:-3] == k.shape[:-3]
        advice = (
            "heads and time look swapped: give (.., heads, time, dimension), such as jnp.swapaxes(x, -3, -2)"
            if swapped
            else "the axes before the last two must be equal or 1"
        )
        raise ValueError(
            f"The leading axes of q {q.shape}, k {k.shape} and v {v.shape} do not fit together; {advice}."
        ) from None


def _checked_mask(mask: Array, q: Array, k: Array) -> Array:
    if mask.dtype != jnp.bool_:
        raise TypeError(f"key_mask has dtype {mask.dtype.name}; give booleans, True for keys that take part.")
    m = k.shape[-2]
    if mask.ndim < 1 or mask.shape[-1] != m:
        swapped = k.ndim > 2 and mask.ndim > 0 and mask.shape[-1] == k.shape[-3]
        advice = "; heads and time look swapped: give (.., heads, time, dimension)" if swapped else ""
        raise ValueError(f"key_mask has shape {mask.shape}, but there are {m} keys{advice}.")
    try:
        jnp.broadcast_shapes(mask.shape[:-1], q.shape[:-2], k.shape[:-2])
    except ValueError:
        raise ValueError(
            f"key_mask has shape {mask.shape}, which does not fit the leading axes of k {k.shape}; for a mask of "
            f"(batch, keys) and several heads give mask[:, None, :]."
        ) from None
    return mask
