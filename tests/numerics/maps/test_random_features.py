"""Random feature maps: the products are the estimates they stand for, at ordinary sizes and at extreme ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy as sp

from numerics.environment import prepare
from numerics.maps import registry
from numerics.maps.frequencies import frequencies
from numerics.maps.linear_attention import LinearAttention
from numerics.maps.random_features import Hyperbolic, Optimal, Positive, Trigonometric, best_parameter
from theory.maps import attention_map as symbols
from theory.maps.catalogue import described
from theory.maps.optimal_parameter import best_parameter as exact_best_parameter

prepare()
KINDS = {"random-fourier": Trigonometric, "favor-positive": Positive, "favor-hyperbolic": Hyperbolic, "oprf": Optimal}
NAMES = [*KINDS, "favor-positive-iid"]


def tokens(n: int = 11, d: int = 3, scale: float = 1.0, dtype: Any = jnp.float64) -> tuple:
    keys = (jax.random.fold_in(jax.random.key(7), number) for number in range(3))
    return tuple((scale * jax.random.normal(key, (2, n, d), jnp.float64)).astype(dtype) for key in keys)


@pytest.mark.parametrize("name", KINDS)
def test_products_are_the_mean_of_the_estimates(name: str) -> None:
    """Against the estimate of each frequency from its formula, at a temperature of its own."""
    w = frequencies(jax.random.key(2), 5, 3, dtype=jnp.float64)
    q, k, _ = tokens()
    scale = 0.3
    instance = LinearAttention(KINDS[name](w, scale))
    found = jnp.einsum("bnr,bmr->bnm", instance.features(q), instance.features(k))
    x, y = (np.sqrt(scale) * np.asarray(z) for z in (q, k))
    total = x[:, :, None] + y[:, None]
    squares = ((x**2).sum(-1)[:, :, None] + (y**2).sum(-1)[:, None]) / 2
    if name == "random-fourier":
        each = np.exp(squares)[..., None] * np.cos((x[:, :, None] - y[:, None]) @ np.asarray(w).T)
    elif name == "favor-positive":
        each = np.exp(total @ np.asarray(w).T - squares[..., None])
    elif name == "favor-hyperbolic":
        each = np.exp(-squares)[..., None] * np.cosh(total @ np.asarray(w).T)
    else:
        a = float(exact_best_parameter(sp.Float(2 * 3 * scale), 3))
        norms = (np.asarray(w) ** 2).sum(-1)
        each = (1 - 4 * a) ** 1.5 * np.exp(2 * a * norms + np.sqrt(1 - 4 * a) * total @ np.asarray(w).T)
        each = each * np.exp(-squares)[..., None]
    np.testing.assert_allclose(found, each.mean(-1), rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_the_catalogue_knows_the_number_of_features(name: str) -> None:
    instance = registry.named(name, 5)
    assert isinstance(instance, LinearAttention)
    described_as = described(name)
    m = instance.feature_map.frequencies.shape[0]  # type: ignore[attr-defined]
    assert described_as.random
    assert described_as.features is not None
    assert described_as.state is not None
    numbers = {symbols.m: sp.Integer(m), symbols.d: sp.Integer(5)}
    assert instance.feature_map.dimension(5) == described_as.features.xreplace(numbers)
    state = instance.initial_state((), 5, 5)
    assert state.products.size + state.largest.size == described_as.state.xreplace(numbers)


@pytest.mark.parametrize(
    ("name", "dtype", "causal"),
    [
        pytest.param(name, dtype, causal, marks=[] if dtype == jnp.float32 and causal else pytest.mark.slow)
        for name in KINDS
        for dtype in (jnp.float32, jnp.bfloat16, jnp.float64)
        for causal in (False, True)
    ],
)
def test_scores_of_ten_thousand(name: str, dtype: Any, causal: bool) -> None:
    """Finite where exponentials of the scores are far beyond floats.

    Sums of waves cancel at keys of their own, down to rounding: only their outputs are judged there.
    """
    instance = registry.named(name, 3)
    q, k, v = tokens(scale=130, dtype=dtype)
    v = v / 130
    assert float(jnp.einsum("bnd,bnd->bn", q, q).astype(jnp.float64).max()) / np.sqrt(3) > 1e4

    @jax.jit
    def outputs_and_gradients(*x: Any) -> Any:
        outputs, back = jax.vjp(lambda *x: instance.attend(*x, causal=causal), *x)
        return outputs, back(outputs)

    for keys in (q, k):
        outputs, gradients = outputs_and_gradients(q, keys, v)
        assert outputs.dtype == dtype
        assert bool(jnp.isfinite(outputs).all())
        if keys is q or instance.feature_map.exponential:  # type: ignore[attr-defined]
            assert all(bool(jnp.isfinite(g).all()) for g in gradients)


@pytest.mark.parametrize("name", NAMES)
def test_float64_queries_meet_float32_frequencies(name: str) -> None:
    instance = registry.named(name, 3)
    q, k, v = tokens()
    assert instance.attend(q, k, v).dtype == jnp.float64
    few = tuple(x.astype(jnp.float32) for x in (q, k, v))
    np.testing.assert_allclose(instance.attend(*few), instance.attend(q, k, v), rtol=2e-4, atol=2e-4)


def test_the_frequencies_are_the_only_leaf() -> None:
    for name in NAMES:
        (leaf,) = jax.tree.leaves(registry.named(name, 3))
        assert leaf.shape == (12, 3)
    attend = jax.jit(lambda instance, *x: instance.attend(*x))
    gradient = jax.grad(lambda instance, *x: attend(instance, *x).sum())(registry.named("oprf", 3), *tokens())
    assert float(jnp.abs(jax.tree.leaves(gradient)[0]).max()) > 0


def test_the_two_positive_maps_differ_in_their_frequencies() -> None:
    orthogonal, independent = (
        registry.named(name, 3).feature_map.frequencies[:3]  # type: ignore[attr-defined]
        for name in ("favor-positive", "favor-positive-iid")
    )
    off_diagonal = ~np.eye(3, dtype=bool)
    assert float(jnp.abs((orthogonal @ orthogonal.T)[off_diagonal]).max()) < 1e-5
    assert float(jnp.abs((independent @ independent.T)[off_diagonal]).max()) > 1e-3


@pytest.mark.parametrize("squared_sum", [0.0, 1e-9, 0.3, 16.0, 1e6])
@pytest.mark.parametrize("d", [1, 64])
def test_the_best_parameter(squared_sum: float, d: int) -> None:
    exact = exact_best_parameter(sp.Rational(squared_sum), sp.Integer(d)).evalf(30)
    assert abs(best_parameter(squared_sum, d) - exact) <= 1e-15 * (1 + abs(exact))


def test_at_a_equal_to_0_optimal_features_are_positive_ones() -> None:
    w = frequencies(jax.random.key(2), 5, 3, dtype=jnp.float64)
    q, k, v = tokens()
    np.testing.assert_allclose(
        LinearAttention(Optimal(w, a=0.0)).attend(q, k, v), LinearAttention(Positive(w)).attend(q, k, v), rtol=1e-12
    )


def test_mistakes_get_one_sentence() -> None:
    w = frequencies(jax.random.key(2), 5, 3)
    with pytest.raises(ValueError, match=r"a = 0\.125 must be below 1/8"):
        Optimal(w, a=0.125)
    with pytest.raises(ValueError, match=r"scale = -1 must be positive"):
        Positive(w, scale=-1)
    with pytest.raises(ValueError, match="must be >= 0"):
        best_parameter(-1.0, 3)
    q, k, v = tokens(d=4)
    with pytest.raises(ValueError, match="frequencies have dimension 3 and the tokens 4; draw new ones"):
        LinearAttention(Positive(w)).attend(q, k, v)


def test_unnormalised_scores_are_the_estimates() -> None:
    w = frequencies(jax.random.key(2), 49_998, 3, dtype=jnp.float64)
    q, k, _ = tokens(scale=0.3)
    found = LinearAttention(Trigonometric(w), normalised=False).weights(q, k)
    kernel = jnp.exp(jnp.einsum("bnd,bmd->bnm", q, k) / np.sqrt(3))
    # bounded terms e^((|q|^2 + |k|^2)/2) cos: Hoeffding at 1e-9 for independent blocks of three
    bound = np.sqrt(2 * np.log(2e9 * found.size) * 3 / 49_998) * np.exp(
        ((q**2).sum(-1)[:, :, None] + (k**2).sum(-1)[:, None]) / (2 * np.sqrt(3))
    )
    assert bool((jnp.abs(found - kernel) <= bound).all())
    doubled = replace(LinearAttention(Trigonometric(w)), normalised=False).weights(2 * q, k)
    assert not bool((jnp.abs(doubled - kernel) <= bound).all())
