"""`attnproof sweep` lists, runs, resumes and explains itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from attnproof import sweeping
from numerics.sweep import Point, Sweep

Says = Callable[..., Any]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Point]:
    """One sweep of three points named `toy-squares`; the list gathers the points that were computed."""
    made: list[Point] = []

    def measure(point: Point, seed: int) -> Mapping[str, Any]:
        if point["x"] == 3 and len(made) == 2:
            made.append(point)
            raise KeyboardInterrupt
        made.append(point)
        return {"square": int(point["x"]) ** 2}

    sweep = Sweep(
        "toy-squares", "squares of small numbers", tuple({"x": x} for x in (1, 2, 3)), measure, devices=lambda: ("cpu",)
    )
    monkeypatch.setattr(sweeping, "all_sweeps", lambda: {"toy-squares": sweep})
    return made


def test_an_interrupted_sweep_goes_on_where_it_was(calls: list[Point], attnproof_says: Says, workplace: Path) -> None:
    first = attnproof_says("sweep", "toy-squares")
    assert first.code == 130
    assert "Interrupted after 2 of 3 points; the same command goes on from there." in first.out
    assert "2 of 3 points" in attnproof_says("sweep").out
    second = attnproof_says("sweep", "toy-squares", "--csv", "squares.csv")
    assert second.code == 0
    assert [point["x"] for point in calls] == [1, 2, 3, 3]
    assert len((workplace / "squares.csv").read_text().splitlines()) == 4
    assert "3 points" in second.out


def test_a_wrong_name_suggests_the_nearest(calls: list[Point], attnproof_says: Says) -> None:
    said = attnproof_says("sweep", "toy-sqares")
    assert said.code == 2
    assert "There is no sweep 'toy-sqares'; did you mean toy-squares?" in said.err


def test_a_folder_that_cannot_be_written_is_one_sentence(
    calls: list[Point], attnproof_says: Says, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workplace / "a-file").write_text("")
    monkeypatch.setenv("ATTNPROOF_STORE", str(workplace / "a-file"))
    said = attnproof_says("sweep", "toy-squares")
    assert said.code == 2
    assert "cannot be written" in said.err
