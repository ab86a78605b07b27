"""The gains and coefficients of the running Chebyshev and minimax maps against the bounds, and these attacked."""

# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import sympy as sp

from numerics.attack import attacked
from numerics.measure import measured
from numerics.separation.kernels.map_weights import Point, gain_measured, instance_of, points
from theory.claim import Claim
from theory.evidence import Method, evidence_for
from theory.rigor.evaluate import truth_at
from theory.rigor.truth import Truth
from theory.separation.kernels import fitted_polynomials as room

FIT = {room.B: sp.Integer(1), room.eps: sp.Rational(1, 10)}
# off the corners: there both sides are the same irrational number, and no precision separates them
UP, DOWN = sp.Rational(999, 1000), sp.Rational(-999, 1000)
BOX = {
    room.B: (sp.Rational(1, 10), 4), room.eps: (sp.Rational(1, 100), 1),
    **dict.fromkeys((room.at_left, room.at_middle, room.at_right), (DOWN, UP)),
}  # fmt: skip
for claim, errors in ((room.slope, (UP, DOWN, DOWN)), (room.leading, (DOWN, UP, DOWN))):
    worst = {**FIT, **dict(zip((room.at_left, room.at_middle, room.at_right), errors, strict=True))}
    evidence_for(claim, Method.ATTACKED)(attacked(box=BOX, declared_worst=[worst]))

USUAL = ("chebyshev", "minimax")
FITS = [{"map": name} for name in USUAL] + [
    {"map": name, "p": 2, "bound": bound} for name in USUAL for bound in ("1/4", "5/4")
]


def coefficients(point: Point) -> tuple[float, ...]:
    """c_0, c_1, c_2 of the map as it runs."""
    return instance_of(point).feature_map.coefficients()


def is_fitted(found: Sequence[float], hypotheses: Iterable[Any]) -> bool:
    """Whether the rational numbers that these floats are satisfy the hypotheses, decided in Arb."""
    exactly = {symbol: sp.Rational(one) for symbol, one in zip(room.c, found, strict=True)}
    return all(truth_at(hypothesis.xreplace(exactly), {}) is Truth.TRUE for hypothesis in hypotheses)


def is_close(point: Point) -> bool:
    """Whether the map of a point satisfies the hypotheses of the claim on the gain with an error below its limit."""
    end = sp.Rational(point.get("bound", 1))
    below = sp.Rational(math.floor(float(room.largest_error(end)) * 2**20) - 1, 2**20)
    return is_fitted(coefficients(point), room.within(end, below).values())


def most(statement: Any, point: Point) -> Any:
    """(1 + a)^2, which multiplies the kernel of any other token."""
    assert is_close(point), f"{point} is not near exp"
    return statement.rhs / room.quadratic(room.c, room.s)


LARGE = {room.a: sp.Integer(1), room.s: sp.Integer(1000)}
ABOUT = {one: (best / 2, 2 * best) for one, best in zip(room.c, room.BEST, strict=True)}
SMALL, HALF = sp.Rational(1, 10), sp.Rational(1, 2)
evidence_for(room.gain, Method.ATTACKED)(
    attacked(
        box={**ABOUT, room.B: (HALF, 2), room.eps: (0, HALF), room.a: (SMALL, 10), room.s: (SMALL, 1000)},
        declared_worst=[{**room.OF_BEST, **LARGE}],
    )
)
evidence_for(room.gain, Method.MEASURED)(gain_measured(points(*FITS), most, lambda point: {}, relation="<="))


def bounds(claim: Claim, point: Point, bits: int) -> Any:
    """The three bounds of the claim, for a map that satisfies its hypotheses."""
    assert is_fitted(coefficients(point), claim.domain.hypotheses), f"{point} is not near exp"
    return [part.rhs for part in sorted(claim.unfolded.args, key=lambda part: room.c.index(part.lhs))]


evidence_for(room.usual, Method.MEASURED)(
    measured(
        lambda point: list(coefficients(point)),
        bounds,
        lambda claim, point: 0,  # the claim is about these very numbers
        FITS[: len(USUAL)],
        relation=">=",
    )
)
