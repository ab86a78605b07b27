"""The exact law of the cross-attention networks against literal networks, enumerated over all 2^d sign vectors."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction
from functools import lru_cache

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.separation.cross_attention import law as room
from theory.separation.cross_attention.law import cross_firing_probability, cross_law, cross_rows
from theory.separation.cross_attention.logits import Logits, polynomial_gain
from theory.separation.self_attention.law import SILENT_FOUR, FiringLaw, Network, Rows
from theory.separation.self_attention.parameters import Parameters

# The literal network: values are vectors, an output is their weighted mean, and a weight before normalisation is the
# kernel of a logit. Nothing below uses gains. The kernel of the needle's logit over that of the others is irrational
# (`logits`), so a sum  needle + K * others  of rationals times kernels is zero only if both rationals are.

Sums = tuple[Fraction, Fraction]  # of the needle's key, and of all others


@lru_cache(maxsize=64)
def tokens(parameters: Parameters, a: Fraction, needle: int) -> list[list[Fraction]]:
    """The n values in units of sqrt(log n): a in the needle's first column, stacked identities times b, and c."""
    columns = parameters.d - 2
    return [
        [a if i == needle else Fraction(0)]
        + [parameters.b if i % columns == k else Fraction(0) for k in range(columns)]
        + [parameters.c]
        for i in range(parameters.n)
    ]


def kernels(logits: Logits, n: int, degree: int | None) -> tuple[arb, arb]:
    """The kernel of the needle's logit and of the others'."""
    loud = arb(n).log() * fmpq(logits.kappa.numerator, logits.kappa.denominator)
    quiet = arb(fmpq(logits.l0.numerator, logits.l0.denominator))
    return (loud.exp(), quiet.exp()) if degree is None else (loud**degree, quiet**degree)


def is_positive(sums: Sums, logits: Logits | None, n: int, degree: int | None) -> bool:
    """Whether needle * kernel + others * kernel > 0; all kernels are equal where `logits` is None."""
    if logits is None:
        return sum(sums) > 0
    if sums == (0, 0):
        return False
    for bits in (100, 400, 1600, 6400):
        with ctx.workprec(bits):
            value = sum(
                k * fmpq(part.numerator, part.denominator)
                for k, part in zip(kernels(logits, n, degree), sums, strict=True)
            )
            if value > 0 or value < 0:
                return bool(value > 0)
    raise AssertionError("the brute force could not decide a sign")


def fires(
    parameters: Parameters, network: Network, logits: Logits, degree: int, signs: tuple[int, ...], j: int
) -> bool:
    """Whether <c, y> > tau for the output c of the literal network whose needle is key j."""
    needle = network in (Network.SOFTMAX_NEEDLE, Network.LINEAR_NEEDLE)
    softmax = network in (Network.SOFTMAX_NEEDLE, Network.SOFTMAX_PLAIN)
    values = tokens(parameters, parameters.a1 if needle else parameters.a0, j)
    above = [sum((x * s for x, s in zip(value, signs, strict=True)), -parameters.tau) for value in values]
    sums = above[j], sum(above, Fraction(0)) - above[j]
    return is_positive(sums, logits if needle else None, parameters.n, None if softmax else degree)


def enumerate_patterns(
    parameters: Parameters, logits: Logits, degree: int = 1, j: int = 0
) -> Counter[frozenset[Network]]:
    """How many of the 2^d sign vectors fire in exactly which networks."""
    return Counter(
        frozenset(network for network in Network if fires(parameters, network, logits, degree, signs, j))
        for signs in itertools.product((1, -1), repeat=parameters.d)
    )


def as_counts(law: FiringLaw[Network]) -> Counter[frozenset[Network]]:
    return Counter({networks: int(probability * 2**law.d) for networks, probability in law.joint().items()})


SMALL = [
    (Parameters(n=2, d=3, a0="0.05", a1=1, b="0.5", eta="0.6"), Logits(kappa=4, l0=1)),
    (Parameters(n=7, d=3, a0=0, a1="1.2", b="0.9", eta="-0.2"), Logits(kappa="1/2", l0="1/2")),
    (Parameters(n=8, d=4, a0="0.05", a1="0.7", b="0.5", eta="0.1"), Logits(kappa="3/2", l0=2)),
    (Parameters(n=9, d=5, a0="0.1", a1="0.5", b="0.9", c="0.1", tau="0.4"), Logits(kappa=1, l0="1/3")),
    (Parameters(n=12, d=6, a0="0.05", a1="1.2", b="1", eta="0.25"), Logits(kappa="1/5", l0=3)),  # a gain below 1
    (Parameters(n=10, d=7, a0="0.05", a1="0.7", b="0", eta="0.1"), Logits(kappa=2, l0=1)),
    (Parameters(n=12, d=8, a0="0.1", a1=1, b="0.5", eta="0.2"), Logits(kappa=1, l0=1)),
]


