"""The stages of an attack: declared worst cases, corners, projected gradient, particle swarm, differential evolution.

Every stage works in the unit cube; a side of the box maps its coordinate to the parameter, linearly or, where the
side is very long or unbounded, logarithmically. `numerics.attack` runs the stages in order and judges what they found.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

Name = sp.Symbol | str
Box = Mapping[Any, tuple[Any, Any]]  # a name -> its lower and its upper end
Point = Mapping[Any, Any]  # a name -> its value
Batch = Callable[[NDArray[np.float64]], NDArray[np.float64]]

FAR = 2.0**64  # how far an unbounded side is searched, logarithmically
LONG = 1e4  # a bounded side longer than this is searched logarithmically from its lower end
ALL_CORNERS = 12  # up to this many sides every corner is tried, above it 2^12 random ones
BATCH = 256  # evaluations compiled together
DIFFERENCE = 1e-6  # of a side: the step of a difference quotient


@dataclass(frozen=True)
class Sides:
    """The sides of a box, and the map from the unit cube onto it.

    A side is searched linearly, or logarithmically from its one finite end where it is longer than LONG, or on both
    sides of zero (by a hyperbolic sine) where it has no finite end.

    low, high: shape (sides,), infinite where a side is unbounded. integer: whether a side takes integers only.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    integer: NDArray[np.bool_]

    def at(self, y: Any, numpy: Any) -> Any:
        """The coordinates at y, shape (..., sides) with entries in [0, 1], in `numpy` or `jax.numpy`."""
        low_known, high_known = np.isfinite(self.low), np.isfinite(self.high)
        low = np.where(low_known, self.low, 0.0)
        high = np.where(high_known, self.high, 0.0)
        length = np.where(low_known & high_known, high - low, FAR)
        stretch = np.log1p(length)
        rising = numpy.where(length > LONG, numpy.expm1(y * stretch), y * np.minimum(length, LONG))
        from_below = low + rising
        from_above = high - numpy.expm1((1 - y) * stretch)
        both_ways = numpy.sinh(math.asinh(FAR) * (2 * y - 1))
        return numpy.where(low_known, from_below, numpy.where(high_known, from_above, both_ways))

    def inside(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """As `at`, with finite ends hit exactly and integers rounded."""
        x = np.where((y <= 0) & np.isfinite(self.low), self.low, np.asarray(self.at(y, np)))
        x = np.where((y >= 1) & np.isfinite(self.high), self.high, x)
        return np.where(self.integer, np.rint(np.clip(x, self.low, self.high)), np.clip(x, self.low, self.high))

    def positions(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The point of the unit cube that `at` maps closest to x, by bisection."""
        low, high = np.zeros_like(x), np.ones_like(x)
        for _ in range(60):
            middle = (low + high) / 2
            below = self.at(middle, np) < x
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (low + high) / 2


def sides_of(box: Box, integers: Sequence[Name]) -> Sides:
    """Ends as floats inside the box. Raises ValueError when a side is empty or not a pair of real numbers."""
    ends = np.array([[_end(pair[0], math.inf), _end(pair[1], -math.inf)] for pair in box.values()])
    for (name, pair), (low, high) in zip(box.items(), ends, strict=True):
        if not low <= high:
            raise ValueError(f"The side {name} from {pair[0]} to {pair[1]} holds no float; write the lower end first.")
    return Sides(ends[:, 0], ends[:, 1], np.array([name in set(integers) for name in box]))


def _end(end: Any, inwards: float) -> float:
    value = sp.sympify(end)
    if not value.is_extended_real:
        raise ValueError(f"{end} is no end of a side; ends are real numbers or infinite.")
    rounded = float(value)
    if not math.isfinite(rounded) or not value.is_finite:
        return rounded
    outside = sp.Rational(rounded) < value if inwards > 0 else sp.Rational(rounded) > value
    return math.nextafter(rounded, inwards) if outside else rounded


@dataclass
class Search:
    """The state of one attack: the box, the objective as a NumPy batch function, and the record of what was found."""

    names: tuple[Name, ...]
    sides: Sides
    batch: Batch
    seed: int
    evaluations: int = 0
    undefined: int = 0
    undefined_at: list[Point] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    candidates: list[tuple[float, Point]] = field(default_factory=list)

    def place(self, y: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points of the box from points of the unit cube."""
        return self.sides.inside(y)

    def exact_point(self, x: NDArray[np.float64]) -> Point:
        return {name: Fraction(float(value)) for name, value in zip(self.names, x, strict=True)}

    def values(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """The objective at points of the box, -inf where it is not a number."""
        found = np.asarray(self.batch(x), dtype=np.float64)
        self.evaluations += len(x)
        bad = np.isnan(found)
        self.undefined += int(bad.sum())
        for index in np.flatnonzero(bad)[: 8 - len(self.undefined_at)]:
            self.undefined_at.append(self.exact_point(x[index]))
        return np.where(bad, -np.inf, found)

    def record(self, stage: str, values: NDArray[np.float64], points: Sequence[Point], keep: int = 4) -> None:
        """Note the best of a stage."""
        order = np.argsort(-values, kind="stable")[:keep]
        self.candidates += [(float(values[i]), points[i]) for i in order if values[i] > -np.inf]
        self.stages[stage] = ratio_of(float(values.max(initial=-np.inf)))


def ratio_of(objective: float) -> float:
    """measured/bound from its logarithm, at most exp(700)."""
    return math.exp(min(objective, 700.0))


def declared(search: Search, points: Sequence[Point]) -> NDArray[np.float64]:
    if not points:
        return np.empty((0, len(search.names)))
    exact_points = []
    for point in points:
        by_name = {str(name): value for name, value in point.items()}
        if set(by_name) != {str(name) for name in search.names}:
            sides = ", ".join(map(str, search.names))
            raise ValueError(f"A declared worst case names {', '.join(sorted(by_name))}, but the box has {sides}.")
        exact_points.append({name: as_fraction(by_name[str(name)]) for name in search.names})
    x = np.array([[float(point[name]) for name in search.names] for point in exact_points])
    search.record("declared", search.values(x), exact_points)
    return search.sides.positions(x)


def as_fraction(value: Any) -> Fraction:
    """The exact value of a rational number or a float. Raises ValueError for anything else."""
    if isinstance(value, sp.Rational):
        return Fraction(int(value.p), int(value.q))
    if isinstance(value, int | float | Fraction | str):
        return Fraction(value)
    raise ValueError(f"A declared worst case holds {value!r}; write an integer, a Fraction or a Rational.")


def corners(search: Search, generator: np.random.Generator) -> NDArray[np.float64]:
    count = len(search.names)
    if count <= ALL_CORNERS:
        cube = np.array(list(itertools.product((0.0, 1.0), repeat=count)))
    else:
        one_high = np.concatenate([np.eye(count), 1 - np.eye(count)])
        cube = np.concatenate([one_high, generator.integers(0, 2, (2**ALL_CORNERS, count)).astype(float)])
    x = search.place(cube)
    values = search.values(x)
    search.record("corners", values, Lazy(search, x))
    return cube[np.argsort(-values, kind="stable")[:8]]


class Lazy(Sequence):
    """The exact points of an array, made when they are asked for."""

    def __init__(self, search: Search, x: NDArray[np.float64]) -> None:
        self.search, self.x = search, x

    def __len__(self) -> int:
        return len(self.x)

    def __getitem__(self, index: Any) -> Point:
        return self.search.exact_point(self.x[index])


def jax_batch(objective: Callable[[Any], Any], constraints: Sequence[Callable[[Any], Any]]) -> Batch:
    """A NumPy batch function from a JAX function of one point, compiled once for a fixed batch size."""
    import jax
    import jax.numpy as jnp

    def one(x: Any) -> Any:
        value = objective(x)
        feasible = jnp.asarray(True)
        for constraint in constraints:
            feasible = feasible & (constraint(x) >= 0)
        return jnp.where(feasible, value, -jnp.inf)

    compiled = jax.jit(jax.vmap(one))

    def batch(x: NDArray[np.float64]) -> NDArray[np.float64]:
        found = []
        for first in range(0, len(x), BATCH):
            part = x[first : first + BATCH]
            padded = np.concatenate([part, np.repeat(part[-1:], BATCH - len(part), axis=0)])
            found.append(np.asarray(compiled(padded))[: len(part)])
        return np.concatenate(found) if found else np.empty(0)

    return batch


def numpy_batch(objective: Batch, constraints: Sequence[Batch]) -> Batch:
    def batch(x: NDArray[np.float64]) -> NDArray[np.float64]:
        values = np.asarray(objective(x), dtype=np.float64)
        if values.shape != (len(x),):
            raise ValueError(
                f"The objective gave shape {values.shape} for {len(x)} points; it must give one value each."
            )
        for constraint in constraints:
            values = np.where(np.asarray(constraint(x)) >= 0, values, -np.inf)
        return values

    return batch


def gradient(
    search: Search,
    objective: Callable[[Any], Any],
    constraints: Sequence[Callable[[Any], Any]],
    generator: np.random.Generator,
    starts: Sequence[NDArray[np.float64]],
    restarts: int,
    steps: int,
) -> NDArray[np.float64]:
    """Projected ascent with Adam in the unit cube, all restarts at once; keeps the best point of every path."""
    import jax
    import jax.numpy as jnp

    rates = 0.05 * 0.01 ** (np.arange(steps) / max(steps - 1, 1))  # step lengths, from 5 % of a side to 0.05 %

    def penalised(y: Any) -> Any:
        x = search.sides.at(y, jnp)
        violated = sum((jnp.maximum(-constraint(x), 0.0) for constraint in constraints), start=jnp.asarray(0.0))
        value = objective(x)
        return value - 100.0 * violated, jnp.where(violated > 0, -jnp.inf, value)

    def step(state: Any, inputs: Any) -> Any:
        y, mean, square, best, best_y = state
        number, rate = inputs
        (_, value), slope = jax.value_and_grad(penalised, has_aux=True)(y)
        slope = jnp.where(jnp.isfinite(slope), slope, 0.0)
        value = jnp.where(jnp.isnan(value), -jnp.inf, value)
        better = value > best
        best, best_y = jnp.where(better, value, best), jnp.where(better, y, best_y)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        move = (mean / (1 - 0.9**number)) / (jnp.sqrt(square / (1 - 0.999**number)) + 1e-12)
        return (jnp.clip(y + rate * move, 0.0, 1.0), mean, square, best, best_y), None

    def ascend(y: Any) -> Any:
        zero = jnp.zeros_like(y)
        start = (y, zero, zero, jnp.asarray(-jnp.inf), y)
        (last, _, _, _, best_y), _ = jax.lax.scan(step, start, (jnp.arange(1.0, steps + 1), jnp.asarray(rates)))
        return best_y, last

    known = np.concatenate(starts)[:restarts]
    y = np.concatenate([known, generator.uniform(size=(restarts - len(known), len(search.names)))])
    best, last = jax.jit(jax.vmap(ascend))(y)
    search.evaluations += restarts * steps
    y = np.concatenate([np.asarray(best), np.asarray(last)])
    x = search.place(y)
    values = search.values(x)
    search.record("gradient", values, Lazy(search, x))
    return y[np.argsort(-values, kind="stable")[:8]]


def differences(
    search: Search,
    objective: Batch,
    constraints: Sequence[Batch],
    generator: np.random.Generator,
    starts: Sequence[NDArray[np.float64]],
    restarts: int,
    steps: int,
) -> NDArray[np.float64]:
    """As `gradient`, for NumPy batch functions: the slopes are central differences of the penalised objective."""
    sides = len(search.names)
    rates = 0.05 * 0.01 ** (np.arange(steps) / max(steps - 1, 1))
    moves = np.concatenate([np.zeros((1, sides)), DIFFERENCE * np.eye(sides), -DIFFERENCE * np.eye(sides)])

    def penalised(y: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        x = np.asarray(search.sides.at(y, np))
        violated = sum((np.maximum(-np.asarray(constraint(x)), 0.0) for constraint in constraints), np.zeros(len(x)))
        return np.asarray(objective(x)) - 100.0 * violated, violated > 0

    known = np.concatenate(starts)[:restarts]
    y = np.concatenate([known, generator.uniform(size=(restarts - len(known), sides))])
    mean, square = np.zeros_like(y), np.zeros_like(y)
    best, best_y = np.full(restarts, -np.inf), y.copy()
    for number, rate in enumerate(rates, start=1):
        around = np.clip(y + moves[:, None, :], 0.0, 1.0)  # shape (1 + 2 sides, restarts, sides)
        values, violated = penalised(around.reshape(-1, sides))
        values = values.reshape(len(moves), restarts)
        value = np.where(violated[:restarts] | np.isnan(values[0]), -np.inf, values[0])
        better = value > best
        best[better], best_y[better] = value[better], y[better]
        rise = values[1 : 1 + sides] - values[1 + sides :]
        run = np.stack([around[1 + side, :, side] - around[1 + sides + side, :, side] for side in range(sides)])
        slope = np.where(np.isfinite(rise), rise / run, 0.0).T
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        move = (mean / (1 - 0.9**number)) / (np.sqrt(square / (1 - 0.999**number)) + 1e-12)
        y = np.clip(y + rate * move, 0.0, 1.0)
    search.evaluations += restarts * steps
    y = np.concatenate([best_y, y])
    x = search.place(y)
    values = search.values(x)
    search.record("gradient", values, Lazy(search, x))
    return y[np.argsort(-values, kind="stable")[:8]]


def swarm(
    search: Search, generator: np.random.Generator, starts: Sequence[NDArray[np.float64]], particles: int, rounds: int
) -> None:
    """A particle swarm in the unit cube: each particle is drawn to its own best and to that of its ring neighbours."""
    known = np.concatenate(starts)[: particles // 4]
    y = np.concatenate([known, generator.uniform(size=(particles - len(known), len(search.names)))])
    y = y[generator.permutation(particles)]
    velocity = generator.uniform(-0.1, 0.1, y.shape)
    own, own_value = y.copy(), np.full(particles, -np.inf)
    for round_number in range(rounds):
        value = search.values(search.place(y))
        better = value > own_value
        own[better], own_value[better] = y[better], value[better]
        ring = np.stack([np.roll(np.arange(particles), shift) for shift in (-1, 0, 1)])
        guide = own[ring[own_value[ring].argmax(axis=0), np.arange(particles)]]
        if round_number >= rounds // 2:  # the second half gathers around the best of all
            guide = np.broadcast_to(own[own_value.argmax()], own.shape)
        pull_own, pull_guide = generator.uniform(size=(2, *y.shape))
        velocity = 0.72 * velocity + 1.49 * pull_own * (own - y) + 1.49 * pull_guide * (guide - y)
        y = np.clip(y + velocity, 0.0, 1.0)
    search.record("swarm", own_value, Lazy(search, search.place(own)))


def differential_evolution(search: Search) -> None:
    from scipy.optimize import differential_evolution

    def loss(y: NDArray[np.float64]) -> NDArray[np.float64]:
        return -search.values(search.place(np.atleast_2d(y.T)))

    found = differential_evolution(
        lambda y: np.minimum(loss(y), 1e300), [(0.0, 1.0)] * len(search.names),
        maxiter=100, popsize=8, vectorized=True, updating="deferred", polish=False, rng=search.seed,
    )  # fmt: skip
    x = search.place(np.atleast_2d(found.x))
    search.record("differential evolution", search.values(x), Lazy(search, x))
