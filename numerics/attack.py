"""Search for the input that breaks a bound, or that shows how tight it is.

An attack maximises log(measured / bound) over a box: first at declared worst cases, then at the corners, then by
projected gradient ascent from many starts, then with a particle swarm, which needs no gradient. Random sampling is
not an attack: for one softmax coordinate among 64 it stops at 40 % of the maximum. The search runs in floats and
proves nothing; a violation counts only after the claim was evaluated in Arb at exactly the point found (`attacked`).
So the search may run in JAX, whose gradients are exact, or in NumPy, which has nothing to compile.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np
import sympy as sp

from numerics import search as stages
from numerics.measure import FIRST_BITS, LAST_BITS, digits, exact, pinned_arithmetic
from numerics.search import Box, Name, Point
from theory.claim import Claim
from theory.evidence import Check, Effort, Finding, Verdict
from theory.rigor.evaluate import enclose_at, truth_at
from theory.rigor.truth import Truth

NEARLY = 1 - 1e-9  # every point whose ratio in floats is above this is decided in Arb: the float may be rounded down
ALWAYS = 4  # and so many of the best points in any case: the claim may be a variant with another bound


@dataclass(frozen=True)
class Attack:
    """What a search found.

    ratio: the largest measured/bound in floats; NaN if the objective was defined nowhere.
    point: where, in exact numbers: declared points as declared, all others as the dyadic rationals that the floats are.
    stages: the best ratio of each stage, in the order they ran.
    candidates: the best points of every stage with their ratios, best first.
    undefined: points at which the objective was not a number (a few of them are kept in `undefined_at`).
    """

    ratio: float
    point: Point
    stages: Mapping[str, float]
    candidates: tuple[tuple[float, Point], ...]
    evaluations: int
    undefined: int
    undefined_at: tuple[Point, ...]
    seed: int


def attack(
    objective: Callable[[Any], Any],
    box: Box,
    *,
    declared_worst: Sequence[Point] = (),
    seed: int = 0,
    restarts: int = 128,
    steps: int = 300,
    constraints: Sequence[Callable[[Any], Any]] = (),
    smooth: bool = True,
    batched: bool = False,
    integers: Sequence[Name] = (),
    second_opinion: bool = False,
) -> Attack:
    """Search the box for the largest value of the objective.

    objective: log(measured / bound), so that a value above 0 is a violation: a JAX function from the vector of
        coordinates, in the order of the box, to a scalar; or, if `batched` or not `smooth`, a NumPy function from
        points, shape (points, sides), to values, shape (points,).
    smooth: climb along the gradient, which a `batched` objective gives by differences.
    box: name -> (low, high); ends may be infinite, and are then searched as far as 2^64.
    declared_worst: points where the bound is thought to be tightest, in exact numbers.
    constraints: functions like the objective; a point counts where all of them are >= 0.
    integers: the sides that take integers only; the gradient treats them as real.
    second_opinion: run SciPy's differential evolution as well.

    The same arguments give the same result on the same machine. Raises ValueError for an empty or malformed box.
    """
    names = tuple(box)
    if not names:
        raise ValueError("The box has no sides; give at least one name with its ends.")
    sides = stages.sides_of(box, integers)
    compiled = smooth and not batched
    with pinned_arithmetic() if compiled else np.errstate(all="ignore"):
        batch = stages.jax_batch(objective, constraints) if compiled else stages.numpy_batch(objective, constraints)
        search = stages.Search(names, sides, batch, seed)
        generator = np.random.default_rng(seed)
        starts = [stages.declared(search, declared_worst), stages.corners(search, generator)]
        if smooth:
            climb = stages.gradient if compiled else stages.differences
            starts.append(climb(search, objective, constraints, generator, starts, restarts, steps))
        stages.swarm(search, generator, starts, particles=max(restarts, 32), rounds=max(steps // 2, 20))
        if second_opinion:
            stages.differential_evolution(search)
    best_first = sorted(search.candidates, key=lambda pair: -pair[0])
    ranked = tuple((stages.ratio_of(value), point) for value, point in best_first)
    ratio, point = ranked[0] if ranked else (math.nan, {})
    return Attack(
        ratio, point, search.stages, ranked, search.evaluations, search.undefined, tuple(search.undefined_at), seed
    )


# ------------------------------------------------------------------------------------------ attacks as evidence

ExactRatio = Callable[[Claim, Point, int], Any]


def attacked(
    objective: Callable[[Any], Any] | None = None,
    box: Box | None = None,
    *,
    exact_ratio: ExactRatio | None = None,
    declared_worst: Sequence[Point] = (),
    constraints: Sequence[Callable[[Any], Any]] | None = None,
    smooth: bool = True,
    integers: Sequence[Name] | None = None,
    restarts: int = 128,
    steps: int = 300,
    second_opinion: bool = False,
) -> Check:
    """Make the check that attacks a claim.

    Without an objective the claim's own statement, an inequality or a conjunction of inequalities, is attacked on its
    own domain: log(left/right), with the hypotheses as constraints; a quick attack searches in NumPy. Otherwise the
    arguments are those of `attack`.

    exact_ratio: from the claim to examine, a point and a precision in bits to an enclosure (ball, Interval or
        rational) of measured/bound. It must read the claim it is given. Without it the claim's statement is decided
        at the point by `theory.rigor.evaluate.truth_at`.

    HOLDS when no point found violates the claim; REFUTED when one does, decided in Arb at exactly that point, which
    is then the first of `worst`; UNDECIDED when a float violation, or an undefined float, cannot be decided, or the
    objective is defined nowhere. numbers["tightness"] is the largest ratio, evaluated in Arb.
    """

    def check(claim: Claim, effort: Effort) -> Finding:
        batched = objective is None and constraints is None and (effort.quick or not smooth)
        own_objective, own_constraints = (objective, ()) if objective is not None else objective_of(claim, batched)
        result = attack(
            own_objective,
            box if box is not None else box_of(claim),
            declared_worst=declared_worst,
            seed=effort.seed,
            restarts=max(restarts // 4, 16) if effort.quick else restarts,
            steps=max(steps // 3, 50) if effort.quick else steps,
            constraints=own_constraints if constraints is None else constraints,
            smooth=smooth,
            batched=batched,
            integers=[s for s in claim.domain.ranges if claim.domain.is_integer(s)] if integers is None else integers,
            second_opinion=second_opinion,
        )
        return judge(claim, result, exact_ratio)

    return check


def judge(claim: Claim, result: Attack, exact_ratio: ExactRatio | None = None) -> Finding:
    """The finding that an attack's result amounts to, once its points were evaluated in Arb."""
    numbers: dict[str, Any] = {
        "evaluations": result.evaluations,
        "undefined evaluations": result.undefined,
        "best ratio of each stage": dict(result.stages),
        "seed": result.seed,
    }
    scope = claim.domain.describe() if exact_ratio is None else f"{len(result.point)} parameters"
    if not result.candidates:
        message = "The objective was a number nowhere, so nothing was attacked; check its box and its domain."
        return Finding(Verdict.UNDECIDED, scope, message, numbers)
    open_points: list[Point] = []
    suspects = [pair for number, pair in enumerate(result.candidates) if pair[0] > NEARLY or number < ALWAYS]
    for ratio, point in [*suspects, *((math.inf, point) for point in result.undefined_at)]:
        violated = _violates(claim, point, exact_ratio)
        if violated is Truth.TRUE:
            message = f"{claim.id} fails at {_listed(point)}, evaluated exactly at that point."
            return Finding(Verdict.REFUTED, scope, message, numbers, (_entry(claim, point, exact_ratio),))
        if violated is Truth.UNKNOWN and ratio > 1:
            open_points.append(point)
    inside = [point for _, point in result.candidates if _inside(claim, point, exact_ratio) is Truth.TRUE]
    best = next((point for point in inside if _is_number(_ratio(claim, point, exact_ratio, FIRST_BITS))), None)
    worst = tuple(_entry(claim, point, exact_ratio) for point in ([best] if best is not None else inside[:1]))
    if best is not None:
        enclosure = _ratio(claim, best, exact_ratio, FIRST_BITS)
        assert enclosure is not None
        numbers["tightness"] = float(enclosure.mid())
        with flint.ctx.workprec(FIRST_BITS):
            numbers["tightness in full"] = digits(enclosure)
    if open_points:
        message = (
            f"{len(open_points)} points could not be decided with {LAST_BITS} bits, such as {_listed(open_points[0])}."
        )
        return Finding(Verdict.UNDECIDED, scope, message, numbers, worst)
    if not inside:
        message = "No point found could be shown to lie in the domain; declare a worst case inside it."
        return Finding(Verdict.UNDECIDED, scope, message, numbers)
    return Finding(Verdict.HOLDS, scope, f"No violation in {result.evaluations} evaluations.", numbers, worst)


