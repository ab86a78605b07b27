"""The window of thresholds at which the four networks succeed, by dimension: exact ends, no grid.

The published threshold eta = 0.1 lies below the window until the dimension is some hundreds; the corrected threshold
eta = b + 0.1 lies inside it in every dimension.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from figures.style import BLUE, GREEN, ICML_COLUMN, SKY, VERMILLION, label, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from figures.gallery import Table

CLAIMS = (
    "separation.self.firing-law",
    "separation.self.joint-success",
    "separation.self.silence",
    "separation.self.plus-pattern",
    "separation.self.corrected-success",
)
DIMENSIONS = (3, 4, 6, 7, 10, 12, 18, 27, 42, 66, 102, 162, 252, 402)
N, WIDTH, TARGET, B = 10**6, 60, "99/100", "1/2"
PUBLISHED, CORRECTED = 0.1, 0.6


def data() -> Table:
    """The window in each dimension, as eta = tau/sqrt(log n) - c, with the number of its holes."""
    from theory.separation.self_attention.exact import Parameters, threshold_window

    table: Table = []
    for d in DIMENSIONS:
        parameters = Parameters(n=N, d=d, a0="1/20", a1="7/10", b=B, eta=0)
        window = threshold_window(parameters, TARGET, WIDTH)
        if window.value is None:
            table.append({"d": d, "n": N, "m": WIDTH, "low": "", "high": "", "holes": 0})
            continue
        low, high = (float(end.enclosure) for end in window.value)
        table.append({"d": d, "n": N, "m": WIDTH, "low": low, "high": high, "holes": len(window.holes)})
    return table


@styled
def plot(table: Table) -> Figure:
    """The window as a band between its ends, and both thresholds."""
    figure = new_figure(ICML_COLUMN, 2.2)
    axes = figure.subplots()
    rows = [row for row in table if row["low"] != ""]
    dimensions = [float(row["d"]) for row in rows]
    low, high = [float(row["low"]) for row in rows], [float(row["high"]) for row in rows]
    axes.fill_between(dimensions, low, high, color=SKY, alpha=0.25, lw=0)
    axes.plot(dimensions, low, color=BLUE, marker="o")
    axes.plot(dimensions, high, color=BLUE, marker="o")
    axes.axhline(PUBLISHED, color=VERMILLION, ls=(0, (4, 1.5)))
    axes.axhline(CORRECTED, color=GREEN, ls=(0, (4, 1.5)))
    axes.set(xscale="log", xlim=(2.8, 430), ylim=(0, 1.25))
    axes.set(xlabel="dimension $d$", ylabel="threshold $\\eta=\\tau/\\sqrt{\\log n}-c$")
    axes.set_xticks((3, 10, 30, 100, 300), ("3", "10", "30", "100", "300"))
    axes.minorticks_off()
    label(axes, 40, 0.86, "success $\\geq 0.99$", BLUE, fontsize=8)
    label(axes, 3, PUBLISHED + 0.015, "published, $\\eta=0.1$", VERMILLION, ha="left", va="bottom")
    label(axes, 3, CORRECTED + 0.015, "corrected, $\\eta=b+0.1$", GREEN, ha="left", va="bottom")
    label(axes, 3, 1.2, "softmax silent too often", ha="left")
    label(axes, 3, 0.36, "others fire too often", ha="left")
    return figure
