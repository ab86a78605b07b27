"""What `attnproof check` says: for a reader, as JSON, and as JUnit XML.

The JSON document has these fields, and no others:

    format     "attnproof-check/1"; the number grows when a field changes its meaning
    exit       the exit code: 0 in order, 1 refuted, 3 undecided or missing, 130 interrupted
    quick      whether scopes were reduced
    seed       the seed that every random choice was derived from
    methods    the methods asked for, or null for every required one
    seconds    wall-clock time
    kept       how many records a quick check kept from before, as nothing that decides them has changed
    claims     a list, foundations first, of
        id, title, kind, source, module
        expected    "holds", or "refuted" for a statement that is claimed to be false
        requires    the required methods
        rests_on    the ids of the claims beneath
        headline    the standing computed from the records, or null when only some methods were asked for
        evidence    the records, as in the evidence store: claim, method, verdict, scope, message, numbers, worst,
                    fingerprint, seed, quick, seconds, gathered, inputs, versions
    controls   a list of the spoiled variants that were examined, with the same fields; each must be "refuted"
    failures   a list of {id, method, verdict, expected, message, reproduce}
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import sympy as sp
from rich.console import Console
from rich.text import Text

from attnproof.formulas import range_words
from attnproof.run import OWN, Task, headlines
from attnproof.store import Stored, contradicts, to_json
from attnproof.terminal import columns, field
from theory.claim import Claim
from theory.evidence import Effort, Evidence, Method, Verdict
from theory.headline import Headline

FORMAT = "attnproof-check/1"
IN_ORDER, REFUTED, UNDECIDED, INTERRUPTED = 0, 1, 3, 130
_GOOD, _BAD, _OPEN = "green", "bold red", "yellow"


@dataclass(frozen=True)
class Report:
    """The outcome of one run of `attnproof check`.

    tasks: what was to be examined. records: what was, possibly fewer if the run was interrupted.
    methods: the methods asked for; empty for every required one. packages: where the claims were declared.
    kept: the keys of the records that were not made anew, as their inputs have not changed.
    """

    tasks: tuple[Task, ...]
    records: tuple[Stored, ...]
    effort: Effort
    seconds: float
    methods: tuple[Method, ...] = ()
    packages: tuple[str, ...] = (OWN,)
    interrupted: bool = False
    kept: frozenset[tuple[str, str, bool]] = frozenset()

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        return tuple({task.claim.id: task.claim for task in self.tasks}.values())

    @cached_property
    def headlines(self) -> dict[str, Headline]:
        """The standing of each claim, when every required method was asked for; spoiled variants have none."""
        if self.methods:
            return {}
        return headlines(
            (claim for claim in self.claims if claim.id == claim.base_id), (s.evidence for s in self.records)
        )

    def records_of(self, claim: Claim) -> tuple[Stored, ...]:
        return tuple(stored for stored in self.records if stored.evidence.claim == claim.id)

    @cached_property
    def failures(self) -> tuple[tuple[Claim, Evidence], ...]:
        """The records that are not what they must be: contradictions first, then undecided and missing ones."""
        by_id = {claim.id: claim for claim in self.claims}
        pairs = [(by_id[stored.evidence.claim], stored.evidence) for stored in self.records]
        failed = [(claim, evidence) for claim, evidence in pairs if evidence.verdict is not claim.expected]
        return tuple(sorted(failed, key=lambda pair: not contradicts(*pair)))

    @property
    def exit_code(self) -> int:
        if any(contradicts(claim, evidence) for claim, evidence in self.failures):
            return REFUTED
        if self.interrupted:
            return INTERRUPTED
        open_ends = self.failures or not all(standing.passes for standing in self.headlines.values())
        return UNDECIDED if open_ends else IN_ORDER

    def reproduce(self, evidence: Evidence) -> str:
        """The command that makes a record again."""
        return reproduce(evidence, self.packages)


def reproduce(evidence: Evidence, packages: Iterable[str]) -> str:
    """The command that makes a record again, for claims that these packages declare."""
    return evidence.reproduce + "".join(f" --package {package}" for package in packages if package != OWN)


def style_of(standing: Headline) -> str:
    """The colour of a headline."""
    if standing is Headline.REFUTED:
        return _BAD
    return _GOOD if standing.passes else _OPEN


def print_report(report: Report, console: Console) -> None:
    """Print a line for each claim, then every failure with all that is needed to look into it, then a summary."""
    standings = report.headlines
    rows = []
    for claim in report.claims:
        stored = report.records_of(claim)
        standing = standings.get(claim.id)
        words = (standing.value, style_of(standing)) if standing else _verdicts(claim, stored)
        made = [s.evidence.seconds for s in stored if s.key not in report.kept]
        rows.append([(claim.id, ""), (f"{sum(made):6.1f} s" if made else "kept", "dim"), words])
    columns(console, rows)
    for claim, evidence in report.failures:
        console.print()
        print_failure(claim, evidence, console, report.reproduce(evidence))
    for claim_id, standing in standings.items():
        claim = next((c for c in report.claims if c.id == claim_id), None)
        if claim and not standing.passes and all(e.claim != claim_id for _, e in report.failures):
            console.print()
            console.print(Text(f"{standing.value.upper()}  ", style=style_of(standing)) + Text(claim_id, style="bold"))
            field(console, "because", _why_open(report, claim, standings))
    console.print()
    console.print(Text(summary(report), style="bold"), soft_wrap=True)


def _verdicts(claim: Claim, stored: Iterable[Stored]) -> tuple[str, str]:
    """The verdicts by method, in words, and the colour of the worst."""
    records = [item.evidence for item in stored]
    words = "; ".join(f"{evidence.method.value}: {evidence.verdict.value}" for evidence in records) or "not reached"
    if any(contradicts(claim, evidence) for evidence in records):
        return words, _BAD
    good = bool(records) and all(evidence.verdict is claim.expected for evidence in records)
    return words + (" as it must be" if good and claim.expected is Verdict.REFUTED else ""), _GOOD if good else _OPEN


def _why_open(report: Report, claim: Claim, standings: dict[str, Headline]) -> str:
    beneath = [b for b in claim.rests_on if b not in standings or not standings[b].passes]
    if beneath:
        return f"It rests on {', '.join(beneath)}, which is not in order."
    return "The check was interrupted before all of its evidence was gathered."


def print_failure(claim: Claim, evidence: Evidence, console: Console, command: str) -> None:
    """Print one failure: what was claimed, what was found at full precision, the worst points, how to repeat it."""
    wrong = contradicts(claim, evidence)
    console.print(
        Text(f"{evidence.verdict.value.upper()}  ", style=_BAD if wrong else _OPEN)
        + Text(f"{claim.id} [{evidence.method.value}]", style="bold"),
        soft_wrap=True,
    )
    if evidence.verdict is Verdict.NOT_RUN:
        field(console, "missing", evidence.finding.message)
        field(console, "reproduce", command, wrap=False)
        return
    field(console, "title", claim.title)
    if claim.id != claim.base_id:
        field(console, "demanded", "refuted: this is a negative control, and a check that lets it pass proves nothing")
    elif claim.expected is Verdict.REFUTED:
        field(console, "demanded", "refuted: the claim is that this statement is false")
    field(console, "statement", sp.sstr(claim.statement))
    ranges = [range_words(name, values) for name, values in claim.domain.ranges.items()]
    field(console, "for", "; ".join([*ranges, *map(sp.sstr, claim.domain.hypotheses)]))
    field(console, "found", evidence.finding.message)
    field(console, "examined", evidence.finding.scope)
    for name, value in evidence.finding.numbers.items():
        field(console, "number", f"{name} = {_full(value)}", wrap=False)
    for number, point in enumerate(evidence.finding.worst):
        field(console, "worst point" if number == 0 else "next", coordinates(point), wrap=False)
    field(console, "seed", str(evidence.seed))
    field(console, "reproduce", command, wrap=False)


def failure_text(claim: Claim, evidence: Evidence, package: str) -> str:
    """What `print_failure` prints, as plain text for a log."""
    text = StringIO()
    print_failure(claim, evidence, Console(file=text, width=100, highlight=False), reproduce(evidence, [package]))
    return text.getvalue().rstrip()


def coordinates(point: Any) -> str:
    """A point in words, each coordinate at full precision."""
    return ", ".join(f"{name} = {_full(value)}" for name, value in dict(point).items())


def _full(value: Any) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def summary(report: Report) -> str:
    """One sentence that counts what was found."""
    own = [claim for claim in report.claims if claim.id == claim.base_id]
    spoiled = [claim for claim in report.claims if claim.id != claim.base_id]
    parts = []
    if report.methods:
        met = len(report.records) - len(report.failures)
        parts.append(f"{met} of {counted(len(report.tasks), 'examination')} found what they must")
    elif own:
        parts.append(f"{counted(len(own), 'claim')}: {tally(report.headlines[claim.id] for claim in own)}")
    if spoiled:
        failed = {claim.id for claim, _ in report.failures}
        caught = sum(claim.id not in failed and bool(report.records_of(claim)) for claim in spoiled)
        parts.append(f"{caught} of {counted(len(spoiled), 'negative control')} refuted")
    made = len(report.records) - len(report.kept)
    parts.append(f"{counted(made, 'examination')} in {report.seconds:.1f} s")
    if report.effort.quick:
        parts.append("quick: reduced scopes")
    if report.kept:
        days = [stored.gathered[:10] for stored in report.records if stored.key in report.kept]
        when = f"from {min(days)}" if min(days) == max(days) else f"from {min(days)} to {max(days)}"
        parts.append(
            f"{counted(len(report.kept), 'record')} kept {when}, as nothing that decides them has changed"
            f" (without --{'quick' if report.effort.quick else 'changed'} all are made anew)"
        )
    if report.interrupted:
        left, planned = len(report.tasks) - len(report.records), counted(len(report.tasks), "examination")
        parts.insert(0, f"Interrupted with {left} of {planned} left; what was found is kept")
    return "; ".join(parts) + "."


def counted(number: int, noun: str) -> str:
    """`1 claim`, `2 claims`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def tally(standings: Iterable[Headline]) -> str:
    """How many claims stand where, in the order of Headline: `3 proved, 1 refuted as claimed`."""
    counts = Counter(standings)
    return ", ".join(f"{counts[standing]} {standing.value}" for standing in Headline if counts[standing])


