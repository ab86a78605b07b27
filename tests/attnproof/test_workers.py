"""Several processes find what one finds, and one that dies or is stopped takes nothing else with it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from attnproof import workers
from attnproof.run import load_claims, select, tasks, undecided
from attnproof.store import Stored, stamp
from theory.claim import Claim
from theory.evidence import Effort, Finding, Verdict

EXAMPLE = Path(__file__).parents[1] / "data" / "example"
BEFORE = """
def before(claim, effort):
    import os, signal, time
    {action}
    return certified()(claim, effort)


"""
LETHAL = "os.kill(os.getpid(), signal.SIGKILL)"
SLOW_CONTROL = "time.sleep(30 if '~' in claim.id else 0)"


@pytest.fixture
def package(registry: None, workplace: Path) -> Callable[[str, str], str]:
    """Write a package like the example's, whose check does something else before, and return its name."""

    def write(name: str, action: str = "pass") -> str:
        text = (EXAMPLE / "my_claims" / "bounds.py").read_text()
        text = text.replace("evidence_for(quarter", BEFORE.format(action=action) + "evidence_for(quarter", 1)
        (workplace / name).mkdir()
        (workplace / name / "__init__.py").write_text(text.replace("(certified())", "(before)"))
        return name

    return write


def test_two_processes_find_what_one_finds(package: Callable[..., str]) -> None:
    name = package("shared_claims")
    load_claims([name])
    todo = tasks(select([]), controls=True)
    found = []
    for jobs in (1, 2):
        records = sorted(workers.examine_all(todo, Effort(seed=4), [name], jobs), key=lambda stored: stored.key)
        found.append([replace(stored.evidence, seconds=0.0) for stored in records])
    assert found[0] == found[1]
    assert [evidence.verdict for evidence in found[0]] == [Verdict.HOLDS, Verdict.REFUTED]


def test_a_process_that_dies_is_undecided(package: Callable[..., str]) -> None:
    name = package("lethal_claims", LETHAL)
    load_claims([name])
    records = list(workers.examine_all(tasks(select([]), controls=True), Effort(), [name], 2))
    assert [stored.evidence.verdict for stored in records] == [Verdict.UNDECIDED] * 2
    assert all("process of the check died" in stored.evidence.finding.message for stored in records)


def test_closing_early_leaves_no_process_behind(package: Callable[..., str]) -> None:
    name = package("slow_shared_claims", SLOW_CONTROL)
    load_claims([name])
    running = workers.examine_all(tasks(select([]), controls=True), Effort(), [name], 2)
    assert next(running).evidence.verdict is Verdict.HOLDS
    running.close()
    assert multiprocessing.active_children() == []


def test_the_longest_examinations_begin_first(toy: Callable[..., Claim]) -> None:
    for name in ("short", "long", "new"):
        toy(f"toy.room.{name}")
    todo = tasks(select([]), controls=True)

    def took(name: str, seconds: float, quick: bool = False) -> Stored:
        evidence = undecided(next(task for task in todo if task.claim.id == name), Effort(quick), "")
        return stamp(replace(evidence, seconds=seconds))

    known = [
        took("toy.room.long", 1.0, quick=True), took("toy.room.long", 9.0), took("toy.room.short", 2.0),
        took("toy.room.short", 5.0, quick=True), took("toy.room.short~1", 3.0),
    ]  # fmt: skip
    order = [task.claim.id for task in workers.longest_first(todo, known, Effort())]
    new, long, short = (f"toy.room.{name}" for name in ("new", "long", "short"))
    assert order == [new, f"{new}~1", long, f"{long}~1", f"{short}~1", short]
    order = [task.claim.id for task in workers.longest_first(todo, known, Effort(quick=True))]
    assert order.index(short) < order.index(long)


def test_few_examinations_stay_in_this_process(toy: Callable[..., Claim]) -> None:
    seen = []

    def check(claim: Claim, effort: Effort) -> Finding:
        seen.append(os.getpid())
        return Finding(Verdict.HOLDS, "all", "as claimed")

    toy(check=check)
    assert workers.default_jobs(workers.WORTH_A_WORKER) == 1
    assert 1 <= workers.default_jobs(10**6) <= (os.cpu_count() or 1)
    list(workers.examine_all(tasks(select([])), Effort(), ["toy"], 1))
    assert seen == [os.getpid()]
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN
