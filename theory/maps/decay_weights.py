"""What decays leave of a token: products that meet at a middle, and how far back retention looks.

Hypotheses. 0 < gamma < 1 is the decay of retention; at token t the weight of what token j wrote is gamma^(t-j), scores
apart. A_j >= A_h >= A_i are the sums of the logarithms of gates up to a key, to a token after it, and to the query.
Claims. (gated-middle) The decay from key to query is the product of that from the key to the middle and that from
there to the query, and neither factor is above 1: a triangle of weights can be halved, and halved again, without an
exponent above 0. (retention-mass) The weights of a row sum to (1-gamma^t)/(1-gamma), (retention-bounded) which is
below 1/(1-gamma) however many tokens there are. (retention-window) What is at least w tokens old holds at most the
share gamma^w of the row: tokens beyond a few times 1/(1-gamma) hardly count. (halved-triangle) Halving a triangle of
2^l tokens down to single ones takes 2^l (2^l - 1) d operations in products, where the square takes 2 4^l d.
Source. Derived here; retention is that of arXiv 2307.08621, gates are those of arXiv 2312.06635.
Why. Sums of powers. gated-middle is an equality in each half, and tight where the gates between are 1.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.complexity.matrix_products import Product
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import d
from theory.reasons import Algebra, EvaluateSum, Sign

gamma = sp.Symbol("gamma", positive=True)
t, w, r = sp.symbols("t w r", integer=True, nonnegative=True)
l = sp.Symbol("l", integer=True, nonnegative=True)  # noqa: E741  # as the docstring calls it
j, level = sp.symbols("j level", integer=True)
A_i, A_h, A_j = sp.symbols("A_i A_h A_j", real=True)

BELOW_ONE, REALS = sp.Interval.open(0, 1), sp.Interval(-sp.oo, sp.oo)
WORDS = {gamma: "decay of the state at a token", t: "tokens", w: "age in tokens", r: "tokens of that age or older"}


def _domain(*symbols: sp.Symbol) -> Domain:
    ranges = {s: BELOW_ONE if s is gamma else sp.Range(0, sp.oo) for s in symbols}
    return Domain(ranges, (), {s: WORDS[s] for s in symbols})


def mass(first: Any, last: Any, end: Any) -> Any:
    """The weights of the tokens first, .., last at token `end`."""
    return sp.Sum(gamma ** (end - j), (j, first, last))


def added_up(end: Any, before: Any = sp.S.Zero) -> EvaluateSum:
    """Sums of gamma^(end - j) over j = before + 1, .., last by their closed form."""
    return EvaluateSum(lambda last: (gamma ** (end - last) - gamma ** (end - before)) / (1 - gamma))


MASS = (1 - gamma**t) / (1 - gamma)
whole = declare(
    "maps.recurrent.retention-mass",
    "the weights of a row of retention sum to (1 - gamma^t)/(1 - gamma)",
    sp.Eq(mass(1, t, t), MASS, evaluate=False),
    _domain(gamma, t),
    Kind.IDENTITY,
    derived_here("retention of arXiv 2307.08621"),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("one token more", sp.Eq(mass(1, t, t), (1 - gamma ** (t + 1)) / (1 - gamma), evaluate=False))],
)


@evidence_for(whole, Method.DERIVED)
@derived
def _whole() -> Derivation:
    return Derivation(mass(1, t, t)).equal(MASS, by=added_up(t))


bounded = declare(
    "maps.recurrent.retention-bounded",
    "the weights of a row of retention sum to less than 1/(1 - gamma), however many tokens there are",
    sp.Lt(mass(1, t, t), 1 / (1 - gamma), evaluate=False),
    _domain(gamma, t),
    Kind.UPPER,
    derived_here("retention of arXiv 2307.08621"),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=[whole.id],
    spoiled=[
        Spoiled(
            "bound times 0.99",
            sp.Lt(mass(1, t, t), sp.Rational(99, 100) / (1 - gamma), evaluate=False),
        )
    ],
)


@evidence_for(bounded, Method.DERIVED)
@derived
def _bounded() -> Derivation:
    return Derivation(mass(1, t, t)).equal(MASS, by=added_up(t)).less(1 / (1 - gamma), by=Sign())


end = r + w
old, row = mass(1, r, end), mass(1, end, end)
window = declare(
    "maps.recurrent.retention-window",
    "tokens that are at least w tokens old hold at most the share gamma^w of a row of retention",
    sp.Le(old, gamma**w * row, evaluate=False),
    _domain(gamma, w, r),
    Kind.UPPER,
    derived_here("retention of arXiv 2307.08621"),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("the share times 0.99", sp.Le(old, sp.Rational(99, 100) * gamma**w * row, evaluate=False))],
)


@evidence_for(window, Method.DERIVED)
@derived
def _window() -> Derivation:
    """The row times gamma^w holds beside the old tokens what w tokens more, older than all, would have had."""
    beyond = gamma**end * sp.Sum(gamma ** (w - j), (j, 1, w))
    return Derivation(old).equal(gamma**w * row - beyond, by=EvaluateSum()).at_most(gamma**w * row, by=Sign())


middle = declare(
    "maps.recurrent.gated-middle",
    "a decay is the product of two that meet at a token between, and neither is above 1",
    sp.And(
        sp.Eq(sp.exp(A_i - A_h) * sp.exp(A_h - A_j), sp.exp(A_i - A_j), evaluate=False),
        sp.Le(sp.exp(A_i - A_h), 1, evaluate=False),
        sp.Le(sp.exp(A_h - A_j), 1, evaluate=False),
        evaluate=False,
    ),
    Domain(
        dict.fromkeys((A_i, A_h, A_j), REALS),
        (sp.Le(A_i, A_h, evaluate=False), sp.Le(A_h, A_j, evaluate=False)),
        {A_i: "sum of the logarithms of the gates up to the query", A_h: "up to the middle", A_j: "up to the key"},
    ),
    Kind.IDENTITY,
    derived_here("gates of arXiv 2312.06635"),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "both taken from the start, where they overflow",
            sp.And(sp.Le(sp.exp(A_i), 1, evaluate=False), sp.Le(sp.exp(-A_j), 1, evaluate=False), evaluate=False),
        )
    ],
)


@evidence_for(middle, Method.DERIVED)
@derived
def _middle() -> tuple[Derivation, ...]:
    return (
        Derivation(sp.exp(A_i - A_h) * sp.exp(A_h - A_j)).equal(sp.exp(A_i - A_j), by=Algebra()),
        Derivation(sp.exp(A_i - A_h)).at_most(1, by=Sign()),
        Derivation(sp.exp(A_h - A_j)).at_most(1, by=Sign()),
    )


squares = Product(2**level, d, 2**level).operations
halves = sp.Sum(2 ** (l - 1 - level) * squares, (level, 0, l - 1))
halved_triangle = declare(
    "maps.recurrent.halved-triangle",
    "a triangle of 2^l tokens, halved down to single ones, takes 2^l (2^l - 1) d operations in products",
    sp.Eq(halves, 2**l * (2**l - 1) * d, evaluate=False),
    Domain({l: sp.Range(0, sp.oo), d: sp.Range(1, sp.oo)}, (), {l: "halvings", d: "head dimension"}),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=["complexity.products.one"],
    spoiled=[Spoiled("the whole square", sp.Eq(halves, 2 * 4**l * d, evaluate=False))],
)


@evidence_for(halved_triangle, Method.DERIVED)
@derived
def _halved_triangle() -> Derivation:
    return Derivation(halves).equal(
        2**l * (2**l - 1) * d, by=EvaluateSum(lambda last: 2**l * (2 ** (last + 1) - 1) * d)
    )
