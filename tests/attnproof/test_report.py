"""The report in its three forms."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO
from xml.etree import ElementTree

from rich.console import Console

from attnproof.report import FORMAT, Report, as_json, as_junit, failure_text, print_report
from attnproof.run import examine, tasks
from attnproof.store import stamp
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, Verdict

Toy = Callable[..., Claim]


def report_of(*claims: Claim, controls: bool = False) -> Report:
    todo = tasks(claims, controls=controls)
    return Report(todo, tuple(stamp(examine(task)) for task in todo), Effort(), 1.5)


def test_json_has_the_documented_fields_and_no_others(toy: Toy) -> None:
    document = json.loads(as_json(report_of(toy("toy.room.good"), toy("toy.room.wrong", "99/100"), controls=True)))
    assert document["format"] == FORMAT
    assert set(document) == {
        "format", "exit", "quick", "seed", "methods", "seconds", "kept", "claims", "controls", "failures"
    }  # fmt: skip
    assert set(document["claims"][0]) == {
        "id", "title", "kind", "source", "module", "expected", "requires", "rests_on", "headline", "evidence"
    }  # fmt: skip
    assert set(document["claims"][0]["evidence"][0]) == {
        "claim", "method", "verdict", "scope", "message", "numbers", "worst", "fingerprint", "seed", "quick", "seconds",
        "gathered", "inputs", "versions",
    }  # fmt: skip
    assert [claim["id"] for claim in document["controls"]] == ["toy.room.good~1", "toy.room.wrong~1"]
    assert document["controls"][0]["expected"] == "refuted"
    (failure,) = document["failures"]
    assert set(failure) == {"id", "method", "verdict", "expected", "message", "reproduce"}
    assert failure["id"] == "toy.room.wrong"


def test_contradictions_come_before_open_ends(toy: Toy) -> None:
    def undecided(claim: Claim, effort: Effort) -> Finding:
        return Finding(Verdict.UNDECIDED, "a part", "out of budget")

    report = report_of(toy("toy.room.open", check=undecided), toy("toy.room.wrong", "99/100"))
    assert [claim.id for claim, _ in report.failures] == ["toy.room.wrong", "toy.room.open"]
    assert report.exit_code == 1


def test_floats_are_printed_with_every_digit_and_brackets_are_no_markup(toy: Toy) -> None:
    def inexact(claim: Claim, effort: Effort) -> Finding:
        return Finding(Verdict.REFUTED, "[bold]all[/bold]", "found", {"value": 0.1 + 0.2}, ({"x": 1e-17},))

    claim = toy(check=inexact)
    evidence = examine(tasks([claim])[0])
    text = failure_text(claim, evidence, "theory")
    assert "value = 0.30000000000000004" in text
    assert "x = 1e-17" in text
    assert "[bold]all[/bold]" in text
    assert "--package" not in text
    assert failure_text(claim, evidence, "mine").endswith("--seed 0 --package mine")


def test_junit_counts_what_was_not_reached_as_a_failure(toy: Toy) -> None:
    def noisy(claim: Claim, effort: Effort) -> Finding:
        return Finding(Verdict.REFUTED, "all", "a control character \x00 and <angles> & so on")

    todo = tasks([toy("toy.room.good"), toy("toy.room.noisy", check=noisy), toy("toy.room.later")])
    records = tuple(stamp(examine(task)) for task in todo[:2])
    suite = ElementTree.fromstring(as_junit(Report(todo, records, Effort(), 0.1, interrupted=True)))
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    kinds = {case.get("name"): failure.get("type") for case in suite for failure in case.findall("failure")}
    assert kinds == {"toy.room.noisy[certified]": "refuted", "toy.room.later[certified]": "not reached"}


def test_only_some_methods_give_verdicts_and_no_headline(toy: Toy) -> None:
    todo = tasks([toy()], [Method.CERTIFIED])
    report = Report(todo, tuple(stamp(examine(t)) for t in todo), Effort(), 0.1, methods=(Method.CERTIFIED,))
    text = StringIO()
    print_report(report, Console(file=text, width=100))
    assert "certified: holds" in text.getvalue()
    assert "proved" not in text.getvalue()
    assert json.loads(as_json(report))["claims"][0]["headline"] is None
