"""B1 run and attacked: polynomial kernels on the literal tokens, and kernels with coefficients of any size."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import jax.numpy as jnp
import sympy as sp

from numerics.attack import attacked
from numerics.environment import devices
from numerics.measure import pinned_arithmetic
from numerics.separation.kernels.maps import polynomial_map, power_map
from numerics.separation.kernels.measuring import NEEDLE, parameters, points, weight_measured
from numerics.separation.self_attention.corrected_threshold import judge
from numerics.separation.self_attention.network import scale, tokens
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, evidence_for
from theory.rigor.evaluate import enclose_at, truth_at
from theory.rigor.truth import Truth
from theory.separation.kernels import polynomial as room
from theory.separation.kernels.sequences import at_instance
from theory.separation.self_attention.construction import a, n, needle_weight

DEGREES = (0, 1, 3, 9)
MAPS = [made(p) for p in DEGREES for made in (polynomial_map, power_map)]
DEGREE_OF = {one.name: p for one, p in zip(MAPS, sorted(DEGREES * 2), strict=True)}

evidence_for(room.gain, Method.MEASURED)(
    weight_measured(
        lambda statement, point: needle_weight(statement.rhs.subs(room.p, DEGREE_OF[point["map"].name]), n),
        points(MAPS),
    )
)


@evidence_for(room.degree, Method.MEASURED)
def degree(claim: Claim, effort: Effort) -> Finding:
    """Literal networks of the degrees around the threshold find the needle exactly where the equivalence says so."""
    law = next(part for part in claim.unfolded.args if part != room.finds)

    def examined() -> Iterator[tuple[dict[str, Any], float, float, Truth]]:
        for length, height in ((5, "7/10"),) if effort.quick else ((5, "7/10"), (12, "7/10"), (20, "6/5"), (24, "1/5")):
            for weight in ("1/2", "9/10"):
                where = {n: sp.Integer(length), a: sp.Rational(height), room.w: sp.Rational(weight)}
                nearest = int(float(enclose_at(room.degree_needed(a, room.w, n), where, 64).lo))
                for p in range(nearest, nearest + 2):
                    for made in (polynomial_map, power_map):
                        point = {"map": made(p), "row": NEEDLE, "n": length, "d": 3, "a": height}
                        found = point["map"].run(tokens(parameters(point), Fraction(height)))[NEEDLE, 0]
                        found = float(found) / (float(Fraction(height)) * scale(length))
                        error = point["map"].output_error(parameters(point)) + 2.0**-48
                        finds = truth_at(law, where | {room.p: sp.Integer(p)})
                        silent = Truth.FALSE if finds is Truth.TRUE else Truth.TRUE if finds is Truth.FALSE else finds
                        shown = {str(symbol): str(value) for symbol, value in where.items()} | {"p": p}
                        yield shown, found - float(Fraction(weight)), error, silent

    with pinned_arithmetic():
        return judge(f"literal networks of 5 to 24 tokens, on {', '.join(devices())}", examined())


ATTACKED_DEGREE = 4
COEFFICIENTS = sp.symbols(f"c_0:{ATTACKED_DEGREE + 1}", nonnegative=True)
HIGHER = sp.Symbol("c_5", nonnegative=True)  # what a variant with one more term has beyond the others
NAMES = (a, room.s, *COEFFICIENTS, HIGHER)


def log_ratio(x: Any) -> Any:
    """log k((1+a) s) - log((1+a)^4 k(s)) for the coefficients c_0 .. c_4."""
    height, score, *coefficients, _ = x
    powers = jnp.arange(ATTACKED_DEGREE + 1)
    terms = jnp.stack(coefficients) * score**powers
    return jnp.log((terms * (1 + height) ** powers).sum()) - jnp.log((1 + height) ** ATTACKED_DEGREE * terms.sum())


def ratio(claim: Claim, point: Any, bits: int) -> Any:
    """Measured over bound of the claim it is given, at p = 4 and these coefficients."""
    values = {symbol: sp.Rational(point[symbol].numerator, point[symbol].denominator) for symbol in NAMES}

    def coefficient(index: Any) -> Any:
        cases = [(values[symbol], sp.Eq(index, j)) for j, symbol in enumerate((*COEFFICIENTS, HIGHER))]
        return sp.Piecewise(*cases, (0, True))

    statement = at_instance(claim.unfolded, {room.c: coefficient})
    where = {a: values[a], room.s: values[room.s], room.p: sp.Integer(ATTACKED_DEGREE)}
    left, right = (side.subs(where).doit() for side in statement.args)  # rationals, so that ties are ties
    return left / right if right else sp.Integer(0)  # without coefficients both sides are 0


LAST_ONLY = {symbol: sp.Integer(int(symbol in (COEFFICIENTS[-1], HIGHER))) for symbol in (*COEFFICIENTS, HIGHER)}
BOX = {
    a: (sp.Rational(1, 100), 10),
    room.s: (sp.Rational(1, 100), 100),
    **dict.fromkeys((*COEFFICIENTS, HIGHER), (0, 1)),
}
evidence_for(room.nonnegative_class, Method.ATTACKED)(
    attacked(log_ratio, BOX, exact_ratio=ratio, declared_worst=[{a: sp.Integer(1), room.s: sp.Integer(1), **LAST_ONLY}])
)
