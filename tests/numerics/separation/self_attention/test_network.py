"""The literal network against the exact weights and outputs of A0, within the error bound that its module derives."""

from __future__ import annotations

from fractions import Fraction

import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx, fmpq

from numerics.separation.self_attention import network
from theory.separation.self_attention.construction import activation, needle_weight
from theory.separation.self_attention.exact_numbers import Gain, power_gain, rational_gain
from theory.separation.self_attention.parameters import Parameters

SMALL = Parameters(n=9, d=5, a0="1/20", a1="7/10", b="1/2", eta="1/10")
CASES = [
    SMALL,
    SMALL.replace(n=4, d=6, b="1/10"),
    SMALL.replace(n=16, d=4, a1="3/2", b="9/10"),
    SMALL.replace(n=5, d=3, a1=1, b=0),
]
LARGE = Parameters(n=1000, d=12, a0="1/20", a1="7/10", b="1/2", eta="1/10")


def rational(value: Fraction | int) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


def row_gain(attention: network.Attention, n: int, a: Fraction, needle_row: bool) -> Gain:
    if attention is network.linear:
        return rational_gain(1 + a)
    return power_gain(n, a * (1 + a) if needle_row else a)


def exact_output(p: Parameters, a: Fraction, attention: network.Attention, row: int, needle: int) -> list[arb]:
    """Row `row` of the outputs, from the activation of A1 by the signs of one column at a time, as an enclosure."""
    gain = row_gain(attention, p.n, a, row == needle).enclose(256)
    n, d, b = arb(p.n), arb(p.d), rational(p.b)
    height, unit = rational(a), arb(p.n).log().sqrt()
    columns = [height * needle_weight(gain, n)]
    for column in range(p.d - 2):
        is_needle = int(column == needle % (p.d - 2))
        columns.append(activation(gain, n, d, height, b, 0, 0, is_needle, 1))
    columns.append(rational(p.c))
    return [unit * value for value in columns]


def largest_error(found: np.ndarray, p: Parameters, a: Fraction, attention: network.Attention, needle: int) -> float:
    """The largest relative error of the outputs; 0 where both are 0."""
    worst = 0.0
    rows = {needle, (needle + 1) % p.n, p.n - 1, p.n // 2}
    with ctx.workprec(256):
        for row in rows:
            for computed, exact in zip(found[row], exact_output(p, a, attention, row, needle), strict=True):
                if exact == 0:
                    assert computed == 0
                else:
                    worst = max(worst, float((abs(arb(float(computed)) / exact - 1)).upper()))
    return worst


@pytest.mark.parametrize("attention", [network.softmax, network.linear])
@pytest.mark.parametrize("p", CASES)
def test_the_tensor_trick_gives_the_exact_outputs(p: Parameters, attention: network.Attention) -> None:
    for a in (p.a0, p.a1):
        for needle in (0, p.n - 2):
            matrix = network.tokens(p, a, needle)
            found = np.asarray(network.outputs(matrix, attention, kronecker=True))
            allowed = network.output_error(p, a, attention)
            assert largest_error(found, p, a, attention, needle) <= allowed < 1e-11


@pytest.mark.parametrize("attention", [network.softmax, network.linear])
def test_the_weights_are_exact_too(attention: network.Attention) -> None:
    weights = np.asarray(attention(network.scores_by_tensor_trick(network.tokens(SMALL, SMALL.a1, needle=4))))
    allowed = network.output_error(SMALL, SMALL.a1, attention)
    with ctx.workprec(256):
        for row in range(SMALL.n):
            gain = row_gain(attention, SMALL.n, SMALL.a1, row == 4).enclose(256)
            for column in range(SMALL.n):
                exact = (gain if column == 4 else 1) / (gain + SMALL.n - 1)
                assert abs(arb(float(weights[row, column])) / exact - 1) <= allowed


@pytest.mark.parametrize("attention", [network.softmax, network.linear])
def test_the_bound_refutes_another_construction(attention: network.Attention) -> None:
    """The same check, given a needle that is wrong by one part in 10^9 or columns in another order, must fail."""
    found = np.asarray(network.outputs(network.tokens(SMALL, SMALL.a1), attention))
    allowed = network.output_error(SMALL, SMALL.a1, attention)
    wrong = SMALL.a1 * (1 + Fraction(1, 10**9))
    assert largest_error(found, SMALL, SMALL.a1, attention, 0) <= allowed
    assert largest_error(found, SMALL, wrong, attention, 0) > allowed
    assert largest_error(found[:, ::-1], SMALL, SMALL.a1, attention, 0) > allowed


@pytest.mark.parametrize("attention", [network.softmax, network.linear])
def test_the_three_modes_agree_with_the_exact_outputs(attention: network.Attention) -> None:
    for p in (SMALL, LARGE):
        matrix = network.tokens(p, p.a1, needle=3)
        allowed = network.output_error(p, p.a1, attention)
        for found in (network.outputs(matrix, attention), network.outputs_by_blocks(matrix, attention, rows=128)):
            assert largest_error(np.asarray(found), p, p.a1, attention, 3) <= allowed


def test_the_tensor_trick_is_the_matrix_product() -> None:
    matrix = network.tokens(SMALL, SMALL.a1)
    by_trick, by_product = network.scores_by_tensor_trick(matrix), network.scores(matrix)
    # (a + 1)^2 log n at the needle, log n away from it
    assert by_trick.shape == (SMALL.n, SMALL.n)
    np.testing.assert_allclose(by_trick, by_product, rtol=1e-13)


def test_the_read_out_is_positive_if_and_only_if_some_neuron_fires_on_some_row() -> None:
    output = jnp.array([[1.0, 0.0], [0.0, 2.0]])
    signs = jnp.array([[1.0, 1.0], [-1.0, -1.0]])
    assert float(network.read_out(output, signs, 1.5)) == 0.5
    assert float(network.read_out(output, signs, 2.0)) == 0.0
    assert float(network.read_out(output, -signs[1:], 0.5)) == 2.0


def test_mistakes_are_explained() -> None:
    with pytest.raises(ValueError, match="not a multiple"):
        network.tokens(SMALL.replace(n=10), SMALL.a1)
    with pytest.raises(ValueError, match="no token 9"):
        network.tokens(SMALL, SMALL.a1, needle=9)
    with pytest.raises(ValueError, match="use `scores`"):
        network.scores_by_tensor_trick(network.tokens(LARGE, LARGE.a1))
