"""False statements that are nearly true, and forged proofs: the prover finds no proof, the checker accepts none.

The forgeries under `forged` succeeded once, or are the neighbours of those that did.
"""

# Statements are built from SymPy's Basic, which hides the expressions that they are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy as sp

from theory.claim import Domain
from theory.evidence import Verdict
from theory.rigor import certificate as fmt
from theory.rigor.checker import check_certificate
from theory.rigor.counterexample import find_counterexample
from theory.rigor.evaluate import UnsupportedExpression
from theory.rigor.prove import Budget, prove

x, y, u, j = (fmt.variable(name) for name in "xyuj")
ONE = sp.S.One
Node = Any


def on(low: Any, high: Any, left_open: bool = False, right_open: bool = False) -> Domain:
    return Domain({x: sp.Interval(low, high, left_open, right_open)})


UNIT, AROUND, BIG = on(0, 1), on(-1, 1), sp.Integer(10) ** 40


def whole(*ends: tuple[Any, Any], by: Any = "statement") -> fmt.Leaves:
    """One leaf."""
    box = tuple(
        (low if low == "-oo" else Fraction(low), high if high == "oo" else Fraction(high)) for low, high in ends
    )
    return fmt.Leaves((fmt.Leaf(box, by),))


def accepted(statement: Any, domain: Domain, root: Node) -> bool:
    verdicts = {
        check_certificate(statement, domain, certificate).verdict
        for certificate in (fmt.Certificate(root), fmt.to_json(fmt.Certificate(root)))
    }
    assert len(verdicts) == 1
    return verdicts == {Verdict.HOLDS}


# --- forged certificates -------------------------------------------------------------------------------------------

UNIT_SPAN = fmt.Span(sp.S.Zero, ONE)
BOTH: Node = fmt.Boolean((fmt.Algebra(), fmt.Algebra()))
WEIGHTED = sp.Sum(x * j, (j, 1, 3))  # 6 x


def test_a_new_variable_does_not_get_into_a_sum():
    forged = fmt.Substitution("x", j, "j", UNIT_SPAN, x, BOTH, whole((0, 1)))  # would make it the sum of j**2, 14
    assert not accepted(sp.Ge(WEIGHTED, 14, evaluate=False), UNIT, forged)
    honest = fmt.Substitution("x", u, "u", UNIT_SPAN, x, BOTH, whole((0, 1)))
    assert accepted(sp.Ge(WEIGHTED, 0, evaluate=False), UNIT, honest)


def test_no_statement_is_brought_in_whose_index_is_a_variable():
    domain = Domain({x: sp.Interval(0, 1), j: sp.Interval(0, 1)})
    fact = sp.Ge(WEIGHTED, 0, evaluate=False)
    assert not accepted(sp.Ge(x, 0, evaluate=False), domain, fmt.Cut(fact, whole((0, 1), (0, 1)), fmt.Algebra()))
    forged = fmt.Rewrite(sp.Ge(WEIGHTED, 0, evaluate=False), sp.Rational(1, 6), fmt.Algebra(), whole((0, 1), (0, 1)))
    assert not accepted(sp.Ge(x, 0, evaluate=False), domain, forged)


@pytest.mark.parametrize("at_zero", [5, -3, sp.Rational(3, 2), sp.pi])
def test_a_step_has_the_value_it_is_given_at_0(at_zero):
    step = sp.Heaviside(x, at_zero)
    assert not accepted(sp.Le(step, 1, evaluate=False), AROUND, whole((-1, 1)))
    assert not accepted(sp.Ge(step, 0, evaluate=False), AROUND, whole((-1, 1)))


@pytest.mark.parametrize("at_zero", [0, sp.Rational(1, 2), 1])
def test_a_usual_step_lies_between_0_and_1(at_zero):
    assert accepted(sp.Le(sp.Heaviside(x, at_zero), 1, evaluate=False), AROUND, whole((-1, 1)))


def test_an_indicator_with_a_range_of_its_own_refutes_nothing():
    n, m = sp.symbols("n m", integer=True)
    outside = sp.Eq(sp.KroneckerDelta(n, m, (1, 3)), 0, evaluate=False)  # true from 4 on
    with pytest.raises(UnsupportedExpression):
        find_counterexample(outside, Domain({n: sp.Range(4, 9), m: sp.Range(4, 9)}))


