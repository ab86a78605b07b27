"""Frequencies have the law they claim, judged by exact binomial limits; without the sign fix they have not."""

from __future__ import annotations

from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flint import arb, ctx

from numerics.environment import prepare
from numerics.maps.frequencies import frequencies, haar
from numerics.probability import Count, compare, compare_table
from theory.evidence import Verdict

prepare()
TRIALS = 20_000


def draws(function, trials: int = TRIALS):
    keys = jax.vmap(lambda number: jax.random.fold_in(jax.random.key(0), number))(jnp.arange(trials))
    return np.asarray(jax.jit(jax.vmap(function))(keys))


def normal_below(level: float) -> arb:
    return (1 + (arb(level) / arb(2).sqrt()).erf()) / 2


def counted(successes) -> Count:
    return Count.exactly(int(successes.sum()), successes.size)


@pytest.mark.parametrize("orthogonal", [True, False])
def test_every_frequency_is_a_standard_normal_vector(orthogonal: bool) -> None:
    """In three dimensions: along a direction, in length, and in a quadrant; for rows of both blocks."""
    w = draws(lambda key: frequencies(key, 4, 3, orthogonal=orthogonal, dtype=jnp.float64))
    direction = np.array([2.0, -1.0, 2.0]) / 3
    rows = []
    with ctx.workprec(128):
        for row in (0, 1, 3):
            along = w[:, row] @ direction
            rows += [(counted(along < level), normal_below(level)) for level in (-1.5, 0.0, 0.75)]
            # |w|^2 has the chi-square law of 3 degrees
            square = (w[:, row] ** 2).sum(axis=1)
            rows += [(counted(square < level), arb(level / 2).gamma_lower(1.5, regularized=1)) for level in (1.0, 4.0)]
            rows.append((counted((w[:, row, 0] > 0) & (w[:, row, 1] > 0)), Fraction(1, 4)))
        verdict, comparisons = compare_table(rows)
    assert verdict is Verdict.HOLDS, comparisons


def test_orthogonal_frequencies_are_orthogonal_in_blocks() -> None:
    w = frequencies(jax.random.key(3), 7, 4, dtype=jnp.float64)
    gram = np.asarray(w @ w.T)
    inside = np.arange(7)[:, None] // 4 == np.arange(7) // 4
    different = ~np.eye(7, dtype=bool)
    assert np.abs(gram[inside & different]).max() < 1e-14 * np.abs(gram).max()
    assert np.abs(gram[~inside]).max() > 1e-3
    assert len(np.unique(np.linalg.norm(w, axis=1))) == 7
    independent = frequencies(jax.random.key(3), 7, 4, orthogonal=False, dtype=jnp.float64)
    assert np.abs((independent @ independent.T)[inside & different]).max() > 1e-3


def test_more_blocks_keep_those_there_are() -> None:
    key = jax.random.key(5)
    np.testing.assert_array_equal(frequencies(key, 9, 4)[:6], frequencies(key, 6, 4))
    assert frequencies(key, 3, 4).shape == (3, 4)
    assert frequencies(key, 3, 4).dtype == jnp.float32


def test_haar_needs_the_signs_of_the_diagonal() -> None:
    """The first entry of Q is positive half of the time; as LAPACK leaves it, never."""
    first = draws(lambda key: haar(key, 5, jnp.float64)[0, 0])
    assert compare(counted(first > 0), Fraction(1, 2)).verdict is Verdict.HOLDS
    unfixed = draws(lambda key: jnp.linalg.qr(jax.random.normal(key, (5, 5), jnp.float64))[0][0, 0])
    assert compare(counted(unfixed > 0), Fraction(1, 2)).verdict is Verdict.REFUTED


def test_haar_is_orthogonal() -> None:
    q = haar(jax.random.key(1), 6, jnp.float64)
    np.testing.assert_allclose(q @ q.T, np.eye(6), atol=1e-14)


def test_sizes_are_checked() -> None:
    with pytest.raises(ValueError, match="m = 0 must be an integer of at least 1"):
        frequencies(jax.random.key(0), 0, 4)
    with pytest.raises(ValueError, match=r"d = 2\.5 must be an integer"):
        frequencies(jax.random.key(0), 3, 2.5)  # type: ignore[arg-type]
