"""Exact normal form: an expression as a quotient of polynomials in *generators*.

A generator stands for something the polynomial arithmetic need not look into: a symbol, `exp(T)` for one monomial T,
`log(f)` for one positive factor f, a root, or a function that is left alone. Two expressions with the same normal form
are equal wherever both are defined; the converse need not hold, so a difference is never shown here. Every rewriting
used needs at most that its arguments are real and that the bases of real powers and the arguments of logarithms
are positive, which is tested on the fresh symbols of `theory.reasons.ranges`; what fails the test is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.codegen.cfunctions import exp2, expm1, log1p, log2
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

from theory.reasons.base import Expression, Statement

LONGEST_SHIFT = 16  # (x + 17)! and x! stay unrelated, for their quotient is a long polynomial
HYPERBOLIC = (sp.sinh, sp.cosh, sp.tanh, sp.coth, sp.sech, sp.csch)


def is_positive(expression: Expression) -> bool:
    """Whether SymPy's assumptions show that an expression in grounded symbols is positive."""
    return bool(expression.is_positive) or bool(sp.factor(expression).is_positive)


def is_nonnegative(expression: Expression) -> bool:
    return bool(expression.is_nonnegative) or bool(sp.factor(expression).is_nonnegative)


def is_whole(expression: Expression) -> bool:
    """Whether SymPy's assumptions show that an expression in grounded symbols is an integer >= 0."""
    return bool(expression.is_integer) and is_nonnegative(expression)


