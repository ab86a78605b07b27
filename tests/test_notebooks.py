"""Every notebook is committed with the outputs of the source beside it, and the source still runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
SOURCES = sorted(path for path in NOTEBOOKS.glob("*.py") if path.name != "execute.py")
IMPORT_NOISE = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")


@IMPORT_NOISE
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_pair_holds_the_same_cells(source: Path) -> None:
    import jupytext

    def cells(path: Path) -> list[tuple[str, str]]:
        return [(cell.cell_type, cell.source) for cell in jupytext.read(path).cells]

    assert cells(source) == cells(source.with_suffix(".ipynb")), "run `make notebooks` and commit the result"


@IMPORT_NOISE
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_every_code_cell_was_executed_without_an_error(source: Path) -> None:
    import jupytext

    for cell in jupytext.read(source.with_suffix(".ipynb")).cells:
        if cell.cell_type == "code":
            assert cell.execution_count, "run `make notebooks` and commit the result"
            assert all(output.output_type != "error" for output in cell.outputs)


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_source_runs_and_gives_the_committed_text(source: Path, tmp_path: Path) -> None:
    """Text outputs must be equal; pictures may differ in their bytes between machines and are compared by kind."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import execute, nbformat; from pathlib import Path\n"
        "nbformat.write(execute.execute(Path(sys.argv[2])), sys.argv[3])"
    )
    made = tmp_path / "made.ipynb"
    subprocess.run([sys.executable, "-c", code, str(NOTEBOOKS), str(source), str(made)], check=True, timeout=900)
    assert outputs(made) == outputs(source.with_suffix(".ipynb")), "run `make notebooks` and commit the result"


def outputs(path: Path) -> list[object]:
    """The outputs of the code cells: text in full, pictures by kind."""
    found: list[object] = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            found.append((output.get("text"), data.get("text/plain"), sorted(data)))
    return found
