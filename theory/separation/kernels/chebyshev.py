"""B1'. Kernel polynomials with signs: Chebyshev's grows fastest among those that stay bounded.

Hypotheses. A kernel k of the score in units of an ordinary token's: the needle has 1+a, the others lie in [0, 1], and
|k| <= 1 there. T_p is the Chebyshev polynomial, T_p(cos t) = cos(p t), T_p(cosh t) = cosh(p t).
Claim. (growth) k(1+a) <= T_p(1+2a) for every polynomial k of degree p; k(s) = T_p(2s-1) attains it, with k(1) = 1.
(growth-degree-1 to 6) The same for k = c_0 + .. + c_p s^p of each of these degrees, from a bound at p+1 points alone.
(recurrence) With r = sqrt(1+a) + sqrt(a), T_p(1+2a) = (r^(2p) + r^(-2p))/2. (degree) cosh(p theta) exceeds cosh(A) if
and only if p > A/theta; with cosh(theta) = 1+2a and cosh(A) = n-1, the least degree for k(1+a) > n-1 is
floor(arcosh(n-1) / arcosh(1+2a)) + 1.
Source. (growth) Chebyshev; T. J. Rivlin, The Chebyshev Polynomials (Wiley 1974). The rest is derived here.
Why. k(1+a) is a combination of the values of k where T_p(2s-1) = 1, -1, 1, .., with weights of alternating signs; the
values of T_p have those very signs. When tight: at T_p.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, cited, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, ApplyMonotone, Rearrange, Sign
from theory.separation.kernels.witness import derived_or_refuted_at
from theory.separation.self_attention.construction import MEANINGS as CONSTRUCTION
from theory.separation.self_attention.construction import RANGES, a

LARGEST_DEGREE = 6
POSITIVE = sp.Interval.open(0, sp.oo)
p = sp.Symbol("p", integer=True, positive=True)
DEGREES = sp.Range(1, sp.oo)
MEANINGS = {**CONSTRUCTION, p: "degree"}


class BoundedPolynomial(sp.Function):
    """k(s): any polynomial k of degree at most p with |k| <= 1 on [0, 1]. Arguments: p, s."""

    nargs = 2

    def _eval_is_extended_real(self) -> bool:
        return True

    def defined_where(self) -> list:
        """Defined everywhere."""
        return []


def chebyshev_at_needle(a, p):
    """T_p(1+2a) in closed form."""
    r = sp.sqrt(1 + a) + sp.sqrt(a)
    return (r ** (2 * p) + r ** (-2 * p)) / 2


def _domain(ranges: dict, *hypotheses) -> Domain:
    return Domain(ranges, hypotheses, {symbol: MEANINGS[symbol] for symbol in ranges if symbol in MEANINGS})


growth = declare(
    "separation.kernels.chebyshev-growth",
    "no polynomial of degree p that is bounded by 1 on [0, 1] exceeds T_p(1 + 2a) at the needle",
    sp.Le(BoundedPolynomial(p, 1 + a), chebyshev_at_needle(a, p), evaluate=False),
    _domain({a: RANGES[a], p: DEGREES}),
    Kind.UPPER,
    cited("P. L. Chebyshev; T. J. Rivlin, The Chebyshev Polynomials (Wiley 1974)"),
    {Method.CITED},
    module=__name__,
)


def nodes(p: int) -> list[sp.Expr]:
    """The points of [0, 1], from 1 down to 0, at which T_p(2s-1) is 1, -1, 1, ..."""
    return [sp.radsimp((1 + sp.cos(sp.pi * sp.Rational(i, p))) / 2) for i in range(p + 1)]


def coefficients(p: int) -> list[sp.Symbol]:
    return list(sp.symbols(f"c_0:{p + 1}", real=True))


def polynomial(p: int, s: sp.Expr) -> sp.Expr:
    """c_0 + c_1 s + .. + c_p s^p."""
    return sp.Add(*(c * s**j for j, c in enumerate(coefficients(p))))


def positive_form(number: sp.Expr) -> sp.Expr:
    """A positive number u + v sqrt(d), u and v rational, without a minus sign: (1 - sqrt(2)/2) = 1/(2 + sqrt(2))."""
    rational, root = sp.expand(number).as_coeff_Add()
    if rational * root.as_coeff_Mul()[0] >= 0:
        return number
    conjugate = rational - root if rational > 0 else root - rational
    return sp.expand((rational**2 - root**2) * (1 if rational > 0 else -1)) / conjugate


def weights(p: int) -> list[sp.Expr]:
    """The absolute value of each node's Lagrange weight for the value at 1 + a, which is (-1)^i times the weight."""
    x = nodes(p)
    return [
        sp.Mul(
            *(
                (a + positive_form(1 - x[j])) / positive_form((x[i] - x[j]) * (1 if i < j else -1))
                for j in range(p + 1)
                if j != i
            )
        )
        for i in range(p + 1)
    ]


