"""Progress on stderr: a bar in a terminal, a line for each finished step in a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from attnproof.terminal import err


class Steps:
    """Counts steps of a known number. Use as a context manager; `with steps.step("name")` around each.

    quiet: say nothing at all.
    """

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        self.total = total
        self.done = 0
        self.quiet = quiet
        console = err()
        self._bar: Progress | None = None
        if console.is_terminal and not quiet:
            self._bar = Progress(
                SpinnerColumn(), MofNCompleteColumn(), BarColumn(bar_width=20), TimeElapsedColumn(),
                TextColumn("{task.description}", markup=False), console=console, transient=True,
            )  # fmt: skip
        self._console = console

    def __enter__(self) -> Steps:
        if self._bar:
            self._bar.start()
            self._task = self._bar.add_task("", total=self.total)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Announce a step, and count it when it ends without an exception."""
        step = Step()
        if self._bar:
            self._bar.update(self._task, description=name)
        yield step
        self.done += 1
        if self._bar:
            self._bar.advance(self._task)
        elif not self.quiet:
            self._console.print(f"[{self.done}/{self.total}] {name} {step.outcome}".rstrip(), soft_wrap=True)


class Step:
    """One step; `outcome` is said in the log when it has ended."""

    outcome: str = ""
