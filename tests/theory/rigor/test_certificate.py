"""Certificates as data: reading gives back what was written, and only mathematics is read."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
import sympy as sp

from theory.domain import Domain
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
    Polynomial,
    Rewrite,
    Span,
    Split,
    Substitution,
    from_json,
    initial_goal,
    load,
    parse,
    save,
    size,
    span_of,
    to_json,
    variable,
)

x, y = variable("x"), variable("y")
LEAVES = Leaves((Leaf(((Fraction(-1, 3), "oo"), ("-oo", Fraction(2)))), Leaf(((Fraction(0), Fraction(1)),) * 2, 1)), 96)
EVERY_KIND = [
    LEAVES,
    Algebra(),
    Polynomial(),
    Boolean((Algebra(), Polynomial())),
    Split("x", Fraction(7, 3), LEAVES, Algebra()),
    Enumeration("x", (Algebra(), LEAVES)),
    Rewrite(sp.Ge((x - 1) ** 2, 0, evaluate=False), sp.Rational(1, 2) / y, Algebra(), LEAVES),
    Rewrite(sp.Gt(sp.exp(x) - sp.sqrt(2), 0, evaluate=False), sp.S.One, None, Algebra()),
    Logarithm(Algebra(), LEAVES),
    Substitution("x", 1 / y, "y", Span(sp.S.Zero, sp.log(3), True), 1 / x, Algebra(), LEAVES),
    Cut(sp.Lt(x, sp.pi, evaluate=False), Algebra(), LEAVES),
    Collapse("x", "high", True, Algebra(), LEAVES, Polynomial()),
]


@pytest.mark.parametrize("node", EVERY_KIND, ids=lambda node: type(node).__name__)
def test_every_kind_of_node_survives_json(node) -> None:
    certificate = Certificate(node, "0123456789abcdef")
    text = to_json(certificate)
    assert from_json(text) == certificate
    assert to_json(from_json(text)) == text


def test_two_different_certificates_have_different_texts() -> None:
    texts = {to_json(Certificate(node)) for node in EVERY_KIND}
    assert len(texts) == len(EVERY_KIND)


def test_size_counts_nodes_and_boxes() -> None:
    assert size(Split("x", Fraction(1), LEAVES, Boolean((Algebra(), LEAVES)))) == (5, 4)


def test_files(tmp_path) -> None:
    certificate = Certificate(LEAVES, "ab")
    save(certificate, tmp_path / "folder" / "a.json")
    assert load(tmp_path / "folder" / "a.json") == certificate


@pytest.mark.parametrize(
    "expression",
    [
        sp.Ge((x - 1) ** 2, 0, evaluate=False),
        sp.Piecewise((x, sp.Gt(x, 0, evaluate=False)), (1, True)),
        sp.Sum(variable("k") ** 2, (variable("k"), 1, 3)),
        sp.And(sp.Gt(x, 0), sp.Lt(y, 1)),
        -sp.oo,
        x ** (y * (1 + y)) - sp.Rational(5, 7) * sp.pi,
    ],
)
def test_expressions_are_read_as_they_were_written(expression) -> None:
    assert parse(sp.srepr(expression)) == expression


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "Symbol('x').__class__",
        "Lambda(Symbol('x'), Symbol('x'))",
        "Float('0.1')",
        "0.5",
        "[1, 2]",
        "(lambda: 1)()",
    ],
)
def test_anything_but_mathematics_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not part of the format"):
        parse(text)


def _spoil(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"format":1', '"format":2'),
        ('"kind":"Leaves"', '"kind":"Leave"'),
        ('"natural"', '"supernatural"'),
        ('"statement"', '"assumption"'),
        ('"-1/3"', '"-1/x"'),
        ('"leaves"', '"boxes"'),
    ],
)
def test_a_broken_text_is_refused(old: str, new: str) -> None:
    with pytest.raises(ValueError, match="not a certificate"):
        from_json(_spoil(to_json(Certificate(LEAVES)), old, new))


def test_a_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(ValueError, match="not a certificate"):
        from_json("certificate")
    with pytest.raises(ValueError, match="not a certificate"):
        from_json(json.dumps([1, 2]))


def test_spans_of_the_ranges_of_a_domain() -> None:
    assert span_of(sp.Interval.open(0, sp.oo)) == Span(sp.S.Zero, sp.oo, True, True)
    assert span_of(sp.Interval(0, 1)) == Span(sp.S.Zero, sp.S.One)
    assert span_of(sp.Range(3, sp.oo)) == Span(sp.Integer(3), sp.oo, False, True, integer=True)
    assert span_of(sp.Range(3, 6)) == Span(sp.Integer(3), sp.Integer(5), integer=True)
    signs = span_of(sp.FiniteSet(1, -1))
    assert signs.values == (-1, 1)
    assert signs.integer
    assert not span_of(sp.FiniteSet(sp.Rational(1, 2), 1)).integer


def test_the_goal_at_the_root_uses_names_only() -> None:
    n = sp.Symbol("n", integer=True, positive=True)
    goal = initial_goal(sp.Ge(n, 2), Domain({n: sp.Range(2, sp.oo)}, (sp.Gt(n, 1, evaluate=False),)))
    assert list(goal.spans) == [variable("n")]
    assert goal.statement.free_symbols == {variable("n")}


def test_two_symbols_of_one_name_are_refused() -> None:
    twins = sp.Symbol("n"), sp.Symbol("n", positive=True)
    with pytest.raises(ValueError, match="share a name"):
        initial_goal(sp.Ge(twins[0], twins[1]), Domain(dict.fromkeys(twins, sp.Interval(0, 1))))
