"""Linear maps whose kernel is a polynomial of the score: powers, Taylor's polynomials of exp, and fitted ones.

Their features are monomials, binom(d + p - 1, p) of degree p and binom(d + p, p) up to it (room `monomials`). Inside a
chunk the kernel comes from the scores, not from the features. Claims: rooms `monomials`, `taylor_kernel`, `minimax`;
what degree finds a needle is in `theory.separation.kernels`.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.maps.attention_map import AttentionMap, Normaliser, d, p, s
from theory.maps.random_features import linear_costs

B = sp.Symbol("B", positive=True)  # the scores of a fitted polynomial are to lie in [-B, B]
j = sp.Symbol("j", integer=True, positive=True)

OF_DEGREE, UP_TO_DEGREE = sp.binomial(d + p - 1, p), sp.binomial(d + p, p)
EVEN = sp.Eq(sp.Mod(p, 2), 0)
TAYLOR = 1 + sp.Sum(s**j / sp.factorial(j), (j, 1, p))
SERIES = sp.besseli(0, B) + 2 * sp.Sum(sp.besseli(j, B) * sp.chebyshevt(j, s / B), (j, 1, p))
ALL = ("maps.linear.one-more-key", "maps.polynomial.one-more-coordinate", "maps.polynomial.coefficient")
COUNT = "maps.polynomial.number"


def _map(
    name: str, title: str, reference: str, features: Any, kernel: Any, domain: Any, claims: tuple[str, ...]
) -> AttentionMap:
    return AttentionMap(
        name, title, reference, Normaliser.ROW_SUM, kernel=kernel, features=features, state=features * (d + 1) + 1,
        domain=domain, costs=linear_costs(features, 0, scores=d), claims=(*ALL, COUNT, *claims),
    )  # fmt: skip


MAPS = (
    _map(
        "polynomial", "a power of the score", "Kacham et al., arXiv 2310.01655", OF_DEGREE, s**p, sp.Or(EVEN, s >= 0),
        ("maps.linear.query-scale", *(f"maps.polynomial.features-{dimension}" for dimension in (1, 2, 3, 4))),
    ),
    _map(
        "taylor", "the Taylor polynomial of exp", "Arora et al., arXiv 2402.18668 (p = 2)", UP_TO_DEGREE, TAYLOR,
        sp.Or(EVEN, s >= 0),
        (
            *(f"maps.taylor.features-{dimension}" for dimension in (1, 2, 3, 4)),
            *(f"maps.taylor.{claim}" for claim in ("least-2", "square-2", "above-exponential", "at-least-one")),
            "maps.taylor.positive", "maps.taylor.odd-degree",
        ),
    ),
    _map(
        "chebyshev", "Chebyshev's series of exp on [-B, B], cut off after degree p", "Alman and Song, arXiv 2302.13214",
        UP_TO_DEGREE, SERIES, sp.Gt(SERIES, 0),
        (
            "maps.polynomial.signs", "maps.minimax.weight", "maps.chebyshev.series-error-2",
            "maps.chebyshev.series-least-2",
        ),
    ),
    _map(
        "minimax", "the polynomial of degree p with the least relative error to exp on [-B, B]",
        "Alman and Song, arXiv 2302.13214", UP_TO_DEGREE, None, sp.Le(sp.Abs(s), B),
        ("maps.polynomial.signs", "maps.minimax.weight", "maps.minimax.least-error-2", "maps.minimax.error-2"),
    ),
)  # fmt: skip
