"""Operations of matrix products in a compiled program, told from XLA's count of everything.

XLA counts every operation of a program, those done entry by entry included. Let all sizes grow in proportion to t. A
matrix product then takes a multiple of t^3 operations and everything done entry by entry at most a multiple of t^2,
so the products are the cubic part of the count, which is a polynomial in t: its third difference is 6 times the
coefficient of t^3, exactly, and its fourth difference is 0. The body of a loop is counted once, however often it runs.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import sympy as sp

from numerics.environment import devices
from theory.claim import Claim
from theory.evidence import Check, Effort, Finding, Verdict

TIMES = (2, 3, 4, 5, 6)


def counted_operations(function: Callable[..., Any], *shapes: Sequence[int]) -> int:
    """All floating-point operations that XLA counts in a program on float32 arrays of these shapes."""
    import jax
    import jax.numpy as jnp

    arguments = [jax.ShapeDtypeStruct(tuple(shape), jnp.float32) for shape in shapes]
    analysis = jax.jit(function).lower(*arguments).cost_analysis()
    if analysis is None:
        raise RuntimeError("XLA reports no cost of a program on this backend; count on a CPU.")
    return int(analysis["flops"])


def cubic_coefficient(values: Sequence[int]) -> sp.Rational | None:
    """The coefficient of t^3 of a polynomial given at five consecutive t; None unless it is at most cubic there."""
    differences = list(map(sp.Integer, values))
    for _ in range(3):
        differences = [after - before for before, after in pairwise(differences)]
    first, second = differences
    return sp.Rational(first, 6) if first == second else None


def counted(count: Callable[[int], int], sizes: Callable[[int], Mapping[sp.Symbol, int]], repeated: sp.Expr) -> Check:
    """The check that XLA counts the operations of a claim's right-hand side.

    count: t -> XLA's count of the program of size t. sizes: t -> the sizes of the formula.
    repeated: how often the part that XLA counts once is run, in the symbols of the formula; 1 without a loop.

    HOLDS if the two cubic parts are equal; UNDECIDED if XLA's count is no cubic polynomial.
    """

    def check(claim: Claim, effort: Effort) -> Finding:
        assert isinstance(claim.unfolded, sp.Eq)
        formula = claim.unfolded.rhs / repeated
        found = [count(t) for t in TIMES]
        claimed = cubic_coefficient([formula.subs(sizes(t)) for t in TIMES])
        measured = cubic_coefficient(found)
        scope = f"programs of sizes {sizes(1)} times t, t = {TIMES[0]}..{TIMES[-1]}, on {', '.join(devices())}"
        numbers = {"XLA's counts": found, "claimed": str(claimed), "found": str(measured), "seed": effort.seed}
        if measured is None or claimed is None:
            return Finding(
                Verdict.UNDECIDED, scope, "A count is no cubic polynomial in t, so no part is told.", numbers
            )
        verdict = Verdict.HOLDS if claimed == measured else Verdict.REFUTED
        message = f"XLA counts {measured} t^3 operations in matrix products; {claimed} t^3 are claimed."
        return Finding(verdict, scope, message, numbers)

    return check
