"""C3 measured: random networks recover all coordinates at least as often as the bound says."""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from numerics.environment import devices
from numerics.probability import compare, compare_at_least
from numerics.separation.cross_attention.majority_flip import gain_of
from numerics.separation.cross_attention.random_signs import ball, numbers
from numerics.separation.cross_attention.simulation import recover
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, Verdict, evidence_for
from theory.rigor.evaluate import enclose_at, truth_at
from theory.rigor.truth import Truth
from theory.separation.cross_attention import recovery as room
from theory.separation.cross_attention.construction import N
from theory.separation.cross_attention.logits import Logits, softmax_gain

CASES = ((101, "9/10", "1", 4, "7/100"), (1001, "4/5", "1", 10, "1/50"))  # n, kappa, l0, D, q


@evidence_for(room.every, Method.MEASURED)
def random_networks(claim: Claim, effort: Effort) -> Finding:
    """Where the hypothesis holds, all D signs are recovered as often as the left side says, and the bound is kept."""
    trials, shown, verdicts = 40_000, [], set()
    gain = gain_of(None)
    for length, exponent, rest, coordinates, allowed in CASES[:1] if effort.quick else CASES:
        point = numbers(length, exponent, rest) | {room.D: sp.Integer(coordinates), room.q: sp.Rational(allowed)}
        if any(truth_at(given.subs(N, gain), point) is not Truth.TRUE for given in claim.domain.hypotheses):
            return Finding(Verdict.UNDECIDED, str(point), "The hypothesis was not shown at this point.")
        left, right = (ball(enclose_at(side.subs(N, gain), point)) for side in claim.unfolded.args)
        logits = Logits(kappa=exponent, l0=rest)
        count = recover(softmax_gain(logits, length), length, coordinates, trials, effort.seed)
        short = compare_at_least(count, right).verdict is Verdict.REFUTED
        verdicts.add(Verdict.REFUTED if short else compare(count, left).verdict)
        shown.append(
            {"n": length, "kappa": exponent, "D": coordinates, "recovered": count.low, "of": trials,
             "exact": float(left.mid()), "bound": float(right.mid())}
        )  # fmt: skip
    worst = next(v for v in (Verdict.REFUTED, Verdict.UNDECIDED, Verdict.HOLDS) if v in verdicts)
    scope = f"{len(shown)} tables of {trials} random networks on {', '.join(devices())}"
    found = "; ".join(f"{entry['recovered']} of {entry['of']}" for entry in shown)
    return Finding(worst, scope, f"Recovered: {found}.", worst=tuple(shown))
