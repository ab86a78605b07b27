"""How far softmax moves: norms of its Jacobian J = diag(p) - p p^T.

Hypotheses. p is a row of softmax. p_i, r >= 0 with p_i + r = 1 are one weight and the sum of the others. A vector x has
entries between a and b, its mean under p is mu and its mean square is q.
Claims. (jacobian-rows) The absolute row sum p_i (1 - p_i) + p_i r is 2 p_i (1 - p_i) <= 1/2: the norm from the largest
entry to the largest entry, and by symmetry that from sums to sums. (mean-square) Every entry y has y^2 <= (a + b) y -
a b, hence q <= (a + b) mu - a b. (jacobian-spectral) x^T J x = q - mu^2 is at most (b - a)^2/4 and at most (a^2 +
b^2)/2, which is at most |x|^2/2 as two entries reach a and b: the spectral norm is at most 1/2.
Source. Derived here; Popoviciu's inequality for the variance. That softmax is 1/2-Lipschitz: arXiv 2510.23012.
Why. (y - a)(b - y) >= 0; the rest is a square. Attained by p = (1/2, 1/2), x = (1, -1).
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Sign

p, r = sp.symbols("p_i r", nonnegative=True)
y, a, b, mu, q = sp.symbols("y a b mu q", real=True)
REALS = sp.Interval(-sp.oo, sp.oo)
HALF = sp.Rational(1, 2)
LESS = sp.Rational(99, 100)

row = p * (1 - p) + p * r
jacobian_rows = declare(
    "maps.softmax.jacobian-rows",
    "an absolute row sum of the Jacobian of softmax is 2 p_i (1 - p_i), at most 1/2",
    sp.And(sp.Eq(row, 2 * p * (1 - p), evaluate=False), sp.Le(row, HALF, evaluate=False), evaluate=False),
    Domain(
        {p: sp.Interval(0, 1), r: sp.Interval(0, 1)}, (sp.Eq(p + r, 1, evaluate=False),),
        {p: "one weight", r: "sum of the other weights"},
    ),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled(
        "1/2 replaced by 49/100",
        sp.And(
            sp.Eq(row, 2 * p * (1 - p), evaluate=False), sp.Le(row, sp.Rational(49, 100), evaluate=False),
            evaluate=False,
        ),
    )],
)  # fmt: skip


@evidence_for(jacobian_rows, Method.DERIVED)
@derived
def _jacobian_rows() -> tuple[Derivation, Derivation]:
    value = Derivation(row).equal(2 * p * (1 - p), by=Algebra("as $r = 1 - p_i$"))
    return value, value.equal(HALF - 2 * (p - HALF) ** 2, by=Algebra()).at_most(HALF, by=Sign())


mean_square = declare(
    "maps.softmax.mean-square",
    "the square of an entry between a and b is at most (a + b) y - a b",
    sp.Le(y**2, (a + b) * y - a * b, evaluate=False),
    Domain({y: REALS, a: REALS, b: REALS}, (sp.Ge(y, a), sp.Le(y, b)), {y: "entry", a: "smallest", b: "largest entry"}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("the lower end doubled", sp.Le(y**2, (2 * a + b) * y - 2 * a * b, evaluate=False))],
)


@evidence_for(mean_square, Method.DERIVED)
@derived
def _mean_square() -> Derivation:
    return (
        Derivation(y**2)
        .at_most(y**2 + (y - a) * (b - y), by=Sign("as $a \\le y \\le b$"))
        .equal((a + b) * y - a * b, by=Algebra())
    )


SPREAD = Domain(
    {q: REALS, mu: REALS, a: REALS, b: REALS},
    (sp.Le(q, (a + b) * mu - a * b, evaluate=False),),
    {q: "mean of the squares", mu: "mean", a: "smallest", b: "largest entry"},
)
variance = q - mu**2
jacobian_spectral = declare(
    "maps.softmax.jacobian-spectral",
    "the quadratic form of the Jacobian of softmax is at most (a^2 + b^2)/2, so its spectral norm at most 1/2",
    sp.And(
        sp.Le(variance, (b - a) ** 2 / 4, evaluate=False), sp.Le(variance, (a**2 + b**2) / 2, evaluate=False),
        evaluate=False,
    ),
    SPREAD,
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["maps.softmax.mean-square"],
    spoiled=[Spoiled(
        "1/2 replaced by 1/3",
        sp.And(
            sp.Le(variance, (b - a) ** 2 / 4, evaluate=False), sp.Le(variance, (a**2 + b**2) / 3, evaluate=False),
            evaluate=False,
        ),
    )],
)  # fmt: skip


@evidence_for(jacobian_spectral, Method.DERIVED)
@derived
def _jacobian_spectral() -> tuple[Derivation, Derivation]:
    spread = (
        Derivation(variance)
        .at_most((a + b) * mu - a * b - mu**2, by=Sign("by hypothesis"))
        .equal((b - a) ** 2 / 4 - (mu - (a + b) / 2) ** 2, by=Algebra())
        .at_most((b - a) ** 2 / 4, by=Sign())
    )
    return (
        spread,
        spread.equal((a**2 + b**2) / 2 - (a + b) ** 2 / 4, by=Algebra()).at_most((a**2 + b**2) / 2, by=Sign()),
    )
