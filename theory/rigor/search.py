"""Branch and bound: a goal is proved by covering its spans with boxes on which interval arithmetic decides.

Boxes have exact rational ends and are cut at short dyadic rationals, so that the leaves cover the spans exactly.
Unbounded boxes are evaluated as they are and cut at growing powers of two. Integer variables have integer ends,
and the gap between two consecutive integers is left out.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, isqrt
from typing import Any

import sympy as sp
from flint import arb

from theory.rigor.certificate import Goal, Leaf, Leaves, Span
from theory.rigor.evaluate import Program, compile_expression, compile_statement
from theory.rigor.interval import ZERO, Interval, precision
from theory.rigor.rules import difference, rational_bound
from theory.rigor.truth import Truth

End = Fraction | str  # a rational, "-oo" or "oo"
ExactBox = tuple[tuple[End, End], ...]
Point = dict[sp.Symbol, Any]  # the values are SymPy rationals
FARTHEST = Fraction(2) ** 4096  # an unbounded side that begins beyond this is not cut again


@dataclass(frozen=True)
class Budget:
    """How long a proof may take; both are positive.

    boxes: boxes evaluated in all. seconds: of computing, so that a busy machine decides as an idle one does.
    """

    boxes: int = 200_000
    seconds: float = 60.0


class Meter:
    """What is left of a budget while a proof is sought."""

    def __init__(self, budget: Budget) -> None:
        self.boxes = 0
        self.most_boxes = budget.boxes
        self.deadline = time.thread_time() + budget.seconds

    @contextmanager
    def half_of_the_time(self) -> Iterator[None]:
        """Inside the block the time counts as spent when half of it is."""
        deadline = self.deadline
        now = time.thread_time()
        self.deadline = now + (deadline - now) / 2
        try:
            yield
        finally:
            self.deadline = deadline

    @property
    def spent(self) -> bool:
        return self.boxes >= self.most_boxes or time.thread_time() > self.deadline


@dataclass(frozen=True)
class Search:
    """What a search found: a node if it proved the goal, the boxes left if not, and a point that refutes the goal."""

    node: Leaves | None
    remaining: tuple[ExactBox, ...] = ()
    false_at: Point | None = None


def region(spans: Iterable[Span]) -> ExactBox | None:
    """The least box with rational (or integer, or infinite) ends around the spans; None if it holds no point."""
    box: list[tuple[End, End]] = []
    for span in spans:
        low: End = "-oo" if span.low == -sp.oo else rational_bound(span.low, "down")
        high: End = "oo" if span.high == sp.oo else rational_bound(span.high, "up")
        if span.integer:
            low = low if isinstance(low, str) else Fraction(ceil(low))
            high = high if isinstance(high, str) else Fraction(floor(high))
        if isinstance(low, Fraction) and isinstance(high, Fraction) and low > high:
            return None
        box.append((low, high))
    return tuple(box)


def intervals(box: ExactBox) -> tuple[Interval, ...]:
    """The box at the working precision, rounded outwards."""
    return tuple(Interval.of(low, high) for low, high in box)


class GoalProgram:
    """The statement and the hypotheses of a goal, compiled."""

    def __init__(self, goal: Goal) -> None:
        self.spans = tuple(goal.spans.values())
        self.symbols = tuple(goal.spans)
        self.statement = compile_statement(goal.statement, self.symbols)
        self.hypotheses = [compile_statement(hypothesis, self.symbols) for hypothesis in goal.hypotheses]
        found = difference(goal.statement)
        self.gap: Program | None = compile_expression(found[0], self.symbols) if found else None
        self.strict = found is not None and found[1] == ">"
        self.signed = found is not None and found[1] in (">=", ">")

    def decide(self, box: ExactBox) -> tuple[Leaf | None, Sequence[Interval]]:
        """A leaf if the box is decided; and the gradient of the difference, if it was needed and exists."""
        inside = intervals(box)
        truth = self.statement.truth(inside)
        if truth is Truth.TRUE:
            return Leaf(box), ()
        for index, hypothesis in enumerate(self.hypotheses):
            if hypothesis.truth(inside) is Truth.FALSE:
                return Leaf(box, index), ()
        if self.gap is None or not self.signed or not all(side.bounded for side in inside):
            return None, ()
        _, gradient = self.gap.value_and_gradient(inside)
        if truth is not Truth.FALSE and self._mean_value_decides(box, inside, gradient):
            return Leaf(box, form="mean value"), gradient
        return None, gradient

    def _mean_value_decides(self, box: ExactBox, inside: Sequence[Interval], gradient: Sequence[Interval]) -> bool:
        assert self.gap is not None
        centre = tuple(Interval.of((low + high) / 2) for low, high in box)  # type: ignore[operator]
        value = self.gap.interval(centre)
        for slope, side, middle in zip(gradient, inside, centre, strict=True):
            value = value + slope * (side - middle)
        return value.defined and bool(value.lo > ZERO if self.strict else value.lo >= ZERO)

    def false_at(self, values: Sequence[Fraction]) -> bool:
        """Whether the statement is certainly false and every hypothesis certainly true at a point of the spans."""
        point = tuple(Interval.of(value) for value in values)
        return self.statement.truth(point) is Truth.FALSE and all(
            hypothesis.truth(point) is Truth.TRUE for hypothesis in self.hypotheses
        )


def search(goal: Goal, meter: Meter, boxes: int, bits: int = 64) -> Search:
    """Cover the goal's spans with leaves, using at most `boxes` boxes and what the meter allows.

    Raises UnsupportedExpression if the evaluator cannot enclose the goal. Variables with `values` are not searched.
    """
    if any(span.values is not None for span in goal.spans.values()):
        return Search(None)
    start = region(goal.spans.values())
    if start is None:
        return Search(Leaves((), bits))
    program = GoalProgram(goal)
    queue: deque[ExactBox] = deque([start])
    stuck: list[ExactBox] = []
    leaves: list[Leaf] = []
    used = 0
    with precision(bits):
        while queue and used < boxes and meter.boxes < meter.most_boxes and not (used % 32 == 0 and meter.spent):
            box = queue.popleft()
            used += 1
            meter.boxes += 1
            leaf, gradient = program.decide(box)
            if leaf is not None:
                leaves.append(leaf)
                continue
            if used < 500 or used % 8 == 0:
                values = [inner_value(low, high, span) for (low, high), span in zip(box, program.spans, strict=True)]
                if all(contains(span, value) for span, value in zip(program.spans, values, strict=True)) and (
                    program.false_at(values)
                ):
                    point = {v: rational(value) for v, value in zip(program.symbols, values, strict=True)}
                    return Search(None, false_at=point)
            halves = cut(box, program.spans, gradient)
            if halves is None:
                stuck.append(box)
            else:
                queue.extend(halves)
    if not queue and not stuck:
        return Search(Leaves(tuple(leaves), bits))
    return Search(None, (*stuck, *queue))


def rational(value: Fraction) -> Any:
    return sp.Rational(value.numerator, value.denominator)


def contains(span: Span, value: Fraction) -> bool:
    """Whether a rational lies in a span."""
    exact = rational(value)
    if span.values is not None:
        return exact in span.values
    if span.integer and value.denominator != 1:
        return False
    above = exact > span.low if span.left_open else exact >= span.low
    below = exact < span.high if span.right_open else exact <= span.high
    return above == sp.true and below == sp.true


def inner_value(low: End, high: End, span: Span) -> Fraction:
    """A rational between two ends; an integer for an integer variable."""
    if isinstance(low, Fraction) and isinstance(high, Fraction):
        middle = (low + high) / 2
    elif isinstance(low, Fraction):
        middle = max(2 * low, low + 1)
    else:
        middle = min(2 * high, high - 1) if isinstance(high, Fraction) else Fraction(0)
    return Fraction(floor(middle)) if span.integer else middle


def cut(box: ExactBox, spans: Sequence[Span], gradient: Sequence[Interval]) -> tuple[ExactBox, ExactBox] | None:
    """The two halves of the box across the side that matters most; None if no side can be cut."""
    sides = [side for side in range(len(box)) if _can_cut(*box[side])]
    if not sides:
        return None
    widest = max(sides, key=lambda side: _compact_width(box[side]))
    chosen = widest
    if gradient and all(slope.defined and slope.bounded for slope in gradient):
        steepest = max(sides, key=lambda side: _variation(box[side], gradient[side]))
        # a side that the gradient finds unimportant is still cut once it has become far wider than the chosen one
        if _compact_width(box[widest]) <= 64 * _compact_width(box[steepest]):
            chosen = steepest
    low, high = box[chosen]
    at = cut_point(low, high)
    below: tuple[End, End] = (low, at)
    above: tuple[End, End] = (at, high)
    if spans[chosen].integer:
        below, above = (low, Fraction(floor(at))), (Fraction(floor(at) + 1), high)
    return (*box[:chosen], below, *box[chosen + 1 :]), (*box[:chosen], above, *box[chosen + 1 :])


def _can_cut(low: End, high: End) -> bool:
    finite = [end for end in (low, high) if isinstance(end, Fraction)]
    return low != high and (len(finite) == 2 or all(abs(end) < FARTHEST for end in finite))


def cut_point(low: End, high: End) -> Fraction:
    """A short dyadic rational strictly inside, or at the floor of the middle for neighbouring integers."""
    if isinstance(low, Fraction) and isinstance(high, Fraction):
        if low > 0 and high > 8 * low:
            return _geometric_middle(low, high)
        if high < 0 and low < 8 * high:
            return -_geometric_middle(-high, -low)
        return _dyadic((low + high) / 2, (high - low) / 4)
    if isinstance(low, Fraction):
        return Fraction(1) if low < 1 else Fraction(2) ** (2 * floor(low).bit_length())
    if isinstance(high, Fraction):
        return -cut_point(-high, "oo")
    return Fraction(0)


def _dyadic(value: Fraction, resolution: Fraction) -> Fraction:
    """The nearest multiple of the largest power of two that is at most `resolution`."""
    step = Fraction(2) ** (resolution.numerator.bit_length() - resolution.denominator.bit_length() - 1)
    return round(value / step) * step


def _geometric_middle(low: Fraction, high: Fraction) -> Fraction:
    square = low * high
    scale = max(0, square.denominator.bit_length() - square.numerator.bit_length() + 8)
    scale += scale % 2
    root = Fraction(isqrt(floor(square * 2**scale)), 2 ** (scale // 2))
    return _dyadic(root, root / 8)


def _compact_width(side: tuple[End, End]) -> float:
    """The width of a side on the real line bent to a bounded one, so that unbounded sides have a width."""
    ends = [-1.0 if end == "-oo" else 1.0 if end == "oo" else float(end / (1 + abs(end))) for end in side]  # type: ignore[operator]
    if side[0] != side[1] and ends[0] == ends[1]:
        return 1e-300
    return ends[1] - ends[0]


def _variation(side: tuple[End, End], slope: Interval) -> arb:
    """How much the difference can vary along a bounded side."""
    low, high = intervals((side,))[0].lo, intervals((side,))[0].hi
    steepest = -slope.lo if -slope.lo > slope.hi else slope.hi
    return (steepest * (high - low)).mid()
