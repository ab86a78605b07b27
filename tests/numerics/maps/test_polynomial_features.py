"""Polynomial kernels: their monomials, the fitted polynomials, other degrees than the usual ones, planted mistakes."""

from __future__ import annotations

import dataclasses
import itertools
from math import comb, factorial, prod
from typing import Any

import jax.numpy as jnp
import mpmath
import numpy as np
import pytest

from numerics.environment import prepare
from numerics.maps import exponential_polynomials as polynomials
from numerics.maps.attention import map_class
from numerics.maps.law_checks import CHECKS
from numerics.maps.laws import Subject, examine_law, subject
from numerics.maps.linear_attention import LinearAttention
from numerics.maps.polynomial_features import Chebyshev, Minimax, Polynomial, PolynomialFeatures, Taylor, monomials
from theory.evidence import Verdict

prepare()
POSITIONS = jnp.arange(3)


def of(name: str, feature_map: PolynomialFeatures, dtype: str = "float64", attend: Any = None) -> Subject:
    """The map called `name` with this feature map, in small chunks."""
    instance = dataclasses.replace(subject(name).instance, feature_map=feature_map)  # type: ignore[type-var]
    return Subject(name, instance, attend or instance.attend, dtype)


def verdicts(law: str, examined: Subject) -> set[Verdict]:
    return {finding.verdict for finding in examine_law(law, examined)}


@pytest.mark.parametrize(("d", "degree"), [(1, 5), (3, 4), (6, 2), (4, 1)])
def test_monomials(d: int, degree: int) -> None:
    rows: list[tuple[int, ...]] = [()]
    for k in range(1, degree + 1):
        parents, last, weights = monomials(d, k)
        rows = [(*rows[parent], int(one)) for parent, one in zip(parents, last, strict=True)]
        assert rows == list(itertools.combinations_with_replacement(range(d), k))
        assert len(rows) == comb(d + k - 1, k)
        assert list(weights) == [factorial(k) / prod(factorial(row.count(i)) for i in range(d)) for row in rows]


@pytest.mark.parametrize("feature_map", [Polynomial(3), Taylor(4), Chebyshev(4, bound=4.0), Minimax(3, bound=2.0)])
def test_features_multiply_to_the_kernel(feature_map: PolynomialFeatures) -> None:
    """Small integers: every product is exact but for the square roots and coefficients, a few roundings each."""
    generator = np.random.default_rng(0)
    q, k = generator.integers(-3, 4, (2, 3, 3)).astype(float)
    d, c = 3, np.asarray(feature_map.coefficients())
    features = feature_map.query(q, POSITIONS).whole(), feature_map.key(k, POSITIONS).whole()
    s, most = q @ k.T / np.sqrt(3), np.abs(q) @ np.abs(k).T / np.sqrt(3)
    wanted, size = (sum(a * x**j for j, a in enumerate(part)) for part, x in ((c, s), (np.abs(c), most)))
    assert features[0].shape == (3, feature_map.dimension(d))
    assert (np.abs(features[0] @ features[1].T - wanted) <= 2.0**-52 * (feature_map.dimension(d) + 40) * size).all()


def test_the_number_of_features() -> None:
    assert Polynomial(4).dimension(7) == comb(10, 4)
    assert Taylor(4).dimension(7) == comb(11, 4)
    assert Chebyshev(4, bound=2.0).dimension(7) == comb(11, 4)


@pytest.mark.parametrize(
    ("name", "feature_map", "dtype"),
    [
        ("polynomial", Polynomial(4, scale=1.0), "float64"),
        ("taylor", Taylor(6), "float32"),
        ("taylor", Taylor(1), "float64"),
        ("chebyshev", Chebyshev(4, bound=4.0), "float64"),
        ("minimax", Minimax(4, bound=4.0), "bfloat16"),
    ],
)
def test_other_degrees(name: str, feature_map: PolynomialFeatures, dtype: str) -> None:
    examined = of(name, feature_map, dtype)
    for law in ("definition", "decoding"):
        findings = examine_law(law, examined)
        assert {f.verdict for f in findings} == {Verdict.HOLDS}, [str(f) for f in findings]


def test_scores_of_1e4_to_the_power_12_are_finite_in_float32() -> None:
    verdict, message, _ = next(CHECKS["finite"](of("polynomial", Polynomial(12), "float32")))
    assert verdict is Verdict.HOLDS
    assert message == "full, scores of 1e4: outputs and gradients are finite"


# ------------------------------------------------------------------------------------------- fitted polynomials


def relative_errors(coefficients: Any, bound: float, points: Any) -> list[Any]:
    """P(s) exp(-s) - 1 at the points of [-1, 1] times bound, with forty digits."""
    with mpmath.workdps(40):
        places = [mpmath.mpf(float(t)) * mpmath.mpf(bound) for t in points]
        return [mpmath.polyval(list(map(mpmath.mpf, reversed(coefficients))), s) * mpmath.exp(-s) - 1 for s in places]


def alternation(coefficients: Any, bound: float) -> tuple[Any, Any]:
    """By de la Vallee Poussin no polynomial of the degree has a smaller error than the first; the second is that of
    this one on the grid."""
    errors = relative_errors(coefficients, bound, np.cos(np.pi * np.arange(4001) / 4000))
    pieces = [max(map(abs, run)) for _, run in itertools.groupby(errors, key=lambda e: e > 0)]
    assert len(pieces) >= len(coefficients) + 1, "the error changes its sign too seldom"
    return min(pieces), max(pieces)


