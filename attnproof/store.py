"""Where evidence is kept: a local store that `attnproof check` writes, and the committed record beside this file.

The local store is an SQLite file, `.attnproof/evidence.sqlite` under the working directory, or under the directory
that the environment variable `ATTNPROOF_STORE` names. Every record is written at once, so an interrupted check loses
nothing, and several processes may write together. The committed record is JSON, so that a change of it can be read.

A record belongs to one wording of a claim: when the claim's fingerprint has changed, the record does not count.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attnproof.errors import UserError
from theory.claim import Claim
from theory.evidence import Evidence, Finding, Method, Verdict

RECORD = Path(__file__).parent / "records" / "evidence.json"
RECORD_FORMAT = "attnproof-evidence/1"


@dataclass(frozen=True)
class Stored:
    """A record of evidence and the moment it was gathered (UTC, ISO 8601, to the second).

    inputs: the hash of what decided about it (`attnproof.inputs`); empty where that is not known.
    """

    evidence: Evidence
    gathered: str
    inputs: str = ""

    @property
    def key(self) -> tuple[str, str, bool]:
        """A later record with the same key replaces this one."""
        return self.evidence.claim, self.evidence.method.value, self.evidence.quick


def stamp(evidence: Evidence, inputs: str = "") -> Stored:
    """The record, marked as gathered now from these inputs."""
    return Stored(evidence, datetime.now(UTC).isoformat(timespec="seconds"), inputs)


def to_json(stored: Stored) -> dict[str, Any]:
    """A record as JSON values. Numbers that JSON has no word for (exact rationals, enclosures, NaN) become strings."""
    evidence, finding = stored.evidence, stored.evidence.finding
    return {
        "claim": evidence.claim,
        "method": evidence.method.value,
        "verdict": finding.verdict.value,
        "scope": finding.scope,
        "message": finding.message,
        "numbers": _plain(finding.numbers),
        "worst": _plain(finding.worst),
        "fingerprint": evidence.fingerprint,
        "seed": evidence.seed,
        "quick": evidence.quick,
        "seconds": round(evidence.seconds, 3),
        "gathered": stored.gathered,
        "inputs": stored.inputs,
        "versions": dict(evidence.versions),
    }


def from_json(data: Mapping[str, Any]) -> Stored:
    """The inverse of `to_json`. Raises KeyError, TypeError or ValueError if `data` is not such a record."""
    finding = Finding(
        verdict=Verdict(data["verdict"]),
        scope=str(data["scope"]),
        message=str(data["message"]),
        numbers=dict(data["numbers"]),
        worst=tuple(dict(point) for point in data["worst"]),
    )
    evidence = Evidence(
        claim=str(data["claim"]),
        method=Method(data["method"]),
        finding=finding,
        fingerprint=str(data["fingerprint"]),
        seed=int(data["seed"]),
        quick=bool(data["quick"]),
        seconds=float(data["seconds"]),
        versions=dict(data["versions"]),
    )
    return Stored(evidence, str(data["gathered"]), str(data.get("inputs", "")))


def _plain(value: Any) -> Any:
    """The value with nothing but JSON types in it; a finite float keeps all its digits, the rest becomes a string."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | str):
        return value
    if type(value) is int or (type(value) is float and value - value == 0):
        return value
    return str(value)


