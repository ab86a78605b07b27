"""Random cross-attention networks, counted: needle networks with random neurons, and random signs to be recovered.

The needle networks are those of the self-attention simulation with other gains (`cross_rows`); softmax and the kernel
(q . k)^p read the same neurons. Sign recovery draws the n - 1 signs of the other values anew for every coordinate:
`recover` draws only how many agree with the needle, as the ones among n - 1 random bits; `recover_literally` runs the
network.

Floats cannot decide ties. Where an output is within its rounding margin of 0 or of its threshold, the count is a range.
The result depends on the seed alone: trial i draws from fold_in(key(seed), i).
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float64, Int

from numerics.environment import prepare
from numerics.probability import Count
from numerics.separation.cross_attention.network import UNIT_ROUNDOFF, attend, keys, output_error, queries, scale
from numerics.separation.self_attention.network import tokens
from numerics.separation.self_attention.rows import Rows, row_coefficients, row_margin
from numerics.separation.self_attention.simulation import Draw, Tally, simulate_outputs, simulate_rows
from theory.rounding.allowance import exponent
from theory.separation.cross_attention.law import cross_rows
from theory.separation.cross_attention.logits import Logits
from theory.separation.cross_attention.recovery_probability import agreements_needed
from theory.separation.self_attention.exact_numbers import Gain
from theory.separation.self_attention.law import Network
from theory.separation.self_attention.parameters import Parameters, exact_integer

prepare()

TRIALS_AT_ONCE = 1 << 22  # random words drawn together
PLAIN = (Network.SOFTMAX_PLAIN, Network.LINEAR_PLAIN)  # without a needle: gain 1


def log_gain(logits: Logits, n: int, degree: int | None) -> tuple[float, float]:
    """log N in float64, and the sum of the sizes of its terms, to which its rounding error is relative."""
    needle = float(logits.kappa) * math.log(n)
    if degree is None:
        return needle - float(logits.l0), needle + float(logits.l0)
    terms = (math.log(logits.kappa), math.log(math.log(n)), -math.log(logits.l0))
    return degree * math.fsum(terms), degree * (sum(map(abs, terms)) + 1)


def distinct_cross_rows(parameters: Parameters, logits: Logits, degree: int = 1) -> Rows:
    """The one row of each of the four networks, in the order of `Network`."""
    coefficients, margins = [], []
    for network, of_network in cross_rows(parameters, logits, degree).items():
        power = None if network in (Network.SOFTMAX_NEEDLE, Network.SOFTMAX_PLAIN) else degree
        value, size = (0.0, 0.0) if network in PLAIN else log_gain(logits, parameters.n, power)
        coefficients.append([row_coefficients(parameters, of_network.a, value)])
        margins.append(row_margin(parameters, of_network.a, size))
    return Rows(np.array(coefficients), float(parameters.tau), np.array(margins))


def simulate_cross(
    parameters: Parameters,
    logits: Logits,
    m: int,
    networks: int,
    seed: int,
    *,
    degree: int = 1,
    draw: Draw = "signs",
) -> Tally:
    """Draw `networks` random networks of m neurons and count the events of `self_attention.simulation.EVENTS`.

    The events named after linear attention are those of the kernel (q . k)^degree.
    """
    return simulate_rows(distinct_cross_rows(parameters, logits, degree), parameters.d, m, networks, seed, draw=draw)


def simulate_cross_literally(
    parameters: Parameters, logits: Logits, m: int, networks: int, seed: int, *, degree: int = 1, count: int = 3
) -> Tally:
    """The same networks as `simulate_cross` with `draw="signs"`, from queries, keys and values; `count` queries.

    Raises ValueError unless d - 2 divides n.
    """
    n = parameters.n
    outputs, margins = [], []
    for network in Network:
        needle = network in (Network.SOFTMAX_NEEDLE, Network.LINEAR_NEEDLE)
        power = degree if network in (Network.LINEAR_NEEDLE, Network.LINEAR_PLAIN) else None
        a = parameters.a1 if needle else parameters.a0
        key = keys(logits, n, 0 if needle else None)
        outputs.append(attend(queries(n, count), key, tokens(parameters, a), power))
        margins.append(activation_error(parameters, logits, a, power))
    tau = float(parameters.tau) * scale(n)
    return simulate_outputs(jnp.stack(outputs), tau, jnp.array(margins), m, networks, seed)


def activation_error(parameters: Parameters, logits: Logits, a: Fraction, degree: int | None) -> float:
    """The largest error of a computed <c_i, y> - tau: the output has l1 norm at most (1 + a) L, the product d terms."""
    product = math.expm1(exponent(parameters.d + 8, UNIT_ROUNDOFF))
    size = float(1 + a + abs(parameters.tau)) * scale(parameters.n)
    return (output_error(logits, parameters.n, degree) + product) * 1.01 * size


def recover(gain: Gain, n: int, coordinates: int, trials: int, seed: int) -> Count:
    """In how many of `trials` draws all coordinates are recovered by a map of this gain; the counting is exact."""
    least = agreements_needed(gain, exact_integer(n, "n", 2))
    exact_integer(coordinates, "coordinates", 1)
    exact_integer(trials, "trials", 1)
    words = -(-(n - 1) // 32) * coordinates
    chunk = max(1, min(trials, TRIALS_AT_ONCE // words))
    found = int(_recovered(jax.random.key(seed), least, trials, n=n, coordinates=coordinates, chunk=chunk))
    return Count.exactly(found, trials)


@partial(jax.jit, static_argnames=("n", "coordinates", "chunk"))
def _recovered(key: Array, least: int, trials: int, *, n: int, coordinates: int, chunk: int) -> Int[Array, ""]:
    def one_trial(index: Int[Array, ""]) -> Int[Array, ""]:
        agreeing = agreements(jax.random.fold_in(key, index), n, coordinates)
        return jnp.where(index < trials, (agreeing >= least).all(), False).astype(int)

    def one_chunk(step: Int[Array, ""], total: Int[Array, ""]) -> Int[Array, ""]:
        return total + jax.vmap(one_trial)(step * chunk + jnp.arange(chunk)).sum()

    return jax.lax.fori_loop(0, -(-trials // chunk), one_chunk, jnp.asarray(0))


def agreements(key: Array, n: int, coordinates: int) -> Int[Array, " coordinates"]:
    """How many of the n - 1 other signs agree with the needle, in each coordinate: the ones among n - 1 random bits."""
    words, left = divmod(n - 1, 32)
    size = words + (left > 0)
    bits = jax.random.bits(key, (coordinates * size,), jnp.uint32).reshape(coordinates, size)
    mask = jnp.full(size, 0xFFFFFFFF, jnp.uint32)
    mask = mask.at[size - 1].set((1 << left) - 1) if left else mask
    return jax.lax.population_count(bits & mask).sum(axis=1, dtype=jnp.int64)


def recover_literally(logits: Logits, n: int, degree: int | None, coordinates: int, trials: int, seed: int) -> Count:
    """The same question to the literal network, whose values are (n, coordinates) signs, the needle's the first row.

    The needle's signs are random as well. An output within `output_error` of 0 leaves its trial undecided.
    """
    query, key = queries(n), keys(logits, n)
    margin = output_error(logits, n, degree)

    @jax.jit
    def one_trial(index: Int[Array, ""]) -> Int[Array, " 2"]:
        bits = jax.random.bits(jax.random.fold_in(jax.random.key(seed), index), (n * coordinates,), jnp.uint8) & 1
        signs: Float64[Array, "n coordinates"] = 2.0 * bits.reshape(n, coordinates) - 1.0
        right = attend(query, key, signs, degree)[0] * signs[0]
        return jnp.stack([(right > margin).all(), (right > -margin).all()]).astype(int)

    surely, possibly = jax.lax.map(one_trial, jnp.arange(trials)).sum(axis=0)
    return Count(int(surely), int(possibly), trials)
