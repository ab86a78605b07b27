"""The rules of certificates as the search applies them: from a goal and a rule's data to the goals of its children.

`theory.rigor.certificate` states the rules. The checker of certificates implements them a second time, importing
nothing from here, so that a mistake in this module makes a proof fail rather than a false statement pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal

import sympy as sp
from sympy.core.relational import Relational

from theory.rigor.certificate import Goal, Span
from theory.rigor.evaluate import UnsupportedExpression, compile_expression
from theory.rigor.interval import Interval, precision
from theory.rigor.timelimit import limited

LONGEST_ALGEBRA = 3.0  # seconds for one identity
LONGEST_SIGN = 0.5  # seconds for one sign
LARGEST_FACTORED = 60  # operations; beyond it no factorisation is tried merely to read off a sign
KINDS: dict[type, str] = {sp.Ge: ">=", sp.Le: ">=", sp.Gt: ">", sp.Lt: ">", sp.Eq: "==", sp.Ne: "!="}
RELATIONS: dict[str, Any] = {">=": sp.Ge, ">": sp.Gt, "==": sp.Eq, "!=": sp.Ne}


def difference(statement: Any) -> tuple[sp.Expr, str] | None:
    """The statement as (g, REL), meaning `g REL 0`; None if it is not a relation."""
    if not isinstance(statement, Relational) or type(statement) not in KINDS:
        return None
    left, right = statement.args
    gap: Any = right - left if isinstance(statement, sp.Le | sp.Lt) else left - right  # type: ignore[operator]
    return gap, KINDS[type(statement)]


def relation(expression: Any, kind: str, other: Any = 0) -> Any:
    """`expression kind other`, kept as it is written."""
    return RELATIONS[kind](expression, other, evaluate=False)


def with_statement(goal: Goal, statement: Any, *facts: Any) -> Goal:
    """The goal with another statement and with facts appended to its hypotheses."""
    return Goal(goal.spans, (*goal.hypotheses, *facts), statement)


def with_span(goal: Goal, variable: sp.Symbol, span: Span) -> Goal:
    """The goal with another span for one variable, in its place."""
    return replace(goal, spans={v: span if v == variable else s for v, s in goal.spans.items()})


def without_variable(goal: Goal, variable: sp.Symbol, value: Any) -> Goal:
    """The goal with an exact value put for a variable, which leaves the spans."""
    put = {variable: value}
    spans = {v: s for v, s in goal.spans.items() if v != variable}
    hypotheses: Any = tuple(hypothesis.xreplace(put) for hypothesis in goal.hypotheses)
    statement: Any = goal.statement.xreplace(put)
    return Goal(spans, hypotheses, statement)


def signs_of(span: Span) -> dict[str, bool]:
    """The sign assumptions that a span grants."""
    if span.low > 0 or (span.low == 0 and span.left_open):
        return {"positive": True}
    if span.low == 0:
        return {"nonnegative": True}
    if span.high < 0 or (span.high == 0 and span.right_open):
        return {"negative": True}
    return {"nonpositive": True} if span.high == 0 else {}


def signed(spans: Mapping[sp.Symbol, Span]) -> dict[sp.Symbol, Any]:
    """variable -> a symbol of the same name with the sign that its span grants."""
    return {v: sp.Symbol(v.name, real=True, **signs_of(span)) for v, span in spans.items()}


def shifted(spans: Mapping[sp.Symbol, Span]) -> dict[sp.Symbol, Any]:
    """variable -> its finite end plus or minus a symbol that is not negative."""
    result: dict[sp.Symbol, Any] = {}
    for v, span in spans.items():
        ends = ((span.low, span.left_open, 1), (span.high, span.right_open, -1))
        end = next((end for end in ends if end[0].is_finite), None)
        if end is None:
            result[v] = v
        else:
            sign = {"positive": True} if end[1] else {"nonnegative": True}
            result[v] = end[0] + end[2] * sp.Symbol(v.name, real=True, **sign)
    return result


def _together(e: Any) -> Any:
    return sp.expand(sp.fraction(sp.together(sp.expand(e)))[0])


def _exponentials(e: Any) -> Any:
    return sp.expand(sp.fraction(sp.together(sp.expand(sp.powsimp(e.rewrite(sp.exp)))))[0])


def _normal_form(e: Any) -> Any:
    from theory.reasons.rational_form import rational_form  # a reason may call the prover, so it is imported late

    return rational_form(e).numerator


_ROUTES: tuple[Callable[[Any], Any], ...] = (
    sp.expand,
    _together,
    lambda e: sp.expand(sp.expand_log(e)),
    lambda e: sp.expand(sp.powdenest(sp.factor(e, deep=True))),
    _exponentials,
    _normal_form,
    lambda e: sp.simplify(e) if sp.count_ops(e) < 120 else e,
)


def reduces_to_zero(expression: Any, spans: Mapping[sp.Symbol, Span]) -> bool:
    """Whether exact algebra turns the expression into 0, given the signs that the spans grant."""
    if expression == 0:
        return True
    if expression.has(sp.nan, sp.zoo, sp.oo, -sp.oo) or _clearly_nonzero(expression, spans):
        return False
    relevant = {v: s for v, s in spans.items() if v in expression.free_symbols}
    return limited(lambda: _some_route_gives_zero(expression, relevant), False, LONGEST_ALGEBRA)


def _some_route_gives_zero(expression: Any, spans: Mapping[sp.Symbol, Span]) -> bool:
    return any(route(expression.xreplace(view)) == 0 for view in (signed(spans), shifted(spans)) for route in _ROUTES)


def _clearly_nonzero(expression: Any, spans: Mapping[sp.Symbol, Span]) -> bool:
    """Whether interval evaluation at one point excludes 0; spares long attempts at false identities."""
    symbols = tuple(v for v in spans if v in expression.free_symbols)
    if expression.free_symbols - set(symbols):
        return False
    try:
        program = compile_expression(expression, symbols)
    except UnsupportedExpression:
        return False
    with precision(128):
        point = [Interval.of(inner_point(spans[v], position)) for position, v in enumerate(symbols)]
        value = program.interval(point)
        return value.defined and bool(value.lo > 0 or value.hi < 0)


def inner_point(span: Span, position: int = 0) -> Fraction:
    """A rational inside a span; neighbouring positions give unrelated points."""
    share = Fraction(37 + 11 * (position % 5), 103)
    if span.values is not None:
        low = high = span.values[position % len(span.values)]
    else:
        low, high = span.low, span.high
    if low.is_finite and high.is_finite:
        bottom, top = rational_bound(low, "up"), rational_bound(high, "down")
        return bottom + share * (top - bottom) if bottom <= top else bottom
    if low.is_finite:
        return rational_bound(low, "up") + 1 + share
    return rational_bound(high, "down") - 1 - share if high.is_finite else share


def rational_bound(end: Any, direction: Literal["up", "down"]) -> Fraction:
    """A rational at or above ("up") or at or below ("down") an exact finite number, equal to it if it is rational."""
    if end.is_Rational:
        return Fraction(int(end.p), int(end.q))
    with precision(128):
        enclosure = compile_expression(end, ()).interval(())
        if not enclosure.bounded:
            raise ValueError(f"The end {end} could not be enclosed; write it as a rational, a root or a logarithm.")
        bound = (enclosure.hi if direction == "up" else enclosure.lo).fmpq()
        return Fraction(int(bound.p), int(bound.q))


def algebra_decides(goal: Goal) -> bool:
    """The rule `Algebra`."""
    if goal.statement == sp.true:
        return True
    found = difference(goal.statement)
    if found is None:
        return False
    gap, kind = found
    if kind in (">=", "==") and reduces_to_zero(gap, goal.spans):
        return True
    if kind == "==":
        return False
    wanted = {">=": "is_nonnegative", ">": "is_positive", "!=": "is_nonzero"}[kind]
    view = shifted(goal.spans)
    forms: tuple[Callable[[Any], Any], ...] = (lambda e: e, sp.expand)
    if sp.count_ops(gap) < LARGEST_FACTORED:
        forms += (sp.together, sp.factor)
    return limited(lambda: any(getattr(form(gap.xreplace(view)), wanted) for form in forms), False, LONGEST_SIGN)


def boolean_goals(goal: Goal) -> list[Goal] | None:
    """The children of the rule `Boolean`, or None if the statement is no Boolean combination."""
    s = goal.statement
    if isinstance(s, sp.And):
        return [with_statement(goal, part) for part in s.args]
    if isinstance(s, sp.Or):
        return [with_statement(goal, s.args[-1], *(sp.Not(part) for part in s.args[:-1]))]
    if isinstance(s, sp.Implies):
        return [with_statement(goal, s.args[1], s.args[0])]
    if isinstance(s, sp.Equivalent):
        return [with_statement(goal, s.args[(i + 1) % len(s.args)], part) for i, part in enumerate(s.args)]
    if isinstance(s, sp.Eq):
        left, right = s.args
        return [with_statement(goal, make(left, right, evaluate=False)) for make in (sp.Le, sp.Ge)]
    if isinstance(s, sp.Not):
        moved = sp.to_nnf(s)
        return None if moved == s else [with_statement(goal, moved)]
    return None


def split_goals(goal: Goal, variable: sp.Symbol, at: Fraction) -> tuple[Goal, Goal]:
    """The children of the rule `Split`."""
    span = goal.spans[variable]
    low_end = high_end = sp.Rational(at.numerator, at.denominator)
    if span.integer:
        low_end = sp.floor(low_end)
        high_end = low_end + 1
    below = replace(span, high=low_end, right_open=False)
    above = replace(span, low=high_end, left_open=False)
    return with_span(goal, variable, below), with_span(goal, variable, above)


def values_of(span: Span) -> tuple[Any, ...] | None:
    """All values of a span, if it is finite and discrete."""
    if span.values is not None:
        return span.values
    if span.integer and span.low.is_finite and span.high.is_finite:
        return tuple(sp.Integer(k) for k in range(int(span.low), int(span.high) + 1))
    return None


def image_statement(inverse: Any, span: Span) -> Any:
    """What the child `image` of the rule `Substitution` proves."""
    parts = []
    if span.low.is_finite:
        parts.append((sp.Lt if span.left_open else sp.Le)(span.low, inverse, evaluate=False))
    if span.high.is_finite:
        parts.append((sp.Lt if span.right_open else sp.Le)(inverse, span.high, evaluate=False))
    return sp.And(*parts)


def substituted(goal: Goal, variable: sp.Symbol, expression: Any, new: sp.Symbol, span: Span) -> Goal:
    """The child `node` of the rule `Substitution`."""
    put = {variable: expression}
    spans = {(new if v == variable else v): (span if v == variable else s) for v, s in goal.spans.items()}
    hypotheses: Any = tuple(hypothesis.xreplace(put) for hypothesis in goal.hypotheses)
    statement: Any = goal.statement.xreplace(put)
    return Goal(spans, hypotheses, statement)


def regularity(expression: Any, variable: sp.Symbol) -> Any | None:
    """The conditions of the rule `Collapse`, or None if the expression is not of the kind it allows."""
    conditions = []
    for part in sp.preorder_traversal(expression):
        if not part.has(variable) or isinstance(part, sp.Add | sp.Mul | sp.Symbol):
            continue
        if isinstance(part, sp.exp | sp.sinh | sp.cosh | sp.tanh | sp.erf | sp.sin | sp.cos):
            continue
        if isinstance(part, sp.log | sp.gamma | sp.loggamma) and len(part.args) == 1:
            conditions.append(relation(part.args[0], ">"))
        elif isinstance(part, sp.besseli) and part.args[0].is_Integer and part.args[0].is_nonnegative:
            continue
        elif isinstance(part, sp.Pow):
            base, exponent = part.args
            if exponent.is_Integer:
                conditions += [] if exponent.is_nonnegative else [relation(base, "!=")]
            elif not (base.is_number and base.is_positive):
                conditions.append(relation(base, ">"))
        else:
            return None
    return sp.And(*conditions)


def collapse_goals(
    goal: Goal, variable: sp.Symbol, end: Literal["low", "high"], strict: bool
) -> tuple[Goal, Goal, Goal] | None:
    """The children (regularity, derivative, face) of the rule `Collapse`, or None where it does not apply."""
    found, span = difference(goal.statement), goal.spans[variable]
    if found is None or found[1] not in (">=", ">") or span.values is not None:
        return None
    gap, kind = found
    value, is_open = (span.low, span.left_open) if end == "low" else (span.high, span.right_open)
    conditions = regularity(gap, variable)
    if conditions is None or not value.is_finite or (strict and not (is_open and kind == ">")):
        return None
    if gap.xreplace({variable: value}).has(sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I):
        return None  # the statement has no value at this end
    kept = tuple(hypothesis for hypothesis in goal.hypotheses if not hypothesis.has(variable))
    base = Goal(goal.spans, kept, goal.statement)
    real = replace(span, integer=False)
    closed = replace(real, **{"left_open" if end == "low" else "right_open": False})
    slope = sp.diff(gap, variable) * (1 if end == "low" else -1)
    face = without_variable(base, variable, value)
    if strict:
        face = with_statement(face, relation(gap.xreplace({variable: value}), ">="))
    return (
        with_statement(with_span(base, variable, closed), conditions),
        with_statement(with_span(base, variable, real), relation(slope, ">" if strict else ">=")),
        face,
    )
