"""The table of exp and division: looked up by key, measured where it is silent, and never exceeded on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from importlib import metadata
from pathlib import Path

import jax
import numpy as np
import pytest

from numerics.rounding import primitive_errors, primitives
from numerics.rounding.primitive_errors import division_error, exponential_error, exponential_forms
from numerics.rounding.primitives import Key, Primitives, lookup
from theory.rounding.allowance import AllowanceUnavailable

MOON = Key("0.0.1", "cpu", "moon", "float32")
WORST = {"alone": 1.21, "fused": 1.62}


@pytest.fixture
def moon(tmp_path, monkeypatch) -> Iterator[list[str]]:
    """A machine that is not in the table, with empty stores; the list holds the formats that were measured."""
    measured: list[str] = []

    def measure(dtype: str) -> dict[str, float]:
        measured.append(dtype)
        return WORST

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(primitives.tempfile, "gettempdir", lambda: str(tmp_path / "temporary"))
    monkeypatch.setattr(primitives, "current_key", lambda dtype: Key("0.0.1", "cpu", "moon", dtype))
    monkeypatch.setattr(primitive_errors, "measure", measure)
    primitives._found_here.cache_clear()
    yield measured
    primitives._found_here.cache_clear()


def test_an_unknown_machine_is_measured_once_and_says_so(moon, capsys) -> None:
    assert lookup("float32").exponential == Fraction(33, 20)  # the worst, rounded up
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "moon" in said
    assert "a minute" in said
    assert lookup("float32").exponential == Fraction(33, 20)
    primitives._found_here.cache_clear()  # as another process would look it up
    assert "1.2100 alone, 1.6200 fused" in lookup("float32").origin
    assert moon == ["float32"]
    assert lookup("float64").exponential == primitives.STATED_FLOAT64
    assert moon == ["float32", "float64"]
    assert len(json.loads(primitives.stores()[0].read_text())) == 2


def test_what_was_refused_stays_refused_until_it_is_measured_anew(moon, monkeypatch, capsys) -> None:
    def refuse(dtype: str) -> dict[str, float]:
        moon.append(dtype)
        raise AllowanceUnavailable("a quotient errs by 3 units.")

    monkeypatch.setattr(primitive_errors, "measure", refuse)
    for _ in range(2):
        with pytest.raises(AllowanceUnavailable, match=r"moon.*a quotient errs by 3 units"):
            lookup("float32")
        primitives._found_here.cache_clear()
    assert moon == ["float32"]
    assert primitives.main() == 1
    monkeypatch.setattr(primitive_errors, "measure", lambda dtype: WORST)
    assert primitives.main() == 0
    primitives._found_here.cache_clear()
    assert lookup("float32").exponential == Fraction(33, 20)


def test_a_float64_exponential_close_to_the_stated_error_is_refused(moon, monkeypatch) -> None:
    monkeypatch.setattr(primitive_errors, "measure", lambda dtype: {"alone": 2.7})
    with pytest.raises(AllowanceUnavailable, match=r"errs by 2\.7 units"):
        lookup("float64")


def test_where_no_folder_can_be_written_it_is_measured_in_memory(moon, tmp_path) -> None:
    for store in primitives.stores():
        store.parent.parent.mkdir(parents=True, exist_ok=True)
        store.parent.write_text("a file stands where the folder would be")
    assert lookup("float32") == lookup("float32")
    assert moon == ["float32"]


def test_where_the_home_cannot_be_written_the_temporary_folder_is_used(moon, tmp_path) -> None:
    (tmp_path / "cache").write_text("a file stands where the folder would be")
    lookup("float32")
    primitives._found_here.cache_clear()
    lookup("float32")
    assert moon == ["float32"]
    assert primitives.stores()[1].exists()


def test_a_damaged_store_is_made_anew(moon) -> None:
    primitives.stores()[0].parent.mkdir(parents=True)
    primitives.stores()[0].write_text("{")
    assert lookup("float32").exponential == Fraction(33, 20)
    assert json.loads(primitives.stores()[0].read_text())


@pytest.mark.skipif(primitives.fcntl is None, reason="there are no file locks here")
def test_one_process_measures_while_the_others_wait(tmp_path) -> None:
    program = f"""
import time
from numerics.rounding import primitive_errors, primitives
primitives.current_key = lambda dtype: primitives.Key("0.0.1", "cpu", "moon", dtype)
def measure(dtype):
    with open({str(tmp_path / "log")!r}, "a") as log:
        log.write("measured\\n")
    time.sleep(0.5)
    return {WORST}
