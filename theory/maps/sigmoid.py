"""Sigmoid attention: each weight depends on its own score only. Claims: room `sigmoid_weights`."""

from __future__ import annotations

import sympy as sp

from theory.maps.attention_map import AttentionMap, Cost, Normaliser, d, n, s


def sigma(z: sp.Expr) -> sp.Expr:
    return 1 / (1 + sp.exp(-z))


MAPS = (
    AttentionMap(
        "sigmoid", "sigmoid attention with bias -log n", "Ramapuram et al., arXiv 2409.04431", Normaliser.NONE,
        kernel=sigma(s - sp.log(n)), costs={"whole": Cost(4 * n**2 * d, n**2)},
        claims=("maps.sigmoid.as-softmax", "maps.sigmoid.row-sum", "maps.sigmoid.difference"),
    ),
)  # fmt: skip
