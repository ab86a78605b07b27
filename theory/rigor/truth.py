"""Three-valued truth: what an enclosure can say about a relation.

A comparison of enclosures is TRUE, FALSE or UNKNOWN, combined by Kleene's strong logic. It has no Boolean value, so
that an undecided comparison cannot pass for a decided one.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable


class Truth(enum.Enum):
    """The outcome of a comparison. Compare it with `is`."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        raise TypeError("A three-valued truth is not a Boolean; write `truth is Truth.TRUE`.")


def negate(truth: Truth) -> Truth:
    """Not."""
    if truth is Truth.UNKNOWN:
        return truth
    return Truth.FALSE if truth is Truth.TRUE else Truth.TRUE


def both(truths: Iterable[Truth]) -> Truth:
    """And: FALSE if one is, TRUE if all are."""
    result = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return truth
        if truth is Truth.UNKNOWN:
            result = truth
    return result


def either(truths: Iterable[Truth]) -> Truth:
    """Or: TRUE if one is, FALSE if all are."""
    return negate(both(negate(truth) for truth in truths))
