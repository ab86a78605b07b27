"""The experiments: their points, one row against the law and the bounds, resuming, and the benchmark."""

from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from numerics.probability import Count, compare_table
from numerics.separation.self_attention import experiments
from numerics.separation.self_attention.simulation import EVENTS
from theory.evidence import Verdict
from theory.separation.self_attention.law import firing_law

SWEEPS = {sweep.name: sweep for sweep in experiments.sweeps()}


def test_the_six_experiments_cover_their_axes() -> None:
    assert list(SWEEPS) == [f"separation-{axis}" for axis in ("n", "m", "d", "c", "a1", "delta")]
    for name, sweep in SWEEPS.items():
        axis = name.removeprefix("separation-")
        assert {point["eta"] for point in sweep.points} == {"1/10", "b + 1/10"}
        assert len({point[axis] for point in sweep.points}) >= 12
        assert {point["networks"] for point in sweep.points} == {1000}
        for point in sweep.points:
            experiments.parameters_of(point).require_literal()
    lengths = [int(point["n"]) for point in SWEEPS["separation-n"].points]
    widths = [int(point["m"]) for point in SWEEPS["separation-m"].points]
    assert (min(lengths), max(lengths), min(widths), max(widths)) == (100, 2000, 1, 100)


def test_the_width_prescribed_for_a_delta_is_the_least_that_suffices() -> None:
    failures = set()
    for point in SWEEPS["separation-delta"].points:
        wanted = int(point["n"]) / Fraction(point["delta"])
        assert Fraction(8, 7) ** (int(point["m"]) - 1) < wanted <= Fraction(8, 7) ** int(point["m"])
        failures.add(Fraction(point["delta"]))
    assert (min(failures), max(failures)) == (Fraction(1, 10**4), Fraction(1, 2))


def test_a_threshold_may_be_given_above_b() -> None:
    point = {**experiments.BASE, "c": "1/5", "eta": "b + 1/10"}
    assert experiments.parameters_of(point).eta == Fraction(9, 10)
    assert experiments.parameters_of({**point, "eta": "1/10"}).eta == Fraction(1, 10)


@pytest.mark.parametrize("eta", experiments.THRESHOLDS)
def test_a_row_holds_counts_limits_the_law_and_the_bounds(eta: str) -> None:
    point = {**experiments.BASE, "m": 5, "eta": eta, "networks": 1000}
    row = experiments.measure(point, seed=1)
    law = firing_law(experiments.parameters_of(point))
    for event, (good, silent) in EVENTS.items():
        exact = law.success(good, silent).probability(5).exact
        assert exact is not None
        assert row[f"{event}_exact"] == float(exact)
        assert (
            row[f"{event}_lower"] <= row[f"{event}_low"] / 1000 <= row[f"{event}_high"] / 1000 <= row[f"{event}_upper"]
        )
        assert row[f"{event}_lower"] <= row[f"{event}_exact"] <= row[f"{event}_upper"]
    assert 0 <= row["explicit_bound"] <= row["joint_exact"]
    if eta == "1/10":
        assert row["corrected_bound"] is None
    else:
        assert 0 < row["corrected_bound"] <= row["joint_exact"]


def test_a_sweep_resumes_and_writes_its_table(tmp_path: Path) -> None:
    points = tuple({**point, "networks": 50} for point in SWEEPS["separation-c"].points[:3])
    part = replace(SWEEPS["separation-c"], points=points[:2])
    first = part.run(tmp_path, quiet=True)
    both = replace(part, points=points).run(tmp_path, quiet=True)
    assert both[:2] == first
    assert both[0].record["devices"]
    replace(part, points=points).write_csv(tmp_path / "table.csv", tmp_path)
    with (tmp_path / "table.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["c"] for row in rows] == [point["c"] for point in points]
    assert {"joint_low", "joint_exact", "explicit_bound", "seed", "devices"} <= set(rows[0])


def test_the_sweeps_can_be_listed_without_jax() -> None:
    script = (
        "import sys; from numerics.separation.self_attention.experiments import sweeps; sweeps();"
        " sys.exit('jax' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_benchmark_compares_three_ways_in_one_run() -> None:
    found = experiments.benchmark(n=100, m=5, networks=100, repeats=1)
    assert min(found.literal, found.distinct_rows, found.exact_law) > 0
    assert "literal : distinct rows : exact law" in str(found)
    assert found.devices[0] in str(found)


@pytest.mark.slow
def test_all_measured_points_agree_with_the_law(tmp_path: Path) -> None:
    """Every point of the six sweeps, at a false-alarm level of 10^-6 for the whole table; the bounds are below P4."""
    table = []
    for sweep in SWEEPS.values():
        for row in sweep.run(tmp_path, quiet=True):
            law = firing_law(experiments.parameters_of(row.point))
            for event, (good, silent) in EVENTS.items():
                exact = law.success(good, silent).probability(int(row.point["m"]))
                count = Count(row.results[f"{event}_low"], row.results[f"{event}_high"], 1000)
                table.append((count, exact.enclosure))
            bounds = (row.results["explicit_bound"], row.results["corrected_bound"] or 0)
            assert max(bounds) <= row.results["joint_exact"]
    verdict, comparisons = compare_table(table)
    assert len(comparisons) == 7 * sum(len(sweep.points) for sweep in SWEEPS.values())
    assert verdict is Verdict.HOLDS
