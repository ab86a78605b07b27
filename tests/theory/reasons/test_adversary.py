"""False steps, one for each way of slipping something past a reason that was tried and must not succeed.

The first half succeeded once: each is the smallest false statement that a derivation could be made to prove. The rest
never did and shall not begin to.
"""

# Steps are built from SymPy's Basic, which hides the expressions that they are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from theory import claim as core
from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences
from theory.evidence import Method
from theory.reasons import (
    Algebra,
    ApplyMonotone,
    Cases,
    Contradiction,
    EvaluateSum,
    GaussianMoment,
    Lemma,
    Monotone,
    Rearrange,
    Reason,
    Sign,
    Since,
    Taylor,
    TermwiseSum,
    Unfold,
    expectation,
    identical,
    normal,
)
from theory.reasons.slope import Slope

x, y = sp.symbols("x y", real=True)
n, m = sp.symbols("n m", integer=True)
i, j, k = sp.symbols("i j k", integer=True)
f = sp.Function("f")
UNIT = Domain({x: sp.Interval(0, 1), y: sp.Interval(0, 1)})
AROUND = Domain({x: sp.Interval(-1, 1), y: sp.Interval(-1, 1)})
UNSAMPLED: Any = (sp.Eq(m, n**3 + 17),)  # which no random point satisfies, so that only the algebra can object


def accepted(proof: Derivation | Equivalences, domain: Domain) -> bool:
    return proof.verify(domain).accepted


# --- what succeeded once -------------------------------------------------------------------------------------------


def deep_sum(factor: Any) -> Any:
    """A sum of sums of sums; only `factor` says whether it holds the outer or the middle index."""
    inner = sp.Sum(1 + k * j, (k, 1, n))
    return sp.Sum(1 + sp.Sum(1 + (factor + 1) * inner, (j, 1, n)), (i, 1, n))


def test_the_indices_of_sums_within_sums_are_kept_apart():
    domain = Domain({n: sp.Range(2, sp.oo), m: sp.Range(1, sp.oo)}, UNSAMPLED)
    assert deep_sum(i).subs(n, 2).doit() != deep_sum(j).subs(n, 2).doit()
    assert not identical(deep_sum(i), deep_sum(j), domain)
    assert not accepted(Derivation(deep_sum(i)).equal(deep_sum(j), Algebra()), domain)
    assert identical(deep_sum(i), deep_sum(i).xreplace({i: sp.Symbol("r", integer=True)}), domain)


def test_the_indices_in_the_ends_of_a_sum_are_kept_apart():
    def rows(inside: Any) -> Any:
        return sp.Sum(1, (j, 1, sp.Sum(inside, (k, 1, 2), (m, 1, 2))), (i, 1, n))

    assert rows(i).subs(n, 3).doit() != rows(m).subs(n, 3).doit()
    assert not identical(rows(i), rows(m), Domain({n: sp.Range(3, sp.oo)}))


def test_the_binomial_theorem_needs_a_power_that_is_not_negative():
    expanded = sp.Sum(sp.binomial(n, j) * x**j, (j, 0, n))
    proof = Derivation(expanded).equal((1 + x) ** n, EvaluateSum())
    assert expanded.subs(n, -1).doit() == 0  # but (1 + x)**-1 is not
    assert not accepted(proof, Domain({n: sp.Range(-1, sp.oo), x: sp.Interval(1, 2)}))
    assert accepted(proof, Domain({n: sp.Range(0, sp.oo), x: sp.Interval(1, 2)}))


def test_an_indicator_with_a_range_of_its_own_is_not_one_everywhere():
    total = sp.Sum(sp.KroneckerDelta(j, n, (1, 3)), (j, 1, 10))
    assert total.subs(n, 5).doit() == 0
    assert not accepted(Derivation(total).equal(1, EvaluateSum()), Domain({n: sp.Range(1, 11)}))


@pytest.mark.parametrize("order", [-2, -1, 0, True])
def test_no_derivative_has_an_order_below_1(order):
    at_start = Domain({x: sp.Interval(0, 1)})
    assert not accepted(Derivation(x).at_most(x - 1, Taylor(x, 0, order)), at_start)


def test_only_names_are_defined():
    fact = sp.Eq(2 * y, 2 * x, evaluate=False)
    renamed = Since({fact: Unfold({2 * y: 2 * x})}, Algebra())
    assert not accepted(Derivation(x).equal(y, renamed), UNIT)


