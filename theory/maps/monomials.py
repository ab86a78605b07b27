"""Monomials as features: their products are powers of the score, and how many there are.

Hypotheses. Vectors q, k in R^d, s = q.k, a degree p; a = (a_1, .., a_d) are multi-indices, |a| = a_1 + .. + a_d and
a! = a_1! .. a_d!. The features of s^p are phi(x)_a = sqrt(p!/a!) x^a, |a| = p; those of the Taylor polynomial of exp
are x^a/sqrt(a!), |a| <= p; those of c_0 + .. + c_p s^p are the former of every degree j times sqrt|c_j|, times the
sign of c_j for keys.
Claims. (features-d, taylor-features-d, d = 1, 2, 3, 4, each for p = 1, 2, 3, 4) phi(q).phi(k) is the kernel. For all d
and p by induction on d: (one-more-coordinate) (s + x y)^p = sum_j binom(p, j) s^j (x y)^(p - j), and (coefficient)
binom(p, j) j!/a! = p!/(a! (p - j)!), so with s^j written in monomials of d coordinates, s^p is written in those of
d + 1. (number) There are binom(d + p - 1, p) of degree p and binom(d + p, p) of degree up to p: the same induction
counts them, as sum_(j <= p) binom(d + j - 1, j) = binom(d + p, p). (signs) sqrt|c| times sign(c) sqrt|c| is c.
Source. The multinomial theorem; the induction is stated here as two identities, which are derived, and not as a whole.
Why. The binomial theorem, applied to s and the last product.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import MEANINGS, d
from theory.reasons import Algebra, EvaluateSum

REALS, COUNTS, DEGREES = sp.Interval(-sp.oo, sp.oo), sp.Range(1, sp.oo), sp.Range(0, sp.oo)
WRITTEN_OUT = (1, 2, 3, 4)  # dimensions, and degrees in each, for which the whole identity is checked
p = sp.Symbol("p", integer=True, nonnegative=True)
j = sp.Symbol("j", integer=True, nonnegative=True)
one = sp.Symbol("j", integer=True, positive=True)
s, x, y = sp.symbols("s x y", real=True)
sign, size = sp.Symbol("sigma", integer=True, nonzero=True), sp.Symbol("c", positive=True)
tail = sp.Symbol("a!", integer=True, positive=True)


def vectors(dimension: int) -> tuple[tuple[sp.Symbol, ...], tuple[sp.Symbol, ...]]:
    """q and k, by their coordinates."""
    return tuple(tuple(sp.symbols(f"{name}_1:{dimension + 1}", real=True)) for name in "qk")  # type: ignore[return-value]


def indices(dimension: int, degrees: range) -> Iterator[tuple[int, ...]]:
    """The multi-indices a with |a| among the degrees."""
    return (a for a in product(range(degrees.stop), repeat=dimension) if sum(a) in degrees)


def monomial(vector: tuple[sp.Symbol, ...], a: tuple[int, ...]) -> sp.Expr:
    """x^a/sqrt(a!)."""
    factorials = sp.Mul(*(sp.factorial(power) for power in a))
    return sp.Mul(*(z**power for z, power in zip(vector, a, strict=True))) / sp.sqrt(factorials)


def power_features(dimension: int, degree: int) -> sp.Expr:
    """phi(q).phi(k) for the features sqrt(p!/a!) x^a."""
    q, k = vectors(dimension)
    weight = sp.sqrt(sp.factorial(degree))
    chosen = indices(dimension, range(degree, degree + 1))
    return sp.Add(*((weight * monomial(q, a)) * (weight * monomial(k, a)) for a in chosen))


def taylor_features(dimension: int, degree: int) -> sp.Expr:
    """phi(q).phi(k) for the features x^a/sqrt(a!), |a| <= p."""
    q, k = vectors(dimension)
    return sp.Add(*(monomial(q, a) * monomial(k, a) for a in indices(dimension, range(degree + 1))))


def score(dimension: int) -> sp.Expr:
    q, k = vectors(dimension)
    return sp.Add(*(a * b for a, b in zip(q, k, strict=True)))


def power(dimension: int, degree: int) -> sp.Expr:
    return score(dimension) ** degree


def taylor(dimension: int, degree: int) -> sp.Expr:
    return sp.Add(*(score(dimension) ** k / sp.factorial(k) for k in range(degree + 1)))


Of = Callable[[int, int], sp.Expr]


def _features(name: str, title: str, of_features: Of, kernel: Of, dimension: int) -> Claim:
    """Declare the identity of one dimension, for the degrees of WRITTEN_OUT; spoiled: the kernel of another degree."""
    pairs = [(of_features(dimension, degree), kernel(dimension, degree)) for degree in WRITTEN_OUT]
    wrong = [*pairs[:1], (pairs[1][0], kernel(dimension, 3)), *pairs[2:]]
    true, false = (sp.And(*(sp.Eq(*pair, evaluate=False) for pair in each), evaluate=False) for each in (pairs, wrong))
    claim = declare(
        f"maps.{name}-{dimension}",
        f"{title}, in dimension {dimension}, for the degrees 1 to {WRITTEN_OUT[-1]}",
        true,
        Domain(dict.fromkeys((z for vector in vectors(dimension) for z in vector), REALS)),
        Kind.IDENTITY,
        derived_here("the multinomial theorem"),
        {Method.DERIVED, Method.MEASURED},
        module=__name__,
        spoiled=[Spoiled("degree 3 in place of 2", false)],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _proof() -> tuple[Derivation, ...]:
        return tuple(Derivation(left).equal(right, by=Algebra()) for left, right in pairs)

    return claim


POWERS = {
    dimension: _features(
        "polynomial.features", "weighted monomials of a degree multiply to that power of the score", power_features,
        power, dimension,
    )
    for dimension in WRITTEN_OUT
}  # fmt: skip
TAYLOR = {
    dimension: _features(
        "taylor.features", "weighted monomials up to a degree multiply to the Taylor polynomial of exp",
        taylor_features, taylor, dimension,
    )
    for dimension in WRITTEN_OUT
}  # fmt: skip

expanded = sp.Sum(sp.binomial(p, j) * s**j * (x * y) ** (p - j), (j, 0, p))
one_more_coordinate = declare(
    "maps.polynomial.one-more-coordinate",
    "a power of the score in d + 1 coordinates, by powers of the score in d coordinates",
    sp.Eq((s + x * y) ** p, expanded, evaluate=False),
    Domain(
        {p: DEGREES, s: REALS, x: REALS, y: REALS},
        (),
        {p: "degree", s: "score in d coordinates", x: "the next coordinate of q", y: "that of k"},
    ),
    Kind.IDENTITY,
    derived_here("the multinomial theorem"),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("without the mixed products", sp.Eq((s + x * y) ** p, s**p + (x * y) ** p, evaluate=False))],
)


@evidence_for(one_more_coordinate, Method.DERIVED)
@derived
def _one_more_coordinate() -> Derivation:
    return Derivation((s + x * y) ** p).equal(expanded, by=EvaluateSum())


chosen = sp.binomial(p, j) * (sp.factorial(j) / tail)
extended = sp.factorial(p) / (tail * sp.factorial(p - j))
coefficient = declare(
    "maps.polynomial.coefficient",
    "the weight of a monomial of d coordinates becomes that of d + 1",
    sp.Eq(chosen, extended, evaluate=False),
    Domain(
        {p: DEGREES, j: DEGREES, tail: COUNTS},
        (sp.Le(j, p),),
        {p: "degree", j: "degree in the first d coordinates", tail: "a_1! .. a_d!"},
    ),
    Kind.IDENTITY,
    derived_here("the multinomial theorem"),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("(p - j)! left out", sp.Eq(chosen, sp.factorial(p) / tail, evaluate=False))],
)


@evidence_for(coefficient, Method.DERIVED)
@derived
def _coefficient() -> Derivation:
    return Derivation(chosen).equal(extended, by=Algebra())


counted = 1 + sp.Sum(sp.binomial(d + one - 1, one), (one, 1, p))
number = declare(
    "maps.polynomial.number",
    "the monomials of each degree up to p in d variables are binom(d + p, p) together",
    sp.Eq(counted, sp.binomial(d + p, p), evaluate=False),
    Domain({d: COUNTS, p: DEGREES}, (), {d: MEANINGS[d], p: "degree"}),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("every order of the factors counted", sp.Eq(1 + sp.Sum(d**one, (one, 1, p)), sp.binomial(d + p, p)))
    ],
)


@evidence_for(number, Method.DERIVED)
@derived
def _number() -> Derivation:
    return Derivation(counted).equal(sp.binomial(d + p, p), by=EvaluateSum(lambda top: sp.binomial(d + top, top) - 1))


root = sp.sqrt(size)
signs = declare(
    "maps.polynomial.signs",
    "a negative coefficient is a sign that the keys carry",
    sp.Eq(root * (sign * root), sign * size, evaluate=False),
    Domain({size: sp.Interval.open(0, sp.oo), sign: sp.FiniteSet(-1, 1)}, (), {size: "|c_j|", sign: "sign of c_j"}),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("both sides carry it", sp.Eq((sign * root) * (sign * root), sign * size, evaluate=False))],
)


@evidence_for(signs, Method.DERIVED)
@derived
def _signs() -> Derivation:
    return Derivation(root * (sign * root)).equal(sign * size, by=Algebra())
