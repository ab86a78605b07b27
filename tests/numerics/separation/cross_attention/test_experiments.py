"""The cross-attention experiments: their points, one row of each kind against the law, and resuming."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from numerics.probability import Count, compare_table
from numerics.separation.cross_attention import experiments
from numerics.separation.self_attention.experiments import parameters_of
from numerics.separation.self_attention.simulation import EVENTS
from theory.evidence import Verdict
from theory.separation.cross_attention.law import cross_law
from theory.separation.cross_attention.recovery_probability import softmax_recovery

SWEEPS = {sweep.name: sweep for sweep in experiments.sweeps()}
NEEDLE = [name for name in SWEEPS if name != "separation-cross-signs"]


def test_the_five_experiments_cover_their_axes() -> None:
    assert list(SWEEPS) == [f"separation-cross-{axis}" for axis in ("n", "m", "d", "kappa", "signs")]
    for name in NEEDLE:
        points, axis = SWEEPS[name].points, name.removeprefix("separation-cross-")
        assert {point["eta"] for point in points} == {"1/10", "b + 1/10"}
        assert len({point[axis] for point in points}) >= 12
        for point in points:
            assert point["networks"] == 1000
            parameters_of(point).require_literal()
            changed = {key for key, value in experiments.BASE.items() if point[key] != value}
            assert changed <= {axis, "n"}
    signs = SWEEPS["separation-cross-signs"].points
    assert {int(point["n"]) for point in signs} == {10**k for k in range(2, 7)}
    assert any(
        Fraction(point["kappa"]) < Fraction(1, 2) < Fraction(other["kappa"]) for point in signs for other in signs
    )


def test_another_seed_changes_the_draws_and_no_point() -> None:
    other = experiments.sweeps(seed=1)
    assert [sweep.points for sweep in other] == [sweep.points for sweep in SWEEPS.values()]
    assert {sweep.seed for sweep in other} == {1}
    assert {point["networks"] for sweep in experiments.sweeps(networks=7) for point in sweep.points} == {7}


@pytest.mark.parametrize("name", NEEDLE)
def test_a_row_of_needle_networks_holds_counts_limits_and_the_law(name: str) -> None:
    point = SWEEPS[name].points[len(SWEEPS[name].points) // 2 - 2]
    row = experiments.measure(point, seed=1)
    law, m = cross_law(parameters_of(point), experiments.logits_of(point)), int(point["m"])
    table = []
    for event, (good, silent) in EVENTS.items():
        exact = law.success(good, silent).probability(m)
        assert row[f"{event}_exact"] == float(exact)
        share = row[f"{event}_low"] / 1000, row[f"{event}_high"] / 1000
        assert row[f"{event}_lower"] <= share[0] <= share[1] <= row[f"{event}_upper"]
        table.append((Count(row[f"{event}_low"], row[f"{event}_high"], 1000), exact.enclosure))
    assert compare_table(table)[0] is Verdict.HOLDS
    assert row == experiments.measure(point, seed=1)


def test_a_row_of_random_signs_holds_counts_limits_and_the_law() -> None:
    point = {"n": 100, "kappa": "3/5", "l0": "1", "networks": 1000}
    row = experiments.measure_recovery(point, seed=1)
    assert row["recovered_exact"] == float(softmax_recovery(experiments.logits_of(point), 100))
    assert row["recovered_lower"] <= row["recovered_exact"] <= row["recovered_upper"]
    wrong = experiments.measure_recovery({**point, "kappa": "9/10"}, seed=1)
    assert not wrong["recovered_lower"] <= row["recovered_exact"] <= wrong["recovered_upper"]


def test_columns_widen_the_limits_to_the_ambiguous_counts() -> None:
    certain, doubtful = (
        experiments.columns("x", Count(50, 50, 100), 0.5),
        experiments.columns("x", Count(40, 60, 100), 0.5),
    )
    assert doubtful["x_lower"] < certain["x_lower"] < 0.5 < certain["x_upper"] < doubtful["x_upper"]
    ends = experiments.columns("x", Count(0, 100, 100), 0.5)
    assert (ends["x_lower"], ends["x_upper"]) == (0.0, 1.0)


def test_a_sweep_resumes_and_writes_its_table(tmp_path: Path) -> None:
    points = tuple({**point, "networks": 50} for point in SWEEPS["separation-cross-kappa"].points[:3])
    part = replace(SWEEPS["separation-cross-kappa"], points=points[:2])
    first = part.run(tmp_path, quiet=True)
    whole = replace(part, points=points)
    both = whole.run(tmp_path, quiet=True)
    assert both[:2] == first
    whole.write_csv(tmp_path / "table.csv", tmp_path)
    with (tmp_path / "table.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["kappa"] for row in rows] == [point["kappa"] for point in points]
    assert {"joint_low", "joint_exact", "ambiguous_neurons", "seed", "devices"} <= set(rows[0])


def test_the_sweeps_can_be_listed_without_jax() -> None:
    script = (
        "import sys; from numerics.separation.cross_attention.experiments import sweeps; sweeps();"
        " sys.exit('jax' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.slow
def test_all_measured_points_agree_with_the_law(tmp_path: Path) -> None:
    """Every point of the five sweeps, at a false-alarm level of 10^-6 for the whole table."""
    table = []
    for name, sweep in SWEEPS.items():
        for row in sweep.run(tmp_path, quiet=True):
            at = experiments.logits_of(row.point)
            if name in NEEDLE:
                law = cross_law(parameters_of(row.point), at)
                exact = {
                    event: law.success(good, silent).probability(int(row.point["m"]))
                    for event, (good, silent) in EVENTS.items()
                }
            else:
                exact = {"recovered": softmax_recovery(at, int(row.point["n"]))}
            for event, number in exact.items():
                count = Count(row.results[f"{event}_low"], row.results[f"{event}_high"], 1000)
                table.append((count, number.enclosure))
    assert compare_table(table)[0] is Verdict.HOLDS