def test_a_name_has_one_meaning_throughout_a_step():
    facts = {sp.Eq(f(0), x): Unfold({f(0): x}), sp.Eq(f(0), y): Unfold({f(0): y})}
    with pytest.raises(ValueError, match="is defined as"):
        Since(facts, Algebra())
    with pytest.raises(ValueError, match="is defined as"):
        Cases(sp.Ge(x, y), Unfold({f(0): x}), Unfold({f(0): y}))


def test_a_context_is_one_expression():
    def evaluated(hole: Any) -> Any:
        return sp.Sum(hole**2 * (2 * j - 3), (j, 1, 2)).doit()  # 0 for a hole without j

    assert (evaluated(j), evaluated(j + 1)) == (3, 5)
    falls = Monotone(evaluated, j, sp.Le, j + 1, Sign())
    assert not accepted(Derivation(sp.Integer(3)).at_least(5, falls), UNIT)


def test_a_function_applied_to_both_sides_is_one_expression():
    def two_faced(z: Any) -> Any:
        return z if z.is_Dummy else -z

    applied = ApplyMonotone(two_faced, sp.Interval(-sp.oo, sp.oo))
    assert not accepted(Equivalences(sp.Le(x, y)).iff(sp.Le(-x, -y), applied), UNIT)


def test_a_closed_form_is_one_expression():
    proof = EvaluateSum(lambda last: sp.Integer(7) if last == n else last * (last + 1) / 2)
    domain = Domain({n: sp.Range(1, sp.oo), m: sp.Range(1, sp.oo)}, UNSAMPLED)
    assert not accepted(Derivation(sp.Sum(j, (j, 1, n))).equal(7, proof), domain)


def test_cases_are_told_apart_by_a_relation_that_is_defined():
    undefined = sp.Gt(sp.log(x), 0, evaluate=False)
    assert not accepted(Derivation(sp.S.Zero).at_most(1, Cases(undefined, Sign(), Sign())), AROUND)


def test_a_lemma_gives_values_to_its_symbols_and_to_nothing_else(monkeypatch):
    monkeypatch.setattr(core, "_registry", {})
    declare(
        "test.adversary.half", "a test", sp.Le(x / 2, x, evaluate=False), Domain({x: sp.Interval(0, 1)}), Kind.UPPER,
        derived_here(), {Method.DERIVED}, module=__name__, spoiled=[Spoiled("turned", sp.Lt(x, x / 2, evaluate=False))],
    )  # fmt: skip
    assert accepted(Derivation(x / 2).at_most(x, Lemma("test.adversary.half", {x: x})), UNIT)
    twice = Lemma("test.adversary.half", {x: x, sp.Rational(1, 2): sp.Integer(2)})
    assert not accepted(Derivation(2 * x).at_most(x, twice), UNIT)


def test_a_variance_is_not_negative():
    w, v = normal("x"), normal("y")
    moment = Derivation(expectation(w**2, {(w, w): x})).equal(x, GaussianMoment())
    assert accepted(moment, UNIT)
    assert not accepted(moment, AROUND)
    mixed = Derivation(expectation(w * v, {(w, w): x, (w, v): 1, (v, v): y})).equal(1, GaussianMoment())
    assert not accepted(mixed, UNIT)  # a correlation above 1 wherever x y < 1


# --- what never did ------------------------------------------------------------------------------------------------

