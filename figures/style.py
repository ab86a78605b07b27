"""How the figures look: widths of paper columns, colours that colour-blind readers can tell apart, fonts, no TeX.

Fonts are those that come with Matplotlib, so a drawing has the same bytes on every machine with the same versions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from figures.gallery import Table

# Inches.
ICML_COLUMN = 3.25
ICML_PAGE = 6.75
NEURIPS_TEXT = 5.5

# Okabe and Ito, "Color Universal Design" (2008).
BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#666666"

SETTINGS: dict[str, Any] = {
    "font.family": "STIXGeneral",  # Times-like, as the text of ICML and NeurIPS papers
    "mathtext.fontset": "stix",
    "text.usetex": False,
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "axes.labelpad": 2.5,
    "lines.linewidth": 1.1,
    "lines.markersize": 2.5,
    "figure.dpi": 150,
    "savefig.dpi": 300,
}


def styled(plot: Callable[[Table], Figure]) -> Callable[[Table], Figure]:
    """Let a `plot` function draw with these settings."""

    @wraps(plot)
    def with_settings(table: Table) -> Figure:
        import matplotlib as mpl

        with mpl.rc_context(SETTINGS):  # type: ignore[arg-type]
            figure = plot(table)
            figure.draw_without_rendering()  # tick labels are made when drawn first, and must be made with the settings
            return figure

    return with_settings


def new_figure(width: float, height: float) -> Figure:
    """An empty figure, of this size in inches, whose parts make room for each other."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.02)  # type: ignore[union-attr]
    return figure


def label(axes: Axes, x: float, y: float, text: str, colour: str = BLACK, **options: Any) -> None:
    """Name a curve beside it, in data coordinates, in its colour."""
    axes.text(x, y, text, color=colour, **{"fontsize": 7, "ha": "center", "va": "center", **options})
