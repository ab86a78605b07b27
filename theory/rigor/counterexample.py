"""Counterexamples: exact rational points at which a statement is certainly false and all hypotheses certainly hold.

A point declared with the domain is tried first, then corners and scattered points, then the difference of the two sides
is pushed down by a pattern search.
Only proposals come from that; a witness is confirmed by `truth_at` at the exact point, with as many bits as it takes.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

import sympy as sp

from theory.evidence import Effort
from theory.rigor.certificate import Goal, Span, initial_goal
from theory.rigor.evaluate import UnsupportedExpression, truth_at
from theory.rigor.interval import Interval, precision
from theory.rigor.rules import difference, rational_bound
from theory.rigor.search import GoalProgram, Point, contains, rational
from theory.rigor.truth import Truth

if TYPE_CHECKING:
    from theory.domain import Domain

MOST_CORNERS = 256
FAR = (10, 1000, 10**6, 10**12, 10**60)  # distances from the finite end that are tried on an unbounded range
SMALLEST_STEP = Fraction(1, 10**9)  # of the pattern search, which then starts again with large steps
Values = tuple[Fraction, ...]


def find_counterexample(statement: Any, domain: Domain, effort: Effort | None = None) -> Point | None:
    """A point of the domain at which the statement is false, confirmed rigorously; None if none was found.

    Raises UnsupportedExpression if the statement holds something that the evaluator cannot enclose.
    """
    effort = effort or Effort()
    goal = initial_goal(statement, domain)
    symbols = tuple(domain.ranges)
    if set(domain.witness) == set(symbols):
        declared: Point = {symbol: sp.sympify(domain.witness[symbol]) for symbol in symbols}
        if confirmed(statement, domain, declared):
            return declared
    for values in proposals(goal, 200 if effort.quick else 1000, effort.seed):
        point = {symbol: rational(value) for symbol, value in zip(symbols, values, strict=True)}
        if confirmed(statement, domain, point):
            return simplest(statement, domain, point)
    return None


def simplest(statement: Any, domain: Domain, point: Point) -> Point:
    """A witness near `point` with short coordinates, for readers; each shortening is confirmed."""
    for symbol, value in point.items():
        if value.is_integer and abs(value) > 10:
            powers = (sp.sign(value) * 10**k for k in range(1, len(str(abs(value)))))
            nearer = (point | {symbol: power} for power in powers)
            point = next((closer for closer in nearer if confirmed(statement, domain, closer)), point)
            continue
        for denominator in (1, 10, 100, 1000, 10**4, 10**6):
            short = rational(Fraction(int(value.p), int(value.q)).limit_denominator(denominator))
            if short == value:
                break
            if confirmed(statement, domain, point | {symbol: short}):
                point = point | {symbol: short}
                break
    return point


def confirmed(statement: Any, domain: Domain, point: Point) -> bool:
    """Whether the point lies in the domain, every hypothesis is true there, and the statement is false there."""
    goal = initial_goal(statement, domain)
    values = [Fraction(int(value.p), int(value.q)) for value in point.values()]
    return (
        all(contains(span, value) for span, value in zip(goal.spans.values(), values, strict=True))
        and all(truth_at(hypothesis, point) is Truth.TRUE for hypothesis in domain.hypotheses)
        and truth_at(statement, point) is Truth.FALSE
    )


def false_somewhere(goal: Goal, points: int = 48) -> bool:
    """Whether the goal is certainly false at one of a few scattered points of its spans."""
    try:
        program = GoalProgram(goal)
    except UnsupportedExpression:
        return False
    complete = _Completion(goal)
    with precision(64):
        return any(
            program.false_at(values)
            for scattered in itertools.islice(_scattered(goal, 0), points)
            if (values := complete(scattered)) is not None
        )


def proposals(goal: Goal, count: int, seed: int) -> Iterator[Values]:
    """Points of the spans at which the goal may be false: those where intervals already say so."""
    program = GoalProgram(goal)
    complete = _Completion(goal)
    promising: list[tuple[Any, Values]] = []
    with precision(64):
        for scattered in itertools.islice(_scattered(goal, seed), count):
            values = complete(scattered)
            if values is None:
                continue
            if program.false_at(values):
                yield values
            height = _height(program, values)
            if height is not None:
                promising.append((height, values))
        promising.sort(key=lambda pair: float(pair[0]))
        for _, values in promising[:4]:
            lowest = _descend(program, complete, values, count // 5)
            if program.false_at(lowest):
                yield lowest
    # what 64 bits cannot tell from a tie may still be false
    yield from (values for height, values in promising[:8] if abs(float(height)) < 1e-9)


def _height(program: GoalProgram, values: Values) -> Any | None:
    """The difference at a point where every hypothesis holds; None elsewhere."""
    point = tuple(Interval.of(value) for value in values)
    if program.gap is None or any(h.truth(point) is not Truth.TRUE for h in program.hypotheses):
        return None
    height = program.gap.interval(point)
    if not (height.defined and height.bounded):
        return None
    middle = (height.lo + height.hi).mid() / 2
    sharp = height.hi - height.lo <= (1 + abs(middle)) / 1000  # a wide enclosure says nothing about the height
    return middle.mid() if sharp else None


def _descend(program: GoalProgram, complete: _Completion, values: Values, rounds: int) -> Values:
    """Pattern search along the coordinates; each has a step that grows while it helps and shrinks when it does not."""
    best, best_height = values, _height(program, values)
    shares = [Fraction(1, 4)] * len(values)
    for _ in range(rounds):
        for index, span in enumerate(program.spans):
            improved = False
            for direction in (1, -1):
                target = _move(span, best[index], direction * shares[index])
                moved = complete((*best[:index], target, *best[index + 1 :]))
                height = None if moved is None else _height(program, moved)
                if moved is not None and height is not None and (best_height is None or height < best_height):
                    best, best_height, improved = moved, height, True
                    if program.false_at(best):
                        return best
                    break
            shares[index] = min(2 * shares[index], Fraction(8)) if improved else shares[index] / 3
            if shares[index] < SMALLEST_STEP:
                shares[index] = Fraction(1)
    return best


def _move(span: Span, value: Fraction, share: Fraction) -> Fraction:
    """The value moved by a share of the span's width, or of its own size where the span is unbounded."""
    if span.values is not None:
        return value
    if span.low.is_finite and span.high.is_finite:
        width = rational_bound(span.high, "down") - rational_bound(span.low, "up")
    else:
        width = abs(value) + 1
    moved = (value + share * width).limit_denominator(10**15)
    if span.integer:
        moved = Fraction(floor(moved + Fraction(1, 2)))
    if contains(span, moved):
        return moved
    return (_reachable_end(span, "low") if share < 0 else _reachable_end(span, "high")) or value


