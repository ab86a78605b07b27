"""Retention, gated linear attention and the delta rule: three forms that agree, and mistakes that the laws refute."""

from __future__ import annotations

import dataclasses
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from numerics.environment import prepare
from numerics.maps.delta_sums import corrections, delta_sums, inverse
from numerics.maps.gated_sums import gated_sums, gated_triangle
from numerics.maps.laws import examine_law, subject
from numerics.maps.recurrent import DeltaRule, GatedLinear, Retention, unit, usual_decays
from numerics.maps.registry import named
from theory.evidence import Verdict

prepare()
NAMES = ("retention", "gated-linear", "delta-rule")


def draw(*shape: int, number: int = 0, dtype: Any = jnp.float64) -> Any:
    return jax.random.normal(jax.random.fold_in(jax.random.key(1), number), shape, dtype)


def verdicts(law: str, name: str, attend: Any) -> set[Verdict]:
    return {finding.verdict for finding in examine_law(law, subject(name, attend))}


@pytest.mark.parametrize("form", ["parallel", "recurrent"])
@pytest.mark.parametrize("name", NAMES)
def test_the_other_forms_keep_the_law_of_the_definition(name: str, form: str) -> None:
    instance: Any = subject(name).instance

    def attend(q: Any, k: Any, v: Any, *, causal: bool, key_mask: Any) -> Any:
        if form == "recurrent":
            return instance.recur(q, k, v, key_mask=key_mask)[0]
        return instance.weights(q, k, causal=causal, key_mask=key_mask) @ v

    assert verdicts("definition", name, attend) == {Verdict.HOLDS}
    assert verdicts("causality", name, attend) == {Verdict.HOLDS}


@pytest.mark.parametrize("name", NAMES)
def test_gradients_of_the_forms_agree_in_parameters_too(name: str) -> None:
    instance: Any = subject(name).instance
    q, k, v, way = (draw(2, 11, width, number=i) for i, width in enumerate((4, 4, 3, 3)))
    mask = jnp.arange(11) != 3

    def loss(form: str, instance: Any, q: Any, k: Any, v: Any) -> Any:
        if form == "attend":
            return (instance.attend(q, k, v, causal=True, key_mask=mask) * way).sum()
        return (instance.recur(q, k, v, key_mask=mask)[0] * way).sum()

    one, other = (jax.jit(jax.grad(partial(loss, form), (0, 1, 2, 3)))(instance, q, k, v) for form in ("attend", ""))
    leaves = jax.tree.leaves(one)
    assert len(leaves) == 4
    for found, wanted in zip(leaves, jax.tree.leaves(other), strict=True):
        precision = 1e-5 if found.dtype == jnp.float32 else 1e-10  # parameters are float32
        np.testing.assert_allclose(found, wanted, rtol=precision, atol=precision)


def test_each_head_has_its_own_decay() -> None:
    q, k, v = (draw(2, 3, 9, 4, number=i) for i in range(3))
    decays = usual_decays(3)
    together = Retention(decays, chunk=4).attend(q, k, v, causal=True)
    for head in range(3):
        alone = Retention(decays[head], chunk=4).attend(q[:, head], k[:, head], v[:, head], causal=True)
        np.testing.assert_allclose(together[:, head], alone, rtol=1e-13, atol=1e-13)
    assert not np.allclose(together[:, 0], Retention(decays[1]).attend(q[:, 0], k[:, 0], v[:, 0], causal=True))


def test_gates_that_forget_everything_cost_nothing_later() -> None:
    """After exp(-10^6) the channel starts anew; as a difference of two long sums its gates would be lost in float32."""
    n, forgotten, dtype = 16, 5, jnp.float32
    q, k, v = (draw(n, 4, number=i, dtype=dtype) for i in range(3))
    gates = -jnp.abs(draw(n, 4, number=4, dtype=dtype)) / 8
    strong = gates.at[forgotten].set(-1e6)
    after = slice(forgotten, None)
    found = gated_sums(q, k, v, strong, 16)[after]
    wanted = gated_triangle(*(x[after] for x in (q, k, gates))) @ v[after]
    size = gated_triangle(*(jnp.abs(x[after]) for x in (q, k)), 0 * gates[after]) @ jnp.abs(v[after])
    roundings = 8 * n * float(jnp.finfo(dtype).eps)
    assert (np.abs(found - wanted) <= roundings * np.asarray(size)).all()
    gradients = jax.jit(jax.grad(lambda *x: gated_sums(*x, 16).sum(), (0, 1, 2, 3)))(q, k, v, strong)
    assert all(np.isfinite(g).all() for g in gradients)


