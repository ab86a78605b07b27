"""Positive random features on the needle: the sum of the features does not exceed the free energy.

Hypotheses. As in `favor`: S(z) = sum_l n^(z w_l/sqrt(log n)) over n^(x^2/2) frequencies; psi(x, z); 0 <= t <= 1; e > 0.
Claims. (moment, term-moment) The t-th moment of S(z) is at most n^(x^2/2 + t^2 z^2/2), so P[S(z) >= n^(psi + e)] <=
n^(-e min(1, x/z)): in logarithms to base n, S(z) exceeds psi(x, z) by e > 0 with a probability that tends to 0.
(subadditive) (s_1 + s_2)^t <= s_1^t + s_2^t. (subadditive-one-more) If S^t <= B, the sum of the t-th powers of the
terms of S, then (S + s)^t <= B + s^t. For a single term B = S^t; so by induction a power of a sum is at most the sum of
the powers, for any number of terms.
Source. Derived here; the upper half of Derrida's free energy.
Why. Markov's inequality (`lemma.events.markov`) for the moment t = min(1, x/z), which is at most 1, so that the powers
of the terms add up; and a power t - 1 <= 0 decreases.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import events
from theory.reasons import Algebra, Cases, GaussianMoment, Lemma, Monotone, Sign, expectation, normal
from theory.separation.kernels.favor import POSITIVE, WORDS, eps, free_energy, t, x, z
from theory.separation.self_attention.construction import MEANINGS, SOURCE, n

# ------------------------------------------------------------------------------ a power of a sum

one, other = sp.symbols("s_1 s_2", positive=True)
subadditive = declare(
    "separation.favor.subadditive",
    "a power t <= 1 of a sum is at most the sum of the powers: two terms, and so any number",
    sp.Le((one + other) ** t, one**t + other**t, evaluate=False),
    Domain({one: POSITIVE, other: POSITIVE, t: sp.Interval(0, 1)}, (), {one: "a term", other: "the rest", t: WORDS[t]}),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[
        Spoiled("the power 1 + t", sp.Le((one + other) ** (1 + t), one ** (1 + t) + other ** (1 + t), evaluate=False))
    ],
)


@evidence_for(subadditive, Method.DERIVED)
@derived
def _subadditive() -> Derivation:
    """(s_1 + s_2)^t = s_1 (s_1 + s_2)^(t-1) + s_2 (s_1 + s_2)^(t-1), and the power t - 1 <= 0 decreases."""
    total = one + other
    return (
        Derivation(total**t)
        .equal(one * total ** (t - 1) + other * total ** (t - 1), by=Algebra())
        .at_most(
            one * one ** (t - 1) + other * total ** (t - 1),
            by=Monotone(lambda y: one * y ** (t - 1) + other * total ** (t - 1), total, sp.Ge, one, by=Sign()),
        )
        .at_most(
            one * one ** (t - 1) + other * other ** (t - 1),
            by=Monotone(lambda y: one * one ** (t - 1) + other * y ** (t - 1), total, sp.Ge, other, by=Sign()),
        )
        .equal(one**t + other**t, by=Algebra())
    )


sum_so_far, powers_so_far = sp.symbols("S B", positive=True)
so_far = sp.Le(sum_so_far**t, powers_so_far, evaluate=False)
grown = (sum_so_far + one) ** t
subadditive_one_more = declare(
    "separation.favor.subadditive-one-more",
    "if a power t <= 1 of a sum is at most the sum of the powers, so it is with one more term: for any number of them",
    sp.Le(grown, powers_so_far + one**t, evaluate=False),
    Domain(
        {sum_so_far: POSITIVE, powers_so_far: POSITIVE, one: POSITIVE, t: sp.Interval(0, 1)}, (so_far,),
        {sum_so_far: "the sum so far", powers_so_far: "the sum of the powers so far", one: "a term", t: WORDS[t]},
    ),
    Kind.UPPER,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[subadditive.id],
    spoiled=[
        Spoiled(
            "nothing known of the terms so far",
            domain=Domain({sum_so_far: POSITIVE, powers_so_far: POSITIVE, one: POSITIVE, t: sp.Interval(0, 1)}),
        ),
        Spoiled("bound times 0.99", sp.Le(grown, sp.Rational(99, 100) * (powers_so_far + one**t), evaluate=False)),
    ],
)  # fmt: skip


@evidence_for(subadditive_one_more, Method.DERIVED)
@derived
def _subadditive_one_more() -> Derivation:
    return (
        Derivation(grown)
        .at_most(sum_so_far**t + one**t, by=Lemma(subadditive.id, {one: sum_so_far, other: one, t: t}))
        .at_most(powers_so_far + one**t, by=Sign(given={so_far: sp.S.One}))
    )


# ------------------------------------------------------------------------------ the moment of the sum


def moment_exponent(x, z, t):
    """log_n of the bound on the t-th moment: n^(x^2/2) terms of mean n^(t^2 z^2/2) each."""
    return x**2 / 2 + t**2 * z**2 / 2


w = normal("w")
terms = n ** (x**2 / 2) * expectation(sp.exp(t * z * sp.sqrt(sp.log(n)) * w), {(w, w): 1})
term_moment = declare(
    "separation.favor.term-moment",
    "the t-th moments of n^(x^2/2) terms add up to n^(x^2/2 + t^2 z^2/2)",
    sp.Eq(terms, n ** moment_exponent(x, z, t), evaluate=False),
    Domain(
        {n: sp.Range(2, sp.oo), x: POSITIVE, z: POSITIVE, t: sp.Interval(0, 1)},
        (),
        {n: MEANINGS[n], x: WORDS[x], z: WORDS[z], t: WORDS[t]},
    ),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[subadditive_one_more.id],
    spoiled=[Spoiled("t in place of t^2", sp.Eq(terms, n ** (x**2 / 2 + t * z**2 / 2), evaluate=False))],
)


@evidence_for(term_moment, Method.DERIVED)
@derived
def _term_moment() -> Derivation:
    return (
        Derivation(terms)
        .equal(n ** (x**2 / 2) * sp.exp(t**2 * z**2 * sp.log(n) / 2), by=GaussianMoment())
        .equal(n ** moment_exponent(x, z, t), by=Algebra())
    )


best = sp.Piecewise((1, z <= x), (x / z, True))
exceeded = moment_exponent(x, z, best) - best * (free_energy(x, z) + eps)
moment = declare(
    "separation.favor.moment",
    "the sum over n^(x^2/2) features exceeds n^(psi + e) with probability at most n^(-e min(1, x/z))",
    sp.Eq(exceeded, -eps * best, evaluate=False),
    Domain({x: POSITIVE, z: POSITIVE, eps: POSITIVE}, (), {s: WORDS[s] for s in (x, z, eps)}),
    Kind.IDENTITY,
    derived_here(SOURCE),
    {Method.DERIVED},
    module=__name__,
    rests_on=[events.markov.id, events.indicator_mean.id, term_moment.id],
    spoiled=[Spoiled("the first moment for every z", sp.Eq(exceeded, -eps, evaluate=False))],
)


@evidence_for(moment, Method.DERIVED)
@derived
def _moment() -> Derivation:
    """Markov's inequality for the moment t = min(1, x/z), which is at most 1, so that the moments of terms add up."""
    return Derivation(exceeded).equal(-eps * best, by=Cases(sp.Le(z, x), where=Algebra(), otherwise=Algebra()))
