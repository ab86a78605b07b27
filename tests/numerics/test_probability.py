"""Clopper-Pearson limits against exact binomial tails, and the verdicts drawn from them."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from flint import arb, ctx, fmpq

from numerics.probability import (
    Comparison,
    Count,
    compare,
    compare_at_least,
    compare_table,
    confidence_limits,
    lower_limit,
    upper_limit,
)
from theory.evidence import Verdict

LEVEL = Fraction(1, 100)


def at_least(successes: int, trials: int, probability: Fraction) -> Fraction:
    """P[Bin(trials, probability) >= successes], exactly."""
    plus, whole = probability.numerator, probability.denominator
    ways = (comb(trials, k) * plus**k * (whole - plus) ** (trials - k) for k in range(successes, trials + 1))
    return Fraction(sum(ways), whole**trials)


@pytest.mark.parametrize("trials", [1, 2, 30])
@pytest.mark.parametrize("level", [Fraction(1, 20), LEVEL, Fraction(1, 10**9)])
def test_limits_are_conservative_and_tight(trials: int, level: Fraction) -> None:
    for successes in range(trials + 1):
        limits = confidence_limits(Count.exactly(successes, trials), level)
        if successes:
            assert at_least(successes, trials, limits.lower) <= level / 2
            assert at_least(successes, trials, limits.lower * (1 + Fraction(1, 10**9))) > level / 2
        else:
            assert limits.lower == 0
        if successes < trials:
            at_most = 1 - at_least(successes + 1, trials, limits.upper)
            assert at_most <= level / 2
            inside = 1 - (1 - limits.upper) * (1 + Fraction(1, 10**9))
            assert 1 - at_least(successes + 1, trials, inside) > level / 2
        else:
            assert limits.upper == 1


def test_the_true_probability_is_missed_no_more_often_than_stated() -> None:
    trials, probability = 25, Fraction(3, 10)
    missed = Fraction(0)
    for successes in range(trials + 1):
        limits = confidence_limits(Count.exactly(successes, trials), LEVEL)
        if not limits.lower <= probability <= limits.upper:
            missed += comb(trials, successes) * probability**successes * (1 - probability) ** (trials - successes)
    assert 0 < missed <= LEVEL


def test_a_proposal_that_is_too_narrow_is_moved_outwards(monkeypatch: pytest.MonkeyPatch) -> None:
    import scipy.stats

    right = lower_limit(12, 40, LEVEL)
    original = scipy.stats.beta.ppf
    monkeypatch.setattr(scipy.stats.beta, "ppf", lambda *arguments: original(*arguments) * 1.001)
    lower_limit.cache_clear()
    moved = lower_limit(12, 40, LEVEL)
    lower_limit.cache_clear()
    assert at_least(12, 40, moved) <= LEVEL
    assert moved <= right * (1 + Fraction(1, 10**9))


def test_limits_of_a_long_run() -> None:
    count = Count.exactly(31, 300)
    limits = confidence_limits(count, LEVEL)
    assert at_least(31, 300, limits.lower) <= LEVEL / 2 < at_least(31, 300, limits.lower * Fraction(1001, 1000))
    assert limits.upper == upper_limit(31, 300, LEVEL / 2)


def test_ambiguous_trials_widen_the_limits_and_the_verdict() -> None:
    sharp, wide = Count.exactly(300, 1000), Count(250, 350, 1000)
    assert confidence_limits(wide, LEVEL).lower == confidence_limits(Count.exactly(250, 1000), LEVEL).lower
    assert confidence_limits(wide, LEVEL).upper == confidence_limits(Count.exactly(350, 1000), LEVEL).upper
    assert compare(sharp, Fraction(3, 10)).verdict is Verdict.HOLDS
    assert compare(wide, Fraction(1, 4)).verdict is Verdict.UNDECIDED
    assert compare(wide, Fraction(1, 10)).verdict is Verdict.REFUTED
    assert compare(Count(0, 1000, 1000), Fraction(1, 2)).verdict is Verdict.UNDECIDED


def test_the_verdict_follows_the_limits() -> None:
    count = Count.exactly(300, 1000)
    limits = confidence_limits(count, LEVEL)
    for probability, verdict in [
        (limits.lower, Verdict.HOLDS),
        (limits.upper, Verdict.HOLDS),
        (limits.lower * Fraction(999, 1000), Verdict.REFUTED),
        (limits.upper * Fraction(1001, 1000), Verdict.REFUTED),
    ]:
        found = compare(count, probability, LEVEL)
        assert isinstance(found, Comparison)
        assert found.verdict is verdict


def test_an_enclosure_counts_as_all_of_its_points() -> None:
    count = Count.exactly(300, 1000)
    with ctx.workprec(64):
        assert compare(count, arb(fmpq(3, 10))).verdict is Verdict.HOLDS
        assert compare(count, arb(fmpq(1, 10))).verdict is Verdict.REFUTED
        assert compare(count, arb(0.3, 0.3)).verdict is Verdict.UNDECIDED
        assert compare(count, arb("nan")).verdict is Verdict.UNDECIDED


def test_at_least() -> None:
    count = Count.exactly(300, 1000)
    assert compare_at_least(count, Fraction(1, 10)).verdict is Verdict.HOLDS
    assert compare_at_least(count, Fraction(3, 10)).verdict is Verdict.UNDECIDED
    assert compare_at_least(count, Fraction(1, 2)).verdict is Verdict.REFUTED


def test_a_table_shares_the_level_among_its_rows() -> None:
    good = (Count.exactly(300, 1000), Fraction(3, 10))
    bad = (Count.exactly(300, 1000), Fraction(1, 2))
    verdict, comparisons = compare_table([good] * 4, LEVEL)
    assert verdict is Verdict.HOLDS
    assert [c.false_alarm for c in comparisons] == [LEVEL / 4] * 4
    assert compare_table([good, bad, good], LEVEL)[0] is Verdict.REFUTED
    assert compare_table([good, (Count(0, 1000, 1000), Fraction(1, 2))], LEVEL)[0] is Verdict.UNDECIDED
    assert compare_table([], LEVEL)[0] is Verdict.UNDECIDED


def test_mistakes_are_explained() -> None:
    with pytest.raises(ValueError, match="low <= high"):
        Count(3, 2, 10)
    with pytest.raises(ValueError, match="strictly between 0 and 1"):
        confidence_limits(Count.exactly(1, 2), Fraction(2))
    with pytest.raises(ValueError, match="not a probability"):
        compare(Count.exactly(1, 2), Fraction(3, 2))
