"""From events to numbers: the mean of an indicator is a probability, and what indicators are at most.

Definitions. The indicator of an event is 1 where it happens and 0 elsewhere; the mean of a variable with finitely many
values is the sum of the values times their probabilities. So means add up, and never fall where a variable grows.
Claims. (indicator-mean) The mean of the indicator of an event is its probability p. (markov) For s, L > 0 and t >= 0
the indicator of s >= L is at most (s/L)^t, so that P[s >= L] <= E (s/L)^t. (some) Where T of any number of events
happen, the indicator that one does is at most T, so that its probability is at most the sum of theirs.
Source. Folklore; derived here.
Why. Two values written out; (s/L)^t >= 1 where s >= L; and T is a whole number.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Cases, Monotone, Sign, WriteOut

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
    return Derivation(indicator(reached)).at_most(
        (s / L) ** t, by=Cases(reached, by_power, Sign(), words="where $s \\ge L$, and where not")
    )


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
    return Derivation(some_event).at_most(
        T, by=Cases(sp.Gt(T, 0, evaluate=False), Sign(), Sign(), words="a whole number")
    )
