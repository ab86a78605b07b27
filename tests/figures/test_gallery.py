"""Tables keep every digit, a change of one is seen, and drawings have the same bytes from run to run."""

from __future__ import annotations

from pathlib import Path

import pytest

from figures import gallery

TABLE: gallery.Table = [
    {"n": 100, "weight": 0.1 + 0.2, "law": "exact"},
    {"n": 10**30, "weight": 1e-300, "law": "10^1000"},
]


def test_a_table_survives_the_round_trip(tmp_path: Path) -> None:
    gallery.write_table("toy", TABLE, tmp_path)
    assert gallery.read_table("toy", tmp_path) == TABLE
    with pytest.raises(FileNotFoundError):
        gallery.read_table("absent", tmp_path)
    with pytest.raises(ValueError, match="no rows"):
        gallery.write_table("toy", [], tmp_path)


@pytest.mark.parametrize(
    ("column", "value", "seen"),
    [
        ("weight", (0.1 + 0.2) * (1 + 1e-12), False),
        ("weight", (0.1 + 0.2) * (1 + 1e-8), True),
        ("weight", float("nan"), True),
        ("n", 101, True),
        ("law", "other", True),
    ],
)
def test_a_changed_value_is_seen_beyond_the_last_bits(column: str, value: gallery.Value, seen: bool) -> None:
    changed = [{**TABLE[0], column: value}, TABLE[1]]
    found = gallery.differences(TABLE, changed)
    assert bool(found) is seen
    assert all(sentence.startswith(f"line 2, {column}: ") for sentence in found)


def test_missing_rows_are_seen() -> None:
    assert gallery.differences(TABLE, TABLE[:1]) == ["it has 1 rows, the committed table 2"]


def test_a_drawing_has_the_same_bytes_from_run_to_run(tmp_path: Path) -> None:
    from matplotlib.figure import Figure

    def draw(folder: Path) -> list[bytes]:
        figure = Figure(figsize=(3, 2))
        axes = figure.subplots()
        axes.plot([1, 2], [3, 4], label="$a(1+a)$")
        axes.legend()
        return [path.read_bytes() for path in gallery.save(figure, "toy", folder)]

    first, second = draw(tmp_path / "one"), draw(tmp_path / "two")
    assert first == second
    assert [content[:4] for content in first] == [b"%PDF", b"<?xm", b"\x89PNG"]
