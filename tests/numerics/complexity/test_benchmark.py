"""The benchmark: ratios in one run, reasons where nothing was measured, memory that grows as it must."""

from __future__ import annotations

import pytest

from numerics.complexity import benchmark as module
from numerics.complexity.benchmark import REFERENCE, Measurement, benchmark, best, measure_here, ratios
from numerics.complexity.contenders import Contender, Setting, contenders


def test_one_run_measures_against_the_reference() -> None:
    measured = list(benchmark(["relu"], [64, 32], d=8, seconds=1))
    assert [(one.contender, one.setting.n) for one in measured] == [
        (REFERENCE, 32), ("relu", 32), (REFERENCE, 64), ("relu", 64),
    ]  # fmt: skip
    assert all(one.seconds and one.memory for one in measured), measured
    assert ratios(measured)[REFERENCE, 64] == (1, 1)


def test_rounds_are_taken_in_turn_and_the_best_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([4.0, 3.0, 2.0, 5.0])
    monkeypatch.setattr(
        module, "_in_process", lambda one, setting, _: Measurement(one.name, one.computes, setting, next(times), 100)
    )
    measured = list(benchmark(["relu"], [32], seconds=10, rounds=2))
    assert [one.contender for one in measured] == [REFERENCE, "relu"] * 2
    assert {one.contender: one.seconds for one in best(measured)} == {REFERENCE: 2.0, "relu": 3.0}
    missing = Measurement("relu", "relu", Setting(32), None, None, "it failed")
    assert best([measured[0], missing, measured[1]])[1] == missing


def test_what_cannot_be_measured_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    absent = Contender("absent", "softmax", contenders()[REFERENCE].build, "no_such_package")
    monkeypatch.setattr(module, "contenders", lambda: {REFERENCE: contenders()[REFERENCE], "absent": absent})
    monkeypatch.setattr(
        module, "_in_process", lambda contender, setting, _: Measurement(contender.name, "softmax", setting, 1.0, 100)
    )
    first, second, *_ = benchmark(["absent"], [32, 64], seconds=1)
    assert first.seconds == 1
    assert second.note == "no_such_package is not installed"


def test_a_contender_that_would_take_too_long_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        module, "_in_process", lambda contender, setting, _: Measurement(contender.name, "softmax", setting, 1.0, 100)
    )
    notes = [one.note for one in benchmark([], [32, 64, 4096], seconds=1)]
    assert notes[:2] == ["", ""]
    assert "would take about" in notes[2]
    assert "GiB" in [one.note for one in benchmark([], [32, 4096], seconds=1e9, memory_limit=1000)][1]


def test_memory_grows_with_the_square_for_plain_softmax_and_linearly_for_linear_attention() -> None:
    def memory(name: str, n: int) -> float:
        return measure_here(contenders()[name], Setting(n, d=16), 0.01)["memory"]

    assert memory(REFERENCE, 1024) > 3.5 * memory(REFERENCE, 512)
    assert memory("relu", 4096) < 2.5 * memory("relu", 2048)
