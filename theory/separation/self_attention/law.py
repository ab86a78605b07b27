"""The exact law of the needle network: which neurons fire, with which probability, and how the networks do so jointly.

Theorem. Let y be uniform on {-1, 1}^d, S the sum of its d - 2 middle signs, y_k the sign of the needle's column, and
h = eta + c (1 - y_d). A row with gain N fires if and only if

    N (a y_1 + b y_k - h)  >  h (n-1) + b y_k - b t S.                                                           (*)

Why: the attention output of the row is L (a w, b (om [k = k3] + (1-om)/(d-2)), c) with w = N/(N+n-1) and
om = (N-1)/(N+n-1); multiply <c_i, y> > tau by (N+n-1)/L. Given (y_1, y_d, y_k) the condition is monotone in
S = y_k + 2K - (d-3), K ~ Bin(d-3, 1/2), so "some row fires" is K >= a least count. Every probability of one neuron is
therefore an integer over 2^d. All four networks see the same signs, which gives their joint law, for m independent
neurons too. No union over rows is needed: softmax has two distinct rows, linear attention has one.

Derived here; the construction is that of Deng, Song, Yuan, Zhou (arXiv 2310.11685), as reconstructed.
"""

from __future__ import annotations

import enum
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise, product
from types import MappingProxyType
from typing import Generic, TypeVar

from flint import fmpq

from theory.separation.self_attention.binomial import tail_count
from theory.separation.self_attention.exact_numbers import (
    Gain,
    Number,
    least_integer_above,
    power_gain,
    rational_gain,
    sign_of,
    to_fmpq,
)
from theory.separation.self_attention.parameters import Parameters
from theory.separation.self_attention.success import Success

Signs = tuple[int, int, int]  # (y_1, y_d, y_k)
Name = TypeVar("Name", bound=Hashable)
ALL_SIGNS: tuple[Signs, ...] = tuple(product((1, -1), repeat=3))  # type: ignore[assignment]


class Network(enum.Enum):
    """The four networks of the statement: an attention map, run on a dataset."""

    SOFTMAX_NEEDLE = "softmax on D1"
    SOFTMAX_PLAIN = "softmax on D0"
    LINEAR_NEEDLE = "linear on D1"
    LINEAR_PLAIN = "linear on D0"


SILENT_FOUR = (Network.SOFTMAX_PLAIN, Network.LINEAR_NEEDLE, Network.LINEAR_PLAIN)
SILENT_TWO = (Network.SOFTMAX_PLAIN,)


@dataclass(frozen=True)
class Rows:
    """The distinct rows of one network: the height `a` of its dataset's needle, and the gain of each row."""

    a: Fraction
    gains: tuple[Gain, ...]


def softmax_rows(n: int, a: Fraction) -> Rows:
    """The needle's own row has gain n^(a(1+a)), every other row n^a."""
    return Rows(a, (power_gain(n, a * (1 + a)), power_gain(n, a)))


def linear_rows(a: Fraction) -> Rows:
    """All rows of row-normalised linear attention have gain 1 + a."""
    return Rows(a, (rational_gain(1 + a),))


def network_rows(parameters: Parameters) -> dict[Network, Rows]:
    """The rows of the four networks of the statement."""
    return {
        Network.SOFTMAX_NEEDLE: softmax_rows(parameters.n, parameters.a1),
        Network.SOFTMAX_PLAIN: softmax_rows(parameters.n, parameters.a0),
        Network.LINEAR_NEEDLE: linear_rows(parameters.a1),
        Network.LINEAR_PLAIN: linear_rows(parameters.a0),
    }


def least_count(parameters: Parameters, a: Fraction, gain: Gain, signs: Signs) -> int:
    """Least K in 0..d-3 for which the row fires, K plus signs among the d - 3 other columns; d - 2 if there is none.

    It solves (*) for K; the comparison is strict, and ties are decided exactly.
    """
    first, last, needle = signs
    n, d = parameters.n, parameters.d
    height, b, level = to_fmpq(a), to_fmpq(parameters.b), to_fmpq(parameters.eta)
    if last < 0:
        level += 2 * (1 - b)
    pull = height * first + b * needle - level
    needed = level * (n - 1) + b * needle
    if b == 0:  # the middle signs do not matter: every K fires if N pull > needed, else none
        return 0 if sign_of(gain, -needed, pull) > 0 else d - 2
    spread = 2 * b * n / (d - 2)
    return least_integer_above(gain, needed / spread + fmpq(d - 3 - needle, 2), -pull / spread, 0, d - 2)


