"""Every polynomial kernel ends as its leading term: gain (1 + a)^p in the limit, whatever the signs of the others.

Hypotheses. P of degree p >= 1 with any real coefficients, divided by c_p: P(z) = z^p + c_(p-1) z^(p-1) + .. + c_0. Its
size is C = |c_0| + .. + |c_(p-1)|. In a row the other tokens have the score z >= 3 and the needle (1+a) z.
Claims. For every t in [0, 1], with x = 1 + a, (leading-upper) (1-t) P(x z) <= x^p (1 - t/x) P(z) + a x^(p-1) z^(p-1)
(C - t z) and (leading-lower) (1+t) P(x z) + a x^(p-1) z^(p-1) (C - t z) >= x^p (1 + t/x) P(z). So (leading-gain), at
t = C/z < 1, the gain is at most x^(p-1) (x z - C)/(z - C) and at least x^(p-1) (x z + C)/(z + C). (leading-within) From
z >= 2 C/D on, D <= 1, it is within a factor 1 +- D of x^p. (leading-silent) At a = 7/10 and xi = 1/10 a row is silent
for every sign pattern where z >= 2 C and n >= 1 + 9 (17/10)^p. As z >= log n in every row, each fixed polynomial is
silent on D1 as soon as n >= 21, exp(2 C) and 1 + 9 (17/10)^p: none separates for all long sequences.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. (power-gap) A lower power of z is too small to make up for growing less than the next one. When tight: for
z^p - C z^(p-1) and z^p + C z^(p-1), at every a and z. So a coefficient below 0 may bring the gain above x^p.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import CombineSums, EvaluateSum, Lemma, Monotone, Sign, Since, TermwiseSum
from theory.separation.kernels.one_feature import HEIGHT
from theory.separation.kernels.polynomial import polynomial_gain
from theory.separation.kernels.sequences import Sequence, derived_for_every_sequence
from theory.separation.kernels.two_weights import silent
from theory.separation.kernels.witness import derived_or_refuted_at
from theory.separation.self_attention.construction import RANGES, SOURCE, a, n

p = sp.Symbol("p", integer=True, positive=True)
m = sp.Symbol("m", integer=True, positive=True)
j = sp.Symbol("j", integer=True)
z = sp.Symbol("z", positive=True)
t = sp.Symbol("t", nonnegative=True)
size = sp.Symbol("C", nonnegative=True)
D = sp.Symbol("Delta", positive=True)
of_needle, of_rest = sp.symbols("L M", positive=True)
x = 1 + a
POSITIVE, DEGREES, SCORES = sp.Interval.open(0, sp.oo), sp.Range(1, sp.oo), sp.Interval(3, sp.oo)
MEANINGS = {
    p: "degree", m: "how much lower a power is", z: "score of a token that is not the needle", t: "C/z in the end",
    a: "height of the needle", n: "number of tokens", size: "sum of the absolute values of the other coefficients",
    of_needle: "P((1+a) z) over its leading term", of_rest: "P(z) over its leading term", D: "how far from (1+a)^p",
}  # fmt: skip


def on(ranges: dict, *hypotheses, witness: dict | None = None) -> Domain:
    """A domain in the words of this room."""
    return Domain(ranges, hypotheses, {symbol: MEANINGS[symbol] for symbol in ranges}, witness or {})


def _gap(power) -> sp.Basic:
    return sp.Le(1 + 1 / x - 2 * x**-m, a * z**power / x, evaluate=False)


power_gap = declare(
    "separation.kernels.power-gap",
    "1 + 1/(1+a) - 2/(1+a)^m is at most a z^(m-1)/(1+a) for z >= 3",
    _gap(m - 1),
    on({a: RANGES[a], m: DEGREES, z: SCORES}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    spoiled=[Spoiled("z^(m-2)", _gap(m - 2))],
)


@evidence_for(power_gap, Method.DERIVED)
@derived
def _power_gap() -> Derivation:
    y = 1 / x
    falling = sp.Sum(2 * (1 - y) * x**-j, (j, 1, m - 1))
    rising = sp.Sum((1 - y) * (z - 1) * z ** (j - 1), (j, 1, m - 1))
    return (
        Derivation(1 + y - 2 * x**-m)
        .equal(1 - y + falling, by=EvaluateSum(lambda last: 2 * (y - x ** -(last + 1))))
        .at_most(1 - y + rising, by=Monotone(lambda w: 1 - y + w, falling, sp.Le, rising, by=TermwiseSum(by=Sign())))
        .equal(a * z ** (m - 1) / x, by=EvaluateSum(lambda last: (1 - y) * (z**last - 1)))
    )


class plus(Sequence):
    """The coefficients above 0, and 0 in place of the others."""


class minus(Sequence):
    """The absolute values of those below 0."""


SIZE = sp.Sum(plus(j) + minus(j), (j, 0, p - 1))
SHARE = sp.Interval(0, 1)


def lower_terms(z):
    """c_0 + .. + c_(p-1) z^(p-1)."""
    return sp.Sum((plus(j) - minus(j)) * z**j, (j, 0, p - 1))


def polynomial(z):
    """c_0 + .. + c_(p-1) z^(p-1) + z^p."""
    return z**p + lower_terms(z)


margin = a * x ** (p - 1) * z ** (p - 1)


def _upper(factor) -> sp.Basic:
    right = x**p * (1 - t / x) * polynomial(z) + margin * (factor * SIZE - t * z)
    return sp.Le((1 - t) * polynomial(x * z), right, evaluate=False)


def _lower(factor) -> sp.Basic:
    left = (1 + t) * polynomial(x * z) + margin * (factor * SIZE - t * z)
    return sp.Ge(left, x**p * (1 + t / x) * polynomial(z), evaluate=False)


def _declared(name: str, title: str, statement, kind: Kind):
    return declare(
        f"separation.kernels.leading-{name}",
        title,
        statement(1),
        on({a: RANGES[a], p: DEGREES, z: SCORES, t: SHARE}),
        kind,
        derived_here(SOURCE),
        {Method.DERIVED, Method.ATTACKED},
        module=__name__,
        rests_on=[power_gap.id],
        spoiled=[Spoiled("9/10 of C", statement(sp.Rational(9, 10)))],
    )


upper = _declared(
    "upper", "(1-t) P((1+a) z) is at most (1+a)^p (1 - t/(1+a)) P(z) at t = C/z, z >= 3", _upper, Kind.UPPER
)
lower = _declared(
    "lower", "(1+t) P((1+a) z) is at least (1+a)^p (1 + t/(1+a)) P(z) at t = C/z, z >= 3", _lower, Kind.LOWER
)
NEXT = {"index": lambda index: sp.KroneckerDelta(index, p - 1), "none": lambda index: sp.Integer(0)}


def _termwise(sign) -> Derivation:
    """The difference of the sides as one sum; its terms are not negative once the margin is replaced by its lemma."""
    of_rest, of_needle = x**p * (1 - sign * t / x), 1 - sign * t
    either, bracket = plus(j) + minus(j), of_rest - x**j * of_needle
    last, wide = a * z ** (p - j - 1) / x, 1 + 1 / x - 2 * x ** -(p - j)

    def term(w):
        return sign * (plus(j) - minus(j)) * z**j * bracket + either * x**p * z**j * w

    by_lemma = Monotone(term, last, sp.Ge, wide, by=Lemma(power_gap.id, {a: a, m: p - j, z: z}))
    powers = sign * (of_rest * z**p - of_needle * (x * z) ** p) - margin * t * z
    return (
        Derivation(powers + sign * of_rest * lower_terms(z) - sign * of_needle * lower_terms(x * z) + margin * SIZE)
        .equal(sp.Sum(term(last), (j, 0, p - 1)), by=CombineSums())
        .at_least(sp.Sum(term(wide), (j, 0, p - 1)), by=TermwiseSum(by=by_lemma))
        .at_least(0, by=TermwiseSum(by=Sign()))
    )


@evidence_for(upper, Method.DERIVED)
@derived_for_every_sequence([{plus: NEXT["none"], minus: NEXT["index"]}])
def _upper_proof() -> Derivation:
    return _termwise(1)


@evidence_for(lower, Method.DERIVED)
@derived_for_every_sequence([{plus: NEXT["index"], minus: NEXT["none"]}])
def _lower_proof() -> Derivation:
    return _termwise(-1)


def most_gain(a, p, z, size):
    """The largest gain of a polynomial of this size: that of z^p - C z^(p-1)."""
    return polynomial_gain(a, p) * (1 - size / ((1 + a) * z)) / (1 - size / z)


def least_gain(a, p, z, size):
    """The least one: that of z^p + C z^(p-1)."""
    return polynomial_gain(a, p) * (1 + size / ((1 + a) * z)) / (1 + size / z)


ROW = {a: RANGES[a], p: DEGREES, z: SCORES, size: sp.Interval(0, sp.oo)}
VALUES = {of_needle: POSITIVE, of_rest: POSITIVE}
LARGE = sp.Gt(z, size, evaluate=False)
FROM_ABOVE = sp.Le((1 - size / z) * of_needle, (1 - size / (x * z)) * of_rest, evaluate=False)
FROM_BELOW = sp.Ge((1 + size / z) * of_needle, (1 + size / (x * z)) * of_rest, evaluate=False)
gain = polynomial_gain(a, p) * of_needle / of_rest


def _between(of_upper, of_lower) -> sp.Basic:
    return sp.And(sp.Le(gain, of_upper, evaluate=False), sp.Ge(gain, of_lower, evaluate=False), evaluate=False)


leading_gain = declare(
    "separation.kernels.leading-gain",
    "for z > C, z >= 3, the gain lies between (1+a)^(p-1) ((1+a) z + C)/(z + C) and (1+a)^(p-1) ((1+a) z - C)/(z - C)",
    _between(most_gain(a, p, z, size), least_gain(a, p, z, size)),
    on({**ROW, **VALUES}, FROM_ABOVE, FROM_BELOW, LARGE, witness={a: 1, p: 1, z: 3, size: 1, of_needle: 1, of_rest: 1}),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED, Method.ATTACKED},
    module=__name__,
    rests_on=[upper.id, lower.id],
    spoiled=[
        Spoiled(
            "at most (1+a)^p",
            _between(polynomial_gain(a, p), least_gain(a, p, z, size)),
            methods=frozenset({Method.DERIVED, Method.ATTACKED}),  # the maps that run have c_(p-1) > 0
        ),
        Spoiled("at least (1+a)^p", _between(most_gain(a, p, z, size), polynomial_gain(a, p))),
    ],
)
AT_THREE = {a: sp.Integer(1), p: sp.Integer(1), z: sp.Integer(3), size: sp.Integer(1), of_rest: sp.Integer(1)}
HIGHEST, LOWEST = ({**AT_THREE, of_needle: value} for value in (sp.Rational(5, 4), sp.Rational(7, 8)))


@evidence_for(leading_gain, Method.DERIVED)
@derived_or_refuted_at(HIGHEST, LOWEST)
def _leading_gain() -> tuple[Derivation, Derivation]:
    power = polynomial_gain(a, p)
    return (
        Derivation(gain).at_most(
            most_gain(a, p, z, size), by=Sign(given={FROM_ABOVE: power / (of_rest * (1 - size / z))})
        ),
        Derivation(gain).at_least(
            least_gain(a, p, z, size), by=Sign(given={FROM_BELOW: power / (of_rest * (1 + size / z))})
        ),
    )


FAR = sp.Ge(D * z, 2 * size, evaluate=False)


def _within(part) -> sp.Basic:
    return sp.And(
        sp.Le(most_gain(a, p, z, size), (1 + part) * polynomial_gain(a, p), evaluate=False),
        sp.Ge(least_gain(a, p, z, size), (1 - part) * polynomial_gain(a, p), evaluate=False),
        evaluate=False,
    )


leading_within = declare(
    "separation.kernels.leading-within",
    "from z = 2 C/D and 3 on both bounds on the gain are within a factor 1 +- D of (1+a)^p",
    _within(D),
    on({**ROW, D: sp.Interval.Lopen(0, 1)}, FAR),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=[leading_gain.id],
    spoiled=[Spoiled("9/10 of D", _within(sp.Rational(9, 10) * D))],
)
HIGH_NEEDLE = {a: sp.Integer(1000), p: sp.Integer(1), z: sp.Integer(4), size: sp.Integer(2), D: sp.Integer(1)}


@evidence_for(leading_within, Method.DERIVED)
@derived_or_refuted_at(HIGH_NEEDLE)
def _leading_within() -> tuple[Derivation, Derivation]:
    power = polynomial_gain(a, p)
    by_score = Since({LARGE: Sign()}, then=Sign(given={FAR: power / (z - size)}))
    return (
        Derivation(most_gain(a, p, z, size)).at_most((1 + D) * power, by=by_score),
        Derivation(least_gain(a, p, z, size)).at_least((1 - D) * power, by=Sign(given={FAR: power / (z + size)})),
    )


AT_HEIGHT = {symbol: values for symbol, values in ROW.items() if symbol is not a}
TWICE = sp.Ge(z, 2 * size, evaluate=False)


def _long(factor) -> sp.Basic:
    return sp.Ge(n, 1 + factor * polynomial_gain(HEIGHT, p), evaluate=False)


LONG = _long(9)
SHORT = {p: sp.Integer(1), z: sp.Integer(4), size: sp.Integer(2), n: sp.Integer(15)}
leading_silent = declare(
    "separation.kernels.leading-silent",
    "at a = 7/10 a polynomial kernel is silent on D1 for every sign pattern where z >= 2C, 3 and n >= 1 + 9 (17/10)^p",
    silent(most_gain(HEIGHT, p, z, size), n),
    on({**AT_HEIGHT, n: RANGES[n]}, TWICE, LONG),
    Kind.SEPARATION,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[leading_gain.id, "separation.kernels.gain-needed"],
    spoiled=[Spoiled("8 for 9", domain=on({**AT_HEIGHT, n: RANGES[n]}, TWICE, _long(8)))],
)


@evidence_for(leading_silent, Method.DERIVED)
@derived_or_refuted_at(SHORT)
def _leading_silent() -> Derivation:
    return (
        Derivation(6 * most_gain(HEIGHT, p, z, size))
        .at_most(9 * polynomial_gain(HEIGHT, p), by=Sign())
        .at_most(n - 1, by=Sign(given={LONG: sp.Integer(1)}))
    )
