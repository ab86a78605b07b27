"""Parameter sweeps that survive being killed: each finished point is committed at once to an SQLite file.

A sweep is a name, a list of points in exact parameters, and a function from a point and a seed to a row of results.
Running it again computes what is missing and nothing else. Two processes may run one sweep together, over one file: a
process claims a point by a transaction, under a lease that it renews while it works. The claim of a process that was
killed ends with its lease, and at once where the operating system says that the process is gone. A process that
was suspended beyond its lease finds its claim taken and drops its row, so no point is ever recorded twice.

The seed of a point is derived from the seed of the sweep and the point itself: adding points changes no other point.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import socket
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from numerics import environment
from theory.versions import versions

LEASE_SECONDS = 30.0
POLL_SECONDS = 0.2
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS points (revision INTEGER, sweep_seed INTEGER, parameters TEXT,"
    " owner TEXT, leased_until REAL, results TEXT, record TEXT, PRIMARY KEY (revision, sweep_seed, parameters))"
)

Point = Mapping[str, int | str]
Measure = Callable[[Point, int], Mapping[str, Any]]


@dataclass(frozen=True)
class Row:
    """One finished point.

    results: what the sweep's function returned. record: seed of the point, devices, versions, wall time in seconds,
    and the moment it was finished (UTC, ISO 8601).
    """

    point: Point
    results: Mapping[str, Any]
    record: Mapping[str, Any]


@dataclass(frozen=True)
class Sweep:
    """A named sweep.

    points: in the order of the table; values are integers and strings such as "1/10", which are exact.
    measure: point, seed -> results, a mapping to JSON values; the same point and seed must give the same results.
    revision: raise it when `measure` changes what it computes; rows of older revisions no longer count.
    devices: what the results were computed on, for the record.

    Raises ValueError for a point that is not exact, or is listed twice.
    """

    name: str
    title: str
    points: tuple[Point, ...]
    measure: Measure
    seed: int = 0
    revision: int = 1
    devices: Callable[[], tuple[str, ...]] = field(default=environment.devices, repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.name):
            raise ValueError(f"The name {self.name!r} is not made of lower-case words joined by hyphens.")
        for point in self.points:
            for parameter, value in point.items():
                if not isinstance(value, int | str):
                    raise ValueError(f"{self.name}: {parameter} = {value!r} is not exact; write an integer or '1/10'.")
        if len(set(map(canonical, self.points))) < len(self.points):
            raise ValueError(f"{self.name}: a point is listed twice; remove one, since it would be computed only once.")

    def rows(self, directory: Path | None = None) -> tuple[Row, ...]:
        """The finished points, in the order of `points`."""
        path = self.path(directory)
        if not path.exists():
            return ()
        with _database(path) as database:
            found = database.execute(
                "SELECT parameters, results, record FROM points"
                " WHERE revision = ? AND sweep_seed = ? AND results IS NOT NULL",
                (self.revision, self.seed),
            ).fetchall()
        finished = {parameters: (json.loads(results), json.loads(record)) for parameters, results, record in found}
        return tuple(Row(point, *finished[key]) for point in self.points if (key := canonical(point)) in finished)

    def path(self, directory: Path | None = None) -> Path:
        """The file of this sweep in `directory`, by default `.attnproof/sweeps` or `$ATTNPROOF_STORE/sweeps`."""
        folder = directory or Path(os.environ.get("ATTNPROOF_STORE") or ".attnproof") / "sweeps"
        return folder / f"{self.name}.sqlite"

    def run(
        self, directory: Path | None = None, *, quiet: bool = False, lease_seconds: float = LEASE_SECONDS
    ) -> tuple[Row, ...]:
        """Compute the missing points, and return all rows. Progress goes to stderr unless `quiet`.

        Where another process has claimed the last points, this waits for it. An exception inside `measure` gives the
        point back and is raised; what was finished before stays.
        """
        path = self.path(directory)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _database(path) as database:
            database.execute(SCHEMA)
        with _progress(self, quiet) as show:
            shown = -1
            while True:
                if (done := len(self.rows(directory))) != shown:
                    shown = done
                    show(done)
                with _claimed_point(self, path, lease_seconds) as claim:
                    if claim is None:
                        break
                    if claim.point is None:
                        time.sleep(POLL_SECONDS)
                        continue
                    seed = point_seed(self.seed, claim.point)
                    began = time.perf_counter()
                    results = dict(self.measure(claim.point, seed))
                    record = {
                        "seed": seed,
                        "devices": list(self.devices()),
                        "versions": versions(),
                        "seconds": round(time.perf_counter() - began, 6),
                        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
                    }
                    claim.commit(results, record)
        return self.rows(directory)

    def write_csv(self, path: Path, directory: Path | None = None) -> None:
        """Write the finished points as a table, in the order of `points`: parameters, results, seed, devices.

        The order of the columns is that of their first appearance; what a row lacks is left empty. The file is
        replaced as a whole. Raises ValueError if nothing is finished or if two columns have the same name.
        """
        rows = self.rows(directory)
        if not rows:
            raise ValueError(f"The sweep {self.name} has no finished point to write; run it first.")
        parameters = dict.fromkeys(name for row in rows for name in row.point)
        results = dict.fromkeys(name for row in rows for name in row.results)
        columns = [*parameters, *results, "seed", "devices"]
        if len(set(columns)) < len(columns):
            raise ValueError(f"The sweep {self.name} has two columns of the same name among {', '.join(columns)}.")
        part = path.with_name(path.name + ".part")
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            table.writeheader()
            for row in rows:
                provenance = {"seed": row.record["seed"], "devices": " + ".join(row.record["devices"])}
                table.writerow({**row.point, **row.results, **provenance})
        part.replace(path)


def canonical(point: Point) -> str:
    """The point as JSON with sorted names: two points are the same if and only if these are equal."""
    return json.dumps(dict(point), sort_keys=True, separators=(",", ":"))


def point_seed(sweep_seed: int, point: Point) -> int:
    """The seed of one point, 0 <= seed < 2^63."""
    digest = hashlib.sha256(f"{sweep_seed}:{canonical(point)}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


@contextmanager
def _database(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection without implicit transactions, closed at the end. Raises OSError if the file cannot be used."""
    try:
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as database:
            yield database
    except sqlite3.Error as error:
        raise OSError(f"The sweep file {path} cannot be used ({error}); make it writable, or delete it.") from error


