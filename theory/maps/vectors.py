"""Vectors of any length, in claims that hold for all of them: their coordinates are unknown real numbers.

A derivation may use of a `Coordinate` that it is real and no more, so what it shows holds for all vectors, of every
dimension that the sums over the coordinates run to. A negative control is refuted by an instance: concrete vectors in
their place (`theory.separation.kernels.sequences`).
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence as SequenceOf
from typing import Any

import sympy as sp

from theory.separation.kernels.sequences import Instance, Sequence, derived_for_every_sequence

__all__ = ["Coordinate", "Instance", "Key", "Query", "Value", "derived_for_every_sequence", "written_out"]

i = sp.Symbol("i", integer=True)


class Coordinate(Sequence):
    """The coordinates of a vector, real and otherwise unknown; subclasses name different ones. Argument: the index."""

    def _eval_is_extended_nonnegative(self) -> bool | None:  # type: ignore[override]  # unlike that of a Sequence
        return None

    def _eval_is_extended_real(self) -> bool:
        return True


class Query(Coordinate):
    """q_i, or the features of a query."""


class Key(Coordinate):
    """k_i, or the features of a key."""


class Value(Coordinate):
    """v_j, one coordinate of the values of all keys."""


def written_out(expression: sp.Expr, vectors: Mapping[Any, SequenceOf[Any]]) -> sp.Expr:
    """The expression, whose sums run to numbers, with these numbers as the coordinates from 1 on."""
    values = {kind(place): sp.sympify(x) for kind, xs in vectors.items() for place, x in enumerate(xs, start=1)}
    return expression.doit().xreplace(values)  # type: ignore[return-value]
