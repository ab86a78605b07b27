"""Sweeps: resumable after kill -9, never computed twice, shared by two processes, exported in a stable order."""

from __future__ import annotations

import csv
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from numerics.sweep import LEASE_SECONDS, Point, Sweep, canonical, point_seed

POINTS = tuple({"n": n, "eta": "1/10"} for n in range(1, 31))

# What a subprocess runs: every start of a point is a line in a log, every result carries a number of its own.
SCRIPT = """
import os, sys, time, uuid
from pathlib import Path
from numerics.sweep import Sweep

folder, seconds = Path(sys.argv[1]), float(sys.argv[2])

def measure(point, seed):
    with open(folder / "starts.log", "a") as log:
        log.write(f"{point['n']}\\n")
    time.sleep(seconds)
    return {"square": point["n"] ** 2, "run": uuid.uuid4().hex, "process": os.getpid()}

points = tuple({"n": n, "eta": "1/10"} for n in range(1, 31))
Sweep("test", "squares", points, measure, devices=lambda: ("none",)).run(folder, quiet=True)
"""


def no_devices() -> tuple[str, ...]:
    return ("none",)


def square(point: Point, seed: int) -> Mapping[str, Any]:
    return {"square": int(point["n"]) ** 2, "seen_seed": seed}


def sweep(points: tuple[Point, ...] = POINTS, measure: Any = square, **changes: Any) -> Sweep:
    return Sweep("test", "squares", points, measure, devices=no_devices, **changes)


def start(folder: Path, seconds: float) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", SCRIPT, str(folder), str(seconds)])


def starts(folder: Path) -> Counter[str]:
    log = folder / "starts.log"
    return Counter(log.read_text().split()) if log.exists() else Counter()


def execute(folder: Path, statement: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(folder / "test.sqlite", isolation_level=None)) as database:
        return database.execute(statement, values).fetchall()


def test_killed_again_and_again_nothing_is_lost_and_nothing_finished_runs_twice(tmp_path: Path) -> None:
    kills = 0
    kept: dict[str, str] = {}
    delays = random.Random(2)
    while len(kept) < len(POINTS):
        process = start(tmp_path, 0.02)
        before = sum(starts(tmp_path).values())
        while process.poll() is None and sum(starts(tmp_path).values()) == before:
            time.sleep(0.005)
        if kills < 6:
            time.sleep(delays.uniform(0, 0.15))
            process.send_signal(signal.SIGKILL)
            kills += process.wait() == -signal.SIGKILL
        assert process.wait() in (0, -signal.SIGKILL)
        rows = {canonical(row.point): str(row.results["run"]) for row in sweep().rows(tmp_path)}
        assert rows | kept == rows, "a finished point was lost or replaced"
        kept = rows
    assert kills >= 3
    extra = starts(tmp_path) - Counter(str(point["n"]) for point in POINTS)
    assert sum(extra.values()) <= kills, "only the point in progress may be started again, once for each kill"
    assert [row.results["square"] for row in sweep().rows(tmp_path)] == [int(p["n"]) ** 2 for p in POINTS]


def test_two_processes_share_the_work(tmp_path: Path) -> None:
    both = [start(tmp_path, 0.05), start(tmp_path, 0.05)]
    assert [process.wait() for process in both] == [0, 0]
    assert set(starts(tmp_path).values()) == {1}
    workers = {row.results["process"] for row in sweep().rows(tmp_path)}
    assert len(workers) == 2


def test_a_suspended_process_loses_its_claim_and_drops_its_row(tmp_path: Path) -> None:
    def suspended(point: Point, seed: int) -> Mapping[str, Any]:
        execute(tmp_path, "UPDATE points SET owner = 'elsewhere/1/x', results = '{}', record = '{}'")
        return square(point, seed)

    rows = sweep(POINTS[:1], suspended).run(tmp_path, quiet=True)
    assert [row.results for row in rows] == [{}]


def test_a_claim_holds_until_its_lease_ends(tmp_path: Path) -> None:
    measured: list[Any] = []

    def measure(point: Point, seed: int) -> Mapping[str, Any]:
        measured.append((point["n"], time.time()))
        return square(point, seed)

    first = sweep(POINTS[:1], measure)
    first.run(tmp_path, quiet=True)
    until = time.time() + 1
    execute(tmp_path, "UPDATE points SET owner = 'elsewhere/1/x', results = NULL, leased_until = ?", until)
    measured.clear()
    sweep(POINTS[:2], measure).run(tmp_path, quiet=True)
    assert [n for n, _ in measured] == [2, 1]
    assert measured[1][1] >= until


