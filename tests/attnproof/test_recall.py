"""A quick check keeps what nothing has changed, makes the rest anew, and draws some again all the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from attnproof import recall
from attnproof.recall import recalled
from attnproof.run import Task, examine
from attnproof.store import Stored, stamp
from theory.claim import Claim
from theory.evidence import Effort, Method, Verdict

QUICK = Effort(quick=True)
LONG = recall.AUDIT_SECONDS + 1.0  # so long that it is never drawn


@pytest.fixture(autouse=True)
def _inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "inputs", lambda task: f"inputs of {task}")


def recorded(task: Task, seconds: float = LONG, seed: int = 0) -> Stored:
    evidence = replace(examine(task, Effort(seed=seed)), seconds=seconds)
    return stamp(evidence, f"inputs of {task}")


def test_what_nothing_has_changed_is_kept(toy: Callable[..., Claim]) -> None:
    tasks = [Task(toy("toy.room.one"), Method.CERTIFIED), Task(toy("toy.room.two"), Method.CERTIFIED)]
    known = [recorded(tasks[0])]
    assert recalled(tasks, known, QUICK, (), 1) == (tuple(known), (tasks[1],))


def test_a_full_check_keeps_nothing(toy: Callable[..., Claim]) -> None:
    task = Task(toy(), Method.CERTIFIED)
    assert recalled([task], [recorded(task)], Effort(), (), 1) == ((), (task,))


def test_a_full_check_of_changes_keeps_full_records_and_draws_none(toy: Callable[..., Claim]) -> None:
    tasks = [Task(toy(f"toy.room.{name}"), Method.CERTIFIED) for name in ("one", "two", "three")]
    short, quick, changed = (recorded(task, seconds=0.1) for task in tasks)
    quick = replace(quick, evidence=replace(quick.evidence, quick=True))
    known = [short, quick, replace(changed, inputs="others")]
    assert recalled(tasks, known, Effort(), (), 1, changed_only=True) == ((short,), (tasks[1], tasks[2]))


def test_changed_inputs_failures_and_what_was_named_are_made_anew(toy: Callable[..., Claim]) -> None:
    task = Task(toy(), Method.CERTIFIED)
    good = recorded(task)
    assert recalled([task], [good], QUICK, (), 1) == ((good,), ())
    assert recalled([task], [replace(good, inputs="others")], QUICK, (), 1) == ((), (task,))
    assert recalled([task], [replace(good, inputs="")], QUICK, (), 1) == ((), (task,))
    assert recalled([task], [good], QUICK, [task.claim.id], 1) == ((), (task,))
    assert recalled([task], [good], QUICK, ["toy.weight"], 1) == ((good,), ())
    for verdict in (Verdict.REFUTED, Verdict.UNDECIDED, Verdict.NOT_RUN):
        finding = replace(good.evidence.finding, verdict=verdict)
        bad = replace(good, evidence=replace(good.evidence, finding=finding))
        assert recalled([task], [bad], QUICK, (), 1) == ((), (task,))


def test_the_seed_counts_for_measurements_only(toy: Callable[..., Claim]) -> None:
    proof, attack = (Task(toy(f"toy.room.{m.value}", requires={m}), m) for m in (Method.CERTIFIED, Method.ATTACKED))
    known = [recorded(proof, seed=4), recorded(attack, seed=4)]
    assert recalled([proof, attack], known, Effort(quick=True, seed=5), (), 1) == ((known[0],), (attack,))
    assert recalled([proof, attack], known, Effort(quick=True, seed=4), (), 1) == (tuple(known), ())


def test_some_are_drawn_again_within_the_time_and_others_tomorrow(
    toy: Callable[..., Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = [Task(toy(f"toy.room.number{number}"), Method.CERTIFIED) for number in range(30)]
    known = [recorded(task, seconds=recall.AUDIT_SECONDS / 4) for task in tasks]
    drawn = {}
    for day in (1, 2):

        class Clock(datetime):
            @classmethod
            def now(cls, tz=None, day=day):
                return datetime(2026, 1, day, tzinfo=UTC)

        monkeypatch.setattr(recall, "datetime", Clock)
        kept, drawn[day] = recalled(tasks, known, QUICK, (), 2)
        assert len(drawn[day]) == 8
        assert len(kept) == 22
    assert drawn[1] != drawn[2]


def test_the_command_says_what_it_kept(
    toy: Callable[..., Claim], attnproof_says: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = Task(toy(), Method.CERTIFIED)
    monkeypatch.setattr("attnproof.store.read_record", lambda path=None: (recorded(task),))
    said = attnproof_says("check", "--quick")
    assert said.code == 0
    assert "0 examinations" in said.out
    assert "1 record kept" in said.out
    assert json.loads(attnproof_says("check", "--quick", "--json").out)["kept"] == 1
    assert "kept" not in attnproof_says("check").out
