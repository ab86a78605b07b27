"""The generated parts of README.md: the table of claims, what is proved and what is only measured, and the benchmark.

A part stands between the lines `<!-- generated: NAME -->` and `<!-- end generated -->`; everything else in the file
is written by hand and left alone. The parts are made from what is committed, so that everybody gets the same text:
the record of evidence, and the runs of `attnproof bench --json` kept as `attnproof/records/benchmark-*.json`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from attnproof.benching import cells, from_json, lengths_of, peer_cells
from attnproof.errors import UserError
from attnproof.page import known_records, standings
from attnproof.report import counted
from attnproof.run import NUMERICAL
from attnproof.store import RECORD, Stored
from theory.claim import Claim
from theory.evidence import PROOFS, Method, Verdict
from theory.headline import Headline

_PART = re.compile(r"(?P<head><!-- generated: (?P<name>[a-z-]+) -->\n).*?(?P<tail><!-- end generated -->)", re.DOTALL)

MEANINGS = {
    Headline.PROVED: "derived or certified on the whole stated domain, and so is everything it rests on",
    Headline.CONDITIONAL: "proved here, given results that are only cited",
    Headline.CITED: "taken from the literature, not examined here",
    Headline.SUPPORTED: "measured or attacked and never contradicted; this is evidence and not a proof",
    Headline.REFUTED_AS_CLAIMED: "the statement is false, and a witness shows it",
    Headline.REFUTED: "something that should hold was refuted",
    Headline.UNDECIDED: "examined without a decision",
    Headline.MISSING: "required evidence is not in the committed record",
}


def parts(chosen: Sequence[Claim]) -> dict[str, str]:
    """The generated parts by name, as Markdown, for these claims."""
    records = known_records(committed_only=True)
    found = standings(chosen, records)
    return {
        "claims": _table(chosen, found), "standing": _standing(chosen, found, records), "benchmark": _benchmark()
    }  # fmt: skip


def fill(text: str, made: Mapping[str, str]) -> str:
    """The text with its generated parts renewed. Raises UserError if it has no place for one, or one nobody makes."""
    places = [match["name"] for match in _PART.finditer(text)]
    if unknown := [name for name in places if name not in made]:
        raise UserError(f"README.md wants the generated part {unknown[0]!r}; there are {', '.join(sorted(made))}.")
    if absent := [name for name in made if name not in places]:
        raise UserError(
            f"README.md has no place for the part {absent[0]!r}; add the lines <!-- generated: {absent[0]} --> and"
            " <!-- end generated -->."
        )
    return _PART.sub(lambda match: f"{match['head']}{made[match['name']]}\n{match['tail']}", text)


def _benchmark() -> str:
    """A table for each run: time as a multiple of plain softmax's in the same run, and the memory likewise."""
    paths = sorted(RECORD.parent.glob("benchmark-*.json"))
    return "\n\n".join(benchmark_table(json.loads(path.read_text(encoding="utf-8"))) for path in paths) or "No run yet."


def benchmark_table(run: Mapping[str, Any]) -> str:
    """What `attnproof bench --json` printed, as Markdown."""
    found = from_json(run)
    setting = found[0].setting
    form = "causal" if setting.causal else "every query sees every key"
    size = f"d = {setting.d}, {counted(setting.heads, 'head')}, {setting.dtype}"
    lengths = lengths_of(found)
    rows = {name: shown for name, shown in cells(found).items() if any(cell != "-" for cell in shown)}
    lines = [f"{', '.join(run['devices'])}; {form}; {size}; time / memory:", ""]
    lines += _by_length("contender", lengths, rows)
    if compared := peer_cells(found):
        lines += ["", f"Time of the fastest map here as a multiple of a peer's that computes the same, {form}:", ""]
        lines += _by_length("peer", lengths, compared)
    return "\n".join(lines)


def _by_length(first: str, lengths: Sequence[int], rows: Mapping[str, Sequence[str]]) -> list[str]:
    """The lines of a table with a column for each length."""
    head = [f"| {first} | {' | '.join(f'n = {n}' for n in lengths)} |", "|---" * (len(lengths) + 1) + "|"]
    return head + [f"| {name} | {' | '.join(shown)} |" for name, shown in rows.items()]


def _table(chosen: Sequence[Claim], found: Mapping[str, Headline]) -> str:
    lines = ["| claim | what it says | kind | standing | evidence |", "|---|---|---|---|---|"]
    for claim in chosen:
        path = claim.module.replace(".", "/") + ".py"
        methods = ", ".join(method.value for method in Method if method in claim.requires)
        cells = (f"[`{claim.id}`]({path})", claim.title, claim.kind.value, f"**{found[claim.id].value}**", methods)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def _standing(chosen: Sequence[Claim], found: Mapping[str, Headline], records: Sequence[Stored]) -> str:
    """A list of the standings with what each means, and how far the numerical evidence behind them reaches."""
    lines = []
    for standing, meaning in MEANINGS.items():
        there = [claim for claim in chosen if found[claim.id] is standing]
        if there:
            lines += [f"- **{standing.value}** ({counted(len(there), 'claim')}): {meaning}.", *_by_room(there)]
    both = [claim for claim in chosen if claim.requires & PROOFS and claim.requires & NUMERICAL]
    lines.append(
        f"\nOf the {counted(len(chosen), 'claim')}, {len(both)} were measured or attacked on top of their proof, on the"
        " finite scopes that `attnproof show` states."
    )
    lines.append(f"\n{_controls(chosen, records)}")
    tight: dict[str, Any] = {}
    for stored in records:
        ratio = stored.evidence.finding.numbers.get("tightness")
        if ratio is not None:  # the largest, where a claim was both measured and attacked
            tight[stored.evidence.claim] = max(tight.get(stored.evidence.claim, ratio), ratio)
    if any(claim.id in tight for claim in chosen):
        lines += ["", "| bound | tightness: largest measured / bound |", "|---|---|"]
        lines += [f"| `{claim.id}` | {_short(tight[claim.id])} |" for claim in chosen if claim.id in tight]
    return "\n".join(lines)


def _controls(chosen: Sequence[Claim], records: Sequence[Stored]) -> str:
    """How many spoiled variants were refuted by every check that must refute them, of how many there are."""
    verdicts = {(s.evidence.claim, s.evidence.method): s.evidence.verdict for s in records}
    variants = [(variant.id, methods) for claim in chosen for variant, methods in claim.variants()]
    found = [[verdicts.get((name, method), Verdict.NOT_RUN) for method in methods] for name, methods in variants]
    refuted = sum(all(verdict is Verdict.REFUTED for verdict in each) for each in found)
    unknown = sum(Verdict.NOT_RUN in each for each in found)
    sentence = (
        f"Negative controls: {refuted} of {counted(len(variants), 'spoiled neighbour')} of these claims were refuted,"
        " each by every check that must refute it."
    )
    return sentence + (f" The record does not hold all checks of {unknown} of them." if unknown else "")


def _by_room(there: Sequence[Claim]) -> list[str]:
    """The ids, a line for each room, with the room named once."""
    rooms: dict[str, list[str]] = {}
    for claim in there:
        room, _, name = claim.id.rpartition(".")
        rooms.setdefault(room, []).append(name)
    return [f"  - `{room}`: {', '.join(names)}" for room, names in rooms.items()]


def _short(value: object) -> str:
    """A ratio to four digits, rounded towards the safe side: a bound is never shown tighter than it was seen to be."""
    return f"{math.floor(value * 10**4) / 10**4:.4f}" if isinstance(value, float) else str(value)
