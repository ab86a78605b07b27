"""The threshold of positive random features: every claim of its rooms, and the links between them, in exact numbers."""

from __future__ import annotations

import itertools
import pkgutil
from importlib import import_module
from typing import Any

import pytest
import sympy as sp

from theory.claim import Claim, claims, get
from theory.evidence import Method, Verdict, gather
from theory.lemmas import event_counts, events, gaussian_window
from theory.separation import kernels
from theory.separation.kernels import favor_exceptions, favor_moment, favor_too_large, favor_window

ROOMS = [
    import_module(f"{kernels.__name__}.{room.name}")
    for room in pkgutil.iter_modules(kernels.__path__)
    if room.name.startswith("favor")
]
CLAIMS = [claim for claim in claims("separation") if claim.module in {room.__name__ for room in ROOMS}]
DERIVED = [claim for claim in CLAIMS if Method.DERIVED in claim.requires]


def beneath(claim: Claim) -> set[str]:
    """All that a claim rests on, however deep."""
    found: set[str] = set()
    waiting = list(claim.rests_on)
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += get(current).rests_on
    return found


def test_the_claims_of_these_rooms_are_those_with_this_prefix() -> None:
    assert {claim.id for claim in CLAIMS} == {c.id for c in claims("separation.favor")}
    assert len(CLAIMS) > 30


@pytest.mark.parametrize("claim", DERIVED, ids=lambda claim: claim.id)
def test_a_claim_is_derived_and_its_spoiled_variants_fall(claim: Claim) -> None:
    found = gather(claim, Method.DERIVED)
    assert found.verdict is Verdict.HOLDS, found.finding.message
    for variant, methods in claim.variants():
        if Method.DERIVED in methods:
            assert gather(variant, Method.DERIVED).verdict is Verdict.REFUTED


@pytest.mark.parametrize("name", ["missed", "found-late", "missed-everywhere", "missed-instance", "found-instance"])
def test_the_theorem_rests_on_the_links_that_once_stood_in_words(name: str) -> None:
    links = {
        events.indicator_mean.id,
        events.markov.id,
        event_counts.count_one_more.id,
        event_counts.count_start.id,
        gaussian_window.law.id,
        favor_moment.subadditive_one_more.id,
    }
    assert links <= beneath(get(f"separation.favor.{name}"))


@pytest.mark.parametrize("terms", [(1,), (4, 9), (1, 4, 9, 16), (sp.Rational(1, 4), 1, 1, 25, 36)])
def test_a_square_root_of_a_sum_is_at_most_the_sum_of_the_roots_step_by_step(terms: tuple[Any, ...]) -> None:
    """The induction of `subadditive-one-more`, run on its own statement: its conclusion is the next hypothesis."""
    m, half = favor_moment, sp.Rational(1, 2)
    total, powers = sp.sympify(terms[0]), sp.sqrt(terms[0])
    for term in terms[1:]:
        values = {m.sum_so_far: total, m.powers_so_far: powers, m.one: sp.sympify(term), m.t: half}
        assert m.so_far.subs(values) == sp.true
        assert m.subadditive_one_more.statement.subs(values) == sp.true
        total, powers = total + term, powers + sp.sqrt(term)
    assert sp.sqrt(sum(terms)) <= sum(map(sp.sqrt, terms))


@pytest.mark.parametrize("claim", [favor_exceptions.either, favor_exceptions.found_either], ids=lambda claim: claim.id)
def test_the_indicators_on_a_grid_with_ties(claim: Claim) -> None:
    e, sizes = favor_exceptions, (sp.Rational(1, 2), 1, 2)
    lefts = set()
    for numbers in itertools.product(sizes, repeat=4):
        values: dict[Any, Any] = dict(zip((e.S_n, e.S_r, e.Q, e.R), numbers, strict=True)) | {e.t: 1}
        sides: Any = claim.statement.args
        left, right = (side.subs(values) for side in sides)
        assert left <= right
        lefts.add(left)
    assert lefts == {0, 1}


def test_the_two_bounds_by_moments_meet_where_the_two_exponents_do() -> None:
    """At z = x both moments are the first and both levels n^(psi + e)."""
    f = favor_too_large
    n, x, eps = favor_window.n, f.x, f.eps
    one, other = f.exceeds(n, x, x, eps, f.M), f.mean_exceeds(n, x, x, eps, f.M)
    assert sp.simplify(one.doit() / other.doit()) == 1
