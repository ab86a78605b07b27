"""How many of m independent events of probability p happen: the binomial law, by whether the last one happens.

Definitions. An event that is independent of a count W splits it: for every l, P[W + 1[A] <= l] is p P[W <= l - 1] +
(1-p) P[W <= l]; and the mean of a product of independent variables is the product of their means.
Claims. Put F_m(l) = sum over k <= l of binomial(m, k) p^k (1-p)^(m-k). (count-start) F_0(l) is 1 for l >= 0, else 0.
(count-one-more) F_(m+1)(l) = p F_m(l - 1) + (1-p) F_m(l) for every real l. So P[W <= l] = F_m(l) for the number W of m
such events that happen, by induction on m: W is binomial. (count-transform) Under that law the mean of z^W is the m-th
power of the mean of z^1[A], for every z > 0, as it must be.
Source. Folklore; derived here.
Why. Pascal's rule; the binomial theorem. In words stays that a start and a step determine F_m for every m.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import binomial_half
from theory.lemmas.binomial_half import k, weight
from theory.lemmas.events import happens, indicator
from theory.reasons import CombineSums, EvaluateSum, Pascal, WriteOut

m = sp.Symbol("m", integer=True, nonnegative=True)
level = sp.Symbol("l", real=True)
chance = binomial_half.p  # strictly between 0 and 1
COUNT = Domain(
    {m: sp.Range(0, sp.oo), chance: sp.Interval.open(0, 1), level: sp.Interval(-sp.oo, sp.oo)},
    (),
    {m: "number of events", chance: "probability of each", level: "a level for the count"},
)


def at_most(level, m):
    """F_m(level)."""
    return binomial_half.at_most(level, m, chance)


none = indicator(sp.Ge(level, 0, evaluate=False))
count_start = declare(
    "lemma.events.count-start",
    "of no events at most l happen if and only if l >= 0",
    sp.Eq(at_most(level, sp.S.Zero), none, evaluate=False),
    Domain(
        {key: COUNT.ranges[key] for key in (chance, level)}, (), {key: COUNT.meanings[key] for key in (chance, level)}
    ),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("one happens", sp.Eq(at_most(level, sp.S.Zero), none.subs(level, level - 1), evaluate=False))],
)


@evidence_for(count_start, Method.DERIVED)
@derived
def _count_start() -> Derivation:
    return Derivation(at_most(level, sp.S.Zero)).equal(none, by=WriteOut(k))


one_more = chance * at_most(level - 1, m) + (1 - chance) * at_most(level, m)
count_one_more = declare(
    "lemma.events.count-one-more",
    "one more independent event happens and leaves l - 1 to the others, or does not and leaves l: the binomial law",
    sp.Eq(at_most(level, m + 1), one_more, evaluate=False),
    COUNT,
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    rests_on=[count_start.id],
    spoiled=[
        Spoiled(
            "the two chances exchanged",
            sp.Eq(at_most(level, m + 1), (1 - chance) * at_most(level - 1, m) + chance * at_most(level, m)),
        ),
        Spoiled("the same level left to the others", sp.Eq(at_most(level, m + 1), at_most(level, m), evaluate=False)),
    ],
)


@evidence_for(count_one_more, Method.DERIVED)
@derived
def _count_one_more() -> Derivation:
    def pattern(j):
        """The probability of one pattern in which j of m + 1 events happen, if that is at most the level."""
        return chance**j * (1 - chance) ** (m + 1 - j) * indicator(sp.Le(j, level, evaluate=False))

    not_last = sp.Sum(sp.binomial(m, k) * pattern(k), (k, 0, m))
    last = sp.Sum(sp.binomial(m, k) * pattern(k + 1), (k, 0, m))
    return (
        Derivation(at_most(level, m + 1))
        .equal(not_last + last, by=Pascal(m + 1, pattern, k))
        .equal(one_more, by=CombineSums("by whether the last event happens"))
    )


z = sp.Symbol("z", positive=True)
of_count = sp.Sum(weight(k, m, chance) * z**k, (k, 0, m))
of_one = sp.Sum(z**happens * chance**happens * (1 - chance) ** (1 - happens), (happens, 0, 1))
count_transform = declare(
    "lemma.events.count-transform",
    "the mean of z^W for a binomial count W is the m-th power of the mean of z^e for the indicator e of one event",
    sp.Eq(of_count, of_one**m, evaluate=False),
    Domain(
        {m: sp.Range(0, sp.oo), chance: COUNT.ranges[chance], z: sp.Interval.open(0, sp.oo)},
        (),
        {m: COUNT.meanings[m], chance: COUNT.meanings[chance], z: "the variable of the generating function"},
    ),
    Kind.IDENTITY,
    derived_here(),
    {Method.DERIVED},
    module=__name__,
    spoiled=[Spoiled("one event more", sp.Eq(of_count, of_one ** (m + 1), evaluate=False))],
)


@evidence_for(count_transform, Method.DERIVED)
@derived
def _count_transform() -> Derivation:
    return (
        Derivation(of_count)
        .equal((chance * z + 1 - chance) ** m, by=EvaluateSum(words="by the binomial theorem"))
        .equal(of_one**m, by=WriteOut(happens))
    )
