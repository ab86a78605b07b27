"""What all linear maps share, and what single feature maps add: homogeneity, positivity, kernels in closed form.

Hypotheses. A linear map has features phi(q), phi(k) in R^r; a row of weights is phi(q).phi(k_j), divided by its sum if
the map is normalised. relu(x) = max(x, 0); elu(x) + 1 is x + 1 for x > 0 and e^x below. Any d and r.
Claims. (one-more-key) phi(q).(S + phi(k) v) = phi(q).S + (phi(q).phi(k)) v: the state S = sum_j phi(k_j) v_j gives what
the scores give, token by token; by induction the parallel, the chunked and the recurrent form agree. (query-scale) A
factor c^h > 0 of all scores of a row changes no weight. (relu-homogeneous) relu(c x) = c relu(x) for c > 0, so the
normalised maps of ReLU (h = 1), its square and DPFP (h = 2), and of phi(x) = x (h = 1), do not see the length of a
query: no query is sharper than another. (elu-positive) elu(x) + 1 >= min(1, e^x) > 0. (exponential-kernel) The features
[e^x, e^-x] have the kernel 2 sum_i cosh(q_i + k_i), at least 2 d. (dpfp-opposite) relu(x) relu(-x) = 0: in DPFP, whose
features are z_i z_(i + j) for z = [relu(x), relu(-x)], indices modulo 2 d, all features of the shift j = d vanish; and
as those of 2 d - j are those of j, shifts from d on add nothing but weight.
Source. Derived here; the maps are those of arXiv 2006.16236, 2102.11174 and 2402.04347.
Why. All are linear in the features, or a distinction of two cases.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import MEANINGS, d, r
from theory.maps.vectors import Coordinate, Key, Query, derived_for_every_sequence, i
from theory.reasons import Algebra, Cases, CombineSums, EvaluateSum, Sign, TermwiseSum

REALS, POSITIVE, COUNTS = sp.Interval(-sp.oo, sp.oo), sp.Interval.open(0, sp.oo), sp.Range(1, sp.oo)
x, v = sp.symbols("x v", real=True)
other = sp.Symbol("L", nonnegative=True)
c, own = sp.symbols("c K", positive=True)
h = sp.Symbol("h", integer=True, positive=True)


class State(Coordinate):
    """S_i, for one coordinate of the values: the sum of phi(k_j)_i v_j over the keys so far."""


VECTORS = ({Query: lambda i: i, Key: lambda i: 2 * i - 3, State: lambda i: 5 - i},)


def relu(x: Any) -> Any:
    return sp.Piecewise((x, x > 0), (0, True))


def elu_plus_one(x: Any) -> Any:
    return sp.Piecewise((x + 1, x > 0), (sp.exp(x), True))


# ------------------------------------------------------------------------------------------------ every linear map

read = sp.Sum(Query(i) * (State(i) + Key(i) * v), (i, 1, r))
score, before = sp.Sum(Query(i) * Key(i), (i, 1, r)), sp.Sum(Query(i) * State(i), (i, 1, r))
one_more_key = declare(
    "maps.linear.one-more-key",
    "a state that takes up one more key gives the sum over the keys with one more term",
    sp.Eq(read, before + score * v, evaluate=False),
    Domain({r: COUNTS, v: REALS}, (), {r: MEANINGS[r], v: "one coordinate of the value of the new key"}),
    Kind.IDENTITY,
    derived_here("linear attention of arXiv 2006.16236"),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("the state forgets a hundredth", sp.Eq(read, sp.Rational(99, 100) * before + score * v, evaluate=False))
    ],
)


@evidence_for(one_more_key, Method.DERIVED)
@derived_for_every_sequence(VECTORS)
def _one_more_key() -> Derivation:
    return Derivation(read).equal(before + score * v, by=CombineSums())


weight = own / (own + other)
scaled = c**h * own / (c**h * own + c**h * other)
query_scale = declare(
    "maps.linear.query-scale",
    "a factor of all scores of a row changes no weight",
    sp.Eq(scaled, weight, evaluate=False),
    Domain(
        {own: POSITIVE, other: sp.Interval(0, sp.oo), c: POSITIVE, h: COUNTS},
        (),
        {own: "score of one key", other: "sum over the other keys", c: "factor of the query", h: "degree of phi"},
    ),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("the other scores keep theirs", sp.Eq(c**h * own / (c**h * own + other), weight, evaluate=False)),
    ],
)


@evidence_for(query_scale, Method.DERIVED)
@derived
def _query_scale() -> Derivation:
    return Derivation(scaled).equal(weight, by=Algebra())


# ----------------------------------------------------------------------------------------------- single feature maps

LINE = Domain({x: REALS, c: POSITIVE}, (), {x: "a coordinate", c: "factor"})
homogeneous = declare(
    "maps.linear.relu-homogeneous",
    "relu(c x) = c relu(x) for c > 0, and its square has the factor c^2",
    sp.And(
        sp.Eq(relu(c * x), c * relu(x), evaluate=False),
        sp.Eq(relu(c * x) ** 2, c**2 * relu(x) ** 2, evaluate=False),
        evaluate=False,
    ),
    LINE,
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "the square with the factor c",
            sp.And(
                sp.Eq(relu(c * x), c * relu(x), evaluate=False),
                sp.Eq(relu(c * x) ** 2, c * relu(x) ** 2, evaluate=False),
                evaluate=False,
            ),
        )
    ],
)


@evidence_for(homogeneous, Method.DERIVED)
@derived
def _homogeneous() -> tuple[Derivation, Derivation]:
    split = Cases(x > 0, Algebra(), Algebra())
    return (
        Derivation(relu(c * x)).equal(c * relu(x), by=split),
        Derivation(relu(c * x) ** 2).equal(c**2 * relu(x) ** 2, by=split),
    )


floor = sp.Piecewise((1, x > 0), (sp.exp(x), True))
elu_positive = declare(
    "maps.linear.elu-positive",
    "elu(x) + 1 is at least min(1, e^x), and so positive",
    sp.Ge(elu_plus_one(x), floor, evaluate=False),
    Domain({x: REALS}, (), {x: "a coordinate"}),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("bound times 1.01", sp.Ge(elu_plus_one(x), sp.Rational(101, 100) * floor, evaluate=False))],
)


@evidence_for(elu_positive, Method.DERIVED)
@derived
def _elu_positive() -> Derivation:
    return Derivation(elu_plus_one(x)).at_least(floor, by=Cases(x > 0, Sign(), Sign()))


exponentials = sp.Sum(sp.exp(Query(i)) * sp.exp(Key(i)) + sp.exp(-Query(i)) * sp.exp(-Key(i)), (i, 1, d))
cosines = 2 * sp.Sum(sp.cosh(Query(i) + Key(i)), (i, 1, d))
WIDTHS = Domain({d: COUNTS}, (), {d: MEANINGS[d]})
exponential_kernel = declare(
    "maps.linear.exponential-kernel",
    "the features [e^x, e^-x] have the kernel 2 sum_i cosh(q_i + k_i)",
    sp.Eq(exponentials, cosines, evaluate=False),
    WIDTHS,
    Kind.IDENTITY,
    derived_here("the features of arXiv 2402.04347 with the identity for W"),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled(
            "a difference in place of the sum",
            sp.Eq(exponentials, 2 * sp.Sum(sp.cosh(Query(i) - Key(i)), (i, 1, d)), evaluate=False),
        )
    ],
)


@evidence_for(exponential_kernel, Method.DERIVED)
@derived_for_every_sequence(VECTORS)
def _exponential_kernel() -> Derivation:
    return Derivation(exponentials).equal(cosines, by=CombineSums())


least = declare(
    "maps.linear.exponential-least",
    "the kernel of the features [e^x, e^-x] is at least 2 d",
    sp.Ge(exponentials, 2 * d, evaluate=False),
    WIDTHS,
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("3 d in place of 2 d", sp.Ge(exponentials, 3 * d, evaluate=False))],
)


@evidence_for(least, Method.DERIVED)
@derived_for_every_sequence(({Query: lambda i: i, Key: lambda i: -i},))
def _least() -> Derivation:
    term = sp.exp(Query(i)) * sp.exp(Key(i)) + sp.exp(-Query(i)) * sp.exp(-Key(i))
    square = (sp.exp((Query(i) + Key(i)) / 2) - sp.exp(-(Query(i) + Key(i)) / 2)) ** 2
    twos = sp.Sum(sp.Integer(2), (i, 1, d))
    return (
        Derivation(sp.Sum(term, (i, 1, d)))
        .equal(sp.Sum(2 + square, (i, 1, d)), by=CombineSums())
        .at_least(twos, by=TermwiseSum(by=Sign()))
        .equal(2 * d, by=EvaluateSum())
    )


opposite = declare(
    "maps.linear.dpfp-opposite",
    "relu(x) relu(-x) = 0, so the features of DPFP with the shift d vanish",
    sp.Eq(relu(x) * relu(-x), 0, evaluate=False),
    Domain({x: REALS}, (), {x: "a coordinate"}),
    Kind.IDENTITY,
    derived_here("the features of arXiv 2102.11174"),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("relu(-x) replaced by relu(1 - x)", sp.Eq(relu(x) * relu(1 - x), 0, evaluate=False))],
)


@evidence_for(opposite, Method.DERIVED)
@derived
def _opposite() -> Derivation:
    return Derivation(relu(x) * relu(-x)).equal(0, by=Cases(x > 0, Algebra(), Algebra()))
