"""Softmax attention by `jax.nn.dot_product_attention`, which cuDNN computes on a GPU for bfloat16."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from numerics.maps.inputs import Inputs


def dot_product_attention(inputs: Inputs, scale: float) -> Float[Array, "... n e"]:
    """softmax(scale q k^T) v, 0 where a query may look at no key, in the dtype of the inputs.

    JAX takes (batch, time, heads, dimension) with one dimension for keys and values, so that the smaller one is filled
    with zeros; it puts causal queries first, not last, so that a mask is given where they are fewer than keys.

    Raises TypeError for float64, of which JAX takes the softmax in float32.
    """
    if inputs.dtype == jnp.float64:
        raise TypeError(
            "jax.nn.dot_product_attention takes the softmax in float32 whatever the input; "
            'use kernel="xla" for float64, or cast q, k and v to float32 or bfloat16.'
        )
    n, m = inputs.q.shape[-2], inputs.k.shape[-2]
    batch, e = inputs.batch, inputs.v.shape[-1]
    wide = max(inputs.q.shape[-1], e)

    def layout(x: Array) -> Array:
        x = jnp.broadcast_to(x, (*batch, *x.shape[-2:])).reshape(-1, *x.shape[-2:])
        return jnp.pad(x[:, :, None], [(0, 0), (0, 0), (0, 0), (0, wide - x.shape[-1])]).astype(inputs.dtype)

    square = inputs.causal and n == m
    allowed = inputs.allowed()
    mask = None if allowed is None or (square and inputs.key_mask is None) else allowed
    if mask is not None:
        mask = jnp.broadcast_to(mask, (*batch, n, m)).reshape(-1, 1, n, m)
    cudnn = jax.default_backend() == "gpu" and inputs.dtype == jnp.bfloat16
    o = jax.nn.dot_product_attention(
        layout(inputs.q), layout(inputs.k), layout(inputs.v), mask=mask, scale=scale, is_causal=square,
        implementation="cudnn" if cudnn else "xla",
    )  # fmt: skip
    o = o[:, :, 0, :e].reshape(*batch, n, e)
    return o if mask is None else jnp.where(inputs.visible()[..., None] > 0, o, 0)
