"""Containment fuzzing: exact values and difference quotients of random expressions lie in the computed intervals.

The exact value at a rational point comes from `reference`, which walks the SymPy expression with Arb balls of at least
400 bits (functions of mpmath in one test) and shares no code with the intervals. A containment is false if the ball
and the interval have no number in common. The negative controls plant errors of one unit in the last place.
"""

from __future__ import annotations

import operator
import random
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import reduce
from typing import Any

import mpmath
import pytest
import sympy as sp
from flint import arb, ctx, fmpq

from theory.rigor import compiler, elementary, interval, operations, special, tape
from theory.rigor.evaluate import compile_expression, compile_statement, truth_at
from theory.rigor.interval import UNDEFINED, Interval, precision
from theory.rigor.truth import Truth

SYMBOLS = sp.symbols("x y z", real=True)
REFERENCE_BITS = 400
Ends = tuple[Fraction | None, Fraction | None]  # None: unbounded


# --- the reference ----------------------------------------------------------------------------------------------------


class NoValue(Exception):
    """The expression has no real value at the point, or the balls cannot tell."""


FUNCTIONS: dict[Any, Callable[..., arb]] = {
    sp.exp: lambda x: x.exp(),
    sp.log: lambda x: x.log(),
    sp.tanh: lambda x: x.tanh(),
    sp.sinh: lambda x: x.sinh(),
    sp.cosh: lambda x: x.cosh(),
    sp.sin: lambda x: x.sin(),
    sp.cos: lambda x: x.cos(),
    sp.erf: lambda x: x.erf(),
    sp.erfc: lambda x: x.erfc(),
    sp.gamma: lambda x: x.gamma(),
    sp.loggamma: lambda x: x.lgamma() if x > 0 else arb("nan"),
    sp.factorial: lambda x: (x + 1).gamma(),
    sp.Abs: lambda x: abs(x),
    sp.floor: lambda x: x.floor(),
    sp.ceiling: lambda x: x.ceil(),
    sp.sign: lambda x: x.sgn(),
    sp.Min: lambda *all: reduce(lambda x, y: x.min(y), all),
    sp.Max: lambda *all: reduce(lambda x, y: x.max(y), all),
    sp.besseli: lambda order, x: x.bessel_i(order),
    sp.polygamma: lambda order, x: x.digamma() if order == 0 else arb(2).zeta(x),
    sp.binomial: lambda n, k: (n + 1).gamma() / ((k + 1).gamma() * (n - k + 1).gamma()),
}
RELATIONS = {sp.Lt: operator.lt, sp.Le: operator.le, sp.Gt: operator.gt, sp.Ge: operator.ge}
RELATION_TYPES: list[Any] = list(RELATIONS)
CONNECTIVES: dict[Any, Callable[[list[bool]], bool]] = {
    sp.And: all,
    sp.Or: any,
    sp.Not: lambda parts: not parts[0],
    sp.Xor: lambda parts: sum(parts) % 2 == 1,
    sp.Implies: lambda parts: parts[1] or not parts[0],
    sp.Equivalent: lambda parts: all(parts) or not any(parts),
    sp.ITE: lambda parts: parts[1] if parts[0] else parts[2],
}
CONSTANTS = {sp.pi: arb.pi, sp.E: arb.const_e, sp.EulerGamma: arb.const_euler, sp.Catalan: arb.const_catalan}


def reference(e: Any, point: dict[Any, arb]) -> arb:
    """The value at a point as a ball of the working precision. Raises NoValue."""
    value = _reference(e, point)
    if not value.is_finite():
        raise NoValue
    return value


def _reference(e: Any, point: dict[Any, arb]) -> arb:
    if e in point:
        return point[e]
    if isinstance(e, sp.Rational):
        return arb(fmpq(int(e.p), int(e.q)))
    if e in CONSTANTS:
        return CONSTANTS[e]()
    if isinstance(e, sp.Add | sp.Mul):
        return reduce(operator.add if isinstance(e, sp.Add) else operator.mul, (reference(a, point) for a in e.args))
    if isinstance(e, sp.Pow) and e.base != sp.E:
        return _reference_power(reference(e.base, point), reference(e.exp, point), e.exp)
    if isinstance(e, sp.Piecewise):
        for value, condition in e.args:  # type: ignore[misc]
            if _reference_truth(condition, point):
                return reference(value, point)
    if isinstance(e, sp.Sum | sp.Product):
        index, low, high = e.limits[0]
        terms = [reference(e.function, point | {index: arb(k)}) for k in range(int(low), int(high) + 1)]
        return reduce(operator.add if isinstance(e, sp.Sum) else operator.mul, terms)
    return FUNCTIONS[sp.exp if isinstance(e, sp.Pow) else type(e)](*(reference(a, point) for a in e.args))