@dataclass(frozen=True)
class _Claim:
    """A point that this process may compute; `point` is None where others are computing all that is left."""

    sweep: Sweep
    path: Path
    owner: str
    point: Point | None

    def commit(self, results: Mapping[str, Any], record: Mapping[str, Any]) -> None:
        """Record the results in one transaction, unless the claim was lost meanwhile."""
        try:
            text = json.dumps(results, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"The sweep {self.sweep.name} measured something that is no JSON value ({error}); return numbers"
                " that are finite, strings, or None."
            ) from error
        with _database(self.path) as database:
            database.execute(
                "UPDATE points SET results = ?, record = ? WHERE owner = ? AND results IS NULL",
                (text, json.dumps(record), self.owner),
            )


@contextmanager
def _claimed_point(sweep: Sweep, path: Path, lease_seconds: float) -> Iterator[_Claim | None]:
    """Claim the first free point, keep the claim alive inside the block, and give it up after it.

    Yields None if every point is finished.
    """
    owner = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex}"
    key = (sweep.revision, sweep.seed)
    with _database(path) as database:
        database.execute("BEGIN IMMEDIATE")
        found = database.execute(
            "SELECT parameters, results IS NOT NULL, owner, leased_until FROM points"
            " WHERE revision = ? AND sweep_seed = ?",
            key,
        ).fetchall()
        finished = {parameters for parameters, done, _, _ in found if done}
        held = {parameters for parameters, _, other, until in found if until > time.time() and not _is_gone(other)}
        left = [point for point in sweep.points if canonical(point) not in finished]
        free = next((point for point in left if canonical(point) not in held), None)
        if free is not None:
            database.execute(
                "INSERT OR REPLACE INTO points VALUES (?, ?, ?, ?, ?, NULL, NULL)",
                (*key, canonical(free), owner, time.time() + lease_seconds),
            )
        database.execute("COMMIT")
    if not left:
        yield None
        return
    stop = threading.Event()
    renewal = threading.Thread(target=_renew, args=(path, owner, lease_seconds, stop), daemon=True)
    renewal.start()
    try:
        yield _Claim(sweep, path, owner, free)
    finally:
        stop.set()
        renewal.join()
        with _database(path) as database:
            database.execute("DELETE FROM points WHERE owner = ? AND results IS NULL", (owner,))


def _renew(path: Path, owner: str, lease_seconds: float, stop: threading.Event) -> None:
    while not stop.wait(lease_seconds / 3):
        with _database(path) as database:
            database.execute(
                "UPDATE points SET leased_until = ? WHERE owner = ? AND results IS NULL",
                (time.time() + lease_seconds, owner),
            )


def _is_gone(owner: str) -> bool:
    """Whether the owner was a process of this machine that no longer exists. Not knowing means False.

    Two containers that share a host name see each other's processes as gone; the point may then be computed by both,
    and one row is dropped.
    """
    host, process, _ = owner.split("/")
    if host != socket.gethostname() or os.name != "posix":
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


@contextmanager
def _progress(sweep: Sweep, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar on stderr in a terminal, one line for each finished point in a log."""
    console = Console(stderr=True, quiet=quiet)
    if not console.is_terminal:
        yield lambda done: console.print(f"{sweep.name}: {done} of {len(sweep.points)} points", soft_wrap=True)
        return
    columns = (TextColumn(sweep.name), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(sweep.name, total=len(sweep.points))
        yield lambda done: bar.update(task, completed=done)
