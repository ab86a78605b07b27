"""The checker's own arithmetic, covers and algebra, each against something that does not share its code."""

from __future__ import annotations

import itertools
import random
import time
from fractions import Fraction
from typing import Any

import mpmath
import pytest
import sympy as sp
from flint import arb, fmpq

from theory.rigor import certificate as fmt
from theory.rigor import checker_spans as spans
from theory.rigor.checker_algebra import sign_known, vanishes
from theory.rigor.checker_cover import Side, gap
from theory.rigor.checker_decider import Decider
from theory.rigor.checker_expressions import Program, UnsupportedExpression
from theory.rigor.checker_polynomial import polynomial_refutes
from theory.rigor.checker_spans import Span

x, y, a, n = (fmt.variable(name) for name in "xyan")
HALF = sp.Rational(1, 2)


# --- the checker's own arithmetic ----------------------------------------------------------------------------------


def _random_expression(rng: random.Random, depth: int) -> sp.Expr:
    if depth == 0:
        return rng.choice([x, y, x, y, sp.Rational(rng.randint(-9, 9), rng.randint(1, 7)), sp.pi, sp.E])
    one, two = _random_expression(rng, depth - 1), _random_expression(rng, rng.randrange(depth))
    unary = [
        sp.exp, sp.log, sp.tanh, sp.cosh, sp.sinh, sp.erf, sp.erfc, sp.Abs, sp.gamma, sp.loggamma, sp.floor, sp.ceiling,
        sp.sin, sp.cos, sp.sqrt, lambda e: sp.besseli(0, e), lambda e: sp.besseli(3, e), lambda e: sp.log(1 + e),
        lambda e: sp.exp(e) - 1, lambda e: e**2, lambda e: e**3, lambda e: 1 / e, lambda e: e ** sp.Rational(-2, 3),
        lambda e: sp.Abs(e) ** y, lambda e: sp.polygamma(0, e), lambda e: sp.polygamma(1, e),
        lambda e: sp.Piecewise((e, x > 0), (e**2, True)),
    ]  # fmt: skip
    binary = [lambda p, q: p + q, lambda p, q: p * q, lambda p, q: p - q, lambda p, q: p / q, sp.Min, sp.Max]
    return rng.choice(unary)(one) if rng.random() < 0.5 else rng.choice(binary)(one, two)


def _to_mpmath(end: arb) -> Any:
    if not end.is_finite():
        return mpmath.inf if end > 0 else -mpmath.inf
    mantissa, exponent = end.man_exp()
    return mpmath.ldexp(mpmath.mpf(int(mantissa)), int(exponent))


def _containments(seed: int, expressions: int) -> int:
    """How many values at random points were seen to lie in the spans of boxes around them; fails if one does not."""
    rng = random.Random(seed)
    found = 0
    mpmath.mp.dps = 60
    while expressions:
        try:
            e = _random_expression(rng, rng.randint(1, 4))
        except (ValueError, TypeError):  # SymPy refuses some combinations, such as Min(zoo, x)
            continue
        if not e.free_symbols or e.has(sp.zoo, sp.nan, sp.I, sp.oo, sp.S.NegativeInfinity):
            continue
        expressions -= 1
        program = Program((x, y))
        try:
            place = program.index(e)
        except UnsupportedExpression:
            continue
        exact = sp.lambdify((x, y), e, "mpmath")
        for _ in range(4):
            ends = [sorted(Fraction(rng.randint(-60, 60), 16) for _ in range(2)) for _ in range(2)]
            with spans.precision(64):
                whole = [Span(spans.rational(low).low, spans.rational(high).high) for low, high in ends]
                value = program.run(whole)[place]
            if value is None:
                continue
            for _ in range(3):
                point = [low + (high - low) * Fraction(rng.randint(0, 32), 32) for low, high in ends]
                try:
                    at_point = exact(*[mpmath.mpf(q.numerator) / q.denominator for q in point])
                except (ZeroDivisionError, ValueError, OverflowError, TypeError, NotImplementedError):
                    pytest.fail(f"{e} has the span {value} on {ends}, but no value at {point}")
                if mpmath.im(at_point) != 0:
                    assert abs(mpmath.im(at_point)) < 1e-50, f"{e} is not real at {point}, within {ends}"
                at_point = mpmath.re(at_point)
                slack = mpmath.mpf(10) ** -45 * (1 + abs(at_point))
                low, high = (_to_mpmath(end) for end in (value.low, value.high))
                assert low - slack <= at_point <= high + slack, f"{e} at {point} is {at_point}, outside of {value}"
                found += 1
    return found


def test_spans_contain_the_values_of_random_expressions():
    assert _containments(seed=1, expressions=120) > 150


@pytest.mark.slow
def test_spans_contain_the_values_of_many_random_expressions():
    assert _containments(seed=2, expressions=2_000) > 2_500


