"""The cross-attention experiments: how often softmax, linear and all four networks succeed, beside law and bounds.

A map succeeds if its network fires on D1, where one key is the needle, and is silent on D0, where none is. All four
networks behave if softmax succeeds and linear attention is silent on both. Above: the published threshold eta = 0.1,
with the bound with explicit constants (A3). Below: the corrected threshold eta = b + 0.1, with the bound that needs no
dimension (A4), drawn where linear attention is silent for certain. Both bounds are on all four networks. Points: 1000
random networks each, with 99 % Clopper-Pearson intervals. Dashed vertical line: the exponent kappa = 1, critical as n
grows. The fifth experiment, of random signs, is in `separation_cross_exponents`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from figures.separation_experiments import CORRECTED, PUBLISHED, counts_of, curve, number
from figures.style import BLACK, BLUE, GREEN, GREY, ICML_PAGE, ORANGE, VERMILLION, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from figures.gallery import Table, Value
    from numerics.probability import Count

CLAIMS = (
    "separation.cross.softmax-gain",
    "separation.cross.linear-gain",
    "separation.cross.linear-silence",
    "separation.cross.softmax-plus-pattern",
    "separation.cross.softmax-fires",
    "separation.cross.success",
    "separation.self.firing-law",
    "separation.self.joint-success",
    "separation.self.gain-firing-bound",
    "separation.self.four-networks-bound",
    "separation.self.silence",
    "separation.self.corrected-success",
)
NAME = "separation_cross_attention"
AXES = {
    "n": "keys $n$",
    "m": "neurons $m$",
    "d": "dimension $d$",
    "kappa": "exponent $\\kappa$ of the needle",
}
TICKS = {"n": (10, 50, 190, 1000), "m": (0, 50, 100), "d": (4, 20, 100, 500), "kappa": (0.5, 1, 1.5, 2)}
LOGARITHMIC = ("n", "d")
EVENTS = {  # colour, marker, its size, width of the curve, name; the first lies beneath the others
    "joint": (ORANGE, "D", 3.2, 2.2, "all four networks"),
    "linear_success": (VERMILLION, "s", 1.8, 0.9, "linear"),
    "softmax_success": (BLUE, "o", 1.8, 0.9, "softmax"),
}
DASHES = (0, (4, 1.5))


def data() -> Table:
    """A row for each point of the sweeps `separation-cross-n`, `-m`, `-d` and `-kappa`.

    Probabilities, limits and bounds are computed anew. Counts of random networks are those of the committed table, else
    those of the finished points of the sweep; a point that neither has is simulated.
    """
    from figures import gallery
    from numerics.separation.cross_attention.experiments import sweeps
    from numerics.sweep import canonical, point_seed

    try:
        kept = {_key(row): row for row in gallery.read_table(NAME)}
    except FileNotFoundError:
        kept = {}
    table: Table = []
    for axis, sweep in zip(AXES, sweeps(), strict=False):
        finished = {canonical(row.point): row.results for row in sweep.rows()}
        for point in sweep.points:
            place: dict[str, Value] = {"axis": axis, **point}
            known = kept.get(_key(place)) or finished.get(canonical(point))
            counts = counts_of({**known, "networks": point["networks"]}, EVENTS) if known else None
            table.append(place | evaluate(point, counts, point_seed(sweep.seed, point)))
    return table


def evaluate(point: Mapping[str, int | str], counts: Mapping[str, Count] | None, seed: int) -> dict[str, Value]:
    """Counts with their 99 % limits, the exact law and the bounds at a point; without counts it is simulated."""
    from numerics.separation.cross_attention.bounds import cross_corrected_bound, cross_explicit_bound
    from numerics.separation.cross_attention.experiments import columns, logits_of
    from numerics.separation.self_attention.experiments import parameters_of
    from theory.separation.cross_attention.exact import cross_law
    from theory.separation.self_attention.law import SILENT_FOUR, SILENT_TWO, Network

    parameters, logits, m = parameters_of(point), logits_of(point), int(point["m"])
    if counts is None:
        from numerics.separation.cross_attention.simulation import simulate_cross

        counts = simulate_cross(parameters, logits, m, int(point["networks"]), seed).counts
    law = cross_law(parameters, logits)
    exact = {
        "softmax_success": law.success(Network.SOFTMAX_NEEDLE, SILENT_TWO),
        "linear_success": law.success(Network.LINEAR_NEEDLE, (Network.LINEAR_PLAIN,)),
        "joint": law.success(Network.SOFTMAX_NEEDLE, SILENT_FOUR),
    }
    row: dict[str, Value] = {}
    for event in EVENTS:
        row |= columns(event, counts[event], float(exact[event].probability(m)))
    row["explicit_bound"] = cross_explicit_bound(parameters, logits, m)
    certain = cross_corrected_bound(parameters, logits, m)
    row["corrected_bound"] = "" if certain is None else certain
    return row


def _key(row: Mapping[str, Value]) -> tuple[str, ...]:
    """What a count depends on, besides the seed."""
    return tuple(str(row[name]) for name in ("axis", "n", "d", "m", "a0", "a1", "c", "kappa", "l0", "eta", "networks"))


@styled
def plot(table: Table) -> Figure:
    """Two rows of four panels."""
    figure = new_figure(ICML_PAGE, 3.0)
    panels = figure.subplots(2, len(AXES), sharex="col", sharey=True, squeeze=False)
    for panel_row, threshold in zip(panels, (PUBLISHED, CORRECTED), strict=True):
        for axes, (axis, name) in zip(panel_row, AXES.items(), strict=True):
            rows = [row for row in table if (row["axis"], row["eta"]) == (axis, threshold)]
            _panel(axes, axis, rows, "explicit_bound" if threshold == PUBLISHED else "corrected_bound")
            axes.set(ylim=(-0.04, 1.04), yticks=(0, 0.5, 1), yticklabels=("0", "½", "1"))
            if threshold == CORRECTED:
                axes.set_xlabel(name)
    panels[0][0].set_ylabel("success at $\\eta = 0.1$")
    panels[1][0].set_ylabel("success at $\\eta = b + 0.1$")
    for axes, (axis, fixed) in zip(panels[0], _fixed(table).items(), strict=True):
        axes.set_title(fixed, fontsize=7, pad=3)
        if axis in LOGARITHMIC:
            axes.set_xscale("log")
            axes.minorticks_off()
        axes.set_xticks(TICKS[axis], [f"{tick:g}" for tick in TICKS[axis]])
    figure.legend(handles=_legend(), loc="outside lower center", ncols=5, handlelength=2.2, columnspacing=1.5)
    return figure


def _panel(axes: Any, axis: str, rows: Table, bound: str) -> None:
    horizontal = [number(row[axis]) for row in rows]
    for event, (colour, marker, size, width, _) in EVENTS.items():
        curve(axes, horizontal, rows, event, color=colour, marker=marker, size=size, width=width)
    bounded = [(x, row[bound]) for x, row in zip(horizontal, rows, strict=True) if row[bound] != ""]
    colour = GREEN if bound == "corrected_bound" else BLACK
    axes.plot(*zip(*bounded, strict=True), color=colour, ls=DASHES, lw=1, zorder=4)
    if axis == "kappa":
        axes.axvline(1, color=GREY, lw=0.6, ls=(0, (5, 2)), zorder=1)


def _fixed(table: Table) -> dict[str, str]:
    """What each sweep keeps fixed, for the title of its panels."""
    symbols = {"n": "n", "d": "d", "m": "m", "kappa": "\\kappa"}
    titles = {}
    for axis in AXES:
        row = next(row for row in table if row["axis"] == axis)
        titles[axis] = ", ".join(f"${symbols[name]}={number(row[name]):g}$" for name in symbols if name != axis)
    return titles


def _legend() -> list[Any]:
    from matplotlib.lines import Line2D

    named = [
        Line2D([], [], color=colour, marker=marker, ms=size, lw=width, label=name)
        for colour, marker, size, width, name in EVENTS.values()
    ]
    return [
        *named,
        Line2D([], [], color=BLACK, ls=DASHES, label="lower bound, explicit constants"),
        Line2D([], [], color=GREEN, ls=DASHES, label="lower bound for $\\eta > b$"),
    ]
