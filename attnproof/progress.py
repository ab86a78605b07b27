"""Progress on stderr: a bar in a terminal, a line for each finished step in a log."""

from __future__ import annotations

from types import TracebackType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from attnproof.terminal import err


class Steps:
    """Counts steps of a known number. Use as a context manager, and say when a step has ended.

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

    def finished(self, name: str, outcome: str = "") -> None:
        """Count a step that has ended."""
        self.done += 1
        if self._bar:
            self._bar.update(self._task, completed=self.done, description=name)
        elif not self.quiet:
            self._console.print(f"[{self.done}/{self.total}] {name} {outcome}".rstrip(), soft_wrap=True)

    def started(self, name: str) -> None:
        """Show in the bar what is being done."""
        if self._bar:
            self._bar.update(self._task, description=name)
