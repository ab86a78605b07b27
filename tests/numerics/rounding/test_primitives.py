"""The table of exp and division: looked up by key, never guessed, and never exceeded on this machine."""

from __future__ import annotations

import json
from fractions import Fraction
from importlib import metadata

import jax
import numpy as np
import pytest

from numerics.rounding import primitives
from numerics.rounding.primitives import Key, Primitives, exponential_error, exponential_forms, lookup
from theory.rounding.allowance import AllowanceUnavailable

known_here = pytest.mark.skipif(
    primitives.current_key("float32") not in primitives.KNOWN, reason="this machine is not in the table"
)


def test_an_unknown_machine_gets_no_allowance_but_a_sentence() -> None:
    key = Key("0.0.1", "cpu", "moon", "float32")
    with pytest.raises(AllowanceUnavailable, match=r"0\.0\.1, cpu, moon, float32.*python -m numerics"):
        lookup("float32", key)
    with pytest.raises(AllowanceUnavailable, match="bfloat16"):
        lookup("bfloat16")


def test_a_measurement_of_this_user_is_found(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    key = Key("0.0.1", "cpu", "moon", "float32")
    entry = {
        "key": {"jaxlib": "0.0.1", "backend": "cpu", "processor": "moon", "dtype": "float32"},
        "exponential": "17/10", "division": "2", "origin": "a test",
    }  # fmt: skip
    primitives.store().parent.mkdir(parents=True)
    primitives.store().write_text(json.dumps([entry]))
    assert lookup("float32", key) == Primitives(Fraction(17, 10), Fraction(2), "a test")
    with pytest.raises(AllowanceUnavailable):
        lookup("float32", Key("0.0.1", "cpu", "mars", "float32"))


def test_the_key_names_version_backend_and_instruction_sets() -> None:
    key = primitives.current_key("float32")
    assert key.jaxlib == metadata.version("jaxlib")
    assert key.backend == jax.default_backend()
    assert key.processor


@known_here
def test_sampled_float32_arguments_stay_below_the_table() -> None:
    arguments = np.random.default_rng(0).uniform(-104, 0, 1023 * 500).astype(np.float32)
    for form in exponential_forms().values():
        relative, absolute = exponential_error(form, arguments)
        assert 0.5 < relative <= lookup("float32").exponential
        assert absolute <= 1.01


@known_here
@pytest.mark.slow
def test_every_float32_argument_stays_below_the_table() -> None:
    found = primitives.measure_float32()
    assert max(found.values()) <= lookup("float32").exponential
    assert max(found.values()) > float(lookup("float32").exponential) - 0.05  # the entry is no idle number


@known_here
def test_sampled_float64_arguments_stay_far_below_the_stated_error() -> None:
    with jax.enable_x64(True):
        found = primitives.measure_float64(samples=2**18)
    assert 0.5 < max(found.values()) <= lookup("float64").exponential / 3


def test_the_measurement_sees_a_worse_exponential() -> None:
    arguments = -np.linspace(0.1, 80, 1023).astype(np.float32)
    relative, _ = exponential_error(lambda x: np.exp(x) * np.float32(1 + 2.0**-20), arguments)
    assert relative > 14


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_division_rounds_at_most_twice(dtype: str) -> None:
    with jax.enable_x64(True):
        assert primitives.division_error(dtype, rows=512) <= 2.001
