"""`attnproof sweep`: the parameter sweeps of the topics, resumable and shared between processes."""

from __future__ import annotations

import importlib
import pkgutil
from difflib import get_close_matches
from pathlib import Path

from rich.console import Console

import numerics
from attnproof.errors import UserError
from attnproof.report import IN_ORDER, INTERRUPTED, counted
from attnproof.terminal import columns
from numerics.sweep import Sweep


def all_sweeps() -> dict[str, Sweep]:
    """The sweeps by name: those that `sweeps()` of any module `numerics....experiments` returns."""
    found: dict[str, Sweep] = {}
    for module in pkgutil.walk_packages(numerics.__path__, prefix="numerics."):
        if module.name.split(".")[-1] == "experiments":
            found |= {sweep.name: sweep for sweep in importlib.import_module(module.name).sweeps()}
    return found


def print_sweeps(console: Console) -> None:
    """Print a line for each sweep: name, finished points, title."""
    columns(
        console,
        [
            [(sweep.name, ""), (f"{len(sweep.rows())} of {len(sweep.points)} points", ""), (sweep.title, "dim")]
            for sweep in all_sweeps().values()
        ],
    )


def run_sweep(name: str, table: Path | None, console: Console) -> int:
    """Run what is missing of a sweep, write its table if asked to, and return the exit code.

    Raises UserError for a name that is not a sweep, or where its files cannot be written.
    """
    sweeps = all_sweeps()
    if name not in sweeps:
        near = get_close_matches(name, sweeps, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(sweeps) or 'none yet'}."
        raise UserError(f"There is no sweep {name!r}; {hint}")
    sweep = sweeps[name]
    try:
        sweep.run()
        if table is not None:
            sweep.write_csv(table)
    except KeyboardInterrupt:
        done = len(sweep.rows())
        console.print(
            f"Interrupted after {done} of {counted(len(sweep.points), 'point')}; the same command goes on from there."
        )
        return INTERRUPTED
    except OSError as error:
        raise UserError(f"The sweep {name} cannot be written ({error}); name a folder in ATTNPROOF_STORE.") from error
    console.print(f"{sweep.title}: {counted(len(sweep.points), 'point')} in {sweep.path()}", soft_wrap=True)
    if table is not None:
        console.print(f"table: {table}", soft_wrap=True)
    return IN_ORDER
