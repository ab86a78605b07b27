"""The kernels as running code against their exact gains, within the derived error; and their structure."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx, fmpq

from numerics.separation.kernels import maps
from numerics.separation.self_attention.network import outputs, tokens
from theory.separation.kernels.gains import EluPlusOne, Kernel, Linear, Polynomial, Relu, Taylor, kernel_gain
from theory.separation.self_attention.construction import activation, needle_weight
from theory.separation.self_attention.parameters import Parameters

CASES = [
    Parameters(n=9, d=5, a0=0, a1="7/10", b="1/2", eta=0),
    Parameters(n=16, d=4, a0=0, a1="3/2", b="9/10", eta=0),
    Parameters(n=5, d=3, a0=0, a1=1, b=0, eta=0),
]
MAPS: list[tuple[maps.Map, Kernel]] = [
    (maps.LINEAR, Linear()),
    (maps.RELU, Relu()),
    (maps.ELU_PLUS_ONE, EluPlusOne()),
    *((maps.polynomial_map(p), Polynomial(p)) for p in (0, 1, 6, 14)),
    *((maps.power_map(p), Polynomial(p)) for p in (0, 1, 6, 14)),
    *((maps.taylor_map(p), Taylor(p)) for p in (0, 1, 6, 14)),
]


def largest_error(one: maps.Map, kernel: Kernel, p: Parameters) -> float:
    """The largest relative error of an output entry, against enclosures of the exact ones."""
    found = np.asarray(one.run(tokens(p, p.a1)))
    worst = 0.0
    with ctx.workprec(256):
        height, b = (arb(fmpq(value.numerator, value.denominator)) for value in (p.a1, p.b))
        unit = arb(p.n).log().sqrt()
        for index, row in ((0, "needle"), (p.n - 1, "ordinary")):
            gain = kernel_gain(kernel, p.n, p.a1, row).enclose(256)  # type: ignore[arg-type]
            exact = [height * needle_weight(gain, arb(p.n))]
            exact += [activation(gain, arb(p.n), arb(p.d), height, b, 0, 0, int(k == 0), 1) for k in range(p.d - 2)]
            exact += [1 - b]
            for computed, value in zip(found[index], exact, strict=True):
                if value == 0:
                    assert computed == 0
                else:
                    worst = max(worst, float((abs(arb(float(computed)) / (unit * value) - 1)).upper()))
    return worst


@pytest.mark.parametrize(("one", "kernel"), MAPS, ids=lambda value: getattr(value, "name", str(value)))
def test_outputs_stay_within_their_derived_error(one: maps.Map, kernel: Kernel) -> None:
    for case in CASES:
        error = one.output_error(case)
        assert largest_error(one, kernel, case) <= error < 1e-11


def test_another_degree_is_far_beyond_the_error() -> None:
    case = CASES[0]
    assert largest_error(maps.power_map(6), Polynomial(7), case) > 1e6 * maps.power_map(6).output_error(case)


@pytest.mark.parametrize("p", [1, 5, 14])
def test_one_feature_in_linear_time_is_the_kernel_over_all_pairs(p: int) -> None:
    case = CASES[0]
    matrix = tokens(case, case.a1)
    quadratic = np.asarray(outputs(matrix, maps.polynomial(p)))
    np.testing.assert_allclose(np.asarray(maps.outputs_in_linear_time(matrix, maps.power(p))), quadratic, rtol=1e-12)


def shapes(program: Any) -> set[tuple[int, ...]]:
    """The shapes of all arrays that a traced program makes."""
    return {tuple(variable.aval.shape) for equation in program.eqns for variable in equation.outvars}


def test_nothing_quadratic_is_built_by_one_feature() -> None:
    matrix = jnp.ones((50, 4))
    linear = jax.make_jaxpr(lambda x: maps.outputs_in_linear_time(x, maps.power(3)))(matrix)
    quadratic = jax.make_jaxpr(lambda x: outputs(x, maps.polynomial(3)))(matrix)
    assert (50, 50) not in shapes(linear)
    assert (50, 50) in shapes(quadratic)


def test_all_rows_of_one_feature_are_the_same() -> None:
    case = CASES[1]
    for feature in (maps.power(7), maps.relu, maps.elu_plus_one):
        found = np.asarray(maps.outputs_in_linear_time(tokens(case, Fraction(case.a1)), feature))
        np.testing.assert_allclose(found, np.broadcast_to(found[0], found.shape), rtol=1e-14)


def test_features_take_either_sign() -> None:
    heights = jnp.asarray([-2.0, 0.0, 3.0])
    np.testing.assert_allclose(maps.elu_plus_one(heights), [np.exp(-2), 1, 4], rtol=1e-15)
    np.testing.assert_array_equal(maps.relu(heights), [0, 0, 3])
