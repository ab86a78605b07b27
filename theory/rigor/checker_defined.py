"""Where an expression is defined: the conditions it needs, and proofs of them on a region, for the checker.

Algebra may turn an expression into an equal one that is defined at more points (x/x into 1), so that a chain of
correct rewritings could "prove" a statement at a point where it has no meaning. The checker therefore asks of the
statement at the root, and of every statement that a certificate introduces, that it is defined on its region.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any

import sympy as sp
from flint import arb
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from theory.rigor import checker_spans as spans
from theory.rigor.checker_algebra import Region, difference, kind, sign_known, unrolled, whole
from theory.rigor.checker_decider import Decider
from theory.rigor.checker_expressions import UNARY, UnsupportedExpression
from theory.rigor.checker_polynomial import NotPolynomial, negated, polynomial_refutes
from theory.rigor.checker_spans import Span, precision

Condition = tuple[Any, tuple[Any, ...]]  # what must hold, and where: under these further hypotheses
BISECTIONS = 400


def conditions(e: Any, guards: tuple[Any, ...] = ()) -> list[Condition]:
    """What must hold for every part of an expression or a statement to be a real number.

    In `Implies(p, q)` the part q is needed only where p holds, in `Or` a part only where those before it fail, and in
    a `Piecewise` a branch only where it is chosen. Raises UnsupportedExpression for a function that is not known here.
    """
    found: list[Condition] = []
    if isinstance(e, sp.Implies):
        return conditions(e.args[0], guards) + conditions(e.args[1], (*guards, e.args[0]))
    if isinstance(e, sp.Or):
        for position, part in enumerate(e.args):
            found += conditions(part, guards + tuple(negated(earlier) for earlier in e.args[:position]))
        return found
    if isinstance(e, sp.Piecewise):
        pairs: list[Any] = list(e.args)
        for branch, condition in pairs:
            found += conditions(condition, guards) + conditions(branch, (*guards, condition))
            guards = (*guards, negated(condition))
        return [*found, (sp.false, guards)]  # some branch must be chosen
    if isinstance(e, sp.Sum | sp.Product):
        written = unrolled(e)
        if written.has(sp.Sum, sp.Product):
            raise UnsupportedExpression(f"{sp.sstr(e)[:80]} has bounds that are not numbers")
        return conditions(written, guards)
    needed: Any = sp.true
    if isinstance(e, sp.Pow):
        needed = _power_condition(e)
    elif isinstance(e, sp.log | sp.gamma | sp.loggamma):
        needed = sp.Gt(e.args[0], 0, evaluate=False)
    elif isinstance(e, sp.factorial):
        argument: Any = e.args[0]
        needed = sp.Gt(sp.Add(argument, 1), 0, evaluate=False)
    elif isinstance(e, sp.polygamma):
        needed = sp.Gt(e.args[1], 0, evaluate=False)
    elif isinstance(e, sp.besseli):
        if not isinstance(e.args[0], sp.Integer):
            needed = sp.And(sp.Ge(e.args[0], 0), sp.Ge(e.args[1], 0))
    elif type(e).__name__ == "log1p":
        needed = sp.Gt(e.args[0] + 1, 0, evaluate=False)
    elif isinstance(e, sp.Expr) and not _harmless(e):
        raise UnsupportedExpression(f"the checker does not know where {type(e).__name__} is defined")
    if needed is not sp.true:
        found.append((needed, guards))
    for argument in e.args:
        found += conditions(argument, guards)
    return found


def _harmless(e: sp.Expr) -> bool:
    if e.is_Atom:
        return bool(e.is_Symbol or (e.is_number and e.is_finite))
    return isinstance(e, sp.Add | sp.Mul | sp.Min | sp.Max | sp.Heaviside) or type(e) in UNARY


def _power_condition(e: sp.Pow) -> Any:
    base: Any = e.base
    exponent: Any = e.exp
    if isinstance(exponent, sp.Integer):
        return sp.true if exponent >= 0 else sp.Ne(base, 0, evaluate=False)
    if base.is_number and base.is_positive:
        return sp.true
    if exponent.is_number and exponent.is_positive:
        return sp.Ge(base, 0, evaluate=False)
    if exponent.is_number:
        return sp.Gt(base, 0, evaluate=False)
    positive, nonnegative = sp.Gt(base, 0, evaluate=False), sp.Ge(base, 0, evaluate=False)
    return sp.Or(positive, sp.And(nonnegative, sp.Gt(exponent, 0, evaluate=False)))


def undefined_part(e: sp.Basic, region: Region, hypotheses: Sequence[Boolean]) -> str | None:
    """None if the expression or statement is defined wherever the hypotheses hold, else a condition not granted.

    Raises UnsupportedExpression for a function the checker does not know.
    """
    for needed, guards in dict.fromkeys(conditions(e)):
        if not granted(needed, region, (*hypotheses, *guards)):
            return sp.sstr(needed)
    return None


def granted(needed: Any, region: Region, hypotheses: Sequence[Boolean]) -> bool:
    """Whether simple means prove a condition on a region under hypotheses."""
    if needed is sp.true:
        return True
    if isinstance(needed, sp.And):
        return all(granted(part, region, hypotheses) for part in needed.args)
    if isinstance(needed, sp.Or) and any(granted(part, region, hypotheses) for part in needed.args):
        return True
    if isinstance(needed, Relational):
        if needed in hypotheses or needed.canonical in [h.canonical for h in hypotheses if isinstance(h, Relational)]:
            return True
        if sign_known(difference(needed), kind(needed), region):
            return True
    if decided_by_bisection(needed, region, hypotheses):
        return True
    try:
        return polynomial_refutes(needed, region, hypotheses, steps=15_000_000) == "unsat"
    except (NotPolynomial, UnsupportedExpression):
        return False


def decided_by_bisection(statement: sp.Basic, region: Region, hypotheses: Sequence[Boolean]) -> bool:
    """Whether a few boxes suffice to prove a statement under hypotheses."""
    symbols = tuple(region)
    try:
        wanted = Decider(statement, symbols)
    except UnsupportedExpression:
        return False
    given = []
    for hypothesis in hypotheses:
        with suppress(UnsupportedExpression):  # a hypothesis may be left unused
            given.append(Decider(hypothesis, symbols))
    with precision(128):
        pending = [whole(region)]
        for step in count():
            if not pending:
                return True
            if step > BISECTIONS:
                return False
            box = pending.pop()
            if wanted.natural(box) is True or any(hypothesis.natural(box) is False for hypothesis in given):
                continue
            halves = bisect(box)
            if halves is None:
                return False
            pending += halves
    return False


def bisect(box: Sequence[Span]) -> list[list[Span]] | None:
    """The box cut in two across its widest side, an unbounded one first; None if it is a point."""
    widths = [side.high - side.low for side in box]
    widest = max(range(len(box)), key=lambda i: float(widths[i]) if widths[i].is_finite() else 1e308, default=None)
    if widest is None or not widths[widest] > spans.ZERO:
        return None
    side = box[widest]
    if side.low.is_finite() and side.high.is_finite():
        middle = spans.down((side.low + side.high) / 2)
    elif side.low.is_finite():
        middle = spans.up(side.low + abs(side.low) + 1)
    elif side.high.is_finite():
        middle = spans.down(side.high - abs(side.high) - 1)
    else:
        middle = arb(0)
    if not side.low < middle < side.high:
        return None
    halves = (Span(side.low, middle, side.low_open, False), Span(middle, side.high, False, side.high_open))
    return [[*box[:widest], half, *box[widest + 1 :]] for half in halves]
