"""Exact answers about the needle network: what succeeds, how often, and from which dimension, width, length, threshold.

Everything here rests on the exact law in `law`: integers over 2^d, exact ties, and enclosures only where an integer
would be huge, never a float. The functions take `Parameters`; the searches return a frozen result with the value, the
parameters at which it is attained, and a sentence. Without such a value it is None and the sentence says how far was
looked.

>>> p = Parameters(n=100, d=12, a0="0.05", a1="0.7", b="0.5", eta="0.1")
>>> print(success_probability(p, 30).message)
P4 = 0.0039879524 for m = 30 neurons at n = 100, d = 12.
>>> print(smallest_width(p, "0.99").message)
None exists: no width reaches P4 >= 99/100 at n = 100, d = 12, since the best width m = 4 gives 0.22796937.
"""

from __future__ import annotations

from theory.separation.self_attention.answers import (
    SmallestWidth,
    SuccessProbability,
    best_width,
    smallest_width,
    success_probability,
)
from theory.separation.self_attention.law import (
    Network,
    firing_probability,
    joint_success,
    network_firing_probability,
    two_way_success,
)
from theory.separation.self_attention.needle import (
    firing_height,
    firing_height_bounds,
    height_of_weight,
    needle_weight,
    one_minus_needle_weight,
    transition_width,
)
from theory.separation.self_attention.parameters import Parameters
from theory.separation.self_attention.silence import SilentThresholds, always_silent, largest_silent_threshold
from theory.separation.self_attention.smallest import (
    SmallestDimension,
    SmallestLength,
    logarithmic_width,
    root_dimension,
    smallest_dimension,
    smallest_length,
)
from theory.separation.self_attention.threshold_window import ThresholdWindow, threshold_window

__all__ = [
    "Network",
    "Parameters",
    "SilentThresholds",
    "SmallestDimension",
    "SmallestLength",
    "SmallestWidth",
    "SuccessProbability",
    "ThresholdWindow",
    "always_silent",
    "best_width",
    "firing_height",
    "firing_height_bounds",
    "firing_probability",
    "height_of_weight",
    "joint_success",
    "largest_silent_threshold",
    "logarithmic_width",
    "needle_weight",
    "network_firing_probability",
    "one_minus_needle_weight",
    "root_dimension",
    "smallest_dimension",
    "smallest_length",
    "smallest_width",
    "success_probability",
    "threshold_window",
    "transition_width",
    "two_way_success",
]
