"""The bounds of A3 and A4 on the joint success P4, as numbers beside the exact law and the measured points.

Which case of a bound applies is decided exactly (ties included); the value itself is rounded downwards, so that it is
a lower bound on P4 like the formula.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

import sympy as sp

from theory.rigor.evaluate import enclose_at
from theory.separation.self_attention.construction import linear_gain, softmax_needle_gain
from theory.separation.self_attention.exact_numbers import Gain, power_gain, sign_of, to_fmpq
from theory.separation.self_attention.firing_upper_bound import firing_bound
from theory.separation.self_attention.four_networks import joint_bound
from theory.separation.self_attention.law import SILENT_FOUR
from theory.separation.self_attention.parameters import Parameters
from theory.separation.self_attention.silence import always_silent


def softmax_fires_at_least(parameters: Parameters) -> Fraction:
    """A lower bound on P[a neuron fires for softmax on D1]: that of the needle's own row."""
    return fires_at_least(parameters, power_gain(parameters.n, parameters.a1 * (1 + parameters.a1)))


def fires_at_least(parameters: Parameters, gain: Gain) -> Fraction:
    """A lower bound on P[a neuron fires on D1] for a map with a row of this gain: 1/8, 1/16 or 0.

    With y_1 = y_d = y_k = +1 (probability 1/8) the row fires if and only if N (a + b - eta) > eta (n-1) + b - b t S.
    The sum S is at least 4 - d, and at least 1 in half of the cases.
    """
    return next(
        (bound for total, bound in ((4 - parameters.d, Fraction(1, 8)), (1, Fraction(1, 16)))
         if _plus_pattern_fires(parameters, gain, total)),
        Fraction(0),
    )  # fmt: skip


def _plus_pattern_fires(parameters: Parameters, gain: Gain, total: int) -> bool:
    n, a, b, eta = parameters.n, parameters.a1, parameters.b, parameters.eta
    needed = eta * (n - 1) + b - b * parameters.tokens_per_column * total
    return sign_of(gain, to_fmpq(-needed), to_fmpq(a + b - eta)) > 0


def explicit_bound(parameters: Parameters, m: int) -> float:
    """A3: P4 >= 1 - (1-p_1)^m - m p_b, with p_b by Hoeffding's inequality for each of three networks; at least 0.

    Raises ValueError for b = 0, where the middle signs play no part and the bound is not defined.
    """
    a0, a1 = (rational(value) for value in (parameters.a0, parameters.a1))
    # the largest gain of softmax is that of the needle's own row
    silent = ((softmax_needle_gain(a0, sp.Integer(parameters.n)), a0), (linear_gain(a1), a1), (linear_gain(a0), a0))
    return bound_of_gains(parameters, m, softmax_fires_at_least(parameters), silent)


def bound_of_gains(parameters: Parameters, m: int, fires: Fraction, silent: Iterable[tuple[sp.Expr, sp.Expr]]) -> float:
    """The same for any maps: `fires` is p_1, and `silent` has the largest gain N >= 1 and the height of each network.

    Raises ValueError for b = 0.
    """
    if parameters.b == 0:
        raise ValueError("The bound with explicit constants needs b > 0; for b = 0 ask the exact law.")
    n, d = sp.Integer(parameters.n), sp.Integer(parameters.d)
    b, eta = rational(parameters.b), rational(parameters.eta)
    fires_wrongly = sum(firing_bound(gain, n, d, a, b, eta) for gain, a in silent)
    return max(0.0, below(joint_bound(rational(fires), fires_wrongly, m)))


def corrected_bound(parameters: Parameters, m: int) -> float | None:
    """A4: P4 >= 1 - (1-p_1)^m where the three other networks are silent for every sign pattern; None elsewhere."""
    if not all(always_silent(parameters, network) for network in SILENT_FOUR):
        return None
    return below(joint_bound(rational(softmax_fires_at_least(parameters)), 0, m))


def rational(value: Fraction) -> sp.Expr:
    """A rational as SymPy has it."""
    return sp.Rational(value.numerator, value.denominator)


def below(value: sp.Expr) -> float:
    """The largest lower bound on `value` that is a float, but for one step."""
    return math.nextafter(float(enclose_at(sp.sympify(value), {}).lo), -math.inf)
