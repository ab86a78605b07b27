"""Malformed certificates are rejected with a sentence, whatever is wrong with them; they never raise."""
# pyright: reportArgumentType=false
# The wrong types below are the point of the tests.

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from theory.claim import Domain
from theory.evidence import Verdict
from theory.rigor import certificate as fmt
from theory.rigor.certificate import (
    Algebra,
    Boolean,
    Certificate,
    Collapse,
    Cut,
    Enumeration,
    Leaf,
    Leaves,
    Logarithm,
    Rewrite,
    Split,
    Substitution,
)
from theory.rigor.checker import check_certificate

X = sp.Symbol("x")
x = fmt.variable("x")
UNIT = Domain({X: sp.Interval(0, 1)})


def box(low: int, high: int, by: Any = "statement") -> Leaf:
    return Leaf(((Fraction(low), Fraction(high)),), by)


# --- malformed data ------------------------------------------------------------------------------------------------

GOOD = fmt.to_json(Certificate(Leaves((box(0, 1),))))

STEP = '{"kind":"Algebra"}'
TOWER = "Pow(Pow(Pow(Integer(7), Integer(9999)), Integer(9999)), Integer(9999))"


def _around(root: str) -> str:
    return '{"format":1,"fingerprint":"","root":{' + root + "}}"


MALFORMED = [
    "", "null", "[]", "{}", "1e999", "not json", '{"format":1}', "\x00", "[" * 5000,
    GOOD.replace('"0"', '"nan"'), GOOD.replace('"0"', "NaN"), GOOD.replace('"0"', "-Infinity"), GOOD.replace('"0"',
    '"oo"'),
    GOOD.replace('"1"', '"-oo"'), GOOD.replace('"1"', '"1/0"'), GOOD.replace('"1"', '"1e999999999"'),
    GOOD.replace('"0"', '"-' + "9" * 200_000 + '"'), GOOD.replace('"0"', "null"), GOOD.replace('"0"', "{}"),
    GOOD.replace("Leaves", "Leafs"), GOOD.replace('"bits":64', '"bits":-5'), GOOD.replace('"bits":64', '"bits":1e99'),
    GOOD.replace('"bits":64', '"bits":true'), GOOD.replace('"bits":64', '"bits":10000000000'),
    GOOD.replace('"statement"', "-1"), GOOD.replace('"statement"', '"hypothesis"'), GOOD.replace("natural", "guess"),
    GOOD.replace('"format":1', '"format":2'), GOOD.replace('"leaves"', '"leave"'), GOOD[:-5],
    _around(f'"kind":"Cut","fact":"__import__(\'os\').abort()","proof":{STEP},"node":{STEP}'),
    _around(f'"kind":"Cut","fact":"Pow(Integer(10), Integer(10000000000))","proof":{STEP},"node":{STEP}'),
    _around(f'"kind":"Cut","fact":"{TOWER}","proof":{STEP},"node":{STEP}'),
]  # fmt: skip


@pytest.mark.parametrize("text", MALFORMED, ids=[f"{i}-{text[:30]!r}" for i, text in enumerate(MALFORMED)])
def test_malformed_text_is_rejected_with_a_sentence(text):
    assert text != GOOD
    report = check_certificate(sp.Le(sp.exp(X), 3), UNIT, text)
    assert report.verdict is Verdict.UNDECIDED
    assert report.message.endswith(".")
    assert "\n" not in report.message


OBJECTS: list[Any] = [
    None, 3, object(), Certificate(None), Certificate("Algebra"), Certificate(Leaves(None)), Certificate(Leaves((None,
    ))),
    Certificate(Leaves((Leaf(((0.0, 1.0),)),))), Certificate(Leaves((Leaf((("-oo", float("nan")),)),))),
    Certificate(Leaves((Leaf(((Fraction(0), Fraction(1), Fraction(2)),)),))), Certificate(Leaves((Leaf(()),))),
    Certificate(Leaves((box(0, 1, by=None),))), Certificate(Leaves((box(0, 1, by=True),))),
    Certificate(Leaves((box(0, 1),), bits=64.0)), Certificate(Leaves((box(0, 1),), bits="64")),
    Certificate(Boolean(None)), Certificate(Split("x", 0.5, Algebra(), Algebra())), Certificate(Split(3, Fraction(1),
    None, None)),
    Certificate(Enumeration("z", ())), Certificate(Rewrite(None, None, None, None)),
    Certificate(Rewrite(x, sp.S.One, None, Algebra())), Certificate(Logarithm(None, None)),
    Certificate(Substitution("x", x, "x", None, x, Algebra(), Algebra())), Certificate(Cut(x, Algebra(), Algebra())),
    Certificate(Substitution("x", x, "x", fmt.Span(sp.nan, sp.oo), x, Algebra(), Algebra())),
    Certificate(Substitution("x", x, "x", fmt.Span(sp.S.One, sp.S.Zero), x, Algebra(), Algebra())),
    Certificate(Collapse("x", "middle", False, Algebra(), Algebra(), Algebra())),
    Certificate(Collapse("x", "low", "no", Algebra(), Algebra(), Algebra())),
]  # fmt: skip


@pytest.mark.parametrize("thing", OBJECTS, ids=[str(i) for i in range(len(OBJECTS))])
def test_malformed_objects_are_rejected_with_a_sentence(thing):
    report = check_certificate(sp.Le(sp.exp(X), 3), UNIT, thing)
    assert report.verdict is Verdict.UNDECIDED
    assert report.message.endswith(".")


def test_a_tree_without_end_is_rejected():
    root: Any = Algebra()
    for _ in range(3000):
        root = Split("x", Fraction(1, 2), root, Algebra())
    report = check_certificate(sp.Le(sp.exp(X), 3), UNIT, Certificate(root))
    assert report.verdict is Verdict.UNDECIDED
    assert "deeper" in report.message
