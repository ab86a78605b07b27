"""Exact algebra for the checker: identities, signs on a whole region, and polynomial refutations by z3.

A region is a set of variables with the spans of the certificate format, all real symbols. Nothing here is numerical
except two things that can only make an answer more careful: an identity is first tested at a few points in Arb, and
a sign may also be read off an enclosure over the whole region.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sympy as sp
import z3
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from theory.rigor import certificate as fmt
from theory.rigor import checker_spans as spans
from theory.rigor.checker_expressions import Program, UnsupportedExpression, expanded_terms
from theory.rigor.checker_spans import Span, precision

Region = Mapping[sp.Symbol, fmt.Span]
MILLISECONDS = 20_000
LARGEST_EXPRESSION = 4_000  # operations, above which only the cheap steps of algebra are tried


def number(value: sp.Basic) -> Span:
    """An enclosure of an exact number, or of an infinite end."""
    if value is sp.oo or value is sp.S.NegativeInfinity:
        end = spans.INFINITY if value is sp.oo else spans.MINUS_INFINITY
        return Span(end, end, True, True)
    program = Program(())
    place = program.index(value)
    found = program.run(())[place]
    if found is None:
        raise UnsupportedExpression(f"{value} is not a real number")
    return found


def outer(side: fmt.Span) -> Span:
    """A span that contains the values of a variable; an end is open where it is certainly not attained."""
    low, high = number(side.low), number(side.high)
    infinite_low, infinite_high = low.low == spans.MINUS_INFINITY, high.high == spans.INFINITY
    found = Span(low.low, high.high, infinite_low or bool(side.left_open), infinite_high or bool(side.right_open))
    if not found.low <= found.high:
        raise UnsupportedExpression(f"the range from {side.low} to {side.high} is empty")
    return found


def whole(region: Region) -> list[Span]:
    """The region as a box."""
    return [outer(side) for side in region.values()]


def difference(relation: Relational) -> Any:
    """The g of `g REL 0`: right minus left for <= and <, left minus right otherwise."""
    left: Any = relation.lhs
    right: Any = relation.rhs
    return right - left if isinstance(relation, sp.Le | sp.Lt) else left - right


SYMBOLS = {sp.Le: ">=", sp.Ge: ">=", sp.Lt: ">", sp.Gt: ">", sp.Eq: "==", sp.Ne: "!="}


def kind(relation: Relational) -> str:
    """One of >=, >, == and !=, as the relation is read about its difference."""
    return SYMBOLS[type(relation)]


# --- the signs of variables ----------------------------------------------------------------------------------------


def _signed(region: Region) -> dict[sp.Symbol, sp.Expr]:
    """Each variable as a symbol with the sign that follows from its span."""
    meaning = {}
    for symbol, side in region.items():
        span = outer(side)
        assumption = (
            {"positive": True}
            if spans.positive(span)
            else {"negative": True}
            if spans.negative(span)
            else {"nonnegative": True}
            if span.low >= spans.ZERO
            else {"nonpositive": True}
            if span.high <= spans.ZERO
            else {"real": True}
        )
        meaning[symbol] = sp.Dummy(symbol.name, **assumption)
    return meaning


def _shifted(region: Region) -> dict[sp.Symbol, sp.Expr]:
    """Each variable as its finite end plus or minus a nonnegative symbol, positive where the end is open."""
    meaning = {}
    for symbol, side in region.items():
        if side.low.is_finite:
            sign = {"positive": True} if side.left_open else {"nonnegative": True}
            meaning[symbol] = side.low + sp.Dummy(symbol.name, **sign)
        elif side.high.is_finite:
            sign = {"positive": True} if side.right_open else {"nonnegative": True}
            meaning[symbol] = side.high - sp.Dummy(symbol.name, **sign)
        else:
            meaning[symbol] = sp.Dummy(symbol.name, real=True)
    return meaning


def unrolled(expression: Any) -> Any:
    """Finite sums and products written out."""
    for series in expression.atoms(sp.Sum, sp.Product):
        try:
            terms: list[Any] = expanded_terms(series)
        except UnsupportedExpression:
            continue
        expression = expression.xreplace({series: (sp.Add if isinstance(series, sp.Sum) else sp.Mul)(*terms)})
    return expression


# --- identities ----------------------------------------------------------------------------------------------------


def vanishes(expression: Any, region: Region) -> bool:
    """Whether exact algebra turns the expression into 0, with the signs of the region's variables."""
    expression = sp.sympify(unrolled(expression))
    if expression == 0:
        return True
    if not expression.free_symbols <= set(region) or _nonzero_somewhere(expression, region):
        return False
    for meaning in (_signed(region), _shifted(region)):
        written = expression.xreplace(meaning)
        if any(form == 0 for form in _forms(written)):
            return True
    return False


