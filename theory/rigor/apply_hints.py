"""Hints turned into proofs: the named remedy is applied, its conditions are proved, the rest is left to the prover."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import sympy as sp
from sympy.core.relational import Relational

from theory.rigor import hints as hint
from theory.rigor import remedies
from theory.rigor.certificate import Cut, Goal, Node, Span, Split, span_of, variable
from theory.rigor.remedies import Continue, Prover
from theory.rigor.rules import difference, relation, split_goals, with_statement

DEPTH, BOXES = 2, 2000


def apply_hints(goal: Goal, hints: Sequence[hint.Hint], prover: Prover) -> Node | None:
    """A proof that begins with the hints in turn; Boolean combinations are taken apart first.

    Raises ValueError if a hint speaks of a symbol that the goal does not have, or cannot be carried out as written.
    """
    if not hints:
        return prover.prove(goal, DEPTH, BOXES)
    if isinstance(goal.statement, sp.And | sp.Or | sp.Implies | sp.Equivalent | sp.Not):
        return remedies.boolean(goal, lambda inner: prover.quickly(inner) or apply_hints(inner, hints, prover))
    return _apply(goal, hints[0], prover, lambda inner: apply_hints(inner, hints[1:], prover))


def _apply(goal: Goal, first: hint.Hint, prover: Prover, then: Continue) -> Node | None:
    if isinstance(first, hint.Substitute):
        return _substitute(goal, list(first.expressions.items()), first, prover, then)
    if isinstance(first, hint.Prove):
        fact = local(first.fact)
        proof = prover.prove(with_statement(goal, fact), DEPTH, BOXES)
        node = None if proof is None else then(with_statement(goal, goal.statement, fact))
        return Cut(fact, proof, node) if proof is not None and node is not None else None
    if isinstance(first, hint.TakeLogarithms):
        return remedies.logarithm(goal, prover, then)
    if isinstance(first, hint.Rearrange):
        return remedies.rewrite(goal, local(first.statement), local(sp.sympify(first.factor)), prover, then)
    if isinstance(first, hint.MultiplyBy):
        return _multiply(goal, local(sp.sympify(first.factor)), prover, then)
    v = variable(first.variable.name)
    if v not in goal.spans:
        raise ValueError(f"The hint {first} names {v}, but the variables here are {', '.join(map(str, goal.spans))}.")
    if isinstance(first, hint.Enumerate):
        return remedies.enumeration(goal, v, then)
    if isinstance(first, hint.SplitAt):
        value = sp.sympify(first.value)
        at = Fraction(int(value.p), int(value.q))
        below, above = split_goals(goal, v, at)
        nodes = then(below), then(above)
        return Split(v.name, at, nodes[0], nodes[1]) if nodes[0] is not None and nodes[1] is not None else None
    slope: Continue = lambda inner: prover.prove(inner, DEPTH, BOXES)  # noqa: E731
    for end in ("low", "high") if first.end is None else (first.end,):
        node = remedies.collapse(goal, v, end, prover, slope, then)
        if node is not None:
            return node
    return None


def _multiply(goal: Goal, factor: Any, prover: Prover, then: Continue) -> Node | None:
    found = difference(goal.statement)
    if found is None:
        return None
    for form, rest in remedies.normal_forms(found[0] * factor, goal.spans):
        if rest == 1:
            node = remedies.rewrite(goal, relation(form, found[1]), 1 / factor, prover, then)
            if node is not None:
                return node
    return None


def _substitute(goal: Goal, pairs: list, first: hint.Substitute, prover: Prover, then: Continue) -> Node | None:
    if not pairs:
        return remedies.written_out(goal, prover, then)
    v, expression = variable(pairs[0][0].name), local(sp.sympify(pairs[0][1]))
    if v not in goal.spans:
        raise ValueError(f"The hint replaces {v}, but the variables here are {', '.join(map(str, goal.spans))}.")
    candidates = expression.free_symbols - (set(goal.spans) - {v})
    if len(candidates) != 1:
        raise ValueError(f"The hint {v} = {expression} must contain exactly one symbol that is not a variable already.")
    new = candidates.pop()
    given_ranges = {symbol.name: values for symbol, values in first.ranges.items()}
    given_inverses = {symbol.name: local(sp.sympify(e)) for symbol, e in first.inverses.items()}
    inverses = [given_inverses[new.name]] if new.name in given_inverses else []
    if not inverses:
        fresh = remedies.fresh_name(goal, f"{new.name}_new") if new == v else new
        solved = remedies.solve_for(expression.xreplace({new: fresh}) - v, fresh, goal.spans)
        inverses = solved
    for inverse in inverses:
        span = span_of(given_ranges[new.name]) if new.name in given_ranges else _image(inverse, v, goal.spans[v])
        if span is None:
            raise ValueError(f"The range of {new} = {inverse} is not clear; give it in `ranges`.")
        inner: Continue = lambda g: _substitute(g, pairs[1:], first, prover, then)  # noqa: E731
        node = remedies.substitution(goal, v, expression, new, span, inverse, prover, inner)
        if node is not None:
            return node
    return None


def _image(inverse: Any, v: sp.Symbol, span: Span) -> Span | None:
    """The range of an inverse in one variable, from its values at the ends; it is proved later that it is right."""
    if inverse.free_symbols != {v} or span.values is not None:
        return None
    ends = [
        (sp.limit(inverse, v, span.low, "+"), span.left_open),
        (sp.limit(inverse, v, span.high, "-"), span.right_open),
    ]
    if not all(end.is_extended_real for end, _ in ends):
        return None
    (low, left_open), (high, right_open) = ends if ends[0][0] <= ends[1][0] else ends[::-1]
    return Span(low, high, bool(left_open or low == -sp.oo), bool(right_open or high == sp.oo))


def local(expression: Any) -> Any:
    """The expression in the symbols of certificates, which go by their names."""
    if isinstance(expression, Relational):  # rebuilt as it is, or SymPy might turn (x - 1)**2 >= 0 into `true`
        return type(expression)(*map(local, expression.args), evaluate=False)  # type: ignore[call-arg]
    return expression.xreplace({symbol: variable(symbol.name) for symbol in expression.free_symbols})