def _reference_power(base: arb, exponent: arb, written: Any) -> arb:
    if written.is_Integer:
        return base ** int(written)
    if base == 0 and exponent > 0:
        return arb(0)
    if not base > 0:
        raise NoValue
    return base**exponent


def _reference_truth(condition: Any, point: dict[Any, arb]) -> bool:
    if condition in (sp.true, sp.false):
        return condition == sp.true
    if type(condition) not in RELATIONS:  # SymPy folds a Piecewise inside a condition into connectives
        parts = [_reference_truth(part, point) for part in condition.args]
        return CONNECTIVES[type(condition)](parts)
    difference = reference(condition.lhs, point) - reference(condition.rhs, point)
    if difference.contains(0) and not difference == 0:
        raise NoValue
    return RELATIONS[type(condition)](difference, 0)


# --- random expressions, boxes and points -----------------------------------------------------------------------------


def random_expression(rng: random.Random, depth: int) -> Any:
    if depth == 0 or rng.random() < 0.08:
        return random_leaf(rng)
    part = lambda: random_expression(rng, depth - 1)  # noqa: E731
    kind = rng.randrange(15)
    if kind < 5:
        first, second = part(), part()
        return [first + second, first - second, first * second, first / second, first - second * first][kind]
    if kind == 5:
        return part() ** rng.choice([-3, -2, -1, 2, 3, 4, 5])
    if kind == 6:
        return part() ** sp.Rational(rng.randint(-7, 7), rng.choice([2, 2, 3, 5, 1009]))
    if kind == 7:
        return rng.choice([lambda: sp.Abs(part()) ** part(), lambda: sp.Rational(rng.randint(1, 30), 10) ** part()])()
    if kind == 8:
        return rng.choice([sp.Min, sp.Max])(part(), part())
    if kind == 9:
        order = sp.Rational(rng.choice([0, 1, 2, 3, sp.Rational(1, 2), sp.Rational(7, 3), -1]))
        return rng.choice([lambda: sp.besseli(order, part()), lambda: sp.polygamma(rng.choice([0, 1]), part())])()
    if kind == 10:
        relation = rng.choice(RELATION_TYPES)(part(), random_leaf(rng))
        return sp.Piecewise((part(), relation), (part(), True))
    if kind == 11:
        index = sp.Symbol("k", integer=True)
        series = rng.choice([sp.Sum, sp.Product])
        term = rng.choice([lambda: part() + index, lambda: part() * index, lambda: random_leaf(rng) ** index])()
        return series(term, (index, rng.randint(0, 2), rng.randint(2, 4)))
    return random_function(rng)(part())


def random_leaf(rng: random.Random) -> Any:
    if rng.random() < 0.75:
        return rng.choice(SYMBOLS)
    return rng.choice([sp.Rational(rng.randint(-30, 30), rng.randint(1, 9)), sp.Rational(1, 3), sp.pi, sp.E])


def random_function(rng: random.Random) -> Callable[[Any], Any]:
    plain = [
        sp.exp, sp.log, sp.sqrt, sp.Abs, sp.tanh, sp.sinh, sp.cosh, sp.erf, sp.erfc, sp.gamma, sp.loggamma,
        sp.sin, sp.cos,
    ]  # fmt: skip
    steps = [sp.floor, sp.ceiling, sp.sign, sp.factorial]
    forms = [lambda z: sp.log(1 + z), lambda z: sp.exp(z) - 1, lambda z: sp.binomial(z, 3), lambda z: 1 / z]
    return rng.choice(plain + steps + forms)


def random_number(rng: random.Random) -> Fraction:
    style = rng.randrange(6)
    if style < 3:
        return Fraction(rng.randint(-40, 40), rng.randint(1, 12))
    if style == 3:
        return Fraction(rng.choice([-1, 0, 1, 2]))
    size = Fraction(2) ** rng.randint(-70, 12)
    return rng.choice([-1, 1]) * size * Fraction(rng.randint(1, 99), 100)