def _violates(claim: Claim, point: Point, exact_ratio: ExactRatio | None) -> Truth:
    """Whether the claim is false at a point; FALSE also where the point is not in the domain."""
    if exact_ratio is None:
        inside = _inside(claim, point, exact_ratio)
        if inside is Truth.FALSE:
            return Truth.FALSE
        holds = truth_at(claim.unfolded, _rational(point))
        if holds is Truth.TRUE:
            return Truth.FALSE
        return Truth.TRUE if holds is Truth.FALSE and inside is Truth.TRUE else Truth.UNKNOWN
    bits = FIRST_BITS
    while bits <= LAST_BITS:
        ratio = _ratio(claim, point, exact_ratio, bits)
        if ratio is not None and ratio > 1:
            return Truth.TRUE
        if ratio is not None and ratio <= 1:
            return Truth.FALSE
        bits *= 2
    return Truth.UNKNOWN


def _inside(claim: Claim, point: Point, exact_ratio: ExactRatio | None) -> Truth:
    """Whether a point satisfies the ranges and hypotheses; a box given with an exact ratio is its own domain."""
    if exact_ratio is not None:
        return Truth.TRUE
    values = _rational(point)
    if any(claim.domain.ranges[symbol].contains(value) is not sp.true for symbol, value in values.items()):
        return Truth.FALSE
    truths = [truth_at(hypothesis, values) for hypothesis in claim.domain.hypotheses]
    if Truth.FALSE in truths:
        return Truth.FALSE
    return Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.TRUE


