"""The needle weight and its transitions at any length n up to 10^1000 and beyond, in log space.

Softmax gives the needle, in its own row, the weight w = N/(N+n-1) with N = n^(a(1+a)): it tends to 1 if and only if
a(1+a) > 1, that is beyond the golden height (sqrt(5)-1)/2 = 0.618... . At finite n the weight passes w at the height
a_w(n) of `height_of_weight`, and the network with mean middle sign 0 starts to fire at the height of
`firing_height`, which is not where the weight is 1/2. Derived here.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from flint import arb, ctx

from theory.separation.self_attention.exact_numbers import power_gain, sign_of, to_fmpq
from theory.separation.self_attention.parameters import exact_integer, exact_rational

if TYPE_CHECKING:
    from theory.separation.self_attention.parameters import ExactNumber


def golden_height(bits: int = 128) -> arb:
    """(sqrt(5) - 1)/2, the height a with a(1+a) = 1."""
    with ctx.workprec(bits):
        return (arb(5).sqrt() - 1) / 2


def needle_weight(n: int, a: ExactNumber, bits: int = 128) -> arb:
    """Enclosure of the weight n^g / (n^g + n - 1), g = a(1+a), which softmax puts on the needle in its own row.

    >>> float(needle_weight(10**1000, "0.7")) == 1.0
    True
    >>> print(needle_weight(10**100, "0.618").str(4, radius=False))
    0.4956
    """
    return _weight(n, a, bits, sign=-1)


def one_minus_needle_weight(n: int, a: ExactNumber, bits: int = 128) -> arb:
    """Enclosure of 1 - w, to full relative accuracy however small it is.

    >>> print(one_minus_needle_weight(10**1000, "0.7").str(4, radius=False))
    1.000e-190
    """
    return _weight(n, a, bits, sign=1)


def _weight(n: int, a: ExactNumber, bits: int, sign: int) -> arb:
    """1 / (1 + exp(sign * (g log n - log(n-1))))."""
    length, height = exact_integer(n, "n", 2), exact_rational(a, "a")
    exponent = height * (1 + height)
    with ctx.workprec(bits):
        log_odds = arb(length).log() * to_fmpq(exponent) - arb(length - 1).log()
        return 1 / (1 + (sign * log_odds).exp())


def height_of_weight(n: int, weight: ExactNumber, bits: int = 128) -> arb:
    """Enclosure of a_w(n) >= 0, the height of the needle at which its weight is `weight`.

    a_w(n) = (-1 + sqrt(1 + 4x))/2 with x = log((n-1) w/(1-w)) / log n. Raises ValueError unless 1/n <= w < 1.

    >>> print(height_of_weight(1000, "1/2").str(8, radius=False))
    0.61796921
    """
    length, wanted = exact_integer(n, "n", 2), exact_rational(weight, "weight")
    if not Fraction(1, length) <= wanted < 1:
        raise ValueError(f"No height a >= 0 gives the weight {wanted} at n = {length}; take 1/n <= weight < 1.")
    with ctx.workprec(bits):
        exponent = arb(to_fmpq((length - 1) * wanted / (1 - wanted))).log() / arb(length).log()
        return ((1 + 4 * exponent).sqrt() - 1) / 2


def transition_width(n: int, low: ExactNumber = "1/10", high: ExactNumber = "9/10", bits: int = 128) -> arb:
    """Enclosure of a_high(n) - a_low(n): how much the height must grow for the weight to grow from `low` to `high`.

    >>> print(transition_width(10**6).str(4, radius=False))
    0.1425
    """
    with ctx.workprec(bits):
        return height_of_weight(n, high, bits) - height_of_weight(n, low, bits)


def firing_height(n: int, eta: ExactNumber, b: ExactNumber, bits: int = 64) -> arb:
    """Enclosure, of radius at most 2^-bits, of the height from which the needle's row fires at mean middle sign 0.

    That is the root a of n^(a(1+a)) (a + b - eta) = eta (n-1) + b for the signs y_1 = y_d = y_k = +1. The left side
    is negative or too small at a = max(0, eta - b) and strictly rises from there, so there is exactly one root; it is
    found by bisection with exact signs. Raises ValueError unless 0 <= b <= 1 and eta > 0: else the row fires without a
    needle.

    >>> print(firing_height(1000, "1/10", "1/2").str(4, radius=False))
    0.4683
    """
    length, level, weight = exact_integer(n, "n", 2), exact_rational(eta, "eta"), exact_rational(b, "b")
    if level <= 0:
        raise ValueError(f"At eta = {level} the row fires without a needle; take eta > 0.")
    if not 0 <= weight <= 1:
        raise ValueError(f"b = {weight} is out of range; take 0 <= b <= 1.")

    def sign(height: Fraction) -> int:
        gain = power_gain(length, height * (1 + height))
        return sign_of(gain, to_fmpq(-level * (length - 1) - weight), to_fmpq(height + weight - level))

    low = max(Fraction(0), level - weight)
    step = Fraction(1)
    while sign(low + step) < 0:
        low, step = low + step, 2 * step
    high = low + step
    while high - low > Fraction(1, 1 << bits):
        middle = (low + high) / 2
        found = sign(middle)
        if found == 0:
            low = high = middle
        else:
            low, high = (middle, high) if found < 0 else (low, middle)
    with ctx.workprec(bits + 16):
        return arb(to_fmpq(low)).union(arb(to_fmpq(high)))


def firing_height_bounds(n: int, eta: ExactNumber, b: ExactNumber, bits: int = 128) -> tuple[arb, arb]:
    """Enclosures of a lower and of an upper bound, in closed form, on `firing_height`.

    With h(x) = (-1 + sqrt(1 + 4x))/2 and X(c) = log((eta (n-1) + b)/c)/log n they are first = h(X(a* + b - eta)) and
    h(X(first + b - eta)): first is the lower one if it is at most the golden height a*, else the upper one. Their
    distance is O(1/log(n)^2). Raises ValueError unless 0 <= b <= 1, eta > 0 and `first` is a height a >= 0 with
    a + b > eta, which it is for all long sequences if eta < a* + b.

    >>> low, high = firing_height_bounds(10**1000, "1/10", "1/2")
    >>> print(low.str(7, radius=False), high.str(7, radius=False))
    0.6175832 0.6175833
    """
    length, level, weight = exact_integer(n, "n", 2), exact_rational(eta, "eta"), exact_rational(b, "b")
    if level <= 0 or not 0 <= weight <= 1:
        raise ValueError(f"eta = {level}, b = {weight} is out of range; take eta > 0 and 0 <= b <= 1.")
    with ctx.workprec(bits):
        gap, demand = arb(to_fmpq(weight - level)), arb(to_fmpq(level * (length - 1) + weight))

        def height(share: arb) -> arb:
            return ((1 + 4 * (demand / share).log() / arb(length).log()).sqrt() - 1) / 2

        golden = golden_height(bits)
        if golden + gap > 0:
            first = height(golden + gap)
            if first >= 0 and first + gap > 0:
                second = height(first + gap)
                return first.min(second), first.max(second)
    raise ValueError(
        f"The closed bounds do not apply to eta = {level}, b = {weight}, n = {length}; take eta < b + 0.618 and a "
        f"longer sequence, or use `firing_height`."
    )
