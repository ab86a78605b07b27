"""Thresholds at which a network is silent for every sign pattern, whatever its width and dimension.

Theorem. Let tau = (1 + xi) L, that is eta = b + xi. A network whose rows have largest gain N fires for no sign pattern
if and only if a w <= xi, w = N/(N+n-1), that is N (a - xi) <= xi (n-1). Why: <c_i, y>/L is largest for y all plus,
where it is 1 + a w, because the weights of each row sum to 1; w rises with N. Equality is silence, since a neuron fires
only above its threshold. Derived here; holds for every d >= 3, t >= 1, b and c >= 0 with b + c = 1, and m.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key

from flint import arb, ctx, fmpq

from theory.separation.self_attention.exact_numbers import (
    Gain,
    Number,
    Undecided,
    precisions,
    sign_of,
    to_fmpq,
)
from theory.separation.self_attention.law import SILENT_FOUR, Network, Rows, network_rows
from theory.separation.self_attention.parameters import Parameters


@dataclass(frozen=True)
class Reach:
    """a w of one row: how far above 1 its output reaches, in units of L, for the all-plus pattern."""

    a: Fraction
    gain: Gain
    n: int

    def number(self, bits: int = 128) -> Number:
        """Its value: exact where the gain is rational."""
        gain = self.gain.exact
        with ctx.workprec(bits):
            if gain is not None:
                exact = to_fmpq(self.a) * gain / (gain + self.n - 1)
                return Number(Fraction(int(exact.p), int(exact.q)), arb(exact))
            return Number(None, to_fmpq(self.a) / (1 + (self.n - 1) / self.gain.enclose(bits)))

    def compared_with(self, xi: Fraction) -> int:
        """The sign of a w - xi, ties exact: that of N (a - xi) - xi (n-1)."""
        return sign_of(self.gain, to_fmpq(-xi * (self.n - 1)), to_fmpq(self.a - xi))

    def compared_with_reach(self, other: Reach) -> int:
        """The sign of the difference of two reaches. Raises Undecided if unequal formulas agree to all precisions."""
        if (self.a, self.gain, self.n) == (other.a, other.gain, other.n):
            return 0
        exact, own = other.number().exact, self.number().exact
        if exact is not None:
            return self.compared_with(exact)
        if own is not None:
            return -other.compared_with(own)
        for bits in precisions():
            with ctx.workprec(bits):
                difference = self.number(bits).enclosure - other.number(bits).enclosure
                if difference > 0 or difference < 0:
                    return 1 if difference > 0 else -1
        raise Undecided(f"a w is the same for the gains {self.gain.name} and {other.gain.name} to all precisions.")


def reach(rows: Rows, n: int) -> Reach:
    """The largest a w among the rows of one network."""
    return max((Reach(rows.a, gain, n) for gain in rows.gains), key=cmp_to_key(Reach.compared_with_reach))


def always_silent(parameters: Parameters, network: Network) -> bool:
    """Whether the network is silent for every sign pattern and every width: a w <= xi, ties exact.

    >>> p = Parameters(n=19, d=3, a0="0.1", a1=1, b="0.5", eta="0.6")
    >>> always_silent(p, Network.LINEAR_NEEDLE), always_silent(p.replace(n=18), Network.LINEAR_NEEDLE)
    (True, False)
    """
    return reach(network_rows(parameters)[network], parameters.n).compared_with(parameters.xi) <= 0


@dataclass(frozen=True)
class SilentThresholds:
    """The thresholds eta = tau/L - c at which what must be silent is silent for sure, and the wanted network is not.

    They are the half-open interval silent_from <= eta < value; in tau, add c.

    value: its upper end, a supremum that is not attained: there the wanted network is silent too; None if the interval
        is empty. silent_from: its lower end, itself a silent threshold, whether the interval is empty or not.
    levels: for each network the least eta from which on it is silent for every sign pattern: b + a w.
    fires_surely_below: for eta below this a neuron of the wanted network fires with probability at least 1/16;
        this may be below silent_from.
    """

    value: Number | None
    silent_from: Number
    fires_surely_below: Number
    levels: Mapping[Network, Number]
    parameters: Parameters
    message: str


def largest_silent_threshold(
    parameters: Parameters,
    wanted: Network = Network.SOFTMAX_NEEDLE,
    silent: tuple[Network, ...] = SILENT_FOUR,
) -> SilentThresholds:
    """The largest threshold eta up to which `wanted` still fires while all of `silent` are silent for every y.

    The threshold in `parameters` is not used.

    >>> p = Parameters(n=1000, d=12, a0="0.1", a1="0.7", b="0.5", eta=0)
    >>> found = largest_silent_threshold(p)
    >>> found.levels[Network.LINEAR_NEEDLE].exact
    Fraction(25077, 50035)
    >>> print(found.message)
    The networks to be silent are silent for every sign pattern from eta = 25077/50035 on, and softmax on D1 still \
fires up to but not at eta = 1.0516657; in units of sqrt(log n), tau = c + eta.
    """
    rows = network_rows(parameters)
    reaches = {network: reach(of_network, parameters.n) for network, of_network in rows.items()}
    levels = {network: _shifted(row.number(), parameters.b) for network, row in reaches.items()}
    loudest = max(silent, key=cmp_to_key(lambda one, other: reaches[one].compared_with_reach(reaches[other])))
    start, end = levels[loudest], levels[wanted]
    exists = reaches[wanted].compared_with_reach(reaches[loudest]) > 0
    if exists:
        message = (
            f"The networks to be silent are silent for every sign pattern from eta = {start} on, and {wanted.value} "
            f"still fires up to but not at eta = {end}; in units of sqrt(log n), tau = c + eta."
        )
    else:
        message = (
            f"None exists: {loudest.value} reaches eta = {start} and {wanted.value} only eta = {end}, so wherever the "
            "first is silent for every sign pattern the second is silent too; take a larger a1 or n."
        )
    return SilentThresholds(
        value=end if exists else None,
        silent_from=start,
        fires_surely_below=_sixteenth(parameters, reaches[wanted]),
        levels=levels,
        parameters=parameters,
        message=message,
    )


def _shifted(number: Number, by: Fraction) -> Number:
    exact = None if number.exact is None else number.exact + by
    with ctx.workprec(128):
        return Number(exact, number.enclosure + to_fmpq(by) if exact is None else arb(to_fmpq(exact)))


def _sixteenth(parameters: Parameters, row: Reach, bits: int = 128) -> Number:
    """b + a w - b (1-om) (d-3)/(d-2): below it y_1 = y_d = y_k = + fires whenever the d-3 other signs sum to >= 0."""
    n, d, b = parameters.n, parameters.d, to_fmpq(parameters.b)
    with ctx.workprec(bits):
        gain = row.gain.exact if row.gain.exact is not None else row.gain.enclose(bits)
        # a w - b (1-om) (d-3)/(d-2) with w = N/(N+n-1) and 1-om = n/(N+n-1)
        value = (gain * to_fmpq(row.a) - b * n * fmpq(d - 3, d - 2)) / (gain + n - 1) + b
        if isinstance(value, fmpq):
            return Number(Fraction(int(value.p), int(value.q)), arb(value))
        return Number(None, value)
