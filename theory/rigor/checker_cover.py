"""Whether boxes cover a region, exactly.

All ends are rationals or infinite and are compared as such. A box that covers no interior of a real side adds nothing
to a cover (closed boxes that cover all but a thin set cover it all), and an integer side from i to j is treated as the
real side from i to j + 1, so that boxes meet between consecutive integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq, fmpz

LARGEST_EFFORT = 40  # how often, on average, a box may be handled before the checker gives up


@dataclass(frozen=True)
class Side:
    """One side of a region: from `low` to `high`, None for an infinite end; `integer` if only integers count."""

    low: fmpq | None
    high: fmpq | None
    integer: bool = False


def ceiling(value: fmpq) -> fmpz:
    return -((-value).floor())


def gap(region: Sequence[Side], boxes: Sequence[Sequence[tuple[fmpq | None, fmpq | None]]]) -> str | None:
    """None if the union of the closed `boxes` contains the region; else a sentence about what is not covered.

    boxes: for each side (low, high), None for an infinite end. Boxes may overlap and reach beyond the region.
    The work is that of sorting if the boxes come from repeated bisection. For other arrangements it may be more,
    and the answer is then a sentence that says that the cover could not be verified.
    """
    for side in region:
        if side.integer and side.low is not None and side.high is not None and ceiling(side.low) > side.high.floor():
            return None
    clipped = [c for c in (_clip(region, box) for box in boxes) if c is not None]
    grids = [_grid(dimension, clipped) for dimension in range(len(region))]
    tops = [len(grid) + 1 for grid in grids]
    whole = tuple((0, top) for top in tops)
    placed = []
    for box in clipped:
        placed.append(
            tuple(
                (0 if low is None else grid[low], top if high is None else grid[high])
                for (low, high), grid, top in zip(box, grids, tops, strict=True)
            )
        )
    effort = LARGEST_EFFORT * (len(placed) + 50)
    pending = [(whole, placed)]
    while pending:
        place, candidates = pending.pop()
        effort -= len(candidates)
        if effort < 0:
            return "the boxes are arranged so that their cover could not be verified in reasonable time"
        if any(all(a <= c and b >= d for (a, b), (c, d) in zip(box, place, strict=True)) for box in candidates):
            continue
        if not candidates:
            return f"nothing covers the part {_describe(place, grids)}"
        dimension, cut = _cut(place, candidates)
        low, high = place[dimension]
        for a, b in ((low, cut), (cut, high)):
            part = (*place[:dimension], (a, b), *place[dimension + 1 :])
            pending.append((part, [box for box in candidates if box[dimension][0] < b and box[dimension][1] > a]))
    return None


_Box = Sequence[tuple[fmpq | None, fmpq | None]]


def _clip(region: Sequence[Side], box: _Box) -> list[tuple[fmpq | None, fmpq | None]] | None:
    """The part of the box within the region, an end that reaches the region's end replaced by None; None if thin."""
    if len(box) != len(region):
        return None
    clipped = []
    for side, (low, high) in zip(region, box, strict=True):
        bottom, top = side.low, side.high
        if side.integer:
            low = None if low is None else fmpq(ceiling(low))
            high = None if high is None else fmpq(high.floor() + 1)
            bottom = None if bottom is None else fmpq(ceiling(bottom))
            top = None if top is None else fmpq(top.floor() + 1)
        if low is not None and bottom is not None and low <= bottom:
            low = None
        elif low is not None and top is not None and low >= top:
            return None
        if high is not None and top is not None and high >= top:
            high = None
        elif high is not None and bottom is not None and high <= bottom:
            return None
        if low is not None and high is not None and low >= high:
            return None
        clipped.append((low, high))
    return clipped


def _grid(dimension: int, boxes: Sequence[_Box]) -> dict[fmpq, int]:
    """The place of every end that lies inside the side, counted from 1, in increasing order."""
    ends = sorted({end for box in boxes for end in box[dimension] if end is not None})
    return {end: place for place, end in enumerate(ends, start=1)}


def _cut(place: tuple[tuple[int, int], ...], boxes: Sequence[Sequence[tuple[int, int]]]) -> tuple[int, int]:
    """A dimension and a place to cut at: one that cuts no box, near the middle, if there is one."""
    best: tuple[int, int, int, int] | None = None
    for dimension, (low, high) in enumerate(place):
        opening: dict[int, int] = {}
        closing: dict[int, int] = {}
        for box in boxes:
            a, b = max(box[dimension][0], low), min(box[dimension][1], high)
            opening[a] = opening.get(a, 0) + 1
            closing[b] = closing.get(b, 0) + 1
        ended = begun = 0
        for end in sorted(opening.keys() | closing.keys()):
            # Boxes that have begun before `end` and not ended by it are cut.
            ended += closing.get(end, 0)
            if low < end < high:
                crossing, imbalance = begun - ended, abs(2 * ended + (begun - ended) - len(boxes))
                if best is None or (crossing, imbalance) < best[:2]:
                    best = (crossing, imbalance, dimension, end)
            begun += opening.get(end, 0)
    assert best is not None, "a box that does not cover its place has an end inside it"
    return best[2], best[3]


def _describe(place: Sequence[tuple[int, int]], grids: Sequence[dict[fmpq, int]]) -> str:
    sides = []
    for (low, high), grid in zip(place, grids, strict=True):
        ends = {number: end for end, number in grid.items()}
        sides.append(f"[{ends.get(low, 'its low end')}, {ends.get(high, 'its high end')}]")
    return " x ".join(sides)
