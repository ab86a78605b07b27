"""C1 measured: the weights of the literal cross-attention network against the gain identities.

The needle's weight is read from a value column that holds 1 at the needle and 0 elsewhere. What may separate it from
the claim at the exact parameters is `network.output_error`, from the error analysis, and nothing else.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax.numpy as jnp
import sympy as sp

from numerics.measure import measured
from numerics.separation.cross_attention.network import attend, keys, output_error, queries
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.rigor.evaluate import enclose_at
from theory.separation.cross_attention import gain
from theory.separation.cross_attention.construction import kappa, l0, n, p
from theory.separation.cross_attention.logits import Logits
from theory.separation.self_attention.construction import needle_weight

Point = Mapping[str, Any]
CASES = ((12, "4", "1"), (30, "3/2", "1/2"), (200, "6/5", "2"), (1000, "1/2", "3"))  # n, kappa, l0


def logits_of(point: Point) -> Logits:
    return Logits(kappa=point["kappa"], l0=point["l0"])


def symbols_of(point: Point) -> dict[sp.Symbol, sp.Expr]:
    """The exact values of the symbols of a claim."""
    values = {n: sp.Integer(point["n"]), kappa: sp.Rational(point["kappa"]), l0: sp.Rational(point["l0"])}
    return values | ({p: sp.Integer(point["degree"])} if point["degree"] is not None else {})


def needle_share(point: Point) -> Any:
    """The weight that each of three queries puts on the needle, which is the last key."""
    length, at = point["n"], logits_of(point)
    found = jnp.zeros((length, 1)).at[-1, 0].set(1.0)
    return attend(queries(length, 3), keys(at, length, needle=length - 1), found, point["degree"])[:, 0]


def points(degrees: tuple[int | None, ...]) -> Callable[[Effort], list[dict[str, Any]]]:
    """Every case at every degree; `--quick` keeps the first two cases."""

    def chosen(effort: Effort) -> list[dict[str, Any]]:
        cases = CASES[:2] if effort.quick else CASES
        return [
            {"n": length, "kappa": height, "l0": rest, "degree": degree}
            for length, height, rest in cases
            for degree in degrees
        ]

    return chosen


def measure(claim: Claim, degrees: tuple[int | None, ...], share: Callable[[Any], Any]) -> None:
    """Register the measurement of `claim`: `share` turns its right-hand side into the needle's weight."""

    def value(examined: Claim, point: Point, bits: int) -> list[Any]:
        expected = share(examined.unfolded.rhs)
        values = {symbol: v for symbol, v in symbols_of(point).items() if expected.has(symbol)}
        return [enclose_at(expected, values, bits)] * 3

    def allowance(examined: Claim, point: Point) -> float:
        size = float(value(examined, point, 64)[0].hi)
        return abs(size) * output_error(logits_of(point), point["n"], point["degree"]) * (1 + 2**-20)

    evidence_for(claim, Method.MEASURED)(measured(needle_share, value, allowance, points(degrees)))


def by_gain(side: sp.Expr) -> sp.Expr:
    return needle_weight(side, n)


def as_it_is(side: sp.Expr) -> sp.Expr:
    return side


SOFTMAX, LINEAR, POLYNOMIAL = (None,), (1,), (1, 2, 5)
for claim, degrees, share in (
    (gain.softmax, SOFTMAX, by_gain),
    (gain.linear, LINEAR, by_gain),
    (gain.polynomial, POLYNOMIAL, by_gain),
    (gain.softmax_weight, SOFTMAX, as_it_is),
    (gain.linear_weight, LINEAR, as_it_is),
    (gain.polynomial_weight, POLYNOMIAL, as_it_is),
):
    measure(claim, degrees, share)
