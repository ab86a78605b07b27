"""C2 measured: what the literal network outputs for the values +1 and -1, and the sign of it.

`signs_agree` serves the rooms of the single maps too: it runs literal networks and asks whether the needle outvotes the
others exactly where a claim says so; an output within rounding of 0 is passed over and counted.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp
from sympy.logic.boolalg import Boolean

from numerics.environment import devices
from numerics.measure import measured, pinned_arithmetic
from numerics.separation.cross_attention.gain import logits_of, points, symbols_of
from numerics.separation.cross_attention.network import attend, keys, majority_values, output_error, queries
from theory.claim import Claim
from theory.evidence import Check, Effort, Finding, Method, Verdict, evidence_for
from theory.rigor.evaluate import enclose_at, truth_at
from theory.rigor.truth import Truth
from theory.separation.cross_attention import majority_flip as room
from theory.separation.cross_attention.construction import N, kappa, l0, linear_gain, n, softmax_gain
from theory.separation.cross_attention.logits import Logits

Point = Mapping[str, Any]
DEGREES = (None, 1, 3)


def vote(point: Point) -> float:
    """The output of the literal network for the values +1 at the needle, key 0, and -1 elsewhere."""
    length = point["n"]
    found = attend(queries(length), keys(logits_of(point), length), majority_values(length), point["degree"])
    return float(found[0, 0])


def gain_of(degree: int | None) -> sp.Expr:
    """The gain of a map in the symbols of the construction."""
    return softmax_gain(kappa, l0, n) if degree is None else linear_gain(kappa, l0, n) ** degree


def claimed(claim: Claim, point: Point, bits: int) -> Any:
    return enclose_at(claim.unfolded.rhs.subs(N, gain_of(point["degree"])), _numbers(point), bits)


def rounding(claim: Claim, point: Point) -> float:
    return output_error(logits_of(point), point["n"], point["degree"])


def _numbers(point: Point) -> dict[sp.Symbol, sp.Expr]:
    return {symbol: value for symbol, value in symbols_of(point).items() if symbol in (n, kappa, l0)}


evidence_for(room.flip_output, Method.MEASURED)(measured(vote, claimed, rounding, points(DEGREES)))


def signs_agree(
    law: Callable[[Claim, Point], tuple[Boolean, Mapping[Any, Any]]], chosen: Callable[[Effort], Iterable[Point]]
) -> Check:
    """A check that literal networks outvote the majority exactly where `law` says so.

    law: from the claim to examine and a point to a condition and the values of its symbols.
    """

    def check(claim: Claim, effort: Effort) -> Finding:
        listed, agreed, passed_over = list(chosen(effort)), 0, 0
        scope = f"{len(listed)} literal networks on {', '.join(devices())}"
        with pinned_arithmetic():
            for point in listed:
                output, error = vote(point), rounding(claim, point)
                condition, values = law(claim, point)
                truth = truth_at(condition, values)
                if abs(output) <= error or truth is Truth.UNKNOWN:
                    passed_over += 1
                elif (output > 0) is not (truth is Truth.TRUE):
                    shown = {**point, "output": repr(output), "rounding": repr(error)}
                    message = f"The output is {output:.3g} at n = {point['n']}, against the claim."
                    return Finding(Verdict.REFUTED, scope, message, worst=(shown,))
                else:
                    agreed += 1
        if not agreed:
            return Finding(Verdict.UNDECIDED, scope, "Every output was within rounding of 0.")
        counts = {"outputs": agreed, "within rounding of 0": passed_over}
        return Finding(Verdict.HOLDS, scope, f"All {agreed} outputs have the sign that the claim says.", counts)

    return check


def other_side(claim: Claim, known: Boolean) -> Boolean:
    """The side of an equivalence that the network does not run."""
    (side,) = (part for part in claim.unfolded.args if part != known)
    return side


def beside_the_flip(degrees: tuple[int | None, ...]) -> Callable[[Effort], list[dict[str, Any]]]:
    """Lengths, for each degree and l0, with exponents just below and just above the one at which N = n - 1."""

    def chosen(effort: Effort) -> list[dict[str, Any]]:
        found = []
        for length in (5, 40) if effort.quick else (3, 5, 40, 300):
            for degree in degrees:
                for rest in ("1", "1/2"):
                    middle = Fraction(round(exponent_of_flip(length, float(Fraction(rest)), degree) * 10**4), 10**4)
                    for shift in (Fraction(-1, 1000), Fraction(1, 1000)):
                        exponent = str(middle * (1 + shift))
                        found.append({"n": length, "kappa": exponent, "l0": rest, "degree": degree})
        return found

    return chosen


def exponent_of_flip(length: int, rest: float, degree: int | None) -> float:
    """About the kappa at which N = n - 1."""
    if degree is None:
        return (math.log(length - 1) + rest) / math.log(length)
    return rest * (length - 1) ** (1 / degree) / math.log(length)


def flip_law(claim: Claim, point: Point) -> tuple[Boolean, Mapping[Any, Any]]:
    """The condition N > n - 1 with the gain of the map in place of N."""
    return other_side(claim, room.FLIPPED).subs(N, gain_of(point["degree"])), _numbers(point)


evidence_for(room.flip, Method.MEASURED)(signs_agree(flip_law, beside_the_flip(DEGREES)))


def around(claim: Claim, logits: Logits, degree: int | None, turned: bool) -> Check:
    """A check of literal networks around the number of keys that `claim` names as the first at which something holds.

    turned: what holds is that the majority is kept.
    """

    def law(examined: Claim, point: Point) -> tuple[Boolean, Mapping[Any, Any]]:
        where = _first_of(examined)
        return (sp.Lt(n, where.rhs, evaluate=False) if turned else where), {n: sp.Integer(point["n"])}

    def chosen(effort: Effort) -> list[dict[str, Any]]:
        least = int(_first_of(claim).rhs)
        lengths = (least - 1, least) if effort.quick else (2, least - 1, least, 3 * least)
        return [
            {"n": length, "kappa": str(logits.kappa), "l0": str(logits.l0), "degree": degree}
            for length in lengths
        ]  # fmt: skip

    return signs_agree(law, chosen)


def _first_of(claim: Claim) -> Any:
    (where,) = (part for part in claim.unfolded.args if isinstance(part, sp.Ge) and part.lhs == n)
    return where