def _nonzero_somewhere(expression: sp.Expr, region: Region) -> bool:
    """Whether the expression is certainly not 0 at one of a few points of the region."""
    program = Program(tuple(region))
    try:
        place = program.index(expression)
    except UnsupportedExpression:
        return False
    with precision(256):
        for weight in (sp.Rational(1, 3), sp.Rational(5, 7)):
            box = []
            for side in region.values():
                low = side.low if side.low.is_finite else (side.high - 5 if side.high.is_finite else sp.Integer(-2))
                high = side.high if side.high.is_finite else low + 5
                box.append(number(low + weight * (high - low)))
            if spans.equal(program.run(box)[place], spans.NOUGHT) is False:
                return True
    return False


def _forms(e: Any) -> Iterator[Any]:
    """Equal forms of an expression, cheap ones first."""
    yield sp.expand(e)
    if e.count_ops() > LARGEST_EXPRESSION:
        return
    yield _numerator(e)
    exponential = sp.expand_log(e.rewrite([sp.tanh, sp.sinh, sp.cosh], sp.exp), deep=True)
    yield _numerator(exponential)
    plain = _plain_powers(exponential)
    yield _numerator(plain)
    yield sp.cancel(sp.powsimp(sp.expand(plain, power_base=True), deep=True))
    yield sp.simplify(sp.powsimp(sp.powdenest(sp.expand_power_base(exponential)), deep=True))
    yield sp.simplify(sp.gammasimp(exponential))


def _numerator(e: Any) -> Any:
    """The expanded numerator over a common denominator; 0 only if the expression is 0 wherever it is defined."""
    return sp.expand(sp.numer(sp.together(sp.expand_power_base(sp.expand_power_exp(e)))))


def _plain_powers(e: Any) -> Any:
    """Powers of positive bases written as products of powers of their factors, exponents expanded and split."""

    def rewritten(base: Any, exponent: Any) -> Any:
        if not base.is_positive or exponent.is_Integer:
            return base**exponent
        base = sp.factor(sp.together(base))
        return sp.expand_power_exp(sp.expand_power_base(base ** sp.expand(exponent)))

    return e.replace(sp.Pow, rewritten)


# --- signs ---------------------------------------------------------------------------------------------------------


def sign_known(g: Any, wanted: str, region: Region) -> bool:
    """Whether g is >= 0, > 0 or != 0 on the region, by the signs of its parts or by one enclosure over the region."""
    g = sp.sympify(unrolled(g))
    if enclosed_sign(g, wanted, region):
        return True
    for meaning in (_shifted(region), _signed(region)):
        written = g.xreplace(meaning)
        forms: list[Any] = [written, sp.expand(written)]
        if written.count_ops() <= LARGEST_EXPRESSION:
            forms += [sp.together(written), sp.factor(written), _by_parts(sp.expand(sp.together(written)))]
        if any(_assumed(form, wanted) for form in forms):
            return True
    return False


def _by_parts(e: Any) -> Any:
    """The quotient with numerator and denominator expanded, so that the signs of their terms are seen."""
    top, bottom = sp.fraction(sp.together(e))
    return sp.Mul(sp.expand(top), 1 / sp.expand(bottom), evaluate=False)


def _assumed(e: Any, wanted: str) -> bool:
    known = {">=": e.is_nonnegative, ">": e.is_positive, "!=": e.is_nonzero, "==": e.is_zero}[wanted]
    return known is True


def enclosed_sign(g: Any, wanted: str, region: Region) -> bool:
    """Whether one enclosure over the whole region shows the sign."""
    program = Program(tuple(region))
    try:
        place = program.index(g)
        with precision(128):
            value = program.run(whole(region))[place]
    except UnsupportedExpression:
        return False
    if value is None:
        return False
    if wanted == ">=":
        return bool(value.low >= spans.ZERO)
    if wanted == "!=":
        return spans.positive(value) or spans.negative(value)
    return wanted == ">" and spans.positive(value)


# --- polynomial refutation -----------------------------------------------------------------------------------------


class NotPolynomial(ValueError):
    """A statement that cannot be put to z3."""


