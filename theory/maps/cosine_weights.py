"""cosFormer: a weight that falls off with the distance of two tokens, in features of twice the dimension.

Hypotheses. Positions i, j >= 0, a length M >= 1, and features F, G >= 0 in R^d of a query and a key, such as relu(q)
and relu(k).
Claims. (decomposition) [F cos(pi i/(2M)), F sin(pi i/(2M))].[G cos(pi j/(2M)), G sin(pi j/(2M))] = F.G cos(pi (i -
j)/(2M)). The factor is 1 at i = j, 0 at |i - j| = M, and with t = (i - j)/M it is positive for |t| < 1 (positive) and
negative for 1 < t < 3 (negative): so a map for n tokens takes M >= n.
Source. Qin et al., arXiv 2202.08791, whose M is this length; derived here, for every d.
Why. cos(a - b) = cos a cos b + sin a sin b.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, cited, declare, derived_here
from theory.derivation import Derivation
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import MEANINGS, d
from theory.reasons import CombineSums, ProductsToSums
from theory.rigor.checks import certified
from theory.separation.kernels.sequences import Sequence, derived_for_every_sequence

i, j = sp.symbols("i j", integer=True, nonnegative=True)
M = sp.Symbol("M", integer=True, positive=True)
index = sp.Symbol("l", integer=True)
t = sp.Symbol("t", real=True)


class QueryFeature(Sequence):
    """relu(q)_l."""


class KeyFeature(Sequence):
    """relu(k)_l."""


# the features 1, 2, 3, ..., with which a false statement is refuted
COUNTING = {QueryFeature: lambda place: place, KeyFeature: lambda place: place}


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
@derived_for_every_sequence([COUNTING])
def _decomposition() -> Derivation:
    return (
        Derivation(features)
        .equal((cosines + sines) * scores, by=CombineSums())
        .equal(kernel, by=ProductsToSums())
    )  # fmt: skip


def _sign(name: str, title: str, relation: Any, values: Any, kind: Kind, wrong: Any, why: str) -> None:
    """Declare the sign of the factor on a range of t; wrong, why: a range on which it has not that sign."""

    def on(values: Any) -> Domain:
        return Domain({t: values}, (), {t: "signed distance of two tokens over the length"})

    claim = declare(
        f"maps.cosformer.{name}",
        title,
        relation(sp.cos(sp.pi * t / 2), 0, evaluate=False),
        on(values),
        kind,
        derived_here(),
        {Method.CERTIFIED},
        module=__name__,
        rests_on=[decomposition.id],
        spoiled=[Spoiled(why, domain=on(wrong))],
    )
    evidence_for(claim, Method.CERTIFIED)(certified())


_sign(
    "positive", "the cosine of two tokens is positive where they are nearer than the map is long", sp.Gt,
    sp.Interval.open(-1, 1), Kind.LOWER, sp.Interval.Lopen(-1, 1), "a token as far away as the map is long",
)  # fmt: skip
_sign(
    "negative", "the cosine of two tokens that are one to three lengths of the map apart is negative", sp.Lt,
    sp.Interval.open(1, 3), Kind.UPPER, sp.Interval.Ropen(1, 3), "a token as far away as the map is long",
)  # fmt: skip
