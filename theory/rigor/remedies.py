"""Remedies: exact transformations after which interval arithmetic, or nothing at all, is left to do.

Each remedy takes a goal and returns a node that proves it, or None. They only propose: every identity is confirmed by
exact algebra, every sign is itself proved, and the whole certificate is checked again by code that knows nothing of
this module. An analytic remedy saves three to six orders of magnitude of boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from math import ceil
from typing import Any, Literal, Protocol

import sympy as sp

from theory.rigor.certificate import (
    Boolean,
    Collapse,
    Enumeration,
    Goal,
    Logarithm,
    Node,
    Rewrite,
    Span,
    Split,
    Substitution,
    variable,
)
from theory.rigor.rules import (
    LONGEST_ALGEBRA,
    boolean_goals,
    collapse_goals,
    difference,
    image_statement,
    rational_bound,
    reduces_to_zero,
    relation,
    signed,
    split_goals,
    substituted,
    values_of,
    with_statement,
    without_variable,
)
from theory.rigor.timelimit import limited

LARGEST_EXPRESSION = 300  # operations; beyond it SymPy's factorisation is not tried
MOST_VALUES = 64
TAIL_BEGINS = (2, 8, 64)  # distances from the finite end at which an unbounded variable is cut
MULTIPLES = {(">=", ">="), (">=", ">"), (">", ">"), ("==", "=="), ("!=", "!=")}  # wanted, given by a hypothesis
Continue = Callable[[Goal], Node | None]


class Prover(Protocol):
    """What remedies need of `theory.rigor.prove`."""

    def prove(self, goal: Goal, depth: int, boxes: int) -> Node | None:
        """A proof that uses at most `depth` nested remedies and about `boxes` boxes in each search."""
        ...

    def quickly(self, goal: Goal) -> Node | None:
        """A proof by algebra, a few boxes, or z3."""
        ...

    def seems_false(self, goal: Goal) -> bool:
        """Whether the goal is certainly false at one of a few points, so that no proof need be tried."""
        ...


def boolean(goal: Goal, then: Continue) -> Node | None:
    """The parts of a Boolean combination, each on its own."""
    goals = boolean_goals(goal)
    if goals is None:
        return None
    parts: list[Node] = []
    for part in goals:
        node = then(part)
        if node is None:
            return None
        parts.append(node)
    return Boolean(tuple(parts))


def enumeration(goal: Goal, v: sp.Symbol, then: Continue) -> Node | None:
    """The values of a discrete variable, each on its own."""
    values = values_of(goal.spans[v])
    if values is None or len(values) > MOST_VALUES:
        return None
    parts: list[Node] = []
    for value in values:
        node = then(without_variable(goal, v, value))
        if node is None:
            return None
        parts.append(node)
    return Enumeration(v.name, tuple(parts))


def rewrite(goal: Goal, statement: Any, factor: Any, prover: Prover, then: Continue) -> Node | None:
    """The goal's difference is `factor` times that of `statement`, and the factor has the sign that this needs."""
    old, new = difference(goal.statement), difference(statement)
    exact: Any = sp.sympify(factor)
    if old is None or new is None or (old[1] != new[1] and (old[1], new[1]) != (">=", ">")):
        return None
    node = then(with_statement(goal, statement))
    if node is None or not reduces_to_zero(old[0] - exact * new[0], goal.spans):
        return None
    factor_proof = None
    if exact != sp.S.One and old[1] != "==":
        factor_proof = prover.quickly(with_statement(goal, relation(exact, old[1])))
        if factor_proof is None:
            return None
    return Rewrite(statement, exact, factor_proof, node)


def normal_forms(gap: Any, spans: Mapping[sp.Symbol, Span]) -> Iterator[tuple[Any, Any]]:
    """Pairs (h, factor) with gap = factor * h, most promising first; the factor is hoped, not known, to be positive."""
    view = signed(spans)
    back = {symbol: v for v, symbol in view.items()}
    seen = set()
    for form, factor in limited(lambda: list(_signed_forms(gap.xreplace(view))), [(gap, sp.S.One)], LONGEST_ALGEBRA):
        pair = (form.xreplace(back), factor.xreplace(back))
        if pair not in seen and not form.has(sp.nan, sp.zoo, sp.oo, sp.I):
            seen.add(pair)
            yield pair


def _signed_forms(gap: Any) -> Iterator[tuple[Any, Any]]:
    yield gap, sp.S.One
    if sp.count_ops(gap) > LARGEST_EXPRESSION:
        return
    joined = sp.together(gap)
    factored = sp.factor(joined)
    yield factored, sp.S.One
    numerator, denominator = sp.fraction(joined)
    if denominator.is_negative:
        numerator, denominator = -numerator, -denominator
    terms = [tidy(term) for term in sp.Add.make_args(sp.expand(numerator))]
    expanded = sp.Add(*terms)
    yield expanded, 1 / denominator
    yield sp.factor(numerator), 1 / denominator
    for square in complete_squares(expanded):
        yield square, 1 / denominator
    if 1 < len(terms) <= 8:
        for term in terms:
            if term.is_positive or not term.could_extract_minus_sign():
                quotient = sp.Add(*(tidy(sp.powsimp(sp.expand(other / term))) for other in terms))
                yield quotient, term / denominator


