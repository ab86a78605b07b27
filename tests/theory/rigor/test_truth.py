"""Kleene's three-valued logic, checked against all two-valued completions of its unknowns."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from theory.rigor.truth import Truth, both, either, negate, odd, same

CONNECTIVES: list[tuple[Callable[[list[Truth]], Truth], Callable[[list[bool]], bool]]] = [
    (both, all),
    (either, any),
    (odd, lambda parts: sum(parts) % 2 == 1),
    (same, lambda parts: all(parts) or not any(parts)),
    (lambda truths: negate(truths[0]), lambda parts: not parts[0]),
]
READINGS = {Truth.TRUE: [True], Truth.FALSE: [False], Truth.UNKNOWN: [True, False]}


@pytest.mark.parametrize("connective", CONNECTIVES)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_connective_says_what_all_completions_agree_on(connective: Any, count: int) -> None:
    three_valued, two_valued = connective
    for truths in itertools.product(Truth, repeat=count):
        answers = {two_valued(list(parts)) for parts in itertools.product(*(READINGS[truth] for truth in truths))}
        expected = Truth.UNKNOWN if len(answers) == 2 else Truth.TRUE if answers == {True} else Truth.FALSE
        if three_valued is same and count == 1:
            expected = Truth.UNKNOWN if truths[0] is Truth.UNKNOWN else Truth.TRUE  # weaker than it could be, not wrong
        assert three_valued(list(truths)) is expected, truths


def test_nothing_is_true_of_all_and_of_none() -> None:
    assert both([]) is Truth.TRUE
    assert either([]) is Truth.FALSE
    assert odd([]) is Truth.FALSE


def test_connectives_take_iterators() -> None:
    assert both(iter([Truth.TRUE, Truth.UNKNOWN])) is Truth.UNKNOWN
    assert either(iter([Truth.UNKNOWN, Truth.TRUE])) is Truth.TRUE


@pytest.mark.parametrize("truth", list(Truth))
def test_a_truth_is_no_condition(truth: Truth) -> None:
    with pytest.raises(TypeError, match=r"truth is Truth\.TRUE"):
        bool(truth)
    with pytest.raises(TypeError):
        _ = truth and True
