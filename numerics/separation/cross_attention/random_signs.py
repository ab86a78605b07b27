"""C3 measured and attacked: every pattern of signs of small networks, random networks, and Hoeffding's bound.

Small literal networks are run on all 2^(n-1) patterns of the other signs at once, as that many value columns. Random
networks are judged by Clopper-Pearson. The attack compares the exact probability with the bound: nothing is rounded.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import sympy as sp
from flint import arb

from numerics.attack import attacked
from numerics.environment import devices
from numerics.measure import pinned_arithmetic
from numerics.probability import Count, compare, compare_at_least
from numerics.separation.cross_attention.majority_flip import gain_of
from numerics.separation.cross_attention.network import attend, keys, output_error, queries
from numerics.separation.cross_attention.simulation import recover, recover_literally
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, Verdict, evidence_for
from theory.rigor.evaluate import enclose_at, truth_at
from theory.rigor.truth import Truth
from theory.separation.cross_attention import random_signs as room
from theory.separation.cross_attention.construction import N, kappa, l0, n
from theory.separation.cross_attention.logits import Logits, polynomial_gain, softmax_gain
from theory.separation.cross_attention.recovery_probability import recovery_probability
from theory.separation.self_attention.exact_numbers import rational_gain

SMALL = ((3, "1/2", "1"), (6, "1", "1"), (9, "3/4", "1/2"), (12, "1/5", "1/10"))  # n, kappa, l0
DEGREES = (None, 1, 2)


def numbers(length: int, exponent: str, rest: str) -> dict[sp.Symbol, sp.Expr]:
    return {n: sp.Integer(length), kappa: sp.Rational(exponent), l0: sp.Rational(rest)}


@evidence_for(room.recovery, Method.MEASURED)
def every_pattern(claim: Claim, effort: Effort) -> Finding:
    """The output has the needle's sign exactly where enough of the others agree, for every pattern of their signs."""
    (law,) = (part for part in claim.unfolded.args if part != room.RIGHT)
    cases, checked, passed_over = SMALL[:2] if effort.quick else SMALL, 0, 0
    scope = (
        f"every pattern of the others' signs in {len(cases) * len(DEGREES)} literal networks on {', '.join(devices())}"
    )
    with pinned_arithmetic():
        for length, exponent, rest in cases:
            signs = np.array(list(product((-1.0, 1.0), repeat=length - 1))).T
            agreeing = (signs > 0).sum(axis=0)
            values = np.concatenate([np.ones((1, signs.shape[1])), signs])
            logits = Logits(kappa=exponent, l0=rest)
            for degree in DEGREES:
                output = np.asarray(attend(queries(length), keys(logits, length), values, degree))[0]
                error = output_error(logits, length, degree)
                for count in range(length):
                    found = output[agreeing == count]
                    point = numbers(length, exponent, rest) | {room.J: sp.Integer(count)}
                    truth = truth_at(law.subs(N, gain_of(degree)), point)
                    decided = np.abs(found) > error
                    passed_over += int((~decided).sum()) if truth is not Truth.UNKNOWN else len(found)
                    if truth is Truth.UNKNOWN:
                        continue
                    checked += int(decided.sum())
                    if ((found > 0) != (truth is Truth.TRUE))[decided].any():
                        where = {str(symbol): str(value) for symbol, value in point.items()} | {"degree": degree}
                        return Finding(Verdict.REFUTED, scope, "An output has the other sign.", worst=(where,))
    counts = {"patterns": checked, "within rounding of 0": passed_over}
    return Finding(Verdict.HOLDS, scope, f"All {checked} outputs have the sign that the claim says.", counts)


def ball(enclosure: Any) -> arb:
    """An interval as one ball."""
    return enclosure.lo.union(enclosure.hi)


@evidence_for(room.failure, Method.MEASURED)
def random_networks(claim: Claim, effort: Effort) -> Finding:
    """Random networks lose the needle's sign as often as the left side says, and no more often than the right side."""
    trials, literal, shown, verdicts = 20_000, 2000 if effort.quick else 10_000, [], set()
    cases = [(101, "9/10", "1", None), (1000, "3/5", "1", None), (300, "4", "1", 1)]
    for length, exponent, rest, degree in cases[:1] if effort.quick else cases:
        point = numbers(length, exponent, rest)
        left, right = (ball(enclose_at(side.subs(N, gain_of(degree)), point)) for side in claim.unfolded.args)
        logits = Logits(kappa=exponent, l0=rest)
        gain = softmax_gain(logits, length) if degree is None else polynomial_gain(logits, length, degree)
        counts = [
            recover(gain, length, 1, trials, effort.seed),
            recover_literally(logits, length, degree, 1, literal, effort.seed + 1),
        ]
        for count in counts:
            lost = Count(count.trials - count.high, count.trials - count.low, count.trials)
            too_often = compare_at_least(count, 1 - right).verdict is Verdict.REFUTED
            verdicts.add(Verdict.REFUTED if too_often else compare(lost, left).verdict)
            shown.append(
                {"n": length, "kappa": exponent, "degree": degree, "lost": lost.low, "of": count.trials,
                 "exact": float(left.mid()), "bound": float(right.mid())}
            )  # fmt: skip
    worst = next(v for v in (Verdict.REFUTED, Verdict.UNDECIDED, Verdict.HOLDS) if v in verdicts)
    scope = f"{len(shown)} tables of random networks on {', '.join(devices())}"
    found = "; ".join(f"{entry['lost']} of {entry['of']}" for entry in shown)
    return Finding(worst, scope, f"Lost: {found}.", worst=tuple(shown))


LONGEST = 1000  # keys in the attack, so that the exact probability has a moderate denominator


def lost_exactly(length: int, gain: Fraction) -> Fraction:
    """P[S <= -N], exactly."""
    recovered = recovery_probability(rational_gain(gain), length).exact
    assert recovered is not None
    return 1 - recovered


def lost_in_floats(length: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """The same in floats, for the search; 0 where no sum is low enough."""
    from scipy.stats import binom

    return binom.cdf(np.floor((length - 1 - gain) / 2), length - 1, 0.5)


def failure_ratio(claim: Claim, point: Mapping[Any, Any], bits: int) -> Any:
    """Exact probability over the claim's bound."""
    length, gain = int(point[n]), Fraction(point[N])
    where = {n: sp.Integer(length), N: sp.Rational(gain.numerator, gain.denominator)}
    lost = lost_exactly(length, gain)
    return enclose_at(sp.Rational(lost.numerator, lost.denominator) / claim.unfolded.rhs, where, bits)


@evidence_for(room.failure, Method.ATTACKED)
def failure_attack(claim: Claim, effort: Effort) -> Finding:
    bound = sp.lambdify((n, N), sp.log(claim.unfolded.rhs), modules="numpy")

    def objective(points: np.ndarray) -> np.ndarray:
        length, gain = points.T
        with np.errstate(divide="ignore"):
            return np.log(lost_in_floats(length, gain)) - bound(length, gain)

    return attacked(
        objective, {n: (2, LONGEST), N: (sp.Rational(1, 1000), LONGEST)}, exact_ratio=failure_ratio,
        declared_worst=[{n: 2, N: 1}, {n: LONGEST, N: sp.Rational(1, 1000)}], constraints=[], smooth=False,
        integers=[n],
    )(claim, effort)  # fmt: skip
