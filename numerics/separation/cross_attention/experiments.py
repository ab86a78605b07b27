"""The cross-attention experiments as sweeps: how often softmax and linear networks separate, and recover signs.

The first four are the cross-attention variant of the construction's own experiments, with the needle in D1 and none in
D0: 1000 random networks a point, at the threshold eta = 1/10 and at eta = b + 1/10, beside the exact law. The fifth
counts how often one random sign is recovered, by the exponent kappa, for n from 10^2 to 10^6.

Columns: for each event of `self_attention.simulation.EVENTS`, or for `recovered`, `<event>_low` and `<event>_high`, the
range of the count; `<event>_lower` and `<event>_upper`, the 99 % Clopper-Pearson limits; `<event>_exact`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from numerics import environment
from numerics.probability import confidence_limits
from numerics.separation.self_attention.experiments import FALSE_ALARM, NETWORKS, THRESHOLDS, parameters_of
from numerics.sweep import Point, Sweep
from theory.separation.cross_attention.law import cross_law
from theory.separation.cross_attention.logits import Logits, softmax_gain
from theory.separation.cross_attention.recovery_probability import recovery_probability

if TYPE_CHECKING:
    from numerics.probability import Count

BASE: Mapping[str, int | str] = {
    "n": 1000, "d": 12, "m": 30, "a0": "1/20", "a1": "1", "c": "1/2", "kappa": "4", "l0": "1",
}  # fmt: skip
LENGTHS = (10, 20, 30, 40, 50, 60, 80, 100, 130, 160, 180, 190, 200, 300, 500, 700, 1000, 1500, 2000)
WIDTHS = (*range(1, 11), 12, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100)
DIMENSIONS = tuple(columns + 2 for columns in (2, 4, 5, 8, 10, 16, 20, 25, 40, 50, 80, 100, 125, 200, 250, 400, 500))
EXPONENTS = tuple(str(Fraction(k, 20)) for k in range(8, 41))
SIGN_LENGTHS = tuple(10**k for k in range(2, 7))
SIGN_EXPONENTS = tuple(str(Fraction(k, 20)) for k in range(4, 20))


def sweeps(seed: int = 0, networks: int = NETWORKS) -> tuple[Sweep, ...]:
    """The five experiments. `networks`: how many random networks a point draws."""
    needle = [
        ("n", "success against the number of keys", _points(BASE, "n", LENGTHS)),
        ("m", "success against the number of neurons", _points(BASE, "m", WIDTHS)),
        ("d", "success against the dimension", _points({**BASE, "n": 2000}, "d", DIMENSIONS)),
        ("kappa", "success against the exponent of the needle's logit", _points(BASE, "kappa", EXPONENTS)),
    ]
    found = [
        _sweep(axis, f"cross-attention: {title}", points, measure, networks, seed) for axis, title, points in needle
    ]
    signs = ({"n": n, "kappa": kappa, "l0": "1"} for n in SIGN_LENGTHS for kappa in SIGN_EXPONENTS)
    title = "cross-attention: recovery of a random sign against the exponent"
    return (*found, _sweep("signs", title, signs, measure_recovery, networks, seed))


def _sweep(axis: str, title: str, points: Iterable[Point], run: Any, networks: int, seed: int) -> Sweep:
    drawn = tuple({**point, "networks": networks} for point in points)
    return Sweep(f"separation-cross-{axis}", title, drawn, run, seed=seed, devices=environment.devices)


def _points(base: Mapping[str, int | str], axis: str, values: Iterable[int | str]) -> Iterator[dict[str, int | str]]:
    for threshold in THRESHOLDS:
        for value in values:
            yield {**base, axis: value, "eta": threshold}


def logits_of(point: Point) -> Logits:
    """The logits of a point."""
    return Logits(kappa=str(point["kappa"]), l0=str(point["l0"]))


def measure(point: Point, seed: int) -> dict[str, Any]:
    """One row: counts of random networks, their 99 % limits, and the exact law."""
    from numerics.separation.cross_attention.simulation import simulate_cross
    from numerics.separation.self_attention.simulation import EVENTS

    parameters, m, logits = parameters_of(point), int(point["m"]), logits_of(point)
    parameters.require_literal()
    tally = simulate_cross(parameters, logits, m, int(point["networks"]), seed)
    law = cross_law(parameters, logits)
    row: dict[str, Any] = {}
    for event, (good, silent) in EVENTS.items():
        row |= columns(event, tally.counts[event], float(law.success(good, silent).probability(m)))
    row["ambiguous_neurons"] = tally.ambiguous_neurons
    return row


def measure_recovery(point: Point, seed: int) -> dict[str, Any]:
    """One row: in how many networks softmax recovers a random sign, the limits, and the exact law."""
    from numerics.separation.cross_attention.simulation import recover

    n = int(point["n"])
    gain = softmax_gain(logits_of(point), n)
    count = recover(gain, n, 1, int(point["networks"]), seed)
    return columns("recovered", count, float(recovery_probability(gain, n)))


def columns(event: str, count: Count, exact: float) -> dict[str, Any]:
    """The columns of one event; the limits are rounded outwards."""
    limits = confidence_limits(count, FALSE_ALARM)
    return {
        f"{event}_low": count.low,
        f"{event}_high": count.high,
        f"{event}_lower": max(0.0, math.nextafter(float(limits.lower), -1)),
        f"{event}_upper": min(1.0, math.nextafter(float(limits.upper), 2)),
        f"{event}_exact": exact,
    }
