"""What the author of a claim may tell the prover. A hint names a remedy; the remedy is still checked, never trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import sympy as sp


@dataclass(frozen=True)
class Substitute:
    """Replace variables, one after the other: {n: 1/t} puts 1/t for n, where t is a new symbol (or n again).

    ranges: new symbol -> its range, a SymPy `Interval`; found from the range of the replaced variable if left out and
        the expression contains no other symbol.
    inverses: new symbol -> what it is in the old symbols; solved for if left out.
    """

    expressions: Mapping[sp.Symbol, Any]
    ranges: Mapping[sp.Symbol, Any] = field(default_factory=dict)
    inverses: Mapping[sp.Symbol, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MultiplyBy:
    """Multiply the difference of both sides by a positive factor."""

    factor: Any


@dataclass(frozen=True)
class Collapse:
    """The difference of both sides is monotone in the variable: look at its end only ("low", "high", or either)."""

    variable: sp.Symbol
    end: Literal["low", "high"] | None = None


@dataclass(frozen=True)
class Enumerate:
    """Take the values of an integer variable with a finite range one by one."""

    variable: sp.Symbol


@dataclass(frozen=True)
class SplitAt:
    """Prove the part of the domain below and the part above a value separately."""

    variable: sp.Symbol
    value: Any


@dataclass(frozen=True)
class TakeLogarithms:
    """Compare the logarithms of the two sides, which are both positive."""


@dataclass(frozen=True)
class Prove:
    """Prove a fact first, and use it as a hypothesis."""

    fact: Any


@dataclass(frozen=True)
class Rearrange:
    """Replace the statement by a relation whose difference is the same, up to a factor proved to be positive.

    statement: such as sp.Ge(h, 0, evaluate=False). factor: old difference = factor * new difference.
    """

    statement: Any
    factor: Any = 1


Hint = Substitute | MultiplyBy | Collapse | Enumerate | SplitAt | TakeLogarithms | Prove | Rearrange
