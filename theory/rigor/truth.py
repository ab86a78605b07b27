"""Three-valued truth: what an enclosure can say about a statement.

`UNKNOWN` means that the intervals overlap or that a value is undefined, never that the statement is false. Truths are
combined by Kleene's strong logic, so `either([TRUE, UNKNOWN])` is TRUE and `both([FALSE, UNKNOWN])` is FALSE. They have
no Boolean value, so that an undecided comparison cannot pass for a decided one.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable


class Truth(enum.Enum):
    """TRUE: it holds at every point. FALSE: at none. UNKNOWN: neither was shown. Compare it with `is`."""

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


def odd(truths: Iterable[Truth]) -> Truth:
    """Exclusive or: whether an odd number is TRUE; UNKNOWN if one is."""
    result = Truth.FALSE
    for truth in truths:
        if truth is Truth.UNKNOWN:
            return truth
        result = negate(result) if truth is Truth.TRUE else result
    return result


def same(truths: Iterable[Truth]) -> Truth:
    """If and only if: whether all are TRUE or all are FALSE."""
    found = set(truths)
    if Truth.TRUE in found and Truth.FALSE in found:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in found else Truth.TRUE