EMPTY = sp.Sum(j, (j, 3, n))
FALSE_STEPS: dict[str, tuple[Derivation, Domain]] = {
    "a root forgets a sign": (Derivation(sp.sqrt(x**2)).equal(x, Algebra()), AROUND),
    "a logarithm is split below 0": (Derivation(sp.log(x * y)).equal(sp.log(x) + sp.log(y), Algebra()), AROUND),
    "a power of a power below 0": (Derivation((x**2) ** sp.Rational(3, 2)).equal(x**3, Algebra()), AROUND),
    "0 to the power 0 cancels": (
        Derivation(x**n).equal(x * x ** (n - 1), Algebra()), Domain({x: sp.Interval(-1, 1), n: sp.Range(0, sp.oo)}),
    ),
    "a quotient cancels where it is undefined": (
        Derivation((x**2 - 1) / (x - 1)).equal(x + 1, Algebra()), Domain({x: sp.Interval(0, 2)}),
    ),
    "a pole lies between": (
        Derivation(1 / y).at_most(1 / x, Monotone(lambda z: 1 / z, x, sp.Le, y, Sign(given={sp.Le(x, y): sp.S.One}))),
        Domain({x: sp.Interval(-2, -1), y: sp.Interval(1, 2)}, (sp.Le(x, y),)),
    ),
    "a kink is taken for smooth": (
        Derivation(sp.Abs(x)).at_most(sp.Abs(x + 1), Monotone(sp.Abs, x, sp.Le, x + 1, Sign())), AROUND,
    ),
    "a square rises below 0": (
        Derivation(x**2).at_most((x + 1) ** 2, Monotone(lambda z: z**2, x, sp.Le, x + 1, Sign())), AROUND,
    ),
    "a weak inequality becomes strict": (
        Derivation(x**2).less(y**2, Monotone(lambda z: z**2, x, sp.Le, y, Sign(given={sp.Le(x, y): sp.S.One}))),
        Domain({x: sp.Interval(0, 1), y: sp.Interval(0, 1)}, (sp.Le(x, y),)),
    ),
    "a slope through a pole": (
        Derivation(-1 / (x - 1)).at_least(1, Slope(x, 0, lambda t: 1 / (t - 1) ** 2)), Domain({x: sp.Interval(2, 3)}),
    ),
    "an odd order on both sides": (Derivation(x**3).at_least(0, Taylor(x, 0, 3)), Domain({x: sp.Interval(-1, 1)})),
    "a sum that runs backwards": (
        Derivation(EMPTY).equal(n * (n + 1) / 2 - 3, EvaluateSum()), Domain({n: sp.Range(0, sp.oo)}),
    ),
    "an upper end between the integers": (
        Derivation(sp.Sum(j, (j, 1, x))).equal(x * (x + 1) / 2, EvaluateSum()), Domain({x: sp.Interval(1, 5)}),
    ),
    "an index that is a variable": (
        Derivation(sp.Sum(n, (n, 1, m))).equal(n * m, EvaluateSum()),
        Domain({n: sp.Range(1, 9), m: sp.Range(1, 9)}),
    ),
    "an index assumed positive from 0 on": (
        Derivation(sp.Sum(sp.sign(sp.Symbol("p", integer=True, positive=True)),
                          (sp.Symbol("p", integer=True, positive=True), 0, n))).equal(n + 1, EvaluateSum()),
        Domain({n: sp.Range(1, 9)}),
    ),
    "a strict step between empty sums": (
        Derivation(sp.Sum(j, (j, 1, n))).less(sp.Sum(j + 1, (j, 1, n)), TermwiseSum(Sign())),
        Domain({n: sp.Range(0, 9)}),
    ),
    "terms times a negative factor": (
        Derivation(x * sp.Sum(j, (j, 1, n))).at_most(x * sp.Sum(j + 1, (j, 1, n)), TermwiseSum(Sign())),
        Domain({n: sp.Range(0, 9), x: sp.Interval(-1, 1)}),
    ),
    "a hypothesis that is not false": (
        Derivation(sp.S.One).at_most(0, Contradiction(sp.Ge(x, y))),
        Domain({x: sp.Interval(0, 1), y: sp.Interval(0, 1)}, (sp.Ge(x, y),)),
    ),
    "a symbol assumed positive that may be 0": (
        Derivation(sp.S.Zero).less(sp.Symbol("p", positive=True), Sign()),
        Domain({sp.Symbol("p", positive=True): sp.Interval(0, 1)}),
    ),
    "a minimum touched at one point": (Derivation(sp.S.Zero).less((x - sp.Rational(1, 3)) ** 2, Sign()), UNIT),
    "true at every integer only": (Derivation(x * (x - 1)).at_least(0, Sign()), AROUND),
}  # fmt: skip


@pytest.mark.parametrize("name", FALSE_STEPS)
def test_a_false_step_is_not_accepted(name):
    proof, domain = FALSE_STEPS[name]
    assert not accepted(proof, domain)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (sp.Le(x, y), sp.Le(x * y, y**2), Rearrange(y)),  # y may be 0 or negative
        (sp.Le(x, y), sp.Le(x**2, y**2), ApplyMonotone(lambda z: z**2, sp.Interval(-sp.oo, sp.oo))),
        (sp.Le(x, y), sp.Le(1 / y, 1 / x), ApplyMonotone(lambda z: 1 / z, sp.Interval(-1, 1))),
        (sp.Le(x, y), sp.Le(y, x), Rearrange(-1)),
        (sp.Lt(x, y), sp.Le(x, y), Rearrange()),
    ],
)
def test_a_false_equivalence_is_not_accepted(first: Any, second: Any, reason: Reason):
    assert not accepted(Equivalences(first).iff(second, reason), AROUND)
