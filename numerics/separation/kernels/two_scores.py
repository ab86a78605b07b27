"""The weights of the running sparsemax, 3/2-entmax, hard and InLine attention, against their closed forms."""

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax.numpy as jnp
import sympy as sp

from numerics.attack import attacked
from numerics.measure import measured
from numerics.separation.kernels.map_weights import (
    CASES,
    NEEDLE,
    Point,
    instance_of,
    points,
    symbols,
    tokens,
    weights_measured,
)
from theory.claim import Claim
from theory.evidence import Check, Effort, Method, evidence_for
from theory.reasons import substitute
from theory.rigor.evaluate import truth_at
from theory.rigor.truth import Truth
from theory.separation.cross_attention.construction import kappa, l0
from theory.separation.kernels import two_scores as room
from theory.separation.self_attention.construction import a, n
from theory.separation.self_attention.gain import row_height

CROSS = ((12, "1/2", "1"), (30, "3/4", "1"), (20, "6/5", "1/2"))  # n, kappa, l0: g = 0.24.., 1.55.., 3.09..
SPARSEMAX, ENTMAX, INLINE, HARD = ({"map": name} for name in ("sparsemax", "entmax", "inline", "hard"))


def of_sparsemax(statement: Any, point: Point) -> list:
    """The two weights of the conjunction."""
    sides = {part.lhs: part.rhs for part in statement.args}
    return [sides[substitute(room.cut(score), room.THRESHOLD)] for score in (room.g, 0)]


def of_entmax(statement: Any, point: Point) -> list:
    """The square is the weight of the needle, the rest that of n - 1 others."""
    (needle,) = (term for term in sp.Add.make_args(statement.lhs) if isinstance(term, sp.Pow))
    return [needle, (statement.lhs - needle) / (n - 1)]


def of_inline(statement: Any, point: Point) -> list:
    """The two weights of the conjunction: kernel values less their mean, plus 1/n."""
    sides = {part.lhs: part.rhs for part in statement.args}
    return [sides[value - room.mean + 1 / n] for value in (room.z_needle, room.z_rest)]


def by_gap(point: Point) -> Mapping:
    """The gap and the two scores of a row, in the construction that the point is of."""
    if "kappa" in point:
        needle, rest = kappa * sp.log(n), l0
    else:
        needle, rest = row_height * (1 + a) * sp.log(n), row_height * sp.log(n)
    gap = sp.expand(needle - rest)
    return {room.g: gap, room.h: gap / 2, room.z_needle: needle, room.z_rest: rest}


def with_cross(one: Mapping[str, Any], own: Sequence[tuple], cross: Sequence[tuple]) -> Callable:
    """Points of both constructions; `--quick` keeps two cases of self-attention and one of cross-attention."""

    def chosen(effort: Effort) -> list[dict[str, Any]]:
        others = [
            {**one, "head": 2, "row": NEEDLE, "n": length, "kappa": height, "l0": rest}
            for length, height, rest in (cross[:1] if effort.quick else cross)
        ]
        return points(one, cases=own)(effort) + others

    return chosen


evidence_for(room.sparsemax_row, Method.MEASURED)(
    weights_measured(with_cross(SPARSEMAX, CASES, CROSS), of_sparsemax, by_gap)
)
NARROW = ((3, "7/10"), (5, "1/3"), (30, "1/20"))  # g <= 2 in both rows
evidence_for(room.entmax_row, Method.MEASURED)(
    weights_measured(with_cross(ENTMAX, NARROW, CROSS[:2]), of_entmax, by_gap)
)
evidence_for(room.inline_row, Method.MEASURED)(weights_measured(with_cross(INLINE, CASES, CROSS), of_inline, by_gap))


def support(point: Point) -> Any:
    """How many keys have a weight that is not 0 in the row of the point."""
    q, k = map(jnp.asarray, tokens(point))
    return int((instance_of(point).weights(q, k)[point["row"]] != 0).sum())


def support_measured(chosen: Callable, condition: Callable[[Any], Any], more: Callable[[Point], Mapping]) -> Check:
    """A check that one key has all the weight where the condition of the claim is true, and all keys have some where it
    is false: at points where no score is above the needle's.

    It compares whole numbers, so that nothing is allowed for rounding.
    """

    def claimed(claim: Claim, point: Point, bits: int) -> Any:
        stated = condition(claim.unfolded).xreplace(dict(more(point)))
        truth = truth_at(stated, {symbol: v for symbol, v in symbols(point).items() if stated.has(symbol)})
        assert truth is not Truth.UNKNOWN, f"{stated} is not decided at {point}"
        return 1 if truth is Truth.TRUE else point["n"]

    return measured(support, claimed, lambda claim, point: 0, chosen, relation="==")


INDICES = {"sparsemax": sp.Integer(2), "entmax": sp.Rational(3, 2)}
SHORT = ((3, "7/10"), (4, "7/10"), (12, "7/10"), (18, "7/10"), *CASES[2:])
evidence_for(room.takes_all, Method.MEASURED)(
    support_measured(
        points(SPARSEMAX, ENTMAX, cases=SHORT),
        lambda statement: next(part for part in statement.args if part.lhs == n),
        lambda point: {room.alpha: INDICES[point["map"]]},
    )
)
evidence_for(room.hard_row, Method.MEASURED)(
    support_measured(points(HARD), lambda statement: statement, lambda point: {})
)
evidence_for(room.root_sign, Method.ATTACKED)(attacked(declared_worst=[{n: 2, room.h: sp.Integer(1)}]))
