"""C1. The read-out of A4 on the cross-attention needle: where linear attention is silent for certain.

Hypotheses. The cross-attention needle, the tokens of the self-attention needle as values, the threshold tau = (1 +
xi) sqrt(log n), that is eta = b + xi; a gain of at least 1 (kappa log n >= l0).
Claim. Linear attention is silent for every sign pattern if and only if kappa log n (a - xi) <= xi l0 (n - 1), and
then for every larger n too. At kappa = 4, l0 = 1, a = 1 that is n >= 190 for xi = 1/10, n >= 48 for xi = 1/4 and n >=
11 for xi = 1/2, and no smaller n.
Source. Derived here for the cross-attention variant of the construction of arXiv 2310.11685.
Why. The law of silence is stated for any gain, and log n/(n - 1) falls.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, Equivalences, derived
from theory.evidence import Method, evidence_for
from theory.reasons import Algebra, Lemma, Monotone, Rearrange, Sign
from theory.rigor.checks import certified
from theory.rounding import factors
from theory.separation.cross_attention.construction import (
    MEANINGS,
    RANGES,
    SOURCE,
    N,
    a,
    domain,
    kappa,
    l0,
    linear_gain,
    n,
    xi,
)
from theory.separation.self_attention import corrected_threshold as rows
from theory.separation.self_attention.construction import needle_weight

NEEDLE_LOUDER = sp.Ge(kappa * sp.log(n), l0, evaluate=False)  # the gain of both maps is at least 1
ABOVE = sp.Gt(a, xi, evaluate=False)  # where a <= xi every map is silent
LINEAR = linear_gain(kappa, l0, n)


def linear_silent(kappa, l0, n, a, xi):
    """The condition under which linear attention is silent for every sign pattern."""
    return sp.Le(kappa * sp.log(n) * (a - xi), xi * l0 * (n - 1), evaluate=False)


SILENT = sp.Le(a * needle_weight(LINEAR, n), xi, evaluate=False)
silence = declare(
    "separation.cross.linear-silence",
    "linear attention is silent for every sign pattern if and only if kappa log n (a - xi) <= xi l0 (n - 1)",
    sp.Equivalent(SILENT, linear_silent(kappa, l0, n, a, xi), evaluate=False),
    domain(n, kappa, l0, a, xi, hypotheses=(NEEDLE_LOUDER,)),
    Kind.IFF,
    derived_here(SOURCE),
    {Method.DERIVED, Method.MEASURED},
    module=__name__,
    rests_on=["separation.self.silence"],
    spoiled=[
        Spoiled(
            "n - 1 replaced by n",
            sp.Equivalent(
                SILENT, sp.Le(kappa * sp.log(n) * (a - xi), xi * l0 * n, evaluate=False), evaluate=False
            ),
        )
    ],
)  # fmt: skip


@evidence_for(silence, Method.DERIVED)
@derived
def _silence() -> Equivalences:
    by_gain = Lemma(rows.silence.id, {N: LINEAR, n: n, a: a, xi: xi})
    return (
        Equivalences(SILENT)
        .iff(sp.Le(LINEAR * (a - xi), xi * (n - 1), evaluate=False), by=by_gain)
        .iff(linear_silent(kappa, l0, n, a, xi), by=Rearrange(l0))
    )


longer = sp.Symbol("n_2", integer=True, positive=True)
LENGTHS = Domain(
    {n: RANGES[n], longer: sp.Range(2, sp.oo)},
    (sp.Le(n, longer),),
    {n: MEANINGS[n], longer: "a larger number of keys"},
)
ratio_falls = declare(
    "separation.cross.log-ratio-falls",
    "log n/(n - 1) falls with n",
    sp.Le(sp.log(longer) / (longer - 1), sp.log(n) / (n - 1), evaluate=False),
    LENGTHS,
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED, Method.ATTACKED},
    module=__name__,
    rests_on=[factors.exponential.id],
    spoiled=[
        Spoiled("bound times 0.99", sp.Le(sp.log(longer) / (longer - 1), sp.Rational(99, 100) * sp.log(n) / (n - 1)))
    ],
)


@evidence_for(ratio_falls, Method.DERIVED)
@derived
def _ratio_falls() -> Derivation:
    """log(n_2/n) <= n_2/n - 1, and 1 - 1/n <= log n, both by the tangent of the exponential."""
    log_n, step = sp.log(n), sp.log(longer) - sp.log(n)

    def by_tangent(at):
        return Lemma(factors.exponential.id, {factors.x: at})

    return (
        Derivation(sp.log(longer) / (longer - 1))
        .equal((log_n + step) / (longer - 1), by=Algebra())
        .at_most(
            (log_n + longer / n - 1) / (longer - 1),
            by=Monotone(lambda z: (log_n + z) / (longer - 1), step, sp.Le, longer / n - 1, by=by_tangent(step)),
        )
        .equal((log_n + (longer - n) / (n - 1) * (1 - 1 / n)) / (longer - 1), by=Algebra())
        .at_most(
            (log_n + (longer - n) / (n - 1) * log_n) / (longer - 1),
            by=Monotone(
                lambda z: (log_n + (longer - n) / (n - 1) * z) / (longer - 1), 1 - 1 / n, sp.Le, log_n,
                by=by_tangent(-log_n),
            ),
        )
        .equal(log_n / (n - 1), by=Algebra())
    )  # fmt: skip


SILENT_NOW = linear_silent(kappa, l0, n, a, xi)
silence_lasts = declare(
    "separation.cross.linear-silence-lasts",
    "where linear attention is silent for every sign pattern, it is so for every larger number of keys",
    linear_silent(kappa, l0, longer, a, xi),
    Domain(
        {**domain(kappa, l0, a, xi).ranges, **LENGTHS.ranges},
        (*LENGTHS.hypotheses, ABOVE, SILENT_NOW),
        {**domain(kappa, l0, a, xi).meanings, **LENGTHS.meanings},
    ),
    Kind.UPPER,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=["separation.cross.log-ratio-falls"],
    spoiled=[Spoiled("xi halved at the larger number", linear_silent(kappa, l0, longer, a, xi / 2))],
)


@evidence_for(silence_lasts, Method.DERIVED)
@derived
def _silence_lasts() -> Derivation:
    before, after = sp.log(n) / (n - 1), sp.log(longer) / (longer - 1)
    height = kappa * (a - xi) * (longer - 1)
    return (
        Derivation(kappa * sp.log(longer) * (a - xi))
        .equal(height * after, by=Algebra())
        .at_most(
            height * before,
            by=Monotone(lambda z: height * z, after, sp.Le, before, by=Lemma(ratio_falls.id, {n: n, longer: longer})),
        )
        .at_most(xi * l0 * (longer - 1), by=Sign(given={SILENT_NOW: (longer - 1) / (n - 1)}))
    )


def _from_length(name: str, xi_value: sp.Rational, least: int) -> Claim:
    """Declare, at kappa = 4, l0 = 1, a = 1, that linear attention is silent if and only if n >= least."""
    silent = linear_silent(4, 1, n, 1, xi_value)
    claim = declare(
        f"separation.cross.{name}",
        f"at kappa = 4, l0 = a = 1, xi = {xi_value} linear attention is silent for certain if and only if n >= {least}",
        sp.Equivalent(silent, sp.Ge(n, least, evaluate=False), evaluate=False),
        domain(n),
        Kind.SEPARATION,
        derived_here(SOURCE),
        {Method.CERTIFIED, Method.MEASURED},
        module=__name__,
        rests_on=["separation.cross.linear-silence"],
        spoiled=[
            Spoiled(
                f"{least} replaced by {wrong}",
                sp.Equivalent(silent, sp.Ge(n, wrong, evaluate=False), evaluate=False),
            )
            for wrong in (least - 1, least + 1)
        ],
    )
    evidence_for(claim, Method.CERTIFIED)(certified())
    return claim


silent_tenth = _from_length("linear-silent-tenth", sp.Rational(1, 10), 190)
silent_quarter = _from_length("linear-silent-quarter", sp.Rational(1, 4), 48)
silent_half = _from_length("linear-silent-half", sp.Rational(1, 2), 11)
