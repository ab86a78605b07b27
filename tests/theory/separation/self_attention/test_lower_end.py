"""The theorem for all n >= n_0 beside the exact law, which succeeds at n_0 and from much shorter lengths on."""

# SymPy types almost everything as Basic, which hides the numbers that this file compares.
# pyright: reportArgumentType=false

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from theory.rigor.evaluate import truth_at
from theory.rigor.truth import Truth
from theory.separation.self_attention import lower_end as room
from theory.separation.self_attention.construction import d, m, n
from theory.separation.self_attention.exact import Parameters, logarithmic_width, root_dimension, smallest_length
from theory.separation.self_attention.law import joint_law

LENGTH = int(room.LENGTH)
AT_LENGTH = Parameters(n=LENGTH, d=root_dimension()(LENGTH), a0="1/20", a1="7/10", b="1/2", eta="1/10")
WIDTH = logarithmic_width("1/100", "16/15")


def test_the_witness_has_the_prescribed_dimension_and_number_of_neurons() -> None:
    assert {n: LENGTH, d: AT_LENGTH.d, m: WIDTH(AT_LENGTH)} == room.AT_LENGTH


def test_the_exact_law_is_within_what_the_theorem_assumes_and_concludes() -> None:
    law, neurons = joint_law(AT_LENGTH), WIDTH(AT_LENGTH)
    assert law.at_least(neurons, Fraction(99, 100))
    assert law.good_probability >= Fraction(1, 16)
    bad = sp.Rational(law.bad_probability.numerator, law.bad_probability.denominator)
    assert truth_at(sp.Le(bad, 3 * room.one_network(sp.Integer(AT_LENGTH.d)), evaluate=False), {}) is Truth.TRUE


def test_the_exact_law_succeeds_long_before_the_bound_does() -> None:
    found = smallest_length(AT_LENGTH, "0.99", dimension=root_dimension(), width=WIDTH, limit=LENGTH)
    assert found.value is not None
    assert found.value < LENGTH


@pytest.mark.parametrize("power", [143, 150, 300, 1000])
def test_the_dimension_suffices_at_longer_lengths(power: int) -> None:
    assert truth_at(room.grows.unfolded, {n: sp.Integer(10) ** power}) is Truth.TRUE
    assert truth_at(room.silent.unfolded, {n: sp.Integer(10) ** power}) is Truth.TRUE


def test_the_bound_says_nothing_one_digit_below() -> None:
    assert truth_at(room.grows.unfolded, {n: 50 * sp.Integer(10) ** 141}) is Truth.FALSE
