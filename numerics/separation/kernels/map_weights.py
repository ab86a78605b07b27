"""The maps of the registry on the needle constructions, as they run, and how far rounding may carry their weights.

The score of the construction is a product of two numbers, s_i sqrt(log n) and s_j sqrt(log n), so a head of dimension 1
will do; a map whose features vanish there gets one of dimension 2, with all tokens along one direction. Token 0 is the
needle. Two value columns hold 1 at the needle and at token 1: they output the weights of these two.

Rounding. The allowance is the running error of the map's definition in `numerics.maps.definitions`, which is given
queries and keys that are themselves rounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import jax.numpy as jnp
import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numerics.maps import definitions, registry
from numerics.maps.linear_attention import LinearAttention
from numerics.maps.running_error import WIDE, Approximate, Rounding
from numerics.maps.softmax import ScalableSoftmax
from numerics.measure import Relation, measured
from numerics.rounding import allowance as allowances
from numerics.rounding.primitives import lookup
from numerics.separation.self_attention.network import ENTRY_ROUNDINGS
from theory.claim import Claim
from theory.evidence import Check, Effort
from theory.rigor.evaluate import enclose_at
from theory.separation.cross_attention.construction import kappa, l0
from theory.separation.self_attention.construction import a, n
from theory.separation.self_attention.gain import row_height

Point = Mapping[str, Any]
NEEDLE, ORDINARY = 0, 1  # rows
CASES = ((3, "7/10"), (12, "7/10"), (30, "1/20"), (100, "6/5"))  # n, a
UNIT_ROUNDOFF = 2.0**-53


def points(*maps: Mapping[str, Any], cases: Sequence[tuple] = CASES) -> Callable[[Effort], list[dict[str, Any]]]:
    """Every map (a name and perhaps more), in both rows of every case; `--quick` keeps the first two cases."""

    def chosen(effort: Effort) -> list[dict[str, Any]]:
        return [
            {**one, "row": row, "n": length, "a": height}
            for length, height in (cases[:2] if effort.quick else cases)
            for one in maps
            for row in (NEEDLE, ORDINARY)
        ]

    return chosen


def instance_of(point: Point) -> Any:
    """The map of a point at temperature 1, with the head dimension, the sharpness, and the fit that it may give."""
    one: Any = registry.named(point["map"], point.get("head", 1))
    if "bound" in point:
        one = LinearAttention(replace(one.feature_map, degree=point["p"], bound=float(Fraction(point["bound"]))))
    if "sharpness" in point:
        one = ScalableSoftmax(s=float(Fraction(point["sharpness"])))
    return replace(one, scale=1.0) if hasattr(one, "scale") else one


def tokens(point: Point, dtype: Any = np.float64) -> tuple[NDArray, NDArray]:
    """The queries and the keys: [n, head] in self-attention, where they are the same, and else as `cross` has them."""
    unit = np.sqrt(np.log(dtype(point["n"])))
    if "kappa" in point:
        return cross(point["n"], unit, number(point["kappa"], dtype), number(point["l0"], dtype))
    heights = np.ones((point["n"], point.get("head", 1)), dtype)
    heights[NEEDLE] += number(point["a"], dtype)
    return heights * unit, heights * unit


def cross(n: int, unit: Any, kappa: Any, l0: Any) -> tuple[NDArray, NDArray]:
    """One query (L, 1) and the keys (kappa L, 0), the needle, and (0, l0), the n - 1 others; L = sqrt(log n)."""
    keys = np.zeros((n, 2), type(unit))
    keys[:, 1] = l0
    keys[NEEDLE] = kappa * unit, 0
    return np.array([[unit, 1]], type(unit)), keys


def number(text: str, dtype: Any) -> Any:
    """A rational number, rounded once."""
    value = Fraction(text)
    return dtype(value.numerator) / dtype(value.denominator)


def probes(point: Point) -> NDArray:
    """The values: 1 at the needle, 1 at token 1."""
    return np.eye(point["n"], 2)


def run(point: Point) -> Any:
    """The weights of the needle and of token 1 in the row of the point."""
    q, k = map(jnp.asarray, tokens(point))
    return instance_of(point).attend(q, k, jnp.asarray(probes(point)))[point["row"]]


def approximate(point: Point) -> Approximate:
    """The same weights from the definition of the map, and how far those that run may be off."""
    lookup("float64")
    rounding = Rounding(UNIT_ROUNDOFF)
    q, k = (Approximate(x, rounding.gamma(ENTRY_ROUNDINGS + 1) * np.abs(x)) for x in tokens(point, WIDE))
    places = np.arange(len(q.value)), np.arange(len(k.value))
    allowed = np.ones((len(q.value), len(k.value)), bool)
    weights = definitions.DEFINITIONS[point["map"]](rounding, instance_of(point), q, k, allowed, places)
    found = rounding.product(weights, rounding.exactly(probes(point)))[point["row"]]
    return Approximate(found.value, found.error * allowances.OWN_ROUNDING)


def quotient(point: Point) -> Any:
    """The gain as it is measured: the weight of the needle over that of another token."""
    needle, other = run(point)
    return needle / other


def quotient_error(point: Point) -> float:
    """How far rounding may carry it."""
    found, rounding = approximate(point), Rounding(UNIT_ROUNDOFF)
    needle, other = (Approximate(found.value[i], found.error[i]) for i in (0, 1))
    return float(rounding.over(needle, other).error) * allowances.OWN_ROUNDING


def symbols(point: Point) -> dict[sp.Symbol, Any]:
    """The exact numbers of the construction at a point."""
    if "kappa" in point:
        return {n: sp.Integer(point["n"]), kappa: sp.Rational(point["kappa"]), l0: sp.Rational(point["l0"])}
    height = sp.Rational(point["a"])
    return {
        n: sp.Integer(point["n"]),
        a: height,
        row_height: 1 + height if point["row"] == NEEDLE else sp.S.One,
    }


def enclosed(expression: Any, point: Point, bits: int, more: Mapping | None = None) -> Any:
    """An expression in the symbols of the construction, and in those that `more` expresses in them, in Arb."""
    expression = sp.sympify(expression).xreplace(dict(more or {}))
    values = {symbol: value for symbol, value in symbols(point).items() if expression.has(symbol)}
    return enclose_at(expression, values, bits)


def gain_measured(
    chosen: Callable[[Effort], list],
    gain: Callable[[Any, Point], Any],
    more: Callable[[Point], Mapping],
    relation: Relation = "==",
) -> Check:
    """A check that compares the quotient of two weights with a claim.

    gain: from the claim's statement and a point to the gain, or to a bound on it, as `relation` says. more: what
    further symbols of it stand for.
    """

    def claimed(claim: Claim, point: Point, bits: int) -> Any:
        return enclosed(gain(claim.unfolded, point), point, bits, more(point))

    return measured(quotient, claimed, lambda claim, point: quotient_error(point), chosen, relation=relation)


def weights_measured(
    chosen: Callable[[Effort], list], weights: Callable[[Any, Point], Sequence], more: Callable[[Point], Mapping]
) -> Check:
    """A check that compares the weights of the needle and of another token with a claim, likewise."""

    def claimed(claim: Claim, point: Point, bits: int) -> Any:
        return [enclosed(weight, point, bits, more(point)) for weight in weights(claim.unfolded, point)]

    return measured(
        run, claimed, lambda claim, point: approximate(point).error.astype(float), chosen, relation="=="
    )  # fmt: skip
