"""Linear maps whose features are simple functions of the coordinates: the identity, elu + 1, ReLU and its square,
exponentials, DPFP, cosFormer.

Their kernel is no function of the score alone, except for the identity's. Claims: rooms `linear_weights` and
`cosine_weights`. Features are made coordinate by coordinate, which takes no matrix product.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.maps.attention_map import AttentionMap, Normaliser, d, s
from theory.maps.random_features import linear_costs

shifts = sp.Symbol("nu", integer=True, positive=True)  # of DPFP: how many neighbours a coordinate is multiplied by
ALL, SCALE = "one-more-key", ("query-scale", "relu-homogeneous")


def _map(
    name: str,
    title: str,
    reference: str,
    features: Any,
    claims: tuple[str, ...],
    normaliser: Normaliser = Normaliser.ROW_SUM,
    **more: Any,
) -> AttentionMap:
    named = tuple(f"maps.linear.{claim}" for claim in (ALL, *claims))
    return AttentionMap(
        name, title, reference, normaliser, features=features, state=features * (d + 1) + 1,
        costs=linear_costs(features, 0), claims=(*named, *more.pop("further", ())), **more,
    )  # fmt: skip


MAPS = (
    _map(
        "identity-linear", "the scores, divided by the sum of the row", "Deng et al., arXiv 2310.11685", d,
        ("query-scale",), kernel=s, domain=sp.Gt(s, 0),
    ),
    _map(
        "identity-linear-unnormalised", "the scores themselves; they may be negative", "Deng et al., arXiv 2310.11685",
        d, (), Normaliser.NONE, kernel=s,
    ),
    _map("elu", "features elu + 1", "Katharopoulos et al., arXiv 2006.16236", d, ("elu-positive",)),
    _map("relu", "features max(x, 0)", "folklore", d, SCALE),
    _map("relu-squared", "features max(x, 0)^2", "folklore", d, SCALE),
    _map(
        "exponential-features", "features [e^x, e^-x]", "Zhang et al., arXiv 2402.04347 (Hedgehog)", 2 * d,
        ("exponential-kernel", "exponential-least"),
    ),
    _map(
        "exponential-features-softmax", "features [e^x, e^-x], divided by their sum",
        "Zhang et al., arXiv 2402.04347 (Hedgehog)", 2 * d, (),
    ),
    _map(
        "dpfp", "products of rectified coordinates and their neighbours", "Schlag et al., arXiv 2102.11174",
        2 * d * shifts, (*SCALE, "dpfp-opposite"),
    ),
    _map(
        "cosformer", "ReLU features with a cosine of the distance of two tokens", "Qin et al., arXiv 2202.08791", 2 * d,
        ("relu-homogeneous",), Normaliser.CLAMPED,
        further=tuple(f"maps.cosformer.{name}" for name in ("decomposition", "positive", "negative")),
    ),
)  # fmt: skip
