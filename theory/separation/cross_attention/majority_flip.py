"""C2. One key against a majority: from which gain on attention outputs the needle's value.

Hypotheses. The cross-attention needle with the value +1 at the needle and -1 at the n - 1 other keys; gain N > 0.
Claim. The output is 2w - 1, w = N/(N + n - 1), and it is positive if and only if N > n - 1. What that takes of each
map is in `softmax_flip` and `kernel_flip`.
Source. Derived here for the cross-attention variant of the construction of arXiv 2310.11685.
Why. 2w - 1 = (N - n + 1)/(N + n - 1).
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, EvaluateSum, Rearrange
from theory.rigor.checks import certified
from theory.separation.cross_attention.construction import SOURCE, N, domain, n
from theory.separation.self_attention.construction import needle_weight, other_weight

j = sp.Symbol("j", integer=True, positive=True)


def output(gain, n):
    """What attention with this gain outputs: 2w - 1."""
    return 2 * needle_weight(gain, n) - 1


def flips(gain, n):
    """The condition under which the needle outvotes the n - 1 others."""
    return sp.Gt(gain, n - 1, evaluate=False)


voted = needle_weight(N, n) - sp.Sum(other_weight(N, n), (j, 1, n - 1))
flip_output = declare(
    "separation.cross.flip-output",
    "with +1 at the needle and -1 elsewhere the output is 2w - 1",
    sp.Eq(voted, output(N, n), evaluate=False),
    domain(N, n),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("w replaced by w of n + 1 keys", sp.Eq(voted, output(N, n + 1), evaluate=False))],
)


@evidence_for(flip_output, Method.DERIVED)
@derived
def _flip_output() -> Derivation:
    return (
        Derivation(voted)
        .equal(needle_weight(N, n) - (n - 1) * other_weight(N, n), by=EvaluateSum())
        .equal(output(N, n), by=Algebra())
    )


FLIPPED = sp.Gt(output(N, n), 0, evaluate=False)
flip = declare(
    "separation.cross.flip",
    "the needle outvotes the n - 1 others if and only if its gain exceeds n - 1",
    sp.Equivalent(FLIPPED, flips(N, n), evaluate=False),
    domain(N, n),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.cross.flip-output"],
    spoiled=[Spoiled("n - 1 replaced by n", sp.Equivalent(FLIPPED, flips(N, n + 1), evaluate=False))],
)


@evidence_for(flip, Method.DERIVED)
@derived
def _flip() -> Equivalences:
    return Equivalences(FLIPPED).iff(flips(N, n), by=Rearrange(N + n - 1))


def exactly_from(module: str, name: str, title: str, condition: sp.Basic, least: int) -> Claim:
    """Declare that a condition on n alone holds if and only if n >= least.

    module: the room that declares it.
    """

    def says(number: int) -> sp.Basic:
        return sp.Equivalent(condition, sp.Ge(n, number, evaluate=False), evaluate=False)

    claim = declare(
        f"separation.cross.{name}",
        f"{title} if and only if n >= {least}",
        says(least),
        domain(n),
        Kind.IFF,
        derived_here(SOURCE),
        {Method.CERTIFIED, Method.MEASURED},
        module=module,
        rests_on=["separation.cross.flip"],
        spoiled=[Spoiled(f"{least} replaced by {wrong}", says(wrong)) for wrong in (least - 1, least + 1)],
    )
    evidence_for(claim, Method.CERTIFIED)(certified())
    return claim
