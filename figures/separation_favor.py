"""How many positive random features it takes to put weight on the needle, as a power of the number of tokens.

Left: the median weight that FAVOR+ with n^rho features puts on the needle at a = 0.7, simulated at lengths from 10^10
to 10^1000; the transition moves to the limit rho*, dashed. Right: rho* against the height a, and the exponents at which
the median weight is 1/2. At no height are fewer than n^2.91 features enough, while the exact matrix has n^2 entries.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from figures.style import BLACK, BLUE, GREEN, GREY, NEURIPS_TEXT, ORANGE, VERMILLION, label, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from figures.gallery import Table

CLAIMS = (
    "separation.favor.moment",
    "separation.favor.window",
    "separation.favor.threshold-between",
    "separation.favor.threshold-below",
    "separation.favor.more-than-quadratic",
    "separation.favor.early-threshold",
)
POWERS = {10: ORANGE, 30: GREEN, 100: BLUE, 1000: VERMILLION}
EXPONENTS = tuple(3 + k / 32 for k in range(57))
A = 0.7
HEIGHTS = (0.6185, 0.62, 0.63, 0.64, *(0.65 + k / 20 for k in range(48)))
SIMULATED = (0.7, 0.9, 1.2, 1.6, 2.2)
DRAWS, GOLDEN, MOST = 101, (math.sqrt(5) - 1) / 2, 5.5


def data() -> Table:
    """Rows (panel, power of ten, a, rho, median weight)."""
    import numpy as np

    from numerics.separation.kernels.favor import Heights, exponent_at_half, exponent_in_the_limit

    table: Table = []
    for power in POWERS:
        log_n = power * math.log(10)
        for rho in EXPONENTS:
            weights = Heights(log_n, A).needle_weight(rho * log_n, DRAWS, np.random.default_rng(0))
            table.append({"panel": "weight", "power": power, "a": A, "rho": rho, "weight": float(np.median(weights))})
    for a in HEIGHTS:
        table.append({"panel": "limit", "power": 0, "a": a, "rho": exponent_in_the_limit(a), "weight": 0.5})
    for power in (10, 100):
        for a in SIMULATED:
            rho = exponent_at_half(power * math.log(10), a, draws=DRAWS)
            table.append({"panel": "half", "power": power, "a": a, "rho": rho, "weight": 0.5})
    return table


@styled
def plot(table: Table) -> Figure:
    """Weights against the exponent, and the exponent against the height."""
    figure = new_figure(NEURIPS_TEXT, 2.1)
    left, right = figure.subplots(1, 2)
    for power, colour in POWERS.items():
        rows = [row for row in table if row["panel"] == "weight" and row["power"] == power]
        left.plot(
            [row["rho"] for row in rows], [row["weight"] for row in rows], color=colour, label=f"$n=10^{{{power}}}$"
        )
    limit = [row for row in table if row["panel"] == "limit"]
    at_a = min(limit, key=lambda row: abs(float(row["a"]) - A))
    left.axvline(float(at_a["rho"]), color=BLACK, lw=0.7, ls=(0, (4, 2)))
    left.set(xlabel="exponent $\\rho$, $n^\\rho$ features", ylabel="median weight on the needle", ylim=(-0.03, 1.03))
    left.set(title="FAVOR+, $a=0.7$", xlim=(EXPONENTS[0], EXPONENTS[-1]))
    left.legend(loc="upper left", handlelength=1.2)
    right.plot([row["a"] for row in limit], [row["rho"] for row in limit], color=BLACK, label="limit $\\rho^*(a)$")
    for power, marker in ((10, "o"), (100, "s")):
        rows = [row for row in table if row["panel"] == "half" and row["power"] == power]
        right.plot(
            [row["a"] for row in rows], [row["rho"] for row in rows], marker, ms=3, color=POWERS[power],
            label=f"weight ½ at $n=10^{{{power}}}$",
        )  # fmt: skip
    right.axhline(2, color=GREY, lw=0.7, ls=(0, (1, 1.5)))
    label(right, 2.9, 2.07, "entries of the exact matrix, $n^2$", GREY, ha="right", va="bottom", fontsize=6.5)
    right.plot(
        [math.sqrt(2)], [(1 + math.sqrt(2)) ** 2 / 2], "*", ms=6, color=VERMILLION, label="least, at $a=\\sqrt{2}$"
    )
    right.set(xlabel="height $a$ of the needle", ylabel="exponent $\\rho$", ylim=(1.7, MOST), xlim=(GOLDEN - 0.05, 3))
    right.set(title="features needed")
    right.legend(loc="upper right", handlelength=1.2)
    return figure
