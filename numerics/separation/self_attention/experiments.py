"""The construction's own experiments as sweeps: how often softmax and linear networks succeed, and what theory says.

Success of a map means that its network fires on D1 and stays silent on D0; joint success is the event of the published
statement, in which linear attention is silent on D1 too. Each point draws 1000 random networks, at the published
threshold eta = 1/10 and at the corrected one, eta = b + 1/10, and is set beside the exact probability and the bounds
of A3 and A4. Only the axis of a sweep and the threshold vary within it; in `separation-n` the dimension does too, and
in `separation-delta` the number of neurons, which is the one prescribed for that delta.

Columns of a row, for each event of `simulation.EVENTS`: `<event>_low` and `<event>_high`, the range of the count
(different only where floats cannot decide a tie); `<event>_lower` and `<event>_upper`, the 99 % Clopper-Pearson
limits; `<event>_exact`, the probability by the exact law. Then `explicit_bound` (A3) and `corrected_bound` (A4).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from numerics import environment
from numerics.probability import confidence_limits
from numerics.sweep import Point, Sweep
from theory.separation.self_attention.exact_numbers import Number
from theory.separation.self_attention.law import firing_law
from theory.separation.self_attention.parameters import Parameters
from theory.separation.self_attention.smallest import logarithmic_width

NETWORKS = 1000
FALSE_ALARM = Fraction(1, 100)
THRESHOLDS = ("1/10", "b + 1/10")
BASE: Mapping[str, int | str] = {"n": 1000, "d": 12, "m": 30, "a0": "1/20", "a1": "7/10", "c": "1/2"}
LONG_BASE: Mapping[str, int | str] = {**BASE, "n": 2000, "d": 252}

LENGTHS = range(100, 2001, 100)  # multiples of d - 2 for both dimensions
WIDTHS = (*range(1, 11), 12, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100)
DIMENSIONS = tuple(columns + 2 for columns in (2, 4, 5, 8, 10, 16, 20, 25, 40, 50, 80, 100, 125, 200, 250, 400, 500))
CONSTANT_WEIGHTS = tuple(str(Fraction(k, 20)) for k in range(2, 19))
HEIGHTS = tuple(str(Fraction(k, 50)) for k in range(10, 81, 2))
FAILURES = tuple(f"1/{k}" for k in (10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2))


def sweeps(seed: int = 0, networks: int = NETWORKS) -> tuple[Sweep, ...]:
    """The six experiments. `networks`: how many random networks a point draws."""
    chosen = [
        ("n", "success against the number of tokens, d = 12 and 102", _points(BASE, "n", LENGTHS, d=(12, 102))),
        ("m", "success against the number of neurons", _points(BASE, "m", WIDTHS)),
        ("d", "success against the dimension", _points({**BASE, "n": 2000}, "d", DIMENSIONS)),
        ("c", "success against the weight c of the constant column", _points(BASE, "c", CONSTANT_WEIGHTS)),
        ("a1", "success against the height of the needle, d = 252", _points(LONG_BASE, "a1", HEIGHTS)),
        ("delta", "success against delta, with m = ceil(log(n/delta)/log(8/7)) neurons", _widths_by_delta()),
    ]
    return tuple(
        Sweep(
            f"separation-{axis}",
            title,
            tuple({**point, "networks": networks} for point in points),
            measure,
            seed=seed,
            devices=environment.devices,
        )
        for axis, title, points in chosen
    )


def _points(
    base: Mapping[str, int | str], axis: str, values: Iterable[int | str], d: tuple[int, ...] = ()
) -> Iterator[dict[str, int | str]]:
    for dimension in d or (base["d"],):
        for threshold in THRESHOLDS:
            for value in values:
                yield {**base, "d": dimension, axis: value, "eta": threshold}


def _widths_by_delta() -> Iterator[dict[str, int | str]]:
    """The prescribed width as the failure delta that it allows varies."""
    for point in _points(BASE, "delta", FAILURES):
        width = logarithmic_width(str(point["delta"]), "8/7")
        yield {**point, "m": width(parameters_of(point))}


def parameters_of(point: Point) -> Parameters:
    """The parameters of a point; "b + 1/10" stands for the corrected threshold."""
    weight = 1 - Fraction(point["c"])
    text = str(point["eta"])
    threshold = weight + Fraction(text.removeprefix("b + ")) if text.startswith("b + ") else Fraction(text)
    return Parameters(n=int(point["n"]), d=int(point["d"]), a0=point["a0"], a1=point["a1"], b=weight, eta=threshold)


def measure(point: Point, seed: int) -> dict[str, Any]:
    """One row: counts of random networks, their 99 % limits, the exact law, and the bounds."""
    from numerics.separation.self_attention.bounds import corrected_bound, explicit_bound
    from numerics.separation.self_attention.simulation import EVENTS, simulate

    parameters, m = parameters_of(point), int(point["m"])
    parameters.require_literal()
    tally = simulate(parameters, m, int(point["networks"]), seed)
    law = firing_law(parameters)
    row: dict[str, Any] = {}
    for event, (good, silent) in EVENTS.items():
        count = tally.counts[event]
        limits = confidence_limits(count, FALSE_ALARM)
        row |= {
            f"{event}_low": count.low,
            f"{event}_high": count.high,
            f"{event}_lower": max(0.0, math.nextafter(float(limits.lower), -1)),
            f"{event}_upper": min(1.0, math.nextafter(float(limits.upper), 2)),
            f"{event}_exact": float(law.success(good, silent).probability(m)),
        }
    row["ambiguous_neurons"] = tally.ambiguous_neurons
    row["explicit_bound"] = explicit_bound(parameters, m)
    row["corrected_bound"] = corrected_bound(parameters, m)
    return row


@dataclass(frozen=True)
class Benchmark:
    """Seconds for one point, in one run on one machine: only the ratios mean anything.

    literal, distinct_rows: for the same networks, without compiling. exact_law: all four marginals and the joint
    probability, from nothing.
    """

    literal: float
    distinct_rows: float
    exact_law: float
    networks: int
    parameters: Parameters
    devices: tuple[str, ...]

    def __str__(self) -> str:
        p = self.parameters
        return (
            f"n = {p.n}, d = {p.d}, {self.networks} networks on {' + '.join(self.devices)}: literal : distinct rows : "
            f"exact law = {self.literal / self.exact_law:.3g} : {self.distinct_rows / self.exact_law:.3g} : 1"
            f" ({self.exact_law * 1e3:.2g} ms for the exact law)"
        )


def benchmark(n: int = 500, m: int = 15, networks: int = 200, repeats: int = 3) -> Benchmark:
    """Time one point of `separation-n` three ways, the best of `repeats`; the literal and the fast counts must agree.

    Raises RuntimeError if they do not.
    """
    from numerics.separation.self_attention import simulation

    parameters = parameters_of({**BASE, "n": n, "eta": "1/10"})

    def literal() -> simulation.Tally:
        return simulation.simulate_literally(parameters, m, networks, seed=0)

    def exact() -> Number:
        firing_law.cache_clear()
        return firing_law(parameters).success(*simulation.EVENTS["joint"]).probability(m)

    def fast() -> simulation.Tally:
        return simulation.simulate(parameters, m, networks, seed=0)

    if literal() != fast():
        raise RuntimeError("The literal networks and their distinct rows count differently; please report this.")
    return Benchmark(
        literal=min(_timed(literal) for _ in range(repeats)),
        distinct_rows=min(_timed(fast) for _ in range(repeats)),
        exact_law=min(_timed(exact) for _ in range(repeats)),
        networks=networks,
        parameters=parameters,
        devices=environment.devices(),
    )


def _timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
