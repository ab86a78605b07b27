"""A claim about an empty domain holds vacuously, and no check may count that: a point of the domain must be known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from theory import claim as core
from theory import evidence as records
from theory.claim import Claim, ClaimError, Domain, Kind, Spoiled, claims, declare, derived_here, load
from theory.derivation import Derivation, derived
from theory.evidence import Evidence, Method, Verdict, evidence_for, gather
from theory.reasons import Sign
from theory.rigor.checks import certified
from theory.rigor.witness import emptiness, find_point

x, y = sp.symbols("x y", real=True)
n, d = sp.symbols("n d", integer=True)
UNIT = {x: sp.Interval(0, 1), y: sp.Interval(0, 1)}
CONTRADICTORY = (sp.Ge(x, sp.Rational(3, 4)), sp.Le(x, sp.Rational(1, 4)))
HIDDEN = (sp.Gt(x, y), sp.Gt(y, x**2 + sp.Rational(1, 4)))  # x - x^2 <= 1/4, so neither can hold with the other
FALSE_HALF = sp.Le(x, sp.Rational(1, 8), evaluate=False)


def make(statement: Any, domain: Domain, *, spoiled: Any = None) -> Claim:
    return declare(
        "test.room.empty", "a claim", statement, domain, Kind.LOWER, derived_here(),
        {Method.DERIVED, Method.CERTIFIED}, module=__name__,
        spoiled=[Spoiled("false", sp.Ge(x, 2, evaluate=False), domain=spoiled)],
    )  # fmt: skip


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "_registry", {})
    monkeypatch.setattr(records, "_checks", {})


def examined(claim: Claim, statement: Any) -> tuple[Evidence, Evidence]:
    """What a derivation and a certificate say of the statement."""

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _chain() -> Derivation:
        return Derivation(statement.lhs).at_most(statement.rhs, by=Sign())

    evidence_for(claim, Method.CERTIFIED)(certified())
    return gather(claim, Method.DERIVED), gather(claim, Method.CERTIFIED)


@pytest.mark.usefixtures("own_registry")
@pytest.mark.parametrize("hypotheses", [CONTRADICTORY, HIDDEN, (sp.Eq(x, 2, evaluate=False),)])
def test_what_holds_because_nothing_satisfies_the_hypotheses_is_undecided(hypotheses: tuple) -> None:
    claim = make(FALSE_HALF, Domain(UNIT, hypotheses))
    found = examined(claim, FALSE_HALF)
    assert all(evidence.verdict is not Verdict.HOLDS for evidence in found)
    assert emptiness(claim).startswith("No point of the domain of test.room.empty was found, so it may say nothing.")


@pytest.mark.usefixtures("own_registry")
def test_the_check_itself_would_have_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the point the certificate holds: every box lies outside a hypothesis."""
    claim = make(FALSE_HALF, Domain(UNIT, CONTRADICTORY))
    _, evidence = examined(claim, FALSE_HALF)
    assert evidence.verdict is Verdict.UNDECIDED
    assert "Proved on the whole domain" in evidence.finding.message
    assert "witness={x: .., y: ..}" in evidence.finding.message
    monkeypatch.setattr("theory.rigor.witness.emptiness", lambda _: "")
    assert gather(claim, Method.CERTIFIED).verdict is Verdict.HOLDS


@pytest.mark.usefixtures("own_registry")
def test_an_implication_that_never_applies_is_undecided() -> None:
    never = sp.Implies(sp.And(*CONTRADICTORY), FALSE_HALF, evaluate=False)
    claim = make(never, Domain(UNIT))
    evidence_for(claim, Method.CERTIFIED)(certified())
    assert gather(claim, Method.CERTIFIED).verdict is Verdict.UNDECIDED
    sometimes = sp.Implies(sp.Ge(x, sp.Rational(3, 4)), sp.Ge(x, sp.Rational(1, 2)), evaluate=False)
    (variant, _), *_ = claim.variants()
    assert emptiness(variant) == ""
    assert emptiness(replace(claim, statement=sometimes)) == ""
    assert emptiness(replace(claim, statement=sp.And(sometimes, never))) != ""


