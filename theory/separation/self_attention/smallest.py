"""From which dimension and from which length on the network succeeds: scans of the exact law.

Success is not monotone in the dimension, nor proven monotone in the length, because the middle signs live on a lattice.
Smallest values are therefore found by scanning, and a result says what was scanned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from flint import arb, ctx, fmpz

from theory.separation.self_attention.answers import (
    Event,
    event_law,
    event_name,
    integer_text,
    probability_target,
)
from theory.separation.self_attention.exact_numbers import Undecided, precisions, to_fmpq
from theory.separation.self_attention.parameters import Parameters, exact_integer, exact_rational

if TYPE_CHECKING:
    from theory.separation.self_attention.parameters import ExactNumber

WidthRule = Callable[[Parameters], int]


def _successful_width(
    parameters: Parameters, target: Fraction, width: int | WidthRule | None, event: Event
) -> int | None:
    """A width of the kind asked for that reaches the target (the least one if any will do), or None."""
    law = event_law(parameters, event)
    if width is None:
        best = law.best_width()
        if best is not None and not law.at_least(best, target):
            return None
        widths = law.widths(target)
        return widths[0] if widths else None
    neurons = exact_integer(width(parameters) if callable(width) else width, "width", 1)
    return neurons if law.at_least(neurons, target) else None


@dataclass(frozen=True)
class SmallestDimension:
    """value: the first dimension that succeeds; width: one with which it does (the least, if any was allowed).

    stays_from: the first d from which on all up to `limit` succeed; failures: the d between value and stays_from that
    fail. They are only looked for when asked (else None and empty), and stays_from is None if `limit` itself fails.
    """

    value: int | None
    width: int | None
    stays_from: int | None
    failures: tuple[int, ...]
    limit: int
    parameters: Parameters
    message: str


def smallest_dimension(
    parameters: Parameters,
    target: ExactNumber,
    *,
    width: int | WidthRule | None = None,
    fixed: Literal["t", "n"] = "t",
    limit: int = 2000,
    stay: bool = False,
    event: Event = "joint",
) -> SmallestDimension:
    """The first d = 3, 4, .., limit with P[success] >= target. The dimension in `parameters` only sets t = n/(d-2).

    width: a number of neurons, a rule for it, or None for the best one of each d.
    fixed: "t" keeps the tokens per column, so n = t (d-2) grows with d and t must be an integer; "n" keeps the length,
        tries the d with d - 2 <= n, and takes t = n/(d-2) as it comes.
    stay: also look for the first d from which on all up to `limit` succeed, since success is not monotone in d.

    >>> p = Parameters(n=100, d=12, a0="0.05", a1="0.7", b="0.2", eta="0.1")
    >>> smallest_dimension(p, "0.9").message
    'The smallest dimension with P4 >= 9/10 is d = 24 (with t = 10, m = 10), by a scan from d = 3.'
    """
    goal, last = probability_target(target), exact_integer(limit, "limit", 3)
    if fixed == "t":
        parameters.require_literal()
    elif fixed == "n":
        last = min(last, parameters.n + 2)
    else:
        raise ValueError(f"fixed = {fixed!r} is neither 't' (tokens per column) nor 'n' (number of tokens).")
    t = parameters.n // (parameters.d - 2)

    def at(d: int) -> Parameters:
        return parameters.replace(d=d, n=t * (d - 2) if fixed == "t" else parameters.n)

    first = 4 if fixed == "t" and t == 1 else 3  # one token is no network: n >= 2
    tried: list[int] = []
    found: dict[int, int] = {}
    for d in range(first, last + 1):
        tried.append(d)
        neurons = _successful_width(at(d), goal, width, event)
        if neurons is not None:
            found[d] = neurons
            if not stay:
                break
    name, kept = event_name(event), f"t = {t}" if fixed == "t" else f"n = {integer_text(parameters.n)}"
    if not found:
        message = f"None exists up to d = {last}: no dimension from {first} on reaches {name} >= {goal} with {kept}."
        return SmallestDimension(None, None, None, (), last, parameters, message)
    value = min(found)
    message = (
        f"The smallest dimension with {name} >= {goal} is d = {value} (with {kept}, m = {found[value]}), "
        f"by a scan from d = {first}"
    )
    stays_from, failures = None, ()
    if stay:
        bad = [d for d in tried if d >= value and d not in found]
        stays_from = value if not bad else None if bad[-1] == last else bad[-1] + 1
        failures = tuple(bad)
        message += f" to {last}; " + _stays(bad, stays_from)
    return SmallestDimension(value, found[value], stays_from, failures, last, at(value), message + ".")


def _stays(bad: list[int], stays_from: int | None) -> str:
    if not bad:
        return "all larger ones up to there succeed too"
    if stays_from is None:
        return f"{len(bad)} larger ones fail, the last one tried among them"
    return f"{len(bad)} larger ones fail, and from {stays_from} on all succeed up to there"


def root_dimension(exponent: ExactNumber = "1/50") -> Callable[[int], int]:
    """The rule d = ceil(n^exponent), at least 3, in exact integers; "1/50" is the published lower end n^0.02.

    >>> root_dimension()(10**131)
    417
    """
    power = exact_rational(exponent, "exponent")
    if power <= 0:
        raise ValueError(f"The exponent {power} must be positive, such as '1/50'.")

    def rule(n: int) -> int:
        raised = fmpz(n) ** power.numerator
        root = raised.root(power.denominator)
        return max(3, int(root if root**power.denominator == raised else root + 1))

    return rule


def logarithmic_width(delta: ExactNumber = "1/100", base: ExactNumber = "4/3") -> WidthRule:
    """The rule m = ceil(log(n/delta) / log(base)), decided rigorously; the published m = O(log(n/delta)).

    >>> logarithmic_width("1/100", "8/7")(Parameters(n=200, d=12, a0=0, a1=1, b="1/2", eta="1/10"))
    75
    """
    part, ratio = exact_rational(delta, "delta"), exact_rational(base, "base")
    if part <= 0 or ratio <= 1:
        raise ValueError("A logarithmic width needs delta > 0 and a base above 1.")

    def rule(parameters: Parameters) -> int:
        wanted = parameters.n / part
        for bits in precisions():
            with ctx.workprec(bits):
                steps = arb(to_fmpq(wanted)).log() / arb(to_fmpq(ratio)).log()
                found = steps.ceil().unique_fmpz()
                nearest = (steps.mid() + 0.5).floor().unique_fmpz()
            if found is None and nearest is not None and ratio ** int(nearest) == wanted:
                found = nearest
            if found is not None:
                return max(1, int(found))
        raise Undecided(f"log(n/delta)/log({ratio}) is an integer to all precisions.")

    return rule


@dataclass(frozen=True)
class SmallestLength:
    """value: the first length tried that succeeds; width: one with which it does (the least, if any was allowed).

    lengths: which lengths were tried, in ascending order. Between powers of ten nothing is claimed; among the multiples
    of d - 2 every one below the value was tried and fails. stays_from, failures: as in SmallestDimension.
    """

    value: int | None
    width: int | None
    lengths: str
    stays_from: int | None
    failures: tuple[int, ...]
    parameters: Parameters
    message: str


def smallest_length(
    parameters: Parameters,
    target: ExactNumber | Callable[[int], Fraction],
    *,
    dimension: Callable[[int], int] | None = None,
    width: int | WidthRule | None = None,
    lengths: Literal["powers of ten", "multiples"] = "powers of ten",
    limit: int | None = None,
    stay: bool = False,
    event: Event = "joint",
) -> SmallestLength:
    """The first n among `lengths` with P[success] >= target. The length in `parameters` is not used.

    target: a probability, or a rule for it such as `lambda n: 1 - Fraction(1, n)`.
    dimension: a rule for d such as `root_dimension()`; None keeps the dimension in `parameters`.
    lengths: "powers of ten" tries 10, 100, .. up to `limit` (default 10^1000); "multiples" tries every n = (d-2) t of
        the literal network up to `limit` (default 10^4), for a fixed dimension only.
    stay: also look for the first length from which on all that are tried succeed.

    >>> p = Parameters(n=20, d=12, a0="0.1", a1="0.7", b="0.5", eta="0.65")
    >>> smallest_length(p, "0.9", width=35, lengths="multiples").message
    'The smallest n with P4 >= 9/10 is n = 10 (with d = 12, m = 35); every smaller multiple of d - 2 = 10 fails.'
    """
    tried: Iterable[int]
    columns = parameters.d - 2
    if lengths == "powers of ten":
        end = exact_integer(10**1000 if limit is None else limit, "limit", 10)
        tried = (10**k for k in range(1, len(fmpz(end).str())))
    elif lengths == "multiples":
        if dimension is not None:
            raise ValueError("Multiples of d - 2 need a fixed dimension; leave `dimension` out or take powers of ten.")
        end = exact_integer(10**4 if limit is None else limit, "limit", 2)
        tried = (n for n in range(columns, end + 1, columns) if n >= 2)
    else:
        raise ValueError(f"lengths = {lengths!r} is neither 'powers of ten' nor 'multiples'.")
    found: dict[int, int] = {}
    seen: list[int] = []
    for n in tried:
        d = dimension(n) if dimension else parameters.d
        if n < d - 2:
            continue
        seen.append(n)
        goal = probability_target(target(n) if callable(target) else target)
        neurons = _successful_width(parameters.replace(n=n, d=d), goal, width, event)
        if neurons is not None:
            found[n] = neurons
            if not stay:
                break
    return _length_result(parameters, target, dimension, lengths, seen, found, stay, event_name(event))


def _length_result(
    parameters: Parameters,
    target: ExactNumber | Callable[[int], Fraction],
    dimension: Callable[[int], int] | None,
    lengths: str,
    seen: list[int],
    found: dict[int, int],
    stay: bool,
    name: str,
) -> SmallestLength:
    goal = "its target" if callable(target) else str(exact_rational(target, "target"))
    kind = lengths if lengths == "powers of ten" else f"multiples of d - 2 = {parameters.d - 2}"
    if not found:
        reached = f"up to {integer_text(seen[-1])}" if seen else "in the range"
        message = f"None exists {reached}: none of the {kind} reaches {name} >= {goal}."
        return SmallestLength(None, None, lengths, None, (), parameters, message)
    value = min(found)
    d = dimension(value) if dimension else parameters.d
    text = f"n = {integer_text(value)} (with d = {d}, m = {found[value]})"
    if lengths == "multiples":
        message = f"The smallest n with {name} >= {goal} is {text}; every smaller multiple of d - 2 = {d - 2} fails"
    else:
        message = f"The smallest power of ten with {name} >= {goal} is {text}; other lengths were not tried"
    stays_from, failures = None, ()
    if stay:
        bad = [n for n in seen if n >= value and n not in found]
        failures = tuple(bad)
        stays_from = value if not bad else None if bad[-1] == seen[-1] else seen[seen.index(bad[-1]) + 1]
        last = integer_text(seen[-1])
        if not bad:
            message += f"; all {kind} from there to {last} succeed too"
        elif stays_from is None:
            message += f"; {len(bad)} larger {kind} up to {last} fail, the last among them"
        else:
            message += f"; {len(bad)} larger {kind} fail, and from {integer_text(stays_from)} to {last} all succeed"
    return SmallestLength(
        value, found[value], lengths, stays_from, failures, parameters.replace(n=value, d=d), message + "."
    )
