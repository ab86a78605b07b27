"""Operations of matrix products, and of programs made of them.

Claim. A product of an a x b by a b x c matrix takes 2 a b c operations: a multiplication and an addition for each of
the a b c terms, as compilers count them (the first addition of a sum, to 0, among them).
Source. Folklore; the convention is that of XLA's cost analysis.
Why. Three nested sums of the constant 2.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import EvaluateSum

rows, inner, columns = sp.symbols("a b c", integer=True, positive=True)
i, j, k = sp.symbols("i j k", integer=True, positive=True)


def written_out(rows: Any, inner: Any, columns: Any) -> sp.Expr:
    """The operations of one product, term by term, as nested sums."""
    return sp.Sum(2, (k, 1, inner), (j, 1, columns), (i, 1, rows))


@dataclass(frozen=True)
class Product:
    """A product of a rows x inner by an inner x columns matrix."""

    rows: Any
    inner: Any
    columns: Any

    @property
    def operations(self) -> sp.Expr:
        return 2 * self.rows * self.inner * self.columns

    @property
    def written_out(self) -> sp.Expr:
        return written_out(self.rows, self.inner, self.columns)


def operations(products: Iterable[Product]) -> sp.Expr:
    """The operations of some products, in closed form."""
    return sp.Add(*(product.operations for product in products))


SIZES = Domain(
    {rows: sp.Range(1, sp.oo), inner: sp.Range(1, sp.oo), columns: sp.Range(1, sp.oo)},
    (),
    {rows: "rows of the left factor", inner: "its columns", columns: "columns of the right factor"},
)
one_product = declare(
    "complexity.products.one",
    "an a x b by b x c product takes 2 a b c operations",
    sp.Eq(written_out(rows, inner, columns), 2 * rows * inner * columns, evaluate=False),
    SIZES,
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled(
            "the additions left out",
            sp.Eq(written_out(rows, inner, columns), rows * inner * columns, evaluate=False),
        )
    ],
)


@evidence_for(one_product, Method.DERIVED)
@derived
def _one_product() -> Derivation:
    return Derivation(written_out(rows, inner, columns)).equal(2 * rows * inner * columns, by=EvaluateSum())
