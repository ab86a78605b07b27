"""Replaying a chain step by step, and printing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sympy as sp
from sympy.core.function import AppliedUndef

from theory.reasons.algebra import unfold
from theory.reasons.base import SYMBOLS, Expression, Reason, Relation, Statement, reject
from theory.reasons.ranges import excessive_assumptions

if TYPE_CHECKING:
    from theory.claim import Domain


@dataclass(frozen=True)
class Verification:
    """The outcome of replaying a chain.

    steps: one sentence for each accepted step, in order.
    message: what was wrong with the first rejected step, with both sides; empty when all were accepted.
    rests_on: ids of the claims that were used.
    """

    accepted: bool
    steps: tuple[str, ...]
    message: str = ""
    rests_on: tuple[str, ...] = ()


def definitions(proof: Any) -> dict[Expression, Expression]:
    """The names that the reasons of a chain define. Raises ValueError if a name is given two meanings."""
    found: dict[Expression, Expression] = {}
    for step in proof.steps:
        for name, meaning in step[-1].definitions.items():
            if found.setdefault(name, meaning) != meaning:
                raise ValueError(f"{name} is defined as {found[name]} and as {meaning}; give the second another name.")
    return found


def replay(
    sides: Sequence[Any], links: Sequence[tuple[Relation | None, Reason]], domain: Domain, given: Iterable[Statement]
) -> Verification:
    """Check that every side is well defined on the domain and that every link (None: 'if and only if') is accepted."""
    from theory.wellposed import undefined_conditions  # imported here: wellposed is built on the reasons

    names: dict[Expression, Expression] = {}
    for _, reason in links:
        for name, meaning in reason.definitions.items():
            if name in domain.ranges or names.setdefault(name, meaning) != meaning:
                return Verification(False, (), f"{name} has two meanings; give the second another name.")
    domain = replace(domain, hypotheses=(*domain.hypotheses, *(unfold(part, names) for part in _conjuncts(given))))
    for symbol in domain.ranges:
        excess = excessive_assumptions(symbol, domain)
        if excess:
            return Verification(False, (), f"{symbol} is assumed {', '.join(excess)}, which its range does not grant.")
    plain = [unfold(side, names) for side in sides]
    for side in plain:
        strange = (side.free_symbols - set(domain.ranges)) | side.atoms(AppliedUndef)
        if strange:
            listed = ", ".join(sorted(map(str, strange)))
            return Verification(False, (), f"{listed} in {side} has neither a range nor a definition; add one.")
        try:
            missing = undefined_conditions(side, domain)
        except ValueError as problem:
            return Verification(False, (), str(problem))
        if missing:
            conditions = "; ".join(map(sp.sstr, missing))
            return Verification(False, (), f"{sp.sstr(side)} is not defined on all of the domain without {conditions}.")
    accepted: list[str] = []
    rests_on: list[str] = []
    for number, ((relation, reason), left, right) in enumerate(zip(links, plain, plain[1:], strict=False), start=1):
        try:
            if relation is None:
                judgement = reason.check_equivalence(left, right, domain)
            else:
                judgement = reason.check(left, relation, right, domain)
        except ValueError as problem:
            judgement = reject(str(problem))
        if not judgement.accepted:
            sign = "<=>" if relation is None else SYMBOLS[relation]
            both = f"\n  left:  {sp.sstr(left)}\n  right: {sp.sstr(right)}"
            return Verification(False, tuple(accepted), f"Step {number} ({sign}): {judgement.message}{both}")
        accepted.append(f"Step {number}: {judgement.message}")
        rests_on += judgement.rests_on
    return Verification(True, tuple(accepted), "", tuple(dict.fromkeys(rests_on)))


def _conjuncts(given: Iterable[Statement]) -> Iterable[Statement]:
    for part in given:
        yield from part.args if isinstance(part, sp.And) else (part,)


LATEX = {sp.Eq: "=", sp.Le: r"\le", sp.Lt: "<", sp.Ge: r"\ge", sp.Gt: ">", None: r"\iff"}


def align(start: Any, steps: Sequence[tuple[Relation | None, Any, Reason]]) -> str:
    """An `align*` environment: one line a step, the reason in words at the right."""
    if not steps:
        return "\\begin{align*}\n" + f"{sp.latex(start)}\n" + "\\end{align*}"
    lines = []
    for number, (relation, expression, reason) in enumerate(steps):
        head = f"{sp.latex(start)} " if number == 0 else ""
        lines.append(f"{head}&{LATEX[relation]} {sp.latex(expression)} && \\text{{{reason.words}}}")
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"