@pytest.mark.parametrize(("degree", "bound"), [(1, 1.0), (2, 1.0), (3, 0.5), (4, 4.0), (7, 6.0)])
def test_minimax_is_the_best_to_a_thousandth(degree: int, bound: float) -> None:
    coefficients, error = polynomials.minimax(degree, bound)
    least, largest = alternation(coefficients, bound)
    assert 0.999 * error <= least <= largest <= error * (1 + polynomials.LEVELLED)


def test_the_series_is_not_the_best() -> None:
    errors = [max(map(abs, relative_errors(c, 4.0, np.linspace(-1, 1, 2001))))
              for c in (polynomials.chebyshev(4, 4.0), polynomials.minimax(4, 4.0)[0])]  # fmt: skip
    assert errors[0] > 2 * errors[1]


def test_a_degree_more_is_better_and_a_larger_interval_worse() -> None:
    error = {(p, b): polynomials.minimax(p, b)[1] for p in (2, 3) for b in (1.0, 2.0)}
    assert error[3, 1.0] < error[2, 1.0] < error[2, 2.0]
    assert Minimax(3, bound=2.0).relative_error == error[3, 2.0]


def test_the_series_of_chebyshev_interpolates_moments() -> None:
    """A polynomial of degree p is its own series: exp less its Taylor polynomial is small on a small interval."""
    small = polynomials.chebyshev(3, 2.0**-8)
    assert np.allclose(small, polynomials.taylor(3), rtol=2.0**-15)


# ------------------------------------------------------------------------------------------- what must be refused


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Polynomial(0), "degree = 0 must be an integer of at least 1"),
        (lambda: Taylor(2.0), "degree = 2.0 must be an integer of at least 1"),  # type: ignore[arg-type]
        (lambda: Taylor(scale=-1.0), "scale = -1.0 must be positive"),
        (lambda: Chebyshev(2, bound=0.0), "bound = 0.0 must be positive"),
        (lambda: Minimax(2, bound=float("nan")), "bound = nan must be positive"),
        (lambda: Minimax(40), "lost in the rounding of float64"),
        (lambda: Minimax(2, bound=100.0), "lost in the rounding of float64"),
        (lambda: monomials(512, 4), "choose a smaller degree or a smaller head"),
    ],
)
def test_mistakes_in_the_parameters(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


@map_class
class WithoutFactorials(PolynomialFeatures):
    def coefficients(self) -> tuple[float, ...]:
        return (1.0,) * (self.degree + 1)


@map_class
class WithoutSigns(PolynomialFeatures):
    def coefficients(self) -> tuple[float, ...]:
        return tuple(abs(c) for c in polynomials.chebyshev(self.degree, 4.0))


def written_out(weight: float, power: int = 2) -> Any:
    """s^(2 power) for heads of dimension 4 by the pairs of coordinates, each mixed pair `weight` times."""

    def features(x: Any) -> Any:
        pairs = list(itertools.combinations_with_replacement(range(4), 2))
        return jnp.stack([x[..., i] * x[..., j] * (1 if i == j else weight) ** 0.5 for i, j in pairs], axis=-1)

    def attend(q: Any, k: Any, v: Any, *, causal: bool = False, key_mask: Any = None) -> Any:
        kernel = (features(q) @ jnp.swapaxes(features(k), -1, -2)) ** power / 4**power
        if causal:
            n, m = kernel.shape[-2:]
            kernel = jnp.tril(kernel, m - n)
        kernel = kernel if key_mask is None else jnp.where(key_mask[..., None, :], kernel, 0)
        total = kernel.sum(axis=-1, keepdims=True)
        return jnp.where(total == 0, 0, kernel @ v / jnp.where(total == 0, 1, total))

    return attend


def test_the_suite_accepts_the_polynomial_written_out() -> None:
    square = of("polynomial", Polynomial(2), attend=written_out(2.0, power=1))
    for law in ("definition", "permutation", "row-sum"):
        assert verdicts(law, square) == {Verdict.HOLDS}


@pytest.mark.parametrize(
    ("law", "examined"),
    [
        ("definition", of("polynomial", Polynomial(2), attend=written_out(1.0, power=1))),
        ("definition", of("taylor", Taylor(2), attend=LinearAttention(WithoutFactorials(2)).attend)),
        ("definition", of("taylor", Taylor(2), attend=LinearAttention(Taylor(2, scale=1.0)).attend)),
        ("definition", of("chebyshev", Chebyshev(4, bound=4.0), attend=LinearAttention(WithoutSigns(4)).attend)),
        ("definition", of("minimax", Minimax(2), attend=LinearAttention(Taylor(2)).attend)),
        ("homogeneity", of("polynomial", Polynomial(2), attend=LinearAttention(Taylor(2)).attend)),
        ("finite", of("polynomial", Polynomial(12), "float32", attend=written_out(2.0, power=6))),
    ],
)
def test_a_mistake_is_refuted(law: str, examined: Subject) -> None:
    assert any(verdict is Verdict.REFUTED for verdict, _, _ in CHECKS[law](examined))
