"""The forms of retention and of gated linear attention as they run, against the claims that they agree.

A head of dimension one with the query 1 returns the state itself, S(t) after token t. It is run in chunks, token after
token, and in parallel; all of them are compared with what the claim says S(t) is, evaluated in Arb at the floats that
went in. The allowance is the running error of the definition (`definitions`), whose arithmetic covers all three.
"""

# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flint
import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numerics.maps.definitions import allowed_keys, outputs, weights
from numerics.maps.feature_maps import Identity
from numerics.maps.gated_sums import gated_sums, gated_triangle
from numerics.maps.linear_attention import LinearAttention
from numerics.maps.recurrent import Retention
from numerics.maps.recurrent_definitions import decayed
from numerics.maps.running_error import Approximate, Rounding
from numerics.maps.softmax_rows import enclosed
from numerics.measure import Point, exact, measured
from numerics.rounding import allowance
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.maps import decaying_sums as theory
from theory.rounding.allowance import arithmetic

LENGTH, CHUNK = 11, 4
SEQUENCES = (theory.S, theory.A)
FORMS = 3


def points(effort: Effort) -> list[Point]:
    """Random keys, values and decays; the last chunk is short, and one gate all but empties the state."""
    generator = np.random.default_rng(effort.seed)
    found: list[Point] = []
    for dtype in ("float32", "float64"):
        for decay in (0.5,) if effort.quick else (0.5, 1 - 2.0**-5, 1.0):
            k, v, gates = (generator.normal(size=LENGTH) for _ in range(3))
            gates = -np.abs(gates)
            gates[5] = -40
            arrays = {"k": k.astype(dtype), "v": v.astype(dtype), "gates": gates.astype(dtype)}
            found.append({"decay": decay, **arrays})
    return found


def column(x: NDArray) -> NDArray:
    return x[:, None]


def retained(point: Point) -> NDArray:
    """S(1), .., S(n) of retention: [forms, n]."""
    one, k, v = np.ones((LENGTH, 1), point["k"].dtype), column(point["k"]), column(point["v"])
    attention = Retention(point["decay"], chunk=CHUNK)
    chunked, recurrent = attention.attend(one, k, v, causal=True), attention.recur(one, k, v)[0]
    parallel = np.asarray(attention.weights(one, k, causal=True)) @ v
    return np.stack([np.asarray(form)[:, 0] for form in (chunked, recurrent, parallel)])


def gated(point: Point) -> NDArray:
    """The same of gated sums; chunks of one token are the recurrence."""
    one, k, v, a = (column(x) for x in (np.ones_like(point["k"]), point["k"], point["v"], point["gates"]))
    chunked, recurrent = (gated_sums(one, k, v, a, chunk) for chunk in (CHUNK, 1))
    parallel = np.asarray(gated_triangle(one, k, a)) @ v
    return np.stack([np.asarray(form)[:, 0] for form in (chunked, recurrent, parallel)])


def states(point: Point, name: str) -> tuple[list[flint.arb], list[flint.arb]]:
    """S(0), .., S(n) by the recurrence, and A(0), .., A(n), at the present precision."""
    state, total = [flint.arb(0)], [flint.arb(0)]
    for key, value, a in zip(point["k"], point["v"], point["gates"], strict=True):
        left = exact(a).exp() if name == "gated" else exact(point["decay"])
        state.append(left * state[-1] + exact(key) * exact(value))
        total.append(total[-1] + exact(a))
    return state, total


def claimed(claim: Claim, name: str, point: Point, at: Mapping[sp.Symbol, int], bits: int) -> Any:
    """The right-hand side of a claim about S, with these numbers of tokens."""
    values = {theory.gamma: exact(point["decay"])}
    side = written_out(claim.unfolded.rhs.xreplace({symbol: sp.Integer(number) for symbol, number in at.items()}))
    for sequence, numbers in zip(SEQUENCES, states(point, name), strict=True):
        for term in side.atoms(sequence):
            symbol = sp.Symbol(str(term), real=True)
            side, values[symbol] = side.xreplace({term: symbol}), numbers[int(term.args[0])]
    return enclosed(side, values, bits)


