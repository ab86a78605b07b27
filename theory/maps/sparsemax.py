"""Sparsemax is the projection of the scores on the simplex, and a sorted search finds it.

Hypotheses. The scores are s_i; p_i = max(s_i - tau, 0) with the tau for which they sum to one; q_i >= 0 is any other
row that sums to one. The objective is the sum of s_i p_i - p_i^2/2: up to a constant minus half the squared distance of
p from s.
Claims. (coordinate) s p - p^2/2 - (s q - q^2/2) >= tau (p - q) + (p - q)^2/2. Added over the coordinates the tau terms
cancel: p is better than q by at least |p - q|^2/2, so the threshold form is the maximiser, and the only one. (optimal)
One step of that induction: what was gained over some coordinates, with sums P and Q of p and q and a sum D of squares,
stays at least tau (P - Q) + D/2 when one more coordinate is added.
(support) With S the sum of the k largest scores their threshold is (S - 1)/k; a next score t is not above it if and
only if 1 + (k + 1) t <= S + t, the test that a sorted search makes. (prefix) Where the test of k scores fails, it fails
for one more, so that the search may stop. (pair) Two scores that differ by x >= 0 have the weights (1 + x)/2 and (1 -
x)/2 for x < 1; from x = 1 on the smaller one is exactly 0.
Source. Martins and Astudillo, arXiv 1602.02068; derived here from the optimality conditions.
Why. On the support the derivative s - p of the objective is tau, off it at most that; and it is strictly concave.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.maps.simplex import SPARSEMAX
from theory.reasons import Algebra, Cases, Lemma, Monotone, Rearrange, Sign, substitute

s, tau = sp.symbols("s tau", real=True)
p = sp.Symbol("p", real=True)  # what the threshold gives
q = sp.Symbol("q", nonnegative=True)
REALS, HALF_LINE = sp.Interval(-sp.oo, sp.oo), sp.Interval(0, sp.oo)
COORDINATE = {s: "score", tau: "threshold", q: "another weight"}

above = sp.Gt(s, tau, evaluate=False)
PROJECTED: dict[sp.Expr, sp.Expr] = {p: sp.Piecewise((s - tau, above), (0, True))}
gain = s * p - p**2 / 2 - (s * q - q**2 / 2)
least_gain = tau * (p - q) + (p - q) ** 2 / 2

coordinate = declare(
    "maps.sparsemax.coordinate",
    "in each coordinate sparsemax gains at least tau (p - q) + (p - q)^2/2 over another weight",
    sp.Ge(gain, least_gain, evaluate=False),
    Domain({s: REALS, tau: REALS, q: HALF_LINE}, (), COORDINATE),
    Kind.LOWER,
    derived_here(SPARSEMAX),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    definitions=PROJECTED,
    spoiled=[Spoiled("1/2 replaced by 51/100", sp.Ge(gain, least_gain + (p - q) ** 2 / 100, evaluate=False))],
)


@evidence_for(coordinate, Method.DERIVED)
@derived
def _coordinate() -> Derivation:
    start, end = gain.subs(PROJECTED), least_gain.subs(PROJECTED)
    return Derivation(start).at_least(end, by=Cases(above, Sign(), Sign()))


G, P, Q = sp.symbols("G P Q", real=True)
D = sp.Symbol("D", nonnegative=True)
so_far = sp.Ge(G, tau * (P - Q) + D / 2, evaluate=False)
with_one_more = tau * (P + p - Q - q) + (D + (p - q) ** 2) / 2
optimal = declare(
    "maps.sparsemax.optimal",
    "coordinate by coordinate the gain stays at least tau (P - Q) + D/2, which is D/2 where both rows sum to one",
    sp.Ge(G + gain, with_one_more, evaluate=False),
    Domain(
        {G: REALS, P: REALS, Q: REALS, D: HALF_LINE, s: REALS, tau: REALS, q: HALF_LINE}, (so_far,),
        {G: "gain so far", P: "sum of p so far", Q: "of the other row", D: "sum of squares of the differences",
         **COORDINATE},
    ),
    Kind.LOWER,
    derived_here(SPARSEMAX),
    {Method.DERIVED},
    module=__name__,
    rests_on=[coordinate.id],
    definitions=PROJECTED,
    spoiled=[Spoiled("q counted twice", sp.Ge(G + gain, with_one_more + q, evaluate=False))],
)  # fmt: skip


@evidence_for(optimal, Method.DERIVED)
@derived
def _optimal() -> Derivation:
    one, least = gain.subs(PROJECTED), least_gain.subs(PROJECTED)
    by_lemma = Lemma(coordinate.id, {s: s, tau: tau, q: q})
    return (
        Derivation(G + one)
        .at_least(G + least, by=Monotone(lambda z: G + z, one, sp.Ge, least, by=by_lemma))
        .at_least(tau * (P - Q) + D / 2 + least, by=Sign("by hypothesis"))
        .equal(with_one_more.subs(PROJECTED), by=Algebra())
    )


k = sp.Symbol("k", integer=True, positive=True)
S, t, u = sp.symbols("S t u", real=True)
SORTED = {k: "scores so far", S: "their sum", t: "the next score", u: "the one after it"}
not_above = sp.Le(t, (S - 1) / k, evaluate=False)
test_fails = sp.Le(1 + (k + 1) * t, S + t, evaluate=False)
support = declare(
    "maps.sparsemax.support",
    "a next score is not above the threshold of the k largest if and only if the sorted test fails for it",
    sp.Equivalent(not_above, test_fails, evaluate=False),
    Domain({k: sp.Range(1, sp.oo), S: REALS, t: REALS}, (), {symbol: SORTED[symbol] for symbol in (k, S, t)}),
    Kind.IFF,
    derived_here(SPARSEMAX),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "1 left out of the test",
            sp.Equivalent(not_above, sp.Le((k + 1) * t, S + t, evaluate=False), evaluate=False),
        )
    ],
)


@evidence_for(support, Method.DERIVED)
@derived
def _support() -> Equivalences:
    return Equivalences(not_above).iff(test_fails, by=Rearrange(k))


prefix = declare(
    "maps.sparsemax.prefix",
    "where the sorted test fails for one score, it fails for the next",
    sp.Le(1 + (k + 2) * u, S + t + u, evaluate=False),
    Domain({k: sp.Range(1, sp.oo), S: REALS, t: REALS, u: REALS}, (test_fails, sp.Le(u, t)), SORTED),
    Kind.UPPER,
    derived_here(SPARSEMAX),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "scores in no order",
            domain=Domain({k: sp.Range(1, sp.oo), S: REALS, t: REALS, u: REALS}, (test_fails,), SORTED),
        )
    ],
)


@evidence_for(prefix, Method.DERIVED)
@derived
def _prefix() -> Derivation:
    return (
        Derivation(1 + (k + 2) * u)
        .at_most(1 + (k + 1) * t + u, by=Sign("as $u \\le t$", given={prefix.domain.hypotheses[1]: k + 1}))
        .at_most(S + t + u, by=Sign("by hypothesis"))
    )


x = sp.Symbol("x", nonnegative=True)
tau_pair = sp.Symbol("tau_2", real=True)
close = sp.Lt(x, 1, evaluate=False)
THRESHOLD: dict[sp.Expr, sp.Expr] = {tau_pair: sp.Piecewise(((x - 1) / 2, close), (x - 1, True))}


def cut(score: sp.Expr | int) -> sp.Expr:
    """The weight of a score where tau_2 is the threshold."""
    return sp.Piecewise((score - tau_pair, sp.Gt(score - tau_pair, 0, evaluate=False)), (0, True))


smaller = sp.Piecewise(((1 - x) / 2, close), (0, True))
pair = declare(
    "maps.sparsemax.pair",
    "scores x and 0: the weights add up to one, and that of 0 is (1 - x)/2, exactly 0 from x = 1 on",
    sp.And(
        sp.Eq(cut(0), smaller, evaluate=False),
        sp.Eq(cut(x) + cut(0), sp.Integer(1), evaluate=False),
        evaluate=False,
    ),
    Domain({x: HALF_LINE}, (), {x: "how far the two scores are apart"}),
    Kind.IDENTITY,
    derived_here(SPARSEMAX),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    definitions=THRESHOLD,
    spoiled=[
        Spoiled(
            "exactly 0 from x = 2 on, as for alpha = 3/2",
            sp.And(
                sp.Eq(cut(0), sp.Piecewise(((2 - x) / 4, sp.Lt(x, 2, evaluate=False)), (0, True)), evaluate=False),
                sp.Eq(cut(x) + cut(0), sp.Integer(1), evaluate=False),
                evaluate=False,
            ),
        )
    ],
)


@evidence_for(pair, Method.DERIVED)
@derived
def _pair() -> tuple[Derivation, Derivation]:
    by_cases = Cases(close, Algebra(), Algebra())
    first, second = (substitute(cut(score), THRESHOLD) for score in (x, 0))
    return Derivation(second).equal(smaller, by=by_cases), Derivation(first + second).equal(sp.Integer(1), by=by_cases)
