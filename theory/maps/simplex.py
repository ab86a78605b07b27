"""Maps that project the scores on the simplex, with weights that are exactly 0: sparsemax and 3/2-entmax.

alpha-entmax takes the weights max((alpha - 1) s - tau, 0)^(1/(alpha - 1)), tau such that they sum to one: sparsemax is
alpha = 2, softmax the limit alpha -> 1. Claims: rooms `sparsemax` and `entmax`.
"""

from __future__ import annotations

from theory.maps.attention_map import AttentionMap, Cost, Normaliser, d, n

SPARSEMAX, ENTMAX = "Martins and Astudillo, arXiv 1602.02068", "Peters et al., arXiv 1905.05702"
WHOLE = {"whole": Cost(4 * n**2 * d, 3 * n**2)}  # the scores, sorted and with running sums

MAPS = (
    AttentionMap(
        "sparsemax", "projection of the scores on the simplex", SPARSEMAX, Normaliser.SIMPLEX, costs=WHOLE,
        claims=tuple(f"maps.sparsemax.{name}" for name in ("coordinate", "optimal", "support", "prefix", "pair")),
    ),
    AttentionMap(
        "entmax", "3/2-entmax, between softmax and sparsemax", ENTMAX, Normaliser.SIMPLEX, costs=WHOLE,
        claims=("maps.entmax.coordinate", "maps.entmax.pair"),
    ),
)  # fmt: skip
