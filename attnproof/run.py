"""Gather the evidence for claims: choose them, put them in order, run their checks, and judge what was found.

`select` turns what a user typed into claims, `tasks` lists the examinations that these need, foundations first,
`examine` runs one of them, and `headlines` computes where the claims stand. A check that belongs to the numerics twin
of a room is imported only when a measurement or an attack is asked for, so proofs never wait for JAX.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from attnproof.errors import UserError
from numerics.twins import import_twin
from theory.claim import Claim, ClaimError, claims, load
from theory.evidence import Effort, Evidence, Finding, Method, Verdict, gather
from theory.headline import Headline, headline
from theory.versions import versions

OWN = "theory"  # the package of this toolkit's own claims
NUMERICAL = frozenset({Method.MEASURED, Method.ATTACKED})


@dataclass(frozen=True)
class Task:
    """One examination: a claim, or a spoiled variant of one, and the method to examine it by."""

    claim: Claim
    method: Method

    def __str__(self) -> str:
        return f"{self.claim.id}[{self.method.value}]"


def load_claims(packages: Iterable[str] = (OWN,)) -> tuple[Claim, ...]:
    """Import packages of claims, and return everything that is registered.

    Packages in the working directory are found too. Raises UserError if one is missing or declares an unsound claim.
    """
    for package in packages:
        if os.getcwd() not in sys.path:
            sys.path.append(os.getcwd())
        try:
            load(package)
        except ClaimError as error:
            raise UserError(str(error)) from error
        except ModuleNotFoundError as error:
            if error.name is None or not (package + ".").startswith(error.name + "."):
                raise
            raise UserError(
                f"There is no package {package!r} here; install it, or run this from the folder that holds it."
            ) from error
    return claims()


def select(names: Iterable[str]) -> tuple[Claim, ...]:
    """The registered claims that ids and topics name, each once, in the order of declaration; all of them for none.

    A spoiled variant can be named too: `ID~1` is the first of `ID`. Raises UserError that suggests the nearest names.
    """
    everything = claims()
    variants = {variant.id: variant for claim in everything for variant, _ in claim.variants()}
    chosen: dict[str, Claim] = {}
    for name in names:
        found = (variants[name],) if name in variants else claims(name)
        if not name or not found:
            raise UserError(_no_such(name, everything))
        chosen |= {claim.id: claim for claim in found}
    if not chosen:
        return everything
    order = [*(claim.id for claim in everything), *variants]
    return tuple(chosen[claim_id] for claim_id in order if claim_id in chosen)


def _no_such(name: str, everything: Iterable[Claim]) -> str:
    known: dict[str, None] = {}
    for claim in everything:
        parts = claim.id.split(".")
        known |= dict.fromkeys(".".join(parts[:length]) for length in range(1, len(parts) + 1))
    by_last = {full.split(".")[-1]: full for full in known}
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    near += [by_last[last] for last in get_close_matches(name.split(".")[-1], by_last, n=3, cutoff=0.6)]
    hint = f"did you mean {' or '.join(list(dict.fromkeys(near))[:3])}?" if near else "`attnproof list` shows all."
    return f"There is no claim or topic {name!r}; {hint}"


def in_order(chosen: Iterable[Claim]) -> tuple[Claim, ...]:
    """The claims and everything they rest on, each after its foundations.

    A foundation that is not registered is left out here and makes the headline MISSING. Raises UserError on a circle.
    """
    registered = {claim.id: claim for claim in claims()}
    ordered: dict[str, Claim] = {}

    def visit(claim: Claim, above: tuple[str, ...]) -> None:
        if claim.id in above:
            raise UserError(f"{claim.id} rests on itself: {' -> '.join((*above, claim.id))}; remove one of these.")
        if claim.id in ordered:
            return
        for beneath in claim.rests_on:
            if beneath in registered:
                visit(registered[beneath], (*above, claim.id))
        ordered[claim.id] = claim

    for claim in chosen:
        visit(claim, ())
    return tuple(ordered.values())


def tasks(chosen: Iterable[Claim], methods: Collection[Method] = (), controls: bool = False) -> tuple[Task, ...]:
    """The examinations that the claims need, in the order in which to run them.

    methods: examine by these only, and then the chosen claims only, without what they rest on; by default by every
        method that a claim requires.
    controls: examine the spoiled variants too, each right after its claim.

    Raises UserError if no chosen claim requires any of `methods`.
    """
    chosen = tuple(chosen)
    wanted = frozenset(methods) or frozenset(Method)
    found = []
    for claim in chosen if methods else in_order(chosen):
        found += [Task(claim, method) for method in Method if method in claim.requires & wanted]
        if controls and claim.id == claim.base_id:
            for variant, refuting in claim.variants():
                found += [Task(variant, method) for method in Method if method in refuting & wanted]
    if chosen and not found:
        names = " or ".join(method.value for method in methods)
        required = ", ".join(sorted({method.value for claim in chosen for method in claim.requires}))
        raise UserError(f"None of these claims requires {names} evidence; they require {required}.")
    return tuple(found)


def examine(task: Task, effort: Effort | None = None) -> Evidence:
    """Run one examination. A citation is read from the claim's source. An error inside a check is raised."""
    if task.method is Method.CITED:
        return _record(task, effort or Effort(), _cited(task.claim))
    if task.method in NUMERICAL:
        import_twin(task.claim.module)
    return gather(task.claim, task.method, effort)


def examine_calmly(task: Task, effort: Effort | None = None) -> Evidence:
    """Run one examination; an error inside a check is UNDECIDED, with the error in the message, and never a pass."""
    try:
        return examine(task, effort)
    except Exception as error:
        return undecided(task, effort or Effort(), f"The check stopped with {type(error).__name__}: {error}")


def undecided(task: Task, effort: Effort, sentence: str) -> Evidence:
    """The record of an examination that came to no end, with the reason."""
    return _record(task, effort, Finding(Verdict.UNDECIDED, "nothing", sentence))


def _cited(claim: Claim) -> Finding:
    """A citation is evidence if a reference is given, and nothing more than that is examined."""
    if claim.source.nature == "cited" and claim.source.reference:
        return Finding(Verdict.HOLDS, "as stated in the source", f"Cited: {claim.source.reference}.")
    return Finding(Verdict.NOT_RUN, "nothing", f"{claim.id} names no reference; give its source as cited('...').")


def _record(task: Task, effort: Effort, finding: Finding) -> Evidence:
    claim = task.claim
    return Evidence(claim.id, task.method, finding, claim.fingerprint, effort.seed, effort.quick, 0.0, versions())


def headlines(chosen: Iterable[Claim], records: Iterable[Evidence]) -> dict[str, Headline]:
    """Where the claims and everything beneath them stand, given these records."""
    records = tuple(records)
    found: dict[str, Headline] = {}
    for claim in in_order(chosen):
        found[claim.id] = headline(claim, records, found)
    return found
