"""C1 for the other maps: their exact gains on the cross-attention needle, and whether they outvote the majority.

Hypotheses. The cross-attention needle: the query (L, 1), the needle's key (kappa L, 0), the other keys (0, l0), with
L = sqrt(log n); so the needle's logit is kappa log n, any other l0, and the gap is g = kappa log n - l0.
Claims. (scalable-softmax) N = n^(sigma g). (sigmoid) N = (1 + n exp(-l0))/(1 + n^(1 - kappa)), the quotient of two
weights that are not normalised: as they have the sign of w - (n-1) u, the needle is outvoted where n (1 - exp(-l0)) >=
2, whatever kappa is (sigmoid-keeps). (relu-squared) N = (kappa log n/l0)^2. (elu) N = ((L+1)(kappa L + 1) + 2)/((L+1) +
2 (l0+1)). (exponential) N = (cosh((1+kappa) L) + cosh 1)/(cosh L + cosh(1 + l0)). (takes-all) alpha-entmax gives the
needle all the weight if and only if n >= exp((l0 + 1/(alpha-1))/kappa), 2 for sparsemax; hard attention does wherever
g > 0. (affine-flip) InLine attention and, for g <= 1, sparsemax, whose weights are those of `two_scores`, outvote the
majority if and only if 2 (n-1) g > n - 2; g >= 1/2 is enough. So none of scalable softmax, sparsemax, 3/2-entmax, hard
and InLine attention needs kappa > 1, as softmax does.
Source. Derived here for the cross-attention variant of the construction of arXiv 2310.11685.
Why. Each map sees two keys only. DPFP has no gain here: its features of both keys are 0, since each has one coordinate.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.maps import entmax
from theory.maps.sigmoid import sigma
from theory.reasons import Algebra, ApplyMonotone, Lemma, Rearrange, Sign
from theory.separation.cross_attention.construction import (
    MEANINGS,
    RANGES,
    SOURCE,
    domain,
    kappa,
    l0,
    n,
    polynomial_gain,
)
from theory.separation.kernels.biased import rectified
from theory.separation.kernels.map_gains import sharpness
from theory.separation.kernels.two_scores import affine_weights, g
from theory.separation.self_attention.gain import log_n

L = sp.sqrt(log_n)
QUERY, NEEDLE, REST = (L, sp.S.One), (kappa * L, sp.S.Zero), (sp.S.Zero, l0)
POSITIVE, REALS = sp.Interval.open(0, sp.oo), sp.Interval(-sp.oo, sp.oo)


def score(query: tuple, key: tuple):
    """q.k."""
    return sum(x * y for x, y in zip(query, key, strict=True))


def by_features(*features: Callable):
    """The quotient of phi(q).phi(k) at the needle and at any other key, each feature a function of one coordinate."""

    def kernel(key: tuple):
        pairs = zip(QUERY, key, strict=True)
        return sum((f(x) * f(y) for x, y in pairs for f in features), sp.S.Zero)

    return kernel(NEEDLE) / kernel(REST)


def sigmoid_gain(kappa, l0, n):
    """Quotient of the weights of sigmoid attention with the bias -log n."""
    return (1 + n * sp.exp(-l0)) / (1 + n ** (1 - kappa))


def elu_gain(kappa, l0, L):
    """Gain of the features elu + 1."""
    return ((L + 1) * (kappa * L + 1) + 2) / ((L + 1) + 2 * (l0 + 1))


def exponential_gain(kappa, l0, L):
    """Gain of the features [e^x, e^-x]."""
    return (sp.cosh((1 + kappa) * L) + sp.cosh(1)) / (sp.cosh(L) + sp.cosh(1 + l0))


def _gain(name: str, title: str, quotient, gain, wrong, why: str, of: Domain | None = None) -> Claim:
    claim = declare(
        f"separation.cross.{name}-gain",
        title,
        sp.Eq(quotient, gain, evaluate=False),
        of or domain(n, kappa, l0),
        Kind.IDENTITY,
        derived_here(SOURCE),
        {Method.DERIVED, Method.MEASURED},
        module=__name__,
        spoiled=[Spoiled(why, sp.Eq(quotient, wrong, evaluate=False))],
    )
    evidence_for(claim, Method.DERIVED)(derived(lambda: Derivation(quotient).equal(gain, by=Algebra())))
    return claim


of_needle, of_rest = score(QUERY, NEEDLE), score(QUERY, REST)
WITH_SHARPNESS = Domain(
    {**domain(n, kappa, l0).ranges, sharpness: POSITIVE}, (),
    {**domain(n, kappa, l0).meanings, sharpness: "factor of scalable softmax"},
)  # fmt: skip
scalable_softmax = _gain(
    "scalable-softmax", "scalable softmax has the gain n^(sigma (kappa log n - l0))",
    sp.exp(sharpness * log_n * of_needle) / sp.exp(sharpness * log_n * of_rest),
    n ** (sharpness * (kappa * log_n - l0)), n ** (sharpness * (kappa * log_n)), "the other logits dropped",
    WITH_SHARPNESS,
)  # fmt: skip
sigmoid = _gain(
    "sigmoid", "the weights of sigmoid attention have the quotient (1 + n exp(-l0))/(1 + n^(1 - kappa))",
    sigma(of_needle - log_n) / sigma(of_rest - log_n), sigmoid_gain(kappa, l0, n),
    (1 + sp.exp(-l0)) / (1 + n**-kappa), "without the bias",
)  # fmt: skip
relu_squared = _gain(
    "relu-squared", "squared ReLU has the gain (kappa log n/l0)^2", by_features(lambda x: rectified(x) ** 2),
    polynomial_gain(kappa, l0, n, 2), polynomial_gain(kappa, l0, n, 1), "not squared",
)  # fmt: skip
elu = _gain(
    "elu", "elu + 1 has the gain ((L+1)(kappa L + 1) + 2)/((L+1) + 2 (l0+1)), L = sqrt(log n)",
    by_features(lambda x: x + 1), elu_gain(kappa, l0, L), kappa * log_n / l0, "that of linear attention",
)  # fmt: skip
exponential = _gain(
    "exponential", "the features [e^x, e^-x] have the gain (cosh((1+kappa) L) + cosh 1)/(cosh L + cosh(1 + l0))",
    by_features(sp.exp, lambda x: sp.exp(-x)), exponential_gain(kappa, l0, L),
    sp.cosh((1 + kappa) * L) / sp.cosh(L), "the second coordinate dropped",
)  # fmt: skip

LOUD = sp.Ge(n * (1 - sp.exp(-l0)), 2, evaluate=False)
sigmoid_keeps = declare(
    "separation.cross.sigmoid-keeps",
    "where n (1 - exp(-l0)) >= 2 the majority outvotes the needle in sigmoid attention, whatever kappa is",
    sp.Lt(sigmoid_gain(kappa, l0, n), n - 1, evaluate=False),
    domain(n, kappa, l0, hypotheses=(LOUD,)),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[sigmoid.id],
    spoiled=[Spoiled("2 replaced by 1", domain=domain(n, kappa, l0, hypotheses=(sp.Ge(LOUD.lhs, 1, evaluate=False),)))],
)


@evidence_for(sigmoid_keeps, Method.DERIVED)
@derived
def _sigmoid_keeps() -> Derivation:
    return (
        Derivation(sigmoid_gain(kappa, l0, n))
        .less(1 + n * sp.exp(-l0), by=Sign())
        .at_most(n - 1, by=Sign("by hypothesis", given={LOUD: sp.S.One}))
    )


alpha = entmax.alpha
alone = sp.Le((alpha - 1) * of_rest, (alpha - 1) * of_needle - 1, evaluate=False)


def length_needed(alpha, kappa, l0):
    """The number of keys from which on alpha-entmax gives the needle all the weight."""
    return sp.exp((l0 + 1 / (alpha - 1)) / kappa)


def _takes_all(length) -> sp.Basic:
    return sp.Equivalent(alone, sp.Ge(n, length, evaluate=False), evaluate=False)


takes_all = declare(
    "separation.cross.takes-all",
    "alpha-entmax gives the needle all the weight if and only if n >= exp((l0 + 1/(alpha-1))/kappa)",
    _takes_all(length_needed(alpha, kappa, l0)),
    Domain(
        {**domain(n, kappa, l0).ranges, alpha: sp.Interval.open(1, sp.oo)}, (),
        {**domain(n, kappa, l0).meanings, alpha: "2 for sparsemax, 3/2 for entmax"},
    ),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=[entmax.pair.id],
    spoiled=[Spoiled("alpha - 1 replaced by alpha", _takes_all(length_needed(alpha + 1, kappa, l0)))],
)  # fmt: skip


@evidence_for(takes_all, Method.DERIVED)
@derived
def _takes_all_proof() -> Equivalences:
    by_pair = Lemma(entmax.pair.id, {entmax.alpha: alpha, entmax.S: of_needle, entmax.t: of_rest})
    needed = (l0 + 1 / (alpha - 1)) / kappa
    return (
        Equivalences(alone)
        .iff(sp.Ge(of_needle - of_rest, 1 / (alpha - 1), evaluate=False), by=by_pair)
        .iff(sp.Ge(log_n, needed, evaluate=False), by=Rearrange(1 / kappa))
        .iff(sp.Ge(sp.exp(log_n), sp.exp(needed), evaluate=False), by=ApplyMonotone(sp.exp, REALS))
        .iff(sp.Ge(n, sp.exp(needed), evaluate=False), by=Rearrange())
    )


GAPS = Domain({n: RANGES[n], g: sp.Interval(0, sp.oo)}, (), {n: MEANINGS[n], g: "kappa log n - l0"})
w, u = affine_weights(g, n)
OUTVOTES = sp.Gt(w - (n - 1) * u, 0, evaluate=False)


def _flip(needed) -> sp.Basic:
    return sp.Equivalent(OUTVOTES, sp.Gt(2 * (n - 1) * g, needed, evaluate=False), evaluate=False)


affine_flip = declare(
    "separation.cross.affine-flip",
    "InLine attention, and sparsemax for g <= 1, outvote the majority if and only if 2 (n-1) g > n - 2",
    _flip(n - 2),
    GAPS,
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.kernels.inline-row", "separation.kernels.sparsemax-row"],
    spoiled=[Spoiled("n - 2 replaced by n - 1", _flip(n - 1))],
)


@evidence_for(affine_flip, Method.DERIVED)
@derived
def _affine_flip() -> Equivalences:
    return Equivalences(OUTVOTES).iff(sp.Gt(2 * (n - 1) * g, n - 2, evaluate=False), by=Rearrange(n))
