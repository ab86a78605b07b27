"""Formulas and derivations as the terminal shows them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import sympy as sp

from attnproof.formulas import draw, draw_derivation, plain, range_words
from theory.derivation import Derivation, Equivalences
from theory.reasons.base import Reason

x, a = sp.symbols("x a", real=True)


@dataclass(frozen=True)
class Because(Reason):
    """A reason with nothing but words."""

    words: str = field(default="because")


def test_signs_stand_beside_the_fraction_bar_and_reasons_at_the_right() -> None:
    chain = Derivation(x).equal(1 / (1 + x), by=Because("one reason")).at_most(sp.Integer(1), by=Because("another"))
    assert list(draw_derivation(chain, 40)) == [
        "    x",
        "      1",
        "=   ─────                   (one reason)",
        "    x + 1",
        "≤   1                          (another)",
    ]


def test_a_long_reason_stands_below() -> None:
    chain = Derivation(x).equal(x + 1, by=Because("a reason of many words that does not fit beside its formula"))
    lines = list(draw_derivation(chain, 40))
    assert lines[1] == "=   x + 1"
    assert lines[2].startswith("    (a reason")
    assert max(map(len, lines)) <= 40


def test_equivalences_and_what_is_given() -> None:
    chain = Equivalences(x > 1, given=(a > 0,)).iff(a * x > a, by=Because("times a"))
    assert list(draw_derivation(chain, 30)) == ["Given a > 0:", "    x > 1", "⇔   a⋅x > a          (times a)"]


@pytest.mark.parametrize("width", [30, 76])
def test_a_formula_keeps_to_the_width(width: int) -> None:
    formula = sp.Add(*(sp.Symbol(f"x_{k}") ** k / (1 + sp.Symbol(f"y_{k}")) for k in range(2, 12)))
    drawing = draw(formula, width)
    assert max(map(len, drawing.lines)) <= width


def test_a_wide_equivalence_is_broken_at_its_signs() -> None:
    statement = sp.Equivalent(sp.Le(x + 1, a * x**2), sp.Ge(a * x**2 - x, 1))
    assert draw(statement, 24).lines == (
        "               2",
        "    x + 1 ≤ a⋅x",
        "       2",
        "⇔   a⋅x  - x ≥ 1",
    )


def test_a_wide_sum_is_broken_between_terms_and_a_wide_quotient_at_its_bar() -> None:
    y, z = sp.symbols("yesterday zebra", real=True)
    assert draw(y * a - z * a * y - 3 * z, 26).lines == (
        "-   a⋅yesterday⋅zebra",
        "+   a⋅yesterday - 3⋅zebra",
    )
    assert draw((y + z) / (1 + y * z * a), 24).baseline == 1
    assert draw((y + z + a) / (2 + y * z * a * x * sp.Symbol("longest")), 30).lines == (
        "    a + yesterday + zebra",
        "/       a*longest*x*yesterday*zebra",
        "    +   2",
    )


def test_cases_are_written_below_each_other() -> None:
    y, z = sp.symbols("yesterday zebra", real=True)
    cases = sp.Piecewise((y * z * a + z, a > 0), (y * z, True))
    assert draw(cases, 33).lines == ("    a⋅yesterday⋅zebra + zebra", "if  a > 0", "or  yesterday⋅zebra")


def test_enormous_powers_of_ten_are_written_as_powers() -> None:
    assert draw(sp.Ge(x, 10**100), 80).lines == ("      100", "x ≥ 10")
    assert draw(sp.Ge(x, 12345678901234567890), 80).lines == ("x ≥ 12345678901234567890",)


def test_formulas_inside_reasons_become_plain() -> None:
    assert (
        plain(r"multiplying by $\frac{d - 2}{2 b \left(n + \eta\right)}$") == "multiplying by (d - 2)/(2 b (n + eta))"
    )
    assert plain(r"$\frac{1}{\frac{a}{b}}$ it is") == "(1)/((a)/(b)) it is"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (sp.Interval(0, 1), "x in [0, 1]"),
        (sp.Interval.open(0, sp.oo), "x in (0, oo)"),
        (sp.Interval.Ropen(sp.Rational(1, 10), 2), "x in [1/10, 2)"),
        (sp.Range(3, sp.oo), "x = 3, 4, ..."),
        (sp.Range(3, 10), "x = 3, 4, ..., 9"),
        (sp.FiniteSet(2, 1), "x in {1, 2}"),
    ],
)
def test_ranges_in_words(values: sp.Set, words: str) -> None:
    assert range_words(x, values) == words


def test_a_power_of_a_fraction_is_one_of_all_of_it():
    m = sp.Symbol("m", integer=True, positive=True)
    for fraction in (sp.Rational(7, 8), sp.Rational(15, 16)):
        drawn = "\n".join(draw(1 - fraction**m, 80).lines)
        assert any(bracket in drawn for bracket in "(⎛"), drawn
