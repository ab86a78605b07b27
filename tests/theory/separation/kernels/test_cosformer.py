"""cosFormer's rows summed term by term, which the claims about its weights do not do."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from flint import arb, fmpq

from theory.claim import get
from theory.evidence import Method
from theory.separation.kernels import cosformer_reached, cosformer_weight
from theory.separation.self_attention.construction import a as height
from theory.separation.self_attention.construction import n as length


def cosine(distance: int, map_length: int) -> arb:
    return arb.cos_pi_fmpq(fmpq(distance, 2 * map_length))


def row(i: int, n: int, map_length: int) -> arb:
    """The sum of the cosines of row i of 1..n."""
    return sum((cosine(i - j, map_length) for j in range(1, n + 1)), arb(0))


def at(expression: Any, values: dict[Any, Any]) -> arb:
    return arb(str(expression.subs(values).evalf(40)))


@pytest.mark.parametrize("n", [2, 3, 12, 100])
@pytest.mark.parametrize("a", [Fraction(1, 10), Fraction(7, 10), Fraction(5)])
def test_the_needle_has_what_its_bounds_allow(n: int, a: Fraction) -> None:
    bound = at(cosformer_reached.bound, {length: n, height: a})
    factor = 1 + arb(fmpq(a.numerator, a.denominator))
    for map_length in (n, 2 * n, 50 * n):
        for i in {1, (n + 1) // 2, n}:
            total = row(i, n, map_length)
            assert total >= fmpq(n + 1, 2)
            for j in {1, n}:
                at_needle = cosine(i - j, map_length)
                weight = factor * at_needle / (total + (factor - 1) * at_needle)
                assert weight < bound
                if map_length == n and i == j == 1:
                    assert weight > arb.pi() / 4 * bound


@pytest.mark.parametrize("n", [1, 2, 7, 100])
def test_the_first_row_is_a_cotangent_and_below_the_hypothesis(n: int) -> None:
    total, closed = row(1, n, n), (1 + (arb.pi() / (4 * n)).cot()) / 2
    assert total.overlaps(closed)
    assert total < at(cosformer_reached.SHORT.args[1], {length: n})


def test_nothing_here_is_taken_from_the_literature_unproved() -> None:
    for claim in (cosformer_weight.chord, cosformer_weight.side, cosformer_weight.cosformer_silent):
        assert Method.CITED not in claim.requires
        assert not [used for used in claim.rests_on if Method.CITED in get(used).requires]
