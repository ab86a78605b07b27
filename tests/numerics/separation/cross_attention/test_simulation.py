"""Random cross-attention networks against the exact law and the literal networks, and random signs against theirs."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import jax
import numpy as np
import pytest
from flint import arb, ctx, fmpq

from numerics.probability import Count, compare, compare_table
from numerics.separation.cross_attention import simulation
from numerics.separation.cross_attention.simulation import (
    agreements,
    distinct_cross_rows,
    recover,
    recover_literally,
    simulate_cross,
    simulate_cross_literally,
)
from numerics.separation.self_attention.rows import Rows
from numerics.separation.self_attention.simulation import EVENTS, Tally
from theory.evidence import Verdict
from theory.separation.cross_attention.law import cross_law, cross_rows
from theory.separation.cross_attention.logits import Logits, softmax_gain
from theory.separation.cross_attention.recovery_probability import (
    polynomial_recovery,
    recovery_probability,
    softmax_recovery,
)
from theory.separation.self_attention.construction import activation
from theory.separation.self_attention.exact_numbers import rational_gain
from theory.separation.self_attention.parameters import Parameters

LOGITS = Logits(kappa="3/2", l0=1)
PUBLISHED = Parameters(n=100, d=12, a0="1/20", a1=1, b="1/2", eta="1/10")
CORRECTED = PUBLISHED.replace(eta="3/5")
WIDTH, NETWORKS = 5, 4000


def exact(parameters: Parameters, logits: Logits, event: str, degree: int = 1) -> Fraction:
    value = cross_law(parameters, logits, degree).success(*EVENTS[event]).probability(WIDTH).exact
    assert value is not None
    return value


def verdict(tally: Tally, parameters: Parameters, logits: Logits, degree: int = 1) -> Verdict:
    return compare_table((tally.counts[event], exact(parameters, logits, event, degree)) for event in EVENTS)[0]


# The rows that are read


def worst_use_of_the_margin(parameters: Parameters, logits: Logits, degree: int, found: Rows) -> float:
    """max |computed - exact| / margin over networks, signs, and sums S at their ends and in the middle."""
    worst = 0.0
    with ctx.workprec(4096):
        for index, rows in enumerate(cross_rows(parameters, logits, degree).values()):
            n, d = arb(parameters.n), arb(parameters.d)
            b, height, tau = (arb(fmpq(x.numerator, x.denominator)) for x in (parameters.b, rows.a, parameters.tau))
            for first, last, needle in itertools.product((1, -1), repeat=3):
                for total in {parameters.d - 2, 2 - parameters.d, parameters.d % 2}:
                    features = np.array([first, needle, total, last])
                    computed = float(found.coefficients[index, 0] @ features - found.tau)
                    value = activation(rows.gains[0].enclose(4096), n, d, height, b, first, last, needle, total)
                    worst = max(worst, float(abs(arb(computed) - (value - tau)).upper()) / found.margin[index])
    return worst


@pytest.mark.parametrize("degree", [1, 4])
@pytest.mark.parametrize(
    "parameters",
    [PUBLISHED, CORRECTED.replace(n=2, d=4, a1=3), PUBLISHED.replace(n=2000, d=402, b="9/10"),
     CORRECTED.replace(n=10**100, d=5), PUBLISHED.replace(b=0)],
)  # fmt: skip
def test_the_activation_is_right_within_the_margin(parameters: Parameters, degree: int) -> None:
    found = distinct_cross_rows(parameters, LOGITS, degree)
    assert found.coefficients.shape == (4, 1, 4)
    assert worst_use_of_the_margin(parameters, LOGITS, degree, found) <= 1
    assert found.margin.max() < 1e-8


def test_the_margin_refutes_another_needle_another_degree_and_another_threshold() -> None:
    quieter = Logits(kappa=LOGITS.kappa * (1 - Fraction(1, 10**9)), l0=LOGITS.l0)
    moved = PUBLISHED.replace(eta=PUBLISHED.eta + Fraction(1, 10**9))
    for found in (
        distinct_cross_rows(PUBLISHED, quieter, 1),
        distinct_cross_rows(PUBLISHED, LOGITS, 2),
        distinct_cross_rows(moved, LOGITS, 1),
    ):
        assert worst_use_of_the_margin(PUBLISHED, LOGITS, 1, found) > 1


# Needle networks


@pytest.mark.parametrize("draw", ["signs", "counts"])
@pytest.mark.parametrize(("parameters", "degree"), [(PUBLISHED, 1), (CORRECTED, 1), (CORRECTED, 3)])
def test_simulated_networks_agree_with_the_exact_law(parameters: Parameters, degree: int, draw: Any) -> None:
    tally = simulate_cross(parameters, LOGITS, WIDTH, NETWORKS, seed=1, degree=degree, draw=draw)
    assert tally.ambiguous_neurons == 0
    assert verdict(tally, parameters, LOGITS, degree) is Verdict.HOLDS


def test_another_law_is_refuted() -> None:
    tally = simulate_cross(CORRECTED, LOGITS, WIDTH, NETWORKS, seed=2, degree=3)
    assert verdict(tally, CORRECTED, LOGITS, 3) is Verdict.HOLDS
    assert verdict(tally, CORRECTED, LOGITS, 1) is Verdict.REFUTED
    assert verdict(tally, CORRECTED, Logits(kappa="1/2", l0=1), 3) is Verdict.REFUTED
    assert verdict(tally, CORRECTED.replace(eta="1/5"), LOGITS, 3) is Verdict.REFUTED


@pytest.mark.parametrize("degree", [1, 3])
@pytest.mark.parametrize("parameters", [PUBLISHED, CORRECTED, PUBLISHED.replace(n=30, d=5)])
def test_the_literal_networks_are_the_same_networks(parameters: Parameters, degree: int) -> None:
    """Queries, keys and values in full, for the same signs: equal counts, however many queries there are."""
    fast = simulate_cross(parameters, LOGITS, WIDTH, 150, seed=3, degree=degree)
    assert fast.ambiguous_neurons == 0
    for count in (1, 4) if degree == 1 else (3,):
        assert simulate_cross_literally(parameters, LOGITS, WIDTH, 150, seed=3, degree=degree, count=count) == fast
    quieter = Logits(kappa="1/5", l0=1)
    assert simulate_cross_literally(parameters, quieter, WIDTH, 150, seed=3, degree=degree, count=1) != fast


def test_a_tie_is_reported_as_ambiguous_by_both_and_the_exact_answer_is_inside() -> None:
    """Without a needle the weight is 1/n: at a0 = 1, n = 10 the all-plus pattern reads exactly tau = 11/10."""
    tie = Parameters(n=10, d=4, a0=1, a1=1, b="1/2", tau="11/10")
    assert exact(tie, LOGITS, "softmax_d0") == 0
    for run in (simulate_cross, simulate_cross_literally):
        tally = run(tie, LOGITS, WIDTH, 500, seed=4)
        count = tally.counts["softmax_d0"]
        assert (count.low, tally.ambiguous_neurons > 0) == (0, True)
        assert compare(count, Fraction(0)).verdict is Verdict.UNDECIDED
    below = tie.replace(eta=tie.eta - Fraction(1, 10**6))
    tally = simulate_cross(below, LOGITS, WIDTH, 500, seed=4)
    assert tally.ambiguous_neurons == 0
    assert verdict(tally, below, LOGITS) is Verdict.HOLDS
    assert tally.counts["softmax_d0"].low > 0


def test_a_network_that_reads_another_needle_is_not_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value of the needle is the first: keys whose needle is the second count otherwise."""
    right = simulation.keys
    monkeypatch.setattr(simulation, "keys", lambda at, n, needle: right(at, n, None if needle is None else 1))
    literal = simulate_cross_literally(CORRECTED, LOGITS, WIDTH, 150, seed=3)
    assert literal != simulate_cross(CORRECTED, LOGITS, WIDTH, 150, seed=3)


