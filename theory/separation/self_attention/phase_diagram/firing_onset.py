"""The onset of firing: the least height at which the all-plus pattern with mean middle sign 0 fires.

Hypotheses. The pattern y_1 = y_d = y_k = +1 with S = 0; gain N and weight w in the row, u = 1/(N+n-1) on any other
token; for the needle's row of softmax N = n^(a(1+a)); 0 <= b <= 1, eta > 0, n >= 2; a* = (sqrt 5 - 1)/2.
Claim. The pattern fires if and only if N (a + b - eta) > eta (n-1) + b, that is w > (eta + b u)/(a + b): a weight of
about eta/(a + b), which is below 1/2 when eta is small. In the needle's row of softmax there is exactly one height
a_c(n) beyond which it fires: the left side is not positive where a + b <= eta and strictly rises where a + b >= eta; it
is too small at a = 0 and large enough at a = eta n. And a_c(n) < a* if and only if n (a* + b - 2 eta) > b - eta: so for
all large n if 2 eta < a* + b, and for no large n if 2 eta > a* + b.
Source. Derived here; the construction is that of arXiv 2310.11685.
Why. Multiply by N + n - 1. Both factors of the left side grow with a, and n^(a*(1 + a*)) = n.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Monotone, Rearrange, Sign
from theory.separation.self_attention.construction import (
    RANGES,
    SOURCE,
    N,
    a,
    activation,
    b,
    d,
    domain,
    eta,
    n,
    needle_weight,
    other_weight,
    softmax_needle_gain,
)
from theory.separation.self_attention.phase_diagram.height import GOLDEN


def firing_demand(n, b, eta):
    """What N (a + b - eta) must exceed for the all-plus pattern with S = 0 to fire."""
    return eta * (n - 1) + b


def softmax_firing(a, n, b, eta):
    """N (a + b - eta) in the needle's row of softmax."""
    return softmax_needle_gain(a, n) * (a + b - eta)


FIRES = sp.Gt(activation(N, n, d, a, b, 1, 1, 1, 0), 1 - b + eta, evaluate=False)
DEMAND = sp.Gt(N * (a + b - eta), firing_demand(n, b, eta), evaluate=False)
firing_onset = declare(
    "separation.self.firing-onset",
    "the all-plus pattern with S = 0 fires if and only if N (a + b - eta) > eta (n - 1) + b",
    sp.Equivalent(FIRES, DEMAND, evaluate=False),
    domain(N, n, d, a, b, eta),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.firing-law"],
    spoiled=[
        Spoiled(
            "b dropped on the right",
            sp.Equivalent(FIRES, sp.Gt(N * (a + b - eta), eta * (n - 1), evaluate=False), evaluate=False),
        )
    ],
)


@evidence_for(firing_onset, Method.DERIVED)
@derived
def _firing_onset() -> Equivalences:
    return Equivalences(FIRES).iff(DEMAND, by=Rearrange(N + n - 1))


def onset_weight(gain, n, a, b, eta):
    """The weight on the needle that the all-plus pattern with S = 0 must exceed to fire: about eta/(a + b)."""
    return (eta + b * other_weight(gain, n)) / (a + b)


HEAVY = sp.Gt(needle_weight(N, n), onset_weight(N, n, a, b, eta), evaluate=False)
firing_weight = declare(
    "separation.self.firing-weight",
    "and that is if and only if the weight on the needle exceeds (eta + b u)/(a + b)",
    sp.Equivalent(FIRES, HEAVY, evaluate=False),
    firing_onset.domain,
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.firing-onset"],
    spoiled=[
        Spoiled(
            "b u dropped",
            sp.Equivalent(FIRES, sp.Gt(needle_weight(N, n), eta / (a + b), evaluate=False), evaluate=False),
        )
    ],
)


@evidence_for(firing_weight, Method.DERIVED)
@derived
def _firing_weight() -> Equivalences:
    return (
        Equivalences(FIRES).iff(DEMAND, by=Rearrange(N + n - 1)).iff(HEAVY, by=Rearrange(1 / ((a + b) * (N + n - 1))))
    )


a_taller = sp.Symbol("a_2", positive=True)
RISING = domain(n, a, b, eta)
RISING = Domain(
    {**RISING.ranges, a_taller: RANGES[a]},
    (sp.Ge(a + b, eta, evaluate=False), sp.Gt(a_taller, a, evaluate=False)),
    {**RISING.meanings, a_taller: "a greater height"},
)
firing_rises = declare(
    "separation.self.firing-rises",
    "where a + b >= eta the left side of the firing law strictly rises with the height: there is at most one onset",
    sp.Lt(softmax_firing(a, n, b, eta), softmax_firing(a_taller, n, b, eta), evaluate=False),
    RISING,
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "the hypothesis a + b >= eta dropped", domain=Domain(RISING.ranges, RISING.hypotheses[1:], RISING.meanings)
        )
    ],
)


@evidence_for(firing_rises, Method.DERIVED)
@derived
def _firing_rises() -> Derivation:
    def at(z: sp.Expr) -> sp.Expr:
        return softmax_firing(z, n, b, eta)

    return Derivation(at(a)).less(at(a_taller), by=Monotone(at, a, sp.Lt, a_taller, by=Sign("by hypothesis")))


demand = firing_demand(n, b, eta)
BRACKET = domain(n, b, eta)
firing_bracket = declare(
    "separation.self.firing-bracket",
    "softmax does not fire without a needle (nor where a + b <= eta), and does at the height eta n: there is an onset",
    sp.And(
        sp.Lt(softmax_firing(sp.S.Zero, n, b, eta), demand, evaluate=False),
        sp.Gt(softmax_firing(eta * n, n, b, eta), demand, evaluate=False),
    ),
    BRACKET,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.firing-onset"],
    spoiled=[
        Spoiled(
            "eta n replaced by eta",
            sp.And(
                sp.Lt(softmax_firing(sp.S.Zero, n, b, eta), demand, evaluate=False),
                sp.Gt(softmax_firing(eta, n, b, eta), demand, evaluate=False),
            ),
        )
    ],
)


@evidence_for(firing_bracket, Method.DERIVED)
@derived
def _firing_bracket() -> tuple[Derivation, Derivation]:
    height = eta * n
    return (
        Derivation(softmax_firing(sp.S.Zero, n, b, eta)).less(demand, by=Sign()),
        Derivation(softmax_firing(height, n, b, eta))
        .equal(n ** (height * (1 + height)) * demand, by=Algebra())
        .greater(demand, by=Sign()),
    )


at_golden = sp.Gt(n * (GOLDEN + b - eta), demand, evaluate=False)
early = sp.Gt(n * (GOLDEN + b - 2 * eta), b - eta, evaluate=False)
before_golden = declare(
    "separation.self.firing-before-golden",
    "softmax fires already at the golden height a*, where N = n, if and only if n (a* + b - 2 eta) > b - eta",
    sp.Equivalent(at_golden, early, evaluate=False),
    BRACKET,
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.self.firing-onset", "separation.self.firing-rises"],
    spoiled=[
        Spoiled(
            "2 eta < a* + b instead",
            sp.Equivalent(at_golden, sp.Gt(GOLDEN + b - 2 * eta, 0, evaluate=False), evaluate=False),
        )
    ],
)


@evidence_for(before_golden, Method.DERIVED)
@derived
def _before_golden() -> Equivalences:
    return Equivalences(at_golden).iff(early, by=Rearrange())
