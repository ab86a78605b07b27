"""What `attnproof list` and `attnproof show` print: claims a line each, and one claim as a paper would print it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import sympy as sp
from rich.console import Console
from rich.text import Text

from attnproof.formulas import draw, draw_derivation, range_latex, range_words, readable
from attnproof.report import coordinates, counted, style_of, tally
from attnproof.run import headlines
from attnproof.store import LocalStore, Stored, counting, read_record, to_json
from attnproof.terminal import columns, field, fold
from theory.claim import Claim, Kind, claims
from theory.evidence import Evidence, Method, Verdict, check_for
from theory.headline import Headline

TITLES_BESIDE = 110  # columns; in a narrower terminal the titles stand below the ids, where they can be read


def known_records(*, committed_only: bool = False) -> tuple[Stored, ...]:
    """The records that count: of this machine and of the committed record, whichever is later.

    committed_only: pass over what was gathered on this machine, so that everybody gets the same answer.
    """
    everything = read_record() if committed_only else (*read_record(), *LocalStore().read())
    spoiled = (variant for claim in claims() for variant, _ in claim.variants())
    return tuple(stored for claim in (*claims(), *spoiled) for stored in counting(claim, everything))


def standings(chosen: Iterable[Claim], records: Iterable[Stored]) -> dict[str, Headline]:
    """Where the claims stand, given the records that count."""
    return headlines(chosen, [stored.evidence for stored in records])


def print_list(chosen: Sequence[Claim], records: Sequence[Stored], console: Console) -> None:
    """Print id, headline and title of each claim; then how many stand where, and how old the evidence is."""
    found = standings(chosen, records)
    quick = {s.evidence.claim for s in records if s.evidence.quick}
    rows = []
    for claim in chosen:
        words = found[claim.id].value + (" (quick)" if claim.id in quick else "")
        rows.append([(claim.id, ""), (words, style_of(found[claim.id])), (claim.title, "dim")])
    if console.width < TITLES_BESIDE:
        columns(console, [row[:-1] for row in rows], below=[row[-1] for row in rows])
    else:
        columns(console, rows)
    console.print()
    counts = tally(found[claim.id] for claim in chosen)
    console.print(Text(f"{counted(len(chosen), 'claim')}: {counts}.", style="bold"))
    ids = {claim.id for claim in chosen}
    times = sorted(stored.gathered for stored in records if stored.evidence.claim in ids)
    if times:
        console.print(f"Evidence gathered {day(times[0], times[-1])}; `attnproof check` gathers it anew.")
    else:
        console.print("No evidence was gathered yet; `attnproof check` gathers it.")


def day(first: str, last: str) -> str:
    """The days from `first` to `last`, two UTC times, in words."""
    return f"on {last[:10]}" if first[:10] == last[:10] else f"from {first[:10]} to {last[:10]}"


def list_json(chosen: Sequence[Claim], records: Sequence[Stored]) -> str:
    """A JSON list of {id, title, kind, headline, requires, quick, gathered}; `gathered` is null without evidence."""
    found = standings(chosen, records)
    items = []
    for claim in chosen:
        own = [stored for stored in records if stored.evidence.claim == claim.id]
        items.append(
            {
                "id": claim.id,
                "title": claim.title,
                "kind": claim.kind.value,
                "headline": found[claim.id].value,
                "requires": sorted(method.value for method in claim.requires),
                "quick": any(stored.evidence.quick for stored in own),
                "gathered": max((stored.gathered for stored in own), default=None),
            }
        )
    return json.dumps(items, indent=2, ensure_ascii=False)


def print_claim(
    claim: Claim, records: Sequence[Stored], console: Console, *, latex: bool = False, full: bool = False
) -> None:
    """Print one claim: statement, domain, definitions, derivation, evidence, tightness and negative controls.

    latex: print formulas as LaTeX source instead of drawing them with characters.
    full: print every number of the evidence as well.
    """
    own = [stored for stored in records if stored.evidence.claim == claim.id]
    console.print(Text(claim.id, style="bold"))
    for line in fold(claim.title, console.width):
        console.print(line)
    console.print()
    standing = standings([claim], records)[claim.id]
    field(console, "headline", standing.value, style=style_of(standing))
    field(console, "kind", claim.kind.value + (" (this statement is false)" if claim.kind is Kind.REFUTATION else ""))
    field(console, "source", str(claim.source))
    if claim.corrected_by:
        field(console, "corrected by", claim.corrected_by)
    if claim.rests_on:
        field(console, "rests on", ", ".join(claim.rests_on))
    field(console, "declared in", claim.module)
    _heading(console, "Statement")
    _formula(console, claim.statement, latex)
    if claim.definitions:
        _heading(console, "where")
        for name, meaning in claim.definitions.items():
            _formula(console, sp.Eq(name, meaning, evaluate=False), latex)
    _heading(console, "for")
    meanings = claim.domain.meanings
    rows = [
        [(range_latex(name, values) if latex else range_words(name, values), ""), (meanings.get(name, ""), "")]
        for name, values in claim.domain.ranges.items()
    ]
    columns(console, rows, indent="  ")
    for hypothesis in claim.domain.hypotheses:
        _formula(console, hypothesis, latex)
    _print_derivation(claim, console, latex)
    _print_evidence(claim, own, console, full)
    _print_controls(claim, records, console)


def _heading(console: Console, text: str) -> None:
    console.print()
    console.print(Text(text, style="bold"))


def _formula(console: Console, expression: sp.Basic, latex: bool) -> None:
    lines = (sp.latex(readable(expression)),) if latex else draw(expression, console.width - 4).lines
    for line in lines:
        console.print("  " + line, soft_wrap=True)


def _print_derivation(claim: Claim, console: Console, latex: bool) -> None:
    """Print the chains behind a DERIVED check that was made by `theory.derivation.derived`."""
    build = getattr(check_for(claim, Method.DERIVED), "build", None)
    if build is None:
        return
    proofs = build()
    for proof in proofs if isinstance(proofs, tuple) else (proofs,):
        _heading(console, "Derivation")
        for line in proof.latex().splitlines() if latex else draw_derivation(proof, min(console.width, 100) - 4):
            console.print(f"  {line}", soft_wrap=True)


def _print_evidence(claim: Claim, own: Sequence[Stored], console: Console, full: bool) -> None:
    _heading(console, "Evidence")
    by_method: Mapping[Method, Stored] = {stored.evidence.method: stored for stored in own}
    for method in (method for method in Method if method in claim.requires):
        stored = by_method.get(method)
        if stored is None:
            field(console, method.value, "not gathered yet", style="yellow")
            continue
        finding = stored.evidence.finding
        quick = ", on a reduced scope" if stored.evidence.quick else ""
        as_claimed = ", as claimed" if finding.verdict is claim.expected is Verdict.REFUTED else ""
        good = "green" if finding.verdict is claim.expected else "bold red"
        field(console, method.value, f"{finding.verdict.value}{as_claimed}{quick}", style=good)
        field(console, "", finding.message)
        if full or finding.scope != claim.domain.describe():
            field(console, "", f"Scope: {finding.scope}")
        if full:
            for name, value in finding.numbers.items():
                field(console, "", f"{name} = {value}", wrap=False)
            for point in finding.worst:
                field(console, "", f"worst at {coordinates(point)}", wrap=False)
        elif finding.worst and finding.verdict is Verdict.REFUTED:
            field(console, "", f"Witness: {coordinates(finding.worst[0])}", wrap=False)
        field(console, "", _provenance(stored, full), style="dim")
    for stored in own:
        if "tightness" in stored.evidence.finding.numbers:
            _print_tightness(claim, stored.evidence, console)


def _print_tightness(claim: Claim, evidence: Evidence, console: Console) -> None:
    """Print the largest ratio of a measured or attacked value to its bound, and where it was reached."""
    names = {symbol.name for symbol in claim.domain.ranges}
    where = {name: value for name, value in (evidence.finding.worst or ({},))[0].items() if name in names}
    place = f", at {coordinates(where)}" if where else ""
    ratio = evidence.finding.numbers["tightness"]
    field(console, "tightness", f"{ratio} of the bound was reached when {evidence.method.value}{place}")


def _provenance(stored: Stored, full: bool) -> str:
    evidence, versions = stored.evidence, stored.evidence.versions
    text = f"{stored.gathered[:10]}, {evidence.seconds:.1f} s, seed {evidence.seed}"
    return text + "".join(f", {name} {version}" for name, version in versions.items()) if full else text


def _print_controls(claim: Claim, records: Sequence[Stored], console: Console) -> None:
    """Print each spoiled variant and which checks refuted it."""
    variants = claim.variants()
    if not variants:
        return
    _heading(console, "Negative controls: false neighbours that the same checks must refute")
    for (variant, methods), spoiled in zip(variants, claim.spoiled, strict=True):
        found: dict[Method, Evidence] = {
            s.evidence.method: s.evidence for s in records if s.evidence.claim == variant.id
        }
        said = "; ".join(
            f"{method.value}: {found[method].verdict.value if method in found else Verdict.NOT_RUN.value}"
            for method in Method
            if method in methods
        )
        field(console, f"~{variant.id.split('~')[1]}", f"{spoiled.why} ({said})")


def claim_json(claim: Claim, records: Sequence[Stored]) -> str:
    """One claim as JSON: id, title, kind, source, headline, statement (text and LaTeX), domain, and its evidence."""
    own = [stored for stored in records if stored.evidence.claim.split("~")[0] == claim.id]
    document = {
        "id": claim.id,
        "title": claim.title,
        "kind": claim.kind.value,
        "source": str(claim.source),
        "headline": standings([claim], records)[claim.id].value,
        "statement": sp.sstr(claim.statement),
        "latex": sp.latex(claim.statement),
        "definitions": {sp.sstr(name): sp.sstr(meaning) for name, meaning in claim.definitions.items()},
        "domain": claim.domain.describe(),
        "rests_on": list(claim.rests_on),
        "requires": sorted(method.value for method in claim.requires),
        "controls": {f"{claim.id}~{number}": spoiled.why for number, spoiled in enumerate(claim.spoiled, start=1)},
        "evidence": [to_json(stored) for stored in own],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)
