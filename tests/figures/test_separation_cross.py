"""The figures of the cross-attention needle draw declared claims, committed tables, and what these say is true."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from figures import gallery, separation_cross_attention, style
from figures.gallery import Table
from numerics.probability import Count, compare_table
from theory.evidence import Verdict

NAMES = ("separation_cross_attention", "separation_cross_exponents")


@pytest.fixture(scope="module")
def table() -> Table:
    return gallery.read_table("separation_cross_attention")


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_has_the_width_of_a_paper_and_the_same_bytes_again(name: str, tmp_path: Path) -> None:
    drawn = []
    for folder in ("one", "two"):
        figure = gallery.module(name).plot(gallery.read_table(name))
        assert figure.get_size_inches()[0] in {style.ICML_COLUMN, style.ICML_PAGE, style.NEURIPS_TEXT}
        drawn.append([path.read_bytes() for path in gallery.save(figure, name, tmp_path / folder)])
    assert drawn[0] == drawn[1]


def test_no_label_of_the_experiments_lies_on_another(table: Table) -> None:
    figure = separation_cross_attention.plot(table)
    figure.draw_without_rendering()
    texts = [text for axes in figure.axes for text in (axes.title, axes.xaxis.label, axes.yaxis.label)]
    texts += [text for axes in figure.axes for text in (*axes.get_xticklabels(), *axes.get_yticklabels())]
    texts += [text for legend in figure.legends for text in legend.get_texts()]
    shown = [text for text in texts if text.get_text() and text.get_visible()]
    boxes = [text.get_window_extent() for text in shown]
    whole = figure.bbox
    assert len(boxes) > 25
    for one, box in enumerate(boxes):
        assert box.x0 >= whole.x0 - 1
        assert box.x1 <= whole.x1 + 1
        for other in range(one):
            assert not box.overlaps(boxes[other]), (shown[one].get_text(), shown[other].get_text())


def test_the_table_has_every_point_of_the_needle_sweeps(table: Table) -> None:
    from numerics.separation.cross_attention.experiments import sweeps

    wanted = [
        (axis, *map(str, point.values()))
        for axis, sweep in zip(separation_cross_attention.AXES, sweeps(), strict=False)
        for point in sweep.points
    ]
    names = list(sweeps()[0].points[0])
    assert sorted((str(row["axis"]), *(str(row[name]) for name in names)) for row in table) == sorted(
        (axis, *values) for axis, *values in wanted
    )


def test_all_measured_points_agree_with_the_exact_law(table: Table) -> None:
    """At a false-alarm level of 10^-6 for the whole table; the law of another exponent is refuted."""

    def pairs(rows: Table, laws: Table) -> list[tuple[Count, Fraction]]:
        return [
            (
                Count(int(row[f"{event}_low"]), int(row[f"{event}_high"]), int(row["networks"])),
                Fraction(float(law[f"{event}_exact"])),
            )
            for row, law in zip(rows, laws, strict=True)
            for event in separation_cross_attention.EVENTS
        ]

    assert compare_table(pairs(table, table))[0] is Verdict.HOLDS
    curve = [row for row in table if row["axis"] == "kappa" and row["eta"] == "b + 1/10"]
    assert compare_table(pairs(curve[1:], curve[:-1]))[0] is Verdict.REFUTED


def test_bounds_lie_below_the_law_of_all_four_networks(table: Table) -> None:
    drawn = 0
    for row in table:
        exact = float(row["joint_exact"])
        assert exact <= float(row["softmax_success_exact"])
        assert float(row["explicit_bound"]) <= exact
        if row["corrected_bound"] != "":
            drawn += 1
            assert float(row["corrected_bound"]) <= exact
            assert row["linear_success_exact"] == 0
            assert row["eta"] == "b + 1/10"
    assert drawn > 50


def test_a_committed_count_is_what_the_simulation_gives(table: Table) -> None:
    from numerics.separation.cross_attention.experiments import sweeps
    from numerics.sweep import point_seed

    sweep = sweeps()[0]
    for number in (0, 25):
        point, kept = sweep.points[number], table[number]
        made = separation_cross_attention.evaluate(point, None, point_seed(sweep.seed, point))
        assert gallery.differences([kept], [{"axis": "n", **point, **made}]) == []
    other = separation_cross_attention.evaluate(point, None, point_seed(sweep.seed + 1, point))
    assert made != other


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_committed_table_is_what_the_code_computes(name: str) -> None:
    assert gallery.differences(gallery.read_table(name), gallery.module(name).data()) == []