def random_ends(rng: random.Random) -> Ends:
    """Degenerate, tiny, wide, touching zero, unbounded on one side or both."""
    low, style = random_number(rng), rng.randrange(12)
    if style < 3:
        return low, low
    if style < 5:
        return low, low + abs(low) * Fraction(1, 2**60) + Fraction(1, 2**90)
    if style < 8:
        return low, low + abs(random_number(rng))
    if style == 8:
        return Fraction(0), abs(low)
    if style == 9:
        return -abs(low), Fraction(0)
    return rng.choice([(low, None), (None, low), (None, None), (abs(low), None)])


def random_point(rng: random.Random, ends: Ends) -> Fraction:
    """A rational between the ends, often one of them, or far out where there is none."""
    low, high = ends
    if low is not None and high is not None:
        return rng.choice([low, high, low + (high - low) * Fraction(rng.randint(0, 64), 64)])
    far = Fraction(rng.choice([0, 1, 10, 10**4, 10**9])) * Fraction(rng.randint(1, 99), 98)
    if low is not None:
        return low + far
    return high - far if high is not None else rng.choice([-1, 1]) * far


def as_interval(ends: Ends) -> Interval:
    low, high = ends
    return Interval.of("-oo" if low is None else low, "oo" if high is None else high)


def disjoint(ball: arb, found: Interval) -> bool:
    return bool(ball < found.lo or ball > found.hi)


def cases(seed: int, depth: int = 3) -> Iterator[tuple[random.Random, Any, Any, list[Ends], int]]:
    """Endless: generator, expression, compiled expression, box, precision in bits."""
    rng = random.Random(seed)
    while True:
        try:
            expression = random_expression(rng, rng.randint(1, depth))
            program = compile_expression(expression, SYMBOLS)
        except (TypeError, ValueError):
            continue  # SymPy found that a part has no real value, and said so or rewrote it to atan2, ...
        for _ in range(4):
            yield rng, expression, program, [random_ends(rng) for _ in SYMBOLS], rng.choice([24, 53, 53, 64, 128])


def describe(expression: Any, box: list[Ends], point: list[Fraction], bits: int, exact: arb, found: Interval) -> str:
    names = [f"{s} = {p} in {ends}" for s, p, ends in zip(SYMBOLS, point, box, strict=True)]
    return f"{expression} at {'; '.join(names)} with {bits} bits is {exact}, not in {found}"


def value_at(expression: Any, point: list[Fraction], bits: int = REFERENCE_BITS) -> arb | None:
    with precision(bits):
        try:
            balls = [arb(fmpq(p.numerator, p.denominator)) for p in point]
            value = reference(expression, dict(zip(SYMBOLS, balls, strict=True)))
        except (NoValue, ZeroDivisionError):
            return None
        return value if value.rel_accuracy_bits() > 200 or value.rad() < arb(2) ** -200 else None


def check_values(count: int, seed: int, only: Callable[[Any], bool] = lambda e: True) -> Counter[str]:
    """Check `count` containments of values; how often each kind of node and box took part."""
    seen: Counter[str] = Counter()
    for rng, expression, program, box, bits in cases(seed):
        if not only(expression):
            continue
        with precision(bits):
            found = program.interval([as_interval(ends) for ends in box])
        if found is UNDEFINED:
            continue
        for _ in range(6):
            point = [random_point(rng, ends) for ends in box]
            value = value_at(expression, point)
            if value is None:
                continue
            assert not disjoint(value, found), describe(expression, box, point, bits, value, found)
            seen["containments"] += 1
        seen.update({type(node).__name__ for node in sp.preorder_traversal(expression)})
        seen["unbounded box"] += any(None in ends for ends in box)
        seen["bounded result"] += found.bounded
        if seen["containments"] >= count:
            break
    return seen


