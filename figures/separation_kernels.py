"""Which kernels find the needle, at which length, and what it costs.

Left: the weight on the needle in its own row at a = 0.7, by length. Softmax keeps it for ever; linear attention, ReLU
and elu + 1 never have it; a kernel of fixed degree loses it near n = (1+a)^p, Taylor's a little before score^p.
Right: the least degree for more than half of the weight, over log n, with its limits: 1/log(1+a) for score^p, beta*
for Taylor polynomials of exp, which need a(1+a) > 1 at all, 1/arcosh(1+2a) for Chebyshev polynomials.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from figures.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ICML_PAGE,
    ORANGE,
    PURPLE,
    VERMILLION,
    label,
    new_figure,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from figures.gallery import Table
    from theory.separation.kernels.degrees import Family

CLAIMS = (
    "separation.self.log-space-weight",
    "separation.kernels.polynomial-gain",
    "separation.kernels.polynomial-degree",
    "separation.kernels.homogeneous-weight",
    "separation.kernels.elu-gain",
    "separation.kernels.taylor-below-softmax",
    "separation.kernels.taylor-degree-sufficient",
    "separation.kernels.taylor-degree-necessary",
    "separation.kernels.chebyshev-degree",
    "separation.kernels.as-softmax",
)
HEIGHT = "7/10"
DEGREES = (14, 44, 131)
SHORTEST, LONGEST, LENGTHS = 2, 100, 110  # powers of ten in the left panel, and how many
POWERS = (2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 28, 36, 46, 60, 77, 100, 130, 170, 220, 280, 360, 460, 600, 770, 1000)
FAMILIES: tuple[tuple[Family, str], ...] = (
    ("polynomial", "7/10"), ("taylor", "7/10"), ("taylor", "65/100"), ("taylor", "62/100"), ("chebyshev", "7/10"),
)  # fmt: skip


def lengths() -> list[int]:
    """Integers from 10^2 to 10^100 of four digits at most, about evenly spaced in log log n."""
    exponents = (SHORTEST * (LONGEST / SHORTEST) ** (k / (LENGTHS - 1)) for k in range(LENGTHS))
    return [round(10 ** (x % 1) * 1000) * 10 ** (int(x) - 3) if x >= 3 else round(10**x) for x in exponents]


def data() -> Table:
    """Rows of three kinds (column `what`): the weight of a map, the least degree of a family over log n, its limit."""
    from theory.separation.kernels.exact import (
        EluPlusOne,
        Linear,
        Polynomial,
        Softmax,
        Taylor,
        degree_rate,
        needle_weight,
        smallest_degree,
    )

    table: Table = []
    maps = {"softmax": Softmax(), "linear, ReLU": Linear(), "elu + 1": EluPlusOne()}
    maps |= {f"score^{p}": Polynomial(p) for p in DEGREES} | {f"Taylor {p}": Taylor(p) for p in DEGREES}
    for name, kernel in maps.items():
        for n in lengths():
            weight = float(needle_weight(kernel, n, HEIGHT))
            table.append({"what": "weight", "map": name, "a": 0.7, "log10_n": math.log10(n), "value": weight})
    for family, height in FAMILIES:
        a = float(Fraction(height))
        for power in POWERS:
            found = smallest_degree(family, 10**power, height)
            if found.value is not None:
                value = found.value / (power * math.log(10))
                table.append({"what": "degree", "map": family, "a": a, "log10_n": power, "value": value})
        limit = degree_rate(family, height)
        if limit is not None:
            table.append({"what": "limit", "map": family, "a": a, "log10_n": "", "value": float(limit)})
    return table


@styled
def plot(table: Table) -> Figure:
    """Weights on the left, degrees over log n on the right, with their limits as dashed lines."""
    figure = new_figure(ICML_PAGE, 2.35)
    left, right = figure.subplots(1, 2, width_ratios=(1.15, 1))
    for name, colour in (("softmax", BLACK), ("linear, ReLU", VERMILLION)):
        left.plot(*curve(table, "weight", name), color=colour, lw=1.5)
    left.plot(*curve(table, "weight", "elu + 1"), color=ORANGE, lw=1.1, ls=(0, (3, 2)))
    for p in DEGREES:
        left.plot(*curve(table, "weight", f"score^{p}"), color=BLUE)
        left.plot(*curve(table, "weight", f"Taylor {p}"), color=GREEN, ls=(0, (4, 1.5)))
    left.set(xscale="log", xlim=(2, 100), ylim=(-0.03, 1.08), ylabel="needle weight $w$", xlabel="tokens $n$")
    left.set_xticks((2, 3, 6, 10, 30, 100), [f"$10^{{{k}}}$" for k in (2, 3, 6, 10, 30, 100)])
    label(left, 97, 1.04, "softmax: $n^2$ operations", ha="right")
    label(left, 98, 0.055, "linear, ReLU, elu + 1", VERMILLION, ha="right", fontsize=6.5)
    for p, x in zip(DEGREES, (3.4, 11.0, 32.5), strict=True):
        label(left, x, 0.55, f"$p={p}$", BLUE, ha="left")
    label(left, 34, 0.82, "score$^p$: one feature,\n$n$ operations", BLUE, ha="left")
    label(left, 25.5, 0.3, "Taylor,\nsame $p$", GREEN, ha="right")
    colours = {0.7: GREEN, 0.65: PURPLE, 0.62: ORANGE}
    for family, height in FAMILIES:
        a = float(Fraction(height))
        colour = {"polynomial": BLUE, "chebyshev": GREY}.get(family, colours[a])
        right.plot(*curve(table, "degree", family, a), color=colour, marker="o", ms=1.7, lw=0.9)
        limit = next(
            float(row["value"]) for row in table if (row["what"], row["map"], row["a"]) == ("limit", family, a)
        )
        right.axhline(limit, color=colour, lw=0.7, ls=(0, (4, 2)))
    right.set(xscale="log", xlim=(1.9, 1050), ylim=(0, 4.2), ylabel="least degree $p\\,/\\log n$", xlabel="tokens $n$")
    right.set_xticks((2, 4, 10, 30, 100, 300, 1000), [f"$10^{{{k}}}$" for k in (2, 4, 10, 30, 100, 300, 1000)])
    for text, y, colour in (
        ("Taylor, $a=0.62$", 3.22, ORANGE),
        ("$a=0.65$", 2.55, PURPLE),
        ("Chebyshev, $a=0.7$", 0.85, GREY),
    ):
        label(right, 12, y, text, colour, ha="left")
    label(right, 2.0, 2.27, "$a=0.7$", GREEN, ha="left", fontsize=6.5)
    label(right, 12, 1.7, "score$^p$, $a=0.7$", BLUE, ha="left")
    for axes in (left, right):
        axes.minorticks_off()
    return figure


def curve(table: Table, what: str, name: str, a: float = 0.7) -> tuple[list[float], list[float]]:
    """The exponents of n and the values of one curve."""
    rows = [row for row in table if (row["what"], row["map"], row["a"]) == (what, name, a)]
    return [float(row["log10_n"]) for row in rows], [float(row["value"]) for row in rows]
