"""Signs: what ranges and hypotheses show, what they must not show, and a fuzz test."""

from __future__ import annotations

from random import Random

import pytest
import sympy as sp

from theory.claim import Domain
from theory.reasons import Sign, shown, sign_of
from theory.reasons.sign import NEGATIVE, NONNEGATIVE, NONPOSITIVE, POSITIVE, UNKNOWN, ZERO, add, multiply

x, y = sp.symbols("x y", real=True)
a, xi = sp.symbols("a xi", positive=True)
b = sp.Symbol("b", nonnegative=True)
n = sp.Symbol("n", integer=True, positive=True)
REAL = sp.Interval(-sp.oo, sp.oo)
DOMAIN = Domain({x: REAL, y: REAL, a: sp.Interval.open(0, sp.oo), b: sp.Interval(0, 1), n: sp.Range(2, sp.oo)})


@pytest.mark.parametrize(
    ("expression", "sign"),
    [
        (n - 1, POSITIVE),
        (n - 2, NONNEGATIVE),
        (1 - b, NONNEGATIVE),
        (b * (1 - b), NONNEGATIVE),
        (b - 2, NEGATIVE),
        (n**2 - 3 * n + 2, NONNEGATIVE),
        (sp.exp(a) - 1, POSITIVE),
        (sp.exp(-a) - 1, NEGATIVE),
        (n**a - 1, POSITIVE),
        (n ** (-a * (1 + a)) - 1, NEGATIVE),
        (sp.log(n), POSITIVE),
        (sp.sqrt(n) - 1, POSITIVE),
        (sp.sqrt(1 - b) - 1, NONPOSITIVE),
        (sp.sqrt(n) - 2, UNKNOWN),
        (sp.log(1 + b), NONNEGATIVE),
        (x**2 + y**2, NONNEGATIVE),
        (x**2 - 2 * x + 1, NONNEGATIVE),
        (x**2 + 1, POSITIVE),
        (-sp.cosh(x), NEGATIVE),
        (1 - (1 - b) ** n, NONNEGATIVE),
        (sp.tanh(a), POSITIVE),
        (x - x, ZERO),
        (x, UNKNOWN),
        (1 / x, UNKNOWN),
        (n - 3, UNKNOWN),
        (sp.Symbol("w", positive=True), UNKNOWN),
    ],
)
def test_signs(expression, sign):
    assert sign_of(expression, DOMAIN) == sign


@pytest.mark.parametrize(
    ("relation", "hypotheses"),
    [
        (a - xi > 0, (a > xi,)),
        (a**2 - xi**2 > 0, (a > xi,)),
        (sp.Gt(1 / (a - xi), 0, evaluate=False), (a > xi,)),
        (sp.Ge(sp.exp(a - xi), 1, evaluate=False), (a >= xi,)),
        (n - 4 >= 0, (n > 3,)),
        (sp.Ge(2 * x * a, 3 * a, evaluate=False), (2 * x >= 3,)),
        (sp.Ge(n**a * (a + 1), n, evaluate=False), (sp.Ge(n**a * (a + 1), n + 1, evaluate=False),)),
        (sp.Gt(x - y, 0, evaluate=False), (x > a, y < a)),
        (sp.Ne(x, 0), (sp.Ne(x, 0),)),
        (sp.Eq(x, 1 - y), (sp.Eq(x + y, 1),)),
    ],
)
def test_hypotheses_are_used_and_needed(relation, hypotheses):
    ranges = {**DOMAIN.ranges, xi: sp.Interval.open(0, sp.oo)}
    assert shown(relation, Domain(ranges, hypotheses))
    assert not shown(relation, Domain(ranges))


def test_a_bounded_range_is_used_on_both_sides_and_at_its_ends():
    for values, strict in ((sp.Interval(0, 1), False), (sp.Interval.open(0, 1), True)):
        p = sp.Symbol("p", real=True)
        domain = Domain({p: values})
        assert shown(p * (1 - p) >= 0, domain)
        assert shown(sp.Gt(p * (1 - p), 0, evaluate=False), domain) is strict
        assert not shown(sp.Ge(p * (1 - 2 * p), 0, evaluate=False), domain)


