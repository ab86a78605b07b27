"""Polynomial kernels with coefficients of either sign: their gain measured between its bounds, and these attacked.

The attack is on polynomials of degree 4 whose size is at most 2, so that they are positive from the score 3 on.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import sympy as sp

from numerics.attack import attacked
from numerics.measure import exact, measured
from numerics.separation.kernels.map_weights import Point, enclosed, instance_of, points, quotient, quotient_error
from theory.claim import Claim
from theory.evidence import Method, evidence_for
from theory.separation.kernels import leading_term as room
from theory.separation.kernels.sequences import at_instance
from theory.separation.self_attention.construction import a
from theory.separation.self_attention.gain import log_n, row_height

DEGREE = 4
RISING, FALLING = (sp.symbols(f"{name}_0:{DEGREE}", nonnegative=True) for name in "uv")
NAMES = (a, room.z, room.t, *RISING, *FALLING)
BOX = {
    a: (sp.Rational(1, 100), 10), room.z: (3, 100), room.t: (0, sp.Rational(9, 10)),
    **dict.fromkeys((*RISING, *FALLING), (0, sp.Rational(1, 4))),
}  # fmt: skip


def log_ratio(sign: int) -> Callable[[Any], Any]:
    """log of the smaller side over the larger one, over (x z)^p: sign = 1 for the bound from above, -1 from below."""

    def objective(coordinates: Any) -> Any:
        height, score, share = coordinates[:3]
        up, down = coordinates[3 : 3 + DEGREE], coordinates[3 + DEGREE :]
        powers = 1.0 * (jnp.arange(DEGREE) - DEGREE)
        needle, rest = (1 + ((up - down) * value**powers).sum() for value in ((1 + height) * score, score))
        margin = height / ((1 + height) * score) * ((up + down).sum() - share * score)
        needle, rest = (1 - sign * share) * needle, (1 - sign * share / (1 + height)) * rest
        small, large = (needle, rest + margin) if sign > 0 else (rest, needle + margin)
        return jnp.log(small) - jnp.log(large)

    return objective


def ratio(claim: Claim, point: Any, bits: int) -> Any:
    """The smaller side over the larger one, of the claim it is given, at p = 4 and these coefficients."""
    values = {symbol: sp.Rational(point[symbol].numerator, point[symbol].denominator) for symbol in NAMES}

    def among(symbols: tuple) -> Callable[[Any], Any]:
        return lambda index: sp.Piecewise(
            *((values[symbol], sp.Eq(index, place)) for place, symbol in enumerate(symbols)), (0, True)
        )

    statement = at_instance(claim.unfolded, {room.plus: among(RISING), room.minus: among(FALLING)})
    where = {**{symbol: values[symbol] for symbol in (a, room.z, room.t)}, room.p: sp.Integer(DEGREE)}
    left, right = (side.subs(where).doit() for side in statement.args)  # rationals, so that ties are ties
    return left / right if isinstance(statement, sp.Le) else right / left


NOTHING = dict.fromkeys((*RISING, *FALLING), sp.Integer(0))
AT = {a: sp.Integer(1), room.z: sp.Integer(4), room.t: sp.Rational(1, 16), **NOTHING}  # t = C/z
for claim, sign, last in ((room.upper, 1, FALLING[-1]), (room.lower, -1, RISING[-1])):
    evidence_for(claim, Method.ATTACKED)(
        attacked(log_ratio(sign), BOX, exact_ratio=ratio, declared_worst=[{**AT, last: sp.Rational(1, 4)}])
    )
evidence_for(room.power_gap, Method.ATTACKED)(
    attacked(
        box={a: (sp.Rational(1, 10), 10), room.m: (1, 8), room.z: (3, 20)},
        declared_worst=[{a: sp.Integer(1), room.m: 1, room.z: sp.Integer(3)}],
    )
)
PART = (sp.Rational(1, 10), 10)
evidence_for(room.leading_gain, Method.ATTACKED)(
    attacked(
        box={a: PART, room.p: (1, 4), room.z: (3, 100), room.size: (1, 50), room.of_needle: PART, room.of_rest: PART},
        declared_worst=[room.HIGHEST, room.LOWEST],
    )
)
evidence_for(room.leading_within, Method.ATTACKED)(
    attacked(
        box={a: (1, 2000), room.p: (1, 4), room.z: (3, 100), room.size: (0, 50), room.D: (sp.Rational(1, 100), 1)},
        declared_worst=[room.HIGH_NEEDLE],
    )
)

FITS = [  # the first has a coefficient below 0; those of degree 1 attain the bound from below
    {"map": "chebyshev", "p": 2, "bound": "4"}, {"map": "chebyshev", "p": 1, "bound": "1"},
    {"map": "minimax", "p": 2, "bound": "1"}, {"map": "minimax", "p": 1, "bound": "2"},
]  # fmt: skip
LONG = ((100, "7/10"), (300, "6/5"))


def size_of(point: Point) -> Any:
    """C of the map as it runs, a rational number: sum of the |c_k| below the leading one, over that one."""
    *others, leading = (sp.Rational(one) for one in instance_of(point).feature_map.coefficients())
    return sum(abs(one) for one in others) / abs(leading)


def both(claim: Claim, point: Point, bits: int) -> Any:
    """The bounds of the claim, the lower one with the sign turned."""
    values = {room.z: row_height * log_n, room.p: sp.Integer(point["p"]), room.size: size_of(point)}
    sides = {type(part): enclosed(part.rhs, point, bits, values) for part in claim.unfolded.args}
    return [exact(sides[sp.Le]), -exact(sides[sp.Ge])]


def gain_and_negative(point: Point) -> Any:
    """The measured gain, and its negative, so that both bounds are from above."""
    found = float(quotient(point))
    return [found, -found]


evidence_for(room.leading_gain, Method.MEASURED)(
    measured(
        gain_and_negative, both, lambda claim, point: quotient_error(point), points(*FITS, cases=LONG), relation="<="
    )
)
