"""Chunks of the delta rule: the WY form, the triangular system of the corrections, and its inverse by halves.

Hypotheses. A column s of the state, keys k_1, k_2, .., strengths beta_i > 0 and values v_i. Vectors have any dimension:
only their inner products occur. L_ij = beta_i k_i.k_j below the diagonal, and 0 elsewhere.
Claims. (delta-wy-2, -3) Two or three steps without values, p.(I - beta_m k_m k_m^T) .. (I - beta_1 k_1 k_1^T) s, are
p.s - (K p)^T (I + L)^(-1) Diag(beta) K s. (delta-corrections-2, -3) The corrections x_i = beta_i (v_i - k_i.s_(i-1)),
s_i = s_(i-1) + k_i x_i, of two or three tokens solve (I + L) X = Diag(beta)(V - K s). (delta-chunk) So they do in a
chunk of any length: row r + 1 of that system, where P(j) = k_(r+1).s_j is what is read under its key after j tokens,
so that (k_(r+1).k_j) x_j = P(j) - P(j-1). (delta-halves) For two unit triangles A and B of two tokens and any C, the
inverse of [[A, 0], [C, B]] has the corner -B^(-1) C A^(-1). (halved-inverse) Inverting a triangle of 2^l tokens by
halves takes 2^(l+1) (4^l - 1)/3 operations in products.
Source. arXiv 2406.06484 for chunks; the WY form is that of Bischof and Van Loan, named there. Derived here.
Why. Everything is a polynomial in inner products; in delta-chunk a sum telescopes.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.complexity.matrix_products import Product
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.delta_rule import POSITIVE, REALS, SOURCE, WORDS, beta, identity, v
from theory.reasons import Algebra, EvaluateSum
from theory.separation.kernels.sequences import SignedSequence, derived_for_every_sequence


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
    return identity(
        f"delta-wy-{size}", f"{size} steps of forgetting are one correction of rank {size}, the WY form", left, right,
        "the keys taken for orthogonal", unsolved, one.domain(left, right), measured=False,
        module=__name__,
    )  # fmt: skip


def _corrections(size: int) -> Claim:
    one = Chunk(size)
    left, right = one.corrections(one.values)[-1], one.solved(one.values - one.read)[size - 1]
    return identity(
        f"delta-corrections-{size}", f"the corrections of {size} tokens solve a triangular system", left, right,
        "the triangle left out", one.beta[size - 1] * (one.values[size - 1] - one.read[size - 1]),
        one.domain(left, right), module=__name__,
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


first, second = sp.symbols("a b", real=True)
corner = sp.Matrix(2, 2, lambda i, j: sp.Symbol(f"c_{i + 1}{j + 1}", real=True))
A, B = (sp.Matrix([[1, 0], [entry, 1]]) for entry in (first, second))
inverse_A, inverse_B = (sp.Matrix([[1, 0], [-entry, 1]]) for entry in (first, second))


def _equalities(sign: int) -> sp.And:
    """(I + L) times what is taken for its inverse, in the corner: entry by entry, without expanding."""
    product = corner * inverse_A + B * (sign * inverse_B * corner * inverse_A)
    return sp.And(*(sp.Eq(entry, 0, evaluate=False) for entry in product), evaluate=False)


halves = declare(
    "maps.recurrent.delta-halves",
    "a triangle is inverted by halves: the corner of the inverse is -B^(-1) C A^(-1)",
    _equalities(-1),
    Domain(dict.fromkeys((first, second, *corner), REALS)),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("the sign of the corner lost", _equalities(1))],
)


@evidence_for(halves, Method.DERIVED)
@derived
def _halves() -> tuple[Derivation, ...]:
    return tuple(Derivation(entry.lhs).equal(sp.S.Zero, by=Algebra()) for entry in halves.statement.args)


l = sp.Symbol("l", integer=True, nonnegative=True)  # noqa: E741  # as the docstring calls it
level = sp.Symbol("level", integer=True)
products = sp.Sum(2 ** (l - 1 - level) * 2 * Product(2**level, 2**level, 2**level).operations, (level, 0, l - 1))
halved_inverse = declare(
    "maps.recurrent.halved-inverse",
    "inverting a triangle of 2^l tokens by halves takes 2^(l+1) (4^l - 1)/3 operations in products",
    sp.Eq(products, 2 ** (l + 1) * (4**l - 1) / 3, evaluate=False),
    Domain({l: sp.Range(0, sp.oo)}, (), {l: "halvings"}),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=["complexity.products.one"],
    spoiled=[Spoiled("one product in each corner", sp.Eq(products, 2**l * (4**l - 1) / 3, evaluate=False))],
)


@evidence_for(halved_inverse, Method.DERIVED)
@derived
def _halved_inverse() -> Derivation:
    closed = EvaluateSum(lambda last: 2 ** (l + 1) * (4 ** (last + 1) - 1) / 3)
    return Derivation(products).equal(2 ** (l + 1) * (4**l - 1) / 3, by=closed)
