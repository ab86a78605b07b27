"""Polynomial refutation, for the checker: a negated goal put to z3 over the reals, by the checker's own translation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp
import z3
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from theory.rigor.checker_algebra import Region, difference, enclosed_sign, kind, signed
from theory.rigor.checker_expressions import UnsupportedExpression

STEPS = 100_000_000  # of z3, which makes some five million a second


class NotPolynomial(ValueError):
    """A statement that cannot be put to z3."""


class Polynomials:
    """A translation to z3, in which every greatest part that is not rational arithmetic is one free real."""

    def __init__(self, region: Region) -> None:
        self._region = region
        self._signs = signed(region)
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


def polynomial_refutes(statement: Any, region: Region, hypotheses: Sequence[Boolean], steps: int = STEPS) -> str:
    """Put the negated goal to z3 over the reals. The answer is "unsat" (the goal holds), "sat" or "unknown".

    Raises NotPolynomial if the statement cannot be expressed; a hypothesis that cannot be is left out.
    """
    problem = Polynomials(region)
    opposite = negated(statement)
    # One relation of a goal is defined at every point of interest; of a combination, a part may be guarded by another.
    wanted = problem.constraint(opposite, defined=isinstance(statement, Relational))
    solver = z3.SolverFor("QF_NRA")
    solver.set("rlimit", steps)  # steps and not seconds: the same answer on every machine
    solver.set("timeout", steps // 500)  # ten times what they take: a guard against steps that do not end
    solver.add(wanted)
    for hypothesis in hypotheses:
        try:
            solver.add(problem.constraint(hypothesis))
        except (NotPolynomial, UnsupportedExpression):
            continue
    solver.add(*problem.facts)
    return str(solver.check())
