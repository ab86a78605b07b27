"""The partial sums T_p(z) of the exponential series between explicit bounds, on either side of p = z.

Hypotheses. p >= 1 an integer, z >= 0.
Claims. (chernoff, chernoff-ratio) For z = p r with r >= 1, T_p(z) <= (e r)^p = (e z/p)^p. (lower) For r > 0, T_p(p r)
>= (e r)^p/(e sqrt p). (lower-beyond) For z = m + f with 1 <= m <= p and 0 <= f <= 1, T_p(z) >= exp(z - 3/2)/sqrt z.
(logarithm) log(1 + u) >= u - u^2/2 for u >= 0.
Source. Folklore; derived here.
Why. For j <= p <= z a term z^j/j! is at most (z/p)^p p^j/j!. All terms are positive, and m! <= e sqrt(m) (m/e)^m.
When tight: (chernoff) and (lower) differ by the factor e sqrt p, whatever z is.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import stirling
from theory.lemmas.exponential_series import (
    MEANINGS,
    RATIOS,
    below_exponential,
    degree,
    j,
    m,
    one_term,
    p,
    partial_sum,
    z,
)
from theory.reasons import Algebra, CombineSums, Lemma, Monotone, Sign, TermwiseSum
from theory.reasons.slope import Slope

r = sp.Symbol("r", positive=True)
f = sp.Symbol("f", nonnegative=True)
u = sp.Symbol("u", nonnegative=True)
WORDS = {**MEANINGS, r: "z/p", f: "z - m", u: "f/m"}


def _domain(ranges: dict, *hypotheses) -> Domain:
    return Domain(ranges, hypotheses, {symbol: WORDS[symbol] for symbol in ranges})


chernoff_ratio = declare(
    "lemma.exponential-series.chernoff-ratio",
    "T_p(p r) is at most (e r)^p for r >= 1",
    sp.Le(partial_sum(degree, degree * r), sp.exp(degree) * r**degree, evaluate=False),
    _domain({degree: sp.Range(1, sp.oo), r: RATIOS}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[below_exponential.id],
    spoiled=[
        Spoiled(
            "bound times 7/10",
            sp.Le(partial_sum(degree, degree * r), sp.Rational(7, 10) * sp.exp(degree) * r**degree, evaluate=False),
        )
    ],
)


@evidence_for(chernoff_ratio, Method.DERIVED)
@derived
def _chernoff_ratio() -> Derivation:
    terms = sp.Sum((degree * r) ** j / sp.factorial(j), (j, 1, degree))
    larger = sp.Sum(r**degree * degree**j / sp.factorial(j), (j, 1, degree))
    one_term = Monotone(lambda w: degree**j / sp.factorial(j) * w, r**j, sp.Le, r**degree, by=Sign())
    return (
        Derivation(partial_sum(degree, degree * r))
        .at_most(1 + larger, by=Monotone(lambda w: 1 + w, terms, sp.Le, larger, by=TermwiseSum(by=one_term)))
        .at_most(r**degree + larger, by=Sign())
        .equal(r**degree * partial_sum(degree, degree), by=CombineSums())
        .at_most(
            sp.exp(degree) * r**degree,
            by=Monotone(
                lambda w: r**degree * w,
                partial_sum(degree, degree),
                sp.Le,
                sp.exp(degree),
                by=Lemma(below_exponential.id, {p: degree, z: degree}),
            ),
        )
    )


large = sp.Ge(z, degree, evaluate=False)
chernoff_bound = sp.exp(degree) * (z / degree) ** degree
chernoff = declare(
    "lemma.exponential-series.chernoff",
    "T_p(z) is at most (e z/p)^p for z >= p",
    sp.Le(partial_sum(degree, z), chernoff_bound, evaluate=False),
    _domain({degree: sp.Range(1, sp.oo), z: sp.Interval(0, sp.oo)}, large),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[chernoff_ratio.id],
    spoiled=[
        Spoiled("bound times 7/10", sp.Le(partial_sum(degree, z), sp.Rational(7, 10) * chernoff_bound, evaluate=False))
    ],
)


@evidence_for(chernoff, Method.DERIVED)
@derived
def _chernoff() -> Derivation:
    return Derivation(partial_sum(degree, z)).at_most(
        chernoff_bound, by=Lemma(chernoff_ratio.id, {degree: degree, r: z / degree})
    )


lower_bound = sp.exp(degree - 1) * r**degree / sp.sqrt(degree)
lower = declare(
    "lemma.exponential-series.lower",
    "T_p(p r) is at least (e r)^p/(e sqrt p)",
    sp.Ge(partial_sum(degree, degree * r), lower_bound, evaluate=False),
    _domain({degree: sp.Range(1, sp.oo), r: sp.Interval.open(0, sp.oo)}),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[one_term.id, stirling.upper.id],
    spoiled=[
        Spoiled(
            "bound times 1.01",
            sp.Ge(partial_sum(degree, degree * r), sp.Rational(101, 100) * lower_bound, evaluate=False),
        )
    ],
)


@evidence_for(lower, Method.DERIVED)
@derived
def _lower() -> Derivation:
    power = (degree * r) ** degree
    return (
        Derivation(partial_sum(degree, degree * r))
        .at_least(power / sp.factorial(degree), by=Lemma(one_term.id, {degree: degree, z: degree * r, m: degree}))
        .at_least(
            power / stirling.bound(degree),
            by=Monotone(
                lambda w: power / w,
                sp.factorial(degree),
                sp.Le,
                stirling.bound(degree),
                by=Lemma(stirling.upper.id, {stirling.p: degree}),
            ),
        )
        .equal(lower_bound, by=Algebra())
    )


parabola = u - u**2 / 2
logarithm = declare(
    "lemma.exponential-series.logarithm",
    "log(1 + u) is at least u - u^2/2",
    sp.Ge(sp.log(1 + u), parabola, evaluate=False),
    _domain({u: sp.Interval(0, sp.oo)}),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("u^2/2 replaced by 0.49 u^2", sp.Ge(sp.log(1 + u), u - u**2 * sp.Rational(49, 100)))],
)


@evidence_for(logarithm, Method.DERIVED)
@derived
def _logarithm() -> Derivation:
    return Derivation(sp.log(1 + u)).at_least(parabola, by=Slope(u, 0, lambda t: t**2 / (1 + t)))


beyond_bound = sp.exp(m + f - sp.Rational(3, 2)) / sp.sqrt(m + f)
lower_beyond = declare(
    "lemma.exponential-series.lower-beyond",
    "T_p(z) is at least exp(z - 3/2)/sqrt z as soon as p reaches z",
    sp.Ge(partial_sum(degree, m + f), beyond_bound, evaluate=False),
    _domain({degree: sp.Range(1, sp.oo), m: sp.Range(1, sp.oo), f: sp.Interval(0, 1)}, sp.Le(m, degree)),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[one_term.id, stirling.upper.id, logarithm.id],
    spoiled=[
        Spoiled("bound times 3", sp.Ge(partial_sum(degree, m + f), 3 * beyond_bound, evaluate=False)),
    ],
)


@evidence_for(lower_beyond, Method.DERIVED)
@derived
def _lower_beyond() -> Derivation:
    half, power = sp.Rational(1, 2), (m + f) ** m
    in_power = lambda w: sp.exp(m - 1) / sp.sqrt(m) * sp.exp(w)  # noqa: E731
    exponent = m * sp.log(1 + f / m)
    return (
        Derivation(partial_sum(degree, m + f))
        .at_least(power / sp.factorial(m), by=Lemma(one_term.id, {degree: degree, z: m + f, m: m}))
        .at_least(
            power / stirling.bound(m),
            by=Monotone(
                lambda w: power / w, sp.factorial(m), sp.Le, stirling.bound(m),
                by=Lemma(stirling.upper.id, {stirling.p: m}),
            ),
        )
        .equal(in_power(exponent), by=Algebra())
        .at_least(
            in_power(f - f**2 / (2 * m)),
            by=Monotone(
                lambda w: in_power(m * w), sp.log(1 + f / m), sp.Ge, parabola.subs(u, f / m),
                by=Lemma(logarithm.id, {u: f / m}),
            ),
        )
        .at_least(in_power(f - half), by=Monotone(in_power, f - f**2 / (2 * m), sp.Ge, f - half, by=Sign()))
        .at_least(
            beyond_bound, by=Monotone(lambda w: sp.exp(m + f - 3 * half) / sp.sqrt(w), m, sp.Le, m + f, by=Sign())
        )
    )  # fmt: skip
