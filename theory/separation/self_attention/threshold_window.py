"""The window of thresholds: for which eta the joint success reaches a target, with every hole in it.

The success probability changes only where the threshold passes a value that some row takes for some signs,

    v = (N (a y_1 + b y_k) - b y_k + b t S) / (N+n-1) - c (1 - y_d),

and between two such lattice points it is constant: a neuron fires for eta < v and not from eta = v on. There are at
most 48 (d-2) of them, so the window is found exactly, as a union of half-open intervals [v, v') whose ends are lattice
points: sort them rigorously, walk down from the top, and decide P[success] >= target in every cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from flint import arb, ctx, fmpq

from theory.separation.self_attention.answers import probability_target
from theory.separation.self_attention.exact_numbers import LAST_BITS, Gain, Number, Undecided, to_fmpq
from theory.separation.self_attention.law import ALL_SIGNS, SILENT_FOUR, Network, network_rows
from theory.separation.self_attention.parameters import Parameters, exact_integer, exact_rational
from theory.separation.self_attention.success import Success

if TYPE_CHECKING:
    from theory.separation.self_attention.parameters import ExactNumber


@dataclass(frozen=True)
class LatticePoint:
    """A value v = (slope N + offset)/(N+n-1) of eta at which a row stops firing for some signs.

    which: 0 for the wanted network, 1 for one that must be silent. triple: index of the signs in ALL_SIGNS.
    count: the least K, of the d - 3 free signs, with which the row fires for all eta < v.
    """

    gain: Gain
    n: int
    slope: fmpq
    offset: fmpq
    which: int
    triple: int
    count: int

    def key(self) -> tuple:
        """Equal keys are equal values; a rational value has the key (value,)."""
        if self.gain.exact is not None:
            return ((self.slope * self.gain.exact + self.offset) / (self.gain.exact + self.n - 1),)
        if self.offset == self.slope * (self.n - 1):
            return (self.slope,)
        return (self.gain.name, self.slope, self.offset)

    def enclose(self, bits: int) -> arb:
        with ctx.workprec(bits):
            gain = self.gain.enclose(bits)
            return (gain * self.slope + self.offset) / (gain + (self.n - 1))

    def number(self) -> Number:
        key = self.key()
        exact = Fraction(int(key[0].p), int(key[0].q)) if len(key) == 1 else None
        return Number(exact, self.enclose(256))


@dataclass(frozen=True)
class Interval:
    """Thresholds low <= eta < high, whose ends are lattice points."""

    low: Number
    high: Number

    def grid(self, step: Fraction) -> tuple[Fraction, Fraction] | None:
        """The least and the largest multiple of `step` in the interval, or None if there is none."""
        first, beyond = _least_multiple(self.low, step), _least_multiple(self.high, step)
        return (first * step, (beyond - 1) * step) if first < beyond else None


def _least_multiple(number: Number, step: Fraction) -> int:
    """Least integer k with k * step >= number."""
    if number.exact is not None:
        return -((-number.exact) // step)
    with ctx.workprec(256):
        found = (number.enclosure / to_fmpq(step)).ceil().unique_fmpz()
    if found is None:
        raise Undecided(f"A lattice point equals a multiple of {step} to 256 bits; choose another grid.")
    return int(found)


@dataclass(frozen=True)
class ThresholdWindow:
    """Where P[success] >= target. In eta = tau/L - c; add c for tau.

    value: (lower end of the first, upper end of the last interval), or None if no threshold succeeds.
    intervals: all of them, in ascending order. holes: the gaps between them, in which the target is missed.
    """

    value: tuple[Number, Number] | None
    intervals: tuple[Interval, ...]
    holes: tuple[Interval, ...]
    target: Fraction
    width: int
    parameters: Parameters
    message: str

    def on_grid(self, step: ExactNumber = "1/100") -> tuple[tuple[Fraction, Fraction], ...]:
        """The intervals on the multiples of `step`: first and last grid point of each, where it holds one."""
        found = (interval.grid(exact_rational(step, "step")) for interval in self.intervals)
        return tuple(ends for ends in found if ends is not None)


def threshold_window(
    parameters: Parameters, target: ExactNumber, width: int, silent: Sequence[Network] = SILENT_FOUR
) -> ThresholdWindow:
    """All thresholds with which `width` neurons reach P[success] >= target > 0, exactly.

    Success: softmax fires on D1, and none of `silent` fires. The threshold in `parameters` is not used.
    Raises Undecided if two lattice points that are not proven equal agree to 2^16 bits.

    >>> window = threshold_window(Parameters(n=100, d=12, a0="0.05", a1="0.7", b="0.5", eta=0), "0.99", 60)
    >>> [(float(low), float(high)) for low, high in window.on_grid()], len(window.holes)
    ([(0.52, 0.84)], 0)
    """
    goal, neurons = probability_target(target), exact_integer(width, "width", 1)
    points = _sorted_groups(list(_lattice_points(parameters, silent)))
    none = parameters.d - 2
    least = [[none] * len(ALL_SIGNS), [none] * len(ALL_SIGNS)]
    intervals: list[Interval] = []
    top: LatticePoint | None = None  # upper end of the successful interval that the walk is in
    verdict = False
    for group in reversed(points):
        # entering the cell below this point
        changed = False
        for point in group:
            if point.count < least[point.which][point.triple]:
                least[point.which][point.triple] = point.count
                changed = True
        if not changed:
            continue
        success = Success(parameters.d, tuple(least[1]), tuple(least[0])).at_least(neurons, goal)
        if success and not verdict:
            top = group[0]
        if verdict and not success and top is not None:
            intervals.append(Interval(group[0].number(), top.number()))
        verdict = success
    intervals.reverse()
    return _window(tuple(intervals), goal, neurons, parameters)


def _window(intervals: tuple[Interval, ...], goal: Fraction, neurons: int, parameters: Parameters) -> ThresholdWindow:
    holes = tuple(Interval(one.high, other.low) for one, other in pairwise(intervals))
    if not intervals:
        value = None
        message = (
            f"None exists: with m = {neurons} neurons no threshold reaches P4 >= {goal} at n = {parameters.n}, "
            f"d = {parameters.d}; every lattice cell of eta was tried."
        )
    else:
        value = (intervals[0].low, intervals[-1].high)
        gaps = "no holes" if not holes else f"{len(holes)} holes"
        message = (
            f"P4 >= {goal} with m = {neurons} for {value[0]} <= eta < {value[1]}, with {gaps}; tau = c + eta in units "
            "of sqrt(log n)."
        )
    return ThresholdWindow(value, intervals, holes, goal, neurons, parameters, message)


def _lattice_points(parameters: Parameters, silent: Sequence[Network]) -> Iterator[LatticePoint]:
    n, d, b, c = parameters.n, parameters.d, to_fmpq(parameters.b), to_fmpq(parameters.c)
    rows = network_rows(parameters)
    for which, networks in enumerate(((Network.SOFTMAX_NEEDLE,), silent)):
        for network in networks:
            a = to_fmpq(rows[network].a)
            for gain in rows[network].gains:
                for triple, (first, last, needle) in enumerate(ALL_SIGNS):
                    below = c * (1 - last)
                    slope = a * first + b * needle - below
                    for count in range(d - 2):
                        middle = needle + 2 * count - (d - 3)
                        offset = b * middle * n / (d - 2) - b * needle - below * (n - 1)
                        yield LatticePoint(gain, n, slope, offset, which, triple, count)


def _sorted_groups(points: list[LatticePoint], bits: int = 128) -> list[list[LatticePoint]]:
    """The points in ascending order, equal ones together; overlapping enclosures are computed anew at more bits."""
    if len({point.key() for point in points}) <= 1:
        return [points] if points else []
    if bits > LAST_BITS:
        raise Undecided(f"Two lattice points agree to {LAST_BITS} bits but are not proven equal.")
    scale = arb(2) ** (bits - 24)
    ends: list[tuple[int, int, LatticePoint]] = []
    for point in points:
        with ctx.workprec(bits):
            scaled = point.enclose(bits) * scale
            ends.append((int(scaled.lower().floor().unique_fmpz()), int(scaled.upper().ceil().unique_fmpz()), point))  # type: ignore[arg-type]
    ends.sort(key=lambda end: end[0])
    clusters: list[list[LatticePoint]] = []
    reach = None
    for low, high, point in ends:
        if reach is None or low > reach:
            clusters.append([])
            reach = high
        clusters[-1].append(point)
        reach = max(reach, high)
    return [group for cluster in clusters for group in _sorted_groups(cluster, 2 * bits)]
