"""Translation of SymPy expressions and statements into tapes.

Common subexpressions are found by SymPy's structural equality and compiled once. SymPy's own numerical printers are not
used: they round constants such as Rational(1, 3) before anybody can enclose them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp
from flint import arb
from sympy.logic.boolalg import Boolean, BooleanFalse, BooleanTrue

from theory.rigor import operations as op
from theory.rigor.interval import Interval, equal, exact, less, less_equal
from theory.rigor.tape import Choice, Condition, Constant, Series, Step, Tape
from theory.rigor.truth import Truth, both, either, negate, odd, same

SUPPORTED = (
    "rationals, pi, E, symbols, + - * / and powers, exp, log, sqrt, Abs, sign, Min, Max, floor, ceiling, tanh, sinh, "
    "cosh, sin, cos, erf, erfc, gamma, loggamma, polygamma and besseli of a fixed order, factorial, binomial, "
    "Piecewise with a default, KroneckerDelta, and Sum and Product between integers"
)
LARGEST_BOTTOM = 50  # binomial(x, k) is written out as a polynomial in x for k up to this


class UnsupportedExpression(ValueError):
    """A part of an expression that cannot be enclosed; the message names it and says what is supported."""

    def __init__(self, part: object, why: str) -> None:
        super().__init__(f"{sp.sstr(part)} {why}; supported are {SUPPORTED}.")


UNARY: dict[type, op.Unary] = {
    sp.exp: op.EXP,
    sp.Abs: op.ABSOLUTE,
    sp.sign: op.SIGN,
    sp.floor: op.FLOOR,
    sp.ceiling: op.CEILING,
    sp.tanh: op.TANH,
    sp.sinh: op.SINH,
    sp.cosh: op.COSH,
    sp.sin: op.SIN,
    sp.cos: op.COS,
    sp.erf: op.ERF,
    sp.erfc: op.ERFC,
    sp.gamma: op.GAMMA,
    sp.loggamma: op.LOGGAMMA,
}

CONSTANTS: dict[sp.Basic, Callable[[], arb]] = {
    sp.pi: arb.pi,
    sp.E: arb.const_e,
    sp.EulerGamma: arb.const_euler,
    sp.Catalan: arb.const_catalan,
    sp.GoldenRatio: lambda: (1 + arb(5).sqrt()) / 2,
}

# relation -> comparison, whether the sides are swapped, whether the answer is negated
COMPARISONS: dict[type, tuple[Callable[[Interval, Interval], Truth], bool, bool]] = {
    sp.StrictLessThan: (less, False, False),
    sp.LessThan: (less_equal, False, False),
    sp.StrictGreaterThan: (less, True, False),
    sp.GreaterThan: (less_equal, True, False),
    sp.Equality: (equal, False, False),
    sp.Unequality: (equal, False, True),
}

CONNECTIVES: dict[type, Callable[[list[Truth]], Truth]] = {
    sp.And: both,
    sp.Or: either,
    sp.Not: lambda truths: negate(truths[0]),
    sp.Implies: lambda truths: either((negate(truths[0]), truths[1])),
    sp.Equivalent: same,
    sp.Xor: odd,
    sp.ITE: lambda truths: either((both(truths[:2]), both((negate(truths[0]), truths[2])))),
}


class Compiler:
    """Translates expressions over `symbols`, in this order, into the steps of one tape."""

    def __init__(self, symbols: Sequence[sp.Symbol]) -> None:
        self.symbols = tuple(symbols)
        self.constants: dict[int, Constant] = {}
        self.steps: list[Step] = []
        self.size = len(self.symbols)
        self._known: dict[Any, int] = {symbol: register for register, symbol in enumerate(self.symbols)}
        if len(self._known) != len(self.symbols):
            raise ValueError(f"A symbol occurs twice in {self.symbols}; name each once.")

    def tape(self) -> Tape:
        return Tape(len(self.symbols), self.constants, self.steps, self.size)

    # --- expressions --------------------------------------------------------------------------------------------------

    def register(self, expression: Any) -> int:
        """The register that holds the value of an expression. Raises UnsupportedExpression."""
        found = self._known.get(expression)
        if found is None:
            found = self._known[expression] = self._translate(expression)
        return found

    def _new_register(self) -> int:
        self.size += 1
        return self.size - 1

    def _constant(self, constant: Constant) -> int:
        register = self._new_register()
        self.constants[register] = constant
        return register

    def _step(self, operation: op.Unary | op.Binary | Choice | Series, *arguments: int) -> int:
        register = self._new_register()
        self.steps.append(Step(operation, arguments, register))
        return register

    def _fold(self, operation: op.Binary, expressions: Sequence[Any]) -> int:
        result = self.register(expressions[0])
        for expression in expressions[1:]:
            result = self._step(operation, result, self.register(expression))
        return result

    def _translate(self, e: Any) -> int:
        if isinstance(e, sp.Rational) and e.is_finite:
            return self._constant(exact(e))
        if e in CONSTANTS:
            return self._constant(CONSTANTS[e])
        if isinstance(e, sp.Symbol):
            raise UnsupportedExpression(e, f"is not among the symbols {self.symbols}")
        if isinstance(e, sp.Float):
            raise UnsupportedExpression(e, "is a float and no exact number (write sympy.Rational)")
        if isinstance(e, sp.Add):
            return self._sum(e)
        if isinstance(e, sp.Mul):
            return self._product(e)
        if isinstance(e, sp.Pow):
            return self._power(e.base, e.exp)
        if isinstance(e, sp.log) and len(e.args) == 1:
            return self._logarithm(e.args[0])
        if isinstance(e, sp.Max | sp.Min):
            return self._fold(op.MAXIMUM if isinstance(e, sp.Max) else op.MINIMUM, tuple(sp.ordered(e.args)))
        if isinstance(e, sp.factorial):
            top: Any = e.args[0]
            return self.register(sp.gamma(top + 1, evaluate=False))
        if isinstance(e, sp.binomial):
            return self._binomial(*e.args)
        if isinstance(e, sp.polygamma) and isinstance(e.args[0], sp.Integer) and e.args[0].is_nonnegative:
            return self._step(op.polygamma_of(e.args[0].p), self.register(e.args[1]))
        if isinstance(e, sp.besseli):
            return self._bessel(e)
        if isinstance(e, sp.KroneckerDelta) and len(e.args) == 2:  # one with a range of its own is 0 outside of it
            return self.register(sp.Piecewise((1, sp.Eq(*e.args)), (0, True)))
        if isinstance(e, sp.Piecewise):
            return self._piecewise(e)
        if isinstance(e, sp.Sum | sp.Product):
            return self._series(e)
        closed_form = getattr(e, "closed_form", None)  # such as that of an expectation over normal variables
        if closed_form is not None:
            return self.register(closed_form())
        if type(e) not in UNARY:
            raise UnsupportedExpression(e, f"({type(e).__name__}) cannot be enclosed")
        return self._step(UNARY[type(e)], self.register(e.args[0]))

    def _sum(self, e: sp.Add) -> int:
        """Additions, then subtractions; exp(z) - 1 becomes expm1(z)."""
        constant, rest = e.as_coeff_Add()
        terms = list(sp.Add.make_args(rest))
        exponential = next((term for term in terms if isinstance(term, sp.exp)), None)
        result = None
        if constant == -1 and exponential is not None:
            terms.remove(exponential)
            result = self._step(op.EXPM1, self.register(exponential.args[0]))
        elif constant != 0:
            result = self.register(constant)
        for term in sorted(terms, key=_has_minus_sign):  # a stable sort: positive terms first
            if result is None:
                result = self.register(term)
            elif _has_minus_sign(term):
                result = self._step(op.SUBTRACT, result, self.register(-term))
            else:
                result = self._step(op.ADD, result, self.register(term))
        assert result is not None
        return result

    def _product(self, e: sp.Mul) -> int:
        """Numerator over denominator, as written: turning a quotient into a product would round once more."""
        sign, above, below = 1, [], []
        for factor in e.args:
            if isinstance(factor, sp.Rational) and factor.is_finite:
                sign = -1 if factor.is_negative else 1
                if abs(factor) != 1:
                    above.append(abs(factor))
            elif isinstance(factor, sp.Pow) and isinstance(factor.exp, sp.Rational) and factor.exp.is_negative:
                below.append(sp.Pow(factor.base, -factor.exp))
            else:
                above.append(factor)
        if below and not above:
            result = self._step(op.RECIPROCAL, self._fold(op.MULTIPLY, below))
        else:
            result = self._fold(op.MULTIPLY, above)
            if below:
                result = self._step(op.DIVIDE, result, self._fold(op.MULTIPLY, below))
        return self._step(op.NEGATIVE, result) if sign < 0 else result

    def _power(self, base: Any, exponent: Any) -> int:
        if base == sp.E:
            return self._step(op.EXP, self.register(exponent))
        argument = self.register(base)
        if not isinstance(exponent, sp.Rational):
            return self._step(op.POWER, argument, self.register(exponent))
        if exponent == sp.Rational(1, 2):
            return self._step(op.SQRT, argument)
        if exponent == -1:
            return self._step(op.RECIPROCAL, argument)
        if exponent.is_Integer:
            return self._step(op.integer_power_of(int(exponent)), argument)
        return self._step(op.rational_power_of(exact(exponent)), argument)

    def _logarithm(self, argument: Any) -> int:
        """log(1 + z) becomes log1p(z)."""
        constant, rest = argument.as_coeff_Add()
        if constant == 1 and rest != 0:
            return self._step(op.LOG1P, self.register(rest))
        return self._step(op.LOG, self.register(argument))

    def _binomial(self, top: Any, bottom: Any) -> int:
        """A polynomial in `top` for a small fixed `bottom`, otherwise known at integers only."""
        if isinstance(bottom, sp.Integer) and 0 <= int(bottom) <= LARGEST_BOTTOM:
            factors = [(top - k) / (k + 1) for k in range(int(bottom))]
            return self._fold(op.MULTIPLY, factors) if factors else self.register(sp.Integer(1))
        return self._step(op.BINOMIAL, self.register(top), self.register(bottom))

    def _bessel(self, e: sp.besseli) -> int:
        order: Any = e.args[0]
        if not (isinstance(order, sp.Rational) and (order.is_Integer or order.is_nonnegative)):
            raise UnsupportedExpression(e, "has an order that is neither an integer nor a rational >= 0")
        return self._step(op.bessel_i_of(exact(order)), self.register(e.args[1]))

    def _piecewise(self, e: sp.Piecewise) -> int:
        pairs: list[tuple[Any, Any]] = [tuple(pair.args) for pair in e.args]  # type: ignore[misc]
        if pairs[-1][1] != sp.true:
            raise UnsupportedExpression(e, "has no default (end it with (value, True))")
        branches = tuple((self.condition(condition), self.register(value)) for value, condition in pairs)
        return self._step(Choice(branches, self._symbol_registers(e)))

    def _series(self, e: sp.Sum | sp.Product) -> int:
        *inner, outer = e.limits  # SymPy writes the outermost limit last
        if len(outer) != 3:
            raise UnsupportedExpression(e, "has no limits (write (index, first, last))")
        index, low, high = outer
        unique = sp.Dummy(index.name, integer=True)
        body = e.func(e.function, *inner) if inner else e.function
        compiler = Compiler((*self.symbols, unique))
        output = compiler.register(body.xreplace({index: unique}))
        low_register, high_register = self.register(low), self.register(high)
        moving = self._symbol_registers(sp.Tuple(low, high))
        is_product = isinstance(e, sp.Product)
        return self._step(Series(is_product, low_register, high_register, compiler.tape(), output, moving))

    def _symbol_registers(self, e: sp.Basic) -> tuple[int, ...]:
        return tuple(register for register, symbol in enumerate(self.symbols) if symbol in e.free_symbols)

    # --- statements ---------------------------------------------------------------------------------------------------

    def condition(self, statement: Any) -> Condition:
        """A function from registers to the truth of a statement. Raises UnsupportedExpression."""
        if isinstance(statement, BooleanTrue):
            return lambda registers: Truth.TRUE
        if isinstance(statement, BooleanFalse):
            return lambda registers: Truth.FALSE
        if type(statement) in COMPARISONS:
            return self._relation(statement)
        combine = connective(statement)
        parts = [self.condition(argument) for argument in statement.args]
        return lambda registers: combine([part(registers) for part in parts])

    def _relation(self, statement: Any) -> Condition:
        if any(isinstance(side, Boolean) and not isinstance(side, sp.Symbol) for side in statement.args):
            raise UnsupportedExpression(statement, "compares statements (write Equivalent)")
        compare, swap, opposite = COMPARISONS[type(statement)]
        left, right = (statement.rhs, statement.lhs) if swap else (statement.lhs, statement.rhs)
        first, second = self.register(left), self.register(right)
        if opposite:
            return lambda registers: negate(compare(registers[first], registers[second]))
        return lambda registers: compare(registers[first], registers[second])


def _has_minus_sign(term: Any) -> bool:
    return term.as_coeff_Mul()[0].is_negative is True


def connective(statement: Any) -> Callable[[list[Truth]], Truth]:
    """What combines the truths of the parts of a statement. Raises UnsupportedExpression."""
    if type(statement) not in CONNECTIVES:
        raise UnsupportedExpression(
            statement, "is no relation (Eq, Ne, Lt, Le, Gt, Ge) or And, Or, Not, Implies, Equivalent, Xor, ITE of such"
        )
    return CONNECTIVES[type(statement)]