def check_slopes(count: int, seed: int) -> Counter[str]:
    """Check that difference quotients along one side of the box lie in that component of the gradient."""
    seen: Counter[str] = Counter()
    for rng, expression, program, box, bits in cases(seed):
        with precision(bits):
            gradient = program.value_and_gradient([as_interval(ends) for ends in box])[1]
        for side, slope in enumerate(gradient):
            low, high = box[side]
            if slope is UNDEFINED or (low is not None and low == high):
                continue
            point = [random_point(rng, ends) for ends in box]
            other = list(point)
            other[side] = random_point(rng, box[side])
            if rng.random() < 0.5:  # so near that the quotient is the derivative
                other[side] = point[side] + (1 if high is None or point[side] < high else -1) * Fraction(1, 2**100)
            run = other[side] - point[side]
            values = [value_at(expression, p, 2 * REFERENCE_BITS) for p in (point, other)]
            if run == 0 or values[0] is None or values[1] is None:
                continue
            with precision(2 * REFERENCE_BITS):
                quotient = (values[1] - values[0]) / arb(fmpq(run.numerator, run.denominator))
            if quotient.rad() > abs(quotient) * arb(2) ** -100 and quotient.rad() > arb(2) ** -100:
                continue
            assert not disjoint(quotient, slope), describe(expression, box, point, bits, quotient, slope)
            seen["containments"] += 1
            seen["kinks"] += expression.has(sp.Abs, sp.Min, sp.Max)
            seen["jumps"] += expression.has(sp.floor, sp.ceiling, sp.sign, sp.Piecewise)
            seen["bounded result"] += slope.bounded
        if seen["containments"] >= count:
            break
    return seen


def check_truths(count: int, seed: int) -> Counter[str]:
    """Check that a statement decided on a box, or at a point, has that truth at points of the box."""
    rng, seen = random.Random(seed), Counter[str]()
    while seen["containments"] < count:
        try:
            statement = random_statement(rng)
            compiled = compile_statement(statement, SYMBOLS)
        except (TypeError, ValueError):
            continue
        for _ in range(6):
            box = [random_ends(rng) for _ in SYMBOLS]
            with precision(53):
                on_box = compiled.truth([as_interval(ends) for ends in box])
            seen["decided box"] += on_box is not Truth.UNKNOWN
            for _ in range(3):
                point = [random_point(rng, ends) for ends in box]
                exact = truth_of(statement, point)
                at_point = truth_at(statement, dict(zip(SYMBOLS, point, strict=True)), max_bits=128)
                for found in (on_box, at_point) if exact is not None else ():
                    assert found in (exact, Truth.UNKNOWN), f"{statement} at {point} in {box} is {exact}, not {found}"
                    seen["containments"] += found is not Truth.UNKNOWN
    return seen


def random_statement(rng: random.Random) -> Any:
    relations: list[Any] = []
    for _ in range(2):
        relations.append(rng.choice(RELATION_TYPES)(*(random_expression(rng, 2) for _ in range(2)), evaluate=False))
    connective: Any = rng.choice([sp.And, sp.Or, sp.Xor, sp.Implies, sp.Equivalent])
    whole: Any = sp.Not(relations[0], evaluate=False)
    return rng.choice([relations[0], whole, connective(*relations, evaluate=False)])


def truth_of(statement: Any, point: list[Fraction]) -> Truth | None:
    with precision(REFERENCE_BITS):
        balls = {s: arb(fmpq(p.numerator, p.denominator)) for s, p in zip(SYMBOLS, point, strict=True)}
        try:
            return Truth.TRUE if _reference_truth(statement, balls) else Truth.FALSE
        except (NoValue, ZeroDivisionError):
            return None


# --- the tests --------------------------------------------------------------------------------------------------------

NODES = [sp.Add, sp.Mul, sp.Pow, sp.Piecewise, sp.Sum, sp.Product, *FUNCTIONS]


def test_values_are_contained() -> None:
    seen = check_values(6000, seed=1)
    assert not [node for node in NODES if seen[node.__name__] < 5], seen
    assert min(seen["unbounded box"], seen["bounded result"]) > 300


def test_slopes_are_contained() -> None:
    seen = check_slopes(1500, seed=2)
    assert min(seen["kinks"], seen["jumps"], seen["bounded result"]) > 100, seen


def test_truths_hold_at_points() -> None:
    assert check_truths(1500, seed=3)["decided box"] > 150


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 20))
def test_two_hundred_thousand_values_are_contained(seed: int) -> None:
    assert check_values(20_000, seed)["containments"] >= 20_000


@pytest.mark.slow
def test_twenty_thousand_truths_hold_at_points() -> None:
    assert check_truths(20_000, seed=30)["decided box"] > 2000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20, 24))
def test_forty_thousand_slopes_are_contained(seed: int) -> None:
    assert check_slopes(10_000, seed)["containments"] >= 10_000


