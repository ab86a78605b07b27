"""The mass of a Gaussian window, attacked up to eight standard deviations: tight for narrow windows."""

from __future__ import annotations

import sympy as sp

from numerics.attack import attacked
from theory.evidence import Method, evidence_for
from theory.lemmas import gaussian_window as room

NARROW = [{room.s: sp.Rational(1, 10), room.t: sp.Rational(1, 10) + sp.Rational(1, 10**6)}]
evidence_for(room.mass, Method.ATTACKED)(attacked(box=dict.fromkeys((room.s, room.t), (0, 8)), declared_worst=NARROW))
