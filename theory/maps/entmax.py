"""3/2-entmax maximises its objective over the simplex, and when alpha-entmax drops one of two scores.

Hypotheses. The scores are s_i; p_i = rho_i^2 with rho_i = max(s_i/2 - tau, 0) and the tau for which the p_i sum to one;
q_i = kappa_i^2 is any other row that sums to one. The objective is the sum of s_i p_i - (4/3) p_i^(3/2): a Tsallis
entropy with index 3/2, up to a constant on the simplex.
Claims. (coordinate) s rho^2 - (4/3) rho^3 - (s kappa^2 - (4/3) kappa^3) is at least 2 tau (rho^2 - kappa^2) + (2/3)
(rho - kappa)^2 (rho + 2 kappa). Added over the coordinates the tau terms cancel, and what remains is 0 for q = p only,
so the threshold form is the maximiser, and the only one. (pair) For every alpha > 1, alpha-entmax of two scores gives
the smaller one the weight 0 if and only if they are at least 1/(alpha - 1) apart: 1 for sparsemax, 2 for alpha = 3/2,
never for softmax.
Source. Peters, Niculae and Martins, arXiv 1905.05702; derived here from the optimality conditions.
Why. On the support the derivative s - 2 rho of the objective is 2 tau, off it at most that; it is strictly concave.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.maps.simplex import ENTMAX
from theory.reasons import Cases, Rearrange, Sign

s, tau = sp.symbols("s tau", real=True)
rho = sp.Symbol("rho", real=True)  # what the threshold gives
kappa = sp.Symbol("kappa", nonnegative=True)
S, t = sp.symbols("S t", real=True)
REALS, HALF_LINE = sp.Interval(-sp.oo, sp.oo), sp.Interval(0, sp.oo)

above = sp.Gt(s / 2, tau, evaluate=False)
ROOT: dict[sp.Expr, sp.Expr] = {rho: sp.Piecewise((s / 2 - tau, above), (0, True))}
four_thirds = sp.Rational(4, 3)
gain = s * rho**2 - four_thirds * rho**3 - (s * kappa**2 - four_thirds * kappa**3)
least_gain = 2 * tau * (rho**2 - kappa**2) + sp.Rational(2, 3) * (rho - kappa) ** 2 * (rho + 2 * kappa)
coordinate = declare(
    "maps.entmax.coordinate",
    "in each coordinate 3/2-entmax gains at least 2 tau (p - q) and a square over another weight",
    sp.Ge(gain, least_gain, evaluate=False),
    Domain(
        {s: REALS, tau: REALS, kappa: HALF_LINE}, (), {s: "score", tau: "threshold", kappa: "root of another weight"}
    ),
    Kind.LOWER,
    derived_here(ENTMAX),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    definitions=ROOT,
    spoiled=[
        Spoiled(
            "2/3 replaced by 3/4",
            sp.Ge(gain, least_gain + (rho - kappa) ** 2 * (rho + 2 * kappa) / 12, evaluate=False),
        )
    ],
)


@evidence_for(coordinate, Method.DERIVED)
@derived
def _coordinate() -> Derivation:
    start, end = gain.subs(ROOT), least_gain.subs(ROOT)
    return Derivation(start).at_least(end, by=Cases(above, Sign(), Sign()))


alpha = sp.Symbol("alpha", positive=True)
alone = sp.Le((alpha - 1) * t, (alpha - 1) * S - 1, evaluate=False)
far = sp.Ge(S - t, 1 / (alpha - 1), evaluate=False)
pair = declare(
    "maps.entmax.pair",
    "of two scores alpha-entmax drops the smaller if and only if they are at least 1/(alpha - 1) apart",
    sp.Equivalent(alone, far, evaluate=False),
    Domain(
        {alpha: sp.Interval.open(1, sp.oo), S: REALS, t: REALS}, (),
        {alpha: "index of the entropy", S: "the larger score", t: "the smaller score"},
    ),
    Kind.IFF,
    derived_here(ENTMAX),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("1/(alpha - 1) replaced by 1", sp.Equivalent(alone, sp.Ge(S - t, 1, evaluate=False), evaluate=False))
    ],
)  # fmt: skip


@evidence_for(pair, Method.DERIVED)
@derived
def _pair() -> Equivalences:
    """The larger score alone has the threshold (alpha - 1) S - 1, at which its weight is 1."""
    return Equivalences(alone).iff(far, by=Rearrange(1 / (alpha - 1)))
