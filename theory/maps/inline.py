"""InLine attention: the scores shifted so that a row sums to one. Claims: room `inline_weights`.

Beside the state of linear attention a decoder keeps the sum of the values, and how many there were.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from theory.maps.attention_map import AttentionMap, Cost, Normaliser, d, n, s
from theory.maps.random_features import linear_costs

MEANS = {"whole": d, "chunked": n * d, "recurrent": d + 1}  # of the values: one, or one for each query

MAPS = (
    AttentionMap(
        "inline",
        "scores less their mean, plus 1/n; weights may be negative",
        "Han et al., arXiv 2412.06590",
        Normaliser.SUBTRACTED,
        kernel=s,
        features=d,
        state=d * (d + 1) + 1 + d + 1,
        costs={
            form: Cost(cost.operations, cost.memory + MEANS[form]) for form, cost in linear_costs(d, 0).items()
        },
        claims=(
            "maps.linear.one-more-key",
            *(f"maps.inline.{claim}" for claim in ("row-sum", "output", "difference", "non-negative")),
        ),
    ),
)  # fmt: skip
