"""Exact answers about the cross-attention needle: where each map fires, is silent, outvotes a majority, recovers signs.

Everything rests on exact gains (`logits`) and exact laws, never on a float. A search returns a frozen result with the
value and a sentence; where no such value exists it is None and the sentence says why, or how far was looked.

>>> print(flip_lengths(Logits(kappa="6/5", l0=1)).message)
Softmax outvotes the majority for every n >= 144, at kappa = 6/5, l0 = 1.
>>> print(smallest_degree(Logits(kappa=4, l0=1), 10**6).message)
The kernel (q . k)^4 outvotes the majority at n = 1000000, and no smaller degree does.
"""

from __future__ import annotations

from theory.separation.cross_attention.law import cross_firing_probability, cross_law, cross_rows
from theory.separation.cross_attention.lengths import (
    Lengths,
    SmallestDegree,
    firing_lengths,
    flip_lengths,
    smallest_degree,
    sure_firing_lengths,
)
from theory.separation.cross_attention.logits import Logits, polynomial_gain, softmax_gain
from theory.separation.cross_attention.recovery_probability import (
    CriticalExponent,
    SufficientLength,
    critical_exponent,
    gain_needed,
    polynomial_recovery,
    recovery_probability,
    softmax_recovery,
    sufficient_length,
)

__all__ = [
    "CriticalExponent",
    "Lengths",
    "Logits",
    "SmallestDegree",
    "SufficientLength",
    "critical_exponent",
    "cross_firing_probability",
    "cross_law",
    "cross_rows",
    "firing_lengths",
    "flip_lengths",
    "gain_needed",
    "polynomial_gain",
    "polynomial_recovery",
    "recovery_probability",
    "smallest_degree",
    "softmax_gain",
    "softmax_recovery",
    "sufficient_length",
    "sure_firing_lengths",
]
