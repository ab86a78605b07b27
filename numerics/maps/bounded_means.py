"""The mean of a random number in [0, 1], judged exactly: it is the probability that a uniform number lies below it.

    E X = P[U < X],    U uniform on [0, 1] and independent of X,

so a count of such events over independent draws has binomial limits that hold whatever the law of X, and no moment of
it is estimated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flint import arb
from jaxtyping import Array

from numerics.measure import pinned_arithmetic
from numerics.probability import FALSE_ALARM, Count, compare_table
from theory.claim import Claim
from theory.evidence import Check, Effort, Finding

TRIALS = 2**16
MARGIN = 2.0**-40  # X is an exponential or a cosine of numbers below 2^6, each from fewer than 2^6 roundings by 2^-53
Point = Mapping[str, Any]


def count_below(draw: Callable[[Array], Array], trials: int, seed: int) -> Count:
    """In how many of `trials` draws a uniform number is below `draw(key)`, in [0, 1] and known to within MARGIN."""

    def one(number: Array) -> Array:
        key = jax.random.fold_in(jax.random.key(seed), number)
        uniform = jax.random.uniform(jax.random.fold_in(key, 1), dtype=jnp.float64)
        return draw(jax.random.fold_in(key, 0)) - uniform

    gaps = np.asarray(jax.jit(lambda numbers: jax.lax.map(one, numbers, batch_size=2**12))(jnp.arange(trials)))
    return Count(int((gaps > MARGIN).sum()), int((gaps > -MARGIN).sum()), trials)


def bounded_mean(
    draw: Callable[[Point, Array], Array],
    expected: Callable[[Claim, Point], arb],
    points: Callable[[Effort], Sequence[Point]],
) -> Check:
    """The check that counts at every point and compares with the mean that the claim gives there.

    draw: from a point and a key to one value in [0, 1]. expected: from the claim to examine and a point to its mean.
    """

    def check(claim: Claim, effort: Effort) -> Finding:
        chosen = points(effort)
        with pinned_arithmetic() as environment:
            counts = [
                count_below(lambda key, at=point: draw(at, key), TRIALS, effort.seed + number)
                for number, point in enumerate(chosen)
            ]
        means = [expected(claim, point) for point in chosen]
        verdict, comparisons = compare_table(zip(counts, means, strict=True))
        scope = f"{TRIALS} draws at each of {len(chosen)} points on {', '.join(environment['devices'])}"
        rows = tuple(
            {
                **point, "claimed": mean.str(12), "lower": float(row.limits.lower), "upper": float(row.limits.upper),
                "verdict": row.verdict.value,
            }
            for point, mean, row in zip(chosen, means, comparisons, strict=True)
        )  # fmt: skip
        message = f"The counts {'agree' if verdict.value == 'holds' else 'do not agree'} with the claimed means."
        numbers = {**environment, "false alarm": str(FALSE_ALARM), "undecided trials": sum(c.ambiguous for c in counts)}
        return Finding(verdict, scope, message, numbers, rows)

    return check
