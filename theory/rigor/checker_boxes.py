"""Leaves, for the checker: boxes within a region, and whether what a leaf says is certain on its box."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import sympy as sp
from flint import ctx, fmpq

from theory.rigor import certificate as fmt
from theory.rigor import checker_spans as spans
from theory.rigor.checker_algebra import outer
from theory.rigor.checker_cover import Side, ceiling
from theory.rigor.checker_decider import Decider
from theory.rigor.checker_defined import bisect
from theory.rigor.checker_spans import Span, precision

Ends = Sequence[tuple[fmpq | None, fmpq | None]]
MOST_PIECES = 200  # how many parts of a leaf are looked at before it is rejected
MOST_BITS = 16_384
EXACT_BITS = 4_096  # to compare a rational with an irrational end


def exact(end: Fraction | str) -> fmpq | None:
    return fmpq(end.numerator, end.denominator) if isinstance(end, Fraction) else None


def exact_side(side: fmt.Span) -> Side:
    """The side in rationals; an irrational end is moved outward by less than any end that a certificate could name."""
    with precision(EXACT_BITS):
        span = outer(side)
        ends = []
        for end, bound in ((side.low, span.low), (side.high, span.high)):
            if isinstance(end, sp.Rational) and end.is_finite:
                ends.append(fmpq(int(end.p), int(end.q)))
            else:
                ends.append(bound.fmpq() if bound.is_finite() else None)
    return Side(ends[0], ends[1], bool(side.integer))


def _clipped(box: Ends, sides: Sequence[Side], ends: Sequence[Span]) -> list[Span] | None:
    """The part of a closed box within the region, as spans; None if it is empty."""
    clipped = []
    for (low, high), side, span in zip(box, sides, ends, strict=True):
        if side.integer:
            low = None if low is None else fmpq(ceiling(low))
            high = None if high is None else fmpq(high.floor())
        bottom, top = Span(span.low, span.low, span.low_open), Span(span.high, span.high, False, span.high_open)
        if low is not None and (side.low is None or low > side.low):
            bottom = spans.rational(Fraction(int(low.p), int(low.q)))
        else:
            low = side.low
        if high is not None and (side.high is None or high < side.high):
            top = spans.rational(Fraction(int(high.p), int(high.q)))
        else:
            high = side.high
        if low is not None and high is not None and low > high:
            return None
        clipped.append(Span(bottom.low, top.high, bottom.low_open, top.high_open))
    return clipped


class RegionBoxes:
    """The boxes of leaves as parts of one region."""

    def __init__(self, sides: Sequence[fmt.Span]) -> None:
        self.exact = [exact_side(side) for side in sides]
        self._sides = tuple(sides)
        self._outer: dict[int, list[Span]] = {}

    def part(self, box: Ends) -> list[Span] | None:
        """The part of a closed box within the region, as spans of the working precision; None if it is empty."""
        if ctx.prec not in self._outer:
            self._outer[ctx.prec] = [outer(side) for side in self._sides]
        return _clipped(box, self.exact, self._outer[ctx.prec])


def certain(decider: Decider, leaf: fmt.Leaf, box: Ends, region: RegionBoxes, bits: int) -> bool:
    """Whether what a leaf says is certain on its box: by its own form, else by the other, by more digits or parts."""
    return any(_certain(decider, leaf, box, region, min(more, MOST_BITS)) for more in (bits, 4 * bits, 32 * bits))


def _certain(decider: Decider, leaf: fmt.Leaf, box: Ends, region: RegionBoxes, bits: int) -> bool:
    wanted = leaf.by == "statement"
    forms: list[Callable[[list[Span]], bool | None]] = [decider.natural, decider.mean_value]
    if leaf.form == "mean value":
        forms.reverse()
    with precision(bits):
        here = region.part(box)
        pending = [] if here is None else [here]
        for _ in range(MOST_PIECES):
            if not pending:
                return True
            here = pending.pop()
            if any(form(here) is wanted for form in forms):
                continue
            halves = bisect(here)
            if halves is None:
                return False
            pending += halves
    return not pending
