"""Maps that exponentiate scores: softmax, whole and in blocks, and scalable softmax.

Softmax divides exp(s_ij) by its row sum. In blocks of `block` queries and keys it holds one block of scores at a time
(arXiv 1805.02867); causal blocks above the diagonal are not visited. Scalable softmax multiplies the scores by
s log n (arXiv 2501.19399). None of them has a state of constant size: to decode, all keys and values are kept.
Claims. `softmax_rows` (blocks, shifts, sums), `dispersion` (how large a weight can be), `softmax_jacobian`.
"""

from __future__ import annotations

import sympy as sp

from theory.maps.attention_map import AttentionMap, Cost, Normaliser, block, d, n, s

sharpness = sp.Symbol("s_1", positive=True)  # the learnt factor of scalable softmax

blocks = sp.ceiling(n / block)
LENGTH = block * blocks  # n, filled up to whole blocks

WHOLE = {"whole": Cost(4 * n**2 * d, n**2)}
HELD = block**2 + block * (d + 2) + 2 * n  # one block of scores, the sums of its rows, and two numbers for each query
BLOCKWISE = {
    "blockwise": Cost(4 * LENGTH**2 * d, HELD),
    "blockwise causal": Cost(2 * LENGTH * (LENGTH + block) * d, HELD),
    # scores again, and four products; the gradient of the queries is held whole
    "blockwise gradient": Cost(10 * LENGTH**2 * d, 2 * block**2 + 2 * block * d + n * (d + 2)),
    "blockwise gradient causal": Cost(5 * LENGTH * (LENGTH + block) * d, 2 * block**2 + 2 * block * d + n * (d + 2)),
}

ROWS = ("maps.softmax.merged-blocks", "maps.softmax.shift", "maps.softmax.row-sum")
NORMS = ("maps.softmax.jacobian-rows", "maps.softmax.jacobian-spectral")

MAPS = (
    AttentionMap(
        "softmax", "softmax attention", "Vaswani et al., arXiv 1706.03762", Normaliser.ROW_SUM, kernel=sp.exp(s),
        costs=WHOLE | BLOCKWISE, claims=(*ROWS, "maps.softmax.dispersion", *NORMS),
    ),
    AttentionMap(
        "softmax-blockwise", "softmax attention, block by block", "Milakov and Gimelshein, arXiv 1805.02867",
        Normaliser.ROW_SUM, kernel=sp.exp(s), costs=BLOCKWISE, claims=ROWS,
    ),
    AttentionMap(
        "scalable-softmax", "softmax attention with scores times s log n", "Nakanishi, arXiv 2501.19399",
        Normaliser.ROW_SUM, kernel=n ** (sharpness * s), costs=WHOLE | BLOCKWISE,
        claims=(*ROWS, "maps.scalable-softmax.concentration"),
    ),
)  # fmt: skip
