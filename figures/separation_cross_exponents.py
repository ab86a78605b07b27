"""What exponent the needle's logit needs, by task, map and number of keys: 1 for a majority flip, 1/2 for random signs.

Left: the least kappa with which each map outvotes a majority of n - 1 keys, at l0 = 1; for softmax it tends to 1, for
linear and polynomial attention it grows without bound. Middle: how often softmax recovers a random sign; exact law,
1000 random networks each with 99 % Clopper-Pearson intervals, and the upper bound that makes it a coin for kappa < 1/2.
Right: the exponent that softmax needs for the majority flip, and for recovery with probability 0.99.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ICML_PAGE,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    label,
    new_figure,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from figures.gallery import Table, Value

CLAIMS = (
    "separation.cross.softmax-flip",
    "separation.cross.linear-flip",
    "separation.cross.polynomial-flip",
    "separation.cross.recovery",
    "separation.cross.recovery-failure",
    "separation.cross.recovery-limit",
    "separation.cross.softmax-recovers",
    "separation.cross.softmax-coin",
)
NAME = "separation_cross_exponents"
MAPS = {
    "softmax": (None, BLUE),
    "linear": (1, VERMILLION),
    "$(q\\cdot k)^2$": (2, ORANGE),
    "$(q\\cdot k)^4$": (4, GREEN),
}
COLOURS = dict(zip((2, 3, 4, 5, 6), (SKY, ORANGE, GREEN, BLUE, PURPLE), strict=True))
FLIP_LENGTHS = tuple(sorted({round(10 ** (k / 12)) for k in range(6, 73)}))  # from 3 to 10^6
CURVE = tuple(Fraction(k, 100) for k in range(15, 101))
POWERS = tuple(Fraction(k, 4) for k in range(4, 33))  # of ten, for the right panel
BOUNDED = 6  # the power of ten whose bound is drawn


def data() -> Table:
    """Rows of four kinds (column `what`): flip, recovery, measured, critical."""
    from theory.separation.cross_attention.exact import Logits, critical_exponent, softmax_recovery

    table: Table = [
        _row("flip", n, _flip_exponent(n, degree), degree or 0) for degree, _ in MAPS.values() for n in FLIP_LENGTHS
    ]
    for power in COLOURS:
        n = 10**power
        for kappa in CURVE:
            exact = float(softmax_recovery(Logits(kappa=kappa, l0=1), n))
            bound = 0.5 + (math.exp(float(kappa) * math.log(n) - 1) + 1) / math.sqrt(6 * n - 2)
            table.append(_row("recovery", n, float(kappa), value=exact, bound=min(bound, 1.0)))
    table += _measured()
    for power in POWERS:
        n = round(10 ** float(power))
        table.append(_row("critical", n, float(critical_exponent(n, "0.99").value), value=_flip_exponent(n, None)))
    return table


def _row(what: str, n: int, kappa: float, degree: int = 0, **more: Value) -> dict[str, Value]:
    names = ("value", "bound", "low", "high", "lower", "upper", "networks")
    return {"what": what, "n": n, "kappa": kappa, "degree": degree} | {name: more.get(name, "") for name in names}


def _flip_exponent(n: int, degree: int | None) -> float:
    """The infimum of the kappa with N > n - 1, at l0 = 1."""
    if degree is None:
        return (math.log(n - 1) + 1) / math.log(n)
    return (n - 1) ** (1 / degree) / math.log(n)


def _measured() -> Table:
    """The points of the sweep `separation-cross-signs`; counts are those of the committed table, if it has them."""
    from figures import gallery
    from numerics.probability import Count
    from numerics.separation.cross_attention.experiments import columns, logits_of, measure_recovery, sweeps
    from numerics.sweep import point_seed
    from theory.separation.cross_attention.exact import softmax_recovery

    try:
        kept = {_key(row): row for row in gallery.read_table(NAME) if row["what"] == "measured"}
    except FileNotFoundError:
        kept = {}
    sweep, table = sweeps()[-1], []
    for point in sweep.points:
        n, kappa = int(point["n"]), float(Fraction(point["kappa"]))
        known = kept.get(_key({"n": n, "kappa": kappa, "networks": point["networks"]}))
        if known is None:
            row = measure_recovery(point, point_seed(sweep.seed, point))
        else:
            count = Count(*(int(known[name]) for name in ("low", "high", "networks")))
            row = columns("recovered", count, float(softmax_recovery(logits_of(point), n)))
        found = {name: row[f"recovered_{name}"] for name in ("low", "high", "lower", "upper")}
        networks = int(point["networks"])
        table.append(_row("measured", n, kappa, value=row["recovered_exact"], networks=networks, **found))
    return table


def _key(row: Mapping[str, Value]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in ("n", "kappa", "networks"))


@styled
def plot(table: Table) -> Figure:
    """Three panels."""
    figure = new_figure(ICML_PAGE, 2.15)
    left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1.25, 1))
    _flips(left, [row for row in table if row["what"] == "flip"])
    _recovery(middle, table)
    _critical(right, [row for row in table if row["what"] == "critical"])
    return figure


def _logarithmic(axes: Any, powers: tuple[int, ...]) -> None:
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks([10**power for power in powers], [f"$10^{{{power}}}$" for power in powers])
    axes.set_xlabel("keys $n$")


def _flips(axes: Any, rows: Table) -> None:
    for degree, colour in MAPS.values():
        curve = [row for row in rows if row["degree"] == (degree or 0)]
        axes.plot([row["n"] for row in curve], [row["kappa"] for row in curve], color=colour)
    axes.axhline(1, color=GREY, lw=0.6, ls=(0, (5, 2)))
    axes.set(ylim=(0, 6), xlim=(3, 10**6), ylabel="least exponent $\\kappa$", title="majority flip, by map")
    _logarithmic(axes, (1, 2, 4, 6))
    label(axes, 24, 5.5, "linear", VERMILLION, ha="left")
    label(axes, 2600, 4.8, "$(q\\cdot k)^2$", ORANGE, ha="left")
    label(axes, 1.5e5, 2.75, "$(q\\cdot k)^4$", GREEN, ha="center")
    label(axes, 1.5e5, 0.62, "softmax", BLUE, ha="center")


def _recovery(axes: Any, table: Table) -> None:
    for power, colour in COLOURS.items():
        curve = [row for row in table if row["what"] == "recovery" and row["n"] == 10**power]
        axes.plot([row["kappa"] for row in curve], [row["value"] for row in curve], color=colour, lw=0.9)
        points = [row for row in table if row["what"] == "measured" and row["n"] == 10**power]
        share = [(float(row["low"]) + float(row["high"])) / 2 / float(row["networks"]) for row in points]
        below = [max(0.0, y - float(row["lower"])) for y, row in zip(share, points, strict=True)]
        above = [max(0.0, float(row["upper"]) - y) for y, row in zip(share, points, strict=True)]
        axes.errorbar(
            [row["kappa"] for row in points], share, (below, above),
            fmt="o", ms=1.6, mew=0, color=colour, elinewidth=0.5, label=f"$n=10^{power}$",
        )  # fmt: skip
    bound = [row for row in table if row["what"] == "recovery" and row["n"] == 10**BOUNDED and float(row["bound"]) < 1]
    axes.plot([r["kappa"] for r in bound], [r["bound"] for r in bound], color=BLACK, lw=0.8, ls=(0, (4, 1.5)))
    axes.axvline(0.5, color=GREY, lw=0.6, ls=(0, (5, 2)))
    axes.set(xlim=(0.15, 1), ylim=(0.45, 1.03), xlabel="exponent $\\kappa$", title="random signs: recovered by softmax")
    axes.set_ylabel("probability $R$")
    axes.legend(loc="lower right", handlelength=0.8, borderaxespad=0.1)
    label(axes, 0.17, 0.93, "dashed:\nbound, $n=10^6$", ha="left")


def _critical(axes: Any, rows: Table) -> None:
    lengths = [row["n"] for row in rows]
    axes.plot(lengths, [row["value"] for row in rows], color=VERMILLION)
    axes.plot(lengths, [row["kappa"] for row in rows], color=BLUE)
    for limit in (1, 0.5):
        axes.axhline(limit, color=GREY, lw=0.6, ls=(0, (5, 2)))
    axes.set(
        xlim=(10, 10**8), ylim=(0.35, 1.5), ylabel="critical $\\kappa$ at $n$", title="softmax: the exponent halves"
    )
    axes.set_yticks((0.5, 1, 1.5), ("½", "1", "1½"))
    _logarithmic(axes, (1, 2, 4, 6, 8))
    label(axes, 2e5, 1.17, "outvotes the majority", VERMILLION)
    label(axes, 1e5, 0.8, "recovers a sign, $R\\geq 0.99$", BLUE)
