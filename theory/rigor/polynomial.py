"""Polynomial and rational goals decided by z3, which copes with inequalities that touch zero.

Everything that is not built by +, *, / and integer powers becomes a fresh real variable with the sign that SymPy's
assumptions know, so that hypotheses about exp(x) or n**a can be used, too.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from theory.rigor.certificate import Goal
from theory.rigor.rules import difference, signed

MOST_ATOMS = 8
LARGEST_POWER = 40


class _NotPolynomial(ValueError):
    """An expression that cannot be handed to z3."""


class _Translator:
    def __init__(self, goal: Goal) -> None:
        import z3  # imported late: not every proof needs it

        self.z3 = z3
        self.signs = signed(goal.spans)
        self.atoms: dict[Any, Any] = {}
        self.conditions: list[Any] = []

    def number(self, value: Any) -> Any:
        return self.z3.RatVal(int(value.p), int(value.q))

    def atom(self, expression: Any) -> Any:
        if expression not in self.atoms:
            fresh = self.z3.Real(f"atom{len(self.atoms)}")
            self.atoms[expression] = fresh
            seen = expression.xreplace(self.signs)
            if seen.is_real is False or seen.has(sp.nan, sp.zoo, sp.oo):
                raise _NotPolynomial(f"{expression} is not real")
            if not expression.is_Symbol:
                for flag, condition in (
                    (seen.is_positive, fresh > 0),
                    (seen.is_nonnegative, fresh >= 0),
                    (seen.is_negative, fresh < 0),
                ):
                    self.conditions += [condition] if flag else []
        return self.atoms[expression]

    def expression(self, e: Any) -> Any:
        if e.is_Rational:
            return self.number(e)
        if isinstance(e, sp.Add | sp.Mul):
            result = self.expression(e.args[0])
            for argument in e.args[1:]:
                part = self.expression(argument)
                result = result + part if isinstance(e, sp.Add) else result * part
            return result
        if isinstance(e, sp.Pow) and e.exp.is_Integer and abs(e.exp) <= LARGEST_POWER:
            base = self.expression(e.base)
            power = base
            for _ in range(abs(int(e.exp)) - 1):
                power = power * base
            if e.exp.is_negative:
                self.conditions.append(base != 0)
                return self.number(sp.S.One) / power
            return power
        return self.atom(e)

    def statement(self, s: Any) -> Any:
        if s in (sp.true, sp.false):
            return self.z3.BoolVal(s is sp.true)
        combine = {sp.And: self.z3.And, sp.Or: self.z3.Or, sp.Not: self.z3.Not, sp.Implies: self.z3.Implies}
        if type(s) in combine:
            return combine[type(s)](*map(self.statement, s.args))
        if not isinstance(s, Relational) or difference(s) is None:
            raise _NotPolynomial(f"{s} is not a relation")
        left, right = (self.expression(side) for side in s.args)
        compare = {
            sp.Ge: lambda: left >= right,
            sp.Gt: lambda: left > right,
            sp.Le: lambda: left <= right,
            sp.Lt: lambda: left < right,
            sp.Eq: lambda: left == right,
            sp.Ne: lambda: left != right,
        }
        return compare[type(s)]()


def polynomial_decides(goal: Goal, steps: int = 5_000_000) -> bool:
    """The rule `Polynomial`: whether z3 finds the negated goal unsatisfiable within so many of its own steps."""
    translator = _Translator(goal)
    try:
        negated = translator.z3.Not(translator.statement(goal.statement))
    except _NotPolynomial:
        return False
    constraints = [negated]
    for hypothesis in goal.hypotheses:
        try:
            constraints.append(translator.statement(hypothesis))
        except _NotPolynomial:
            continue
    if len(translator.atoms) > MOST_ATOMS:
        return False
    for v, span in goal.spans.items():
        if v in translator.atoms:
            x = translator.atoms[v]
            if span.low.is_Rational:
                low = translator.number(span.low)
                constraints.append(x > low if span.left_open else x >= low)
            if span.high.is_Rational:
                high = translator.number(span.high)
                constraints.append(x < high if span.right_open else x <= high)
    solver = translator.z3.Solver()
    solver.set("rlimit", steps)  # steps and not seconds: the same answer on every machine
    solver.set("timeout", steps // 500)  # ten times what they take: a guard against steps that do not end
    solver.add(*constraints, *translator.conditions)
    return solver.check() == translator.z3.unsat
