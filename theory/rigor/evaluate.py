"""Rigorous evaluation of SymPy expressions and statements, on boxes and at exact rational points.

A box is a sequence of intervals in the order of the symbols. Compile once, evaluate often; rational constants stay
exact until they are enclosed at the precision of the call (`theory.rigor.interval.precision`).

Functions are evaluated at the ends of their monotone pieces. Where the pieces of sine and cosine end, at multiples of
pi/2, is itself only known to the working precision: a crest or a trough that is not excluded counts as inside, so that
doubt widens an enclosure and never narrows it, and an unbounded interval has the whole range [-1, 1]. At a rational
point the values that are rational, at multiples of pi/2 and pi/3, are exact: cos(pi z/2) = 0 at z = 1 is a known tie.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

import sympy as sp
from flint import fmpq

from theory.rigor.compiler import COMPARISONS, SUPPORTED, Compiler, UnsupportedExpression, connective
from theory.rigor.exact_value import exact_truth
from theory.rigor.interval import UNDEFINED, Interval, exact, precision
from theory.rigor.tape import Box, Condition, Tape
from theory.rigor.truth import Truth

__all__ = [
    "SUPPORTED",
    "Program",
    "Statement",
    "UnsupportedExpression",
    "compile_expression",
    "compile_statement",
    "enclose_at",
    "truth_at",
]

Point: TypeAlias = Mapping[sp.Symbol, "int | Fraction | fmpq | sp.Rational"]

FIRST_BITS = 64


class Program:
    """A compiled expression; make one with `compile_expression`."""

    def __init__(self, symbols: tuple[sp.Symbol, ...], tape: Tape, output: int) -> None:
        self.symbols = symbols
        self.tape = tape
        self.output = output

    def interval(self, box: Box) -> Interval:
        """An interval that contains the value at every point of the box where it is defined, or UNDEFINED.

        box: one interval for each symbol, in the order given to `compile_expression`.
        """
        return self.tape.run(box)[self.output]

    def value_and_gradient(self, box: Box) -> tuple[Interval, tuple[Interval, ...]]:
        """The value, and for each symbol an interval that contains its partial derivative everywhere on the box.

        At kinks the derivative is Clarke's generalised one. Where no component is UNDEFINED the mean value form
        f(c) + G (x - c) encloses f on the box; a component that is nowhere negative shows that f does not decrease in
        that symbol. A component is UNDEFINED where f may jump in it.
        """
        registers = self.tape.run(box)
        value = registers[self.output]
        if value is UNDEFINED:
            return UNDEFINED, (UNDEFINED,) * len(self.symbols)
        return value, self.tape.gradient(registers, self.output)


class Statement:
    """A compiled statement; make one with `compile_statement`."""

    def __init__(self, symbols: tuple[sp.Symbol, ...], tape: Tape, condition: Condition) -> None:
        self.symbols = symbols
        self.tape = tape
        self.condition = condition

    def truth(self, box: Box) -> Truth:
        """TRUE if it holds at every point of the box, FALSE if at none, UNKNOWN if neither was shown."""
        return self.condition(self.tape.run(box))


def compile_expression(expression: Any, symbols: Sequence[sp.Symbol]) -> Program:
    """Compile a real expression. Raises UnsupportedExpression, naming what cannot be enclosed."""
    compiler = Compiler(symbols)
    output = compiler.register(sp.sympify(expression))
    return Program(compiler.symbols, compiler.tape(), output)


def compile_statement(statement: Any, symbols: Sequence[sp.Symbol]) -> Statement:
    """Compile relations (Eq, Ne, Lt, Le, Gt, Ge) joined by And, Or, Not, Implies, Equivalent, Xor.

    Raises UnsupportedExpression, naming what cannot be decided.
    """
    compiler = Compiler(symbols)
    condition = compiler.condition(sp.sympify(statement))
    return Statement(compiler.symbols, compiler.tape(), condition)


_compiled_expression = lru_cache(maxsize=256)(compile_expression)
_compiled_statement = lru_cache(maxsize=256)(compile_statement)


def enclose_at(expression: Any, point: Point, bits: int = 128) -> Interval:
    """An interval that contains the value at an exact rational point, computed with `bits` bits.

    Raises TypeError for a float in the point and UnsupportedExpression for what cannot be enclosed.
    """
    values = {symbol: exact(number) for symbol, number in point.items()}
    program = _compiled_expression(sp.sympify(expression), tuple(values))
    with precision(bits):
        return program.interval([Interval.of(value) for value in values.values()])


def truth_at(statement: Any, point: Point, max_bits: int = 4096) -> Truth:
    """Whether a statement holds at an exact rational point.

    A relation between rational values is decided exactly, ties included. Any other is tried with 64, 128, ... up to
    `max_bits` bits; a tie between numbers not found to be rational stays UNKNOWN, as does what is undefined there.

    Raises TypeError for a float in the point and UnsupportedExpression for what cannot be decided.
    """
    values = {symbol: exact(number) for symbol, number in point.items()}
    return _truth_at(sp.sympify(statement), values, max_bits)


def _truth_at(statement: Any, values: dict[sp.Symbol, fmpq], max_bits: int) -> Truth:
    known = exact_truth(statement, values)
    if known is not None:
        return Truth.TRUE if known else Truth.FALSE
    if type(statement) not in COMPARISONS:
        return connective(statement)([_truth_at(part, values, max_bits) for part in statement.args])
    compiled = _compiled_statement(statement, tuple(values))
    bits = FIRST_BITS
    while bits <= max_bits:
        with precision(bits):
            registers = compiled.tape.run([Interval.of(value) for value in values.values()], at_point=True)
            truth = compiled.condition(registers)
        if truth is not Truth.UNKNOWN:
            return truth
        bits *= 2
    return Truth.UNKNOWN
