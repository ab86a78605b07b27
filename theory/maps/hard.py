"""Hard attention: the mean of the values whose keys have the largest score. It is the limit of softmax as the
temperature goes to 0, at the rate that `dispersion` gives (claim `maps.hard.limit`).
"""

from __future__ import annotations

from theory.maps.attention_map import AttentionMap, Cost, Normaliser, d, n

MAPS = (
    AttentionMap(
        "hard",
        "arg max, ties shared",
        "the limit of softmax as temperature goes to 0",
        Normaliser.SIMPLEX,
        costs={"whole": Cost(4 * n**2 * d, n**2)},
        claims=("maps.hard.limit",),
    ),
)
