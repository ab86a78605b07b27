"""Whether a claim speaks of anything: a point of its domain at which every hypothesis holds.

A claim whose hypotheses contradict one another is true and worthless, and every check would pass it. So HOLDS only
counts when one exact rational point is known at which the hypotheses, and the antecedents of the statement if it is an
implication, certainly hold: a point declared with the domain, or one that a small search finds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy as sp

from theory.evidence import Effort
from theory.rigor.certificate import initial_goal
from theory.rigor.counterexample import find_counterexample
from theory.rigor.evaluate import UnsupportedExpression, truth_at
from theory.rigor.search import Point, contains
from theory.rigor.truth import Truth

if TYPE_CHECKING:
    from theory.claim import Claim
    from theory.domain import Domain

NOWHERE: Any = sp.Lt(sp.S.Zero, sp.S.Zero, evaluate=False)
_problems: dict[str, str] = {}


def emptiness(claim: Claim) -> str:
    """An empty string if the claim's domain was shown to hold a point; otherwise a sentence with the remedy.

    The answer is remembered for each wording.
    """
    if claim.domain.witness:
        return _problem_of_declared(claim)
    if claim.fingerprint not in _problems:
        _problems[claim.fingerprint] = _problem_of_search(claim)
    return _problems[claim.fingerprint]


def find_point(domain: Domain) -> Point | None:
    """A rational point of the domain at which every hypothesis certainly holds; None if the search found none.

    A point where all hypotheses hold is one where all but one hold and the negation of that one is false, so the
    search for counterexamples finds it. Raises UnsupportedExpression for a hypothesis that cannot be enclosed.
    """
    for aim, rest in _aims(domain):
        point = find_counterexample(aim, rest, Effort(quick=True))
        if point is not None:
            return point
    return None


def _aims(domain: Domain) -> Iterator[tuple[Any, Domain]]:
    """Statements to refute, each with the hypotheses that are kept: as they come, then pushing at each inequality."""
    yield NOWHERE, domain
    for number, hypothesis in enumerate(domain.hypotheses):
        if isinstance(hypothesis, sp.Ge | sp.Gt | sp.Le | sp.Lt):
            rest = (*domain.hypotheses[:number], *domain.hypotheses[number + 1 :])
            yield hypothesis.negated, replace(domain, hypotheses=rest)


def antecedents(statement: Any) -> Iterator[Any]:
    """What the statement assumes: the left sides of its implications, also of those inside a conjunction."""
    if isinstance(statement, sp.Implies):
        yield from sp.And.make_args(statement.args[0])
        yield from antecedents(statement.args[1])


def _assumed(claim: Claim) -> list[Domain]:
    """The domains that must not be empty: one for each part of the statement, narrowed by what the part assumes."""
    unfolded: Any = claim.unfolded
    parts = unfolded.args if isinstance(unfolded, sp.And) else (unfolded,)
    narrowed = {tuple(dict.fromkeys((*claim.domain.hypotheses, *antecedents(part)))): None for part in parts}
    return [replace(claim.domain, hypotheses=hypotheses) for hypotheses in narrowed]


def _problem_of_search(claim: Claim) -> str:
    for domain in _assumed(claim):
        try:
            found = not domain.hypotheses or find_point(domain) is not None
        except UnsupportedExpression as unsupported:
            return f"No point of the domain of {claim.id} was sought: {unsupported} {_remedy(domain)}"
        if not found:
            return f"No point of the domain of {claim.id} was found, so it may say nothing. {_remedy(domain)}"
    return ""


def _remedy(domain: Domain) -> str:
    names = ", ".join(f"{symbol}: .." for symbol in domain.ranges)
    return f"Check its hypotheses, or name a point: Domain(..., witness={{{names}}})."


def _problem_of_declared(claim: Claim) -> str:
    """What is wrong with a declared point, exactly evaluated."""
    point: Any = {symbol: sp.sympify(claim.domain.witness[symbol]) for symbol in claim.domain.ranges}
    shown = ", ".join(f"{symbol} = {value}" for symbol, value in point.items())
    spans = initial_goal(NOWHERE, claim.domain).spans.values()
    exact = [Fraction(int(value.p), int(value.q)) for value in point.values()]
    outside = [
        str(symbol) for symbol, value, span in zip(point, exact, spans, strict=True) if not contains(span, value)
    ]
    for domain in _assumed(claim):
        outside += [sp.sstr(hypothesis) for hypothesis in domain.hypotheses if not _certainly(hypothesis, point)]
    if outside:
        return f"The witness of {claim.id}, {shown}, was not shown to satisfy {'; '.join(outside)}; name another point."
    return ""


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 24 else f"{text[:8]}.. ({len(text)} characters)"


def _certainly(hypothesis: Any, point: Any) -> bool:
    try:
        return truth_at(hypothesis, point) is Truth.TRUE
    except UnsupportedExpression:  # a function that evaluates itself at exact arguments, such as a firing probability
        return hypothesis.subs(point) is sp.true
