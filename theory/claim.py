"""What is claimed: claims with their domains and sources, and the registry that everything else reads.

A claim is declared once, in the room of its topic, with `declare`. Its statement is a SymPy relation in exact
numbers; its domain gives every symbol a range; its evidence is what it must have before it counts. A declaration that
is not sound as a piece of mathematics (a float, an undeclared symbol, a logarithm of something that may be
negative) is refused with a sentence that says what to write instead.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import enum
import hashlib
import importlib
import pkgutil
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cached_property
from types import MappingProxyType

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.logic.boolalg import Boolean

from theory.domain import ClaimError, Domain, Source, cited, conjectured, derived_here
from theory.evidence import Method, Verdict
from theory.reasons.algebra import unfold
from theory.wellposed import refuse_loose_witness, refuse_unsound
from theory.wording import wording

__all__ = ["Claim", "ClaimError", "Domain", "Kind", "Source", "Spoiled", "cited", "conjectured", "derived_here"]
__all__ += ["claims", "declare", "get", "load"]

ID_PATTERN = re.compile(r"[a-z]+(\.[a-z0-9]+(-[a-z0-9]+)*){1,3}")


class Kind(enum.Enum):
    """What sort of statement a claim makes."""

    IDENTITY = "identity"
    UPPER = "upper bound"
    LOWER = "lower bound"
    IFF = "if and only if"
    SEPARATION = "separation"
    REFUTATION = "refutation"  # the statement is the published or natural one, and it must be REFUTED


@dataclass(frozen=True)
class Spoiled:
    """A false neighbour of a claim: the same checks, given this instead, must answer REFUTED.

    why: what was spoiled, as a reader would say it ("bound times 0.99", "the hypothesis a > xi dropped").
    statement, domain: replace those of the claim; None keeps it.
    methods: the methods whose check must refute it; by default every method the claim requires except CITED.
    """

    why: str
    statement: Boolean | None = None
    domain: Domain | None = None
    methods: frozenset[Method] | None = None


@dataclass(frozen=True)
class Claim:
    """One statement, declared once. See `declare` for the meaning of each field."""

    id: str
    title: str
    statement: Boolean
    domain: Domain
    kind: Kind
    source: Source
    requires: frozenset[Method]
    rests_on: tuple[str, ...] = ()
    definitions: Mapping[sp.Expr, sp.Expr] = field(default_factory=dict)
    spoiled: tuple[Spoiled, ...] = ()
    corrected_by: str | None = None
    module: str = ""

    @property
    def base_id(self) -> str:
        """The id under which the checks are registered: that of the claim a spoiled variant was made from."""
        return self.id.split("~")[0]

    @property
    def topic(self) -> str:
        return self.id.split(".")[0]

    @property
    def expected(self) -> Verdict:
        """The verdict that every required method must reach; a spoiled variant must be refuted."""
        refuted = self.kind is Kind.REFUTATION or self.id != self.base_id
        return Verdict.REFUTED if refuted else Verdict.HOLDS

    def unfold(self, expression: sp.Basic) -> sp.Basic:
        """Replace defined names by what they stand for, in the order that leaves none behind."""
        return unfold(expression, self.definitions)

    @cached_property
    def unfolded(self) -> Boolean:
        """The statement in the symbols of the domain only."""
        return self.unfold(self.statement)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the statement and the domain: evidence for another wording does not count."""
        ranges = sorted((wording(name).digest, wording(values).digest) for name, values in self.domain.ranges.items())
        hypotheses = [wording(hypothesis).digest for hypothesis in self.domain.hypotheses]
        whole = repr((wording(self.unfolded).digest, ranges, hypotheses, self.kind.value))
        return hashlib.sha256(whole.encode()).hexdigest()[:16]

    def variants(self) -> tuple[tuple[Claim, frozenset[Method]], ...]:
        """The spoiled variants as claims of their own, each with the methods that must refute it."""
        found = []
        for number, spoiled in enumerate(self.spoiled, start=1):
            variant = replace(
                self,
                id=f"{self.id}~{number}",
                title=f"{self.title} (spoiled: {spoiled.why})",
                statement=self.statement if spoiled.statement is None else spoiled.statement,
                domain=spoiled.domain or self.domain,
            )
            found.append((variant, spoiled.methods or self.requires - {Method.CITED}))
        return tuple(found)


