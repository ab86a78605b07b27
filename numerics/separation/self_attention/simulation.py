"""Random needle networks, counted: how many of them fire on which dataset, softmax and linear on the same signs.

Each network draws its own m x d sign matrix. The four networks of the statement (softmax and linear, on D1 and on D0)
read the same signs. Nothing of size n x n or n x d is built: `rows` says why the distinct rows suffice.

Two ways to draw: `signs` draws all d signs of every neuron; `counts` draws the three signs that matter one by one and,
of the other d - 3, only the number of plus signs, as the number of ones among d - 3 random bits. That number is
exactly Bin(d-3, 1/2); no approximate sampler is involved, and it takes an eighth of the random numbers.

Floats cannot decide ties. A neuron within the rounding margin of its threshold counts as ambiguous, and every count is
a range that holds for both answers; see `probability.Count`.

The result depends on the seed alone, not on the number of devices: network i draws from fold_in(key(seed), i).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, PartitionSpec
from jaxtyping import Array, Bool, Float64, Int, Int8

from numerics.environment import prepare
from numerics.probability import Count
from numerics.separation.self_attention.network import activation_error, linear, outputs, scale, softmax, tokens
from numerics.separation.self_attention.rows import Rows, distinct_rows
from theory.separation.self_attention.law import SILENT_FOUR, SILENT_TWO, Network
from theory.separation.self_attention.parameters import Parameters, exact_integer

prepare()

Draw = Literal["signs", "counts"]
LARGEST_CHUNK = 256  # networks at once on one device
CHUNK_BYTES = 1 << 24

# An event: this network fires, and none of these does.
EVENTS: Mapping[str, tuple[Network, tuple[Network, ...]]] = {
    "softmax_d1": (Network.SOFTMAX_NEEDLE, ()),
    "softmax_d0": (Network.SOFTMAX_PLAIN, ()),
    "linear_d1": (Network.LINEAR_NEEDLE, ()),
    "linear_d0": (Network.LINEAR_PLAIN, ()),
    "joint": (Network.SOFTMAX_NEEDLE, SILENT_FOUR),
    "softmax_success": (Network.SOFTMAX_NEEDLE, SILENT_TWO),
    "linear_success": (Network.LINEAR_NEEDLE, (Network.LINEAR_PLAIN,)),
}


@dataclass(frozen=True)
class Tally:
    """counts: for each name in EVENTS, in how many networks the event happened.

    ambiguous_neurons: how many activations, over all neurons and the four networks, were within the rounding margin.
    """

    counts: Mapping[str, Count]
    ambiguous_neurons: int


def draw_signs(key: Array, m: int, d: int) -> Int8[Array, "m d"]:
    """m x d independent uniform signs, -1 or +1."""
    bits = jax.random.bits(key, (m * d,), jnp.uint8) & 1  # one axis: XLA takes thrice as long to compile two
    return 2 * bits.astype(jnp.int8).reshape(m, d) - 1


def features(key: Array, m: int, d: int, draw: Draw) -> Float64[Array, "m 4"]:
    """(y_1, y_k, S, y_d) for each of m neurons; the needle is in the first of the d - 2 middle columns.

    For `counts` the first word of 32 random bits gives the three signs, and the ones among d - 3 further bits are the
    plus signs of the other middle columns.
    """
    if draw == "signs":
        signs = draw_signs(key, m, d)
        first, needle, last = signs[:, 0], signs[:, 1], signs[:, d - 1]
        total = signs[:, 1 : d - 1].sum(axis=1, dtype=jnp.int64)
    else:
        words, left = divmod(d - 3, 32)
        bits = jax.random.bits(key, (m * (words + 2),), jnp.uint32).reshape(m, words + 2)
        first, needle, last = (2 * (bits[:, 0] >> place & 1).astype(jnp.int64) - 1 for place in range(3))
        mask = jnp.full(words + 1, 0xFFFFFFFF, jnp.uint32).at[words].set((1 << left) - 1)
        plus = jax.lax.population_count(bits[:, 1:] & mask).sum(axis=1, dtype=jnp.int64)
        total = needle + 2 * plus - (d - 3)
    return jnp.stack([first, needle, total, last], axis=1).astype(jnp.float64)


def simulate(
    parameters: Parameters,
    m: int,
    networks: int,
    seed: int,
    *,
    draw: Draw = "signs",
    devices: Sequence[Any] | None = None,
) -> Tally:
    """Draw `networks` random networks of m neurons and count the events.

    devices: share the networks among these, by default all of JAX's devices. Raises ValueError for counts below 1.
    """
    return simulate_rows(distinct_rows(parameters), parameters.d, m, networks, seed, draw=draw, devices=devices)


def simulate_rows(
    rows: Rows,
    d: int,
    m: int,
    networks: int,
    seed: int,
    *,
    draw: Draw = "signs",
    devices: Sequence[Any] | None = None,
) -> Tally:
    """The same for four networks that are given by their distinct rows, in dimension d."""
    _check_sizes(m, networks)
    mesh = Mesh(np.array(devices or jax.devices()), ("device",))
    chunk = max(1, min(LARGEST_CHUNK, CHUNK_BYTES // (m * d)))
    found = _count_events(
        jax.random.key(seed), jnp.array(rows.coefficients), rows.tau, jnp.array(rows.margin), networks,
        m=m, d=d, draw=draw, chunk=chunk, mesh=mesh,
    )  # fmt: skip
    return _tally(np.asarray(found), networks)


@partial(jax.jit, static_argnames=("m", "d", "draw", "chunk", "mesh"))
def _count_events(
    key: Array,
    coefficients: Float64[Array, "networks rows 4"],
    tau: float,
    margin: Float64[Array, " networks"],
    networks: int,
    *,
    m: int,
    d: int,
    draw: Draw,
    chunk: int,
    mesh: Mesh,
) -> Int[Array, " outcomes"]:
    """The sums of `_outcome` over the networks 0, 1, .., `networks` - 1, shared among the devices in equal parts."""

    def one_network(index: Int[Array, ""]) -> Int[Array, " outcomes"]:
        read = jnp.einsum("mf,arf->arm", features(jax.random.fold_in(key, index), m, d, draw), coefficients)
        return jnp.where(index < networks, _outcome(read - tau, margin), 0)

    def one_device() -> Int[Array, " outcomes"]:
        device = jax.lax.axis_index("device")
        steps = -(-networks // (chunk * mesh.size))

        def one_chunk(step: Int[Array, ""], sums: Int[Array, " outcomes"]) -> Int[Array, " outcomes"]:
            first = (device * steps + step) * chunk
            return sums + jax.vmap(one_network)(first + jnp.arange(chunk)).sum(axis=0)

        nothing = device * jnp.zeros(2 * len(EVENTS) + 1, int)  # typed as differing between devices, as the sums do
        return jax.lax.psum(jax.lax.fori_loop(0, steps, one_chunk, nothing), "device")

    return jax.shard_map(one_device, mesh=mesh, in_specs=(), out_specs=PartitionSpec())()


def _outcome(read: Float64[Array, "networks rows m"], margin: Float64[Array, " networks"]) -> Int[Array, " outcomes"]:
    """The lower and the upper answer (0 or 1) for each event, and the number of ambiguous activations.

    read: what the neurons of one draw read above the threshold, in the four networks of the statement.
    """
    wide = margin[:, None, None]
    surely: Bool[Array, " networks"] = (read > wide).any(axis=(1, 2))
    possibly: Bool[Array, " networks"] = (read > -wide).any(axis=(1, 2))
    order = list(Network)
    lower, upper = [], []
    for good, silent in EVENTS.values():
        others = jnp.array([order.index(network) for network in silent], int)
        lower.append(surely[order.index(good)] & ~possibly[others].any())
        upper.append(possibly[order.index(good)] & ~surely[others].any())
    ambiguous = (jnp.abs(read) <= wide).any(axis=1).sum()
    return jnp.concatenate([jnp.array(lower + upper, int), ambiguous[None]])


def simulate_literally(parameters: Parameters, m: int, networks: int, seed: int) -> Tally:
    """The same networks as `simulate` with `draw="signs"`, by way of the n x n attention matrices.

    Attention does not depend on the signs and is computed once. Raises ValueError unless d - 2 divides n.
    """
    four = {
        Network.SOFTMAX_NEEDLE: (parameters.a1, softmax),
        Network.SOFTMAX_PLAIN: (parameters.a0, softmax),
        Network.LINEAR_NEEDLE: (parameters.a1, linear),
        Network.LINEAR_PLAIN: (parameters.a0, linear),
    }
    chosen = [four[network] for network in Network]
    read_by = jnp.stack([outputs(tokens(parameters, a), attention) for a, attention in chosen])
    margin = jnp.array([activation_error(parameters, a, attention) for a, attention in chosen])
    return simulate_outputs(read_by, float(parameters.tau) * scale(parameters.n), margin, m, networks, seed)


def simulate_outputs(
    read_by: Float64[Array, "networks n d"],
    tau: float,
    margin: Float64[Array, " networks"],
    m: int,
    networks: int,
    seed: int,
) -> Tally:
    """Random neurons that read the attention outputs of four networks, all rows of each, in the order of `Network`.

    tau: the threshold, in the unit of the outputs. margin: bounds the error of each <c_i, y> - tau, network by network.
    """
    _check_sizes(m, networks)
    return _tally(np.asarray(_count_literally(jax.random.key(seed), read_by, tau, margin, m, networks)), networks)


@partial(jax.jit, static_argnames=("m", "networks"))
def _count_literally(
    key: Array,
    read_by: Float64[Array, "networks n d"],
    tau: float,
    margin: Float64[Array, " networks"],
    m: int,
    networks: int,
) -> Int[Array, " outcomes"]:
    def one_network(index: Int[Array, ""]) -> Int[Array, " outcomes"]:
        signs = draw_signs(jax.random.fold_in(key, index), m, read_by.shape[-1]).astype(jnp.float64)
        return _outcome(jnp.einsum("and,md->anm", read_by, signs) - tau, margin)

    return jax.lax.map(one_network, jnp.arange(networks)).sum(axis=0)


def _check_sizes(m: int, networks: int) -> None:
    exact_integer(m, "m", 1)
    exact_integer(networks, "networks", 1)


def _tally(found: np.ndarray, networks: int) -> Tally:
    size = len(EVENTS)
    counts = {
        name: Count(int(low), int(high), networks)
        for name, low, high in zip(EVENTS, found[:size], found[size : 2 * size], strict=True)
    }
    return Tally(counts, int(found[-1]))
