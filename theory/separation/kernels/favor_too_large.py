"""Positive random features: how rarely a sum of them is too large.

Hypotheses. As in `favor`: M <= 2 n^(x^2/2) frequencies, so that M may be n^(x^2/2) rounded up; e > 0.
Claims. (markov) P[S(z) >= n^(x z + e)] <= 2 n^(-e x/z) for z >= x. (first-moment) P[S(z) >= n^(x^2/2 + z^2/2 + e)] <=
2 n^(-e) for every z. The exponents are psi + e where z >= x, and where z <= x.
Source. Derived here.
Why. Markov's inequality for the t-th moment, t = x/z or 1: the indicator of S >= L is at most (S/L)^t
(`lemma.events.markov`), its mean is the probability (`lemma.events.indicator-mean`), and S^t is at most the sum of the
t-th powers of M terms (`separation.favor.subadditive-one-more`), whose means are equal.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import events
from theory.lemmas.binomial_half import M
from theory.reasons import Algebra, GaussianMoment, Sign, expectation, normal
from theory.separation.kernels import favor_moment
from theory.separation.kernels.favor import POSITIVE, WORDS, eps, x, z
from theory.separation.kernels.favor_window import WINDOW_WORDS
from theory.separation.self_attention.construction import RANGES, SOURCE, n

NOT_TOO_MANY = sp.Le(M, 2 * n ** (x**2 / 2), evaluate=False)
MISSED_WORDS = WORDS | WINDOW_WORDS | {x: "n^(x^2/2) features, rounded up"}
COUNTED = {n: RANGES[n], x: POSITIVE, M: sp.Range(1, sp.oo)}
w = normal("w")


def _above(n, t, z, level, M):
    """M E f^t/n^(t level) for a term f: at least E S^t/n^(t level), and so P[S(z) >= n^level]."""
    moment = expectation(sp.exp(t * z * sp.sqrt(sp.log(n)) * w), {(w, w): 1})
    return M * moment / n ** (t * level)


def exceeds(n, x, z, eps, M):
    """The bound on P[S(z) >= n^(x z + eps)] by the moment t = x/z, for z >= x."""
    return _above(n, x / z, z, x * z + eps, M)


def mean_exceeds(n, x, z, eps, M):
    """The bound on P[S(z) >= n^(x^2/2 + z^2/2 + eps)] by the first moment, for z <= x."""
    return _above(n, 1, z, x**2 / 2 + z**2 / 2 + eps, M)


def _too_large(name: str, title: str, bounded, tilt, level, share, side: tuple, leaning: list, why: str) -> Claim:
    """Declare bounded <= 2 n^(-e share), where a term's moment is n^(tilt^2/2) and the level is n^level."""
    bound = 2 * n ** (-eps * share)
    claim = declare(
        f"separation.favor.{name}",
        title,
        sp.Le(bounded, bound, evaluate=False),
        Domain(
            COUNTED | {z: POSITIVE, eps: POSITIVE},
            (*side, NOT_TOO_MANY),
            {key: MISSED_WORDS[key] for key in (n, x, M, z, eps)},
            {n: 2, x: 1, M: 2, z: 1, eps: 1},
        ),
        Kind.UPPER,
        derived_here(SOURCE),
        {Method.DERIVED},
        module=__name__,
        rests_on=[events.markov.id, events.indicator_mean.id, *leaning],
        spoiled=[Spoiled(why, sp.Le(bounded, 2 * n ** (-2 * eps * share), evaluate=False))],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _by_moment() -> Derivation:
        mean = n ** (tilt**2 / 2) / n**level
        return (
            Derivation(bounded)
            .equal(M * mean, by=GaussianMoment())
            .at_most(2 * n ** (x**2 / 2) * mean, by=Sign(given={NOT_TOO_MANY: mean}))
            .equal(bound, by=Algebra())
        )

    return claim


markov = _too_large(
    "markov",
    "for z >= x the sum of at most 2 n^(x^2/2) features exceeds n^(x z + e) with probability at most 2 n^(-e x/z)",
    exceeds(n, x, z, eps, M), x, x / z * (x * z + eps), x / z, (sp.Le(x, z),),
    [favor_moment.subadditive_one_more.id], "e x/z doubled",
)  # fmt: skip
first_moment = _too_large(
    "first-moment",
    "the sum of at most 2 n^(x^2/2) features exceeds n^(x^2/2 + z^2/2 + e) with probability at most 2 n^(-e)",
    mean_exceeds(n, x, z, eps, M), z, x**2 / 2 + z**2 / 2 + eps, sp.S.One, (), [], "e doubled",
)  # fmt: skip