def test_a_write_with_beta_one_replaces_what_was_there() -> None:
    keys = jnp.eye(4)[jnp.array([0, 1, 0, 2, 0])]
    values = jnp.round(8 * draw(5, 3))  # integers, so that nothing rounds
    outputs = DeltaRule(chunk=2).attend(3 * keys, 7 * keys, values, causal=True)
    np.testing.assert_array_equal(outputs, 3 * values)
    added_up = Retention().attend(keys, keys, values, causal=True)
    np.testing.assert_allclose(added_up[4], values[0] + values[2] + values[4], rtol=1e-14)


def test_units() -> None:
    k = jnp.array([[3.0, 4.0], [0.0, 0.0], [3e-200, 4e-200], [3e200, 4e200]])
    np.testing.assert_allclose(unit(k), [[0.6, 0.8], [0.0, 0.0], [0.6, 0.8], [0.6, 0.8]], rtol=1e-15)
    gradient = jax.grad(lambda k: unit(k)[:, 0].sum())(k)
    np.testing.assert_allclose(gradient[0], [0.128, -0.096], rtol=1e-12)
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("name", NAMES)
def test_the_gradient_keeps_at_most_one_state_for_each_chunk(name: str) -> None:
    n, d, chunk = 4096, 64, 64
    instance = named(name, d)
    x = jnp.ones((n, d), jnp.float32)
    gradient = jax.jit(jax.grad(lambda q, k, v: instance.attend(q, k, v, causal=True).sum(), (0, 1, 2)))
    memory = gradient.lower(x, x, x).compile().memory_analysis()
    assert memory is not None
    states = (n // chunk) * d * d * 4
    inputs_and_outputs = 7 * n * d * 4  # q, k, v, the cotangent, and three gradients
    assert memory.temp_size_in_bytes < 2 * inputs_and_outputs + 2 * states < n * d * d * 4 / 2


@pytest.mark.parametrize("name", NAMES)
def test_no_full_form(name: str) -> None:
    x = jnp.ones((3, 4))
    for call in (named(name, 4).attend, lambda q, k, v: named(name, 4).weights(q, k)):
        with pytest.raises(ValueError, match="call it with causal=True"):
            call(x, x, x)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: Retention(jnp.array([0.5, 0.0])), "decay"),
        (lambda: Retention(jnp.array(1.5)), "decay"),
        (lambda: GatedLinear(jnp.eye(4), chunk=12), "power of two"),
        (lambda: GatedLinear(jnp.eye(4), temperature=0.0), "temperature"),
        (lambda: DeltaRule(most=2.5), "most"),
        (lambda: DeltaRule(chunk=3), "power of two"),
        (lambda: GatedLinear(jnp.eye(3)).recur(*[jnp.ones((2, 4))] * 3), "weight"),
        (lambda: DeltaRule(jnp.ones(3)).recur(*[jnp.ones((2, 4))] * 3), "weight"),
    ],
)
def test_parameters_that_do_not_fit(build: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build()


# ------------------------------------------------------------------------------------------- what the laws must refute


def retained(q: Any, k: Any, v: Any, *, late: int = 0, masked: bool = True, steps: bool = False, key_mask: Any) -> Any:
    """Retention written out, with one mistake at a time."""
    n, m = q.shape[-2], k.shape[-2]
    number = jnp.cumsum(key_mask, axis=-1) if masked else jnp.arange(m)
    between = number[..., m - n :, None] - number[..., None, :] + late
    later = (jnp.arange(m) <= jnp.arange(n)[:, None] + (m - n)) & key_mask[..., None, :]
    between = jnp.where(later, between, 0)
    decay = 1 - between / 32 if steps else jnp.exp(between * jnp.log(31 / 32))
    return (jnp.where(later, q @ jnp.swapaxes(k, -1, -2), 0) * decay) @ v


@pytest.mark.parametrize(
    ("mistake", "verdict"),
    [
        ({}, Verdict.HOLDS),
        ({"late": 1}, Verdict.REFUTED),
        ({"masked": False}, Verdict.REFUTED),
        ({"steps": True}, Verdict.REFUTED),
    ],
)
def test_mistakes_in_retention(mistake: dict[str, Any], verdict: Verdict) -> None:
    def attend(q: Any, k: Any, v: Any, *, causal: bool, key_mask: Any) -> Any:
        return retained(q, k, v, key_mask=key_mask, **mistake)

    assert verdict in verdicts("definition", "retention", attend)


def gated_by(change: Any) -> Any:
    instance: Any = subject("gated-linear").instance

    def attend(q: Any, k: Any, v: Any, *, causal: bool, key_mask: Any) -> Any:
        k = jnp.where(key_mask[..., None], k, 0)
        gates = jax.nn.log_sigmoid(k @ instance.weight) / instance.temperature
        gates = jnp.where(key_mask[..., None], gates, 0)
        n = q.shape[-2]
        q = jnp.pad(q, [(0, 0), (0, 0), (k.shape[-2] - n, 0), (0, 0)])
        return gated_sums(q, k, v, change(gates), 4)[..., -n:, :]

    return attend


def test_mistakes_in_gates() -> None:
    def shifted(gates: Any) -> Any:
        return jnp.roll(gates, 1, axis=-2)

    def shared(gates: Any) -> Any:
        return jnp.broadcast_to(gates.mean(axis=-1, keepdims=True), gates.shape)

    for mistake in (shifted, shared):
        assert Verdict.REFUTED in verdicts("definition", "gated-linear", gated_by(mistake))
    assert verdicts("definition", "gated-linear", gated_by(lambda gates: gates)) == {Verdict.HOLDS}


def test_mistakes_in_the_delta_rule() -> None:
    instance: Any = subject("delta-rule").instance

    def attend(solved: bool, unit_keys: bool, q: Any, k: Any, v: Any, *, causal: bool, key_mask: Any) -> Any:
        k = jnp.where(key_mask[..., None], k, 0)
        n, beta = q.shape[-2], instance.most * jax.nn.sigmoid(k @ instance.weight[:, None])
        k = unit(k) if unit_keys else k
        x = corrections(k, beta, v) if solved else beta * v
        scores = jnp.tril(jnp.pad(q @ jnp.swapaxes(k, -1, -2), [(0, 0)] * 2 + [(k.shape[-2] - n, 0), (0, 0)]))
        return (scores @ x)[..., -n:, :]

    assert verdicts("definition", "delta-rule", partial(attend, True, True)) == {Verdict.HOLDS}
    assert Verdict.REFUTED in verdicts("definition", "delta-rule", partial(attend, False, True))
    assert Verdict.REFUTED in verdicts("definition", "delta-rule", partial(attend, True, False))


@pytest.mark.parametrize("name", NAMES)
def test_a_decoder_that_forgets_is_refuted(name: str) -> None:
    examined = subject(name)
    instance: Any = examined.instance

    class Forgetful:
        initial_state = staticmethod(instance.initial_state)

        @staticmethod
        def step(state: Any, *token: Any) -> Any:
            output, state = instance.step(state, *token)
            return output, state._replace(products=state.products * (1 - 1e-9))

    broken: Any = Forgetful()
    replaced = dataclasses.replace(examined, instance=broken)
    # the definition reads its parameters from the map
    for field in dataclasses.fields(instance):
        setattr(broken, field.name, getattr(instance, field.name))
    assert {finding.verdict for finding in examine_law("decoding", replaced)} == {Verdict.REFUTED}


def test_inverse_of_a_triangle() -> None:
    lower, one = np.tril(np.random.default_rng(0).normal(size=(2, 7, 7)), -1), np.eye(7)
    found = np.asarray(jax.jit(inverse)(lower))
    np.testing.assert_allclose((one + lower) @ found, np.broadcast_to(one, (2, 7, 7)), atol=1e-12)
    assert not np.triu(found, 1).any()


def test_one_key_again_and_again_with_the_largest_beta_stays_bounded() -> None:
    """I - 2 u u^T is a reflection: what is read alternates, and nothing grows over a thousand tokens."""
    n = 1024
    key = jnp.broadcast_to(jnp.array([0.6, 0.8, 0.0, 0.0], jnp.float32), (n, 4))
    outputs = DeltaRule(most=2.0).attend(key, key, jnp.ones((n, 1), jnp.float32), causal=True)
    wanted = 1 - (-1.0) ** np.arange(1, n + 1)
    np.testing.assert_allclose(outputs[:, 0], wanted, atol=8 * n * 2.0**-24)


def test_chunks_of_the_delta_rule_are_one_recurrence() -> None:
    q, k, v = (draw(2, 10, 4, number=i) for i in range(3))
    beta = 2 * jax.nn.sigmoid(draw(2, 10, 1, number=4))
    whole = delta_sums(q, unit(k), v, beta, 16)
    for chunk in (1, 4):
        np.testing.assert_allclose(delta_sums(q, unit(k), v, beta, chunk), whole, rtol=1e-12, atol=1e-12)