@pytest.mark.usefixtures("own_registry")
def test_a_spoiled_variant_with_an_empty_domain_never_counts() -> None:
    claim = make(sp.Ge(x, 0, evaluate=False), Domain(UNIT), spoiled=Domain(UNIT, CONTRADICTORY))
    evidence_for(claim, Method.CERTIFIED)(certified())
    assert gather(claim, Method.CERTIFIED).verdict is Verdict.HOLDS
    (variant, _), *_ = claim.variants()
    assert gather(variant, Method.CERTIFIED).verdict is Verdict.UNDECIDED


# d = ceil(n^(1/50)) and at least a million: no search finds such a point
ROOT = {n: sp.Range(1, sp.oo), d: sp.Range(1, sp.oo)}
CEILING = (sp.Ge(d**50, n), sp.Lt((d - 1) ** 50, n), sp.Ge(d, 10**6))


@pytest.mark.usefixtures("own_registry")
@pytest.mark.parametrize(
    ("witness", "sentence"),
    [
        ({n: 10**300, d: 10**6}, ""),
        ({n: 10**300 + 1, d: 10**6}, "was not shown to satisfy d**50 >= n"),
        ({n: -5, d: 10**6}, "was not shown to satisfy n; (d - 1)**50 < n"),
        ({n: sp.Rational(1, 2), d: 10**6}, "was not shown to satisfy n; "),
    ],
)
def test_a_declared_point_is_checked_exactly(witness: dict, sentence: str) -> None:
    domain = Domain(ROOT, CEILING, {}, witness)
    claim = declare(
        "test.room.root", "a root", sp.Ge(d, 1, evaluate=False), domain, Kind.LOWER, derived_here(),
        {Method.CERTIFIED}, module=__name__, spoiled=[Spoiled("false", sp.Le(d, 1, evaluate=False))],
    )  # fmt: skip
    problem = emptiness(claim)
    assert sentence in problem
    assert bool(problem) is bool(sentence)


@pytest.mark.usefixtures("own_registry")
@pytest.mark.parametrize("witness", [{n: 1}, {n: 1, d: 0.5}, {n: 1, d: 1, x: 1}, {n: 1, d: sp.sqrt(2)}])
def test_a_loose_witness_is_refused_when_declared(witness: dict) -> None:
    with pytest.raises(ClaimError, match=r"an exact number to every symbol: witness=\{n: \.\., d: \.\.\}"):
        declare(
            "test.room.root", "a root", sp.Ge(d, 1, evaluate=False), Domain(ROOT, (), {}, witness), Kind.LOWER,
            derived_here(), {Method.CERTIFIED}, module=__name__,
            spoiled=[Spoiled("false", sp.Le(d, 1, evaluate=False))],
        )  # fmt: skip


@pytest.mark.parametrize("values", [sp.Range(5, 3), sp.Interval(2, 1), sp.Interval.open(1, 1), sp.FiniteSet()])
def test_an_empty_range_is_refused(values: sp.Set) -> None:
    with pytest.raises(ClaimError, match="non-empty"):
        Domain({x: values})


@pytest.mark.parametrize(
    ("ranges", "hypotheses"),
    [
        (UNIT, (sp.Eq(x + y, 1, evaluate=False), sp.Gt(x, 3 * y))),
        (UNIT, (sp.Le((x - sp.Rational(1, 3)) ** 2 + (y - sp.Rational(1, 7)) ** 2, sp.Rational(1, 10**4)),)),
        ({n: sp.Range(2, sp.oo), x: sp.Interval.open(0, sp.oo)}, (sp.Ge(x, 10 * sp.log(n)), sp.Le(x, n))),
        ({n: sp.Range(2, sp.oo)}, (sp.Ge(sp.sqrt(n), sp.log(n) ** 3),)),
    ],
)
def test_points_are_found_near_hypotheses_that_bind(ranges: dict, hypotheses: tuple) -> None:
    point = find_point(Domain(ranges, hypotheses))
    assert point is not None
    assert all(sp.sympify(hypothesis).subs(point) == sp.true for hypothesis in hypotheses)


def test_every_claim_and_every_spoiled_variant_speaks_of_something() -> None:
    load()
    everything = [variant for claim in claims() for variant in (claim, *(spoiled for spoiled, _ in claim.variants()))]
    assert len(everything) > len(claims())
    assert {claim.id: problem for claim in everything if (problem := emptiness(claim))} == {}
