"""cosFormer: a weight that falls off with the distance of two tokens, in features of twice the dimension.

Hypotheses. Positions i, j >= 0, a length M >= 1, and features F, G >= 0 in R^d of a query and a key, such as relu(q)
and relu(k).
Claim. (decomposition) [F cos(pi i/(2M)), F sin(pi i/(2M))].[G cos(pi j/(2M)), G sin(pi j/(2M))] = F.G cos(pi (i -
j)/(2M)). The factor is 1 at i = j and 0 at |i - j| = M; beyond that a weight would be negative, so a map for n tokens
takes M >= n.
Source. Qin et al., arXiv 2202.08791, whose M is this length; derived here, for every d.
Why. cos(a - b) = cos a cos b + sin a sin b.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, cited, declare
from theory.derivation import Derivation, Proof, derived
from theory.evidence import Check, Effort, Finding, Method, Verdict, evidence_for
from theory.maps.attention_map import MEANINGS, d
from theory.reasons import CombineSums, ProductsToSums, substitute
from theory.rigor.counterexample import confirmed
from theory.separation.kernels.sequences import Instance, Sequence, at_instance

i, j = sp.symbols("i j", integer=True, nonnegative=True)
M = sp.Symbol("M", integer=True, positive=True)
index = sp.Symbol("l", integer=True)


class QueryFeature(Sequence):
    """relu(q)_l."""


class KeyFeature(Sequence):
    """relu(k)_l."""


def refuted_at(instance: Instance, point: Mapping[sp.Symbol, int]) -> Callable[[Callable[[], Proof]], Check]:
    """As `derived`; where no derivation is accepted, concrete features and positions at which the cosines are roots of
    rationals are tried, as Arb is not asked for cosines here."""

    def decorate(build: Callable[[], Proof]) -> Check:
        inner = derived(build)

        def check(claim: Claim, effort: Effort) -> Finding:
            finding = inner(claim, effort)
            if finding.verdict is not Verdict.UNDECIDED:
                return finding
            concrete = substitute(at_instance(claim.unfolded, instance), point)
            concrete = concrete.func(*(side.doit() for side in concrete.args), evaluate=False)
            if not confirmed(concrete, Domain({}), {}):
                return finding
            worst = {str(symbol): str(value) for symbol, value in point.items()}
            return Finding(Verdict.REFUTED, finding.scope, f"False at {worst}. {finding.message}", worst=(worst,))

        check.build = build  # type: ignore[attr-defined]  # `attnproof show` prints the derivation
        return check

    return decorate


def angle(position: Any) -> Any:
    return sp.pi * position / (2 * M)


F, G = QueryFeature(index), KeyFeature(index)
cosines, sines = (wave(angle(i)) * wave(angle(j)) for wave in (sp.cos, sp.sin))
features = sp.Sum(
    F * sp.cos(angle(i)) * (G * sp.cos(angle(j))) + F * sp.sin(angle(i)) * (G * sp.sin(angle(j))), (index, 1, d)
)
scores = sp.Sum(F * G, (index, 1, d))
kernel = sp.cos(sp.pi * (i - j) / (2 * M)) * scores
decomposition = declare(
    "maps.cosformer.decomposition",
    "features with cosines and sines of the positions weigh a score by the cosine of their difference",
    sp.Eq(features, kernel, evaluate=False),
    Domain(
        {i: sp.Range(0, sp.oo), j: sp.Range(0, sp.oo), M: sp.Range(1, sp.oo), d: sp.Range(1, sp.oo)},
        (),
        {i: "position of the query", j: "of the key", M: "length", d: MEANINGS[d]},
    ),
    Kind.IDENTITY,
    cited("Qin et al., arXiv 2202.08791"),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled("the sum of the positions", sp.Eq(features, sp.cos(sp.pi * (i + j) / (2 * M)) * scores, evaluate=False))
    ],
)


@evidence_for(decomposition, Method.DERIVED)
@refuted_at({QueryFeature: lambda place: place, KeyFeature: lambda place: place}, {i: 1, j: 2, M: 3, d: 1})
def _decomposition() -> Derivation:
    return (
        Derivation(features)
        .equal((cosines + sines) * scores, by=CombineSums())
        .equal(kernel, by=ProductsToSums())
    )  # fmt: skip
