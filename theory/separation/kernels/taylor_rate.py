"""B2. The degree of the Taylor kernel: how many terms of exp find the needle.

Hypotheses. As in `taylor_degree`: N_p in the needle's row, l = log n, x = 1+a, s = x^2 l, v = p/s, R(v) = v (1 - log
v), F = 1 + p (p - s + sqrt((p - s)^2 + 4s))/(2s).
Claim. (sufficient) F exp(l x^2 R(v)) >= e sqrt(p) n^(1+x) gives N_p >= n. (necessary) l x^2 R(v) <= x l + log(n-1)
gives N_p <= n - 1, where x l <= p <= s, and so does (necessary-last-term) s^p (s + 1)/(s + 1 - p) <= (n-1) p! (1 +
1/sqrt p) exp(x l - 1). (rate-falls) R(1/y) = (1 + log y)/y falls from R(1) = 1 as y grows from 1.
(rate-end) x^2 R(1/x) <= 1 + x if and only if x log x <= 1. So, for x log x <= 1 <= a(1+a), exactly one v* in [1/x, 1]
has x^2 R(v*) = 1 + x, and the least degree is (beta* + O(log l/l)) l with beta* = x^2 v*, the root of beta (1 + 2 log x
- log beta) = 2 + a. For x log x >= 1, (sufficient-short) a degree p <= x l with F x^p (1 - p/(x l + 1)) >= n has N_p >=
n; with N_p <= x^p this gives beta* = 1/log x instead.
Source. Derived here for the construction of arXiv 2310.11685.
Why. The bounds of `taylor_degree` say when the logarithm of the gain passes log n.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone, Rearrange, Sign
from theory.reasons.slope import Slope
from theory.separation.kernels.taylor_degree import (
    BETWEEN,
    HALF,
    MIDDLE,
    ROW,
    gain,
    is_short,
    last_term_bound,
    lower,
    lower_bound,
    lower_short,
    main,
    p,
    rate,
    row_claim,
    row_domain,
    share,
    short_bound,
    upper,
    upper_bound,
    upper_last_term,
    x,
    y,
    y_larger,
)
from theory.separation.self_attention.construction import RANGES, SOURCE, a, n
from theory.separation.self_attention.gain import log_n as l

high_enough = sp.Ge(share * sp.exp(main + x * l), sp.exp(1) * sp.sqrt(p) * n ** (1 + x), evaluate=False)
sufficient = row_claim(
    __name__, "taylor-degree-sufficient",
    "a degree with F exp(l x^2 R(v)) >= e sqrt(p) n^(1 + x) has a gain of at least n",
    sp.Ge(gain, n, evaluate=False), row_domain(ROW, high_enough, at=(4, sp.Rational(109, 125), 4)), Kind.LOWER,
    [lower.id], [("bound times 4/3", sp.Ge(gain, sp.Rational(4, 3) * n, evaluate=False))],
)  # fmt: skip


@evidence_for(sufficient, Method.DERIVED)
@derived
def _sufficient() -> Derivation:
    return (
        Derivation(gain)
        .at_least(lower_bound, by=Lemma(lower.id, {n: n, a: a, p: p}))
        .at_least(n, by=Sign(given={high_enough: n**-x / (sp.exp(1) * sp.sqrt(p))}))
    )


too_low = sp.Le(main, sp.log(n - 1), evaluate=False)
necessary = declare(
    "separation.kernels.taylor-degree-necessary",
    "a degree with x l <= p <= x^2 l and l x^2 R(v) <= x l + log(n-1) has a gain of at most n - 1",
    sp.Le(gain, n - 1, evaluate=False),
    row_domain(ROW, *BETWEEN, too_low, at=(3, sp.Rational(56, 125), 2)),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=[upper.id],
    spoiled=[
        Spoiled("the hypothesis on the degree dropped", domain=MIDDLE),
        Spoiled("bound times 3/4", sp.Le(gain, sp.Rational(3, 4) * (n - 1), evaluate=False)),
    ],
)


@evidence_for(necessary, Method.DERIVED)
@derived
def _necessary() -> Derivation:
    return (
        Derivation(gain)
        .at_most(upper_bound, by=Lemma(upper.id, {n: n, a: a, p: p}))
        .at_most(
            sp.exp(sp.log(n - 1)),
            by=Monotone(sp.exp, main, sp.Le, sp.log(n - 1), by=Sign(given={too_low: sp.S.One})),
        )
        .equal(n - 1, by=Algebra())
    )


few_terms = sp.Le(last_term_bound, n - 1, evaluate=False)
necessary_last_term = row_claim(
    __name__, "taylor-degree-necessary-last-term",
    "a degree with x l <= p <= s = x^2 l and s^p (s + 1)/(s + 1 - p) <= (n-1) p! (1 + 1/sqrt p) exp(x l - 1) has a "
    "gain of at most n - 1",
    sp.Le(gain, n - 1, evaluate=False), row_domain(ROW, *BETWEEN, few_terms, at=(15, sp.Rational(8463, 10**4), 5)),
    Kind.UPPER, [upper_last_term.id],
    [("bound times 4/5", sp.Le(gain, sp.Rational(4, 5) * (n - 1), evaluate=False))],
)  # fmt: skip


@evidence_for(necessary_last_term, Method.DERIVED)
@derived
def _necessary_last_term() -> Derivation:
    return (
        Derivation(gain)
        .at_most(last_term_bound, by=Lemma(upper_last_term.id, {n: n, a: a, p: p}))
        .at_most(n - 1, by=Sign(given={few_terms: sp.S.One}))
    )


short_enough = sp.Ge(short_bound, n, evaluate=False)
sufficient_short = row_claim(
    __name__, "taylor-degree-sufficient-short",
    "a degree p <= x l with F x^p (1 - p/(x l + 1)) >= n has a gain of at least n",
    sp.Ge(gain, n, evaluate=False), row_domain(ROW, is_short, short_enough, at=(100, sp.Rational(4961, 50), 1)),
    Kind.LOWER, [lower_short.id], [("bound times 1.01", sp.Ge(gain, sp.Rational(101, 100) * n, evaluate=False))],
)  # fmt: skip


@evidence_for(sufficient_short, Method.DERIVED)
@derived
def _sufficient_short() -> Derivation:
    return (
        Derivation(gain)
        .at_least(short_bound, by=Lemma(lower_short.id, {n: n, a: a, p: p}))
        .at_least(n, by=Sign(given={short_enough: sp.S.One}))
    )


rate_falls = row_claim(
    __name__, "taylor-rate-falls", "R(1/y) = (1 + log y)/y falls from y = 1 on: more degrees give more",
    sp.Lt(rate(1 / y_larger), rate(1 / y), evaluate=False),
    row_domain({y: sp.Interval(1, sp.oo), y_larger: sp.Interval.open(1, sp.oo)}, sp.Lt(y, y_larger)), Kind.UPPER, [],
    [("bound times 0.99", sp.Lt(rate(1 / y_larger), sp.Rational(99, 100) * rate(1 / y), evaluate=False))],
)  # fmt: skip


@evidence_for(rate_falls, Method.DERIVED)
@derived
def _rate_falls() -> Derivation:
    return Derivation(rate(1 / y_larger)).less(rate(1 / y), by=Slope(y_larger, y, lambda t: sp.log(t) / t**2))


short_end = sp.Le(x**2 * rate(1 / x), 1 + x, evaluate=False)
rate_end = row_claim(
    __name__, "taylor-rate-end",
    "x^2 R(1/x) <= 1 + x if and only if x log x <= 1: then the least degree is beyond (1 + a) log n",
    sp.Equivalent(short_end, sp.Le(x * sp.log(x), 1, evaluate=False), evaluate=False),
    row_domain({a: RANGES[a]}), Kind.IFF, [],
    [("1 replaced by 3/2", sp.Equivalent(short_end, sp.Le(x * sp.log(x), 3 * HALF), evaluate=False))],
    attacked=False,
)  # fmt: skip


@evidence_for(rate_end, Method.DERIVED)
@derived
def _rate_end() -> Equivalences:
    return Equivalences(short_end).iff(sp.Le(x * sp.log(x), 1, evaluate=False), by=Rearrange(sp.Integer(1)))
