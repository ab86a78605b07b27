"""The standing of a claim, computed from its evidence and from what it rests on. It can be set nowhere."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from theory.evidence import PROOFS, Evidence, Method, Verdict

if TYPE_CHECKING:
    from theory.claim import Claim


class Headline(enum.Enum):
    """The standing of a claim, computed from its records."""

    PROVED = "proved"  # every required method holds, a proof among them, and so do all the claims beneath
    CONDITIONAL = "proved given citations"  # the same, but something beneath is only cited
    CITED = "cited"  # on the authority of its source alone
    SUPPORTED = "measured only"  # every required method holds, but no proof is among them
    REFUTED_AS_CLAIMED = "refuted as claimed"  # a refutation, whose published statement every method refuted
    REFUTED = "refuted"  # something that should hold was refuted, or a refutation's statement holds
    UNDECIDED = "undecided"
    MISSING = "missing"  # required evidence was never gathered, or belongs to an older wording

    @property
    def passes(self) -> bool:
        """Whether `attnproof check` may count the claim as being in order."""
        return self not in (Headline.REFUTED, Headline.UNDECIDED, Headline.MISSING)


def headline(claim: Claim, records: Iterable[Evidence], foundations: Mapping[str, Headline]) -> Headline:
    """Compute the headline of `claim`.

    records: evidence of any claims; those of other claims and of older wordings are passed over.
    foundations: the headlines of the claims that `claim` rests on. A proof is worth no more than what it rests on.
    """
    own = [record for record in records if record.claim == claim.id and record.fingerprint == claim.fingerprint]
    found = {method: {record.verdict for record in own if record.method is method} for method in claim.requires}
    verdicts = set().union(*found.values())
    beneath = {foundations.get(claim_id, Headline.MISSING) for claim_id in claim.rests_on}
    wanted = claim.expected
    unwanted = Verdict.HOLDS if wanted is Verdict.REFUTED else Verdict.REFUTED
    if unwanted in verdicts:
        return Headline.REFUTED
    if Verdict.UNDECIDED in verdicts or beneath & {Headline.UNDECIDED, Headline.REFUTED}:
        return Headline.UNDECIDED
    if Headline.MISSING in beneath or any(wanted not in of_method for of_method in found.values()):
        return Headline.MISSING
    if wanted is Verdict.REFUTED:
        return Headline.REFUTED_AS_CLAIMED
    if claim.requires & PROOFS and Headline.SUPPORTED not in beneath:
        return Headline.CONDITIONAL if beneath & {Headline.CITED, Headline.CONDITIONAL} else Headline.PROVED
    return Headline.CITED if claim.requires == {Method.CITED} else Headline.SUPPORTED
