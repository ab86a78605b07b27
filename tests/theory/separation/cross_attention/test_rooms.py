"""The formulas that the claims are made of, as numbers: against enumeration, and against the exact answers."""

# SymPy types almost everything as Basic, which hides the numbers that this file compares.
# pyright: reportArgumentType=false, reportOperatorIssue=false, reportAttributeAccessIssue=false
# pyright: reportCallIssue=false

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
import sympy as sp

from theory.claim import Claim, get
from theory.rigor.evaluate import truth_at
from theory.rigor.truth import Truth
from theory.separation.cross_attention import (
    kernel_flip,
    linear_silence,
    majority_flip,
    random_signs,
    recovery,
    recovery_limit,
    softmax_firing,
    softmax_flip,
)
from theory.separation.cross_attention.construction import N, kappa, l0, linear_gain, n, softmax_gain
from theory.separation.cross_attention.lengths import firing_lengths, flip_lengths, smallest_degree, sure_firing_lengths
from theory.separation.cross_attention.logits import Logits
from theory.separation.cross_attention.recovery_probability import gain_needed, recovery_probability, sufficient_length
from theory.separation.self_attention.construction import needle_weight
from theory.separation.self_attention.exact_numbers import rational_gain

GAINS = [sp.Rational(1, 3), sp.Integer(1), sp.Rational(5, 2), sp.Integer(4), sp.Integer(7)]
POINTS = [
    (2, "4", "1"),
    (11, "3/2", "1/2"),
    (40, "6/5", "2"),
    (144, "6/5", "1"),
    (143, "6/5", "1"),
    (300, "1/2", "1/4"),
]


def truth(statement: sp.Basic, **values: object) -> bool:
    """Whether a statement about numbers is true; it must be decided."""
    found = truth_at(statement, values)
    assert found is not Truth.UNKNOWN
    return found is Truth.TRUE


def lost_by_enumeration(length: int, gain: Fraction) -> Fraction:
    """P[S <= -N] over all signs of the others."""
    patterns = list(product((1, -1), repeat=length - 1))
    return Fraction(sum(sum(signs) <= -gain for signs in patterns), len(patterns))


# Random signs


@pytest.mark.parametrize("length", [2, 3, 6, 9])
@pytest.mark.parametrize("gain", GAINS)
def test_the_probability_of_a_loss_equals_enumeration(length: int, gain: sp.Rational) -> None:
    exact = lost_by_enumeration(length, Fraction(str(gain)))
    lost = random_signs.lost(sp.Integer(length), gain).doit()
    assert Fraction(str(sp.nsimplify(lost))) == exact
    assert random_signs.recovered(sp.Integer(length), gain).doit() == 1 - lost
    by_api = recovery_probability(rational_gain(Fraction(str(gain))), length).exact
    assert by_api == 1 - exact


@pytest.mark.parametrize("length", [2, 3, 8, 41, 200])
@pytest.mark.parametrize("gain", GAINS)
def test_the_coin_bound_is_above_the_exact_law_and_hoeffdings_below(length: int, gain: sp.Rational) -> None:
    exact = recovery_probability(rational_gain(Fraction(str(gain))), length).exact
    assert exact is not None
    known = sp.Rational(exact.numerator, exact.denominator)
    bound = recovery_limit.coin_bound(sp.Integer(length), gain)
    assert truth(sp.Le(known, bound, evaluate=False))
    assert truth(sp.Ge(known, 1 - random_signs.hoeffding.subs({n: length, N: gain}), evaluate=False))


def test_a_coin_bound_without_the_step_is_refuted() -> None:
    """N in place of N + 1: for a small gain and an even number of others, a draw of the others counts as recovered."""
    length, gain = 1001, sp.Rational(1, 10)
    exact = recovery_probability(rational_gain(Fraction(1, 10)), length).exact
    assert truth(sp.Gt(sp.Rational(str(exact)), sp.Rational(1, 2) + gain / sp.sqrt(6 * length - 2), evaluate=False))


def test_the_sufficient_length_is_where_the_hypothesis_of_the_claim_begins() -> None:
    logits, failure, count = Logits(kappa="3/4", l0=1), sp.Rational(1, 100), 10
    found = sufficient_length(logits, "0.99", count).value
    assert found is not None
    values = {kappa: sp.Rational(3, 4), l0: 1, recovery.q: failure / count}
    given = recovery.steep(2).subs(values)
    assert [truth(given.subs(n, length)) for length in (found - 1, found)] == [False, True]
    weaker = recovery.steep(1).subs(values)  # the spoiled hypothesis begins earlier
    assert truth(weaker.subs(n, found - 1))


def test_the_square_of_the_gain_that_hoeffding_wants_is_above_the_one_needed() -> None:
    for length, failure in ((101, sp.Rational(1, 10)), (5001, sp.Rational(1, 1000))):
        wanted = sp.sqrt(2 * (length - 1) * sp.log(1 / failure))
        assert truth(recovery.FAR.subs({N: wanted * sp.Rational(1001, 1000), n: length, recovery.q: failure}))
        assert gain_needed(length, str(1 - failure)) < wanted


