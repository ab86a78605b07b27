"""B2. Taylor polynomials of exp as kernels: their gain lies between those of s^p and of softmax.

Hypotheses. The kernel T_p(s) = 1 + s + .. + s^p/p! of the score s; a row whose other tokens have the score z > 0, so
that the needle has (1+a) z: z = (1+a) log n in the needle's row, z = log n in any other. N_p = T_p((1+a) z)/T_p(z).
Claim. (polynomial) N_p <= (1+a)^p. (grows) N_p <= N_(p+1). (softmax) N_p <= exp(a z), which is n^(a(1+a)) in the
needle's row. (hopeless) If softmax's gain does not put more than w on the needle, n^(a(1+a)) <= (n-1) w/(1-w), then
no degree does. (golden-reading) It is not the golden threshold a(1+a) <= 1 that decides this at finite n: below it,
and where n^(a(1+a)) > n - 1, softmax puts more than half on the needle, and Taylor kernels of large degree do so too.
(dominated-limit) A map with at most softmax's gain, such as a Taylor kernel of a degree that may grow with n, has a
needle weight of at most n^(a(1+a)-1).
Source. Derived here for the construction of arXiv 2310.11685.
Why. T_p has coefficients >= 0; the new term's ratio (1+a)^(p+1) is above all earlier ones; exp(-z) T_p(z) decreases.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import exponential_series as series
from theory.lemmas.exponential_series import partial_sum
from theory.reasons import Algebra, CombineSums, Lemma, Monotone, Sign, TermwiseSum
from theory.separation.kernels.weight import GAINS, WEIGHTS, WORDS, gain, gain_needed, larger_gain, monotone, w
from theory.separation.kernels.witness import refuted_at
from theory.separation.self_attention.construction import (
    MEANINGS,
    RANGES,
    SOURCE,
    a,
    n,
    needle_weight,
    softmax_needle_gain,
)
from theory.separation.self_attention.gain import log_n
from theory.separation.self_attention.phase_diagram.golden_threshold import below as golden_below
from theory.separation.self_attention.phase_diagram.log_space import g

p, j = series.p, series.j
z = sp.Symbol("z", positive=True)
x = 1 + a
ARGUMENTS, DEGREES = sp.Interval.open(0, sp.oo), sp.Range(0, sp.oo)
ROW = {a: RANGES[a], z: ARGUMENTS, p: DEGREES}
NEEDLE_ROW = {n: RANGES[n], a: RANGES[a], p: DEGREES}


def _domain(ranges: dict, *hypotheses) -> Domain:
    words = {**WORDS, **MEANINGS, p: "degree", z: "score of a token that is not the needle", w: WORDS[w]}
    return Domain(ranges, hypotheses, {symbol: words[symbol] for symbol in ranges})


def taylor_gain(a, z, p):
    """N_p of a row whose other tokens have the score z."""
    return partial_sum(p, (1 + a) * z) / partial_sum(p, z)


def needle_row_gain(a, n, p):
    """N_p of the needle's own row."""
    return taylor_gain(a, (1 + a) * sp.log(n), p)


def _bound(
    name: str, title: str, left, right, of: Domain, spoiled, rests_on=(), methods=(Method.DERIVED, Method.ATTACKED)
) -> Claim:
    """Declare left <= right; `spoiled` is a pair: why, and a right side that is too small."""
    return declare(
        f"separation.kernels.{name}",
        title,
        sp.Le(left, right, evaluate=False),
        of,
        Kind.UPPER,
        derived_here(SOURCE),
        methods,
        module=__name__,
        rests_on=rests_on,
        spoiled=[Spoiled(spoiled[0], sp.Le(left, spoiled[1], evaluate=False))],
    )


termwise = _bound(
    "taylor-termwise", "no term of the Taylor kernel grows by more than (1 + a)^p",
    partial_sum(p, x * z), x**p * partial_sum(p, z), _domain(ROW),
    ("bound times 0.99", sp.Rational(99, 100) * x**p * partial_sum(p, z)), methods=(Method.DERIVED,),
)  # fmt: skip


@evidence_for(termwise, Method.DERIVED)
@derived
def _termwise() -> Derivation:
    larger = sp.Sum(x**p * z**j / sp.factorial(j), (j, 1, p))
    terms = sp.Sum((x * z) ** j / sp.factorial(j), (j, 1, p))
    term = Monotone(lambda v: z**j / sp.factorial(j) * v, x**j, sp.Le, x**p, by=Sign())
    return (
        Derivation(partial_sum(p, x * z))
        .at_most(1 + larger, by=Monotone(lambda v: 1 + v, terms, sp.Le, larger, by=TermwiseSum(by=term)))
        .at_most(x**p + larger, by=Monotone(lambda v: v + larger, 1, sp.Le, x**p, by=Sign()))
        .equal(x**p * partial_sum(p, z), by=CombineSums())
    )


below_polynomial = _bound(
    "taylor-below-polynomial", "the Taylor kernel of degree p has a gain of at most (1 + a)^p",
    taylor_gain(a, z, p), x**p, _domain(ROW), ("bound times 0.99", sp.Rational(99, 100) * x**p),
    rests_on=[termwise.id], methods=(Method.DERIVED, Method.ATTACKED, Method.MEASURED),
)  # fmt: skip


@evidence_for(below_polynomial, Method.DERIVED)
@derived
def _below_polynomial() -> Derivation:
    whole = partial_sum(p, z)
    return (
        Derivation(taylor_gain(a, z, p))
        .at_most(
            x**p * whole / whole,
            by=Monotone(
                lambda v: v / whole, partial_sum(p, x * z), sp.Le, x**p * whole,
                by=Lemma(termwise.id, {a: a, z: z, p: p}),
            ),
        )
        .equal(x**p, by=Algebra())
    )  # fmt: skip


