"""Find the figures, keep their tables, and save their drawings so that the bytes are the same from run to run."""

from __future__ import annotations

import csv
import importlib
import math
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import figures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Value = int | float | str
Table = list[Mapping[str, Value]]

DATA = Path(__file__).parent / "data"
FORMATS = ("pdf", "svg", "png")
RELATIVE = 1e-9  # tables from different CPUs differ in the last bits; the arithmetic keeps far more digits than this


def names() -> tuple[str, ...]:
    """The names of the figures: modules of this package that have both `data` and `plot`."""
    found = (module.name for module in pkgutil.iter_modules(figures.__path__))
    return tuple(name for name in sorted(found) if _is_figure(importlib.import_module(f"figures.{name}")))


def _is_figure(module: ModuleType) -> bool:
    return callable(getattr(module, "data", None)) and callable(getattr(module, "plot", None))


def module(name: str) -> Any:
    """The module of a figure, with `data`, `plot` and `CLAIMS`."""
    return importlib.import_module(f"figures.{name}")


def read_table(name: str, folder: Path | None = None) -> Table:
    """The committed table of a figure. Raises FileNotFoundError if there is none."""
    with ((folder or DATA) / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return [{column: _value(text) for column, text in row.items()} for row in csv.DictReader(file)]


def write_table(name: str, table: Table, folder: Path | None = None) -> Path:
    """Write the table of a figure, all or nothing; floats keep every digit. Raises ValueError if it has no rows."""
    if not table:
        raise ValueError(f"The figure {name} has no rows; `data()` must return at least one.")
    path = (folder or DATA) / f"{name}.csv"
    part = path.with_name(path.name + ".part")
    path.parent.mkdir(parents=True, exist_ok=True)
    with part.open("w", newline="", encoding="utf-8") as file:
        columns = list(dict.fromkeys(column for row in table for column in row))
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    part.replace(path)
    return path


def _value(text: str) -> Value:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def differences(kept: Table, made: Table) -> list[str]:
    """What distinguishes two tables, a sentence each: numbers may differ by a relative 1e-9, all else must be equal."""
    if len(kept) != len(made):
        return [f"it has {len(made)} rows, the committed table {len(kept)}"]
    found = []
    for number, (old, new) in enumerate(zip(kept, made, strict=True), start=2):
        for column in dict.fromkeys((*old, *new)):
            before, after = old.get(column, ""), _value(str(new.get(column, "")))
            if not _same(before, after):
                found.append(f"line {number}, {column}: {after!r}, committed {before!r}")
    return found


def _same(before: Value, after: Value) -> bool:
    if isinstance(before, str) or isinstance(after, str):
        return before == after
    if isinstance(before, int) and isinstance(after, int):
        return before == after  # counts and enormous integers: exactly, and without passing through a float
    return before == after or math.isclose(before, after, rel_tol=RELATIVE) or (before != before and after != after)


def save(figure: Figure, name: str, folder: Path) -> tuple[Path, ...]:
    """Save a drawing as PDF, SVG and PNG without dates or random ids, and return the paths."""
    import matplotlib as mpl

    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    with mpl.rc_context({"svg.hashsalt": "attnproof", "pdf.fonttype": 42, "svg.fonttype": "path"}):
        for ending in FORMATS:
            metadata = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}[ending]
            path = folder / f"{name}.{ending}"
            figure.savefig(path, metadata=metadata, dpi=300)
            paths.append(path)
    return tuple(paths)
