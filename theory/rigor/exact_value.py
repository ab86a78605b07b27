"""Exact rational values of expressions at rational points, so that ties are decided and never estimated."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from math import comb, factorial, lcm
from typing import Any

import sympy as sp
from flint import fmpq
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from theory.rigor.interval import exact

LARGEST_BITS = 1_000_000  # of a power; larger ones are left to intervals
LARGEST_SUM = 10_000  # terms of a sum or product, and the argument of a factorial

# Functions with a rational value at a rational argument, argument -> value.
SPECIAL_VALUES: dict[type, dict[Any, int]] = {
    sp.exp: {0: 1},
    sp.log: {1: 0},
    sp.tanh: {0: 0},
    sp.sinh: {0: 0},
    sp.cosh: {0: 1},
    sp.erf: {0: 0},
    sp.erfc: {0: 1},
    sp.loggamma: {1: 0, 2: 0},
}

# The cosine of a multiple of pi/6, in halves, where it is rational: by Niven's theorem nowhere else from 0 to pi.
COSINES: dict[Any, int] = {0: 2, 2: 1, 3: 0, 4: -1, 6: -2}

COMPARISONS: dict[type, Callable[[fmpq, fmpq], bool]] = {
    sp.StrictLessThan: operator.lt,
    sp.LessThan: operator.le,
    sp.StrictGreaterThan: operator.gt,
    sp.GreaterThan: operator.ge,
    sp.Equality: operator.eq,
    sp.Unequality: operator.ne,
}


def exact_value(expression: sp.Basic, point: Mapping[sp.Symbol, fmpq]) -> fmpq | None:
    """The exact value at a rational point if it is found to be rational, else None (also where it is undefined)."""
    try:
        return _value(expression, point)
    except (_NotRational, ZeroDivisionError):
        return None


class _NotRational(Exception):
    pass


def _value(expression: sp.Basic, point: Mapping[sp.Symbol, fmpq]) -> fmpq:
    if isinstance(expression, sp.Rational) and expression.is_finite:
        return exact(expression)
    if isinstance(expression, sp.Symbol):
        if expression in point:
            return point[expression]
        raise _NotRational
    if isinstance(expression, sp.Add):
        return sum((_value(argument, point) for argument in expression.args), fmpq(0))
    if isinstance(expression, sp.Mul):
        return _multiplied(expression.args, point)
    if isinstance(expression, sp.Pow):
        return _power(_value(expression.base, point), _value(expression.exp, point))
    if isinstance(expression, sp.Piecewise):
        return _chosen(expression, point)
    if isinstance(expression, sp.Sum | sp.Product):
        return _series(expression, point)
    if isinstance(expression, sp.sin | sp.cos):
        return _wave(expression, point)
    arguments = [_value(argument, point) for argument in expression.args]
    if isinstance(expression, sp.Max):
        return max(arguments)  # exact rationals: the builtin is right here
    if isinstance(expression, sp.Min):
        return min(arguments)
    if isinstance(expression, sp.Abs):
        return abs(arguments[0])
    if isinstance(expression, sp.floor):
        return fmpq(arguments[0].floor())
    if isinstance(expression, sp.ceiling):
        return fmpq(arguments[0].ceil())
    if isinstance(expression, sp.sign):
        return fmpq((arguments[0] > 0) - (arguments[0] < 0))
    if isinstance(expression, sp.factorial | sp.gamma):
        top = arguments[0] - (0 if isinstance(expression, sp.factorial) else 1)
        if top.q == 1 and 0 <= top <= LARGEST_SUM:
            return fmpq(factorial(int(top.p)))
        raise _NotRational
    if isinstance(expression, sp.binomial):
        return _binomial(*arguments)
    if hasattr(expression, "defined_where"):  # a function of a room, which evaluates itself in exact arithmetic
        value = expression.func(*(sp.Rational(int(argument.p), int(argument.q)) for argument in arguments))
        if isinstance(value, sp.Rational):
            return exact(value)
        raise _NotRational
    known = SPECIAL_VALUES.get(type(expression), {})
    if len(arguments) != 1 or arguments[0] not in known:
        raise _NotRational
    return fmpq(known[arguments[0]])


def _binomial(top: fmpq, bottom: fmpq) -> fmpq:
    if top.q != 1 or bottom.q != 1 or not 0 <= top <= LARGEST_SUM:
        raise _NotRational
    return fmpq(comb(int(top.p), int(bottom.p))) if bottom >= 0 else fmpq(0)


def _multiplied(factors: tuple[sp.Basic, ...], point: Mapping[sp.Symbol, fmpq]) -> fmpq:
    """The product; roots are taken together, for sqrt(2) sqrt(x) is 1 at x = 1/2."""
    powers = [_base_and_exponent(factor, point) for factor in factors]
    degree = lcm(*(int(exponent.q) for _, exponent in powers))
    outside, under_root = fmpq(1), fmpq(1)
    for base, exponent in powers:
        if exponent.q == 1:
            outside *= _power(base, exponent)
        elif base < 0:
            raise _NotRational
        else:
            under_root *= _power(base, exponent * degree)
    return outside * _power(under_root, fmpq(1, degree))


def _base_and_exponent(factor: sp.Basic, point: Mapping[sp.Symbol, fmpq]) -> tuple[fmpq, fmpq]:
    if isinstance(factor, sp.Pow):
        return _value(factor.base, point), _value(factor.exp, point)
    return _value(factor, point), fmpq(1)


def _power(base: fmpq, exponent: fmpq) -> fmpq:
    """base**exponent where it is rational: integer exponents, and perfect powers."""
    root = int(exponent.q)
    if root != 1:
        if base < 0:
            raise _NotRational
        base = fmpq(_exact_root(int(base.p), root), _exact_root(int(base.q), root))
    size = max(int(base.p).bit_length(), int(base.q).bit_length())
    if size * abs(int(exponent.p)) > LARGEST_BITS and abs(base) != 1 and base != 0:
        raise _NotRational
    return base ** int(exponent.p)


def _exact_root(number: int, degree: int) -> int:
    root, exact = sp.integer_nthroot(number, degree)
    if not exact:
        raise _NotRational
    return root


def _series(expression: sp.Sum | sp.Product, point: Mapping[sp.Symbol, fmpq]) -> fmpq:
    *inner, outer = expression.limits
    if len(outer) != 3:
        raise _NotRational
    index, low, high = outer[0], _value(outer[1], point), _value(outer[2], point)
    body = expression.func(expression.function, *inner) if inner else expression.function
    if low.q != 1 or high.q != 1 or not -1 <= high - low <= LARGEST_SUM:
        raise _NotRational
    values = [_value(body, {**point, index: fmpq(k)}) for k in range(int(low.p), int(high.p) + 1)]
    if isinstance(expression, sp.Sum):
        return sum(values, fmpq(0))
    product = fmpq(1)
    for value in values:
        product *= value
    return product


def _wave(expression: sp.sin | sp.cos, point: Mapping[sp.Symbol, fmpq]) -> fmpq:
    """Sine and cosine at rational multiples of pi, the only places but 0 at which they may be rational."""
    turned = _over_pi(expression.args[0], point) - (fmpq(1, 2) if isinstance(expression, sp.sin) else 0)
    folded = abs(turned - 2 * fmpq((turned / 2 + fmpq(1, 2)).floor()))  # the cosine is even and has the period 2 pi
    if 6 * folded not in COSINES:
        raise _NotRational
    return fmpq(COSINES[6 * folded], 2)


def _over_pi(angle: Any, point: Mapping[sp.Symbol, fmpq]) -> fmpq:
    """The angle in units of pi, where that is rational."""
    if isinstance(angle, sp.Add):
        return sum((_over_pi(term, point) for term in angle.args), fmpq(0))
    return fmpq(0) if exact_value(angle, point) == 0 else _value(angle / sp.pi, point)


def _chosen(expression: sp.Piecewise, point: Mapping[sp.Symbol, fmpq]) -> fmpq:
    pairs: list[tuple[Any, Any]] = [tuple(pair.args) for pair in expression.args]  # type: ignore[misc]
    for value, condition in pairs:
        holds = exact_truth(condition, point)
        if holds is None:
            raise _NotRational
        if holds:
            return _value(value, point)
    raise _NotRational


def exact_truth(statement: sp.Basic, point: Mapping[sp.Symbol, fmpq]) -> bool | None:
    """The truth of a relation whose sides are rational at the point, or of a combination of such; else None."""
    if isinstance(statement, BooleanTrue | BooleanFalse):
        return isinstance(statement, BooleanTrue)
    if isinstance(statement, sp.Rel):
        left, right = exact_value(statement.lhs, point), exact_value(statement.rhs, point)
        if left is None or right is None:
            return None
        return COMPARISONS[type(statement)](left, right)
    parts = [exact_truth(argument, point) for argument in statement.args]
    if None in parts or not isinstance(statement, sp.And | sp.Or | sp.Not):
        return None
    if isinstance(statement, sp.Not):
        return not parts[0]
    return all(parts) if isinstance(statement, sp.And) else any(parts)
