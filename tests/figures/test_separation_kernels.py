"""The figure of the kernels draws declared claims, its committed table, and numbers that can be computed anew."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from figures import gallery, separation_kernels, style

NAME = "separation_kernels"
TABLE = gallery.read_table(NAME)


def rows(what: str, name: str, a: float = 0.7) -> list[tuple[float, float]]:
    return list(zip(*separation_kernels.curve(TABLE, what, name, a), strict=True))


def test_the_figure_is_found_and_its_claims_are_declared() -> None:
    from theory.claim import get, load

    load("theory.separation")
    assert NAME in gallery.names()
    assert all(get(claim_id).id == claim_id for claim_id in separation_kernels.CLAIMS)


def test_the_drawing_has_the_same_bytes_from_run_to_run(tmp_path: Path) -> None:
    first, second = (gallery.save(separation_kernels.plot(TABLE), NAME, tmp_path / part) for part in ("one", "two"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert separation_kernels.plot(TABLE).get_size_inches()[0] == style.ICML_PAGE


@pytest.mark.parametrize("p", separation_kernels.DEGREES)
def test_weights_computed_anew(p: int) -> None:
    for log10_n, weight in rows("weight", f"score^{p}"):
        log_odds = p * math.log(1.7) - log10_n * math.log(10)  # log(n - 1) = log n to the digits compared
        assert weight == pytest.approx(1 / (1 + math.exp(-log_odds)), rel=0.011)


def test_taylor_lies_below_softmax_and_below_the_power() -> None:
    softmax = [weight for _, weight in rows("weight", "softmax")]
    for p in separation_kernels.DEGREES:
        taylor = [weight for _, weight in rows("weight", f"Taylor {p}")]
        power = [weight for _, weight in rows("weight", f"score^{p}")]
        assert all(t <= min(s, w) * (1 + 1e-12) for t, s, w in zip(taylor, softmax, power, strict=True))


def test_degrees_approach_their_limits() -> None:
    for family, height in separation_kernels.FAMILIES:
        a = eval_height(height)
        limit = next(r["value"] for r in TABLE if (r["what"], r["map"], r["a"]) == ("limit", family, a))
        gaps = [abs(value - float(limit)) for _, value in rows("degree", family, a)]
        assert gaps[-1] < 0.02
        assert gaps[-1] < gaps[0]


def eval_height(text: str) -> float:
    top, bottom = text.split("/")
    return int(top) / int(bottom)


@pytest.mark.slow
def test_the_committed_table_is_what_the_code_computes() -> None:
    assert gallery.differences(TABLE, separation_kernels.data()) == []
