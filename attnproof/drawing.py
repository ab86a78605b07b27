"""`attnproof figures`: draw figures from their tables, but only those whose claims are in order."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from rich.console import Console

from attnproof.errors import UserError
from attnproof.page import known_records, standings
from attnproof.progress import Steps
from attnproof.report import IN_ORDER, REFUTED, UNDECIDED, counted
from figures import gallery
from theory.claim import get
from theory.headline import Headline


def draw_figures(wanted: Sequence[str], folder: Path, console: Console, *, recompute: bool, verify: bool) -> int:
    """Draw the figures and return the exit code.

    wanted: names; all for none. folder: where the drawings go. recompute: make the committed tables anew first.
    verify: draw nothing; compute each table and compare it with the committed one.

    Raises UserError for a name that is not a figure, or a figure without a table.
    """
    names = _chosen(wanted)
    refusals = {name: reason for name in names if (reason := _refusal(name))}
    for name, reason in refusals.items():
        console.print(f"{name}: not drawn, because {reason}; `attnproof check` gathers the evidence.", soft_wrap=True)
    outdated, drawn = [], []
    with Steps(len(names) - len(refusals)) as steps:
        for name in (name for name in names if name not in refusals):
            steps.started(name)
            if verify:
                found = gallery.differences(_table(name), gallery.module(name).data())
                outdated += [f"{name}: {sentence}" for sentence in found[:5]]
            else:
                if recompute:
                    gallery.write_table(name, gallery.module(name).data())
                drawn.append(f"{name}: {', '.join(map(str, _draw(name, folder)))}")
            steps.finished(name)
    for line in drawn:
        console.print(line, soft_wrap=True)
    for sentence in outdated:
        console.print(sentence, soft_wrap=True)
    if outdated:
        console.print("Tables are not what the code computes; `attnproof figures --recompute` makes them anew.")
        return REFUTED
    if verify:
        console.print(f"{counted(len(names) - len(refusals), 'table')} as committed.")
    return UNDECIDED if refusals else IN_ORDER


def _chosen(wanted: Sequence[str]) -> tuple[str, ...]:
    known = gallery.names()
    for name in wanted:
        if name not in known:
            near = get_close_matches(name, known, n=3, cutoff=0.4)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known) or 'none yet'}."
            raise UserError(f"There is no figure {name!r}; {hint}")
    return tuple(dict.fromkeys(wanted)) or known


def _refusal(name: str) -> str:
    """Why a figure is not drawn: the claims that it draws and that are not in order."""
    try:
        drawn = [get(claim_id) for claim_id in gallery.module(name).CLAIMS]
    except KeyError as error:
        raise UserError(f"The figure {name} draws a claim that is not declared. {error.args[0]}") from error
    found = standings(drawn, known_records())
    bad: dict[str, Headline] = {claim.id: found[claim.id] for claim in drawn if not found[claim.id].passes}
    return ", ".join(f"{claim_id} is {standing.value}" for claim_id, standing in bad.items())


def _table(name: str) -> gallery.Table:
    try:
        return gallery.read_table(name)
    except FileNotFoundError as error:
        raise UserError(f"The figure {name} has no table; `attnproof figures {name} --recompute` makes it.") from error


def _draw(name: str, folder: Path) -> tuple[Path, ...]:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure = gallery.module(name).plot(_table(name))
    try:
        return gallery.save(figure, name, folder)
    except OSError as error:
        raise UserError(f"The drawing of {name} cannot be saved ({error}); name another folder with --out.") from error
    finally:
        plt.close(figure)