def test_the_seed_decides() -> None:
    first, again, other = (simulate_cross(PUBLISHED, LOGITS, WIDTH, 200, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other


# Random signs


@pytest.mark.parametrize(("gain", "n", "coordinates"), [(2, 4, 1), (1, 9, 1), (3, 34, 2), (20, 101, 3), (7, 65, 1)])
def test_recovered_signs_agree_with_the_exact_probability(gain: int, n: int, coordinates: int) -> None:
    trials = 20_000
    value = recovery_probability(rational_gain(gain), n, coordinates).exact
    assert value is not None
    count = recover(rational_gain(gain), n, coordinates, trials, seed=1)
    assert count.ambiguous == 0
    assert compare(count, value).verdict is Verdict.HOLDS
    for wrong in (recovery_probability(rational_gain(gain + 2), n, coordinates).exact, value**2):
        assert wrong is not None
        assert compare(count, wrong).verdict is Verdict.REFUTED


@pytest.mark.parametrize("degree", [None, 1])
def test_the_literal_network_recovers_as_often(degree: int | None) -> None:
    n, logits, trials = 40, Logits(kappa="3/4", l0="1/2"), 4000
    found = softmax_recovery(logits, n, 2) if degree is None else polynomial_recovery(logits, n, degree, 2)
    other = polynomial_recovery(logits, n, 1, 2) if degree is None else softmax_recovery(logits, n, 2)
    assert found.exact is not None
    assert other.exact is not None
    count = recover_literally(logits, n, degree, 2, trials, seed=2)
    assert count.ambiguous == 0
    assert compare(count, found.exact).verdict is Verdict.HOLDS
    assert compare(count, other.exact).verdict is Verdict.REFUTED


@pytest.mark.parametrize("n", [2, 32, 33, 34, 65, 97])
def test_the_agreements_are_a_binomial_of_the_others(n: int) -> None:
    """Every number of words, and a word that is not full: the ends are reached and the tails are those of fair bits."""
    from scipy.stats import binom

    draws, others = 4000, n - 1
    keys = jax.random.split(jax.random.key(n), draws)
    found = np.asarray(jax.vmap(lambda key: agreements(key, n, 2))(keys))
    assert found.min() >= 0
    assert found.max() <= others
    rows = []
    for cut in sorted({int(binom.ppf(q, others, 0.5)) for q in (0.05, 0.3, 0.5, 0.9)} - {others}):
        tail = Fraction(float(binom.cdf(cut, others, 0.5)))
        rows += [(Count.exactly(int((found[:, k] <= cut).sum()), draws), tail) for k in (0, 1)]
        both = (found <= cut).all(axis=1)
        rows.append((Count.exactly(int(both.sum()), draws), tail**2))
    assert compare_table(rows)[0] is Verdict.HOLDS


def test_the_count_does_not_depend_on_how_many_trials_are_drawn_together(monkeypatch: pytest.MonkeyPatch) -> None:
    gain = softmax_gain(Logits(kappa="3/5", l0=1), 50)
    whole = recover(gain, 50, 2, 1001, seed=3)
    monkeypatch.setattr(simulation, "TRIALS_AT_ONCE", 64)
    assert recover(gain, 50, 2, 1001, seed=3) == whole
    assert recover(gain, 50, 2, 1001, seed=4) != whole


def test_mistakes_are_explained() -> None:
    gain = rational_gain(1)
    for ask, message in (
        (lambda: simulate_cross(PUBLISHED, LOGITS, 0, 10, 0), "m = 0"),
        (lambda: simulate_cross(PUBLISHED, LOGITS, 1, 0, 0), "networks = 0"),
        (lambda: simulate_cross(PUBLISHED, LOGITS, 1, 1, 0, degree=0), "degree = 0"),
        (lambda: simulate_cross_literally(PUBLISHED.replace(n=101), LOGITS, 1, 1, 0), "not a multiple"),
        (lambda: recover(gain, 1, 1, 1, 0), "n = 1"),
        (lambda: recover(gain, 5, 0, 1, 0), "coordinates = 0"),
        (lambda: recover(gain, 5, 1, 0, 0), "trials = 0"),
    ):
        with pytest.raises(ValueError, match=message):
            ask()
