"""The bounds of A3 and A4 on the joint success P4 of the cross-attention networks, with the gains of C1 in them.

Both are stated for gains and not for maps, so nothing else changes: without a needle a row has the gain 1. Which case
of a bound applies is decided exactly; the value itself is rounded downwards, so that it is a lower bound on P4.
"""

# SymPy types almost everything as Basic, which hides the relations and expressions that these rooms are made of.
# pyright: reportArgumentType=false

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from numerics.separation.self_attention.bounds import below, bound_of_gains, fires_at_least, rational
from theory.separation.cross_attention.construction import polynomial_gain as polynomial
from theory.separation.cross_attention.lengths import firing_lengths
from theory.separation.cross_attention.logits import Logits, polynomial_gain, softmax_gain
from theory.separation.self_attention.exact_numbers import sign_of, to_fmpq
from theory.separation.self_attention.four_networks import joint_bound
from theory.separation.self_attention.parameters import Parameters


def cross_fires_at_least(parameters: Parameters, logits: Logits) -> Fraction:
    """A lower bound on P[a neuron fires for softmax on D1]: 1/8, 1/16 or 0."""
    return fires_at_least(parameters, softmax_gain(logits, parameters.n))


def cross_explicit_bound(parameters: Parameters, logits: Logits, m: int, degree: int = 1) -> float:
    """A3: P4 >= 1 - (1-p_1)^m - m p_b, with p_b by Hoeffding's inequality for each of three networks; at least 0.

    The kernel (q . k)^degree takes the place of linear attention. Raises ValueError for b = 0, and for a gain of that
    kernel below 1, for which the inequality is not stated.
    """
    if sign_of(polynomial_gain(logits, parameters.n, degree), to_fmpq(-1), to_fmpq(1)) < 0:
        raise ValueError(
            f"kappa log n < l0 at n = {parameters.n}: the bound needs a needle that is louder than the rest."
        )
    a0, a1 = rational(parameters.a0), rational(parameters.a1)
    where = (rational(logits.kappa), rational(logits.l0), sp.Integer(parameters.n))
    silent = ((sp.S.One, a0), (polynomial(*where, degree), a1), (sp.S.One, a0))
    return bound_of_gains(parameters, m, cross_fires_at_least(parameters, logits), silent)


def cross_corrected_bound(parameters: Parameters, logits: Logits, m: int, degree: int = 1) -> float | None:
    """A4: P4 >= 1 - (1-p_1)^m where the three other networks are silent for every sign pattern; None elsewhere."""
    n, xi = parameters.n, parameters.xi
    if xi <= 0 or parameters.a0 > xi * n:  # without a needle the weight is 1/n
        return None
    if parameters.a1 > 0 and n in firing_lengths(logits, parameters.a1, xi, degree, limit=max(n, 2)):
        return None
    return below(joint_bound(rational(cross_fires_at_least(parameters, logits)), 0, m))
