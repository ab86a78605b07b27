"""Claims about every sequence of numbers: coefficients of a kernel, values of its features, states of a recurrence.

A `Sequence` is a function of an index of which nothing is known but that it is real and never negative, a
`SignedSequence` one that is only known to be real; a derivation may use that and no more, so what it shows holds for
every such sequence. What is only known to be at most a bound is written as the bound less a sequence. A negative
control is refuted by an instance: a concrete sequence put in its place, and a point at which the statement is false.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Sequence as SequenceOf
from dataclasses import replace
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from theory.claim import Claim
from theory.derivation import Proof, derived
from theory.evidence import Check, Effort, Finding, Verdict
from theory.reasons.base import CONNECTIVES
from theory.rigor.counterexample import find_counterexample


class SignedSequence(sp.Function):
    """A sequence of real numbers, otherwise unknown; subclasses name different ones. One argument: the index."""

    nargs = 1

    def _eval_is_extended_real(self) -> bool:
        return True

    def _eval_is_finite(self) -> bool:
        return True

    def defined_where(self) -> list[Boolean]:
        """Defined at every index."""
        return []


class Sequence(SignedSequence):
    """A sequence of real numbers >= 0, otherwise unknown."""

    def _eval_is_extended_nonnegative(self) -> bool:
        return True


Instance = Mapping[type[SignedSequence], Callable[[Any], Any]]


def at_instance(statement: Any, instance: Instance) -> Any:
    """The statement with concrete sequences in place of the unknown ones; relations stay as they are written."""
    if isinstance(statement, SignedSequence):
        return sp.sympify(instance[type(statement)](*statement.args))
    if not statement.has(SignedSequence):
        return statement
    arguments = [at_instance(argument, instance) for argument in statement.args]
    if isinstance(statement, CONNECTIVES):
        return statement.func(*arguments, evaluate=False)
    return statement.func(*arguments)


def derived_for_every_sequence(
    instances: SequenceOf[Instance],
) -> Callable[[Callable[[], Proof | tuple[Proof, ...]]], Check]:
    """As `theory.derivation.derived`, for a claim about unknown sequences.

    instances: concrete sequences, each a function of a SymPy index, among which a false statement is refuted.
    """

    def decorate(build: Callable[[], Proof | tuple[Proof, ...]]) -> Check:
        inner = derived(build)

        def check(claim: Claim, effort: Effort) -> Finding:
            finding = inner(claim, effort)
            finding = replace(finding, message=finding.message.split(" No counterexample was sought")[0])
            if finding.verdict is Verdict.HOLDS:
                return finding
            for instance in instances:
                concrete = at_instance(claim.unfolded, instance)
                witness = find_counterexample(concrete, claim.domain, effort)
                if witness is not None:
                    point = {str(symbol): str(value) for symbol, value in witness.items()}
                    index = sp.Symbol("j", integer=True)
                    chosen = {f"{name.__name__}(j)": str(rule(index)) for name, rule in instance.items()}
                    message = f"False with {chosen} at {point}. The derivation breaks: {finding.message}"
                    return Finding(Verdict.REFUTED, finding.scope, message, worst=({**chosen, **point},))
            return finding

        check.build = build  # type: ignore[attr-defined]  # `attnproof show` prints the derivation
        return check

    return decorate
