"""Every rounding claim is derived, and the same check refutes it with its constant spoiled."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp

from theory.claim import Claim
from theory.evidence import Effort, Method, Verdict, gather
from theory.rounding import attention, factors, matrix_product, row_normalisation, softmax
from theory.rounding.allowance import (
    FLOAT32,
    FLOAT64,
    AllowanceUnavailable,
    arithmetic,
    exponent,
    row_normalisation_exponent,
    softmax_exponent,
)

CLAIMS = [
    factors.exponential, factors.upper, factors.lower, factors.distance,
    matrix_product.length, row_normalisation.weight,
    softmax.gap_term, softmax.mean_gap, softmax.weight, softmax.weight_below, attention.output,
]  # fmt: skip


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_derived_and_its_spoiled_variant_refuted(claim: Claim) -> None:
    evidence = gather(claim, Method.DERIVED, Effort(quick=True))
    assert evidence.verdict is Verdict.HOLDS, evidence.finding.message
    variants = [variant for variant, methods in claim.variants() if Method.DERIVED in methods]
    assert variants
    for variant in variants:
        spoiled = gather(variant, Method.DERIVED, Effort(quick=True))
        assert spoiled.verdict is Verdict.REFUTED, spoiled.finding.message


def test_formats_are_those_of_ieee_754() -> None:
    import numpy as np

    for form in (FLOAT32, FLOAT64):
        information = np.finfo(form.name)
        assert form.unit_roundoff == Fraction(float(information.eps)) / 2
        assert form.smallest_normal == Fraction(float(information.tiny))
    with pytest.raises(AllowanceUnavailable, match="float32 or float64"):
        arithmetic("bfloat16")


def test_the_formulas_accept_exact_numbers_and_symbols_alike() -> None:
    u = FLOAT32.unit_roundoff
    assert exponent(3, u) == Fraction(3, 2**24 - 1)
    assert row_normalisation_exponent(2, 10, 1, u) == exponent(14, u)
    exactly = softmax_exponent(Fraction(5), 16, Fraction(2), Fraction(1, 2**20), 2, u)
    assert exactly == exponent(Fraction(24), u) + Fraction(2, 2**20 - 1)
    D = sp.Symbol("D")
    symbolic = softmax_exponent(D, 16, 2, sp.Rational(1, 2**20), 2, sp.Rational(1, 2**24))
    assert symbolic.subs(D, 5) == sp.Rational(exactly.numerator, exactly.denominator)


def test_the_mean_gap_is_attained_by_equal_gaps() -> None:
    """n - 1 gaps of 1 + W0((n - 1)/e): the mean gap is W0((n - 1)/e) itself, so the constant cannot be smaller."""
    import flint

    for n in (2, 3, 16, 1024, 10**9):
        W = (flint.arb(n - 1) / flint.arb.const_e()).lambertw()
        terms = (n - 1) * (-1 - W).exp()
        assert ((1 + W) * terms / (1 + terms)).overlaps(W)
        assert flint.arb(n).log() > W
