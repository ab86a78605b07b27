"""From events to numbers: the mean of an indicator, what it is at most, and how many of several events happen.

Definitions. An event that happens with probability p has an indicator, 1 or 0 with probabilities p and 1 - p; the mean
of a variable with finitely many values is the sum of the values times their probabilities, so means add up and never
fall where the variable grows. An event independent of a count splits it: with probability p the count is one more.
Claims. (indicator-mean) The mean of an indicator is p. (markov) For s, L > 0 and t >= 0 the indicator of s >= L is
at most (s/L)^t, so that P[s >= L] <= E (s/L)^t. (some) Where T of any number of events happen, the indicator that one
does is at most T, so that its probability is at most the sum of theirs. (count-start, count-one-more) Of no events none
happens; and F_m(l) = sum over k <= l of binomial(m, k) p^k (1-p)^(m-k) obeys F_(m+1)(l) = p F_m(l - 1) + (1-p) F_m(l)
for every real l. So by induction F_m(l) = P[W <= l] for the number W of m independent events of probability p that
happen: W is binomial.
Source. Folklore; derived here.
Why. Two values written out; (s/L)^t >= 1 where s >= L; T is a whole number; and Pascal's rule, that is whether or not
the last event happens. In words stays that these two rules, of start and step, determine F_m for every m.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import binomial_half
from theory.lemmas.binomial_half import k
from theory.reasons import Cases, CombineSums, Monotone, Pascal, Sign, WriteOut

p = sp.Symbol("p", nonnegative=True)
happens = sp.Symbol("e", integer=True, nonnegative=True)
POSITIVE = sp.Interval.open(0, sp.oo)


def indicator(event):
    """1 where the relation holds, 0 elsewhere."""
    return sp.Piecewise((1, event), (0, True))


# ------------------------------------------------------------------------------ one event

mean = sp.Sum(happens * p**happens * (1 - p) ** (1 - happens), (happens, 0, 1))
indicator_mean = declare(
    "lemma.events.indicator-mean",
    "the mean of the indicator of an event is its probability",
    sp.Eq(mean, p, evaluate=False),
    Domain({p: sp.Interval(0, 1)}, (), {p: "probability of the event"}),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("the probability that it does not happen", sp.Eq(mean, 1 - p, evaluate=False))],
)


@evidence_for(indicator_mean, Method.DERIVED)
@derived
def _indicator_mean() -> Derivation:
    return Derivation(mean).equal(p, by=WriteOut(happens))


s, L = sp.symbols("s L", positive=True)
t = sp.Symbol("t", nonnegative=True)
reached = sp.Ge(s, L, evaluate=False)
markov = declare(
    "lemma.events.markov",
    "the indicator of s >= L is at most (s/L)^t: Markov's inequality, between the variables whose means it compares",
    sp.Le(indicator(reached), (s / L) ** t, evaluate=False),
    Domain(
        {s: POSITIVE, L: POSITIVE, t: sp.Interval(0, sp.oo)},
        (),
        {s: "a positive variable", L: "a level", t: "the moment"},
    ),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("half the level", sp.Le(indicator(sp.Ge(s, L / 2, evaluate=False)), (s / L) ** t, evaluate=False)),
        Spoiled("the indicator of s <= L", sp.Le(indicator(sp.Le(s, L, evaluate=False)), (s / L) ** t, evaluate=False)),
    ],
)  # fmt: skip


@evidence_for(markov, Method.DERIVED)
@derived
def _markov() -> Derivation:
    at_least_one = Sign(given={reached: 1 / L})
    by_power = Monotone(lambda y: y**t, 1, sp.Le, s / L, by=at_least_one)
    return Derivation(indicator(reached)).at_most((s / L) ** t, by=Cases(reached, by_power, Sign()))


# ------------------------------------------------------------------------------ several events

T = sp.Symbol("T", integer=True, nonnegative=True)
some_event = indicator(sp.Gt(T, 0, evaluate=False))
some = declare(
    "lemma.events.some",
    "the indicator that one of any number of events happens is at most the sum of their indicators: the union bound",
    sp.Le(some_event, T, evaluate=False),
    Domain({T: sp.Range(0, sp.oo)}, (), {T: "how many of the events happen: the sum of their indicators"}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("bound times 0.99", sp.Le(some_event, sp.Rational(99, 100) * T, evaluate=False))],
)


@evidence_for(some, Method.DERIVED)
@derived
def _some() -> Derivation:
    return Derivation(some_event).at_most(T, by=Cases(sp.Gt(T, 0, evaluate=False), Sign(), Sign()))


m = sp.Symbol("m", integer=True, nonnegative=True)
level = sp.Symbol("l", real=True)
chance = binomial_half.p  # strictly between 0 and 1
COUNT = Domain(
    {m: sp.Range(0, sp.oo), chance: sp.Interval.open(0, 1), level: sp.Interval(-sp.oo, sp.oo)},
    (),
    {m: "number of events", chance: "probability of each", level: "a level for the count"},
)


def at_most(level, m):
    """F_m(level)."""
    return binomial_half.at_most(level, m, chance)


none = indicator(sp.Ge(level, 0, evaluate=False))
count_start = declare(
    "lemma.events.count-start",
    "of no events at most l happen if and only if l >= 0",
    sp.Eq(at_most(level, sp.S.Zero), none, evaluate=False),
    Domain(
        {key: COUNT.ranges[key] for key in (chance, level)}, (), {key: COUNT.meanings[key] for key in (chance, level)}
    ),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("one happens", sp.Eq(at_most(level, sp.S.Zero), none.subs(level, level - 1), evaluate=False))],
)


@evidence_for(count_start, Method.DERIVED)
@derived
def _count_start() -> Derivation:
    return Derivation(at_most(level, sp.S.Zero)).equal(none, by=WriteOut(k))


one_more = chance * at_most(level - 1, m) + (1 - chance) * at_most(level, m)
count_one_more = declare(
    "lemma.events.count-one-more",
    "one more independent event happens and leaves l - 1 to the others, or does not and leaves l: the binomial law",
    sp.Eq(at_most(level, m + 1), one_more, evaluate=False),
    COUNT,
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[count_start.id],
    spoiled=[
        Spoiled(
            "the two chances exchanged",
            sp.Eq(at_most(level, m + 1), (1 - chance) * at_most(level - 1, m) + chance * at_most(level, m)),
        ),
        Spoiled("the same level left to the others", sp.Eq(at_most(level, m + 1), at_most(level, m), evaluate=False)),
    ],
)


@evidence_for(count_one_more, Method.DERIVED)
@derived
def _count_one_more() -> Derivation:
    def pattern(j):
        """The probability of one pattern in which j of m + 1 events happen, if that is at most the level."""
        return chance**j * (1 - chance) ** (m + 1 - j) * indicator(sp.Le(j, level, evaluate=False))

    not_last = sp.Sum(sp.binomial(m, k) * pattern(k), (k, 0, m))
    last = sp.Sum(sp.binomial(m, k) * pattern(k + 1), (k, 0, m))
    return (
        Derivation(at_most(level, m + 1))
        .equal(not_last + last, by=Pascal(m + 1, pattern, k))
        .equal(one_more, by=CombineSums("by whether the last event happens"))
    )
