"""Recurrent maps: retention, gated linear attention, the delta rule. All are causal, and none has a normaliser.

A state S_t of d x d numbers takes in one token after another and is read by o_t = S_t^T q_t:

    retention      S_t = gamma S_(t-1) + k_t v_t^T,              0 < gamma <= 1
    gated linear   S_t = Diag(g_t) S_(t-1) + k_t v_t^T,          0 < g_t <= 1, a gate for each channel, from the token
    delta rule     S_t = (I - beta_t k_t k_t^T) S_(t-1) + beta_t k_t v_t^T,      |k_t| = 1, 0 <= beta_t <= 2

Costs. "whole" forms the n x n weights, "recurrent" goes token by token, "chunked" takes chunks of `block` tokens and
carries the state between them. As everywhere, products of matrices are counted; decays and gates, done entry by entry,
are not. A triangle of gated weights is halved (`decay_weights`), and that of the delta rule inverted by halves
(`delta_chunks`); chunks are then powers of two.
Claims. `decaying_sums` (parallel = recurrent = chunked), `decay_weights` (middles, windows), `delta_rule` (one write),
`delta_chunks`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.maps.attention_map import AttentionMap, Cost, Normaliser, block, d, n

LENGTH = block * sp.ceiling(n / block)  # n, filled up to whole chunks
POWER = 2 ** sp.ceiling(sp.log(n, 2))  # n, filled up to a power of two


def halved(c: Any) -> Any:
    """The gated triangle of c tokens, c a power of two."""
    return c * (c - 1) * d


def solved(c: Any) -> Any:
    """The triangular system of c tokens, c a power of two, with d right-hand sides: the inverse, and a product."""
    return 2 * c * (c**2 - 1) / 3 + 2 * c**2 * d


def chunks(of_one: Any) -> Any:
    """`of_one`, for every chunk."""
    return sp.expand(of_one / block) * LENGTH


RETENTION = {
    "whole": Cost(4 * n**2 * d, n**2),
    "recurrent": Cost(4 * n * d**2, d**2),
    "chunked": Cost(chunks(4 * block * d**2 + 4 * block**2 * d), block**2 + 2 * d**2),
}
GATED = {
    "whole": Cost(halved(POWER) + 2 * n**2 * d, POWER**2 + 2 * POWER * d),
    "recurrent": Cost(4 * n * d**2, d**2),
    "chunked": Cost(
        chunks(4 * block * d**2 + 2 * block**2 * d + halved(block)), block**2 + 4 * block * d + 2 * d**2
    ),
}  # fmt: skip
DELTA = {
    "whole": Cost(6 * n**2 * d + solved(POWER), 3 * POWER**2 + n * d),
    "recurrent": Cost(6 * n * d**2, d**2 + d),
    "chunked": Cost(
        chunks(6 * block * d**2 + 6 * block**2 * d + solved(block)), 3 * block**2 + 2 * block * d + 2 * d**2
    ),
}  # fmt: skip


def _claims(*names: str) -> tuple[str, ...]:
    return tuple(f"maps.recurrent.{name}" for name in names)


MAPS = (
    AttentionMap(
        "retention", "retention: a state that decays at one rate; causal only", "Sun et al., arXiv 2307.08621",
        Normaliser.NONE, features=d, state=d**2, costs=RETENTION,
        claims=_claims(
            "retention-parallel", "retention-chunk", "retention-split", "no-decay", "retention-mass",
            "retention-bounded", "retention-window",
        ),
    ),
    AttentionMap(
        "gated-linear", "gated linear attention: each channel of the keys decays at its own rate; causal only",
        "Yang et al., arXiv 2312.06635", Normaliser.NONE, features=d, state=d**2, costs=GATED,
        claims=_claims("gated-parallel", "gated-chunk", "gated-split", "gated-middle", "halved-triangle"),
    ),
    AttentionMap(
        "delta-rule", "the delta rule: a write replaces what was stored under its key; causal only",
        "Yang et al., arXiv 2406.06484", Normaliser.NONE, state=d**2, costs=DELTA,
        claims=_claims(
            "delta-write", "delta-replaces", "delta-elsewhere", "delta-contraction", "delta-norm", "delta-wy-2",
            "delta-wy-3", "delta-corrections-2", "delta-corrections-3", "delta-chunk", "delta-halves", "halved-inverse",
        ),
    ),
)  # fmt: skip