TINY = Fraction(1, 10**30)
FORGED: dict[str, tuple[Any, Domain, Node]] = {
    "a gap between leaves": (
        sp.Ge(x, 0, evaluate=False), UNIT,
        fmt.Leaves((
            fmt.Leaf(((Fraction(0), Fraction(1, 3)),)), fmt.Leaf(((Fraction(1, 3) + TINY, Fraction(1)),)),
        )),
    ),
    "a leaf short of an irrational end": (
        sp.Ge(sp.sin(x), -1, evaluate=False), on(0, sp.pi), whole((0, "314159265358979/100000000000000")),
    ),
    "a hypothesis that only fails inside": (
        sp.Ge(x, 1, evaluate=False), Domain({x: sp.Interval(0, 1)}, (sp.Ge(x, sp.Rational(1, 2)),)),
        whole((0, 1), by=0),
    ),
    "the crest of a cosine is left out": (sp.Lt(sp.cos(x), 1, evaluate=False), on(-1, 1), whole((-1, 1))),
    "a collapse to the end the cosine rises to": (
        sp.Ge(sp.cos(x), 1, evaluate=False), on(0, 1),
        fmt.Collapse("x", "low", False, fmt.Algebra(), whole((0, 1)), fmt.Algebra()),
    ),
    "a collapse over a period": (
        sp.Ge(sp.sin(x), 0, evaluate=False), on(0, 7),
        fmt.Collapse("x", "low", False, fmt.Algebra(), whole((0, 7)), fmt.Algebra()),
    ),
    "a strict collapse at an end that belongs": (
        sp.Gt(sp.sin(x), 0, evaluate=False), on(0, 1),
        fmt.Collapse("x", "low", True, fmt.Algebra(), whole((0, 1)), fmt.Algebra()),
    ),
    "a substitution that reaches half the domain": (
        sp.Ge(x, 0, evaluate=False), AROUND,
        fmt.Substitution("x", u**2, "u", UNIT_SPAN, sp.sqrt(x), BOTH, fmt.Algebra()),
    ),
    "a sine is undone": (
        sp.Le(x, 1, evaluate=False), on(0, 2),
        fmt.Substitution("x", sp.sin(u), "u", UNIT_SPAN, sp.asin(x), BOTH, whole((0, 1))),
    ),
    "a factor that vanishes": (
        sp.Gt(sp.sin(x) ** 2, 0, evaluate=False), UNIT,
        fmt.Rewrite(sp.Gt(1, 0, evaluate=False), sp.sin(x) ** 2, whole((0, 1)), whole((0, 1))),
    ),
    "an addition theorem with a wrong sign": (
        sp.Eq(sp.cos(x + 1), sp.cos(x) * sp.cos(1) + sp.sin(x) * sp.sin(1), evaluate=False), UNIT, fmt.Algebra(),
    ),
    "the logarithm of a cosine that vanishes at an end": (
        sp.Le(sp.cos(x), ONE / 2, evaluate=False), on(0, sp.pi / 2),
        fmt.Logarithm(BOTH, whole((0, 2))),
    ),
    "a cut that assumes the claim": (
        sp.Ge(sp.cos(x), 1, evaluate=False), UNIT,
        fmt.Cut(sp.Ge(sp.cos(x), 1, evaluate=False), fmt.Algebra(), fmt.Polynomial()),
    ),
    "a value that is not enumerated": (
        sp.Gt(sp.cos(sp.pi * x), -1, evaluate=False), Domain({x: sp.Range(0, 2)}),
        fmt.Enumeration("x", (fmt.Algebra(),)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_certificate_is_rejected(name):
    assert not accepted(*FORGED[name])


# --- statements that are nearly true -------------------------------------------------------------------------------

sin, cos, pi = sp.sin, sp.cos, sp.pi
NEARLY: dict[str, tuple[Any, Domain]] = {
    "off by 1e-12 at a crest": (sp.Le(sin(x), 1 - sp.Rational(1, 10**12)), on(0, 4)),
    "off by 1e-30 at a crest": (sp.Le(sin(x), 1 - sp.Rational(1, 10**30)), on(0, 4)),
    "crests far out": (sp.Le(sin(x), sp.Rational(999, 1000)), on(BIG, BIG + 10)),
    "a trough at a closed end": (sp.Gt(cos(x), -1), on(0, pi)),
    "a crest at a closed end": (sp.Lt(cos(x), 1), on(0, 2 * pi, True, False)),
    "a sign at a closed end": (sp.Eq(sp.sign(sin(x)), 1), on(0, pi, True, False)),
    "a floor that jumps at one point": (sp.Le(sp.floor(cos(x)), 0), on(-1, 1)),
    "a floor that jumps at an irrational end": (sp.Ge(sp.floor(cos(x)), 0), on(0, pi / 2 + sp.Rational(1, 10**20))),
    "a logarithm at the end of its domain": (sp.Le(sp.log(cos(x)), 0), on(-pi / 2, pi / 2)),
    "a reciprocal at its pole": (sp.Ge(1 / sin(x), 1), on(0, pi)),
    "false at one integer": (sp.Gt(sp.Abs(sin(x)), sp.Rational(1, 10**4)), Domain({x: sp.Range(350, 360)})),
    "false in the limit only through the end": (sp.Gt(sin(x) / x, 1 - sp.Rational(1, 10**6)), on(0, 1, True, False)),
    "a Taylor bound that is too good": (sp.Ge(cos(x), 1 - x**2 / 2 + x**2 / 10**9), on(-1, 1)),
    "a branch that ends at a zero": (sp.Gt(sp.Piecewise((sin(x), x <= pi), (1, True)), 0), on(0, 7, True, False)),
    "two waves that never quite meet": (sp.Lt(cos(x) + cos(sp.sqrt(2) * x), 2), on(0, sp.oo)),
    "an infinite end": (sp.Lt(sp.tanh(x), 1 - sp.exp(-(x**2))), on(1, sp.oo)),
    "infinity minus infinity": (sp.Ge(sp.sqrt(x**2 + x) - x, sp.Rational(1, 2)), on(0, sp.oo)),
    "nought times infinity": (sp.Le(x * sp.log(1 + 1 / x), 1 - sp.Rational(1, 10**9)), on(1, sp.oo)),
    "0 to the power 0": (sp.Eq(x ** (2 * y), 0), Domain({x: sp.Interval(0, 0), y: sp.Interval(0, 1)})),
    "a kink of a maximum": (sp.Gt(sp.Max(sin(x), -sin(x)), 0), on(-1, 1)),
    "a removable singularity": (sp.Le(x / sin(x), sp.Rational(12, 10)), on(0, 1)),
}  # fmt: skip


@pytest.mark.parametrize("name", NEARLY)
def test_what_is_nearly_true_is_not_proved(name):
    statement, domain = NEARLY[name]
    outcome = prove(statement, domain, budget=Budget(boxes=120, seconds=3.0))
    assert outcome.verdict is not Verdict.HOLDS
    assert outcome.certificate is None
