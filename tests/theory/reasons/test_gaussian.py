"""Expectations over a normal vector, against one-dimensional integrals and the Isserlis formula."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.claim import Domain
from theory.derivation import Derivation
from theory.reasons import GaussianMoment, expectation, normal
from theory.reasons.gaussian import gaussian_moment

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
        mean(sp.exp(-(u**2)))
    with pytest.raises(ValueError, match="is not known"):
        mean(sp.sqrt(u))
    with pytest.raises(ValueError, match=r"The covariance of .* is missing"):
        expectation(u * v, {(u, u): xx, (v, v): yy})
