"""The success of m independent neurons: at least one does what it should, and none does what it must not.

If a neuron does something bad with probability p_b, and something good but nothing bad with probability p_g, then
P[success] = (1 - p_b)^m - (1 - p_b - p_g)^m. As a function of m it rises as long as A^m (1-A) < B^m (1-B), with
A = 1 - p_b >= B = 1 - p_b - p_g, that is (A/B)^m < (1-B)/(1-A), and never rises again: it has one maximum, at the
least m >= log((1-B)/(1-A)) / log(A/B).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import arb, ctx

from theory.separation.self_attention.binomial import TABLE_TRIALS, tail_count, tail_probability
from theory.separation.self_attention.exact_numbers import Number, Undecided, precisions, to_fmpq

EXACT_POWER_BITS = 1 << 21  # an exact power with more bits is replaced by an enclosure
LAST_POWER_BITS = 1 << 27  # the size up to which integers decide what enclosures leave open


@dataclass(frozen=True)
class Success:
    """Least counts K ~ Bin(d-3, 1/2), one for each of the eight equally likely triples of signs.

    bad: from these counts on something happens that must not. good: from these on the wanted thing happens.
    """

    d: int
    bad: tuple[int, ...]
    good: tuple[int, ...]

    @cached_property
    def counts(self) -> tuple[int, int]:
        """(bad, good and not bad): numbers of sign vectors out of 2^d."""
        free = self.d - 3
        bad = [tail_count(free, k) for k in self.bad]
        return sum(bad), sum(max(tail_count(free, k) - worse, 0) for k, worse in zip(self.good, bad, strict=True))

    @property
    def bad_probability(self) -> Fraction:
        """p_b, exactly."""
        return Fraction(self.counts[0], 1 << self.d)

    @property
    def good_probability(self) -> Fraction:
        """p_g, exactly."""
        return Fraction(self.counts[1], 1 << self.d)

    def _one_neuron(self, bits: int) -> tuple[arb, arb]:
        """Enclosures of p_b and p_g at the working precision."""
        if self.d - 3 <= TABLE_TRIALS:
            scale = arb(2) ** self.d
            return arb(self.counts[0]) / scale, arb(self.counts[1]) / scale
        free = self.d - 3
        bad = good = arb(0)
        for wanted, worse in zip(self.good, self.bad, strict=True):
            tail = tail_probability(free, worse, bits)
            bad += tail / 8
            if wanted < worse:
                good += (tail_probability(free, wanted, bits) - tail) / 8
        return bad, good

    def failure_enclosure(self, width: int, bits: int) -> arb:
        """An enclosure of 1 - P[success], accurate also where it is tiny."""
        with ctx.workprec(bits):
            bad, good = self._one_neuron(bits)
            spoiled = -(width * (-bad).log1p()).expm1() if bad < 1 else 1 - (1 - bad) ** width
            return spoiled + (1 - bad - good) ** width

    def _powers(self, width: int) -> tuple[int, int]:
        """A^m and B^m as integers over 2^(d m)."""
        bad, good = self.counts
        return ((1 << self.d) - bad) ** width, ((1 << self.d) - bad - good) ** width

    def probability(self, width: int, bits: int = 128) -> Number:
        """P[success] of `width` >= 1 neurons: exact while the fraction has at most 2^21 bits, and an enclosure."""
        if width < 1:
            raise ValueError(f"A network of {width} neurons does nothing; take a width of at least 1.")
        if self.d * width > EXACT_POWER_BITS:
            with ctx.workprec(bits):
                return Number(None, 1 - self.failure_enclosure(width, bits))
        kept, idle = self._powers(width)
        value = Fraction(kept - idle, 1 << (self.d * width))
        with ctx.workprec(bits):
            return Number(value, arb(to_fmpq(value)))

    def at_least(self, width: int, target: Fraction) -> bool:
        """Whether P[success] >= target, decided rigorously; integers decide ties. Raises Undecided if they are huge."""
        allowed = to_fmpq(1 - target)
        for bits in precisions():
            with ctx.workprec(bits):
                failure = self.failure_enclosure(width, bits)
                if failure <= arb(allowed):
                    return True
                if failure > arb(allowed):
                    return False
            if bits >= 256 and self.d * width <= EXACT_POWER_BITS:
                break
        if self.d * width > LAST_POWER_BITS:
            raise Undecided(f"P[success] = {target} up to the largest precision, for d = {self.d}, m = {width}.")
        kept, idle = self._powers(width)
        return (kept - idle) * target.denominator >= target.numerator << (self.d * width)

    def best_width(self) -> int | None:
        """The smallest m that maximises P[success]; None if none does.

        None: no neuron is ever good (P[success] = 0 for all m), or none is ever bad and some are idle, so that
        P[success] rises to 1 for ever.
        """
        if not self.can_be_good or not (self.can_be_bad or self._never_idle):
            return None
        if self._never_idle:  # B = 0: P[success] = A^m
            return 1
        for bits in precisions():
            with ctx.workprec(bits):
                bad, good = self._one_neuron(bits)
                if not (bad > 0 and bad + good < 1):
                    continue
                steps = ((bad + good) / bad).log() / ((-bad).log1p() - (-bad - good).log1p())
                width = steps.ceil().unique_fmpz()
                if width is not None:
                    return max(1, int(width))
                nearest = (steps.mid() + 0.5).floor().unique_fmpz()
            if bits >= 256 and nearest is not None and self._ties_at(int(nearest)):
                return int(nearest)
        raise Undecided(f"The best width is not decided by the largest precision, for d = {self.d}.")

    def _ties_at(self, width: int) -> bool:
        """Whether the widths `width` and `width` + 1 succeed with the same probability, by integers."""
        if width < 1 or self.d * (width + 1) > LAST_POWER_BITS:
            return False
        bad, good = self.counts
        kept, idle = self._powers(width)
        return kept * bad == idle * (bad + good)

    @property
    def can_be_bad(self) -> bool:
        """p_b > 0."""
        return min(self.bad) < self.d - 2

    @property
    def can_be_good(self) -> bool:
        """p_g > 0."""
        return any(wanted < worse for wanted, worse in zip(self.good, self.bad, strict=True))

    @property
    def _never_idle(self) -> bool:
        """p_b + p_g = 1."""
        return all(min(pair) == 0 for pair in zip(self.good, self.bad, strict=True))

    def widths(self, target: Fraction) -> tuple[int, int | None] | None:
        """The least and the largest m with P[success] >= target > 0; None for the largest if there is none.

        Returns None if no m succeeds. P[success] has one maximum in m, so all m between the two succeed.
        """
        if not 0 < target <= 1:
            raise ValueError(f"The target {target} is not a probability above 0; take 0 < target <= 1.")
        peak = self.best_width()
        if peak is None:
            if not self.can_be_good or target == 1:
                return None
            return self._first(target, None), None
        if not self.at_least(peak, target):
            return None
        last = peak
        if self.can_be_bad:
            step = 1
            while self.at_least(last + step, target):
                last, step = last + step, 2 * step
            low, high = last, last + step  # succeeds, fails
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if self.at_least(middle, target) else (low, middle)
            return self._first(target, peak), low
        return self._first(target, peak), None

    def _first(self, target: Fraction, peak: int | None) -> int:
        """Least m with P[success] >= target, where some m <= peak succeeds and P[success] rises up to the peak."""
        high = 1
        while not self.at_least(high, target):
            high = 2 * high if peak is None else min(2 * high, peak)
        low = high // 2 if high > 1 else 0
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self.at_least(middle, target) else (middle, high)
        return high
