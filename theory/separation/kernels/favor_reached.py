"""Positive random features on the needle: the sum of the features does reach the free energy, with explicit constants.

Hypotheses. As in `favor` and `favor_window`: a window of width delta below v, D = delta sqrt(log n/(2 pi)).
Claims. But for an exception that (window-count) of `favor_window` bounds, S(z) > (D/2) n^(x^2/2 - v^2/2 +
z (v - delta)). (window-exponent) With v = min(x, z) - s that exponent is psi(x, z) - s (z - x)_+ - s^2/2 - z delta.
(window-spread) (x^2 - v^2)/2 >= s x - s^2/2 > 0: the exception is rarer than every power of n.
Source. Derived here; the second-moment or counting half of Derrida's free energy.
Why. Squares. With `favor_moment`, the upper half, this is log_n S(z) -> psi in probability.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Cases, Sign
from theory.separation.kernels.favor import POSITIVE, free_energy, x, z
from theory.separation.kernels.favor_window import WINDOW_WORDS, delta, s, v
from theory.separation.self_attention.construction import SOURCE

reached = x**2 / 2 - v**2 / 2 + z * (v - delta)
smaller = sp.Piecewise((z, z <= x), (x, True))
beyond = sp.Piecewise((0, z <= x), (z - x, True))
at_window = reached.subs(v, smaller - s)
lost = free_energy(x, z) - s * beyond - s**2 / 2 - z * delta
LOSS = Domain(
    {x: POSITIVE, z: POSITIVE, s: POSITIVE, delta: POSITIVE}, (), {key: WINDOW_WORDS[key] for key in (x, z, s, delta)}
)
exponent = declare(
    "separation.favor.window-exponent",
    "the window s below min(x, z) contributes psi less s (z - x)_+ + s^2/2 + z delta in the exponent",
    sp.Eq(at_window, lost, evaluate=False),
    LOSS,
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("s^2/2 dropped", sp.Eq(at_window, lost + s**2 / 2, evaluate=False))],
)


@evidence_for(exponent, Method.DERIVED)
@derived
def _exponent() -> Derivation:
    return Derivation(at_window).equal(lost, by=Cases(sp.Le(z, x), where=Algebra(), otherwise=Algebra()))


held = (x**2 - (smaller - s) ** 2) / 2
spread = declare(
    "separation.favor.window-spread",
    "the window s below min(x, z) holds at least n^(s x - s^2/2) D frequencies in the mean",
    sp.Ge(held, s * x - s**2 / 2, evaluate=False),
    Domain(
        {x: POSITIVE, z: POSITIVE, s: POSITIVE}, (sp.Le(s, x), sp.Le(s, z)),
        {key: WINDOW_WORDS[key] for key in (x, z, s)},
    ),
    Kind.LOWER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("s^2/2 dropped", sp.Ge(held, s * x, evaluate=False))],
)  # fmt: skip


@evidence_for(spread, Method.DERIVED)
@derived
def _spread() -> Derivation:
    """For z <= x the gap is (x - z)(x + z - 2s)/2."""
    return Derivation(held).at_least(
        s * x - s**2 / 2,
        by=Cases(
            sp.Le(z, x),
            where=Sign(given={sp.Le(z, x): (x + z - 2 * s) / 2}),
            otherwise=Sign(),
        ),
    )
