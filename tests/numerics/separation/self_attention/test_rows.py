"""The coefficients of the distinct rows against Arb, and the rounding margin that they come with."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx, fmpq

from numerics.separation.self_attention import network, rows
from theory.separation.self_attention.construction import activation
from theory.separation.self_attention.exact_numbers import Gain, power_gain, rational_gain
from theory.separation.self_attention.law import Network
from theory.separation.self_attention.parameters import Parameters

BASE = Parameters(n=100, d=12, a0="1/20", a1="7/10", b="1/2", eta="1/10")
CASES = [
    BASE,
    BASE.replace(n=2, d=4, a1=3),
    BASE.replace(n=2000, d=402, b="9/10", eta=1),
    BASE.replace(n=10**100, a1="31/50", d=5),
    BASE.replace(n=10**1000, a0=0, a1="7/10", d=10**6),
    BASE.replace(b=0, eta="1/10"),
    BASE.replace(b=1, eta="11/10", a1=2),
]


def rational(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def exact_gains(p: Parameters) -> list[tuple[Fraction, tuple[Gain, Gain]]]:
    def softmax(a: Fraction) -> tuple[Fraction, tuple[Gain, Gain]]:
        return a, (power_gain(p.n, a * (1 + a)), power_gain(p.n, a))

    def linear(a: Fraction) -> tuple[Fraction, tuple[Gain, Gain]]:
        return a, (rational_gain(1 + a), rational_gain(1 + a))

    by_network = {
        Network.SOFTMAX_NEEDLE: softmax(p.a1),
        Network.SOFTMAX_PLAIN: softmax(p.a0),
        Network.LINEAR_NEEDLE: linear(p.a1),
        Network.LINEAR_PLAIN: linear(p.a0),
    }
    return [by_network[name] for name in Network]


def worst_use_of_the_margin(p: Parameters, found: rows.Rows) -> float:
    """max |computed - exact| / margin over networks, rows, signs, and sums S at their ends and in the middle."""
    worst = 0.0
    with ctx.workprec(4096):
        for index, (a, gains) in enumerate(exact_gains(p)):
            for row, gain in enumerate(gains):
                n, d, b, height = arb(p.n), arb(p.d), rational(p.b), rational(a)
                for first, last, needle in itertools.product((1, -1), repeat=3):
                    for total in {p.d - 2, 2 - p.d, p.d % 2}:
                        features = np.array([first, needle, total, last])
                        computed = float(found.coefficients[index, row] @ features - found.tau)
                        exact = activation(gain.enclose(4096), n, d, height, b, first, last, needle, total)
                        error = abs(arb(computed) - (exact - rational(p.tau)))
                        worst = max(worst, float(error.upper()) / found.margin[index])
    return worst


@pytest.mark.parametrize("p", CASES)
def test_the_activation_is_right_within_the_margin(p: Parameters) -> None:
    found = rows.distinct_rows(p)
    assert found.coefficients.shape == (4, 2, 4)
    assert worst_use_of_the_margin(p, found) <= 1
    assert found.margin.max() < 1e-8


def test_the_margin_refutes_a_wrong_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    """n^a in place of n^(a(1+a)) in the needle's own row."""
    right = rows.softmax_log_gains
    monkeypatch.setattr(rows, "softmax_log_gains", lambda n, a: (right(n, a)[1],) * 2)
    assert worst_use_of_the_margin(BASE, rows.distinct_rows(BASE)) > 1


def test_the_margin_refutes_a_threshold_that_is_off_by_a_part_in_a_billion() -> None:
    moved = rows.distinct_rows(BASE.replace(eta=BASE.eta + Fraction(1, 10**9)))
    assert worst_use_of_the_margin(BASE, moved) > 1


def test_the_literal_network_reads_the_same() -> None:
    """All rows of the literal network, for random signs, against the two rows; the needle is token 13."""
    needle = 13
    found = rows.distinct_rows(BASE)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], size=(40, BASE.d))
    column = 1 + needle % (BASE.d - 2)
    features = np.stack([signs[:, 0], signs[:, column], signs[:, 1:-1].sum(axis=1), signs[:, -1]], axis=1)
    unit = network.scale(BASE.n)
    attentions = {
        Network.SOFTMAX_NEEDLE: (BASE.a1, network.softmax),
        Network.SOFTMAX_PLAIN: (BASE.a0, network.softmax),
        Network.LINEAR_NEEDLE: (BASE.a1, network.linear),
        Network.LINEAR_PLAIN: (BASE.a0, network.linear),
    }
    for index, name in enumerate(Network):
        a, attention = attentions[name]
        output = np.asarray(network.outputs(network.tokens(BASE, a, needle), attention))
        literal = output @ signs.T - float(BASE.tau) * unit
        own, ordinary = (found.coefficients[index] @ features.T - found.tau) * unit
        allowed = network.activation_error(BASE, a, attention) + 2 * unit * found.margin[index]
        expected = np.where(np.arange(BASE.n)[:, None] == needle, own, ordinary)
        assert np.abs(literal - expected).max() <= allowed < 1e-9
        if own.tolist() != ordinary.tolist():
            assert np.abs(literal - own).max() > allowed, "the two rows of softmax must differ"