def as_json(report: Report) -> str:
    """The document described at the head of this module."""
    standings = report.headlines

    def listed(chosen: Iterable[Claim]) -> list[dict[str, Any]]:
        return [
            {
                "id": claim.id,
                "title": claim.title,
                "kind": claim.kind.value,
                "source": str(claim.source),
                "module": claim.module,
                "expected": claim.expected.value,
                "requires": sorted(method.value for method in claim.requires),
                "rests_on": list(claim.rests_on),
                "headline": standings[claim.id].value if claim.id in standings else None,
                "evidence": [to_json(stored) for stored in report.records_of(claim)],
            }
            for claim in chosen
        ]

    document = {
        "format": FORMAT,
        "exit": report.exit_code,
        "quick": report.effort.quick,
        "seed": report.effort.seed,
        "methods": [method.value for method in report.methods] or None,
        "seconds": round(report.seconds, 3),
        "kept": len(report.kept),
        "claims": listed(claim for claim in report.claims if claim.id == claim.base_id),
        "controls": listed(claim for claim in report.claims if claim.id != claim.base_id),
        "failures": [
            {
                "id": claim.id,
                "method": evidence.method.value,
                "verdict": evidence.verdict.value,
                "expected": claim.expected.value,
                "message": evidence.finding.message,
                "reproduce": report.reproduce(evidence),
            }
            for claim, evidence in report.failures
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def as_junit(report: Report) -> str:
    """JUnit XML: a test case for each examination. An examination that was not reached is a failure, like any gap."""
    found = {(s.evidence.claim, s.evidence.method): s.evidence for s in report.records}
    failed = [
        task for task in report.tasks if (e := found.get((task.claim.id, task.method))) is None
        or e.verdict is not task.claim.expected
    ]  # fmt: skip
    suite = ElementTree.Element(
        "testsuite",
        name="attnproof",
        tests=str(len(report.tasks)),
        failures=str(len(failed)),
        errors="0",
        skipped="0",
        time=f"{report.seconds:.3f}",
    )
    for task in report.tasks:
        evidence = found.get((task.claim.id, task.method))
        seconds = evidence.seconds if evidence else 0.0
        case = ElementTree.SubElement(
            suite, "testcase", classname=task.claim.module, name=str(task), time=f"{seconds:.3f}"
        )
        if task in failed:
            kind = evidence.verdict.value if evidence else "not reached"
            message = evidence.finding.message if evidence else "The run was interrupted before this examination."
            failure = ElementTree.SubElement(case, "failure", type=kind, message=_xml(message))
            failure.text = _xml(_failure_text(report, evidence)) if evidence else ""
        elif evidence:
            ElementTree.SubElement(case, "system-out").text = _xml(evidence.finding.scope)
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def _failure_text(report: Report, evidence: Evidence) -> str:
    lines = [f"examined: {evidence.finding.scope}"]
    lines += [f"{name} = {_full(value)}" for name, value in evidence.finding.numbers.items()]
    lines += [f"at {coordinates(point)}" for point in evidence.finding.worst]
    return "\n".join([*lines, f"seed: {evidence.seed}", f"reproduce: {report.reproduce(evidence)}"])


def _xml(text: str) -> str:
    """The text without the control characters that XML cannot hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "?", text)
