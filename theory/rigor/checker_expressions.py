"""From SymPy to spans, for the checker: values of expressions and truth of statements on boxes.

`Program` turns SymPy expressions into a list of steps, one for each distinct subexpression, and runs it on a box. It
knows the functions of the certificate format and those that SymPy's `diff` makes of them; anything else raises
`UnsupportedExpression`. Numbers are never rounded to a float: a rational becomes a span around it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, ctx
from sympy.codegen.cfunctions import expm1 as sympy_expm1
from sympy.codegen.cfunctions import log1p as sympy_log1p
from sympy.core.relational import Relational
from sympy.functions.elementary.piecewise import ExprCondPair
from sympy.logic.boolalg import Boolean

from theory.rigor import checker_functions as functions
from theory.rigor import checker_spans as spans
from theory.rigor.checker_spans import Span

Box = Sequence[Span]
LONGEST_SUM = 20_000


class UnsupportedExpression(ValueError):
    """An expression that the checker cannot evaluate; the message names it."""


def _sum(*terms: Span | None) -> Span | None:
    total = terms[0]
    for term in terms[1:]:
        total = spans.add(total, term)
    return total


def _product(*factors: Span | None) -> Span | None:
    total = factors[0]
    for factor in factors[1:]:
        total = spans.multiply(total, factor)
    return total


def _least(*values: Span | None) -> Span | None:
    least = values[0]
    for value in values[1:]:
        least = spans.minimum(least, value)
    return least


def _greatest(*values: Span | None) -> Span | None:
    greatest = values[0]
    for value in values[1:]:
        greatest = spans.maximum(greatest, value)
    return greatest


def _factorial(a: Span | None) -> Span | None:
    return functions.gamma(spans.add(a, spans.UNIT))


UNARY: dict[type, Callable[[Span | None], Span | None]] = {
    sp.exp: functions.exp,
    sp.log: functions.log,
    sympy_expm1: functions.expm1,
    sympy_log1p: functions.log1p,
    sp.Abs: spans.absolute,
    sp.tanh: functions.tanh,
    sp.cosh: functions.cosh,
    sp.sinh: functions.sinh,
    sp.sin: functions.sin,
    sp.cos: functions.cos,
    sp.erf: functions.erf,
    sp.erfc: functions.erfc,
    sp.gamma: functions.gamma,
    sp.loggamma: functions.loggamma,
    sp.factorial: _factorial,
    sp.floor: functions.floor,
    sp.ceiling: functions.ceiling,
    sp.sign: functions.sign,
}

CONSTANTS: dict[sp.Basic, Callable[[], arb]] = {
    sp.pi: arb.pi,
    sp.E: arb.const_e,
    sp.EulerGamma: arb.const_euler,
    sp.GoldenRatio: lambda: (arb(5).sqrt() + 1) / 2,
}


def fraction(value: sp.Basic) -> Fraction:
    """A SymPy rational as a Python one."""
    if not isinstance(value, sp.Rational) or not value.is_finite:
        raise UnsupportedExpression(f"{value} is not a rational number")
    return Fraction(int(value.p), int(value.q))


def expanded_terms(series: sp.Basic) -> list[sp.Basic]:
    """The terms of a finite `Sum` or the factors of a finite `Product` whose bounds are integers."""
    body, *limits = series.args
    terms = [body]
    for limit in limits:
        index, low, high = limit.args if len(limit.args) == 3 else (None, None, None)
        if not (isinstance(low, sp.Integer) and isinstance(high, sp.Integer) and int(high) >= int(low) - 1):
            raise UnsupportedExpression(f"{series} has bounds that are not integers in order")
        if (int(high) - int(low) + 1) * len(terms) > LONGEST_SUM:
            raise UnsupportedExpression(f"{series} has too many terms")
        values = range(int(low), int(high) + 1)
        terms = [term.xreplace({index: sp.Integer(value)}) for term in terms for value in values]
    return terms


class Program:
    """Expressions in `symbols`, compiled once and run on many boxes.

    `index(expression)` compiles and returns the place of the expression's value; `run(box)` computes all the values,
    `box` being a span for each symbol, in order. A value of None means that the expression may be undefined there.
    """

    def __init__(self, symbols: Sequence[sp.Symbol]) -> None:
        self._places: dict[sp.Basic, int] = {}
        self._steps: list[tuple[int, Callable[..., Span | None], tuple[int, ...]]] = []
        self._fixed: list[tuple[int, Callable[..., Span | None], tuple[int, ...]]] = []
        self._varying: set[int] = set(range(len(symbols)))
        self._length = 0
        self._constants: dict[int, list[Span | None]] = {}
        self._arity = len(symbols)
        for symbol in symbols:
            self._places[symbol] = self._new_place()

    def run(self, box: Box) -> list[Span | None]:
        fixed = self._constants.get(ctx.prec, [])
        if len(fixed) != self._length:
            fixed = list[Span | None]([None] * self._length)
            for place, function, arguments in self._fixed:
                fixed[place] = function(*[fixed[argument] for argument in arguments])
            self._constants[ctx.prec] = fixed
        values = list(fixed)
        values[: self._arity] = box
        for place, function, arguments in self._steps:
            values[place] = function(*[values[argument] for argument in arguments])
        return values

    def _new_place(self) -> int:
        self._length += 1
        return self._length - 1

    def _step(self, function: Callable[..., Span | None], arguments: Sequence[int]) -> int:
        place = self._new_place()
        varying = any(argument in self._varying for argument in arguments)
        if varying:
            self._varying.add(place)
        (self._steps if varying else self._fixed).append((place, function, tuple(arguments)))
        return place

    def index(self, expression: sp.Basic) -> int:
        place = self._places.get(expression)
        if place is None:
            place = self._compile(expression)
            self._places[expression] = place
        return place

    def _compile(self, e: Any) -> int:
        if isinstance(e, sp.Rational) and e.is_finite:
            value = fraction(e)
            return self._step(lambda: spans.rational(value), ())
        if e in CONSTANTS:
            constant = CONSTANTS[e]
            return self._step(lambda: spans.enclose(constant()), ())
        if isinstance(e, sp.Add):
            return self._add(e)
        if isinstance(e, sp.Mul):
            if e.args[0] == -1:
                return self._step(spans.negate, [self.index(sp.Mul(*e.args[1:]))])
            return self._step(_product, [self.index(argument) for argument in e.args])
        if isinstance(e, sp.Pow):
            base, exponent = e.args
            if isinstance(exponent, sp.Rational) and exponent.is_finite:
                fixed = fraction(exponent)
                return self._step(lambda a: functions.rational_power(a, fixed), [self.index(base)])
            return self._step(functions.power, [self.index(base), self.index(exponent)])
        if isinstance(e, sp.log) and len(e.args) == 1 and isinstance(e.args[0], sp.Add) and e.args[0].args[0] == 1:
            # log(1 + u) keeps its digits where u is small.
            return self._step(functions.log1p, [self.index(sp.Add(*e.args[0].args[1:]))])
        if isinstance(e, sp.Min):
            return self._step(_least, [self.index(argument) for argument in e.args])
        if isinstance(e, sp.Max):
            return self._step(_greatest, [self.index(argument) for argument in e.args])
        if isinstance(e, sp.Heaviside):
            place, at_zero = e.args  # pyright: ignore[reportAssignmentType]
            if not 0 <= fraction(at_zero) <= 1:  # the enclosure at 0 must hold it
                raise UnsupportedExpression(f"{e} leaves the range from 0 to 1 at 0")
            return self._step(functions.heaviside, [self.index(place)])
        if type(e) in UNARY and len(e.args) == 1:
            return self._step(UNARY[type(e)], [self.index(e.args[0])])
        if isinstance(e, sp.besseli):
            return self._step(functions.bessel_i, [self.index(argument) for argument in e.args])
        if isinstance(e, sp.polygamma) and isinstance(e.args[0], sp.Integer):
            order, argument = int(e.args[0]), e.args[-1]
            return self._step(lambda a: functions.polygamma(order, a), [self.index(argument)])
        if isinstance(e, sp.Sum):
            return self._step(_sum, [self.index(term) for term in (sp.S.Zero, *expanded_terms(e))])
        if isinstance(e, sp.Product):
            return self._step(_product, [self.index(term) for term in (sp.S.One, *expanded_terms(e))])
        if isinstance(e, sp.Piecewise):
            return self._piecewise(e)
        raise UnsupportedExpression(f"the checker cannot evaluate {type(e).__name__} in {sp.sstr(e)[:80]}")

    def _add(self, e: sp.Add) -> int:
        """A sum; `exp(u) - 1` and `1 - exp(u)` become expm1, which keeps its digits where u is small."""
        number, rest = e.args[0], list(e.args[1:])
        for sign in (1, -1):
            if number == -sign:
                for position, term in enumerate(rest):
                    exponential = sign * term
                    if isinstance(exponential, sp.exp):
                        place = self._step(functions.expm1, [self.index(exponential.args[0])])
                        if sign == -1:
                            place = self._step(spans.negate, [place])
                        others = [self.index(other) for i, other in enumerate(rest) if i != position]
                        return self._step(_sum, [place, *others])
        return self._step(_sum, [self.index(argument) for argument in e.args])

    def _piecewise(self, e: sp.Piecewise) -> int:
        """The union of the branches that may apply; undefined unless one of them certainly does."""
        pairs: list[Any] = [pair.args for pair in e.args if isinstance(pair, ExprCondPair)]
        branches = [(self.truth(condition), self.index(value)) for value, condition in pairs]
        # The conditions read their own places, so that the whole list of values is passed through a step.
        needed = sorted({place for (_, places), _ in branches for place in places} | {place for _, place in branches})
        position = {place: number for number, place in enumerate(needed)}
        rules = [(condition, places, place) for (condition, places), place in branches]

        def choose(*values: Span | None) -> Span | None:
            found: Span | None = None
            began = False
            for condition, places, place in rules:
                truth = condition([values[position[p]] for p in places])
                if truth is False:
                    continue
                value = values[position[place]]
                if value is None:
                    return None
                found = spans.hull(found, value) if began else value
                began = True
                if truth is True:
                    return found
            return None

        return self._step(choose, needed)

    def truth(self, statement: sp.Basic) -> tuple[Callable[[Sequence[Span | None]], bool | None], list[int]]:
        """A function from the values at the returned places to True, False or None (not decided)."""
        if statement in (sp.true, sp.false):
            known = statement is sp.true
            return (lambda _: known), []
        if isinstance(statement, Relational):
            compare = RELATIONS.get(type(statement))
            if compare is None:
                raise UnsupportedExpression(f"the checker cannot compare by {type(statement).__name__}")
            return (lambda v: compare(v[0], v[1])), [self.index(statement.lhs), self.index(statement.rhs)]
        if not isinstance(statement, Boolean):
            raise UnsupportedExpression(f"{sp.sstr(statement)[:80]} is not a statement")
        combine = CONNECTIVES.get(type(statement))
        if combine is None:
            raise UnsupportedExpression(f"the checker cannot combine by {type(statement).__name__}")
        parts, places, ranges = [], [], []
        for argument in statement.args:
            part, wanted = self.truth(argument)
            parts.append(part)
            ranges.append((len(places), len(places) + len(wanted)))
            places += wanted

        def combined(values: Sequence[Span | None]) -> bool | None:
            return combine([part(values[i:j]) for part, (i, j) in zip(parts, ranges, strict=True)])

        return combined, places


# --- Kleene's connectives on True, False and None ------------------------------------------------------------------


def _not(a: bool | None) -> bool | None:
    return None if a is None else not a


def _and(values: list[bool | None]) -> bool | None:
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else None


def _or(values: list[bool | None]) -> bool | None:
    return _not(_and([_not(value) for value in values]))


def _equivalent(values: list[bool | None]) -> bool | None:
    if any(value is True for value in values) and any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def _xor(values: list[bool | None]) -> bool | None:
    if any(value is None for value in values):
        return None
    return sum(value is True for value in values) % 2 == 1


CONNECTIVES: dict[type, Callable[[list[bool | None]], bool | None]] = {
    sp.And: _and,
    sp.Or: _or,
    sp.Not: lambda values: _not(values[0]),
    sp.Implies: lambda values: _or([_not(values[0]), values[1]]),
    sp.Equivalent: _equivalent,
    sp.Xor: _xor,
}

RELATIONS: dict[type, Callable[[Span | None, Span | None], bool | None]] = {
    sp.Eq: spans.equal,
    sp.Ne: lambda a, b: _not(spans.equal(a, b)),
    sp.Lt: spans.less,
    sp.Le: spans.less_equal,
    sp.Gt: lambda a, b: spans.less(b, a),
    sp.Ge: lambda a, b: spans.less_equal(b, a),
}