def extremal_point(degree: int) -> dict[sp.Symbol, sp.Expr]:
    """The coefficients of T_p(2s - 1), scaled by just less than 1 so that no bound is a tie, and a = 7/10."""
    s = sp.Symbol("s")
    found = reversed(sp.Poly(sp.chebyshevt_poly(degree, 2 * s - 1), s).all_coeffs())
    shrunk = 1 - sp.Rational(1, 2**40)
    return {a: sp.Rational(7, 10), **{c: shrunk * value for c, value in zip(coefficients(degree), found, strict=True)}}


def _growth_of_degree(degree: int) -> Claim:
    """Declare and derive the growth bound for all polynomials of one degree."""
    value, bound = polynomial(degree, 1 + a), sp.Poly(sp.chebyshevt_poly(degree, 1 + 2 * a), a).as_expr()
    bounded = [sp.Le((-1) ** i * polynomial(degree, s), 1, evaluate=False) for i, s in enumerate(nodes(degree))]
    claim = declare(
        f"separation.kernels.chebyshev-growth-degree-{degree}",
        f"T_{degree} grows fastest among the polynomials of degree {degree} that are bounded by 1 on [0, 1]",
        sp.Le(value, bound, evaluate=False),
        replace(
            _domain({a: RANGES[a], **{c: sp.Interval(-sp.oo, sp.oo) for c in coefficients(degree)}}, *bounded),
            witness={a: 1, **dict.fromkeys(coefficients(degree), 0)},  # the polynomial 0 is bounded by 1
        ),
        Kind.UPPER,
        derived_here(),
        {Method.DERIVED, Method.ATTACKED},
        module=__name__,
        spoiled=[Spoiled("bound times 0.99", sp.Le(value, sp.Rational(99, 100) * bound, evaluate=False))],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived_or_refuted_at(extremal_point(degree))
    def _derivation() -> Derivation:
        multipliers = dict(zip(bounded, weights(degree), strict=True))
        words = "weighing the bounds at the points where $T_p = \\pm 1$"
        return Derivation(value).at_most(bound, by=Sign(words, given=multipliers))

    return claim


of_degree = {degree: _growth_of_degree(degree) for degree in range(1, LARGEST_DEGREE + 1)}

before, here, after = (chebyshev_at_needle(a, p + shift) for shift in (-1, 0, 1))
recurrence = declare(
    "separation.kernels.chebyshev-recurrence",
    "(r^(2p) + r^(-2p))/2 with r = sqrt(1+a) + sqrt(a) is T_p(1 + 2a): it has its start and its recurrence",
    sp.And(
        sp.Eq(chebyshev_at_needle(a, 0), 1, evaluate=False),
        sp.Eq(chebyshev_at_needle(a, 1), 1 + 2 * a, evaluate=False),
        sp.Eq(after, 2 * (1 + 2 * a) * here - before, evaluate=False),
        evaluate=False,
    ),
    _domain({a: RANGES[a], p: DEGREES}),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("1 + 2a replaced by 1 + a", sp.Eq(after, 2 * (1 + a) * here - before, evaluate=False))],
)


@evidence_for(recurrence, Method.DERIVED)
@derived
def _recurrence() -> tuple[Derivation, ...]:
    return (
        Derivation(chebyshev_at_needle(a, 0)).equal(1, by=Algebra()),
        Derivation(chebyshev_at_needle(a, 1)).equal(1 + 2 * a, by=Algebra()),
        Derivation(after).equal(2 * (1 + 2 * a) * here - before, by=Algebra()),
    )


theta, level = sp.symbols("theta A", positive=True)
MEANINGS |= {theta: "arcosh(1 + 2a)", level: "arcosh of the gain"}
enough = sp.Gt(p, level / theta, evaluate=False)
reaches = sp.Gt(sp.cosh(p * theta), sp.cosh(level), evaluate=False)
degree_law = declare(
    "separation.kernels.chebyshev-degree",
    "T_p(cosh theta) exceeds cosh A if and only if p > A/theta",
    sp.Equivalent(reaches, enough, evaluate=False),
    _domain({p: DEGREES, theta: POSITIVE, level: POSITIVE}),
    Kind.IFF,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("p replaced by p + 1", sp.Equivalent(reaches, sp.Gt(p + 1, level / theta), evaluate=False))],
)


@evidence_for(degree_law, Method.DERIVED)
@derived
def _degree() -> Equivalences:
    return (
        Equivalences(enough)
        .iff(sp.Gt(p * theta, level, evaluate=False), by=Rearrange(theta))
        .iff(reaches, by=ApplyMonotone(sp.cosh, sp.Interval(0, sp.oo)))
    )
