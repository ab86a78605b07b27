"""Every map keeps the laws that it promises, and every law refutes an implementation that breaks it.

Float64 is examined in full; float32 and bfloat16 by the laws that depend on the format, the rest in the long suite.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from numerics.environment import prepare
from numerics.maps import registry
from numerics.maps.law_checks import CHECKS
from numerics.maps.laws import PROMISES, Subject, examine, examine_law, subject
from theory.evidence import Verdict

prepare()
NAMES = sorted(registry.builders())
OF_THE_FORMAT = ("definition", "causality", "finite")


def report(findings: Any) -> str:
    return "\n".join(str(finding) for finding in findings if finding.verdict is not Verdict.HOLDS)


def test_every_map_has_a_definition_and_promises() -> None:
    from numerics.maps.definitions import DEFINITIONS

    assert set(NAMES) == set(DEFINITIONS) == set(PROMISES)


@pytest.mark.parametrize("name", NAMES)
def test_float64(name: str) -> None:
    findings = examine(name)
    assert not report(findings), report(findings)
    assert {"definition", "batch", "value-scaling", "finite"} <= {finding.law for finding in findings}


@pytest.mark.parametrize(
    "name",
    ["taylor", "softmax-blockwise"]
    + [
        pytest.param(name, marks=pytest.mark.slow)
        for name in ("polynomial", "chebyshev", "minimax", "retention", "relu")
    ],
)
def test_float64_as_built(name: str) -> None:
    """Without features where that is less work, and in one block or chunk."""
    examined = subject(name, as_built=True)
    findings = [finding for law in CHECKS for finding in examine_law(law, examined)]
    assert not report(findings), report(findings)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", NAMES)
def test_smaller_formats(name: str, dtype: str) -> None:
    examined = subject(name, dtype=dtype)
    findings = [finding for law in OF_THE_FORMAT for finding in examine_law(law, examined)]
    assert not report(findings), report(findings)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", NAMES)
def test_smaller_formats_in_full(name: str, dtype: str) -> None:
    findings = examine(name, dtype=dtype, seed=1)
    assert not report(findings), report(findings)


# ------------------------------------------------------------------------------------------- what they must refute


def features(x: Any) -> Any:
    return jnp.where(x < 0, jnp.exp(jnp.minimum(x, 0)), x + 1)


def written_out(q, k, v, *, causal=False, key_mask=None, power=1.0, late=0, epsilon=0.0, shared=0.0, masked=True):
    """elu + 1 attention with one mistake at a time."""
    kernel = (features(q) @ jnp.swapaxes(features(k), -1, -2)) ** power
    if causal:
        n, m = kernel.shape[-2:]
        kernel = jnp.where(jnp.arange(m) <= jnp.arange(n)[:, None] + (m - n + late), kernel, 0)
    if key_mask is not None and masked:
        kernel = jnp.where(key_mask[..., None, :], kernel, 0)
    total = kernel.sum(axis=-1, keepdims=True) + epsilon
    total = total + shared * (total.mean() - total)
    return jnp.where(total == 0, 0, (kernel @ v) / jnp.where(total == 0, 1, total))


def verdicts(law: str, attend: Any, name: str = "elu") -> set[Verdict]:
    return {finding.verdict for finding in examine_law(law, subject(name, attend))}


def test_the_written_out_map_keeps_every_law() -> None:
    findings = examine("elu", written_out)
    assert not report(f for f in findings if f.law != "decoding"), report(findings)


@pytest.mark.parametrize(
    ("law", "mistake"),
    [
        ("definition", {"power": 1 + 1e-10}),
        ("definition", {"epsilon": 1e-10}),
        ("definition", {"masked": False}),
        ("definition", {"late": 1}),
        ("causality", {"late": 1}),
        ("batch", {"shared": 1e-15}),
        ("row-sum", {"epsilon": 1e-10}),
        ("finite", {"power": 200}),
    ],
)
def test_a_mistake_is_refuted(law: str, mistake: dict[str, Any]) -> None:
    def attend(*args: Any, **options: Any) -> Any:
        return written_out(*args, **options, **mistake)

    assert Verdict.REFUTED in verdicts(law, attend)


def test_a_stabiliser_that_sees_the_future_is_refuted() -> None:
    def attend(q, k, v, *, causal=False, key_mask=None):
        largest = jax.lax.stop_gradient(k.max(axis=(-1, -2), keepdims=True))
        small = jnp.exp(k - largest) + 1e-4
        kernel = jnp.exp(q) @ jnp.swapaxes(small, -1, -2)
        kernel = jnp.tril(kernel) if causal else kernel
        return (kernel @ v) / kernel.sum(axis=-1, keepdims=True)

    assert Verdict.REFUTED in verdicts("causality", attend)


def test_positions_that_matter_are_refuted() -> None:
    def attend(q, k, v, **options):
        return written_out(q, k * (1 + 1e-9 * jnp.arange(k.shape[-2])[:, None]), v, **options)

    assert Verdict.REFUTED in verdicts("permutation", attend)


def test_a_constant_in_the_output_is_refuted() -> None:
    assert Verdict.REFUTED in verdicts("value-scaling", lambda *x, **options: written_out(*x, **options) + 1e-12)


def test_a_map_that_is_not_homogeneous_is_refuted_as_one() -> None:
    assert Verdict.REFUTED in verdicts("homogeneity", written_out, "relu-squared")


def test_a_gradient_that_forgets_the_normaliser_is_refuted() -> None:
    def attend(q, k, v, **options):
        exact = written_out(q, k, v, **options)
        total = written_out(jax.lax.stop_gradient(q), k, v, **options)
        return exact + 1e-3 * (total - jax.lax.stop_gradient(total))

    assert Verdict.REFUTED in verdicts("gradient", attend)


def test_a_decoder_that_forgets_is_refuted() -> None:
    class Forgetful:
        def __init__(self, instance: Any) -> None:
            self.instance, self.feature_map = instance, instance.feature_map

        def initial_state(self, *args: Any) -> Any:
            return self.instance.initial_state(*args)

        def step(self, state: Any, *token: Any) -> Any:
            output, state = self.instance.step(state, *token)
            return output, state._replace(products=state.products * (1 - 1e-9))

    examined = subject("elu")
    forgetful: Any = Forgetful(examined.instance)
    broken = dataclasses.replace(examined, instance=forgetful)
    assert {finding.verdict for finding in examine_law("decoding", broken)} == {Verdict.REFUTED}
    assert {finding.verdict for finding in examine_law("decoding", examined)} == {Verdict.HOLDS}


def test_the_extremes_hold_scores_of_1e4() -> None:
    from numerics.maps.law_checks import _extremes

    examined = subject("elu")
    sizes = {
        what: abs(case.q @ case.k.swapaxes(-1, -2)).max() / examined.d**0.5 for what, case in _extremes(examined, False)
    }
    assert sizes["full, scores of 1e4"] == pytest.approx(1e4)


def test_an_allowance_that_is_not_known_is_no_pass() -> None:
    examined = subject("identity-linear-unnormalised")
    signed = Subject("identity-linear", examined.instance, examined.attend, "float32")
    case = signed.case(False)
    from numerics.maps.law_checks import _compared

    unknown = signed.run(case) * float("inf")
    verdict, _, _ = _compared(case.v, case.v, abs(unknown) + float("inf"), "nothing known")
    assert verdict is Verdict.UNDECIDED
