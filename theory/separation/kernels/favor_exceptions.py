"""Positive random features: one of two exceptions, a sum that is too large or a sum that is too small.

Hypotheses. S(z_n) and S(z_r) are the positive sums of `favor`, z_n = 2 + 2a, z_r = 2 + a; Q and R are levels for them.
Claims. (either) S(z_n)/S(z_r) >= Q/R only where S(z_n) >= Q or S(z_r) <= R, so that the indicator is at most
(S(z_n)/Q)^t + 1[S(z_r) <= R]. (found-either) S(z_n)/S(z_r) <= Q/R only where S(z_n) <= Q or S(z_r) >= R, alike.
Source. Derived here.
Why. The union of two events, and Markov's inequality (`lemma.events.markov`) for one of them. The means of both sides
give the probability (`lemma.events.indicator-mean`). `favor_missed` and `favor_found` declare the sum of the bounds,
one from `favor_too_large` and one from `favor_window`, with `add_exceptions`.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false, reportCallIssue=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportReturnType=false, reportIndexIssue=false

from __future__ import annotations

import sympy as sp

from theory.claim import Claim, Domain, Kind, Spoiled, declare, derived_here
from theory.derivation import Derivation, derived
from theory.evidence import Method, evidence_for
from theory.lemmas import binomial_half, events
from theory.lemmas.binomial_half import M
from theory.reasons import Algebra, Cases, Contradiction, Lemma, Monotone, Sign, Since
from theory.separation.kernels import favor_window
from theory.separation.kernels.favor import POSITIVE, WORDS, eps, t, x, z
from theory.separation.kernels.favor_too_large import COUNTED, MISSED_WORDS, NOT_TOO_MANY
from theory.separation.kernels.favor_window import MANY, delta, half_count, in_window, too_few, v
from theory.separation.self_attention.construction import SOURCE, a, n

Q, R, S_n, S_r = sp.symbols("Q R S_n S_r", positive=True)
NEEDLE, REST, NORMS = 2 + 2 * a, 2 + a, a + a**2 / 2  # z_n, z_r and (k_n^2 - 1)/2

# ------------------------------------------------------------------------------ one of two exceptions

RATIO = Domain(
    {S_n: POSITIVE, S_r: POSITIVE, Q: POSITIVE, R: POSITIVE, t: sp.Interval(0, 1)},
    (),
    {S_n: "S(z_n)", S_r: "S(z_r)", Q: "a level for S(z_n)", R: "a level for S(z_r)", t: WORDS[t]},
)


def _either(name: str, title: str, event, small, large: tuple, multipliers: dict, forgotten: str) -> Claim:
    """Declare that the event needs a small sum, or a large one, whose indicator Markov's inequality bounds.

    small: the relation. large: the sum and its level. multipliers: relations that hold in the event where no sum is
    small -> the factors with which they add up to a large sum.
    """
    total, level = large
    reached = sp.Ge(total, level, evaluate=False)
    happens, is_large, rare = (events.indicator(relation) for relation in (event, reached, small))
    power = (total / level) ** t
    claim = declare(
        f"separation.favor.{name}",
        title,
        sp.Le(happens, power + rare, evaluate=False),
        RATIO,
        Kind.UPPER,
        derived_here(SOURCE),
        {Method.DERIVED},
        module=__name__,
        rests_on=[events.markov.id, events.indicator_mean.id],
        spoiled=[Spoiled(f"the {forgotten} forgotten", sp.Le(happens, power, evaluate=False))],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _one_of_two() -> Derivation:
        it_is_large = Cases(reached, Sign(), Contradiction(reached.negated))
        otherwise = Since({reached: Sign(given=multipliers)}, then=it_is_large)
        at_least_zero = Cases(small, Cases(reached, Sign(), Sign()), Cases(reached, Sign(), Sign()))
        one_of_them = Cases(small, Cases(reached, Sign(), Sign()), otherwise)
        union = Cases(event, one_of_them, at_least_zero, words="as one of the two happens")
        by_markov = Lemma(events.markov.id, {events.s: total, events.L: level, events.t: t})
        return (
            Derivation(happens)
            .at_most(is_large + rare, by=union)
            .at_most(power + rare, by=Monotone(lambda y: y + rare, is_large, sp.Le, power, by=by_markov))
        )

    return claim


high, low = (relation(S_n / S_r, Q / R, evaluate=False) for relation in (sp.Ge, sp.Le))
either = _either(
    "either",
    "the ratio of the sums reaches Q/R with probability at most E (S(z_n)/Q)^t + P[S(z_r) <= R]: between indicators",
    high, sp.Le(S_r, R, evaluate=False), (S_n, Q), {high: S_r, sp.Gt(S_r, R): Q / R}, "denominator",
)  # fmt: skip
found_either = _either(
    "found-either",
    "the ratio of the sums is at most Q/R with probability at most P[S(z_n) <= Q] + E (S(z_r)/R)^t: between indicators",
    low, sp.Le(S_n, Q, evaluate=False), (S_r, R), {low: S_r * R / Q, sp.Gt(S_n, Q): R / Q}, "numerator",
)  # fmt: skip


# ------------------------------------------------------------------------------ both exceptions, and what is left

half = half_count(n, x, v, delta)
few = binomial_half.at_most(half, M, in_window(v, delta))


def add_exceptions(name: str, title: str, large, rare, by: Claim, tilt, side: tuple, witness, union, module) -> Claim:
    """Declare the sum of the two exceptions, large + few <= rare + too_few(half).

    large: the bound on the probability that S(tilt) is too large; `by` bounds it by `rare`, for x as in `side`.
    union: the claim that one of the two happens. module: that of the room.
    """
    bounded, bound = large + few, rare + too_few(half)
    claim = declare(
        f"separation.favor.{name}",
        title,
        sp.Le(bounded, bound, evaluate=False),
        Domain(
            COUNTED | {a: POSITIVE, v: POSITIVE, eps: POSITIVE, delta: POSITIVE},
            (*side, sp.Le(delta, v), MANY, NOT_TOO_MANY),
            {key: MISSED_WORDS[key] for key in (n, x, M, a, v, eps, delta)},
            witness,
        ),
        Kind.UPPER,
        derived_here(SOURCE),
        {Method.DERIVED},
        module=module,
        rests_on=[union.id, by.id, favor_window.term.id, favor_window.count.id],
        spoiled=[
            Spoiled(
                "bound times 1/10",
                sp.Le(bounded, bound / 10, evaluate=False),
                Domain({key: sp.FiniteSet(value) for key, value in witness.items()}),
            )
        ],
    )
    by_moment = Lemma(by.id, {n: n, x: x, M: M, z: tilt, eps: eps})
    by_count = Lemma(favor_window.count.id, {n: n, x: x, M: M, v: v, delta: delta})

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _sum() -> Derivation:
        return (
            Derivation(bounded)
            .at_most(rare + few, by=Monotone(lambda y: y + few, large, sp.Le, rare, by=by_moment))
            .at_most(bound, by=Monotone(lambda y: rare + y, few, sp.Le, too_few(half), by=by_count))
        )

    return claim


def by_algebra(name: str, title: str, statement, domain: Domain, why: str, spoiled, module: str) -> Claim:
    """Declare an identity of exponents, or several, that exact algebra shows."""
    claim = declare(
        f"separation.favor.{name}",
        title,
        statement,
        domain,
        Kind.IDENTITY,
        derived_here(SOURCE),
        {Method.DERIVED},
        module=module,
        spoiled=[Spoiled(why, spoiled)],
    )

    @evidence_for(claim, Method.DERIVED)
    @derived
    def _identities() -> tuple[Derivation, ...]:
        parts = statement.args if isinstance(statement, sp.And) else (statement,)
        return tuple(Derivation(part.lhs).equal(part.rhs, by=Algebra()) for part in parts)

    return claim
