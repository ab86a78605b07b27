"""Frequencies from a QR factorisation: without a sign fix, positive random features are biased.

Hypotheses. G is a d x d Gaussian matrix, d >= 2, G = QR by Householder's algorithm, as in LAPACK, and the first
frequency is the first column of Q times an independent chi_d length. u = q + k, u_1 is its first entry.
Claims. (unfixed-bias) One positive feature then has the mean e^(q.k) erfc(u_1/sqrt 2) = e^(q.k) 2 Phi(-u_1).
(unfixed-unbiased, a refutation) "Orthogonal features from LAPACK's QR are unbiased." With the columns of Q multiplied
by the signs of the diagonal of R, Q is Haar-distributed, every frequency is N(0, I_d), and they are unbiased.
Source. Derived here. That Q is not Haar-distributed is Mezzadri's, arXiv math-ph/0609050; the reference code of arXiv
2009.14794 and copies of it use Q as it comes.
Why. The diagonal of R gets the sign opposite to G's, so the first column of Q is -sign(g_1) g/|g| for the first column
g of G: a Gaussian direction whose first entry is negative. Even features (cos, cosh) do not see the sign.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.maps.random_features import HALF_LINE, REAL, WORDS, kk, qq, score
from theory.reasons import GaussianMoment
from theory.reasons.gaussian import expectation, normal
from theory.rigor.checks import certified

w_u, w_first = normal("u"), normal("e_1")
first = sp.Symbol("u_1", real=True)
sigma = qq + 2 * score + kk

VECTORS = Domain(
    {qq: HALF_LINE, kk: HALF_LINE, score: REAL, first: REAL},
    (sp.Le(score**2, qq * kk, evaluate=False), sp.Le(first**2, sigma, evaluate=False)),
    {**{symbol: WORDS[symbol] for symbol in (qq, kk, score)}, first: "first entry of q + k"},
)

# the law of -sign(g_1) g is that of g given g_1 < 0, whose density is twice that of g on the half-space
half_space = 2 * sp.Heaviside(-w_first)
estimate = expectation(
    half_space * sp.exp(w_u - (qq + kk) / 2), {(w_first, w_first): 1, (w_first, w_u): first, (w_u, w_u): sigma}
)

unfixed_bias = declare(
    "maps.random.unfixed-bias",
    "a positive feature at the first frequency from an unfixed QR has the mean e^(q.k) erfc(u_1/sqrt 2)",
    sp.Eq(estimate, sp.exp(score) * sp.erfc(first / sp.sqrt(2)), evaluate=False),
    VECTORS,
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    spoiled=[
        Spoiled(
            "u_1 replaced by 99/100 u_1",
            sp.Eq(estimate, sp.exp(score) * sp.erfc(sp.Rational(99, 100) * first / sp.sqrt(2)), evaluate=False),
            methods=frozenset({Method.DERIVED}),
        ),
        Spoiled("no bias", sp.Eq(estimate, sp.exp(score), evaluate=False), methods=frozenset({Method.MEASURED})),
    ],
)


@evidence_for(unfixed_bias, Method.DERIVED)
@derived
def _unfixed_bias() -> Derivation:
    return Derivation(estimate).equal(sp.exp(score) * sp.erfc(first / sp.sqrt(2)), by=GaussianMoment())


unfixed_unbiased = declare(
    "maps.random.unfixed-unbiased",
    "reading: orthogonal features from LAPACK's QR, without a sign fix, are unbiased",
    sp.Eq(estimate, sp.exp(score), evaluate=False),
    VECTORS,
    Kind.REFUTATION,
    derived_here("a reading of arXiv 2009.14794 that its reference code makes"),
    {Method.CERTIFIED, Method.MEASURED},
    module=__name__,
    corrected_by=unfixed_bias.id,
)
evidence_for(unfixed_unbiased, Method.CERTIFIED)(certified())
