"""What the measurements of this room share: exact references of rows, and bounds read from a claim."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import flint
import numpy as np
import sympy as sp
from numpy.typing import NDArray
from sympy.codegen.rewriting import expm1_opt, optimize

from numerics.measure import exact
from theory.claim import Claim

PADDED = 256  # rows run together in an attack: compilers choose code by shape, so the shape is always the same


def bound_of(claim: Claim, order: Sequence[sp.Symbol]) -> Callable[..., Any]:
    """The right-hand side of a claim as a NumPy function, so that a spoiled claim brings its spoiled bound.

    exp(x) - 1 is printed as expm1(x), for the subtraction would leave nothing of a bound close to 1e-16.
    """
    return _printed(claim.unfolded.args[1], tuple(order))


@lru_cache(maxsize=64)
def _printed(bound: sp.Expr, order: tuple[sp.Symbol, ...]) -> Callable[..., Any]:
    return sp.lambdify(order, optimize(bound, [expm1_opt]), modules="numpy")


def exact_softmax(row: NDArray) -> list[flint.arb]:
    """The softmax of a row of floats, entries -inf allowed, at the current precision."""
    largest = exact(row.max())
    terms = [flint.arb(0) if value == -np.inf else (exact(value) - largest).exp() for value in row]
    total = sum(terms, flint.arb(0))
    return [term / total for term in terms]


def exact_product(left: NDArray, right: NDArray) -> list[list[flint.arb]]:
    """The product of two matrices of floats at the current precision."""
    product = matrix(left) * matrix(right)
    return [[product[i, j] for j in range(product.ncols())] for i in range(product.nrows())]


def matrix(values: NDArray) -> flint.arb_mat:
    return flint.arb_mat([[exact(value) for value in row] for row in values])


def padded(run: Callable[[NDArray], Any], rows: NDArray) -> NDArray:
    """`run` on rows, repeated up to the next multiple of PADDED and run in pieces of that many."""
    found = []
    for first in range(0, len(rows), PADDED):
        part = rows[first : first + PADDED]
        filled = np.concatenate([part, np.repeat(part[-1:], PADDED - len(part), axis=0)])
        found.append(np.asarray(run(filled))[: len(part)])
    return np.concatenate(found)


def rounding_objective(
    run: Callable[[NDArray], Any],
    reference: Callable[[NDArray], NDArray],
    allowance: Callable[[NDArray], NDArray],
    dtype: Any,
) -> Callable[[NDArray], NDArray]:
    """log(largest error of a row / its allowance) as a NumPy batch function of the rows' entries, for `attack`.

    reference: the exact result as nearly as a wider format gives it; it only steers the search.
    """

    def objective(points: NDArray) -> NDArray:
        rows = points.astype(dtype)
        error = np.abs(padded(run, rows).astype(np.longdouble) - reference(rows.astype(np.longdouble)))
        with np.errstate(divide="ignore"):
            return np.log((error / allowance(rows)).max(axis=-1)).astype(np.float64)

    return objective


def largest_error(found: NDArray, claimed: Sequence[flint.arb], allowed: NDArray) -> flint.arb:
    """The largest |found - claimed| / allowed of a row, in Arb."""
    ratios = [abs(exact(a) - b) / exact(c) for a, b, c in zip(found, claimed, allowed, strict=True)]
    return max(ratios, key=lambda ratio: float(ratio.mid()))
