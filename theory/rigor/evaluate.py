"""SymPy expressions and statements, compiled once and evaluated on boxes of intervals.

This is our own compiler: `sympy.lambdify` rounds constants and is no use in a proof. Rationals become enclosures, equal
subexpressions are evaluated once, `log(1 + x)` and `exp(x) - 1` become log1p and expm1, and finite sums and
products run over their index when their limits are exact integers on the box. Derivatives are propagated forward by the
chain rule; at a kink (Abs, Min, Max) they enclose the generalised gradient, at a jump they are UNDEFINED.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import sympy as sp
from flint import arb, ctx
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean, BooleanAtom

from theory.rigor import interval as iv
from theory.rigor.interval import UNDEFINED, Interval, precision
from theory.rigor.truth import Truth, both, either, negate

Box = Sequence[Interval]
SUPPORTED = (
    "numbers, symbols, + - * / and powers, exp, log, tanh, cosh, sinh, erf, gamma, loggamma, factorial, binomial, "
    "besseli of integer order, Abs, Min, Max, floor, ceiling, Piecewise with a default, KroneckerDelta, Sum and Product"
)
MOST_TERMS = 200_000


class UnsupportedExpression(ValueError):
    """An expression that the evaluator cannot enclose; the message names the part and what is supported."""


def _unsupported(part: sp.Basic, why: str = "") -> UnsupportedExpression:
    return UnsupportedExpression(f"{type(part).__name__} in {sp.sstr(part)} is not supported{why}; use {SUPPORTED}.")


# Every operation: interval value, and the partial derivatives in its arguments given (arguments, value).
Operation = Callable[..., Interval]
Partials = Callable[..., tuple[Interval, ...]]

_ONE = Interval(iv.ONE, iv.ONE)
_ZERO = Interval(iv.ZERO, iv.ZERO)
_MINUS_ONE = -_ONE
_UNIT = Interval(iv.ZERO, iv.ONE)
_TWO = Interval.of(2)


def _digamma(x: Interval) -> Interval:
    if not x.defined or not x.lo > 0:
        return UNDEFINED
    high = iv.INFINITY if not x.hi.is_finite() else x.hi.digamma().upper()
    return Interval(x.lo.digamma().lower() if x.lo.is_finite() else iv.INFINITY, high)


def _gauss(x: Interval) -> Interval:
    return Interval.of(2) / iv.square_root(_constant_pi()) * iv.exponential(-iv.integer_power(x, 2))


def _constant_pi() -> Interval:
    return Interval.of(arb.pi())


def _abs_slope(x: Interval) -> Interval:
    if not x.defined:
        return UNDEFINED
    return _ONE if x.lo >= 0 else _MINUS_ONE if x.hi <= 0 else Interval(-iv.ONE, iv.ONE)


def _choose(first_smaller: Truth) -> tuple[Interval, Interval]:
    if first_smaller is Truth.TRUE:
        return _ONE, _ZERO
    return (_ZERO, _ONE) if first_smaller is Truth.FALSE else (_UNIT, _UNIT)


def _power_partials(base: Interval, exponent: Interval, value: Interval) -> tuple[Interval, Interval]:
    return exponent * iv.power(base, exponent - _ONE), value * iv.logarithm(base)


def _integer(x: Interval) -> int | None:
    """The integer that x is, if it is exactly one."""
    if not (x.defined and x.lo == x.hi and x.bounded):
        return None
    whole = x.lo.unique_fmpz()
    return None if whole is None else int(whole)


def _binomial(top: Interval, bottom: Interval) -> Interval:
    n, k = _integer(top), _integer(bottom)
    if n is None or k is None or n < 0:
        return UNDEFINED
    return Interval.of(math.comb(n, k)) if k >= 0 else _ZERO


def _factorial(x: Interval) -> Interval:
    n = _integer(x)
    return UNDEFINED if n is None or n < 0 else Interval.of(math.factorial(n))


def _nothing(*arguments: Interval) -> tuple[Interval, ...]:
    return (UNDEFINED,) * (len(arguments) - 1)


ADD = (lambda x, y: x + y, lambda x, y, v: (_ONE, _ONE))
SUBTRACT = (lambda x, y: x - y, lambda x, y, v: (_ONE, _MINUS_ONE))
NEGATE = (lambda x: -x, lambda x, v: (_MINUS_ONE,))
MULTIPLY = (lambda x, y: x * y, lambda x, y, v: (y, x))
DIVIDE = (lambda x, y: x / y, lambda x, y, v: (_ONE / y, -v / y))
SQUARE_ROOT = (iv.square_root, lambda x, v: (_ONE / (_TWO * v),))
POWER = (iv.power, _power_partials)
EXPM1 = (iv.expm1, lambda x, v: (iv.exponential(x),))
LOG1P = (iv.log1p, lambda x, v: (_ONE / (_ONE + x),))
UNARY: dict[type, tuple[Operation, Partials]] = {
    sp.exp: (iv.exponential, lambda x, v: (v,)),
    sp.log: (iv.logarithm, lambda x, v: (_ONE / x,)),
    sp.tanh: (iv.tanh, lambda x, v: (_ONE / iv.integer_power(iv.cosh(x), 2),)),
    sp.cosh: (iv.cosh, lambda x, v: (iv.sinh(x),)),
    sp.sinh: (iv.sinh, lambda x, v: (iv.cosh(x),)),
    sp.erf: (iv.erf, lambda x, v: (_gauss(x),)),
    sp.gamma: (iv.gamma, lambda x, v: (v * _digamma(x),)),
    sp.loggamma: (iv.loggamma, lambda x, v: (_digamma(x),)),
    sp.Abs: (iv.absolute, lambda x, v: (_abs_slope(x),)),
    sp.floor: (iv.floor, _nothing),
    sp.ceiling: (iv.ceiling, _nothing),
    sp.factorial: (_factorial, _nothing),
}
PAIRWISE: dict[type, tuple[Operation, Partials]] = {
    sp.Min: (iv.minimum, lambda x, y, v: _choose(iv.less_equal(x, y))),
    sp.Max: (iv.maximum, lambda x, y, v: _choose(iv.less_equal(y, x))),
}
RELATIONS: dict[type, Callable[[Interval, Interval], Truth]] = {
    sp.Lt: iv.less,
    sp.Le: iv.less_equal,
    sp.Gt: lambda x, y: iv.less(y, x),
    sp.Ge: lambda x, y: iv.less_equal(y, x),
    sp.Eq: iv.equal,
    sp.Ne: lambda x, y: negate(iv.equal(x, y)),
}


def _integer_power_operation(exponent: int) -> tuple[Operation, Partials]:
    return (
        lambda x: iv.integer_power(x, exponent),
        lambda x, v: (Interval.of(exponent) * iv.integer_power(x, exponent - 1),),
    )


def _bessel_operation(order: int) -> tuple[Operation, Partials]:
    def slope(x: Interval, value: Interval) -> tuple[Interval]:
        if order == 0:
            return (iv.bessel_i(1, x),)
        return ((iv.bessel_i(order - 1, x) + iv.bessel_i(order + 1, x)) / _TWO,)

    return (lambda x: iv.bessel_i(order, x)), slope


def _piecewise(*branches: Interval | Truth) -> Interval:
    """Values and conditions in turn: the union of the branches that may apply; UNDEFINED if none need apply."""
    result: Interval | None = None
    for value, condition in zip(branches[::2], branches[1::2], strict=True):
        if condition is Truth.FALSE:
            continue
        result = value if result is None else iv.union(result, value)  # type: ignore[arg-type]
        if condition is Truth.TRUE:
            return result  # type: ignore[return-value]
    return UNDEFINED


def _piecewise_partials(*branches_and_value: Interval | Truth) -> tuple[Interval, ...]:
    branches, partials, open_still = branches_and_value[:-1], [], True
    for condition in branches[1::2]:
        if condition is Truth.UNKNOWN and open_still:
            return (UNDEFINED,) * len(branches)
        partials += [_ONE if open_still and condition is Truth.TRUE else _ZERO, _ZERO]
        open_still = open_still and condition is not Truth.TRUE
    return tuple(partials)


@dataclass(frozen=True)
class _Loop:
    """A finite sum or product: registers of the two limits, and the compiled term, whose last symbol is the index."""

    product: bool
    low: int
    high: int
    term: Program


@dataclass
class Program:
    """A compiled expression or statement. Boxes give one interval for each of `symbols`, in that order."""

    symbols: tuple[sp.Symbol, ...]
    constants: list[tuple[int, Callable[[], Interval | Truth]]] = field(default_factory=list)
    steps: list[tuple[int, Operation, Partials | None, tuple[int, ...], _Loop | None]] = field(default_factory=list)
    registers: int = 0
    result: int = 0
    _cache: dict[int, list] = field(default_factory=dict)

    def interval(self, box: Box) -> Interval:
        """An enclosure of every value that the expression takes on the box, at the working precision."""
        return self._run(box)[self.result]

    def truth(self, box: Box) -> Truth:
        """TRUE or FALSE if the statement is certainly so at every point of the box, else UNKNOWN."""
        return self._run(box)[self.result]

    def _run(self, box: Box) -> list:
        if len(box) != len(self.symbols):
            raise ValueError(f"The box has {len(box)} intervals for {len(self.symbols)} symbols {self.symbols}.")
        bits = ctx.prec
        if bits not in self._cache:
            start: list = [None] * self.registers
            for register, make in self.constants:
                start[register] = make()
            self._cache[bits] = start
        values = self._cache[bits].copy()
        values[: len(box)] = box
        for register, operation, _, arguments, loop in self.steps:
            if loop is not None:
                values[register] = _loop_value(loop, values, box)
            elif len(arguments) == 2:
                values[register] = operation(values[arguments[0]], values[arguments[1]])
            else:
                values[register] = operation(*[values[argument] for argument in arguments])
        return values

    def value_and_gradient(self, box: Box) -> tuple[Interval, tuple[Interval, ...]]:
        """Enclosures of the value and of each partial derivative on the box; UNDEFINED where there may be none."""
        values = self._run(box)
        count = len(self.symbols)
        slopes: list[dict[int, Interval]] = [{} for _ in range(self.registers)]
        for index in range(count):
            slopes[index] = {index: _ONE}
        for register, _, partials, arguments, loop in self.steps:
            total: dict[int, Interval] = {}
            if loop is not None:
                total = _loop_slopes(loop, values, slopes, box, values[register])
            elif any(slopes[argument] for argument in arguments):
                rates = partials(*[values[argument] for argument in arguments], values[register])  # type: ignore[misc]
                for argument, rate in zip(arguments, rates, strict=True):
                    for index, slope in slopes[argument].items():
                        part = rate * slope
                        total[index] = total[index] + part if index in total else part
            slopes[register] = total
        return values[self.result], tuple(slopes[self.result].get(index, _ZERO) for index in range(count))


def _loop_limits(loop: _Loop, values: list) -> range | None:
    low, high = _integer(values[loop.low]), _integer(values[loop.high])
    if low is None or high is None or high - low > MOST_TERMS or high < low - 1:
        return None
    return range(low, high + 1)


def _loop_value(loop: _Loop, values: list, box: Box) -> Interval:
    indices = _loop_limits(loop, values)
    if indices is None:
        return UNDEFINED
    total = _ONE if loop.product else _ZERO
    for index in indices:
        term = loop.term.interval((*box, Interval.of(index)))
        total = total * term if loop.product else total + term
    return total


def _loop_slopes(loop: _Loop, values: list, slopes: list, box: Box, value: Interval) -> dict[int, Interval]:
    indices = _loop_limits(loop, values)
    moving = set(slopes[loop.low]) | set(slopes[loop.high])
    if indices is None or loop.product:
        return dict.fromkeys(range(len(box)), UNDEFINED)
    total = dict.fromkeys(range(len(box)), _ZERO)
    for number in indices:
        _, gradient = loop.term.value_and_gradient((*box, Interval.of(number)))
        total = {index: total[index] + gradient[index] for index in total}
    return total | dict.fromkeys(moving, UNDEFINED)


class _Compiler:
    def __init__(self, symbols: Sequence[sp.Symbol]) -> None:
        self.program = Program(tuple(symbols), registers=len(symbols))
        self.known: dict[sp.Basic, int] = {symbol: index for index, symbol in enumerate(symbols)}

    def constant(self, make: Callable[[], Interval | Truth]) -> int:
        register = self.program.registers
        self.program.registers += 1
        self.program.constants.append((register, make))
        return register

    def step(self, operation: tuple[Operation, Partials | None], *arguments: int, loop: _Loop | None = None) -> int:
        register = self.program.registers
        self.program.registers += 1
        self.program.steps.append((register, operation[0], operation[1], arguments, loop))
        return register

    def compile(self, expression: sp.Basic) -> int:
        if expression not in self.known:
            self.known[expression] = self.build(expression)
        return self.known[expression]

    def build(self, e: sp.Basic) -> int:
        if isinstance(e, BooleanAtom):
            return self.constant(lambda: Truth.TRUE if e is sp.true else Truth.FALSE)
        if isinstance(e, Relational):
            if type(e) not in RELATIONS:
                raise _unsupported(e)
            compare = RELATIONS[type(e)]
            return self.step((compare, None), self.compile(e.lhs), self.compile(e.rhs))  # type: ignore[arg-type]
        if isinstance(e, Boolean) and not isinstance(e, sp.Symbol):
            return self.build_boolean(e)
        if isinstance(e, sp.Rational):
            return self.constant(lambda: Interval.of(e))
        if e in (sp.oo, -sp.oo):
            raise _unsupported(e, ": infinity is not a number")
        if isinstance(e, sp.NumberSymbol):
            return self.build_number(e)
        if isinstance(e, sp.Symbol):
            raise UnsupportedExpression(f"The symbol {e} is not among {self.program.symbols}; add it, or replace it.")
        if isinstance(e, sp.Add):
            return self.build_sum(e)
        if isinstance(e, sp.Mul):
            return self.build_product(e)
        if isinstance(e, sp.Pow):
            return self.build_power(e.base, e.exp)
        if isinstance(e, sp.log) and len(e.args) == 1 and isinstance(e.args[0], sp.Add) and sp.S.One in e.args[0].args:
            return self.step(LOG1P, self.compile(e.args[0] - 1))
        if type(e) in UNARY and len(e.args) == 1:
            return self.step(UNARY[type(e)], self.compile(e.args[0]))
        if type(e) in PAIRWISE:
            register = self.compile(e.args[0])
            for argument in e.args[1:]:
                register = self.step(PAIRWISE[type(e)], register, self.compile(argument))
            return register
        if isinstance(e, sp.besseli) and e.args[0].is_Integer and e.args[0] >= 0:
            return self.step(_bessel_operation(int(e.args[0])), self.compile(e.args[1]))
        if isinstance(e, sp.binomial):
            return self.step((_binomial, _nothing), self.compile(e.args[0]), self.compile(e.args[1]))
        if isinstance(e, sp.Piecewise):
            if e.args[-1][1] is not sp.true:
                raise _unsupported(e, " without a default branch")
            parts = [self.compile(part) for branch in e.args for part in branch]
            return self.step((_piecewise, _piecewise_partials), *parts)  # type: ignore[arg-type]
        if isinstance(e, sp.KroneckerDelta):
            return self.compile(sp.Piecewise((1, sp.Eq(e.args[0], e.args[1])), (0, True)))
        if isinstance(e, sp.Sum | sp.Product):
            return self.build_loop(e)
        raise _unsupported(e)

    def build_number(self, e: sp.NumberSymbol) -> int:
        known: dict[sp.Basic, Callable[[], arb]] = {sp.pi: arb.pi, sp.E: arb.const_e, sp.EulerGamma: arb.const_euler}
        if e in known:
            return self.constant(lambda: Interval.of(known[e]()))
        if e is sp.GoldenRatio:
            return self.compile((1 + sp.sqrt(5)) / 2)
        raise _unsupported(e)

    def build_boolean(self, e: Boolean) -> int:
        parts = [self.compile(argument) for argument in e.args]
        combine: dict[type, Callable[..., Truth]] = {
            sp.And: lambda *truths: both(truths),
            sp.Or: lambda *truths: either(truths),
            sp.Not: negate,
            sp.Implies: lambda p, q: either((negate(p), q)),
            sp.Equivalent: lambda *truths: either((both(truths), both(negate(truth) for truth in truths))),
            sp.Xor: _exclusive,
        }
        if type(e) not in combine:
            raise _unsupported(e)
        return self.step((combine[type(e)], None), *parts)  # type: ignore[arg-type]

    def build_sum(self, e: sp.Add) -> int:
        terms = list(e.args)
        exponentials = [term for term in terms if isinstance(term, sp.exp)]
        if sp.S.NegativeOne in terms and exponentials:
            rest = list(terms)
            rest.remove(sp.S.NegativeOne)
            rest.remove(exponentials[0])
            register = self.step(EXPM1, self.compile(exponentials[0].args[0]))
            return self.step(ADD, register, self.compile(sp.Add(*rest))) if rest else register
        register = self.compile(terms[0])
        for term in terms[1:]:
            if term.could_extract_minus_sign():
                register = self.step(SUBTRACT, register, self.compile(-term))
            else:
                register = self.step(ADD, register, self.compile(term))
        return register

    def build_product(self, e: sp.Mul) -> int:
        above, below = [], []
        for factor in e.args:
            if isinstance(factor, sp.Pow) and factor.exp.is_Rational and factor.exp < 0:
                below.append(factor.base ** (-factor.exp))
            else:
                above.append(factor)
        if sp.S.NegativeOne in above and len(above) > 1:
            above.remove(sp.S.NegativeOne)
            return self.step(NEGATE, self.compile(sp.Mul(*above, *(1 / factor for factor in below))))
        register = self.compile(above[0]) if above else self.compile(sp.S.One)
        for factor in above[1:]:
            register = self.step(MULTIPLY, register, self.compile(factor))
        if below:
            divisor = self.compile(below[0])
            for factor in below[1:]:
                divisor = self.step(MULTIPLY, divisor, self.compile(factor))
            register = self.step(DIVIDE, register, divisor)
        return register

    def build_power(self, base: sp.Expr, exponent: sp.Expr) -> int:
        if base is sp.E:
            return self.compile(sp.exp(exponent, evaluate=False))
        if exponent.is_Integer:
            return self.step(_integer_power_operation(int(exponent)), self.compile(base))
        if exponent == sp.Rational(1, 2):
            return self.step(SQUARE_ROOT, self.compile(base))
        if exponent.is_Rational and exponent < 0:
            return self.step(DIVIDE, self.compile(sp.S.One), self.build_power(base, -exponent))
        return self.step(POWER, self.compile(base), self.compile(exponent))

    def build_loop(self, e: sp.Sum | sp.Product) -> int:
        if len(e.limits) != 1:
            inner = e.func(e.function, *e.limits[:-1])
            return self.build_loop(e.func(inner, e.limits[-1]))
        index, low, high = e.limits[0]
        inner_index = sp.Dummy(index.name, integer=True)
        term = compile_expression(e.function.xreplace({index: inner_index}), (*self.program.symbols, inner_index))
        loop = _Loop(isinstance(e, sp.Product), self.compile(low), self.compile(high), term)
        return self.step((_nothing, None), loop.low, loop.high, loop=loop)  # type: ignore[arg-type]


def _exclusive(*truths: Truth) -> Truth:
    if Truth.UNKNOWN in truths:
        return Truth.UNKNOWN
    return Truth.TRUE if sum(truth is Truth.TRUE for truth in truths) % 2 else Truth.FALSE


def compile_expression(expression: sp.Expr, symbols: Sequence[sp.Symbol]) -> Program:
    """Compile a real expression in `symbols`. Raises UnsupportedExpression for anything it cannot enclose."""
    compiler = _Compiler(symbols)
    compiler.program.result = compiler.compile(sp.sympify(expression))
    return compiler.program


def compile_statement(statement: Boolean, symbols: Sequence[sp.Symbol]) -> Program:
    """Compile a relation or a Boolean combination of relations; use `truth` of the result."""
    return compile_expression(statement, symbols)  # type: ignore[arg-type]


def enclose_at(expression: sp.Expr, point: Mapping[sp.Symbol, sp.Rational], bits: int = 128) -> Interval:
    """An enclosure of the value at one point, computed at `bits` bits; the point holds exact rationals."""
    program = compile_expression(expression, tuple(point))
    with precision(bits):
        return program.interval(_box(point))


def truth_at(statement: Boolean, point: Mapping[sp.Symbol, sp.Rational], max_bits: int = 4096) -> Truth:
    """Whether the statement holds at one point. The precision doubles until that is decided or exceeds `max_bits`.

    Relations between rationals are decided exactly, ties included; a tie of irrational numbers stays UNKNOWN.
    """
    statement = statement.replace(lambda part: isinstance(part, Relational), lambda part: _exact_relation(part, point))
    if isinstance(statement, BooleanAtom):
        return Truth.TRUE if statement is sp.true else Truth.FALSE
    program = compile_statement(statement, tuple(point))
    bits = 64
    while bits <= max_bits:
        with precision(bits):
            truth = program.truth(_box(point))
        if truth is not Truth.UNKNOWN:
            return truth
        bits *= 2
    return Truth.UNKNOWN


def _exact_relation(relation: Relational, point: Mapping[sp.Symbol, sp.Rational]) -> Boolean:
    """The relation decided in rationals, if both its sides are rational at the point by arithmetic alone."""
    if (
        relation.free_symbols - set(point)
        or not relation.lhs.is_rational_function(*point)
        or not (relation.rhs.is_rational_function(*point))
    ):
        return relation
    sides = [side.xreplace({symbol: sp.sympify(value) for symbol, value in point.items()}) for side in relation.args]
    if all(isinstance(side, sp.Rational) for side in sides):
        return relation.func(*sides)
    return relation


def _box(point: Mapping[sp.Symbol, sp.Rational]) -> tuple[Interval, ...]:
    return tuple(Interval.of(sp.sympify(value)) for value in point.values())
