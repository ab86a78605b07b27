"""At which numbers of keys a map outvotes the majority, fires, or is silent: all of them, found exactly.

Each question is whether c N(n) > alpha n + beta for a gain N, rational c, alpha > 0 and -alpha <= beta <= 0. The
logarithm of the quotient of the two sides has a derivative with at most one change of sign, so there are few ranges:

    softmax, kappa > 1     falls up to n = -kappa beta/((kappa - 1) alpha), then rises for ever
    softmax, kappa <= 1    falls for ever, to a limit > 0 only if kappa = 1 and c exp(-l0) > alpha
    (q . k)^p              rises up to the last n with p (alpha n + beta) >= alpha n log n, then falls for ever

Within a monotone part the end of a range is found by bisection; gains are irrational (`logits`), so there are no
ties. The majority flip has c = alpha = 1, beta = -1. The read-out has c = a - xi and beta = -xi; alpha = xi asks
whether some sign pattern fires, alpha = xi + b (2d - 6)/(d - 2) whether y_1 = y_d = y_k = + always does. Derived here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import arb, ctx

from theory.separation.cross_attention.logits import Logits, log_gain, polynomial_gain, softmax_gain
from theory.separation.self_attention.answers import integer_text
from theory.separation.self_attention.exact_numbers import Undecided, precisions, sign_of, to_fmpq
from theory.separation.self_attention.parameters import exact_integer, exact_rational

if TYPE_CHECKING:
    from theory.separation.self_attention.parameters import ExactNumber

LIMIT = 10**1000
SHORTEST = 2
Range = tuple[int, int | None]


@dataclass(frozen=True)
class Lengths:
    """The numbers of keys, from 2 to `limit`, at which something holds.

    ranges: (first, last), disjoint and in order; last is None where it holds for ever. limit: where the search ended;
        what is said of a range without an end is proved for every n, beyond the limit too.
    message: a sentence.
    """

    ranges: tuple[Range, ...]
    limit: int
    message: str

    def __contains__(self, n: int) -> bool:
        return any(first <= n and (last is None or n <= last) for first, last in self.ranges)

    @property
    def for_ever_from(self) -> int | None:
        """The least n from which on it holds for every number of keys; None if there is none up to the limit."""
        return self.ranges[-1][0] if self.ranges and self.ranges[-1][1] is None else None

    @property
    def largest(self) -> int | None:
        """The largest n at which it holds; None if it holds nowhere, or for ever."""
        return self.ranges[-1][1] if self.ranges else None


@dataclass(frozen=True)
class _Question:
    """Whether c N(n) > alpha n + beta; degree None is softmax."""

    logits: Logits
    degree: int | None
    c: Fraction
    alpha: Fraction
    beta: Fraction

    def __call__(self, n: int) -> bool:
        gain = softmax_gain(self.logits, n) if self.degree is None else polynomial_gain(self.logits, n, self.degree)
        return sign_of(gain, to_fmpq(-self.alpha * n - self.beta), to_fmpq(self.c)) > 0

    def falls_to_a_positive_limit(self) -> bool:
        """For softmax with kappa = 1: whether c exp(-l0) > alpha."""
        return self.degree is None and self.logits.kappa == 1 and _positive(
            lambda: (-arb(to_fmpq(self.logits.l0))).exp() - to_fmpq(self.alpha / self.c)
        )  # fmt: skip

    def turning_point(self, limit: int) -> int:
        """The last n up to which the quotient is monotone in its first sense; at least 1, at most `limit`."""
        alpha, beta = self.alpha, self.beta
        if self.degree is None:
            kappa = self.logits.kappa
            return min(limit, max(1, int(-kappa * beta / ((kappa - 1) * alpha)))) if kappa > 1 else limit
        degree = self.degree

        def rises(n: int) -> bool:
            return _positive(lambda: to_fmpq(degree * (alpha * n + beta) / (alpha * n)) - arb(n).log())

        return _last(rises, SHORTEST, limit) or 1


def _positive(value: Callable[[], arb]) -> bool:
    """Whether a number that is not 0 is positive."""
    for bits in precisions():
        with ctx.workprec(bits):
            found = value()
            if found > 0 or found < 0:
                return bool(found > 0)
    raise Undecided("A difference that is not zero could not be told from zero.")


def _last(holds: Callable[[int], bool], first: int, limit: int) -> int | None:
    """The last n in first..limit with holds(n), where holds is true up to some n and false from there, or None."""
    if first > limit or not holds(first):
        return None
    low, step = first, 1
    while low < limit and holds(min(low + step, limit)):
        low, step = min(low + step, limit), 2 * step
    high = min(low + step, limit + 1)  # fails, or lies behind the limit
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _first(holds: Callable[[int], bool], first: int, limit: int) -> int | None:
    """The first n in first..limit with holds(n), where holds is false up to some n and true from there, or None."""
    if first > limit:
        return None
    last_failure = _last(lambda n: not holds(n), first, limit)
    found = first if last_failure is None else last_failure + 1
    return found if found <= limit else None


def _ranges(holds: _Question, limit: int) -> tuple[Range, ...]:
    if holds.c <= 0:
        return ()
    turn = holds.turning_point(limit)
    if holds.degree is None:  # falls up to the turn, rises from there
        if holds.falls_to_a_positive_limit():
            return ((SHORTEST, None),)
        end, start = _last(holds, SHORTEST, turn), _first(holds, max(turn + 1, SHORTEST), limit)
        parts: list[Range] = [] if end is None else [(SHORTEST, end)]
        parts += [] if start is None else [(start, None)]
    else:  # rises up to the turn, falls from there
        start, end = _first(holds, SHORTEST, turn), _last(holds, max(turn + 1, SHORTEST), limit)
        parts = [] if start is None else [(start, turn)]
        parts += [] if end is None else [(max(turn + 1, SHORTEST), end)]
    if len(parts) == 2 and parts[0][1] is not None and parts[0][1] + 1 == parts[1][0]:
        return ((parts[0][0], parts[1][1]),)
    return tuple(parts)


def _answer(question: _Question, verb: str, limit: int) -> Lengths:
    ranges = _ranges(question, exact_integer(limit, "limit", SHORTEST))
    name = map_name(question.degree)
    at = f"kappa = {question.logits.kappa}, l0 = {question.logits.l0}"
    if ranges:
        said = " and ".join(_words(part, limit) for part in ranges)
        return Lengths(ranges, limit, f"{name[0].upper()}{name[1:]} {verb} for {said}, at {at}.")
    rises_later = question.c > 0 and (
        question.logits.kappa > 1 if question.degree is None else question.turning_point(limit) == limit
    )
    where = f"for no n up to {integer_text(limit)}" if rises_later else "for no n at all"
    remedy = "; take a larger limit" if rises_later else ""
    return Lengths((), limit, f"None exists: {name} {verb} {where}, at {at}{remedy}.")


def _words(part: Range, limit: int) -> str:
    first, last = part
    if last is None:
        return f"every n >= {integer_text(first)}"
    if last == limit:
        return f"{integer_text(first)} <= n <= {integer_text(last)} and perhaps beyond"
    return f"n = {first}" if first == last else f"{integer_text(first)} <= n <= {integer_text(last)}"


def map_name(degree: int | None) -> str:
    """The name of the map for a sentence."""
    return {None: "softmax", 1: "linear attention"}.get(degree, f"(q . k)^{degree}")


def flip_lengths(logits: Logits, degree: int | None = None, *, limit: int = LIMIT) -> Lengths:
    """Where the needle outvotes the n - 1 others: N > n - 1. degree: None for softmax, 1 for linear attention.

    >>> flip_lengths(Logits(kappa=4, l0=1), 1).message
    'Linear attention outvotes the majority for 2 <= n <= 10, at kappa = 4, l0 = 1.'
    >>> flip_lengths(Logits(kappa="6/5", l0="4/5")).ranges
    ((2, 2), (50, None))
    """
    question = _Question(logits, _degree(degree), Fraction(1), Fraction(1), Fraction(-1))
    return _answer(question, "outvotes the majority", limit)


def firing_lengths(
    logits: Logits, a: ExactNumber, xi: ExactNumber, degree: int | None = None, *, limit: int = LIMIT
) -> Lengths:
    """Where some sign pattern fires at the threshold tau = 1 + xi: N (a - xi) > xi (n - 1). Elsewhere all are silent.

    >>> firing_lengths(Logits(kappa=4, l0=1), 1, "1/10", degree=1).largest
    189
    """
    height, above = _height_and_threshold(a, xi)
    question = _Question(logits, _degree(degree), height - above, above, -above)
    return _answer(question, "fires on some sign pattern", limit)


def sure_firing_lengths(
    logits: Logits,
    a: ExactNumber,
    b: ExactNumber,
    xi: ExactNumber,
    degree: int | None = None,
    *,
    d: int | None = None,
    limit: int = LIMIT,
) -> Lengths:
    """Where y_1 = y_d = y_k = + fires whatever the other signs, so that p >= 1/8; in every dimension if d is None.

    >>> sure_firing_lengths(Logits(kappa=4, l0=1), 1, "1/2", "1/10").for_ever_from
    2
    """
    height, above = _height_and_threshold(a, xi)
    weight = exact_rational(b, "b")
    if not 0 <= weight <= 1:
        raise ValueError(f"b = {weight} is out of range; take 0 <= b <= 1.")
    share = Fraction(2) if d is None else Fraction(2 * exact_integer(d, "d", 3) - 6, d - 2)
    question = _Question(logits, _degree(degree), height - above, above + weight * share, -above)
    return _answer(question, "fires with p >= 1/8", limit)


def _height_and_threshold(a: ExactNumber, xi: ExactNumber) -> tuple[Fraction, Fraction]:
    height, above = exact_rational(a, "a"), exact_rational(xi, "xi")
    if height <= 0 or above <= 0:
        raise ValueError(f"a = {height}, xi = {above}: take both positive.")
    return height, above


def _degree(degree: int | None) -> int | None:
    return None if degree is None else exact_integer(degree, "degree", 1)


@dataclass(frozen=True)
class SmallestDegree:
    """value: the least degree p with (kappa log n/l0)^p > n - 1; None if there is none. message: a sentence."""

    value: int | None
    logits: Logits
    n: int
    message: str


def smallest_degree(logits: Logits, n: int) -> SmallestDegree:
    """The least degree with which the kernel (q . k)^p outvotes n - 1 others.

    >>> smallest_degree(Logits(kappa=4, l0=1), 10**6).value
    4
    >>> smallest_degree(Logits(kappa="1/10", l0=1), 1000).message
    'None exists: the base kappa log n/l0 = 0.69077553 at n = 1000 is at most 1, so no power of it exceeds n - 1.'
    """
    keys = exact_integer(n, "n", 2)
    base = polynomial_gain(logits, keys)
    place = f"n = {integer_text(keys)}"
    if sign_of(base, to_fmpq(-1), to_fmpq(1)) < 0:
        shown = base.enclose(64).str(8, radius=False)
        message = (
            f"None exists: the base kappa log n/l0 = {shown} at {place} is at most 1, so no power of it exceeds n - 1."
        )
        return SmallestDegree(None, logits, keys, message)
    degree = 1 if keys == 2 else _degree_above(logits, keys)
    least = ", and no smaller degree does" if degree > 1 else ""
    message = f"The kernel (q . k)^{degree} outvotes the majority at {place}{least}."
    return SmallestDegree(degree, logits, keys, message)


def _degree_above(logits: Logits, n: int) -> int:
    """floor(log(n - 1)/log B) + 1; the quotient is no integer, since no power of B is one."""
    for bits in precisions():
        with ctx.workprec(bits):
            quotient = (arb(n - 1).log() / log_gain(logits, n, 1)).floor().unique_fmpz()
            if quotient is not None:
                return int(quotient) + 1
    raise Undecided(f"log(n - 1)/log(kappa log n/l0) at n = {n} was not told from an integer.")
