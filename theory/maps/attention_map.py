"""An attention map as a mathematical object, in symbols that all rooms share.

A map turns queries q_i, keys k_j and values v_j, i, j = 1..n, into outputs o_i. Most are o_i = sum_j w_ij v_j with w_ij
from a kernel of the score s_ij = q_i.k_j (temperature absorbed). `catalogue` holds one object for each map; the
running twin of the map called `name` is `numerics.maps.registry.named(name, ...)`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy as sp
from sympy.logic.boolalg import Boolean

n = sp.Symbol("n", integer=True, positive=True)
d = sp.Symbol("d", integer=True, positive=True)
r = sp.Symbol("r", integer=True, positive=True)
m = sp.Symbol("m", integer=True, positive=True)
p = sp.Symbol("p", integer=True, positive=True)
block = sp.Symbol("block", integer=True, positive=True)
s = sp.Symbol("s", real=True)

MEANINGS = {
    n: "number of tokens, queries and keys alike",
    d: "head dimension, of keys and values alike",
    r: "number of features",
    m: "number of random frequencies, landmarks or projected keys",
    p: "degree",
    block: "tokens in a block or chunk",
    s: "score q.k, temperature absorbed",
}


class Normaliser(enum.Enum):
    """What a row of kernel values becomes a row of weights by."""

    ROW_SUM = "divided by its sum"
    SIMPLEX = "projected on the simplex"
    SUBTRACTED = "shifted so that it sums to one; entries may be negative"
    CLAMPED = "divided by its sum, or by a least value where that is smaller"
    NONE = "not at all"


@dataclass(frozen=True)
class Cost:
    """Operations and memory of one head, as exact formulas in n, d, r, m, p and block.

    operations: floating-point multiplications and additions of the matrix products, counted as XLA counts them (2 n m d
        for an n x d by d x m product). memory: numbers that live at once besides inputs and outputs.
    """

    operations: sp.Expr
    memory: sp.Expr


@dataclass(frozen=True)
class AttentionMap:
    """One attention map.

    name: permanent, in words joined by hyphens. title: one line for lists. reference: where it comes from.
    kernel: of the score `s`, for maps whose weights are a kernel of the score (for random maps: its expectation).
    features: the number r of features in d, m, p, for maps that factor through a feature map; None for the others.
    state: how many numbers a decoder keeps after any number of tokens; None where it must keep the past.
    domain: for which scores the weights are defined and non-negative.
    costs: of each form that is implemented, by its name ("whole", "blockwise", "chunked", "recurrent").
    """

    name: str
    title: str
    reference: str
    normaliser: Normaliser
    kernel: sp.Expr | None = None
    features: sp.Expr | None = None
    state: sp.Expr | None = None
    random: bool = False
    domain: Boolean = sp.true
    costs: Mapping[str, Cost] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
