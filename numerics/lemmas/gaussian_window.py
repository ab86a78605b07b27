"""The mass of a Gaussian window, attacked in its near end and its width: tight for narrow windows, and near 0."""

from __future__ import annotations

import flint
import numpy as np
import sympy as sp
from scipy.special import ndtr

from numerics.attack import attacked, sides_of
from numerics.measure import exact
from numerics.search import Point
from theory.claim import Claim
from theory.evidence import Method, evidence_for
from theory.lemmas import gaussian_window as room
from theory.rigor.evaluate import enclose_at

WIDTH = "width"
BOX = {room.s: (0, 8), WIDTH: (sp.Rational(1, 1000), 8)}


def above_mass(x: np.ndarray) -> np.ndarray:
    """log of the bound over the mass of the window."""
    near, width = x.T
    far = near + width
    return np.log(width) - far**2 / 2 - np.log(2 * np.pi) / 2 - np.log(ndtr(-near) - ndtr(-far))


def ratio(claim: Claim, point: Point, bits: int) -> flint.arb:
    """The smaller side over the larger one, as the claim has them."""
    near, width = (sp.Rational(point[name].numerator, point[name].denominator) for name in (room.s, WIDTH))
    ends = {room.s: near, room.t: near + width}
    small, large = (exact(enclose_at(side, ends, bits)) for side in sides_of(claim)[0])
    return small / large


evidence_for(room.mass, Method.ATTACKED)(attacked(above_mass, BOX, exact_ratio=ratio, smooth=False))