MPMATH = {
    sp.gamma: mpmath.gamma,
    sp.loggamma: mpmath.loggamma,
    sp.erf: mpmath.erf,
    sp.erfc: mpmath.erfc,
    sp.tanh: mpmath.tanh,
    sp.cosh: mpmath.cosh,
    sp.sin: mpmath.sin,
    sp.cos: mpmath.cos,
    sp.exp: mpmath.exp,
    sp.log: mpmath.log,
    sp.sqrt: mpmath.sqrt,
    (lambda z: sp.besseli(2, z)): lambda z: mpmath.besseli(2, z),
    (lambda z: sp.polygamma(0, z)): mpmath.digamma,
    (lambda z: sp.polygamma(1, z)): lambda z: mpmath.polygamma(1, z),
    (lambda z: z ** sp.Rational(7, 3)): lambda z: z ** (mpmath.mpf(7) / 3),
    (lambda z: sp.log(1 + z)): mpmath.log1p,
    (lambda z: sp.exp(z) - 1): mpmath.expm1,
}


@pytest.mark.parametrize("function", MPMATH)
def test_functions_agree_with_another_library(function: Any) -> None:
    """Arb computed both the intervals and the reference above; mpmath did not."""
    program, rng = compile_expression(function(SYMBOLS[0]), SYMBOLS[:1]), random.Random(3)
    for _ in range(40):
        number = abs(random_number(rng)) + Fraction(1, 1000)
        with mpmath.workprec(300):
            value: Any = MPMATH[function](mpmath.mpf(number.numerator) / number.denominator)
            sign, mantissa, exponent, _ = value._mpf_
        near = fmpq((-1) ** sign * int(mantissa)) * fmpq(2) ** exponent
        with precision(53):
            found = program.interval([Interval.of(number)])
        allowance = abs(near) * fmpq(1, 2**250)
        assert found.lo.fmpq() <= near + allowance
        assert near - allowance <= found.hi.fmpq()
        assert (found.hi.fmpq() - found.lo.fmpq()) <= (abs(near) + fmpq(1, 1000)) * fmpq(1, 2**40)


# --- negative controls: the same checks fail once an error is planted -------------------------------------------------


def inward(function: Callable[..., arb], towards: int) -> Callable[..., arb]:
    """The same rounding, one unit in the last place too far inward."""

    def rounded(*arguments: arb) -> arb:
        end = function(*arguments)
        return end if not end.is_finite() else end + towards * (abs(end) * arb(2) ** (1 - ctx.prec)).mid()

    return rounded


@pytest.mark.parametrize(
    ("module", "name", "towards"),
    [
        (interval, "round_down", 1),
        (interval, "round_up", -1),
        (interval, "_product_down", 1),
        (interval, "_product_up", -1),
        (elementary, "round_down", 1),
        (elementary, "round_finite_down", 1),
        (elementary, "round_up", -1),
        (special, "round_down", 1),
        (special, "round_up", -1),
    ],
)
def test_one_rounding_inward_is_caught(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, towards: int) -> None:
    monkeypatch.setattr(module, name, inward(getattr(module, name), towards))
    with pytest.raises(AssertionError, match="not in"):
        check_values(6000, seed=1)


def test_constants_rounded_to_nearest_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nearest(Interval):
        @classmethod
        def of(cls, low: object, high: object | None = None) -> Interval:
            exact = Interval.of(low, high)
            return exact if not exact.bounded else Interval(exact.lo, exact.lo)

    monkeypatch.setattr(tape, "Interval", Nearest)
    with pytest.raises(AssertionError, match="not in"):
        check_values(6000, seed=1)


@pytest.mark.parametrize("name", ["ABSOLUTE", "COSH", "TANH", "SIN", "COS", "GAMMA", "LOG1P", "SQRT"])
def test_a_wrong_derivative_is_caught(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    right = getattr(operations, name)
    wrong = operations.Unary(right.name, right.value, lambda x, value: right.derivative(x, value) / operations.TWO)
    monkeypatch.setattr(operations, name, wrong)
    for function, operation in compiler.UNARY.items():
        if operation is right:
            monkeypatch.setitem(compiler.UNARY, function, wrong)
    with pytest.raises(AssertionError, match="not in"):
        check_slopes(6000, seed=2)


def test_a_comparison_the_wrong_way_round_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(compiler.COMPARISONS, sp.StrictGreaterThan, (interval.less, False, False))
    with pytest.raises(AssertionError, match="not Truth"):
        check_truths(1500, seed=3)


def test_a_jump_taken_for_flat_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    flat = operations.Unary("floor", operations.FLOOR.value, lambda x, value: operations.NULL)
    monkeypatch.setitem(compiler.UNARY, sp.floor, flat)
    with pytest.raises(AssertionError, match="not in"):
        check_slopes(6000, seed=2)
