"""Positive random features on the needle: how many features, as a power of n, it takes to put weight on the needle.

Hypotheses. FAVOR+ with r = n^(x^2/2) independent frequencies w_l ~ N(0, 1) and features exp(w k - k^2/2) of scalar
queries and keys in units of sqrt(log n): query q and needle k_n = 1 + a, all other keys 1. Put S(z) = sum_l
n^(z w_l/sqrt(log n)), so that the gain of the needle's row is N = S(z_n)/S(z_r) n^(-(k_n^2 - 1)/2) with z_n = 2 + 2a,
z_r = 2 + a, and let psi(x, z) = x^2/2 + z^2/2 for z <= x and z x beyond (Derrida's free energy).
Claim. (window) The frequencies near u sqrt(log n), u <= x, number n^(x^2/2 - u^2/2) in the mean and contribute n^(z u)
each; the best u gives psi(x, z).
Source. Derived here; the features are those of arXiv 2009.14794, the free energy that of Derrida's random energy model.
Why. Squares. The theorem is in the rooms beside this one. log_n S(z) -> psi: the upper half is in `favor_moment`, the
lower, by counting the window, in `favor_window` and `favor_reached`. The number of features that this asks for:
`favor_limit`. With explicit constants at finite length: `favor_too_large`, `favor_exceptions`, `favor_missed`,
`favor_found`, `favor_threshold`; below the threshold at every height `favor_everywhere`, in numbers `favor_instances`.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Cases, Certificate
from theory.separation.self_attention.construction import MEANINGS, SOURCE, a

x, z = sp.symbols("x z", positive=True)
t = sp.Symbol("t", nonnegative=True)
u, y = sp.symbols("u y", nonnegative=True)
eps = sp.Symbol("epsilon", positive=True)
HALF = sp.Rational(1, 2)

WORDS = {
    x: "r = n^(x^2/2) features",
    z: "query plus key, in units of sqrt(log n)",
    t: "the moment",
    u: "place of the window, in units of sqrt(log n)",
    eps: "excess over psi",
    a: MEANINGS[a],
}
POSITIVE = sp.Interval.open(0, sp.oo)


def free_energy(x, z):
    """psi(x, z): log_n of the sum of n^(z w/sqrt(log n)) over n^(x^2/2) standard normal w, in the limit."""
    return sp.Piecewise((x**2 / 2 + z**2 / 2, z <= x), (z * x, True))


def exponent_between(x, a):
    """log_n of the gain of the needle's row in the limit, for z_r <= x <= z_n; (k_n^2 - 1)/2 = a + a^2/2."""
    return (2 + 2 * a) * x - x**2 / 2 - (2 + a) ** 2 / 2 - (a + a**2 / 2)


def exponent_below(x, a):
    """The same for x <= z_r."""
    return (2 + 2 * a) * x - (2 + a) * x - (a + a**2 / 2)


def early_threshold(a):
    """x* for heights up to sqrt 3 - 1, where it is at least z_r."""
    return 2 + 2 * a - sp.sqrt(2 * (a**2 + a - 1))


def late_threshold(a):
    """x* for heights from sqrt 3 - 1 on, where it is at most z_r."""
    return (1 + a + a**2 / 2) / a


WINDOW = Domain({x: POSITIVE, z: POSITIVE, u: sp.Interval(0, sp.oo)}, (sp.Le(u, x),), {s: WORDS[s] for s in (x, z, u)})
best_place = sp.Piecewise((z, z <= x), (x, True))
contribution = x**2 / 2 - u**2 / 2 + z * u
window = declare(
    "separation.favor.window",
    "no window of frequencies contributes more than psi, and the window at min(x, z) contributes it",
    sp.And(
        sp.Le(contribution, free_energy(x, z), evaluate=False),
        sp.Eq(contribution.subs(u, best_place), free_energy(x, z), evaluate=False),
        evaluate=False,
    ),
    WINDOW,
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled(
            "windows beyond x, where no frequency is",
            domain=Domain({x: POSITIVE, z: POSITIVE, u: sp.Interval(0, sp.oo)}),
        )
    ],
)


@evidence_for(window, Method.DERIVED)
@derived
def _window() -> tuple[Derivation, Derivation]:
    """psi less the contribution is (z - u)^2/2 for z <= x, and (x - u)(z - (x + u)/2) beyond."""
    chosen = Cases(sp.Le(z, x), where=Algebra(), otherwise=Algebra())
    return (
        Derivation(contribution).at_most(
            free_energy(x, z), by=Cases(sp.Le(z, x), where=Certificate(), otherwise=Certificate())
        ),
        Derivation(contribution.subs(u, best_place)).equal(free_energy(x, z), by=chosen),
    )
