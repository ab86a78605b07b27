"""Where a claim is made, a range for every symbol and hypotheses that tie them together, and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import sympy as sp
from sympy.logic.boolalg import Boolean


class ClaimError(ValueError):
    """A declaration that was refused; the message says what to write instead."""


@dataclass(frozen=True)
class Source:
    """Where a statement comes from. Make one with `cited`, `derived_here` or `conjectured`."""

    nature: Literal["cited", "derived here", "conjectured"]
    reference: str = ""

    def __str__(self) -> str:
        return f"{self.nature}: {self.reference}" if self.reference else self.nature


def cited(reference: str) -> Source:
    """A statement read in a source; name a theorem number only where it was seen."""
    return Source("cited", reference)


def derived_here(reference: str = "") -> Source:
    """A statement worked out in this project; `reference` names what it is about, such as a construction."""
    return Source("derived here", reference)


def conjectured(reference: str = "") -> Source:
    """A statement that nobody has proved, as far as its author knows."""
    return Source("conjectured", reference)


@dataclass(frozen=True)
class Domain:
    """Ranges for symbols, and hypotheses that tie them together.

    ranges: symbol -> SymPy set: `sp.Interval(...)` for reals, `sp.Range(low, sp.oo)` for integers, or
        `sp.FiniteSet(...)`. Ends are exact numbers or infinite.
    hypotheses: relations among the symbols; the claim is only made where all of them hold.
    meanings: symbol -> a few words for readers.
    witness: a point at which all hypotheses hold, symbol -> exact number, where `theory.rigor.witness` finds none by
        itself: a claim about an empty domain would be true and worthless.
    """

    ranges: Mapping[sp.Symbol, sp.Set]
    hypotheses: tuple[Boolean, ...] = ()
    meanings: Mapping[sp.Symbol, str] = field(default_factory=dict)
    witness: Mapping[sp.Symbol, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ranges", MappingProxyType(dict(self.ranges)))
        object.__setattr__(self, "meanings", MappingProxyType(dict(self.meanings)))
        object.__setattr__(self, "witness", MappingProxyType(dict(self.witness)))
        object.__setattr__(self, "hypotheses", tuple(self.hypotheses))
        for symbol, values in self.ranges.items():
            if not isinstance(values, sp.Interval | sp.Range | sp.FiniteSet) or values.is_empty:
                raise ClaimError(f"The range of {symbol} is {values}; write a non-empty Interval, Range or FiniteSet.")
            if values.atoms(sp.Float):
                raise ClaimError(f"The range of {symbol} holds a float: {values}; write Rational(...) instead.")
            if isinstance(values, sp.Range) and values.step != 1:
                raise ClaimError(f"The range of {symbol} has a step; write Range(low, high) or Range(low, oo).")

    def is_integer(self, symbol: sp.Symbol) -> bool:
        values = self.ranges[symbol]
        return isinstance(values, sp.Range) or (
            isinstance(values, sp.FiniteSet) and all(value.is_integer for value in values)
        )

    def describe(self) -> str:
        """The domain as a sentence, in the notation of SymPy's string printer."""
        parts = []
        for symbol, values in self.ranges.items():
            meaning = f" ({self.meanings[symbol]})" if symbol in self.meanings else ""
            parts.append(f"{symbol}{meaning} in {values}")
        parts += [f"with {sp.sstr(hypothesis)}" for hypothesis in self.hypotheses]
        return "; ".join(parts) or "no symbols"
