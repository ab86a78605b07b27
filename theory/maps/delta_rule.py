"""The delta rule: what a write does to the state, and when the state does not grow.

Hypotheses. A column s of the state (one coordinate of the values), a key k, 0 < beta, and a value v: the step takes s
to s + beta k (v - k.s). Vectors have any dimension: only their inner products occur, a = k.s, |k|^2, |s|^2, k_1.k_2.
Claims. (delta-write) What is read under k misses v by 1 - beta |k|^2 times what it missed before; (delta-replaces) with
beta |k|^2 = 1 exactly v is read. (delta-elsewhere) Under a key u what is read changes by beta (u.k)(v - a), so not at
all where u.k = 0: the eigenvalues of I - beta k k^T are 1 - beta |k|^2, once, and 1. (delta-contraction) |1 - beta
|k|^2| <= 1 if and only if beta |k|^2 <= 2, and then (delta-norm) forgetting, v = 0, never makes |s| larger.
Source. arXiv 2406.06484. Derived here; chunks of many tokens are in `delta_chunks`.
Why. Everything is a polynomial in inner products.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Rearrange, Sign

beta = sp.Symbol("beta", positive=True)
kk = sp.Symbol("|k|^2", positive=True)
ss = sp.Symbol("|s|^2", nonnegative=True)
a, v, uk, us = sp.symbols("k.s v u.k u.s", real=True)

REALS, POSITIVE = sp.Interval(-sp.oo, sp.oo), sp.Interval.open(0, sp.oo)
RANGES = {beta: POSITIVE, kk: POSITIVE, ss: sp.Interval(0, sp.oo), **dict.fromkeys((a, v, uk, us), REALS)}
WORDS = {
    beta: "strength of the write", kk: "of the key", ss: "of a column of the state", a: "what is read under the key",
    v: "the value written", uk: "of another key and the key", us: "what is read under the other key",
}  # fmt: skip
SOURCE = derived_here("the delta rule of arXiv 2406.06484")


def _domain(*symbols: sp.Symbol, given: tuple = ()) -> Domain:
    return Domain({s: RANGES[s] for s in symbols}, given, {s: WORDS[s] for s in symbols})


def after(read: Any, overlap: Any) -> Any:
    """What is read, after the write, under a key that read `read` before and has this inner product with k."""
    return read + beta * overlap * (v - a)


def identity(
    name: str, title: str, left: Any, right: Any, why: str, wrong: Any, where: Domain, *,
    measured: bool = True, module: str = __name__,
) -> Claim:  # fmt: skip
    """Declare left = right, which algebra shows; its spoiled variant says left = wrong."""
    claim = declare(
        f"maps.recurrent.{name}",
        title,
        sp.Eq(left, right, evaluate=False),
        where,
        Kind.IDENTITY,
        SOURCE,
        {Method.DERIVED, Method.MEASURED} if measured else {Method.DERIVED},
        module=module,
        spoiled=[Spoiled(why, sp.Eq(left, wrong, evaluate=False))],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _by_algebra() -> Derivation:
        return Derivation(left).equal(right, by=Algebra())

    return claim


write = identity(
    "delta-write", "what is read under the key misses the value by 1 - beta |k|^2 times what it missed before",
    after(a, kk), v + (1 - beta * kk) * (a - v), "the sign of the miss lost", v + (beta * kk - 1) * (a - v),
    _domain(beta, kk, a, v),
)  # fmt: skip
replaces = identity(
    "delta-replaces", "with beta |k|^2 = 1 exactly the value written is read", after(a, kk), v,
    "added to what was there", a + v, _domain(beta, kk, a, v, given=(sp.Eq(beta * kk, 1, evaluate=False),)),
)  # fmt: skip
elsewhere = identity(
    "delta-elsewhere", "under a key that is orthogonal to the one written, what is read stays", after(us, uk), us,
    "it decays as the other does", (1 - beta * kk) * us,
    _domain(beta, kk, a, v, uk, us, given=(sp.Eq(uk, 0, evaluate=False),)), measured=False,
)  # fmt: skip

shrinks, short = sp.Le((1 - beta * kk) ** 2, 1, evaluate=False), sp.Le(beta * kk, 2, evaluate=False)
contraction = declare(
    "maps.recurrent.delta-contraction",
    "the eigenvalue 1 - beta |k|^2 is at most 1 in size if and only if beta |k|^2 <= 2",
    sp.Equivalent(shrinks, short, evaluate=False),
    _domain(beta, kk),
    Kind.IFF,
    SOURCE,
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("2 replaced by 1", sp.Equivalent(shrinks, sp.Le(beta * kk, 1, evaluate=False), evaluate=False))],
)


@evidence_for(contraction, Method.DERIVED)
@derived
def _contraction() -> Equivalences:
    return Equivalences(shrinks).iff(short, by=Rearrange(1 / (beta * kk)))


forgotten = ss - 2 * beta * a**2 + beta**2 * a**2 * kk  # |s - beta k (k.s)|^2
norm = declare(
    "maps.recurrent.delta-norm",
    "where beta |k|^2 <= 2 forgetting never makes a column of the state longer",
    sp.Le(forgotten, ss, evaluate=False),
    _domain(beta, kk, ss, a, given=(short, sp.Le(a**2, kk * ss, evaluate=False))),
    Kind.UPPER,
    SOURCE,
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "beta |k|^2 <= 2 replaced by 3",
            domain=_domain(
                beta, kk, ss, a,
                given=(sp.Le(beta * kk, 3, evaluate=False), sp.Le(a**2, kk * ss, evaluate=False)),
            ),
        )
    ],
)  # fmt: skip


@evidence_for(norm, Method.DERIVED)
@derived
def _norm() -> Derivation:
    return Derivation(forgotten).at_most(ss, by=Sign({short: beta * a**2}))
