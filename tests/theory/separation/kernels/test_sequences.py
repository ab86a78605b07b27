"""Claims about every sequence: what a derivation may use, and how a false one falls. And declared witnesses."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these tests are made of.
# pyright: reportArgumentType=false, reportOperatorIssue=false, reportReturnType=false, reportAttributeAccessIssue=false

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from theory.claim import Claim, Domain, Kind, derived_here
from theory.derivation import Derivation
from theory.evidence import Effort, Method, Verdict
from theory.reasons import Sign, TermwiseSum, sign_of
from theory.reasons.sign import NONNEGATIVE, UNKNOWN
from theory.separation.kernels.sequences import Sequence, at_instance, derived_for_every_sequence
from theory.separation.kernels.witness import derived_or_refuted_at, refuted_at

j = sp.Symbol("j", integer=True)
p = sp.Symbol("p", integer=True, nonnegative=True)
x = sp.Symbol("x", real=True)
DOMAIN = Domain({p: sp.Range(0, sp.oo)})


class first(Sequence):
    """One sequence."""


class second(Sequence):
    """Another."""


def claim(statement: sp.Basic, domain: Domain = DOMAIN) -> Claim:
    return Claim(
        "toy.sequences.claim", "toy", statement, domain, Kind.UPPER, derived_here(), frozenset({Method.DERIVED})
    )


def test_nothing_is_known_but_that_it_is_not_negative() -> None:
    domain = Domain({p: sp.Range(0, sp.oo)})
    assert sign_of(first(p), domain) == NONNEGATIVE
    assert sign_of(first(p) - second(p), domain) == UNKNOWN
    assert sign_of(first(p) - first(p + 1), domain) == UNKNOWN
    assert sign_of(1 - first(p), domain) == UNKNOWN


def test_an_instance_replaces_every_occurrence_and_decides_no_relation() -> None:
    statement = sp.Le(sp.Sum(first(j) * second(j), (j, 0, p)), second(2), evaluate=False)
    concrete = at_instance(statement, {first: lambda index: index, second: lambda index: sp.Integer(3)})
    assert not concrete.has(Sequence)
    assert isinstance(concrete, sp.Le)
    assert concrete.lhs.subs(p, 2).doit() == 9
    assert concrete.rhs == 3


def two_sums(factor: int = 1) -> tuple[sp.Expr, sp.Expr]:
    return sp.Sum(first(j), (j, 0, p)), sp.Sum(factor * (first(j) + second(j)), (j, 0, p))


INSTANCES = [{first: lambda index: sp.Integer(1), second: lambda index: sp.Integer(0)}]


def test_a_true_statement_holds_for_every_sequence() -> None:
    small, large = two_sums()
    check = derived_for_every_sequence(INSTANCES)(lambda: Derivation(small).at_most(large, by=TermwiseSum(by=Sign())))
    assert check(claim(sp.Le(small, large)), Effort()).verdict is Verdict.HOLDS


def test_a_false_statement_falls_by_an_instance_that_is_named() -> None:
    small, large = two_sums()
    wrong = sp.Le(large, small * sp.Rational(99, 100), evaluate=False)
    check = derived_for_every_sequence(INSTANCES)(
        lambda: Derivation(large).at_most(small * sp.Rational(99, 100), by=TermwiseSum(by=Sign()))
    )
    found = check(claim(wrong), Effort())
    assert found.verdict is Verdict.REFUTED
    assert found.worst[0]["first(j)"] == "1"


def test_a_false_statement_that_no_instance_refutes_stays_undecided() -> None:
    small, large = two_sums()
    instances = [{first: lambda index: sp.Integer(1), second: lambda index: sp.Integer(0)}]
    check = derived_for_every_sequence(instances)(
        lambda: Derivation(large).at_most(small, by=TermwiseSum(by=Sign()))  # false unless `second` is 0
    )
    assert check(claim(sp.Le(large, small)), Effort()).verdict is Verdict.UNDECIDED


def test_a_witness_refutes_only_where_it_lies_in_the_domain_and_the_statement_is_false() -> None:
    domain = Domain({x: sp.Interval(0, 2)})
    false = claim(sp.Le(x**2, x, evaluate=False), domain)
    assert refuted_at({x: sp.Integer(2)})(false, Effort()).verdict is Verdict.REFUTED
    assert refuted_at({x: sp.Rational(1, 2)}, {x: sp.Integer(2)})(false, Effort()).verdict is Verdict.REFUTED
    assert refuted_at({x: sp.Rational(1, 2)})(false, Effort()).verdict is Verdict.UNDECIDED
    assert refuted_at({x: sp.Integer(3)})(false, Effort()).verdict is Verdict.UNDECIDED


@pytest.mark.parametrize(("bound", "verdict"), [(4, Verdict.HOLDS), (3, Verdict.REFUTED)])
def test_a_derivation_with_a_witness(bound: int, verdict: Verdict) -> None:
    domain = Domain({x: sp.Interval(0, 2)})
    check = derived_or_refuted_at({x: sp.Integer(2)})(lambda: Derivation(2 * x).at_most(4, by=Sign()))
    assert check(claim(sp.Le(2 * x, bound, evaluate=False), domain), Effort()).verdict is verdict
    other = replace(claim(sp.Le(2 * x, 4, evaluate=False), domain), statement=sp.Le(2 * x, sp.Rational(399, 100)))
    assert check(other, Effort()).verdict is Verdict.REFUTED
