"""Imports point one way, attnproof -> figures -> numerics -> theory, and JAX is imported only where numbers are run."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "theory": {"theory"},
    "numerics": {"theory", "numerics"},
    "figures": {"theory", "numerics", "figures"},
    "attnproof": {"theory", "numerics", "figures", "attnproof"},
}


def imported(text: str) -> set[str]:
    """The first parts of the names of all modules that a source imports, wherever it does so."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("a relative import" if node.level else str(node.module).split(".")[0])
    return found


def forbidden(package: str) -> set[str]:
    return {*(set(MAY_IMPORT) - MAY_IMPORT[package]), "a relative import", *({"jax"} if package == "theory" else ())}


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): sorted(bad)
        for path in (ROOT / package).rglob("*.py")
        if (bad := imported(path.read_text(encoding="utf-8")) & forbidden(package))
    }
    assert wrong == {}


def test_a_wrong_import_would_be_seen() -> None:
    text = "def late():\n    import jax.numpy as jnp\n    from figures import gallery\n    from . import claim\n"
    assert imported(text) & forbidden("theory") == {"jax", "figures", "a relative import"}


def modules_after(code: str) -> set[str]:
    """The modules that a new Python has imported after running the code."""
    said = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint('\\n' + ' '.join(sys.modules))"],
        capture_output=True, text=True, timeout=120, check=True, cwd=ROOT,
    )  # fmt: skip
    return set(said.stdout.splitlines()[-1].split())


def test_theory_never_imports_jax() -> None:
    assert not {"jax", "jaxlib"} & modules_after("from theory.claim import load; load()")


RUN = "import sys; sys.argv = ['attnproof', *{arguments!r}]\ntry:\n    from attnproof.cli import main; main()\n"


@pytest.mark.parametrize("arguments", [["--help"], ["list"], ["check", "--help"]])
def test_help_and_list_start_without_jax(arguments: list[str]) -> None:
    modules = modules_after(RUN.format(arguments=arguments) + "except SystemExit as end:\n    assert not end.code")
    assert not {"jax", "jaxlib", "matplotlib"} & modules
    if "--help" in arguments:
        assert "sympy" not in modules


def test_the_public_packages_import_cleanly_from_any_folder(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-W", "error", "-c", "import theory, numerics, figures, attnproof"],
        check=True, cwd=tmp_path, timeout=120,
    )  # fmt: skip


@pytest.mark.slow
def test_the_door_opens_quickly() -> None:
    """By the computing time of the process, the best of five, so that a busy machine does not decide."""
    seconds = []
    for _ in range(5):
        began = os.times()
        subprocess.run([sys.executable, "-m", "attnproof.cli", "--help"], check=True, capture_output=True, cwd=ROOT)
        ended = os.times()
        seconds.append(ended.children_user + ended.children_system - began.children_user - began.children_system)
    assert 0 < min(seconds) < 2
