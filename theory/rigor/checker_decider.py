"""Truth of one statement on boxes, for the checker: by natural evaluation or by the mean-value form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from theory.rigor import checker_spans as spans
from theory.rigor.checker_expressions import CONNECTIVES, RELATIONS, Box, Program, UnsupportedExpression
from theory.rigor.checker_spans import Span


class Decider:
    """Decides one statement on boxes of the variables `symbols`, naturally or by the mean-value form."""

    def __init__(self, statement: sp.Basic, symbols: Sequence[sp.Symbol]) -> None:
        """Raises UnsupportedExpression if the statement holds something that cannot be evaluated."""
        self._symbols = tuple(symbols)
        self._statement = statement
        self._program = Program(symbols)
        self._truth, self._places = self._program.truth(statement)
        self._gradients: dict[Relational, tuple[Program, int, list[int] | None]] = {}

    def natural(self, box: Box) -> bool | None:
        """Truth of the statement, every expression evaluated on the whole box."""
        values = self._program.run(box)
        return self._truth([values[place] for place in self._places])

    def mean_value(self, box: Box) -> bool | None:
        """Truth, every relation decided by its difference g within g(c) + sum g_i(box) (box_i - c_i).

        The intersection with the natural range is used. None where the box is unbounded, or where g is not known to be
        differentiable (or a maximum, a minimum or an absolute value of such, whose generalised gradient serves).
        """
        if any(not (side.low.is_finite() and side.high.is_finite()) for side in box):
            return None
        centre = [_midpoint(side) for side in box]
        if any(not side.low <= middle.low <= side.high for side, middle in zip(box, centre, strict=True)):
            return None
        offsets = [spans.add(side, spans.negate(middle)) for side, middle in zip(box, centre, strict=True)]
        return self._mean_value(self._statement, centre, offsets, box)

    def _mean_value(self, statement: sp.Basic, centre: Box, offsets: Sequence[Span | None], box: Box) -> bool | None:
        if isinstance(statement, Relational):
            program, value, slopes = self._gradient(statement)
            at_box, at_centre = program.run(box), program.run(centre)
            natural, estimate = at_box[value], at_centre[value]
            if natural is None or slopes is None:
                return RELATIONS[type(statement)](natural, spans.NOUGHT)
            for slope, offset in zip(slopes, offsets, strict=True):
                estimate = spans.add(estimate, spans.multiply(at_box[slope], offset))
            return RELATIONS[type(statement)](_meet(natural, estimate), spans.NOUGHT)
        if statement in (sp.true, sp.false):
            return statement is sp.true
        return CONNECTIVES[type(statement)](
            [self._mean_value(argument, centre, offsets, box) for argument in statement.args]
        )

    def _gradient(self, relation: Relational) -> tuple[Program, int, list[int] | None]:
        if relation not in self._gradients:
            program = Program(self._symbols)
            left: Any = relation.lhs
            g = left - relation.rhs
            value, slopes = program.index(g), None
            if not g.has(sp.Piecewise, sp.floor, sp.ceiling, sp.sign, sp.Heaviside, sp.Sum, sp.Product):
                try:
                    slopes = [program.index(sp.diff(g, symbol)) for symbol in self._symbols]
                except UnsupportedExpression:
                    slopes = None
            self._gradients[relation] = (program, value, slopes)
        return self._gradients[relation]


def _midpoint(side: Span) -> Span:
    middle = side.low if side.low == side.high else spans.down((side.low + side.high) / 2)
    return Span(middle, middle)


def _meet(a: Span, b: Span | None) -> Span:
    """The values in both spans, two enclosures of the same number."""
    if b is None:
        return a
    low, low_open = (a.low, a.low_open) if a.low > b.low else (b.low, b.low_open)
    high, high_open = (a.high, a.high_open) if a.high < b.high else (b.high, b.high_open)
    return Span(low, high, low_open, high_open)
