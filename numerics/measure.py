"""Run a claim's implementation and compare it with exact mathematics, allowing only derived rounding.

Every comparison is made element by element in Arb. The measured numbers and the inputs are taken as the exact values of
the floats that hold them: a float is a dyadic rational, and the reference is evaluated at that rational. What may
separate the two is the allowance, which comes from `theory.rounding`, never from a tolerance chosen by hand.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import flint
import numpy as np
import sympy as sp

from numerics.environment import devices
from theory.claim import Claim
from theory.evidence import Check, Effort, Finding, Verdict
from theory.rounding.allowance import AllowanceUnavailable

Relation = Literal["==", "<=", ">="]
FIRST_BITS, LAST_BITS = 128, 4096  # the precision is doubled from the first to the last until a comparison is decided
LARGEST = "largest difference in allowances"
LISTED = 5  # worst points kept in a finding


def exact(value: Any) -> flint.arb:
    """The value as a ball at the current precision: floats, integers and rationals at their exact value, balls as is.

    Raises TypeError for anything that is not a number.
    """
    if isinstance(value, flint.arb):
        return value
    if isinstance(value, bool | np.bool_):
        raise TypeError("A truth value was given where a number is compared; convert it to an integer first.")
    if isinstance(value, int | np.integer):
        return flint.arb(int(value))
    if isinstance(value, float | np.floating) or hasattr(value, "dtype"):
        return flint.arb(float(value))  # exact: float16, bfloat16 and float32 are subsets of float64
    if isinstance(value, Fraction):
        return flint.arb(flint.fmpq(value.numerator, value.denominator))
    if isinstance(value, flint.fmpq | flint.fmpz):
        return flint.arb(value)
    if isinstance(value, sp.Rational):
        return flint.arb(flint.fmpq(int(value.p), int(value.q)))
    if hasattr(value, "lo") and hasattr(value, "hi"):  # theory.rigor.interval.Interval
        return value.lo.union(value.hi)
    raise TypeError(f"{type(value).__name__} cannot be compared; give floats, integers, Fractions, balls or Intervals.")


@dataclass(frozen=True)
class _Element:
    """The judgement on one element.

    excess: the difference from the claimed value in units of the allowance.
    tightness: measured/bound for a bound, so that 1 is tight; NaN for an equality.
    """

    index: tuple[int, ...]
    claimed: flint.arb
    found: Any
    allowance: Any
    excess: float
    verdict: Verdict
    tightness: float
    reason: str = ""


def compare(
    name: str,
    measured: Any,
    reference: Callable[[int], Any],
    allowance: Any,
    *,
    relation: Relation = "==",
    scope: str = "",
    point: Mapping[str, Any] | None = None,
) -> Finding:
    """Compare an array of floats with its exact reference, element by element.

    name: what is compared, for the message.
    measured: array of floats, or a scalar, of any shape.
    reference: called with a precision in bits; returns nested sequences, or an array of objects, of the same shape,
        holding Arb balls, Intervals, Fractions or integers that contain the exact values.
    allowance: non-negative numbers that broadcast to the shape: how far rounding alone may carry an element.
    relation: "==" judges |measured - reference| <= allowance; "<=" judges measured - reference <= allowance, so that a
        measured value counts against an upper bound only when rounding cannot explain it; ">=" the mirror image.
    point: the parameters of this comparison, repeated with each of the worst elements.

    HOLDS when every element is within its allowance; REFUTED when one is certainly beyond it; else UNDECIDED. A NaN,
    or an infinite allowance, leaves an element undecided; an infinite measured value is refuted if the reference is
    finite. Raises ValueError if the shapes differ.
    """
    finding, _ = _compare(name, measured, reference, allowance, relation, scope or name, point or {})
    return finding


def _compare(
    name: str,
    measured: Any,
    reference: Callable[[int], Any],
    allowance: Any,
    relation: Relation,
    scope: str,
    point: Mapping[str, Any],
) -> tuple[Finding, float]:
    found = np.asarray(measured)
    allowed = np.broadcast_to(np.asarray(allowance, dtype=object), found.shape)
    pending = list(np.ndindex(found.shape))
    judged: dict[tuple[int, ...], _Element] = {}
    bits = FIRST_BITS
    while pending and bits <= LAST_BITS:
        with flint.ctx.workprec(bits):
            claimed = np.asarray(reference(bits), dtype=object)
            if claimed.shape != found.shape:
                raise ValueError(
                    f"{name}: the reference has shape {claimed.shape}, the measurement {found.shape}; make them equal."
                )
            for index in pending:
                judged[index] = _judge(index, found[index], claimed[index], allowed[index], relation)
        pending = [i for i in pending if judged[i].verdict is Verdict.UNDECIDED and not judged[i].reason]
        bits *= 2
    elements = sorted(judged.values(), key=_badness, reverse=True)
    return _finding(name, elements, scope, point), max((e.excess for e in elements), default=0.0)


def _judge(index: tuple[int, ...], found: Any, claimed: Any, allowance: Any, relation: Relation) -> _Element:
    claimed, value, allowed = exact(claimed), exact(found), exact(allowance)

    def answer(verdict: Verdict, excess: float, reason: str = "") -> _Element:
        return _Element(index, claimed, found, allowance, excess, verdict, _tightness(value, claimed, relation), reason)

    if value.is_nan():
        return answer(Verdict.UNDECIDED, float("nan"), "the measured value is not a number")
    if allowed.is_nan() or not allowed.is_finite():
        return answer(Verdict.UNDECIDED, float("nan"), "the allowance is not finite")
    if allowed < 0:
        raise ValueError(
            f"The allowance at {index} is negative; an allowance is the largest distance rounding may cause."
        )
    if not claimed.is_finite():
        return answer(Verdict.UNDECIDED, float("nan"))  # perhaps a higher precision encloses it
    if not value.is_finite():
        explained = (relation == "<=" and value < 0) or (relation == ">=" and value > 0)
        if explained:
            return answer(Verdict.HOLDS, float("-inf"))
        return answer(Verdict.REFUTED, float("inf"), "the measured value is infinite and the exact one is finite")
    difference = value - claimed
    distance = abs(difference) if relation == "==" else difference if relation == "<=" else -difference
    excess = _ratio(distance, allowed)
    if distance <= allowed:
        return answer(Verdict.HOLDS, excess)
    if distance > allowed:
        return answer(Verdict.REFUTED, excess, "beyond its allowance")
    return answer(Verdict.UNDECIDED, excess)


def _tightness(value: flint.arb, bound: flint.arb, relation: Relation) -> float:
    small, large = (value, bound) if relation == "<=" else (bound, value)
    if relation == "==" or not (small.is_finite() and large.is_finite() and large > 0):
        return float("nan")
    return float((small / large).mid())


def _ratio(distance: flint.arb, allowed: flint.arb) -> float:
    if distance == 0:
        return 0.0
    if allowed == 0:
        return float("inf") if distance > 0 else float("-inf") if distance < 0 else float("nan")
    return float((distance / allowed).mid())


def _badness(element: _Element) -> tuple[int, float]:
    rank = {Verdict.REFUTED: 2, Verdict.UNDECIDED: 1, Verdict.HOLDS: 0}[element.verdict]
    return rank, math.inf if math.isnan(element.excess) else element.excess


def digits(ball: flint.arb) -> str:
    """A ball as a decimal string to the digits that are certain, at most 40."""
    return ball.str(40) if ball.is_finite() else str(ball)


def _finding(name: str, elements: list[_Element], scope: str, point: Mapping[str, Any]) -> Finding:
    refuted = [e for e in elements if e.verdict is Verdict.REFUTED]
    undecided = [e for e in elements if e.verdict is Verdict.UNDECIDED]
    worst = tuple(
        {
            **point,
            "index": e.index,
            "claimed": digits(e.claimed),
            "found": repr(e.found.item() if hasattr(e.found, "item") else e.found),
            "allowance": digits(exact(e.allowance)),
            "difference in allowances": e.excess,
        }
        for e in elements[:LISTED]
    )
    numbers: dict[str, Any] = {"compared": len(elements), "beyond": len(refuted), "undecided": len(undecided)}
    for key, values in (
        (LARGEST, [e.excess for e in elements if not math.isnan(e.excess)]),
        ("tightness", [e.tightness for e in elements if not math.isnan(e.tightness)]),
    ):
        if values:
            numbers[key] = max(values)
    if refuted:
        first = refuted[0]
        message = f"{name}: {len(refuted)} of {len(elements)} elements are refuted; at {first.index} {first.reason}."
        return Finding(Verdict.REFUTED, scope, message, numbers, worst)
    if not elements:
        return Finding(Verdict.UNDECIDED, scope, f"{name}: nothing was compared.", numbers)
    if undecided:
        reason = undecided[0].reason or f"{LAST_BITS} bits do not separate it from its allowance"
        message = (
            f"{name}: {len(undecided)} of {len(elements)} elements are undecided; at {undecided[0].index} {reason}."
        )
        return Finding(Verdict.UNDECIDED, scope, message, numbers, worst)
    return Finding(
        Verdict.HOLDS, scope, f"{name}: all {len(elements)} elements are within their allowance.", numbers, worst
    )


@contextmanager
def pinned_arithmetic() -> Iterator[dict[str, Any]]:
    """Double precision on and matrix products at their highest precision; yields what a record must say about it."""
    import jax

    with jax.enable_x64(True), jax.default_matmul_precision("highest"):
        yield {"devices": devices(), "matmul precision": "highest"}


Point = Mapping[str, Any]


def relation_of(claim: Claim) -> Relation:
    """What a claim says of a measured left-hand side. Raises ValueError unless it is a single relation."""
    if isinstance(claim.statement, sp.Eq):
        return "=="
    if isinstance(claim.statement, sp.Le | sp.Lt):
        return "<="
    if isinstance(claim.statement, sp.Ge | sp.Gt):
        return ">="
    raise ValueError(f"{claim.id} is not a single relation; pass relation='==', '<=' or '>=' to `measured`.")


def measured(
    run: Callable[[Point], Any],
    reference: Callable[[Claim, Point, int], Any],
    allowance: Callable[[Claim, Point], Any],
    points: Sequence[Point] | Callable[[Effort], Sequence[Point]],
    *,
    relation: Relation | None = None,
    allowance_is_bound: bool = False,
) -> Check:
    """Make the check that runs an implementation at every point and compares it with the claim.

    run: from the parameters of a point to an array; JAX code, run with double precision on and matrix products
        at their highest precision.
    reference: from the claim to examine, a point and a precision in bits to the exact values, as in `compare`. It must
        read the claim it is given, which may be a spoiled variant.
    allowance: from the claim and a point to the rounding allowance. Where no allowance is known it raises
        AllowanceUnavailable, and the verdict is UNDECIDED with that sentence.
    points: the points, or a function from the effort to the points; mappings from names to parameters.
    relation: how the measured value stands to the reference; by default that of the claim's statement.
    allowance_is_bound: the claim is about the allowance itself, so its largest use is the tightness.
    """

    def check(claim: Claim, effort: Effort) -> Finding:
        chosen = list(points(effort) if callable(points) else points)
        judged_as = relation or relation_of(claim)
        findings: list[tuple[float, Finding]] = []
        with pinned_arithmetic() as environment:
            scope = f"{len(chosen)} points on {', '.join(environment['devices'])}"
            for point in chosen:
                try:
                    allowed = allowance(claim, point)
                except AllowanceUnavailable as missing:
                    return Finding(Verdict.UNDECIDED, scope, str(missing), environment)
                finding, excess = _compare(
                    claim.title, run(point), lambda bits, at=point: reference(claim, at, bits), allowed,
                    judged_as, scope, {name: _short(value) for name, value in point.items()},
                )  # fmt: skip
                findings.append((excess, finding))
        merged = _merge(claim.title, findings, scope, environment)
        if allowance_is_bound and LARGEST in merged.numbers:
            return replace(merged, numbers={**merged.numbers, "tightness": merged.numbers[LARGEST]})
        return merged

    return check


def _short(value: Any) -> Any:
    """A parameter as it can be listed: whole when small, else its shape and type."""
    size = np.size(value)
    return value if size <= 16 else f"array of shape {np.shape(value)}"


def _merge(name: str, findings: list[tuple[float, Finding]], scope: str, environment: Mapping[str, Any]) -> Finding:
    """One finding for all points: the worst verdict, the worst elements, the numbers added up."""
    order = {Verdict.REFUTED: 0, Verdict.UNDECIDED: 1, Verdict.HOLDS: 2}
    findings = sorted(
        findings, key=lambda pair: (order[pair[1].verdict], -(math.inf if math.isnan(pair[0]) else pair[0]))
    )
    numbers: dict[str, Any] = dict(environment)
    for key in ("compared", "beyond", "undecided"):
        numbers[key] = sum(finding.numbers[key] for _, finding in findings)
    for key in (LARGEST, "tightness"):
        values = [finding.numbers[key] for _, finding in findings if key in finding.numbers]
        if values:
            numbers[key] = max(values)
    if not findings:
        return Finding(Verdict.UNDECIDED, scope, f"{name}: there was no point to measure at.", numbers)
    worst = tuple(entry for _, finding in findings[:LISTED] for entry in finding.worst[:1])
    leading = findings[0][1]
    if leading.verdict is Verdict.HOLDS:
        message = f"All {numbers['compared']} elements at {len(findings)} points are within their allowance."
        return Finding(Verdict.HOLDS, scope, message, numbers, worst)
    return Finding(leading.verdict, scope, leading.message, numbers, leading.worst)
