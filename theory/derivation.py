"""Derivations: chains of steps, each with a reason that checks it.

`Derivation(start).equal(middle, by=Algebra()).at_most(end, by=Sign())` says start = middle <= end, and `verify` replays
it. `Equivalences(first).iff(second, by=Rearrange(factor))` says that two relations hold at the same points. `derived`
turns a function that builds one into the check of a claim: the chain must be accepted on the domain of the claim,
and its conclusion must be the statement.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import sympy as sp
from sympy.logic.boolalg import Boolean

from theory.claim import Claim, Domain
from theory.evidence import Check, Effort, Finding, Verdict
from theory.reasons.base import Expression, Reason, Relation
from theory.reasons.conclusion import concludes, unnamed_foundation
from theory.reasons.replay import Verification, align, definitions, replay

UPWARD, DOWNWARD = (sp.Le, sp.Lt), (sp.Ge, sp.Gt)


@dataclass(frozen=True)
class Derivation:
    """start REL end, by steps. given: what is assumed besides the domain; the conclusion is then an implication."""

    start: Expression
    steps: tuple[tuple[Relation, Expression, Reason], ...] = ()
    given: tuple[Boolean, ...] = ()

    def _then(self, relation: Relation, expression: Expression, by: Reason) -> Derivation:
        used = {kind for kind, _, _ in self.steps} | {relation}
        if used & set(UPWARD) and used & set(DOWNWARD):
            raise ValueError("A chain goes one way; use at_most and less, or at_least and greater, not both.")
        return replace(self, steps=(*self.steps, (relation, sp.sympify(expression), by)))

    def equal(self, expression: Expression, by: Reason) -> Derivation:
        return self._then(sp.Eq, expression, by)

    def at_most(self, expression: Expression, by: Reason) -> Derivation:
        return self._then(sp.Le, expression, by)

    def less(self, expression: Expression, by: Reason) -> Derivation:
        return self._then(sp.Lt, expression, by)

    def at_least(self, expression: Expression, by: Reason) -> Derivation:
        return self._then(sp.Ge, expression, by)

    def greater(self, expression: Expression, by: Reason) -> Derivation:
        return self._then(sp.Gt, expression, by)

    @property
    def conclusion(self) -> Boolean:
        """start REL end, with the strictest relation that the chain gives, under what is given."""
        relations = [relation for relation, _, _ in self.steps] or [sp.Eq]
        strict = [relation for relation in relations if relation in (sp.Lt, sp.Gt)]
        weak = [relation for relation in relations if relation in (sp.Le, sp.Ge)]
        relation = (strict or weak or [sp.Eq])[0]
        end = self.steps[-1][1] if self.steps else self.start
        fact = relation(self.start, end, evaluate=False)
        return sp.Implies(sp.And(*self.given), fact, evaluate=False) if self.given else fact

    def verify(self, domain: Domain) -> Verification:
        """Check every step on `domain`, where what is given holds as well."""
        sides = [self.start, *(expression for _, expression, _ in self.steps)]
        return replay(sides, [(relation, by) for relation, _, by in self.steps], domain, self.given)

    def latex(self) -> str:
        """The chain as a paper would print it, in an `align*` environment."""
        return align(self.start, self.steps)


@dataclass(frozen=True)
class Equivalences:
    """A chain of relations that hold at the same points."""

    start: Boolean
    steps: tuple[tuple[Boolean, Reason], ...] = ()
    given: tuple[Boolean, ...] = ()

    def iff(self, relation: Boolean, by: Reason) -> Equivalences:
        return replace(self, steps=(*self.steps, (relation, by)))

    @property
    def conclusion(self) -> Boolean:
        end = self.steps[-1][0] if self.steps else self.start
        fact = sp.Equivalent(self.start, end, evaluate=False)
        return sp.Implies(sp.And(*self.given), fact, evaluate=False) if self.given else fact

    def verify(self, domain: Domain) -> Verification:
        """Check every step on `domain`, where what is given holds as well."""
        sides = [self.start, *(relation for relation, _ in self.steps)]
        return replay(sides, [(None, by) for _, by in self.steps], domain, self.given)

    def latex(self) -> str:
        return align(self.start, [(None, relation, by) for relation, by in self.steps])


Proof = Derivation | Equivalences


def derived(build: Callable[[], Proof | tuple[Proof, ...]]) -> Check:
    """The check of a claim by derivation, for `evidence_for(claim, Method.DERIVED)`.

    build: makes the chain, or one chain for each part of a conjunction. HOLDS if the chains are accepted on the claim's
        domain and conclude its statement; otherwise a counterexample is sought, and without one it is UNDECIDED.
    """

    def check(claim: Claim, effort: Effort) -> Finding:
        proofs = build()
        proofs = proofs if isinstance(proofs, tuple) else (proofs,)
        scope = claim.domain.describe()
        problem = concludes(claim, [proof.conclusion for proof in proofs], [definitions(proof) for proof in proofs])
        verified = [] if problem else [proof.verify(claim.domain) for proof in proofs]
        problem = problem or next((v.message for v in verified if not v.accepted), "")
        leaning = sorted({claim_id for v in verified for claim_id in v.rests_on})
        problem = problem or unnamed_foundation(claim, leaning)
        if not problem:
            steps = sum(len(v.steps) for v in verified)
            message = f"All {steps} steps were accepted" + (f", given {', '.join(leaning)}." if leaning else ".")
            return Finding(Verdict.HOLDS, scope, message, {"steps": steps, "rests on": leaning})
        from theory.rigor.counterexample import find_counterexample  # late: only needed when a step failed
        from theory.rigor.evaluate import UnsupportedExpression

        try:
            witness = find_counterexample(claim.unfolded, claim.domain, Effort(seed=effort.seed))
        except UnsupportedExpression as unsupported:
            return Finding(Verdict.UNDECIDED, scope, f"{problem} No counterexample was sought: {unsupported}")
        if witness is None:
            return Finding(Verdict.UNDECIDED, scope, problem)
        point = {str(symbol): str(value) for symbol, value in witness.items()}
        return Finding(Verdict.REFUTED, scope, f"False at {point}. The derivation breaks: {problem}", worst=(point,))

    check.build = build  # type: ignore[attr-defined]  # `attnproof show` prints the derivation
    return check
