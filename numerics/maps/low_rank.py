"""Attention of low rank in the length: Linformer projects keys and values, Nystromformer goes through landmarks.

Neither has a causal form, since every projected key and every landmark mixes tokens from the whole sequence, and
neither lets tokens be permuted. Nothing of size n x n is formed, except by `weights`.
"""

from __future__ import annotations

from math import ceil

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from numerics.maps.attention import (
    Attention,
    divide,
    leaf,
    map_class,
    positive_integer,
    scores,
    temperature_scale,
)
from numerics.maps.inputs import Inputs
from numerics.maps.softmax import below_maximum, normalised

LONGEST = 4096
PROJECTED = 64
LANDMARKS = 64
ITERATIONS = 6


def refuse_causal(inputs: Inputs, name: str, mixed: str) -> None:
    if inputs.causal:
        raise ValueError(f"{name} has no causal form, as its {mixed} mix the whole sequence; call it without causal.")


def row_softmax(
    scores: Float[Array, "... n m"], allowed: Bool[Array, "... n m"] | None = None
) -> Float[Array, "... n m"]:
    """The softmax of every row over what is allowed; 0 throughout a row where nothing is."""
    if allowed is None:
        return jax.nn.softmax(scores, axis=-1)
    return normalised(jnp.exp(below_maximum(jnp.where(allowed, scores, -jnp.inf))))


@map_class
class Linformer(Attention):
    """softmax(scale Q (E K)^T) F V (arXiv 2006.04768), over the projected keys in place of the keys.

    key_projection, value_projection: E and F, [.., projected, N]; m <= N keys meet their first m columns, as if padded
        to length N. scale: 1/temperature, 1/sqrt(d) by default. The weights, softmax(..) F, need not sum to one.
    """

    key_projection: Float[Array, "... c N"] = leaf()
    value_projection: Float[Array, "... c N"] = leaf()
    scale: float | None = None

    def __post_init__(self) -> None:
        temperature_scale(self.scale, 1)

    def _attend(self, inputs: Inputs) -> Float[Array, "... n e"]:
        over_projected, of_values = self._factors(inputs)
        v = inputs.v if inputs.key_mask is None else jnp.where(inputs.key_mask[..., None], inputs.v, 0)
        return over_projected @ (of_values @ v)

    def _weights(self, inputs: Inputs) -> Float[Array, "... n m"]:
        over_projected, of_values = self._factors(inputs)
        if inputs.key_mask is not None:
            of_values = jnp.where(inputs.key_mask[..., None, :], of_values, 0)
        return over_projected @ of_values

    def _factors(self, inputs: Inputs) -> tuple[Float[Array, "... n c"], Float[Array, "... c m"]]:
        refuse_causal(inputs, "Linformer", "projected keys")
        m, longest = inputs.k.shape[-2], min(self.key_projection.shape[-1], self.value_projection.shape[-1])
        if m > longest:
            raise ValueError(f"There are {m} keys and the projections are for at most {longest}; make them longer.")
        of_keys, of_values = (x[..., :m].astype(inputs.k.dtype) for x in (self.key_projection, self.value_projection))
        k = inputs.k if inputs.key_mask is None else jnp.where(inputs.key_mask[..., None], inputs.k, 0)
        scale = temperature_scale(self.scale, inputs.q.shape[-1])
        return row_softmax(scores(inputs.q, of_keys @ k, scale)), of_values


