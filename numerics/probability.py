"""Exact binomial intervals, and what they say about a probability that theory gives.

A count of k successes in N independent trials gives the two-sided Clopper-Pearson limits: the probabilities p for
which neither "k or more" nor "k or fewer" is rarer than half the false-alarm level. SciPy proposes the limits, and
Arb's incomplete beta function verifies each of them; one that cannot be verified is moved outwards until it can, so
the returned limits are never too narrow. (C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404-413.)

Where floating point cannot decide whether a trial succeeded, the count itself is a range. Every answer here is valid
for each count in the range.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from flint import arb, ctx, fmpq

from theory.evidence import Verdict

FALSE_ALARM = Fraction(1, 10**6)
PRECISION_BITS = 128


@dataclass(frozen=True)
class Count:
    """Successes in `trials` independent trials; the number lies between `low` and `high`, both included."""

    low: int
    high: int
    trials: int

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= self.trials or self.trials < 1:
            raise ValueError(f"{self} is no count; it needs 0 <= low <= high <= trials and trials >= 1.")

    @classmethod
    def exactly(cls, successes: int, trials: int) -> Count:
        """A count without doubtful trials."""
        return cls(successes, successes, trials)

    @property
    def ambiguous(self) -> int:
        """How many trials could not be decided."""
        return self.high - self.low


@dataclass(frozen=True)
class Limits:
    """A closed interval of probabilities, with exact dyadic ends."""

    lower: Fraction
    upper: Fraction


def confidence_limits(count: Count, false_alarm: Fraction) -> Limits:
    """Limits that miss the true probability with probability at most `false_alarm`, whatever it is.

    They are the Clopper-Pearson limits of `count.low` below and of `count.high` above, each at half the level.
    Raises ValueError unless 0 < false_alarm < 1.
    """
    return Limits(
        lower_limit(count.low, count.trials, false_alarm / 2), upper_limit(count.high, count.trials, false_alarm / 2)
    )


def upper_limit(successes: int, trials: int, false_alarm: Fraction) -> Fraction:
    """A probability above which at most `successes` in `trials` happens with probability at most `false_alarm`."""
    return 1 - lower_limit(trials - successes, trials, false_alarm)


@lru_cache(maxsize=4096)
def lower_limit(successes: int, trials: int, false_alarm: Fraction) -> Fraction:
    """A probability below which `successes` or more in `trials` happens with probability at most `false_alarm`."""
    from scipy.special import betaincinv

    if not 0 < false_alarm < 1:
        raise ValueError(f"The false-alarm level {false_alarm} must lie strictly between 0 and 1.")
    if successes == 0:
        return Fraction(0)
    proposal = Fraction(float(betaincinv(successes, trials - successes + 1, float(false_alarm))))
    step = Fraction(1, 2**44)
    while step < 1:
        candidate = proposal * (1 - step)
        if _tail_is_at_most(candidate, successes, trials, false_alarm):
            return candidate
        step *= 4
    return Fraction(0)


def _tail_is_at_most(probability: Fraction, successes: int, trials: int, level: Fraction) -> bool:
    """Whether Arb proves P[Bin(trials, probability) >= successes] = I_p(successes, trials - successes + 1) <= level."""
    with ctx.workprec(PRECISION_BITS):
        tail = _arb(probability).beta_lower(successes, trials - successes + 1, regularized=True)
        return bool(tail <= _arb(level))


def _arb(value: Fraction) -> arb:
    return arb(fmpq(value.numerator, value.denominator))


@dataclass(frozen=True)
class Comparison:
    """A count judged against a probability.

    HOLDS: the probability lies inside the limits of every count in the range; the measurement does not contradict it.
    REFUTED: it lies outside the limits of every count in the range. If the probability were right, this would happen
    with probability at most `false_alarm`. UNDECIDED: anything else.
    """

    verdict: Verdict
    limits: Limits
    false_alarm: Fraction


def compare(count: Count, probability: Fraction | arb, false_alarm: Fraction = FALSE_ALARM) -> Comparison:
    """Judge `count` against a probability given as a Fraction or as an enclosure, at a two-sided level."""
    limits = confidence_limits(count, false_alarm)
    sure = Limits(
        lower_limit(count.high, count.trials, false_alarm / 2), upper_limit(count.low, count.trials, false_alarm / 2)
    )
    least, most = _ends(probability)
    if most < limits.lower or least > limits.upper:
        verdict = Verdict.REFUTED
    elif sure.lower <= least and most <= sure.upper:
        verdict = Verdict.HOLDS
    else:
        verdict = Verdict.UNDECIDED
    return Comparison(verdict, limits, false_alarm)


def compare_at_least(count: Count, bound: Fraction | arb, false_alarm: Fraction = FALSE_ALARM) -> Comparison:
    """Judge "the probability is at least `bound`".

    HOLDS and REFUTED are each wrong with probability at most `false_alarm` / 2; between the limits it is UNDECIDED.
    """
    limits = confidence_limits(count, false_alarm)
    least, most = _ends(bound)
    if limits.upper < least:
        verdict = Verdict.REFUTED
    elif limits.lower >= most:
        verdict = Verdict.HOLDS
    else:
        verdict = Verdict.UNDECIDED
    return Comparison(verdict, limits, false_alarm)


def compare_table(
    rows: Iterable[tuple[Count, Fraction | arb]], false_alarm: Fraction = FALSE_ALARM
) -> tuple[Verdict, tuple[Comparison, ...]]:
    """Judge a table of counts and probabilities; `false_alarm` is the level of the whole table (Bonferroni).

    One refuted row refutes the table, one undecided row leaves it undecided, and so does a table without rows.
    """
    rows = tuple(rows)
    comparisons = tuple(compare(count, probability, false_alarm / len(rows)) for count, probability in rows)
    verdicts = {comparison.verdict for comparison in comparisons}
    for verdict in (Verdict.REFUTED, Verdict.UNDECIDED, Verdict.HOLDS):
        if verdict in verdicts:
            return verdict, comparisons
    return Verdict.UNDECIDED, ()


def _ends(probability: Fraction | arb) -> tuple[Fraction, Fraction]:
    """The ends of an enclosure as exact numbers, cut to [0, 1]; an enclosure that is not finite says nothing."""
    if isinstance(probability, arb):
        if not probability.is_finite():
            return Fraction(0), Fraction(1)
        return max(_exact(probability.lower()), Fraction(0)), min(_exact(probability.upper()), Fraction(1))
    if not 0 <= probability <= 1:
        raise ValueError(f"{probability} is not a probability; it must lie between 0 and 1.")
    return Fraction(probability), Fraction(probability)


def _exact(point: arb) -> Fraction:
    value = point.fmpq()
    return Fraction(int(value.p), int(value.q))
