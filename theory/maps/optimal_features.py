"""The second moment of optimal positive random features.

Hypotheses. A < 1/8, rho = 1/(1 - 8A) > 0, sigma = |q + k|^2; X is the estimate of e^(q.k) that one frequency gives.
Claims. (second-moment) E X^2 = e^(2 q.k) F(rho), F(rho) = ((rho + 1)/(2 rho))^d rho^(d/2) e^(rho sigma). (in-a) In A
it is (1 - 4A)^d (1 - 8A)^(-d/2) e^(sigma/(1 - 8A)). Positive features, A = 0, have F(1) = e^sigma.
Source. The features are those of Likhosherstov et al., arXiv 2205.15317; the formulas are derived here.
Why. Four factors e^(A |w|^2) divide the variances by 1 - 8A. `optimal_parameter` finds the best A.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.attention_map import d
from theory.maps.random_features import HALF_LINE, A, mean, optimal, product, score, vectors
from theory.maps.random_features import sigma as of_sum
from theory.reasons import Algebra, GaussianMoment

SOURCE = "optimal positive random features, arXiv 2205.15317"
sigma = sp.Symbol("sigma", nonnegative=True)
rho = sp.Symbol("rho", positive=True)
POSITIVE = sp.Interval.open(0, sp.oo)


def relative_second_moment(rho, sigma, d):
    """F: E X^2 over e^(2 q.k)."""
    return ((rho + 1) / (2 * rho)) ** d * rho ** (d / sp.Integer(2)) * sp.exp(rho * sigma)


def second_moment_in_a(A, sigma, d):
    """The same at rho = 1/(1 - 8A)."""
    return (1 - 4 * A) ** d * (1 - 8 * A) ** (-d / sp.Integer(2)) * sp.exp(sigma / (1 - 8 * A))


parameter_of = (1 - 1 / rho) / 8
square = mean((product(optimal) ** 2).xreplace({A: parameter_of}))
formula = sp.exp(2 * score) * relative_second_moment(rho, of_sum, d)
second_moment = declare(
    "maps.random.optimal-second-moment",
    "the second moment of optimal positive features is e^(2 q.k) F(rho)",
    sp.Eq(square, formula, evaluate=False),
    vectors(d, rho, ranges={rho: POSITIVE}),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[Spoiled("formula times 1.01", sp.Eq(square, sp.Rational(101, 100) * formula, evaluate=False))],
)


@evidence_for(second_moment, Method.DERIVED)
@derived
def _second_moment() -> Derivation:
    return Derivation(square).equal(formula, by=GaussianMoment())


RHO = Domain(
    {sigma: HALF_LINE, d: sp.Range(1, sp.oo), rho: POSITIVE},
    (),
    {sigma: "|q + k|^2", d: "head dimension", rho: "1/(1 - 8A)"},
)
in_a = declare(
    "maps.random.optimal-in-a",
    "F(rho) is (1 - 4A)^d (1 - 8A)^(-d/2) e^(sigma/(1 - 8A)) at A = (1 - 1/rho)/8",
    sp.Eq(second_moment_in_a(parameter_of, sigma, d), relative_second_moment(rho, sigma, d), evaluate=False),
    RHO,
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[second_moment.id],
    spoiled=[
        Spoiled(
            "A halved",
            sp.Eq(
                second_moment_in_a(parameter_of / 2, sigma, d), relative_second_moment(rho, sigma, d), evaluate=False
            ),
        )
    ],
)


@evidence_for(in_a, Method.DERIVED)
@derived
def _in_a() -> Derivation:
    start = second_moment_in_a(parameter_of, sigma, d)
    return Derivation(start).equal(relative_second_moment(rho, sigma, d), by=Algebra())
