"""B4 run and attacked: attention with one feature, in linear time on the literal tokens, solves the task."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import jax
import numpy as np
import sympy as sp

from numerics.attack import attacked
from numerics.environment import devices
from numerics.measure import measured, pinned_arithmetic
from numerics.probability import Count, compare, compare_at_least
from numerics.separation.kernels.maps import outputs_in_linear_time, power, power_map
from numerics.separation.kernels.measuring import SIZES, Point, parameters
from numerics.separation.self_attention.corrected_threshold import judge
from numerics.separation.self_attention.network import ENTRY_ROUNDINGS, UNIT_ROUNDOFF, scale, tokens
from numerics.separation.self_attention.simulation import draw_signs
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, Verdict, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.rigor.truth import Truth
from theory.rounding.allowance import exponent
from theory.separation.kernels import one_feature as room
from theory.separation.kernels.gains import Polynomial
from theory.separation.kernels.success import kernel_success
from theory.separation.self_attention.construction import d, n
from theory.separation.self_attention.parameters import Parameters

NEEDLE, ORDINARY = 0, 1


def product_of_features(point: Point) -> Any:
    """phi(1^T q) phi(1^T k) of two literal tokens."""
    matrix = tokens(parameters(point), Fraction(point["a"]))
    features = power(point["p"])(matrix @ np.ones(matrix.shape[1]))
    return features[point["i"]] * features[point["j"]]


def pairs(effort: Effort) -> list[dict[str, Any]]:
    return [
        {"n": length, "d": dimension, "a": height, "p": p, "i": i, "j": j}
        for length, dimension, height in (SIZES[:1] if effort.quick else SIZES)
        for p in (1, 3, 14)
        for i, j in ((NEEDLE, NEEDLE), (NEEDLE, ORDINARY), (ORDINARY, ORDINARY))
    ]


def claimed_product(claim: Claim, point: Point, bits: int) -> Any:
    row = {NEEDLE: 1 + sp.Rational(point["a"]), ORDINARY: sp.Integer(1)}
    where = {n: sp.Integer(point["n"]), room.p: sp.Integer(point["p"])}
    return enclose_at(claim.unfolded.rhs, where | {room.q_row: row[point["i"]], room.k_row: row[point["j"]]}, bits)


def product_allowance(claim: Claim, point: Point) -> float:
    one = point["p"] * (ENTRY_ROUNDINGS + point["d"]) + point["p"] - 1
    error = math.expm1(float(exponent(2 * one + 1, UNIT_ROUNDOFF)))
    return float(claimed_product(claim, point, 64).hi) * error * (1 + 2**-20)


evidence_for(room.kernel, Method.MEASURED)(measured(product_of_features, claimed_product, product_allowance, pairs))


def case(length: int, dimension: int) -> Parameters:
    """The corrected separation at a1 = 7/10, b = 1/2, xi = 1/10."""
    return Parameters(n=length, d=dimension, a0="1/10", a1=sp.Rational(room.HEIGHT), b="1/2", tau="11/10")


def activation_error(at: Parameters, p: int) -> float:
    """The largest absolute error of a computed <c, y>/L - tau: the output, d sums, and the unit."""
    total = math.log1p(power_map(p).output_error(at)) + float(exponent(at.d + 2 * ENTRY_ROUNDINGS, UNIT_ROUNDOFF))
    return math.expm1(total) * float(1 + at.a1 + at.tau) * 1.01


@evidence_for(room.fires, Method.MEASURED)
def fires(claim: Claim, effort: Effort) -> Finding:
    """At the least degree that the claim allows, the worst all-plus pattern fires on the literal tokens."""
    (hypothesis,) = claim.domain.hypotheses

    def examined() -> Iterator[tuple[dict[str, Any], float, float, Truth]]:
        for length, dimension in ((12, 5), (30, 12)) if effort.quick else ((12, 5), (30, 12), (190, 21), (1000, 12)):
            p = next(k for k in range(1, 99) if hypothesis.subs({n: length, room.p: k}) is sp.true)
            at = case(length, dimension)
            signs = np.ones(dimension)
            signs[2 : dimension - 1] = -1  # all d-3 free middle signs
            output = outputs_in_linear_time(tokens(at, at.a1), power(p))[NEEDLE]
            excess = float(np.asarray(output) @ signs) / scale(length) - float(at.tau)
            yield {str(n): length, str(d): dimension, "p": p}, excess, activation_error(at, p), Truth.FALSE

    with pinned_arithmetic():
        return judge(f"literal tokens at the least degrees, on {', '.join(devices())}", examined())


@evidence_for(room.success, Method.MEASURED)
def random_networks(claim: Claim, effort: Effort) -> Finding:
    """Random networks of one feature tell D1 from D0 no less often than the claim's right side."""
    networks, shown, verdicts = 2000 if effort.quick else 10_000, [], set()
    for length, dimension, width in ((1000, 12, 8),) if effort.quick else ((1000, 12, 8), (1000, 12, 20), (100, 27, 8)):
        p = next(k for k in range(1, 99) if 10**k * 2 * length <= 17**k)
        at = case(length, dimension)
        succeeded, doubtful = simulate(at, p, width, networks, effort.seed)
        count = Count(succeeded, succeeded + doubtful, networks)
        fires = kernel_success(at, Polynomial(p)).good_probability
        point = {room.p_fires: sp.Rational(fires.numerator, fires.denominator), room.m: width}
        exact, bound = (Fraction(str(side.subs(point))) for side in claim.unfolded.args)
        short = compare_at_least(count, bound).verdict is Verdict.REFUTED
        verdicts.add(Verdict.REFUTED if short else compare(count, exact).verdict)
        shown.append({"n": length, "d": dimension, "m": width, "p": p, "found": succeeded, "bound": float(bound)})
    worst = next(v for v in (Verdict.REFUTED, Verdict.UNDECIDED, Verdict.HOLDS) if v in verdicts)
    scope = f"{len(shown)} tables of {networks} random networks on {', '.join(devices())}"
    return Finding(worst, scope, f"{[entry['found'] for entry in shown]} of {networks} succeed.", worst=tuple(shown))


def simulate(at: Parameters, p: int, width: int, networks: int, seed: int) -> tuple[int, int]:
    """How many of `networks` networks of `width` neurons fire on D1 and not on D0, and how many are within rounding.

    Every row of either dataset has the same output, from the literal tokens in linear time.
    """
    with pinned_arithmetic():
        outputs = [np.asarray(outputs_in_linear_time(tokens(at, a), power(p)))[NEEDLE] for a in (at.a1, at.a0)]
        first = jax.random.key(seed)
        draw = jax.jit(jax.vmap(lambda index: draw_signs(jax.random.fold_in(first, index), width, at.d)))
        signs = np.asarray(draw(jax.numpy.arange(networks)), float)
    margin = activation_error(at, p)
    on_needle, on_plain = ((signs @ row).max(axis=1) / scale(at.n) - float(at.tau) for row in outputs)
    doubtful = (np.abs(on_needle) <= margin) | (np.abs(on_plain) <= margin)
    return int(((on_needle > 0) & (on_plain < 0) & ~doubtful).sum()), int(doubtful.sum())


LOUD = {n: 2, room.a_0: sp.Rational(1, 10), room.gain: 10**9}
evidence_for(room.silent, Method.ATTACKED)(attacked(declared_worst=[LOUD]))
evidence_for(room.success, Method.ATTACKED)(attacked(box={room.p_fires: (sp.Rational(1, 8), 1), room.m: (1, 1000)}))
