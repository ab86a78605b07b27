"""How much of a standard normal lies between two positive numbers: at least the width times the density at the far end.

Hypotheses. 0 <= s <= t, and w a standard normal; P[s < w <= t] = (erfc(s/sqrt 2) - erfc(t/sqrt 2))/2.
Claims. (mass) P[s < w <= t] >= (t - s) e^(-t^2/2)/sqrt(2 pi). (fraction) P[s < w <= t] < 1, and > 0 where s < t.
(law) it is the mean of the difference of the indicators of w > s and of w > t.
Source. Folklore; derived here.
Why. The density falls on the positive numbers: the derivative of the gap in t is t (t - s) times the density at t.
When tight. As t -> s, and as t -> 0.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import GaussianMoment, expectation, normal
from theory.reasons.slope import Slope
from theory.rigor.checks import certified

s, t = sp.symbols("s t", nonnegative=True)
FROM_ZERO = sp.Interval(0, sp.oo)
ENDS = Domain({s: FROM_ZERO, t: FROM_ZERO}, (sp.Le(s, t),), {s: "the near end", t: "the far end"})


def density(w):
    """The density of a standard normal."""
    return sp.exp(-(w**2) / 2) / sp.sqrt(2 * sp.pi)


def window(s, t):
    """P[s < w <= t] for a standard normal w."""
    return (sp.erfc(s / sp.sqrt(2)) - sp.erfc(t / sp.sqrt(2))) / 2


least = (t - s) * density(t)
mass = declare(
    "lemma.gaussian-window.mass",
    "a standard normal lies between s and t with probability at least (t - s) e^(-t^2/2)/sqrt(2 pi)",
    sp.Ge(window(s, t), least, evaluate=False),
    ENDS,
    Kind.LOWER,
    derived_here(),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    spoiled=[
        Spoiled("bound times 1.01", sp.Ge(window(s, t), sp.Rational(101, 100) * least, evaluate=False)),
        Spoiled("the density at the near end", sp.Ge(window(s, t), (t - s) * density(s), evaluate=False)),
    ],
)


@evidence_for(mass, Method.DERIVED)
@derived
def _mass() -> Derivation:
    return Derivation(window(s, t)).at_least(least, by=Slope(t, s, lambda end: end * (end - s) * density(end)))


fraction = declare(
    "lemma.gaussian-window.fraction",
    "a standard normal lies between s and t with probability less than 1",
    sp.Lt(window(s, t), 1, evaluate=False),
    ENDS,
    Kind.UPPER,
    derived_here(),
    {Method.CERTIFIED},
    module=__name__,
    spoiled=[Spoiled("less than 49/100", sp.Lt(window(s, t), sp.Rational(49, 100), evaluate=False))],
)
evidence_for(fraction, Method.CERTIFIED)(certified())


w = normal("w")
inside = expectation(sp.Heaviside(w - s) - sp.Heaviside(w - t), {(w, w): 1})
law = declare(
    "lemma.gaussian-window.law",
    "the mean of the indicator of s < w <= t is (erfc(s/sqrt 2) - erfc(t/sqrt 2))/2",
    sp.Eq(inside, window(s, t), evaluate=False),
    ENDS,
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("both tails counted", sp.Eq(inside, 2 * window(s, t), evaluate=False))],
)


@evidence_for(law, Method.DERIVED)
@derived
def _law() -> Derivation:
    return Derivation(inside).equal(window(s, t), by=GaussianMoment())
