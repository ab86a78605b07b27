"""A3, upper bound, attacked with the exact law of softmax and of linear attention."""

from __future__ import annotations

import sympy as sp

from numerics.separation.self_attention.firing_bounds import NEAR, attack_on
from theory.separation.self_attention import firing_upper_bound as room
from theory.separation.self_attention.construction import d, eta
from theory.separation.self_attention.probabilities import LINEAR_ON_D1, SOFTMAX_ON_D1

attack_on(room.softmax_upper, SOFTMAX_ON_D1, [NEAR])
attack_on(room.linear_upper, LINEAR_ON_D1, [NEAR | {d: 12, eta: sp.Rational(1, 10)}])