# The majority


@pytest.mark.parametrize("length", [2, 3, 10])
@pytest.mark.parametrize("gain", GAINS)
def test_the_vote_is_the_weighted_mean_of_the_values(length: int, gain: sp.Rational) -> None:
    weights = [gain / (gain + length - 1)] + [1 / (gain + length - 1)] * (length - 1)
    mean = sum(w * v for w, v in zip(weights, [1] + [-1] * (length - 1), strict=True))
    assert majority_flip.output(gain, length) == mean
    assert truth(majority_flip.flips(gain, sp.Integer(length))) is bool(mean > 0)
    assert majority_flip.voted.subs({N: gain, n: length}).doit() == mean


@pytest.mark.parametrize(("length", "exponent", "rest"), POINTS)
def test_the_conditions_of_the_claims_agree_with_the_exact_lengths(length: int, exponent: str, rest: str) -> None:
    logits, where = Logits(kappa=exponent, l0=rest), (sp.Rational(exponent), sp.Rational(rest), sp.Integer(length))
    values = dict(zip((kappa, l0, n), where, strict=True))
    assert truth(softmax_flip.SOFTMAX_CONDITION.subs(values)) is (length in flip_lengths(logits))
    assert truth(kernel_flip.linear_condition(*where)) is (length in flip_lengths(logits, 1))
    base = linear_gain(*where)
    degree = smallest_degree(logits, length).value
    if degree is not None:
        needed = kernel_flip.degree_needed(base, length)
        assert truth(sp.And(sp.Gt(degree, needed), sp.Le(degree - 1, needed)))
    else:
        assert truth(sp.Lt(base, 1))


def test_the_lead_over_the_majority_turns_where_the_claim_says() -> None:
    exponent = sp.Rational(11, 10)  # the turn is at kappa/(kappa - 1) = 11
    leads = [softmax_flip.lead(exponent, sp.Integer(length)).evalf(30) for length in range(2, 40)]
    smallest = leads.index(min(leads)) + 2
    assert smallest in (10, 11, 12)
    assert leads[smallest - 2 :] == sorted(leads[smallest - 2 :])
    assert leads[: smallest - 1] == sorted(leads[: smallest - 1], reverse=True)


def first_length(claim: Claim) -> int:
    (where,) = (part for part in claim.unfolded.args if isinstance(part, sp.Ge) and part.lhs == n)
    return int(where.rhs)


@pytest.mark.parametrize(
    ("name", "exponent", "rest", "degree"),
    [
        ("softmax-flip-late", "6/5", "1", None),
        ("linear-flip-four", "4", "1", 1),
        ("linear-flip-eight", "4", "1/2", 1),
        ("linear-flip-two", "2", "1", 1),
    ],
)
def test_the_lengths_in_the_claims_are_those_of_the_search(
    name: str, exponent: str, rest: str, degree: int | None
) -> None:
    """`exactly_from` declared these: softmax outvotes from there on, linear attention no longer does."""
    found = flip_lengths(Logits(kappa=exponent, l0=rest), degree)
    assert first_length(get(f"separation.cross.{name}")) == (
        found.for_ever_from if degree is None else (found.largest or 0) + 1
    )


# The read-out


@pytest.mark.parametrize(("length", "exponent", "rest"), POINTS)
def test_silence_is_that_of_the_search(length: int, exponent: str, rest: str) -> None:
    where = (sp.Rational(exponent), sp.Rational(rest), sp.Integer(length))
    for height, above in (("1", "1/10"), ("7/10", "1/2"), ("1/4", "1/2")):
        silent = truth(linear_silence.linear_silent(*where, sp.Rational(height), sp.Rational(above)))
        found = firing_lengths(Logits(kappa=exponent, l0=rest), height, above, 1)
        assert silent is (length not in found)
        weight = needle_weight(linear_gain(*where), sp.Integer(length))
        assert silent is truth(sp.Le(sp.Rational(height) * weight, sp.Rational(above), evaluate=False))


@pytest.mark.parametrize(("length", "exponent", "rest"), POINTS)
def test_the_level_of_the_all_plus_pattern_is_that_of_the_search(length: int, exponent: str, rest: str) -> None:
    logits, height, share, above = (
        Logits(kappa=exponent, l0=rest),
        sp.Rational(7, 10),
        sp.Rational(1, 2),
        sp.Rational(1, 5),
    )
    loud = softmax_gain(sp.Rational(exponent), sp.Rational(rest), sp.Integer(length)) * (height - above)
    for dimension in (3, 5, 12):
        least = sp.Rational(4 - dimension, dimension - 2)  # y_k plus, all others minus
        fires = truth(sp.Gt(loud, softmax_firing.plus_level(length, share, above, least), evaluate=False))
        assert fires is (length in sure_firing_lengths(logits, "7/10", "1/2", "1/5", d=dimension))
    best = truth(sp.Gt(loud, softmax_firing.plus_level(length, share, above, sp.Integer(1)), evaluate=False))
    assert best is (length in firing_lengths(logits, "7/10", "1/5"))
