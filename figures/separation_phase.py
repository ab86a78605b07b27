"""The phase diagram: the weight that softmax puts on the needle in its own row, by length n and height a.

The weight passes 1/2 at a height that tends to the golden threshold (sqrt(5) - 1)/2, where a(1+a) = 1. The network with
the published threshold starts to fire far below it, at a height that approaches the same limit like 1/log n.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from figures.style import BLACK, BLUE, GREY, ICML_COLUMN, VERMILLION, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from figures.gallery import Table, Value

CLAIMS = (
    "separation.self.log-space-weight",
    "separation.self.weight-exponent",
    "separation.self.height-at-weight",
    "separation.self.golden-threshold",
    "separation.self.golden-above",
    "separation.self.golden-below",
    "separation.self.firing-onset",
)
SHORTEST, LONGEST = 2, 1000  # powers of ten
STEPS = 46
HEIGHTS = tuple(Fraction(k, 100) for k in range(30, 91))
WEIGHTS = {"0.1": "1/10", "0.5": "1/2", "0.9": "9/10"}
B, PUBLISHED, CORRECTED = "1/2", "1/10", "6/10"


def powers() -> tuple[int, ...]:
    """Powers of ten from 2 to 1000, about evenly spaced on a logarithmic scale; integers, so that n is exact."""
    ratio = (LONGEST / SHORTEST) ** (1 / (STEPS - 1))
    return tuple(sorted({round(SHORTEST * ratio**k) for k in range(STEPS)}))


def data() -> Table:
    """Rows of two kinds: `weight` at a height, and `height` of a contour or of the onset of firing (column `what`)."""
    from theory.separation.self_attention.exact import firing_height, height_of_weight, needle_weight
    from theory.separation.self_attention.needle import golden_height

    table: Table = [
        {"what": "golden", "log10_n": "", "a": float(golden_height()), "weight": ""},
    ]
    for power in powers():
        n = 10**power
        for name, weight in WEIGHTS.items():
            table.append(_row(f"weight {name}", power, float(height_of_weight(n, weight)), float(name)))
        for name, eta in (("published", PUBLISHED), ("corrected", CORRECTED)):
            height = firing_height(n, eta, B)
            table.append(_row(f"fires, {name}", power, float(height), ""))
        table.extend(_row("field", power, float(a), float(needle_weight(n, a))) for a in HEIGHTS)
    return table


def _row(what: str, power: int, a: float, weight: float | str) -> dict[str, Value]:
    return {"what": what, "log10_n": power, "a": a, "weight": weight}


@styled
def plot(table: Table) -> Figure:
    """The weight as a field, contours at 0.1, 0.5, 0.9, the golden threshold and the onsets of firing."""
    import numpy as np
    from matplotlib.colors import LinearSegmentedColormap

    figure = new_figure(ICML_COLUMN, 2.5)
    axes = figure.subplots()
    field = [row for row in table if row["what"] == "field"]
    lengths = sorted({row["log10_n"] for row in field})  # type: ignore[type-var]
    heights = sorted({row["a"] for row in field})  # type: ignore[type-var]
    weights = np.array([row["weight"] for row in field], float).reshape(len(lengths), len(heights)).T
    colours = LinearSegmentedColormap.from_list("weight", ["#FFFFFF", "#D3E7F4", "#9CCAE8"])
    shown: Any = axes.pcolormesh(
        lengths, heights, weights, cmap=colours, vmin=0, vmax=1, shading="gouraud", rasterized=True
    )
    for name in WEIGHTS:
        line = curve(table, f"weight {name}")
        axes.plot(*line, color=BLUE, lw=1.2 if name == "0.5" else 0.7)
    golden = next(float(row["a"]) for row in table if row["what"] == "golden")
    axes.axhline(golden, color=BLACK, lw=0.8, ls=(0, (5, 2)))
    axes.plot(*curve(table, "fires, published"), color=VERMILLION, lw=1.3)
    axes.plot(*curve(table, "fires, corrected"), color=VERMILLION, lw=1.1, ls=(0, (2, 1)))
    axes.text(4.5, 0.727, "$w=0.9$", color=BLUE, fontsize=7)
    axes.text(2.1, 0.59, "$w=0.5$", color=BLUE, fontsize=7)
    axes.text(2.1, 0.35, "$w=0.1$", color=BLUE, fontsize=7)
    axes.text(950, golden + 0.012, "$a=(\\sqrt{5}-1)/2$", fontsize=7, ha="right", va="bottom")
    axes.text(4.3, 0.478, "fires from here on, $\\eta=0.1$", color=VERMILLION, fontsize=7, va="center")
    axes.text(2.1, 0.648, "fires, $\\eta=0.6$", color=VERMILLION, fontsize=7, va="center")
    axes.text(30, 0.83, "needle found: $w\\to 1$", fontsize=7.5, ha="center")
    axes.text(60, 0.37, "needle lost: $w\\to 0$", color=GREY, fontsize=7.5, ha="center")
    axes.set(xscale="log", xlim=(SHORTEST, LONGEST), ylim=(0.3, 0.9), ylabel="height $a$ of the needle")
    axes.set_xticks((2, 4, 10, 30, 100, 300, 1000), [f"$10^{{{k}}}$" for k in (2, 4, 10, 30, 100, 300, 1000)])
    axes.minorticks_off()
    axes.set_xlabel("tokens $n$")
    bar = figure.colorbar(shown, ax=axes, pad=0.02, aspect=30, ticks=(0, 0.5, 1))
    bar.set_label("needle weight $w$", labelpad=0)
    bar.outline.set_linewidth(0.5)  # type: ignore[operator]
    return figure


def curve(table: Table, what: str) -> tuple[list[float], list[float]]:
    """The exponents of n and the heights of one curve."""
    rows = [row for row in table if row["what"] == what]
    return [float(row["log10_n"]) for row in rows], [float(row["a"]) for row in rows]
