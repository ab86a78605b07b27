"""The one interface of all attention maps.

    attend(q, k, v, causal=, key_mask=)   the outputs, (.., n, e)
    weights(q, k, causal=, key_mask=)     the matrix that multiplies the values, (.., n, m); for study, not for speed

Linear maps add `features`, `initial_state` and `step`, see `linear_attention`, recurrent ones `recur`, see
`recurrence`. Every map is a frozen dataclass and a JAX pytree: random projections and learnt parameters are its leaves,
everything else is static, so a map can be closed over or passed through jit, vmap, grad and shard_map. A row that may
look at no key is 0, in every map.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any, TypeVar, dataclass_transform

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from numerics.maps.inputs import Inputs, checked

Class = TypeVar("Class", bound=type)


class Attention(ABC):
    """An attention map. A subclass defines `_weights`, and `_attend` if there is a better way than by them."""

    def attend(
        self, q: ArrayLike, k: ArrayLike, v: ArrayLike, *, causal: bool = False, key_mask: ArrayLike | None = None
    ) -> Float[Array, "... n e"]:
        """The outputs for queries q (.., n, d), keys k (.., m, d) and values v (.., m, e), in their dtype.

        causal: the queries are the last n of the m positions, and each sees its own and earlier keys only.
        key_mask: (.., m) booleans, False for padding; its leading axes broadcast with those of k.

        Raises TypeError or ValueError, with the remedy, for dtypes and shapes that do not fit.
        """
        inputs = checked(q, k, v, causal=causal, key_mask=key_mask)
        return self._attend(inputs).astype(inputs.dtype)

    def weights(
        self, q: ArrayLike, k: ArrayLike, *, causal: bool = False, key_mask: ArrayLike | None = None
    ) -> Float[Array, "... n m"]:
        """The n x m matrix that multiplies the values, in the dtype of the accumulation (float32 for bfloat16)."""
        k = jnp.asarray(k)
        return self._weights(checked(q, k, k, causal=causal, key_mask=key_mask))

    def _attend(self, inputs: Inputs) -> Float[Array, "... n e"]:
        return self._weights(inputs) @ inputs.v

    @abstractmethod
    def _weights(self, inputs: Inputs) -> Float[Array, "... n m"]: ...


def leaf(**options: Any) -> Any:
    """A field of a map that is an array or another map, and so a leaf or a subtree of the pytree."""
    return field(metadata={"leaf": True}, **options)


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(leaf, field))
def map_class(cls: Class) -> Class:
    """Make a class of maps (or of feature maps) a frozen dataclass and a pytree.

    Fields made with `leaf` are its leaves; all others are static, and must be hashable.
    """
    frozen = dataclass(frozen=True, eq=False)(cls)
    leaves = [entry.name for entry in fields(frozen) if entry.metadata.get("leaf", False)]
    static = [entry.name for entry in fields(frozen) if entry.name not in leaves]

    def flatten(one: Any) -> tuple[list[tuple[Any, Any]], tuple]:
        # The class is part of the structure: those of two classes made with `register_dataclass` compare equal (seen
        # in jaxlib 0.10), and then jit may run the compiled code of one map for another.
        children = [(jax.tree_util.GetAttrKey(name), getattr(one, name)) for name in leaves]
        return children, (frozen, *(getattr(one, name) for name in static))

    def unflatten(structure: tuple, children: Iterable[Any]) -> Any:
        one = object.__new__(frozen)
        for name, value in (*zip(leaves, children, strict=True), *zip(static, structure[1:], strict=True)):
            object.__setattr__(one, name, value)
        return one

    jax.tree_util.register_pytree_with_keys(frozen, flatten, unflatten)
    return frozen


def scores(q: Array, k: Array, scale: float) -> Float[Array, "... n m"]:
    """scale times q.k^T."""
    return jnp.einsum("...nd,...md->...nm", q * scale, k)


def masked_scores(inputs: Inputs, scale: float | None) -> Float[Array, "... n m"]:
    """The scores, times `scale` or 1/sqrt(d), and -inf where a query may not look."""
    products = scores(inputs.q, inputs.k, temperature_scale(scale, inputs.q.shape[-1]))
    allowed = inputs.allowed()
    return products if allowed is None else jnp.where(allowed, products, -jnp.inf)


def temperature_scale(scale: float | None, d: int) -> float:
    """The factor of the scores: `scale`, or 1/sqrt(d). Raises ValueError unless it is positive."""
    if scale is None:
        return d**-0.5
    if not scale > 0:
        raise ValueError(f"scale = {scale} must be positive: it is 1/temperature, 1/sqrt(d) by default.")
    return float(scale)


def over_heads(function: Callable[..., Any], arrays: Any) -> Any:
    """`function` for every entry of the first axis: one after another on a CPU, whose caches hold one; else at once."""
    return jax.lax.platform_dependent(arrays, cpu=partial(jax.lax.map, function), default=jax.vmap(function))


def on_the_same_axes(*arrays: Array) -> tuple[Array, ...]:
    """The arrays, marked inside `jax.shard_map` as varying over every mesh axis that one of them varies over.

    Loops and custom gradients need it: what they carry or return mixes all of their inputs.
    """
    axes = [_varying_axes(x) for x in arrays]
    together = frozenset().union(*axes)
    return tuple(
        jax.lax.pcast(x, tuple(together - own), to="varying") if together - own else x
        for x, own in zip(arrays, axes, strict=True)
    )


def _varying_axes(x: Array) -> frozenset[str]:
    kind = jax.typeof(x)
    named = getattr(kind, "manual_axis_type", None)  # what JAX before 0.10 calls vma
    return getattr(kind, "vma", frozenset()) if named is None else named.varying


def positive_integer(value: Any, name: str, least: int = 1) -> int:
    """`value` as an int of at least `least`. Raises ValueError with the remedy."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{name} = {value!r} must be an integer of at least {least}.")
    return value


@jax.custom_jvp
def divide(numerator: Array, denominator: Array) -> Array:
    """numerator/denominator, and 0 where the denominator is exactly 0: the row that may look at nothing.

    The derivative never forms denominator^-2, which overflows where the denominator itself is harmless.
    """
    empty = denominator == 0
    return jnp.where(empty, 0, numerator / jnp.where(empty, 1, denominator))


@divide.defjvp
def _divide_jvp(primals: tuple, tangents: tuple) -> tuple[Array, Array]:
    (numerator, denominator), (d_numerator, d_denominator) = primals, tangents
    quotient = divide(numerator, denominator)
    empty = denominator == 0
    change = (d_numerator - quotient * d_denominator) / jnp.where(empty, 1, denominator)
    return quotient, jnp.where(empty, 0, change)
