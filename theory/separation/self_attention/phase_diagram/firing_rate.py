"""How fast the onset of firing tends to the golden height: a_c(1 + a_c) = 1 + O(1/log n), with constants.

Hypotheses. The needle's row of softmax, the all-plus pattern with S = 0, 0 <= b <= 1, eta > 0, n >= 2; a_c(n) is the
height beyond which it fires (see `firing_onset`), X(c) = log((eta (n-1) + b)/c)/log n, a* = (sqrt 5 - 1)/2.
Claim. For every c > 0: heights with a + b - eta >= c and a(1+a) >= X(c) fire or are at the onset; heights with
a + b - eta <= c and a(1+a) <= X(c) do not fire. Hence for eta < b: if a_c <= a*, then
a_c(1 + a_c) >= 1 - log((a* + b - eta)/eta)/log n, and for every h <= a_c, a_c(1 + a_c) <= X(h + b - eta). The latter is
at most 1 + log(b/(b - eta))/log n; with the lower bound of a_c for h it meets the former, so
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


def given(hypothesis):
    return Sign("by hypothesis", given={hypothesis: sp.S.One})


def tall(factor=1):
    """The hypotheses of `firing-above`, with the demand times a factor."""
    return sp.Ge(a + b - eta, c), sp.Ge(exponent, onset_exponent(c / factor, n, b, eta))


firing_above = declare_side(
    "firing-above",
    "softmax fires, or is at the onset, where a + b - eta >= c and a(1+a) >= log((eta (n-1) + b)/c)/log n",
    FIRE, where(*tall()), Kind.LOWER, ["separation.self.firing-onset"],
    "the demand halved", where(*tall(sp.Rational(1, 2))),
)  # fmt: skip


@evidence_for(firing_above, Method.DERIVED)
@derived
def _firing_above() -> Derivation:
    gain, onset = softmax_needle_gain(a, n), onset_exponent(c, n, b, eta)
    high, grown = map(given, tall())
    return (
        Derivation(fires)
        .at_least(gain * c, by=Monotone(lambda z: gain * z, a + b - eta, sp.Ge, c, by=high))
        .at_least(n**onset * c, by=Monotone(lambda z: n**z * c, exponent, sp.Ge, onset, by=grown))
        .equal(demand, by=Algebra())
    )


def short(factor=1):
    """The hypotheses of `firing-below`, with the demand times a factor."""
    return sp.Le(a + b - eta, c), sp.Le(exponent, onset_exponent(c / factor, n, b, eta))


firing_below = declare_side(
    "firing-below",
    "softmax does not fire where a + b - eta <= c and a(1+a) <= log((eta (n-1) + b)/c)/log n",
    SILENT, where(*short()), Kind.UPPER, ["separation.self.firing-onset"],
    "the demand doubled", where(*short(2)),
)  # fmt: skip


@evidence_for(firing_below, Method.DERIVED)
@derived
def _firing_below() -> Derivation:
    gain, onset = softmax_needle_gain(a, n), onset_exponent(c, n, b, eta)
    low, grown = map(given, short())
    return (
        Derivation(fires)
        .at_most(gain * c, by=Monotone(lambda z: gain * z, a + b - eta, sp.Le, c, by=low))
        .at_most(n**onset * c, by=Monotone(lambda z: n**z * c, exponent, sp.Le, onset, by=grown))
        .equal(demand, by=Algebra())
    )


def rate(b, eta):
    """The limit of log n (1 - a_c(1 + a_c)), and an upper bound on it at every n."""
    return sp.log((GOLDEN + b - eta) / eta)


PUBLISHED = domain(n, a, b, eta, b=sp.Interval.Lopen(0, 1))


def published(*hypotheses):
    return Domain(PUBLISHED.ranges, (sp.Lt(eta, b, evaluate=False), *hypotheses), PUBLISHED.meanings)


def before(rate):
    return sp.Le(a, GOLDEN), sp.Le(exponent, 1 - rate / log_n)


rate_below = declare_side(
    "firing-rate-below",
    "the onset, if it is below a*, is at least where a(1+a) = 1 - log((a* + b - eta)/eta)/log n",
    SILENT, published(*before(rate(b, eta))), Kind.UPPER, ["separation.self.firing-onset"],
    "the logarithm halved", published(*before(rate(b, eta) / 2)),
)  # fmt: skip


@evidence_for(rate_below, Method.DERIVED)
@derived
def _rate_below() -> Derivation:
    gain, height, onset = softmax_needle_gain(a, n), GOLDEN + b - eta, 1 - rate(b, eta) / log_n
    low, grown = map(given, before(rate(b, eta)))
    return (
        Derivation(fires)
        .at_most(gain * height, by=Monotone(lambda z: gain * (z + b - eta), a, sp.Le, GOLDEN, by=low))
        .at_most(n**onset * height, by=Monotone(lambda z: n**z * height, exponent, sp.Le, onset, by=grown))
        .equal(n * eta, by=Algebra())
        .at_most(demand, by=Sign())
    )


h = sp.Symbol("h", nonnegative=True)
FROM = Domain({**PUBLISHED.ranges, h: sp.Interval(0, sp.oo)}, (), {**PUBLISHED.meanings, h: "any lesser height"})


def after(factor=1):
    late = sp.Ge(exponent, onset_exponent((h + b - eta) / factor, n, b, eta))
    return Domain(FROM.ranges, (sp.Lt(eta, b), sp.Ge(a, h), late), FROM.meanings)


rate_above = declare_side(
    "firing-rate-above",
    "for every h below it the onset is at most where a(1+a) = log((eta (n-1) + b)/(h + b - eta))/log n",
    FIRE, after(), Kind.LOWER, ["separation.self.firing-above"], "the demand halved", after(sp.Rational(1, 2)),
)  # fmt: skip


@evidence_for(rate_above, Method.DERIVED)
@derived
def _rate_above() -> Derivation:
    values = {n: n, a: a, b: b, eta: eta, c: h + b - eta}
    return Derivation(fires).at_least(demand, by=Lemma("separation.self.firing-above", values))
