"""Two consoles: results go to stdout, progress and complaints to stderr.

In a terminal, lines fit its width and standing is coloured. In a pipe or a file nothing is cut off or coloured, so
that `grep` and `cut` see whole ids. Text is never read as markup: `id[derived]` stays what it is.
"""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

BROKEN_PIPE = 141  # what a shell reports for a program that ended because its reader went away: 128 + SIGPIPE
PIPE_WIDTH = 200


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """The reader (such as `head`) went away: end quietly, without an exit code that would mean a verdict."""
        silence_stdout()
        raise SystemExit(BROKEN_PIPE)


def silence_stdout() -> None:
    """Point stdout at nothing, so that Python does not complain about a broken pipe when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def out() -> Console:
    """The console for results."""
    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PIPE_WIDTH
    return _Console(highlight=False, markup=False, emoji=False, width=width)


def err() -> Console:
    """The console for progress and complaints."""
    return _Console(stderr=True, highlight=False, markup=False, emoji=False)


def field(console: Console, label: str, value: str, *, wrap: bool = True, style: str = "") -> None:
    """Print `label  value` with a hanging indent; with `wrap=False` each line of the value stays whole for copying."""
    indent = 2 + 14
    width = max(console.width - indent, 30)
    lines = value.splitlines() or [""]
    if wrap:
        lines = [part for line in lines for part in fold(line, width) or [""]]
    for number, line in enumerate(lines):
        head = Text(f"  {label if number == 0 else '':<13} ", style="dim")
        console.print(head + Text(line, style=style), soft_wrap=True)


def fold(line: str, width: int) -> list[str]:
    """The words of a line on lines of at most `width` columns; a longer word, such as a number, is never broken."""
    return textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)


Cell = tuple[str, str]  # text and style


def columns(console: Console, rows: Sequence[Sequence[Cell]], *, indent: str = "", below: Sequence[Cell] = ()) -> None:
    """Print rows of cells below each other, two columns apart, without blanks at the ends.

    Only the last cell of a row is shortened, with an ellipsis, where it would not fit the console.
    below: a line for each row, printed under it, shortened in the same way.
    """
    widths = [max(len(row[place][0]) for row in rows) for place in range(len(rows[0]) - 1)] if rows else []
    room = max(console.width - len(indent) - sum(width + 2 for width in widths), 12)
    for number, row in enumerate(rows):
        line = Text(indent)
        for (text, style), width in zip(row, widths, strict=False):
            line += Text(text, style=style) + Text(" " * (width - len(text) + 2))
        last, style = row[-1]
        line += Text(_shortened(last, room), style=style)
        line.rstrip()
        console.print(line, soft_wrap=True)
        if below:
            text, style = below[number]
            console.print(Text("    " + _shortened(text, console.width - 4), style=style), soft_wrap=True)


def _shortened(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"
