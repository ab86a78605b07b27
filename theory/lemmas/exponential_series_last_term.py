"""The partial sums T_p(z) of the exponential series as their last term z^p/p! times what the other terms add.

Hypotheses. p >= 1 an integer, z > 0; F = p! T_p(z)/z^p.
Claims. (geometric) F <= (z + 1)/(z + 1 - p) for z >= p. (last-terms) F >= 1 + p (p - z + 2u)/(z + u^2) for every u, and
(last-terms-root), at the best u, F >= 1 + p (p - z + sqrt((p - z)^2 + 4z))/(2z). (lower) T_p(z) >= (e z/p)^p/(e sqrt p)
times that. (beyond) T_p(z) >= exp(z - 1) (1 + 1/sqrt p) for z <= p.
Source. Derived here; F is one over the blocking probability that Erlang's formula gives.
Why. Sums over j of z^k/k! P(k) at k = j less that at k = j - 1, for a polynomial P, telescope, and such a difference is
z^j/j! plus j (p - j) times something positive in (geometric), and less (j - 1 + u - z)^2 times that in (last-terms). In
(lower), p! <= e sqrt(p) (p/e)^p; (beyond) is that at z = p, and exp(-z) T_p(z) falls.
When tight: (geometric) and (last-terms-root) tend to F = 1/(1 - p/z) for large p at a fixed p/z < 1; at p = z they are
off by the factors sqrt(2p/pi) and sqrt(2/pi) in the limit, and (beyond) by 2/e. All are equalities at p = 1,
(beyond) at z = 1 only.
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
from theory.lemmas.exponential_series import MEANINGS, decreasing, degree, j, p, partial_sum, x, z
from theory.reasons import Algebra, EvaluateSum, Lemma, Monotone, Sign, TermwiseSum

u = sp.Symbol("u", real=True)
WORDS = {**MEANINGS, u: "a number to choose"}
POSITIVE = sp.Interval.open(0, sp.oo)


def _domain(ranges: dict, *hypotheses) -> Domain:
    return Domain(ranges, hypotheses, {symbol: WORDS[symbol] for symbol in ranges})


def last_term(p, z):
    """z^p/p!."""
    return z**p / sp.factorial(p)


def share_beyond(p, z):
    """(z + 1)/(z + 1 - p), at least T_p(z) over its last term."""
    return (z + 1) / (z + 1 - p)


geometric_bound = last_term(degree, z) * share_beyond(degree, z)
geometric = declare(
    "lemma.exponential-series.geometric",
    "T_p(z) is at most z^p/p! (z + 1)/(z + 1 - p) for z >= p",
    sp.Le(partial_sum(degree, z), geometric_bound, evaluate=False),
    _domain({degree: sp.Range(1, sp.oo), z: POSITIVE}, sp.Ge(z, degree, evaluate=False)),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "bound times 0.99",
            sp.Le(partial_sum(degree, z), sp.Rational(99, 100) * geometric_bound, evaluate=False),
        )
    ],
)


def telescope(closed, relation):
    """1 + the sum of z^j/j! REL 1 + closed(p), as every term REL closed(j) - closed(j - 1), and closed(0) = 0."""
    plain = sp.Sum(last_term(j, z), (j, 1, degree))
    terms = sp.Sum(closed(j) - closed(j - 1), (j, 1, degree))
    return 1 + terms, Monotone(lambda w: 1 + w, plain, relation, terms, by=TermwiseSum(by=Sign())), EvaluateSum(closed)


@evidence_for(geometric, Method.DERIVED)
@derived
def _geometric() -> Derivation:
    closed = lambda k: last_term(k, z) * (z + 1 - degree + k) / (z + 1 - degree) - 1  # noqa: E731
    terms, term_by_term, sums_up = telescope(closed, sp.Le)
    return Derivation(partial_sum(degree, z)).at_most(terms, by=term_by_term).equal(geometric_bound, by=sums_up)


last_terms_bound = last_term(degree, z) * (1 + degree * (degree - z + 2 * u) / (z + u**2))
last_terms = declare(
    "lemma.exponential-series.last-terms",
    "T_p(z) is at least z^p/p! (1 + p (p - z + 2u)/(z + u^2)) for every u",
    sp.Ge(partial_sum(degree, z), last_terms_bound, evaluate=False),
    _domain({degree: sp.Range(1, sp.oo), z: POSITIVE, u: sp.Interval(-sp.oo, sp.oo)}),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "bound times 1.01",
            sp.Ge(partial_sum(degree, z), sp.Rational(101, 100) * last_terms_bound, evaluate=False),
        )
    ],
)


@evidence_for(last_terms, Method.DERIVED)
@derived
def _last_terms() -> Derivation:
    closed = lambda k: last_term(k, z) * (1 + k * (k - z + 2 * u) / (z + u**2)) - 1  # noqa: E731
    terms, term_by_term, sums_up = telescope(closed, sp.Ge)
    return Derivation(partial_sum(degree, z)).at_least(terms, by=term_by_term).equal(last_terms_bound, by=sums_up)


def last_share(p, z):
    """1 + p (p - z + sqrt((p - z)^2 + 4z))/(2z), at most T_p(z) over its last term."""
    return 1 + p * (p - z + sp.sqrt((p - z) ** 2 + 4 * z)) / (2 * z)


root_bound = last_term(degree, z) * last_share(degree, z)
last_terms_root = declare(
    "lemma.exponential-series.last-terms-root",
    "T_p(z) is at least z^p/p! (1 + p (p - z + sqrt((p - z)^2 + 4z))/(2z))",
    sp.Ge(partial_sum(degree, z), root_bound, evaluate=False),
    _domain({degree: sp.Range(1, sp.oo), z: POSITIVE}),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[last_terms.id],
    spoiled=[
        Spoiled(
            "bound times 1.01",
            sp.Ge(partial_sum(degree, z), sp.Rational(101, 100) * root_bound, evaluate=False),
        )
    ],
)


@evidence_for(last_terms_root, Method.DERIVED)
@derived
def _last_terms_root() -> Derivation:
    best = (z - degree + sp.sqrt((degree - z) ** 2 + 4 * z)) / 2  # the positive root of u^2 = z + (z - p) u
    return Derivation(partial_sum(degree, z)).at_least(
        root_bound, by=Lemma(last_terms.id, {degree: degree, z: z, u: best})
    )


lower_bound = sp.exp(degree - 1) * (z / degree) ** degree / sp.sqrt(degree) * last_share(degree, z)
lower = declare(
    "lemma.exponential-series.lower",
    "T_p(z) is at least (e z/p)^p/(e sqrt p) (1 + p (p - z + sqrt((p - z)^2 + 4z))/(2z))",
    sp.Ge(partial_sum(degree, z), lower_bound, evaluate=False),
    _domain({degree: sp.Range(1, sp.oo), z: POSITIVE}),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[last_terms_root.id, stirling.upper.id],
    spoiled=[
        Spoiled(
            "bound times 1.01",
            sp.Ge(partial_sum(degree, z), sp.Rational(101, 100) * lower_bound, evaluate=False),
        )
    ],
)


@evidence_for(lower, Method.DERIVED)
@derived
def _lower() -> Derivation:
    whole, permutations, stirlings = partial_sum(degree, z), sp.factorial(degree), stirling.bound(degree)
    return (
        Derivation(whole)
        .at_least(
            permutations * whole / stirlings,
            by=Monotone(
                lambda w: permutations * whole / w, permutations, sp.Le, stirlings,
                by=Lemma(stirling.upper.id, {stirling.p: degree}),
            ),
        )
        .at_least(
            permutations * root_bound / stirlings,
            by=Monotone(
                lambda w: permutations * w / stirlings, whole, sp.Ge, root_bound,
                by=Lemma(last_terms_root.id, {degree: degree, z: z}),
            ),
        )
        .equal(lower_bound, by=Algebra())
    )  # fmt: skip


beyond_bound = sp.exp(z - 1) * (1 + 1 / sp.sqrt(degree))
beyond = declare(
    "lemma.exponential-series.beyond",
    "T_p(z) is at least exp(z - 1) (1 + 1/sqrt p) as soon as p reaches z",
    sp.Ge(partial_sum(degree, z), beyond_bound, evaluate=False),
    _domain({degree: sp.Range(1, sp.oo), z: POSITIVE}, sp.Ge(degree, z, evaluate=False)),
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[decreasing.id, lower.id],
    spoiled=[
        Spoiled(
            "bound times 1.01",
            sp.Ge(partial_sum(degree, z), sp.Rational(101, 100) * beyond_bound, evaluate=False),
        )
    ],
)


@evidence_for(beyond, Method.DERIVED)
@derived
def _beyond() -> Derivation:
    here, there = partial_sum(degree, z), partial_sum(degree, degree)
    scaled, end = sp.exp(-degree) * there, (1 + sp.sqrt(degree)) * sp.exp(degree - 1) / sp.sqrt(degree)
    return (
        Derivation(here)
        .equal(sp.exp(z) * (sp.exp(-z) * here), by=Algebra())
        .at_least(
            sp.exp(z) * scaled,
            by=Monotone(
                lambda w: sp.exp(z) * w, sp.exp(-z) * here, sp.Ge, scaled,
                by=Lemma(decreasing.id, {p: degree, z: z, x: degree / z}),
            ),
        )
        .at_least(
            sp.exp(z - degree) * end,
            by=Monotone(
                lambda w: sp.exp(z - degree) * w, there, sp.Ge, end, by=Lemma(lower.id, {degree: degree, z: degree})
            ),
        )
        .equal(beyond_bound, by=Algebra())
    )  # fmt: skip
