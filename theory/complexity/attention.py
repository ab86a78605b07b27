"""Operations of attention in each of its forms, for n tokens, head dimension d, value dimension e and r features.

Hypotheses. Queries and keys n x d, values n x e; features are given (r of them); n = c block for the forms in blocks.
Claims. Softmax takes 2 n^2 (d + e) operations in matrix products, and in blocks the same. Linear attention takes
4 n r (e + 1) as a whole, the 1 being the normaliser; in c chunks of `block` tokens 2 n block (r + e + 1) more; a step
of decoding takes 4 r (e + 1), whatever came before. Linear attention as a whole takes fewer operations than softmax
if and only if 2 r (e + 1) < n (d + e).
Source. Derived here; the forms are those of arXiv 2006.16236 and 2312.06635.
Why. Each form is a list of matrix products; what is done entry by entry is of lower order and is not counted.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.complexity.matrix_products import Product, operations
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import MEANINGS, block, d, m, n, r
from theory.reasons import Algebra, EvaluateSum, Rearrange

e = sp.Symbol("e", integer=True, positive=True)
c = sp.Symbol("c", integer=True, positive=True)
chunk, other = sp.symbols("chunk other", integer=True, positive=True)

RANGES = {symbol: sp.Range(1, sp.oo) for symbol in (n, d, e, r, m, block, c)}
WORDS = {**MEANINGS, e: "value dimension", c: "number of blocks"}

# The products of each form, for one head. "blockwise" and "chunked" list those of one block.
PRODUCTS: Mapping[str, tuple[Product, ...]] = {
    "softmax": (Product(n, d, n), Product(n, n, e)),
    "softmax-blockwise": (Product(block, d, block), Product(block, block, e)),
    "linear": (Product(r, n, e + 1), Product(n, r, e + 1)),
    "linear-chunked": (
        Product(block, r, block),
        Product(block, block, e + 1),
        Product(block, r, e + 1),
        Product(r, block, e + 1),
    ),
    "linear-step": (Product(r, 1, e + 1), Product(1, r, e + 1)),
    "linformer": (Product(m, n, d), Product(m, n, e), Product(n, d, m), Product(n, m, e)),
}


def _domain(*symbols: sp.Symbol) -> Domain:
    return Domain({s: RANGES[s] for s in symbols}, (), {s: WORDS[s] for s in symbols})


def _declare(
    name: str, title: str, left, right, spoiled, why: str, symbols: tuple[sp.Symbol, ...], *, measured: bool = True
) -> Claim:
    """Declare left = right, whose spoiled variant says left = spoiled."""
    return declare(
        f"complexity.attention.{name}",
        title,
        sp.Eq(left, right, evaluate=False),
        _domain(*symbols),
        Kind.IDENTITY,
        derived_here(),
        {Method.DERIVED, Method.MEASURED} if measured else {Method.DERIVED},
        module=__name__,
        rests_on=["complexity.products.one"],
        spoiled=[Spoiled(why, sp.Eq(left, spoiled, evaluate=False))],
    )


def _written_out(name: str) -> sp.Expr:
    return sp.Add(*(product.written_out for product in PRODUCTS[name]))


def _evaluated(claim: Claim, left: sp.Expr, right: sp.Expr, middle: sp.Expr) -> None:
    def build() -> Derivation:
        return Derivation(left).equal(middle, by=EvaluateSum()).equal(right, by=Algebra())

    evidence_for(claim, Method.DERIVED)(derived(build))


FORMULAS: dict[str, sp.Expr] = {
    "softmax": 2 * n**2 * (d + e),
    "softmax-blockwise": 2 * (c * block) ** 2 * (d + e),
    "linear": 4 * n * r * (e + 1),
    "linear-chunked": 4 * c * block * r * (e + 1) + 2 * c * block**2 * (r + e + 1),
    "linear-step": 4 * r * (e + 1),
    "linformer": 4 * n * m * (d + e),
}

softmax = _declare(
    "softmax", "softmax attention takes 2 n^2 (d + e) operations", _written_out("softmax"), FORMULAS["softmax"],
    2 * n**2 * d, "the product with the values left out", (n, d, e),
)  # fmt: skip
_evaluated(softmax, _written_out("softmax"), FORMULAS["softmax"], operations(PRODUCTS["softmax"]))

in_blocks = sp.Sum(_written_out("softmax-blockwise"), (chunk, 1, c), (other, 1, c))
blockwise = _declare(
    "softmax-blockwise", "in blocks softmax takes as many operations, 2 (c block)^2 (d + e) for c blocks", in_blocks,
    FORMULAS["softmax-blockwise"], FORMULAS["softmax-blockwise"] / 2, "half of it, as if it were causal",
    (block, c, d, e),
)  # fmt: skip
_evaluated(blockwise, in_blocks, FORMULAS["softmax-blockwise"], c**2 * operations(PRODUCTS["softmax-blockwise"]))

linear = _declare(
    "linear", "linear attention takes 4 n r (e + 1) operations", _written_out("linear"), FORMULAS["linear"],
    2 * n * r * (e + 1), "the sums over the keys left out", (n, r, e),
)  # fmt: skip
_evaluated(linear, _written_out("linear"), FORMULAS["linear"], operations(PRODUCTS["linear"]))

in_chunks = sp.Sum(_written_out("linear-chunked"), (chunk, 1, c))
chunked = _declare(
    "linear-chunked", "in chunks linear attention takes 2 n block (r + e + 1) operations more, n = c block", in_chunks,
    FORMULAS["linear-chunked"], 4 * c * block * r * (e + 1), "the triangles inside the chunks left out",
    (block, c, r, e),
)  # fmt: skip
_evaluated(chunked, in_chunks, FORMULAS["linear-chunked"], c * operations(PRODUCTS["linear-chunked"]))

step = _declare(
    "linear-step", "a step of decoding takes 4 r (e + 1) operations, whatever came before", _written_out("linear-step"),
    FORMULAS["linear-step"], 2 * r * (e + 1), "the read-out left out", (r, e), measured=False,
)  # fmt: skip
_evaluated(step, _written_out("linear-step"), FORMULAS["linear-step"], operations(PRODUCTS["linear-step"]))

linformer = _declare(
    "linformer", "Linformer with m projected keys takes 4 n m (d + e) operations", _written_out("linformer"),
    FORMULAS["linformer"], 2 * n * m * (d + e), "the projections left out", (n, m, d, e),
)  # fmt: skip
_evaluated(linformer, _written_out("linformer"), FORMULAS["linformer"], operations(PRODUCTS["linformer"]))

cheaper = sp.Lt(FORMULAS["linear"], FORMULAS["softmax"], evaluate=False)
crossover = sp.Lt(2 * r * (e + 1), n * (d + e), evaluate=False)
linear_is_cheaper = declare(
    "complexity.attention.linear-is-cheaper",
    "linear attention takes fewer operations than softmax if and only if 2 r (e + 1) < n (d + e)",
    sp.Equivalent(cheaper, crossover, evaluate=False),
    _domain(n, d, e, r),
    Kind.IFF,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=["complexity.attention.softmax", "complexity.attention.linear"],
    spoiled=[
        Spoiled(
            "the factor 2 dropped",
            sp.Equivalent(cheaper, sp.Lt(r * (e + 1), n * (d + e), evaluate=False), evaluate=False),
        )
    ],
)


@evidence_for(linear_is_cheaper, Method.DERIVED)
@derived
def _linear_is_cheaper() -> Equivalences:
    return Equivalences(cheaper).iff(crossover, by=Rearrange(1 / (2 * n)))
