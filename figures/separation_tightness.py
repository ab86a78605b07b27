"""How tight the bounds are: the exact probability that a neuron fires, over its bound.

Left: linear attention on D1 at the published threshold, over the upper bound of A3, against the dimension. The ratio is
at most 1; it falls slowly with d by the prefactor that Hoeffding's inequality lacks, and jumps with the lattice.
Right: softmax on D1 at the corrected threshold, over its lower bound of A4 (1/8, or 1/16 where only that is proved),
against the number of tokens. The ratio is at least 1, and 1 where the bound is the exact value.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from figures.style import BLACK, BLUE, GREEN, NEURIPS_TEXT, ORANGE, VERMILLION, label, new_figure, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from figures.gallery import Table, Value

CLAIMS = (
    "separation.self.linear-firing-bound",
    "separation.self.softmax-firing-bound",
    "separation.self.softmax-firing-lower-bound",
    "separation.self.plus-pattern",
    "separation.self.corrected-success",
)
WEIGHTS = {"0.2": ORANGE, "0.5": BLUE, "0.9": VERMILLION}
HEIGHTS = {"0.63": ORANGE, "0.65": BLUE, "0.7": GREEN}
DIMENSIONS = (*range(4, 40, 2), *range(40, 100, 6), *range(100, 401, 20))
LENGTHS = (*range(20, 200, 10), *range(200, 1000, 100), *range(1000, 10001, 1000))
TOKENS_A_COLUMN, D = 10, 12


def data() -> Table:
    """Rows of two kinds, `A3` by d for each b and `A4` by n for each a1: the exact probability and its bound."""
    import sympy as sp

    from numerics.separation.self_attention.bounds import softmax_fires_at_least
    from theory.rigor.evaluate import enclose_at
    from theory.separation.self_attention.construction import linear_gain
    from theory.separation.self_attention.exact import Network, Parameters, firing_probability
    from theory.separation.self_attention.firing_upper_bound import firing_bound

    table: Table = []
    for b in WEIGHTS:
        for d in DIMENSIONS:
            p = Parameters(n=TOKENS_A_COLUMN * (d - 2), d=d, a0="1/20", a1="7/10", b=b, eta="1/10")
            exact = firing_probability(p, Network.LINEAR_NEEDLE)
            a = sp.Rational(7, 10)
            bound = firing_bound(linear_gain(a), p.n, d, a, sp.Rational(b), sp.Rational(1, 10))
            upper = float(enclose_at(sp.sympify(bound), {}).hi)
            table.append(_row("A3", p, exact, upper))
    for a1 in HEIGHTS:
        for n in LENGTHS:
            p = Parameters(n=n, d=D, a0="1/20", a1=a1, b="1/2", eta="6/10")
            bound = softmax_fires_at_least(p)
            if bound:
                table.append(_row("A4", p, firing_probability(p, Network.SOFTMAX_NEEDLE), float(bound)))
    return table


def _row(bound: str, p: Any, exact: Fraction, value: float) -> dict[str, Value]:
    return {
        "bound": bound,
        "n": p.n,
        "d": p.d,
        "a1": float(p.a1),
        "b": float(p.b),
        "exact": float(exact),
        "value": value,
    }


@styled
def plot(table: Table) -> Figure:
    """The ratios, with 1 marked in both panels."""
    figure = new_figure(NEURIPS_TEXT, 2.0)
    left, right = figure.subplots(1, 2)
    for name, colour in WEIGHTS.items():
        rows = [row for row in table if row["bound"] == "A3" and row["b"] == float(name)]
        left.plot(
            [row["d"] for row in rows], ratios(rows), color=colour, lw=0.9, marker="o", ms=1.6, label=f"$b={name}$"
        )
    for name, colour in HEIGHTS.items():
        rows = [row for row in table if row["bound"] == "A4" and row["a1"] == float(name)]
        right.plot(
            [row["n"] for row in rows], ratios(rows), color=colour, lw=0.9, marker="o", ms=1.6, label=f"$a_1={name}$"
        )
    for axes in (left, right):
        axes.axhline(1, color=BLACK, lw=0.6)
        axes.set_xscale("log")
        axes.minorticks_off()
    left.set(ylim=(0, 1.12), xlabel="dimension $d$", ylabel="exact / upper bound", title="linear on D1, $\\eta=0.1$")
    left.set_xticks((4, 10, 30, 100, 400), ("4", "10", "30", "100", "400"))
    right.set(ylim=(0.82, 2.5), xlabel="tokens $n$", ylabel="exact / lower bound", title="softmax on D1, $\\eta=b+0.1$")
    right.set_xticks((20, 100, 1000, 10000), ("20", "100", "1000", "10 000"))
    label(left, 400, 1.06, "the bound", fontsize=6.5, ha="right")
    label(right, 20, 0.91, "the bound", fontsize=6.5, ha="left")
    left.legend(loc="upper right", bbox_to_anchor=(1, 0.93))
    right.legend(loc="upper center", ncols=3, handlelength=1.2, columnspacing=1.0)
    return figure


def ratios(rows: Table) -> list[float]:
    """Exact over bound."""
    return [float(row["exact"]) / float(row["value"]) for row in rows]
