"""The laws themselves: each yields verdicts on one subject, a sentence, and the share of its allowance that was used.

See `numerics.maps.laws`, which chooses what is examined.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from numerics.maps.definitions import allowed_keys, outputs, weights
from numerics.maps.laws import Case, Subject
from numerics.maps.running_error import WIDE
from theory.evidence import Verdict

UNIT_ROUNDOFF = {"float64": 2.0**-53, "float32": 2.0**-24, "bfloat16": 2.0**-24}  # of the accumulation
OUTPUT_ROUNDOFF = {"float64": 0.0, "float32": 0.0, "bfloat16": 2.0**-8}

Result = tuple[Verdict, str, float]


def _compared(found: NDArray, wanted: NDArray, allowance: NDArray, what: str) -> Result:
    """The verdict on an array against a reference: beyond its allowance, undecided where there is none, or within."""
    distance = np.abs(found - wanted)
    wrong = ~np.isfinite(found) | (distance > allowance)
    if wrong.any():
        worst = np.unravel_index(
            np.argmax(np.where(wrong, np.nan_to_num(distance / (allowance + 1e-300), nan=np.inf), 0)), found.shape
        )
        place = ", ".join(map(str, worst))
        return (
            Verdict.REFUTED,
            f"{what}: {wrong.sum()} of {wrong.size} entries are wrong; at [{place}] found {float(found[worst])!r}, "
            f"defined {float(wanted[worst])!r}, allowance {float(allowance[worst]):.3g}",
            float("inf"),
        )
    unknown = ~(allowance < np.abs(wanted).max(initial=0) + np.abs(found).max(initial=0))  # an allowance for anything
    if unknown.mean() > 0.5:
        return Verdict.UNDECIDED, f"{what}: no allowance is known for {unknown.sum()} of {unknown.size} entries", np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        used = float(np.nanmax(np.where(allowance > 0, distance / allowance, 0)))
    return Verdict.HOLDS, f"{what}: all {wrong.size} entries agree", used


def _reference(examined: Subject, case: Case) -> tuple[NDArray, NDArray]:
    """The defined outputs and the allowances, [batch, heads, n, e], head by head."""
    n, m = case.q.shape[-2], case.k.shape[-2]
    values, errors = np.zeros((2, *case.q.shape[:-1], case.v.shape[-1]), WIDE)
    u = UNIT_ROUNDOFF[examined.dtype]
    for place in np.ndindex(case.q.shape[:2]):
        allowed = allowed_keys(n, m, case.causal, case.key_mask[place[0], 0])
        row = weights(
            examined.name, examined.instance, case.q[place], case.k[place], allowed,
            m - n if case.causal else 0, u,
        )  # fmt: skip
        defined = outputs(row, case.v[place], u)
        values[place] = defined.value
        errors[place] = defined.error + OUTPUT_ROUNDOFF[examined.dtype] * defined.size
    return values, errors


def _definition(examined: Subject) -> Iterator[Result]:
    lengths = ((13, 13), (7, 13)) if examined.dtype == "float64" else ((13, 13),)
    for causal in examined.forms():
        for n, m in lengths:
            case = examined.case(causal, n=n, m=m)
            what = f"{'causal' if causal else 'full'}, {n} queries and {m} keys, one of them padding"
            yield _compared(examined.run(case), *_reference(examined, case), what)


def _causality(examined: Subject) -> Iterator[Result]:
    if not examined.promises.causal:
        return
    case = examined.case(True)
    before = examined.run(case)
    n = case.q.shape[-2]
    for j in (n // 2, n - 1):
        other = examined.case(True, number=1, scale=3.0)
        changed = dataclasses.replace(
            case, **{name: _spliced(getattr(case, name), getattr(other, name), j) for name in ("q", "k", "v")}
        )
        after = examined.run(changed)
        same = (before[..., :j, :] == after[..., :j, :]).all()
        moved = (before[..., j:, :] != after[..., j:, :]).any()
        if not same:
            first = int(np.argwhere((before != after).any(axis=(0, 1, 3)))[0, 0])
            yield Verdict.REFUTED, f"a change from position {j} on moves the output at {first}", np.nan
        elif not moved:
            yield Verdict.REFUTED, f"a change from position {j} on moves nothing at all", np.nan
        else:
            yield (
                Verdict.HOLDS,
                f"a change from position {j} on leaves every earlier output as it was, bit by bit",
                np.nan,
            )


def _spliced(x: NDArray, y: NDArray, j: int) -> NDArray:
    return np.concatenate([x[..., :j, :], y[..., j:, :]], axis=-2)


def _batch(examined: Subject) -> Iterator[Result]:
    for causal in examined.forms():
        case, other = examined.case(causal), examined.case(causal, number=1, scale=3.0)
        mixed = dataclasses.replace(
            case, **{name: np.stack([getattr(case, name)[0], getattr(other, name)[1]]) for name in ("q", "k", "v")}
        )
        one, two = examined.run(case), examined.run(mixed)
        form = "causal" if causal else "full"
        if (one[0] == two[0]).all():
            yield Verdict.HOLDS, f"{form}: another sequence in the batch changes nothing, bit by bit", np.nan
        else:
            yield Verdict.REFUTED, f"{form}: another sequence in the batch changes this one", np.nan


def _permutation(examined: Subject) -> Iterator[Result]:
    if not examined.promises.permutation:
        return
    case = examined.case(False)
    m = case.k.shape[-2]
    order = np.random.default_rng(examined.seed).permutation(m)
    moved = dataclasses.replace(
        case, q=case.q[..., order, :], k=case.k[..., order, :], v=case.v[..., order, :],
        key_mask=case.key_mask[..., order],
    )  # fmt: skip
    _, allowed = _reference(examined, case)
    yield _compared(
        examined.run(moved), examined.run(case)[..., order, :], 2 * allowed[..., order, :], "tokens permuted"
    )


def _value_scaling(examined: Subject) -> Iterator[Result]:
    """Twice the values give exactly twice the outputs; outputs add up where values do."""
    for causal in examined.forms():
        case, other = examined.case(causal), examined.case(causal, number=2)
        form = "causal" if causal else "full"
        if not (examined.run(dataclasses.replace(case, v=2 * case.v)) == 2 * examined.run(case)).all():
            yield Verdict.REFUTED, f"{form}: twice the values do not give exactly twice the outputs", np.nan
            continue
        one, two = (dataclasses.replace(case, v=np.clip(np.round(16 * v), -64, 64) / 16) for v in (case.v, other.v))
        both = dataclasses.replace(case, v=one.v + two.v)  # multiples of 1/16 below 8: exact in every format
        allowed = sum(_reference(examined, part)[1] for part in (one, two, both))
        yield _compared(
            examined.run(both), examined.run(one) + examined.run(two), np.asarray(allowed), f"{form}: values added"
        )


def _exact(x: NDArray, dtype: str) -> NDArray:
    return np.asarray(jnp.asarray(x, dtype).astype(jnp.float64))


def _row_sum(examined: Subject) -> Iterator[Result]:
    if not examined.promises.row_sum:
        return
    for causal in examined.forms():
        case = examined.case(causal)
        ones = dataclasses.replace(case, v=np.ones_like(case.v))
        values, allowed = _reference(examined, ones)
        found = examined.run(ones)
        looking = np.abs(values) > 0.5  # a row that may look at nothing, or shares no feature, is 0
        yield _compared(np.where(looking, found, 0), np.where(looking, 1, 0), allowed, "values of one")


def _shift(examined: Subject) -> Iterator[Result]:
    if not examined.promises.shift:
        return
    for causal in examined.forms():
        case = examined.case(causal)
        moved = dataclasses.replace(
            case, k=_exact(case.k + np.array([4.0, -2.0, 1.0, 8.0])[: examined.d], examined.dtype)
        )
        back = dataclasses.replace(moved, k=moved.k - np.array([4.0, -2.0, 1.0, 8.0])[: examined.d])
        allowed = _reference(examined, moved)[1] + _reference(examined, back)[1]
        yield _compared(examined.run(moved), examined.run(back), allowed, "one vector added to every key")


def _homogeneity(examined: Subject) -> Iterator[Result]:
    if not examined.promises.homogeneous:
        return
    for causal in examined.forms():
        case = examined.case(causal)
        _, allowed = _reference(examined, case)
        twice = examined.run(dataclasses.replace(case, q=2 * case.q))
        yield _compared(twice, examined.run(case), 2 * allowed, "queries doubled")


def _decoding(examined: Subject) -> Iterator[Result]:
    if not hasattr(examined.instance, "step"):
        return
    case = examined.case(True)
    case = dataclasses.replace(case, key_mask=np.ones_like(case.key_mask))
    instance: Any = examined.instance
    q, k, v = (jnp.asarray(x, examined.dtype) for x in (case.q, case.k, case.v))
    state = instance.initial_state(q.shape[:2], q.shape[-1], v.shape[-1], examined.dtype)
    step = jax.jit(lambda state, q, k, v: instance.step(state, q, k, v))
    found = []
    for i in range(q.shape[-2]):
        output, state = step(state, q[..., i, :], k[..., i, :], v[..., i, :])
        found.append(np.asarray(output.astype(jnp.float64), WIDE))
    yield _compared(np.stack(found, axis=-2), *_reference(examined, case), "token by token")


def _gradient(examined: Subject) -> Iterator[Result]:
    """The derivative along a random direction, against central differences of the definition in the widest float.

    The truncation error of the difference with step h is estimated by that with step 2h: the two differ by three times
    it, up to higher order. Beside it the gradient may err as far as rounding carries outputs that are differentiated
    in turn: the allowance of the outputs, times the number of inputs that the direction touches.
    """
    if not examined.promises.smooth or examined.dtype != "float64":
        return
    for causal in examined.forms():
        case, way = examined.case(causal), examined.case(causal, number=3)
        cotangent = np.random.default_rng([examined.seed, 5]).normal(size=(*case.q.shape[:-1], case.v.shape[-1]))
        gradients = examined.gradients(case, cotangent)
        found = sum((g * w).sum() for g, w in zip(gradients, (way.q, way.k, way.v), strict=True))

        def defined(h: float, case: Case = case, way: Case = way, c: Any = cotangent) -> Any:
            moved = dataclasses.replace(
                case,
                q=WIDE(1) * case.q + WIDE(h) * way.q,
                k=WIDE(1) * case.k + WIDE(h) * way.k,
                v=case.v + WIDE(h) * way.v,
            )
            return (_reference(examined, moved)[0] * c).sum()

        h = 2.0**-14
        fine, coarse = ((defined(step) - defined(-step)) / (2 * step) for step in (h, 2 * h))
        rounding = float((_reference(examined, case)[1] * np.abs(cotangent)).sum()) * (case.q.size + 2 * case.k.size)
        allowed = np.asarray(abs(coarse - fine) + 4 * 2.0**-63 * abs(defined(0.0)) / h + rounding)
        form = "causal" if causal else "full"
        yield _compared(np.asarray(found), np.asarray(fine), allowed, f"{form}: derivative along a random direction")


def _finite(examined: Subject) -> Iterator[Result]:
    for causal in examined.forms():
        for what, case in _extremes(examined, causal):
            found = examined.run(case)
            if not np.isfinite(found).all():
                yield Verdict.REFUTED, f"{what}: {(~np.isfinite(found)).sum()} outputs are not finite", np.nan
                continue
            gradients = examined.gradients(case, np.ones_like(found, float))
            if all(np.isfinite(g).all() for g in gradients):
                yield Verdict.HOLDS, f"{what}: outputs and gradients are finite", np.nan
            else:
                yield Verdict.REFUTED, f"{what}: a gradient is not finite", np.nan


def _extremes(examined: Subject, causal: bool) -> Iterator[tuple[str, Case]]:
    """Extreme but legal inputs: scores of 1e4, tiny ones, equal tokens, everything masked, enormous values."""
    form = "causal" if causal else "full"
    case = examined.case(causal)
    large = np.sqrt(1e4 * np.sqrt(examined.d) / examined.d)
    yield (
        f"{form}, scores of 1e4",
        dataclasses.replace(
            case, q=_exact(large * np.sign(case.q), examined.dtype), k=_exact(large * np.sign(case.k), examined.dtype)
        ),
    )
    yield f"{form}, tiny inputs", dataclasses.replace(case, q=case.q * 2.0**-60, k=case.k * 2.0**-60)
    yield f"{form}, equal tokens", dataclasses.replace(case, q=np.ones_like(case.q), k=np.ones_like(case.k))
    yield f"{form}, everything masked", dataclasses.replace(case, key_mask=np.zeros_like(case.key_mask))
    yield f"{form}, values of 1e30", dataclasses.replace(case, v=_exact(1e30 * np.sign(case.v), examined.dtype))


CHECKS: dict[str, Callable[[Subject], Iterator[Result]]] = {
    "definition": _definition,
    "causality": _causality,
    "batch": _batch,
    "permutation": _permutation,
    "value-scaling": _value_scaling,
    "row-sum": _row_sum,
    "shift": _shift,
    "homogeneity": _homogeneity,
    "decoding": _decoding,
    "gradient": _gradient,
    "finite": _finite,
}
