"""cosFormer on the needle: its gain depends on where the needle stands, and its rows have a closed sum.

Hypotheses. The needle construction; rectified features F of the query and G of an ordinary key, (1+a) G of the needle,
at the positions i of the query and j of the key; length M >= n.
Claims. (gain) The needle at position j has the kernel value (1+a) cos(pi (i-j)/(2M)) F.G. So in row i the gain over
a token at position l is (1+a) cos(pi (i-j)/(2M))/cos(pi (i-l)/(2M)): no single number, unless M is much larger than n,
where it tends to 1+a, the gain of ReLU. In the needle's row, i = j, it is (1+a)/cos(pi (j-l)/(2M)), above 1+a for all
other tokens; in a row far from the needle it may be below 1. (row-sum) With theta = pi/(2M), sin((k + 1/2) theta) -
sin((k - 1/2) theta) = 2 sin(theta/2) cos(k theta): so the cosines at the distances 1..k add up to sin((k + 1/2)
theta)/(2 sin(theta/2)) - 1/2, and a needle in row 0 has in its own row the weight w = (1+a)/(a + 1/2 + sin((n - 1/2)
theta)/(2 sin(theta/2))), which for M = n is (1+a)/(a + 1/2 + cot(pi/(4n))/2).
Source. Derived here; the map is that of arXiv 2202.08791, the construction that of arXiv 2310.11685.
Why. cos(a - b) = cos a cos b + sin a sin b. That every such weight is of the order 1/n is shown in `cosformer_weight`.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps import cosine_weights as maps
from theory.maps.cosine_weights import COUNTING, F, G, M, d, i, index, j
from theory.reasons import CombineSums, ProductsToSums
from theory.separation.kernels.sequences import derived_for_every_sequence
from theory.separation.self_attention.construction import MEANINGS, RANGES, SOURCE, a

k = sp.Symbol("k", integer=True, positive=True)
theta = sp.Symbol("theta", real=True)
POSITIONS = maps.decomposition.domain

cosine, sine = (wave(maps.angle(i)) * wave(maps.angle(j)) for wave in (sp.cos, sp.sin))
needle = sp.Sum(
    F * sp.cos(maps.angle(i)) * ((1 + a) * G * sp.cos(maps.angle(j)))
    + F * sp.sin(maps.angle(i)) * ((1 + a) * G * sp.sin(maps.angle(j))),
    (index, 1, d),
)


def _kernel(factor):
    return factor * sp.cos(sp.pi * (i - j) / (2 * M)) * maps.scores


gain = declare(
    "separation.kernels.cosformer-gain",
    "cosFormer gives the needle (1 + a) cos(pi (i - j)/(2M)) times the score: the gain depends on the position",
    sp.Eq(needle, _kernel(1 + a), evaluate=False),
    Domain({**POSITIONS.ranges, a: RANGES[a]}, (), {**POSITIONS.meanings, a: MEANINGS[a]}),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=[maps.decomposition.id],
    spoiled=[Spoiled("(1 + a)^2", sp.Eq(needle, _kernel((1 + a) ** 2), evaluate=False))],
)


@evidence_for(gain, Method.DERIVED)
@derived_for_every_sequence([COUNTING])
def _gain() -> Derivation:
    return (
        Derivation(needle)
        .equal((1 + a) * (cosine + sine) * maps.scores, by=CombineSums())
        .equal(_kernel(1 + a), by=ProductsToSums())
    )


def _step(factor):
    half = sp.Rational(1, 2)
    wave = sp.sin((k + half) * theta) - sp.sin((k - half) * theta)
    return sp.Eq(factor * sp.sin(theta / 2) * sp.cos(k * theta), wave, evaluate=False)


step = _step(2)
row_sum = declare(
    "separation.kernels.cosformer-row-sum",
    "2 sin(theta/2) cos(k theta) = sin((k + 1/2) theta) - sin((k - 1/2) theta): the sum of a row, term by term",
    step,
    Domain({k: sp.Range(1, sp.oo), theta: sp.Interval(-sp.oo, sp.oo)}, (), {k: "distance", theta: "pi/(2M)"}),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("2 left out", _step(1))],
)


@evidence_for(row_sum, Method.DERIVED)
@derived
def _row_sum() -> Derivation:
    return Derivation(step.lhs).equal(step.rhs, by=ProductsToSums())
