"""Execute the notebooks: each `NAME.py` in percent format becomes `NAME.ipynb` beside it, with its outputs.

Run `make notebooks`, or this file with names to execute only some. What changes from run to run (times, ids of cells)
is left out, so that a notebook whose outputs are the same is the same file.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, cast

import jupytext
import nbformat
from nbclient import NotebookClient

HERE = Path(__file__).parent
SECONDS_A_CELL = 600


def sources() -> tuple[Path, ...]:
    """The notebooks in percent format, by name."""
    return tuple(path for path in sorted(HERE.glob("*.py")) if path.name != Path(__file__).name)


def execute(source: Path) -> Any:
    """The notebook of a source, with outputs. Raises CellExecutionError where a cell fails."""
    notebook = jupytext.read(source)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata = cast(Any, nbformat.from_dict({"kernelspec": kernel}))
    here = {"metadata": {"path": HERE}}
    client = NotebookClient(notebook, timeout=SECONDS_A_CELL, kernel_name="python3", resources=here)
    client.record_timing = False
    client.coalesce_streams = True  # in how many pieces printed text arrives depends on the speed of the machine
    client.execute()
    notebook.metadata["language_info"] = {"name": "python"}
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata.pop("execution", None)
    return notebook


def main(names: list[str]) -> None:
    """Execute the named notebooks, or all of them."""
    for source in sources():
        if not names or source.stem in names:
            print(f"executing {source.name}", file=sys.stderr)
            nbformat.write(execute(source), source.with_suffix(".ipynb"))


if __name__ == "__main__":
    main(sys.argv[1:])
