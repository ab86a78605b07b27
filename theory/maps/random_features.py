"""Random features of the softmax kernel: the maps, and their features as functions of one Gaussian frequency.

Hypotheses. w ~ N(0, I_d) is a frequency, q and k are vectors, score = q.k (temperature absorbed), sigma = |q + k|^2 and
delta = |q - k|^2. A map draws m frequencies and uses phi(x) = (f(w_1, x), .., f(w_m, x))/sqrt(m), where f(w, x) is

    trigonometric   e^(|x|^2/2) [cos w.x, sin w.x]
    shifted         e^(|x|^2/2) sqrt 2 cos(w.x + b), b a uniform phase
    positive        e^(w.x - |x|^2/2)
    hyperbolic      e^(-|x|^2/2) [e^(w.x), e^(-w.x)]/sqrt 2
    optimal         (1 - 4A)^(d/4) e^(A |w|^2 + sqrt(1 - 4A) w.x - |x|^2/2), A < 1/8.

Claims. `unbiased_features` (every one has the mean e^(q.k)), `feature_variance`, `optimal_features`,
`orthogonal_features`.
Source. Choromanski et al., arXiv 2009.14794 (trigonometric, positive, hyperbolic); Likhosherstov et al., arXiv
2205.15317 (optimal); Rahimi and Recht (2007) for the two trigonometric ones.
Why. w enters through w.q and w.k only, which are jointly normal with the Gram matrix of q and k.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from theory.claim import Domain
from theory.maps.attention_map import MEANINGS, AttentionMap, Cost, Normaliser, block, d, m, n, s
from theory.reasons.gaussian import SQUARED_NORM, expectation, normal, phase

w_q, w_k = normal("q"), normal("k")
qq, kk = sp.symbols("|q|^2 |k|^2", nonnegative=True)
score = sp.Symbol("q.k", real=True)
A = sp.Symbol("A", real=True)
shift = phase("b")

REAL, HALF_LINE = sp.Interval(-sp.oo, sp.oo), sp.Interval(0, sp.oo)
BELOW_AN_EIGHTH = sp.Interval.open(-sp.oo, sp.Rational(1, 8))
WORDS: dict[sp.Symbol, str] = {
    qq: "|q|^2", kk: "|k|^2", score: "score, temperature absorbed", m: "number of frequencies", d: MEANINGS[d],
    A: "weight of |w|^2 in the exponent",
}  # fmt: skip
sigma = qq + 2 * score + kk
delta = qq - 2 * score + kk


def vectors(*more: sp.Symbol, ranges: Mapping[sp.Symbol, sp.Set] | None = None) -> Domain:
    """All pairs of vectors q, k, through their Gram matrix, with a range for each further symbol."""
    known = {m: sp.Range(1, sp.oo), d: sp.Range(1, sp.oo), A: BELOW_AN_EIGHTH, **(ranges or {})}
    symbols = (qq, kk, score, *more)
    return Domain(
        {qq: HALF_LINE, kk: HALF_LINE, score: REAL, **{symbol: known[symbol] for symbol in more}},
        (sp.Le(score**2, qq * kk, evaluate=False),),
        {symbol: WORDS[symbol] for symbol in symbols if symbol in WORDS},
    )


def mean(body: Any) -> Any:
    """The expectation over a frequency, and over the phase, of an expression in w.q, w.k and |w|^2."""
    phases = [shift] if body.has(shift) else []
    dimension = d if body.has(SQUARED_NORM) else None
    return expectation(body, {(w_q, w_q): qq, (w_q, w_k): score, (w_k, w_k): kk}, phases=phases, dimension=dimension)


# f(w, x) as a vector, from w.x and |x|^2


def trigonometric(w_x: Any, xx: Any) -> tuple[Any, ...]:
    return sp.exp(xx / 2) * sp.cos(w_x), sp.exp(xx / 2) * sp.sin(w_x)


def shifted(w_x: Any, xx: Any) -> tuple[Any, ...]:
    return (sp.exp(xx / 2) * sp.sqrt(2) * sp.cos(w_x + shift),)


def positive(w_x: Any, xx: Any) -> tuple[Any, ...]:
    return (sp.exp(w_x - xx / 2),)


def hyperbolic(w_x: Any, xx: Any) -> tuple[Any, ...]:
    return sp.exp(w_x - xx / 2) / sp.sqrt(2), sp.exp(-w_x - xx / 2) / sp.sqrt(2)


def optimal(w_x: Any, xx: Any) -> tuple[Any, ...]:
    return ((1 - 4 * A) ** (d / 4) * sp.exp(A * SQUARED_NORM + sp.sqrt(1 - 4 * A) * w_x - xx / 2),)


def product(features: Any) -> Any:
    """f(w, q).f(w, k), the estimate that one frequency gives."""
    return sum(a * b for a, b in zip(features(w_q, qq), features(w_k, kk), strict=True))


def linear_costs(features: Any, projection: Any, scores: Any = None) -> dict[str, Cost]:
    """The costs of linear attention with `features` features, whose computation for one token takes `projection`.

    The values have a column of ones, whose sums are the normaliser. Chunks of `block` tokens divide n. Inside a chunk
    the kernel comes from products of vectors of dimension `scores`, the features unless there is a cheaper way.
    """
    sums = 4 * n * features * (d + 1) + 2 * n * projection
    kept = features * (d + 1)
    mapped = 2 * n * features + n * (d + 1)
    inside = 2 * n * block * ((features if scores is None else scores) + d + 1)
    return {
        "whole": Cost(sums, mapped + kept),
        "chunked": Cost(sums + inside, mapped + kept + block**2),
        "recurrent": Cost(sums, kept),
    }


def _map(
    name: str, title: str, reference: str, features: Any, claims: tuple[str, ...], domain: Any = sp.true,
    scales: Any = None,
) -> Any:  # fmt: skip
    """scales: how many largest exponents a decoder keeps, one for each feature by default."""
    scales = features if scales is None else scales
    return AttentionMap(
        name, title, reference, Normaliser.ROW_SUM, kernel=sp.exp(s), features=features,
        state=features * (d + 1) + scales,
        random=True, domain=domain, costs=linear_costs(features, 2 * d * m),
        claims=tuple(f"maps.random.{claim}" for claim in claims),
    )  # fmt: skip


MAPS = (
    _map(
        "random-fourier",
        "trigonometric random features; the weights may be negative",
        "Choromanski et al., arXiv 2009.14794; Peng et al., arXiv 2103.02143",
        2 * m,
        ("trigonometric-unbiased", "trigonometric-variance", "trigonometric-better-iff"),
        scales=1,
    ),
    _map(
        "favor-positive",
        "positive random features with orthogonal frequencies, as in FAVOR+",
        "Choromanski et al., arXiv 2009.14794",
        m,
        ("positive-unbiased", "unfixed-unbiased", "orthogonal-variance-4", "orthogonal-gain-4"),
    ),
    _map(
        "favor-positive-iid",
        "positive random features with independent frequencies",
        "Choromanski et al., arXiv 2009.14794",
        m,
        ("positive-unbiased", "positive-variance"),
    ),
    _map(
        "favor-hyperbolic",
        "hyperbolic random features: each frequency and its opposite",
        "Choromanski et al., arXiv 2009.14794",
        2 * m,
        ("hyperbolic-unbiased", "hyperbolic-variance"),
    ),
    _map(
        "oprf",
        "optimal positive random features, as in FAVOR++",
        "Likhosherstov et al., arXiv 2205.15317",
        m,
        ("optimal-unbiased", "optimal-second-moment", "optimal-parameter", "optimal-minimum"),
    ),
)