_registry: dict[str, Claim] = {}


def declare(
    id: str,
    title: str,
    statement: Boolean,
    domain: Domain,
    kind: Kind,
    source: Source,
    requires: Iterable[Method],
    *,
    module: str,
    rests_on: Iterable[str] = (),
    definitions: Mapping[sp.Expr, sp.Expr] | None = None,
    spoiled: Iterable[Spoiled] = (),
    corrected_by: str | None = None,
) -> Claim:
    """Check a claim, register it, and return it.

    id: permanent, `topic.room.name` in lower case. title: one line for lists.
    statement: a SymPy relation or a Boolean combination of relations (`And`, `Implies`, `Equivalent`, ...). For a
        REFUTATION it is the statement that is false.
    definitions: names (symbols or applied functions) used in the statement -> what they stand for, earlier ones first.
    requires: the methods without which the claim does not count.
    spoiled: the negative controls. Every required method except CITED needs at least one, unless the claim is a
        REFUTATION, whose negative control is the corrected claim `corrected_by`.
    module: `__name__` of the declaring module, whose numerics twin holds the measurements.

    Raises ClaimError, with what to write instead.
    """
    if not ID_PATTERN.fullmatch(id):
        raise ClaimError(f"The id {id!r} is not of the form topic.room.name in lower-case words joined by hyphens.")
    if id in _registry:
        raise ClaimError(f"The id {id} is taken by {_registry[id].module}; ids are permanent, so choose another.")
    if not isinstance(statement, Boolean):
        raise ClaimError(f"The statement of {id} is {statement!r}; write a SymPy relation such as sp.Le(left, right).")
    if isinstance(statement, sp.logic.boolalg.BooleanAtom):
        raise ClaimError(f"SymPy already reduced the statement of {id} to {statement}; write it with evaluate=False.")
    claim = Claim(
        id, title, statement, domain, kind, source, frozenset(requires), tuple(rests_on),
        MappingProxyType(dict(definitions or {})), tuple(spoiled), corrected_by, module,
    )  # fmt: skip
    for name in claim.definitions:
        if not isinstance(name, sp.Symbol | AppliedUndef) or name in domain.ranges:
            raise ClaimError(f"{id} defines {name}, which is no name of its own; define a symbol outside the domain.")
    if not claim.requires:
        raise ClaimError(f"{id} requires no evidence; name at least one Method.")
    refuse_unsound(claim)
    refuse_loose_witness(claim)
    for number, (variant, _) in enumerate(claim.variants(), start=1):
        if variant.fingerprint == claim.fingerprint:
            raise ClaimError(f"Variant {number} of {id} says the same as the claim; spoil a constant or a sign.")
        refuse_unsound(variant)
        refuse_loose_witness(variant)
    controlled = frozenset().union(*(methods for _, methods in claim.variants()))
    missing = claim.requires - {Method.CITED} - controlled
    if missing and kind is not Kind.REFUTATION:
        names = ", ".join(sorted(method.value for method in missing))
        raise ClaimError(f"{id} has no negative control for {names}; add a Spoiled variant that these must refute.")
    _registry[id] = claim
    return claim


def get(claim_id: str) -> Claim:
    """The claim with this id. Raises KeyError whose message suggests the nearest ids."""
    if claim_id not in _registry:
        near = get_close_matches(claim_id, _registry, n=3, cutoff=0.4)
        hint = f" Did you mean {', '.join(near)}?" if near else " `attnproof list` shows all of them."
        raise KeyError(f"There is no claim {claim_id!r}.{hint}")
    return _registry[claim_id]


def claims(topic: str = "") -> tuple[Claim, ...]:
    """All registered claims whose id is `topic` or lies under it, in the order of declaration."""
    return tuple(c for c in _registry.values() if not topic or c.id == topic or c.id.startswith(topic + "."))


def load(package: str = "theory") -> None:
    """Import every module of a package of rooms, so that its declarations and checks are registered."""
    root = importlib.import_module(package)
    for module in pkgutil.walk_packages(root.__path__, prefix=package + "."):
        importlib.import_module(module.name)
