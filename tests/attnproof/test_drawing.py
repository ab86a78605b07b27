"""`attnproof figures` draws from committed tables, and refuses what its claims do not support."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from figures import gallery
from theory.claim import Claim

Toy = Callable[..., Claim]
Says = Callable[..., Any]


@pytest.fixture
def toy_figure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SimpleNamespace:
    """One figure named `toy_line` that draws the claim toy.room.line."""
    from matplotlib.figure import Figure

    def plot(table: gallery.Table) -> Figure:
        figure = Figure(figsize=(2, 1))
        figure.subplots().plot([float(row["y"]) for row in table])
        return figure

    made = SimpleNamespace(rows=[{"x": 1, "y": 0.5}, {"x": 2, "y": 0.25}], plot=plot, CLAIMS=("toy.room.line",))
    made.data = lambda: made.rows
    monkeypatch.setattr(gallery, "names", lambda: ("toy_line",))
    monkeypatch.setattr(gallery, "module", lambda name: made)
    monkeypatch.setattr(gallery, "DATA", tmp_path / "data")
    return made


def test_a_figure_is_drawn_once_its_claim_holds(
    toy: Toy, toy_figure: SimpleNamespace, attnproof_says: Says, workplace: Path
) -> None:
    toy("toy.room.line")
    refused = attnproof_says("figures", "--recompute")
    assert refused.code == 3
    assert "toy_line: not drawn, because toy.room.line is missing" in refused.out
    assert not (workplace / "figures").exists()
    attnproof_says("check")
    drawn = attnproof_says("figures", "--recompute")
    assert drawn.code == 0
    assert sorted(path.suffix for path in (workplace / "figures" / "drawn").iterdir()) == [".pdf", ".png", ".svg"]
    assert gallery.read_table("toy_line") == toy_figure.rows


def test_a_refuted_claim_is_not_drawn(toy: Toy, toy_figure: SimpleNamespace, attnproof_says: Says) -> None:
    toy("toy.room.line", "99/100")
    attnproof_says("check")
    refused = attnproof_says("figures")
    assert refused.code == 3
    assert "toy.room.line is refuted" in refused.out


def test_an_outdated_table_is_seen(toy: Toy, toy_figure: SimpleNamespace, attnproof_says: Says) -> None:
    toy("toy.room.line")
    attnproof_says("check")
    attnproof_says("figures", "--recompute")
    assert attnproof_says("figures", "--verify").code == 0
    toy_figure.rows = [{"x": 1, "y": 0.5}, {"x": 2, "y": 0.26}]
    said = attnproof_says("figures", "--verify")
    assert said.code == 1
    assert "toy_line: line 3, y: 0.26, committed 0.25" in said.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["figures", "toy_lien"], "There is no figure 'toy_lien'; did you mean toy_line?"),
        (["figures", "toy_line"], "The figure toy_line has no table; `attnproof figures toy_line --recompute`"),
        (["figures", "--recompute", "--verify"], "exclude each other"),
        (["figures", "--recompute", "--out", "a-file"], "The drawing of toy_line cannot be saved"),
    ],
)
def test_a_mistake_is_one_sentence(
    toy: Toy,
    toy_figure: SimpleNamespace,
    attnproof_says: Says,
    workplace: Path,
    arguments: list[str],
    sentence: str,
) -> None:
    toy("toy.room.line")
    attnproof_says("check")
    (workplace / "a-file").write_text("")
    said = attnproof_says(*arguments)
    assert said.code == 2
    assert sentence in said.err
    assert "Traceback" not in said.err
