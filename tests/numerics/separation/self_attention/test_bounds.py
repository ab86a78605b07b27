"""The bounds of A3 and A4 as numbers: below the exact law, and refuted by it when spoiled."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from numerics.separation.self_attention.bounds import corrected_bound, explicit_bound, softmax_fires_at_least
from theory.separation.self_attention.exact_numbers import power_gain
from theory.separation.self_attention.law import Network, firing_probability, joint_success, least_count
from theory.separation.self_attention.parameters import Parameters

BASE = Parameters(n=1000, d=12, a0="1/20", a1="7/10", b="1/2", eta="1/10")
GRID = [
    BASE.replace(n=n, d=d, a1=a1, b=b, eta=eta if below else Fraction(b) + Fraction(1, 10))
    for n, d, a1, b, eta, below in product(
        (20, 1000), (3, 12, 22), ("1/2", "7/10"), ("1/10", "1/2"), ("1/10", "3/10"), (True, False)
    )
]


def joint(parameters: Parameters, m: int) -> Fraction:
    value = joint_success(parameters, m).exact
    assert value is not None
    return value


def test_the_bounds_are_below_the_exact_law() -> None:
    applied = {"explicit": 0, "corrected": 0}
    for parameters in GRID:
        assert softmax_fires_at_least(parameters) <= firing_probability(parameters, Network.SOFTMAX_NEEDLE)
        for m in (1, 30):
            exact = joint(parameters, m)
            explicit, corrected = explicit_bound(parameters, m), corrected_bound(parameters, m)
            assert 0 <= Fraction(explicit) <= exact
            assert corrected is None or Fraction(corrected) <= exact
            applied["explicit"] += explicit > 0
            applied["corrected"] += bool(corrected)
    assert min(applied.values()) >= 10


def test_the_corrected_bound_is_attained_and_a_larger_one_refuted() -> None:
    """At eta = b + 1/10 exactly one pattern in eight fires: P4 = 1 - (7/8)^m, and 1/7 in place of 1/8 is false."""
    parameters = BASE.replace(eta="3/5")
    assert softmax_fires_at_least(parameters) == Fraction(1, 8)
    bound = corrected_bound(parameters, 35)
    assert bound is not None
    assert 0 <= joint(parameters, 35) - Fraction(bound) < Fraction(1, 10**15)
    assert 1 - Fraction(6, 7) ** 35 > joint(parameters, 35)


def test_the_explicit_bound_counts_the_bad_neurons() -> None:
    """Without m p_b the bound of A3 would be 1 - (7/8)^m, which the exact law refutes at the published threshold."""
    assert softmax_fires_at_least(BASE) == Fraction(1, 8)
    assert joint(BASE, 30) < 1 - Fraction(7, 8) ** 30
    large = BASE.replace(n=2000, d=402, b="1/5")
    assert 0.9 < explicit_bound(large, 30) < float(joint(large, 30))


def test_the_case_is_that_of_the_all_plus_pattern() -> None:
    """1/8 if the pattern fires for every count of the other d - 3 plus signs, 1/16 if for half of them and more."""
    seen = set()
    for parameters in [*GRID, *(BASE.replace(n=n, eta="3/5") for n in range(10, 18))]:
        gain = power_gain(parameters.n, parameters.a1 * (1 + parameters.a1))
        least, others = least_count(parameters, parameters.a1, gain, (1, 1, 1)), parameters.d - 3
        bound = softmax_fires_at_least(parameters)
        assert (bound == Fraction(1, 8)) == (least == 0)
        if others % 2 == 0:
            assert (bound > 0) == (2 * least <= others)
        else:  # the sum is even then, so that the condition at S = 1 asks for more than it must
            assert bound == 0 or 2 * least <= others + 1
        seen.add(bound)
    assert seen == {Fraction(1, 8), Fraction(1, 16), Fraction(0)}


def test_ties_are_decided_exactly() -> None:
    """At a1 = 1, n = 19, xi = 1/10 linear attention is silent by a tie; at n = 18 it is not."""
    tie = Parameters(n=19, d=3, a0="1/20", a1=1, b="1/2", eta="3/5")
    assert corrected_bound(tie, 5) is not None
    assert corrected_bound(tie.replace(n=18), 5) is None


def test_mistakes_are_explained() -> None:
    with pytest.raises(ValueError, match="b > 0"):
        explicit_bound(BASE.replace(b=0), 5)
