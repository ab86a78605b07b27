"""`attnproof bench` as a user meets it."""

from __future__ import annotations

import functools
import io
import json

import pytest
from rich.console import Console

from attnproof.benching import as_json, construction, peer_cells, print_benchmark, run_benchmark
from attnproof.errors import UserError
from numerics.complexity.benchmark import REFERENCE, Measurement
from numerics.complexity.contenders import Setting
from numerics.separation.self_attention import experiments

SETTINGS = {"d": 8, "heads": 1, "causal": False, "dtype": "float32", "seconds": 1.0}


@pytest.mark.parametrize(
    ("names", "lengths", "dtype", "sentence"),
    [
        (["reluu"], [32], "float32", "did you mean relu"),
        ([], [1], "float32", "lengths from 16"),
        ([], [32], "int8", "write float32"),
    ],
)
def test_a_mistake_gets_a_sentence(names: list[str], lengths: list[int], dtype: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        run_benchmark(names, lengths, **{**SETTINGS, "dtype": dtype})  # type: ignore[arg-type]


def test_the_table_shows_ratios_and_reasons() -> None:
    measured = [
        Measurement(REFERENCE, "softmax", Setting(32), 2.0, 1000),
        Measurement("relu", "relu", Setting(32), 1.0, 250),
        Measurement("absent", "softmax", Setting(32), None, None, "it is not installed"),
    ]
    out = io.StringIO()
    print_benchmark(measured, Console(file=out, width=100))
    assert "0.5 / 0.25" in out.getvalue()
    assert "absent, n = 32: it is not installed" in out.getvalue()
    assert len(json.loads(as_json(measured))["measurements"]) == 3


def test_peers_are_compared_with_the_fastest_map_that_computes_the_same() -> None:
    peer = "torch scaled_dot_product_attention"
    measured = [
        Measurement(REFERENCE, "softmax", Setting(32), 0.5, 1000),
        Measurement("softmax", "softmax", Setting(32), 2.0, 1000),
        Measurement("softmax-blockwise", "softmax", Setting(32), 1.0, 250),
        Measurement("relu", "relu", Setting(32), 0.1, 250),
        Measurement(peer, "softmax", Setting(32), 4.0, 10),
        Measurement(peer, "softmax", Setting(64), 4.0, 10),
    ]
    assert peer_cells(measured) == {peer: ["0.25 (softmax-blockwise)", "-"]}


def test_the_construction_is_timed_three_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    small = functools.partial(experiments.benchmark, n=100, m=5, networks=50, repeats=1)
    monkeypatch.setattr(experiments, "benchmark", small)
    assert "literal : distinct rows : exact law = " in construction(as_document=False)
    found = json.loads(construction(as_document=True))
    assert found["literal"] > 0
    assert found["parameters"]["n"] == 100
