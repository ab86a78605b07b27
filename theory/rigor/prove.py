"""Proofs and refutations of statements on whole domains.

`prove` tries remedies in a fixed order - normal form, monotonicity with symbolic face collapse, contact at touching
points, substitutions - and branch and bound last. What it finds is a certificate; nothing counts before a checker that
shares no code with this search has accepted it (`theory.rigor.checks`). A refutation needs an exact witness. Out of
budget is UNDECIDED, with the boxes that are left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sympy as sp

from theory.evidence import Effort, Verdict
from theory.rigor import remedies
from theory.rigor.apply_hints import apply_hints
from theory.rigor.certificate import Algebra, Certificate, Goal, Node, Polynomial, initial_goal
from theory.rigor.contact import contact
from theory.rigor.counterexample import confirmed, false_somewhere, find_counterexample, simplest
from theory.rigor.evaluate import UnsupportedExpression
from theory.rigor.hints import Hint
from theory.rigor.polynomial import polynomial_decides
from theory.rigor.rules import algebra_decides, difference, relation, values_of
from theory.rigor.search import Budget, ExactBox, Meter, Point, region, search

if TYPE_CHECKING:
    from theory.claim import Domain

__all__ = ["Budget", "Outcome", "find_counterexample", "prove"]

FEW_BOXES = 40
SIMPLE = 25  # operations of a statement for which algebra is cheaper than boxes
# depth of nested remedies and boxes of each search, in the order in which they are tried
STAGES = ((0, 100), (1, 200), (2, 400), (3, 2000))


@dataclass(frozen=True)
class Outcome:
    """What `prove` found.

    verdict: HOLDS with a certificate (to be checked), REFUTED with a witness, or UNDECIDED.
    witness: symbol of the domain -> rational; the statement was confirmed false and the hypotheses true there.
    boxes: boxes that were evaluated. remaining: the boxes on which nothing was decided, in the order of the domain's
        symbols, as pairs of ends (Fraction, "-oo" or "oo").
    message: a sentence.
    """

    verdict: Verdict
    certificate: Certificate | None
    witness: Point | None
    boxes: int
    remaining: tuple[ExactBox, ...]
    message: str


def prove(
    statement: Any, domain: Domain, *, hints: Sequence[Hint] = (), budget: Budget | None = None, bits: int = 64
) -> Outcome:
    """Prove a statement on a domain, or refute it.

    hints: remedies named by the author of the statement, applied in turn before anything is tried automatically.
    budget: boxes and seconds in all. bits: working precision of the search.
    """
    meter = Meter(budget or Budget())
    engine = _Engine(meter, bits)
    goal = initial_goal(statement, domain)
    try:
        witness = find_counterexample(statement, domain, Effort(quick=True))
        if witness is None:
            node = _staged(engine, goal, hints)
            if node is not None:
                message = f"Proved with {meter.boxes} boxes evaluated."
                return Outcome(Verdict.HOLDS, Certificate(node), None, meter.boxes, (), message)
            witness = _witness_of(engine.false_at, statement, domain) or (
                None if meter.spent else find_counterexample(statement, domain, Effort(seed=1))
            )
    except UnsupportedExpression as unsupported:
        whole = region(goal.spans.values())
        return Outcome(Verdict.UNDECIDED, None, None, meter.boxes, (whole,) if whole else (), str(unsupported))
    if witness is not None:
        where = ", ".join(f"{symbol} = {value}" for symbol, value in witness.items()) or "without any symbols"
        return Outcome(Verdict.REFUTED, None, witness, meter.boxes, (), f"False at {where}.")
    remaining = engine.remaining or _nothing_decided(goal)
    message = f"Undecided after {meter.boxes} boxes; {len(remaining)} are left, the first {_describe(goal, remaining)}."
    return Outcome(Verdict.UNDECIDED, None, None, meter.boxes, remaining, message)


def _staged(engine: _Engine, goal: Goal, hints: Sequence[Hint]) -> Node | None:
    """Ever greater efforts, ending with a plain search that may use all that is left."""
    if hints and (node := apply_hints(goal, hints, engine)) is not None:
        return node
    for depth, boxes in STAGES:
        node = engine.prove(goal, depth, boxes)
        if node is not None or engine.false_at or engine.meter.spent:
            return node
    return engine.search(goal, engine.meter.most_boxes - engine.meter.boxes)


def _witness_of(points: Sequence[tuple[Goal, Point]], statement: Any, domain: Domain) -> Point | None:
    """The first point, found false by a search of the whole goal, that is confirmed exactly."""
    for goal, found in points:
        if len(goal.spans) == len(domain.ranges):
            point = dict(zip(domain.ranges, found.values(), strict=True))
            if confirmed(statement, domain, point):
                return simplest(statement, domain, point)
    return None


def _nothing_decided(goal: Goal) -> tuple[ExactBox, ...]:
    whole = region(goal.spans.values())
    return (whole,) if whole else ()


def _describe(goal: Goal, boxes: Sequence[ExactBox]) -> str:
    if not boxes:
        return "none"
    return ", ".join(f"{v} in [{low}, {high}]" for v, (low, high) in zip(goal.spans, boxes[0], strict=True))


class _Engine:
    """One proof attempt: the remedies, what they have already failed at, and the budget they share."""

    def __init__(self, meter: Meter, bits: int) -> None:
        self.meter = meter
        self.bits = bits
        self.remaining: tuple[ExactBox, ...] = ()
        self.false_at: list[tuple[Goal, Point]] = []
        self.root: Goal | None = None
        self._quick: dict[Any, Node | None] = {}
        self._failed: dict[Any, tuple[int, int]] = {}
        self._false: dict[Any, bool] = {}

    def seems_false(self, goal: Goal) -> bool:
        key = _key(goal)
        if key not in self._false:
            self._false[key] = goal.statement == sp.false or false_somewhere(goal)
        return self._false[key]

    def quickly(self, goal: Goal) -> Node | None:
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

    def search(self, goal: Goal, boxes: int) -> Node | None:
        """Branch and bound; keeps what is left if the goal is the one at the root."""
        try:
            found = search(goal, self.meter, boxes, self.bits)
        except UnsupportedExpression:
            return None
        if self.root is None:
            self.root = goal
        if goal is self.root or _key(goal) == _key(self.root):
            self.remaining = found.remaining
        if found.false_at is not None:
            self._false[_key(goal)] = True
            self.false_at += [(goal, found.false_at)] if goal is self.root else []
        return found.node

    def prove(self, goal: Goal, depth: int, boxes: int) -> Node | None:
        key = _key(goal)
        if self.root is None:
            self.root = goal
        known = self._failed.get(key)
        if known is not None and known[0] >= depth and known[1] >= boxes:
            return None
        node = self._prove(goal, depth, boxes)
        if node is None:
            self._failed[key] = (depth, boxes)
        return node

    def _prove(self, goal: Goal, depth: int, boxes: int) -> Node | None:
        deeper = lambda inner: self.prove(inner, depth, boxes)  # noqa: E731
        if isinstance(goal.statement, sp.And | sp.Implies | sp.Equivalent | sp.Not):
            return remedies.boolean(goal, deeper)
        for v, span in goal.spans.items():
            if span.values is not None:
                return remedies.enumeration(goal, v, deeper)
        node = self.quickly(goal)
        if node is not None or self.meter.spent or self.seems_false(goal):
            return node
        if isinstance(goal.statement, sp.Or | sp.Eq):
            node = remedies.boolean(goal, deeper)
            if node is not None:
                return node
        found = difference(goal.statement)
        if found is not None and found[1] in (">=", ">"):
            node = self._with_remedies(goal, found, depth, boxes)
            if node is not None or self.meter.spent:
                return node
        node = self.search(goal, boxes) if boxes > FEW_BOXES else None
        if node is None and depth > 0:
            node = self._enumerated(goal, depth, boxes)
        return node

    def _with_remedies(self, goal: Goal, found: tuple[sp.Expr, str], depth: int, boxes: int) -> Node | None:
        """The remedies in their order; `depth` counts how many may be nested."""
        gap, kind = found
        forms = list(remedies.normal_forms(gap, goal.spans))
        for form, factor in forms:
            node = remedies.rewrite(goal, relation(form, kind), factor, self, self.quickly)
            if node is not None or self.meter.spent:
                return node
        node = remedies.multiple_of_hypothesis(goal, self)
        if node is not None or depth == 0:
            return node
        inner = lambda g: self.prove(g, depth - 1, boxes)  # noqa: E731
        variables = sorted(gap.free_symbols & set(goal.spans), key=str)
        for form, factor in forms[:4]:
            collapsed = lambda g: self._collapsed(g, variables, depth, boxes)  # noqa: E731
            node = remedies.rewrite(goal, relation(form, kind), factor, self, collapsed)
            if node is not None or self.meter.spent:
                return node
        on_whole_span = lambda g: next(  # noqa: E731
            filter(None, (contact(g, v, self, boxes, radii=()) for v in variables if not self.meter.spent)), None
        )
        node = on_whole_span(goal) or remedies.logarithm(goal, self, lambda g: self.quickly(g) or on_whole_span(g))
        if node is not None or self.meter.spent:
            return node
        for v in variables:
            node = contact(goal, v, self, boxes)
            if node is not None or self.meter.spent:
                return node
        node = remedies.hypothesis_as_variable(goal, self, inner) or remedies.logarithm(goal, self, inner)
        if node is not None or self.meter.spent:
            return node
        for v in variables:
            node = remedies.reciprocal(goal, v, self, inner)
            if node is not None or self.meter.spent:
                return node
        return None

    def _collapsed(self, goal: Goal, variables: Sequence[sp.Symbol], depth: int, boxes: int) -> Node | None:
        inner = lambda g: self.prove(g, depth - 1, boxes)  # noqa: E731
        for v in variables:
            for end in ("low", "high"):
                node = remedies.collapse(goal, v, end, self, inner, inner)
                if node is not None or self.meter.spent:
                    return node
        return None

    def _enumerated(self, goal: Goal, depth: int, boxes: int) -> Node | None:
        for v, span in goal.spans.items():
            values = values_of(span)
            if values is not None and 1 < len(values) <= remedies.MOST_VALUES:
                return remedies.enumeration(goal, v, lambda inner: self.prove(inner, depth - 1, boxes))
        return None


def _key(goal: Goal) -> Any:
    return tuple(goal.spans.items()), goal.hypotheses, goal.statement