def written_out(expression: Any) -> Any:
    """Sums between integers, term by term."""
    found = {}
    for one in expression.atoms(sp.Sum):
        (index, low, high) = one.limits[0]
        found[one] = sp.Add(*(one.function.xreplace({index: sp.Integer(i)}) for i in range(int(low), int(high) + 1)))
    return expression.xreplace(found)


def parallel_reference(name: str) -> Any:
    """S(1), .., S(n) as the claim has them, for every form."""
    return lambda claim, point, bits: (
        [[claimed(claim, name, point, {theory.t: t}, bits) for t in range(1, LENGTH + 1)]] * FORMS
    )


def chunk_reference(name: str) -> Any:
    """The same from the state before the chunk that holds the token."""

    def reference(claim: Claim, point: Point, bits: int) -> list[Any]:
        places = [(i // CHUNK * CHUNK, i % CHUNK + 1) for i in range(LENGTH)]
        return [[claimed(claim, name, point, {theory.h: h, theory.r: r}, bits) for h, r in places]] * FORMS

    return reference


def retained_allowance(claim: Claim, point: Point) -> NDArray:
    u = float(arithmetic(point["k"].dtype.name).unit_roundoff)
    one, lower = np.ones((LENGTH, 1)), allowed_keys(LENGTH, LENGTH, True, None)
    row = weights("retention", Retention(point["decay"]), one, column(point["k"]), lower, 0, u)
    return of_outputs(row, point["v"], u)


def gated_allowance(claim: Claim, point: Point) -> NDArray:
    u = float(arithmetic(point["k"].dtype.name).unit_roundoff)
    rounding = Rounding(u)
    one, k, a = (rounding.exactly(column(x)) for x in (np.ones(LENGTH), point["k"], point["gates"]))
    return of_outputs(decayed(rounding, one, k, a, np.arange(LENGTH)), point["v"], u)


def of_outputs(row: Approximate, values: NDArray, u: float) -> NDArray:
    """How far outputs may be off, [n], in float64."""
    return np.asarray(outputs(row, column(values), u).error[:, 0], float) * allowance.OWN_ROUNDING


RUNS = {"retention": (retained, retained_allowance), "gated": (gated, gated_allowance)}
for room, (run, allowed) in RUNS.items():
    for claims, reference in ((theory.parallel, parallel_reference), (theory.chunk, chunk_reference)):
        evidence_for(claims[room], Method.MEASURED)(measured(run, reference(room), allowed, points))


# ------------------------------------------------------------------------------------------------------ no decay


def integer_points(effort: Effort) -> list[Point]:
    """Small integers, whose sums of products are exact in every format."""
    generator = np.random.default_rng(effort.seed)
    return [
        {
            "decay": 1.0,
            "gates": np.zeros(LENGTH, dtype),
            **{x: generator.integers(-9, 10, LENGTH).astype(dtype) for x in "kv"},
        }
        for dtype in ("float32", "float64")
    ]


def undecayed(point: Point) -> NDArray:
    """Retention with gamma = 1, and causal linear attention without normaliser."""
    one, k, v = (column(x) for x in (np.ones_like(point["k"]), point["k"], point["v"]))
    linear = LinearAttention(Identity(), normalised=False, chunk=CHUNK).attend(one, k, v, causal=True)
    return np.concatenate([retained(point), np.asarray(linear).T])


def undecayed_reference(claim: Claim, point: Point, bits: int) -> list[Any]:
    return [[claimed(claim, "retention", point, {theory.t: t}, bits) for t in range(1, LENGTH + 1)]] * (FORMS + 1)


evidence_for(theory.no_decay, Method.MEASURED)(
    measured(undecayed, undecayed_reference, lambda claim, point: 0, integer_points)
)