class LocalStore:
    """The evidence gathered on this machine, in an SQLite file that is made when the first record is written.

    directory: the folder of the file; by default `$ATTNPROOF_STORE`, or `.attnproof` under the working directory.

    Every method raises UserError if the file cannot be used.
    """

    def __init__(self, directory: Path | None = None) -> None:
        self.directory = directory or Path(os.environ.get("ATTNPROOF_STORE") or ".attnproof")
        self.path = self.directory / "evidence.sqlite"

    def prepare(self) -> None:
        """Make the file if it is not there, so that a store that cannot be written is known before any work is done."""
        with self._problems_explained("written"):
            self.directory.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=30)) as database, database:
                database.execute("BEGIN IMMEDIATE")
                database.execute(
                    "CREATE TABLE IF NOT EXISTS evidence"
                    " (claim TEXT, method TEXT, quick INTEGER, record TEXT, PRIMARY KEY (claim, method, quick))"
                )

    def write(self, stored: Stored) -> None:
        """Keep one record; it replaces an earlier one of the same claim, method and effort."""
        self.prepare()
        with self._problems_explained("written"), closing(sqlite3.connect(self.path, timeout=30)) as database, database:
            text = json.dumps(to_json(stored), sort_keys=True)
            database.execute("INSERT OR REPLACE INTO evidence VALUES (?, ?, ?, ?)", (*stored.key, text))

    def read(self) -> tuple[Stored, ...]:
        """All records; none if nothing was ever written."""
        if not self.path.exists():
            return ()
        with (
            self._problems_explained("read"),
            closing(sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", timeout=30, uri=True)) as database,
        ):
            rows = database.execute("SELECT record FROM evidence ORDER BY claim, method, quick").fetchall()
            return tuple(from_json(json.loads(text)) for (text,) in rows)

    @contextmanager
    def _problems_explained(self, done: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, OSError) as error:
            raise UserError(
                f"The evidence store {self.path} cannot be {done} ({error}); make the folder writable, or name another"
                " in the environment variable ATTNPROOF_STORE."
            ) from error
        except (sqlite3.DatabaseError, KeyError, TypeError, ValueError) as error:
            raise UserError(
                f"The evidence store {self.path} is damaged ({error}); delete it, and `attnproof check` makes it anew."
            ) from error


def read_record(path: Path | None = None) -> tuple[Stored, ...]:
    """The committed record; none if there is no such file. Raises UserError if it is damaged."""
    path = path or RECORD
    if not path.exists():
        return ()
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != RECORD_FORMAT:
            raise ValueError(f"its format is {document['format']!r}, not {RECORD_FORMAT!r}")
        return tuple(from_json(item) for item in document["records"])
    except OSError as error:
        raise UserError(f"The committed record {path} cannot be read ({error}).") from error
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"The committed record {path} is damaged ({error}); restore it with git checkout.") from error


def write_record(records: Iterable[Stored], path: Path | None = None) -> None:
    """Write the committed record anew, in a fixed order, all or nothing. Raises UserError if it cannot be written."""
    path = path or RECORD
    ordered = sorted(records, key=lambda stored: stored.key)
    text = json.dumps({"format": RECORD_FORMAT, "records": [to_json(s) for s in ordered]}, indent=1, ensure_ascii=False)
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise UserError(f"The committed record {path} cannot be written ({error}); run this in a checkout.") from error


def counting(claim: Claim, records: Iterable[Stored]) -> tuple[Stored, ...]:
    """The records that count for a claim: at most one for each method, of the claim's present wording.

    A full examination is preferred to a quick one, whose scope is smaller; but a later quick examination that
    contradicts the claim counts, however small its scope. Among equals the latest counts.
    """
    chosen = []
    own = [s for s in records if s.evidence.claim == claim.id and s.evidence.fingerprint == claim.fingerprint]
    for method in Method:
        by_time = sorted((s for s in own if s.evidence.method is method), key=lambda s: s.gathered)
        full = [s for s in by_time if not s.evidence.quick]
        quick = [s for s in by_time if s.evidence.quick]
        if full and quick and quick[-1].gathered >= full[-1].gathered and contradicts(claim, quick[-1].evidence):
            chosen.append(quick[-1])
        elif full or quick:
            chosen.append((full or quick)[-1])
    return tuple(chosen)


def contradicts(claim: Claim, evidence: Evidence) -> bool:
    """Whether a record says the opposite of what the claim (or its spoiled variant) demands; UNDECIDED does not."""
    return evidence.verdict in (Verdict.HOLDS, Verdict.REFUTED) and evidence.verdict is not claim.expected