primitive_errors.measure = measure
print(primitives.lookup("float32").exponential)
"""
    environment = {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    started = [
        subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=-1, stderr=-1, text=True)
        for _ in range(3)
    ]
    answers = [process.communicate(timeout=120) for process in started]
    assert [out for out, _ in answers] == ["33/20\n"] * 3, answers
    assert (tmp_path / "log").read_text() == "measured\n"
    assert sum(bool(err) for _, err in answers) == 1


def test_another_machine_gets_no_allowance_but_a_sentence() -> None:
    with pytest.raises(AllowanceUnavailable, match=r"0\.0\.1, cpu, moon, float32"):
        lookup("float32", MOON)
    with pytest.raises(AllowanceUnavailable, match="bfloat16"):
        lookup("bfloat16")


def test_a_measurement_of_this_user_is_found(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    entry = {
        "key": {"jaxlib": "0.0.1", "backend": "cpu", "processor": "moon", "dtype": "float32"},
        "exponential": "17/10", "division": "2", "origin": "a test",
    }  # fmt: skip
    primitives.stores()[0].parent.mkdir(parents=True)
    primitives.stores()[0].write_text(json.dumps([entry]))
    assert lookup("float32", MOON) == Primitives(Fraction(17, 10), Fraction(2), "a test")
    with pytest.raises(AllowanceUnavailable):
        lookup("float32", Key("0.0.1", "cpu", "mars", "float32"))


def test_the_key_names_version_backend_and_instruction_sets() -> None:
    key = primitives.current_key("float32")
    assert key.jaxlib == metadata.version("jaxlib")
    assert key.backend == jax.default_backend()
    assert key.processor


# ----------------------------------------------------------------------------------------------- the measurement


def test_sampled_float32_arguments_stay_below_the_table() -> None:
    arguments = np.random.default_rng(0).uniform(-104, 0, 1023 * 500).astype(np.float32)
    for form in exponential_forms().values():
        relative, absolute = exponential_error(form, arguments)
        assert 0.5 < relative <= lookup("float32").exponential
        assert absolute <= primitive_errors.MOST_ABSOLUTE


@pytest.mark.slow
def test_every_float32_argument_stays_below_the_table() -> None:
    found = primitive_errors.measure_float32()
    assert max(found.values()) <= lookup("float32").exponential
    assert max(found.values()) > float(lookup("float32").exponential) - 0.05  # the entry is no idle number


@pytest.mark.slow
def test_a_fresh_home_on_an_unknown_machine_gets_an_allowance(tmp_path) -> None:
    """The whole way, with a machine of another name: nothing is prepared by hand, and only the name is made up."""
    program = """
from numerics.rounding import primitives
primitives.processor = lambda: "moon"
from numerics.rounding.allowance import softmax
import numpy as np
for dtype in ("float32", "float64"):
    print(softmax(np.zeros(2, dtype)).max())
"""
    environment = {"XDG_CACHE_HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stderr.count("moon") == 2
    assert {entry["key"]["processor"] for entry in json.loads(Path(tmp_path, "attnproof/primitives.json").read_text())}


def test_sampled_float64_arguments_stay_far_below_the_stated_error() -> None:
    with jax.enable_x64(True):
        found = primitive_errors.measure_float64(samples=2**17)
    assert 0.5 < max(found.values()) <= lookup("float64").exponential / 3


def test_the_measurement_sees_a_worse_exponential(monkeypatch) -> None:
    arguments = -np.linspace(0.1, 80, 1023).astype(np.float32)
    relative, _ = exponential_error(lambda x: np.exp(x) * np.float32(1 + 2.0**-20), arguments)
    assert relative > 14
    assert exponential_error(lambda x: x * np.float32(np.nan), arguments)[0] == np.inf
    forms = {"worse": lambda x: np.exp(x) * (1 + 2.0**-50), "none": lambda x: x * np.nan}
    monkeypatch.setattr(primitive_errors, "exponential_forms", lambda: forms)
    found = primitive_errors.measure_float64(samples=1000)
    assert 7 < found["worse"] < 11
    assert found["none"] == np.inf


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_division_rounds_at_most_twice(dtype: str) -> None:
    with jax.enable_x64(True):
        assert 1 < division_error(dtype, rows=512) <= primitive_errors.MOST_DIVISION


def test_the_residual_of_a_quotient_is_exact() -> None:
    generator = np.random.default_rng(0)
    entries = generator.integers(1, 2**50, (20, 5)).astype(float)
    quotient = entries / entries.sum(axis=-1, keepdims=True) * (1 + generator.uniform(-1e-15, 1e-15, entries.shape))
    residual = primitive_errors._residual(quotient, entries)
    for row in range(20):
        total = sum(map(Fraction, entries[row]))
        for column in range(5):
            exact = Fraction(quotient[row, column]) * total - Fraction(entries[row, column])
            assert abs(Fraction(residual[row, column]) - exact) <= abs(exact) * Fraction(1, 2**52)


def test_a_quotient_with_three_roundings_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(primitive_errors, "measure_float32", lambda: WORST)
    monkeypatch.setattr(primitive_errors, "division_error", lambda dtype: 2.6)
    with pytest.raises(AllowanceUnavailable, match="more than two roundings"):
        primitive_errors.measure("float32")
    monkeypatch.setattr(primitive_errors, "measure_float32", lambda: {"alone": np.inf})
    with pytest.raises(AllowanceUnavailable, match="not a number"):
        primitive_errors.measure("float32")
