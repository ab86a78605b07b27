"""B2. The degree of the Taylor kernel: how many terms of exp find the needle.

Hypotheses. As in `taylor_degree`: N_p in the needle's row, l = log n, x = 1+a, v = p/(x^2 l), R(v) = v (1 - log v).
Claim. (sufficient) l x^2 R(v) >= (1+x) l + 1 + log(p)/2 gives N_p >= n. (necessary) l x^2 R(v) <= x l + log(n-1) -
3/2 - log(x l)/2 gives N_p <= n - 1, where x l <= p <= x^2 l. (rate-falls) R(1/y) = (1 + log y)/y falls from R(1) = 1
as y grows from 1. (rate-end) x^2 R(1/x) <= 1 + x if and only if x log x <= 1. So, for x log x <= 1 <= a(1+a), exactly
one v* in [1/x, 1] has x^2 R(v*) = 1 + x, and the least degree is (beta* + O(log l/l)) l with beta* = x^2 v*, the root
of beta (1 + 2 log x - log beta) = 2 + a. For x log x >= 1, (sufficient-short) a degree p <= x l with p log x >= l + 1
+ log(p)/2 has N_p >= n; with N_p <= x^p this gives beta* = 1/log x instead.
Source. Derived here for the construction of arXiv 2310.11685.
Why. The bounds of `taylor_degree` say when the logarithm of the gain passes log n.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone, Rearrange, Sign
from theory.reasons.slope import Slope
from theory.separation.kernels.taylor_degree import (
    HALF,
    MIDDLE,
    ROW,
    gain,
    is_short,
    lower,
    lower_bound,
    lower_short,
    m,
    main,
    p,
    rate,
    row_claim,
    row_domain,
    short_bound,
    upper,
    upper_bound,
    x,
    y,
    y_larger,
)
from theory.separation.self_attention.construction import RANGES, SOURCE, a, n
from theory.separation.self_attention.gain import log_n as l

high_enough = sp.Ge(main, l + 1 + sp.log(p) / 2, evaluate=False)
sufficient = row_claim(
    __name__, "taylor-degree-sufficient",
    "a degree with l x^2 R(v) >= (1 + x) l + 1 + log(p)/2 has a gain of at least n",
    sp.Ge(gain, n, evaluate=False), row_domain(ROW, high_enough), Kind.LOWER, [lower.id],
    [("bound times 4", sp.Ge(gain, 4 * n, evaluate=False))],
)  # fmt: skip


@evidence_for(sufficient, Method.DERIVED)
@derived
def _sufficient() -> Derivation:
    exponent = main - 1 - sp.log(p) / 2
    return (
        Derivation(gain)
        .at_least(lower_bound, by=Lemma(lower.id, {n: n, a: a, p: p}))
        .equal(sp.exp(exponent), by=Algebra())
        .at_least(sp.exp(l), by=Monotone(sp.exp, exponent, sp.Ge, l, by=Sign(given={high_enough: sp.S.One})))
        .equal(n, by=Algebra())
    )


too_low = sp.Le(main, sp.log(n - 1) - 3 * HALF - sp.log(x * l) / 2, evaluate=False)
necessary = declare(
    "separation.kernels.taylor-degree-necessary",
    "a degree with l x^2 R(v) <= x l + log(n-1) - 3/2 - log(x l)/2 has a gain of at most n - 1",
    sp.Le(gain, n - 1, evaluate=False),
    Domain(MIDDLE.ranges, (*MIDDLE.hypotheses, too_low), MIDDLE.meanings),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=[upper.id],
    spoiled=[Spoiled("the hypothesis on the degree dropped", domain=MIDDLE)],
)


@evidence_for(necessary, Method.DERIVED)
@derived
def _necessary() -> Derivation:
    exponent = main + 3 * HALF + sp.log(x * l) / 2
    return (
        Derivation(gain)
        .at_most(upper_bound, by=Lemma(upper.id, {n: n, a: a, p: p, m: m}))
        .equal(sp.exp(exponent), by=Algebra())
        .at_most(
            sp.exp(sp.log(n - 1)),
            by=Monotone(sp.exp, exponent, sp.Le, sp.log(n - 1), by=Sign(given={too_low: sp.S.One})),
        )
        .equal(n - 1, by=Algebra())
    )


short_enough = sp.Ge(p * sp.log(x), l + 1 + sp.log(p) / 2, evaluate=False)
sufficient_short = row_claim(
    __name__, "taylor-degree-sufficient-short",
    "a degree p <= (1 + a) log n with p log(1 + a) >= log n + 1 + log(p)/2 has a gain of at least n",
    sp.Ge(gain, n, evaluate=False), row_domain(ROW, is_short, short_enough), Kind.LOWER, [lower_short.id],
    [("bound times 5", sp.Ge(gain, 5 * n, evaluate=False))],
)  # fmt: skip


@evidence_for(sufficient_short, Method.DERIVED)
@derived
def _sufficient_short() -> Derivation:
    exponent = p * sp.log(x) - 1 - sp.log(p) / 2
    return (
        Derivation(gain)
        .at_least(short_bound, by=Lemma(lower_short.id, {n: n, a: a, p: p}))
        .equal(sp.exp(exponent), by=Algebra())
        .at_least(sp.exp(l), by=Monotone(sp.exp, exponent, sp.Ge, l, by=Sign(given={short_enough: sp.S.One})))
        .equal(n, by=Algebra())
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