def test_a_long_point_keeps_its_claim(tmp_path: Path) -> None:
    leases: list[float] = []

    def measure(point: Point, seed: int) -> Mapping[str, Any]:
        for _ in range(2):
            leases.append(execute(tmp_path, "SELECT leased_until FROM points")[0][0])
            time.sleep(0.4)
        return square(point, seed)

    sweep(POINTS[:1], measure).run(tmp_path, quiet=True, lease_seconds=0.3)
    assert leases[1] > leases[0]


def test_an_error_gives_the_point_back_and_keeps_the_rest(tmp_path: Path) -> None:
    def failing(point: Point, seed: int) -> Mapping[str, Any]:
        if point["n"] == 3:
            raise ArithmeticError("no result")
        return square(point, seed)

    with pytest.raises(ArithmeticError):
        sweep(POINTS[:4], failing).run(tmp_path, quiet=True)
    assert [row.point["n"] for row in sweep().rows(tmp_path)] == [1, 2]
    began = time.perf_counter()
    assert len(sweep(POINTS[:4]).run(tmp_path, quiet=True)) == 4
    assert time.perf_counter() - began < LEASE_SECONDS / 2


def test_points_of_another_revision_or_seed_do_not_count(tmp_path: Path) -> None:
    sweep(POINTS[:3]).run(tmp_path, quiet=True)
    assert sweep(POINTS[:3], revision=2).rows(tmp_path) == ()
    assert sweep(POINTS[:3], seed=1).rows(tmp_path) == ()
    longer = sweep(POINTS[:5]).run(tmp_path, quiet=True)
    assert [row.results["seen_seed"] for row in longer] == [point_seed(0, point) for point in POINTS[:5]]


def test_the_record_says_how_a_row_was_made(tmp_path: Path) -> None:
    (row,) = sweep(POINTS[:1]).run(tmp_path, quiet=True)
    assert row.record["seed"] == point_seed(0, POINTS[0])
    assert row.record["devices"] == ["none"]
    assert "jaxlib" in row.record["versions"]
    assert row.record["seconds"] >= 0


def test_the_table_has_the_order_of_the_points(tmp_path: Path) -> None:
    shuffled = (POINTS[4], POINTS[0], POINTS[2])
    sweep(POINTS[:1]).run(tmp_path, quiet=True)
    again = sweep(shuffled)
    again.run(tmp_path, quiet=True)
    again.write_csv(tmp_path / "one.csv", tmp_path)
    again.write_csv(tmp_path / "two.csv", tmp_path)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    with (tmp_path / "one.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["n", "eta", "square", "seen_seed", "seed", "devices"]
    assert [row["n"] for row in rows] == ["5", "1", "3"]


def test_progress_goes_to_stderr(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sweep(POINTS[:2]).run(tmp_path)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "test: 2 of 2 points" in captured.err


def test_the_default_place_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ATTNPROOF_STORE", raising=False)
    assert sweep().path() == Path(".attnproof/sweeps/test.sqlite")
    monkeypatch.setenv("ATTNPROOF_STORE", str(tmp_path))
    assert sweep().path() == tmp_path / "sweeps/test.sqlite"


def test_mistakes_are_explained(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not exact"):
        sweep(({"eta": 0.1},))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="listed twice"):
        sweep((POINTS[0], dict(reversed(POINTS[0].items()))))
    with pytest.raises(ValueError, match="lower-case words"):
        Sweep("Test Sweep", "", POINTS, square)
    with pytest.raises(ValueError, match="run it first"):
        sweep().write_csv(tmp_path / "empty.csv", tmp_path)
    with pytest.raises(ValueError, match="no JSON value"):
        sweep(POINTS[:1], lambda point, seed: {"ratio": float("nan")}).run(tmp_path, quiet=True)
    clash = sweep(POINTS[:1], lambda point, seed: {"n": 1})
    clash.run(tmp_path, quiet=True)
    with pytest.raises(ValueError, match="same name"):
        clash.write_csv(tmp_path / "clash.csv", tmp_path)


def test_a_damaged_file_is_explained(tmp_path: Path) -> None:
    (tmp_path / "test.sqlite").write_text("this is no database, and long enough to be read as one" * 9)
    with pytest.raises(OSError, match="cannot be used"):
        sweep().run(tmp_path, quiet=True)


def test_a_claim_of_a_process_that_is_gone_is_free_at_once(tmp_path: Path) -> None:
    process = start(tmp_path, 60)
    while not starts(tmp_path):
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    began = time.perf_counter()
    sweep(POINTS[:1]).run(tmp_path, quiet=True)
    assert time.perf_counter() - began < LEASE_SECONDS / 2
