"""A compiled expression as a flat list of steps, with its value and its gradient on a box.

Each step reads earlier results ("registers") and writes one. The gradient is reverse automatic differentiation carried
out on intervals, so it costs a few evaluations whatever the number of symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from flint import arb, ctx, fmpq

from theory.rigor.elementary import UNIT, as_integer
from theory.rigor.interval import UNDEFINED, Interval, union
from theory.rigor.operations import NULL, Binary, Unary
from theory.rigor.truth import Truth

Box: TypeAlias = Sequence[Interval]
Registers: TypeAlias = list[Interval]
Slopes: TypeAlias = "list[Interval | None]"
Condition: TypeAlias = Callable[[Registers], Truth]
Constant: TypeAlias = "fmpq | Callable[[], arb]"

MOST_TERMS = 200_000


@dataclass(frozen=True, slots=True)
class Choice:
    """A Piecewise: branches in order, each with its condition and the register of its value.

    symbols: the registers of all symbols in it, in which it may jump where a condition changes.
    """

    branches: tuple[tuple[Condition, int], ...]
    symbols: tuple[int, ...]

    def open_branches(self, registers: Registers) -> list[int]:
        """The registers of the branches that may apply; empty if it was not shown that some branch does."""
        found = []
        for condition, register in self.branches:
            truth = condition(registers)
            if truth is not Truth.FALSE:
                found.append(register)
            if truth is Truth.TRUE:
                return found
        return []

    def value(self, registers: Registers) -> Interval:
        found = self.open_branches(registers)
        if not found:
            return UNDEFINED
        result = registers[found[0]]
        for register in found[1:]:
            result = union(result, registers[register])
        return result

    def pull_back(self, registers: Registers, outer: Interval, slopes: Slopes) -> None:
        """Hand the slope `outer` on to what this step reads."""
        found = self.open_branches(registers)
        if len(found) == 1:
            accumulate(slopes, found[0], outer, UNIT)
        else:
            for symbol in self.symbols:
                slopes[symbol] = UNDEFINED


@dataclass(frozen=True, slots=True)
class Series:
    """A sum or product over the integers from one register to another, UNDEFINED unless both are integers.

    term: the summand over the same symbols and the index, which comes last; `output` is the register of its value.
    symbols_in_limits: the registers of the symbols that the limits depend on.
    """

    is_product: bool
    low: int
    high: int
    term: Tape
    output: int
    symbols_in_limits: tuple[int, ...]

    def value(self, registers: Registers) -> Interval:
        values = self._terms(registers)
        if values is None:
            return UNDEFINED
        result = UNIT if self.is_product else NULL
        for inner in values:
            value = inner[self.output]
            result = result * value if self.is_product else result + value
        return result

    def _terms(self, registers: Registers) -> list[Registers] | None:
        """The registers of every term; None if the limits are not two integers, or too far apart."""
        low, high = as_integer(registers[self.low]), as_integer(registers[self.high])
        if low is None or high is None or not -1 <= high - low < MOST_TERMS:
            return None
        box = registers[: self.term.count - 1]
        return [self.term.run([*box, Interval.of(index)]) for index in range(low, high + 1)]

    def pull_back(self, registers: Registers, outer: Interval, slopes: Slopes) -> None:
        """Hand the slope `outer` on to what this step reads."""
        terms = self._terms(registers) or []
        values = [inner[self.output] for inner in terms]
        for position, inner in enumerate(terms):
            weight = outer
            if self.is_product:
                for other in (*values[:position], *values[position + 1 :]):
                    weight = weight * other
            for symbol, slope in enumerate(self.term.gradient(inner, self.output)[:-1]):
                accumulate(slopes, symbol, weight, slope)
        for symbol in self.symbols_in_limits:
            slopes[symbol] = UNDEFINED


@dataclass(frozen=True, slots=True)
class Step:
    """One operation: the registers it reads and the one it writes. Choice and Series name what they read themselves."""

    operation: Unary | Binary | Choice | Series
    arguments: tuple[int, ...]
    target: int


class Tape:
    """Steps over symbols (registers 0 to count-1) and constants (registers of their own); `size` registers in all."""

    def __init__(self, count: int, constants: dict[int, Constant], steps: Sequence[Step], size: int) -> None:
        self.count = count
        self.constants = constants
        self.steps = tuple(steps)
        self.size = size
        # What the inner loop reads: a function, its one or two arguments (-1 for none), and where the result goes.
        self._calls: list[tuple[Any, int, int, int]] = []
        for step in self.steps:
            first, second = (*step.arguments, -1, -1)[:2]
            self._calls.append((step.operation.value, first, second, step.target))
        self._templates: dict[int, Registers] = {}

    def _template(self) -> Registers:
        """The registers with the constants enclosed at the working precision, everything else UNDEFINED."""
        template = self._templates.get(ctx.prec)
        if template is None:
            template = [UNDEFINED] * self.size
            for register, constant in self.constants.items():
                template[register] = Interval.of(constant if isinstance(constant, fmpq) else constant())
            self._templates[ctx.prec] = template
        return template

    def run(self, box: Box, *, at_point: bool = False) -> Registers:
        """All registers on a box.

        at_point: the box is meant as one point, where every value is a number: a result that is unbounded because a
            pole was not excluded counts as UNDEFINED.

        Raises ValueError if the box does not have one interval for each symbol.
        """
        if len(box) != self.count:
            raise ValueError(f"The box has {len(box)} intervals; the expression was compiled for {self.count} symbols.")
        registers = self._template().copy()
        registers[: self.count] = box
        for function, first, second, target in self._calls:
            if second >= 0:
                value = function(registers[first], registers[second])
            elif first >= 0:
                value = function(registers[first])
            else:
                value = function(registers)
            registers[target] = value if not at_point or value.bounded else UNDEFINED
        return registers

    def gradient(self, registers: Registers, output: int) -> tuple[Interval, ...]:
        """Enclosures of the partial derivatives of register `output` in every symbol."""
        slopes: Slopes = [None] * self.size
        slopes[output] = UNIT
        for step in reversed(self.steps):
            outer = slopes[step.target]
            if outer is None:
                continue
            operation, value = step.operation, registers[step.target]
            if isinstance(operation, Unary):
                argument = step.arguments[0]
                accumulate(slopes, argument, outer, operation.derivative(registers[argument], value))
            elif isinstance(operation, Binary):
                first, second = step.arguments
                left, right = operation.derivative(registers[first], registers[second], value)
                accumulate(slopes, first, outer, left)
                accumulate(slopes, second, outer, right)
            else:
                operation.pull_back(registers, outer, slopes)
        return tuple(NULL if slope is None else slope for slope in slopes[: self.count])


def accumulate(slopes: Slopes, register: int, outer: Interval, inner: Interval) -> None:
    """The chain rule: outer slope times inner slope, added to what reached the register by other ways."""
    term = inner if outer is UNIT else outer if inner is UNIT else outer * inner
    known = slopes[register]
    slopes[register] = term if known is None else known + term
