"""The lemmas that count sign vectors: proved, spoiled variants refuted, and true when counted out."""

from __future__ import annotations

from math import comb

import pytest
import sympy as sp

from theory.claim import claims
from theory.evidence import Method, Verdict, gather
from theory.lemmas import sign_vectors

LEMMAS = [sign_vectors.vectors_above, sign_vectors.vectors_from, sign_vectors.all_or_none]


def test_this_file_covers_all_lemmas_of_the_room():
    assert {c.id for c in claims("lemma") if c.module == sign_vectors.__name__} == {c.id for c in LEMMAS}


@pytest.mark.parametrize("claim", LEMMAS, ids=lambda claim: claim.id)
def test_a_lemma_is_proved_and_its_spoiled_variants_fall(claim):
    found = gather(claim, Method.DERIVED)
    assert found.verdict is Verdict.HOLDS, found.finding.message
    for variant, _ in claim.variants():
        assert gather(variant, Method.DERIVED).verdict is Verdict.REFUTED


@pytest.mark.parametrize("length", [0, 1, 2, 5])
def test_the_binomials_are_counted_out(length):
    for least in range(length + 2):
        tail = sum(comb(length, count) for count in range(least, length + 1))
        between = sp.Rational(2 * least - 1, 2)
        assert sign_vectors.binomials_above(length, between).doit() == tail
        assert sign_vectors.binomials_from(least, length).doit() == tail
