"""What maps with a state S_t have in common that forgets as it goes: retention, gated linear attention, the delta rule.

    o_t = q_t^T S_t,     S_t a d x e matrix, made of S_(t-1) and the token t alone

There is no normaliser. Each has three forms, which agree: `weights` (parallel, n x n, for study), `recur` and `step`
(recurrent, token after token), and `attend` (chunked: matrix products inside a chunk, the state between chunks). They
are causal only. A padded token is a step that does not happen: it adds nothing, and nothing is forgotten at it, so
that the others neither see what stands there nor how often. Queries may be fewer than keys, the last n of m.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from numerics.maps.attention import Attention, on_the_same_axes, positive_integer
from numerics.maps.inputs import Inputs, accumulation, checked, one_token
from numerics.maps.kernel_sums import without_padding
from numerics.maps.triangles import power_of_two

CHUNK = 64  # tokens that are computed side by side, where a chunk is halved down to single ones


class Memory(NamedTuple):
    """What decoding keeps. products: [.., d, e], the state S."""

    products: Float[Array, "... d e"]


class Recurrence(Attention):
    """A map given by S_t. A subclass defines its keys and gates, one step, and its parallel and chunked forms."""

    @abstractmethod
    def _keys_and_gates(self, inputs: Inputs) -> tuple[Float[Array, "... m d"], Float[Array, "... m g"]]:
        """The keys that are written, and what forgets, such that a padded token changes nothing."""

    @abstractmethod
    def _after(self, products: Array, key: Array, gate: Array, value: Array) -> Array:
        """S_t [.., d, e] from S_(t-1), the key [.., d], the gate [.., g] and the value [.., e] of token t."""

    @abstractmethod
    def _outputs(self, inputs: Inputs) -> Float[Array, "... n e"]:
        """The chunked form, for inputs that are causal and without padding."""

    @abstractmethod
    def _matrix(self, inputs: Inputs) -> Float[Array, "... n m"]:
        """The parallel form, for inputs that are causal and without padding."""

    def _attend(self, inputs: Inputs) -> Float[Array, "... n e"]:
        return self._outputs(self._past_only(inputs))

    def _weights(self, inputs: Inputs) -> Float[Array, "... n m"]:
        return self._matrix(self._past_only(inputs))

    def _past_only(self, inputs: Inputs) -> Inputs:
        if not inputs.causal:
            raise ValueError(
                f"{type(self).__name__} is a recurrence over the past and has no full form; call it with causal=True."
            )
        return without_padding(inputs)

    # ---------------------------------------------------------------------------------------- token after token

    def recur(
        self, q: ArrayLike, k: ArrayLike, v: ArrayLike, *, key_mask: ArrayLike | None = None
    ) -> tuple[Float[Array, "... n e"], Memory]:
        """What `attend(.., causal=True)` returns, by the recurrence itself, and the state after the last token."""
        inputs = self._past_only(checked(q, k, v, causal=True, key_mask=key_mask))
        n, (d, e) = inputs.q.shape[-2], (inputs.k.shape[-1], inputs.v.shape[-1])
        inputs = with_all_queries(inputs)
        keys, gates = self._keys_and_gates(inputs)
        batch = jnp.broadcast_shapes(inputs.batch, keys.shape[:-2], gates.shape[:-2])
        state = jnp.zeros((*batch, d, e), inputs.q.dtype)
        state, *given = on_the_same_axes(state, inputs.q, keys, gates, inputs.v)

        def one(products: Array, token: tuple[Array, ...]) -> tuple[Array, Array]:
            query, *written = token
            products = jnp.broadcast_to(self._after(products, *written), products.shape)
            return products, read(query, products)

        state, outputs = jax.lax.scan(one, state, tuple(jnp.moveaxis(x, -2, 0) for x in given))
        return jnp.moveaxis(outputs, 0, -2)[..., -n:, :].astype(inputs.dtype), Memory(state)

    def initial_state(self, batch: tuple[int, ...], d: int, e: int, dtype: Any = jnp.float32) -> Memory:
        """The state before the first token. batch: the leading axes; d, e: dimensions of keys and values."""
        return Memory(jnp.zeros((*batch, d, e), accumulation(dtype)))

    def step(self, state: Memory, q: ArrayLike, k: ArrayLike, v: ArrayLike) -> tuple[Float[Array, "... e"], Memory]:
        """The output for one more token, q (.., d), k (.., d), v (.., e), and the state after it."""
        inputs = one_token(q, k, v, state.products.dtype)
        keys, gates = self._keys_and_gates(inputs)
        products = self._after(state.products, *(x[..., 0, :] for x in (keys, gates, inputs.v)))
        return read(inputs.q[..., 0, :], products).astype(inputs.dtype), Memory(products)


def read(query: Float[Array, "... d"], products: Float[Array, "... d e"]) -> Float[Array, "... e"]:
    """q^T S."""
    return jnp.einsum("...d,...de->...e", query, products)


def with_all_queries(inputs: Inputs) -> Inputs:
    """The inputs with queries of 0 for the positions before the first query."""
    missing = inputs.k.shape[-2] - inputs.q.shape[-2]
    return replace(inputs, q=jnp.pad(inputs.q, [(0, 0)] * (inputs.q.ndim - 2) + [(missing, 0), (0, 0)]))


def in_chunks(
    chunk: int, body: Any, state: Float[Array, "... d e"], *tokens: Float[Array, "... n c"]
) -> Float[Array, "... n e"]:
    """Outputs of `body(state, *chunks) -> (state, outputs)` over chunks [.., chunk, c] of the tokens, zeros at the end.

    The gradient keeps the state before each chunk, and computes a chunk again.
    """
    n = tokens[0].shape[-2]
    batch = state.shape[:-2]

    def cut(x: Array) -> Array:
        x = jnp.broadcast_to(x, (*batch, *x.shape[-2:]))
        x = jnp.pad(x, [(0, 0)] * (x.ndim - 2) + [(0, -n % chunk), (0, 0)])
        return jnp.moveaxis(x.reshape(*batch, -1, chunk, x.shape[-1]), -3, 0)

    state, *pieces = on_the_same_axes(state, *(cut(x) for x in tokens))
    again = jax.checkpoint(body, prevent_cse=False)
    _, outputs = jax.lax.scan(lambda state, now: again(state, *now), state, tuple(pieces))
    outputs = jnp.moveaxis(outputs, 0, -3)
    return outputs.reshape(*batch, -1, outputs.shape[-1])[..., :n, :]


def halving_chunk(chunk: int) -> None:
    """Raises ValueError unless chunks of this size can be halved down to single tokens."""
    positive_integer(chunk, "chunk")
    if chunk != power_of_two(chunk):
        raise ValueError(f"chunk = {chunk} must be a power of two: chunks are halved down to single tokens.")
