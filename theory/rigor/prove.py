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

from theory.evidence import Effort, Verdict
from theory.rigor.apply_hints import apply_hints
from theory.rigor.certificate import Certificate, Goal, Node, initial_goal
from theory.rigor.counterexample import confirmed, find_counterexample, simplest
from theory.rigor.engine import Engine, whole_search
from theory.rigor.evaluate import UnsupportedExpression
from theory.rigor.hints import Hint
from theory.rigor.rules import difference, relation
from theory.rigor.search import Budget, ExactBox, Meter, Point, region

if TYPE_CHECKING:
    from theory.domain import Domain

__all__ = ["Budget", "Outcome", "find_counterexample", "prove"]

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
    goal = initial_goal(statement, domain)
    engine = Engine(goal, meter, bits)
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


def _staged(engine: Engine, goal: Goal, hints: Sequence[Hint]) -> Node | None:
    """Ever greater efforts for half of the time, then a plain search that may use all that is left."""
    meter = engine.meter
    with meter.half_of_the_time():
        if hints and (node := apply_hints(goal, hints, engine)) is not None:
            return node
        for depth, boxes in STAGES:
            node = engine.prove(goal, depth, boxes)
            if node is not None or engine.false_at:
                return node
            if meter.spent:
                break
    found = difference(goal.statement)
    forms = [goal.statement] + ([relation(*found)] if found is not None and 0 not in goal.statement.args else [])
    return whole_search(engine, goal, forms[::-1])


def _witness_of(points: Sequence[Point], statement: Any, domain: Domain) -> Point | None:
    """The first point, found false by a search of the whole goal, that is confirmed exactly."""
    for found in points:
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
