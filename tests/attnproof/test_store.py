"""Records survive the round trip, replace each other as they should, and never count for another wording."""

from __future__ import annotations

import json
import multiprocessing
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from attnproof.errors import UserError
from attnproof.run import Task, examine
from attnproof.store import LocalStore, Stored, counting, from_json, read_record, stamp, to_json, write_record
from theory.claim import Claim
from theory.evidence import Effort, Evidence, Finding, Method, Verdict
from theory.headline import Headline, headline


def record(verdict: Verdict = Verdict.HOLDS, *, claim: str = "toy.weight.bound", quick: bool = False) -> Evidence:
    finding = Finding(verdict, "all of it", "as claimed", {"value": Fraction(1, 3)}, ({"x": 0.1},))
    return Evidence(claim, Method.CERTIFIED, finding, "0" * 16, 7, quick, 0.25, {"python": "3"})


def test_a_record_survives_the_round_trip_with_every_digit() -> None:
    numbers = {"third": Fraction(1, 3), "float": 0.1 + 0.2, "nan": float("nan"), "big": 10**400, "list": [1, (2,)]}
    evidence = replace(record(), finding=replace(record().finding, numbers=numbers))
    text = json.dumps(to_json(stamp(evidence)), allow_nan=False)
    back = from_json(json.loads(text)).evidence
    assert back.finding.numbers == {
        "third": "1/3", "float": 0.1 + 0.2, "nan": "nan", "big": 10**400, "list": [1, [2]]
    }  # fmt: skip
    assert replace(back, finding=evidence.finding) == evidence


def test_a_later_record_replaces_an_earlier_one_of_the_same_effort_only(workplace: Path) -> None:
    store = LocalStore()
    assert store.read() == ()
    for evidence in (record(Verdict.UNDECIDED), record(), record(quick=True)):
        store.write(stamp(evidence))
    assert [(s.evidence.verdict, s.evidence.quick) for s in store.read()] == [
        (Verdict.HOLDS, False),
        (Verdict.HOLDS, True),
    ]
    assert store.path == Path(".attnproof/evidence.sqlite")


def test_the_environment_names_another_folder(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTNPROOF_STORE", str(workplace / "deep" / "elsewhere"))
    LocalStore().write(stamp(record()))
    assert (workplace / "deep" / "elsewhere" / "evidence.sqlite").exists()
    assert not (workplace / ".attnproof").exists()


def _write_many(folder: str, name: str) -> None:
    store = LocalStore(Path(folder))
    for number in range(10):
        store.write(stamp(record(claim=f"toy.{name}.n{number}")))


def test_several_processes_write_together_and_lose_nothing(tmp_path: Path) -> None:
    start = multiprocessing.get_context("spawn")
    workers = [start.Process(target=_write_many, args=(str(tmp_path), name)) for name in ("a", "b")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(LocalStore(tmp_path).read()) == 20


def test_a_damaged_store_is_one_sentence(workplace: Path) -> None:
    store = LocalStore()
    store.directory.mkdir()
    store.path.write_text("this is no database, however long the text may be; " * 30)
    with pytest.raises(UserError, match=r"is damaged .*delete it"):
        store.read()
    with pytest.raises(UserError, match=r"is damaged .*delete it"):
        store.write(stamp(record()))


def test_a_damaged_row_is_one_sentence(workplace: Path) -> None:
    store = LocalStore()
    store.write(stamp(record()))
    with sqlite3.connect(store.path) as database:
        database.execute("UPDATE evidence SET record = '{}'")
    database.close()
    with pytest.raises(UserError, match=r"is damaged .*delete it"):
        store.read()


def test_a_store_that_cannot_be_written_is_one_sentence(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (workplace / "file").write_text("")
    monkeypatch.setenv("ATTNPROOF_STORE", str(workplace / "file"))
    with pytest.raises(UserError, match=r"cannot be written .*ATTNPROOF_STORE"):
        LocalStore().prepare()


def test_the_committed_record_is_written_in_a_fixed_order(tmp_path: Path) -> None:
    path = tmp_path / "records" / "evidence.json"
    stored = [stamp(record(claim=f"toy.claim.{name}")) for name in "cab"]
    write_record(stored, path)
    first = path.read_bytes()
    write_record(reversed(stored), path)
    assert path.read_bytes() == first
    assert [s.evidence.claim for s in read_record(path)] == ["toy.claim.a", "toy.claim.b", "toy.claim.c"]
    assert read_record(tmp_path / "none.json") == ()


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "other"}', '{"format": "attnproof-evidence/1"}'])
def test_a_damaged_committed_record_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "evidence.json"
    path.write_text(text)
    with pytest.raises(UserError, match="is damaged"):
        read_record(path)


def test_evidence_for_another_wording_never_counts(toy: Callable[..., Claim]) -> None:
    claim = toy()
    current = stamp(examine(Task(claim, Method.CERTIFIED)))
    stale = replace(current, evidence=replace(current.evidence, fingerprint="0" * 16))
    assert counting(claim, [current]) == (current,)
    assert counting(claim, [stale]) == ()
    assert headline(claim, [current.evidence], {}) is Headline.PROVED
    assert headline(claim, [], {}) is Headline.MISSING


def test_a_quick_record_neither_hides_a_full_one_nor_hides_its_own_refutation(toy: Callable[..., Claim]) -> None:
    claim = toy()

    def at(day: int, verdict: Verdict, quick: bool) -> Stored:
        evidence = examine(Task(claim, Method.CERTIFIED), Effort(quick))
        return Stored(replace(evidence, finding=replace(evidence.finding, verdict=verdict)), f"2026-01-0{day}")

    full = at(1, Verdict.HOLDS, False)
    assert counting(claim, [full, at(2, Verdict.HOLDS, True)]) == (full,)
    assert counting(claim, [full, at(2, Verdict.UNDECIDED, True)]) == (full,)
    refuted = at(2, Verdict.REFUTED, True)
    assert counting(claim, [full, refuted]) == (refuted,)
    later = at(3, Verdict.HOLDS, False)
    assert counting(claim, [full, refuted, later]) == (later,)
    quick = at(4, Verdict.HOLDS, True)
    assert counting(claim, [quick]) == (quick,)
