"""How far apart the heights at two exponents are, when the mean of the exponents is at most 1.

Hypotheses. Exponents 0 <= alpha <= alpha + 2 delta with the mean alpha + delta = 1 - epsilon, epsilon >= 0;
h(x) = (-1 + sqrt(1 + 4x))/2; r = 1 + 5 epsilon/4.
Claim. 2 delta/sqrt 5 <= h(alpha + 2 delta) - h(alpha) <= 2 delta/sqrt 5 r (1 + r^4 delta^2/8).
Source. Derived here.
Why. As h (1 + h) = x, the heights are 2 delta/(1 + h(alpha) + h(alpha + 2 delta)) apart. Tangents at 1 bound the
denominator by sqrt 5 from above. From below it is at least R/(1 + z^2/8) with R^2 = 5 - 4 epsilon and z = 5 delta/R^2,
which is at most 1, since sqrt(5 + 4z) + sqrt(5 - 4z) >= 2 sqrt 5/(1 + z^2/8); and sqrt 5/R <= r. When tight: as delta
and epsilon tend to 0, where 2/25 would do for 1/8 and 2/5 for 5/4.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone, Reason, Sign
from theory.rigor.checks import certified
from theory.separation.self_attention.construction import SOURCE
from theory.separation.self_attention.phase_diagram.height import GOLDEN, height_at_exponent, tangent_bound, x

ROOT_5 = sp.sqrt(5)
alpha, delta, epsilon = sp.symbols("alpha delta epsilon", nonnegative=True)
EXPONENTS = Domain(
    {alpha: sp.Interval(0, sp.oo), delta: sp.Interval(0, sp.oo), epsilon: sp.Interval(0, 1)},
    (sp.Eq(alpha + delta + epsilon, 1, evaluate=False),),
    {alpha: "the lesser of two exponents", delta: "half of their difference", epsilon: "what their mean lacks of 1"},
)
greater, lesser = height_at_exponent(alpha + 2 * delta), height_at_exponent(alpha)


def over(z):
    """The difference of the two exponents, over z."""
    return 2 * delta / z


def lower_width(delta):
    """2 delta/sqrt 5, a lower bound on the width, where delta = log(w/(1-w))/log n."""
    return 2 * delta / ROOT_5


EIGHTH = sp.Rational(1, 8)


def upper_width(delta, stretch, share=EIGHTH):
    """Upper bound on the width. stretch: at least sqrt 5/(1 + 2 a_(1/2)(n)); it tends to 1 as n grows."""
    return 2 * delta / ROOT_5 * stretch * (1 + share * stretch**4 * delta**2)


def stretch_bound(lack):
    """Upper bound on sqrt 5/sqrt(5 - 4 lack), where `lack` in [0, 1] is what the mean of the exponents lacks of 1."""
    return 1 + sp.Rational(5, 4) * lack


height_sum = declare(
    "separation.self.height-sum",
    "1 plus the heights at two exponents of mean at most 1 is at most sqrt 5",
    sp.Le(1 + greater + lesser, ROOT_5, evaluate=False),
    EXPONENTS,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.golden-tangent"],
    spoiled=[Spoiled("bound times 0.99", sp.Le(1 + greater + lesser, sp.Rational(99, 100) * ROOT_5, evaluate=False))],
)


@evidence_for(height_sum, Method.DERIVED)
@derived
def _height_sum() -> Derivation:
    ceilings = [GOLDEN - tangent_bound(exponent) for exponent in (alpha + 2 * delta, alpha)]
    return (
        Derivation(1 + greater + lesser)
        .at_most(1 + ceilings[0] + lesser, by=Lemma("separation.self.golden-tangent", {x: alpha + 2 * delta}))
        .at_most(1 + ceilings[0] + ceilings[1], by=Lemma("separation.self.golden-tangent", {x: alpha}))
        .at_most(ROOT_5, by=Sign())
    )


exponent_width = declare(
    "separation.self.exponent-width",
    "the heights at two exponents of mean at most 1 differ by at least the exponents' difference over sqrt 5",
    sp.Ge(greater - lesser, lower_width(delta), evaluate=False),
    EXPONENTS,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.height-at-weight", "separation.self.height-sum"],
    spoiled=[Spoiled("bound times 1.05", sp.Ge(greater - lesser, sp.Rational(105, 100) * lower_width(delta)))],
)


@evidence_for(exponent_width, Method.DERIVED)
@derived
def _exponent_width() -> Derivation:
    total = 1 + greater + lesser
    by = Lemma("separation.self.height-sum", {symbol: symbol for symbol in EXPONENTS.ranges})
    return (
        Derivation(greater - lesser)
        .equal(over(total), by=Algebra(words="as $a (1 + a) = x$"))
        .at_least(lower_width(delta), by=Monotone(over, total, sp.Le, ROOT_5, by=by))
    )


z = sp.Symbol("z", nonnegative=True)


def inverse_roots(z):
    """2 sqrt 5/(sqrt(5 + 4z) + sqrt(5 - 4z)), which is 1 at z = 0."""
    return 2 * ROOT_5 / (sp.sqrt(5 + 4 * z) + sp.sqrt(5 - 4 * z))


root_sum = declare(
    "separation.self.golden-root-sum",
    "2 sqrt 5/(sqrt(5 + 4z) + sqrt(5 - 4z)) is at most 1 + z^2/8",
    sp.Le(inverse_roots(z), 1 + z**2 / 8, evaluate=False),
    Domain({z: sp.Interval(0, 1)}, (), {z: "5 delta/(1 + 4 alpha + 4 delta)"}),
    Kind.UPPER,
    derived_here(),
    {Method.CERTIFIED, Method.ATTACKED},
    module=__name__,
    spoiled=[Spoiled("1/8 replaced by 1/13", sp.Le(inverse_roots(z), 1 + z**2 / 13, evaluate=False))],
)
evidence_for(root_sum, Method.CERTIFIED)(certified())

stretch = ROOT_5 / sp.sqrt(5 - 4 * epsilon)
golden_stretch = declare(
    "separation.self.golden-stretch",
    "sqrt 5/sqrt(5 - 4 epsilon) is at most 1 + 5 epsilon/4",
    sp.Le(stretch, stretch_bound(epsilon), evaluate=False),
    Domain({epsilon: sp.Interval(0, 1)}, (), {epsilon: EXPONENTS.meanings[epsilon]}),
    Kind.UPPER,
    derived_here(),
    {Method.CERTIFIED, Method.ATTACKED},
    module=__name__,
    spoiled=[Spoiled("5/4 replaced by 6/5", sp.Le(stretch, 1 + sp.Rational(6, 5) * epsilon, evaluate=False))],
)
evidence_for(golden_stretch, Method.CERTIFIED)(certified())

exponent_width_upper = declare(
    "separation.self.exponent-width-upper",
    "and by at most 2 delta/sqrt 5 r (1 + r^4 delta^2/8), r = 1 + 5 epsilon/4, where the mean lacks epsilon of 1",
    sp.Le(greater - lesser, upper_width(delta, stretch_bound(epsilon)), evaluate=False),
    EXPONENTS,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[
        "separation.self.height-at-weight", "separation.self.golden-root-sum", "separation.self.golden-stretch",
    ],
    spoiled=[Spoiled("the remainder dropped", sp.Le(greater - lesser, lower_width(delta), evaluate=False))],
)  # fmt: skip


@evidence_for(exponent_width_upper, Method.DERIVED)
@derived
def _exponent_width_upper() -> Derivation:
    share = 5 * delta / (5 - 4 * epsilon)

    def times(z: sp.Expr) -> sp.Expr:
        return 2 * delta / sp.sqrt(5 - 4 * epsilon) * z

    roots = Lemma("separation.self.golden-root-sum", {z: share})
    limit = Lemma("separation.self.golden-stretch", {epsilon: epsilon})
    return (
        Derivation(greater - lesser)
        .equal(times(inverse_roots(share)), by=Algebra(words="as $a (1 + a) = x$"))
        .at_most(times(1 + share**2 / 8), by=Monotone(times, inverse_roots(share), sp.Le, 1 + share**2 / 8, by=roots))
        .equal(upper_width(delta, stretch), by=Algebra())
        .at_most(
            upper_width(delta, stretch_bound(epsilon)), by=stretched(delta, stretch, stretch_bound(epsilon), by=limit)
        )
    )


def stretched(delta: sp.Expr, less: sp.Expr, more: sp.Expr, by: Reason) -> Reason:
    """`upper_width` grows with its stretch. Taken apart into three contexts, whose slopes are quickly seen."""
    power = Monotone(lambda z: z + z**5 * delta**2 / 8, less, sp.Le, more, by=by)
    return Monotone(
        lambda z: 2 * delta / ROOT_5 * z, less + less**5 * delta**2 / 8, sp.Le, more + more**5 * delta**2 / 8, by=power,
        words=by.words,
    )  # fmt: skip
