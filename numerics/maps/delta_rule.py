"""The delta rule as it runs, against the claims on one write.

Keys of one write are integers with an integer length, so that what is read is a rational number which an exact
recurrence in fractions gives. The allowance is the running error of the definition.
"""

# pyright: reportAttributeAccessIssue=false

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from numerics.maps import definitions
from numerics.maps.recurrent import DeltaRule
from numerics.measure import Point, measured
from numerics.rounding import allowance
from theory.claim import Claim
from theory.evidence import Effort, Method, evidence_for
from theory.maps import delta_rule as theory
from theory.rounding.allowance import arithmetic

FORMATS = ("float32", "float64")
WHOLE = (((1, 2, 2), 3), ((2, -3, 6), 7), ((4, 4, 7), 9), ((-2, 6, 9), 11), ((2, 1, 2), 3))  # integer keys, and lengths


def writes(strengths: tuple[float, ...]) -> Any:
    """Points of one number of tokens each; what is stored under the key of the last one has been written to before."""

    def points(effort: Effort) -> list[Point]:
        generator = np.random.default_rng(effort.seed)
        found: list[Point] = []
        for dtype in FORMATS:
            for strength in strengths:
                order = (*generator.permutation(len(WHOLE)), 0) if not effort.quick else (0, 1, 2, 0)
                keys = np.array([WHOLE[i][0] for i in order], dtype)
                values = generator.integers(-9, 10, len(order)).astype(dtype)
                found.append({"strength": strength, "keys": keys, "values": values, "length": WHOLE[order[-1]][1]})
        return found

    return points


def read(point: Point) -> NDArray:
    """What the last key reads, times its length, in chunks of two and token after token."""
    attention = DeltaRule(most=point["strength"], chunk=2)
    given = point["keys"], point["keys"], point["values"][:, None]
    return np.stack([np.asarray(attention.attend(*given, causal=True))[-1], np.asarray(attention.recur(*given)[0])[-1]])


def read_reference(claim: Claim, point: Point, bits: int) -> list[Any]:
    *before, last = zip(point["keys"].astype(int).tolist(), point["values"].astype(int).tolist(), strict=True)
    strength, state = Fraction(point["strength"]), [Fraction(0)] * len(last[0])
    for key, value in before:
        size = length(key)
        missed = value - sum((Fraction(x, size) * s for x, s in zip(key, state, strict=True)), Fraction(0))
        state = [s + strength * Fraction(x, size) * missed for x, s in zip(key, state, strict=True)]
    key, value = last
    found = sum((Fraction(x, length(key)) * s for x, s in zip(key, state, strict=True)), Fraction(0))
    given = {theory.beta: strength, theory.kk: Fraction(1), theory.a: found, theory.v: Fraction(value)}
    return [[point["length"] * evaluated(claim.unfolded.rhs, given)]] * 2


def length(key: list[int]) -> int:
    """|k|, an integer for these keys."""
    return next(size for whole, size in WHOLE if list(whole) == key)


def evaluated(expression: Any, given: dict[Any, Fraction]) -> Fraction:
    number = expression.subs({symbol: sp.Rational(x.numerator, x.denominator) for symbol, x in given.items()})
    return Fraction(int(number.p), int(number.q))


def read_allowance(claim: Claim, point: Point) -> float:
    n, u = len(point["keys"]), float(arithmetic(point["keys"].dtype.name).unit_roundoff)
    lower, instance = definitions.allowed_keys(n, n, True, None), DeltaRule(most=point["strength"])
    row = definitions.weights("delta-rule", instance, point["keys"], point["keys"], lower, 0, u)
    return float(definitions.outputs(row, point["values"][:, None], u).error[-1, 0]) * allowance.OWN_ROUNDING


evidence_for(theory.write, Method.MEASURED)(measured(read, read_reference, read_allowance, writes((0.5, 1.0, 2.0))))
evidence_for(theory.replaces, Method.MEASURED)(measured(read, read_reference, read_allowance, writes((1.0,))))
