"""The exact gain on the needle construction of the kernels that the other files of this room leave out.

Hypotheses. The needle construction: in row i the needle's score is s_i (1+a) log n and any other is s_i log n, with
s_i = 1 + a in the needle's own row and 1 elsewhere. Maps that work on coordinates take the scalar query s_i u and the
scalar keys (1+a) u and u, with u = sqrt(log n).
Claims, each the quotient of two kernel values. (scalable-softmax) n^(sigma s_i a log n) for scores times sigma log n.
(sigmoid) (1 + n^(1 - s_i))/(1 + n^(1 - s_i (1+a))) for the bias -log n; it is below 2, and as sigmoid weights are not
divided by their sum, N/(N + n - 1) is not a weight of the map. (rectified-products, homogeneous) Products of two
rectified coordinates are homogeneous of degree 2, and features that are homogeneous of degree p have exactly (1+a)^p:
1 + a for the identity and for ReLU, (1+a)^2 for squared ReLU and for DPFP, whatever their number. (exponential)
cosh((s_i + 1 + a) u)/cosh((s_i + 1) u) for the features [e^x, e^-x], which is at most e^(a u): it grows, but slower
than every power of n. (bounded-exponential) (1 + tanh(s_i u) tanh((1+a) u))/(1 + tanh(s_i u) tanh u) < 2 where these
features are divided by their sum. (elu-exact) ((1+a) u + 1)/(u + 1) for elu + 1. (scores) 1 + a for the scores
themselves, normalised or not.
Source. Derived here from the definitions in `theory.maps`; the construction is that of arXiv 2310.11685.
Why. Each kernel sees two keys only.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.sigmoid import sigma
from theory.reasons import Algebra, Cases, CombineSums, Sign
from theory.separation.kernels.biased import rectified
from theory.separation.kernels.homogeneous import elu_gain, features, key, p, query, r
from theory.separation.kernels.sequences import derived_for_every_sequence
from theory.separation.self_attention.construction import MEANINGS, RANGES, SOURCE, a, linear_gain, n
from theory.separation.self_attention.gain import log_n, row_height

sharpness = sp.Symbol("sigma", positive=True)
u = sp.Symbol("u", positive=True)
t = sp.Symbol("t", positive=True)
x, y = sp.symbols("x y", real=True)
POSITIVE, REALS = sp.Interval.open(0, sp.oo), sp.Interval(-sp.oo, sp.oo)
WORDS = {
    **MEANINGS, row_height: "s_i: 1 + a in the needle's row, 1 in any other", sharpness: "factor of scalable softmax",
    u: "sqrt(log n), the key of any other token", t: "by how much a key is longer", x: "a coordinate of a key",
    y: "another one, or the same", p: "degree of the features", features: "number of features",
}  # fmt: skip
NEEDLE, REST = row_height * (1 + a) * log_n, row_height * log_n  # the scores of row i
ON_SCORES = {n: RANGES[n], a: RANGES[a], row_height: sp.Interval(1, sp.oo)}
ON_KEYS = {a: RANGES[a], row_height: sp.Interval(1, sp.oo), u: POSITIVE}


def on(ranges: dict, *hypotheses) -> Domain:
    """A domain in the words of this room."""
    return Domain(ranges, hypotheses, {symbol: WORDS[symbol] for symbol in ranges})


def scalable_softmax_gain(row_height, a, n, sharpness):
    """Gain of scalable softmax with the factor `sharpness`."""
    return n ** (sharpness * row_height * a * sp.log(n))


def sigmoid_gain(row_height, a, n):
    """Quotient of the weights of sigmoid attention with the bias -log n."""
    return (1 + n ** (1 - row_height)) / (1 + n ** (1 - row_height * (1 + a)))


def exponential_gain(row_height, a, u):
    """Gain of the features [e^x, e^-x] of scalar queries and keys."""
    return sp.cosh((row_height + 1 + a) * u) / sp.cosh((row_height + 1) * u)


def bounded_exponential_gain(row_height, a, u):
    """Gain of the same features divided by their sum."""
    reach = sp.tanh(row_height * u)
    return (1 + reach * sp.tanh((1 + a) * u)) / (1 + reach * sp.tanh(u))


def _identity(name: str, title: str, quotient, gain, wrong, why: str, of: Domain, *steps) -> Claim:
    """Declare that a quotient of kernel values is `gain`; the derivation passes `steps` by algebra."""
    claim = declare(
        f"separation.kernels.{name}-gain",
        title,
        sp.Eq(quotient, gain, evaluate=False),
        of,
        Kind.IDENTITY,
        derived_here(SOURCE),
        {Method.DERIVED, Method.MEASURED},
        module=__name__,
        spoiled=[Spoiled(why, sp.Eq(quotient, wrong, evaluate=False))],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _proof() -> Derivation:
        chain = Derivation(quotient)
        for step in (*steps, gain):
            chain = chain.equal(step, by=Algebra())
        return chain

    return claim


scalable_softmax = _identity(
    "scalable-softmax", "scalable softmax has the gain n^(sigma s_i a log n)",
    sp.exp(sharpness * log_n * NEEDLE) / sp.exp(sharpness * log_n * REST),
    scalable_softmax_gain(row_height, a, n, sharpness),
    n ** (sharpness * row_height * a), "that of softmax at the temperature 1/sigma",
    on({**ON_SCORES, sharpness: POSITIVE}), sp.exp(sharpness * row_height * a * log_n**2),
)  # fmt: skip
sigmoid = _identity(
    "sigmoid", "the weights of sigmoid attention have the quotient (1 + n^(1 - s_i))/(1 + n^(1 - s_i (1+a)))",
    sigma(NEEDLE - log_n) / sigma(REST - log_n),
    sigmoid_gain(row_height, a, n), (1 + n**-row_height) / (1 + n ** (-row_height * (1 + a))), "without the bias",
    on(ON_SCORES),
)  # fmt: skip
exponential = _identity(
    "exponential", "the features [e^x, e^-x] have the gain cosh((s_i + 1 + a) u)/cosh((s_i + 1) u)",
    (sp.exp(row_height * u) * sp.exp((1 + a) * u) + sp.exp(-row_height * u) * sp.exp(-(1 + a) * u))
    / (sp.exp(row_height * u) * sp.exp(u) + sp.exp(-row_height * u) * sp.exp(-u)),
    exponential_gain(row_height, a, u), sp.exp(a * u), "the features e^-x dropped", on(ON_KEYS),
)  # fmt: skip


def bounded(x):
    """[e^x, e^-x] divided by their sum."""
    total = sp.exp(x) + sp.exp(-x)
    return sp.exp(x) / total, sp.exp(-x) / total


def _bounded_kernel(q, k):
    return sum(one * other for one, other in zip(bounded(q), bounded(k), strict=True))


bounded_exponential = _identity(
    "bounded-exponential",
    "the features [e^x, e^-x] over their sum have the gain (1 + tanh(s_i u) tanh((1+a) u))/(1 + tanh(s_i u) tanh u)",
    _bounded_kernel(row_height * u, (1 + a) * u) / _bounded_kernel(row_height * u, u),
    bounded_exponential_gain(row_height, a, u), exponential_gain(row_height, a, u), "not divided by their sum",
    on(ON_KEYS),
)  # fmt: skip
elu = _identity(
    "elu-exact", "elu + 1 has the gain ((1+a) u + 1)/(u + 1) in every row",
    (row_height * u + 1) * ((1 + a) * u + 1) / ((row_height * u + 1) * (u + 1)),
    elu_gain(a, u), linear_gain(a), "that of the identity", on(ON_KEYS),
)  # fmt: skip
scores = _identity(
    "scores", "the scores themselves have the gain 1 + a in every row, normalised or not",
    NEEDLE / REST, linear_gain(a), row_height * linear_gain(a), "that of two needles in the needle's row",
    on(ON_SCORES),
)  # fmt: skip


def _below(name: str, title: str, gain, bound, relation, of: Domain, rests_on: Claim, less=None) -> Claim:
    """Declare a bound on a gain; the spoiled variant has 9/10 of it, or `less`."""
    smaller = sp.Rational(9, 10) * bound if less is None else less
    claim = declare(
        f"separation.kernels.{name}",
        title,
        relation(gain, bound, evaluate=False),
        of,
        Kind.UPPER,
        derived_here(SOURCE),
        {Method.DERIVED, Method.ATTACKED},
        module=__name__,
        rests_on=[rests_on.id],
        spoiled=[Spoiled("bound times 9/10", relation(gain, smaller, evaluate=False))],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _proof() -> Derivation:
        chain = Derivation(gain)
        return chain.less(bound, by=Sign()) if relation is sp.Lt else chain.at_most(bound, by=Sign())

    return claim


sigmoid_below = _below(
    "sigmoid-gain-below", "no weight of sigmoid attention is twice another one, in any row",
    sigmoid_gain(row_height, a, n), sp.Integer(2), sp.Lt, on(ON_SCORES), sigmoid,
)  # fmt: skip
exponential_below = _below(
    "exponential-gain-below", "the features [e^x, e^-x] have a gain of at most e^(a u)",
    exponential_gain(row_height, a, u), sp.exp(a * u), sp.Le, on(ON_KEYS), exponential,
)  # fmt: skip
bounded_below = _below(
    "bounded-exponential-gain-below", "the features [e^x, e^-x] over their sum have a gain below 2",
    bounded_exponential_gain(row_height, a, u), sp.Integer(2), sp.Lt, on(ON_KEYS), bounded_exponential,
    less=sp.Rational(11, 10),
)  # fmt: skip

STRETCH = on({x: REALS, y: REALS, t: sp.Interval.open(0, sp.oo)})
products = declare(
    "separation.kernels.rectified-products",
    "a product of two rectified coordinates of t x is t^2 times that of x: squared ReLU and DPFP have degree 2",
    sp.Eq(rectified(t * x) * rectified(t * y), t**2 * rectified(x) * rectified(y), evaluate=False),
    STRETCH,
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("degree 1", sp.Eq(rectified(t * x) * rectified(t * y), t * rectified(x) * rectified(y), evaluate=False))
    ],
)


@evidence_for(products, Method.DERIVED)
@derived
def _products() -> Derivation:
    inner = Cases(y > 0, Algebra(), Algebra())
    return Derivation(rectified(t * x) * rectified(t * y)).equal(
        t**2 * rectified(x) * rectified(y), by=Cases(x > 0, inner, inner)
    )


needle_score = sp.Sum(query(r) * (1 + a) ** p * key(r), (r, 1, features))
rest_score = sp.Sum(query(r) * key(r), (r, 1, features))
HOMOGENEOUS = on({a: RANGES[a], p: sp.Interval(0, sp.oo), features: sp.Range(1, sp.oo)})
homogeneous = declare(
    "separation.kernels.homogeneous-exact-gain",
    "features that are homogeneous of degree p have exactly the gain (1 + a)^p",
    sp.Eq(needle_score, (1 + a) ** p * rest_score, evaluate=False),
    HOMOGENEOUS,
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=[products.id, "separation.kernels.relu-homogeneous"],
    spoiled=[Spoiled("p + 1", sp.Eq(needle_score, (1 + a) ** (p + 1) * rest_score, evaluate=False))],
)


@evidence_for(homogeneous, Method.DERIVED)
@derived_for_every_sequence([{query: lambda r: sp.Integer(1), key: lambda r: sp.Integer(1)}])
def _homogeneous() -> Derivation:
    return Derivation(needle_score).equal((1 + a) ** p * rest_score, by=CombineSums())
