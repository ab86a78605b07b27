"""Run many examinations in several processes, so that a check uses the cores that there are.

A worker is a fresh Python that loads the same packages of claims. What it sends back is the record as JSON values, and
examinations in this process pass through the same form, so that the result does not depend on where it was found.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from attnproof.inputs import inputs
from attnproof.run import Task, examine_calmly, load_claims, select, undecided
from attnproof.store import Stored, from_json, stamp, to_json
from theory.evidence import Effort, Method

WORTH_A_WORKER = 8  # examinations; loading the claims in another process takes about as long as a few of them


def default_jobs(examinations: int) -> int:
    """How many processes to use: the cores of this machine, but no more than have enough to do."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, examinations // WORTH_A_WORKER))


def longest_first(todo: Sequence[Task], known: Iterable[Stored], effort: Effort) -> tuple[Task, ...]:
    """The examinations in the order of the time that they took before, so that no long one is left alone at the end.

    known: earlier records; those of the same effort count first. What was never timed comes first.
    """
    took: dict[tuple[str, Method], float] = {}
    for stored in sorted(known, key=lambda stored: stored.evidence.quick is effort.quick):
        took[stored.evidence.claim, stored.evidence.method] = stored.evidence.seconds

    def expected(task: Task) -> float:
        own = took.get((task.claim.id, task.method))
        return own if own is not None else took.get((task.claim.base_id, task.method), math.inf)

    return tuple(sorted(todo, key=expected, reverse=True))


def examine_all(
    todo: Sequence[Task], effort: Effort, packages: Sequence[str], jobs: int
) -> Generator[Stored, None, None]:
    """Run the examinations, and yield each record as soon as it is there, in any order.

    When the iterator is closed or an exception goes through it, work in progress is stopped. An examination whose
    process died, for example for want of memory, is UNDECIDED.
    """
    if not todo:
        return
    if jobs == 1:
        for task in todo:
            yield from_json(to_json(stamp(examine_calmly(task, effort), inputs(task))))
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, len(todo)), context, initializer=_begin, initargs=(tuple(packages),))
    try:
        futures = {pool.submit(_examine, task.claim.id, task.method.value, effort): task for task in todo}
        for future in as_completed(futures):
            try:
                yield from_json(future.result())
            except BrokenProcessPool:
                why = "The process of the check died, perhaps for want of memory; try again with --jobs 1."
                yield stamp(undecided(futures[future], effort, why))
    except BaseException:
        for child in multiprocessing.active_children():
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(packages: tuple[str, ...]) -> None:
    """Prepare a worker. Ctrl-C reaches every process of a terminal; here the main process alone answers it.

    On an accelerator JAX would take most of the memory for the first worker; here each takes what it needs.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")
    load_claims(packages)


def _examine(claim_id: str, method: str, effort: Effort) -> dict[str, Any]:
    (claim,) = (claim for claim in select([claim_id]) if claim.id == claim_id)
    task = Task(claim, Method(method))
    return to_json(stamp(examine_calmly(task, effort), inputs(task)))
