"""The delta rule: what a write does to the state, when it does not grow, and the WY form of a chunk.

Hypotheses. A column s of the state (one coordinate of the values), a key k, 0 < beta, and a value v: the step takes s
to s + beta k (v - k.s). Vectors have any dimension: only their inner products occur, a = k.s, |k|^2, |s|^2, k_1.k_2.
Claims. (delta-write) What is read under k misses v by 1 - beta |k|^2 times what it missed before; (delta-replaces) with
beta |k|^2 = 1 exactly v is read. (delta-elsewhere) Under a key u what is read changes by beta (u.k)(v - a), so not at
all where u.k = 0: the eigenvalues of I - beta k k^T are 1 - beta |k|^2, once, and 1. (delta-contraction) |1 - beta
|k|^2| <= 1 if and only if beta |k|^2 <= 2, and then (delta-norm) forgetting, v = 0, never makes |s| larger.
(delta-wy-2, -3) Two or three steps without values, p.(I - beta_m k_m k_m^T) .. (I - beta_1 k_1 k_1^T) s, are p.s -
(K p)^T (I + L)^(-1) Diag(beta) K s, where L_ij = beta_i k_i.k_j below the diagonal. (delta-corrections-2, -3) The
corrections x_i = beta_i (v_i - k_i.s_(i-1)), s_i = s_(i-1) + k_i x_i, of two or three tokens solve (I + L) X =
Diag(beta)(V - K s). (delta-chunk) So they do in a chunk of any length: row r + 1 of that system, where P(j) =
k_(r+1).s_j is what is read under its key after j tokens, so that (k_(r+1).k_j) x_j = P(j) - P(j-1).
Source. arXiv 2406.06484 for the rule and its chunks; WY is that of Bischof and Van Loan, read there. Derived here.
Why. Everything is a polynomial in inner products; in delta-chunk a sum telescopes.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, EvaluateSum, Rearrange, Sign
from theory.separation.kernels.sequences import SignedSequence, derived_for_every_sequence

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


def _identity(
    name: str, title: str, left: Any, right: Any, why: str, wrong: Any, where: Domain, *, measured: bool = True
) -> Claim:
    claim = declare(
        f"maps.recurrent.{name}",
        title,
        sp.Eq(left, right, evaluate=False),
        where,
        Kind.IDENTITY,
        SOURCE,
        {Method.DERIVED, Method.MEASURED} if measured else {Method.DERIVED},
        module=__name__,
        spoiled=[Spoiled(why, sp.Eq(left, wrong, evaluate=False))],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _by_algebra() -> Derivation:
        return Derivation(left).equal(right, by=Algebra())

    return claim


write = _identity(
    "delta-write", "what is read under the key misses the value by 1 - beta |k|^2 times what it missed before",
    after(a, kk), v + (1 - beta * kk) * (a - v), "the sign of the miss lost", v + (beta * kk - 1) * (a - v),
    _domain(beta, kk, a, v),
)  # fmt: skip
replaces = _identity(
    "delta-replaces", "with beta |k|^2 = 1 exactly the value written is read", after(a, kk), v,
    "added to what was there", a + v, _domain(beta, kk, a, v, given=(sp.Eq(beta * kk, 1, evaluate=False),)),
)  # fmt: skip
elsewhere = _identity(
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


class Chunk:
    """Inner products of a chunk of `size` tokens: of its keys, with a column s of the state, and with a vector p."""

    def __init__(self, size: int) -> None:
        self.size = size
        places = range(1, size + 1)
        self.beta = sp.Matrix([sp.Symbol(f"beta_{i}", positive=True) for i in places])
        self.values = sp.Matrix([sp.Symbol(f"v_{i}", real=True) for i in places])
        self.read = sp.Matrix([sp.Symbol(f"k_{i}.s", real=True) for i in places])
        self.asked = sp.Matrix([sp.Symbol(f"k_{i}.p", real=True) for i in places])
        self.ps = sp.Symbol("p.s", real=True)
        self.gram = sp.Matrix(size, size, lambda i, j: sp.Symbol(f"k_{max(i, j) + 1}.k_{min(i, j) + 1}", real=True))

    def domain(self, *parts: Any) -> Domain:
        symbols = sorted(set().union(*(part.free_symbols for part in parts)), key=str)
        return Domain({s: POSITIVE if s.is_positive else REALS for s in symbols})

    def solved(self, right: sp.Matrix) -> sp.Matrix:
        """(I + L)^(-1) Diag(beta) right."""
        lower = sp.Matrix(self.size, self.size, lambda i, j: self.beta[i] * self.gram[i, j] if j < i else 0)
        return (sp.eye(self.size) + lower).inv() * sp.diag(*self.beta) * right

    def corrections(self, values: sp.Matrix) -> list[Any]:
        """x_i one after the other: what is read under key i before its write is k_i.s and what keys before it added."""
        found: list[Any] = []
        for i in range(self.size):
            read = self.read[i] + sum(self.gram[i, j] * x for j, x in enumerate(found))
            found.append(self.beta[i] * (values[i] - read))
        return found

    def forgotten(self) -> Any:
        """p.(I - beta_m k_m k_m^T) .. (I - beta_1 k_1 k_1^T) s, one factor after the other."""
        asked, read = self.ps, list(self.read)
        for i in range(self.size):
            under_key = read[i]
            asked = asked - self.beta[i] * self.asked[i] * under_key
            read = [one - self.beta[i] * self.gram[j, i] * under_key for j, one in enumerate(read)]
        return asked


def _wy(size: int) -> Claim:
    one = Chunk(size)
    left, right = one.forgotten(), one.ps - (one.asked.T * one.solved(one.read))[0]
    unsolved = one.ps - sum(b * p * s for b, p, s in zip(one.beta, one.asked, one.read, strict=True))
    return _identity(
        f"delta-wy-{size}", f"{size} steps of forgetting are one correction of rank {size}, the WY form", left, right,
        "the keys taken for orthogonal", unsolved, one.domain(left, right), measured=False,
    )  # fmt: skip


def _corrections(size: int) -> Claim:
    one = Chunk(size)
    left, right = one.corrections(one.values)[-1], one.solved(one.values - one.read)[size - 1]
    return _identity(
        f"delta-corrections-{size}", f"the corrections of {size} tokens solve a triangular system", left, right,
        "the triangle left out", one.beta[size - 1] * (one.values[size - 1] - one.read[size - 1]),
        one.domain(left, right),
    )  # fmt: skip


wy = {size: _wy(size) for size in (2, 3)}
corrections = {size: _corrections(size) for size in (2, 3)}


class P(SignedSequence):
    """P(j): what is read after j tokens of a chunk under the key of its token r + 1."""


r = sp.Symbol("r", integer=True, nonnegative=True)
j = sp.Symbol("j", integer=True)
row = beta * (v - P(r)) + beta * sp.Sum(P(j) - P(j - 1), (j, 1, r))
chunk = declare(
    "maps.recurrent.delta-chunk",
    "the corrections of a chunk of any length solve a triangular system",
    sp.Eq(row, beta * (v - P(0)), evaluate=False),
    Domain(
        {beta: POSITIVE, v: REALS, r: sp.Range(0, sp.oo)},
        (),
        {beta: WORDS[beta], v: WORDS[v], r: "tokens before, in the chunk"},
    ),
    Kind.IDENTITY,
    SOURCE,
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("the triangle left out", sp.Eq(beta * (v - P(r)), beta * (v - P(0)), evaluate=False))],
)


@evidence_for(chunk, Method.DERIVED)
@derived_for_every_sequence(({P: lambda index: index + 1},))
def _chunk() -> Derivation:
    return Derivation(row).equal(beta * (v - P(0)), by=EvaluateSum(lambda last: P(last) - P(0)))