@dataclass
class RationalForm:
    """numerator / denominator, polynomials in symbols and generators.

    exponentials, logarithms: generator -> T for exp(T), generator -> f for log(f), written in grounded symbols.
    roots: generator -> (q, base polynomial quotient): the positive generator whose q-th power is the base.
    others: generator -> the expression that was left alone.
    """

    numerator: Expression = sp.S.Zero
    denominator: Expression = sp.S.One
    exponentials: dict[sp.Dummy, Expression] = field(default_factory=dict)
    logarithms: dict[sp.Dummy, Expression] = field(default_factory=dict)
    roots: dict[sp.Dummy, tuple[int, Expression]] = field(default_factory=dict)
    others: dict[sp.Dummy, Expression] = field(default_factory=dict)

    def restore(self, expression: Expression) -> Expression:
        """Replace generators by what they stand for."""
        meanings = (
            {g: sp.exp(power) for g, power in self.exponentials.items()}
            | {g: sp.log(base) for g, base in self.logarithms.items()}
            | {
                g: self.restore(base) ** sp.Rational(1, q)  # a base holds earlier generators only
                for g, (q, base) in self.roots.items()
                if g in expression.free_symbols
            }
            | self.others
        )
        return expression.xreplace(meanings)

    def reduce(self, polynomial: Expression) -> tuple[Expression, Expression]:
        """(remainder, multiplier): multiplier * polynomial = remainder, whose roots have powers below their order."""
        remainder, multiplier = sp.expand(polynomial), sp.S.One
        for root, (q, base) in reversed(list(self.roots.items())):
            if not remainder.has(root):
                continue
            top, bottom = sp.fraction(sp.cancel(base))
            powers = sp.Poly(remainder, root)
            bound = powers.degree() // q
            multiplier *= bottom**bound
            remainder = sp.expand(
                sum(c * top ** (k // q) * bottom ** (bound - k // q) * root ** (k % q) for (k,), c in powers.terms())
            )
        return remainder, multiplier


@lru_cache(maxsize=4096)
def rational_form(expression: Expression) -> RationalForm:
    """The normal form of an expression in grounded symbols (see `theory.reasons.ranges`). Not to be changed."""
    return _Builder().build(expression)


class _Builder:
    """Holds the generators while one expression is converted."""

    def __init__(self) -> None:
        self.exponentials: dict[
            Expression, sp.Dummy
        ] = {}  # monomial T (in generators) -> exp(T), before roots are taken
        self.logarithms: dict[Expression, sp.Dummy] = {}
        self.roots: dict[Expression, sp.Dummy] = {}  # positive base (in generators) -> itself, before roots are taken
        self.others: dict[Expression, sp.Dummy] = {}

    def build(self, expression: Expression) -> RationalForm:
        converted = self.convert(expression)
        settled, roots = {}, {}
        form = RationalForm()
        for base, generator in self.exponentials.items():
            q = self._common_denominator(converted, generator)
            settled[generator] = sp.Dummy("E", positive=True) ** q
            form.exponentials[settled[generator].as_base_exp()[0]] = base / q
        for base, generator in self.roots.items():
            q = self._common_denominator(converted, generator)
            root = sp.Dummy("R", positive=True)
            settled[generator] = root**q
            roots[root] = (q, base)
        form.logarithms = {generator: base for base, generator in self.logarithms.items()}
        form.others = {generator: base for base, generator in self.others.items()}
        form.roots = {root: (q, base.xreplace(settled)) for root, (q, base) in roots.items()}
        numerator, denominator = sp.fraction(sp.together(converted.xreplace(settled)))
        form.numerator, multiplier = form.reduce(numerator)
        form.denominator = sp.expand(denominator * multiplier)
        # what stands in exponents and logarithms was written in generators, too
        form.exponentials = {g: form.restore(t.xreplace(settled)) for g, t in form.exponentials.items()}
        form.logarithms = {g: form.restore(f.xreplace(settled)) for g, f in form.logarithms.items()}
        return form

    @staticmethod
    def _common_denominator(expression: Expression, generator: sp.Dummy) -> int:
        powers = [p for p in expression.atoms(sp.Pow) if p.base == generator]
        return int(sp.ilcm(1, 1, *(p.exp.q for p in powers)))  # type: ignore[attr-defined]

    def convert(self, e: Expression) -> Expression:
        if e.is_Rational or e.is_Symbol:
            return e
        if e is sp.S.GoldenRatio:
            return self.convert((1 + sp.sqrt(5)) / 2)
        if e is sp.S.Exp1:
            return self.exponential(sp.S.One)
        if isinstance(e, sp.Add | sp.Mul):
            return e.func(*(self.convert(argument) for argument in e.args))
        if isinstance(e, HYPERBOLIC):
            return self.convert(e.rewrite(sp.exp))
        if isinstance(e, expm1):
            return self.exponential(e.args[0]) - 1
        if isinstance(e, log1p):
            return self.convert(e.rewrite(sp.log))
        if isinstance(e, exp2 | log2):
            return self.convert(e.expand(func=True))
        if isinstance(e, sp.exp):
            return self.exponential(e.args[0])
        if isinstance(e, sp.log):
            return self.logarithm(e.args[0])
        if isinstance(e, sp.Pow):
            return self.power(*e.args)
        if isinstance(e, sp.Abs):
            if is_nonnegative(e.args[0]):
                return self.convert(e.args[0])
            if is_nonnegative(-e.args[0]):
                return self.convert(-e.args[0])
        if isinstance(e, sp.Piecewise):
            return self.piecewise(e)
        if isinstance(e, sp.factorial) and is_whole(e.args[0]):
            return self.factorial(e.args[0])
        if isinstance(e, sp.binomial):
            above, below = e.args
            if all(map(is_whole, (below, sp.Add(above, -below)))):  # type: ignore[operator]
                return self.factorial(above) / (self.factorial(below) * self.factorial(sp.Add(above, -below)))  # type: ignore[operator]
        return self.leave_alone(e)

    def factorial(self, argument: Expression) -> Expression:
        """x! for a whole x, where x = rest + shift is rest! (rest + 1)..(rest + shift), so that ratios cancel."""
        shift, rest = sp.expand(argument).as_coeff_Add()
        if rest == 0 or not (shift.is_Integer and abs(shift) <= LONGEST_SHIFT and is_whole(rest)):
            return self.leave_alone(sp.factorial(argument)) if rest != 0 else sp.factorial(shift)
        rising = sp.Mul(*(rest + step for step in range(1, shift + 1)))
        falling = sp.Mul(*(rest - step for step in range(-shift)))  # all >= 1, as rest + shift >= 0
        return self.leave_alone(sp.factorial(rest)) * self.convert(rising) / self.convert(falling)

    def power(self, base: Expression, exponent: Expression) -> Expression:
        if exponent.is_Integer:
            return self.convert(base) ** exponent
        if is_positive(base):
            return self.exponential(exponent * sp.log(base))
        whole, rest = exponent.as_coeff_Add()
        factors = sp.Mul.make_args(sp.factor(base))
        # x**(k + c) = x**k x**c and (x y)**k = x**k y**k for integers k, c >= 0, also at zero bases
        if exponent.is_integer and is_nonnegative(rest) and whole.is_integer and whole.is_nonnegative:
            if len(factors) > 1:
                return sp.Mul(*(self.convert(factor**exponent) for factor in factors))
            if whole != 0:
                return self.convert(base) ** whole * self.leave_alone(base**rest)
        return self.leave_alone(base**exponent)

    def exponential(self, exponent: Expression) -> Expression:
        top, bottom = sp.fraction(sp.cancel(sp.together(self.convert(exponent))))
        product = sp.S.One
        for term in sp.Add.make_args(sp.expand(top)):
            coefficient, monomial = sp.expand(term).as_coeff_Mul()
            monomial, scale = sp.cancel(monomial / bottom).as_coeff_Mul()[::-1]
            product *= self.exponential_of_monomial(coefficient * scale, monomial)
        return product

    def exponential_of_monomial(self, coefficient: Expression, monomial: Expression) -> Expression:
        if not coefficient.is_Rational:
            coefficient, monomial = sp.S.One, coefficient * monomial
        if coefficient == 0:
            return sp.S.One
        base = next((base for base, generator in self.logarithms.items() if generator == monomial), None)
        if base is not None:  # exp(c log(base)) = base**c
            if coefficient.is_integer:
                return base**coefficient
            return self.roots.setdefault(base, sp.Dummy("base", positive=True)) ** coefficient
        return self.exponentials.setdefault(monomial, sp.Dummy("exp", positive=True)) ** coefficient

    def logarithm(self, argument: Expression) -> Expression:
        if not is_positive(argument):
            return self.leave_alone(sp.log(argument))
        if argument.has(*HYPERBOLIC):
            argument = argument.rewrite(HYPERBOLIC, sp.exp)
        factors = [factor.as_base_exp() for factor in sp.Mul.make_args(sp.factor(argument))]
        if not all(is_positive(base) for base, _ in factors):
            factors = [(argument, sp.S.One)]
        return sp.Add(*(self.convert(power) * self.logarithm_of_factor(base) for base, power in factors))

    def logarithm_of_factor(self, base: Expression) -> Expression:
        if base is sp.S.Exp1:
            return sp.S.One
        if isinstance(base, sp.exp):
            return self.convert(base.args[0])
        if base.is_Rational:
            primes: Any = sp.factorrat(base)
            return sp.Add(*(power * self.logarithm_generator(sp.Integer(p)) for p, power in primes.items()))
        return self.logarithm_generator(sp.cancel(sp.together(self.convert(base))))

    def logarithm_generator(self, base: Expression) -> Expression:
        return self.logarithms.setdefault(base, sp.Dummy("log", real=True))

    def piecewise(self, e: Statement) -> Expression:
        kept = []
        for value, condition in e.args:
            decided = decide(condition)
            if decided is False:
                continue
            if decided is True and not kept:
                return self.convert(value)
            kept.append((self.canonical(value), sp.true if decided else canonical_condition(condition)))
        return self.leave_alone(sp.Piecewise(*kept))

    def leave_alone(self, e: Expression) -> Expression:
        no_term_negative = False
        if isinstance(e, sp.Sum | sp.Product):
            no_term_negative = has_no_negative_term(e)
            e = self.canonical_sum(e)
        elif not isinstance(e, sp.Piecewise):
            e = e.func(*(self.canonical(a) if isinstance(a, sp.Expr) else a for a in e.args)) if e.args else e
        if e.is_Rational:
            return e
        if isinstance(e, sp.binomial) and e.args[0].is_nonnegative and e.args[1].is_integer:
            above, below = e.args
            e = min(e, sp.binomial(above, sp.expand(sp.Add(above, -below))), key=sp.default_sort_key)  # type: ignore[operator]
        if e not in self.others:
            assumptions = {
                name: True
                for name in ("positive", "nonnegative", "negative", "nonpositive")
                if getattr(e, f"is_{name}") or (name == "nonnegative" and no_term_negative)
            }
            self.others[e] = sp.Dummy("g", **(assumptions or ({"real": True} if e.is_real else {})))
        return self.others[e]

    def canonical_sum(self, e: Any) -> Any:
        """Indices renamed by their depth and the terms in normal form, so that equal sums are recognised as one."""
        depth = nesting(e) - 1  # sums within one another need different names, or an inner index captures an outer one
        names = {v: sp.Symbol(f"_index_{depth}_{i}", integer=True) for i, v in enumerate(e.variables)}
        function, limits = e.function.xreplace(names), [limit.xreplace(names) for limit in e.limits]
        return e.func(self.canonical(function), *((v, self.canonical(a), self.canonical(b)) for v, a, b in limits))

    def canonical(self, e: Expression) -> Expression:
        """A representative of `e`, so that generators with equal arguments are recognised as one."""
        if e.is_Atom:
            return e
        form = _Builder().build(e)
        return form.restore(form.numerator) / form.restore(sp.expand(form.denominator))


def nesting(e: Any) -> int:
    """How many sums and products stand within one another in an expression."""
    return max(map(nesting, e.args), default=0) + isinstance(e, ExprWithLimits)


def has_no_negative_term(e: Any) -> bool:
    """Whether a sum or product over one index has, for certain, no negative term; what is assumed of the index is not
    trusted but found from its lower limit."""
    if len(e.limits) != 1 or len(e.limits[0]) != 3:
        return False
    index, low, high = e.limits[0]
    known = {"positive": True} if is_positive(low) else {"nonnegative": True} if is_nonnegative(low) else {}
    term = e.function.xreplace({index: sp.Dummy(integer=True, **known)})
    return is_nonnegative(sp.expand(high - low + 1)) and bool(term.is_nonnegative)


def canonical_condition(condition: Any) -> Any:
    """A relation as a primitive polynomial compared with 0 by >, >=, = or !=, when it is one; otherwise unchanged."""
    if isinstance(condition, sp.And | sp.Or | sp.Not):
        return condition.func(*(canonical_condition(part) for part in condition.args))
    if not isinstance(condition, Relational):
        return condition
    gap = sp.expand(condition.lhs - condition.rhs)  # type: ignore[operator]
    if isinstance(condition, sp.Lt | sp.Le):
        gap = sp.expand(-gap)
    gap = gap.primitive()[1]
    relation = {sp.Lt: sp.Gt, sp.Le: sp.Ge}.get(type(condition), type(condition))
    if relation in (sp.Eq, sp.Ne) and gap.could_extract_minus_sign():
        gap = -gap
    return relation(gap, 0, evaluate=False)


def decide(condition: Statement) -> bool | None:
    """Whether SymPy's assumptions decide a relation of grounded symbols."""
    if condition in (sp.true, sp.false):
        return condition is sp.true
    if not isinstance(condition, Relational):
        return None
    gap = condition.lhs - condition.rhs  # type: ignore[operator]
    if isinstance(condition, sp.Lt | sp.Le):
        gap = -gap
    if isinstance(condition, sp.Gt | sp.Lt):
        return True if is_positive(gap) else False if is_nonnegative(-gap) else None
    if isinstance(condition, sp.Ge | sp.Le):
        return True if is_nonnegative(gap) else False if is_positive(-gap) else None
    equal = True if gap.is_zero else False if is_positive(gap) or is_positive(-gap) else None
    return equal if isinstance(condition, sp.Eq) or equal is None else not equal
