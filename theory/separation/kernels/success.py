"""How often the network succeeds with another kernel, exactly, and from which degree on it does.

Success is the event of the construction's experiments: some neuron fires on D1, none on D0 (P2). The law knows a map
by the gains of its rows alone, so softmax and a polynomial kernel - one feature, linear time - are compared in
integers over 2^d. A polynomial kernel's gain rises with its degree, and so every least count of signs changes in one
direction only: where it has its value for an infinite gain it keeps that value for every larger degree. Derived here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from theory.separation.kernels.gains import Kernel, Polynomial, kernel_rows
from theory.separation.self_attention.answers import place, probability_target
from theory.separation.self_attention.law import ALL_SIGNS, FiringLaw, Signs, law_of_rows, least_count
from theory.separation.self_attention.parameters import Parameters, exact_integer
from theory.separation.self_attention.success import Success

if TYPE_CHECKING:
    from theory.separation.self_attention.parameters import ExactNumber

NEEDLE, PLAIN = "D1", "D0"


def kernel_law(parameters: Parameters, kernel: Kernel) -> FiringLaw[str]:
    """The joint law of one neuron on D1 and on D0 with this kernel; the networks are named "D1" and "D0"."""
    heights = {NEEDLE: parameters.a1, PLAIN: parameters.a0}
    return law_of_rows(parameters, {name: kernel_rows(kernel, parameters.n, a) for name, a in heights.items()})


def kernel_success(parameters: Parameters, kernel: Kernel) -> Success:
    """The law of "the network fires on D1 and is silent on D0", for any number of neurons.

    >>> p = Parameters(n=1000, d=12, a0="0.1", a1="0.7", b="0.5", eta="0.6")
    >>> [float(f"{float(kernel_success(p, Polynomial(k)).probability(35)):.3g}") for k in (10, 13, 14, 15)]
    [0.00851, 0.896, 0.991, 0.991]
    """
    return kernel_law(parameters, kernel).success(NEEDLE, [PLAIN])


def limiting_counts(parameters: Parameters, a: Fraction) -> Mapping[Signs, int]:
    """The least counts of a row whose gain is larger than any number: it fires where a y_1 + b y_k exceeds its level.

    Where the two are equal the gain does not matter, and the count is that of gain 1.
    """
    found = {}
    for signs in ALL_SIGNS:
        first, last, needle = signs
        pull = a * first + parameters.b * needle - parameters.eta - (1 - parameters.b) * (1 - last)
        if pull == 0:
            found[signs] = least_count(parameters, a, Polynomial(0).gain(parameters.n, a, "needle"), signs)
        else:
            found[signs] = 0 if pull > 0 else parameters.d - 2
    return found


def constant_from(parameters: Parameters, degree: int) -> bool:
    """Whether the polynomial kernels of this degree and of every larger one have the same law, on D1 and on D0.

    It compares the least counts of this degree with those of an infinite gain, between which all others lie.
    """
    least = kernel_law(parameters, Polynomial(degree)).least
    heights = {NEEDLE: parameters.a1, PLAIN: parameters.a0}
    return all(
        height == 0 or dict(least[name]) == dict(limiting_counts(parameters, height))
        for name, height in heights.items()
    )


@dataclass(frozen=True)
class SmallestSuccessfulDegree:
    """value: the least degree up to `limit` that reaches the target, None if none does.

    stays: whether every larger degree reaches it too, which is shown for all of them and not up to the limit only.
    """

    value: int | None
    stays: bool
    limit: int
    parameters: Parameters
    message: str


def smallest_successful_degree(
    parameters: Parameters, target: ExactNumber, width: int, limit: int | None = None
) -> SmallestSuccessfulDegree:
    """The least degree p for which `width` neurons with the feature (1^T x)^p reach P2 >= target.

    limit: the largest degree tried; by default 64 + 8 log2(n). Degrees are tried in turn, as P2 need not rise with p.

    >>> p = Parameters(n=1000, d=12, a0="0.1", a1="0.7", b="0.5", eta="0.6")
    >>> smallest_successful_degree(p, "0.99", 35).message
    'The least degree with P2 >= 99/100 is p = 14 (m = 35, n = 1000, d = 12); every larger one succeeds too.'
    """
    goal, neurons = probability_target(target), exact_integer(width, "width", 1)
    last = exact_integer(64 + 8 * parameters.n.bit_length() if limit is None else limit, "limit", 0)
    where = f"(m = {neurons}, {place(parameters)})"
    for degree in range(last + 1):
        if kernel_success(parameters, Polynomial(degree)).at_least(neurons, goal):
            stays = constant_from(parameters, degree)
            more = "every larger one succeeds too" if stays else "whether all larger ones do is not shown"
            message = f"The least degree with P2 >= {goal} is p = {degree} {where}; {more}."
            return SmallestSuccessfulDegree(degree, stays, last, parameters, message)
    message = f"None exists up to p = {last}: no polynomial kernel reaches P2 >= {goal} {where}."
    return SmallestSuccessfulDegree(None, False, last, parameters, message)