@pytest.mark.parametrize("degree", [1, 3])
@pytest.mark.parametrize(("parameters", "logits"), SMALL, ids=str)
def test_law_equals_enumeration(parameters: Parameters, logits: Logits, degree: int) -> None:
    parameters.require_literal()
    law = cross_law(parameters, logits, degree)
    found = enumerate_patterns(parameters, logits, degree)
    assert as_counts(law) == found
    for network in Network:
        counted = sum(count for firing, count in found.items() if network in firing)
        assert cross_firing_probability(parameters, logits, network, degree) == Fraction(counted, 2**parameters.d)
    idle = sum(count for firing, count in found.items() if not firing & set(SILENT_FOUR))
    good = idle - sum(count for firing, count in found.items() if not firing)
    exact = law.success(Network.SOFTMAX_NEEDLE, SILENT_FOUR).probability(3).exact
    assert exact == Fraction(idle, 2**parameters.d) ** 3 - Fraction(idle - good, 2**parameters.d) ** 3


@settings(max_examples=25, deadline=None)
@given(
    d=st.integers(3, 6),
    t=st.integers(1, 4),
    j=st.integers(0, 30),
    a0=st.fractions(0, 1, max_denominator=4),
    a1=st.fractions(0, 2, max_denominator=4),
    b=st.fractions(0, 1, max_denominator=5),
    eta=st.fractions(-1, 2, max_denominator=8),
    kappa=st.fractions("1/5", 3, max_denominator=5),
    l0=st.fractions("1/5", 3, max_denominator=5),
    degree=st.integers(1, 3),
)
def test_law_equals_enumeration_on_coarse_rationals(
    d: int, t: int, j: int, a0: Fraction, a1: Fraction, b: Fraction, eta: Fraction,
    kappa: Fraction, l0: Fraction, degree: int,
) -> None:  # fmt: skip
    """Small denominators give ties without a needle; the position of the needle must not matter."""
    n = max((d - 2) * t, 2)
    parameters, logits = Parameters(n=n, d=d, a0=a0, a1=a1, b=b, eta=eta), Logits(kappa=kappa, l0=l0)
    assert as_counts(cross_law(parameters, logits, degree)) == enumerate_patterns(parameters, logits, degree, j % n)


MISTAKES = {
    "a needle in D0": lambda rows: rows | {Network.SOFTMAX_PLAIN: rows[Network.SOFTMAX_NEEDLE]},
    "linear attention in place of softmax": lambda rows: rows | {Network.SOFTMAX_NEEDLE: rows[Network.LINEAR_NEEDLE]},
    "the low needle in D1": lambda rows: (
        rows | {Network.SOFTMAX_NEEDLE: Rows(rows[Network.SOFTMAX_PLAIN].a, rows[Network.SOFTMAX_NEEDLE].gains)}
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_law_of_other_rows_is_caught(mistake: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = room.cross_rows
    monkeypatch.setattr(room, "cross_rows", lambda *given: MISTAKES[mistake](right(*given)))
    assert any(as_counts(cross_law(*case)) != enumerate_patterns(*case) for case in SMALL)


def test_each_network_has_one_row_and_the_degree_is_that_of_the_kernel() -> None:
    parameters, logits = SMALL[2]
    for degree in (1, 4):
        rows = cross_rows(parameters, logits, degree)
        assert list(rows) == list(Network)
        assert {len(of_network.gains) for of_network in rows.values()} == {1}
        assert rows[Network.LINEAR_NEEDLE].gains[0] == polynomial_gain(logits, parameters.n, degree)
        assert {rows[network].a for network in (Network.SOFTMAX_PLAIN, Network.LINEAR_PLAIN)} == {parameters.a0}


def test_mistakes_are_explained() -> None:
    parameters, logits = SMALL[0]
    with pytest.raises(ValueError, match="take degree >= 1"):
        cross_law(parameters, logits, 0)
    with pytest.raises(TypeError, match="not an integer"):
        cross_firing_probability(parameters, logits, Network.LINEAR_NEEDLE, 1.5)  # type: ignore[arg-type]