def tidy(term: Any) -> Any:
    """A product with its powers gathered and its exponents factored."""
    gathered = sp.powsimp(term)
    return gathered.replace(
        lambda part: isinstance(part, sp.Pow) and not part.exp.is_number,
        lambda part: sp.Pow(part.base, sp.factor(part.exp)),
    )


def complete_squares(polynomial: Any) -> Iterator[Any]:
    """The expression as squares plus a rest, beginning with any variable in which it is quadratic."""
    for v in sorted(polynomial.free_symbols, key=str):
        if not polynomial.is_polynomial(v):
            continue
        coefficients = sp.Poly(polynomial, v).all_coeffs()
        if len(coefficients) != 3:
            continue
        leading, linear, constant = coefficients
        square = leading * (v + sp.cancel(linear / (2 * leading))) ** 2
        rest = sp.factor(sp.cancel(constant - linear**2 / (4 * leading)))
        yield square + rest
        if rest.free_symbols:
            for inner in complete_squares(sp.expand(rest)):
                yield square + inner


def collapse(
    goal: Goal, v: sp.Symbol, end: Literal["low", "high"], prover: Prover, prove_slope: Continue, prove_face: Continue
) -> Node | None:
    """The goal where `v` is at its end, if the difference is monotone in v."""
    for strict in (False, True):
        goals = collapse_goals(goal, v, end, strict)
        if goals is None:
            continue
        regular, slope, face = goals
        if prover.seems_false(slope) or prover.seems_false(face):
            continue
        regularity = prover.quickly(regular)
        face_node = prove_face(face) if regularity is not None else None
        slope_node = prove_slope(slope) if face_node is not None else None
        if regularity is not None and slope_node is not None and face_node is not None:
            return Collapse(v.name, end, strict, regularity, slope_node, face_node)
    return None


def tail(goal: Goal, v: sp.Symbol, prover: Prover, far: Continue, near: Continue) -> Node | None:
    """An unbounded variable cut where the difference has become monotone: one collapse beyond, boxes before."""
    span = goal.spans[v]
    if span.values is not None or not (span.low.is_finite and span.high == sp.oo):
        return None
    for distance in TAIL_BEGINS:
        at = Fraction(ceil(rational_bound(span.low, "up"))) + distance
        below, above = split_goals(goal, v, at)
        if prover.seems_false(above):
            return None
        above_node = collapse(above, v, "low", prover, far, far)
        if above_node is None:
            continue
        below_node = near(below)
        return None if below_node is None else Split(v.name, at, below_node, above_node)
    return None


def valley(goal: Goal, v: sp.Symbol, bottoms: Iterable[Fraction], prover: Prover, then: Continue) -> Node | None:
    """The difference falls to a point of `v` and rises after it: the point alone is left to look at."""
    span = goal.spans[v]
    if span.values is not None:
        return None
    for at in bottoms:
        exact = sp.Rational(at.numerator, at.denominator)
        if not (exact > span.low and exact < span.high):
            continue
        below, above = split_goals(goal, v, at)
        left = collapse(below, v, "high", prover, then, then)
        right = collapse(above, v, "low", prover, then, then) if left is not None else None
        if left is not None and right is not None:
            return Split(v.name, at, left, right)
    return None


def logarithm(goal: Goal, prover: Prover, then: Continue) -> Node | None:
    """The logarithms of two positive sides, written out by the laws of logarithms."""
    found = difference(goal.statement)
    if found is None:
        return None
    left, right = goal.statement.args
    if 0 in (left, right):
        two = sp.Add.make_args(sp.expand(sp.fraction(sp.together(found[0]))[0]))
        signs = [term.could_extract_minus_sign() for term in two]
        if len(two) != 2 or signs[0] == signs[1]:
            return None
        plus, minus = (two[1], -two[0]) if signs[0] else (two[0], -two[1])
        statement = relation(plus, found[1], minus)
        factor = 1 / sp.fraction(sp.together(found[0]))[1]
        return rewrite(goal, statement, factor, prover, lambda inner: logarithm(inner, prover, then))
    positive = prover.quickly(with_statement(goal, sp.And(relation(left, ">"), relation(right, ">"))))
    if positive is None:
        return None
    make: Any = type(goal.statement)
    logs = with_statement(goal, make(sp.log(left), sp.log(right), evaluate=False))
    view = signed(goal.spans)
    back = {symbol: v for v, symbol in view.items()}
    gap = difference(logs.statement)
    assert gap is not None
    written_out = sp.expand_log(gap[0].xreplace(view)).xreplace(back)
    node = rewrite(logs, relation(written_out, gap[1]), sp.S.One, prover, then)
    return None if node is None else Logarithm(positive, node)


