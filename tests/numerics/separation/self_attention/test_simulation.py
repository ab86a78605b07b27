"""Simulated networks against exhaustive enumeration, the exact law, the literal network, and several devices."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from fractions import Fraction

import jax
import numpy as np
import pytest
from flint import fmpq

from numerics.probability import Count, compare, compare_table
from numerics.separation.self_attention.simulation import (
    EVENTS,
    Draw,
    Tally,
    draw_signs,
    features,
    simulate,
    simulate_literally,
)
from theory.evidence import Verdict
from theory.separation.self_attention.exact_numbers import Gain, power_gain, sign_of
from theory.separation.self_attention.law import Network, Rows, firing_law, law_of_rows, network_rows
from theory.separation.self_attention.parameters import Parameters

PUBLISHED = Parameters(n=100, d=12, a0="1/20", a1="7/10", b="1/2", eta="1/10")
CORRECTED = PUBLISHED.replace(eta="3/5")
SMALL_DIMENSION = Parameters(n=10, d=7, a0="1/20", a1="7/10", b="1/2", eta="1/10")
WIDTH = 5
NETWORKS = 4000


def exact(parameters: Parameters, m: int, event: str) -> Fraction:
    value = firing_law(parameters).success(*EVENTS[event]).probability(m).exact
    assert value is not None
    return value


def fires(p: Parameters, a: Fraction, gain: Gain, signs: tuple[int, ...]) -> bool:
    """Whether a row of this gain fires, from <c_i, y> > tau times (N + n - 1)/L, decided exactly."""
    first, needle, last, total = signs[0], signs[1], signs[-1], Fraction(sum(signs[1:-1]), p.d - 2)
    rest = p.c * last - p.tau  # (1) of `rows`: a w y_1 + b (om y_k + (1-om) S/(d-2)) + rest, times N + n - 1
    slope = a * first + p.b * needle + rest
    offset = p.b * (p.n * total - needle) + rest * (p.n - 1)
    return sign_of(gain, *(_fmpq(value) for value in (offset, slope))) > 0


def _fmpq(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)


def enumerated(p: Parameters, m: int) -> dict[str, Fraction]:
    """The probability of every event, from all 2^d sign patterns of a neuron."""
    rows = network_rows(p)
    firing = [
        {name for name in Network if any(fires(p, rows[name].a, gain, signs) for gain in rows[name].gains)}
        for signs in itertools.product((1, -1), repeat=p.d)
    ]
    found = {}
    for event, (good, silent) in EVENTS.items():
        quiet = Fraction(sum(not firing_set & set(silent) for firing_set in firing), 2**p.d)
        idle = Fraction(sum(not firing_set & {good, *silent} for firing_set in firing), 2**p.d)
        found[event] = quiet**m - idle**m
    return found


def verdict(tally: Tally, probabilities: dict[str, Fraction]) -> Verdict:
    return compare_table((tally.counts[event], probability) for event, probability in probabilities.items())[0]


@pytest.mark.parametrize("eta", ["1/10", "3/5"])
def test_simulated_networks_agree_with_the_enumeration_of_all_patterns(eta: str) -> None:
    p = SMALL_DIMENSION.replace(eta=eta)
    probabilities = enumerated(p, WIDTH)
    tally = simulate(p, WIDTH, NETWORKS, seed=1)
    assert tally.ambiguous_neurons == 0
    assert verdict(tally, probabilities) is Verdict.HOLDS
    assert probabilities == {event: exact(p, WIDTH, event) for event in EVENTS}


@pytest.mark.parametrize("draw", ["signs", "counts"])
@pytest.mark.parametrize("p", [PUBLISHED, CORRECTED, PUBLISHED.replace(n=1000, a1="1/2")])
def test_simulated_networks_agree_with_the_exact_law(p: Parameters, draw: Draw) -> None:
    tally = simulate(p, WIDTH, NETWORKS, seed=2, draw=draw)
    assert verdict(tally, {event: exact(p, WIDTH, event) for event in EVENTS}) is Verdict.HOLDS


def test_a_wrong_gain_is_refuted() -> None:
    """n^a in place of n^(a(1+a)) in the needle's own row: at n = 100 softmax would not fire."""
    rows = network_rows(CORRECTED)
    ordinary = power_gain(CORRECTED.n, CORRECTED.a1)
    wrong = law_of_rows(CORRECTED, {**rows, Network.SOFTMAX_NEEDLE: Rows(CORRECTED.a1, (ordinary, ordinary))})
    tally = simulate(CORRECTED, WIDTH, NETWORKS, seed=3)
    for event in ("softmax_d1", "softmax_success", "joint"):
        spoiled = wrong.success(*EVENTS[event]).probability(WIDTH).exact
        assert spoiled is not None
        assert compare(tally.counts[event], spoiled).verdict is Verdict.REFUTED
        assert compare(tally.counts[event], exact(CORRECTED, WIDTH, event)).verdict is Verdict.HOLDS


@pytest.mark.parametrize(("event", "shift"), [("softmax_d0", "1/10"), ("softmax_d1", "4/5"), ("joint", "1/5")])
def test_a_shifted_threshold_is_refuted(event: str, shift: str) -> None:
    tally = simulate(PUBLISHED, WIDTH, NETWORKS, seed=4)
    shifted = PUBLISHED.replace(eta=PUBLISHED.eta + Fraction(shift))
    assert compare(tally.counts[event], exact(shifted, WIDTH, event)).verdict is Verdict.REFUTED


