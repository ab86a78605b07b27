"""The plugin in other people's repositories: the example runs as documented, and every kind of gap is a failure."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

CHECK = "evidence_for(quarter, Method.CERTIFIED)(certified())\n"
OPEN = """
from theory.evidence import Finding, Verdict


def undecided(claim, effort):
    return Finding(Verdict.UNDECIDED, "a part", "out of budget")


"""
DEMANDING = """
def demanding(claim, effort):
    assert (effort.quick, effort.seed) == (True, 9)
    return certified()(claim, effort)


"""
EXAMPLE = Path(__file__).parents[1] / "data" / "example"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the example repository."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "example", ignore=shutil.ignore_patterns("__pycache__")))


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "COV_"))}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def change(folder: Path, old: str, new: str, into: str = "bounds") -> None:
    """Replace a piece of the example's module, or write the result to another module, with an id of its own."""
    text = (folder / "my_claims" / "bounds.py").read_text()
    assert old in text
    changed = text.replace(old, new).replace("bounds.product.quarter", f"{into}.product.quarter")
    (folder / "my_claims" / f"{into}.py").write_text(changed)


def test_the_example_repository_runs_as_documented(example: Path) -> None:
    said = run_pytest(example, "-v")
    assert said.returncode == 0, said.stdout
    assert "my_claims/bounds.py::bounds.product.quarter[certified] PASSED" in said.stdout
    assert "my_claims/bounds.py::bounds.product.quarter[certified~1] PASSED" in said.stdout
    assert "2 passed" in said.stdout


def test_every_kind_of_gap_fails_and_says_what_is_needed(example: Path) -> None:
    change(example, "sp.Le(x * (1 - x), sp.Rational(1, 4))", "sp.Le(x * (1 - x), sp.Rational(6, 25))", "false")
    change(example, "sp.Rational(99, 400)", "sp.Rational(101, 400)", "gullible")
    change(example, CHECK, "", "unchecked")
    change(example, CHECK, OPEN + CHECK.replace("certified()", "undecided"), "open")
    change(example, CHECK, CHECK.replace("certified()", "lambda claim, effort: 1 // 0"), "broken")
    said = run_pytest(example, "--junitxml=out.xml")
    assert said.returncode == 1
    suite = ElementTree.parse(example / "out.xml").getroot().find("testsuite")
    assert suite is not None
    failed = {case.get("name") for case in suite if case.find("failure") is not None}
    assert failed == {
        "false.product.quarter[certified]",
        "gullible.product.quarter[certified~1]",
        "unchecked.product.quarter[certified]",
        "unchecked.product.quarter[certified~1]",
        "open.product.quarter[certified]",
        "open.product.quarter[certified~1]",
        "broken.product.quarter[certified]",
        "broken.product.quarter[certified~1]",
    }
    assert (suite.get("tests"), suite.get("errors")) == ("12", "0")
    for needed in (
        "REFUTED  false.product.quarter [certified]",
        "confirmed exactly",
        "worst point   x = ",
        "attnproof check false.product.quarter --method certified --seed 0 --package my_claims",
        "HOLDS  gullible.product.quarter~1 [certified]",
        "No check gathers certified evidence for unchecked.product.quarter.",
        "ZeroDivisionError",
    ):
        assert needed in said.stdout


def test_an_unsound_declaration_is_a_collection_error(example: Path) -> None:
    change(example, "sp.Le(x * (1 - x), sp.Rational(1, 4))", "sp.Le(x * (1 - x), 0.25)")
    said = run_pytest(example)
    assert said.returncode == 2
    assert "bounds.product.quarter holds the float 0.25" in said.stdout


def test_a_claim_that_rests_on_nothing_known_is_a_collection_error(example: Path) -> None:
    change(example, "    module=__name__,", "    module=__name__,\n    rests_on=['bounds.product.absent'],")
    said = run_pytest(example)
    assert said.returncode == 2
    assert "refers to bounds.product.absent" in said.stdout


def test_a_package_that_is_not_there_is_a_usage_error(example: Path) -> None:
    path = example / "pyproject.toml"
    path.write_text(path.read_text().replace('attnproof_packages = ["my_claims"]', 'attnproof_packages = ["absent"]'))
    said = run_pytest(example)
    assert said.returncode == 4
    assert "attnproof_packages names 'absent', but there is no such package" in said.stderr


def test_one_item_can_be_named_and_quick_and_seed_reach_its_check(example: Path) -> None:
    change(example, CHECK, DEMANDING + CHECK.replace("certified()", "demanding"))
    item = "my_claims/bounds.py::bounds.product.quarter[certified~1]"
    assert "1 failed" in run_pytest(example, item).stdout
    assert "1 passed" in run_pytest(example, item, "--attnproof-quick", "--attnproof-seed=9").stdout


def test_without_packages_the_plugin_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        "import sys\n\ndef test_lean():\n    assert not {'sympy', 'jax', 'rich.table'} & set(sys.modules)\n"
    )
    said = run_pytest(tmp_path, "-p", "no:hypothesispytest", "-p", "no:jaxtyping")
    assert said.returncode == 0, said.stdout