new_term = z ** (p + 1) / sp.factorial(p + 1)
next_gain = (partial_sum(p, x * z) + x ** (p + 1) * new_term) / (partial_sum(p, z) + new_term)
grows = _bound(
    "taylor-gain-grows", "one more term never lowers the gain",
    taylor_gain(a, z, p), next_gain, _domain(ROW), ("bound times 0.99", sp.Rational(99, 100) * next_gain),
    rests_on=[below_polynomial.id],
)  # fmt: skip


@evidence_for(grows, Method.DERIVED)
@derived
def _grows() -> Derivation:
    above, below = partial_sum(p, x * z), partial_sum(p, z)
    join = lambda v: (above + v * new_term) / (below + new_term)  # noqa: E731
    return (
        Derivation(taylor_gain(a, z, p))
        .equal(join(taylor_gain(a, z, p)), by=Algebra())
        .at_most(
            join(x**p),
            by=Monotone(join, taylor_gain(a, z, p), sp.Le, x**p, by=Lemma(below_polynomial.id, {a: a, z: z, p: p})),
        )
        .at_most(next_gain, by=Monotone(join, x**p, sp.Le, x ** (p + 1), by=Sign()))
    )


below_softmax = _bound(
    "taylor-below-softmax", "the Taylor kernel has at most the gain of softmax, whatever its degree",
    taylor_gain(a, z, p), sp.exp(a * z), _domain(ROW), ("bound times 0.99", sp.Rational(99, 100) * sp.exp(a * z)),
    rests_on=[series.decreasing.id], methods=(Method.DERIVED, Method.ATTACKED, Method.MEASURED),
)  # fmt: skip


@evidence_for(below_softmax, Method.DERIVED)
@derived
def _below_softmax() -> Derivation:
    whole = partial_sum(p, z)
    scaled = sp.exp(-x * z) * partial_sum(p, x * z)
    return (
        Derivation(taylor_gain(a, z, p))
        .equal(sp.exp(x * z) * scaled / whole, by=Algebra())
        .at_most(
            sp.exp(x * z) * (sp.exp(-z) * whole) / whole,
            by=Monotone(
                lambda v: sp.exp(x * z) * v / whole, scaled, sp.Le, sp.exp(-z) * whole,
                by=Lemma(series.decreasing.id, {series.p: p, series.z: z, series.x: x}),
            ),
        )
        .equal(sp.exp(a * z), by=Algebra())
    )  # fmt: skip


hopeless_hypothesis = sp.Le(softmax_needle_gain(a, n) * (1 - w), (n - 1) * w, evaluate=False)
HOPELESS = _domain({**NEEDLE_ROW, w: WEIGHTS}, hopeless_hypothesis)
hopeless = declare(
    "separation.kernels.taylor-hopeless",
    "where softmax does not put more than w on the needle, no Taylor kernel has the gain that it takes",
    sp.Le(needle_row_gain(a, n, p), gain_needed(w, n), evaluate=False),
    HOPELESS,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=[below_softmax.id, "separation.kernels.weight-threshold"],
    spoiled=[
        Spoiled("bound times 0.99", sp.Le(needle_row_gain(a, n, p), sp.Rational(99, 100) * gain_needed(w, n))),
        Spoiled("the hypothesis dropped", domain=_domain({**NEEDLE_ROW, w: WEIGHTS})),
    ],
)


@evidence_for(hopeless, Method.DERIVED)
@derived
def _hopeless() -> Derivation:
    return (
        Derivation(needle_row_gain(a, n, p))
        .at_most(softmax_needle_gain(a, n), by=Lemma(below_softmax.id, {a: a, z: (1 + a) * log_n, p: p}))
        .at_most(gain_needed(w, n), by=Sign(given={hopeless_hypothesis: 1 / (1 - w)}))
    )


golden_limit = declare(
    "separation.kernels.dominated-limit",
    "no map with at most the gain of softmax has a needle weight above n^(a(1+a) - 1)",
    sp.Le(needle_weight(gain, n), n ** (a * (1 + a) - 1), evaluate=False),
    _domain({n: RANGES[n], a: RANGES[a], gain: GAINS[gain]}, sp.Le(gain, softmax_needle_gain(a, n))),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=["separation.kernels.weight-monotone", golden_below.id],
    spoiled=[
        Spoiled("bound times 0.99", sp.Le(needle_weight(gain, n), sp.Rational(99, 100) * n ** (a * (1 + a) - 1))),
    ],
)


@evidence_for(golden_limit, Method.DERIVED)
@derived
def _golden_limit() -> Derivation:
    largest = softmax_needle_gain(a, n)
    return (
        Derivation(needle_weight(gain, n))
        .at_most(needle_weight(largest, n), by=Lemma(monotone.id, {gain: gain, larger_gain: largest, n: n}))
        .at_most(n ** (a * (1 + a) - 1), by=Lemma(golden_below.id, {n: n, g: a * (1 + a)}))
    )


golden_reading = declare(
    "separation.kernels.taylor-golden-reading",
    "reading: up to the golden threshold no degree puts more than half of the weight on the needle",
    sp.Le(needle_weight(needle_row_gain(a, n, p), n), sp.Rational(1, 2), evaluate=False),
    _domain(NEEDLE_ROW, sp.Le(a * (1 + a), 1)),
    Kind.REFUTATION,
    derived_here("a finite-n reading of the limit of large n"),
    {Method.CERTIFIED},
    module=__name__,
    corrected_by=hopeless.id,
)
evidence_for(golden_reading, Method.CERTIFIED)(refuted_at({n: 3, a: sp.Rational(1, 2), p: 4}))