class Polynomials:
    """A translation to z3, in which every greatest part that is not rational arithmetic is one free real."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._signs = _signed(region)
        self._atoms: dict[sp.Basic, sp.Dummy] = {}
        self._reals: dict[sp.Dummy, z3.ArithRef] = {}
        self.facts: list[z3.BoolRef] = []
        for symbol, side in region.items():
            real = self._real(symbol)
            for end, is_open, above in ((side.low, side.left_open, True), (side.high, side.right_open, False)):
                if isinstance(end, sp.Rational) and end.is_finite:
                    bound = z3.RealVal(f"{end.p}/{end.q}")
                    fact = (real > bound if is_open else real >= bound) if above else (
                        real < bound if is_open else real <= bound
                    )  # fmt: skip
                    self.facts.append(fact)

    def _real(self, atom: sp.Basic) -> z3.ArithRef:
        """The z3 variable of an atom, constrained to the sign that is known of it."""
        if atom not in self._atoms:
            name = sp.Dummy(f"t{len(self._atoms)}", real=True)
            self._atoms[atom] = name
            real = self._reals[name] = z3.Real(f"t{len(self._reals)}")
            if not isinstance(atom, sp.Symbol):
                self.facts += self._sign_facts(atom, real)
        return self._reals[self._atoms[atom]]

    def _sign_facts(self, atom: sp.Basic, real: z3.ArithRef) -> list[z3.BoolRef]:
        assert isinstance(atom, sp.Expr)
        written = atom.xreplace(self._signs)
        if written.is_positive or enclosed_sign(atom, ">", self._region):
            return [real > 0]
        if written.is_negative or enclosed_sign(-atom, ">", self._region):
            return [real < 0]
        if written.is_nonnegative or enclosed_sign(atom, ">=", self._region):
            return [real >= 0]
        if written.is_nonpositive or enclosed_sign(-atom, ">=", self._region):
            return [real <= 0]
        return []

    def _skeleton(self, e: sp.Basic) -> sp.Expr:
        """The expression as a rational function of atoms."""
        if isinstance(e, sp.Rational) and e.is_finite:
            return e
        if isinstance(e, sp.Add | sp.Mul):
            return e.func(*[self._skeleton(argument) for argument in e.args])
        if isinstance(e, sp.Pow) and isinstance(e.exp, sp.Integer) and abs(int(e.exp)) <= 60:
            return self._skeleton(e.base) ** e.exp
        if not isinstance(e, sp.Expr) or e.has(sp.nan, sp.zoo, sp.oo, sp.S.NegativeInfinity):
            raise NotPolynomial(f"{e} is not a real expression")
        self._real(e)
        return self._atoms[e]

    def _polynomial(self, e: Any) -> Any:
        """An expanded polynomial in the atoms, as a z3 term."""
        terms = []
        for term in sp.Add.make_args(sp.expand(e)):
            coefficient, rest = term.as_coeff_Mul()
            if not isinstance(coefficient, sp.Rational):
                raise NotPolynomial(f"{term} has a coefficient that is not rational")
            factor = z3.RealVal(f"{coefficient.p}/{coefficient.q}")
            for base, exponent in rest.as_powers_dict().items():
                if base == 1:
                    continue
                if base not in self._reals or not (isinstance(exponent, sp.Integer) and exponent > 0):
                    raise NotPolynomial(f"{term} is not a monomial")
                for _ in range(int(exponent)):
                    factor = factor * self._reals[base]
            terms.append(factor)
        return z3.Sum(terms) if terms else z3.RealVal(0)

    def literal(self, relation: Relational, defined: bool) -> Any:
        """The relation as a constraint that is at least as weak.

        Where a denominator is 0, the constraint is false if the relation is known to be defined, and true otherwise.
        """
        top, bottom = sp.fraction(sp.together(self._skeleton(difference(relation))))
        numerator, denominator = self._polynomial(top), self._polynomial(bottom)
        if bottom == 1:
            left, exists = numerator, z3.BoolVal(True)
        else:
            left, exists = numerator * denominator, denominator != 0
        wanted = kind(relation)
        holds = {">=": left >= 0, ">": left > 0, "==": left == 0, "!=": left != 0}[wanted]
        return z3.And(exists, holds) if defined else z3.Or(z3.Not(exists), holds)

    def constraint(self, statement: sp.Basic, defined: bool = True) -> Any:
        """A statement in and, or and relations as a constraint that is at least as weak.

        defined: whether all its expressions are known to be defined where it matters; below an `Or` they need not be.
        """
        if statement in (sp.true, sp.false):
            return z3.BoolVal(statement is sp.true)
        if isinstance(statement, Relational):
            return self.literal(statement, defined)
        if isinstance(statement, sp.And):
            return z3.And([self.constraint(part, defined) for part in statement.args])
        if isinstance(statement, sp.Or):
            return z3.Or([self.constraint(part, False) for part in statement.args])
        normal = sp.to_nnf(statement, simplify=False)
        if isinstance(normal, sp.And | sp.Or | Relational):
            return self.constraint(normal, defined)
        raise NotPolynomial(f"{sp.sstr(statement)[:80]} cannot be put to z3")


def negated(statement: Any) -> Any:
    """The negation, moved to the relations."""
    return sp.to_nnf(sp.Not(statement), simplify=False)


def polynomial_refutes(
    statement: Any, region: Region, hypotheses: Sequence[Boolean], milliseconds: int = MILLISECONDS
) -> str:
    """Put the negated goal to z3 over the reals. The answer is "unsat" (the goal holds), "sat" or "unknown".

    Raises NotPolynomial if the statement cannot be expressed; a hypothesis that cannot be is left out.
    """
    problem = Polynomials(region)
    opposite = negated(statement)
    # One relation of a goal is defined at every point of interest; of a combination, a part may be guarded by another.
    wanted = problem.constraint(opposite, defined=isinstance(statement, Relational))
    solver = z3.SolverFor("QF_NRA")
    solver.set("timeout", milliseconds)
    solver.add(wanted)
    for hypothesis in hypotheses:
        try:
            solver.add(problem.constraint(hypothesis))
        except (NotPolynomial, UnsupportedExpression):
            continue
    solver.add(*problem.facts)
    return str(solver.check())
