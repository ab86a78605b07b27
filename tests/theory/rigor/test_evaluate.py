"""The compiler from SymPy, statements, evaluation at points, and gradients."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import pytest
import sympy as sp
from flint import ctx

from theory.rigor.evaluate import (
    UnsupportedExpression,
    compile_expression,
    compile_statement,
    enclose_at,
    truth_at,
)
from theory.rigor.interval import UNDEFINED, Interval, precision, same_ends
from theory.rigor.truth import Truth

I = Interval.of  # noqa: E741
Q: Any = sp.Rational
x, y = sp.symbols("x y", real=True)
k, m, n = sp.symbols("k m n", integer=True, positive=True)


def on(expression: Any, **box: tuple[Any, Any]) -> Interval:
    symbols = {s.name: s for s in sp.sympify(expression).free_symbols} | {"x": x, "y": y, "n": n}
    names = list(box)
    return compile_expression(expression, [symbols[name] for name in names]).interval([I(*box[s]) for s in names])


def rational(end: Any) -> Fraction:
    return Fraction(int(end.fmpq().p), int(end.fmpq().q))


# --- compilation ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [24, 53, 300])
def test_rational_constants_stay_enclosures_at_every_precision(bits: int) -> None:
    """The trap of printing Rational(1, 3) as a number: 3 * (1/3) must contain 1 and 1/3 must not be a point."""
    program = compile_expression(Q(1, 3) * x, (x,))
    for _ in range(2):  # the second call reads the enclosure kept for this precision
        with precision(bits):
            found = program.interval([I(3)])
            third = program.interval([I(1)])
        assert found.contains(1)
        assert rational(third.lo) < Fraction(1, 3) < rational(third.hi)
        assert rational(third.hi) - rational(third.lo) < Fraction(4, 2**bits)


def test_common_subexpressions_are_compiled_once() -> None:
    shared = sp.exp(x * y + 1)
    alone, twice = (compile_expression(e, (x, y)) for e in (shared, shared + sp.tanh(shared)))
    assert len(twice.tape.steps) == len(alone.tape.steps) + 2


def test_log1p_and_expm1_keep_the_digits_of_small_numbers() -> None:
    tiny = Q(1, 10**40)
    for expression in (sp.log(1 + x), sp.exp(x) - 1):
        with precision(53):
            found = compile_expression(expression, (x,)).interval([I(tiny)])
        assert abs(rational(found.lo) / Fraction(1, 10**40) - 1) < Fraction(1, 2**50)


def test_log1p_form_has_no_infinity_minus_infinity() -> None:
    assert on(sp.log(1 + sp.exp(-x)), x=(0, sp.oo)).lo == 0


def test_sums_and_products_between_integers() -> None:
    assert enclose_at(sp.Sum(k, (k, 1, n)), {n: 100}).contains(5050)
    assert enclose_at(sp.Product(k, (k, 1, n)), {n: 6}).contains(720)
    nested = sum(i * j for j in range(5) for i in range(j + 1))
    assert enclose_at(sp.Sum(k * m, (k, 1, m), (m, 1, n)), {n: 4}).contains(nested)
    assert enclose_at(sp.Sum(k, (k, 1, n)), {n: sp.Integer(0)}).contains(0)
    assert on(sp.Sum(x**k, (k, 0, 2)), x=(-1, 2)).hi == 7


def test_a_bound_index_is_not_the_symbol_outside() -> None:
    assert enclose_at(k + sp.Sum(k, (k, 1, 3)), {k: 100}).contains(106)


def test_sums_to_no_integer_or_to_a_range_are_undefined() -> None:
    assert on(sp.Sum(k, (k, 1, n)), n=(Q(5, 2), Q(5, 2))) is UNDEFINED
    assert on(sp.Sum(k, (k, 1, n)), n=(2, 3)) is UNDEFINED


def test_piecewise_takes_the_union_of_the_branches_that_may_apply() -> None:
    e = sp.Piecewise((x - 10, x < 0), (x + 10, True))
    assert on(e, x=(-2, -1)).hi == -11
    assert on(e, x=(0, 1)).lo == 10
    both_branches = on(e, x=(-1, 1))
    assert (both_branches.lo, both_branches.hi) == (-11, 11)
    assert on(sp.Piecewise((sp.log(x), x > 0), (0, True)), x=(-2, -1)).hi == 0  # the other branch is not asked
    assert on(sp.Piecewise((sp.log(x), x > 0), (0, True)), x=(-2, 1)) is UNDEFINED


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        (sp.zeta(x), "zeta"),
        (x * sp.oo, "oo"),
        (sp.I * x, "I"),
        (sp.Float("0.5") * x, "write sympy.Rational"),
        (y + x, "y is not among the symbols"),
        (sp.Piecewise((x, x > 0)), "no default"),
        (sp.besseli(y, x), "besseli"),
        (sp.besseli(-Q(1, 2), x), "order"),
        (sp.Sum(k, (k, 1, sp.oo)), "oo"),
        (sp.Function("f")(x), "f"),
    ],
)
def test_what_is_not_supported_is_named(expression: Any, named: str) -> None:
    with pytest.raises(UnsupportedExpression, match=named) as caught:
        compile_expression(expression, (x,))
    assert "supported are" in str(caught.value)


def test_what_is_no_statement_is_named() -> None:
    for wrong in (x + 1, sp.Eq(x > 0, y > 0, evaluate=False), sp.Contains(x, sp.Interval(0, 1))):
        with pytest.raises(UnsupportedExpression):
            compile_statement(wrong, (x, y))


def test_a_box_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"2 intervals; .* 1 symbols"):
        compile_expression(x, (x,)).interval([I(1), I(2)])
    with pytest.raises(ValueError, match="twice"):
        compile_expression(x, (x, x))


# --- statements -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "box", "truth"),
    [
        (sp.Lt(x, 2), (0, 1), Truth.TRUE),
        (sp.Lt(x, 1), (0, 1), Truth.UNKNOWN),
        (sp.Le(x, 1), (0, 1), Truth.TRUE),
        (sp.Gt(x, 1), (0, 1), Truth.FALSE),
        (sp.Ge(x, 2), (0, 1), Truth.FALSE),
        (sp.Eq(x, 2), (0, 1), Truth.FALSE),
        (sp.Eq(x, 1), (0, 1), Truth.UNKNOWN),
        (sp.Ne(x, 2), (0, 1), Truth.TRUE),
        (sp.And(x > -1, x < 2), (0, 1), Truth.TRUE),
        (sp.Or(x > 5, x < 2), (0, 1), Truth.TRUE),
        (sp.Not(sp.And(x > -1, x < 2)), (0, 1), Truth.FALSE),
        (sp.Implies(x > 5, x > 7), (0, 1), Truth.TRUE),
        (sp.Equivalent(x > 5, x > 7), (0, 1), Truth.TRUE),
        (sp.Xor(x > -1, x < 2), (0, 1), Truth.FALSE),
        (sp.log(x) > -10, (-1, 1), Truth.UNKNOWN),
        (sp.Or(sp.log(x) > -10, x < 2), (-1, 1), Truth.TRUE),
        (sp.true, (0, 1), Truth.TRUE),
        (sp.false, (0, 1), Truth.FALSE),
    ],
)
def test_statements_on_boxes(statement: Any, box: tuple[int, int], truth: Truth) -> None:
    assert compile_statement(statement, (x,)).truth([I(*box)]) is truth


def test_unbounded_boxes_are_decided_natively() -> None:
    weight = 1 / (1 + (1 / x - 1) * x ** (y * (1 + y)))  # the needle weight with x = 1/n
    assert compile_statement(weight <= 1, (x, y)).truth([I(0, Q(1, 3)), I(0, sp.oo)]) is Truth.TRUE
    assert compile_statement(x * sp.exp(-x) >= 0, (x,)).truth([I(0, sp.oo)]) is Truth.TRUE
    assert compile_statement(x - x >= 0, (x,)).truth([I(0, sp.oo)]) is Truth.TRUE  # SymPy says 0
    assert compile_statement(x - x**2 >= 0, (x,)).truth([I(0, sp.oo)]) is Truth.UNKNOWN  # oo - oo


# --- points -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "truth"),
    [
        (x * (1 - x) <= Q(1, 4), Truth.TRUE),  # a tie
        (x * (1 - x) < Q(1, 4), Truth.FALSE),
        (sp.Eq(x / 3 + x / 6, Q(1, 4)), Truth.TRUE),
        (sp.Ne(x / 3, Q(1, 6)), Truth.FALSE),
        (sp.sqrt(x / 2) >= Q(1, 2), Truth.TRUE),  # perfect powers are rational
        ((8 * x) ** Q(3, 2) <= 8, Truth.TRUE),
        (sp.Max(x / 3, Q(1, 6)) <= sp.Min(Q(1, 6), x), Truth.TRUE),
        (sp.floor(6 * x / 3) >= 1, Truth.TRUE),
        (sp.ceiling(2 * x / 3) + sp.sign(-x) + sp.Abs(-x / 3) <= Q(1, 6), Truth.TRUE),
        (sp.Piecewise((x / 3, x / 3 <= Q(1, 6)), (7, True)) <= Q(1, 6), Truth.TRUE),
        (sp.log(2 * x) <= 0, Truth.TRUE),
        (sp.gamma(2 * x + 4) <= 24, Truth.TRUE),
        (sp.exp(x) > 1 + x, Truth.TRUE),
        (sp.And(x > 0, sp.exp(x) < 1), Truth.FALSE),
        (sp.exp(sp.log(x + 1)) <= sp.exp(2 * sp.log(x + 1) / 2), Truth.TRUE),
        (sp.sqrt(2 * x + 1) * sp.sqrt(x + 1) >= sp.sqrt(3), Truth.UNKNOWN),  # an irrational tie stays honest
        (sp.log(4 * x) / sp.log(8 * x + 12) <= Q(1, 4), Truth.UNKNOWN),
    ],
)
def test_truth_at_one_half(statement: Any, truth: Truth) -> None:
    assert truth_at(statement, {x: Q(1, 2)}, max_bits=512) is truth


def test_precision_grows_until_a_close_call_is_decided() -> None:
    close = sp.exp(x) > 1 + x + x**2 / 2
    point = {x: Q(1, 10**80)}
    assert truth_at(close, point, max_bits=128) is Truth.UNKNOWN
    assert truth_at(close, point) is Truth.TRUE


def test_numbers_beyond_any_float() -> None:
    assert truth_at(n ** Q(119, 100) > n * 10**100, {n: 10**1000}) is Truth.TRUE
    assert truth_at(sp.Pow(x, 10**12) > 0, {x: Q(1, 3)}) is Truth.TRUE


@pytest.mark.parametrize(
    "undefined",
    [1 / x >= 0, 1 / sp.Abs(x) >= 5, 1 / x**2 >= 5, sp.log(x) <= 0, x * sp.log(x) <= 0, sp.Ne(1 / x, 1), 0**x >= 0],
)
def test_nothing_is_claimed_where_a_value_is_undefined(undefined: Any) -> None:
    """0**x at 0 is 1 and defined; all others have no value at 0."""
    expected = Truth.TRUE if undefined.lhs == 0**x else Truth.UNKNOWN
    assert truth_at(undefined, {x: 0}, max_bits=256) is expected


def test_a_pole_that_only_exact_numbers_see_is_not_claimed() -> None:
    """1/|x - 1/3| at 1/3: the enclosure of 1/3 - 1/3 has zero at its end, which is no proof that the value is large."""
    for distance in (sp.Abs(x - Q(1, 3)), (x - Q(1, 3)) ** 2, sp.Abs(sp.exp(x) - sp.exp(3 * y))):
        assert truth_at(1 / distance >= 5, {x: Q(1, 3), y: Q(1, 9)}, max_bits=256) is Truth.UNKNOWN
        assert truth_at(sp.Min(1 / distance, 7) >= 5, {x: Q(1, 3), y: Q(1, 9)}, max_bits=256) is Truth.UNKNOWN


@pytest.mark.parametrize("wrong", [0.5, sp.Float("0.5"), "1/2", sp.sqrt(2)])
def test_points_are_exact(wrong: Any) -> None:
    with pytest.raises(TypeError, match="not an exact number"):
        truth_at(x > 0, {x: wrong})
    with pytest.raises(TypeError, match="not an exact number"):
        enclose_at(x, {x: wrong})


def test_evaluation_leaves_the_precision_alone() -> None:
    before = ctx.prec
    enclose_at(sp.exp(x), {x: 1}, bits=777)
    truth_at(sp.exp(x) > 1, {x: 1})
    assert ctx.prec == before


# --- gradients --------------------------------------------------------------------------------------------------------

SMOOTH = [
    x + y, x - 2 * y, x * y, x / y, -x, 1 / x, x**3, x**-2, x ** Q(2, 3), x**y, 2**x, sp.sqrt(x), sp.exp(x * y),
    sp.log(x), sp.log(1 + x), sp.exp(x) - 1, sp.tanh(x), sp.sinh(x), sp.cosh(x), sp.erf(x), sp.erfc(x), sp.gamma(x),
    sp.loggamma(x), sp.polygamma(0, x), sp.polygamma(1, x), sp.besseli(0, x), sp.besseli(3, x), sp.besseli(-2, x),
    sp.besseli(Q(1, 2), x), sp.besseli(Q(5, 2), x), sp.binomial(x, 3), sp.Abs(x), sp.Max(x, y - 9), sp.Min(x, y + 9),
    sp.Piecewise((x**2, x > 0), (y, True)), sp.Sum(x**k * y, (k, 0, 3)), sp.Product(x + k * y, (k, 1, 3)),
    sp.sin(x), sp.cos(x * y), sp.sin(sp.pi * x) / sp.cos(y),
]  # fmt: skip


@pytest.mark.parametrize("expression", SMOOTH, ids=str)
@pytest.mark.parametrize("point", [(Q(1, 3), Q(7, 5)), (Q(11, 4), Q(1, 9))])
def test_gradients_at_points_are_sympys_derivatives(expression: Any, point: tuple[Any, Any]) -> None:
    place = dict(zip((x, y), point, strict=True))
    with precision(64):
        _, gradient = compile_expression(expression, (x, y)).value_and_gradient([I(value) for value in point])
    for symbol, slope in zip((x, y), gradient, strict=True):
        digits = str(sp.diff(expression.doit(), symbol).subs(place).evalf(60))
        exact, allowance = Fraction(digits), Fraction(1, 10**50)
        assert slope.defined
        assert rational(slope.lo) - allowance <= exact <= rational(slope.hi) + allowance
        assert rational(slope.hi) - rational(slope.lo) < Fraction(1, 10**12) * (1 + abs(rational(slope.hi)))


@pytest.mark.parametrize(
    ("expression", "box", "low", "high"),
    [
        (sp.Abs(x), (-1, 2), -1, 1),
        (sp.Abs(x), (0, 2), 1, 1),
        (sp.Abs(x), (-2, 0), -1, -1),
        (sp.Max(x, 0), (-1, 1), 0, 1),
        (sp.Min(x, -x), (-1, 1), -1, 1),
        (x**2, (-1, 2), -2, 4),
        (sp.floor(x), (Q(1, 4), Q(3, 4)), 0, 0),
        (sp.sqrt(x), (0, 4), Q(1, 4), sp.oo),
        (sp.exp(-x), (0, sp.oo), -1, 0),
        (sp.tanh(x), (0, sp.oo), 0, 1),
        (sp.sin(x), (-1, 4), -1, 1),
        (sp.cos(x), (-sp.oo, 0), -1, 1),
    ],
    ids=str,
)
def test_gradients_on_boxes_are_sharp(expression: Any, box: tuple[Any, Any], low: Any, high: Any) -> None:
    _, (slope,) = compile_expression(expression, (x,)).value_and_gradient([I(*box)])
    assert same_ends(slope, I(low, high)), slope


@pytest.mark.parametrize(
    "jump", [sp.floor(x), sp.ceiling(x), sp.sign(x), sp.Piecewise((1, x < 0), (2, True)), 0 * y + sp.floor(x) * 2]
)
def test_no_gradient_where_the_function_may_jump(jump: Any) -> None:
    value, (in_x, in_y) = compile_expression(jump + y, (x, y)).value_and_gradient([I(-1, 1), I(0, 1)])
    assert value.defined
    assert in_x is UNDEFINED
    assert same_ends(in_y, I(1))  # the other symbol keeps its own


def test_no_gradient_of_a_sum_in_its_limit() -> None:
    _, (in_n, in_x) = compile_expression(sp.Sum(x * k, (k, 1, n)), (n, x)).value_and_gradient([I(3), I(0, 1)])
    assert in_n is UNDEFINED
    assert same_ends(in_x, I(6))


def test_an_undefined_value_has_no_gradient() -> None:
    value, gradient = compile_expression(sp.log(x) + y, (x, y)).value_and_gradient([I(-1, 1), I(0, 1)])
    assert value is UNDEFINED
    assert all(slope is UNDEFINED for slope in gradient)


def test_the_mean_value_form_encloses_what_natural_evaluation_cannot() -> None:
    """x - x**2 on [1/4, 3/8] increases from 3/16 to 15/64; the natural range is wider than the mean value form."""
    program, box = compile_expression(x - x**2, (x,)), I(Q(1, 4), Q(3, 8))
    centre = I(Q(5, 16))
    mean_value = program.interval([centre]) + program.value_and_gradient([box])[1][0] * (box - centre)
    for exact in (Q(3, 16), Q(15, 64)):
        assert mean_value.contains(exact)
    natural = program.interval([box])
    assert rational(mean_value.hi) - rational(mean_value.lo) < rational(natural.hi) - rational(natural.lo)


# --- speed ------------------------------------------------------------------------------------------------------------


def test_thousands_of_boxes_a_second() -> None:
    """Far below what is reached (some 60,000 values and 20,000 gradients a second), so that only a collapse fails."""
    weight = 1 / (1 + (x - 1) * x ** (-y * (1 + y)))
    program, box = compile_expression(weight, (x, y)), [I(3, 4), I(1, 2)]
    start = time.process_time()
    for _ in range(500):
        program.value_and_gradient(box)
    assert time.process_time() - start < 0.5