@dataclass(frozen=True)
class FiringLaw(Generic[Name]):
    """The law of one neuron in several networks that share its signs.

    least[network][signs] is the least count K for which some row of the network fires, d - 2 if none does. Each triple
    of signs has probability 1/8, and K ~ Bin(d-3, 1/2) in each.
    """

    d: int
    least: Mapping[Name, Mapping[Signs, int]]

    def probability(self, network: Name) -> Fraction:
        """P[the neuron fires in this network], a multiple of 2^-d."""
        return Fraction(sum(tail_count(self.d - 3, k) for k in self.least[network].values()), 1 << self.d)

    def joint(self) -> dict[frozenset[Name], Fraction]:
        """P[the neuron fires in exactly these networks], for every set of networks that has positive probability."""
        law: dict[frozenset[Name], Fraction] = {}
        for signs in ALL_SIGNS:
            steps = sorted({0, self.d - 2, *(least[signs] for least in self.least.values())})
            for low, high in pairwise(steps):
                firing = frozenset(network for network, least in self.least.items() if least[signs] <= low)
                count = tail_count(self.d - 3, low) - tail_count(self.d - 3, high)
                law[firing] = law.get(firing, Fraction(0)) + Fraction(count, 1 << self.d)
        return law

    def success(self, good: Name, silent: Iterable[Name]) -> Success:
        """The law of "the network `good` fires and none of `silent` does", for any number of neurons."""
        bad = [min((self.least[network][signs] for network in silent), default=self.d - 2) for signs in ALL_SIGNS]
        return Success(self.d, tuple(bad), tuple(self.least[good][signs] for signs in ALL_SIGNS))


@lru_cache(maxsize=256)
def firing_law(parameters: Parameters) -> FiringLaw[Network]:
    """The joint law of one neuron in the four networks of the statement."""
    return law_of_rows(parameters, network_rows(parameters))


def law_of_rows(parameters: Parameters, rows: Mapping[Name, Rows]) -> FiringLaw[Name]:
    """The same for any attention maps, under any names, given by the gains of their distinct rows.

    >>> p = Parameters(n=1000, d=12, a0="0.1", a1="0.7", b="0.5", eta="0.6")
    >>> kernel = {a: Rows(a, (rational_gain((1 + a) ** 14),)) for a in (p.a0, p.a1)}  # polynomial of degree 14
    >>> print(law_of_rows(p, kernel).success(p.a1, [p.a0]).probability(35))
    0.99066140

    Raises Undecided if a gain that is only known by enclosures falls on a lattice point to 2^16 bits.
    """
    least = {
        network: MappingProxyType(
            {signs: min(least_count(parameters, row.a, gain, signs) for gain in row.gains) for signs in ALL_SIGNS}
        )
        for network, row in rows.items()
    }
    return FiringLaw(parameters.d, MappingProxyType(least))


def firing_probability(parameters: Parameters, network: Network) -> Fraction:
    """P[one neuron fires in this network], exactly; an integer over 2^d.

    >>> p = Parameters(n=100, d=12, a0="0.05", a1="0.7", b="0.1", eta="0.1")
    >>> firing_probability(p, Network.SOFTMAX_PLAIN)
    Fraction(1, 4096)
    """
    return firing_law(parameters).probability(network)


def network_firing_probability(parameters: Parameters, network: Network, width: int) -> Number:
    """P[F > 0] for a network of `width` neurons: 1 - (1-p)^m."""
    return firing_law(parameters).success(network, ()).probability(width)


def joint_law(parameters: Parameters) -> Success:
    """The event of the published statement: softmax fires on D1, and all of `SILENT_FOUR` stay silent."""
    return firing_law(parameters).success(Network.SOFTMAX_NEEDLE, SILENT_FOUR)


def two_way_law(parameters: Parameters) -> Success:
    """The event that the construction's experiments count: softmax fires on D1 and stays silent on D0."""
    return firing_law(parameters).success(Network.SOFTMAX_NEEDLE, SILENT_TWO)


def joint_success(parameters: Parameters, width: int) -> Number:
    """P4 = P[F_exp(D1) > 0, F_exp(D0) = F_lin(D1) = F_lin(D0) = 0] for `width` neurons.

    >>> p = Parameters(n=100, d=12, a0="0.05", a1="0.7", b="0.5", eta="0.6")
    >>> joint_success(p, 1).exact
    Fraction(1, 8)
    """
    return joint_law(parameters).probability(width)


def two_way_success(parameters: Parameters, width: int) -> Number:
    """P2 = P[F_exp(D1) > 0, F_exp(D0) = 0] for `width` neurons."""
    return two_way_law(parameters).probability(width)
