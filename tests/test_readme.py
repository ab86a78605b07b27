"""The generated parts of README.md are what the committed record says, and its commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from attnproof.errors import UserError
from attnproof.readme import benchmark_table, fill

ROOT = Path(__file__).parents[1]


def test_the_generated_parts_are_up_to_date() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "attnproof.cli", "claims-table", "--verify"],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert said.returncode == 0, said.stderr


def test_every_make_target_that_the_readme_names_exists() -> None:
    written = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^    |`)make ([a-z-]+)", written, re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"check", "test"} <= named <= targets


def test_parts_are_renewed_between_their_markers_and_nowhere_else() -> None:
    text = "by hand\n<!-- generated: one -->\nold\n<!-- end generated -->\nby hand\n"
    filled = fill(text, {"one": "new"})
    assert filled == text.replace("old", "new")
    assert fill(filled, {"one": "new"}) == filled


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "has no place for the part 'one'"),
        ("<!-- generated: two -->\n<!-- end generated -->\n", "wants the generated part 'two'"),
    ],
)
def test_a_marker_that_does_not_fit_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        fill(text, {"one": "new"})


def test_a_benchmark_is_shown_as_ratios_of_its_own_run():
    setting = {"d": 8, "heads": 1, "causal": False, "dtype": "float32"}

    def one(name, n, seconds, memory):
        place = {"contender": name, "computes": name, "setting": {**setting, "n": n}}
        return {**place, "seconds": seconds, "memory": memory}

    found = [one("plain softmax", 32, 2.0, 1000), one("relu", 32, 1.0, 250), one("absent", 32, None, None)]
    found += [one("plain softmax", 64, None, None), one("relu", 64, 0.5, 2**20), one("absent", 64, None, None)]
    text = benchmark_table({"devices": ["1 x cpu"], "measurements": found})
    assert "1 x cpu; every query sees every key; d = 8, 1 head, float32" in text
    assert "| relu | 0.5 / 0.25 | 0.5 s / 1 MiB |" in text
    assert "absent" not in text