@map_class
class Nystrom(Attention):
    """softmax(Q K~^T) pinv(softmax(Q~ K~^T)) softmax(Q~ K^T), scores times scale (arXiv 2102.03902).

    Q~ and K~ are landmarks, the means of segments of equal length (the last may be shorter). Padded keys are left out
    of them; where there are as many queries as keys, so are the queries of padded positions.
    landmarks: their largest number; as many as tokens make every token its own landmark, and the map softmax attention.
    iterations: of the paper's approximate pseudo-inverse, started for each head by itself; None for the exact one.
    scale: 1/temperature, 1/sqrt(d) by default. Weights may be negative.
    """

    landmarks: int = LANDMARKS
    iterations: int | None = ITERATIONS
    scale: float | None = None

    def __post_init__(self) -> None:
        positive_integer(self.landmarks, "landmarks")
        temperature_scale(self.scale, 1)
        if self.iterations is not None:
            positive_integer(self.iterations, "iterations")

    def _attend(self, inputs: Inputs) -> Float[Array, "... n e"]:
        to_landmarks, inverse, from_landmarks = self._factors(inputs)
        v = inputs.v if inputs.key_mask is None else jnp.where(inputs.key_mask[..., None], inputs.v, 0)
        return to_landmarks @ (inverse @ (from_landmarks @ v))

    def _weights(self, inputs: Inputs) -> Float[Array, "... n m"]:
        to_landmarks, inverse, from_landmarks = self._factors(inputs)
        return to_landmarks @ (inverse @ from_landmarks)

    def _factors(self, inputs: Inputs) -> tuple[Array, Array, Array]:
        refuse_causal(inputs, "Nystrom attention", "landmarks")
        q, k, mask = inputs.q, inputs.k, inputs.key_mask
        scale = temperature_scale(self.scale, q.shape[-1])
        if mask is not None:
            k = jnp.where(mask[..., None], k, 0)
        q_marks, q_kept = segment_means(q, self.landmarks, mask if q.shape[-2] == k.shape[-2] else None)
        k_marks, k_kept = segment_means(k, self.landmarks, mask)
        columns = None if k_kept is None else k_kept[..., None, :]
        middle = row_softmax(scores(q_marks, k_marks, scale), columns)
        if q_kept is not None:
            middle = jnp.where(q_kept[..., None], middle, 0)
        return (
            row_softmax(scores(q, k_marks, scale), columns),
            self._inverse(middle),
            row_softmax(scores(q_marks, k, scale), None if mask is None else mask[..., None, :]),
        )

    def _inverse(self, a: Float[Array, "... c b"]) -> Float[Array, "... b c"]:
        return jnp.linalg.pinv(a) if self.iterations is None else iterated_inverse(a, self.iterations)


def segment_means(
    x: Float[Array, "... n d"], most: int, mask: Bool[Array, "... n"] | None
) -> tuple[Float[Array, "... c d"], Bool[Array, "... c"] | None]:
    """The means of at most `most` segments of equal length over the tokens kept, and which segments keep any."""
    n = x.shape[-2]
    length = ceil(n / min(most, n))
    segments = ceil(n / length)

    def cut(y: Array) -> Array:
        return jnp.pad(y, [(0, 0)] * (y.ndim - 2) + [(0, segments * length - n), (0, 0)]).reshape(
            *y.shape[:-2], segments, length, y.shape[-1]
        )

    kept = jnp.ones((n, 1), x.dtype) if mask is None else mask[..., None].astype(x.dtype)
    counts = cut(kept).sum(axis=-2)
    means = divide(cut(x if mask is None else jnp.where(mask[..., None], x, 0)).sum(axis=-2), counts)
    return means, None if mask is None else counts[..., 0] > 0


def iterated_inverse(a: Float[Array, "... c b"], iterations: int) -> Float[Array, "... b c"]:
    """An approximation of the pseudo-inverse, Z <- Z (13 - A Z (15 - A Z (7 - A Z)))/4 (arXiv 2102.03902).

    It starts at A^T over the largest row sum times the largest column sum, from where it converges, with the third
    power of the error, whatever A is; slowly along small singular values.
    """
    size = jnp.abs(a)
    norms = size.sum(axis=-1, keepdims=True).max(axis=-2, keepdims=True) * size.sum(axis=-2, keepdims=True).max(
        axis=-1, keepdims=True
    )
    z = divide(jnp.swapaxes(a, -1, -2), norms)
    one = jnp.eye(a.shape[-2], dtype=a.dtype)
    for _ in range(iterations):
        az = a @ z
        z = z @ (13 * one - az @ (15 * one - az @ (7 * one - az))) / 4
    return z


def _linformer(d: int, key: Array) -> Linformer:
    of_keys, of_values = (
        jax.random.normal(jax.random.fold_in(key, number), (PROJECTED, LONGEST), jnp.float32) * PROJECTED**-0.5
        for number in range(2)
    )
    return Linformer(of_keys, of_values)


BUILDERS = {"linformer": _linformer, "nystrom": lambda d, key: Nystrom()}