def _reachable_end(span: Span, end: str) -> Fraction | None:
    value, is_open = (span.low, span.left_open) if end == "low" else (span.high, span.right_open)
    if is_open or not value.is_finite:
        return None
    return rational_bound(value, "up" if end == "low" else "down")


class _Completion:
    """Makes points fit hypotheses that are equations, by computing one variable from the others."""

    def __init__(self, goal: Goal) -> None:
        self.spans = goal.spans
        self.solved: dict[sp.Symbol, Any] = {}
        for hypothesis in goal.hypotheses:
            found = difference(hypothesis)
            if found is None or found[1] != "==":
                continue
            variables: Any = sorted(found[0].free_symbols & set(goal.spans), key=str, reverse=True)
            for v in variables:
                slope = sp.diff(found[0], v)
                if v in self.solved or slope.has(v) or any(v in e.free_symbols for e in self.solved.values()):
                    continue
                self.solved[v] = sp.cancel(v - found[0] / slope)
                break

    def __call__(self, values: Sequence[Fraction]) -> Values | None:
        """The point with the computed variables put right; None if they leave their spans or are not rational."""
        if not self.solved:
            return tuple(values)
        point: dict[Any, Any] = {v: rational(value) for v, value in zip(self.spans, values, strict=True)}
        for v, expression in self.solved.items():
            value = expression.xreplace({w: x for w, x in point.items() if w != v})
            if not isinstance(value, sp.Rational):
                return None
            exact = Fraction(int(value.p), int(value.q))
            if not contains(self.spans[v], exact):
                return None
            point[v] = value
        return tuple(Fraction(int(x.p), int(x.q)) for x in point.values())


def _scattered(goal: Goal, seed: int) -> Iterator[Values]:
    """Corners (every combination, up to a number), then combinations drawn at random from landmarks and between."""
    spans = list(goal.spans.values())
    if not spans:
        yield ()
        return
    landmarks = [_landmarks(span) for span in spans]
    if any(not marks for marks in landmarks):
        return
    yield from itertools.islice(itertools.product(*([marks[0], marks[-1]] for marks in landmarks)), MOST_CORNERS)
    generator = random.Random(seed)
    while True:
        yield tuple(
            generator.choice(marks) if generator.random() < 0.5 else _between(span, generator)
            for span, marks in zip(spans, landmarks, strict=True)
        )


def _landmarks(span: Span) -> list[Fraction]:
    """Ends (or points just inside open ones), the middle, and far points of an unbounded span."""
    if span.values is not None:
        return [Fraction(int(value.p), int(value.q)) for value in span.values if value.is_Rational]
    low = rational_bound(span.low, "up") if span.low.is_finite else None
    high = rational_bound(span.high, "down") if span.high.is_finite else None
    if low is not None and high is not None:
        shares = (Fraction(k, 1000) for k in (0, 1, 10, 100, 250, 500, 750, 900, 990, 999, 1000))
        marks = [low + share * (high - low) for share in shares]
    elif low is not None:
        marks = [low, *(low + Fraction(1, k) for k in (1000, 10, 2)), low + 1, low + 2, *(low + far for far in FAR)]
    elif high is not None:
        marks = [
            *(high - far for far in FAR),
            high - 2,
            high - 1,
            *(high - Fraction(1, k) for k in (2, 10, 1000)),
            high,
        ]
    else:
        marks = [Fraction(-far) for far in reversed(FAR)] + [Fraction(k, 2) for k in range(-4, 5)]
        marks += [Fraction(far) for far in FAR]
    if span.integer:
        marks = [Fraction(floor(mark)) for mark in marks] + [Fraction(floor(mark) + 1) for mark in marks]
    return sorted({mark for mark in marks if contains(span, mark)})


def _between(span: Span, generator: random.Random) -> Fraction:
    """A random point of a span, reaching far along an unbounded one; one of the landmarks if it misses the span."""
    share = Fraction(generator.randrange(1, 2**20), 2**20)
    if span.values is None:
        if span.low.is_finite and span.high.is_finite:
            low, high = rational_bound(span.low, "up"), rational_bound(span.high, "down")
            value = low + share * (high - low)
        elif span.low.is_finite:
            value = rational_bound(span.low, "up") + share / (1 - share)
        elif span.high.is_finite:
            value = rational_bound(span.high, "down") - share / (1 - share)
        else:
            value = (2 * share - 1) / (share * (1 - share))
        if span.integer:
            value = Fraction(floor(value))
        if contains(span, value):
            return value
    return generator.choice(_landmarks(span))