def test_signs_combine():
    assert multiply(NEGATIVE, NONPOSITIVE) == NONNEGATIVE
    assert add(POSITIVE, NONNEGATIVE) == POSITIVE
    assert add(POSITIVE, NEGATIVE) == UNKNOWN


def test_the_reason():
    assert Sign().check(sp.Integer(1), sp.Lt, n**a, DOMAIN).accepted
    assert not Sign().check(n**a, sp.Lt, sp.Integer(1), DOMAIN).accepted
    assert "The sign of the difference" in Sign().check(x, sp.Le, y, DOMAIN).message
    assert "use Algebra" in Sign().check(x, sp.Eq, x, DOMAIN).message


def test_a_combination_of_hypotheses():
    first, second = sp.Ge(x, y, evaluate=False), sp.Ge(y, a**2, evaluate=False)
    domain = Domain(DOMAIN.ranges, (first, second))
    accepted = Sign(given={first: a, second: a}).check(a * x, sp.Gt, a**3 - b, domain)
    assert not accepted.accepted  # the rest is b, which may vanish, and so may the hypotheses
    assert Sign(given={first: a, second: a}).check(a * x, sp.Ge, a**3 - b, domain).accepted
    unsigned = Sign(given={first: x}).check(x * x, sp.Ge, x * y, Domain(DOMAIN.ranges, (first,)))
    assert "not shown to be >= 0" in unsigned.message
    assert "not an inequality among" in Sign(given={first: a}).check(x, sp.Ge, y, DOMAIN).message


def fuzz(trials: int, seed: int) -> tuple[int, int]:
    """(decided, false): random expressions; every sign shown is compared with the value at random points."""
    random, decided, false = Random(seed), 0, 0
    atoms = [a, b, n, 1 - b, n - 1, x, a - 1]
    for _ in range(trials):
        parts = [random.choice(atoms) ** random.randint(1, 2) for _ in range(3)]
        grown = random.choice(
            [sp.exp(parts[0]), sp.log(n + parts[1] ** 2), n ** parts[0], sp.sqrt(a) * parts[0], parts[0], (1 - b) ** n]
        )
        expression = parts[1] * grown + random.randint(-1, 2) * parts[2] / (1 + parts[0] ** 2)
        sign = sign_of(expression, DOMAIN)
        if sign == UNKNOWN:
            continue
        decided += 1
        for _ in range(6):
            point = {
                x: sp.Rational(random.randint(-30, 30), 7),
                a: sp.Rational(random.randint(1, 40), 13),
                b: sp.Rational(random.randint(0, 12), 12),
                n: sp.Integer(random.randint(2, 9)),
            }
            value = sp.N(expression, 40, subs=point)
            false += (0 if abs(value) < sp.Rational(1, 10**30) else int(sp.sign(value))) not in sign
    return decided, false


def test_no_random_sign_is_false():
    decided, false = fuzz(20, seed=1)
    assert decided >= 3
    assert false == 0


@pytest.mark.slow
def test_no_random_sign_is_false_in_a_long_run():
    decided, false = fuzz(200, seed=2)
    assert decided >= 40
    assert false == 0


def test_a_sum_without_negative_terms_is_not_negative():
    index, top = sp.Symbol("i", integer=True), sp.Symbol("k", integer=True, nonnegative=True)
    domain = Domain({top: sp.Range(0, sp.oo)})
    assert sign_of(sp.Sum(index**2, (index, 1, top)), domain) == NONNEGATIVE  # it may be empty, and so 0
    assert sign_of(1 + sp.Sum(index**2, (index, 1, top)), domain) == POSITIVE  # type: ignore[operator]
    assert sign_of(sp.Sum(index, (index, -3, top)), domain) == UNKNOWN  # -6 for k = 0
    assert sign_of(sp.Sum(-(index**2), (index, 1, top)), domain) == UNKNOWN
    assert sign_of(sp.Sum(index**2, (index, 5, top)), domain) == UNKNOWN  # may run backwards, and is then negated