def test_a_span_with_an_end_moved_inward_is_noticed_by_the_containment_test(monkeypatch):
    def broken(a: Span | None) -> Span | None:
        return None if a is None else Span(a.low, (a.low + a.high) / 2)

    for function in (sp.exp, sp.log, sp.tanh, sp.cosh, sp.Abs, sp.floor):
        monkeypatch.setitem(Program._compile.__globals__["UNARY"], function, broken)
    with pytest.raises(AssertionError, match="outside of"):
        _containments(seed=1, expressions=120)


def _defined(span: Span | None) -> Span:
    assert span is not None
    return span


def test_open_ends_are_kept_through_arithmetic():
    with spans.precision(64):
        right_of_zero = Span(spans.ZERO, spans.ONE, True, False)
        program = Program((x,))
        values = {
            e: program.index(e) for e in (1 / x, sp.log(x), x**2, x * (1 + x), sp.exp(x) - 1, sp.sqrt(x), -x, x**x)
        }
        found = program.run([right_of_zero])
    assert all(found[place] is not None for place in values.values())
    assert spans.positive(_defined(found[values[x**2]]))
    assert spans.positive(_defined(found[values[sp.exp(x) - 1]]))
    assert spans.negative(_defined(found[values[-x]]))
    with spans.precision(64):
        closed = program.run([Span(spans.ZERO, spans.ONE)])
    assert closed[values[1 / x]] is None
    assert closed[values[sp.log(x)]] is None
    assert not spans.positive(_defined(closed[values[x**2]]))


def test_zero_times_an_unbounded_span_is_zero_only_where_the_factor_is():
    everything = spans.REALS
    with spans.precision(64):
        assert spans.multiply(spans.NOUGHT, everything) == spans.NOUGHT
        product = spans.multiply(Span(spans.ZERO, spans.ONE, True), Span(spans.ONE, spans.INFINITY, False, True))
        assert product == Span(spans.ZERO, spans.INFINITY, True, True)


def test_comparisons_answer_none_where_nothing_is_certain():
    with spans.precision(64):
        here, there = Span(spans.ZERO, spans.ONE), Span(spans.ONE, spans.INFINITY, False, True)
        assert spans.less(here, there) is None
        assert spans.less_equal(here, there) is True
        assert spans.less(there, here) is False
        assert spans.less(here, Span(spans.ONE, spans.INFINITY, True, True)) is True
        assert spans.equal(spans.UNIT, spans.UNIT) is True
        assert spans.less(None, here) is None
        assert spans.equal(None, None) is None


def test_mean_value_form_decides_what_natural_evaluation_cannot_and_refuses_jumps():
    with spans.precision(64):
        here = [Span(spans.ONE, spans.rational(Fraction(13, 10)).high)]
        assert Decider(sp.Ge(sp.exp(x) - 2 * x, HALF), (x,)).natural(here) is None
        assert Decider(sp.Ge(sp.exp(x) - 2 * x, HALF), (x,)).mean_value(here) is True
        jump = [Span(spans.rational(Fraction(9, 10)).low, spans.rational(Fraction(11, 10)).high)]
        # The derivative of floor, where it has one, is 0; the mean-value form would say that floor(x) is 1.
        assert Decider(sp.Le(sp.floor(x + Fraction(1, 100)) - x / 100, HALF), (x,)).mean_value(jump) is None
        assert Decider(sp.Le(sp.Piecewise((0, x < 1), (5, True)), 2), (x,)).mean_value(jump) is None
        assert Decider(sp.Ge(sp.Abs(x - 1), -HALF / 100 + 0 * x), (x,)).mean_value(jump) is True


# --- covers --------------------------------------------------------------------------------------------------------


def _covered_by_brute_force(region: list[Side], boxes: list[Any]) -> bool:
    """Ends are multiples of 1/2, so the points at multiples of 1/8 decide."""
    axes = []
    for side in region:
        assert side.low is not None
        assert side.high is not None
        points = [side.low + fmpq(k, 8) for k in range(int((side.high - side.low) * 8) + 1)]
        axes.append([q for q in points if q.q == 1] if side.integer else points)
    return all(
        any(
            all((lo is None or lo <= q) and (hi is None or q <= hi) for q, (lo, hi) in zip(point, b, strict=True))
            for b in boxes
        )
        for point in itertools.product(*axes)
    )


