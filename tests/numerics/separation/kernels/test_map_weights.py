"""The running maps on the literal tokens, read by every sign vector, against what the table of gains says."""

from __future__ import annotations

from itertools import product

import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from numerics.environment import prepare
from numerics.separation.kernels import map_weights
from numerics.separation.self_attention.network import tokens
from theory.separation.kernels.gain_table import GAINS
from theory.separation.self_attention.parameters import Parameters

prepare()

AT = Parameters(n=48, d=8, a0="1/10", a1="7/10", b="1/2", eta="3/5")
EVERY_SIGN = np.array(list(product((1.0, -1.0), repeat=AT.d))).T
ALL_PLUS = np.ones((AT.d, 1))
LOUD = ("sigmoid", "identity-linear-unnormalised")
FINITE = {"inline": True}  # it separates at this length, and not for all long ones
PROVED = [name for name, known in GAINS.items() if known.separates is not None]


def fires(name: str, parameters: Parameters, height: str, signs: NDArray) -> NDArray:
    """For every sign vector: whether it fires on some row of the running map."""
    head = 2 if name == "dpfp" else 1
    q, k = map(jnp.asarray, map_weights.tokens({"map": name, "n": parameters.n, "a": height, "head": head}))
    one = map_weights.instance_of({"map": name, "head": head})
    literal = tokens(parameters, parameters.a1 if height == "7/10" else parameters.a0)
    outputs = np.asarray(one.attend(q, k, literal)) / np.sqrt(np.log(parameters.n))
    above = outputs @ signs - float(parameters.tau)
    assert abs(above).min() > 1e-10, "an output is within rounding of the threshold"
    return (above > 0).any(axis=0)


@pytest.mark.parametrize("name", PROVED)
def test_what_the_table_says_is_what_runs(name: str) -> None:
    high = fires(name, AT, "7/10", EVERY_SIGN)
    low = fires(name, AT.replace(a0="1/11"), "1/11", EVERY_SIGN)
    if name in LOUD:
        assert (high & low).mean() >= 1 / 4
    else:
        assert not low.any()
        assert high.mean() >= 1 / 8 if FINITE.get(name, GAINS[name].separates) else not high.any()


def test_inline_attention_is_silent_on_the_low_needle_up_to_8874_and_not_beyond() -> None:
    at = [AT.replace(n=n, d=3) for n in (8874, 8875)]
    assert [bool(fires("inline", one, "1/10", ALL_PLUS[:3]).all()) for one in at] == [False, True]


def test_the_points_cover_both_rows_and_the_tokens_are_the_construction() -> None:
    chosen = map_weights.points({"map": "softmax"})
    assert {point["row"] for point in chosen(map_weights.Effort())} == {map_weights.NEEDLE, map_weights.ORDINARY}
    q, k = map_weights.tokens({"n": 20, "a": "1/2"})
    scores = q @ k.T / np.log(20)
    np.testing.assert_allclose(scores[:2, :2], [[9 / 4, 3 / 2], [3 / 2, 1]])