def substitution(
    goal: Goal, v: sp.Symbol, expression: Any, new: sp.Symbol, span: Span, inverse: Any, prover: Prover, then: Continue
) -> Node | None:
    """`v` = expression in a new variable. The image is proved, the inverse is confirmed by exact algebra."""
    if not reduces_to_zero(expression.xreplace({new: inverse}) - v, goal.spans):
        return None
    image = prover.quickly(with_statement(goal, image_statement(inverse, span)))
    if image is None:
        return None
    node = then(substituted(goal, v, expression, new, span))
    return None if node is None else Substitution(v.name, expression, new.name, span, inverse, image, node)


def widen(goal: Goal, v: sp.Symbol, span: Span, prover: Prover, then: Continue) -> Node | None:
    """The goal on a larger span of one variable."""
    return substitution(goal, v, v, v, span, v, prover, then)


def fresh_name(goal: Goal, wish: str) -> sp.Symbol:
    """A variable whose name no variable of the goal has."""
    names = {v.name for v in goal.spans}
    while wish in names:
        wish += "_"
    return variable(wish)


def solve_for(equation: Any, v: sp.Symbol, spans: Mapping[sp.Symbol, Span]) -> list[Any]:
    """Real solutions of `equation == 0` for v, as SymPy proposes them; variables outside `spans` count as positive."""
    view = signed(spans)
    for extra in equation.free_symbols - set(view):
        view[extra] = sp.Symbol(extra.name, positive=True)
    back = {symbol: old for old, symbol in view.items()}
    try:
        found = limited(lambda: sp.solve(equation.xreplace(view), view[v]), [], LONGEST_ALGEBRA)
    except (NotImplementedError, ValueError, TypeError):
        return []
    return [solution.xreplace(back) for solution in found if isinstance(solution, sp.Expr) and not solution.has(sp.I)]


def hypothesis_as_variable(goal: Goal, prover: Prover, then: Continue) -> Node | None:
    """A hypothesis u >= 0 turned into a variable with the span [0, oo), in place of one that u can be solved for."""
    for hypothesis in goal.hypotheses:
        found = difference(hypothesis)
        if found is None or found[1] == "!=":
            continue
        gap, kind = found
        variables: Any = sorted(gap.free_symbols & set(goal.spans), key=str)
        for v in variables:
            if gap == v or goal.spans[v].values is not None:
                continue
            new = fresh_name(goal, "slack")
            span = Span(sp.S.Zero, sp.S.Zero) if kind == "==" else Span(sp.S.Zero, sp.oo, kind == ">", True)
            for solution in solve_for(gap - new, v, goal.spans):
                node = substitution(goal, v, solution, new, span, gap, prover, lambda g: written_out(g, prover, then))
                if node is not None:
                    return node
    return None


def multiple_of_hypothesis(goal: Goal, prover: Prover) -> Node | None:
    """The difference is that of a hypothesis times something that is not negative."""
    found = difference(goal.statement)
    for hypothesis in goal.hypotheses if found is not None else ():
        given = difference(hypothesis)
        if found is None or given is None or given[0] == 0 or (found[1], given[1]) not in MULTIPLES:
            continue
        gaps = found[0], given[0]
        ratio = limited(lambda: _ratio(*gaps, goal), None, LONGEST_ALGEBRA)  # noqa: B023
        if ratio is None or sp.count_ops(ratio) > sp.count_ops(found[0]):
            continue
        node = rewrite(goal, relation(given[0], given[1]), ratio, prover, prover.quickly)
        if node is not None:
            return node
    return None


def _ratio(above: Any, below: Any, goal: Goal) -> Any:
    view = signed(goal.spans)
    back = {symbol: v for v, symbol in view.items()}
    return sp.factor(sp.cancel((above / below).xreplace(view).rewrite(sp.exp))).xreplace(back)


def reciprocal(goal: Goal, v: sp.Symbol, prover: Prover, then: Continue) -> Node | None:
    """v = 1/t with t in (0, 1/low], for a variable without an upper end."""
    span = goal.spans[v]
    if span.values is not None or span.high != sp.oo or not span.low.is_positive:
        return None
    new = fresh_name(goal, "t")
    image = Span(sp.S.Zero, 1 / span.low, True, span.left_open)
    return substitution(goal, v, 1 / new, new, image, 1 / v, prover, lambda g: written_out(g, prover, then))


def written_out(goal: Goal, prover: Prover, then: Continue) -> Node | None:
    """The goal after a substitution, with the new expression multiplied out; as it is if that changes nothing."""
    found = difference(goal.statement)
    if found is None:
        return then(goal)
    view = signed(goal.spans)
    back = {symbol: v for v, symbol in view.items()}
    expanded = sp.expand(sp.powdenest(found[0].xreplace(view))).replace(
        lambda part: isinstance(part, sp.Pow) and not part.exp.is_number,
        lambda part: sp.Pow(part.base, sp.expand(part.exp)),
    )
    written_out = tidy(sp.together(expanded)).xreplace(back)
    return rewrite(goal, relation(written_out, found[1]), sp.S.One, prover, then)
