"""The number of sign vectors above a level measured: all 2^k vectors, as the bits of all integers below 2^k."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np
import sympy as sp

from numerics.environment import devices, prepare
from theory.claim import Claim
from theory.evidence import Effort, Finding, Method, Verdict, evidence_for
from theory.lemmas import sign_vectors as room

prepare()


def plus_signs(k: int) -> np.ndarray:
    """The number of plus signs of each of the 2^k vectors."""
    vectors = jnp.arange(2**k)[:, None] >> jnp.arange(k)[None, :] & 1
    return np.asarray(vectors.sum(axis=1))


@evidence_for(room.vectors_above, Method.MEASURED)
def every_vector(claim: Claim, effort: Effort) -> Finding:
    """Both sides of the claim are the number of vectors, at all numbers of plus signs and between."""
    longest = 6 if effort.quick else 10
    scope = f"all vectors of 0 to {longest} signs, at all multiples of 1/2 from -1 to k+1, on {', '.join(devices())}"
    law: Any = claim.unfolded
    compared = 0
    for k in range(longest + 1):
        found = plus_signs(k)
        for twice in range(-2, 2 * k + 3):
            count = int((2 * found > twice).sum())
            point = {room.k: sp.Integer(k), room.x: sp.Rational(twice, 2)}
            values = [side.xreplace(point).doit() for side in law.args]
            compared += 1
            if any(value != count for value in values):
                where = {str(symbol): str(value) for symbol, value in point.items()}
                return Finding(Verdict.REFUTED, scope, f"{count} vectors, not {values}.", {}, (where,))
    return Finding(Verdict.HOLDS, scope, f"All {compared} counts agree exactly.", {"counts": compared})
