"""What certifies what: claims that need a remedy are proved and re-checked, and their spoiled neighbours refuted."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import pytest
import sympy as sp

from theory.domain import Domain
from theory.evidence import Verdict
from theory.rigor.certificate import from_json, to_json
from theory.rigor.checker import check_certificate
from theory.rigor.counterexample import confirmed
from theory.rigor.prove import Budget, Outcome, find_counterexample, prove

R, oo = sp.Rational, sp.oo
a, x, p, B, s, delta, w, d, y = sp.symbols("a x p B s delta w d y", real=True)
n = sp.Symbol("n", integer=True, positive=True)
ENOUGH = Budget(boxes=20_000, seconds=100.0)


def le(left: Any, right: Any) -> Any:
    return sp.Le(left, right, evaluate=False)


def ge(left: Any, right: Any) -> Any:
    return sp.Ge(left, right, evaluate=False)


def gt(left: Any, right: Any) -> Any:
    return sp.Gt(left, right, evaluate=False)


class Case(NamedTuple):
    """A statement on a domain, and the same with a constant spoiled."""

    statement: Any
    ranges: Mapping[Any, Any]
    spoiled: Any
    hypotheses: tuple = ()
    spoiled_ranges: Mapping[Any, Any] | None = None
    spoiled_hypotheses: tuple | None = None


def needle(threshold: Any) -> Any:
    """The needle pattern fires although all other signs are against it (gain n**1.19, a = 7/10, b = 1/2)."""
    gain = n ** R(119, 100)
    weight, contrast = gain / (gain + n - 1), (gain - 1) / (gain + n - 1)
    return gt(R(7, 10) * weight - threshold, R(1, 2) * (1 - contrast) * (1 - 1 / (d - 2)))


def taylor(order: int, constant: Any) -> Any:
    polynomial = sum(B**k / sp.factorial(k) for k in range(order + 1))
    return le(sp.exp(B) - polynomial, constant * B ** (order + 1) / sp.factorial(order + 1) * sp.exp(B))


def softmax(constant: Any) -> Any:
    """Scores moved by delta in all: a weight w grows by at most delta/4; tight along the whole edge delta = 0."""
    return le(w * sp.exp(delta) / (w * sp.exp(delta) + 1 - w) - w, constant * delta / 4)


def variances(hypothesis: Any) -> Any:
    """Trigonometric features of exp(q.k) are never worse than positive ones; s = |q+k|^2, delta = |q-k|^2."""
    trigonometric = R(1, 2) * (1 - sp.exp(-delta)) ** 2
    return sp.Implies(hypothesis, le(trigonometric, sp.exp(s - delta) * (1 - sp.exp(-s))))


gain = n ** (a * (1 + a))
unbounded, positive = sp.Interval(-oo, oo), sp.Interval(0, oo)
quadrant = {s: positive, delta: positive}
less = R(99, 100)
CASES = {
    "needle weight, both unbounded": Case(
        ge(gain / (gain + n - 1), R(1, 2)),
        {n: sp.Range(3, oo), a: positive},
        ge(gain / (gain + n - 1), R(1, 2)),
        (ge(a * (1 + a), 1),),
        spoiled_hypotheses=(ge(a * (1 + a), less),),
    ),
    "complete the square": Case(le(p * (1 - p), R(1, 4)), {p: sp.Interval(0, 1)}, le(p * (1 - p), less / 4)),
    "contact at 0, unbounded": Case(
        le(sp.cosh(x), sp.exp(x**2 / 2)), {x: unbounded}, le(sp.cosh(x), sp.exp(less * x**2 / 2))
    ),
    "tangent": Case(le(1 + x, sp.exp(x)), {x: unbounded}, le(1 + x / less, sp.exp(x))),
    "strict next to an open end": Case(
        gt(sp.exp(x), 1 + x), {x: sp.Interval.open(0, oo)}, gt(sp.exp(x), 1 + x / less)
    ),
    "tanh": Case(le(sp.tanh(x), x), {x: positive}, le(sp.tanh(x), less * x)),
    "contact inside": Case(
        le(x * sp.exp(-x), sp.exp(-1)), {x: unbounded}, le(x * sp.exp(-x), less * sp.exp(-1))
    ),
    "hypothesis times a positive factor": Case(
        variances(ge(sp.exp(s), sp.cosh(delta))), quadrant, variances(ge(sp.exp(s), less * sp.cosh(delta)))
    ),
    "tight along an edge": Case(softmax(1), {w: sp.Interval(0, 1), delta: sp.Interval(0, 4)}, softmax(less)),
    "corrected separation, both unbounded": Case(
        needle(R(1, 10)), {n: sp.Interval(12, oo), d: sp.Interval(3, oo)}, needle(R(11, 25))
    ),
    "tie in rationals": Case(
        le(a * (1 + a) / (n + a), R(1, 10)),
        {n: sp.Range(19, oo), a: sp.Interval(0, 1)},
        le(a * (1 + a) / (n + a), R(1, 10)),
        spoiled_ranges={n: sp.Range(18, oo), a: sp.Interval(0, 1)},
    ),
    "Taylor remainder, order 2": Case(taylor(2, 1), {B: sp.Interval(R(1, 10), 4)}, taylor(2, R(9, 10))),
    "Taylor remainder, order 6": Case(taylor(6, 1), {B: sp.Interval(R(1, 10), 4)}, taylor(6, R(9, 10))),
    "equation": Case(
        sp.Eq(sp.cosh(x) ** 2 - sp.sinh(x) ** 2, 1, evaluate=False),
        {x: unbounded},
        sp.Eq(sp.cosh(x) ** 2 - less * sp.sinh(x) ** 2, 1, evaluate=False),
    ),
    "if and only if": Case(
        sp.Equivalent(le(a * w, p), le(w, p / a)),
        {a: sp.Interval.open(0, 5), w: sp.Interval(0, 1), p: sp.Interval(0, 1)},
        sp.Equivalent(le(a * w, p), le(w, 2 * p / a)),
    ),
    "signs one by one": Case(
        le(x * y, 1),
        {x: sp.FiniteSet(-1, 1), y: sp.FiniteSet(-1, R(1, 2))},
        le(x * y, less),
    ),
    "integers only": Case(
        ge((n - 2) * (n - 3), 0), {n: sp.Range(1, 60)}, ge((n - 2) * (n - 4), 0)
    ),
    "an equation among the hypotheses": Case(
        le(x * y, R(1, 4)),
        {x: sp.Interval(0, 1), y: sp.Interval(0, 1)},
        le(x * y, less / 4),
        (sp.Eq(x + y, 1, evaluate=False),),
    ),
}  # fmt: skip
SLOW = {
    f"Taylor remainder, order {order}": Case(
        taylor(order, 1), {B: sp.Interval(R(1, 10), 4)}, taylor(order, R(9, 10))
    )
    for order in (3, 4, 5)
}  # fmt: skip
CASES |= SLOW
NAMES = [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in CASES]


def accepted(outcome: Outcome, statement: Any, domain: Domain) -> None:
    """The outcome is a proof, and the independent checker takes it, also after a trip through JSON."""
    assert outcome.verdict is Verdict.HOLDS, outcome.message
    assert outcome.certificate is not None
    assert outcome.witness is None
    assert outcome.remaining == ()
    report = check_certificate(statement, domain, from_json(to_json(outcome.certificate)))
    assert report.verdict is Verdict.HOLDS, report.message


def refuted(outcome: Outcome, statement: Any, domain: Domain) -> None:
    """The outcome is a refutation with an exact witness."""
    assert outcome.verdict is Verdict.REFUTED, outcome.message
    assert outcome.certificate is None
    assert outcome.witness is not None
    assert set(outcome.witness) == set(domain.ranges)
    assert confirmed(statement, domain, outcome.witness)


@cache
def outcome_of(name: str) -> Outcome:
    """The proof attempt of a case, made once."""
    case = CASES[name]
    return prove(case.statement, Domain(case.ranges, case.hypotheses), budget=ENOUGH)


def spoiled_domain(case: Case) -> Domain:
    hypotheses = case.hypotheses if case.spoiled_hypotheses is None else case.spoiled_hypotheses
    return Domain(case.spoiled_ranges or case.ranges, hypotheses)


@pytest.mark.parametrize("name", NAMES)
def test_holds_and_is_checked_again(name: str) -> None:
    case = CASES[name]
    accepted(outcome_of(name), case.statement, Domain(case.ranges, case.hypotheses))


@pytest.mark.parametrize("name", CASES)
def test_spoiled_neighbour_is_refuted(name: str) -> None:
    case = CASES[name]
    refuted(prove(case.spoiled, spoiled_domain(case), budget=ENOUGH), case.spoiled, spoiled_domain(case))


@pytest.mark.parametrize("name", NAMES)
def test_certificate_does_not_prove_the_spoiled_neighbour(name: str) -> None:
    """The checker sees that a certificate of the claim says nothing about its neighbour."""
    case, certificate = CASES[name], outcome_of(name).certificate
    assert certificate is not None
    assert check_certificate(case.spoiled, spoiled_domain(case), certificate).verdict is Verdict.UNDECIDED


def test_out_of_boxes_is_undecided_with_what_is_left() -> None:
    case = CASES["Taylor remainder, order 6"]
    outcome = prove(case.statement, Domain(case.ranges), budget=Budget(boxes=10, seconds=100.0))
    assert outcome.verdict is Verdict.UNDECIDED
    assert outcome.certificate is None
    assert outcome.witness is None
    assert outcome.boxes <= 10
    assert outcome.remaining
    assert "left" in outcome.message
    assert "B in" in outcome.message


def test_out_of_time_is_undecided() -> None:
    case = CASES["tight along an edge"]
    outcome = prove(case.statement, Domain(case.ranges), budget=Budget(boxes=10**9, seconds=0.0))
    assert outcome.verdict is Verdict.UNDECIDED
    assert outcome.remaining


def test_a_true_statement_beyond_the_remedies_stays_undecided() -> None:
    """Tight at an irrational point: no witness exists, and no rational neighbourhood meets the point exactly."""
    height = sp.sqrt(2) * sp.exp(-R(1, 2)) / 2
    statement = le(x * sp.exp(-(x**2)), height)
    outcome = prove(statement, Domain({x: sp.Interval(0, 3)}), budget=Budget(1000, 5.0))
    assert outcome.verdict is Verdict.UNDECIDED
    assert outcome.remaining


def test_what_cannot_be_evaluated_is_undecided_and_named() -> None:
    outcome = prove(le(sp.zeta(x), 2), Domain({x: sp.Interval(2, 3)}))
    assert outcome.verdict is Verdict.UNDECIDED
    assert "zeta" in outcome.message


def test_hypotheses_that_nothing_satisfies_make_anything_true() -> None:
    domain = Domain({x: sp.Interval(0, 1)}, (gt(x, 2),))
    outcome = prove(gt(x, 5), domain)
    accepted(outcome, gt(x, 5), domain)


def test_a_statement_without_symbols() -> None:
    accepted(prove(gt(sp.pi, 3), Domain({})), gt(sp.pi, 3), Domain({}))
    refuted(prove(gt(sp.pi, 4), Domain({})), gt(sp.pi, 4), Domain({}))


def random_expression(generator: random.Random, depth: int) -> Any:
    """A real expression in x, y and n that is defined everywhere."""
    if depth == 0 or generator.random() < 0.15:
        return generator.choice([x, y, n, R(generator.randint(-8, 8), generator.randint(1, 4))])
    first, second = (random_expression(generator, depth - 1) for _ in range(2))
    return generator.choice(
        [
            first + second, first + second, first - second, first * second, first**2, first**3, sp.exp(first),
            sp.tanh(first), sp.cosh(first), sp.Abs(first), sp.sqrt(1 + first**2), sp.log(1 + first**2),
            sp.Max(first, second), sp.Min(first, second), first / (1 + second**2),
        ]
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_random_statements_are_proved_refuted_or_left_undecided_but_never_wrong(seed: int) -> None:
    """No exception, every witness confirmed, every proof accepted by the checker and without a counterexample."""
    generator = random.Random(seed)
    left, right = random_expression(generator, 3), random_expression(generator, 1)
    statement = generator.choice([sp.Ge, sp.Gt])(left + generator.choice([0, 4, 64]), right, evaluate=False)
    ranges = {x: sp.Interval(-1, 3), y: sp.Interval.open(0, oo), n: sp.Range(1, oo)}
    domain = Domain({symbol: values for symbol, values in ranges.items() if symbol in statement.free_symbols})
    outcome = prove(statement, domain, budget=Budget(1000, 3.0))
    if outcome.verdict is Verdict.HOLDS:
        accepted(outcome, statement, domain)
        assert find_counterexample(statement, domain) is None
    elif outcome.verdict is Verdict.REFUTED:
        refuted(outcome, statement, domain)
    else:
        assert outcome.remaining
