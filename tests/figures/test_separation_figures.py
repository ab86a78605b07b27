"""The figures of the separation draw what they say: declared claims, committed tables, the points that matter."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from figures import gallery, separation_experiments, separation_phase, style

NAMES = (
    "separation_cross_attention",
    "separation_cross_exponents",
    "separation_dimension",
    "separation_experiments",
    "separation_phase",
    "separation_threshold_window",
    "separation_tightness",
)


def values(row: object, *columns: str) -> Iterator[float]:
    for column in columns:
        yield float(row[column])  # type: ignore[index]


def test_the_figures_are_found() -> None:
    assert set(NAMES) <= set(gallery.names())


@pytest.mark.parametrize("name", NAMES)
def test_each_claim_that_a_figure_draws_is_declared(name: str) -> None:
    from theory.claim import get, load

    load("theory.separation")
    module = gallery.module(name)
    assert module.CLAIMS
    assert all(get(claim_id).id == claim_id for claim_id in module.CLAIMS)


@pytest.mark.parametrize("name", NAMES)
def test_the_table_is_drawn_with_the_settings_of_the_style(name: str, tmp_path: Path) -> None:
    figure = gallery.module(name).plot(gallery.read_table(name))
    assert figure.get_size_inches()[0] in {style.ICML_COLUMN, style.ICML_PAGE, style.NEURIPS_TEXT}
    labels = [
        text for axes in figure.axes for text in (*axes.get_xticklabels(), *axes.get_yticklabels(), axes.xaxis.label)
    ]
    assert labels
    assert all(text.get_fontfamily() == ["STIXGeneral"] for text in labels)
    first = [path.read_bytes() for path in gallery.save(figure, name, tmp_path / "one")]
    again = gallery.module(name).plot(gallery.read_table(name))
    assert first == [path.read_bytes() for path in gallery.save(again, name, tmp_path / "two")]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_committed_table_is_what_the_code_computes(name: str) -> None:
    assert gallery.differences(gallery.read_table(name), gallery.module(name).data()) == []


def test_a_point_of_the_phase_diagram_computed_anew() -> None:
    rows = {(row["what"], row["log10_n"]): row for row in gallery.read_table("separation_phase")}
    for power in (2, 1000):
        n_power = power * math.log(10)
        a, weight = values(rows["weight 0.9", power], "a", "weight")
        log_odds = a * (1 + a) * n_power - n_power - math.log1p(-(10.0**-power))
        assert 1 / (1 + math.exp(-log_odds)) == pytest.approx(weight, rel=1e-9)
    assert separation_phase.powers()[0] == 2
    assert separation_phase.powers()[-1] == 1000


def test_bounds_lie_below_the_exact_law_and_intervals_contain_it_as_often_as_they_should() -> None:
    table = gallery.read_table("separation_experiments")
    outside = 0
    for row in table:
        exact, softmax = values(row, "joint_exact", "softmax_success_exact")
        assert exact <= softmax
        assert float(row["explicit_bound"]) <= exact
        if row["corrected_bound"] != "":
            assert float(row["corrected_bound"]) <= exact
        for event in separation_experiments.EVENTS:
            low, middle, high = values(row, f"{event}_lower", f"{event}_exact", f"{event}_upper")
            outside += not low <= middle <= high
    assert outside <= 0.03 * 3 * len(table)  # each misses with probability at most 0.01


def test_a_cached_count_is_what_the_simulation_gives() -> None:
    from numerics.separation.self_attention.experiments import sweeps
    from numerics.sweep import point_seed

    sweep = sweeps()[0]
    point = sweep.points[0]
    made = separation_experiments.evaluate(point, None, point_seed(sweep.seed, point))
    kept = gallery.read_table("separation_experiments")[0]
    assert {name: kept[name] for name in made if name.endswith(("_low", "_high"))} == {
        name: value for name, value in made.items() if name.endswith(("_low", "_high"))
    }
    other = separation_experiments.evaluate(point, None, point_seed(sweep.seed + 1, point))
    assert made != other


def test_windows_have_no_holes_and_hold_the_corrected_threshold() -> None:
    for row in gallery.read_table("separation_threshold_window"):
        low, high = values(row, "low", "high")
        assert row["holes"] == 0  # the band is drawn without any
        assert low <= 0.6 < high
        assert (int(row["n"])) % (int(row["d"]) - 2) == 0
    assert any(low <= 0.1 for row in gallery.read_table("separation_threshold_window") for low in values(row, "low"))


def test_ratios_lie_on_their_side_of_one() -> None:
    for row in gallery.read_table("separation_tightness"):
        exact, bound = values(row, "exact", "value")
        assert exact <= bound if row["bound"] == "A3" else exact >= bound
