"""The smallest dimension from which the published threshold succeeds, by the weight b, beside Hoeffding's estimate.

With eta = 0.1 the networks that must be silent fire as soon as the mean of the d - 2 middle signs exceeds about eta/b.
The exact law says which d this takes with the best number of neurons; Hoeffding's inequality allows the estimate
2 + 2 (b/eta)^2 log(m/delta), drawn with the same m. With the corrected threshold eta = b + 0.1 it takes d = 3.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from figures.style import BLUE, GREEN, ICML_COLUMN, ORANGE, VERMILLION, label, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from figures.gallery import Table

CLAIMS = (
    "separation.self.firing-law",
    "separation.self.joint-success",
    "separation.self.mean-sign-tail",
    "separation.self.sufficient-dimension",
    "separation.self.corrected-success",
)
TARGETS = ("0.9", "0.99", "0.999")
COLOURS = dict(zip(TARGETS, (ORANGE, BLUE, VERMILLION), strict=True))
WEIGHTS = tuple(Fraction(k, 10) for k in range(1, 10))
TOKENS_A_COLUMN = 10
ETA = Fraction(1, 10)
LIMIT = 1500


def data() -> Table:
    """For each b and target: the smallest d at both thresholds, the neurons it takes, and Hoeffding's estimate."""
    from theory.separation.self_attention.exact import Parameters, smallest_dimension

    table: Table = []
    for b in WEIGHTS:
        published = Parameters(n=10 * TOKENS_A_COLUMN, d=12, a0="1/20", a1="7/10", b=b, eta=ETA)
        corrected = Parameters(n=1000 * TOKENS_A_COLUMN, d=1002, a0="1/20", a1="7/10", b=b, eta=b + ETA)
        for target in TARGETS:
            found = smallest_dimension(published, target, limit=LIMIT)
            fixed = smallest_dimension(corrected.replace(n=1000, d=12), target, fixed="n", limit=LIMIT)
            if found.value is None or found.width is None or fixed.value is None:
                raise ValueError(f"No dimension up to {LIMIT} reaches {target} at b = {b}; raise LIMIT.")
            delta = 1 - Fraction(target)
            estimate = 2 + 2 * float(b / ETA) ** 2 * math.log(found.width / delta)
            table.append(
                {"b": float(b), "target": float(target), "d": found.value, "m": found.width,
                 "hoeffding": estimate, "corrected_d": fixed.value}
            )  # fmt: skip
    return table


@styled
def plot(table: Table) -> Figure:
    """One curve for each target, the estimates dashed, and the corrected threshold below."""
    figure = new_figure(ICML_COLUMN, 2.3)
    axes = figure.subplots()
    for target in TARGETS:
        rows = [row for row in table if row["target"] == float(target)]
        weights = [float(row["b"]) for row in rows]
        axes.plot(weights, [float(row["d"]) for row in rows], color=COLOURS[target], marker="o")
        axes.plot(weights, [float(row["hoeffding"]) for row in rows], color=COLOURS[target], ls=(0, (3, 1.5)), lw=0.8)
        label(axes, 0.92, float(rows[-1]["d"]), target, COLOURS[target], ha="left")
    weights = [row["b"] for row in table if row["target"] == float(TARGETS[-1])]
    corrected = [row["corrected_d"] for row in table if row["target"] == float(TARGETS[-1])]
    axes.plot(weights, corrected, color=GREEN, marker="s")
    label(axes, 0.9, 3.5, "corrected, $\\eta=b+0.1$: all three targets", GREEN, ha="right", va="bottom")
    axes.set(yscale="log", xlim=(0.06, 1.02), ylim=(2.4, 4000))
    axes.set_yticks((3, 10, 100, 1000), ("3", "10", "100", "1000"))
    axes.set_xticks([round(0.1 * k, 1) for k in range(1, 10)])
    axes.set(xlabel="weight $b$ of the identity columns", ylabel="smallest dimension $d$")
    axes.tick_params(axis="y", which="minor", length=0)
    label(axes, 0.08, 2600, "published, $\\eta=0.1$: exact (points), Hoeffding (dashed)", ha="left")
    label(axes, 0.92, 2000, "success", ha="left", va="center")
    return figure
