"""Which examinations a quick check may take from the record, and which of them it makes again all the same.

The record of an examination may be kept if it found what it must, and nothing that decides about it has changed since
(`attnproof.inputs`). Of these a few are drawn by lot and made again, as many as take some seconds: other ones every
day, so that a record that the sources do not bear out does not stay hidden. What is not in the record, or was changed,
or failed, is always examined; so is a claim that was asked for by its full id. A full check keeps nothing, unless it is
told to examine what has changed only: then it keeps the records of full examinations, and draws none.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from attnproof.inputs import inputs
from attnproof.run import NUMERICAL, Task
from attnproof.store import Stored
from theory.evidence import Effort

AUDIT_SECONDS = 8.0  # of recorded time, for each process


def recalled(
    todo: Sequence[Task],
    known: Iterable[Stored],
    effort: Effort,
    named: Collection[str],
    jobs: int,
    changed_only: bool = False,
) -> tuple[tuple[Stored, ...], tuple[Task, ...]]:
    """The records to keep, and the examinations left to make.

    known: records of any claims. named: what was asked for by name. jobs: processes. changed_only: draw none.
    Nothing is kept unless the effort is quick or only changes are asked for.
    """
    if not (effort.quick or changed_only):
        return (), tuple(todo)
    full_enough = (s for s in known if s.inputs and (effort.quick or not s.evidence.quick))
    usable = {(s.evidence.claim, s.evidence.method, s.inputs): s for s in full_enough}
    kept: dict[int, Stored] = {}  # by the place among the examinations
    for place, task in enumerate(todo):
        stored = usable.get((task.claim.id, task.method, inputs(task)))
        if stored is not None and task.claim.id not in named and _as_it_must_be(task, stored, effort):
            kept[place] = stored
    for place in () if changed_only else _drawn(kept, effort, AUDIT_SECONDS * jobs):
        del kept[place]
    return tuple(kept.values()), tuple(task for place, task in enumerate(todo) if place not in kept)


def _as_it_must_be(task: Task, stored: Stored, effort: Effort) -> bool:
    same_seed = task.method not in NUMERICAL or stored.evidence.seed == effort.seed
    return same_seed and stored.evidence.verdict is task.claim.expected


def _drawn(kept: dict[int, Stored], effort: Effort, seconds: float) -> list[int]:
    """Examinations in a random order, each that still fits into the time, by the time that it took."""
    lot = random.Random(f"{datetime.now(UTC).date()} {effort.seed}")
    drawn = []
    for place in lot.sample(list(kept), len(kept)):
        if kept[place].evidence.seconds <= seconds:
            seconds -= kept[place].evidence.seconds
            drawn.append(place)
    return drawn