def test_independent_signs_for_the_four_networks_would_be_refuted() -> None:
    """The networks share their signs: the product of the marginals is another number."""
    tally = simulate(PUBLISHED, WIDTH, NETWORKS, seed=5)
    product = exact(PUBLISHED, WIDTH, "softmax_d1")
    for event in ("softmax_d0", "linear_d1", "linear_d0"):
        product *= 1 - exact(PUBLISHED, WIDTH, event)
    assert compare(tally.counts["joint"], product).verdict is Verdict.REFUTED


@pytest.mark.parametrize("p", [PUBLISHED, CORRECTED])
def test_the_literal_networks_are_the_same_networks(p: Parameters) -> None:
    assert simulate_literally(p, WIDTH, 150, seed=6) == simulate(p, WIDTH, 150, seed=6)


def test_a_tie_is_reported_as_ambiguous_and_the_exact_answer_is_inside() -> None:
    """At a1 = 1, n = 19 linear attention on D1 with all signs plus reads exactly the threshold, so it is silent."""
    p = Parameters(n=19, d=3, a0="1/20", a1=1, b="1/2", eta="3/5")
    assert exact(p, WIDTH, "linear_d1") == 0
    for tally in (simulate(p, WIDTH, 1000, seed=7), simulate_literally(p, WIDTH, 1000, seed=7)):
        count = tally.counts["linear_d1"]
        assert (count.low, tally.ambiguous_neurons > 0) == (0, True)
        assert count.ambiguous > 0
        assert compare(count, Fraction(0)).verdict is Verdict.UNDECIDED
    just_above = p.replace(n=18)
    assert simulate(just_above, WIDTH, 1000, seed=7).ambiguous_neurons == 0
    assert verdict(simulate(just_above, WIDTH, 1000, seed=7), enumerated(just_above, WIDTH)) is Verdict.HOLDS


@pytest.mark.parametrize("d", [3, 35, 400])
def test_both_ways_to_draw_follow_the_same_law(d: int) -> None:
    """Every bit of the drawn counts is fair, and their tails are those of a fair binomial."""
    from scipy.stats import binom

    draws = 5000
    for draw in ("signs", "counts"):
        first, needle, total, last = np.asarray(features(jax.random.key(8), draws, d, draw)).T
        plus = (total - needle + d - 3) / 2
        assert plus.min() >= 0
        assert plus.max() <= d - 3
        rows = [(Count.exactly(int((values == 1).sum()), draws), Fraction(1, 2)) for values in (first, needle, last)]
        for cut in sorted({int(binom.ppf(q, d - 3, 0.5)) for q in (0.05, 0.3, 0.5, 0.9)}):
            tail = Fraction(float(binom.cdf(cut, d - 3, 0.5)))
            rows.append((Count.exactly(int((plus <= cut).sum()), draws), min(tail, Fraction(1))))
        assert compare_table(rows)[0] is Verdict.HOLDS
        together = Count.exactly(int(((plus * 2 > d - 3) & (first == 1)).sum()), draws)
        assert compare(together, Fraction(float(binom.sf((d - 3) // 2, d - 3, 0.5))) / 2).verdict is Verdict.HOLDS


def test_the_signs_are_what_the_features_say() -> None:
    key = jax.random.key(9)
    signs = np.asarray(draw_signs(key, 50, 9))
    assert set(signs.ravel().tolist()) == {-1, 1}
    found = np.asarray(features(key, 50, 9, "signs"))
    np.testing.assert_array_equal(found[:, 2], signs[:, 1:8].sum(axis=1))
    np.testing.assert_array_equal(found[:, [0, 1, 3]], signs[:, [0, 1, 8]])


def test_the_seed_decides_and_more_networks_extend_the_same_run() -> None:
    few, again, other = (simulate(PUBLISHED, WIDTH, 200, seed) for seed in (1, 1, 2))
    more = simulate(PUBLISHED, WIDTH, 300, 1)
    assert few == again
    assert few != other
    for event in EVENTS:
        gained = more.counts[event].low - few.counts[event].low
        assert 0 <= gained <= 100


def test_counts_are_the_same_on_four_devices() -> None:
    script = """
import json, sys
import jax
jax.config.update("jax_num_cpu_devices", int(sys.argv[1]))
from numerics.separation.self_attention.simulation import simulate
from numerics.environment import devices
from theory.separation.self_attention.parameters import Parameters
p = Parameters(n=100, d=12, a0="1/20", a1="7/10", b="1/2", eta="1/10")
counts = simulate(p, 5, 1001, 10).counts
print(json.dumps([devices(), {name: (c.low, c.high) for name, c in counts.items()}]))
"""
    run = subprocess.run(
        [sys.executable, "-c", script, "4"],
        capture_output=True, text=True, check=True, env={**os.environ, "JAX_PLATFORMS": "cpu"},
    )  # fmt: skip
    names, on_four = json.loads(run.stdout)
    assert names == ["4 x cpu"]
    here = simulate(PUBLISHED, WIDTH, 1001, 10, devices=jax.devices()[:1])
    assert {name: [c.low, c.high] for name, c in here.counts.items()} == on_four


def test_mistakes_are_explained() -> None:
    with pytest.raises(ValueError, match="m = 0"):
        simulate(PUBLISHED, 0, 10, 0)
    with pytest.raises(ValueError, match="networks = 0"):
        simulate(PUBLISHED, 1, 0, 0)
    with pytest.raises(ValueError, match="not a multiple"):
        simulate_literally(PUBLISHED.replace(n=101), 1, 10, 0)
