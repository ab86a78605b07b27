"""InLine attention: weights that sum to one, a causal form over the keys so far, and the mistakes near it."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from numerics.environment import prepare
from numerics.maps.feature_maps import Elu, Exponential, Relu
from numerics.maps.inline import InLine
from numerics.maps.law_checks import CHECKS
from numerics.maps.laws import examine_law, subject
from theory.evidence import Verdict

prepare()


def case(n: int = 9, m: int = 9) -> tuple[Any, ...]:
    """Small integers over 4, so that sums and products are exact and only the mean rounds."""
    generator = np.random.default_rng(3)
    return tuple(generator.integers(-6, 7, (2, rows, 3)) / 4 for rows in (n, m, m))


def test_weights_are_those_of_the_paper() -> None:
    q, k, _ = case()
    scores = q @ np.swapaxes(k, -1, -2)
    wanted = scores - scores.mean(axis=-1, keepdims=True) + 1 / 9
    allowed = 2.0**-52 * 9 * (np.abs(scores) + np.abs(scores).sum(axis=-1, keepdims=True) + 1)
    assert (np.abs(InLine(Elu()).weights(q, k) - wanted) > allowed).any()
    assert (np.abs(subject("inline", d=3).instance.weights(q, k) - wanted) <= allowed).all()
    assert (wanted < 0).any(), "weights may be negative"


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("feature_map", [Elu(), Relu(), Exponential()])
def test_outputs_are_the_weights_times_the_values(feature_map: Any, causal: bool) -> None:
    q, k, v = case(5, 9)
    mask = np.arange(9) != 3
    attention = InLine(feature_map, chunk=2)
    weights = attention.weights(q, k, causal=causal, key_mask=mask)
    size = np.abs(np.asarray(feature_map.key(jnp.abs(k), jnp.arange(9)).whole())).sum(axis=(-2, -1)).max() ** 2
    found = attention.attend(q, k, v, causal=causal, key_mask=mask)
    assert (np.abs(found - weights @ v) <= 2.0**-50 * 9 * size).all()
    assert (np.abs(weights.sum(axis=-1) - 1) <= 2.0**-50 * 9 * size).all()


def test_one_key_gets_all_the_weight() -> None:
    q, k, v = case()
    assert (subject("inline", d=3).instance.attend(q, k, v, causal=True)[:, 0] == v[:, 0]).all()


def mistaken(*, everywhere: bool = False, share: float = 1.0, padding: bool = False) -> Any:
    """InLine attention over all scores with one mistake at a time."""

    def attend(q: Any, k: Any, v: Any, *, causal: bool = False, key_mask: Any = None) -> Any:
        n, m = q.shape[-2], k.shape[-2]
        allowed = jnp.arange(m) <= jnp.arange(n)[:, None] + (m - n) if causal else jnp.ones((n, m), bool)
        kept = jnp.ones((n, m), bool) if key_mask is None else key_mask[..., None, :]
        allowed = allowed & kept
        kernel = q @ jnp.swapaxes(k, -1, -2)
        counted = kept if everywhere else allowed
        counted = jnp.ones_like(counted) if padding else counted
        number = jnp.maximum(counted.sum(axis=-1, keepdims=True), 1)
        mean = jnp.where(counted, kernel, 0).sum(axis=-1, keepdims=True) / number
        return jnp.where(allowed, kernel - mean + share / number, 0) @ jnp.where(kept[..., :1, :].mT, v, 0)

    return attend


def verdicts(law: str, attend: Any) -> set[Verdict]:
    return {finding.verdict for finding in examine_law(law, subject("inline", attend))}


def test_the_map_written_out_keeps_its_laws() -> None:
    for law in ("definition", "causality", "row-sum", "permutation", "gradient", "finite"):
        assert verdicts(law, mistaken()) == {Verdict.HOLDS}, law


@pytest.mark.parametrize(
    ("law", "mistake"),
    [
        ("causality", {"everywhere": True}),
        ("definition", {"everywhere": True}),
        ("row-sum", {"share": 0.0}),
        ("definition", {"share": 1 + 1e-9}),
        ("definition", {"padding": True}),
    ],
)
def test_a_mistake_is_refuted(law: str, mistake: dict[str, Any]) -> None:
    found = CHECKS[law](subject("inline", mistaken(**mistake)))
    assert any(verdict is Verdict.REFUTED for verdict, _, _ in found)


def test_a_mistake_in_the_parameters() -> None:
    with pytest.raises(ValueError, match="chunk = 0 must be an integer of at least 1"):
        InLine(Elu(), chunk=0)