def test_covers_agree_with_brute_force_on_random_boxes():
    rng = random.Random(3)
    seen = {True: 0, False: 0}
    for _ in range(1500):
        dimensions = rng.choice([1, 2])
        region, boxes = [], []
        for _ in range(dimensions):
            low, high = sorted(fmpq(rng.randrange(7), 2) for _ in range(2))
            region.append(Side(low, high, rng.random() < 0.3))
        for _ in range(rng.randrange(1, 9)):
            ends = []
            for _ in range(dimensions):
                low, high = (fmpq(rng.randrange(-1, 9), 2) for _ in range(2))
                if low > high and rng.random() < 0.8:
                    low, high = high, low
                ends.append((None if rng.random() < 0.2 else low, None if rng.random() < 0.2 else high))
            boxes.append(tuple(ends))
        truth = _covered_by_brute_force(region, boxes)
        seen[truth] += 1
        assert (gap(region, boxes) is None) is truth, (region, boxes)
    assert min(seen.values()) > 300


def test_covers_of_unbounded_regions():
    line = [Side(None, None)]
    assert gap(line, [((None, fmpq(0)),), ((fmpq(0), None),)]) is None
    assert gap(line, [((None, fmpq(0)),), ((fmpq(0), fmpq(10) ** 30),)]) is not None
    integers = [Side(fmpq(3), None, integer=True)]
    assert gap(integers, [((fmpq(2), fmpq(7)),), ((fmpq(8), None),)]) is None
    assert gap(integers, [((fmpq(2), fmpq(7)),), ((fmpq(9), None),)]) is not None


# --- exact algebra -------------------------------------------------------------------------------------------------

REGION = {
    x: fmt.Span(sp.S.Zero, sp.S.One),
    y: fmt.Span(sp.S.Zero, sp.oo, True, True),
    n: fmt.Span(sp.Integer(3), sp.oo, False, True, True),
    a: fmt.Span(sp.S.Zero, sp.oo, False, True),
}

IDENTITIES = [
    (x + y) ** 2 - x**2 - 2 * x * y - y**2,
    n ** (a * (1 + a)) - n**a * n ** (a**2),
    sp.tanh(x) - (sp.exp(2 * x) - 1) / (sp.exp(2 * x) + 1),
    sp.log(x * y + y) - sp.log(y) - sp.log(1 + x),
    1 / (1 + (n - 1) * n ** (-a * (1 + a))) - n ** (a * (1 + a)) / (n ** (a * (1 + a)) + n - 1),
    sp.sqrt(x**2 * y) - x * sp.sqrt(y),
    (1 / y) ** a * y**a - 1,
    sp.cosh(x) ** 2 - sp.sinh(x) ** 2 - 1,
    sp.Abs(x) - x,
    sp.gamma(y + 1) - y * sp.gamma(y),
]


@pytest.mark.parametrize("identity", IDENTITIES, ids=str)
def test_identities_vanish_and_their_neighbours_do_not(identity):
    assert vanishes(identity, REGION)
    assert not vanishes(identity + sp.Rational(1, 10**30), REGION)
    assert not vanishes(identity + x / 10**30, REGION)


def test_an_identity_of_one_sign_is_not_one_of_the_other():
    assert not vanishes(sp.sqrt(x**2) - x, {x: fmt.Span(-sp.S.One, sp.S.One)})
    assert vanishes(sp.sqrt(x**2) + x, {x: fmt.Span(sp.S.NegativeInfinity, sp.S.Zero, True)})


def test_signs_follow_from_the_ends():
    assert sign_known(n**2 - 2 * n - 3, ">=", REGION)
    assert not sign_known(n**2 - 2 * n - 3, ">", REGION)
    assert not sign_known(n**2 - 2 * n - 4, ">=", REGION)
    assert sign_known(1 / y + x, ">", REGION)
    assert not sign_known(1 / y - x, ">", REGION)


def test_algebra_that_would_take_for_ever_is_not_begun():
    everywhere = {x: fmt.Span(sp.S.NegativeInfinity, sp.oo, True, True)}
    steep = sp.exp(x**2 * sp.Rational(49_999, 100_000)) - sp.cosh(x)  # of degree 100,000 in exp(x^2/100000)
    began = time.process_time()
    assert not sign_known(steep, ">=", everywhere)
    assert not vanishes((1 + x) ** 100_000 - (1 + x) ** 99_999 * (2 + x), everywhere)
    assert vanishes((1 + x) ** 100 * (2 + x) - (1 + x) ** 101 - (1 + x) ** 100, everywhere)
    assert time.process_time() - began < 30


def test_polynomial_refutation_is_not_fooled_by_a_guarded_denominator():
    everywhere = {x: fmt.Span(sp.S.NegativeInfinity, sp.oo, True, True)}
    # Or(x == 0, 1/x > 5) as a hypothesis must not exclude x = 0.
    guarded: Any = sp.Or(sp.Eq(x, 0), 1 / x > 5)  # type: ignore[arg-type]
    assert polynomial_refutes(sp.Gt(x, 0), everywhere, [guarded]) != "unsat"
    assert polynomial_refutes(sp.Ge(x, 0), everywhere, [guarded]) == "unsat"
    assert polynomial_refutes(sp.Ge(x, 0), everywhere, []) == "sat"
