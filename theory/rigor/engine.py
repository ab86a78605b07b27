"""The engine of a proof attempt: which remedy is tried when, what has failed already, and the budget they share.

The order: exact algebra, a few boxes and z3; normal forms; the contact rule where a variable touches zero; monotonicity
with symbolic face collapse; logarithms; contact on neighbourhoods; hypotheses as variables; valleys; reciprocals and
tails of unbounded variables; more boxes; integers one by one. A remedy that needs a proof of its own asks for it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sympy as sp
from sympy.polys.polyerrors import BasePolynomialError

from theory.rigor import remedies
from theory.rigor.certificate import Algebra, Goal, Node, Polynomial
from theory.rigor.contact import contact, touching_points
from theory.rigor.counterexample import false_somewhere
from theory.rigor.evaluate import UnsupportedExpression
from theory.rigor.polynomial import polynomial_decides
from theory.rigor.rules import algebra_decides, difference, relation, values_of
from theory.rigor.search import ExactBox, Meter, Point, search

FEW_BOXES = 40
SIMPLE = 25  # operations of a statement for which algebra is cheaper than boxes
FORMS_TO_COLLAPSE = 4
SYMPY_GIVES_UP = (
    BasePolynomialError, NotImplementedError, RecursionError, ZeroDivisionError, OverflowError, UnsupportedExpression,
)  # fmt: skip


class Engine:
    """One proof attempt for the goal `root`. Implements `theory.rigor.remedies.Prover`.

    remaining: what the last branch and bound on the root left undecided.
    false_at: points of the root at which a search saw that it is false.
    """

    def __init__(self, root: Goal, meter: Meter, bits: int) -> None:
        self.root = root
        self.meter = meter
        self.bits = bits
        self.remaining: tuple[ExactBox, ...] = ()
        self.false_at: list[Point] = []
        self._root_key = _key(root)
        self._quick: dict[Any, Node | None] = {}
        self._failed: dict[Any, tuple[int, int]] = {}
        self._false: dict[Any, bool] = {}

    def seems_false(self, goal: Goal) -> bool:
        """Whether the goal is certainly false at one of a few points, so that no proof need be tried."""
        key = _key(goal)
        if key not in self._false:
            self._false[key] = goal.statement == sp.false or false_somewhere(goal)
        return self._false[key]

    def search(self, goal: Goal, boxes: int) -> Node | None:
        """Branch and bound with at most `boxes` boxes."""
        try:
            found = search(goal, self.meter, boxes, self.bits)
        except UnsupportedExpression:
            return None
        key = _key(goal)
        if key == self._root_key:
            self.remaining = found.remaining
            self.false_at += [found.false_at] if found.false_at is not None else []
        if found.false_at is not None:
            self._false[key] = True
        return found.node

    def quickly(self, goal: Goal) -> Node | None:
        """A proof by algebra, a few boxes, or z3."""
        key = _key(goal)
        if key not in self._quick:
            self._quick[key] = self._quick_proof(goal)
        return self._quick[key]

    def _quick_proof(self, goal: Goal) -> Node | None:
        if self.meter.spent:
            return None
        if goal.statement == sp.true:
            return Algebra()
        if isinstance(goal.statement, sp.And | sp.Implies | sp.Equivalent | sp.Not):
            return remedies.boolean(goal, self.quickly)
        if self.seems_false(goal):
            return None
        simple = sp.count_ops(goal.statement) <= SIMPLE
        if simple and algebra_decides(goal):
            return Algebra()
        node = self.search(goal, FEW_BOXES)
        if node is not None or self.meter.spent:
            return node
        if not simple and algebra_decides(goal):
            return Algebra()
        return Polynomial() if polynomial_decides(goal) else None

    def prove(self, goal: Goal, depth: int, boxes: int) -> Node | None:
        """A proof that nests at most `depth` remedies and spends at most `boxes` boxes in each search."""
        key = _key(goal)
        known = self._failed.get(key)
        if known is not None and known[0] >= depth and known[1] >= boxes:
            return None
        node = self._prove(goal, depth, boxes)
        if node is None:
            self._failed[key] = (depth, boxes)
        return node

    def _prove(self, goal: Goal, depth: int, boxes: int) -> Node | None:
        def same(inner: Goal) -> Node | None:
            return self.prove(inner, depth, boxes)

        if isinstance(goal.statement, sp.And | sp.Implies | sp.Equivalent | sp.Not):
            return remedies.boolean(goal, same)
        discrete = next((v for v, span in goal.spans.items() if span.values is not None), None)
        if discrete is not None:
            return remedies.enumeration(goal, discrete, same)
        node = self.quickly(goal)
        if node is not None or self.seems_false(goal):
            return node
        found = difference(goal.statement)
        steps: list[Callable[[], Node | None]] = []
        if isinstance(goal.statement, sp.Or | sp.Eq):
            steps.append(lambda: remedies.boolean(goal, same))
        if found is not None and found[1] in (">=", ">"):
            steps += self._remedies(goal, found, depth, boxes)
        if boxes > FEW_BOXES:
            steps.append(lambda: self.search(goal, boxes))
        if depth > 0:
            steps.append(lambda: self._enumerated(goal, depth, boxes))
        return self._first(self._tried(step) for step in steps)

    @staticmethod
    def _tried(step: Callable[[], Node | None]) -> Node | None:
        """The outcome of a remedy; one that SymPy cannot follow has failed."""
        try:
            return step()
        except SYMPY_GIVES_UP:
            return None

    def _first(self, attempts: Iterable[Node | None]) -> Node | None:
        """The first proof among attempts made one after the other, as long as the budget lasts."""
        for node in attempts:
            if node is not None or self.meter.spent:
                return node
        return None

    def _remedies(
        self, goal: Goal, found: tuple[sp.Expr, str], depth: int, boxes: int
    ) -> list[Callable[[], Node | None]]:
        """The remedies for an inequality, in the order in which they are tried."""
        gap, kind = found
        variables: Any = sorted(gap.free_symbols & set(goal.spans), key=str)
        forms: list[tuple[Any, Any]] = []

        def rewritten(then: remedies.Continue, most: int | None = None) -> Node | None:
            if not forms:
                forms.extend(remedies.normal_forms(gap, goal.spans))
            return self._first(
                remedies.rewrite(goal, relation(form, kind), factor, self, then) for form, factor in forms[:most]
            )

        def deeper(inner: Goal) -> Node | None:
            return self.prove(inner, depth - 1, boxes)

        def touching(inner: Goal) -> Node | None:
            return self._first(contact(inner, v, self, boxes, radii=()) for v in variables)

        def collapsed(inner: Goal) -> Node | None:
            ends: Any = ((v, end) for v in variables for end in ("low", "high"))
            return self._first(remedies.collapse(inner, v, end, self, deeper, deeper) for v, end in ends)

        def valleys(v: Any) -> Node | None:
            return remedies.valley(goal, v, touching_points(gap, goal, v), self, deeper)

        def tails(v: Any) -> Node | None:
            return remedies.tail(goal, v, self, deeper, lambda inner: self.search(inner, boxes))

        cheap: list[Callable[[], Node | None]] = [
            lambda: rewritten(self.quickly),
            lambda: remedies.multiple_of_hypothesis(goal, self),
        ]
        nested: list[Callable[[], Node | None]] = [
            lambda: touching(goal),
            lambda: rewritten(collapsed, FORMS_TO_COLLAPSE),
            lambda: remedies.logarithm(goal, self, lambda inner: self.quickly(inner) or touching(inner)),
            lambda: self._first(contact(goal, v, self, boxes) for v in variables),
            lambda: remedies.hypothesis_as_variable(goal, self, deeper),
            lambda: remedies.logarithm(goal, self, deeper),
            lambda: self._first(valleys(v) for v in variables),
            lambda: self._first(remedies.reciprocal(goal, v, self, deeper) for v in variables),
            lambda: self._first(tails(v) for v in variables),
        ]
        return cheap + nested if depth > 0 else cheap

    def _enumerated(self, goal: Goal, depth: int, boxes: int) -> Node | None:
        """The values of the first integer variable that has few."""
        for v, span in goal.spans.items():
            values = values_of(span)
            if values is not None and 1 < len(values) <= remedies.MOST_VALUES:
                return remedies.enumeration(goal, v, lambda inner: self.prove(inner, depth - 1, boxes))
        return None


def whole_search(engine: Engine, goal: Goal, forms: Sequence[Any]) -> Node | None:
    """Plain branch and bound with all that is left of the budget, shared between the goal and other forms of it."""
    for position, form in enumerate(forms):
        boxes = (engine.meter.most_boxes - engine.meter.boxes) // (len(forms) - position)
        if form is goal.statement:
            node = engine.search(goal, boxes)
        else:
            node = remedies.rewrite(goal, form, sp.S.One, engine, lambda inner: engine.search(inner, boxes))  # noqa: B023
        if node is not None or engine.meter.spent:
            return node
    return None


def _key(goal: Goal) -> Any:
    return tuple(goal.spans.items()), goal.hypotheses, goal.statement
