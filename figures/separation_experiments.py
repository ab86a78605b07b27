"""The construction's experiments: how often softmax and linear networks succeed, beside the exact law and the bounds.

A network succeeds if it fires on D1 and is silent on D0. Above: the published threshold eta = 0.1, with the bound with
explicit constants (A3). Below: the corrected threshold eta = b + 0.1, with the bound that needs no dimension (A4). Both
bounds are on the joint success of all four networks, which is at most the success of softmax. Points: 1000 random
networks each, with 99 % Clopper-Pearson intervals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from figures.style import BLACK, BLUE, GREEN, ICML_PAGE, VERMILLION, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from figures.gallery import Table, Value
    from numerics.probability import Count

CLAIMS = (
    "separation.self.firing-law",
    "separation.self.joint-success",
    "separation.self.joint-success-bound",
    "separation.self.softmax-firing-bound",
    "separation.self.linear-firing-bound",
    "separation.self.softmax-firing-lower-bound",
    "separation.self.silence",
    "separation.self.plus-pattern",
    "separation.self.corrected-success",
)
AXES = {
    "n": "tokens $n$",
    "m": "neurons $m$",
    "d": "dimension $d$",
    "c": "weight $c$",
    "a1": "height $a_1$",
    "delta": "$\\delta$, with $m(\\delta)$",
}
TICKS = {
    "n": (0, 1000, 2000),
    "m": (0, 50, 100),
    "d": (4, 20, 100, 500),
    "c": (0.1, 0.5, 0.9),
    "a1": (0.2, 0.6, 1, 1.4),
    "delta": (1e-4, 1e-2, 0.5),
}
LOGARITHMIC = ("d", "delta")
EVENTS = ("softmax_success", "linear_success", "joint")
NAME = "separation_experiments"
PUBLISHED, CORRECTED = "1/10", "b + 1/10"


def data() -> Table:
    """A row for each point of the six sweeps, those of `separation-n` at d = 12 only.

    Probabilities, limits and bounds are computed anew. Counts of random networks, which take minutes, are those of the
    committed table; points that it does not have are simulated, so without the file all are.
    """
    from figures import gallery
    from numerics.separation.self_attention.experiments import BASE, sweeps
    from numerics.sweep import point_seed

    try:
        kept = {_key(row): row for row in gallery.read_table(NAME)}
    except FileNotFoundError:
        kept = {}
    table: Table = []
    for axis, sweep in zip(AXES, sweeps(), strict=True):
        for point in sweep.points:
            if axis != "n" or point["d"] == BASE["d"]:
                place: dict[str, Value] = {"axis": axis, **point}
                seed = point_seed(sweep.seed, point)
                known = kept.get(_key(place))
                table.append(place | evaluate(point, counts_of(known, EVENTS) if known else None, seed))
    return table


def evaluate(point: Mapping[str, int | str], counts: Mapping[str, Count] | None, seed: int) -> dict[str, Value]:
    """Counts with their 99 % limits, the exact law and the bounds at a point; without counts it is simulated."""
    from numerics.probability import confidence_limits
    from numerics.separation.self_attention.bounds import corrected_bound, explicit_bound
    from numerics.separation.self_attention.experiments import FALSE_ALARM, parameters_of
    from theory.separation.self_attention.exact import Network
    from theory.separation.self_attention.law import SILENT_FOUR, SILENT_TWO, firing_law

    parameters, m = parameters_of(point), int(point["m"])
    if counts is None:
        from numerics.separation.self_attention.simulation import simulate

        counts = simulate(parameters, m, int(point["networks"]), seed).counts
    law = firing_law(parameters)
    exact = {
        "softmax_success": law.success(Network.SOFTMAX_NEEDLE, SILENT_TWO),
        "linear_success": law.success(Network.LINEAR_NEEDLE, (Network.LINEAR_PLAIN,)),
        "joint": law.success(Network.SOFTMAX_NEEDLE, SILENT_FOUR),
    }
    row: dict[str, Value] = {}
    for event in EVENTS:
        limits = confidence_limits(counts[event], FALSE_ALARM)
        row[f"{event}_low"], row[f"{event}_high"] = counts[event].low, counts[event].high
        row[f"{event}_lower"], row[f"{event}_upper"] = float(limits.lower), float(limits.upper)
        row[f"{event}_exact"] = float(exact[event].probability(m))
    row["explicit_bound"] = explicit_bound(parameters, m)
    certain = corrected_bound(parameters, m)
    row["corrected_bound"] = "" if certain is None else certain
    return row


def _key(row: Mapping[str, Value]) -> tuple[str, ...]:
    """What a count depends on, besides the seed."""
    return tuple(
        str(row[name]) for name in ("axis", "n", "d", "m", "a0", "a1", "c", "eta", "networks")
    )  # m gives delta


def counts_of(row: Mapping[str, Any], events: Iterable[str]) -> dict[str, Count]:
    """The counts of these events in a row."""
    from numerics.probability import Count

    return {
        event: Count(*(int(row[name]) for name in (f"{event}_low", f"{event}_high", "networks"))) for event in events
    }


def number(value: Any) -> float:
    """A float of an exact value as the table has it, such as 7/10."""
    from fractions import Fraction

    return float(Fraction(str(value)))


@styled
def plot(table: Table) -> Figure:
    """Two rows of six panels."""
    figure = new_figure(ICML_PAGE, 2.75)
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
        axes.set_title(fixed, fontsize=6.5, pad=3)
        if axis in LOGARITHMIC:
            axes.set_xscale("log")
            axes.minorticks_off()
        axes.set_xticks(TICKS[axis], [f"{tick:g}" for tick in TICKS[axis]])
    figure.legend(handles=_legend(), loc="outside lower center", ncols=4, handlelength=2.2, columnspacing=1.5)
    return figure


def _panel(axes: Any, axis: str, rows: Table, bound: str) -> None:
    horizontal = [number(row[axis]) for row in rows]
    for event, colour, marker in (("softmax_success", BLUE, "o"), ("linear_success", VERMILLION, "s")):
        curve(axes, horizontal, rows, event, color=colour, marker=marker)
    bounded = [(x, row[bound]) for x, row in zip(horizontal, rows, strict=True) if row[bound] != ""]
    colour = GREEN if bound == "corrected_bound" else BLACK
    axes.plot(*zip(*bounded, strict=True), color=colour, ls=(0, (4, 1.5)), lw=1, zorder=4)


def curve(
    axes: Any, horizontal: Sequence[float], rows: Table, event: str, *,
    color: str, marker: str, size: float = 1.8, width: float = 0.9,
) -> None:  # fmt: skip
    """The exact probability of an event as a line, and what was counted as points with their limits."""
    axes.plot(horizontal, [row[f"{event}_exact"] for row in rows], color=color, lw=width, zorder=2)
    middle = [(row[f"{event}_low"] + row[f"{event}_high"]) / 2 / row["networks"] for row in rows]  # type: ignore[operator]
    below = [max(0.0, y - row[f"{event}_lower"]) for y, row in zip(middle, rows, strict=True)]  # type: ignore[operator]
    above = [max(0.0, row[f"{event}_upper"] - y) for y, row in zip(middle, rows, strict=True)]  # type: ignore[operator]
    axes.errorbar(horizontal, middle, (below, above), fmt=marker, ms=size, mew=0, color=color, elinewidth=0.6, zorder=3)


def _fixed(table: Table) -> dict[str, str]:
    """What each sweep keeps fixed, for the title of its panels."""
    symbols = {"n": "n", "d": "d", "m": "m", "c": "c", "a1": "a_1"}
    titles = {}
    for axis in AXES:
        row = next(row for row in table if row["axis"] == axis)
        shown = [
            f"${symbols[name]}={number(row[name]):g}$"
            for name in ("n", "d", "m", "c")
            if name != axis and (name, axis) != ("m", "delta")
        ]
        titles[axis] = ", ".join(shown[:3])
    return titles


def _legend() -> list[Any]:
    from matplotlib.lines import Line2D

    return [
        Line2D([], [], color=BLUE, marker="o", label="softmax: exact law, 1000 networks"),
        Line2D([], [], color=VERMILLION, marker="s", label="linear: exact law, 1000 networks"),
        Line2D([], [], color=BLACK, ls=(0, (4, 1.5)), label="lower bound, explicit constants"),
        Line2D([], [], color=GREEN, ls=(0, (4, 1.5)), label="lower bound for $\\eta > b$"),
    ]
