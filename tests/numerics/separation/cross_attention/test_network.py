"""The literal cross-attention network against the exact weights, within the error bound that its module derives."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx, fmpq

from numerics.separation.cross_attention import network
from numerics.separation.self_attention.network import tokens
from theory.separation.cross_attention.logits import Logits, polynomial_gain, softmax_gain
from theory.separation.self_attention.parameters import Parameters

CASES = [(2, "4", "1"), (12, "3/2", "1/2"), (200, "6/5", "2"), (1000, "1/2", "3")]  # n, kappa, l0
DEGREES = [None, 1, 2, 5]


def exact_weights(logits: Logits, n: int, degree: int | None, needle: int | None) -> list[arb]:
    """The weights of one query, from the gain; all are 1/n without a needle."""
    if needle is None:
        return [arb(1) / n] * n
    gain = (softmax_gain(logits, n) if degree is None else polynomial_gain(logits, n, degree)).enclose(256)
    return [(gain if j == needle else arb(1)) / (gain + n - 1) for j in range(n)]


def worst(found: np.ndarray, exact: list[arb]) -> float:
    """The largest relative error; an entry that is exactly 0 must be found as 0."""
    errors = [0.0]
    for computed, value in zip(found, exact, strict=True):
        if value == 0:
            assert computed == 0
        else:
            errors.append(float((abs(arb(float(computed)) / value - 1)).upper()))
    return max(errors)


@pytest.mark.parametrize("degree", DEGREES)
@pytest.mark.parametrize(("n", "kappa", "l0"), CASES)
def test_the_weights_are_exact_within_the_derived_error(n: int, kappa: str, l0: str, degree: int | None) -> None:
    """Read through the identity as values, which rounds nothing but the sums of zeros."""
    logits = Logits(kappa=kappa, l0=l0)
    allowed = network.output_error(logits, n, degree)
    assert allowed < 1e-9
    with ctx.workprec(256):
        for needle in (0, n - 1, None):
            found = network.attend(network.queries(n, 2), network.keys(logits, n, needle), jnp.eye(n), degree)
            exact = exact_weights(logits, n, degree, needle)
            assert worst(np.asarray(found)[0], exact) <= allowed
            np.testing.assert_array_equal(found[0], found[1])


@pytest.mark.parametrize("degree", DEGREES)
def test_the_error_bound_refutes_another_network(degree: int | None) -> None:
    """The same comparison fails for a needle that is louder by a part in 10^8, and for the neighbouring degree."""
    n, logits = 12, Logits(kappa="3/2", l0="1/2")
    allowed = network.output_error(logits, n, degree)
    louder = Logits(kappa=logits.kappa * (1 + Fraction(1, 10**8)), l0=logits.l0)
    key = network.keys(logits, n, 3)
    with ctx.workprec(256):
        found = np.asarray(network.attend(network.queries(n), key, jnp.eye(n), degree))[0]
        assert worst(found, exact_weights(logits, n, degree, 3)) <= allowed
        assert worst(found, exact_weights(louder, n, degree, 3)) > allowed
        assert worst(found, exact_weights(logits, n, degree, 4)) > allowed
        assert worst(found, exact_weights(logits, n, (degree or 0) + 1, 3)) > allowed


@pytest.mark.parametrize("degree", DEGREES)
def test_outputs_for_the_tokens_of_the_self_attention_needle(degree: int | None) -> None:
    n, logits = 12, Logits(kappa="6/5", l0=1)
    at = Parameters(n=n, d=5, a0=0, a1="7/10", b="1/2", eta="3/5")
    values = tokens(at, at.a1, needle=7)
    found = np.asarray(network.attend(network.queries(n), network.keys(logits, n, 7), values, degree))[0]
    with ctx.workprec(256):
        weights, unit = exact_weights(logits, n, degree, 7), arb(n).log().sqrt()
        heights = [arb(fmpq(x.numerator, x.denominator)) for x in (at.a1, at.b, at.c)]
        exact = [heights[0] * weights[7]]
        exact += [heights[1] * sum((w for i, w in enumerate(weights) if i % 3 == k), arb(0)) for k in range(3)]
        exact += [heights[2]]
        assert worst(found, [unit * value for value in exact]) <= network.output_error(logits, n, degree)


def test_scores_have_two_values_whatever_the_width() -> None:
    logits, n = Logits(kappa="3/2", l0="1/2"), 10
    for width in (2, 3, 7):
        score = np.asarray(network.queries(n, 2, width) @ network.keys(logits, n, 4, width).T)
        np.testing.assert_allclose(np.delete(score, 4, axis=1), 0.5, rtol=1e-14)
        np.testing.assert_allclose(score[:, 4], 1.5 * math.log(n), rtol=1e-14)
    assert set(np.asarray(network.keys(logits, n, None)).sum(axis=1).tolist()) == {0.5}


def test_the_weights_sum_to_one_and_the_majority_is_outvoted_by_a_loud_needle() -> None:
    n, logits = 30, Logits(kappa=2, l0=1)
    values = network.majority_values(n, needle=5)
    assert np.asarray(values)[5, 0] == 1
    assert np.asarray(values).sum() == 2 - n
    for degree, sign in ((None, 1), (1, -1)):
        output = network.attend(network.queries(n), network.keys(logits, n, 5), values, degree)
        assert np.sign(float(output[0, 0])) == sign
        ones = network.attend(network.queries(n), network.keys(logits, n, 5), jnp.ones((n, 1)), degree)
        assert abs(float(ones[0, 0]) - 1) <= network.output_error(logits, n, degree)


def test_the_error_grows_with_the_degree_the_width_and_the_number_of_keys() -> None:
    logits = Logits(kappa=2, l0=1)
    degrees = [network.output_error(logits, 100, degree) for degree in (1, 2, 5)]
    assert degrees == sorted(set(degrees))
    assert network.output_error(logits, 100, 1, width=8) > network.output_error(logits, 100, 1)
    for degree in (None, 1):
        assert network.output_error(logits, 10_000, degree) > network.output_error(logits, 100, degree)
        assert network.weight_exponent(logits, 100, degree) < network.output_error(logits, 100, degree)


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda at: network.keys(at, 5, needle=5), ValueError, "no key 5 among n = 5"),
        (lambda at: network.keys(at, 5, needle=-1), ValueError, "None for no needle"),
        (lambda at: network.keys(at, 5, width=1), ValueError, "take width >= 2"),
        (lambda at: network.queries(5, width=1), ValueError, "take width >= 2"),
        (lambda at: network.attention_map(0), ValueError, "take degree >= 1"),
        (lambda at: network.attention_map(1.5), TypeError, "not an integer"),  # type: ignore[arg-type]
    ],
)
def test_mistakes_are_explained(ask: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ask(Logits(kappa=4, l0=1))
