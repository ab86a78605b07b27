"""Expectations over a normal vector, against one-dimensional integrals and the Isserlis formula."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.claim import Domain
from theory.derivation import Derivation
from theory.reasons import GaussianMoment, expectation, normal
from theory.reasons.gaussian import SQUARED_NORM, gaussian_moment, phase
from theory.rigor.counterexample import find_counterexample
from theory.wellposed import undefined_conditions

u, v = normal("x"), normal("y")
xx, xy, yy, t = sp.symbols("xx xy yy t", real=True)
REAL = sp.Interval(-sp.oo, sp.oo)
GRAM = Domain({xx: sp.Interval(0, sp.oo), yy: sp.Interval(0, sp.oo), xy: REAL, t: REAL}, (sp.Le(xy**2, xx * yy),))


def mean(body):
    return expectation(body, {(u, u): xx, (u, v): xy, (v, v): yy})


IDENTITIES = [
    (mean(sp.exp(u + v - xx / 2 - yy / 2)), sp.exp(xy)),
    (mean(sp.exp(2 * u + 2 * v - xx - yy)), sp.exp(xx + yy + 4 * xy)),
    (mean(sp.cos(u) * sp.cos(v) + sp.sin(u) * sp.sin(v)), sp.exp(xy - xx / 2 - yy / 2)),
    (mean(sp.cosh(u + v)), sp.exp((xx + yy) / 2 + xy)),
    (mean(u * sp.exp(v)), xy * sp.exp(yy / 2)),
    (mean(u**2 * v**2), xx * yy + 2 * xy**2),
    (mean(u**3), sp.S.Zero),
    (mean(t * u * v + t**2), t * xy + t**2),
    (mean((u - v) ** 2), xx - 2 * xy + yy),
    (mean(sp.exp(u) * sp.sin(v)), sp.exp((xx - yy) / 2) * sp.sin(xy)),
    (mean(sp.cos(u) ** 2), (1 + sp.exp(-2 * xx)) / 2),
]


@pytest.mark.parametrize(("left", "right"), IDENTITIES)
def test_moments(left, right):
    assert GaussianMoment().check(left, sp.Eq, right, GRAM).accepted
    assert not GaussianMoment().check(left, sp.Eq, right + xy**2 + 1, GRAM).accepted


@pytest.mark.parametrize("body", [u**4, u**2 * sp.exp(u), u * sp.sin(u)])
def test_one_variable_agrees_with_the_integral(body):
    one = expectation(body, {(u, u): sp.Integer(1)})
    z = sp.Symbol("z", real=True)
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    integral = sp.Integral(body.subs(u, z) * density, (z, -sp.oo, sp.oo)).evalf(20)
    assert abs(integral - gaussian_moment(one).evalf(20)) < 1e-12


def test_the_variables_are_bound_and_the_dimension_never_appears():
    assert mean(u * sp.exp(t * v)).free_symbols == {xx, xy, yy, t}
    chain = Derivation(mean(u * v)).equal(xy, by=GaussianMoment())
    assert chain.verify(GRAM).accepted
    assert r"\mathbb{E}" in chain.latex()
    assert not Derivation(mean(u * v)).equal(xy + xx, by=GaussianMoment()).verify(GRAM).accepted


def test_what_has_no_closed_form_here_is_refused():
    with pytest.raises(ValueError, match="not linear"):
        mean(sp.exp(-(u**2))).conditions()
    with pytest.raises(ValueError, match="is not known"):
        mean(sp.sqrt(u)).closed_form()
    with pytest.raises(ValueError, match=r"The covariance of .* is missing"):
        expectation(u * v, {(u, u): xx, (v, v): yy})


A, u1 = sp.symbols("A u1", real=True)
d = sp.Symbol("d", integer=True, positive=True)
BELOW = sp.Interval.open(-sp.oo, sp.Rational(1, 8))
SQUARED = Domain({**GRAM.ranges, A: BELOW, d: sp.Range(1, sp.oo)}, GRAM.hypotheses)


def with_norm(body):
    return expectation(body, {(u, u): xx, (u, v): xy, (v, v): yy}, dimension=d)


def test_the_squared_norm_scales_the_variances():
    product = (1 - 4 * A) ** (d / 2) * sp.exp(2 * A * SQUARED_NORM + sp.sqrt(1 - 4 * A) * (u + v) - (xx + yy) / 2)
    assert GaussianMoment().check(with_norm(product), sp.Eq, sp.exp(xy), SQUARED).accepted
    assert not GaussianMoment().check(with_norm(product), sp.Eq, sp.exp(xy + A), SQUARED).accepted
    assert with_norm(sp.exp(4 * A * SQUARED_NORM) * u**2).conditions() == (sp.Gt(1 - 8 * A, 0, evaluate=False),)


@pytest.mark.parametrize("a", [sp.Rational(1, 5), sp.Rational(-2)])
def test_the_squared_norm_agrees_with_the_integral(a):
    z = sp.Symbol("z", real=True)
    one = expectation(u**2 * sp.exp(a * SQUARED_NORM + u), {(u, u): sp.Integer(1)}, dimension=1)
    integrand = z**2 * sp.exp(a * z**2 + z - z**2 / 2) / sp.sqrt(2 * sp.pi)
    integral = sp.Integral(integrand, (z, -sp.oo, sp.oo)).evalf(20)
    assert abs(integral - gaussian_moment(one).evalf(20)) < 1e-12


def test_powers_of_the_squared_norm():
    """E |w|^4 = d (d + 2); with a tilt, the integral in one dimension."""
    fourth = expectation(SQUARED_NORM**2, {(u, u): xx}, dimension=d)
    assert sp.expand(fourth.closed_form()) == d**2 + 2 * d
    one = expectation(SQUARED_NORM * u * sp.exp(u - SQUARED_NORM), {(u, u): sp.Integer(1)}, dimension=1)
    z = sp.Symbol("z", real=True)
    integrand = z**3 * sp.exp(z - z**2 - z**2 / 2) / sp.sqrt(2 * sp.pi)
    integral = sp.Integral(integrand, (z, -sp.oo, sp.oo)).evalf(20)
    assert abs(integral - gaussian_moment(one).evalf(20)) < 1e-12


def test_an_expectation_that_may_be_infinite_is_not_well_defined():
    claim_of = {A: sp.Interval(-sp.oo, sp.Rational(1, 4)), d: sp.Range(1, sp.oo), xx: sp.Interval(0, sp.oo)}
    infinite = expectation(sp.exp(4 * A * SQUARED_NORM), {(u, u): xx}, dimension=d)
    missing = undefined_conditions(sp.Eq(infinite, 1, evaluate=False), Domain(claim_of))
    assert sp.Gt(1 - 8 * A, 0, evaluate=False) in missing
    finite = Domain({**claim_of, A: BELOW})
    assert not undefined_conditions(sp.Eq(infinite, 1, evaluate=False), finite)


def test_whole_turns_of_a_uniform_phase_average_out():
    b, c = phase("b"), phase("c")
    product = 2 * sp.cos(u + b) * sp.cos(v + b)
    one = expectation(product, {(u, u): xx, (u, v): xy, (v, v): yy}, phases=[b])
    assert sp.simplify(one.closed_form() - sp.exp(xy - (xx + yy) / 2)) == 0
    assert one.free_symbols == {xx, xy, yy}
    two = expectation(sp.cos(b + c) ** 2 + sp.cos(b + c + t) * sp.sin(b + c), {(u, u): xx}, phases=[b, c])
    assert sp.simplify(two.closed_form() - (1 - sp.sin(t)) / 2) == 0
    wild = expectation(sp.exp(A * SQUARED_NORM) * sp.cos(u + b), {(u, u): xx}, phases=[b], dimension=d)
    assert wild.closed_form() == 0
    assert wild.conditions() == (sp.Gt(1 - 2 * A, 0, evaluate=False),)
    for body in (sp.cos(b / 2), sp.exp(b), b * u):
        with pytest.raises(ValueError, match=r"not linear|whole number|not known"):
            expectation(body, {(u, u): xx}, phases=[b]).closed_form()


@pytest.mark.parametrize("low", [sp.Rational(-1, 2), sp.Rational(3, 2)])
def test_a_half_space_agrees_with_the_integral(low):
    z = sp.Symbol("z", real=True)
    one = expectation(sp.Heaviside(u - low) * sp.exp(2 * u - 1), {(u, u): sp.Integer(1)})
    integral = sp.Integral(sp.exp(2 * z - 1 - z**2 / 2) / sp.sqrt(2 * sp.pi), (z, low, sp.oo)).evalf(20)
    assert abs(integral - gaussian_moment(one).evalf(20)) < 1e-12


def test_a_half_space_in_any_dimension():
    one = expectation(2 * sp.Heaviside(-u) * sp.exp(v - yy / 2), {(u, u): 1, (u, v): u1, (v, v): yy})
    assert one.closed_form() == sp.erfc(u1 / sp.sqrt(2))
    thin = expectation(sp.Heaviside(u), {(u, u): xx})
    assert thin.conditions() == (sp.Gt(xx, 0, evaluate=False),)
    for body in (sp.Heaviside(u) * sp.cos(v), sp.Heaviside(u) * v, sp.Heaviside(u) * sp.Heaviside(v)):
        with pytest.raises(ValueError, match="is not known"):
            mean(body).closed_form()


def test_a_false_statement_about_an_expectation_is_refuted_at_a_point():
    statement = sp.Eq(mean(sp.exp(u + v - xx / 2 - yy / 2)), sp.exp(2 * xy), evaluate=False)
    witness = find_counterexample(statement, Domain({k: GRAM.ranges[k] for k in (xx, xy, yy)}, GRAM.hypotheses))
    assert witness is not None
    assert witness[xy] != 0
