"""How fast the onset of firing tends to the golden height: a_c(1 + a_c) = 1 + O(1/log n), with constants.

Hypotheses. The needle's row of softmax, the all-plus pattern with S = 0, 0 <= b <= 1, eta > 0, n >= 2; a_c(n) is the
height beyond which it fires (see `firing_onset`), X(c) = log((eta (n-1) + b)/c)/log n, a* = (sqrt 5 - 1)/2.
Claim. For every c > 0: heights with a + b - eta >= c and a(1+a) >= X(c) fire or are at the onset; heights with
a + b - eta <= c and a(1+a) <= X(c) do not fire. Hence for eta < b, if a_c <= a* and for every h <= a_c,
- log((a* + b - eta)/eta) <= log n (a_c(1 + a_c) - 1) <= - log((h + b - eta)/(eta + (b - eta)/n)).
With h = 0 the right side is at most log(b/(b - eta)); with the lower bound of a_c for h the two sides meet, so
a_c - a* = -(1 + o(1)) log((a* + b - eta)/eta)/(sqrt 5 log n).
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. n^(a(1+a)) (a + b - eta) is compared with eta (n-1) + b, one factor after the other. When tight: as n grows.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone, Sign
from theory.separation.self_attention.construction import SOURCE, a, b, domain, eta, n, softmax_needle_gain
from theory.separation.self_attention.phase_diagram.firing_onset import firing_demand, softmax_firing
from theory.separation.self_attention.phase_diagram.height import GOLDEN
from theory.separation.self_attention.phase_diagram.log_space import log_n

c = sp.Symbol("c", positive=True)
fires, demand = softmax_firing(a, n, b, eta), firing_demand(n, b, eta)
exponent = a * (1 + a)


def onset_exponent(c, n, b, eta):
    """X(c): the exponent a(1 + a) of the onset, were a + b - eta equal to c."""
    return sp.log(firing_demand(n, b, eta) / c) / sp.log(n)


GENERAL = domain(n, a, b, eta)
GENERAL = Domain(
    {**GENERAL.ranges, c: sp.Interval.open(0, sp.oo)}, (), {**GENERAL.meanings, c: "a bound on a + b - eta"}
)


def where(*hypotheses):
    return Domain(GENERAL.ranges, hypotheses, GENERAL.meanings)


def declare_side(name, title, statement, domain, kind, rests_on, why, spoiled_domain):
    """Declare one side of the onset; the spoiled variant has another domain."""
    return declare(
        f"separation.self.{name}", title, statement, domain, kind, derived_here(SOURCE),
        {Method.DERIVED, Method.ATTACKED}, module=__name__, rests_on=rests_on,
        spoiled=[Spoiled(why, domain=spoiled_domain)],
    )  # fmt: skip


FIRE, SILENT = sp.Ge(fires, demand, evaluate=False), sp.Le(fires, demand, evaluate=False)
BY_HYPOTHESIS = Sign("by hypothesis")


def tall(factor=1):
    """The heights of `firing-above`, with the demand times a factor."""
    return where(sp.Ge(a + b - eta, c, evaluate=False), sp.Ge(exponent, onset_exponent(c / factor, n, b, eta)))


firing_above = declare_side(
    "firing-above",
    "softmax fires, or is at the onset, where a + b - eta >= c and a(1+a) >= log((eta (n-1) + b)/c)/log n",
    FIRE, tall(), Kind.LOWER, ["separation.self.firing-onset"], "the demand halved", tall(sp.Rational(1, 2)),
)  # fmt: skip


@evidence_for(firing_above, Method.DERIVED)
@derived
def _firing_above() -> Derivation:
    gain, onset = softmax_needle_gain(a, n), onset_exponent(c, n, b, eta)
    return (
        Derivation(fires)
        .at_least(gain * c, by=Monotone(lambda z: gain * z, a + b - eta, sp.Ge, c, by=BY_HYPOTHESIS))
        .at_least(n**onset * c, by=Monotone(lambda z: n**z * c, exponent, sp.Ge, onset, by=BY_HYPOTHESIS))
        .equal(demand, by=Algebra())
    )


def short(factor=1):
    """The heights of `firing-below`, with the demand times a factor."""
    return where(sp.Le(a + b - eta, c, evaluate=False), sp.Le(exponent, onset_exponent(c / factor, n, b, eta)))


firing_below = declare_side(
    "firing-below",
    "softmax does not fire where a + b - eta <= c and a(1+a) <= log((eta (n-1) + b)/c)/log n",
    SILENT, short(), Kind.UPPER, ["separation.self.firing-onset"], "the demand doubled", short(2),
)  # fmt: skip


@evidence_for(firing_below, Method.DERIVED)
@derived
def _firing_below() -> Derivation:
    gain, onset = softmax_needle_gain(a, n), onset_exponent(c, n, b, eta)
    return (
        Derivation(fires)
        .at_most(gain * c, by=Monotone(lambda z: gain * z, a + b - eta, sp.Le, c, by=BY_HYPOTHESIS))
        .at_most(n**onset * c, by=Monotone(lambda z: n**z * c, exponent, sp.Le, onset, by=BY_HYPOTHESIS))
        .equal(demand, by=Algebra())
    )


def rate(b, eta):
    """The limit of log n (1 - a_c(1 + a_c)), and an upper bound on it at every n."""
    return sp.log((GOLDEN + b - eta) / eta)


def rate_from(h, n, b, eta):
    """A lower bound on log n (1 - a_c(1 + a_c)) for a lower bound h of a_c(n); as h tends to a* it tends to `rate`."""
    return sp.log((h + b - eta) / (eta + (b - eta) / n))


PUBLISHED = domain(n, a, b, eta, b=sp.Interval.Lopen(0, 1))


def published(*hypotheses):
    return Domain(PUBLISHED.ranges, (sp.Lt(eta, b, evaluate=False), *hypotheses), PUBLISHED.meanings)


def before(rate):
    return published(sp.Le(a, GOLDEN, evaluate=False), sp.Le(exponent, 1 - rate / log_n, evaluate=False))


rate_below = declare_side(
    "firing-rate-below",
    "the onset, if it is below a*, is at least where a(1+a) = 1 - log((a* + b - eta)/eta)/log n",
    SILENT, before(rate(b, eta)), Kind.UPPER, ["separation.self.firing-onset"],
    "the logarithm halved", before(rate(b, eta) / 2),
)  # fmt: skip


@evidence_for(rate_below, Method.DERIVED)
@derived
def _rate_below() -> Derivation:
    gain, height, onset = softmax_needle_gain(a, n), GOLDEN + b - eta, 1 - rate(b, eta) / log_n
    return (
        Derivation(fires)
        .at_most(gain * height, by=Monotone(lambda z: gain * (z + b - eta), a, sp.Le, GOLDEN, by=BY_HYPOTHESIS))
        .at_most(n**onset * height, by=Monotone(lambda z: n**z * height, exponent, sp.Le, onset, by=BY_HYPOTHESIS))
        .equal(n * eta, by=Algebra())
        .at_most(demand, by=Sign())
    )


h = sp.Symbol("h", nonnegative=True)
FROM = Domain({**PUBLISHED.ranges, h: sp.Interval(0, sp.oo)}, (), {**PUBLISHED.meanings, h: "any lesser height"})


def after(rate):
    hypotheses = sp.Lt(eta, b), sp.Ge(a, h), sp.Ge(exponent, 1 - rate / log_n, evaluate=False)
    return Domain(FROM.ranges, hypotheses, FROM.meanings)


rate_above = declare_side(
    "firing-rate-above",
    "for every h below it the onset is at most where a(1+a) = 1 - log((h + b - eta)/(eta + (b - eta)/n))/log n",
    FIRE, after(rate_from(h, n, b, eta)), Kind.LOWER, ["separation.self.firing-above"],
    "the logarithm doubled", after(2 * rate_from(h, n, b, eta)),
)  # fmt: skip


@evidence_for(rate_above, Method.DERIVED)
@derived
def _rate_above() -> Derivation:
    values = {n: n, a: a, b: b, eta: eta, c: h + b - eta}
    return Derivation(fires).at_least(demand, by=Lemma("separation.self.firing-above", values))