def _ratio(claim: Claim, point: Point, exact_ratio: ExactRatio | None, bits: int) -> flint.arb | None:
    """An enclosure of measured/bound, the largest of a conjunction; None where the bound is not positive."""
    with flint.ctx.workprec(bits):
        if exact_ratio is not None:
            return exact(exact_ratio(claim, point, bits))
        ratios = []
        for small, large in sides_of(claim):
            left, right = (exact(enclose_at(side, _rational(point), bits)) for side in (small, large))
            if not right > 0:
                return None
            ratios.append(left / right)
        return max(ratios, key=lambda ratio: float(ratio.mid()))


def _is_number(ratio: flint.arb | None) -> bool:
    return ratio is not None and bool(ratio.is_finite())


def _rational(point: Point) -> dict[Any, Any]:
    return {name: sp.Rational(value.numerator, value.denominator) for name, value in point.items()}


def _listed(point: Point) -> str:
    return ", ".join(f"{name} = {value}" for name, value in list(point.items())[:8]) + (
        " ..." if len(point) > 8 else ""
    )


def _entry(claim: Claim, point: Point, exact_ratio: ExactRatio | None) -> Mapping[str, Any]:
    """A point as a finding lists it: the exact coordinates, and measured/bound there."""
    ratio = _ratio(claim, point, exact_ratio, FIRST_BITS)
    with flint.ctx.workprec(FIRST_BITS):
        shown = "not defined" if ratio is None else digits(ratio)
    return {**{str(name): str(value) for name, value in point.items()}, "measured/bound": shown}


# -------------------------------------------------------------------------------- the objective of a statement


def sides_of(claim: Claim) -> tuple[tuple[sp.Expr, sp.Expr], ...]:
    """The inequalities of a claim's statement as pairs (smaller side, larger side).

    Raises ValueError unless the statement is an inequality or a conjunction of inequalities.
    """
    statement = claim.unfolded
    pairs = []
    for part in statement.args if isinstance(statement, sp.And) else (statement,):
        if isinstance(part, sp.Le | sp.Lt):
            pairs.append((part.lhs, part.rhs))
        elif isinstance(part, sp.Ge | sp.Gt):
            pairs.append((part.rhs, part.lhs))
        else:
            raise ValueError(f"{claim.id} is not an inequality; give `attacked` an objective and an exact_ratio.")
    return tuple(pairs)


def box_of(claim: Claim) -> Box:
    """The ranges of a claim's domain as a box; an excluded end is approached to 2^-60 of the length."""
    box: dict[Name, tuple[Any, Any]] = {}
    for symbol, values in claim.domain.ranges.items():
        low, high = values.inf, values.sup
        if isinstance(values, sp.Interval):
            step = sp.Rational(1, 2**60) * (high - low if (high - low).is_finite else 1)
            low = low + step if values.left_open and low.is_finite else low
            high = high - step if values.right_open and high.is_finite else high
        box[symbol] = (low, high)
    return box


def objective_of(claim: Claim, batched: bool = False) -> tuple[Callable[[Any], Any], tuple[Callable[[Any], Any], ...]]:
    """The objective and the constraints that attack a claim's own statement.

    batched: NumPy functions from points, shape (points, sides), to values, shape (points,); else JAX functions from
        the coordinates of one point, shape (sides,), to a scalar.

    Where both sides are positive the objective is log(small/large); elsewhere it is (small - large)/(|small| +
    |large|), which has the same sign. They are printed by SymPy and only search; what they find is decided in Arb.
    """
    numpy: Any = np
    if not batched:
        import jax.numpy

        numpy = jax.numpy

    def printed(expression: sp.Expr) -> Callable[[Any], Any]:
        function = sp.lambdify(tuple(claim.domain.ranges), expression, modules=["scipy", "numpy"] if batched else "jax")

        def value(x: Any) -> Any:
            return numpy.broadcast_to(numpy.asarray(function(*x.T), float), x.shape[:-1])

        return value

    pairs = [tuple(printed(side) for side in pair) for pair in sides_of(claim)]

    def objective(x: Any) -> Any:
        values = []
        for small, large in pairs:
            left, right = small(x), large(x)
            positive = (left > 0) & (right > 0)
            logarithm = numpy.log(numpy.where(positive, left, 1.0)) - numpy.log(numpy.where(positive, right, 1.0))
            scale = numpy.abs(left) + numpy.abs(right)
            difference = (left - right) / scale  # not a number where both underflow to 0: then Arb has to look
            values.append(numpy.where(positive, logarithm, difference))
        return numpy.max(numpy.stack(values), axis=0)

    kept: list[Any] = [h for h in claim.domain.hypotheses if isinstance(h, sp.Le | sp.Lt | sp.Ge | sp.Gt)]
    return objective, tuple(printed(h.gts - h.lts) for h in kept)
